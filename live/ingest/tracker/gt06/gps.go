package gt06

import (
	"time"

	"citygrid/live/ingest/tracker"
)

// moment reads a time of six bytes, year first. What is no date rolls over: a
// clock that was never set gives 30 November 1999.
func moment(r *tracker.Reader) time.Time {
	y, mo, d, h, mi, s := r.U8(), r.U8(), r.U8(), r.U8(), r.U8(), r.U8()
	if r.Short() {
		return time.Time{}
	}
	return time.Date(2000+y, time.Month(mo), d, h, mi, s, 0, time.UTC)
}

// gpsSize is what gps reads.
const gpsSize = 18

// gps reads time, satellites, place, speed and course: what nearly every
// report begins with.
func gps(p *tracker.Position, r *tracker.Reader) error {
	p.Time = moment(r)
	p.Set("sat", r.U8()&0x0F)
	lat, lon := r.U32(), r.U32()
	p.SpeedKmh = float64(r.U8())
	place(p, lat, lon, r.U16())
	if r.Short() {
		return tracker.ErrShort
	}
	return nil
}

// place takes coordinates in 1/30,000 of a minute and the word that has the
// course, the hemispheres and often the ignition.
func place(p *tracker.Position, lat, lon int64, word int) {
	p.Located = true
	p.Lat = float64(lat) / 60 / 30000
	p.Lon = float64(lon) / 60 / 30000
	p.CourseDeg = float64(word & 0x3FF)
	p.Valid = tracker.Bit(word, 12)
	if !tracker.Bit(word, 10) {
		p.Lat = -p.Lat
	}
	if tracker.Bit(word, 11) {
		p.Lon = -p.Lon
	}
	if tracker.Bit(word, 14) {
		p.Set("ignition", tracker.Bit(word, 15))
	}
}

// A form is how wide the numbers of a mast are.
type form struct{ mnc, lac, id int }

var (
	form2G  = form{1, 2, 3}
	form3G  = form{1, 2, 4}
	form3GW = form{2, 2, 4}
	form4G  = form{1, 4, 8}
	form4GW = form{2, 4, 8}
)

func (f form) size() int { return 2 + f.mnc + f.lac + f.id }

// cell reads a mast. The top bit of the country says that the network's number
// has two bytes.
func cell(p *tracker.Position, r *tracker.Reader, f form) {
	mcc := r.U16()
	if tracker.Bit(mcc, 15) {
		mcc &= 0x7FFF
		f.mnc = 2
	}
	c := tracker.Cell{MCC: mcc, MNC: wide(r, f.mnc), LAC: wide(r, f.lac), ID: int64(wide(r, f.id))}
	if !r.Short() && c.MCC != 0 {
		p.AddCell(c)
	}
}

func wide(r *tracker.Reader, n int) int {
	switch n {
	case 1:
		return r.U8()
	case 2:
		return r.U16()
	case 3:
		return r.U24()
	case 4:
		return int(r.U32())
	}
	return int(r.U64())
}

// states are bits 3 to 5 of the status byte.
var states = [8]string{"", "vibration", "powerCut", "lowBattery", "sos", "", "geofence", "removing"}

func status(p *tracker.Position, v int) {
	p.Set("status", v)
	p.Set("ignition", tracker.Bit(v, 1))
	p.Set("charge", tracker.Bit(v, 2))
	p.Set("blocked", tracker.Bit(v, 7))
	p.Alarm(states[v>>3&7])
}

// level notes the battery: in sixths, or in per cent where a device can't have
// meant sixths.
func level(p *tracker.Position, v int) {
	switch {
	case v <= 6:
		p.Set("batteryLevel", v*100/6)
	case v <= 100:
		p.Set("batteryLevel", v)
	}
}

// alarms are the codes of the alarm byte.
var alarms = map[int]string{
	0x01: "sos", 0x02: "powerCut", 0x03: "vibration", 0x04: "geofenceEnter", 0x05: "geofenceExit", 0x06: "overspeed",
	0x09: "vibration", 0x0C: "tampering", 0x0E: "lowBattery", 0x0F: "lowBattery", 0x11: "powerOff",
	0x13: "tampering", 0x14: "door", 0x15: "powerOff", 0x19: "lowBattery", 0x23: "fallDown", 0x25: "tampering",
	0x28: "hardBraking", 0x29: "hardAcceleration", 0x2A: "hardCornering", 0x2B: "hardCornering", 0x2C: "accident",
	0x30: "hardBraking",
}

// statusTail is status, battery, signal, alarm, language: five bytes, of which
// the last may be missing.
func statusTail(p *tracker.Position, r *tracker.Reader) {
	status(p, r.U8())
	if r.Left() >= 1 {
		level(p, r.U8())
	}
	if r.Left() >= 1 {
		p.Set("rssi", r.U8())
	}
	if r.Left() >= 1 {
		p.Alarm(alarms[r.U8()])
		r.Skip(min(1, r.Left()))
	}
}

// accTail is ignition, reason of the report, and whether it was stored.
func accTail(p *tracker.Position, r *tracker.Reader) {
	p.Set("ignition", r.U8() == 1)
	if r.Left() >= 2 {
		p.Set("event", r.U8())
		p.Set("archive", r.U8() == 1)
	}
}
