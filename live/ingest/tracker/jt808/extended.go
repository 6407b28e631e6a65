package jt808

import (
	"strconv"
	"strings"

	"citygrid/live/ingest/tracker"
)

// extendedRest says that item 0xEB holds all that is left of the position
// whatever its length says: its lengths are two bytes and it can be longer
// than one byte tells.
func extendedRest(r *tracker.Reader, n int) bool {
	return n >= 4 && r.Left() > n && r.Peek(0) == 0 && r.Peek(1) >= 2 && int(r.Peek(1)) > n
}

// extended is item 0xEB: either cells in earshot, or a container of a maker's
// items, each with length and number of two bytes.
func extended(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 4 {
		return
	}
	if mcc := int(r.Peek(0))<<8 | int(r.Peek(1)); mcc > 200 && mcc < 1000 {
		mcc, mnc := r.U16(), r.U8()
		for r.Left() >= 5 {
			p.AddCell(tracker.Cell{MCC: mcc, MNC: mnc, LAC: r.U16(), ID: int64(r.U16()), Signal: -r.U8()})
		}
		return
	}
	if r.Peek(0) != 0 {
		textOf("timezone")(p, r, n)
		return
	}
	for r.Left() >= 4 {
		n := r.U16() - 2 // the length counts the number
		id := r.U16()
		if n < 0 || n > r.Left() {
			return
		}
		v := r.Sub(n)
		if read := extendedKnown[id]; read != nil {
			read(p, v, n)
		}
	}
}

var extendedKnown = map[int]item{
	0x0001: func(p *tracker.Position, r *tracker.Reader, n int) {
		if n >= 2 {
			p.Set("fuel1", tidy(float64(r.U16())*0.1))
		}
	},
	0x0023: func(p *tracker.Position, r *tracker.Reader, n int) {
		if v, err := strconv.ParseFloat(strings.TrimSpace(r.Text(n)), 64); err == nil {
			p.Set("fuel2", v)
		}
	},
	0x002D: supply,
	0x0089: inverseAlarms,
	0x00A8: scaled("batteryLevel", 1, 1),
	0x00B2: func(p *tracker.Position, r *tracker.Reader, n int) {
		p.Set("iccid", strings.TrimRight(r.Hex(n), "f"))
	},
	0x00B9: wifiText,
	0x00C5: motion,
	0x00CE: scaled("power", 0.01, 2),
	0x00D8: func(p *tracker.Position, r *tracker.Reader, n int) {
		if n >= 9 {
			p.AddCell(tracker.Cell{MCC: r.U16(), MNC: r.U8(), LAC: r.U16(), ID: r.U32()})
		}
	},
}

// supply is millivolts: two bytes of the battery, four of the vehicle.
func supply(p *tracker.Position, r *tracker.Reader, n int) {
	switch n {
	case 2:
		p.Set("battery", tidy(float64(r.U16())*0.001))
	case 4:
		p.Set("power", tidy(float64(r.U32())*0.001))
	}
}

// inverseAlarms are alarms whose bit is cleared while they hold.
func inverseAlarms(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 4 {
		return
	}
	word := r.U32()
	for _, a := range []struct {
		bit  int
		name string
	}{{0, "powerOff"}, {1, "movement"}, {4, "geofenceExit"}, {5, "geofenceEnter"}, {6, "overspeed"}, {12, "removing"}} {
		if !tracker.Bit(word, a.bit) {
			p.Alarm(a.name)
		}
	}
}

// motion is a second such word: bits 23 and 24 tell whether it moves.
func motion(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 4 {
		return
	}
	word := r.U32()
	if !tracker.Bit(word, 6) {
		p.Alarm("vibration")
	}
	switch word >> 23 & 3 {
	case 0:
		p.Set("motion", true)
	case 1:
		p.Set("motion", false)
	}
}

// wifiText is a count and then address,strength,...
func wifiText(p *tracker.Position, r *tracker.Reader, n int) {
	r.Skip(1)
	words := strings.Split(r.Text(n-1), ",")
	for i := 0; i+1 < len(words); i += 2 {
		if signal, err := strconv.Atoi(words[i+1]); err == nil {
			p.AddWifi(strings.ToLower(words[i]), signal)
		}
	}
}
