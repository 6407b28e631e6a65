package street

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// MaxSegments is the most segments a Network takes. Twice the number, a segment
// and its direction, must fit a 32-bit edge number.
const MaxSegments = 1<<31 - 1

// maxViaWays bounds the via ways of one restriction. The longest in use has
// fewer than ten; a longer one is a damaged file.
const maxViaWays = 64

// ErrParts is the rule a PartError is about.
var ErrParts = errors.New("street network does not fit together")

// A PartError says which of the Parts is wrong, and how.
type PartError struct {
	Part  string // "junction", "segment", "shape point", "rules", "restriction" or "order"
	Index int    // in its slice of Parts
	Why   string
}

func (e *PartError) Error() string {
	return fmt.Sprintf("%s %d: %s", e.Part, e.Index, e.Why)
}

// Unwrap makes errors.Is(err, ErrParts) hold.
func (e *PartError) Unwrap() error { return ErrParts }

// A Network is a street network that has been checked and indexed. It is only
// read, so goroutines may share it.
type Network struct {
	parts Parts
	bound orb.Bound
	ends  []End    // by junction, see first
	first []uint32 // ends of junction j are ends[first[j]:first[j+1]]
	index rtree.RTreeGN[float32, SegmentID]
}

// Build checks the parts and indexes them. The Network keeps the slices, which
// must not change any more. Missing Names[0] and Rules[0] are filled in.
//
// After Build no index in the parts leads out of its slice, every segment starts
// and ends at its junctions, and every restriction is a chain of segments that
// touch, so a file that is damaged or made up is refused here and cannot make
// later code panic. The error is a *PartError.
func Build(p Parts) (*Network, error) {
	if len(p.Names) == 0 {
		p.Names = []Name{{}}
	}
	if len(p.Rules) == 0 {
		p.Rules = []Rules{{}}
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	n := &Network{parts: p}
	n.join()
	n.buildIndex()
	return n, nil
}

// check holds every index and number of the parts against its range.
func (p *Parts) check() error {
	if len(p.Segments) > MaxSegments || uint64(len(p.Shape)) > math.MaxUint32 || uint64(len(p.Junctions)) > math.MaxUint32 {
		return &PartError{"segment", len(p.Segments), "too many for one network"}
	}
	if p.Names[0].Default != "" || p.Names[0].Ref != "" || len(p.Names[0].In) > 0 {
		return &PartError{"name", 0, "must be the empty one"}
	}
	for i, at := range p.Shape {
		if !at.onEarth() {
			return &PartError{"shape point", i, at.offEarth()}
		}
	}
	for i := range p.Junctions {
		j := &p.Junctions[i]
		if !j.At.onEarth() {
			return &PartError{"junction", i, j.At.offEarth()}
		}
		if j.Blocked&^AllVehicles != 0 {
			return &PartError{"junction", i, fmt.Sprintf("unknown vehicles %#x", uint16(j.Blocked))}
		}
		if uint64(j.Rules) >= uint64(len(p.Rules)) {
			return &PartError{"junction", i, fmt.Sprintf("rules %d, there are %d", j.Rules, len(p.Rules))}
		}
	}
	for i := range p.Segments {
		if why := p.checkSegment(&p.Segments[i]); why != "" {
			return &PartError{"segment", i, why}
		}
	}
	for i, r := range p.Rules {
		for _, limit := range []float32{r.MaxHeightM, r.MaxWidthM, r.MaxWeightT} {
			if !(limit >= 0 && limit <= math.MaxFloat32) {
				return &PartError{"rules", i, fmt.Sprintf("limit %v is not a size", limit)}
			}
		}
	}
	if r := p.Rules[0]; r.MaxHeightM != 0 || r.MaxWidthM != 0 || r.MaxWeightT != 0 || len(r.Conditional) > 0 {
		return &PartError{"rules", 0, "must be the empty ones"}
	}
	for i := range p.Restrictions {
		if why := p.checkRestriction(&p.Restrictions[i]); why != "" {
			return &PartError{"restriction", i, why}
		}
	}
	return p.checkOrder()
}

// checkOrder says whether each segment is in the order once, if there is one.
func (p *Parts) checkOrder() error {
	if p.Order == nil {
		return nil
	}
	if len(p.Order) != len(p.Segments) {
		return &PartError{"order", len(p.Order), fmt.Sprintf("its length, there are %d segments", len(p.Segments))}
	}
	seen := make([]bool, len(p.Segments))
	for i, id := range p.Order {
		if uint64(id) >= uint64(len(seen)) || seen[id] {
			return &PartError{"order", i, fmt.Sprintf("segment %d is not known or there twice", id)}
		}
		seen[id] = true
	}
	return nil
}

func (f Fixed) onEarth() bool {
	return f.Lon >= -180e7 && f.Lon <= 180e7 && f.Lat >= -90e7 && f.Lat <= 90e7
}

func (f Fixed) offEarth() string {
	return fmt.Sprintf("position %v is not on earth", f.Point())
}

// checkSegment says what is wrong with s, or "".
func (p *Parts) checkSegment(s *Segment) string {
	junctions, points := uint64(len(p.Junctions)), uint64(len(p.Shape))
	switch {
	case uint64(s.From) >= junctions || uint64(s.To) >= junctions:
		return fmt.Sprintf("junctions %d and %d, there are %d", s.From, s.To, junctions)
	case s.Points < 2:
		return fmt.Sprintf("%d points, 2 is the least", s.Points)
	case uint64(s.Shape)+uint64(s.Points) > points:
		return fmt.Sprintf("%d points from %d, there are %d", s.Points, s.Shape, points)
	case p.Shape[s.Shape] != p.Junctions[s.From].At:
		return "does not start at its first junction"
	case p.Shape[s.Shape+s.Points-1] != p.Junctions[s.To].At:
		return "does not end at its last junction"
	case !(s.LengthM >= 0 && s.LengthM < 1e8): // also refuses NaN
		return fmt.Sprintf("length %v m", s.LengthM)
	case uint64(s.Name) >= uint64(len(p.Names)):
		return fmt.Sprintf("name %d, there are %d", s.Name, len(p.Names))
	case uint64(s.Rules) >= uint64(len(p.Rules)):
		return fmt.Sprintf("rules %d, there are %d", s.Rules, len(p.Rules))
	case (s.Forward|s.Backward|s.Private)&^AllVehicles != 0:
		return "unknown vehicles"
	case s.Class >= classes:
		return fmt.Sprintf("unknown class %d", s.Class)
	case s.Surface >= surfaces:
		return fmt.Sprintf("unknown surface %d", s.Surface)
	case s.Sidewalk&^(Left|Right) != 0:
		return fmt.Sprintf("unknown sidewalks %#x", uint8(s.Sidewalk))
	}
	return ""
}

// Check says what is wrong with r as a restriction of these parts, nil if
// nothing: its segments must exist and follow each other over Via and ViaWays.
// The importer asks before it keeps a relation; Build refuses what it refuses.
func (p *Parts) Check(r *Restriction) error {
	if why := p.checkRestriction(r); why != "" {
		return fmt.Errorf("restriction of relation %d: %s", r.Relation, why)
	}
	return nil
}

func (p *Parts) checkRestriction(r *Restriction) string {
	if uint64(r.Via) >= uint64(len(p.Junctions)) {
		return fmt.Sprintf("via junction %d, there are %d", r.Via, len(p.Junctions))
	}
	if len(r.ViaWays) > maxViaWays {
		return fmt.Sprintf("%d via ways, %d is the most", len(r.ViaWays), maxViaWays)
	}
	if (r.Except|r.For)&^AllVehicles != 0 {
		return "unknown vehicles"
	}
	at, known := r.Via, uint64(len(p.Segments))
	if uint64(r.From) >= known {
		return fmt.Sprintf("from segment %d, there are %d", r.From, known)
	}
	if from := &p.Segments[r.From]; from.From != at && from.To != at {
		return "its from segment does not meet its via junction"
	}
	for _, id := range r.ViaWays {
		if uint64(id) >= known {
			return fmt.Sprintf("via segment %d, there are %d", id, known)
		}
		var ok bool
		if at, ok = p.Segments[id].across(at); !ok {
			return fmt.Sprintf("its via segment %d does not go on from the one before", id)
		}
	}
	if uint64(r.To) >= known {
		return fmt.Sprintf("to segment %d, there are %d", r.To, known)
	}
	if _, ok := p.Segments[r.To].across(at); !ok {
		return "its to segment does not go on from its via"
	}
	return ""
}

// across is the other end of s, seen from the junction at; ok is false if s
// doesn't meet it.
func (s *Segment) across(at JunctionID) (other JunctionID, ok bool) {
	switch at {
	case s.From:
		return s.To, true
	case s.To:
		return s.From, true
	}
	return 0, false
}

// join lists the ends that meet at each junction, in the order of the segments.
func (n *Network) join() {
	p := &n.parts
	n.first = make([]uint32, len(p.Junctions)+1)
	for i := range p.Segments {
		n.first[p.Segments[i].From+1]++
		n.first[p.Segments[i].To+1]++
	}
	for j := range p.Junctions {
		n.first[j+1] += n.first[j]
	}
	next := slices.Clone(n.first)
	n.ends = make([]End, 2*len(p.Segments))
	add := func(j JunctionID, e End) {
		n.ends[next[j]] = e
		next[j]++
	}
	for i := range p.Segments {
		id := SegmentID(i)
		add(p.Segments[i].From, End{id, true})
		add(p.Segments[i].To, End{id, false})
	}
}

// buildIndex puts the segments in the R-tree, west to east in strips, which
// makes tighter nodes than the order of the file.
func (n *Network) buildIndex() {
	n.bound = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}} // orb's empty bound
	p := &n.parts
	order := make([]SegmentID, len(p.Segments))
	for i := range order {
		order[i] = SegmentID(i)
	}
	strip := func(id SegmentID) int32 { return p.Shape[p.Segments[id].Shape].Lon >> 17 } // about 1 km
	slices.SortFunc(order, func(a, b SegmentID) int {
		return cmp.Or(cmp.Compare(strip(a), strip(b)),
			cmp.Compare(p.Shape[p.Segments[a].Shape].Lat, p.Shape[p.Segments[b].Shape].Lat), cmp.Compare(a, b))
	})
	for k, id := range order {
		b := n.segmentBound(id)
		if k == 0 {
			n.bound = b
		} else {
			n.bound = n.bound.Union(b)
		}
		n.index.Insert(outward(b.Min, -1), outward(b.Max, 1), id)
	}
}

// outward rounds a corner to float32, half the room, away from the box: the
// index may find too much, which the exact distance sorts out, but never too
// little.
func outward(corner orb.Point, sign float64) [2]float32 {
	var out [2]float32
	for i, c := range corner {
		out[i] = float32(c)
		if sign*float64(out[i]) < sign*c {
			out[i] = math.Nextafter32(out[i], float32(math.Inf(int(sign))))
		}
	}
	return out
}

func (n *Network) segmentBound(id SegmentID) orb.Bound {
	line := n.shape(id)
	lo, hi := line[0], line[0]
	for _, f := range line[1:] {
		lo.Lon, hi.Lon = min(lo.Lon, f.Lon), max(hi.Lon, f.Lon)
		lo.Lat, hi.Lat = min(lo.Lat, f.Lat), max(hi.Lat, f.Lat)
	}
	return orb.Bound{Min: lo.Point(), Max: hi.Point()}
}
