package mapfile

import (
	"github.com/paulmach/orb"

	"citygrid/geo/basemap"
	"citygrid/geo/place"
)

// Base map in two sections, records and points, so that two cores share the work.

func encodeRecords(p *basemap.Parts) []byte {
	e := new(encoder)
	e.words(p.Words)
	w := newWords()
	names := new(encoder)
	names.uint(uint64(len(p.Names)))
	column(p.Names, func(m *map[string]string) { names.texts(*m, w) })
	e.words(w.list)
	e.b = append(e.b, names.b...)

	r := p.Records
	e.uint(uint64(len(r)))
	first, segment := int64(0), int64(0)
	column(r, func(r *basemap.Record) { e.uint(uint64(r.Rings)) })
	column(r, func(r *basemap.Record) { e.int(int64(r.First) - first); first = int64(r.First) + int64(r.Rings) })
	column(r, func(r *basemap.Record) { e.uint(uint64(r.Names)) })
	column(r, func(r *basemap.Record) { e.uint(uint64(r.Kind)); e.uint(uint64(r.Group)); e.uint(uint64(r.Ref)) })
	column(r, func(r *basemap.Record) { e.int(int64(r.Segment) - segment); segment = int64(r.Segment) })
	column(r, func(r *basemap.Record) {
		if e.byte(boolByte(r.HeightM != 0)); r.HeightM != 0 {
			e.float(r.HeightM)
		}
	})
	column(r, func(r *basemap.Record) { e.byte(byte(r.Layer)); e.byte(byte(r.Shape)); e.byte(byte(r.Flags)) })
	column(r, func(r *basemap.Record) {
		e.byte(r.MinZoom)
		e.byte(r.Rank)
		e.byte(byte(r.OneWay))
		e.byte(byte(r.Level))
	})
	return e.b
}

// minRecord is the least bytes of a record.
const minRecord = 15

func decodeRecords(b []byte, p *basemap.Parts) error {
	d := newDecoder(b, true)
	p.Words = d.words()
	list := d.words()
	p.Names = make([]map[string]string, d.count(1))
	column(p.Names, func(m *map[string]string) { *m = d.texts(list) })

	r := make([]basemap.Record, d.count(minRecord))
	p.Records = r
	first, segment := int64(0), int64(0)
	narrow := func(x int64) uint32 {
		if x != int64(uint32(x)) {
			d.fail(errRange)
		}
		return uint32(x)
	}
	column(r, func(r *basemap.Record) { r.Rings = d.uint32() })
	column(r, func(r *basemap.Record) {
		first += d.int()
		r.First = narrow(first)
		first += int64(r.Rings)
	})
	column(r, func(r *basemap.Record) { r.Names = d.uint32() })
	column(r, func(r *basemap.Record) { r.Kind, r.Group, r.Ref = d.uint32(), d.uint32(), d.uint32() })
	column(r, func(r *basemap.Record) { segment += d.int(); r.Segment = narrow(segment) })
	column(r, func(r *basemap.Record) {
		if d.byte() != 0 {
			r.HeightM = d.float()
		}
	})
	column(r, func(r *basemap.Record) {
		r.Layer, r.Shape, r.Flags = basemap.Layer(d.byte()), basemap.Shape(d.byte()), basemap.Flags(d.byte())
	})
	column(r, func(r *basemap.Record) {
		r.MinZoom, r.Rank, r.OneWay, r.Level = d.byte(), d.byte(), int8(d.byte()), int8(d.byte())
	})
	return d.end()
}

func encodePoints(p *basemap.Parts) []byte {
	e := new(encoder)
	e.uint(uint64(len(p.Rings)))
	first := int64(0)
	column(p.Rings, func(r *basemap.Ring) { e.uint(uint64(r.Count)<<1 | uint64(boolByte(r.Hole))) })
	column(p.Rings, func(r *basemap.Ring) { e.int(int64(r.First) - first); first = int64(r.First) + int64(r.Count) })
	e.uint(uint64(len(p.Points)))
	var x, y uint32
	column(p.Points, func(q *basemap.Point) {
		e.int(int64(int32(q.X - x)))
		e.int(int64(int32(q.Y - y)))
		x, y = q.X, q.Y
	})
	return e.b
}

func decodePoints(b []byte, p *basemap.Parts) error {
	d := newDecoder(b, false)
	p.Rings = make([]basemap.Ring, d.count(2))
	first := int64(0)
	column(p.Rings, func(r *basemap.Ring) {
		n := d.uint()
		r.Hole = n&1 == 1
		if r.Count = uint32(n >> 1); n>>33 != 0 {
			d.fail(errRange)
		}
	})
	column(p.Rings, func(r *basemap.Ring) {
		first += d.int()
		if r.First = uint32(first); first != int64(r.First) {
			d.fail(errRange)
		}
		first += int64(r.Count)
	})
	p.Points = make([]basemap.Point, d.count(2))
	var x, y uint32
	column(p.Points, func(q *basemap.Point) {
		x += uint32(d.int())
		y += uint32(d.int())
		q.X, q.Y = x, y
	})
	return d.end()
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func encodePlaces(places []place.Place) []byte {
	body, w := new(encoder), newWords()
	// Places of one name share it: thousands of houses stand in one street.
	ids := map[string]uint64{}
	var names []map[string]string
	nameOf := func(m map[string]string) uint64 {
		k := new(encoder)
		k.texts(m, w)
		id, ok := ids[string(k.b)]
		if !ok {
			id = uint64(len(names))
			ids[string(k.b)] = id
			names = append(names, m)
		}
		return id
	}
	body.uint(uint64(len(places)))
	var at step
	column(places, func(p *place.Place) { body.byte(byte(p.Kind)) })
	column(places, func(p *place.Place) { body.uint(w.of(p.Detail)); body.uint(w.of(p.Number)); body.uint(w.of(p.In)) })
	column(places, func(p *place.Place) { body.uint(nameOf(p.Name)) })
	column(places, func(p *place.Place) { body.float(p.Weight) })
	column(places, func(p *place.Place) { lon, lat := fixedOf(p.At); at.write(body, lon, lat) })
	column(places, func(p *place.Place) {
		if p.Bound.Min == p.At && p.Bound.Max == p.At {
			body.byte(0)
			return
		}
		body.byte(1)
		lon, lat := fixedOf(p.At)
		from := step{int64(lon), int64(lat)}
		for _, q := range []orb.Point{p.Bound.Min, p.Bound.Max} {
			lon, lat := fixedOf(q)
			from.write(body, lon, lat)
		}
	})
	named := new(encoder)
	named.uint(uint64(len(names)))
	for _, m := range names {
		named.texts(m, w)
	}
	head := new(encoder)
	head.words(w.list)
	return append(append(head.b, named.b...), body.b...)
}

// minPlace is the least bytes of a place.
const minPlace = 12

func decodePlaces(b []byte) ([]place.Place, error) {
	d := newDecoder(b, true)
	list := d.words()
	names := make([]map[string]string, d.count(1))
	for i := range names {
		names[i] = d.texts(list)
	}
	places := make([]place.Place, d.count(minPlace))
	var at step
	column(places, func(p *place.Place) {
		if p.Kind = place.Kind(d.byte()); p.Kind >= place.Kinds {
			d.fail(errRange)
		}
	})
	column(places, func(p *place.Place) { p.Detail, p.Number, p.In = d.word(list), d.word(list), d.word(list) })
	column(places, func(p *place.Place) {
		n := d.uint()
		if n >= uint64(len(names)) {
			d.fail(errRange)
			return
		}
		p.Name = names[n]
	})
	column(places, func(p *place.Place) { p.Weight = d.float() })
	column(places, func(p *place.Place) { p.At = pointOf(at.read(d)) })
	column(places, func(p *place.Place) {
		p.Bound = orb.Bound{Min: p.At, Max: p.At}
		if d.byte() == 0 {
			return
		}
		lon, lat := fixedOf(p.At)
		from := step{int64(lon), int64(lat)}
		p.Bound.Min = pointOf(from.read(d))
		p.Bound.Max = pointOf(from.read(d))
	})
	if err := d.end(); err != nil {
		return nil, err
	}
	return places, nil
}
