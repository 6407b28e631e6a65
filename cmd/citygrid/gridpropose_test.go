package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type proposed struct {
	Type     string
	Summary  proposalSummary
	Features []struct {
		Properties struct {
			Code    string
			Minutes float64
			AreaM2  float64 `json:"area_m2"`
		}
		Geometry struct{ Type string }
	}
}

// TestGridProposeMonaco imports a small country, cuts it into unit grids and shares
// them out; what comes out is a clean partition, and the summary is true.
func TestGridProposeMonaco(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("imports a map")
	}
	extract := sharedFile(t, "monaco", "monaco.osm.pbf")
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if code, _, errs := citygrid(t, "import", "--quiet", "--data", data, extract); code != 0 {
		t.Fatal(errs)
	}
	save := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	read := func(text string) (p proposed) {
		if err := json.Unmarshal([]byte(text), &p); err != nil || p.Type != "FeatureCollection" {
			t.Fatal(err, p.Type)
		}
		return p
	}
	clean := func(path string, features int) {
		if c := gridCheck(t, "--tolerance", "0", path); c.Features != features || len(c.Invalid)+len(c.Overlaps)+len(c.Gaps) > 0 {
			t.Errorf("%s: %+v", path, c)
		}
	}
	code, text, errs := citygrid(t, "grid", "units", "--data", data, "--json", "--prefix", "MC")
	if code != 0 {
		t.Fatal(errs)
	}
	units := read(text)
	area, minutes := 0.0, 0.0
	for _, f := range units.Features {
		area, minutes = area+f.Properties.AreaM2, minutes+f.Properties.Minutes
	}
	if mean := area / float64(len(units.Features)); mean < 7_000 || mean > 13_000 || units.Features[0].Properties.Code != "MC00001" {
		t.Errorf("%d unit grids of %.0f m2, the first is %+v", len(units.Features), mean, units.Features[0])
	}
	clean(save("units.geojson", text), len(units.Features))

	code, text, errs = citygrid(t, "grid", "propose", "--data", data, "--count", "12", "--time", "1s", "--seed", "7", "--json")
	if code != 0 {
		t.Fatal(errs)
	}
	p := read(text)
	most, sum := 0.0, 0.0
	for _, f := range p.Features {
		most, sum = max(most, f.Properties.Minutes), sum+f.Properties.Minutes
		if f.Geometry.Type != "Polygon" {
			t.Errorf("a grid is a %s, not in one piece", f.Geometry.Type)
		}
	}
	if len(p.Features) != 12 || math.Abs(sum-minutes) > 1 || math.Abs(most/(sum/12)-p.Summary.MaxOverMean) > 1e-4 {
		t.Errorf("%d grids of %.1f minutes, the units have %.1f; %+v", len(p.Features), sum, minutes, p.Summary)
	}
	if s := p.Summary; s.MaxOverMean > max(1.03, s.LowerBound+0.01) || !s.Connected || s.CV <= 0 || s.CompactnessMean <= 0.1 || s.CompactnessMean > 1 || s.CutKm <= 0 {
		t.Errorf("%+v", s)
	}
	clean(save("grids.geojson", text), 12)

	for _, args := range [][]string{{"--count", "0"}, {"--count", "3", "--size", "1"}, {"--count", "3", "--place", "1,1"}, {"--count", "3", "--walking-speed", "0"}} {
		if code, _, errs := citygrid(t, append([]string{"grid", "propose", "--data", data}, args...)...); code != 2 || errs == "" {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	if code, _, errs := citygrid(t, "grid", "propose", "--data", dir, "--count", "3"); code != 2 || !strings.Contains(errs, "has no map") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
