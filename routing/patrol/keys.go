package patrol

import (
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// A Ground is what the keys of a ranking speak of.
type Ground struct {
	Network *street.Network
	Areas   []grid.Area
	Zones   []zone.Zone
	Spots   []register.Spot // those that a request's are visits to, by ID
}

// beside is how near a street lies to a spot that is taken for one of it.
const beside geo.Metres = 50

// Keys is the keys of a ranking as a request has them. A street lies where its middle does.
func (g Ground) Keys(o register.Ranking) (keys []Key) {
	for _, k := range o.Keys {
		at, themed := g.rule(k)
		key := Key{Reason: Reason{First: k.First, Then: k.Then}}
		key.Street = func(id street.SegmentID) bool {
			s := g.Network.Segment(id)
			return at(g.Network.PointAt(id, geo.Metres(s.LengthM)/2), s) != k.Not
		}
		key.Spot = func(s Spot) bool {
			if themed != nil {
				return themed(s) != k.Not
			}
			var on *street.Segment
			if near := g.Network.Nearest(s.At, beside, nil, 1); len(near) > 0 {
				on = g.Network.Segment(near[0].Segment)
			}
			return at(s.At, on) != k.Not
		}
		keys = append(keys, key)
	}
	return keys
}

// rule is what a key says of a place on a street, which may be nil; themed is what it says
// of spots, nil if that goes by where they are.
func (g Ground) rule(k register.RankingKey) (at func(p orb.Point, on *street.Segment) bool, themed func(Spot) bool) {
	within := func(ground []orb.MultiPolygon) func(orb.Point, *street.Segment) bool {
		return func(p orb.Point, _ *street.Segment) bool {
			return slices.ContainsFunc(ground, func(m orb.MultiPolygon) bool { return geo.Contains(m, p) })
		}
	}
	switch k.By {
	case register.ByAreas:
		return within(g.drawn(k.Areas)), nil
	case register.ByClasses:
		return func(_ orb.Point, on *street.Segment) bool {
			return on != nil && slices.Contains(k.Classes, on.Class.String())
		}, nil
	case register.ByWater:
		water := func(id street.SegmentID) bool { return Afloat(g.Network.Segment(id)) }
		return func(p orb.Point, _ *street.Segment) bool {
			return len(g.Network.Nearest(p, geo.Metres(k.WithinM), water, 1)) > 0
		}, nil
	case register.ByZones:
		var ground []orb.MultiPolygon
		for _, z := range g.Zones {
			if slices.Contains(k.Zones, z.Kind) {
				ground = append(ground, z.Ground)
			}
		}
		return within(ground), nil
	}
	theme := make(map[int64]string, len(g.Spots))
	for _, s := range g.Spots {
		theme[int64(s.ID)] = s.Theme
	}
	return func(orb.Point, *street.Segment) bool { return false },
		func(s Spot) bool { return len(k.Themes) == 0 || slices.Contains(k.Themes, theme[s.ID]) }
}

// drawn is the ground of areas: of one that isn't drawn that of those below it.
func (g Ground) drawn(ids []grid.AreaID) (ground []orb.MultiPolygon) {
	for _, a := range g.Areas {
		if !slices.Contains(ids, a.ID) {
			continue
		}
		if len(a.Boundary) > 0 {
			ground = append(ground, a.Boundary)
			continue
		}
		var below []grid.AreaID
		for _, b := range g.Areas {
			if b.Parent == a.ID {
				below = append(below, b.ID)
			}
		}
		ground = append(ground, g.drawn(below)...)
	}
	return ground
}
