package jt808

import (
	"citygrid/live/ingest/tracker"
)

// alarms are the bits of the alarm word that call somebody, in the order in
// which reports name them. Bits that only tell a state (in area, on route) and
// those of camera systems are left out. After table 24 of the 2013 edition.
var alarms = []struct {
	bits uint32
	name string
}{
	{1 << 0, "sos"},
	{1 << 1, "overspeed"},
	{1 << 5, "gpsAntennaCut"},
	{1<<4 | 1<<9 | 1<<10 | 1<<11, "fault"},
	{1<<7 | 1<<18, "lowBattery"},
	{1 << 8, "powerOff"},
	{1 << 15, "vibration"},
	{1<<16 | 1<<17, "tampering"},
	{1 << 20, "geofence"},
	{1 << 28, "movement"},
	{1<<29 | 1<<30, "accident"},
	{1 << 2, "fatigueDriving"},
}

// location reads the body of a position: 28 bytes that all editions share, and
// the items after them.
func location(r *tracker.Reader) (tracker.Position, error) {
	var p tracker.Position
	word := uint32(r.U32())
	for _, a := range alarms {
		if word&a.bits != 0 {
			p.Alarm(a.name)
		}
	}
	place(&p, r)
	p.AltitudeM = float64(r.I16())
	p.SpeedKmh = float64(r.U16()) * 0.1
	p.CourseDeg = float64(r.U16())
	p.Time = date(r)
	if r.Short() {
		return p, tracker.ErrShort
	}
	if r.Left() == 20 && r.Peek(0) == 0 && r.Peek(1) != 4 {
		fixedTail(&p, r)
		return p, nil
	}
	items(&p, r)
	return p, nil
}

// place reads status, latitude and longitude.
func place(p *tracker.Position, r *tracker.Reader) {
	status := r.U32()
	p.Located = true
	p.Valid = tracker.Bit(status, 1)
	p.Lat = float64(r.U32()) * 1e-6
	if tracker.Bit(status, 2) {
		p.Lat = -p.Lat
	}
	p.Lon = float64(r.U32()) * 1e-6
	if tracker.Bit(status, 3) {
		p.Lon = -p.Lon
	}
	p.Set("ignition", tracker.Bit(status, 0))
	p.Set("blocked", tracker.Bit(status, 10))
	p.Set("charge", tracker.Bit(status, 26))
}

// fixedTail is the 20 bytes that an early dialect has in place of items.
func fixedTail(p *tracker.Position, r *tracker.Reader) {
	r.Skip(4)
	p.Set("odometer", r.U32()*1000)
	p.Set("battery", float64(r.U16())*0.1)
	r.Skip(4) // area
	p.Set("rssi", r.U8())
}

// batch reads 0x0704: several positions, each with its length. In 0x0210 the
// length is a byte and there is no count.
func batch(id int, r *tracker.Reader) ([]tracker.Position, error) {
	archive := false
	if id == idBatch {
		r.Skip(2)             // how many; the lengths say as much
		archive = r.U8() == 1 // 1 = stored in a blind spot, 0 = as they came
	}
	var out []tracker.Position
	for r.Left() > 2 {
		var n int
		if id == idBatch {
			n = r.U16()
		} else {
			n = r.U8()
		}
		if n > r.Left() {
			return out, tracker.ErrShort
		}
		p, err := location(r.Sub(n))
		if err != nil {
			return out, err
		}
		if archive {
			p.Set("archive", true)
		}
		out = append(out, p)
	}
	return out, nil
}
