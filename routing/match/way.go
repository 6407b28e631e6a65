package match

import (
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A Way puts together what a stream decides. The zero Way is empty and ready.
type Way struct {
	parts []part
}

// A part is an unbroken piece of a way.
type part struct {
	legs  []Leg
	gone  geo.Metres // length of the legs but the last
	known []passing
}

// passing is when the way had got so far.
type passing struct {
	at   geo.Metres
	time time.Time
}

// Add goes on with what was decided next.
func (w *Way) Add(m *Matcher, d Decided) {
	if d.Place == nil {
		return
	}
	if d.Begins || len(w.parts) == 0 {
		w.parts = append(w.parts, part{legs: []Leg{{Segment: d.Place.Segment, Forward: d.Place.Forward, Start: d.Place.Along, End: d.Place.Along}}})
	} else {
		w.parts[len(w.parts)-1].travel(m.n, &d)
	}
	p := &w.parts[len(w.parts)-1]
	p.known = append(p.known, passing{p.gone + p.last().Distance(), d.Time})
}

func (p *part) last() *Leg { return &p.legs[len(p.legs)-1] }

// travel goes on to the next place.
func (p *part) travel(n *street.Network, d *Decided) {
	l := p.last()
	if d.Round {
		l.extend(d.Place.Along)
	}
	for i, c := range d.Way {
		l = p.last()
		length := geo.Metres(n.Segment(l.Segment).LengthM)
		if !d.Round || i > 0 {
			if l.Forward {
				l.extend(length)
			} else {
				l.extend(0)
			}
		}
		start := geo.Metres(0)
		if d.Round && i == 0 {
			start = l.End
		} else if !c.Forward {
			start = geo.Metres(n.Segment(c.Segment).LengthM)
		}
		p.gone += l.Distance()
		p.legs = append(p.legs, Leg{Segment: c.Segment, Forward: c.Forward, Start: start, End: start})
	}
	p.last().extend(d.Place.Along)
}

// extend goes on along the leg, never back.
func (l *Leg) extend(along geo.Metres) {
	if l.Forward {
		l.End = max(l.End, along)
	} else {
		l.End = min(l.End, along)
	}
}

// touched is the length under which a leg at the end of a way isn't one.
const touched geo.Metres = 0.1

// Parts are the unbroken pieces so far, with times.
func (w *Way) Parts() [][]Leg {
	var all [][]Leg
	for i := range w.parts {
		all = append(all, w.parts[i].timed())
	}
	return all
}

// timed gives the legs their times, without those at the ends that are only touched.
func (p *part) timed() []Leg {
	var gone geo.Metres
	k := 0
	when := func(at geo.Metres) time.Time {
		for k+1 < len(p.known)-1 && p.known[k+1].at < at {
			k++
		}
		a, b := p.known[k], p.known[min(k+1, len(p.known)-1)]
		switch {
		case at >= b.at:
			return b.time
		case at <= a.at:
			return a.time
		}
		return a.time.Add(time.Duration(float64((at-a.at)/(b.at-a.at)) * float64(b.time.Sub(a.time))))
	}
	legs := append([]Leg(nil), p.legs...)
	for i := range legs {
		legs[i].Begin = when(gone)
		gone += legs[i].Distance()
		legs[i].Done = when(gone)
	}
	for len(legs) > 1 && legs[0].Distance() < touched {
		legs = legs[1:]
	}
	for len(legs) > 1 && legs[len(legs)-1].Distance() < touched {
		legs = legs[:len(legs)-1]
	}
	return legs
}
