package room

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// A beat is the streets that a team has to see each day by some plan, those that are
// closed among them, and the waterways that it sees when it has a boat.
type beat struct {
	mark    string // the same for the same streets of a map, over restarts too
	streets []street.SegmentID
}

// A beatKey names a plan on a map.
type beatKey struct {
	plan    grid.PlanID
	version int64
	city    string
}

type teamBeats map[grid.TeamID]beat

// beat is a team's by a plan. Only plan calls it: it goes through the whole map.
func (w *walks) beat(g *ground, city *town, team grid.TeamID) beat {
	key := beatKey{g.plan.ID, g.plan.Version, city.ID}
	of, ok := w.beats[key]
	if !ok {
		of = g.beats(city.Network)
		w.beats[key] = of
	}
	return of[team]
}

// forget lets go of the beats of plans that are over.
func (w *walks) forget(b *book, city *town) {
	maps.DeleteFunc(w.beats, func(k beatKey, _ teamBeats) bool {
		mine := func(g *ground) bool { return k == beatKey{g.plan.ID, g.plan.Version, city.ID} }
		return !mine(b.ground) && !slices.ContainsFunc(b.later, mine)
	})
}

func (g *ground) beats(n *street.Network) teamBeats {
	teams := make(map[orb.Point]grid.TeamID) // by the middle of a street
	all := make(teamBeats)
	for _, id := range patrol.Streets(n, func(p orb.Point) bool {
		r, ok := g.owner(p)
		teams[p] = r.Team
		return ok && r.Team != 0
	}, func(s *street.Segment) bool { return patrol.Daily(s) || patrol.Afloat(s) }) {
		team := teams[n.PointAt(id, geo.Metres(n.Segment(id).LengthM)/2)]
		one := all[team]
		one.streets = append(one.streets, id)
		all[team] = one
	}
	for team, one := range all {
		sum := fnv.New64a()
		for _, id := range one.streets {
			_ = binary.Write(sum, binary.LittleEndian, id) // a hash takes all
		}
		one.mark = strconv.FormatUint(sum.Sum64(), 16)
		all[team] = one
	}
	return all
}
