package path

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/data/osm"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// shared is the path of a file in the folder of real maps, which lies beside the
// repository or where CITYGRID_SHARED says. Without it the test is skipped.
func shared(t testing.TB, name string) string {
	t.Helper()
	var tried []string
	if dir := os.Getenv("CITYGRID_SHARED"); dir != "" {
		tried = append(tried, filepath.Join(dir, "data", name))
	}
	for dir := ".."; len(dir) < 20; dir = filepath.Join("..", dir) {
		tried = append(tried, filepath.Join(dir, "shared", "data", name))
	}
	for _, path := range tried {
		if found, _ := filepath.Glob(path); len(found) > 0 {
			return found[0]
		}
	}
	t.Skipf("no %s in a folder shared/data beside the repository", name)
	return ""
}

// delaware is the extract that comes with the osm module.
func delaware(t testing.TB) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	path := filepath.Join(strings.TrimSpace(string(dir)), "testdata", "delaware-latest.osm.pbf")
	if _, statErr := os.Stat(path); err != nil || statErr != nil {
		t.Skip("the osm module with its extract of Delaware is not in the module cache")
	}
	return path
}

func network(t testing.TB, path string) *street.Network {
	t.Helper()
	m, err := osm.ReadMap(t.Context(), path, "test", osm.Options{StreetsOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return m.Network
}

// On real maps the hierarchy finds what plain Dijkstra does, and no route breaks
// a rule.
func TestRealMaps(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole cities")
	}
	for _, name := range []string{"monaco/*.osm*"} { // small: this runs under -race, too
		t.Run(filepath.Dir(name), func(t *testing.T) {
			n := network(t, shared(t, name))
			for _, p := range []Profile{Car(), Foot()} {
				e, rules := NewEngine(n, p), newRulebook(n, p)
				found := 0
				r := rand.New(rand.NewPCG(1, 1))
				somewhere := func() orb.Point {
					line := n.Line(street.SegmentID(r.IntN(n.Segments())))
					at := line[r.IntN(len(line))]
					return orb.Point{at[0] + (r.Float64()-0.5)*0.001, at[1] + (r.Float64()-0.5)*0.001}
				}
				for range 30 {
					q := Query{From: somewhere(), To: somewhere()}
					got, err := e.Route(t.Context(), q)
					if errors.Is(err, ErrOffNetwork) || errors.Is(err, ErrNoRoute) {
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					found++
					if why := rules.check(got); why != "" {
						t.Errorf("%s, %+v: %s", p.Name, q, why)
					}
					from, to := place{{Near: got.FromSnap}}, place{{Near: got.ToSnap}}
					if want := plainly(e, from).to(to); uint64(got.Duration.Milliseconds()) != uint64(want.ms()) {
						t.Errorf("%s, %+v: %v, want %v", p.Name, q, got.Duration, want.duration())
					}
				}
				if found < 20 {
					t.Errorf("%s: %d of 30 routes found", p.Name, found)
				}
			}
		})
	}
}

// BenchmarkDelaware is a route between two random places in the state.
func BenchmarkDelaware(b *testing.B) {
	n := network(b, delaware(b))
	for _, p := range []Profile{Car(), Foot()} {
		start := time.Now()
		e := NewEngine(n, p)
		b.Logf("%s: %d segments, %d states, %d hops, engine in %v", p.Name, n.Segments(), len(e.g.edge), len(e.g.out), time.Since(start).Round(time.Millisecond))
		b.Run(p.Name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			somewhere := func() orb.Point {
				return n.Line(street.SegmentID(r.IntN(n.Segments())))[0]
			}
			none := 0
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Route(b.Context(), Query{From: somewhere(), To: somewhere()}); err != nil {
					none++
				}
			}
			b.ReportMetric(float64(none)/float64(b.N), "none/op")
		})
	}
}
