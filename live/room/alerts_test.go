package room_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/grid/people"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/hub"
	"citygrid/live/ingest"
	"citygrid/live/room"

	"github.com/gorilla/websocket"
)

var (
	inPark  = streettest.Place(-20, 30)
	outside = streettest.Place(40, 0)
)

func (b *bureau) rightsOf(p people.Person) hub.Rights {
	return hub.RightsOf(p, b.room.TeamsNow(p.ID), b.room.Tree())
}

// viewer is an open map that was told what there is.
type viewer struct {
	t    *testing.T
	conn *websocket.Conn
}

func (b *bureau) watches(t *testing.T, rights hub.Rights) *viewer {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.room.Hub().Serve(w, r, hub.Viewer{Rights: rights})
	}))
	t.Cleanup(server.Close)
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), http.Header{"Origin": {server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.WriteJSON(map[string]any{"type": "hello"}); err != nil {
		t.Fatal(err)
	}
	v := &viewer{t, conn}
	// What happens before the server has read the hello is in the snapshot and told no more.
	v.until("the snapshot", func(kind string, _ []byte) bool { return kind == "snapshot" })
	return v
}

// until reads messages until one satisfies.
func (v *viewer) until(what string, ok func(kind string, message []byte) bool) {
	v.t.Helper()
	_ = v.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, message, err := v.conn.ReadMessage()
		if err != nil {
			v.t.Fatalf("%s: %v", what, err)
		}
		var head struct{ Type string }
		if json.Unmarshal(message, &head) == nil && ok(head.Type, message) {
			return
		}
	}
}

func (b *bureau) alerts() []alert.Alert {
	b.tb.Helper()
	return must(b.store.Alerts(b.tb.Context(), nil, 0))(b.tb)
}

// dogStays has the dog report from one place for some minutes.
func (b *bureau) dogStays(minutes int) {
	b.tb.Helper()
	for range minutes * 2 {
		b.pass(30 * time.Second)
		b.report(b.tag, inPark)
	}
}

// The first path of data: a fix is stored, judged, an alert kept, and shown to
// the map; the desk sends an officer, who does it, and the map shows that too.
func TestFromFixToDeskAndBack(t *testing.T) {
	b := founded(t).withStreets().runs()
	desk := b.watches(t, b.rightsOf(b.desk))
	b.report(b.tag, outside)
	b.report(b.room.PhoneOf(b.li.ID), streettest.Place(0, 0))
	b.dogStays(2)

	var stored int
	err := b.store.Fixes(t.Context(), ingest.TrackerID(b.tag.ID), time.Time{}, time.Time{}, func(ingest.Fix) bool { stored++; return true })
	if err != nil || stored != 5 {
		t.Fatalf("%d fixes are stored, %v, want 5", stored, err)
	}
	var seen room.Alert
	desk.until("the alert", func(kind string, message []byte) bool {
		var m struct{ Alert room.Alert }
		if kind != "alert" || json.Unmarshal(message, &m) != nil {
			return false
		}
		seen = m.Alert
		return seen.Grade == "confirmed"
	})
	kept := b.alerts()
	if len(kept) != 1 || kept[0].Grade.String() != "confirmed" || kept[0].State != alert.Open {
		t.Fatalf("kept are %+v", kept)
	}
	want := b.room.AlertJSON(kept[0])
	if got, want := string(mustJSON(t, seen)), string(mustJSON(t, want)); got != want {
		t.Errorf("the map was shown\n%s, kept is\n%s", got, want)
	}
	if seen.Subject.Name != "Bella" || seen.Subject.Licence != "W-0417" || seen.Zone.Name["en"] != "Park" || seen.Grid == nil || seen.Grid.Code != "G01" ||
		seen.Team == nil || *seen.Team != b.team.ID || seen.Ended != nil {
		t.Errorf("the map was shown %s", mustJSON(t, seen))
	}
	if text := mustJSON(t, seen); bytes.Contains(text, []byte("Somebody")) || bytes.Contains(text, []byte("555")) {
		t.Errorf("the owner is in %s", text)
	}
	desk.until("the dog with its grade", func(kind string, message []byte) bool {
		return kind == "units" && bytes.Contains(message, []byte(`"d1"`)) && bytes.Contains(message, []byte(`"alert":"confirmed"`))
	})

	found, _, err := b.room.Nearest(t.Context(), kept[0].At, 3)
	if err != nil || len(found) != 1 || found[0].Person != b.li.ID || !found[0].OwnGrid {
		t.Fatalf("nearest are %+v, %v", found, err)
	}
	task := must(b.store.SendTask(t.Context(), dispatch.Task{
		Kind: dispatch.KindAlert, Alert: kept[0].ID, Person: b.li.ID, Note: "catch it", At: kept[0].At, Sent: b.now(), By: b.desk.ID,
	}, "key", by))(t)
	b.room.Changed()
	desk.until("the task", func(kind string, message []byte) bool {
		var m struct{ Task room.Task }
		return kind == "task" && json.Unmarshal(message, &m) == nil && m.Task.ID == task.ID && m.Task.Note == "catch it" &&
			m.Task.Person.Name == "Li Wei" && m.Task.About != nil && m.Task.About.Subject.Name == "Bella"
	})
	desk.until("the officer is busy", func(kind string, message []byte) bool {
		return kind == "units" && bytes.Contains(message, []byte(`"duty":"busy"`))
	})
	must(b.store.StepTask(t.Context(), task.ID, b.li.ID, dispatch.Step{To: dispatch.Done, At: b.now()}, "", by))(t)
	b.room.Changed()
	desk.until("the alert is closed", func(kind string, message []byte) bool {
		return kind == "alert" && bytes.Contains(message, []byte(`"state":"closed"`)) && bytes.Contains(message, []byte(`"outcome":"handled"`))
	})
	desk.until("a dog without an alert is not the desk's to see", func(kind string, message []byte) bool {
		return kind == "gone" && bytes.Contains(message, []byte(`"d1"`))
	})
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	return must(json.Marshal(v))(t)
}

// A breach that lasts over a restart stays one alert, and ends as one.
func TestOneAlertOverRestarts(t *testing.T) {
	b := founded(t).runs()
	b.report(b.tag, outside)
	b.dogStays(3)
	b.eventually("the alert", func() bool { return len(b.alerts()) == 1 })
	began := b.alerts()[0].Key.Start
	for range 3 {
		b.restarts()
		b.dogStays(3)
	}
	b.restarts() // and then it goes away
	for range 6 {
		b.pass(30 * time.Second)
		b.report(b.tag, outside)
	}
	b.eventually("the end", func() bool { all := b.alerts(); return len(all) == 1 && !all[0].Ended.IsZero() })
	a := b.alerts()[0]
	if !a.Key.Start.Equal(began) || a.Withdrawn || a.Ended.Before(began.Add(11*time.Minute)) {
		t.Errorf("the alert is %+v", a)
	}
	verbs := map[alert.Verb]int{}
	for _, s := range a.History {
		verbs[s.Verb]++
	}
	if verbs[alert.VerbBegin] != 1 || verbs[alert.VerbEnd] != 1 || verbs[alert.VerbCorrect]+verbs[alert.VerbWithdraw] != 0 {
		t.Errorf("its history is %+v", a.History)
	}
	b.restarts() // what is over begins no more
	b.eventually("the dog is shown", func() bool { return len(b.room.Units(all)) == 1 })
	if got := b.alerts(); len(got) != 1 || got[0].Seq != a.Seq {
		t.Errorf("after all that: %+v", got)
	}
}

// all sees everything.
var all = hub.Rights{Units: hub.Scope{All: true}, Dogs: hub.Scope{All: true}, CalmDogs: hub.Scope{All: true}, Alerts: hub.Scope{All: true}, Tasks: hub.Scope{All: true}}

// While the server is down nobody reports; silence ends the breach when it is
// back: ten minutes after the last report, as the tag reports each minute.
func TestSilenceOverARestart(t *testing.T) {
	b := founded(t).runs()
	b.dogStays(3)
	b.eventually("the alert", func() bool { return len(b.alerts()) == 1 })
	b.stop()
	b.pass(3 * time.Hour)
	b.open()
	b.runs()
	b.eventually("the end", func() bool { return !b.alerts()[0].Ended.IsZero() })
	if a := b.alerts(); len(a) != 1 || !a[0].Ended.Equal(morning.Add(13*time.Minute)) {
		t.Errorf("kept are %+v", a)
	}
}

// An alert of a zone that says so calls again while nobody acknowledges it, and goes up;
// who acknowledges it has peace. Restarts repeat nothing.
func TestAlertsCallAgain(t *testing.T) {
	b := founded(t)
	b.park.Rule.Remind, b.park.Rule.Escalate = 2*time.Minute, 3*time.Minute
	b.park = must(b.store.UpdateZone(t.Context(), b.park, by))(t)
	b.runs()
	b.report(b.tag, outside)
	b.eventually("the alert calls and goes up", func() bool {
		b.dogStays(1)
		all := b.alerts()
		return len(all) == 1 && all[0].Reminded() > 0 && all[0].Level() > 0
	})
	a := b.alerts()[0]
	if _, err := b.store.EditAlert(t.Context(), a.ID, alert.Acknowledge{At: b.now(), Who: b.desk.ID}, by); err != nil {
		t.Fatal(err)
	}
	calls := func() int { a := b.alerts()[0]; return a.Reminded() + a.Level() }
	before := calls()
	b.restarts()
	b.dogStays(10)
	time.Sleep(50 * time.Millisecond) // a look
	if n := calls(); n != before {
		t.Errorf("%d calls after it was acknowledged", n-before)
	}
}
