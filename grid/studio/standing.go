package studio

import (
	"slices"

	"github.com/paulmach/orb"
)

// A Standing is on which unit grids of a draft the objects of a register stand. It is
// kept up with the draft: only what stands on ground whose borders changed is looked
// up again. An object is of one unit, and so of one part, or stands outside.
//
// Objects are known by their place in the list that they came in.
type Standing struct {
	places []orb.Point
	unit   []UnitID // by object; 0 = outside the city
	on     map[UnitID][]int32
}

// Stand looks up where objects stand.
func (d *Draft) Stand(places []orb.Point) *Standing {
	s := &Standing{places: places, unit: make([]UnitID, len(places)), on: map[UnitID][]int32{}}
	for i, p := range places {
		s.seat(d, int32(i), p)
	}
	return s
}

func (s *Standing) seat(d *Draft, i int32, p orb.Point) {
	u := d.UnitAt(p)
	s.unit[i] = u
	if u != 0 {
		s.on[u] = append(s.on[u], i)
	}
}

// Follow takes over what an entry that was just made, undone or made again did to the
// ground; t is what the draft says of it. The city's own border stays, so nothing that
// stands outside comes in.
func (s *Standing) Follow(d *Draft, t Touched) {
	var moved []int32
	for _, list := range [2][]UnitID{t.Shapes, t.Gone} {
		for _, u := range list {
			moved = append(moved, s.on[u]...)
			delete(s.on, u)
		}
	}
	slices.Sort(moved)
	for _, i := range moved {
		s.seat(d, i, s.places[i])
	}
}

// Unit is the unit grid that an object stands on; 0 outside the city.
func (s *Standing) Unit(object int) UnitID { return s.unit[object] }

// Of is the part that an object stands on, and whether it is in the city at all.
func (s *Standing) Of(d *Draft, object int) (PartID, bool) {
	u := s.unit[object]
	return d.units[u].Part, u != 0
}

// On gives the objects that stand on a unit grid, read only.
func (s *Standing) On(u UnitID) []int32 { return s.on[u] }
