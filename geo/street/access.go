package street

import "strings"

// A Permit is what an access value of OSM means for one vehicle class.
type Permit uint8

// What an access value may mean.
const (
	Unsaid  Permit = iota // nothing: the next key, or the kind of way, decides
	Allowed               // may travel there
	OnlyTo                // to reach a place on it, or for those with leave
	Banned                // may not
)

// AccessKeys are OSM's access keys for one vehicle class, the most special first:
// the first that is tagged decides (wiki.openstreetmap.org/wiki/Key:access). The
// last is "access" itself. They are read only; nil for a set of classes.
func AccessKeys(who Vehicles) []string { return accessKeys[who] }

var accessKeys = map[Vehicles][]string{
	Foot:       {"foot", "access"},
	Bicycle:    {"bicycle", "vehicle", "access"},
	Motorcycle: {"motorcycle", "motor_vehicle", "vehicle", "access"},
	Car:        {"motorcar", "motor_vehicle", "vehicle", "access"},
	Goods:      {"hgv", "motor_vehicle", "vehicle", "access"},
	Bus:        {"bus", "psv", "motor_vehicle", "vehicle", "access"},
	Emergency:  {"emergency", "motor_vehicle", "vehicle", "access"},
	Boat:       {"motorboat", "boat", "ship", "access"},
}

// ReadPermit reads an access value for vehicles of one class. known is false
// for a value that OSM's list doesn't have; it then counts as not there.
func ReadPermit(value string, who Vehicles) (p Permit, known bool) {
	switch value {
	case "yes", "designated", "permissive", "official", "public", "true", "1", "discouraged", "allowed",
		"avoid", "limited", "lane", "shared", "unrestricted":
		return Allowed, true
	case "private", "destination", "permit", "customers", "delivery", "residents", "resident", "employees",
		"residential", "members", "visitors", "staff", "students", "guests", "permit_holders", "license", "tenants", "parking", "hotel":
		return OnlyTo, true
	case "no", "0", "false", "prohibited", "restricted", "military":
		return Banned, true
	case "use_sidepath", "dismount":
		// The class walks or takes the path beside it.
		return Banned, true
	case "agricultural", "forestry", "agricultural;forestry", "forestry;agricultural", "agricultural; forestry":
		if who == Foot || who == Emergency {
			return OnlyTo, true
		}
		return Banned, true
	case "emergency":
		if who == Emergency {
			return Allowed, true
		}
		return Banned, true
	case "foot", "pedestrian", "pedestrians": // access=foot
		if who == Foot {
			return Allowed, true
		}
		return Banned, true
	case "psv", "bus":
		if who&(Bus|Emergency) != 0 {
			return Allowed, true
		}
		return Banned, true
	case "unknown", "variable", "fixme", "none":
		return Unsaid, true
	}
	if first, _, many := strings.Cut(value, ";"); many {
		return ReadPermit(strings.TrimSpace(first), who)
	}
	return Unsaid, false
}

// ByKind is who may use a kind of way when no tag says so, after the worldwide
// column of wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions.
// Emergency vehicles may enter pedestrian streets.
func ByKind(c Class) Vehicles {
	switch c {
	case Motorway:
		return Motor
	case Trunk, Primary, Secondary, Tertiary, Unclassified, Residential, LivingStreet, ServiceRoad, Track:
		return Motor | Bicycle | Foot
	case Pedestrian:
		return Foot | Emergency
	case Busway:
		return Bus | Emergency
	case Cycleway, Path:
		return Bicycle | Foot
	case Footway, Bridleway, Steps, Corridor, Platform:
		return Foot
	case Ferry:
		return Motor | Bicycle | Foot
	case Waterway:
		return Boat
	}
	return 0
}

// Afloat says whether it is travelled on water: a ferry line or a waterway.
func (c Class) Afloat() bool { return c == Ferry || c == Waterway }

// ParseVehicle reads one of OSM's access keys that Vehicles.String writes, such
// as "motorcar"; ok is false for another word.
func ParseVehicle(key string) (v Vehicles, ok bool) {
	for i, name := range vehicleNames {
		if name == key {
			return 1 << i, true
		}
	}
	return 0, false
}

// ParseSurface reads what Surface.String writes; ok is false for another word.
func ParseSurface(word string) (s Surface, ok bool) {
	for i, name := range surfaceNames {
		if name == word {
			return Surface(i), true
		}
	}
	return 0, false
}
