package hub

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"citygrid/geo"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestGoldenFrame: the web app's reader is tested with a frame that we wrote, so
// the two can't drift apart.
func TestGoldenFrame(t *testing.T) {
	start := time.UnixMilli(1_790_000_000_123)
	var units []*unit
	for i := range 40 {
		u := &unit{n: uint64(i*i*9 + 1)}
		u.set(unitAt(fmt.Sprint(i), -75.62+float64(i%13)*0.0371, 39.69+float64(i%7)*0.0293))
		u.Time = start.Add(-time.Duration(i*i*100) * time.Millisecond)
		if i%3 > 0 {
			u.Heading, u.SpeedKmh = geo.Degrees(float64(i*37%360)), float64(i*7)
		}
		units = append(units, u)
	}
	far := &unit{n: 1 << 40} // numbers over 32 bits
	far.set(unitAt("far", 179.999, -33.5))
	far.Time = start
	frame := appendFrame(nil, append(units, far))
	read, err := DecodePositions(frame)
	if err != nil {
		t.Fatal(err)
	}
	type position struct {
		N       uint64     `json:"n"`
		Ms      int64      `json:"ms"`
		At      [2]float64 `json:"at"`
		Heading *float64   `json:"heading"`
		Speed   *float64   `json:"speed"`
	}
	golden := struct {
		Frame     []byte     `json:"frame"`
		Positions []position `json:"positions"`
	}{Frame: frame}
	told := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	for _, p := range read.Positions {
		golden.Positions = append(golden.Positions, position{p.N, p.Time.UnixMilli(), p.At, told(float64(p.Heading)), told(p.SpeedKmh)})
	}
	got, err := json.MarshalIndent(golden, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const file = "../../web/testdata/positions.json"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: run go test -run TestGoldenFrame -update ./live/hub and then the app's tests", file)
	}
}
