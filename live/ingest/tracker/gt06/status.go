package gt06

import (
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// statusReport is 0x13 and its later kin: how the device is, without a place.
func statusReport(p *tracker.Position, k packet, r *tracker.Reader) {
	n := r.Left()
	switch {
	case k.kind == 0xA3 && n == 19:
		// a pet or person tag with a step counter
		status(p, r.U8())
		r.Skip(3)
		p.Set("rssi", r.U8())
		p.Set("power", float64(r.U8()))
		p.Set("motion", r.U8() > 0)
		r.Skip(4)
		p.Set("steps", r.U16())
		p.Set("batteryLevel", r.U8())
	case k.kind == 0x36 && n > 8:
		status(p, r.U8())
		level(p, r.U8())
		p.Set("rssi", r.U8())
		r.Skip(2)
		items(p, r, true)
	case k.kind == kindStatus && n == 16:
		r.Skip(5)
		p.Set("batteryLevel", r.U8())
		r.Skip(6)
		r.Skip(2)
		p.Set("temp1", float64(r.U16()&0x7FFF)/10)
		return
	case k.kind == kindStatus && n == 14:
		status(p, r.U8())
		// Signal in five bits, satellites of two systems in five each.
		word := r.U16()
		p.Set("rssi", word&0x1F)
		p.Set("sat", word>>5&0x1F+word>>10&0x1F)
		r.Skip(2)
		p.Set("batteryLevel", r.U8())
		flags := r.U8()
		p.Set("power", hundredth(r.U16()))
		r.Skip(3)
		if tracker.Bit(flags, 2) {
			p.Set("temp1", float64(r.I16())/10)
		}
	default:
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
		switch {
		case k.kind == 0xA3:
			p.Set("archive", r.Peek(r.Left()-1) == 1)
		case r.Left() >= 2:
			p.Set("power", hundredth(r.U16()))
		}
	}
	p.Set("type", k.kind)
}

func heartbeat(p *tracker.Position, r *tracker.Reader) {
	v := r.U8()
	p.Set("armed", tracker.Bit(v, 0))
	p.Set("ignition", tracker.Bit(v, 1))
	p.Set("charge", tracker.Bit(v, 2))
	if r.Left() >= 2 {
		p.Set("power", hundredth(r.U16()))
	}
	if r.Left() >= 1 {
		p.Set("rssi", r.U8())
	}
}

// bms is the state of a scooter's battery.
func bms(p *tracker.Position, r *tracker.Reader) {
	r.Skip(8)
	p.Time = time.Unix(r.U32(), 0).UTC()
	p.Set("relativeCapacity", r.U8())
	p.Set("remainingCapacity", r.U16())
	p.Set("absoluteCapacity", r.U8())
	p.Set("fullCapacity", r.U16())
	p.Set("batteryHealth", r.U8())
	p.Set("batteryTemp", float64(r.U16())/10-273.1)
	p.Set("current", r.U16())
	p.Set("battery", float64(r.U16())/1000)
	p.Set("cycleIndex", r.U16())
	for i := 1; i <= 14; i++ {
		p.Set("batteryCell"+strconv.Itoa(i), float64(r.U16())/1000)
	}
	p.Set("currentChargeInterval", r.U16())
	p.Set("maxChargeInterval", r.U16())
	p.Set("barcode", strings.TrimSpace(r.Text(min(16, r.Left()))))
	p.Set("batteryVersion", r.U16())
	p.Set("manufacturer", strings.TrimSpace(r.Text(min(16, r.Left()))))
	p.Set("batteryStatus", r.U32())
	p.Set("controllerStatus", r.U32())
	p.Set("controllerFault", r.U32())
}

// neighbours are the masts and access points in earshot. It says no when the
// bytes don't read as such.
func neighbours(p *tracker.Position, k packet, r *tracker.Reader) bool {
	if k.kind == 0x17 || k.kind == 0x69 || k.kind == 0xF3 {
		return accessPoints(p, k, r)
	}
	if p.Time = moment(r); p.Time.IsZero() {
		return false
	}
	count := 7
	f := form2G
	switch k.kind {
	case 0x33:
		count = 6
	case 0xA1:
		f = form4G
	case 0xA2:
		f = form4GW
	}
	counted := k.kind == 0x24 && r.Peek(0) == 0
	if counted {
		r.Skip(1)
	}
	mcc := r.U16()
	if tracker.Bit(mcc, 15) {
		mcc &= 0x7FFF
		f.mnc = 2
	}
	mnc := wide(r, f.mnc)
	if mcc < 200 || mcc > 999 {
		return false
	}
	if counted {
		count = min(r.U8(), 7)
	}
	for range count {
		if r.Left() < f.lac+f.id+1 {
			break
		}
		c := tracker.Cell{MCC: mcc, MNC: mnc, LAC: wide(r, f.lac), ID: int64(wide(r, f.id)), Signal: -r.U8()}
		if c.LAC > 0 {
			p.AddCell(c)
		}
	}
	if k.kind == 0x28 || k.kind == 0x2E || k.kind == 0x24 || k.kind == 0x18 {
		return true
	}
	r.Skip(min(1, r.Left())) // timing advance
	for n := r.U8(); n > 0 && r.Left() >= 7; n-- {
		p.AddWifi(r.MAC(), -r.U8())
	}
	return true
}

// accessPoints has the number of them where the frame's length belongs, or
// behind the time; the time may be decimal digits.
func accessPoints(p *tracker.Position, k packet, r *tracker.Reader) bool {
	if k.kind == 0xF3 {
		p.Time = moment(r)
		for n := r.U8(); n > 0 && r.Left() >= 8; n-- {
			mac := r.MAC()
			r.Skip(2)
			p.AddWifi(mac, 0)
		}
		return true
	}
	y, mo, d, h, mi, s := r.BCD(), r.BCD(), r.BCD(), r.BCD(), r.BCD(), r.BCD()
	if mo >= 1 && mo <= 12 && d >= 1 && d <= 31 {
		p.Time = time.Date(2000+y, time.Month(mo), d, h, mi, s, 0, time.UTC)
	}
	n := k.length
	if n > 20 {
		return false
	}
	for ; n > 0 && r.Left() >= 7; n-- {
		p.AddWifi(r.MAC(), -r.U8())
	}
	count := r.U8()
	mcc, mnc := r.U16(), r.U8()
	for ; count > 0 && r.Left() >= 5; count-- {
		p.AddCell(tracker.Cell{MCC: mcc, MNC: mnc, LAC: r.U16(), ID: int64(r.U16()), Signal: -r.U8()})
	}
	return true
}

// items are number of two bytes, length of one, value.
func items(p *tracker.Position, r *tracker.Reader, ofStatus bool) {
	for r.Left() >= 3 {
		id, n := r.U16(), r.U8()
		if n > r.Left() {
			return
		}
		v := r.Sub(n)
		switch {
		case ofStatus && id == 0x32 && n == 1:
			p.Set("startupStatus", v.U8())
		case id == 0x18 && n == 2:
			p.Set("battery", hundredth(v.U16()))
		case id == 0x6A && n == 1:
			p.Set("batteryLevel", v.U8())
		case id == 0x2E && n == 4:
			p.Set("odometer", v.U32())
		}
	}
}
