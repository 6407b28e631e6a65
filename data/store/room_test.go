package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/ingest"
)

// Who is sent instead of somebody, or told that it is over, is told so at once.
func TestCalledBack(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	raised(t, s, 1)
	raised(t, s, 2)
	send := func(a alert.ID, to people.ID) dispatch.Task {
		ask := dispatch.Task{Kind: dispatch.KindAlert, Alert: a, Person: to, Note: "bring a leash", At: home, Sent: c.t, By: 1}
		return must(s.SendTask(ctx, ask, "", act("task.send")))(t)
	}
	first := send(1, 2)
	if kept := must(s.Task(ctx, first.ID))(t); kept.Note != "bring a leash" || !reflect.DeepEqual(kept, first) {
		t.Errorf("kept %+v, sent %+v", kept, first)
	}
	seq := must(s.Seq(ctx))(t)
	second := send(1, 3)
	alerts, tasks, _, err := s.Changes(ctx, seq)
	if err != nil || len(alerts) != 1 || len(tasks) != 2 {
		t.Fatalf("screens are told of %d alerts and %d tasks, %v, want 1 and 2", len(alerts), len(tasks), err)
	}
	was := must(s.Task(ctx, first.ID))(t)
	if was.State != dispatch.Recalled || len(was.Steps) != 1 || !was.Steps[0].At.Equal(c.t) {
		t.Errorf("the first task is %+v", was)
	}
	// The phone did not know yet.
	if _, err := s.StepTask(ctx, first.ID, 2, dispatch.Step{To: dispatch.Done, At: c.t}, "late", act("task.step")); !errors.Is(err, dispatch.ErrRecalled) {
		t.Errorf("a step of the task called back: %v", err)
	}
	if a := must(s.Alert(ctx, 1))(t); a.State != alert.Dispatched || a.Sent != 3 {
		t.Errorf("the alert is %+v", a)
	}
	if open := must(s.OpenTasks(ctx))(t); len(open) != 1 || open[0].ID != second.ID {
		t.Errorf("open are %+v", open)
	}
	// The desk closes it: nobody need go on.
	must(s.EditAlert(ctx, 1, alert.Close{At: c.t, Who: 1, Outcome: alert.Dismissed}, act("alert.close")))(t)
	if was := must(s.Task(ctx, second.ID))(t); was.State != dispatch.Recalled {
		t.Errorf("after closing: %+v", was)
	}
	// A remark calls nobody back; what the person did is done, not called back.
	third := send(2, 2)
	must(s.EditAlert(ctx, 2, alert.Note{At: c.t, Who: 1, Note: "brown"}, act("alert.note")))(t)
	must(s.StepTask(ctx, third.ID, 2, dispatch.Step{To: dispatch.Done, At: c.t}, "", act("task.step")))(t)
	if was := must(s.Task(ctx, third.ID))(t); was.State != dispatch.Done {
		t.Errorf("the third is %+v", was)
	}
	must(s.VerifyAudit(ctx))(t)
}

func TestStates(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	head := must(s.AuditHead(ctx))(t)
	for _, c := range []struct{ save, want map[ingest.TrackerID][]byte }{
		{nil, map[ingest.TrackerID][]byte{}},
		{map[ingest.TrackerID][]byte{"a": {1}, "b/../": {2, 3}}, map[ingest.TrackerID][]byte{"a": {1}, "b/../": {2, 3}}},
		{map[ingest.TrackerID][]byte{"a": {4}, "b/../": nil, "none": nil}, map[ingest.TrackerID][]byte{"a": {4}}},
	} {
		if err := s.SaveStates(ctx, c.save); err != nil {
			t.Fatal(err)
		}
		if got := must(s.States(ctx))(t); !reflect.DeepEqual(got, c.want) {
			t.Errorf("after %v: %v, want %v", c.save, got, c.want)
		}
	}
	if must(s.AuditHead(ctx))(t) != head {
		t.Error("what the program works out by itself is in the audit log")
	}
}

func TestAlertsLasting(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	for i := range int64(3) {
		a := raised(t, s, i+1)
		if i == 0 {
			continue
		}
		must(s.KeepAlert(ctx, a.Key, func(a alert.Alert) (alert.Alert, error) {
			a.Ended = c.t.Add(time.Duration(i) * time.Hour)
			return a, nil
		}, act("alert.judge")))(t)
	}
	for _, want := range []struct {
		since time.Duration
		n     int
	}{{0, 3}, {2 * time.Hour, 2}, {3 * time.Hour, 1}} {
		if got := must(s.AlertsLasting(ctx, c.t.Add(want.since)))(t); len(got) != want.n || got[0].ID != 1 {
			t.Errorf("since %s: %d, want %d", want.since, len(got), want.n)
		}
	}
}

func TestStationKinds(t *testing.T) {
	s, _ := staffed(t)
	for _, kind := range []register.StationKind{"", register.AtWork, register.Pound} {
		v := must(s.AddStation(t.Context(), register.Station{Name: map[string]string{"en": "x"}, At: home, Kind: kind}, act("station.add")))(t)
		if got := must(s.Station(t.Context(), v.ID))(t); got.Kind != kind {
			t.Errorf("%q came back as %q", kind, got.Kind)
		}
	}
	if _, err := s.AddStation(t.Context(), register.Station{Name: map[string]string{"en": "x"}, At: home, Kind: "harbour"}, act("station.add")); !errors.Is(err, register.ErrEntry) {
		t.Errorf("a harbour is taken: %v", err)
	}
}

// A mark differs after each change of a register, and only then.
func TestMarks(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	was := must(s.Marks(ctx))(t)
	seen := map[string]map[string]bool{}
	for table, m := range was {
		seen[table] = map[string]bool{m: true}
	}
	changes := func(table string) {
		t.Helper()
		is := must(s.Marks(ctx))(t)
		for k, m := range is {
			if k != table && m != was[k] {
				t.Errorf("a change of %s marks %s", table, k)
			}
		}
		if seen[table][is[table]] {
			t.Errorf("a change of %s gives an old mark", table)
		}
		seen[table][is[table]] = true
		was = is
	}
	st := must(s.AddStation(ctx, register.Station{Name: map[string]string{"en": "x"}, At: home}, act("x")))(t)
	changes("station")
	st = must(s.UpdateStation(ctx, st, act("x")))(t)
	changes("station")
	if err := s.RemoveStation(ctx, st.ID, st.Version, act("x")); err != nil {
		t.Fatal(err)
	}
	if must(s.Marks(ctx))(t)["station"] == was["station"] {
		t.Error("a removed station is not marked")
	}
	was = must(s.Marks(ctx))(t)
	must(s.AddStation(ctx, register.Station{Name: map[string]string{"en": "x"}, At: home}, act("x")))(t)
	changes("station")
	d := must(s.AddDevice(ctx, register.Device{ID: "x", Class: register.Phone, Protocol: "osmand"}, act("x")))(t)
	changes("device")
	must(s.UpdateDevice(ctx, d, act("x")))(t)
	changes("device")
	p := must(s.Person(ctx, 2))(t)
	p.Name = "Other"
	must(s.UpdatePerson(ctx, p, act("x")))(t)
	changes("person")
	raised(t, s, 1)
	must(s.SendTask(ctx, dispatch.Task{Kind: dispatch.KindAlert, Alert: 1, Person: 2, At: home, Sent: c.t, By: 1}, "", act("x")))(t)
	if now := must(s.Marks(ctx))(t); !reflect.DeepEqual(now, was) {
		t.Error("an alert marks a register")
	}
}
