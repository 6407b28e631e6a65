package hub

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"citygrid/geo"

	"github.com/gorilla/websocket"
	"pgregory.net/rapid"
)

// TestAFrameSaysWhatWasPutIn: within 0.2 m, 0.1 s, 1 km/h and 1.5 degrees, and, for a city's
// units, in at most 10 bytes each.
func TestAFrameSaysWhatWasPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.UnixMilli(1_750_000_000_000)
		lon, lat := rapid.Float64Range(-180, 179).Draw(t, "lon"), rapid.Float64Range(-85, 84.9).Draw(t, "lat")
		units := map[uint64]*unit{}
		var list []*unit
		for n := range rapid.IntRange(1, 300).Draw(t, "units") {
			u := &unit{n: uint64(n + 1)}
			u.set(unitAt(fmt.Sprint(n), lon+rapid.Float64Range(0, 0.05).Draw(t, "dx"), lat+rapid.Float64Range(0, 0.05).Draw(t, "dy")))
			u.Time = start.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
			if rapid.Bool().Draw(t, "told") {
				u.Heading, u.SpeedKmh = geo.Degrees(rapid.Float64Range(0, 359.99).Draw(t, "heading")), rapid.Float64Range(0, 250).Draw(t, "speed")
			}
			units[u.n] = u
			list = append(list, u)
		}
		b := appendFrame(nil, list)
		if n := len(list); n > 100 && len(b) > 10*n {
			t.Errorf("%d bytes for %d positions", len(b), n)
		}
		f, err := DecodePositions(b)
		if err != nil || len(f.Positions) != len(list) {
			t.Fatalf("%d of %d positions, %v", len(f.Positions), len(list), err)
		}
		for _, p := range f.Positions {
			u := units[p.N]
			delete(units, p.N)
			if d := geo.Distance(p.At, u.At); d > 0.2 {
				t.Errorf("%v is told %v m off", u.At, d)
			}
			if d := p.Time.Sub(u.Time); d < 0 || d > ageUnit {
				t.Errorf("time is told %v off", d)
			}
			if math.IsNaN(u.SpeedKmh) != math.IsNaN(p.SpeedKmh) || math.Abs(u.SpeedKmh-p.SpeedKmh) > 1 {
				t.Errorf("%v km/h is told as %v", u.SpeedKmh, p.SpeedKmh)
			}
			turn := math.Abs(float64(u.Heading - p.Heading))
			if math.IsNaN(float64(u.Heading)) != math.IsNaN(float64(p.Heading)) || min(turn, 360-turn) > 1.5 {
				t.Errorf("heading %v is told as %v", u.Heading, p.Heading)
			}
		}
		if len(units) != 0 {
			t.Errorf("%d are missing", len(units))
		}
	})
}

func FuzzDecodePositions(f *testing.F) {
	f.Add(appendFrame(nil, []*unit{{n: 1, Unit: unitAt("a", 1, 2)}, {n: 300, Unit: unitAt("b", 1, 2)}, {n: 7, Unit: unitAt("c", -75, 39)}}))
	f.Add([]byte{1, 12, 0, 0, 0, 1})
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = DecodePositions(b) })
}

func TestBinaryPositions(t *testing.T) {
	s := serve(t, Config{}, all)
	s.Move(unitAt("a", 10, 50))
	s.Move(unitAt("b", 10, 51))
	s.settled()
	k := dial(t, s, `{"type":"hello","binary":true}`)
	k.want("snapshot")
	duty := 0
	move := func() {
		s.Move(unitAt("a", 10.5, 50))
		b := unitAt("b", 10.5, 51)
		duty++
		b.Duty = fmt.Sprint("duty ", duty)
		s.Move(b)
	}
	move()
	var dots, texts int
	for dots == 0 || texts == 0 {
		kind, raw, err := k.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if kind == websocket.TextMessage && strings.Contains(string(raw), `"snapshot"`) {
			dots, texts = 0, 0 // the first snapshot was still on its way when they moved: everything comes at once
			move()
			continue
		}
		if kind == websocket.TextMessage {
			texts++ // b, whose duty changed
			continue
		}
		f, err := DecodePositions(raw)
		if err != nil || len(f.Positions) != 1 || geo.Distance(f.Positions[0].At, [2]float64{10.5, 50}) > 0.2 {
			t.Fatalf("%+v %v", f, err)
		}
		dots++
	}
	if texts != 1 {
		t.Errorf("%d texts, want 1", texts)
	}
}
