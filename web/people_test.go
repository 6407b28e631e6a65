package web

import (
	"fmt"
	"strings"
	"testing"

	"citygrid/grid/people"

	"pgregory.net/rapid"
)

func grants(pairs ...any) []Grant {
	list := []Grant{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Grant{Role: pairs[i].(people.Role), Area: int64(pairs[i+1].(int))})
	}
	return list
}

func TestAddPerson(t *testing.T) {
	x := open(t)
	admin := x.as("admin")
	var made NewPerson
	r := admin.send("POST", "/api/people", body{"login": " Li.Wei ", "name": "Li Wei", "grants": grants(people.Dispatcher, townArea)}).is(t, 201, "")
	r.into(t, &made)
	if made.Login != "li.wei" || !made.MustChange || made.Password == "" || made.Version != 1 || r.header.Get("ETag") != `"1"` {
		t.Errorf("added %s", r)
	}
	if r.header.Get("Cache-Control") != "no-store" {
		t.Error("an answer with a password may be cached")
	}
	b := x.browser()
	b.send("POST", "/api/session", body{"login": "li.wei", "password": made.Password}).is(t, 200, "")
	b.get("/api/map").is(t, 403, "password.must_change")

	admin.send("POST", "/api/people", body{"login": "li.wei", "name": "Li Wei"}).is(t, 409, "people.login_taken")
	admin.send("POST", "/api/people", body{"login": "../etc/passwd", "name": "X"}).is(t, 422, "people.invalid")
	admin.send("POST", "/api/people", body{"login": "x y", "name": "X"}).is(t, 422, "people.invalid")
	admin.send("POST", "/api/people", body{"login": "mayor", "name": "M", "grants": []body{{"role": "king", "area": 1}}}).is(t, 422, "request.invalid")
	admin.send("POST", "/api/people", body{"login": "mayor", "name": "M", "grants": grants(people.Officer, 99)}).is(t, 422, "people.no_area")
	admin.send("POST", "/api/people", body{"login": "mayor", "name": "M", "grants": grants(people.Auditor, townArea)}).is(t, 422, "people.auditor_area")
	admin.send("POST", "/api/people", body{"login": "mayor", "name": "M", "password": "mayor"}).is(t, 422, "password.short")
	admin.send("POST", "/api/people", body{"login": "wei.zhang", "name": "Zhang", "password": "威尔明顿威尔明顿1!"}).is(t, 422, "password.own")
	r = admin.send("POST", "/api/people", body{"login": "mayor", "name": "M", "password": "quiet river 72"}).is(t, 201, "")
	if strings.Contains(string(r.text), "quiet") || strings.Contains(string(r.text), "argon2") {
		t.Errorf("the answer tells a password or a hash: %s", r)
	}
	if got := x.st.log[len(x.st.log)-1]; got.Who != "admin" || got.Verb != "person.add" || strings.Contains(got.Detail, "quiet") {
		t.Errorf("audit log: %+v", got)
	}
}

func TestChangePerson(t *testing.T) {
	x := open(t)
	admin := x.as("admin")
	r := admin.get("/api/people/4").is(t, 200, "")
	if r.header.Get("ETag") != `"1"` {
		t.Errorf("ETag %s", r.header.Get("ETag"))
	}
	change := func(version string, what body) reply {
		return admin.send("PATCH", "/api/people/4", what, "If-Match", version)
	}
	admin.send("PATCH", "/api/people/4", body{"name": "New"}).is(t, 428, "version.missing")
	change("soon", body{"name": "New"}).is(t, 422, "version.invalid")
	change(`"1"`, body{"name": "New"}).is(t, 200, "")
	var p Problem
	change(`"1"`, body{"name": "Newer"}).is(t, 412, "stale").into(t, &p)
	if p.Version != 2 || p.ChangedBy != "admin" {
		t.Errorf("stale: version %d by %q, want 2 by admin", p.Version, p.ChangedBy)
	}
	change("2", body{}).is(t, 200, "")
	change("2", body{"login": "other"}).is(t, 422, "request.invalid")
	change("2", body{"must_change": false}).is(t, 422, "request.invalid")
	admin.get("/api/people/999").is(t, 404, "not_found")
	admin.get("/api/people/x").is(t, 422, "request.invalid")
	admin.get("/api/people/0").is(t, 422, "request.invalid")
}

func TestDisablingEndsSessions(t *testing.T) {
	x := open(t)
	officer := x.as("town.officer")
	x.as("admin").send("PATCH", "/api/people/51", body{"disabled": true}, "If-Match", "1").is(t, 200, "")
	officer.get("/api/map").is(t, 401, "login.needed")
}

func TestGivePassword(t *testing.T) {
	x := open(t)
	admin, officer := x.as("admin"), x.as("officer")
	var out struct{ Password string }
	admin.send("PUT", "/api/people/4/password", body{}).is(t, 200, "").into(t, &out)
	if out.Password == "" {
		t.Error("no password drawn")
	}
	admin.send("PUT", "/api/people/4/password", body{"password": "quiet river 72"}).is(t, 200, "").into(t, &out)
	admin.send("PUT", fmt.Sprintf("/api/people/%d/password", 8), body{}).is(t, 409, "people.self")
	admin.send("PUT", "/api/people/5/password", body{}).is(t, 200, "")
	officer.get("/api/map").is(t, 401, "login.needed")
	admin.get("/api/map").is(t, 200, "")
}

// TestLastAdmin: somebody must be able to manage the whole bureau.
func TestLastAdmin(t *testing.T) {
	x := open(t)
	admin := x.as("admin")
	admin.send("PATCH", "/api/people/8", body{"disabled": true}, "If-Match", "1").is(t, 409, "people.last_admin")
	admin.send("PATCH", "/api/people/8", body{"grants": grants(people.Admin, townArea)}, "If-Match", "1").is(t, 409, "people.last_admin")
	admin.send("PATCH", "/api/people/50", body{"grants": grants(people.Admin, bureauArea)}, "If-Match", "1").is(t, 200, "")
	admin.send("PATCH", "/api/people/8", body{"disabled": true}, "If-Match", "1").is(t, 200, "")
}

// TestAdminOfATown: with the id of somebody or something outside, an admin of a
// part of the bureau reaches nothing, and cannot rise.
func TestAdminOfATown(t *testing.T) {
	x := open(t)
	b := x.as("town.admin")
	var list struct{ People []Person }
	b.get("/api/people").is(t, 200, "").into(t, &list)
	var logins []string
	for _, p := range list.People {
		logins = append(logins, p.Login)
	}
	if got := strings.Join(logins, " "); got != "town.admin town.officer both.officer" {
		t.Errorf("sees %s", got)
	}
	const bureauAdmin, self, mine, theirs, both = 8, 50, 51, 52, 53
	person := func(id int) string { return fmt.Sprintf("/api/people/%d", id) }
	b.get(person(bureauAdmin)).is(t, 404, "not_found")
	b.get(person(theirs)).is(t, 404, "not_found")
	b.get(person(both)).is(t, 200, "")
	b.send("PATCH", person(theirs), body{"name": "X"}, "If-Match", "1").is(t, 404, "not_found")
	b.send("PATCH", person(both), body{"name": "X"}, "If-Match", "1").is(t, 403, "people.outside")
	b.send("PUT", person(theirs)+"/password", body{}).is(t, 404, "not_found")
	b.send("PUT", person(bureauAdmin)+"/password", body{}).is(t, 404, "not_found")
	b.send("PUT", person(both)+"/password", body{}).is(t, 403, "people.outside")
	b.send("PATCH", person(self), body{"grants": grants(people.Admin, bureauArea)}, "If-Match", "1").is(t, 422, "people.outside")
	b.send("PATCH", person(mine), body{"grants": grants(people.Officer, otherArea)}, "If-Match", "1").is(t, 422, "people.outside")
	b.send("POST", "/api/people", body{"login": "twin", "name": "Twin", "grants": grants(people.Admin, bureauArea)}).is(t, 422, "people.outside")
	b.send("POST", "/api/people", body{"login": "twin", "name": "Twin"}).is(t, 422, "people.outside")
	b.send("POST", "/api/people", body{"login": "twin", "name": "Twin", "grants": grants(people.Officer, stationArea)}).is(t, 201, "")
	b.send("PATCH", person(mine), body{"grants": grants(people.Driver, townArea)}, "If-Match", "1").is(t, 200, "")

	area := func(id int) string { return fmt.Sprintf("/api/areas/%d", id) }
	name := body{"name": body{"en": "X"}}
	b.get("/api/areas").is(t, 200, "")
	b.send("PATCH", area(bureauArea), name, "If-Match", "1").is(t, 403, "areas.outside")
	b.send("PATCH", area(otherArea), name, "If-Match", "1").is(t, 403, "areas.outside")
	b.send("PATCH", area(townArea), name, "If-Match", "1").is(t, 200, "")
	b.send("PATCH", area(stationArea), body{"parent": otherArea}, "If-Match", "1").is(t, 403, "areas.outside")
	b.send("POST", "/api/areas", body{"parent": bureauArea, "kind": "town", "name": body{"en": "X"}}).is(t, 403, "areas.outside")
	b.send("POST", "/api/areas", body{"parent": otherArea, "kind": "station", "name": body{"en": "X"}}).is(t, 403, "areas.outside")
	b.send("POST", "/api/areas", body{"parent": townArea, "kind": "station", "name": body{"en": "X"}}).is(t, 201, "")
	b.send("DELETE", area(otherArea), nil, "If-Match", "1").is(t, 403, "areas.outside")
	b.send("DELETE", area(townArea), nil, "If-Match", "2").is(t, 403, "areas.outside") // its parent is the bureau
	b.send("DELETE", area(stationArea), nil, "If-Match", "1").is(t, 204, "")
	b.send("POST", "/api/map?name=x.osm", []byte("x")).is(t, 403, "access.denied")
	b.get("/api/map/import").is(t, 403, "access.denied")
}

// TestAuditorOfATown: the log isn't split by area.
func TestAuditorOfATown(t *testing.T) {
	x := open(t)
	x.st.with("auditor", func(p *people.Person) { p.Grants[0].Area = townArea })
	x.as("auditor").get("/api/audit").is(t, 403, "access.denied")
	x.as("auditor").get("/api/audit/verify").is(t, 403, "access.denied")
}

// TestReach: whatever the grants, a caller who may change somebody may see them,
// and reaches every area of that person's roles.
func TestReach(t *testing.T) {
	tr := mustTree(t)
	area := rapid.SampledFrom([]int{bureauArea, townArea, otherArea, stationArea})
	rapid.Check(t, func(t *rapid.T) {
		c := &caller{}
		for _, a := range rapid.SliceOfN(area, 0, 3).Draw(t, "caller's areas") {
			c.areas = append(c.areas, gridArea(a))
		}
		var p people.Person
		for _, a := range rapid.SliceOfN(area, 0, 3).Draw(t, "person's areas") {
			p.Grants = append(p.Grants, people.Grant{Role: people.Officer, Area: gridArea(a)})
		}
		if !mayChange(c, tr, p) {
			return
		}
		if !mayRead(c, tr, p) {
			t.Fatal("may change but not read")
		}
		for _, g := range p.Grants {
			if !c.reaches(tr, g.Area) {
				t.Fatalf("may change somebody with a role in %d, out of reach of %v", g.Area, c.areas)
			}
		}
	})
}

func TestPasswordRules(t *testing.T) {
	h, err := newHasher(cheap())
	if err != nil {
		t.Fatal(err)
	}
	own := []string{"li.wei", "Li Wei Chang", "威尔明顿市城市管理局", "Wilmington City"}
	for _, c := range []struct{ password, code string }{
		{"quiet river 72", ""},
		{"正确的马电池订书钉！", ""},
		{"威尔明顿", "password.short"},
		{"123456789", "password.short"},
		{strings.Repeat("ab3", 100), "password.long"},
		{"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7\xf6", "password.text"},
		{"li.wei20261", "password.own"},
		{"Li Wei Chang", "password.own"},
		{"LIWEICHANG!", "password.own"},
		{"威尔明顿市城市管理局", "password.own"},
		{"威尔明顿市城市管理局2026", "password.own"},
		{"wilmingtoncity1", "password.own"},
		{"1111111111", "password.common"},
		{"ababababab", "password.common"},
		{"abcdefghijk", "password.common"},
		{"Password2026", "password.common"},
		{"qwertyuiop", "password.common"},
		{"1q2w3e4r5t", "password.common"},
		{"citygrid2026!", "password.common"},
		{"chengguan888", "password.common"},
		{"1234567890", "password.common"},
		{"9876543210", "password.common"},
	} {
		if got := problemCode(h.check("body.new", c.password, own...)); got != c.code {
			t.Errorf("%q: %q, want %q", c.password, got, c.code)
		}
	}
	for range 100 {
		if p := NewPassword(); h.check("", p, own...) != nil || len(p) != 19 {
			t.Errorf("drawn password %q breaks a rule", p)
		}
	}
}
