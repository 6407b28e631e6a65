package fence

import (
	"testing"
	"time"

	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A van may load for five minutes while the street is closed to others, from 7 to 19
// o'clock.
func TestDwell(t *testing.T) {
	const allowed = 5 * time.Minute
	street := zone.Zone{
		ID: 1, Rule: zone.Rule{Kind: zone.Dwell, Longer: allowed}, Classes: []zone.Class{zone.Vehicle}, Calendar: calendars[1],
		Ground: orb.MultiPolygon{{box(wilmington, 400, 400)}},
	}
	rules, err := Compile([]zone.Zone{street}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(rules, Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what        string
		in          string
		stay        time.Duration
		start, stop time.Duration // of the breach, after in; 0, 0: there is none
	}{
		{"goes in time", "12:00:00", 4 * time.Minute, 0, 0},
		{"stays too long", "12:00:00", 8 * time.Minute, allowed, 8 * time.Minute},
		{"was there when the window opened", "10:50:00", 20 * time.Minute, 10*time.Minute + allowed, 20 * time.Minute},
		{"is there when the window closes", "22:57:00", 10 * time.Minute, 0, 0},
		{"stays until the window closes", "22:50:00", 20 * time.Minute, allowed, 10 * time.Minute},
	} {
		s := NewState("van", Subject{zone.Vehicle, 1})
		in := at(c.in)
		var all []Breach
		for d := time.Duration(0); d < c.stay+2*time.Minute; d += time.Minute {
			p := wilmington
			if d >= c.stay {
				p = by(wilmington, 2000, 0)
			}
			out, _ := j.Fix(s, ingest.Fix{Time: in.Add(d), At: p, Accuracy: 10})
			all = append(all, out...)
		}
		if c.stop == 0 {
			if len(all) > 0 {
				t.Errorf("%s: %+v", c.what, all)
			}
			continue
		}
		if len(all) != 2 || all[0].Event != Began || all[0].Rule != zone.Dwell || !all[0].Start.Equal(in.Add(c.start)) || all[0].Why != Stayed ||
			all[1].Event != Ended || !all[1].End.Equal(in.Add(c.stop)) {
			t.Errorf("%s: %+v, want one from %s to %s", c.what, all, in.Add(c.start), in.Add(c.stop))
		}
	}
	// Nothing is reported when the time is up; the clock tells.
	s := NewState("van", Subject{zone.Vehicle, 1})
	if _, v := j.Fix(s, ingest.Fix{Time: at("12:00:00"), At: wilmington, Accuracy: 10}); v != Judged {
		t.Fatal(v)
	}
	wake, ok := j.NextWake(s)
	if !ok || !wake.Equal(at("12:00:00").Add(allowed)) {
		t.Errorf("wakes at %s", wake)
	}
	if out := j.Advance(s, wake); len(out) != 1 || out[0].Event != Began {
		t.Errorf("at %s: %+v", wake, out)
	}
}
