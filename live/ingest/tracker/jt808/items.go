package jt808

import (
	"strconv"
	"strings"

	"citygrid/live/ingest/tracker"
)

// An item is what one number of additional information means. It reads from a
// reader that holds the item's bytes and no others; n is how many they are.
type item func(p *tracker.Position, r *tracker.Reader, n int)

// items reads what follows a position: number, length, value.
func items(p *tracker.Position, r *tracker.Reader) {
	for r.Left() >= 2 {
		id, n := r.U8(), r.U8()
		if n > r.Left() {
			// Some makers give the container of their own items a
			// length that doesn't fit; its inside has lengths too.
			if id != 0xEB {
				return
			}
			n = r.Left()
		}
		if id == 0xEB && extendedRest(r, n) {
			n = r.Left()
		}
		if read := known[id]; read != nil {
			read(p, r.Sub(n), n)
		} else {
			r.Skip(n)
		}
	}
}

// known are the items we read. 0x01 to 0x31 are the standard's.
var known = [256]item{
	0x01: scaled("odometer", 100, 4), // 0.1 km
	0x02: fuel,
	0x03: scaled("recorderSpeed", 0.1, 2),
	0x06: cabin,
	0x0B: func(p *tracker.Position, r *tracker.Reader, n int) {
		if n > 1 {
			lockResult(p, r)
		}
	},
	0x11: func(p *tracker.Position, _ *tracker.Reader, _ int) { alarmOnce(p, "overspeed") },
	0x14: scaled("videoAlarm", 1, 4),
	0x25: scaled("input", 1, 4),
	0x2B: analog,
	0x30: scaled("rssi", 1, 1),
	0x31: scaled("sat", 1, 1),
	0x33: mode,

	0x51: temperatures,
	0x53: cellsCounted,
	0x54: wifiCounted,
	0x56: scaled("batteryLevel", 10, 0),
	0x57: driving,
	0x58: humidities,
	0x5D: cellsCounted,
	0x60: lockEvent,
	0x61: scaled("power", 0.01, 2),
	0x63: sealedLocks,
	0x64: adas,
	0x65: dsm,
	0x66: lockCell,
	0x67: text8("password"),
	0x69: scaled("battery", 0.01, 2),
	0x70: behaviour,
	0x77: tires,

	// On-board diagnostics, one item a figure.
	0x80: scaled("obdSpeed", 1, 1),
	0x81: scaled("rpm", 1, 2),
	0x82: scaled("power", 0.1, 2),
	0x83: scaled("engineLoad", 1, 1),
	0x84: offset("coolantTemp", -40),
	0x85: scaled("fuelConsumption", 1, 2),
	0x86: offset("intakeTemp", -40),
	0x87: scaled("intakeFlow", 1, 2),
	0x88: scaled("intakePressure", 1, 1),
	0x89: scaled("throttle", 1, 1),
	0x8B: textOf("vin"),
	0x8C: scaled("obdOdometer", 100, 4),
	0x8D: scaled("tripOdometer", 1000, 2),
	0x8E: scaled("fuelLevel", 1, 1),
	0x91: diagnostics,
	0x94: textOf("vin"),
	0x9F: cellsTold,
	0xA7: analogPair,
	0xAC: scaled("odometer", 1, 4),
	0xBC: textOf("driver"),
	0xBD: textOf("driverUniqueId"),
	0xCC: textOf("iccid"),
	0xCD: func(p *tracker.Position, r *tracker.Reader, n int) {
		if n == 2 {
			p.AltitudeM = float64(r.I16())
		}
	},
	0xD0: scaled("userStatus", 1, 4),
	0xD3: scaled("power", 0.1, 2),
	0xD4: scaled("batteryLevel", 1, 1),
	0xD5: scaled("battery", 0.01, 2),
	0xE1: e1,
	0xE2: scaled("fuel", 0.1, 4),
	0xE3: e3,
	0xE4: e4,
	0xE5: func(p *tracker.Position, r *tracker.Reader, n int) {
		if n == 1 {
			p.Set("motion", r.U8() > 0)
		}
	},
	0xE6: e6,
	0xEB: extended,
	0xEC: wifiTold,
	0xED: textOf("license"),
	0xEE: ee,
	0xF0: lteCell,
	0xF1: textOf("iccid"),
	0xF2: textOf("versionFw"),
	0xF3: obdExtended,
	0xF4: wifiTold,
	0xF6: sensors,
	0xF7: charge,
	0xF9: accuracy,
	0xFD: cellOf8,
	0xFE: fe,
}

// scaled is a number of n bytes times factor; n = 0 takes the first byte of
// any length. A factor of 1 or more keeps it whole.
func scaled(name string, factor float64, n int) item {
	return func(p *tracker.Position, r *tracker.Reader, got int) {
		var v int64
		switch {
		case n == 0 && got > 0:
			v = int64(r.U8())
		case got != n:
			return // another maker's meaning of the number
		case n == 1:
			v = int64(r.U8())
		case n == 2:
			v = int64(r.U16())
		default:
			v = r.U32()
		}
		if factor >= 1 {
			p.Set(name, v*int64(factor))
		} else {
			p.Set(name, tidy(float64(v)*factor))
		}
	}
}

// tidy takes off what binary fractions add: 0.1 * 3 is 0.3.
func tidy(v float64) float64 {
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil {
		return v
	}
	return f
}

func offset(name string, add int) item {
	return func(p *tracker.Position, r *tracker.Reader, n int) {
		if n == 1 {
			p.Set(name, r.U8()+add)
		}
	}
}

func textOf(name string) item {
	return func(p *tracker.Position, r *tracker.Reader, n int) {
		if s := words(r, n); s != "" && printable(s) {
			p.Set(name, s)
		}
	}
}

func text8(name string) item {
	return func(p *tracker.Position, r *tracker.Reader, n int) {
		if n == 8 {
			textOf(name)(p, r, n)
		}
	}
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == '\uFFFD' })
}

func alarmOnce(p *tracker.Position, name string) {
	old, _ := p.Attributes["alarm"].(string)
	if !strings.Contains(old, name) {
		p.Alarm(name)
	}
}

// fuel is 0.1 l, or with the top bit set a share of the tank.
func fuel(p *tracker.Position, r *tracker.Reader, n int) {
	if n != 2 {
		return
	}
	if v := r.U16(); tracker.Bit(v, 15) {
		p.Set("fuelLevel", v&0x7FFF)
	} else {
		p.Set("fuel", tidy(float64(v)*0.1))
	}
}

// cabin is the temperature of the load since 2019; one byte is the battery of
// a small tag.
func cabin(p *tracker.Position, r *tracker.Reader, n int) {
	switch n {
	case 1:
		p.Set("batteryLevel", r.U8())
	case 2:
		p.Set("temp1", r.I16())
	}
}

func analog(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 4 {
		p.Set("adc1", tidy(float64(r.U16())*0.01))
		p.Set("adc2", tidy(float64(r.U16())*0.01))
	}
}

func analogPair(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 4 {
		p.Set("adc1", r.U16())
		p.Set("adc2", r.U16())
	}
}

// mode is the working mode, in the last byte; as text it is a version.
func mode(p *tracker.Position, r *tracker.Reader, n int) {
	switch {
	case n == 1 || n == 2:
		r.Skip(n - 1)
		p.Set("mode", r.U8())
	case r.Peek(0) == '*':
		textOf("result")(p, r, n)
	}
}

// temperatures are 0.1 °C with the sign in the top bit; all ones is no sensor.
func temperatures(p *tracker.Position, r *tracker.Reader, n int) {
	for i := 1; i <= n/2 && i <= 8; i++ {
		v := r.U16()
		if v == 0xFFFF {
			continue
		}
		t := float64(v&0x7FFF) * 0.1
		if tracker.Bit(v, 15) {
			t = -t
		}
		p.Set("temp"+strconv.Itoa(i), tidy(t))
	}
}

func humidities(p *tracker.Position, r *tracker.Reader, n int) {
	for i := 1; i <= n/2 && i <= 8; i++ {
		if v := r.U16(); v != 0xFFFF {
			name := "humidity"
			if i > 1 {
				name += strconv.Itoa(i)
			}
			p.Set(name, tidy(float64(v)*0.1))
		}
	}
}

// driving is how the vehicle was driven.
func driving(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 2 {
		return
	}
	word := r.U16()
	for bit, name := range map[int]string{8: "hardAcceleration", 9: "hardBraking", 10: "hardCornering"} {
		if tracker.Bit(word, bit) {
			p.Alarm(name)
		}
	}
}

// behaviour is the same in the standard of Jiangsu.
func behaviour(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 6 {
		return
	}
	r.Skip(5) // serial number of the alarm, and whether it begins or ends
	switch r.U8() {
	case 0x01:
		p.Alarm("hardAcceleration")
	case 0x02:
		p.Alarm("hardBraking")
	case 0x03:
		p.Alarm("hardCornering")
	case 0x16:
		p.Alarm("accident")
	}
}

// adas and dsm are warnings of the cameras on road and driver (T/JSATL 12);
// shorter items with these numbers are locks'.
func adas(p *tracker.Position, r *tracker.Reader, n int) {
	if n >= 32 {
		r.Skip(5)
		p.Set("adasAlarm", r.U8())
	}
}

func dsm(p *tracker.Position, r *tracker.Reader, n int) {
	if n >= 32 {
		r.Skip(5)
		kind := r.U8()
		p.Set("dsmAlarm", kind)
		if kind == 1 {
			alarmOnce(p, "fatigueDriving")
		}
	}
}

// tires are eight bytes a wheel: place, sensor, pressure in 0.025 bar,
// temperature + 50, status.
func tires(p *tracker.Position, r *tracker.Reader, n int) {
	for range n / 8 {
		name := "tire" + strconv.Itoa(r.U8())
		p.Set(name+"SensorId", r.Hex(3))
		p.Set(name+"Pressure", tidy(float64(r.U16())*0.025))
		p.Set(name+"Temp", r.U8()-50)
		p.Set(name+"Status", r.U8())
	}
}

func diagnostics(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 18 {
		return
	}
	p.Set("power", tidy(float64(r.U16())*0.1))
	p.Set("rpm", r.U16())
	p.Set("obdSpeed", r.U8())
	p.Set("throttle", r.U8()*100/255)
	p.Set("engineLoad", r.U8()*100/255)
	p.Set("coolantTemp", r.U8()-40)
	r.Skip(2)
	p.Set("fuelConsumption", tidy(float64(r.U16())*0.01))
	p.Set("tripOdometer", r.U16()*1000)
	p.Set("obdOdometer", r.U16()*1000)
	p.Set("tripFuelUsed", tidy(float64(r.U16())*0.01))
	p.Set("fuelUsed", tidy(float64(r.U16())*0.01))
}
