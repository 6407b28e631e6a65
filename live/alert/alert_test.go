package alert

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"citygrid/grid/zone"
	"citygrid/live/fence"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// rex is dog 17 in zone 5, as the judge tells of it.
func rex(event fence.Event, start, at int, grade Grade) fence.Breach {
	b := fence.Breach{
		Subject: fence.Subject{Class: zone.Dog, ID: 17}, Tracker: "tag-1", Zone: 5, Rule: zone.InsideWhileActive,
		Start: minute(start), Grade: grade, Event: event, At: minute(at), Why: fence.Moved,
		Sight: fence.Sight{Time: minute(at), At: orb.Point{float64(at), 0}},
	}
	if event == fence.Ended {
		b.End = minute(at)
	}
	return b
}

func owner(p orb.Point) Place { return Place{Area: 3, Grid: 9} }

// take keeps what is told, as the store does.
func take(t *testing.T, events ...fence.Breach) map[fence.Key]Alert {
	t.Helper()
	kept := map[fence.Key]Alert{}
	for _, b := range events {
		a, err := Policy{}.Take(kept[Before(b)], b, owner)
		if errors.Is(err, ErrQuiet) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		delete(kept, Before(b))
		kept[a.Key] = a
	}
	return kept
}

func verbs(a Alert) string {
	var out []string
	for _, s := range a.History {
		out = append(out, string(s.Verb))
	}
	return strings.Join(out, " ")
}

func TestABreachIsOneAlert(t *testing.T) {
	moved := rex(fence.Corrected, -2, 9, fence.Likely)
	moved.Was = minute(0)
	gone := rex(fence.Withdrawn, 0, 9, fence.Likely)
	lower := rex(fence.Corrected, 0, 4, fence.Possible)
	reopened := rex(fence.Corrected, 0, 9, fence.Likely)
	for _, c := range []struct {
		what   string
		events []fence.Breach
		want   string // history of each alert
	}{
		{"possible only", []fence.Breach{rex(fence.Began, 0, 0, fence.Possible), rex(fence.Ended, 0, 3, fence.Possible)}, ""},
		{"sure at once", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely)}, "begin"},
		{"grows sure", []fence.Breach{rex(fence.Began, 0, 0, fence.Possible), rex(fence.Raised, 0, 2, fence.Likely), rex(fence.Raised, 0, 3, fence.Confirmed), rex(fence.Ended, 0, 9, fence.Confirmed)}, "begin raise end"},
		{"told twice", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), rex(fence.Ended, 0, 9, fence.Likely), rex(fence.Began, 0, 0, fence.Likely), rex(fence.Ended, 0, 9, fence.Likely)}, "begin end"},
		{"comes back", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), rex(fence.Ended, 0, 9, fence.Likely), rex(fence.Began, 20, 20, fence.Likely)}, "begin end|begin"},
		{"only the end is heard of", []fence.Breach{rex(fence.Ended, 0, 9, fence.Likely)}, "begin end"},
		{"began earlier", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), moved}, "begin correct"},
		{"never was", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), gone, gone}, "begin withdraw"},
		{"was not so sure", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), lower, lower, rex(fence.Ended, 0, 9, fence.Possible)}, "begin correct"},
		{"was not so sure, and is", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), lower, rex(fence.Raised, 0, 5, fence.Confirmed), rex(fence.Ended, 0, 9, fence.Confirmed)}, "begin correct raise end"},
		{"never was, nor told", []fence.Breach{gone}, ""},
		{"had not ended", []fence.Breach{rex(fence.Began, 0, 0, fence.Likely), rex(fence.Ended, 0, 9, fence.Likely), reopened}, "begin end correct"},
	} {
		kept := take(t, c.events...)
		var got []string
		for _, start := range []int{-2, 0, 20} {
			b := rex(fence.Began, start, 0, 0)
			if a, ok := kept[b.Key()]; ok {
				got = append(got, verbs(a))
				if !a.Began.Equal(a.Key.Start) {
					t.Errorf("%s: began %s, key %s", c.what, a.Began, a.Key)
				}
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: got %q, want %q", c.what, strings.Join(got, "|"), c.want)
		}
	}
}

// Late positions may show that it was only possible: then nobody has to go, until it
// is sure again.
func TestCorrectedBelowAnAlert(t *testing.T) {
	begin, lower, raised := rex(fence.Began, 0, 0, fence.Likely), rex(fence.Corrected, 0, 4, fence.Possible), rex(fence.Raised, 0, 6, fence.Likely)
	key := begin.Key()
	if a := take(t, begin, lower)[key]; !a.Withdrawn || a.Lasts() || a.Grade != fence.Possible || !a.Ended.Equal(minute(4)) || a.State != Open {
		t.Errorf("%+v, want it withdrawn at minute 4", a)
	}
	if a := take(t, begin, lower, raised)[key]; a.Withdrawn || !a.Lasts() || a.Grade != fence.Likely {
		t.Errorf("%+v, want it to last again", a)
	}
}

func TestAnAlertKnowsItsPlace(t *testing.T) {
	begin, end := rex(fence.Began, 0, 0, fence.Likely), rex(fence.Ended, 0, 9, fence.Likely)
	a := take(t, begin, rex(fence.Raised, 0, 5, fence.Confirmed), end)[begin.Key()]
	if a.Place != owner(orb.Point{}) || a.Grade != fence.Confirmed || a.Lasts() || !a.Ended.Equal(minute(9)) {
		t.Errorf("%+v", a)
	}
	if a.At != (orb.Point{5, 0}) || !a.Seen.Equal(minute(5)) {
		t.Errorf("last seen in the breach at %v, %s; want where it was at minute 5", a.At, a.Seen)
	}
}

func TestHandling(t *testing.T) {
	first := rex(fence.Began, 0, 0, fence.Likely)
	for _, c := range []struct {
		what  string
		edits []Edit
		state State
		rule  error // of the last edit
	}{
		{"nothing", nil, Open, nil},
		{"seen", []Edit{Acknowledge{At: minute(1), Who: 4}}, Acknowledged, nil},
		{"seen twice", []Edit{Acknowledge{At: minute(1), Who: 4}, Acknowledge{At: minute(2), Who: 5}}, Acknowledged, ErrDone},
		{"sent at once", []Edit{Send{At: minute(1), Who: 4, To: 8}}, Dispatched, nil},
		{"sent to nobody", []Edit{Send{At: minute(1), Who: 4}}, Open, ErrWho},
		{"sent twice", []Edit{Send{At: minute(1), Who: 4, To: 8}, Send{At: minute(1), Who: 4, To: 8}}, Dispatched, ErrDone},
		{"another is sent", []Edit{Send{At: minute(1), Who: 4, To: 8}, Arrive{At: minute(2), Who: 8}, Send{At: minute(3), Who: 4, To: 9}, Arrive{At: minute(9), Who: 9}}, Dispatched, nil},
		{"declined", []Edit{Send{At: minute(1), Who: 4, To: 8}, Recall{At: minute(2), Who: 8, Note: "far away"}}, Acknowledged, nil},
		{"arrives unsent", []Edit{Arrive{At: minute(1), Who: 8}}, Open, ErrState},
		{"arrives twice", []Edit{Send{At: minute(1), Who: 4, To: 8}, Arrive{At: minute(2), Who: 8}, Arrive{At: minute(3), Who: 8}}, Dispatched, ErrDone},
		{"closed", []Edit{Close{At: minute(1), Who: 4}}, Shut, nil},
		{"closed twice", []Edit{Close{At: minute(1), Who: 4}, Close{At: minute(1), Who: 4}}, Shut, ErrClosed},
		{"sent when closed", []Edit{Close{At: minute(1), Who: 4}, Send{At: minute(1), Who: 4, To: 8}}, Shut, ErrClosed},
		{"arrives when closed", []Edit{Send{At: minute(1), Who: 4, To: 8}, Close{At: minute(1), Who: 4}, Arrive{At: minute(1), Who: 8}}, Shut, ErrClosed},
		{"noted when closed", []Edit{Close{At: minute(1), Who: 4, Outcome: FalseAlarm}, Note{At: minute(1), Who: 4, Note: "狗在家"}}, Shut, nil},
		{"closed somehow", []Edit{Close{At: minute(1), Who: 4, Outcome: "gone"}}, Open, ErrOutcome},
		{"an empty note", []Edit{Note{At: minute(1), Who: 4}}, Open, ErrNote},
		{"a long note", []Edit{Note{At: minute(1), Who: 4, Note: strings.Repeat("长", MaxNote+1)}}, Open, ErrNote},
		{"a note that rings", []Edit{Note{At: minute(1), Who: 4, Note: "\a"}}, Open, ErrNote},
		{"by nobody", []Edit{Acknowledge{At: minute(1)}}, Open, ErrWho},
		{"at no time", []Edit{Acknowledge{Who: 4}}, Open, ErrTime},
	} {
		a := take(t, first)[first.Key()]
		for i, e := range c.edits {
			next, err := e.Apply(a)
			if last := i == len(c.edits)-1; !errors.Is(err, c.rule) && last || err != nil && !last {
				t.Errorf("%s: edit %d: %v, want %v", c.what, i, err, c.rule)
			} else if err != nil {
				if e, ok := errors.AsType[*EditError](err); !ok || e.What == "" || !reflect.DeepEqual(a, next) {
					t.Errorf("%s: a refused edit gives %v and %+v", c.what, err, next)
				}
			}
			a = next
		}
		if a.State != c.state || len(a.History) > len(c.edits)+1 {
			t.Errorf("%s: %s after %q, want %s", c.what, a.State, verbs(a), c.state)
		}
	}
}

// An edit leaves the alert it was made of whole; only Note edits a closed one;
// somebody is on the way exactly while it is dispatched; the history only grows.
func TestEditLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rex(fence.Began, 0, 0, fence.Likely)
		a, err := Policy{}.Take(Alert{}, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(0, 20).Draw(t, "edits") {
			at := minute(i)
			e := []Edit{
				Acknowledge{at, 4, ""},
				Send{at, 4, 8, ""},
				Send{at, 4, 9, ""},
				Recall{at, 8, ""},
				Arrive{at, 8, ""},
				Note{at, 4, "x"},
				Close{at, 4, "", ""},
			}[rapid.IntRange(0, 6).Draw(t, "edit")]
			old := a
			old.History = append([]Step(nil), a.History...)
			next, err := e.Apply(a)
			if rapid.Bool().Draw(t, "judge") {
				next, _ = Policy{}.Take(next, rex(fence.Ended, 0, i, fence.Confirmed), nil)
			}
			if !reflect.DeepEqual(a, old) {
				t.Fatalf("%T changed the old alert", e)
			}
			if _, note := e.(Note); err == nil && a.State == Shut && !note {
				t.Fatalf("%T edited a closed alert", e)
			}
			if (next.State == Dispatched) != (next.Sent != 0) && next.State != Shut {
				t.Fatalf("%s with person %d sent", next.State, next.Sent)
			}
			if len(next.History) < len(a.History) || !reflect.DeepEqual(next.History[:len(a.History)], a.History) {
				t.Fatal("the history was rewritten")
			}
			a = next
		}
	})
}
