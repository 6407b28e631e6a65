package mapfile

import (
	"citygrid/geo/street"
)

func encodeJunctions(p *street.Parts) []byte {
	e := new(encoder)
	e.uint(uint64(len(p.Junctions)))
	var at step
	node := int64(0)
	column(p.Junctions, func(j *street.Junction) { at.write(e, j.At.Lon, j.At.Lat) })
	column(p.Junctions, func(j *street.Junction) { e.int(j.Node - node); node = j.Node })
	column(p.Junctions, func(j *street.Junction) { e.uint(uint64(j.Blocked)) })
	column(p.Junctions, func(j *street.Junction) { e.byte(byte(j.Flags)) })
	return e.b
}

func decodeJunctions(b []byte, p *street.Parts) error {
	d := newDecoder(b, false)
	p.Junctions = make([]street.Junction, d.count(5))
	var at step
	node := int64(0)
	column(p.Junctions, func(j *street.Junction) { j.At.Lon, j.At.Lat = at.read(d) })
	column(p.Junctions, func(j *street.Junction) { node += d.int(); j.Node = node })
	column(p.Junctions, func(j *street.Junction) { j.Blocked = street.Vehicles(d.uint16()) })
	column(p.Junctions, func(j *street.Junction) { j.Flags = street.JunctionFlags(d.byte()) })
	return d.end()
}

func encodeShape(p *street.Parts) []byte {
	e := new(encoder)
	e.uint(uint64(len(p.Shape)))
	var at step
	column(p.Shape, func(f *street.Fixed) { at.write(e, f.Lon, f.Lat) })
	return e.b
}

func decodeShape(b []byte, p *street.Parts) error {
	d := newDecoder(b, false)
	p.Shape = make([]street.Fixed, d.count(2))
	var at step
	column(p.Shape, func(f *street.Fixed) { f.Lon, f.Lat = at.read(d) })
	return d.end()
}

func encodeSegments(p *street.Parts) []byte {
	e := new(encoder)
	s := p.Segments
	e.uint(uint64(len(s)))
	way, from, shape, name := int64(0), int64(0), int64(0), int64(0)
	column(s, func(s *street.Segment) { e.int(s.Way - way); way = s.Way })
	column(s, func(s *street.Segment) { e.int(int64(s.From) - from); from = int64(s.From) })
	column(s, func(s *street.Segment) { e.int(int64(s.To) - int64(s.From)) })
	column(s, func(s *street.Segment) { e.uint(uint64(s.Points)) })
	// Mostly each shape begins where the one before ends: a column of zeros.
	column(s, func(s *street.Segment) { e.int(int64(s.Shape) - shape); shape = int64(s.Shape) + int64(s.Points) })
	column(s, func(s *street.Segment) { e.float(s.LengthM) })
	column(s, func(s *street.Segment) { e.int(int64(s.Name) - name); name = int64(s.Name) })
	column(s, func(s *street.Segment) { e.uint(uint64(s.Rules)) })
	column(s, func(s *street.Segment) { e.uint(uint64(s.Forward)) })
	column(s, func(s *street.Segment) { e.uint(uint64(s.Backward)) })
	column(s, func(s *street.Segment) { e.uint(uint64(s.Private)) })
	column(s, func(s *street.Segment) { e.byte(s.SpeedForward); e.byte(s.SpeedBackward) })
	column(s, func(s *street.Segment) { e.byte(byte(s.Class)) })
	column(s, func(s *street.Segment) { e.byte(byte(s.Surface)) })
	column(s, func(s *street.Segment) { e.byte(byte(s.Sidewalk)) })
	column(s, func(s *street.Segment) { e.byte(s.Lanes) })
	column(s, func(s *street.Segment) { e.byte(byte(s.Layer)) })
	column(s, func(s *street.Segment) { e.uint(uint64(s.Flags)) })
	return e.b
}

// minSegment is the least that a segment takes: its 18 columns, of which the
// length has 4 bytes and the speeds 2.
const minSegment = 22

func decodeSegments(b []byte, p *street.Parts) error {
	d := newDecoder(b, false)
	p.Segments = make([]street.Segment, d.count(minSegment))
	s := p.Segments
	way, from, shape, name := int64(0), int64(0), int64(0), int64(0)
	narrow := func(x int64) uint32 {
		if x != int64(uint32(x)) {
			d.fail(errRange)
		}
		return uint32(x)
	}
	column(s, func(s *street.Segment) { way += d.int(); s.Way = way })
	column(s, func(s *street.Segment) { from += d.int(); s.From = street.JunctionID(narrow(from)) })
	column(s, func(s *street.Segment) { s.To = street.JunctionID(narrow(int64(s.From) + d.int())) })
	column(s, func(s *street.Segment) { s.Points = d.uint32() })
	column(s, func(s *street.Segment) {
		shape += d.int()
		s.Shape = narrow(shape)
		shape += int64(s.Points)
	})
	column(s, func(s *street.Segment) { s.LengthM = d.float() })
	column(s, func(s *street.Segment) { name += d.int(); s.Name = street.NameID(narrow(name)) })
	column(s, func(s *street.Segment) { s.Rules = street.RuleID(d.uint32()) })
	column(s, func(s *street.Segment) { s.Forward = street.Vehicles(d.uint16()) })
	column(s, func(s *street.Segment) { s.Backward = street.Vehicles(d.uint16()) })
	column(s, func(s *street.Segment) { s.Private = street.Vehicles(d.uint16()) })
	column(s, func(s *street.Segment) { s.SpeedForward, s.SpeedBackward = d.byte(), d.byte() })
	column(s, func(s *street.Segment) { s.Class = street.Class(d.byte()) })
	column(s, func(s *street.Segment) { s.Surface = street.Surface(d.byte()) })
	column(s, func(s *street.Segment) { s.Sidewalk = street.Sides(d.byte()) })
	column(s, func(s *street.Segment) { s.Lanes = d.byte() })
	column(s, func(s *street.Segment) { s.Layer = int8(d.byte()) })
	column(s, func(s *street.Segment) { s.Flags = street.SegmentFlags(d.uint16()) })
	return d.end()
}

func encodeNames(p *street.Parts) []byte {
	body, w := new(encoder), newWords()
	body.uint(uint64(len(p.Names)))
	column(p.Names, func(n *street.Name) {
		body.uint(w.of(n.Default))
		body.uint(w.of(n.Ref))
		body.texts(n.In, w)
	})
	body.uint(uint64(len(p.Rules)))
	column(p.Rules, func(r *street.Rules) {
		body.float(r.MaxHeightM)
		body.float(r.MaxWidthM)
		body.float(r.MaxWeightT)
		body.texts(r.Conditional, w)
	})
	body.uint(uint64(len(p.Restrictions)))
	column(p.Restrictions, func(r *street.Restriction) {
		body.uint(uint64(r.From))
		body.uint(uint64(r.To))
		body.uint(uint64(r.Via))
		body.uint(uint64(len(r.ViaWays)))
		for _, v := range r.ViaWays {
			body.uint(uint64(v))
		}
		flags := byte(0)
		if r.Only {
			flags = 1
		}
		body.byte(flags)
		body.uint(uint64(r.Except))
		body.uint(uint64(r.For))
		body.uint(w.of(r.When))
		body.int(r.Relation)
	})
	left := byte(0)
	if p.DrivesLeft {
		left = 1
	}
	body.byte(left)
	head := new(encoder)
	head.words(w.list)
	return append(head.b, body.b...)
}

func decodeNames(b []byte, p *street.Parts) error {
	d := newDecoder(b, true)
	list := d.words()
	p.Names = make([]street.Name, d.count(3))
	column(p.Names, func(n *street.Name) {
		n.Default = d.word(list)
		n.Ref = d.word(list)
		n.In = d.texts(list)
	})
	p.Rules = make([]street.Rules, d.count(13))
	column(p.Rules, func(r *street.Rules) {
		r.MaxHeightM, r.MaxWidthM, r.MaxWeightT = d.float(), d.float(), d.float()
		r.Conditional = d.texts(list)
	})
	if n := d.count(9); n > 0 {
		p.Restrictions = make([]street.Restriction, n)
	}
	column(p.Restrictions, func(r *street.Restriction) {
		r.From, r.To = street.SegmentID(d.uint32()), street.SegmentID(d.uint32())
		r.Via = street.JunctionID(d.uint32())
		for range d.count(1) {
			r.ViaWays = append(r.ViaWays, street.SegmentID(d.uint32()))
		}
		r.Only = d.byte() == 1
		r.Except, r.For = street.Vehicles(d.uint16()), street.Vehicles(d.uint16())
		r.When = d.word(list)
		r.Relation = d.int()
	})
	p.DrivesLeft = d.byte() == 1
	return d.end()
}

// The order of segments: as steps, since neighbours on the map are often
// neighbours in the order and in the file.
func encodeOrder(p *street.Parts) []byte {
	e := new(encoder)
	e.uint(uint64(len(p.Order)))
	last := int64(0)
	column(p.Order, func(s *street.SegmentID) { e.int(int64(*s) - last); last = int64(*s) })
	return e.b
}

func decodeOrder(b []byte, p *street.Parts) error {
	d := newDecoder(b, false)
	order := make([]street.SegmentID, d.count(1))
	last := int64(0)
	column(order, func(s *street.SegmentID) {
		last += d.int()
		if *s = street.SegmentID(last); last != int64(*s) {
			d.fail(errRange)
		}
	})
	p.Order = order
	return d.end()
}

// A barrier has rules of its own: hours, or limits.
type barrier struct {
	at    street.JunctionID
	rules street.RuleID
}

func encodeBarriers(p *street.Parts) []byte {
	var all []barrier
	for i := range p.Junctions {
		if r := p.Junctions[i].Rules; r != 0 {
			all = append(all, barrier{street.JunctionID(i), r})
		}
	}
	if len(all) == 0 {
		return nil
	}
	e := new(encoder)
	e.uint(uint64(len(all)))
	last := street.JunctionID(0)
	column(all, func(b *barrier) { e.uint(uint64(b.at - last)); last = b.at })
	column(all, func(b *barrier) { e.uint(uint64(b.rules)) })
	return e.b
}

func decodeBarriers(b []byte) ([]barrier, error) {
	d := newDecoder(b, false)
	all := make([]barrier, d.count(2))
	last := uint64(0)
	column(all, func(b *barrier) {
		last += uint64(d.uint32())
		if b.at = street.JunctionID(last); uint64(b.at) != last {
			d.fail(errRange)
		}
	})
	column(all, func(b *barrier) { b.rules = street.RuleID(d.uint32()) })
	return all, d.end()
}
