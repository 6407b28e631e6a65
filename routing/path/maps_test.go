package path

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/dissect"
)

// TestMapsEqualPlainDijkstra holds searches and tables on real maps against plain
// Dijkstra on the same turn-aware graph, as the map is on a Monday morning and with
// a fiftieth of its segments closed or at a random speed. Partial customisation
// must cost what full does.
//
// CITYGRID_MAPS=1 takes every map of the shared folder, and Delaware, with all
// profiles, 10,000 pairs each: 100 starts, in tables of 10 with 100 goals, since
// one search of Dijkstra's answers for a hundred pairs. Without, it is a short look
// at the smallest map. -run 'TestMapsEqualPlainDijkstra/malta/car' takes one.
func TestMapsEqualPlainDijkstra(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole cities")
	}
	maps, profiles := []string{shared(t, "monaco/*.osm*")}, []Profile{Car(), Foot(), profileNamed(t, "tow-truck")}
	tables, starts, goals := 1, 2, 15
	if os.Getenv("CITYGRID_MAPS") != "" {
		maps, profiles = append(sharedMaps(t), delaware(t)), Profiles()
		tables, starts, goals = 5, 10, 100
	}
	for _, file := range maps {
		name := filepath.Base(filepath.Dir(file))
		if name == "testdata" {
			name, _, _ = strings.Cut(filepath.Base(file), ".")
		}
		t.Run(name, func(t *testing.T) {
			n := ordered(t, network(t, file))
			for _, p := range profiles {
				t.Run(p.Name, func(t *testing.T) {
					begun := time.Now()
					r := rand.New(rand.NewPCG(3, 3))
					e := NewEngineAt(n, p, When{At: monday})
					closed, err := e.With(randomChanges(r, n, n.Segments()/50))
					if err != nil {
						t.Fatal(err)
					}
					few, err := e.With(randomChanges(r, n, min(40, n.Segments()/100)))
					if err != nil {
						t.Fatal(err)
					}
					for _, step := range [][2]*Engine{{e, closed}, {closed, few}, {few, e}} {
						if !step[0].partly(step[1]).equal(newMetric(e.h, e.g, step[1].whole)) {
							t.Errorf("partial and full customisation differ")
						}
					}
					found := 0
					for _, e := range []*Engine{e, closed} {
						for range tables {
							found += comparePlain(t, e, r, starts, goals)
						}
					}
					if (p.Name == "car" || p.Name == "foot") && found < 2*tables*starts*goals/4 {
						t.Errorf("%d of %d pairs have a way", found, 2*tables*starts*goals)
					}
					t.Logf("%d segments, %d states: %d of %d pairs have a way, %.1f s", n.Segments(), e.States(), found, 2*tables*starts*goals, time.Since(begun).Seconds())
				})
			}
		})
	}
}

// partly is the metric of another engine by partial customisation, however many
// states differ.
func (e *Engine) partly(with *Engine) *metric {
	var differ []state
	for s := range e.g.whole {
		if e.whole(state(s)) != with.whole(state(s)) {
			differ = append(differ, state(s))
		}
	}
	return e.metric.changed(e.h, e.g, with.whole, differ)
}

// sharedMaps are the extracts of the shared folder.
func sharedMaps(t testing.TB) []string {
	t.Helper()
	top := filepath.Dir(filepath.Dir(shared(t, "monaco/*.osm*")))
	var all []string
	for _, pattern := range []string{"*/*.osm*", "map-matching/*/*.osm*"} {
		found, err := filepath.Glob(filepath.Join(top, pattern))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

// ordered is a network with the order of its hierarchies, which all profiles share.
func ordered(t testing.TB, n *street.Network) *street.Network {
	t.Helper()
	parts := *n.Parts()
	if parts.Order == nil {
		parts.Order = dissect.Order(&parts)
	}
	n, err := street.Build(parts)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// comparePlain holds a table of random places, and the searches of its cells,
// against plain Dijkstra, and says how many have a way.
func comparePlain(t *testing.T, e *Engine, r *rand.Rand, starts, goals int) (found int) {
	t.Helper()
	var usable []street.SegmentID
	for id := range street.SegmentID(e.n.Segments()) {
		if e.usable(id) {
			usable = append(usable, id)
		}
	}
	if len(usable) == 0 {
		return 0
	}
	somewhere := func(count int) []place {
		places := make([]place, count)
		for i := range places {
			id := usable[r.IntN(len(usable))]
			length := e.n.Segment(id).LengthM
			places[i] = e.first(e.n.PointAt(id, geo.Metres(float64(length)*r.Float64())), 10)
		}
		return places
	}
	from, to := somewhere(starts), somewhere(goals)
	costs := make([]cost, starts*goals)
	room := newRoom()
	if err := newDoorBook(e).table(t.Context(), room, from, to, costs); err != nil {
		t.Fatal(err)
	}
	for i := range from {
		plain := plainly(e, from[i])
		for j := range to {
			want := plain.to(to[j])
			if want < never {
				found++
			}
			if got := e.least(room, from[i], to[j]); got != want || costs[i*goals+j] != want {
				t.Errorf("from segment %d to %d: %v by a search, %v in a table, %v by Dijkstra", from[i][0].Segment, to[j][0].Segment,
					got.duration(), costs[i*goals+j].duration(), want.duration())
			}
		}
	}
	return found
}
