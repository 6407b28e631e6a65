package studio

import (
	"math"
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// A PartSum is a part and what its units come to.
type PartSum struct {
	Part
	Units       int
	Minutes     float64
	AreaM2      float64
	Compactness float64 // of Polsby and Popper (1991): 1 for a disc, 0 without ground
	Pieces      int     // 1 is right
}

// A Summary is how the work is shared out.
type Summary struct {
	MaxOverMean     float64 // minutes of the part with the most, over the mean; 0 without parts
	MeanMinutes     float64
	CV              float64 // standard deviation of the minutes over their mean
	LowerBound      float64 // of MaxOverMean with so many parts, by the heaviest unit
	Connected       bool    // each part is in one piece, and has one
	CompactnessMean float64
	CutKm           float64 // of borders between parts
	Unpainted       int     // units without a part
}

// Parts gives all parts, by id.
func (d *Draft) Parts() []PartSum {
	var out []PartSum
	for id := 1; id < len(d.parts); id++ {
		if d.parts[id].live {
			out = append(out, d.partSum(PartID(id)))
		}
	}
	return out
}

// Part is one part; false when there is none of that id.
func (d *Draft) Part(id PartID) (PartSum, bool) {
	if d.hasPart(id) != nil {
		return PartSum{}, false
	}
	return d.partSum(id), true
}

func (d *Draft) partSum(id PartID) PartSum {
	p := &d.parts[id]
	s := PartSum{Part: p.is.clone(), Units: p.units, Minutes: float64(p.work) / minute, AreaM2: float64(p.area) / squareMetre, Pieces: p.pieces}
	if rim := float64(p.rim) / metre; rim > 0 {
		s.Compactness = 4 * math.Pi * s.AreaM2 / rim / rim
	}
	return s
}

// Summary is how the work is shared out now.
func (d *Draft) Summary() Summary { return d.summary(false) }

// summary counts parts without units too, or passes over them.
func (d *Draft) summary(passOver bool) Summary {
	s := Summary{Connected: true, CutKm: float64(d.cut) / metre / 1000, Unpainted: d.parts[0].units}
	n, work, most, squares := 0, 0.0, 0.0, 0.0
	for id := 1; id < len(d.parts); id++ {
		p := &d.parts[id]
		if !p.live || passOver && p.units == 0 {
			continue
		}
		n++
		work += float64(p.work)
		most = max(most, float64(p.work))
		s.Connected = s.Connected && p.pieces == 1
		if rim := float64(p.rim) / metre; rim > 0 {
			s.CompactnessMean += 4 * math.Pi * float64(p.area) / squareMetre / rim / rim
		}
	}
	if n == 0 {
		s.Connected = false
		return s
	}
	mean := work / float64(n)
	s.MeanMinutes, s.CompactnessMean = mean/minute, s.CompactnessMean/float64(n)
	if mean <= 0 {
		return s
	}
	for id := 1; id < len(d.parts); id++ {
		if p := &d.parts[id]; p.live && !(passOver && p.units == 0) {
			squares += (float64(p.work)/mean - 1) * (float64(p.work)/mean - 1)
		}
	}
	s.MaxOverMean, s.CV = most/mean, math.Sqrt(squares/float64(n))
	if !d.weighed {
		d.heaviest, d.weighed = 0, true
		for i := range d.units {
			if u := &d.units[i]; u.painted() {
				d.heaviest = max(d.heaviest, u.Work)
			}
		}
	}
	s.LowerBound = max(1, float64(d.heaviest)/mean)
	return s
}

// A Fault is what still keeps a draft from being a plan, or should be looked at.
type Fault struct {
	What string // unpainted, apart or empty
	Part PartID // 0 for what is not painted
	At   *orb.Point
}

// maxFaults is how many faults are told at once.
const maxFaults = 500

// Faults are what is wrong: units without a part, parts in several pieces (all
// pieces but the largest), parts without units.
func (d *Draft) Faults() []Fault {
	var out []Fault
	var look bool
	for id := 1; id < len(d.parts); id++ {
		p := &d.parts[id]
		if !p.live {
			continue
		}
		if p.units == 0 {
			out = append(out, Fault{What: "empty", Part: PartID(id)})
		}
		look = look || p.pieces > 1
	}
	if d.parts[0].units == 0 && !look {
		return out
	}
	d.look++
	type piece struct {
		from UnitID
		work int64
	}
	pieces := map[PartID][]piece{}
	for id := range d.Units {
		u := &d.units[id]
		if d.seen[id] == d.look || u.Part != 0 && d.parts[u.Part].pieces < 2 {
			continue
		}
		d.flood(id)
		sum := piece{from: id}
		for _, v := range d.queue {
			sum.work += d.units[v].Area
		}
		pieces[u.Part] = append(pieces[u.Part], sum)
	}
	for id := range d.parts {
		list := pieces[PartID(id)]
		what := "unpainted"
		if id > 0 {
			if len(list) < 2 {
				continue
			}
			what = "apart"
			most := 0
			for i, s := range list {
				if s.work > list[most].work {
					most = i
				}
			}
			list = slices.Delete(list, most, most+1)
		}
		for _, s := range list {
			if len(out) >= maxFaults {
				return out
			}
			at := d.Inside(s.from)
			out = append(out, Fault{What: what, Part: PartID(id), At: &at})
		}
	}
	return out
}

// Inside is a point well inside a unit.
func (d *Draft) Inside(id UnitID) orb.Point {
	low, high := d.box(id)
	var edges [][2]planar.Point
	for _, n := range d.around[id] {
		points := d.arcs[n].points
		for i := 1; i < len(points); i++ {
			edges = append(edges, [2]planar.Point{points[i-1], points[i]})
		}
	}
	return widest(edges, low, high)
}

// widest is the middle of the longest cut from west to east through what edges
// enclose, at one of a few latitudes.
func widest(edges [][2]planar.Point, low, high planar.Point) orb.Point {
	best, width := low.Orb(), -1.0
	for _, share := range []float64{0.5, 0.25, 0.75, 0.37, 0.61} {
		y := float64(low.Y) + float64(high.Y-low.Y)*share
		var xs []float64
		for _, e := range edges {
			p, q := e[0], e[1]
			if (float64(p.Y) > y) != (float64(q.Y) > y) {
				xs = append(xs, float64(p.X)+float64(q.X-p.X)*(y-float64(p.Y))/float64(q.Y-p.Y))
			}
		}
		slices.Sort(xs)
		for i := 0; i+1 < len(xs); i += 2 {
			if w := xs[i+1] - xs[i]; w > width {
				width, best = w, orb.Point{(xs[i] + xs[i+1]) / 2 / planar.Unit, y / planar.Unit}
			}
		}
	}
	return best
}
