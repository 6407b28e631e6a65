package web

import (
	"fmt"
	"strings"
	"testing"
)

// A town is what tests of registers stand on: a team, a vehicle, a dog, a device
// and a shift in each of two towns.
type twoTowns struct {
	*site
	t             testing.TB
	admin         *browser
	mine, theirs  map[string]string // addresses of entries, by register
	team, dog     map[string]int64  // ids by town
	person, truck map[string]int64
}

func twoTownsOf(t *testing.T) twoTowns {
	t.Helper()
	x, _ := openReal(t)
	w := twoTowns{
		site: x, t: t, admin: x.as("admin"), mine: map[string]string{}, theirs: map[string]string{},
		team: map[string]int64{}, dog: map[string]int64{}, person: map[string]int64{}, truck: map[string]int64{},
	}
	var all struct{ People []Person }
	w.admin.get("/api/people").is(t, 200, "").into(t, &all)
	for _, p := range all.People {
		w.person[p.Login] = p.ID
	}
	for town, area := range map[string]int{"town": townArea, "other": otherArea} {
		into := w.mine
		if town == "other" {
			into = w.theirs
		}
		add := func(register string, b body) int64 {
			var made struct {
				ID     any
				Device Device
			}
			w.admin.send("POST", "/api/"+register, b).is(t, 201, "").into(t, &made)
			if register == "devices" {
				into[register] = "/api/devices/" + made.Device.ID
				return 0
			}
			into[register] = fmt.Sprintf("/api/%s/%v", register, made.ID)
			return int64(made.ID.(float64))
		}
		w.team[town] = add("teams", body{"code": "T-" + town, "name": body{"en": town}, "area": area})
		add("stations", body{"code": "S-" + town, "name": body{"en": town}, "at": []float64{-75.5, 39.7}, "team": w.team[town]})
		w.truck[town] = add("vehicles", body{"plate": "V-" + town, "kind": "tow-truck", "team": w.team[town], "capacity": 2})
		w.dog[town] = add("dogs", body{"name": "Bella", "licence": "W-" + town, "owner": "Maria Secretova", "owner_phone": "+1 302 555 0142", "home": []float64{-75.5, 39.7}, "area": area})
		add("devices", body{"id": "tag-" + town, "class": "dog-tag", "protocol": "osmand", "subject": body{"class": "dog", "id": w.dog[town]}})
		add("shifts", body{"person": w.person[town+".officer"], "team": w.team[town], "vehicle": w.truck[town], "from": "2030-03-01T07:00:00Z", "to": "2030-03-01T19:00:00Z"})
	}
	return w
}

const shiftDay = "?from=2030-03-01T00:00:00Z&to=2030-03-02T00:00:00Z"

// TestTheOtherTown: an admin or team leader of one town neither reads nor changes
// what is the other town's.
func TestTheOtherTown(t *testing.T) {
	w := twoTownsOf(t)
	w.admin.send("POST", "/api/people", body{"login": "leader", "name": "Leader", "password": password, "grants": []body{{"role": "team-leader", "area": townArea}}}).is(t, 201, "")
	leader := w.browser()
	leader.send("POST", "/api/session", body{"login": "leader", "password": password}).is(t, 200, "")
	leader.send("PUT", "/api/session/password", body{"old": password, "new": password + "!"}).is(t, 204, "")
	for login, b := range map[string]*browser{"town.admin": w.as("town.admin"), "leader": leader} {
		for register, theirs := range w.theirs {
			list := "/api/" + register
			if register == "shifts" {
				list += shiftDay
			}
			r := b.get(list)
			if r.status == 403 && login == "leader" && register == "devices" {
				continue
			}
			r.is(t, 200, "")
			_, id, _ := strings.Cut(strings.TrimPrefix(theirs, "/api/"), "/")
			var got map[string][]map[string]any
			r.into(t, &got)
			if n := len(got[register]); n != 1 || fmt.Sprint(got[register][0]["id"]) == id {
				t.Errorf("%s at %s: %s; want the one of the own town", login, register, r)
			}
			may := login == "town.admin" || register == "shifts"
			for _, c := range []struct {
				path         string
				status       int
				code         string
				deniedStatus string
			}{{theirs, 404, "not_found", ""}} {
				change := b.send("PATCH", c.path, body{}, "If-Match", "1")
				if may {
					change.is(t, c.status, c.code)
				} else {
					change.is(t, 403, "access.denied")
				}
				if register == "teams" || register == "stations" || register == "shifts" {
					remove := b.send("DELETE", c.path, nil, "If-Match", "1")
					if may {
						remove.is(t, c.status, c.code)
					} else {
						remove.is(t, 403, "access.denied")
					}
				}
			}
		}
	}
	b := w.as("town.admin")
	b.send("POST", w.theirs["devices"]+"/secret", nil, "If-Match", "1").is(t, 404, "not_found")
	// Nor does a change or a new entry reach into it.
	for _, c := range []struct {
		path string
		sent body
	}{
		{w.mine["teams"], body{"area": otherArea}},
		{w.mine["stations"], body{"team": w.team["other"]}},
		{w.mine["vehicles"], body{"team": w.team["other"]}},
		{w.mine["dogs"], body{"area": otherArea}},
		{w.mine["shifts"], body{"team": w.team["other"]}},
	} {
		b.send("PATCH", c.path, c.sent, "If-Match", "1").is(t, 422, "registers.outside")
	}
	for _, sent := range []body{
		{"person": w.person["other.officer"]}, {"vehicle": w.truck["other"]}, {"person": 9999}, {"vehicle": 9999}, {"team": 9999},
	} {
		b.send("PATCH", w.mine["shifts"], sent, "If-Match", "1").is(t, 422, "registers.none")
	}
	for path, sent := range map[string]body{
		"/api/teams":    {"code": "X", "name": body{"en": "X"}, "area": otherArea},
		"/api/stations": {"code": "X", "name": body{"en": "X"}, "at": []float64{-75.5, 39.7}},
		"/api/vehicles": {"plate": "X", "kind": "boat"},
		"/api/dogs":     {"name": "X", "area": bureauArea},
		"/api/devices":  {"id": "X", "class": "phone", "protocol": "osmand", "subject": body{"class": "person", "id": w.person["other.officer"]}},
	} {
		b.send("POST", path, sent).is(t, 422, "registers.outside")
	}
	// Who works in a part of the town knows its team, and changes nothing.
	officer := w.as("town.officer")
	var teams struct{ Teams []Team }
	officer.get("/api/teams").is(t, 200, "").into(t, &teams)
	if len(teams.Teams) != 1 || teams.Teams[0].ID != w.team["town"] {
		t.Errorf("an officer of the station sees %+v", teams)
	}
	officer.send("PATCH", w.mine["teams"], body{}, "If-Match", "1").is(t, 403, "access.denied")
}

func TestRegistersChange(t *testing.T) {
	w := twoTownsOf(t)
	b := w.admin
	for register, c := range map[string]struct {
		sent body
		want string
		what string // in the audit log
	}{
		"teams":    {body{"name": body{"zh-CN": "一中队"}}, `"name":{"zh-CN":"一中队"}`, "name"},
		"stations": {body{"calendar": body{"zone": "Asia/Shanghai", "rules": []body{{"windows": []string{"08:00-18:00"}}}}}, `"zone":"Asia/Shanghai"`, "calendar"},
		"vehicles": {body{"team": nil, "retired": true}, `"team":null`, "retired, team"},
		"dogs":     {body{"breed": "terrier"}, `"breed":"terrier"`, "breed"},
		"devices":  {body{"disabled": true}, `"disabled":true`, "disabled"},
		"shifts":   {body{"vehicle": nil}, `"vehicle":null`, "vehicle"},
	} {
		path := w.mine[register]
		b.send("PATCH", path, c.sent).is(t, 428, "version.missing")
		r := b.send("PATCH", path, c.sent, "If-Match", "1").is(t, 200, "")
		if !strings.Contains(string(r.text), c.want) || r.header.Get("ETag") != `"2"` {
			t.Errorf("%s: want %s and version 2", r, c.want)
		}
		var p Problem
		b.send("PATCH", path, c.sent, "If-Match", "1").is(t, 412, "stale").into(t, &p)
		if p.ChangedBy != "admin" || p.Version != 2 {
			t.Errorf("%s stale: %+v", register, p)
		}
		b.send("PATCH", path, body{"nonsense": 1}, "If-Match", "2").is(t, 422, "request.invalid")
		one := strings.TrimSuffix(register, "s")
		entry := w.lastEntry(one + ".change")
		if entry.Detail != c.what || entry.Object != strings.Replace(strings.TrimPrefix(path, "/api/"), register, one, 1) {
			t.Errorf("audit log of %s: %+v", register, entry)
		}
	}
	for _, c := range []struct {
		register string
		sent     body
		status   int
		code     string
	}{
		{"teams", body{"code": "T-other"}, 409, "registers.taken"},
		{"teams", body{"code": ""}, 422, "registers.invalid"},
		{"teams", body{"area": 99}, 422, "registers.none"},
		{"stations", body{"at": []float64{-75}}, 422, "request.invalid"},
		{"stations", body{"at": []float64{-75, 400}}, 422, "registers.invalid"},
		{"stations", body{"calendar": body{"zone": "Mars/Olympus"}}, 422, "calendar.invalid"},
		{"vehicles", body{"kind": "tank"}, 422, "request.invalid"},
		{"vehicles", body{"capacity": -1}, 422, "registers.invalid"},
		{"devices", body{"class": "phone"}, 422, "registers.invalid"},
		{"devices", body{"subject": body{"class": "dog", "id": w.dog["other"]}}, 409, "devices.bound"},
		{"devices", body{"subject": body{"class": "dog", "id": 999}}, 422, "registers.none"},
		{"devices", body{"secret_hash": "x"}, 422, "request.invalid"},
		{"shifts", body{"to": "2030-03-05T00:00:00Z"}, 422, "registers.invalid"},
		{"shifts", body{"person": w.person["other.officer"]}, 409, "shifts.overlap"},
	} {
		b.send("PATCH", w.mine[c.register], c.sent, "If-Match", "2").is(t, c.status, c.code)
	}
	b.send("DELETE", w.mine["teams"], nil, "If-Match", "2").is(t, 409, "registers.in_use")
	b.send("DELETE", w.mine["vehicles"], nil, "If-Match", "2").is(t, 405, "method_not_allowed")
	b.send("DELETE", w.mine["shifts"], nil, "If-Match", "1").is(t, 412, "stale")
	b.send("DELETE", w.mine["shifts"], nil, "If-Match", "2").is(t, 204, "")
	b.send("DELETE", w.mine["shifts"], nil, "If-Match", "2").is(t, 404, "not_found")
	var shifts struct{ Shifts []Shift }
	b.get("/api/shifts"+shiftDay+"&person="+idText(w.person["other.officer"])).is(t, 200, "").into(t, &shifts)
	if len(shifts.Shifts) != 1 || shifts.Shifts[0].Name != "Other Officer" {
		t.Errorf("shifts of one person: %+v", shifts)
	}
	b.get("/api/shifts?from=2030-03-01T00:00:00Z&to=2031-03-02T00:00:00Z").is(t, 422, "shifts.span")
}

// lastEntry is the newest entry of the audit log with that verb.
func (w twoTowns) lastEntry(verb string) AuditEntry {
	var log struct{ Entries []AuditEntry }
	w.as("auditor").get("/api/audit?limit=100").is(w.t, 200, "").into(w.t, &log)
	for _, e := range log.Entries {
		if e.Verb == verb {
			return e
		}
	}
	w.t.Errorf("the audit log has no %s", verb)
	return AuditEntry{}
}

// TestDogOwners: nobody reads an owner here, and sending back what was read does
// not write the mask over the owner.
func TestDogOwners(t *testing.T) {
	w := twoTownsOf(t)
	r := w.admin.get("/api/dogs").is(t, 200, "")
	var dogs struct{ Dogs []Dog }
	r.into(t, &dogs)
	d := dogs.Dogs[0]
	if d.Owner != "M*" || d.OwnerPhone != "*0142" || strings.Contains(string(r.text), "home") {
		t.Errorf("masked: %s", r)
	}
	path := w.mine["dogs"]
	for i, sent := range []body{
		{"owner": "M*", "owner_phone": "*0142"}, {"owner": "Maria Secretova", "breed": "x"}, {"owner_phone": "a lot of numbers"}, {"owner": 7}, {"licence": "W-other", "owner": "Maria Secretova"},
	} {
		r := w.admin.send("PATCH", path, sent, "If-Match", idText(int64(min(i, 2)+1)))
		for _, secret := range []string{"Secretova", "302", "a lot"} {
			if strings.Contains(string(r.text), secret) {
				t.Errorf("%s tells %q", r, secret)
			}
		}
	}
	kept, err := w.s.store.Dogs(t.Context())
	if err != nil || kept[0].Owner != "Maria Secretova" || kept[0].OwnerPhone != "+1 302 555 0142" || kept[0].Home[0] != -75.5 {
		t.Errorf("after masked changes: %+v, %v", kept[0], err)
	}
	for _, e := range []string{"dog.add", "dog.change"} {
		if text := w.lastEntry(e).Detail; strings.Contains(text, "Secretova") || strings.Contains(text, "302") {
			t.Errorf("audit log: %s", text)
		}
	}
}

func TestDeviceSecrets(t *testing.T) {
	var log strings.Builder
	x, st := openReal(t, logTo(&log))
	b := x.as("admin")
	var made struct {
		Device Device
		Secret string
	}
	r := b.send("POST", "/api/devices", body{"id": "8612/0104", "class": "phone", "protocol": "osmand"}).is(t, 201, "")
	r.into(t, &made)
	if len(made.Secret) < 20 || !made.Device.HasSecret || r.header.Get("Cache-Control") != noStore {
		t.Errorf("made: %s", r)
	}
	b.send("POST", "/api/devices", body{"id": "8612/0104", "class": "phone", "protocol": "osmand"}).is(t, 409, "registers.taken")
	b.send("POST", "/api/devices", body{"id": "web-9", "class": "phone", "protocol": "osmand"}).is(t, 422, "registers.invalid")
	b.send("POST", "/api/devices", body{"id": "a:b", "class": "phone", "protocol": "osmand"}).is(t, 422, "registers.invalid")
	var again struct{ Secret string }
	b.send("POST", "/api/devices/8612%2F0104/secret", nil).is(t, 428, "version.missing")
	b.send("POST", "/api/devices/8612%2F0104/secret", nil, "If-Match", "1").is(t, 200, "").into(t, &again)
	if again.Secret == made.Secret || again.Secret == "" {
		t.Errorf("a new secret: %q after %q", again.Secret, made.Secret)
	}
	list := string(b.get("/api/devices").is(t, 200, "").text)
	entries, err := st.AuditEntries(t.Context(), auditQuery(0, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{made.Secret, again.Secret, "sha256"} {
		if strings.Contains(list, secret) || strings.Contains(log.String(), secret) || strings.Contains(fmt.Sprint(entries), secret) {
			t.Errorf("a secret is in the list, the log or the audit log")
		}
	}
}
