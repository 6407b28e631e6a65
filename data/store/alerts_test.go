package store

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/fence"

	"github.com/paulmach/orb"
)

func breach(dog int64, start time.Time) fence.Key {
	return fence.Key{Subject: fence.Subject{Class: zone.Dog, ID: dog}, Zone: 3, Rule: zone.InsideWhileActive, Start: start}
}

// begin is what a judge makes of a breach: the alert there is, or a new one.
func begin(key fence.Key) func(alert.Alert) (alert.Alert, error) {
	return func(a alert.Alert) (alert.Alert, error) {
		if a.ID != 0 {
			return a, nil
		}
		return alert.Alert{
			Key: key, Tracker: "tag-1", Grade: fence.Possible, State: alert.Open, Began: key.Start, At: home, Seen: key.Start,
			Place: alert.Place{Area: 1, Grid: 4}, History: []alert.Step{{At: key.Start, Verb: alert.VerbBegin}},
		}, nil
	}
}

func raised(t testing.TB, s *Store, dog int64) alert.Alert {
	t.Helper()
	key := breach(dog, noon)
	return must(s.KeepAlert(t.Context(), key, begin(key), act("alert.begin")))(t)
}

func TestAlertIsKeptOnce(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	a := raised(t, s, 1)
	if a.ID != 1 || a.Seq != 1 {
		t.Errorf("the first alert is %+v", a)
	}
	before := must(s.AuditHead(ctx))(t)
	if before.Seq == 0 || must(s.AuditEntries(ctx, auditPage(1)))(t)[0].Object != "alert/1" {
		t.Error("the alert is not in the audit log")
	}
	// Judged again after a crash.
	if again := raised(t, s, 1); !reflect.DeepEqual(again, a) {
		t.Errorf("judged again: %+v, want %+v", again, a)
	}
	if after := must(s.AuditHead(ctx))(t); after != before || must(s.Seq(ctx))(t) != 1 {
		t.Error("an alert judged again was written again")
	}
	for name, got := range map[string]alert.Alert{
		"Alert":       must(s.Alert(ctx, 1))(t),
		"AlertByKey":  must(s.AlertByKey(ctx, a.Key))(t),
		"AlertsSince": must(s.AlertsSince(ctx, 0))(t)[0],
		"Alerts":      must(s.Alerts(ctx, []alert.State{alert.Open}, 0))(t)[0],
	} {
		if !reflect.DeepEqual(got, a) {
			t.Errorf("%s is %+v, want %+v", name, got, a)
		}
	}
	// A corrected start changes the key; the old one is free.
	earlier := breach(1, noon.Add(-time.Minute))
	moved := must(s.KeepAlert(ctx, a.Key, func(a alert.Alert) (alert.Alert, error) {
		a.Key, a.Began, a.Grade = earlier, earlier.Start, fence.Confirmed
		a.History = append(a.History, alert.Step{At: noon, Verb: alert.VerbCorrect})
		return a, nil
	}, act("alert.correct")))(t)
	if moved.ID != 1 || moved.Seq != 2 || len(must(s.Alert(ctx, 1))(t).History) != 2 {
		t.Errorf("corrected: %+v", moved)
	}
	if _, err := s.AlertByKey(ctx, a.Key); !errors.Is(err, alert.ErrNoAlert) {
		t.Errorf("by the old key: %v", err)
	}
	other := raised(t, s, 1)
	if _, err := s.KeepAlert(ctx, other.Key, func(a alert.Alert) (alert.Alert, error) { a.Key = earlier; return a, nil }, act("x")); err == nil {
		t.Error("two alerts have one key")
	}
	if _, err := s.KeepAlert(ctx, other.Key, func(a alert.Alert) (alert.Alert, error) { a.History = nil; return a, nil }, act("x")); err == nil {
		t.Error("a history was shortened")
	}
}

func TestAlertsSince(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	for dog := range int64(5) {
		raised(t, s, dog+1)
	}
	edit := func(id alert.ID, e alert.Edit) alert.Alert {
		return must(s.EditAlert(ctx, id, e, act("alert.edit")))(t)
	}
	edit(2, alert.Acknowledge{At: c.t, Who: 1, Note: "看到了"})
	edit(4, alert.Close{At: c.t, Who: 1, Outcome: alert.FalseAlarm})
	var got string
	for _, a := range must(s.AlertsSince(ctx, 4))(t) {
		got += fmt.Sprintf("%d:%d:%s:%d ", a.Seq, a.ID, a.State, len(a.History))
	}
	if want := "5:5:open:1 6:2:acknowledged:2 7:4:closed:2 "; got != want {
		t.Errorf("since 4: %s, want %s", got, want)
	}
	if open := must(s.Alerts(ctx, []alert.State{alert.Open, alert.Acknowledged}, 2))(t); len(open) != 2 || open[0].ID != 2 || open[1].ID != 5 {
		t.Errorf("open: %+v", open)
	}
	for name, err := range map[string]error{
		"twice":    second(s.EditAlert(ctx, 2, alert.Acknowledge{At: c.t, Who: 1}, act("x"))),
		"closed":   second(s.EditAlert(ctx, 4, alert.Send{At: c.t, Who: 1, To: 2}, act("x"))),
		"no alert": second(s.EditAlert(ctx, 99, alert.Note{At: c.t, Who: 1, Note: "x"}, act("x"))),
	} {
		if want := map[string]error{"twice": alert.ErrDone, "closed": alert.ErrClosed, "no alert": alert.ErrNoAlert}[name]; !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if seq := must(s.Seq(ctx))(t); seq != 7 {
		t.Errorf("refused edits moved the sequence to %d", seq)
	}
}

func second[T any](_ T, err error) error { return err }

// Of many dispatchers who take the same alert, one has it.
func TestAcknowledgedOnce(t *testing.T) {
	s, c := staffed(t)
	raised(t, s, 1)
	var wg sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = s.EditAlert(t.Context(), 1, alert.Acknowledge{At: c.t, Who: people.ID(i + 1)}, act("alert.ack"))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, alert.ErrDone) {
			t.Error(err)
		}
	}
	if a := must(s.Alert(t.Context(), 1))(t); won != 1 || len(a.History) != 2 {
		t.Errorf("%d have it: %+v", won, a)
	}
}

func TestTasks(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	raised(t, s, 1)
	ask := dispatch.Task{Kind: dispatch.KindAlert, Alert: 1, Person: 2, At: home, Sent: c.t, By: 1}
	task := must(s.SendTask(ctx, ask, "key-1", act("task.send")))(t)
	if task.ID != 1 || task.Seq != 3 || task.State != dispatch.Sent {
		t.Errorf("sent %+v", task)
	}
	if a := must(s.Alert(ctx, 1))(t); a.State != alert.Dispatched || a.Sent != 2 || a.Seq != 2 {
		t.Errorf("the alert is %+v", a)
	}
	head := must(s.AuditHead(ctx))(t)
	// The reply was lost: asking again sends nobody twice.
	if again := must(s.SendTask(ctx, ask, "key-1", act("task.send")))(t); !reflect.DeepEqual(again, task) {
		t.Errorf("asked again: %+v, want %+v", again, task)
	}
	step := func(to dispatch.State, key string) (dispatch.Task, error) {
		return s.StepTask(ctx, 1, 2, dispatch.Step{To: to, At: c.t, Note: "好"}, key, act("task.step"))
	}
	for _, c := range []struct {
		to    dispatch.State
		key   string
		want  dispatch.State
		steps int
		err   error
	}{
		{dispatch.Received, "a", dispatch.Received, 1, nil},
		{dispatch.Received, "a", dispatch.Received, 1, nil}, // again
		{dispatch.Received, "b", dispatch.Received, 1, nil}, // again, by a phone that forgot its key
		{dispatch.Arrived, "a", "", 1, ErrKeyUsed},
		{dispatch.Arrived, "c", dispatch.Arrived, 2, nil},
		{dispatch.Received, "a", dispatch.Arrived, 2, nil}, // told late
		{dispatch.Done, "d", dispatch.Done, 3, nil},
		{dispatch.Declined, "e", "", 3, dispatch.ErrDone},
	} {
		got, err := step(c.to, c.key)
		if !errors.Is(err, c.err) || err == nil && got.State != c.want {
			t.Errorf("%s with key %s: %s, %v, want %s, %v", c.to, c.key, got.State, err, c.want, c.err)
		}
		if kept := must(s.Task(ctx, 1))(t); len(kept.Steps) != c.steps || err == nil && !reflect.DeepEqual(kept, got) {
			t.Errorf("%s with key %s: kept %+v, got %+v", c.to, c.key, kept, got)
		}
	}
	a := must(s.Alert(ctx, 1))(t)
	if a.State != alert.Shut || a.Outcome != alert.Handled || a.Arrived.IsZero() || len(a.History) != 4 {
		t.Errorf("the alert is %+v", a)
	}
	if n := must(s.AuditHead(ctx))(t).Seq - head.Seq; n != 3 {
		t.Errorf("%d audit entries for three steps", n)
	}
	if since := must(s.TasksSince(ctx, 3))(t); len(since) != 1 || len(must(s.OpenTasks(ctx))(t)) != 0 || len(must(s.TasksOf(ctx, 2, 0))(t)) != 1 {
		t.Errorf("since 3: %+v", since)
	}
}

// A screen that asks again and again has at the end what there is.
func TestChanges(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	if alerts, tasks, upTo, err := s.OpenWork(ctx); err != nil || len(alerts)+len(tasks) != 0 || upTo != 0 {
		t.Errorf("nothing open: %v, %v, %d, %v", alerts, tasks, upTo, err)
	}
	alerts, tasks := make(map[alert.ID]alert.Alert), make(map[dispatch.TaskID]dispatch.Task)
	seq := int64(0)
	ask := func() {
		for {
			as, ts, upTo, err := s.Changes(ctx, seq)
			if err != nil {
				t.Fatal(err)
			}
			if upTo == seq {
				return
			}
			for _, a := range as {
				if a.Seq <= seq || a.Seq > upTo {
					t.Errorf("alert %d has Seq %d, asked for %d < Seq <= %d", a.ID, a.Seq, seq, upTo)
				}
				alerts[a.ID] = a
			}
			for _, task := range ts {
				tasks[task.ID] = task
			}
			seq = upTo
		}
	}
	for i := range int64(6) {
		a := raised(t, s, i+1)
		if i%2 == 0 {
			ask()
		}
		task := must(s.SendTask(ctx, dispatch.Task{Kind: dispatch.KindAlert, Alert: a.ID, Person: 2, At: home, Sent: c.t, By: 1}, "", act("task.send")))(t)
		if i%3 == 0 {
			ask()
			must(s.StepTask(ctx, task.ID, 2, dispatch.Step{To: dispatch.Done, At: c.t}, "", act("task.step")))(t)
		}
	}
	ask()
	if last := must(s.Seq(ctx))(t); seq != last || len(alerts) != 6 || len(tasks) != 6 {
		t.Errorf("up to %d of %d: %d alerts, %d tasks", seq, last, len(alerts), len(tasks))
	}
	for _, a := range must(s.AlertsSince(ctx, 0))(t) {
		if !reflect.DeepEqual(alerts[a.ID], a) {
			t.Errorf("the screen has %+v, the store %+v", alerts[a.ID], a)
		}
	}
	open, todo, upTo, err := s.OpenWork(ctx)
	if err != nil || len(open) != 4 || len(todo) != 4 || upTo != seq {
		t.Errorf("%d alerts and %d tasks are open at %d, %v, want 4 and 4 at %d", len(open), len(todo), upTo, err, seq)
	}
}

func TestTaskRules(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	raised(t, s, 1)
	ask := dispatch.Task{Kind: dispatch.KindAlert, Alert: 1, Person: 2, At: home, Sent: c.t, By: 1}
	must(s.SendTask(ctx, ask, "", act("task.send")))(t)
	head, seq := must(s.AuditHead(ctx))(t), must(s.Seq(ctx))(t)
	send := func(change func(*dispatch.Task)) error {
		t := ask
		change(&t)
		return second(s.SendTask(ctx, t, "", act("x")))
	}
	for name, c := range map[string]struct{ err, want error }{
		"no alert":       {send(func(t *dispatch.Task) { t.Alert = 99 }), alert.ErrNoAlert},
		"alert missing":  {send(func(t *dispatch.Task) { t.Alert = 0 }), alert.ErrNoAlert},
		"no person":      {send(func(t *dispatch.Task) { t.Person = 99 }), people.ErrNoPerson},
		"sent already":   {send(func(*dispatch.Task) {}), alert.ErrDone},
		"no time":        {send(func(t *dispatch.Task) { t.Sent = time.Time{} }), dispatch.ErrTime},
		"another's task": {second(s.StepTask(ctx, 1, 3, dispatch.Step{To: dispatch.Done, At: c.t}, "k", act("x"))), dispatch.ErrNotYours},
		"no task":        {second(s.StepTask(ctx, 99, 2, dispatch.Step{To: dispatch.Done, At: c.t}, "", act("x"))), dispatch.ErrNoTask},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if must(s.AuditHead(ctx))(t) != head || must(s.Seq(ctx))(t) != seq {
		t.Error("refused requests left something behind")
	}
	// Who was replaced does not end the alert for the one sent after.
	ask.Person = 3
	must(s.SendTask(ctx, ask, "", act("task.send")))(t)
	if _, err := s.StepTask(ctx, 1, 2, dispatch.Step{To: dispatch.Declined, At: c.t}, "", act("task.step")); !errors.Is(err, dispatch.ErrRecalled) {
		t.Errorf("the one called back declines: %v", err)
	}
	if a := must(s.Alert(ctx, 1))(t); a.State != alert.Dispatched || a.Sent != 3 {
		t.Errorf("the alert is %+v", a)
	}
	must(s.StepTask(ctx, 2, 3, dispatch.Step{To: dispatch.Declined, At: c.t}, "", act("task.step")))(t)
	if a := must(s.Alert(ctx, 1))(t); a.State != alert.Acknowledged || a.Sent != 0 {
		t.Errorf("the alert is %+v", a)
	}
}

var ground = orb.MultiPolygon{{{{-75.56, 39.73}, {-75.54, 39.73}, {-75.54, 39.75}, {-75.56, 39.75}, {-75.56, 39.73}}}}
