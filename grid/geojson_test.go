package grid

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// shared is a file of the shared test data, which lies beside the repository. The
// test is skipped without it.
func shared(t testing.TB, name ...string) []byte {
	t.Helper()
	root := os.Getenv("CITYGRID_SHARED")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "shared", "data")); err == nil {
				root = filepath.Join(dir, "shared")
				break
			}
			if dir == filepath.Dir(dir) {
				t.Skip("no shared data")
			}
			dir = filepath.Dir(dir)
		}
	}
	b, err := os.ReadFile(filepath.Join(append([]string{root, "data"}, name...)...))
	if err != nil {
		t.Skip(err)
	}
	return b
}

var seattle = []string{"spd-beats", "spd-precincts", "spd-mcpp-areas", "city-council-districts"}

func TestSeattleHasNoFaults(t *testing.T) {
	for i, want := range []int{51, 5, 61, 7} {
		p, err := ReadGeoJSON(bytes.NewReader(shared(t, "seattle-grids", seattle[i]+".geojson")))
		if err != nil || len(p.Grids) != want {
			t.Errorf("%s: %d grids, %v; want %d", seattle[i], len(p.Grids), err, want)
		}
	}
}

// collectionOf writes a FeatureCollection of features made of properties and
// geometry in JSON, for tests.
func collectionOf(features ...[2]string) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, f := range features {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":%s,"geometry":%s}`, f[0], f[1])
	}
	b.WriteString("]}")
	return b.String()
}

const (
	west = `{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0],[0,0]]]}` // clockwise
	east = `{"type":"MultiPolygon","coordinates":[[[[1,0,7],[2,0,7],[2,1,7],[1,1,7],[1,0,7]]]]}`
)

func TestReadGeoJSON(t *testing.T) {
	p, err := ReadGeoJSON(strings.NewReader("\ufeff" + collectionOf(
		[2]string{`{"id":"7","code":12,"name":"东城","name:en":"East side","team":3,"member":9,"tasks":"patrol, stalls","colour":"red"}`, west},
		[2]string{`{"name":{"en":"West"},"tasks":["dogs"]}`, east},
	)))
	if err != nil {
		t.Fatal(err)
	}
	want := []Responsibility{
		{
			ID: 7, Code: "12", Name: map[string]string{"zh-CN": "东城", "en": "East side"}, Team: 3, Member: 9,
			Tasks: []string{"patrol", "stalls"}, Ground: orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}}},
		},
		{
			ID: 8, Name: map[string]string{"en": "West"}, Tasks: []string{"dogs"},
			Ground: orb.MultiPolygon{{{{1, 0}, {2, 0}, {2, 1}, {1, 1}, {1, 0}}}},
		},
	}
	if !reflect.DeepEqual(p.Grids, want) {
		t.Errorf("got  %+v\nwant %+v", p.Grids, want)
	}
}

// TestReadGeoJSONRefuses: each fault says which feature, which field, what, and
// how to mend it; the plan is refused whole.
func TestReadGeoJSONRefuses(t *testing.T) {
	one := func(properties, geometry string) string { return collectionOf([2]string{properties, geometry}) }
	for _, c := range []struct {
		name, file string
		rule       error
		says       string
	}{
		{"nothing", "", ErrPlan, "not GeoJSON"},
		{"half a file", `{"type":"FeatureCollection","features":[{"type":`, ErrPlan, "not GeoJSON"},
		{"one feature", `{"type":"Feature"}`, ErrPlan, `"Feature" is not a FeatureCollection`},
		{"no features", `{"type":"FeatureCollection","features":[]}`, ErrPlan, "no grids"},
		{"another system", `{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:4490"}},"features":[]}`, ErrPlan, "another system"},
		{"no geometry", one(`{}`, `null`), ErrShape, "feature 0: no geometry"},
		{"a point", one(`{}`, `{"type":"Point","coordinates":[0,0]}`), ErrShape, "a Point has no ground"},
		{"a null in a position", one(`{}`, `{"type":"Polygon","coordinates":[[[null,0]]]}`), ErrShape, "without a number"},
		{"half a position", one(`{}`, `{"type":"Polygon","coordinates":[[[0]]]}`), ErrShape, "position 0 has 1 numbers"},
		{"text in a position", one(`{}`, `{"type":"Polygon","coordinates":[[["a","b"]]]}`), ErrShape, "coordinates"},
		{"three positions", one(`{}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}`), ErrShape, "3 positions, 4 is the least"},
		{"an open ring", one(`{}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`), ErrShape, "does not end where it began"},
		{"swapped", one(`{}`, `{"type":"Polygon","coordinates":[[[30,120],[31,120],[31,121],[30,120]]]}`), ErrShape, "swapped"},
		{"in metres", one(`{}`, `{"type":"Polygon","coordinates":[[[400000,5000],[400100,5000],[400100,5100],[400000,5000]]]}`), ErrShape, "not in metres"},
		{"too long", one(`{}`, `{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,0]]]}`), ErrShape, "longer than a degree"},
		{"a bow tie", one(`{}`, `{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}`), ErrShape, "crosses or touches itself at 0.5000000,0.5000000"},
		{"a hole outside", one(`{}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0.1,0.5],[0.2,0.5],[0.1,0.6],[0.1,0.5]]]}`), ErrShape, "outside"},
		{"an id in words", one(`{"id":"seven"}`, west), ErrPlan, `"seven" is not a whole number`},
		{"a negative id", one(`{"id":-1}`, west), ErrPlan, "-1 is no id"},
		{"a team by name", one(`{"team":"North"}`, west), ErrPlan, "team:"},
		{"a list of names", one(`{"name":[1]}`, west), ErrPlan, "name:"},
		{"an id twice", collectionOf([2]string{`{"id":1}`, west}, [2]string{`{"id":1}`, east}), ErrPlan, "feature 1: id: 1 is the id of feature 0 too"},
		{"a code twice", collectionOf([2]string{`{"code":"A"}`, west}, [2]string{`{"code":"A"}`, east}), ErrPlan, `feature 1: code: "A" is the code of feature 0 too`},
		{"one over the other", collectionOf([2]string{`{}`, west}, [2]string{`{}`, west}), ErrOverlap, "features 0 and 1: they share"},
	} {
		p, err := ReadGeoJSON(strings.NewReader(c.file))
		var refused *PlanError
		if !errors.As(err, &refused) || !errors.Is(err, c.rule) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; want %v and %q", c.name, err, c.rule, c.says)
			continue
		}
		if len(p.Grids) > 0 {
			t.Errorf("%s: half a plan came back", c.name)
		}
	}
}

func TestReadGeoJSONTellsAllFaults(t *testing.T) {
	_, err := ReadGeoJSON(strings.NewReader(collectionOf(
		[2]string{`{"team":"x","member":"y"}`, `null`}, [2]string{`{"tasks":3}`, west},
	)))
	var refused *PlanError
	if !errors.As(err, &refused) || len(refused.Faults) != 4 {
		t.Errorf("%v, want four faults", err)
	}
}

func TestGeoJSONRoundTrip(t *testing.T) {
	n, city := randomTown(t, rand.New(rand.NewPCG(1, 1)), 40)
	grids, err := CutAlongStreets(n, city, 5, CutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	grids[2].Team, grids[2].Member, grids[2].Tasks = 4, 17, []string{"patrol", "stalls"}
	want := Plan{ID: 3, Version: 12, From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Grids: grids}
	if got := roundTrip(t, want); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func roundTrip(t *testing.T, p Plan) Plan {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteGeoJSON(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadGeoJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return got
}

// FuzzReadGeoJSON: no input panics, and what is taken survives a round trip and
// has an owner index that agrees with the plain rule at its vertices, but for
// slivers.
func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(collectionOf([2]string{`{"id":1,"name":"a","tasks":["x"]}`, west}, [2]string{`{"name":{"zh-CN":"东"}}`, east})))
	f.Add([]byte(collectionOf([2]string{`{}`, west}, [2]string{`{}`, west})))
	f.Add([]byte(`{"type":"FeatureCollection","plan":{"id":1,"from":"2026-01-01T00:00:00+08:00"},"features":[{"type":"Feature","id":3,"geometry":` + west + `}]}`))
	f.Add([]byte(collectionOf([2]string{`{}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]],[[0,0],[0.5,0.2],[0.2,0.5],[0,0]]]}`})))
	f.Add([]byte(collectionOf([2]string{`{}`, `{"type":"Polygon","coordinates":[[[1e-9,0],[3e-9,1e-9],[2e-9,5e-9],[1e-9,0]]]}`})))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		p, err := ReadGeoJSON(bytes.NewReader(data))
		if err != nil {
			_ = err.Error()
			return
		}
		if got := roundTrip(t, p); !reflect.DeepEqual(got.Grids, p.Grids) || !got.From.Equal(p.From) || got.ID != p.ID {
			t.Errorf("got  %+v\nwant %+v", got, p)
		}
		own, err := p.Index()
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range p.Grids {
			own.OwnerAt(g.Ground[0][0][0])
		}
	})
}
