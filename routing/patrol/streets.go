package patrol

import (
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// Daily says whether a street is to be walked once a day: the streets where people
// live and shop, from main roads with pavements down. Motorways and trunk roads,
// slip roads, driveways, parking aisles, and ways apart from the streets are not.
func Daily(s *street.Segment) bool {
	if s.Flags&(street.Link|street.Service|street.Area|street.Tunnel) != 0 {
		return false
	}
	switch s.Class {
	case street.Primary, street.Secondary, street.Tertiary, street.Unclassified,
		street.Residential, street.LivingStreet, street.Pedestrian:
		return true
	}
	return false
}

// Afloat says whether a waterway is to be gone along once a day by who has a boat:
// navigable water, not culverts.
func Afloat(s *street.Segment) bool {
	return s.Class == street.Waterway && s.Flags&street.Tunnel == 0
}

// Seen says what is to be seen once a day by who travels so: Afloat by boat, else Daily.
func Seen(p path.Profile) func(*street.Segment) bool {
	if p.Vehicle == street.Boat {
		return Afloat
	}
	return Daily
}

// Streets lists the segments that are wanted and whose middle is owned, by number.
// A segment belongs to the grid that its middle lies in, so with the owners of a
// plan, who are one for each point, each segment has one grid, streets along a
// border too.
func Streets(n *street.Network, owned func(orb.Point) bool, wanted func(*street.Segment) bool) []street.SegmentID {
	var ids []street.SegmentID
	for i := range n.Segments() {
		id := street.SegmentID(i)
		s := n.Segment(id)
		if wanted(s) && owned(n.PointAt(id, geo.Metres(s.LengthM)/2)) {
			ids = append(ids, id)
		}
	}
	return ids
}
