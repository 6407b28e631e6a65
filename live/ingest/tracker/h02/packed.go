package h02

import (
	"strconv"
	"time"

	"citygrid/live/ingest/tracker"
)

// packed reads a message of decimal digits, two in a byte.
func packed(frame []byte) (tracker.Message, error) {
	r := tracker.NewReader(frame)
	r.Skip(1)
	var id string
	if len(frame) == sizeLong {
		id = r.Hex(8)[:15]
	} else {
		id = r.Hex(5)
	}
	m := tracker.Message{Devices: []string{id}, Kind: "position"}
	h, mi, s, d, mo, y := r.BCD(), r.BCD(), r.BCD(), r.BCD(), r.BCD(), r.BCD()
	p := tracker.Position{Located: true}
	p.Time = time.Date(2000+y, time.Month(mo), d, h, mi, s, 0, time.UTC)
	lat := r.Hex(4)
	if v, ok := battery(r.U8()); ok {
		p.Set("batteryLevel", v)
	}
	lon := r.Hex(5)
	motion := r.Hex(3)
	word := r.U32()
	if r.Short() {
		return m, tracker.ErrShort
	}
	flags, err1 := strconv.ParseUint(lon[9:], 16, 8)
	var ok1, ok2 bool
	p.Lat, ok1 = digits(lat, 2)
	p.Lon, ok2 = digits(lon[:9], 3)
	speed, err2 := strconv.Atoi(motion[:3])
	course, err3 := strconv.Atoi(motion[3:])
	if err1 != nil || err2 != nil || !ok1 || !ok2 {
		return m, tracker.ErrForeign
	}
	if err3 == nil {
		p.CourseDeg = float64(course)
	}
	p.SpeedKmh = float64(speed) * 1.852
	p.Valid = tracker.Bit(flags, 1)
	if !tracker.Bit(flags, 2) {
		p.Lat = -p.Lat
	}
	if !tracker.Bit(flags, 3) {
		p.Lon = -p.Lon
	}
	states(&p, word)
	m.Positions = []tracker.Position{p}
	m.Settle()
	return m, nil
}

// digits is degrees and minutes without a point: deg digits of degrees, two of
// minutes, the rest their fraction.
func digits(s string, deg int) (float64, bool) {
	if len(s) < deg+2 {
		return 0, false
	}
	d, err1 := strconv.ParseUint(s[:deg], 10, 32)
	m, err2 := strconv.ParseUint(s[deg:], 10, 64)
	if err1 != nil || err2 != nil {
		return 0, false
	}
	scale := 1.0
	for range len(s) - deg - 2 {
		scale *= 10
	}
	return float64(d) + float64(m)/scale/60, true
}

// battery is steps up to 6, and per cent above.
func battery(v int) (int, bool) {
	switch {
	case v == 0:
		return 0, false
	case v <= 3:
		return (v - 1) * 10, true
	case v <= 6:
		return (v - 1) * 20, true
	case v <= 100:
		return v, true
	case v >= 0xF1 && v <= 0xF6:
		return v - 0xF0, true
	}
	return 0, false
}

// states is the word of alarms, whose bits are cleared while they hold.
func states(p *tracker.Position, word int64) {
	switch {
	case !tracker.Bit(word, 0):
		p.Alarm("vibration")
	case !tracker.Bit(word, 1) || !tracker.Bit(word, 18):
		p.Alarm("sos")
	case !tracker.Bit(word, 2):
		p.Alarm("overspeed")
	case !tracker.Bit(word, 19):
		p.Alarm("powerCut")
	}
	p.Set("ignition", tracker.Bit(word, 10))
	p.Set("status", word)
}
