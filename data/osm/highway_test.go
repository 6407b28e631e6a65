package osm

import (
	"reflect"
	"strings"
	"testing"

	"citygrid/geo/street"
)

const (
	foot, bike, moto, car, hgv, bus, emer, boat = street.Foot, street.Bicycle, street.Motorcycle, street.Car, street.Goods, street.Bus, street.Emergency, street.Boat

	motor = street.Motor
	land  = motor | bike | foot
)

func TestWhoMayUseAStreet(t *testing.T) {
	for _, c := range []struct {
		tags                       string
		forward, backward, private street.Vehicles
	}{
		{"highway=residential", land, land, 0},
		{"highway=motorway", motor, 0, 0},
		{"highway=motorway_link", motor, motor, 0},
		{"highway=motorway oneway=no", motor, motor, 0},
		{"highway=trunk motorroad=yes", motor, motor, 0},
		{"highway=footway", foot, foot, 0},
		{"highway=footway bicycle=yes", foot | bike, foot | bike, 0},
		{"highway=footway access=yes", foot, foot, 0}, // opens nothing that the kind closes
		{"highway=pedestrian", foot | emer, foot | emer, 0},
		{"highway=pedestrian motor_vehicle=delivery", foot | motor, foot | motor, motor},
		{"highway=path", foot | bike, foot | bike, 0},
		{"highway=busway", bus | emer, bus | emer, 0},
		{"highway=steps", foot, foot, 0},
		{"highway=track motor_vehicle=agricultural", foot | bike | emer, foot | bike | emer, emer},
		// the hierarchy: the more special key decides
		{"highway=residential access=no", 0, 0, 0},
		{"highway=residential access=no foot=yes", foot, foot, 0},
		{"highway=residential vehicle=no bicycle=yes", foot | bike, foot | bike, 0},
		{"highway=residential motor_vehicle=no motorcar=yes", foot | bike | car, foot | bike | car, 0},
		{"highway=residential access=private", land, land, land},
		{"highway=residential access=private foot=yes", land, land, land &^ foot},
		{"highway=service access=customers", land, land, land},
		{"highway=residential motor_vehicle=destination", land, land, motor},
		{"highway=residential hgv=no", land &^ hgv, land &^ hgv, 0},
		{"highway=residential hgv=delivery", land, land, hgv},
		{"highway=service access=psv", bus | emer, bus | emer, 0},
		{"highway=residential access=wibble", land, land, 0}, // unknown: as if not there
		{"highway=residential access=permit;no", land, land, land},
		{"highway=secondary bicycle=use_sidepath", land &^ bike, land &^ bike, 0},
		{"highway=residential bicycle=dismount", land &^ bike, land &^ bike, 0},
		// one-ways
		{"highway=residential oneway=yes", land, foot, 0},
		{"highway=residential oneway=-1", foot, land, 0},
		{"highway=residential oneway=reversible", foot, foot, 0},
		{"highway=residential oneway=alternating", land, land, 0},
		{"highway=residential oneway=yes oneway:bicycle=no", land, foot | bike, 0},
		{"highway=residential oneway=yes cycleway=opposite_lane", land, foot | bike, 0},
		{"highway=residential oneway=yes cycleway:left=lane cycleway:left:oneway=-1", land, foot | bike, 0},
		{"highway=residential oneway=yes oneway:bus=no", land, foot | bus, 0},
		{"highway=residential oneway=yes oneway:psv=no", land, foot | bus, 0},
		{"highway=residential oneway:foot=yes", land, land &^ foot, 0},
		{"highway=residential oneway:bicycle=-1", land &^ bike, land, 0},
		{"highway=tertiary junction=roundabout", land, foot, 0},
		{"highway=tertiary junction=circular", land, foot, 0},
		{"highway=footway oneway=yes", foot, foot, 0}, // a rule for vehicles, of which there are none
		{"highway=steps conveying=forward", foot, 0, 0},
		{"highway=residential vehicle:backward=no", land, foot, 0},
		{"highway=residential oneway=yes bicycle:backward=yes", land, foot | bike, 0},
		{"highway=residential motor_vehicle:forward=no", foot | bike, land, 0},
		// other ways to travel along
		{"route=ferry", land, land, 0},
		{"route=ferry foot=yes motor_vehicle=no", foot | bike, foot | bike, 0},
		{"waterway=river", boat, boat, 0},
		{"waterway=canal boat=no", 0, 0, 0},
		{"waterway=river intermittent=yes", 0, 0, 0},
		{"waterway=stream", 0, 0, 0},
		{"man_made=pier", foot, foot, 0},
		{"highway=pedestrian area=yes", foot, foot, 0},
		{"highway=construction", 0, 0, 0},
		{"highway=proposed", 0, 0, 0},
		{"highway=raceway", 0, 0, 0},
		{"building=yes", 0, 0, 0},
	} {
		var tl tally
		s, ok, _ := readStreet(tagsOf(strings.Fields(c.tags)), &tl)
		if !ok {
			s.seg = street.Segment{}
		}
		if s.seg.Forward != c.forward || s.seg.Backward != c.backward || s.seg.Private != c.private {
			t.Errorf("%s:\n got %v / %v, private %v\nwant %v / %v, private %v", c.tags,
				s.seg.Forward, s.seg.Backward, s.seg.Private, c.forward, c.backward, c.private)
		}
	}
}

func TestSpeeds(t *testing.T) {
	for v, want := range map[string]uint8{
		"50": 50, "30 mph": 48, "30mph": 48, "20 mph": 32, "walk": 7, "none": 130, "signals": 0, "DE:urban": 50, "DE:rural": 100,
		"DE:zone:30": 30, "DE:zone30": 30, "RU:urban": 60, "GB:nsl_single": 97, "50;30": 30, "10 knots": 19, "de:living_street": 7,
		"fast": 0, "0": 0, "900": 0, "": 0, "-5": 0, "1e9": 0, "FR:zone30": 30, "50 furlongs": 0, "CN:urban": 50,
	} {
		if got, _ := readSpeed(v); got != want {
			t.Errorf("maxspeed=%s: got %d km/h, want %d", v, got, want)
		}
	}
	for tags, want := range map[string][2]uint8{
		"maxspeed=50": {50, 50}, "maxspeed=50 maxspeed:backward=30": {50, 30}, "maxspeed:forward=70": {70, 0},
		"source:maxspeed=DE:urban": {50, 50}, "maxspeed=signals source:maxspeed=DE:urban": {0, 0}, "zone:maxspeed=DE:30": {30, 30},
	} {
		var tl tally
		f, b := speeds(tagsOf(strings.Fields(tags)), &tl)
		if f != want[0] || b != want[1] {
			t.Errorf("%s: got %d/%d, want %v", tags, f, b, want)
		}
	}
}

func TestLimits(t *testing.T) {
	for v, want := range map[string]float32{"3.5": 3.5, "3.5 m": 3.5, "3,5": 3.5, "350 cm": 3.5, `11'6"`: 3.5052, "12'": 3.6576, "none": 0, "tall": 0, "10 ft": 3.048} {
		if got, _ := readLength(v); got < want-1e-3 || got > want+1e-3 {
			t.Errorf("maxheight=%s: got %v m, want %v", v, got, want)
		}
	}
	for v, want := range map[string]float32{"7.5": 7.5, "7.5 t": 7.5, "3500 kg": 3.5, "10 st": 9.0718, "16000 lbs": 7.2575, "none": 0, "x": 0} {
		if got, _ := readWeight(v); got < want-1e-3 || got > want+1e-3 {
			t.Errorf("maxweight=%s: got %v t, want %v", v, got, want)
		}
	}
}

func TestAttributes(t *testing.T) {
	read := func(tags string) street.Segment {
		var tl tally
		s, ok, drop := readStreet(tagsOf(strings.Fields(tags)), &tl)
		if !ok {
			t.Fatalf("%s: dropped: %s", tags, drop)
		}
		return s.seg
	}
	for tags, want := range map[string]street.SegmentFlags{
		"highway=primary_link": street.Link, "highway=primary bridge=viaduct": street.Bridge, "highway=primary bridge=no": 0,
		"highway=primary tunnel=yes": street.Tunnel, "highway=footway covered=yes": street.Tunnel, "highway=service service=alley": street.Service,
		"highway=primary junction=roundabout": street.Roundabout, "highway=primary toll=yes lit=no": street.Toll | street.Unlit,
	} {
		if got := read(tags).Flags &^ street.SideUnknown; got != want {
			t.Errorf("%s: flags %b, want %b", tags, got, want)
		}
	}
	for tags, want := range map[string]street.Sides{
		"sidewalk=both": street.Left | street.Right, "sidewalk=left": street.Left, "sidewalk=right": street.Right, "sidewalk=no": 0,
		"sidewalk=separate": street.Left | street.Right, "sidewalk:left=yes": street.Left, "sidewalk:both=separate": street.Left | street.Right,
		"sidewalk=both sidewalk:left=no": street.Right,
	} {
		s := read("highway=residential " + tags)
		if s.Sidewalk != want || s.Flags&street.SideUnknown != 0 {
			t.Errorf("%s: sides %b, flags %b, want sides %b and known", tags, s.Sidewalk, s.Flags, want)
		}
	}
	if s := read("highway=residential"); s.Flags&street.SideUnknown == 0 {
		t.Error("a street without a sidewalk tag has known sidewalks")
	}
	for tags, want := range map[string]street.Surface{
		"surface=asphalt": street.Paved, "surface=concrete:plates": street.Paved, "surface=sett": street.Cobbles, "surface=gravel": street.Gravel,
		"surface=dirt": street.Ground, "tracktype=grade2": street.Gravel, "surface=nonsense tracktype=grade1": street.Paved, "": street.SurfaceUnknown,
	} {
		if got := read("highway=track " + tags).Surface; got != want {
			t.Errorf("%s: surface %v, want %v", tags, got, want)
		}
	}
	if s := read("highway=residential layer=-2 lanes=3"); s.Layer != -2 || s.Lanes != 3 {
		t.Errorf("layer %d, lanes %d, want -2 and 3", s.Layer, s.Lanes)
	}
}

func TestBarriers(t *testing.T) {
	for _, c := range []struct {
		tags             string
		blocked, private street.Vehicles
		flags            street.JunctionFlags
	}{
		{"barrier=bollard", motor, 0, 0},
		{"barrier=bollard bollard=removable", motor &^ emer, 0, 0},
		{"barrier=gate", 0, 0, street.Gate},
		{"barrier=gate access=no", land, 0, street.Gate},
		{"barrier=gate access=no foot=yes", land &^ foot, 0, street.Gate},
		{"barrier=lift_gate access=private", 0, land, street.Gate},
		{"barrier=gate locked=yes", 0, land, street.Gate},
		{"barrier=stile", motor | bike, 0, 0},
		{"barrier=cycle_barrier", motor, 0, 0},
		{"barrier=cattle_grid", 0, 0, 0},
		{"barrier=bus_trap", car | moto, 0, 0},
		{"barrier=fence", land, 0, 0},
		{"barrier=entrance", 0, 0, 0},
		{"barrier=bollard motor_vehicle=yes", 0, 0, 0},
		{"barrier=whatsit", motor, 0, 0},
		{"highway=traffic_signals", 0, 0, street.Signals},
		{"highway=crossing crossing=traffic_signals", 0, 0, street.Crossing | street.Signals},
		{"highway=stop", 0, 0, street.Stop},
	} {
		var tl tally
		s, _ := readStanding(tagsOf(strings.Fields(c.tags)), &tl)
		if s.blocked != c.blocked || s.private&^boat != c.private || s.flags != c.flags {
			t.Errorf("%s: blocks %v, private %v, flags %b; want %v, %v, %b", c.tags, s.blocked, s.private, s.flags, c.blocked, c.private, c.flags)
		}
	}
}

// Hours and limits of a barrier are kept, with the tags that stand beside them.
func TestBarriersThatOpen(t *testing.T) {
	for _, c := range []struct {
		tags    string
		blocked street.Vehicles
		flags   street.JunctionFlags
		rules   *street.Rules
	}{
		{
			"barrier=gate name=x access=private opening_hours=Mo-Fr_08:00-18:00 motor_vehicle:conditional=no_@_(20:00-06:00)", 0, street.Gate,
			&street.Rules{Conditional: map[string]string{
				"access": "private", "opening_hours": "Mo-Fr_08:00-18:00", "motor_vehicle:conditional": "no_@_(20:00-06:00)",
			}},
		},
		{"barrier=chain opening_hours=24/7", motor | bike, street.Gate, &street.Rules{Conditional: map[string]string{"opening_hours": "24/7"}}},
		{"barrier=stile opening_hours=24/7", motor | bike, 0, &street.Rules{Conditional: map[string]string{"opening_hours": "24/7"}}},
		{"barrier=height_restrictor maxheight=2.1", 0, 0, &street.Rules{MaxHeightM: 2.1}},
		{"barrier=gate access=private", 0, street.Gate, nil},
	} {
		var tl tally
		s, _ := readStanding(tagsOf(strings.Fields(c.tags)), &tl)
		if s.blocked != c.blocked || s.flags != c.flags || !s.cut || !reflect.DeepEqual(s.rules, c.rules) {
			t.Errorf("%s: blocks %v, flags %b, cut %v, rules %+v; want %v, %b, true, %+v", c.tags, s.blocked, s.flags, s.cut, s.rules, c.blocked, c.flags, c.rules)
		}
		if s.rules != nil && s.private != 0 {
			t.Errorf("%s: private to %v whatever the hour", c.tags, s.private)
		}
	}
}
