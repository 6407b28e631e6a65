package osm

import (
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// Who may use a way follows OSM's access hierarchy: the most special key that
// is there decides (wiki.openstreetmap.org/wiki/Key:access). Where none is, the
// kind of way does.
var accessKeys = []struct {
	who  street.Vehicles
	keys []string // the most special first
}{
	{street.Foot, []string{"foot", "access"}},
	{street.Bicycle, []string{"bicycle", "vehicle", "access"}},
	{street.Motorcycle, []string{"motorcycle", "motor_vehicle", "vehicle", "access"}},
	{street.Car, []string{"motorcar", "motor_vehicle", "vehicle", "access"}},
	{street.Goods, []string{"hgv", "motor_vehicle", "vehicle", "access"}},
	{street.Bus, []string{"bus", "psv", "motor_vehicle", "vehicle", "access"}},
	{street.Emergency, []string{"emergency", "motor_vehicle", "vehicle", "access"}},
	{street.Boat, []string{"motorboat", "boat", "ship", "access"}},
}

// A permit is what an access value means for one vehicle class.
type permit uint8

const (
	unsaid permit = iota
	allowed
	onlyTo // to reach a place on it, or for those with leave
	banned
)

// readPermit reads an access value for vehicles of one class. known is false
// for a value that OSM's list doesn't have; it then counts as not there.
func readPermit(key, value string, who street.Vehicles) (p permit, known bool) {
	switch value {
	case "yes", "designated", "permissive", "official", "public", "true", "1", "discouraged", "allowed",
		"avoid", "limited", "lane", "shared", "unrestricted":
		return allowed, true
	case "private", "destination", "permit", "customers", "delivery", "residents", "resident", "employees",
		"residential", "members", "visitors", "staff", "students", "guests", "permit_holders", "license", "tenants", "parking", "hotel":
		return onlyTo, true
	case "no", "0", "false", "prohibited", "restricted", "military":
		return banned, true
	case "use_sidepath", "dismount":
		// The class walks or takes the path beside it.
		return banned, true
	case "agricultural", "forestry", "agricultural;forestry", "forestry;agricultural", "agricultural; forestry":
		if who == street.Foot || who == street.Emergency {
			return onlyTo, true
		}
		return banned, true
	case "emergency":
		if who == street.Emergency {
			return allowed, true
		}
		return banned, true
	case "foot", "pedestrian", "pedestrians": // access=foot
		if who == street.Foot {
			return allowed, true
		}
		return banned, true
	case "psv", "bus":
		if who&(street.Bus|street.Emergency) != 0 {
			return allowed, true
		}
		return banned, true
	case "unknown", "variable", "fixme", "none":
		return unsaid, true
	}
	if first, _, many := strings.Cut(value, ";"); many {
		return readPermit(key, strings.TrimSpace(first), who)
	}
	return unsaid, false
}

// permitOf finds what the tags say for one vehicle class, in one direction
// (":forward", ":backward") or in both ("").
func permitOf(tags osm.Tags, keys []string, who street.Vehicles, dir string, t *tally) permit {
	for _, key := range keys {
		if dir != "" {
			if v := tags.Find(key + dir); v != "" {
				if p, ok := readPermit(key, v, who); p != unsaid {
					return p
				} else if !ok {
					t.unknown(key+dir, v)
				}
			}
			continue
		}
		if v := tags.Find(key); v != "" {
			p, ok := readPermit(key, v, who)
			if p != unsaid {
				return p
			}
			if !ok {
				t.unknown(key, v)
			}
		}
	}
	return unsaid
}

// access works out who may use a way that is open by its kind to the classes in
// open, and who of them only to reach a place on it.
func access(tags osm.Tags, open street.Vehicles, t *tally) (who, private street.Vehicles) {
	for _, a := range accessKeys {
		switch permitOf(tags, a.keys, a.who, "", t) {
		case allowed:
			// "access=yes" on a footway opens nothing that its kind closes: only a
			// key that names the class or a group of vehicles does.
			if open&a.who != 0 || special(tags, a.keys) {
				who |= a.who
			}
		case onlyTo:
			if open&a.who != 0 || special(tags, a.keys) {
				who |= a.who
				private |= a.who
			}
		case unsaid:
			who |= open & a.who
		}
	}
	return who, private
}

// special reports whether a key above the general "access" is there.
func special(tags osm.Tags, keys []string) bool {
	for _, k := range keys[:len(keys)-1] {
		if tags.Find(k) != "" {
			return true
		}
	}
	return false
}

// defaults is who may use a kind of way when no tag says so, after the worldwide
// column of wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions.
// Emergency vehicles may enter pedestrian streets.
func defaults(c street.Class) street.Vehicles {
	switch c {
	case street.Motorway:
		return street.Motor
	case street.Trunk, street.Primary, street.Secondary, street.Tertiary, street.Unclassified,
		street.Residential, street.LivingStreet, street.ServiceRoad, street.Track:
		return street.Motor | street.Bicycle | street.Foot
	case street.Pedestrian:
		return street.Foot | street.Emergency
	case street.Busway:
		return street.Bus | street.Emergency
	case street.Cycleway, street.Path:
		return street.Bicycle | street.Foot
	case street.Footway, street.Bridleway, street.Steps, street.Corridor, street.Platform:
		return street.Foot
	case street.Ferry:
		return street.Motor | street.Bicycle | street.Foot
	case street.Waterway:
		return street.Boat
	}
	return 0
}
