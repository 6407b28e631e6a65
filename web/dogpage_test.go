package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/geo/street/streettest"
	"citygrid/grid/register"
	"citygrid/live/ingest/tracker"
	"citygrid/live/listen"
	"citygrid/live/room"

	"github.com/paulmach/orb"
)

// TestDogPage: the leader of the ground sees its dogs, a dispatcher those with an
// alert, nobody those of the other town. Near its home a dog that nothing is on about
// is in a circle that doesn't say where the home is, on the map as on its page.
func TestDogPage(t *testing.T) {
	w, town, _ := busy(t)
	home := streettest.Place(20, -40)
	luna, err := w.st.AddDog(t.Context(), register.Dog{Name: "Luna", Licence: "W-9", Owner: "Cy Owner", OwnerPhone: "555 0109", Home: home, Area: townArea}, audit.Act{Verb: "test"})
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := register.HashSecret(secret)
	if _, err := w.st.AddDevice(t.Context(), register.Device{ID: "tag-9", Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(luna.ID), SecretHash: hash}, audit.Act{Verb: "test"}); err != nil {
		t.Fatal(err)
	}
	if err := w.room.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	dog := func(id register.DogID) string { return fmt.Sprintf("/api/dogs/%d", id) }
	leader := w.as("town.leader")
	var page DogPage
	if leader.get(dog(luna.ID)).is(t, 200, "").into(t, &page); len(page.Tags) != 1 || page.Heard != nil || page.Place != nil {
		t.Errorf("before it was heard of: %+v", page)
	}

	// A walk away from home and back into the circle.
	at := func(p orb.Point, ago time.Duration) {
		w.reports("tag-9", body{"fixes": []body{{"t": time.Now().Add(-ago), "lon": p[0], "lat": p[1], "accuracy_m": 5}}})
	}
	far := geo.Destination(home, 90, 400)
	at(far, 20*time.Second)
	w.eventually("Luna is seen away from home", func() bool {
		leader.get(dog(luna.ID)).is(t, 200, "").into(t, &page)
		return page.Place != nil && geo.Distance(orb.Point(page.Place.At), far) < 1
	})
	if page.Place.AtHome || page.Heard == nil || page.Dog.Name != "Luna" || strings.Contains(page.Dog.Owner, "Cy") {
		t.Errorf("away from home: %+v", page)
	}
	door := geo.Destination(home, 10, 15)
	at(door, 0)
	w.eventually("Luna is at home", func() bool {
		leader.get(dog(luna.ID)).is(t, 200, "").into(t, &page)
		return page.Place != nil && page.Place.AtHome
	})
	shown := orb.Point(page.Place.At)
	if off := geo.Distance(shown, home); page.Place.WithinM != 100 || off > 60 || geo.Distance(shown, door) < 0.5 {
		t.Errorf("at home it is shown at %v, %v from the home, within %v m", shown, off, page.Place.WithinM)
	}
	var list struct{ Units []room.Unit }
	leader.get("/api/units").is(t, 200, "").into(t, &list)
	for _, u := range list.Units {
		if u.Name == "Luna" && (geo.Distance(orb.Point(u.At), shown) > 0.2 || u.AccuracyM != 100 || u.SpeedKmh != nil) {
			t.Errorf("on the map Luna is %+v, on the page at %v", u, shown)
		}
	}

	// On alert: exact, though the park is where Bella lives.
	desk := w.as("town.desk")
	desk.get(dog(w.bella.ID)).is(t, 200, "").into(t, &page)
	if page.Place == nil || page.Place.AtHome || geo.Distance(orb.Point(page.Place.At), townPark) > 1 || len(page.Alerts) != 1 || page.Alerts[0].ID != town.ID {
		t.Errorf("on alert Bella is %+v", page)
	}
	desk.get(dog(luna.ID)).is(t, 404, "not_found")
	desk.get(dog(w.max.ID)).is(t, 404, "not_found")
	w.as("other.desk").get(dog(w.bella.ID)).is(t, 404, "not_found")
	leader.get(dog(9999)).is(t, 404, "not_found")
}

// TestTrackers: an admin sees what a device sent last, each look in the audit log,
// and who reports without being known, until it is registered.
func TestTrackers(t *testing.T) {
	frames, strangers := &listen.Frames{}, &listen.Quarantine{}
	w := atWork(t, func(c *Config) { c.Frames, c.Strangers = frames, strangers })
	admin := w.as("admin")
	at := time.Now()
	frames.Note("unit-1", listen.Frame{At: at, Protocol: "json", Bytes: []byte{0x7e, 1, 2}, Kind: "location", Positions: []tracker.Position{
		{Located: true, Valid: true, Time: at, Lon: 1, Lat: 2, SpeedKmh: 3, Attributes: map[string]any{"ignition": true}}, {Time: at},
	}})
	w.browser().get(fmt.Sprintf("/osmand?id=phone-1&lat=%f&lon=%f&timestamp=%d", station[1], station[0], at.Unix()), "X-Device-Secret", secret).is(t, 200, "")
	var got struct {
		Sent   int
		Frames []DeviceFrame
	}
	admin.send("POST", "/api/devices/unit-1/frames", body{"why": "is silent"}).is(t, 200, "").into(t, &got)
	if len(got.Frames) != 1 || got.Sent != 1 || got.Frames[0].Hex != "7e0102" || len(got.Frames[0].Positions) != 2 {
		t.Fatalf("the frames of unit-1: %+v", got)
	}
	if p := got.Frames[0].Positions; p[0].At == nil || *p[0].At != (Position{1, 2}) || p[0].Attributes["ignition"] != true || p[1].At != nil {
		t.Errorf("understood as %+v", p)
	}
	admin.send("POST", "/api/devices/phone-1/frames", body{"why": "is silent"}).is(t, 200, "").into(t, &got)
	if len(got.Frames) != 1 || !strings.HasPrefix(got.Frames[0].Text, "GET /osmand?") || strings.Contains(got.Frames[0].Text, secret) || len(got.Frames[0].Positions) != 1 {
		t.Errorf("the report of phone-1: %+v", got)
	}
	admin.send("POST", "/api/devices/phone-1/frames", body{}).is(t, 422, "request.invalid")
	admin.send("POST", "/api/devices/nobody/frames", body{"why": "is silent"}).is(t, 404, "not_found")
	admin.get("/api/devices/unit-1").is(t, 200, "")
	w.as("dispatcher").send("POST", "/api/devices/unit-1/frames", body{"why": "is silent"}).is(t, 403, "access.denied")
	var log struct{ Entries []AuditEntry }
	w.as("auditor").get("/api/audit").is(t, 200, "").into(t, &log)
	looks := 0
	for _, e := range log.Entries {
		if e.Verb == "device.frames" && e.Who == "admin" && e.Detail == "is silent" {
			looks++
		}
	}
	if looks != 2 {
		t.Errorf("%d looks are noted, want 2", looks)
	}
}
