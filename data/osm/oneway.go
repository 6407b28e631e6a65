package osm

import (
	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// A course is which directions of a way are open.
type course uint8

const (
	bothWays course = iota
	onlyForward
	onlyBackward
	neither // reversible lanes: nobody may rely on either direction
)

func readOneway(v string) (c course, known bool) {
	switch v {
	case "yes", "true", "1":
		return onlyForward, true
	case "-1", "reverse":
		return onlyBackward, true
	case "no", "false", "0", "alternating":
		return bothWays, true
	case "reversible":
		return neither, true
	}
	return bothWays, false
}

// vehicleOneway is the rule for vehicles in general: the tag, or what junction
// and highway imply (wiki Key:oneway, "Implied oneway restriction").
func vehicleOneway(tags osm.Tags, class street.Class, link bool, t *tally) course {
	if v := tags.Find("oneway"); v != "" {
		c, ok := readOneway(v)
		if ok {
			return c
		}
		t.unknown("oneway", v)
	}
	switch tags.Find("junction") {
	case "roundabout", "circular":
		return onlyForward
	}
	if class == street.Motorway && !link {
		return onlyForward
	}
	return bothWays
}

// onewayKeys are the exceptions and additions by vehicle class, the most
// special first.
var onewayKeys = map[street.Vehicles][]string{
	street.Foot:       {"oneway:foot", "foot:oneway"},
	street.Bicycle:    {"oneway:bicycle", "bicycle:oneway", "oneway:vehicle"},
	street.Motorcycle: {"oneway:motorcycle", "oneway:motor_vehicle", "oneway:vehicle"},
	street.Car:        {"oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle"},
	street.Goods:      {"oneway:hgv", "oneway:motor_vehicle", "oneway:vehicle"},
	street.Bus:        {"oneway:bus", "oneway:psv", "oneway:motor_vehicle", "oneway:vehicle"},
	street.Emergency:  {"oneway:emergency", "oneway:motor_vehicle", "oneway:vehicle"},
	street.Boat:       {"oneway:boat"},
}

// directions shares out who may use a way to its two directions.
func directions(tags osm.Tags, class street.Class, link bool, who street.Vehicles, t *tally) (forward, backward street.Vehicles) {
	general := vehicleOneway(tags, class, link, t)
	for _, a := range accessKeys {
		c := general
		if a.who == street.Foot {
			c = footCourse(tags, class)
		}
		for _, k := range onewayKeys[a.who] {
			if v := tags.Find(k); v != "" {
				if got, ok := readOneway(v); ok {
					c = got
					break
				}
				t.unknown(k, v)
			}
		}
		f, b := who&a.who, who&a.who
		switch c {
		case onlyForward:
			b = 0
		case onlyBackward:
			f = 0
		case neither:
			f, b = 0, 0
		}
		if a.who == street.Bicycle && who&street.Bicycle != 0 && contraflow(tags) {
			f, b = street.Bicycle, street.Bicycle
		}
		f = directed(tags, a.keys, a.who, ":forward", f, t)
		b = directed(tags, a.keys, a.who, ":backward", b, t)
		forward, backward = forward|f, backward|b
	}
	return forward, backward
}

// footCourse: a oneway tag is about vehicles. On ways for feet alone it is
// hardly ever a rule either; an escalator is.
func footCourse(tags osm.Tags, class street.Class) course {
	if class == street.Steps || class == street.Footway || class == street.Corridor {
		switch tags.Find("conveying") {
		case "forward", "yes":
			return onlyForward
		case "backward":
			return onlyBackward
		}
	}
	return bothWays
}

// directed applies tags such as vehicle:backward=no and bicycle:forward=yes.
func directed(tags osm.Tags, keys []string, who street.Vehicles, dir string, now street.Vehicles, t *tally) street.Vehicles {
	switch permitOf(tags, keys, who, dir, t) {
	case street.Allowed, street.OnlyTo:
		return who
	case street.Banned:
		return 0
	}
	return now
}

// contraflow reports whether bicycles may go against the general direction by
// a lane or track of their own.
func contraflow(tags osm.Tags) bool {
	for _, k := range []string{"cycleway", "cycleway:left", "cycleway:right", "cycleway:both"} {
		switch tags.Find(k) {
		case "opposite", "opposite_lane", "opposite_track", "opposite_share_busway":
			return true
		}
		if k != "cycleway" && tags.Find(k) != "" {
			switch tags.Find(k + ":oneway") {
			case "no", "-1":
				return true
			}
		}
	}
	return false
}
