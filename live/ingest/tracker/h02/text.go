package h02

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// Decode reads one frame as Split gives it.
func (s *Session) Decode(frame []byte, now time.Time) (tracker.Message, error) {
	switch {
	case len(frame) > 0 && (frame[0] == '$' || frame[0] == 'X'):
		return packed(frame)
	case len(frame) < 4 || frame[0] != '*':
		return tracker.Message{}, tracker.ErrForeign
	}
	text := strings.TrimSuffix(strings.TrimPrefix(strings.ToValidUTF8(string(frame), "\uFFFD"), "*"), "#")
	f := strings.Split(text, ",")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	if len(f) < 3 {
		return tracker.Message{}, tracker.ErrForeign
	}
	l := line{maker: f[0], device: f[1], kind: f[2], rest: f[3:], now: now.UTC()}
	m := l.decode()
	if l.device != "" {
		m.Devices = []string{l.device}
	}
	return m, nil
}

type line struct {
	maker, device, kind string
	rest                []string
	now                 time.Time
}

func (l line) decode() tracker.Message {
	switch l.kind {
	case "":
		return tracker.Nothing("empty", "a line without a message")
	case "LINK":
		return l.link()
	case "NBR":
		return l.cells()
	case "V3":
		return l.cells3()
	case "HTBT":
		return l.heartbeat()
	case "VP1":
		if len(l.rest) > 0 && l.rest[0] == "V" && len(l.rest) > 3 && !strings.Contains(l.rest[1], ".") {
			return l.cellsY()
		}
	case "XT", "BS", "SMS", "ICCID", "NBR_":
		return tracker.Nothing(l.kind, "a message that tells no position")
	}
	p, ok := l.position()
	if !ok {
		return tracker.Nothing(l.kind, "no position in it")
	}
	m := tracker.Message{Kind: "position", Positions: []tracker.Position{p}}
	if l.kind == "V1" {
		m.Reply = l.answer("V4,V1")
	}
	return m
}

// answer is what a device waits for, with the time to set its clock by.
func (l line) answer(words string) []byte {
	return fmt.Appendf(nil, "*%s,%s,%s,%s#", l.maker, l.device, words, l.now.Format("20060102150405"))
}

// position finds time, validity and place among the words. What stands before
// them differs: nothing, or the answer to a command in a V4.
func (l line) position() (p tracker.Position, ok bool) {
	f := l.rest
	at := -1
	for i := 0; i+3 < len(f); i++ {
		if hemisphere(f[i+1], "NS") && hemisphere(f[i+3], "EW") && f[i] != "" && f[i+2] != "" {
			at = i
			break
		}
	}
	if at < 0 {
		return p, false
	}
	var ok1, ok2 bool
	p.Lat, ok1 = degrees(f[at], 2)
	p.Lon, ok2 = degrees(f[at+2], 3)
	if !ok1 || !ok2 || p.Lat > 90 || p.Lon > 180 {
		return p, false
	}
	if f[at+1] == "S" {
		p.Lat = -p.Lat
	}
	if f[at+3] == "W" {
		p.Lon = -p.Lon
	}
	p.Located, p.Valid = true, true
	var clock, date string
	before := f[:at]
	if n := len(before); n > 0 {
		switch w := before[n-1]; w {
		case "A", "V", "B":
			p.Valid = w == "A"
			before = before[:n-1]
		default:
			// "0" or "1" is a scheme of coding
			if len(w) <= 2 {
				before = before[:n-1]
			}
		}
	}
	if n := len(before); n > 0 && clockLike(before[n-1]) {
		clock = before[n-1]
		before = before[:n-1]
	}
	if l.kind == "V4" && len(before) > 0 {
		p.Set("result", strings.Join(before, ","))
	}
	after := f[at+4:]
	if len(after) > 0 {
		if v, err := strconv.ParseFloat(after[0], 64); err == nil && v >= 0 && v < 1e4 {
			p.SpeedKmh = v * 1.852
		}
		after = after[1:]
	}
	if len(after) > 0 && !dateLike(after[0]) {
		if v, err := strconv.ParseFloat(after[0], 64); err == nil && v >= 0 && v < 1e4 {
			p.CourseDeg = v
		}
		after = after[1:]
	}
	// The date is the next word that reads as one; some have a word before.
	for i := 0; i < 2 && i < len(after); i++ {
		if dateLike(after[i]) {
			date, after = after[i], after[i+1:]
			break
		}
	}
	p.Time = when(date, clock, l.now)
	l.extras(&p, after)
	return p, true
}

// extras are the state word and what a maker put behind it.
func (l line) extras(p *tracker.Position, f []string) {
	if len(f) == 0 {
		return
	}
	word, err := strconv.ParseUint(f[0], 16, 32)
	if err != nil || len(f[0]) != 8 {
		return
	}
	states(p, int64(word))
	for i, w := range f[1:] {
		if w != "" && i < 16 {
			p.Set("io"+strconv.Itoa(i+1), w)
		}
	}
}

func hemisphere(s, of string) bool { return len(s) == 1 && strings.Contains(of, s) }

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func clockLike(s string) bool { return len(s) == 6 && allDigits(s) }

func dateLike(s string) bool {
	if len(s) != 6 || !allDigits(s) {
		return false
	}
	d, _ := strconv.Atoi(s[:2])
	m, _ := strconv.Atoi(s[2:4])
	return d >= 1 && d <= 31 && m >= 1 && m <= 12
}

// when joins ddmmyy and hhmmss. Without a date it is today's, or yesterday's
// if the clock is ahead; without a clock it is midnight; without both, now.
func when(date, clock string, now time.Time) time.Time {
	if date == "" && clock == "" {
		return now
	}
	n := func(s string, i int) int { v, _ := strconv.Atoi(s[i : i+2]); return v }
	var h, m, s int
	if clock != "" {
		h, m, s = n(clock, 0), n(clock, 2), n(clock, 4)
	}
	if date == "" {
		t := time.Date(now.Year(), now.Month(), now.Day(), h, m, s, 0, time.UTC)
		if t.After(now.Add(12 * time.Hour)) {
			t = t.AddDate(0, 0, -1)
		}
		return t
	}
	return time.Date(2000+n(date, 4), time.Month(n(date, 2)), n(date, 0), h, m, s, 0, time.UTC)
}

// degrees is ddmm.mmmm, dd mm.mmmm, or all digits without a point.
func degrees(s string, deg int) (float64, bool) {
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	var v float64
	if i := strings.IndexByte(s, '.'); i >= 0 {
		cut := i - 2
		if cut < 0 {
			return 0, false
		}
		d := 0.0
		if cut > 0 {
			n, err := strconv.ParseUint(strings.TrimSpace(s[:cut]), 10, 16)
			if err != nil {
				return 0, false
			}
			d = float64(n)
		}
		m, err := strconv.ParseFloat(s[cut:], 64)
		if err != nil || !(m >= 0 && m < 60) {
			return 0, false
		}
		v = d + m/60
	} else {
		var ok bool
		if v, ok = digits(s, deg); !ok {
			return 0, false
		}
	}
	if negative {
		v = -v
	}
	return v, true
}
