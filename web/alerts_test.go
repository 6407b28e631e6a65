package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/live/room"

	"github.com/paulmach/orb"
)

func alertPath(a Alert, verb string) string {
	return strings.TrimSuffix(fmt.Sprintf("/api/alerts/%d/%s", a.ID, verb), "/")
}

func stepPath(id any, step string) string { return fmt.Sprintf("/api/tasks/%v/%s", id, step) }

// TestFromBreachToDone: a dog in a park is an alert on the desk's map; it is
// looked after, the nearest officer is sent, and what they do closes it.
func TestFromBreachToDone(t *testing.T) {
	w := atWork(t)
	w.stands("town.officer", station)
	w.stands("other.officer", otherPark)
	d, o := w.as("town.desk"), w.as("town.officer")
	desk, phone := d.watch(nil), o.watch(nil)
	desk.first("snapshot")
	phone.first("snapshot")

	w.reports("tag-1", fixes(townPark, 8))
	x := desk.until("a confirmed alert", func(x message) bool { return x.Type == "alert" && x.Alert.Grade == "confirmed" })
	a := x.Alert
	if a.Subject.Name != "Bella" || a.Zone.Name["en"] != "Park" || a.State != "open" || a.Grid == nil || a.Grid.Code != "G01" || *a.Team != w.one.ID {
		t.Fatalf("the desk is shown %s", x.raw)
	}
	d.send("POST", alertPath(a, "ack"), body{"note": "mine"}).is(t, 200, "")
	desk.until("it is acknowledged", func(x message) bool { return x.Type == "alert" && x.Alert.State == "acknowledged" })
	w.as("dispatcher").send("POST", alertPath(a, "ack"), body{}).is(t, 409, "alerts.done")

	var near struct {
		Candidates []room.Candidate
		Others     []room.Exclusion
	}
	d.get(alertPath(a, "nearest")).is(t, 200, "").into(t, &near)
	if len(near.Candidates) != 1 || near.Candidates[0].Person.ID != w.ids["town.officer"] || near.Candidates[0].Person.Name != "Town Officer" {
		t.Fatalf("nearest are %+v", near)
	}
	for _, e := range near.Others {
		if e.Person.ID == w.ids["other.officer"] {
			t.Error("the town's desk is told of the other town's officer")
		}
	}
	// The reply is lost and the desk sends again: one task all the same.
	send := func(key string) reply {
		return d.send("POST", alertPath(a, "send"), body{"person": w.ids["town.officer"], "note": "the brown one"}, "Idempotency-Key", key)
	}
	send("key-1").is(t, 200, "")
	var sent Alert
	send("key-1").is(t, 200, "").into(t, &sent)
	if sent.State != "dispatched" || sent.Sent == nil || sent.Sent.ID != w.ids["town.officer"] {
		t.Errorf("sent is %+v", sent)
	}
	send("key-2").is(t, 409, "alerts.done")
	x = phone.until("the task", func(x message) bool { return x.Type == "task" })
	if x.Task.Note != "the brown one" || x.Task.About == nil || x.Task.About.Subject.Name != "Bella" || x.Task.By == nil || x.Task.By.ID != w.ids["town.desk"] {
		t.Errorf("the phone is shown %s", x.raw)
	}
	var list struct{ Tasks []room.Task }
	o.get("/api/tasks?open=true").is(t, 200, "").into(t, &list)
	if len(list.Tasks) != 1 || list.Tasks[0].ID != x.Task.ID {
		t.Fatalf("the officer has to do %+v", list.Tasks)
	}
	id := x.Task.ID
	for _, other := range []string{"other.officer", "driver", "officer"} {
		w.as(other).send("POST", stepPath(id, "done"), body{}).is(t, 404, "not_found")
	}
	d.send("POST", stepPath(id, "done"), body{}).is(t, 403, "access.denied")

	at := time.Now().Add(-time.Minute).UTC().Truncate(time.Second) // told late, from the phone's memory
	o.send("POST", stepPath(id, "received"), body{"at": at}, "Idempotency-Key", "s-1").is(t, 200, "")
	var task room.Task
	o.send("POST", stepPath(id, "received"), body{"at": at}, "Idempotency-Key", "s-1").is(t, 200, "").into(t, &task)
	if len(task.Steps) != 1 || !task.Steps[0].At.Equal(at) {
		t.Errorf("steps are %+v", task.Steps)
	}
	o.send("POST", stepPath(id, "arrived"), body{}, "Idempotency-Key", "s-1").is(t, 409, "key_used")
	o.send("POST", stepPath(id, "arrived"), body{"at": time.Now().Add(time.Hour)}).is(t, 200, "").into(t, &task)
	if at := task.Steps[1].At; at.After(time.Now()) {
		t.Errorf("a fast clock tells of %v", at)
	}
	o.send("POST", stepPath(id, "done"), body{"note": "went home"}).is(t, 200, "")
	o.send("POST", stepPath(id, "decline"), body{}).is(t, 409, "tasks.done")
	o.send("POST", stepPath(id, "dance"), body{}).is(t, 422, "request.invalid")
	desk.until("it is closed", func(x message) bool {
		return x.Type == "alert" && x.Alert.State == "closed" && x.Alert.Outcome == "handled"
	})
	d.send("POST", alertPath(a, "close"), body{}).is(t, 409, "alerts.closed")
	d.send("POST", alertPath(a, "owner"), body{"why": "to call them"}).is(t, 409, "alerts.closed")
	o.get("/api/tasks?open=true").is(t, 200, "").into(t, &list)
	if len(list.Tasks) != 0 {
		t.Errorf("the officer still has to do %+v", list.Tasks)
	}
	o.get("/api/tasks").is(t, 200, "").into(t, &list)
	if len(list.Tasks) != 1 {
		t.Errorf("the officer did %+v", list.Tasks)
	}
}

// TestSomebodyElse: sending another calls the first back; closing does too.
func TestSomebodyElse(t *testing.T) {
	w, town, _ := busy(t)
	d := w.as("dispatcher")
	d.send("POST", alertPath(town, "send"), body{"person": w.ids["other.officer"]}).is(t, 200, "")
	states := func(login string) string {
		var list struct{ Tasks []room.Task }
		w.as(login).get("/api/tasks").is(t, 200, "").into(t, &list)
		var words []string
		for _, x := range list.Tasks {
			words = append(words, string(x.State))
		}
		return strings.Join(words, " ")
	}
	if a, b := states("town.officer"), states("other.officer"); a != "recalled" || b != "sent" {
		t.Errorf("tasks are %s and %s", a, b)
	}
	d.send("POST", alertPath(town, "close"), body{"outcome": "false-alarm", "note": "a cat"}).is(t, 200, "")
	if b := states("other.officer"); b != "recalled" {
		t.Errorf("after the close the task is %s", b)
	}
	d.send("POST", alertPath(town, "close"), body{"outcome": "eaten"}).is(t, 422, "request.invalid")
}

// TestOtherTownsAlert: an alert out of one's reach is as if it were not there, on
// every route.
func TestOtherTownsAlert(t *testing.T) {
	w, town, other := busy(t)
	why, to := body{"why": "to call them"}, body{"person": w.ids["other.officer"]}
	for _, c := range []struct {
		login        string
		a            Alert
		read, handle int // of a's routes
	}{
		{"dispatcher", other, 200, 200},
		{"other.desk", other, 200, 200},
		{"town.desk", other, 404, 404},
		{"town.leader", other, 404, 404},
		{"town.calls", other, 404, 403},
		{"call-taker", other, 200, 403},
		{"town.officer", other, 404, 403}, // 4 km away
		{"other.officer", other, 200, 403},
		{"officer", other, 404, 403},
		{"driver", other, 403, 403},
		{"planner", other, 403, 403},
		{"police", other, 403, 403},
		{"admin", other, 403, 403},
		{"auditor", other, 200, 403},
		{"town.leader", town, 200, 200},
		{"other.desk", town, 404, 404},
	} {
		b := w.as(c.login)
		for _, r := range []reply{
			b.get(alertPath(c.a, "")), b.send("POST", alertPath(c.a, "note"), body{"note": "seen by " + c.login}),
			b.send("POST", alertPath(c.a, "owner"), why), b.get(alertPath(c.a, "nearest")),
		} {
			want := c.handle
			if strings.HasSuffix(r.name, alertPath(c.a, "")) {
				want = c.read
			}
			if r.status != want {
				t.Errorf("%s: %s, want %d", c.login, r, want)
			}
		}
		if c.handle != 200 {
			b.send("POST", alertPath(c.a, "ack"), body{}).is(t, c.handle, map[int]string{403: "access.denied", 404: "not_found"}[c.handle])
			b.send("POST", alertPath(c.a, "close"), body{}).is(t, c.handle, map[int]string{403: "access.denied", 404: "not_found"}[c.handle])
			b.send("POST", alertPath(c.a, "send"), to).is(t, c.handle, map[int]string{403: "access.denied", 404: "not_found"}[c.handle])
		}
	}
	// One's own alert, but another's officer; nobody; nobody's officer; off duty.
	d := w.as("town.desk")
	d.send("POST", alertPath(town, "send"), to).is(t, 422, "send.person")
	d.send("POST", alertPath(town, "send"), body{"person": 9999}).is(t, 422, "send.person")
	d.send("POST", alertPath(town, "send"), body{"person": w.ids["planner"]}).is(t, 422, "send.person")
	d.send("POST", alertPath(town, "send"), body{"person": w.ids["officer"]}).is(t, 409, "send.off_duty")
}

// TestOwner: each look at whose dog it is stands in the audit log before it is
// answered, with who and why, and without the owner.
func TestOwner(t *testing.T) {
	w, town, _ := busy(t)
	d := w.as("town.desk")
	var o Owner
	d.send("POST", alertPath(town, "owner"), body{"why": "calls back"}).is(t, 200, "").into(t, &o)
	if o.Owner != "Ann Owner" || o.Phone != "555 0101" || o.Home == nil {
		t.Errorf("the owner is %+v", o)
	}
	d.send("POST", alertPath(town, "owner"), body{}).is(t, 422, "request.invalid")
	d.send("POST", alertPath(town, "owner"), body{"why": " "}).is(t, 422, "request.invalid")
	var log struct{ Entries []AuditEntry }
	w.as("auditor").get("/api/audit").is(t, 200, "").into(t, &log)
	n := 0
	for _, e := range log.Entries {
		if e.Verb == "dog.owner" {
			n++
			if e.Who != "town.desk" || e.Object != strings.TrimPrefix(alertPath(town, ""), "/api/alerts/") && e.Object != fmt.Sprintf("alert/%d", town.ID) || !strings.Contains(e.Detail, "calls back") {
				t.Errorf("noted is %+v", e)
			}
		}
		if strings.Contains(e.Detail, "Ann") {
			t.Errorf("the owner is in the audit log: %+v", e)
		}
	}
	if n != 1 {
		t.Errorf("%d looks are noted, want 1", n)
	}
}

// TestAlertTrack: the way around an alert is for who handles it, and each look is noted.
func TestAlertTrack(t *testing.T) {
	w, town, other := busy(t)
	var told struct{ Track []TrackPoint }
	w.as("town.desk").get(alertPath(town, "track")).is(t, 200, "").into(t, &told)
	if len(told.Track) == 0 {
		t.Error("there is no track")
	}
	for i, p := range told.Track {
		if p.T.Before(town.Began.Add(-5*time.Minute)) || i > 0 && p.T.Before(told.Track[i-1].T) {
			t.Errorf("position %d is of %v, the alert began at %v", i, p.T, town.Began)
		}
	}
	w.as("town.desk").get(alertPath(other, "track")).is(t, 404, "not_found")
	for _, login := range []string{"town.officer", "town.calls", "planner", "auditor", "admin"} {
		w.as(login).get(alertPath(town, "track")).is(t, 403, "access.denied")
	}
	var log struct{ Entries []AuditEntry }
	w.as("auditor").get("/api/audit").is(t, 200, "").into(t, &log)
	n := 0
	for _, e := range log.Entries {
		if e.Verb == "track.read" && e.Who == "town.desk" && e.Object == fmt.Sprintf("alert/%d", town.ID) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d looks are noted, want 1", n)
	}
}

func TestListOfAlerts(t *testing.T) {
	w, town, other := busy(t)
	d := w.as("dispatcher")
	ids := func(query string) []int64 {
		var list struct{ Alerts []Alert }
		d.get("/api/alerts"+query).is(t, 200, "").into(t, &list)
		return alertIDs(list.Alerts)
	}
	same(t, "dispatched", ids("?state=dispatched"), []int64{int64(town.ID)})
	same(t, "open or acknowledged", ids("?state=open,acknowledged"), []int64{int64(other.ID)})
	same(t, "one", ids("?limit=1"), ids("")[:1])
	d.get("/api/alerts?state=lost").is(t, 422, "alerts.state_unknown")
	d.get("/api/alerts?limit=100000").is(t, 422, "request.invalid")
}

// TestWalks: officers see their own, the desk those of its area, and nobody for
// longer than the table says.
func TestWalks(t *testing.T) {
	w := atWork(t)
	var list struct{ Walks []room.Walk }
	d := w.as("town.desk")
	w.eventually("a walk for the officer on duty", func() bool {
		d.get("/api/walks"+w.today()).is(t, 200, "").into(t, &list)
		return len(list.Walks) > 0
	})
	for login, want := range map[string]int{"dispatcher": len(list.Walks), "town.leader": len(list.Walks), "town.officer": 1, "other.desk": 0, "other.officer": 0, "officer": 0} {
		var got struct{ Walks []room.Walk }
		w.as(login).get("/api/walks"+w.today()).is(t, 200, "").into(t, &got)
		planned := 0
		for _, k := range got.Walks {
			if k.Planned {
				planned++
			} else if login != "other.officer" { // whose team has no streets: the shift is told all the same
				t.Errorf("%s sees a shift without a walk of %s", login, k.Person.Name)
			}
		}
		if planned != want {
			t.Errorf("%s sees %d walks, want %d", login, planned, want)
		}
	}
	for _, login := range []string{"call-taker", "driver", "planner", "police", "admin", "auditor"} {
		w.as(login).get("/api/walks").is(t, 403, "access.denied")
	}
	d.get("/api/walks?date=someday").is(t, 422, "request.invalid")
	d.get("/api/walks?date=2026-02-31").is(t, 422, "request.invalid")
}

// today is the bureau's day on which the shifts began.
func (w *shop) today() string {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		w.t.Fatal(err)
	}
	return "?date=" + w.since.In(zone).Format(time.DateOnly)
}

// TestTows: a vehicle is fetched by a truck of one's own, once.
func TestTows(t *testing.T) {
	w := atWork(t)
	w.stands("driver", station)
	d := w.as("town.desk")
	van := body{"at": streettest.Place(8, 0), "note": "white van"}
	var tow struct {
		Task    room.Task
		Vehicle struct{ Plate string }
		Arrive  time.Time
	}
	d.send("POST", "/api/tows", van, "Idempotency-Key", "t-1").is(t, 201, "").into(t, &tow)
	first := tow.Task.ID
	if tow.Vehicle.Plate != "TOW1" || tow.Task.Person.ID != w.ids["driver"] || tow.Task.Note != "white van" || tow.Arrive.IsZero() {
		t.Errorf("the tow is %+v", tow)
	}
	d.send("POST", "/api/tows", van, "Idempotency-Key", "t-1").is(t, 201, "").into(t, &tow)
	if tow.Task.ID != first {
		t.Errorf("told again it is task %d, was %d", tow.Task.ID, first)
	}
	// The key of before, and another vehicle: nothing is fetched, and that is said.
	d.send("POST", "/api/tows", body{"at": streettest.Place(7, 0)}, "Idempotency-Key", "t-1").is(t, 409, "key_used")
	var list struct{ Runs []room.Run }
	for login, want := range map[string]int{"town.desk": 1, "dispatcher": 1, "driver": 1, "town.leader": 1, "other.desk": 0} {
		w.as(login).get("/api/runs").is(t, 200, "").into(t, &list)
		if len(list.Runs) != want || want == 1 && (len(list.Runs[0].Stops) == 0 || *list.Runs[0].Stops[0].Task != first) {
			t.Errorf("%s sees the runs %+v", login, list.Runs)
		}
	}
	w.as("other.desk").send("POST", "/api/tows", van).is(t, 404, "tows.outside")
	var could struct {
		Offers  []TowOffer
		Refused []TowRefused
	}
	w.as("dispatcher").get(fmt.Sprintf("/api/tows/offers?at=%v,%v", townPark[0], townPark[1])).is(t, 200, "").into(t, &could)
	if len(could.Offers)+len(could.Refused) != 1 {
		t.Errorf("one truck is on duty: %+v", could)
	}
	w.as("other.desk").get(fmt.Sprintf("/api/tows/offers?at=%v,%v", townPark[0], townPark[1])).is(t, 404, "tows.outside")
	w.as("dispatcher").get("/api/tows/offers?at=200,1").is(t, 422, "query.point")
	w.as("other.desk").send("POST", "/api/tows", body{"at": otherPark}).is(t, 409, "tows.no_truck") // the other town has none
	d.send("POST", "/api/tows", body{"at": nowhere}).is(t, 404, "tows.outside")
	d.send("POST", "/api/tows", body{"at": orb.Point{400, 0}}).is(t, 422, "query.point")
	for _, login := range []string{"call-taker", "officer", "driver", "planner", "police", "admin", "auditor"} {
		w.as(login).send("POST", "/api/tows", van).is(t, http.StatusForbidden, "access.denied")
	}
	o := w.as("driver")
	o.send("POST", stepPath(first, "received"), body{}).is(t, 200, "")
	o.send("POST", stepPath(first, "done"), body{}).is(t, 200, "")
}

// TestClock: the app is told the server's clock, which a demo lets run faster.
func TestClock(t *testing.T) {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	x := open(t, func(c *Config) { c.Now, c.Speed = func() time.Time { return noon }, 10 })
	var info SessionInfo
	x.browser().get("/api/session").is(t, 200, "").into(t, &info)
	if !info.Clock.Now.Equal(noon) || info.Clock.Speed != 10 {
		t.Errorf("the clock is %+v", info.Clock)
	}
	open(t).browser().get("/api/session").is(t, 200, "").into(t, &info)
	if info.Clock.Speed != 1 || time.Since(info.Clock.Now) > time.Minute {
		t.Errorf("the clock is %+v", info.Clock)
	}
}
