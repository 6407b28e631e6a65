// Package dissect orders the segments of a street network by nested dissection:
// few segments that cut the network in two come last, before them those that cut
// the halves, and so on down. A hierarchy over the segments in this order
// (routing/path) is small for any profile and any speeds, so the order is found
// once for a map, when it is imported, and kept with it.
//
// The cuts are found by inertial flow (Schild and Sommer 2015): the junctions are
// laid out along a line, the first quarter flows to the last, and the least cut
// between them is taken; four directions of the line are tried. Segments, not
// junctions, are cut, because on a graph whose nodes are segments in a direction a
// cut through streets is a separator (Buchhold, Wagner, Zeitz, Zündorf 2020).
package dissect

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"citygrid/geo/street"
)

// Order lists the segments of the parts from the least to the most important:
// each once. Junction numbers must be in range. It works on all cores, and the
// order doesn't depend on how many there are.
func Order(p *street.Parts) []street.SegmentID {
	d := &dissection{
		out:  make([]street.SegmentID, len(p.Segments)),
		free: make(chan struct{}, runtime.GOMAXPROCS(0)-1),
	}
	d.cut(whole(p, d.out), d.out[loops(p):])
	d.running.Wait()
	return d.out
}

// loops is how many segments end where they begin. They cut nothing and come
// first.
func loops(p *street.Parts) (n int) {
	for i := range p.Segments {
		if p.Segments[i].From == p.Segments[i].To {
			n++
		}
	}
	return n
}

// A dissection is one run of Order.
type dissection struct {
	out     []street.SegmentID
	free    chan struct{} // a place for each goroutine beside the first
	running sync.WaitGroup
}

// worthAGoroutine is how many junctions a cell has that is cut beside another.
const worthAGoroutine = 1000

// cut orders the segments of a cell into out, which has just the room.
func (d *dissection) cut(c *cell, out []street.SegmentID) {
	for len(out) > 0 {
		side, separator := c.split()
		for i, s := range separator {
			out[len(out)-len(separator)+i] = s
		}
		a, b := c.halves(side)
		left, right := out[:a.segments()], out[a.segments():a.segments()+b.segments()]
		if a.junctions() > worthAGoroutine {
			select {
			case d.free <- struct{}{}:
				d.running.Go(func() {
					d.cut(a, left)
					<-d.free
				})
				c, out = b, right
				continue
			default:
			}
		}
		d.cut(a, left)
		c, out = b, right
	}
}

// A cell is a part of the network with junctions numbered from 0.
type cell struct {
	x, y  []float32
	first []uint32 // arcs of junction j are first[j]:first[j+1]; each segment is two
	to    []uint32
	twin  []uint32 // the arc back
	name  []street.SegmentID
}

func (c *cell) junctions() int { return len(c.x) }
func (c *cell) segments() int  { return len(c.to) / 2 }

// whole is the network as one cell; its loops go to the begin of out.
func whole(p *street.Parts, out []street.SegmentID) *cell {
	c := &cell{x: make([]float32, len(p.Junctions)), y: make([]float32, len(p.Junctions))}
	for i := range p.Junctions {
		at := p.Junctions[i].At
		c.x[i] = float32(float64(at.Lon) * math.Cos(float64(at.Lat)/1e7*math.Pi/180))
		c.y[i] = float32(at.Lat)
	}
	ends := make([][2]uint32, 0, len(p.Segments))
	names := make([]street.SegmentID, 0, len(p.Segments))
	looped := 0
	for i := range p.Segments {
		s := &p.Segments[i]
		if s.From == s.To {
			out[looped] = street.SegmentID(i)
			looped++
			continue
		}
		ends = append(ends, [2]uint32{uint32(s.From), uint32(s.To)})
		names = append(names, street.SegmentID(i))
	}
	c.join(ends, names)
	return c
}

// join fills in the arcs.
func (c *cell) join(ends [][2]uint32, names []street.SegmentID) {
	c.first = make([]uint32, c.junctions()+1)
	for _, e := range ends {
		c.first[e[0]+1]++
		c.first[e[1]+1]++
	}
	for j := range c.x {
		c.first[j+1] += c.first[j]
	}
	next := slices.Clone(c.first)
	c.to = make([]uint32, 2*len(ends))
	c.twin = make([]uint32, 2*len(ends))
	c.name = make([]street.SegmentID, 2*len(ends))
	for i, e := range ends {
		a, b := next[e[0]], next[e[1]]
		next[e[0]]++
		next[e[1]]++
		c.to[a], c.to[b] = e[1], e[0]
		c.twin[a], c.twin[b] = b, a
		c.name[a], c.name[b] = names[i], names[i]
	}
}

// split gives each junction a side and lists the segments between the sides. If
// the cell is in pieces, nothing need be cut.
func (c *cell) split() (side []bool, separator []street.SegmentID) {
	if c.junctions() == 2 {
		side = []bool{true, false}
	} else if side = c.pieces(); side == nil {
		side = c.flow()
	}
	for j := range c.x {
		for a := c.first[j]; a < c.first[j+1]; a++ {
			if side[j] && !side[c.to[a]] {
				separator = append(separator, c.name[a])
			}
		}
	}
	slices.Sort(separator)
	return side, separator
}

// pieces parts a cell that is not connected, as evenly as its pieces in their
// order allow; nil if it is connected.
func (c *cell) pieces() []bool {
	side := make([]bool, c.junctions())
	var queue []uint32
	taken := 0
	for j := range side {
		if side[j] {
			continue
		}
		before := taken
		queue = append(queue[:0], uint32(j))
		side[j] = true
		for len(queue) > 0 {
			k := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			taken++
			for _, to := range c.to[c.first[k]:c.first[k+1]] {
				if !side[to] {
					side[to] = true
					queue = append(queue, to)
				}
			}
		}
		switch {
		case before == 0 && taken == len(side):
			return nil
		case 2*taken >= len(side) && taken < len(side):
			return side
		case taken == len(side): // the last piece is the larger half
			c.clear(side, uint32(j))
			return side
		}
	}
	return nil
}

// clear takes the piece that j is in out of a side.
func (c *cell) clear(side []bool, j uint32) {
	queue := []uint32{j}
	side[j] = false
	for len(queue) > 0 {
		k := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, to := range c.to[c.first[k]:c.first[k+1]] {
			if side[to] {
				side[to] = false
				queue = append(queue, to)
			}
		}
	}
}

// halves are the two sides as cells, without the segments between them.
func (c *cell) halves(side []bool) (a, b *cell) {
	number := make([]uint32, len(side)) // in its half
	a, b = new(cell), new(cell)
	for j, in := range side {
		h := b
		if in {
			h = a
		}
		number[j] = uint32(h.junctions())
		h.x, h.y = append(h.x, c.x[j]), append(h.y, c.y[j])
	}
	for _, h := range []*cell{a, b} {
		var ends [][2]uint32
		var names []street.SegmentID
		for j := range side {
			if side[j] != (h == a) {
				continue
			}
			for i := c.first[j]; i < c.first[j+1]; i++ {
				if side[c.to[i]] == side[j] && i < c.twin[i] {
					ends = append(ends, [2]uint32{number[j], number[c.to[i]]})
					names = append(names, c.name[i])
				}
			}
		}
		h.join(ends, names)
	}
	return a, b
}

// along lists the junctions as they lie along a line of that slope.
func (c *cell) along(dx, dy float32) []uint32 {
	order := make([]uint32, c.junctions())
	key := make([]float32, c.junctions())
	for j := range order {
		order[j] = uint32(j)
		key[j] = c.x[j]*dx + c.y[j]*dy
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a, b)) })
	return order
}
