package path

import (
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/grid/calendar"
)

// profileNamed is one of Profiles.
func profileNamed(t testing.TB, name string) Profile {
	t.Helper()
	for _, p := range Profiles() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no profile %s", name)
	return Profile{}
}

// Who may use a street when, by the tags that hold only sometimes.
func TestConditionsOnAccess(t *testing.T) {
	at := func(clock string) time.Time {
		x, err := time.Parse("Mon 2006-01-02 15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	all := street.AllVehicles &^ street.Boat
	two := street.Segment{Class: street.Residential, Forward: all, Backward: all}
	oneWay := street.Segment{Class: street.Residential, Forward: all, Backward: street.Foot}
	shut := street.Segment{Class: street.Residential}
	walk := street.Segment{Class: street.Pedestrian, Forward: street.Foot, Backward: street.Foot}
	type tags = map[string]string
	const mon8, mon12, sun8 = "Mon 2026-11-23 08:00", "Mon 2026-11-23 12:00", "Sun 2026-11-22 08:00"
	for _, c := range []struct {
		name    string
		s       street.Segment
		tags    tags
		profile string
		at      string // "" = no time
		want    string // forward, backward: o(pen), p(rivate) or - (closed)
	}{
		{"nothing said", two, nil, "car", mon8, "oo"},
		{"closed in the morning", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "car", mon8, "--"},
		{"and open at noon", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "car", mon12, "oo"},
		{"and on Sundays", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "car", sun8, "oo"},
		{"and for one who knows no time", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "car", "", "oo"},
		{"all means feet, too", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "foot", mon8, "--"},
		{"vehicles are no feet", two, tags{"vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "foot", mon8, "oo"},
		{"vehicles are bicycles", two, tags{"vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "e-bike", mon8, "--"},
		{"motor vehicles are not", two, tags{"motor_vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "e-bike", mon8, "oo"},
		{"a plain tag of a more special key goes before", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)", "hgv": "yes"}, "tow-truck", mon8, "oo"},
		{"but not for others", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)", "hgv": "yes"}, "car", mon8, "--"},
		{"a special condition goes before a general one", two, tags{"access:conditional": "no @ (Mo-Fr 07:00-09:00)", "hgv:conditional": "delivery @ (06:00-10:00)"}, "tow-truck", mon8, "pp"},
		{"of several clauses the last that holds counts", two, tags{"motor_vehicle:conditional": "no @ (07:00-20:00); destination @ (Mo 07:00-09:00)"}, "car", mon8, "pp"},
		{"and only one that holds", two, tags{"motor_vehicle:conditional": "no @ (07:00-20:00); destination @ (Mo 07:00-09:00)"}, "car", mon12, "--"},
		{"one direction", two, tags{"motor_vehicle:backward:conditional": "no @ (07:00-09:00)"}, "car", mon8, "o-"},
		{"closed but in the morning", shut, tags{"access": "no", "access:conditional": "yes @ (07:00-09:00)"}, "car", mon8, "oo"},
		{"and then closed", shut, tags{"access": "no", "access:conditional": "yes @ (07:00-09:00)"}, "car", mon12, "--"},
		{"open in the morning, still one-way", oneWay, tags{"motor_vehicle:conditional": "yes @ (07:00-09:00)", "oneway": "yes"}, "car", mon8, "o-"},
		{"closed one-way that opens", shut, tags{"access": "no", "oneway": "-1", "access:conditional": "yes @ (07:00-09:00)"}, "car", mon8, "-o"},
		{"a pedestrian street for deliveries", walk, tags{"motor_vehicle:conditional": "delivery @ (07:00-09:00)"}, "tow-truck", mon8, "pp"},
		{"access=yes opens no pedestrian street", walk, tags{"access:conditional": "yes @ (07:00-09:00)"}, "car", mon8, "--"},
		{"one-way in the morning", two, tags{"oneway:conditional": "yes @ (07:00-09:00)"}, "car", mon8, "o-"},
		{"the other way", two, tags{"oneway:conditional": "-1 @ (07:00-09:00)"}, "car", mon8, "-o"},
		{"feet walk both ways", two, tags{"oneway:conditional": "yes @ (07:00-09:00)"}, "foot", mon8, "oo"},
		{"a one-way opened", oneWay, tags{"oneway": "yes", "oneway:conditional": "no @ (07:00-09:00)"}, "car", mon8, "oo"},
		{"for bicycles only", oneWay, tags{"oneway": "yes", "oneway:bicycle:conditional": "no @ (07:00-09:00)"}, "car", mon8, "o-"},
		{"for bicycles", oneWay, tags{"oneway": "yes", "oneway:bicycle:conditional": "no @ (07:00-09:00)"}, "e-bike", mon8, "oo"},
		{"heavy lorries at any time", two, tags{"hgv:conditional": "no @ (weight > 7.5)"}, "tow-truck", "", "--"},
		{"not so heavy a limit", two, tags{"hgv:conditional": "no @ (weight > 12)"}, "tow-truck", "", "oo"},
		{"heavier", two, tags{"hgv:conditional": "no @ (weight>12 t)"}, "sanitation-truck", "", "--"},
		{"weight and time", two, tags{"hgv:conditional": "no @ (weight > 7.5 AND 07:00-09:00)"}, "tow-truck", mon12, "oo"},
		{"weight and time, both", two, tags{"hgv:conditional": "no @ (weight > 7.5 AND 07:00-09:00)"}, "tow-truck", mon8, "--"},
		{"who has a permit is not known", two, tags{"motor_vehicle:conditional": "no @ residents"}, "car", mon8, "oo"},
		{"what can't be read does not hold", two, tags{"access:conditional": "no @ sunset-sunrise"}, "car", mon8, "oo"},
		{"a holiday", two, tags{"access:conditional": "no @ (PH 07:00-09:00)"}, "car", "Thu 2026-10-01 08:00", "--"},
	} {
		c.s.Rules = 1
		n := rulesOnly(t, street.Rules{Conditional: c.tags})
		w := When{}
		if c.at != "" {
			days, err := calendar.NewDays([]calendar.Day{{Date: calendar.DateOf(2026, time.October, 1)}})
			if err != nil {
				t.Fatal(err)
			}
			w = When{at(c.at), days}
		}
		p := profileNamed(t, c.profile)
		v := newView(n, &p, w)
		got := ""
		for _, forward := range []bool{true, false} {
			switch open, private := v.access(&c.s, forward); {
			case !open:
				got += "-"
			case private:
				got += "p"
			default:
				got += "o"
			}
		}
		if got != c.want {
			t.Errorf("%s: %v for %s at %q: %s, want %s", c.name, c.tags, c.profile, c.at, got, c.want)
		}
	}
}

// rulesOnly is a network that has rules and nothing else.
func rulesOnly(t *testing.T, r street.Rules) *street.Network {
	t.Helper()
	n, err := street.Build(street.Parts{Rules: []street.Rules{{}, r}})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSizes(t *testing.T) {
	all := street.AllVehicles &^ street.Boat
	s := street.Segment{Class: street.Residential, Forward: all, Backward: all, Rules: 1}
	for _, c := range []struct {
		rules   street.Rules
		profile string
		want    bool
	}{
		{street.Rules{MaxHeightM: 3.5}, "tow-truck", false},
		{street.Rules{MaxHeightM: 3.6}, "tow-truck", true}, // exactly as high
		{street.Rules{MaxHeightM: 3.5}, "sanitation-truck", true},
		{street.Rules{MaxHeightM: 2}, "car", true},
		{street.Rules{MaxWidthM: 2.3}, "tow-truck", false},
		{street.Rules{MaxWeightT: 7.5}, "tow-truck", false},
		{street.Rules{MaxWeightT: 12}, "tow-truck", true},
		{street.Rules{MaxWeightT: 12}, "sanitation-truck", false},
		{street.Rules{MaxWeightT: 12, Conditional: map[string]string{"maxweight:conditional": "5 @ (Mo 08:00-09:00)"}}, "tow-truck", false},
		{street.Rules{MaxWeightT: 3.5, Conditional: map[string]string{"maxweight:conditional": "none @ (Mo 08:00-09:00)"}}, "tow-truck", true},
	} {
		p := profileNamed(t, c.profile)
		if got, _ := newView(rulesOnly(t, c.rules), &p, When{At: monday}).access(&s, true); got != c.want {
			t.Errorf("%s on %+v: open %v, want %v", c.profile, c.rules, got, c.want)
		}
	}
}

func TestSpeedsByHour(t *testing.T) {
	all := street.AllVehicles &^ street.Boat
	s := street.Segment{Class: street.Primary, Forward: all, Backward: all, LengthM: 1000, Rules: 1, SpeedForward: 80}
	n := rulesOnly(t, street.Rules{Conditional: map[string]string{
		"maxspeed:conditional": "40 @ (Mo-Fr 08:00-12:00)", "maxspeed:hgv": "30", "maxspeed:backward:conditional": "20 mph @ (08:00-09:00)",
	}})
	p := plain() // 36 km/h where nothing is posted
	p.PostedShare = 0.5
	p.Hours = []Hour{
		{"Mo-Su 00:00-24:00", map[street.Class]float64{street.Primary: 0.9, street.Residential: 0.1}},
		{"Mo-Fr 11:00-13:00", map[street.Class]float64{street.ClassUnknown: 0.5}},
	}
	truck := p
	truck.Vehicle = street.Goods
	for _, c := range []struct {
		p       Profile
		at      time.Time
		forward bool
		kmh     float64
	}{
		{p, time.Time{}, true, 40},
		{p, time.Time{}, false, 36},
		{p, monday, true, 20 * 0.9},
		{p, monday, false, 20 * 1.609344 / 2 * 0.9},
		{p, monday.Add(3 * time.Hour), true, 20 * 0.5},
		{p, monday.Add(5 * time.Hour), true, 40 * 0.9},
		{truck, time.Time{}, true, 15},
	} {
		v := newView(n, &c.p, When{At: c.at})
		want := milliseconds(3600 / c.kmh * 1000)
		if got, ok := v.weight(&s, c.forward); !ok || got != want {
			t.Errorf("vehicle %v at %v, forward %v: %d ms, %v; want %d, %v km/h", c.p.Vehicle, c.at, c.forward, got, ok, want, c.kmh)
		}
	}
}

// An engine says how long it stands.
func TestUntil(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	at := time.Date(2026, 11, 23, 8, 30, 0, 0, shanghai)
	n := rulesOnly(t, street.Rules{Conditional: map[string]string{"access:conditional": "no @ (Mo-Fr 07:00-10:00)"}})
	p := plain()
	v := newView(n, &p, When{At: at})
	v.ruling(1)
	if got, ok := v.until(); !ok || !got.Equal(at.Add(90*time.Minute)) {
		t.Errorf("until %v, %v; want 10:00 in Shanghai", got, ok)
	}
	if _, ok := NewEngine(n, p).Until(); ok {
		t.Error("an engine that knows no time says when it ends")
	}
	// Nobody needs the streets between two hours but those of the profile.
	p.Hours = []Hour{{"Mo-Fr 07:00-09:00", map[street.Class]float64{street.ClassUnknown: 0.5}}}
	v = newView(n, &p, When{At: at})
	v.share(street.Primary)
	if got, ok := v.until(); !ok || !got.Equal(at.Add(30*time.Minute)) {
		t.Errorf("until %v, %v; want 09:00 in Shanghai", got, ok)
	}
}
