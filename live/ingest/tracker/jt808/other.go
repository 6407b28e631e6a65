package jt808

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

func status(kind string, p tracker.Position) tracker.Message {
	return tracker.Message{Kind: kind, Positions: []tracker.Position{p}}
}

// text is a line that the device says, usually the answer to a command.
func text(id int, r *tracker.Reader) tracker.Message {
	var p tracker.Position
	if id == idText {
		// one byte of encoding comes first, and may be the text's own
		if r.Peek(0) < ' ' {
			r.Skip(1)
		}
	} else if n := int(r.Peek(0)); n == r.Left()-1 {
		r.Skip(1) // length
	} else if r.Left() >= 4 && r.Peek(0) == 0 {
		r.Skip(4)
	}
	p.Set("result", words(r, r.Left()))
	return status("text", p)
}

// driver is the card that a driver put in or took out.
func driver(r *tracker.Reader) tracker.Message {
	var p tracker.Position
	p.Set("cardStatus", r.U8())
	p.Time = date(r)
	if r.Left() < 2 {
		return status("driver", p)
	}
	p.Set("cardResult", r.U8())
	if name := words(r, r.U8()); name != "" {
		p.Set("driver", name)
	}
	p.Set("cardCode", words(r, min(20, max(r.Left()-5, 0))))
	if issuer := words(r, min(r.U8(), r.Left())); issuer != "" {
		p.Set("cardIssuer", issuer)
	}
	if r.Left() >= 4 {
		p.Set("cardValidity", r.Hex(4))
	}
	return status("driver", p)
}

// acceleration is a series of measured shakes.
func acceleration(r *tracker.Reader) tracker.Message {
	var p tracker.Position
	var b strings.Builder
	b.WriteByte('[')
	for r.Left() >= 12 {
		if p.Time = date(r); b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "[%s,%s,%s]", g(r), g(r), g(r))
	}
	b.WriteByte(']')
	p.Set("gSensor", b.String())
	return status("acceleration", p)
}

// g is sign, whole and fraction of an acceleration in two bytes.
func g(r *tracker.Reader) string {
	v := r.U16()
	f := float64(v&0x7FFF) / 4095 * 4
	if tracker.Bit(v, 15) {
		f = -f
	}
	return strconv.FormatFloat(f, 'f', 3, 64)
}

// transparent is 0x0900: bytes that the standard passes through. The first
// says whose.
func transparent(r *tracker.Reader) tracker.Message {
	switch kind := r.U8(); kind {
	case 0x40:
		r.Skip(2)
		fields := strings.Split(words(r, r.Left()), "|")
		var p tracker.Position
		if len(fields) > 4 && fields[0] == "GTSL" {
			p.Set("driverUniqueId", fields[4])
		} else {
			p.Set("data", strings.Join(fields, "|"))
		}
		return status("driver", p)
	case 0x41:
		var p tracker.Position
		obdText(&p, r.Text(r.Left()))
		return status("diagnostics", p)
	case 0xF0:
		return canBus(r)
	case 0xFF:
		var p tracker.Position
		p.Time = date(r)
		p.Lat, p.Lon = float64(r.I32())*1e-6, float64(r.I32())*1e-6
		if p.Located = !r.Short(); p.Located {
			p.Valid = true
			p.AltitudeM = float64(r.I16())
			p.SpeedKmh = float64(r.U16()) * 0.1
			p.CourseDeg = float64(r.U16())
			return status("position", p)
		}
	}
	return tracker.Nothing("transparent", "bytes of a maker's own that tell no position")
}

// canBus is 0xF0: what the vehicle's buses say, its fault codes, how it was
// driven, or its number.
func canBus(r *tracker.Reader) tracker.Message {
	var p tracker.Position
	p.Time = date(r)
	if r.U8() > 0 {
		p.Set("archive", true)
	}
	r.Skip(1) // kind of vehicle
	switch r.U8() {
	case 0x01:
		for n := r.U8(); n > 0 && r.Left() >= 3; n-- {
			id, size := r.U16(), r.U8()
			canValue(&p, id, r.Sub(min(size, r.Left())), size)
		}
	case 0x02:
		var codes []string
		for systems := r.U16(); systems > 0 && r.Left() >= 6; systems-- {
			r.Skip(4)
			for n := r.U16(); n > 0 && r.Left() >= 10; n-- {
				r.Skip(8)
				codes = append(codes, r.Text(min(r.U16(), r.Left())))
			}
		}
		p.Set("dtcs", strings.Join(codes, " "))
	case 0x03:
		for n := r.U8(); n > 0 && r.Left() >= 2; n-- {
			id, size := r.U8(), r.U8()
			p.Alarm(map[int]string{
				0x1A: "hardAcceleration", 0x1B: "hardBraking", 0x1C: "hardCornering",
				0x1D: "laneChange", 0x1E: "laneChange", 0x1F: "laneChange", 0x23: "fatigueDriving",
			}[id])
			r.Skip(min(size, r.Left()))
		}
	case 0x0B:
		if r.U8() > 0 {
			p.Set("vin", r.Text(17))
		}
	default:
		return status("can bus", p)
	}
	if r.Left() >= 12 {
		place(&p, r)
	}
	return status("can bus", p)
}

var canKnown = map[int]item{
	0x0102: scaled("odometer", 100, 4), 0x0528: scaled("odometer", 100, 4), 0x0546: scaled("odometer", 100, 4),
	0x0103: scaled("fuel", 0.01, 4), 0x052A: scaled("fuel", 0.01, 2), 0x0111: offset("fuelTemp", -40),
	0x012E: scaled("oilLevel", 0.1, 2), 0x0105: scaled("fuelUsed", 0.01, 4), 0x052C: scaled("fuelUsed", 0.01, 4),
	0x014A: scaled("fuelConsumption", 0.01, 2), 0x0537: scaled("fuelConsumption", 0.01, 2),
	0x0538: scaled("fuelConsumption", 0.01, 2), 0x0539: scaled("fuelConsumption", 0.01, 2),
	0x052B: scaled("fuelLevel", 1, 1), 0x052D: offset("coolantTemp", -40), 0x052E: offset("airTemp", -40),
	0x0530: scaled("power", 0.001, 2), 0x0535: scaled("obdSpeed", 0.1, 2), 0x0536: scaled("rpm", 1, 2),
	0x053D: scaled("intakePressure", 0.1, 2), 0x0544: scaled("liquidLevel", 1, 1),
	0x0547: scaled("throttle", 1, 1), 0x0548: scaled("throttle", 1, 1),
}

func canValue(p *tracker.Position, id int, r *tracker.Reader, n int) {
	if read := canKnown[id]; read != nil {
		read(p, r, n)
		return
	}
	name := fmt.Sprintf("io%d", id)
	switch n {
	case 1:
		p.Set(name, r.U8())
	case 2:
		p.Set(name, r.U16())
	case 4:
		p.Set(name, r.U32())
	}
}

// lock is 0x5501 and 0x5502, the position of an electronic padlock: degrees
// and minutes in decimal digits, then items with a length of one byte.
func lock(id int, r *tracker.Reader) (tracker.Position, error) {
	var p tracker.Position
	d, mo, y := r.BCD(), r.BCD(), r.BCD()
	h, mi, s := r.BCD(), r.BCD(), r.BCD()
	p.Time = time.Date(2000+y, time.Month(mo), d, h, mi, s, 0, time.UTC)
	lat, lon := r.Hex(4), r.Hex(5)
	p.SpeedKmh = float64(r.U8()) * 1.852
	p.CourseDeg = float64(r.U8()) * 2
	p.Set("rssi", r.U8())
	p.Set("sat", r.U8())
	p.Set("odometer", r.U32()*1000)
	if r.Short() {
		return p, tracker.ErrShort
	}
	var ok [2]bool
	p.Lat, ok[0] = minutes(lat, 2)
	p.Lon, ok[1] = minutes(lon[:9], 3)
	flags, err := strconv.ParseUint(lon[9:], 16, 8)
	if !ok[0] || !ok[1] || err != nil {
		return p, tracker.ErrForeign
	}
	p.Located = true
	p.Valid = tracker.Bit(flags, 0) && id != idLockBlind // a blind report repeats the last place
	if !tracker.Bit(flags, 1) {
		p.Lat = -p.Lat
	}
	if !tracker.Bit(flags, 2) {
		p.Lon = -p.Lon
	}
	if level := r.U8(); level <= 100 {
		p.Set("batteryLevel", level)
	} else if level == 0xAA || level == 0xAB {
		p.Set("charge", true)
	}
	cell, lac := r.U32(), r.U16()
	r.Skip(1) // product
	word := r.U16()
	p.Set("status", word)
	p.Set("blocked", tracker.Bit(word, 7)) // the bolt is shut
	r.Skip(2)
	mcc, mnc := 0, 0
	for r.Left() >= 2 {
		id, n := r.U8(), r.U8()
		n = min(n, r.Left())
		v := r.Sub(n)
		switch {
		case id == 0x02 && n == 2:
			p.AltitudeM = float64(v.I16())
		case id == 0x0A && n == 3:
			mcc, mnc = v.U16(), v.U8()
		case id == 0x0B && n > 1:
			lockResult(&p, v)
		case id == 0x0C && n == 6:
			x, y, z := v.I16(), v.I16(), v.I16()
			p.Set("tilt", fmt.Sprintf("[%d,%d,%d]", x, y, z))
		case id == 0x10 && n == 1:
			p.Set("wakeSource", v.U8())
		}
	}
	if cell != 0 && lac != 0 {
		p.AddCell(tracker.Cell{MCC: mcc, MNC: mnc, LAC: lac, ID: cell})
	}
	return p, nil
}

// lockResult is who opened a lock and how it went: 0x22 by card, 0x03 by
// password, and so on.
func lockResult(p *tracker.Position, r *tracker.Reader) {
	command := r.U8()
	p.Set("lockCommand", command)
	switch {
	case r.Left() == 5:
		p.Set("lockCard", r.U32())
	case r.Left() > 1 && command != 0:
		if s := r.Text(r.Left() - 1); printable(s) {
			p.Set("lockPassword", s)
		}
	}
	if r.Left() > 0 {
		p.Set("unlockResult", r.U8())
	}
}

// minutes reads degrees and minutes written as digits without a point: deg
// digits of degrees, two of minutes, the rest their fraction.
func minutes(digits string, deg int) (float64, bool) {
	d, err1 := strconv.ParseUint(digits[:deg], 10, 32)
	m, err2 := strconv.ParseUint(digits[deg:], 10, 32)
	if err1 != nil || err2 != nil {
		return 0, false
	}
	return float64(d) + float64(m)/math.Pow10(len(digits)-deg-2)/60, true
}
