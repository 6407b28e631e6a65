package match

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"citygrid/data/osm"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// driven makes a track of a route: fixes every so often at the profile's speeds,
// with errors of 5 m that forget half of themselves in ten seconds, as GPS errors do.
func driven(r *rand.Rand, n *street.Network, route path.Route, every time.Duration) []Fix {
	var track []Fix
	lonM, latM := geo.MetresPerDegree(route.Line[0][1])
	ex, ey := r.NormFloat64()*5, r.NormFloat64()*5
	var clock, next time.Duration
	for i, l := range route.Legs {
		clock += l.Turn
		for next < clock+l.Duration || i == len(route.Legs)-1 && next < clock+l.Duration+every { // the last at the end
			next = min(next, clock+l.Duration)
			share := max(0, float64(next-clock)/float64(l.Duration))
			at := n.PointAt(l.Segment, l.Start+geo.Metres(share)*(l.End-l.Start))
			for range every / time.Second {
				const keep = 0.933 // to the tenth power a half
				ex, ey = keep*ex+r.NormFloat64()*5*0.36, keep*ey+r.NormFloat64()*5*0.36
			}
			track = append(track, Fix{At: orb.Point{at[0] + ex/float64(lonM), at[1] + ey/float64(latM)}, Time: time.Unix(1e9, 0).Add(next)})
			next += every
		}
		clock += l.Duration
	}
	return track
}

// On real maps, with their footways, car parks, tunnels and bridges, tracks of routes
// are matched back to the routes. Without CITYGRID_MAPS Monaco is enough.
func TestRoutesAreFoundAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a map")
	}
	names, routes := []string{"monaco/*.osm*"}, 3
	if os.Getenv("CITYGRID_MAPS") != "" {
		names, routes = []string{"monaco/*.osm*", "liechtenstein/*.osm*", "malta/*.osm*", "beijing-2013/*.osm*", "rhein-neckar/*.osm*"}, 40
	}
	for _, name := range names {
		dir := shared(t, filepath.Dir(name))
		files, err := filepath.Glob(filepath.Join(dir, filepath.Base(name)))
		if err != nil || len(files) == 0 {
			t.Fatal(err, "no map in", dir)
		}
		read, err := osm.ReadMap(t.Context(), files[0], "test", osm.Options{StreetsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		n := read.Network
		for _, profile := range []path.Profile{path.Car(), path.Foot()}[:min(2, routes-2)] {
			e := path.NewEngine(n, profile)
			m := New(e, Params{})
			for _, every := range []time.Duration{time.Second, 10 * time.Second, 30 * time.Second} {
				r := rand.New(rand.NewPCG(1, 1))
				somewhere := func() orb.Point {
					j := n.Junction(street.JunctionID(r.IntN(n.Junctions()))).At
					return j.Point()
				}
				var precision, recall, tried float64
				fixes, none := 0, 0
				for tries := 0; tries < 20*routes && tried < float64(routes); tries++ {
					route, err := e.Route(t.Context(), path.Query{From: somewhere(), To: somewhere()})
					if err != nil || route.Distance < 500 || route.Distance > 8000 {
						continue
					}
					got, err := m.Match(t.Context(), driven(r, n, route, every))
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range got.Fixes {
						fixes++
						if p == nil {
							none++
						}
					}
					p, c := overlap(route.Legs, got.Parts)
					precision, recall, tried = precision+p, recall+c, tried+1
				}
				t.Logf("%s, %s, every %v: precision %.4f, recall %.4f of %v routes; %d of %d fixes left out", filepath.Dir(name), profile.Name, every, precision/tried, recall/tried, tried, none, fixes)
				if precision/tried < 0.9 || recall/tried < 0.9 {
					t.Errorf("%s, %s, every %v: precision %.4f, recall %.4f, want 0.9 of both", filepath.Dir(name), profile.Name, every, precision/tried, recall/tried)
				}
			}
		}
	}
}

// overlap says how much of what was found is true, and how much of what is true was
// found, by the metres travelled on each segment in each direction.
func overlap(truth []path.Leg, parts [][]Leg) (precision, recall float64) {
	metres := make(map[Course]float64)
	all, found, both := 0.0, 0.0, 0.0
	for _, l := range truth {
		metres[Course{l.Segment, l.Forward}] += float64(l.Distance)
		all += float64(l.Distance)
	}
	for _, legs := range parts {
		for _, l := range legs {
			c := Course{l.Segment, l.Forward}
			d := float64(l.Distance())
			same := min(d, metres[c])
			metres[c] -= same
			found, both = found+d, both+same
		}
	}
	return both / max(1, found), both / max(1, all)
}
