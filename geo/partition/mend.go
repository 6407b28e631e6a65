package partition

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// A Change is ground that gets, or would get, one owner.
type Change struct {
	What   string // "overlap", "gap", "knot" (a ring that crosses itself) or "empty" (an area without ground)
	From   []int  // the areas that had it; nobody, for a gap
	To     int    // the area that has it then; -1 for nobody
	AreaM2 float64
	MovedM float64 // how far the border moves at most
	At     orb.Point
}

// A Mending is what became of areas.
type Mending struct {
	Areas   []orb.MultiPolygon // a clean partition; nil when something was refused
	Changes []Change
	Refused []Change // larger than the limit
}

// Mend makes a clean partition of areas: all borders are cut where they meet, and
// each piece of ground gets one owner. Of two that share ground the first in the
// file keeps its border; a gap goes to the neighbour with the longest border on it,
// of two alike to the later one, so that again the border of the first stays.
//
// A border may move by at most so many metres. What asks for more is refused, and
// then there are no Areas. keepGaps leaves such gaps as they are instead: lakes, for
// instance. Check finds nothing in the Areas, at any tolerance, but gaps so kept.
//
// The error is planar.ErrTangled.
func Mend(areas []orb.MultiPolygon, limit float64, keepGaps bool) (Mending, error) {
	o, err := Lay(areas)
	if err != nil {
		return Mending{}, err
	}
	m := mender{o: o, label: make([]int32, o.Mesh.Faces())}
	m.settle()
	var out Mending
	for _, faces := range m.faults() {
		c := m.mend(faces)
		switch {
		case c.MovedM <= limit:
			out.Changes = append(out.Changes, c)
		case c.What == "gap" && keepGaps:
			for _, f := range faces {
				m.label[f] = -1
			}
		default:
			out.Refused = append(out.Refused, c)
		}
	}
	mended := o.Mesh.Dissolve(m.label, len(areas))
	for i, area := range mended {
		if len(area) == 0 {
			c := Change{What: "empty", From: []int{i}, To: -1}
			if at := first(areas[i]); at != nil {
				c.At = *at
			}
			out.Refused = append(out.Refused, c)
		}
	}
	if len(out.Refused) == 0 {
		out.Areas = mended
	}
	byArea := func(a, b Change) int { return cmp.Compare(b.AreaM2, a.AreaM2) }
	slices.SortStableFunc(out.Changes, byArea)
	slices.SortStableFunc(out.Refused, byArea)
	return out, nil
}

// mender gives faces their owners: an area, -1 for nobody.
type mender struct {
	o     *Overlay
	label []int32
	kind  []string // by face: what is wrong with it; "" for nothing
	group []int32  // by face, a union-find: faults that hang together
}

// settle labels what is clear, and marks the rest.
func (m *mender) settle() {
	o := m.o
	m.kind, m.group = make([]string, len(m.label)), make([]int32, len(m.label))
	gap := o.Uncovered()
	for f := range m.label {
		m.label[f], m.group[f] = -1, int32(f)
		cover := o.cover[f]
		switch {
		case len(cover) == 0 && gap[f] > 0:
			m.kind[f] = "gap"
		case len(cover) > 1:
			m.kind[f] = "overlap"
		case len(cover) == 1:
			m.label[f] = cover[0].area
			if cover[0].times != 1 {
				m.kind[f], m.label[f] = "knot", -1
			}
		}
	}
	same := func(f, g int32) bool {
		return m.kind[f] != "" && m.kind[f] == m.kind[g] &&
			slices.EqualFunc(o.cover[f], o.cover[g], func(a, b winding) bool { return a.area == b.area })
	}
	for _, e := range o.Mesh.Edges {
		if same(e.Left, e.Right) {
			planar.Unite(m.group, e.Left, e.Right)
		}
	}
}

// faults gives the faces of each fault.
func (m *mender) faults() [][]int32 {
	at := map[int32][]int32{}
	for f, kind := range m.kind {
		if kind != "" {
			head := planar.Find(m.group, int32(f))
			at[head] = append(at[head], int32(f))
		}
	}
	out := make([][]int32, 0, len(at))
	for _, head := range slices.Sorted(maps.Keys(at)) {
		out = append(out, at[head])
	}
	return out
}

// mend gives the faces of a fault an owner and says how far that moves a border.
func (m *mender) mend(faces []int32) Change {
	o := m.o
	c := Change{What: m.kind[faces[0]], To: -1}
	largest := 0.0
	for _, f := range faces {
		area := o.SquareMetres(int(f))
		if c.AreaM2 += area; area >= largest {
			largest, c.At = area, o.Mesh.Inside(int(f))
		}
	}
	rim := m.rim(faces)
	if cover := o.cover[faces[0]]; len(cover) > 0 {
		for _, w := range cover {
			c.From = append(c.From, int(w.area))
		}
		c.To = c.From[0]
	} else {
		c.To = int(beside(rim))
	}
	for _, f := range faces {
		m.label[f] = int32(c.To)
	}
	c.MovedM = moved(rim, int32(c.To), c.AreaM2)
	return c
}

// An edge of a fault's rim, and the area beyond it; -1 for none, or for another
// fault.
type rimEdge struct {
	a, b   orb.Point
	length float64
	beyond int32
}

func (m *mender) rim(faces []int32) []rimEdge {
	var out []rimEdge
	for _, f := range faces {
		for _, ring := range m.o.Mesh.RingEdges(int(f)) {
			for _, e := range ring {
				x := m.o.Mesh.Edges[e]
				other := x.Left
				if other == f {
					other = x.Right
				}
				if planar.Find(m.group, other) == planar.Find(m.group, f) {
					continue
				}
				a, b := m.o.Mesh.Nodes[x.From].Orb(), m.o.Mesh.Nodes[x.To].Orb()
				out = append(out, rimEdge{a, b, float64(geo.Distance(a, b)), m.label[other]})
			}
		}
	}
	return out
}

// beside is the area with the longest border on a rim, of those with nearly as long
// a one the last.
func beside(rim []rimEdge) int32 {
	length, longest := map[int32]float64{}, 0.0
	for _, e := range rim {
		if e.beyond >= 0 {
			length[e.beyond] += e.length
			longest = max(longest, length[e.beyond])
		}
	}
	best := int32(-1)
	for area, l := range length {
		if l >= 0.8*longest {
			best = max(best, area)
		}
	}
	return best
}

// mostMeasured bounds the work on one fault.
const mostMeasured = 4_000_000

// moved is how far the border of what the fault's new owner had is from its new one,
// at most: from any corner of the rim that vanishes to the rim that stays. Where all
// of it vanishes, or there is too much to measure, it is the width: twice the area
// by the length of the rim.
func moved(rim []rimEdge, to int32, areaM2 float64) float64 {
	var gone, stays []rimEdge
	whole := 0.0
	for _, e := range rim {
		whole += e.length
		if e.beyond == to {
			gone = append(gone, e)
		} else {
			stays = append(stays, e)
		}
	}
	if whole == 0 {
		return 0
	}
	if len(gone) == 0 || len(stays) == 0 || len(gone)*len(stays) > mostMeasured {
		return 2 * areaM2 / whole
	}
	farthest := 0.0
	for _, g := range gone {
		for _, p := range []orb.Point{g.a, {(g.a[0] + g.b[0]) / 2, (g.a[1] + g.b[1]) / 2}, g.b} {
			near := math.Inf(1)
			for _, s := range stays {
				_, _, d := geo.NearestOnSegment(p, s.a, s.b)
				near = min(near, float64(d))
			}
			farthest = max(farthest, near)
		}
	}
	return farthest
}

// String is the change in one line.
func (c Change) String() string {
	switch c.What {
	case "empty":
		return fmt.Sprintf("feature %d would have no ground of its own", c.From[0])
	case "gap":
		return fmt.Sprintf("a gap of %.1f m2 goes to feature %d: its border moves by %.2f m at %.7f,%.7f", c.AreaM2, c.To, c.MovedM, c.At[0], c.At[1])
	case "knot":
		return fmt.Sprintf("feature %d goes round %.1f m2 in a knot, %.2f m wide, at %.7f,%.7f", c.To, c.AreaM2, c.MovedM, c.At[0], c.At[1])
	}
	return fmt.Sprintf("%.1f m2 that features %v share go to feature %d: the border of the others moves by %.2f m at %.7f,%.7f", c.AreaM2, c.From, c.To, c.MovedM, c.At[0], c.At[1])
}
