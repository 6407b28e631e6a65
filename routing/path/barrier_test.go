package path

import (
	"slices"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid/calendar"
)

// Whom a barrier stops when, by its tags that hold only sometimes.
func TestHoursOfBarriers(t *testing.T) {
	const land = street.AllVehicles &^ street.Boat
	const mon8, mon22, holiday = "2026-11-23 08:00", "2026-11-23 22:00", "2026-10-01 08:00" // the last a Thursday
	type tags = map[string]string
	office, night := "Mo-Fr 08:00-18:00; PH off", "no @ (20:00-06:00)"
	for _, c := range []struct {
		name    string
		tags    tags
		limits  street.Rules
		blocked street.Vehicles // by the tags that always hold
		gate    bool
		profile string
		at      string // "" = no time
		want    string // open, private or shut
	}{
		{"within its hours", tags{"opening_hours": office}, street.Rules{}, 0, true, "car", mon8, "open"},
		{"after them", tags{"opening_hours": office}, street.Rules{}, 0, true, "car", mon22, "shut"},
		{"for feet, too", tags{"opening_hours": office}, street.Rules{}, 0, true, "foot", mon22, "shut"},
		{"on a holiday", tags{"opening_hours": office}, street.Rules{}, 0, true, "car", holiday, "shut"},
		{"for one who knows no time", tags{"opening_hours": office}, street.Rules{}, 0, true, "car", "", "open"},
		{"feet have a key of their own", tags{"opening_hours": office, "foot": "yes"}, street.Rules{}, 0, true, "foot", mon22, "open"},
		{"access is for all, and has hours", tags{"opening_hours": office, "access": "yes"}, street.Rules{}, 0, true, "car", mon22, "shut"},
		{"hours that can't be read say nothing", tags{"opening_hours": "when it rains"}, street.Rules{}, 0, true, "car", mon22, "open"},
		{"a chain is let down within its hours", tags{"opening_hours": office}, street.Rules{}, street.Motor, true, "car", mon8, "open"},
		{"but not for one who knows no time", tags{"opening_hours": office}, street.Rules{}, street.Motor, true, "car", "", "shut"},
		{"a stile lets no car through", tags{"opening_hours": office}, street.Rules{}, street.Motor, false, "car", mon8, "shut"},
		{"closed at night", tags{"access:conditional": night}, street.Rules{}, 0, true, "car", mon22, "shut"},
		{"and open by day", tags{"access:conditional": night}, street.Rules{}, 0, true, "car", mon8, "open"},
		{"vehicles are no feet", tags{"vehicle:conditional": night}, street.Rules{}, 0, true, "foot", mon22, "open"},
		{"closed but by day", tags{"access": "no", "access:conditional": "yes @ (08:00-18:00)"}, street.Rules{}, land, true, "car", mon8, "open"},
		{"and closed then", tags{"access": "no", "access:conditional": "yes @ (08:00-18:00)"}, street.Rules{}, land, true, "car", mon22, "shut"},
		{"private but by day", tags{"access": "private", "access:conditional": "yes @ (08:00-18:00)"}, street.Rules{}, 0, true, "car", mon8, "open"},
		{"and private then", tags{"access": "private", "access:conditional": "yes @ (08:00-18:00)"}, street.Rules{}, 0, true, "car", mon22, "private"},
		{"a bollard that goes down for deliveries", tags{"motor_vehicle:conditional": "delivery @ (06:00-10:00)"}, street.Rules{}, street.Motor, false, "tow-truck", mon8, "private"},
		{"locked without hours of its own", tags{"locked": "yes", "bicycle:conditional": night}, street.Rules{}, 0, true, "car", mon8, "private"},
		{"locked, but these are its hours", tags{"locked": "yes", "opening_hours": office}, street.Rules{}, 0, true, "car", mon8, "open"},
		{"too low for the truck", nil, street.Rules{MaxHeightM: 2.1}, 0, false, "tow-truck", "", "shut"},
		{"and not for the car", nil, street.Rules{MaxHeightM: 2.1}, 0, false, "car", "", "open"},
	} {
		c.limits.Conditional = c.tags
		p := profileNamed(t, c.profile)
		v := newView(rulesOnly(t, c.limits), &p, holidayAt(t, c.at))
		j := street.Junction{Blocked: c.blocked, Rules: 1}
		if c.gate {
			j.Flags = street.Gate
		}
		got := "open"
		switch shut, private := v.barrier(&j, p.Vehicle); {
		case shut:
			got = "shut"
		case private:
			got = "private"
		}
		if got != c.want {
			t.Errorf("%s: %v for %s at %q: %s, want %s", c.name, c.tags, c.profile, c.at, got, c.want)
		}
	}
}

// holidayAt is a time, "" for none, in a year whose first of October is a holiday.
func holidayAt(t *testing.T, clock string) When {
	t.Helper()
	if clock == "" {
		return When{}
	}
	at, err := time.Parse("2006-01-02 15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.NewDays([]calendar.Day{{Date: calendar.DateOf(2026, time.October, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	return When{at, days}
}

// A gate's hours bend routes, and the engine says until when it stands. Behind a gate
// that is private at night one gets, but not through.
func TestGatesOpenAndClose(t *testing.T) {
	d, err := streettest.Parse(`
a---b---c---d
|           |
e-----------f
`)
	if err != nil {
		t.Fatal(err)
	}
	route := func(rules map[string]string, clock, from, to string) (string, *Engine) {
		parts := d.Parts
		parts.Junctions = slices.Clone(parts.Junctions)
		parts.Rules = []street.Rules{{}, {Conditional: rules}}
		b := &parts.Junctions[d.At('b')]
		b.Rules, b.Flags = 1, street.Gate
		n, err := street.Build(parts)
		if err != nil {
			t.Fatal(err)
		}
		e := NewEngineAt(n, plain(), holidayAt(t, clock))
		place := func(letters string) (q [2]float64) {
			x, y := parts.Junctions[d.At(rune(letters[0]))].At.Point(), parts.Junctions[d.At(rune(letters[1]))].At.Point()
			return [2]float64{(x[0] + y[0]) / 2, (x[1] + y[1]) / 2}
		}
		r, err := e.Route(t.Context(), Query{From: place(from), To: place(to)})
		if err != nil {
			t.Fatal(err)
		}
		for _, leg := range r.Legs[:len(r.Legs)-1] {
			if head(n, edgeOf(leg.Segment, leg.Forward)) == d.At('b') {
				return "through", e
			}
		}
		return "round", e
	}
	hours := map[string]string{"opening_hours": "Mo-Fr 08:00-18:00"}
	got, e := route(hours, "2026-11-23 17:30", "ab", "bc")
	if until, ok := e.Until(); got != "through" || !ok || until.Format("15:04") != "18:00" || !e.Timed() {
		t.Errorf("in the afternoon %s, until %v", got, until)
	}
	if got, _ := route(hours, "2026-11-23 18:00", "ab", "bc"); got != "round" {
		t.Errorf("in the evening %s", got)
	}
	leave := map[string]string{"access": "private", "access:conditional": "yes @ (08:00-18:00)"}
	for _, c := range []struct{ clock, from, to, want string }{
		{"2026-11-23 12:00", "ae", "cd", "through"}, // by b, which is open to all
		{"2026-11-23 20:00", "ae", "cd", "round"},
		{"2026-11-23 20:00", "ae", "bc", "through"}, // to what is behind it
	} {
		if got, _ := route(leave, c.clock, c.from, c.to); got != c.want {
			t.Errorf("from %s to %s at %s: %s, want %s", c.from, c.to, c.clock, got, c.want)
		}
	}
}
