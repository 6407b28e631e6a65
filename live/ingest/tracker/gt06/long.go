package gt06

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// long reads the messages with 79 79 in front.
func (s *Session) long(k packet, now time.Time) (tracker.Message, error) {
	r := tracker.NewReader(k.content)
	var p tracker.Position
	kind := "information"
	switch k.kind {
	case 0x94:
		s.information(&p, r)
	case 0x9B:
		kind = "answer"
		serialPort(&p, r)
	case 0x8C:
		kind = "diagnostics"
		diagnostics(&p, r)
	case 0x70:
		kind = "modules"
		modules(&p, r)
	case 0xF1:
		states5(&p, r)
	case 0xF2:
		peripherals(&p, r)
	case 0x38:
		kind = "position"
		if err := gps(&p, r); err != nil {
			return tracker.Message{}, err
		}
		r.Skip(3)
		cell(&p, r, form4G)
		if r.Left() >= 2 {
			r.Skip(2)
			items(&p, r, false)
		}
	case 0x15, 0x21:
		text := strings.TrimSpace(r.Text(r.Left()))
		if k.kind == 0x21 && len(k.content) > 5 {
			text = strings.TrimSpace(strings.ToValidUTF8(string(k.content[5:]), "\uFFFD"))
		}
		p.Set("result", text)
	case 0x32, 0x33:
		kind = "position"
		lockbox(&p, k, r)
	case 0x35, 0x36, 0x41:
		return tracker.Nothing("media", "a picture or sound"), nil
	case 0x65, 0x66:
		return tracker.Nothing("diagnostics", "fault codes of a kind that we don't read"), nil
	case 0x40:
		bms(&p, r)
	default:
		// A short message in a long frame, or one of its own.
		pos, kind, err := report(k)
		if err != nil {
			return tracker.Message{}, err
		}
		if kind == "" {
			return tracker.Nothing("other", "message of a kind that tells no position"), nil
		}
		return tracker.Message{Kind: kind, Positions: []tracker.Position{pos}, Reply: answer(k.kind, k.serial, nil)}, nil
	}
	return tracker.Message{Kind: kind, Positions: []tracker.Position{p}}, nil
}

// lockbox is 0x32 and the alarm 0x33 of asset trackers: every part has its
// size in front, 0 where there is none.
func lockbox(p *tracker.Position, k packet, r *tracker.Reader) {
	p.Time = moment(r)
	if r.U8() > 0 {
		p.Set("sat", r.U8()&0x0F)
		lat, lon := r.U32(), r.U32()
		p.SpeedKmh = float64(r.U8())
		place(p, lat, lon, r.U16())
		p.Located = !r.Short()
	}
	if size := r.U8(); size >= 8 {
		cells := r.Sub(min(size, r.Left()))
		cell(p, cells, form2G)
		if cells.Left() > 0 {
			p.Set("rssi", cells.U8())
		}
	}
	r.Skip(min(r.U8(), r.Left())) // more masts
	r.Skip(min(r.U8(), r.Left())) // access points
	if r.Left() == 0 {
		return
	}
	v := r.U8()
	p.Set("status", v)
	if k.kind != 0x33 {
		return
	}
	switch v {
	case 0xA0, 0xA1:
		p.Set("armed", v == 0xA0)
	case 0xA2, 0xA3:
		p.Alarm("lowBattery")
	case 0xA4:
		p.Alarm("general")
	case 0xA5:
		p.Alarm("door")
	}
}

// information is 0x94, whose first byte says of what.
func (s *Session) information(p *tracker.Position, r *tracker.Reader) {
	switch sub, n := r.U8(), r.Left(); {
	case sub == 0x00 && n >= 2:
		p.Set("power", hundredth(r.U16()))
	case sub == 0x04:
		words(p, r.Text(n))
	case sub == 0x05 && n >= 7:
		p.Time = moment(r)
		flags := r.U8()
		p.Set("door", tracker.Bit(flags, 0))
		p.Set("io1", tracker.Bit(flags, 2))
	case sub == 0x05 && n >= 1:
		flags := r.U8()
		p.Set("door", tracker.Bit(flags, 0))
		p.Set("io1", tracker.Bit(flags, 2))
	case sub == 0x0A && n >= 26:
		s.devices = []string{r.Hex(8)[1:]}
		r.Skip(8)
		p.Set("iccid", strings.TrimRight(r.Hex(10), "f"))
	case sub == 0x0B && n == 1:
		p.Set("networkTechnology", map[bool]string{true: "4G", false: "2G"}[r.U8() > 0])
	case sub == 0x0B && n >= 2:
		p.Set("power", hundredth(r.U16()))
	case sub == 0x0D:
		fuel(p, r)
	case sub == 0x1B:
		if c := r.Peek(0) | 0x20; c >= 'a' && c <= 'z' {
			p.Set("serial", strings.TrimSpace(r.Text(n)))
		} else if n >= 7 {
			r.Skip(2)
			p.Set("driverUniqueId", r.Hex(4))
		}
	case sub == 0x1E && n >= 8:
		p.Set("temp1", float64(r.I32())/10)
		p.Set("humidity", float64(r.I32())/10)
	}
}

// words is NAME=value;NAME=value; in hexadecimal.
func words(p *tracker.Position, s string) {
	names := map[string]string{
		"ALM1": "alarm1Status", "ALM2": "alarm2Status", "ALM3": "alarm3Status", "STA1": "otherStatus", "DYD": "engineStatus",
	}
	for w := range strings.SplitSeq(s, ";") {
		k, v, _ := strings.Cut(w, "=")
		if n, err := strconv.ParseUint(v, 16, 16); err == nil && names[k] != "" {
			p.Set(names[k], int(n))
		}
	}
}

// fuel is what an ultrasonic or capacitive gauge says in text, perhaps behind
// six bytes of ours.
func fuel(p *tracker.Position, r *tracker.Reader) {
	text := r.Text(r.Left())
	_, text, ok := strings.Cut(text, "!AIOIL,")
	if !ok {
		return
	}
	if f := strings.Split(text, ","); len(f) > 1 {
		if v, err := strconv.ParseFloat(f[1], 64); err == nil {
			p.Set("fuel", v)
		}
	}
}

// serialPort is what came in at the device's own port: text if it is some.
func serialPort(p *tracker.Position, r *tracker.Reader) {
	r.Skip(1)
	b := r.Rest()
	for _, c := range b {
		if c != '\r' && c != '\n' && (c < ' ' || c > '~') {
			p.Set("result", hex.EncodeToString(b))
			return
		}
	}
	p.Set("result", strings.TrimSpace(string(b)))
}

// diagnostics is 0x8C: NUMBER=value pairs, both in hexadecimal, the values in
// hundredths. The last digit of a number says how long the value is.
func diagnostics(p *tracker.Position, r *tracker.Reader) {
	p.Time = moment(r)
	r.Skip(1)
	names := map[uint64]string{
		0x28: "odometer", 0x2B: "fuel", 0x2D: "coolantTemp", 0x35: "obdSpeed", 0x36: "rpm", 0x47: "fuelUsed", 0x49: "hours",
	}
	for w := range strings.SplitSeq(r.Text(r.Left()), ",") {
		k, v, ok := strings.Cut(w, "=")
		if !ok || len(k) < 2 || v == "" {
			continue
		}
		id, err := strconv.ParseUint(k[:2], 16, 8)
		if err != nil {
			continue
		}
		if id == 0x4A {
			p.Set("vin", v)
			continue
		}
		n, err := strconv.ParseUint(v, 16, 32)
		if err != nil {
			continue
		}
		if id == 0x22 {
			p.Set("ignition", n == 1)
		} else if name := names[id]; name != "" {
			p.Set(name, float64(n)/100)
		}
	}
}

// modules is 0x70: number and length of two bytes each, then the value. Some
// firmwares put six bytes in front.
func modules(p *tracker.Position, r *tracker.Reader) {
	if r.Peek(0) == 0 && r.Peek(1) == 0 && r.Peek(2) == 0 && r.Peek(3) == 0 {
		r.Skip(6)
	}
	tags := 0
	for r.Left() >= 4 {
		id, n := r.U16(), r.U16()
		if n > r.Left() {
			return
		}
		v := r.Sub(n)
		switch {
		case id == 0x03 && n == 10:
			p.Set("iccid", strings.TrimRight(v.Hex(10), "f"))
		case id == 0x09 && n == 1:
			p.Set("sat", v.U8())
		case id == 0x0A && n == 1:
			p.Set("satVisible", v.U8())
		case id == 0x11 && n == 10:
			cell(p, v, form{2, 2, 3})
		case id == 0x18 && n == 2:
			p.Set("battery", hundredth(v.U16()))
		case id == 0x28 && n == 1:
			p.Set("hdop", float64(v.U8())/10)
		case id == 0x29 && n == 4:
			p.Set("index", v.U32())
		case id == 0x2A && n == 1:
			in := v.U8()
			p.Set("door", in&0x0F > 0)
			p.Set("tamper", in>>4 > 0)
		case id == 0x2B && n == 1:
			p.Set("bootReason", v.U8())
		case id == 0x2E && n == 4:
			p.Set("odometer", v.U32())
		case id == 0x33 && n == 18:
			p.Time = time.Unix(v.U32(), 0).UTC()
			p.Set("sat", v.U8())
			p.AltitudeM = float64(v.I16())
			lat, lon := v.U32(), v.U32()
			p.SpeedKmh = float64(v.U8())
			place(p, lat, lon, v.U16())
		case id == 0x34 && n >= 1:
			p.Set("event", v.U8())
		case id == 0x7F && n == 14:
			tags++
			name := "tag" + strconv.Itoa(tags)
			p.Set(name+"Id", v.Hex(6))
			p.Set(name+"Battery", float64(v.U16())/1000)
			p.Set(name+"BatteryLevel", v.U8())
			p.Set(name+"Temp", float64(v.I16())/10)
			p.Set(name+"Humidity", v.U16())
			p.Set(name+"Status", v.U8())
		}
	}
}

// states5 is 0xF1: a time and a handful of states.
func states5(p *tracker.Position, r *tracker.Reader) {
	p.Time = time.Unix(r.U32(), 0).UTC()
	for r.Left() >= 3 {
		id, n := r.U16(), r.U8()
		if n > r.Left() {
			return
		}
		v := r.Sub(n)
		switch {
		case id == 1 && n == 1:
			p.Set("ignition", v.U8() > 0)
		case id == 2 && n == 1:
			p.Set("armed", v.U8() > 0)
		case id == 3 && n == 1:
			p.Set("motion", v.U8() > 0)
		case id == 5 && n == 2:
			p.Set("power", hundredth(v.U16()))
		}
	}
}

// peripherals is 0xF2: what is connected to the device by wire or radio.
func peripherals(p *tracker.Position, r *tracker.Reader) {
	p.Time = time.Unix(r.U32(), 0).UTC()
	for r.Left() >= 3 {
		id := r.U16()
		n := 0
		if id == 0x0A { // radio data is longer than a byte tells
			n = r.U16()
		} else {
			n = r.U8()
		}
		if n > r.Left() {
			return
		}
		v := r.Sub(n)
		switch {
		case id == 0x0A && n >= 10:
			v.Skip(1)
			p.Set("mac", v.Hex(6))
			p.Set("event", v.U16())
			p.Set("dataType", v.U8())
			p.Set("dataDetails", v.Hex(v.Left()))
		case id == 0x0C && n == 10:
			p.Set("externalBatteryLevel", v.U8())
			p.Set("externalBatteryCycles", v.U16())
		}
	}
}
