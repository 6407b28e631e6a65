package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/grid/people"
)

func TestLogInAndOut(t *testing.T) {
	x := open(t)
	b := x.browser()
	var info SessionInfo
	b.get("/api/session").is(t, 200, "").into(t, &info)
	if info.Person != nil || info.SetupNeeded || info.TimeZone != "America/New_York" || info.Bureau["zh-CN"] != "威尔明顿" {
		t.Errorf("before the login: %+v", info)
	}
	b.get("/api/map").is(t, 401, "login.needed")

	r := b.send("POST", "/api/session", body{"login": " Dispatcher ", "password": password}).is(t, 200, "")
	r.into(t, &info)
	if info.Person == nil || info.Person.Login != "dispatcher" {
		t.Fatalf("after the login: %s", r)
	}
	for right, want := range map[string]bool{"account": true, "map.view": true, "units.live": true, "people.read": false, "device.report": false, "session": false} {
		if slices.Contains(info.Person.Rights, right) != want {
			t.Errorf("a dispatcher's rights are %q: %s should be there: %t", info.Person.Rights, right, want)
		}
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{sessionCookie + "=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Secure") || strings.Contains(cookie, "Domain") {
		t.Errorf("cookie %q: want neither Secure in clear text nor a domain", cookie)
	}
	b.get("/api/map").is(t, 200, "")
	b.send("DELETE", "/api/session", nil).is(t, 204, "")
	b.get("/api/map").is(t, 401, "login.needed")
	if got := strings.Join(x.st.verbs(""), " "); got != "session.login session.logout" {
		t.Errorf("audit log: %s", got)
	}
}

func TestSecureCookie(t *testing.T) {
	x := open(t, func(c *Config) { c.Secure = true })
	r := x.browser().send("POST", "/api/session", body{"login": "officer", "password": password})
	if cookie := r.header.Get("Set-Cookie"); !strings.Contains(cookie, "; Secure") {
		t.Errorf("cookie %q is not Secure", cookie)
	}
	if r.header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security behind TLS")
	}
}

// TestLoginRenewsTheToken: a token that somebody planted before the login must
// not be logged in afterwards (session fixation), nor the one of before.
func TestLoginRenewsTheToken(t *testing.T) {
	x := open(t)
	first := x.as("officer")
	old := first.Jar.Cookies(mustURL(t, x.url))[0]
	first.send("POST", "/api/session", body{"login": "planner", "password": password}).is(t, 200, "")
	if now := first.Jar.Cookies(mustURL(t, x.url))[0]; now.Value == old.Value {
		t.Error("the token stayed the same over a login")
	}
	stranger := x.browser()
	stranger.get("/api/map", "Cookie", old.String()).is(t, 401, "login.needed")
	stranger.get("/api/map", "Cookie", sessionCookie+"=planted").is(t, 401, "login.needed")
	r := stranger.send("POST", "/api/session", body{"login": "officer", "password": password}, "Cookie", sessionCookie+"=planted")
	if strings.Contains(r.header.Get("Set-Cookie"), "planted") {
		t.Error("a planted token was taken over")
	}
}

// TestSessionEndsWithThePerson: within one request of the change.
func TestSessionEndsWithThePerson(t *testing.T) {
	for name, change := range map[string]func(*people.Person){
		"disabled":         func(p *people.Person) { p.Disabled = true },
		"password changed": func(p *people.Person) { p.PasswordHash += "x" },
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t)
			b := x.as("officer")
			b.get("/api/map").is(t, 200, "")
			x.st.with("officer", change)
			b.get("/api/map").is(t, 401, "login.needed")
			x.st.with("officer", func(p *people.Person) { p.Disabled, p.PasswordHash = false, strings.TrimSuffix(p.PasswordHash, "x") })
			b.get("/api/map").is(t, 401, "login.needed") // the session is gone, not asleep
		})
	}
}

func TestGrantsHoldAtOnce(t *testing.T) {
	x := open(t)
	b := x.as("admin")
	b.get("/api/people").is(t, 200, "")
	x.st.with("admin", func(p *people.Person) { p.Grants = nil })
	b.get("/api/people").is(t, 403, "access.denied")
	b.get("/api/people").is(t, 403, "access.denied")
	if got := x.st.verbs("GET /api/people"); len(got) != 2 || got[0] != "access.refused" {
		t.Errorf("refusals in the audit log: %v", got)
	}
}

func TestMustChangePassword(t *testing.T) {
	x := open(t)
	x.st.with("admin", func(p *people.Person) { p.MustChange = true })
	b := x.as("admin")
	b.get("/api/people").is(t, 403, "password.must_change")
	b.get("/api/map").is(t, 403, "password.must_change")
	b.get("/api/session").is(t, 200, "")
	b.get("/map").is(t, 200, "")
	b.send("PUT", "/api/session/password", body{"old": password, "new": password}).is(t, 422, "password.same")
	b.send("PUT", "/api/session/password", body{"old": password, "new": "quiet river 72"}).is(t, 204, "")
	b.get("/api/people").is(t, 200, "")
	x.browser().send("POST", "/api/session", body{"login": "admin", "password": password}).is(t, 401, "login.wrong")
}

func TestChangePassword(t *testing.T) {
	x := open(t)
	b, elsewhere := x.as("officer"), x.as("officer")
	change := func(old, fresh string) reply {
		return b.send("PUT", "/api/session/password", body{"old": old, "new": fresh})
	}
	change("wrong", "quiet river 72").is(t, 422, "password.old_wrong")
	change(password, "short").is(t, 422, "password.short")
	change(password, "Person Officer!").is(t, 422, "password.own")
	change(password, "1234567890").is(t, 422, "password.common")
	change(password, "quiet river 72").is(t, 204, "")
	b.get("/api/map").is(t, 200, "")
	elsewhere.get("/api/map").is(t, 401, "login.needed")
}

// TestPasswordWaitsForNobody: logins and sessions once took turns at the same
// gates, so one change in 64 waited for itself, and was answered "busy" although
// the password was changed.
func TestPasswordWaitsForNobody(t *testing.T) {
	x := open(t)
	x.s.loginTurns, x.s.sessionTurns = newTurns(1), newTurns(1)
	x.as("officer").send("PUT", "/api/session/password", body{"old": password, "new": "quiet river 72"}).is(t, 204, "")
}

// TestWrongOldPasswordLocks: a borrowed screen is no way to guess.
func TestWrongOldPasswordLocks(t *testing.T) {
	x := open(t)
	b := x.as("officer")
	for range 5 {
		b.send("PUT", "/api/session/password", body{"old": "wrong", "new": "quiet river 72"}).is(t, 422, "password.old_wrong")
	}
	b.send("PUT", "/api/session/password", body{"old": password, "new": "quiet river 72"}).is(t, 423, "login.locked")
}

// TestLockOut: after five failures a login is locked for a minute, then twice as
// long each time, whether it exists or not.
func TestLockOut(t *testing.T) {
	for _, login := range []string{"officer", "nobody"} {
		t.Run(login, func(t *testing.T) {
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			x := open(t, func(c *Config) { c.Now = func() time.Time { return now } })
			b := x.browser()
			attempt := func(password string) reply {
				now = now.Add(5 * time.Second) // slow enough for the limit by address
				return b.send("POST", "/api/session", body{"login": login, "password": password})
			}
			for range 5 {
				attempt("wrong").is(t, 401, "login.wrong")
			}
			for _, minutes := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
				r := attempt(password).is(t, 423, "login.locked")
				var p Problem
				r.into(t, &p)
				if want := minutes*60 - 5; p.RetryAfterS != want || r.header.Get("Retry-After") == "" {
					t.Fatalf("locked for %d s more, want %d", p.RetryAfterS, want)
				}
				now = now.Add(time.Duration(p.RetryAfterS) * time.Second)
				attempt("wrong").is(t, 401, "login.wrong")
			}
			if login == "officer" {
				now = now.Add(time.Hour)
				attempt(password).is(t, 200, "")
				attempt("wrong").is(t, 401, "login.wrong")
				attempt(password).is(t, 200, "") // counts from nought again
			}
		})
	}
}

func TestRefusedLogins(t *testing.T) {
	x := open(t)
	x.st.with("driver", func(p *people.Person) { p.Disabled = true })
	x.st.with("planner", func(p *people.Person) { p.PasswordHash = "" })
	b := x.browser()
	same := ""
	for _, login := range []string{"officer", "nobody", "driver", "planner", "hunter2 in the wrong field"} {
		r := b.send("POST", "/api/session", body{"login": login, "password": "wrong password"}).is(t, 401, "login.wrong")
		var p Problem
		r.into(t, &p)
		if same == "" {
			same = p.Detail
		} else if p.Detail != same {
			t.Errorf("%s is told %q, others %q", login, p.Detail, same)
		}
	}
	b.send("POST", "/api/session", body{"login": "driver", "password": password}).is(t, 401, "login.wrong")
	b.send("POST", "/api/session", body{"login": "planner", "password": ""}).is(t, 401, "login.wrong")
	for _, e := range x.st.log {
		if e.Verb != "session.refused" || e.Who != "" || strings.Contains(e.Object+e.Detail, "hunter2") {
			t.Errorf("audit log: %+v", e)
		}
		if e.From != "127.0.0.1" {
			t.Errorf("audit log: from %q", e.From)
		}
	}
}

func TestManyLoginsFromOneAddress(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	x := open(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := x.browser()
	for i := range 20 {
		b.send("POST", "/api/session", body{"login": "guess" + string(rune('a'+i)), "password": "x"}).is(t, 401, "login.wrong")
	}
	b.send("POST", "/api/session", body{"login": "officer", "password": password}).is(t, 429, "login.too_many")
	now = now.Add(3 * time.Second)
	for range 10 { // good ones cost nothing
		b.send("POST", "/api/session", body{"login": "officer", "password": password}).is(t, 200, "")
	}
}

// TestBadBodies: none of them is a 500, none repeats the password.
func TestBadBodies(t *testing.T) {
	x := open(t)
	b := x.browser()
	for _, c := range []struct {
		text   string
		status int
	}{
		{``, 400},
		{`{`, 400},
		{`[]`, 422},
		{`null`, 422},
		{`{"login":7,"password":"tell-nobody"}`, 422},
		{`{"login":"a","password":"tell-nobody","more":1}`, 422},
		{`{"login":"a"}`, 422},
		{`{"login":"` + strings.Repeat("a", 300) + `","password":"tell-nobody"}`, 422},
		{`{"login":"a","password":"` + strings.Repeat("a", 100_000) + `"}`, 413},
		{strings.Repeat(`[`, 20_000), 400},
	} {
		r := b.send("POST", "/api/session", []byte(c.text))
		if r.status != c.status || r.code() == "" || r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.60s: %s\nwant status %d and a problem", c.text, r, c.status)
		}
		if strings.Contains(string(r.text), "tell-nobody") {
			t.Errorf("the answer repeats the password: %s", r)
		}
	}
	b.send("POST", "/api/session", []byte(`login=a&password=b`), "Content-Type", "application/x-www-form-urlencoded").is(t, 415, "request.media_type")
}

func TestOtherSites(t *testing.T) {
	x := open(t)
	b := x.as("admin")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example"},
	} {
		b.send("POST", "/api/people", body{"login": "evil", "name": "Evil"}, headers...).is(t, 403, "cross_origin")
		b.send("DELETE", "/api/session", nil, headers...).is(t, 403, "cross_origin")
	}
	b.get("/api/map", "Sec-Fetch-Site", "cross-site").is(t, 200, "")
	b.send("DELETE", "/api/session", nil, "Origin", x.url, "Sec-Fetch-Site", "same-origin").is(t, 204, "")
}

func mustURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
