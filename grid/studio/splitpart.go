package studio

import (
	"container/heap"
	"fmt"
	"math"

	"citygrid/geo"
	"citygrid/geo/planar"
)

// splitPart cuts a part in two, and makes the change.
func (d *Draft) splitPart(e Edit, weigh Weigh) (c Change, err error) {
	if err := d.hasPart(e.Part); err != nil {
		return c, err
	}
	if err := d.open(e.Part); err != nil {
		return c, err
	}
	line, err := lineOf(e.Line)
	if err != nil {
		return c, err
	}
	wall := map[int32]bool{}
	switch e.Along {
	case AlongLine, "":
		k, err := d.cutAlong(d.crossed(e.Part, line), line, weigh)
		if err != nil {
			return c, err
		}
		c = k.change
		for _, n := range k.fresh {
			wall[n] = true
		}
	case AlongBorders:
		if wall, err = d.borderAlong(e.Part, line); err != nil {
			return c, err
		}
	default:
		return c, fmt.Errorf("%w: along %q: want line or streets", ErrEdit, e.Along)
	}
	d.do(&c)
	moves, err := d.sideOf(e.Part, wall)
	if err == nil && len(d.parts) > MaxParts {
		err = fmt.Errorf("%w: %d parts, there can be no more", ErrEdit, MaxParts)
	}
	if err != nil {
		d.back(&c)
		return Change{}, err
	}
	is := d.parts[e.Part].is.clone()
	is.ID, is.Grid, is.Code = PartID(len(d.parts)), 0, ""
	second := Change{Parts: []partChange{{ID: is.ID, Is: &is}}}
	for _, id := range moves {
		was := d.units[id]
		painted := was
		painted.Part = is.ID
		second.Units = append(second.Units, unitChange{id, was, painted})
	}
	d.do(&second)
	c.Parts, c.Units = second.Parts, append(c.Units, second.Units...)
	return c, nil
}

// crossed gives the units of a part whose box a line touches.
func (d *Draft) crossed(p PartID, line []planar.Point) (units []UnitID) {
	for id := range d.Units {
		if d.units[id].Part != p {
			continue
		}
		low, high := d.box(id)
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			if min(a.X, b.X) <= high.X && max(a.X, b.X) >= low.X && min(a.Y, b.Y) <= high.Y && max(a.Y, b.Y) >= low.Y {
				units = append(units, id)
				break
			}
		}
	}
	return units
}

// box is the smallest box around a unit.
func (d *Draft) box(id UnitID) (low, high planar.Point) {
	low, high = planar.Point{X: math.MaxInt64, Y: math.MaxInt64}, planar.Point{X: math.MinInt64, Y: math.MinInt64}
	for _, n := range d.around[id] {
		for _, p := range d.arcs[n].points {
			low = planar.Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
			high = planar.Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
		}
	}
	return low, high
}

// sideOf gives the units of a part on one side of walls, the side with less work.
func (d *Draft) sideOf(p PartID, wall map[int32]bool) ([]UnitID, error) {
	group := map[UnitID]int{} // 1 + the number of the piece between walls
	var groups [][]UnitID
	for id := range d.Units {
		if d.units[id].Part != p || group[id] > 0 {
			continue
		}
		g := len(groups) + 1
		group[id] = g
		queue := []UnitID{id}
		for at := 0; at < len(queue); at++ {
			for _, n := range d.around[queue[at]] {
				o := d.arcs[n].other(queue[at])
				if !wall[n] && o != 0 && d.units[o].Part == p && group[o] == 0 {
					group[o] = g
					queue = append(queue, o)
				}
			}
		}
		groups = append(groups, queue)
	}
	// Across a wall is the other side. What no wall touches stays.
	beside := make([][]int, len(groups))
	for n := range wall {
		a, b := group[d.arcs[n].left], group[d.arcs[n].right]
		if a == 0 || b == 0 {
			continue
		}
		if a == b {
			return nil, ErrNoCut
		}
		beside[a-1] = append(beside[a-1], b-1)
		beside[b-1] = append(beside[b-1], a-1)
	}
	side := make([]int, len(groups))
	var work [3]int64
	for first := range groups {
		if side[first] != 0 || len(beside[first]) == 0 {
			continue
		}
		side[first] = 1
		queue := []int{first}
		for at := 0; at < len(queue); at++ {
			g := queue[at]
			for _, u := range groups[g] {
				work[side[g]] += d.units[u].Work
			}
			for _, o := range beside[g] {
				if side[o] == side[g] {
					return nil, ErrNoCut
				}
				if side[o] == 0 {
					side[o] = 3 - side[g]
					queue = append(queue, o)
				}
			}
		}
	}
	less := 1
	if work[2] < work[1] {
		less = 2
	}
	var moves []UnitID
	kept := false
	for g, units := range groups {
		if side[g] == less {
			moves = append(moves, units...)
		} else {
			kept = true
		}
	}
	if len(moves) == 0 || !kept {
		return nil, ErrNoCut
	}
	return moves, nil
}

// nearby is how far off a drawn line a border counts double.
const nearby = 20 // metres

// borderAlong is the way along borders between units of a part that follows a
// line best: from the part's own border, or its end, near the line's beginning to
// that near its end. What is off the line counts as longer.
func (d *Draft) borderAlong(p PartID, line []planar.Point) (map[int32]bool, error) {
	lonM, latM := geo.MetresPerDegree(line[0].Orb()[1])
	flat := func(q planar.Point) [2]float64 {
		return [2]float64{float64(q.X-line[0].X) / planar.Unit * float64(lonM), float64(q.Y-line[0].Y) / planar.Unit * float64(latM)}
	}
	off := func(q planar.Point) float64 {
		best := math.Inf(1)
		at := flat(q)
		for i := 1; i < len(line); i++ {
			best = min(best, toSegment(at, flat(line[i-1]), flat(line[i])))
		}
		return best
	}
	type way struct {
		arc  int32
		to   planar.Point
		cost float64
	}
	ways := map[planar.Point][]way{}
	rim := map[planar.Point]bool{}
	for id := range d.Units {
		if d.units[id].Part != p {
			continue
		}
		for _, n := range d.around[id] {
			a := &d.arcs[n]
			first, last := a.points[0], a.points[len(a.points)-1]
			o := a.other(id)
			if o == 0 || d.units[o].Part != p {
				rim[first], rim[last] = true, true
				continue
			}
			if a.left != id {
				continue // once
			}
			far := 0.0
			for _, q := range a.points {
				far += off(q) / float64(len(a.points))
			}
			cost := float64(a.length) / metre * (1 + far/nearby)
			ways[first] = append(ways[first], way{n, last, cost})
			ways[last] = append(ways[last], way{n, first, cost})
		}
	}
	nearest := func(to planar.Point) (best planar.Point, found bool) {
		far := math.Inf(1)
		for q := range ways {
			if !rim[q] {
				continue
			}
			a, b := flat(q), flat(to)
			if dist := math.Hypot(a[0]-b[0], a[1]-b[1]); dist < far || dist == far && less(q, best) {
				best, far, found = q, dist, true
			}
		}
		return best, found
	}
	from, ok1 := nearest(line[0])
	to, ok2 := nearest(line[len(line)-1])
	if !ok1 || !ok2 || from == to {
		return nil, ErrNoCut
	}
	cost := map[planar.Point]float64{from: 0}
	by := map[planar.Point]way{}
	queue := &reachedHeap{{from, 0}}
	for queue.Len() > 0 {
		r := heap.Pop(queue).(reached)
		if r.at == to {
			break
		}
		if r.cost > cost[r.at] {
			continue
		}
		for _, w := range ways[r.at] {
			c := r.cost + w.cost
			if was, known := cost[w.to]; !known || c < was {
				cost[w.to] = c
				by[w.to] = way{w.arc, r.at, 0}
				heap.Push(queue, reached{w.to, c})
			}
		}
	}
	wall := map[int32]bool{}
	for at := to; at != from; {
		w, known := by[at]
		if !known {
			return nil, ErrNoCut
		}
		wall[w.arc] = true
		at = w.to
	}
	return wall, nil
}

func less(a, b planar.Point) bool { return a.X < b.X || a.X == b.X && a.Y < b.Y }

// toSegment is the distance of p from the segment from a to b.
func toSegment(p, a, b [2]float64) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(a[0]+t*dx-p[0], a[1]+t*dy-p[1])
}

// reached is a node and what the way there costs.
type reached struct {
	at   planar.Point
	cost float64
}

type reachedHeap []reached

func (h reachedHeap) Len() int           { return len(h) }
func (h reachedHeap) Less(i, j int) bool { return h[i].cost < h[j].cost }
func (h reachedHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *reachedHeap) Push(x any)        { *h = append(*h, x.(reached)) }
func (h *reachedHeap) Pop() any {
	x := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return x
}
