package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// citygrid runs a command line and gives its exit code and what it printed.
func citygrid(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// sharedFile is a file of the shared test data, which lies beside the repository.
func sharedFile(t *testing.T, name ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(append([]string{dir, "shared", "data"}, name...)...)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip("no shared data: " + filepath.Join(name...))
	return ""
}

type checked struct {
	Features int
	Invalid  []struct {
		Feature int
		Reason  string
		At      *[2]float64
	}
	Overlaps []struct {
		A, B   int
		AreaM2 float64 `json:"area_m2"`
		At     [2]float64
	}
	Gaps []struct {
		AreaM2 float64 `json:"area_m2"`
		At     [2]float64
	}
}

func gridCheck(t *testing.T, args ...string) checked {
	t.Helper()
	code, out, errs := citygrid(t, append([]string{"grid", "check", "--json"}, args...)...)
	var c checked
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != 0 {
		t.Fatalf("%v: exit %d, %v: %s%s", args, code, err, out, errs)
	}
	return c
}

// TestGridCheckSeattle: three of the files are clean to the last digit. In the
// fourth, district 4 (feature 3) has a corner on a border of 250 m that district 7
// draws straight: by exact arithmetic on the file's own digits they share 2.42 m2,
// 2 cm wide. It is there, and is told.
func TestGridCheckSeattle(t *testing.T) {
	for _, name := range []string{"spd-beats", "spd-precincts", "spd-mcpp-areas"} {
		c := gridCheck(t, "--tolerance", "0", sharedFile(t, "seattle-grids", name+".geojson"))
		if c.Features == 0 || len(c.Invalid)+len(c.Overlaps)+len(c.Gaps) > 0 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	council := sharedFile(t, "seattle-grids", "city-council-districts.geojson")
	c := gridCheck(t, council)
	if len(c.Invalid)+len(c.Gaps) > 0 || len(c.Overlaps) != 1 || c.Overlaps[0].A != 3 || c.Overlaps[0].B != 6 || math.Abs(c.Overlaps[0].AreaM2-2.42) > 0.005 {
		t.Errorf("%+v", c)
	}
	if c = gridCheck(t, "--tolerance", "2.5", council); len(c.Overlaps) > 0 {
		t.Errorf("%+v", c)
	}
}

// TestGridCheckFindsWhatWasBroken makes each kind of fault in a copy of real
// beats, and finds these and no others.
func TestGridCheckFindsWhatWasBroken(t *testing.T) {
	data, err := os.ReadFile(sharedFile(t, "seattle-grids", "spd-beats.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Type     string `json:"type"`
		Features []struct {
			Type       string         `json:"type"`
			Properties map[string]any `json:"properties"`
			Geometry   *struct {
				Type        string          `json:"type"`
				Coordinates [][][][]float64 `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	shell := func(i int) [][]float64 { return file.Features[i].Geometry.Coordinates[0][0] }
	// A hole where nothing else is, near a corner, in feature 7.
	hole := func(i int, size float64) [2]float64 {
		low, high := [2]float64{180, 90}, [2]float64{-180, -90}
		for _, p := range shell(i) {
			for k := range 2 {
				low[k], high[k] = min(low[k], p[k]), max(high[k], p[k])
			}
		}
		x, y := (low[0]+high[0])/2, (low[1]+high[1])/2
		file.Features[i].Geometry.Coordinates[0] = append(file.Features[i].Geometry.Coordinates[0],
			[][]float64{{x, y}, {x, y + size}, {x + size, y + size}, {x + size, y}, {x, y}})
		return [2]float64{x, y}
	}
	hole(7, 0.0005)
	r := shell(20)
	file.Features[20].Geometry.Coordinates[0][0] = r[:len(r)-1] // left open
	s := shell(30)
	s[1], s[len(s)/2] = s[len(s)/2], s[1]                    // tied into a knot
	file.Features = append(file.Features, file.Features[12]) // given twice
	broken, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "broken.geojson")
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	c := gridCheck(t, path)
	var got []string
	for _, f := range c.Invalid {
		got = append(got, fmt.Sprintf("invalid %d", f.Feature))
		if f.At == nil || f.Reason == "" {
			t.Errorf("a fault without a place or a reason: %+v", f)
		}
	}
	for _, o := range c.Overlaps {
		got = append(got, fmt.Sprintf("overlap %d %d", o.A, o.B))
	}
	for range c.Gaps {
		got = append(got, "gap")
	}
	if want := "[invalid 20 invalid 30 overlap 12 51 gap]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %v: %+v", got, want, c)
	}
}

func TestGridCheckInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	square := `{"type":"Polygon","coordinates":[[[0,0],[0.01,0],[0.01,0.01],[0,0.01],[0,0]]]}`
	good := write("good.geojson", square)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{good}, 0, "1 features, 0 of them no areas, 0 overlaps, 0 gaps"},
		{[]string{write("point.geojson", `{"type":"Point","coordinates":[1,2]}`)}, 0, "feature 0 is no area: a Point is no area"},
		{[]string{"--json", write("none.geojson", `{"type":"FeatureCollection","features":[]}`)}, 0, `{"features":0,"invalid":[],"overlaps":[],"gaps":[]}`},
		{[]string{filepath.Join(dir, "missing")}, 2, "no such file"},
		{[]string{write("text", "hello")}, 2, "neither GeoJSON"},
		{[]string{"--tolerance", "NaN", good}, 2, "--tolerance NaN"},
		{[]string{"--tolerance", "-1", good}, 2, "-1"},
	} {
		code, out, errs := citygrid(t, append([]string{"grid", "check"}, c.args...)...)
		if code != c.code || !strings.Contains(out+errs, c.want) {
			t.Errorf("%v: exit %d, %q %q; want %d, %q", c.args, code, out, errs, c.code, c.want)
		}
	}
}

// TestGridRepair: the one real overlap of Seattle's council districts is mended, in
// each format; what is larger than the limit is refused and nothing is written.
func TestGridRepair(t *testing.T) {
	council := sharedFile(t, "seattle-grids", "city-council-districts.geojson")
	dir := t.TempDir()
	for _, name := range []string{"a.geojson", "a.zip", "a.kml"} {
		out := filepath.Join(dir, name)
		code, text, errs := citygrid(t, "grid", "repair", council, "--out", out)
		if code != 0 || !strings.Contains(text, "0 refused") {
			t.Fatalf("%s: exit %d: %s%s", name, code, text, errs)
		}
		if c := gridCheck(t, "--tolerance", "0", out); c.Features != 7 || len(c.Invalid)+len(c.Overlaps)+len(c.Gaps) > 0 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	out := filepath.Join(dir, "b.geojson")
	code, text, errs := citygrid(t, "grid", "repair", council, "--out", out, "--limit", "0.001", "--json")
	if code != 2 || !strings.Contains(text, `"refused":[{"what":"overlap","from":[3,6],"to":3,`) || !strings.Contains(errs, "nothing was written") {
		t.Errorf("exit %d: %s%s", code, text, errs)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was written")
	}
	metres := filepath.Join(dir, "metres.geojson")
	if err := os.WriteFile(metres, []byte(`{"type":"Polygon","coordinates":[[[452000,4395000],[453000,4395000],[453000,4396000],[452000,4395000]]]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := citygrid(t, "grid", "repair", metres, "--out", out, "--limit", "20"); code != 2 || !strings.Contains(errs, "feature 0: position [452000 4.395e+06] is not on earth") {
		t.Errorf("grids in metres: %d, %s", code, errs)
	}
	if code, _, errs := citygrid(t, "grid", "repair", council, "--out", filepath.Join(dir, "b.txt")); code != 2 || !strings.Contains(errs, "none of .geojson") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// TestGridDatum: positions declared as GCJ-02 come back to where they were.
func TestGridDatum(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "g.geojson")
	p := geo.GCJ02.FromWGS84(orb.Point{121.01, 30.7})
	square := fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[121.03,30.7],[121.03,30.72],[%v,%v]]]}`, p[0], p[1], p[0], p[1])
	if err := os.WriteFile(path, []byte(square), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "o.geojson")
	if code, text, errs := citygrid(t, "grid", "repair", path, "--datum", "gcj02", "--out", out); code != 0 {
		t.Fatal(text, errs)
	}
	b, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(b), "[121.01,30.7") && !strings.Contains(string(b), "[121.0099999") {
		t.Errorf("%s, %v", b, err)
	}
}
