package studio

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

// A Side is who answers for ground in one of two plans that are compared.
type Side struct {
	Grid   grid.GridID // 0 = a new one
	Name   map[string]string
	Team   grid.TeamID
	Member int64
}

// A Piece is a side and its ground.
type Piece struct {
	Side
	Ground orb.MultiPolygon
}

// Handover is ground that another answers for.
type Handover struct {
	From, To *Side // nil: nobody
	Units    int   // of the draft, by a point well inside them
	Minutes  float64
	AreaM2   float64
	Ground   orb.MultiPolygon
}

// sliverM2 is the smallest ground that counts as handed over, all together.
const sliverM2 = 1.0

// same says whether nothing changes for ground of a that goes to b.
func (s *Side) same(t *Side) bool {
	if s.Team != t.Team || s.Member != t.Member {
		return false
	}
	if s.Grid != 0 || t.Grid != 0 {
		return s.Grid == t.Grid
	}
	return maps.Equal(s.Name, t.Name)
}

// Pieces are the parts with their ground, as another draft is compared with them.
func (d *Draft) Pieces() []Piece {
	var ids []PartID
	var out []Piece
	for _, p := range d.Parts() {
		if p.Units > 0 {
			ids = append(ids, p.ID)
			out = append(out, Piece{Side: Side{p.Grid, p.Name, p.Team, p.Member}})
		}
	}
	for i, ground := range d.Grounds(ids) {
		out[i].Ground = ground
	}
	return out
}

// Compare says what a draft changes: which ground goes from whom to whom, the
// most work first, and how the work was shared out before.
func (d *Draft) Compare(was []Piece) ([]Handover, Summary, error) {
	is := d.Pieces()
	grounds := make([]orb.MultiPolygon, 0, len(is)+len(was))
	for _, p := range is {
		grounds = append(grounds, p.Ground)
	}
	for _, p := range was {
		grounds = append(grounds, p.Ground)
	}
	o, err := partition.Lay(grounds)
	if err != nil {
		return nil, Summary{}, fmt.Errorf("compare: %w: %w", ErrGround, err)
	}
	type pair struct{ from, to int } // 1 + the place in was and is; 0 = nobody
	pairs := make([]pair, o.Mesh.Faces())
	before := make([]int32, o.Mesh.Faces())
	after := make([]int32, o.Mesh.Faces())
	for f := range pairs {
		owners, _ := o.Owners(f)
		for _, a := range owners {
			if a < len(is) && pairs[f].to == 0 {
				pairs[f].to = a + 1
			} else if a >= len(is) && pairs[f].from == 0 {
				pairs[f].from = a - len(is) + 1
			}
		}
		before[f], after[f] = int32(pairs[f].from), int32(pairs[f].to)
	}
	var out []Handover
	number := map[pair]int32{}
	label := make([]int32, len(pairs))
	for f, p := range pairs {
		label[f] = -1
		if p.from == 0 && p.to == 0 || p.from > 0 && p.to > 0 && was[p.from-1].same(&is[p.to-1].Side) {
			continue
		}
		n, known := number[p]
		if !known {
			n = int32(len(out))
			number[p] = n
			var h Handover
			if p.from > 0 {
				h.From = &was[p.from-1].Side
			}
			if p.to > 0 {
				h.To = &is[p.to-1].Side
			}
			out = append(out, h)
		}
		label[f] = n
		out[n].AreaM2 += o.SquareMetres(f)
	}
	for i, ground := range o.Mesh.Dissolve(label, len(out)) {
		out[i].Ground = ground
	}
	from, to := o.Mesh.Locator(before), o.Mesh.Locator(after)
	work := make([]float64, len(was)+1)
	for id := range d.Units {
		at, _ := planar.At(d.Inside(id))
		p := pair{int(from.At(at)), int(to.At(at))}
		work[p.from] += d.Minutes(id)
		if n, moves := number[p]; moves {
			out[n].Units++
			out[n].Minutes += d.Minutes(id)
		}
	}
	out = slices.DeleteFunc(out, func(h Handover) bool { return h.AreaM2 < sliverM2 })
	slices.SortStableFunc(out, func(a, b Handover) int {
		if a.Minutes != b.Minutes {
			return int(math.Copysign(1, b.Minutes-a.Minutes))
		}
		return int(math.Copysign(1, b.AreaM2-a.AreaM2))
	})
	return out, summaryOf(was, work[1:], o.Mesh, before), nil
}

// summaryOf is the summary of pieces with so much work.
func summaryOf(pieces []Piece, work []float64, m *planar.Mesh, label []int32) Summary {
	s := Summary{Connected: len(pieces) > 0}
	if len(pieces) == 0 {
		return s
	}
	total, most := 0.0, 0.0
	for i, p := range pieces {
		total += work[i]
		most = max(most, work[i])
		s.Connected = s.Connected && len(p.Ground) == 1
		s.CompactnessMean += grid.Compactness(p.Ground, partition.AreaM2(p.Ground)) / float64(len(pieces))
	}
	for _, e := range m.Edges {
		if l, r := label[e.Left], label[e.Right]; l != r && l != 0 && r != 0 {
			s.CutKm += float64(geo.Distance(m.Nodes[e.From].Orb(), m.Nodes[e.To].Orb())) / 1000
		}
	}
	s.MeanMinutes = total / float64(len(pieces))
	if s.MeanMinutes > 0 {
		squares := 0.0
		for _, w := range work {
			squares += (w/s.MeanMinutes - 1) * (w/s.MeanMinutes - 1)
		}
		s.MaxOverMean, s.CV = most/s.MeanMinutes, math.Sqrt(squares/float64(len(pieces)))
		s.LowerBound = 1
	}
	return s
}
