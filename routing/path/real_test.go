package path

import (
	stdheap "container/heap"
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

// A reached is where a one-sided search is: a state and how far it is in private,
// public, private.
type reached struct {
	cost  uint64
	state state
	phase int
}

type frontier []reached

func (l frontier) Len() int           { return len(l) }
func (l frontier) Less(i, j int) bool { return l[i].cost < l[j].cost }
func (l frontier) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *frontier) Push(x any)        { *l = append(*l, x.(reached)) }
func (l *frontier) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}

// oneSided finds the cost between seeds by Dijkstra's algorithm from one end,
// on the engine's graph, private ground kept by phases.
func oneSided(g *graph, starts, goals []seed) (cost uint64, ok bool) {
	goal := make(map[state]uint32)
	for _, s := range goals {
		goal[s.state] = s.cost
	}
	done := make([][3]bool, len(g.edge))
	queue := &frontier{}
	for _, s := range starts {
		phase := 1
		if g.private[s.state] {
			phase = 0
		}
		stdheap.Push(queue, reached{uint64(s.cost), s.state, phase})
	}
	best := uint64(unreached)
	for queue.Len() > 0 {
		l := stdheap.Pop(queue).(reached)
		if l.cost >= best {
			break
		}
		if done[l.state][l.phase] {
			continue
		}
		done[l.state][l.phase] = true
		for _, h := range g.outOf(l.state) {
			phase := l.phase
			switch private := g.private[h.state]; {
			case private && phase == 1:
				phase = 2
			case !private && phase == 2:
				continue
			case !private:
				phase = 1
			}
			turned := l.cost + uint64(h.cost)
			if c, is := goal[h.state]; is {
				best = min(best, turned+uint64(c))
			}
			stdheap.Push(queue, reached{turned + uint64(g.weight[h.state]), h.state, phase})
		}
	}
	return best, best != unreached
}

// On real maps the two searches that meet cost the same as one that runs
// through, and no route breaks a rule.
func TestRealMaps(t *testing.T) {
	if testing.Short() {
		t.Skip("reads whole cities")
	}
	for _, name := range []string{"monaco/*.osm*"} { // small: this runs under -race, too
		t.Run(filepath.Dir(name), func(t *testing.T) {
			n := network(t, shared(t, name))
			for _, p := range []Profile{Car(), Foot()} {
				e := NewEngine(n, p)
				found := 0
				r := rand.New(rand.NewPCG(1, 1))
				somewhere := func() orb.Point {
					line := n.Line(street.SegmentID(r.IntN(n.Segments())))
					at := line[r.IntN(len(line))]
					return orb.Point{at[0] + (r.Float64()-0.5)*0.001, at[1] + (r.Float64()-0.5)*0.001}
				}
				for range 60 {
					q := Query{From: somewhere(), To: somewhere()}
					got, err := e.Route(t.Context(), q)
					if errors.Is(err, ErrOffNetwork) || errors.Is(err, ErrNoRoute) {
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					found++
					if why := (rulebook{n, p}).check(got); why != "" {
						t.Errorf("%s, %+v: %s", p.Name, q, why)
					}
					from, to := place{got.FromSnap}, place{got.ToSnap}
					want, _ := oneSided(e.g, e.starts(from), e.goals(to))
					if _, direct := e.direct(from, to); uint64(direct) < want {
						want = uint64(direct)
					}
					if uint64(got.Duration.Milliseconds()) > want {
						t.Errorf("%s, %+v: %v, want %d ms", p.Name, q, got.Duration, want)
					}
				}
				if found < 40 {
					t.Errorf("%s: %d of 60 routes found", p.Name, found)
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
