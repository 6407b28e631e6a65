package h02

import (
	"fmt"
	"strconv"
	"strings"

	"citygrid/live/ingest/tracker"
)

func status(kind string, p tracker.Position) tracker.Message {
	return tracker.Message{Kind: kind, Positions: []tracker.Position{p}}
}

func (l line) word(i int) string {
	if i < 0 || i >= len(l.rest) {
		return ""
	}
	return l.rest[i]
}

func (l line) int(i int) int {
	v, _ := strconv.Atoi(l.word(i))
	return v
}

// tail reads date and states, which end most lines.
func (l line) tail(p *tracker.Position, clock string, i int) {
	if date := l.word(i); dateLike(date) && clockLike(clock) {
		p.Time = when(date, clock, l.now)
	}
	if w := l.word(i + 1); len(w) == 8 {
		if v, err := strconv.ParseUint(w, 16, 32); err == nil {
			states(p, int64(v))
		}
	}
}

// link is time,signal,satellites,battery,steps,turns,date,states.
func (l line) link() tracker.Message {
	var p tracker.Position
	for i, name := range []string{"rssi", "sat", "batteryLevel", "steps", "turnovers"} {
		p.Set(name, l.int(i+1))
	}
	l.tail(&p, l.word(0), 6)
	m := status("link", p)
	m.Reply = l.answer("V4,LINK")
	return m
}

func (l line) heartbeat() tracker.Message {
	reply := fmt.Appendf(nil, "*%s,%s,HTBT#", l.maker, l.device)
	if l.word(0) == "" {
		m := tracker.Nothing("heartbeat", "heartbeat")
		m.Reply = reply
		return m
	}
	var p tracker.Position
	p.Set("batteryLevel", l.int(0))
	m := status("heartbeat", p)
	m.Reply = reply
	return m
}

// cells is time,mcc,mnc,?,count,(lac,cell,signal)...,date,states.
func (l line) cells() tracker.Message {
	var p tracker.Position
	mcc, mnc, n := l.int(1), l.int(2), min(l.int(4), 16)
	i := 5
	for range max(n, 0) {
		p.AddCell(tracker.Cell{MCC: mcc, MNC: mnc, LAC: l.int(i), ID: int64(l.int(i + 1)), Signal: -l.int(i + 2)})
		i += 3
	}
	l.tail(&p, l.word(0), i)
	m := status("cells", p)
	m.Reply = l.answer("V4,NBR")
	return m
}

// cells3 is time,mccmnc,count,(lac,cell,advance,signal)...,battery,?,X,date,
// states. The battery is hexadecimal.
func (l line) cells3() tracker.Message {
	var p tracker.Position
	network := l.word(1)
	if len(network) < 4 || !allDigits(network) {
		return tracker.Nothing(l.kind, "no network in it")
	}
	mcc, _ := strconv.Atoi(network[:3])
	mnc, _ := strconv.Atoi(network[3:])
	i := 3
	for range max(min(l.int(2), 16), 0) {
		p.AddCell(tracker.Cell{MCC: mcc, MNC: mnc, LAC: l.int(i), ID: int64(l.int(i + 1))})
		i += 4
	}
	if v, err := strconv.ParseUint(l.word(i), 16, 16); err == nil {
		p.Set("battery", int(v))
	}
	l.tail(&p, l.word(0), i+3)
	return status("cells", p)
}

// cellsY is V,mcc,mnc,lac,cell,signal, the next three behind a Y each.
func (l line) cellsY() tracker.Message {
	var p tracker.Position
	mcc, mnc := l.int(1), l.int(2)
	for i, g := range strings.Split(strings.Join(l.rest[3:], ","), "Y") {
		f := strings.Split(g, ",")
		if len(f) < 2 || i > 16 {
			continue
		}
		lac, err1 := strconv.Atoi(f[0])
		id, err2 := strconv.ParseInt(f[1], 10, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		c := tracker.Cell{MCC: mcc, MNC: mnc, LAC: lac, ID: id}
		if len(f) > 2 {
			v, _ := strconv.Atoi(f[2])
			c.Signal = -v
		}
		p.AddCell(c)
	}
	return status("cells", p)
}
