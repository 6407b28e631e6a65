package web

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

// tracked is the body of a request with fixes along the upper street of the drawn
// map, 5 m a second, and one far away.
func tracked(profile string, n int) string {
	var fixes []string
	for i := range n {
		lat := 39.74002
		if i == 5 {
			lat = 30
		}
		fixes = append(fixes, fmt.Sprintf(`{"t":"2026-11-23T08:00:%02dZ","lon":%f,"lat":%f,"accuracy_m":4}`, i%60, -75.5499+float64(i)*5.85e-5, lat))
	}
	return fmt.Sprintf(`{"profile":%q,"lang":"zh-CN","fixes":[%s]}`, profile, strings.Join(fixes, ","))
}

func TestMatchTrack(t *testing.T) {
	b := open(t).as("officer")
	var out MatchedTrack
	b.send("POST", "/api/match", []byte(tracked("foot", 12))).is(t, 200, "").into(t, &out)
	if len(out.Fixes) != 11 || out.Fixes[4].Fix != 4 || out.Fixes[5].Fix != 6 {
		t.Fatalf("fixes %v, want all but the sixth", out.Fixes)
	}
	if f := out.Fixes[10]; f.Side != "left" || !(f.Confidence > 0.5) || f.From == 0 || math.Abs(f.At[1]-39.74) > 1e-6 {
		t.Errorf("the last fix: %+v, want the left side of the street", f)
	}
	if len(out.Ways) == 0 || out.Ways[0].Name != "主街" || !out.Ways[0].Begin.Before(out.Ways[0].Done) {
		t.Errorf("ways %+v, want Main Street first", out.Ways)
	}
	if out.Path.Type != "MultiLineString" || len(out.Path.Coordinates) != 1 || len(out.Path.Coordinates[0]) < 2 {
		t.Errorf("path %+v, want one line", out.Path)
	}

	if r := b.send("POST", "/api/match", []byte(`{"fixes":[]}`)).is(t, 200, ""); !strings.Contains(string(r.text), `"coordinates":[]`) {
		t.Errorf("of nothing: %s", r)
	}
	b.send("POST", "/api/match", []byte(tracked("car", 2))).is(t, 422, "route.profile") // the drawn map has none
	b.send("POST", "/api/match", []byte(tracked("boat", 2))).is(t, 422, "route.profile")
	b.send("POST", "/api/match", []byte(`{"fixes":[{"t":"2026-11-23T08:00:00Z","lon":181,"lat":0}]}`)).is(t, 422, "request.invalid")
	b.send("POST", "/api/match", []byte(`{"fixes":[{"lon":1,"lat":0}]}`)).is(t, 422, "request.invalid")
	many, err := json.Marshal(map[string]any{"fixes": make([]TrackFix, 20_001)})
	if err != nil {
		t.Fatal(err)
	}
	b.send("POST", "/api/match", many).is(t, 422, "request.invalid")
	b.send("POST", "/api/match", []byte(`{"fixes":[`+strings.Repeat(" ", maxTrack)+`]}`)).is(t, 413, "request.too_large")
	open(t).browser().send("POST", "/api/match", []byte(tracked("foot", 2))).is(t, 401, "login.needed")
}
