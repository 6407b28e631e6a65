package match

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"citygrid/data/osm"
	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// shared is the path of a folder of real data, which lies beside the repository or
// where CITYGRID_SHARED says. Without it the test is skipped.
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
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("no %s in a folder shared/data beside the repository", name)
	return ""
}

// A drive is a track with the way it truly took, as pairs of OSM nodes.
type drive struct {
	name  string
	m     *Matcher
	track []Fix
	truth [][2]int64
}

func rows(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

// drives reads the tracks of those names, all if there are none.
func drives(t testing.TB, names []string) []drive {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(shared(t, "map-matching"), "*", "truth.csv"))
	if err != nil || len(dirs) == 0 {
		t.Fatal(err, "no tracks")
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	var all []drive
	for _, truth := range dirs {
		dir := filepath.Dir(truth)
		d := drive{name: filepath.Base(dir)}
		if len(names) > 0 && !slices.Contains(names, d.name) {
			continue
		}
		m, err := osm.ReadMap(t.Context(), filepath.Join(dir, "network.osm.pbf"), d.name, osm.Options{StreetsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		d.m = New(path.NewEngine(m.Network, path.Car()), Params{})
		for _, r := range rows(t, filepath.Join(dir, "track.csv")) {
			d.track = append(d.track, Fix{At: orb.Point{number(r[1]), number(r[2])}, Time: time.UnixMilli(int64(number(r[0]) * 1000))})
		}
		for _, r := range rows(t, truth) {
			d.truth = append(d.truth, [2]int64{int64(number(r[2])), int64(number(r[3]))})
		}
		all = append(all, d)
	}
	return all
}

// A score says how much of what was found is true, and how much of what is true was
// found, both by length, each street in each direction as often as it was travelled.
type score struct {
	precision, recall float64
	missed, extra     [][2]int64
}

func (d *drive) score(parts [][]Leg) score {
	n := d.m.n
	length := make(map[[2]int64]float64)
	for i := range n.Segments() {
		s := n.Segment(street.SegmentID(i))
		a, b := n.Junction(s.From).Node, n.Junction(s.To).Node
		length[[2]int64{a, b}], length[[2]int64{b, a}] = float64(s.LengthM), float64(s.LengthM)
	}
	open := make(map[[2]int64]int)
	all, found, both := 0.0, 0.0, 0.0
	for _, e := range d.truth {
		open[e]++
		all += length[e]
	}
	var sc score
	for _, legs := range parts {
		for _, l := range legs {
			s := n.Segment(l.Segment)
			e := [2]int64{n.Junction(s.From).Node, n.Junction(s.To).Node}
			if !l.Forward {
				e[0], e[1] = e[1], e[0]
			}
			found += length[e]
			if open[e] > 0 {
				open[e]--
				both += length[e]
			} else {
				sc.extra = append(sc.extra, e)
			}
		}
	}
	for _, e := range d.truth {
		if open[e] > 0 {
			open[e]--
			sc.missed = append(sc.missed, e)
		}
	}
	sc.precision, sc.recall = both/max(1, found), both/max(1, all)
	return sc
}

func thin(track []Fix, every int) []Fix {
	var some []Fix
	for i := 0; i < len(track); i += every {
		some = append(some, track[i])
	}
	return some
}

// The tracks with truth: by length, at least 97 % of what is found is true and 97 %
// of what is true is found, in the mean, with all points, every 10th and every 30th.
// Without CITYGRID_MAPS the smallest one is enough.
func TestTracksWithTruth(t *testing.T) {
	names := []string{"26-blacksburg"}
	if os.Getenv("CITYGRID_MAPS") != "" {
		names = nil
	} else if testing.Short() {
		t.Skip("reads maps")
	}
	all := drives(t, names)
	for _, every := range []int{1, 10, 30} {
		var precision, recall float64
		for _, d := range all {
			r, err := d.m.Match(t.Context(), thin(d.track, every))
			if err != nil {
				t.Fatal(err)
			}
			sc := d.score(r.Parts)
			t.Logf("%s, every %d: precision %.4f, recall %.4f, pieces %d", d.name, every, sc.precision, sc.recall, len(r.Parts))
			precision += sc.precision / float64(len(all))
			recall += sc.recall / float64(len(all))
			if sc.precision < 0.93 || sc.recall < 0.87 {
				t.Errorf("%s, every %d: precision %.4f, recall %.4f; missed %v, extra %v", d.name, every, sc.precision, sc.recall, sc.missed, sc.extra)
			}
		}
		t.Logf("every %d: precision %.4f, recall %.4f in the mean", every, precision, recall)
		if names == nil && (precision < 0.97 || recall < 0.97) {
			t.Errorf("every %d: precision %.4f, recall %.4f in the mean, want 0.97 of both", every, precision, recall)
		}
	}
}

// BenchmarkTracks is a whole track of those with truth, on one core; fixes/s is by
// the clock.
func BenchmarkTracks(b *testing.B) {
	for _, d := range drives(b, nil) {
		for _, every := range []int{1, 10, 30} {
			track := thin(d.track, every)
			b.Run(fmt.Sprintf("%s/every=%d", d.name, every), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := d.m.Match(b.Context(), track); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(track)*b.N)/b.Elapsed().Seconds(), "fixes/s")
			})
		}
	}
}
