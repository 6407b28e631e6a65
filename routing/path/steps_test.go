package path

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
)

// told is a line for each step: its text, and how far it goes on.
func told(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "%s, %.0f m", s.Text, float64(s.Distance))
		for _, n := range s.Notes {
			fmt.Fprintf(&b, " (%s)", n)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestSteps(t *testing.T) {
	place := streettest.Place
	for _, c := range []struct {
		name    string
		drawing string
		edit    func(*streettest.Drawing)
		profile func() Profile
		q       Query
		en, zh  string
	}{
		{
			"turns and names", cross, func(d *streettest.Drawing) {
				d.Name("North Street", "abc")
				d.Name("East Street", "cfi")
				d.Parts.Names[2].In = map[string]string{"zh": "东街"}
			}, func() Profile {
				p := plain()
				p.NearTurn, p.CrossTurn = time.Second, time.Second // one turn is better than three
				return p
			},
			Query{From: place(1, 0), To: place(8.2, 3)},
			"Head east on North Street, 70 m\nTurn right onto East Street, 30 m\nArrive; the place is on the left, 0 m\n",
			"沿North Street向东出发, 70 m\n右转，进入东街, 30 m\n到达目的地，位于道路左侧, 0 m\n",
		},
		{
			"straight on under another name", "a---b---c", func(d *streettest.Drawing) { d.Name("A", "ab"); d.Name("B", "bc") }, plain,
			Query{From: place(1, 0), To: place(7, 0.2)},
			"Head east on A, 30 m\nContinue straight onto B, 30 m\nArrive; the place is on the right, 0 m\n",
			"沿A向东出发, 30 m\n继续直行，进入B, 30 m\n到达目的地，位于道路右侧, 0 m\n",
		},
		{
			"a bend is no turn", "a---b\n    |\n    c", nil, plain,
			Query{From: place(1, 0), To: place(4, 1)},
			"Head east, 40 m\nArrive, 0 m\n",
			"向东出发, 40 m\n到达目的地, 0 m\n",
		},
		{
			"a gate", "a---b---c", func(d *streettest.Drawing) { d.Parts.Junctions[d.At('b')].Flags |= street.Gate }, plain,
			Query{From: place(1, 0), To: place(7, 0)},
			"Head east, 60 m (gate)\nArrive, 0 m\n",
			"向东出发, 60 m (gate)\n到达目的地, 0 m\n",
		},
		{
			"stairs to private ground", "a---b---c", func(d *streettest.Drawing) {
				d.Segment('b', 'c').Class = street.Steps
				d.Segment('b', 'c').Private = street.AllVehicles
				d.Name("Up", "bc")
			}, Foot,
			Query{From: place(1, 0), To: place(7, 0)},
			"Head east, 30 m\nContinue straight onto Up, 30 m (stairs) (private)\nArrive, 0 m\n",
			"向东出发, 30 m\n继续直行，进入Up, 30 m (stairs) (private)\n到达目的地, 0 m\n",
		},
		{
			"a roundabout", "        d\n        |\na---b->-c--->-e---f\n    ^         v\n    h-<---<---g\n              |\n              i", func(d *streettest.Drawing) {
				for _, s := range []string{"bc", "ce", "eg", "gh", "hb"} {
					r := []rune(s)
					d.Segment(r[0], r[1]).Flags |= street.Roundabout
				}
				d.Name("South", "gi")
			}, plain,
			Query{From: place(1, 2), To: place(14, 5.5)},
			"Head east, 30 m\nAt the roundabout take the 3rd exit onto South, 135 m\nArrive, 0 m\n",
			"向东出发, 30 m\n进入环岛，从第3个出口驶出，进入South, 135 m\n到达目的地, 0 m\n",
		},
		{
			"a ferry", "a---b---c---d", func(d *streettest.Drawing) {
				d.Segment('b', 'c').Class = street.Ferry
				d.Name("F1", "bc")
				d.Parts.Junctions[d.At('b')].Flags |= street.Pier
				d.Parts.Junctions[d.At('c')].Flags |= street.Pier
			}, func() Profile {
				p := plain()
				p.Ferries, p.SpeedKMH[street.Ferry] = true, 10
				return p
			},
			Query{From: place(1, 0), To: place(11, 0)},
			"Head east, 30 m\nTake the ferry F1, 40 m (ferry)\nGo ashore, 30 m\nArrive, 0 m\n",
			"向东出发, 30 m\n乘坐渡轮F1, 40 m (ferry)\n上岸, 30 m\n到达目的地, 0 m\n",
		},
		{
			"a U-turn", "a---b", nil, plain,
			Query{From: place(2, 0), To: place(1, 0), Heading: heading(90)},
			"Head east, 20 m\nMake a U-turn, 30 m\nArrive, 0 m\n",
			"向东出发, 20 m\n掉头, 30 m\n到达目的地, 0 m\n",
		},
		{
			"a stop on the way", "a---b---c", nil, plain,
			Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(3, 0)}},
			"Head east, 20 m\nStop 1, then head east, 40 m\nArrive, 0 m\n",
			"向东出发, 20 m\n到达途经点1，向东继续, 40 m\n到达目的地, 0 m\n",
		},
	} {
		n, _ := streettest.Draw(t, c.drawing, func(d *streettest.Drawing) {
			if c.edit != nil {
				c.edit(d)
			}
		})
		e := NewEngine(n, c.profile())
		r, err := e.Route(t.Context(), c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := told(e.Steps(r, English)); got != c.en {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.en)
		}
		if got := told(e.Steps(r, Chinese)); got != c.zh {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.zh)
		}
	}
}

// Steps tell all of a route: their lengths and times add up, and their places are
// on its line, in order.
func TestStepsTellTheWholeRoute(t *testing.T) {
	told := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		n, err := street.Build(ruled(r, randomGrid(r, 5, 5, 0.8)))
		if err != nil {
			t.Fatal(err)
		}
		all := everybody()
		p := all[r.IntN(len(all))]
		p.Ferries = r.IntN(2) == 0
		e := NewEngine(n, p)
		somewhere := func() orb.Point { return gridPlace(r.Float64()*5, r.Float64()*5) }
		for range 8 {
			q := Query{From: somewhere(), To: somewhere()}
			if r.IntN(2) == 0 {
				q.Via = []orb.Point{somewhere(), somewhere()}
			}
			route, err := e.Route(t.Context(), q)
			if errors.Is(err, ErrNoRoute) || errors.Is(err, ErrOffNetwork) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			told++
			for _, l := range []Language{English, Chinese} {
				var metres geo.Metres
				var spent time.Duration
				steps := e.Steps(route, l)
				for i, s := range steps {
					metres += s.Distance
					spent += s.Duration
					if s.Text == "" || i > 0 && s.Leg < steps[i-1].Leg {
						t.Errorf("seed %d: step %d: %+v", seed, i, s)
					}
				}
				if math.Abs(float64(metres-route.Distance)) > 1e-6 || spent != route.Duration {
					t.Errorf("seed %d: steps take %v m, %v; the route %v m, %v", seed, metres, spent, route.Distance, route.Duration)
				}
				if first, last := steps[0], steps[len(steps)-1]; first.Kind != StepDepart || last.Kind != StepArrive || last.At != route.Line[len(route.Line)-1] {
					t.Errorf("seed %d: from %+v to %+v", seed, first, last)
				}
			}
		}
	}
	if told < 100 {
		t.Errorf("only %d routes told", told)
	}
}

// Boats keep to the water, their crew to the land, and change at piers.
func TestBoats(t *testing.T) {
	const drawing = "a---b---c\n    |\nr---s---t\n|       |\np       q\n|       |\ne---f   g---h"
	boat := profileNamed(t, "boat")
	draw := func(d *streettest.Drawing) {
		for _, s := range []string{"rs", "st"} {
			r := []rune(s)
			w := d.Segment(r[0], r[1])
			w.Class, w.Forward, w.Backward = street.Waterway, street.Boat, street.Boat
		}
		for _, s := range []string{"rp", "tq"} {
			r := []rune(s)
			d.Segment(r[0], r[1]).Class = street.Platform
		}
		for _, j := range "rt" {
			d.Parts.Junctions[d.At(j)].Flags |= street.Pier
		}
	}
	place := streettest.Place
	for _, c := range []struct {
		name     string
		profile  Profile
		from, to orb.Point
		metres   float64
		seconds  float64
		err      error
	}{
		{"from street to street over the water", boat, place(2, 6), place(10, 6), 20 + 40 + 80 + 40 + 20, 2*60/(5/3.6) + 80/(18/3.6) + 2*180, nil},
		{"on the water", boat, place(1, 2), place(7, 2), 60, 12, nil},
		{"to a place on land", boat, place(1, 2), place(0, 5), 10 + 30, 10/5. + 180 + 30/(5/3.6), nil},
		{"not ashore where there is no pier", boat, place(1, 2), place(4, 1), 0, 0, ErrNoRoute},
		{"feet don't swim", Foot(), place(2, 6), place(10, 6), 0, 0, ErrNoRoute},
		{"nor do cars", Car(), place(2, 6), place(10, 6), 0, 0, ErrNoRoute},
	} {
		n, _ := streettest.Draw(t, drawing, draw)
		r, err := NewEngine(n, c.profile).Route(t.Context(), Query{From: c.from, To: c.to, SnapLimit: 5})
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
			continue
		}
		if err == nil && (math.Abs(float64(r.Distance)-c.metres) > 1 || math.Abs(r.Duration.Seconds()-c.seconds) > 0.5) {
			t.Errorf("%s: %.0f m, %v; want %.0f m, %.1f s", c.name, float64(r.Distance), r.Duration, c.metres, c.seconds)
		}
	}
}

// Ferries are taken by who asks for them.
func TestFerriesOnlyIfAsked(t *testing.T) {
	n, _ := streettest.Draw(t, "a---b---c---d", func(d *streettest.Drawing) { d.Segment('b', 'c').Class = street.Ferry })
	q := Query{From: streettest.Place(1, 0), To: streettest.Place(11, 0), SnapLimit: 5}
	for _, p := range Profiles() {
		if p.Vehicle == street.Boat {
			continue
		}
		if _, err := NewEngine(n, p).Route(t.Context(), q); !errors.Is(err, ErrNoRoute) {
			t.Errorf("%s without asking: %v, want ErrNoRoute", p.Name, err)
		}
		p.Ferries = true
		r, err := NewEngine(n, p).Route(t.Context(), q)
		if err != nil || r.Duration < 2*p.Board {
			t.Errorf("%s: %v, %v; boarding alone takes %v", p.Name, r.Duration, err, 2*p.Board)
		}
	}
}
