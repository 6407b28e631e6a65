package teltonika

import (
	"encoding/hex"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"citygrid/live/ingest/tracker"
)

// named are the elements that mean the same on every model, with what a unit
// of them is worth.
var named = map[int]struct {
	name  string
	worth float64 // 0 = a whole number
}{
	16: {"odometer", 0}, 21: {"rssi", 0},
	25: {"bleTemp1", 0.01}, 26: {"bleTemp2", 0.01}, 27: {"bleTemp3", 0.01}, 28: {"bleTemp4", 0.01},
	66: {"power", 0.001}, 67: {"battery", 0.001},
	181: {"pdop", 0.1}, 182: {"hdop", 0.1}, 199: {"tripOdometer", 0}, 241: {"operator", 0},
}

var claims = map[int]string{
	1: "in1", 2: "in2", 3: "in3", 4: "in4", 179: "out1", 180: "out2", 239: "ignition", 240: "motion",
}

var axes = map[int]string{17: "axisX", 18: "axisY", 19: "axisZ"}

// element is one numbered value of 1, 2, 4 or 8 bytes.
func element(p *tracker.Position, id, size int, r *tracker.Reader) {
	var v int64
	switch size {
	case 1:
		v = int64(r.U8())
	case 2:
		v = int64(r.U16())
	case 4:
		v = r.U32()
	default:
		v = r.U64()
	}
	switch {
	case claims[id] != "":
		p.Set(claims[id], v == 1)
	case axes[id] != "" && size == 2:
		p.Set(axes[id], int64(int16(v)))
	case named[id].name != "":
		if n := named[id]; n.worth == 0 {
			p.Set(n.name, v)
		} else {
			if id >= 25 && id <= 28 && size == 2 {
				v = int64(int16(v))
			}
			p.Set(n.name, tidy(float64(v)*n.worth))
		}
	case id == 78 && size == 8:
		if v != 0 {
			p.Set("driverUniqueId", fmt.Sprintf("%016X", bits.ReverseBytes64(uint64(v))))
		}
	case id == 236 && size == 1:
		if v == 1 {
			p.Alarm("general")
		}
	case id == 253 && size == 1 && v >= 1 && v <= 3:
		p.Alarm([...]string{1: "hardAcceleration", 2: "hardBraking", 3: "hardCornering"}[v])
	default:
		p.Set("io"+strconv.Itoa(id), v)
	}
}

// tidy takes off what binary fractions add.
func tidy(v float64) float64 {
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil {
		return v
	}
	return f
}

// network makes a mast of the elements that tell the serving one.
func network(p *tracker.Position) {
	id, ok1 := p.Attributes["io205"].(int64)
	lac, ok2 := p.Attributes["io206"].(int64)
	operator, ok3 := p.Attributes["operator"].(int64)
	if ok1 && ok2 && ok3 && id > 0 && lac > 0 && operator > 999 {
		p.AddCell(tracker.Cell{MCC: int(operator / 100), MNC: int(operator % 100), LAC: int(lac), ID: id})
	}
}

// long is an element of any length.
func long(p *tracker.Position, id int, r *tracker.Reader, n int) {
	if n == 0 {
		return
	}
	switch id {
	case 256:
		p.Set("vin", r.Text(n))
	case 281:
		p.Set("dtcs", strings.ReplaceAll(r.Text(n), ",", " "))
	case 385:
		beacons(p, r)
	case 548, 10828, 10829, 10830, 10831, 11317:
		tags(p, id, r)
	default:
		p.Set("io"+strconv.Itoa(id), hex.EncodeToString(r.Bytes(n)))
	}
}

// beacons are those that the device hears: iBeacon or Eddystone by a flag.
func beacons(p *tracker.Position, r *tracker.Reader) {
	r.Skip(1) // which part of the list this is
	for i := 1; r.Left() >= 17; i++ {
		name := "beacon" + strconv.Itoa(i)
		flags := r.U8()
		if tracker.Bit(flags, 5) {
			p.Set(name+"Uuid", r.Hex(16))
			p.Set(name+"Major", r.U16())
			p.Set(name+"Minor", r.U16())
		} else {
			p.Set(name+"Namespace", r.Hex(10))
			p.Set(name+"Instance", r.Hex(6))
		}
		if tracker.Bit(flags, 0) {
			p.Set(name+"Rssi", r.I8())
		}
		if tracker.Bit(flags, 1) {
			p.Set(name+"Battery", tidy(float64(r.U16())*0.01))
		}
		if tracker.Bit(flags, 2) {
			p.Set(name+"Temp", r.U16())
		}
	}
}

// tags are Bluetooth sensors: each with its length, and in it number, length,
// value.
func tags(p *tracker.Position, id int, r *tracker.Reader) {
	r.Skip(1)
	for i := 1; r.Left() >= 2; i++ {
		name := "tag" + strconv.Itoa(i)
		n := r.U8()
		tag := r.Sub(min(n, r.Left()))
		for tag.Left() >= 2 {
			kind, n := tag.U8(), tag.U8()
			v := tag.Sub(min(n, tag.Left()))
			n = v.Left()
			switch {
			case kind == 0x00 && n == 1:
				p.Set(name+"Rssi", v.I8())
			case kind == 0x01:
				p.Set(name+"Id", v.Hex(n))
			case kind == 0x02 && id == 548 && n >= 2:
				if flags, volts := v.U8(), v.U8(); tracker.Bit(flags, 7) {
					p.Set(name+"Voltage", 2000+10*volts)
				}
			case kind == 0x05:
				p.Set(name+"Name", v.Text(n))
			case kind == 0x06 && n == 2:
				p.Set(name+"Temp", v.I16())
			case kind == 0x07 && n == 1:
				p.Set(name+"Humidity", v.U8())
			case kind == 0x0D && n == 1:
				p.Set(name+"LowBattery", v.U8())
			case kind == 0x0E && n == 2:
				p.Set(name+"Battery", v.U16())
			case kind == 0x0F && n == 6:
				p.Set(name+"Mac", v.Hex(6))
			}
		}
	}
}
