package osm

import (
	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// Who may use a way follows OSM's access hierarchy (street.AccessKeys): the most
// special key that is there decides. Where none is, the kind of way does
// (street.ByKind).
var accessKeys = func() (all []accessKey) {
	for _, who := range []street.Vehicles{
		street.Foot, street.Bicycle, street.Motorcycle, street.Car, street.Goods, street.Bus, street.Emergency, street.Boat,
	} {
		all = append(all, accessKey{who, street.AccessKeys(who)})
	}
	return all
}()

type accessKey struct {
	who  street.Vehicles
	keys []string // the most special first
}

// permitOf finds what the tags say for one vehicle class, in one direction
// (":forward", ":backward") or in both ("").
func permitOf(tags osm.Tags, keys []string, who street.Vehicles, dir string, t *tally) street.Permit {
	for _, key := range keys {
		if dir != "" {
			if v := tags.Find(key + dir); v != "" {
				if p, ok := street.ReadPermit(v, who); p != street.Unsaid {
					return p
				} else if !ok {
					t.unknown(key+dir, v)
				}
			}
			continue
		}
		if v := tags.Find(key); v != "" {
			p, ok := street.ReadPermit(v, who)
			if p != street.Unsaid {
				return p
			}
			if !ok {
				t.unknown(key, v)
			}
		}
	}
	return street.Unsaid
}

// access works out who may use a way that is open by its kind to the classes in
// open, and who of them only to reach a place on it.
func access(tags osm.Tags, open street.Vehicles, t *tally) (who, private street.Vehicles) {
	for _, a := range accessKeys {
		switch permitOf(tags, a.keys, a.who, "", t) {
		case street.Allowed:
			// "access=yes" on a footway opens nothing that its kind closes: only a
			// key that names the class or a group of vehicles does.
			if open&a.who != 0 || special(tags, a.keys) {
				who |= a.who
			}
		case street.OnlyTo:
			if open&a.who != 0 || special(tags, a.keys) {
				who |= a.who
				private |= a.who
			}
		case street.Unsaid:
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
