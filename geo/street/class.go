package street

import "strings"

// classNames are OSM's highway values, in the order of the constants. Ferry and
// waterway are no highway values, but map styles and reports need a word too.
var classNames = [classes]string{
	"unknown", "motorway", "trunk", "primary", "secondary", "tertiary",
	"unclassified", "residential", "living_street", "service", "pedestrian",
	"track", "busway", "cycleway", "footway", "bridleway", "path", "steps",
	"corridor", "platform", "ferry", "waterway",
}

// String is OSM's value for the class, such as "living_street".
func (c Class) String() string {
	if c >= classes {
		return classNames[ClassUnknown]
	}
	return classNames[c]
}

// ParseClass reads an OSM highway value. link is set for values such as
// "primary_link", which are of the class without the suffix; known is false for
// values that are none of ours ("construction", "proposed", "raceway" ...).
func ParseClass(highway string) (c Class, link, known bool) {
	base, link := strings.CutSuffix(highway, "_link")
	for c := Motorway; c < classes; c++ {
		if classNames[c] == base && (!link || c <= Tertiary) {
			return c, link, true
		}
	}
	return ClassUnknown, false, false
}

var surfaceNames = [surfaces]string{"unknown", "paved", "cobbles", "gravel", "ground"}

// String is a lower-case word for the surface.
func (s Surface) String() string {
	if s >= surfaces {
		return surfaceNames[SurfaceUnknown]
	}
	return surfaceNames[s]
}

// vehicleNames are OSM's access keys, in the order of the bits.
var vehicleNames = []string{"foot", "bicycle", "motorcycle", "motorcar", "goods", "bus", "emergency", "boat"}

// String lists OSM's access keys of the vehicles in the set, joined by "+".
func (v Vehicles) String() string {
	if v == 0 {
		return "none"
	}
	var names []string
	for i, name := range vehicleNames {
		if v&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}
