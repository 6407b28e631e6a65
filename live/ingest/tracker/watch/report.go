package watch

import (
	"math"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// The words of a report, by their place.
const (
	wDate = iota
	wClock
	wValid
	wLat
	wNS
	wLon
	wEW
	wSpeed
	wCourse
	wAltitude
	wSat
	wSignal
	wBattery
	wSteps
	wTurns
	wState
	wCells
)

// report reads UD (a position), UD2 (a stored one), AL (an alarm) and their
// kin for other networks: UD_LTE, UD_WCDMA, AL_LTE, ...
func (m message) report(kind string) tracker.Message {
	m.words = mended(m.words)
	at, ok := m.when()
	if !ok || len(m.words) < wBattery+1 {
		return tracker.Nothing(strings.ToLower(m.safeKind()), "a report without time and place")
	}
	p := tracker.Position{Located: true, Time: at, Valid: m.word(wValid) == "A"}
	p.Lat, _ = m.number(wLat)
	p.Lon, _ = m.number(wLon)
	if m.word(wNS) == "S" {
		p.Lat = -math.Abs(p.Lat)
	}
	if m.word(wEW) == "W" {
		p.Lon = -math.Abs(p.Lon)
	}
	if math.Abs(p.Lat) > 90 || math.Abs(p.Lon) > 180 {
		return tracker.Nothing("position", "its place is not on the earth")
	}
	p.SpeedKmh, _ = m.number(wSpeed)
	p.CourseDeg, _ = m.number(wCourse)
	p.AltitudeM, _ = m.number(wAltitude)
	for i, name := range map[int]string{wSat: "sat", wSignal: "rssi", wBattery: "batteryLevel", wSteps: "steps"} {
		if v, ok := m.number(i); ok {
			p.Set(name, int(v))
		}
	}
	alarm := ""
	if w := m.word(wState); w != "" {
		if v, err := strconv.ParseUint(w, 16, 32); err == nil {
			alarm = alarmOf(int64(v))
		}
	}
	if alarm == "" && strings.HasPrefix(kind, "AL") {
		alarm = "general"
	}
	p.Alarm(alarm)
	m.network(&p)
	out := tracker.Message{Kind: "position", Positions: []tracker.Position{p}}
	if strings.HasPrefix(kind, "AL") {
		out.Kind = "alarm"
		out.Reply = m.reply("AL")
	}
	return out
}

// mended takes the validity off a latitude that was written without a comma
// between: V00.000000.
func mended(words []string) []string {
	if len(words) <= wValid {
		return words
	}
	w := words[wValid]
	if len(w) < 2 || w[0] != 'A' && w[0] != 'V' {
		return words
	}
	out := append([]string(nil), words[:wValid]...)
	out = append(out, w[:1], w[1:])
	return append(out, words[wValid+1:]...)
}

func (m message) when() (time.Time, bool) {
	t, err := time.Parse("020106 150405", m.word(wDate)+" "+m.word(wClock))
	return t, err == nil
}

// alarmOf is the first alarm of the state word.
func alarmOf(v int64) string {
	for _, a := range []struct {
		bit  int
		name string
	}{
		{0, "lowBattery"},
		{1, "geofenceExit"},
		{2, "geofenceEnter"},
		{3, ""},
		{14, "powerCut"},
		{16, "sos"},
		{17, "lowBattery"},
		{18, "geofenceExit"},
		{19, "geofenceEnter"},
		{20, "removing"},
		{21, "fallDown"},
	} {
		if a.name != "" && tracker.Bit(v, a.bit) {
			return a.name
		}
	}
	return ""
}

// network is count,advance,mcc,mnc,(lac,cell,signal)...,count,(name,address,
// signal)...,accuracy. Names of networks may hold anything, commas too, so an
// address is found by its looks.
func (m message) network(p *tracker.Position) {
	n, err := strconv.Atoi(m.word(wCells))
	if err != nil || n < 0 || n > 16 {
		n = 0
	}
	i := wCells + 2
	if n > 0 {
		mcc, err1 := strconv.Atoi(m.word(i))
		mnc, err2 := strconv.Atoi(m.word(i + 1))
		i += 2
		for range n {
			lac, ok1 := code(m.word(i))
			id, ok2 := code(m.word(i + 1))
			signal, _ := strconv.Atoi(m.word(i + 2))
			i += 3
			if ok1 && ok2 && err1 == nil && err2 == nil {
				p.AddCell(tracker.Cell{MCC: mcc, MNC: mnc, LAC: int(lac), ID: id, Signal: -abs(signal)})
			}
		}
	}
	for ; i+1 < len(m.words) && len(p.Network.Wifi) < 32; i++ {
		mac := m.word(i)
		if len(mac) != 17 || strings.Count(mac, ":") != 5 {
			continue
		}
		if signal, err := strconv.Atoi(m.word(i + 1)); err == nil {
			p.AddWifi(strings.ToLower(mac), signal)
		}
	}
	if last := m.word(len(m.words) - 1); len(m.words) > wCells+2 && strings.Contains(last, ".") {
		if v, ok := m.number(len(m.words) - 1); ok && v > 0 {
			p.Set("accuracy", v)
		}
	}
}

func abs(v int) int {
	if v < 0 {
		return -v
	}
	return v
}

// code is the number of a mast: decimal, or hexadecimal when it has letters.
func code(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	base := 10
	if strings.ContainsAny(s, "abcdefABCDEF") {
		base = 16
	}
	v, err := strconv.ParseInt(s, base, 48)
	return v, err == nil
}
