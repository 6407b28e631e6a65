package jt808

import (
	"math"
	"strconv"
	"strings"

	"citygrid/live/ingest/tracker"
)

// e1 is four makers' item: battery, supply, driver's card, cell.
func e1(p *tracker.Position, r *tracker.Reader, n int) {
	switch n {
	case 1:
		p.Set("batteryLevel", r.U8())
	case 2:
		p.Set("power", tidy(float64(r.U16())*0.1))
	case 4:
		p.Set("driverUniqueId", strconv.FormatInt(r.U32(), 10))
	case 12:
		p.AddCell(tracker.Cell{MCC: r.U16(), MNC: r.U16(), LAC: r.U24(), ID: r.U32(), Signal: r.I8()})
	}
}

func e3(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 6 {
		p.Set("batteryLevel", r.U16())
		p.Set("battery", tidy(float64(r.U16())*0.01))
	}
}

func e4(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 2 {
		p.Set("charge", r.U8() == 0)
		p.Set("batteryLevel", r.U8())
	}
}

// e6 is the sensors beside the tracker, or the figures of diagnostics as text.
func e6(p *tracker.Position, r *tracker.Reader, n int) {
	if r.Peek(0) == '$' {
		obdText(p, string(r.Bytes(n)))
		return
	}
	for n > 6 && r.Left() >= 11 {
		i := strconv.Itoa(r.U8())
		r.Skip(6) // address
		p.Set("temp"+i, tidy(float64(r.I16())*0.01))
		p.Set("humidity"+i, tidy(float64(r.I16())*0.01))
	}
}

func ee(p *tracker.Position, r *tracker.Reader, n int) {
	switch n {
	case 10:
		// mcc, mnc, lac, cell, signal
		p.AddCell(tracker.Cell{MCC: r.U16(), MNC: r.U8(), LAC: r.U16(), ID: r.U32(), Signal: r.I8()})
	case 11:
		p.Set("rssi", r.U8())
		p.Set("power", tidy(float64(r.U32())*0.001))
		p.Set("battery", tidy(float64(r.U32())*0.001))
		p.Set("satVisible", r.U8())
	}
}

func fe(p *tracker.Position, r *tracker.Reader, n int) {
	switch n {
	case 1:
		p.Set("batteryLevel", r.U8())
	case 2:
		p.Set("power", tidy(float64(r.U16())*0.1))
	case 4:
		p.Set("odometer", r.U32())
	}
}

func lteCell(p *tracker.Position, r *tracker.Reader, n int) {
	if n >= 13 {
		c := tracker.Cell{MCC: r.U16(), MNC: r.U16(), ID: r.U32(), LAC: int(r.U32())}
		c.Signal = r.I8()
		p.AddCell(c)
	}
}

func cellOf8(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 10 {
		p.AddCell(tracker.Cell{MCC: r.U16(), MNC: r.U16(), LAC: r.U16(), ID: r.U32()})
	}
}

// cellsCounted is a count and cells of ten bytes.
func cellsCounted(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 11 {
		return
	}
	for i := r.U8(); i > 0 && r.Left() >= 10; i-- {
		p.AddCell(tracker.Cell{MCC: r.U16(), MNC: r.U8(), LAC: r.U16(), ID: r.U32(), Signal: r.I8()})
	}
}

// cellsTold is cells of ten bytes without a count.
func cellsTold(p *tracker.Position, r *tracker.Reader, _ int) {
	for r.Left() >= 10 {
		p.AddCell(tracker.Cell{MCC: r.U16(), MNC: r.U8(), LAC: r.U16(), ID: r.U32(), Signal: r.I8()})
	}
}

// wifiTold is addresses with their strength; wifiCounted has a count first.
func wifiTold(p *tracker.Position, r *tracker.Reader, n int) {
	if n%7 != 0 {
		return
	}
	for r.Left() >= 7 {
		p.AddWifi(r.MAC(), r.I8())
	}
}

func wifiCounted(p *tracker.Position, r *tracker.Reader, _ int) {
	for i := r.U8(); i > 0 && r.Left() >= 7; i-- {
		p.AddWifi(r.MAC(), r.I8())
	}
}

// lockCell is the cell of an electronic lock.
func lockCell(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 11 {
		c := tracker.Cell{MCC: r.U16(), MNC: r.U8()}
		r.Skip(2)
		c.ID, c.LAC = r.U32(), r.U16()
		p.AddCell(c)
	}
}

// lockEvent is what happened to an electronic lock, and the card that was used;
// from 0x61 to 0x66 it is a lock beside this one, whose number comes first.
func lockEvent(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 3 {
		return
	}
	event := r.U16()
	p.Set("event", event)
	r.Skip(1)
	if event >= 0x61 && event <= 0x66 && r.Left() >= 14 {
		r.Skip(6)
	}
	if r.Left() >= 8 {
		textOf("driverUniqueId")(p, r, 8)
	}
}

// sealedLocks are the locks that report through this one: number, battery,
// whether the seal is whole.
func sealedLocks(p *tracker.Position, r *tracker.Reader, n int) {
	for i := 1; i <= n/11; i++ {
		name := "lock" + strconv.Itoa(i)
		p.Set(name+"Id", r.Hex(6))
		p.Set(name+"Battery", tidy(float64(r.U16())*0.001))
		p.Set(name+"Seal", r.U8() == '1')
		r.Skip(2)
	}
}

// sensors is the climate and shaking of a load: a mask says which of them the
// device measures.
func sensors(p *tracker.Position, r *tracker.Reader, n int) {
	if n < 2 {
		return
	}
	p.Set("event", r.U8())
	mask := r.U8()
	if tracker.Bit(mask, 1) && r.Left() >= 2 {
		p.Set("temp1", tidy(float64(r.I16())*0.1))
	}
	if tracker.Bit(mask, 2) && r.Left() >= 2 {
		p.Set("humidity", tidy(float64(r.U16())*0.1))
	}
	if tracker.Bit(mask, 3) && r.Left() >= 6 {
		x, y, z := r.I16(), r.I16(), r.I16()
		p.Set("gSensor", "["+strconv.Itoa(x)+","+strconv.Itoa(y)+","+strconv.Itoa(z)+"]")
	}
}

func charge(p *tracker.Position, r *tracker.Reader, n int) {
	if n >= 4 {
		p.Set("battery", tidy(float64(r.U32())*0.001))
	}
	if n >= 6 {
		r.Skip(1)
		p.Set("batteryLevel", r.U8())
	}
}

func accuracy(p *tracker.Position, r *tracker.Reader, n int) {
	if n == 18 {
		r.Skip(10)
		p.Set("hdop", tidy(float64(r.U16())*0.1))
	}
}

// obdExtended is diagnostics as number, length, value.
func obdExtended(p *tracker.Position, r *tracker.Reader, _ int) {
	for r.Left() >= 3 {
		id, n := r.U16(), r.U8()
		if n > r.Left() {
			return
		}
		v := r.Sub(n)
		if read := obdKnown[id]; read != nil {
			read(p, v, n)
		}
	}
}

func percent(name string) item {
	return func(p *tracker.Position, r *tracker.Reader, n int) {
		if n == 1 {
			p.Set(name, math.Round(float64(r.U8())*100/255))
		}
	}
}

var obdKnown = map[int]item{
	0x0002: scaled("obdSpeed", 0.1, 2),
	0x0003: scaled("rpm", 1, 2),
	0x0004: scaled("power", 0.001, 2),
	0x0005: scaled("obdOdometer", 100, 4),
	0x0007: scaled("fuelConsumption", 0.1, 2),
	0x0008: percent("engineLoad"),
	0x0009: offset("coolantTemp", -40),
	0x000B: scaled("intakePressure", 1, 1),
	0x000C: offset("intakeTemp", -40),
	0x000D: scaled("intakeFlow", 0.01, 2),
	0x000E: percent("throttle"),
	0x000F: scaled("fuelLevel", 1, 1),
	0x0050: textOf("vin"),
	0x0100: scaled("tripOdometer", 100, 2),
	0x0102: scaled("tripFuelUsed", 0.1, 2),
	0x0112: scaled("hardAccelerationCount", 1, 2),
	0x0113: scaled("hardDecelerationCount", 1, 2),
	0x0114: scaled("hardCorneringCount", 1, 2),
}

// obdText is diagnostics as text: $OBD-RT,supply,rpm,...
func obdText(p *tracker.Position, s string) {
	words := strings.Split(strings.TrimSpace(s), ",")
	if words[0] != "$OBD-RT" {
		return
	}
	for i, name := range []string{
		"", "power", "rpm", "obdSpeed", "throttle", "engineLoad", "coolantTemp", "", "fuelConsumption",
		"tripOdometer", "obdOdometer", "tripFuelUsed", "fuelUsed",
	} {
		if name == "" || i >= len(words) {
			continue
		}
		if v, err := strconv.ParseFloat(words[i], 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
			p.Set(name, v)
		}
	}
}
