package teltonika

import (
	"math"
	"time"

	"citygrid/live/ingest/tracker"
)

// A codec is how wide the numbers of elements are.
type codec struct {
	id    int  // bytes of an element's number
	count int  // bytes of a number of elements
	cause bool // says why the record was made
	more  bool // has elements of any length
}

var codecs = map[int]codec{
	7:    {1, 1, false, false},
	8:    {1, 1, false, false},
	0x8E: {2, 2, false, true},
	16:   {2, 1, true, false},
}

func number(r *tracker.Reader, size int) int {
	if size == 1 {
		return r.U8()
	}
	return r.U16()
}

// record is one position of codecs 8, 8 extended and 16.
func record(p *tracker.Position, r *tracker.Reader, c codec) error {
	ms := r.U64()
	priority := r.U8()
	p.Lon, p.Lat = float64(r.I32())*1e-7, float64(r.I32())*1e-7
	p.AltitudeM = float64(r.I16())
	p.CourseDeg = float64(r.U16())
	sat := r.U8()
	p.SpeedKmh = float64(r.U16())
	event := number(r, c.id)
	if c.cause {
		p.Set("eventCause", r.U8())
	}
	number(r, c.count) // of all elements; the groups say as much
	if r.Short() {
		return tracker.ErrShort
	}
	if ms < 0 || ms > maxMillis {
		return tracker.ErrForeign
	}
	p.Located = true
	p.Time = time.UnixMilli(ms).UTC()
	p.Valid = sat > 0
	p.Set("priority", priority)
	p.Set("sat", sat)
	p.Set("event", event)
	for _, size := range []int{1, 2, 4, 8} {
		n := number(r, c.count)
		if n*(c.id+size) > r.Left() {
			return tracker.ErrShort
		}
		for range n {
			id := number(r, c.id)
			element(p, id, size, r)
		}
	}
	if c.more {
		for n := r.U16(); n > 0 && !r.Short(); n-- {
			id, size := r.U16(), r.U16()
			if size > r.Left() {
				return tracker.ErrShort
			}
			long(p, id, r.Sub(size), size)
		}
	}
	if r.Short() {
		return tracker.ErrShort
	}
	network(p)
	return nil
}

// maxMillis is the end of the year 2200: later times are noise.
const maxMillis = 7289654400000

// gh is one record of codec 7: masks say which fields there are. Its time
// counts from 2007.
func gh(p *tracker.Position, r *tracker.Reader) error {
	p.Time = time.Unix(r.U32()&0x3FFFFFFF+1167609600, 0).UTC()
	mask := r.U8()
	if tracker.Bit(mask, 0) {
		ghPlace(p, r)
	}
	for i, size := range []int{1, 2, 4} {
		if !tracker.Bit(mask, i+1) {
			continue
		}
		n := r.U8()
		if n*(1+size) > r.Left() {
			return tracker.ErrShort
		}
		for range n {
			element(p, r.U8(), size, r)
		}
	}
	if r.Short() {
		return tracker.ErrShort
	}
	return nil
}

func ghPlace(p *tracker.Position, r *tracker.Reader) {
	mask := r.U8()
	if tracker.Bit(mask, 0) {
		p.Lat, p.Lon = r.F32(), r.F32()
		p.Located = math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180
		p.Valid = p.Located
		if !p.Located {
			p.Lat, p.Lon = 0, 0
		}
	}
	if tracker.Bit(mask, 1) {
		p.AltitudeM = float64(r.U16())
	}
	if tracker.Bit(mask, 2) {
		p.CourseDeg = float64(r.U8()) * 360 / 256
	}
	if tracker.Bit(mask, 3) {
		p.SpeedKmh = float64(r.U8())
	}
	if tracker.Bit(mask, 4) {
		p.Set("sat", r.U8())
	}
	if tracker.Bit(mask, 5) {
		c := tracker.Cell{LAC: r.U16(), ID: int64(r.U16())}
		if tracker.Bit(mask, 6) {
			c.Signal = r.U8()
			p.Set("rssi", c.Signal)
			c.Signal = 0
		}
		if tracker.Bit(mask, 7) {
			operator := int(r.U32())
			p.Set("operator", operator)
			c.MCC, c.MNC = operator/100, operator%100
		}
		p.AddCell(c)
		return
	}
	if tracker.Bit(mask, 6) {
		p.Set("rssi", r.U8())
	}
	if tracker.Bit(mask, 7) {
		p.Set("operator", r.U32())
	}
}
