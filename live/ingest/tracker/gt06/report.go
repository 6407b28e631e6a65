package gt06

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// report reads a short message that isn't a question. The kind is empty when
// it tells nothing.
func report(p packet) (pos tracker.Position, kind string, err error) {
	r := tracker.NewReader(p.content)
	switch p.kind {
	case kindStatus, 0xA3, 0x36:
		if p.kind != kindStatus || r.Left() > 0 {
			statusReport(&pos, p, r)
		}
		return pos, "status", nil
	case kindHeartbeat:
		heartbeat(&pos, r)
		return pos, "heartbeat", nil
	case 0x40:
		if r.Left() > 60 {
			bms(&pos, r)
			return pos, "battery", nil
		}
	case 0x18, 0x28, 0x2C, 0x2E, 0x33, 0xA1, 0xF3, 0x69:
		if neighbours(&pos, p, r) {
			return pos, "cells", nil
		}
		r = tracker.NewReader(p.content)
	case 0x17, 0x24, 0xA2:
		// These numbers were given twice.
		if !gpsLike(p.content) {
			if neighbours(&pos, p, r) {
				return pos, "cells", nil
			}
			r = tracker.NewReader(p.content)
		}
	case 0x19:
		if len(p.content) > 14 && plausible(moment(tracker.NewReader(p.content))) {
			pos.Time = moment(r)
		}
		cell(&pos, r, form2G)
		pos.Set("type", p.kind)
		statusTail(&pos, r)
		return pos, "alarm", nil
	case 0xA5:
		cell(&pos, r, form4G)
		pos.Set("type", p.kind)
		statusTail(&pos, r)
		return pos, "alarm", nil
	case 0x95:
		return camera(p)
	case 0x61:
		r.Skip(8) // the device's number again
	case 0x34:
		return x1(p)
	}
	if len(p.content) == 0 || !hasGPS[p.kind] && !(gpsLike(p.content) && sane(p.content)) {
		return pos, "", nil
	}
	if r.Left() < gpsSize && len(p.loose) >= gpsSize {
		r = tracker.NewReader(p.loose)
		if err := gps(&pos, r); err != nil {
			return pos, "", err
		}
		pos.Set("type", p.kind)
		return pos, "position", nil
	}
	if err := gps(&pos, r); err != nil {
		return pos, "", err
	}
	if p.kind != 0x24 && p.kind != 0x61 {
		pos.Set("type", p.kind)
	}
	tailOf(&pos, p, r)
	if isAlarm[p.kind] {
		return pos, "alarm", nil
	}
	return pos, "position", nil
}

// gpsLike says that the content begins as positions do: behind the time stands
// the size of the GPS part, 12 (9 and 13 by mistake), in half a byte.
func gpsLike(content []byte) bool {
	if len(content) < gpsSize {
		return false
	}
	n := content[6] >> 4
	return n == 0xC || n == 0xD || n == 0x9
}

// sane says that time and place, read as a position's, are possible: a maker
// invents message numbers more readily than layouts.
func sane(content []byte) bool {
	var p tracker.Position
	if gps(&p, tracker.NewReader(content)) != nil {
		return false
	}
	return plausible(p.Time) && content[1] >= 1 && content[1] <= 12 && content[2] >= 1 && content[2] <= 31 &&
		p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

func plausible(t time.Time) bool { return t.Year() >= 2008 && t.Year() < 2090 }

var hasGPS = map[int]bool{
	0x10: true, 0x11: true, 0x12: true, 0x16: true, 0x17: true, 0x1A: true, 0x1E: true, 0x22: true, 0x24: true,
	0x26: true, 0x27: true, 0x2D: true, 0x31: true, 0x32: true, 0x37: true, 0x38: true, 0x61: true,
	0xA0: true, 0xA2: true, 0xA4: true,
}

var isAlarm = map[int]bool{0x16: true, 0x26: true, 0x27: true, 0x32: true, 0xA4: true}

// tailOf reads what follows the position. n is how much that is; it tells the
// copies apart.
func tailOf(pos *tracker.Position, p packet, r *tracker.Reader) {
	n := r.Left()
	switch p.kind {
	case 0x16, 0x26, 0x27:
		alarmTail(pos, p, r)
	case 0x32, 0xA4:
		f, size := form3GW, int(r.Peek(0))
		if size == 16 || size == 15 {
			f = form4G
		} else if size == 17 {
			f = form4GW
		}
		r.Skip(1)
		cell(pos, r, f)
		statusTail(pos, r)
		switch {
		case p.kind == 0xA4 && r.Left() >= 1:
			pos.Set("geofence", r.U8())
		case p.kind == 0x32 && r.Left() >= 2:
			pos.AltitudeM = float64(r.I16())
			pos.Set("altitude", pos.AltitudeM)
		}
	case 0x12:
		locator(pos, r, n)
	case 0x22, 0x37, 0x2D:
		f := form2G
		if n == 8+2+16 || p.length == 0x2F {
			f = form3G
		}
		cell(pos, r, f)
		if r.Left() < 3 {
			break
		}
		if f == form3G && r.Left() == 15 {
			climate(pos, r)
			break
		}
		accTail(pos, r)
		mileage(pos, p, r)
	case 0x31:
		cell(pos, r, form3GW)
		if r.Left() >= 3 {
			accTail(pos, r)
		}
		if r.Left() >= 6 {
			pos.Set("odometer", r.U32())
			pos.AltitudeM = float64(r.I16())
			pos.Set("altitude", pos.AltitudeM)
		}
	case 0xA0:
		cell(pos, r, form4G)
		if r.Left() >= 1 {
			pos.Set("ignition", r.U8() == 1)
		}
	case 0xA2:
		lte(pos, r)
	case 0x24:
		cell(pos, r, form2G)
		if r.Left() >= 5 {
			pos.Set("ignition", r.U8() == 1)
			pos.Set("power", hundredth(r.U16()))
			pos.Set("battery", hundredth(r.U16()))
		}
	case 0x17:
		cell(pos, r, form2G)
		if r.Left() >= 8 {
			pos.Set("driverUniqueId", r.Hex(8))
		}
	case 0x61:
		cell(pos, r, form3G)
		if r.Left() >= 6 {
			r.Skip(2)
			if v := r.U32(); v != 0 {
				pos.Set("driverUniqueId", strconv.FormatInt(v, 10))
			}
		}
	case 0x1A:
		r.Skip(n) // a phone number
	case 0x1E:
		cell(pos, r, form2G)
		if r.Left() >= 1 {
			pos.Set("ignition", tracker.Bit(r.U8(), 0))
		}
	case 0x11:
		if n >= form2G.size() {
			cell(pos, r, form2G)
		}
	}
}

func hundredth(v int) float64 { return float64(v) / 100 }

// alarmTail is 0x16, 0x26, 0x27: a mast with its size in front, and the status.
func alarmTail(pos *tracker.Position, p packet, r *tracker.Reader) {
	n := r.Left()
	switch {
	case p.kind == 0x16 && p.length == 0x24:
		// Without the size, and with a byte of its own for alarms that
		// repeats the status.
		cell(pos, r, form2G)
		status(pos, r.U8())
		level(pos, r.U8())
		pos.Set("rssi", r.U8())
		return
	case r.Peek(0) == 0 && n >= 45:
		// no mast: its place is left empty
		r.Skip(min(n-5, 46))
	case n == 15 && p.kind != 0x27:
		r.Skip(1)
		cell(pos, r, form3G)
	default:
		size := int(r.U8())
		f := form2G
		switch size {
		case 10, 11:
			f = form3G
		case 15, 16:
			f = form4G
		case 17:
			f = form4GW
		}
		before := r.At()
		cell(pos, r, f)
		if more := size - (r.At() - before); size >= 12 && more > 1 {
			r.Skip(min(more-1, r.Left()))
		}
	}
	if r.Left() == 0 {
		return
	}
	statusTail(pos, r)
	if p.kind == 0x27 && r.Left() >= 1 {
		pos.Set("geofence", r.U8())
	}
	mileage(pos, p, r)
}

// locator is 0x12, which everybody extended.
func locator(pos *tracker.Position, r *tracker.Reader, n int) {
	if n < form2G.size() {
		return
	}
	cell(pos, r, form2G)
	switch n -= form2G.size(); {
	case n == 0:
	case n == 4:
		pos.Set("odometer", r.U32())
	case n == 5:
		// a copy with supply and signal
		status(pos, r.U8())
		pos.Set("power", hundredth(r.U16()))
		pos.Set("rssi", r.U8())
	case n == 12:
		status(pos, r.U8())
		pos.Set("power", hundredth(r.U16()))
		pos.Set("rssi", r.U8())
		pos.Set("oil", r.U16())
		pos.Set("temp1", r.I16())
		pos.Set("odometer", r.U32()*10)
	case n >= 10:
		// driver's card
		pos.Set("odometer", r.U32())
		if size := r.U8(); size > 0 && size <= r.Left() {
			if card := strings.TrimSpace(r.Text(size)); card != "" {
				pos.Set("card", card)
			}
		}
		if r.Left() >= 4 {
			if r.U8() > 0 {
				pos.Alarm("general")
			}
			pos.Set("cardStatus", r.U8())
			pos.Set("drivingTime", r.U16())
		}
	case n == 3:
		accTail(pos, r)
	}
}

// climate is 0x22 with mileage, temperature and humidity.
func climate(pos *tracker.Position, r *tracker.Reader) {
	pos.Set("ignition", r.U8() == 1)
	r.Skip(2)
	pos.Set("odometer", r.U32())
	r.Skip(4)
	pos.Set("temp1", float64(r.I16())/100)
	pos.Set("humidity", hundredth(r.U16()))
}

// mileage is what may be left: four bytes of odometer, or items.
func mileage(pos *tracker.Position, p packet, r *tracker.Reader) {
	switch n := r.Left(); {
	case n == 4:
		pos.Set("odometer", r.U32())
	case n >= 7 && p.kind == 0x37:
		items(pos, r, false)
	case n >= 8 && p.kind == 0x2D:
		pos.Set("odometer", r.U32())
	}
}

// lte is 0xA2, the position of devices on 4G.
func lte(pos *tracker.Position, r *tracker.Reader) {
	cell(pos, r, form4G)
	if r.Left() < 6 {
		return
	}
	r.Skip(1)
	status(pos, r.U8())
	pos.Set("power", hundredth(r.U16()))
	level(pos, r.U8())
	pos.Set("rssi", r.U8())
	if r.Left() >= 10 {
		pos.Alarm(alarms[r.U8()])
		r.Skip(1)
		pos.Set("odometer", r.U32())
		pos.Set("hours", r.U32())
	}
	if r.Left() >= 10 {
		r.Skip(8)
		pos.Set("input", r.U16())
	}
}

// camera is 0x95, an alarm of a dashboard camera with the names of its clips.
func camera(p packet) (tracker.Position, string, error) {
	var pos tracker.Position
	r := tracker.NewReader(p.content)
	r.Skip(3) // mask and count
	pos.Time = moment(r)
	pos.Set("sat", r.U8()&0x0F)
	lat, lon := r.U32(), r.U32()
	place(&pos, lat, lon, r.U16())
	pos.SpeedKmh = float64(r.U16())
	pos.Set("power", float64(r.U16())/10)
	event := r.U8()
	pos.Set("event", event)
	pos.Set("eventData", r.U16())
	if r.Short() {
		return pos, "", tracker.ErrShort
	}
	pos.Alarm(map[int]string{
		0x01: "sos", 0x30: "vibration", 0x80: "vibration", 0x87: "overspeed", 0x90: "hardAcceleration",
		0x91: "hardBraking", 0x92: "hardCornering", 0x93: "accident",
	}[event])
	if files := r.Text(r.Left()); files != "" {
		pos.Set("eventFiles", files)
	}
	return pos, "alarm", nil
}

// x1 is 0x34, the position of a scooter's unit.
func x1(p packet) (pos tracker.Position, kind string, err error) {
	r := tracker.NewReader(p.content)
	r.Skip(4)
	if err := gps(&pos, r); err != nil {
		return pos, "", err
	}
	r.Skip(2)
	pos.Set("odometer", r.U32())
	cell(&pos, r, form{1, 2, 4})
	if r.Left() >= 8 {
		if v := r.U32(); v > 0 {
			pos.Set("driverUniqueId", strconv.FormatInt(v, 10))
		}
		pos.Set("battery", hundredth(r.U16()))
		pos.Set("power", hundredth(r.U16()))
	}
	return pos, "position", nil
}

// commandAnswer is text that the device says, or its SIM's number.
func commandAnswer(p packet, r *tracker.Reader) tracker.Message {
	var pos tracker.Position
	n := r.U8()
	r.Skip(min(4, r.Left())) // the command's mark
	n = min(max(n-4, 0), r.Left())
	text := strings.TrimSpace(r.Text(n))
	if _, id, ok := strings.Cut(text, "ICCID:"); ok && len(id) >= 20 {
		pos.Set("iccid", id[:20])
	} else if text != "" {
		pos.Set("result", text)
	} else if r.Left() > 0 {
		pos.Set("result", hex.EncodeToString(r.Rest()))
	}
	return tracker.Message{Kind: "answer", Positions: []tracker.Position{pos}}
}
