package fence

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A tracker's noise: each axis by itself is normal with a standard deviation of
// sigma metres, correlated over a time (Gauss-Markov).
type noise struct {
	rnd         *rand.Rand
	sigma, over float64
	x, y        float64
	begun       bool
}

func (n *noise) next(gap float64) (x, y float64) {
	r := math.Exp(-gap / n.over)
	if !n.begun {
		r, n.begun = 0, true
	}
	s := n.sigma * math.Sqrt(1-r*r)
	n.x, n.y = r*n.x+s*n.rnd.NormFloat64(), r*n.y+s*n.rnd.NormFloat64()
	return n.x, n.y
}

// A world is a park, 400 by 400 m with its west border at 0 east, and a tracker.
type world struct {
	j     *Judge
	rnd   *rand.Rand
	every float64 // seconds between fixes
	sigma float64
	over  float64
	told  float64 // the accuracy told as a share of the true one

	entries int // of the last follow, the naive way
}

func newWorld(t testing.TB, cfg Config, seed uint64) *world {
	z := zone.Zone{ID: 1, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog}}
	z.Ground = orb.MultiPolygon{{box(by(wilmington, 200, 0), 400, 400)}}
	rules, err := Compile([]zone.Zone{z}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(rules, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &world{j: j, rnd: rand.New(rand.NewPCG(seed, 11)), every: 10, sigma: 10, over: 60, told: 1}
}

// A heard is a breach as it was told: when it reached each grade, and its end, in
// seconds; infinite if never.
type heard struct {
	at  [Confirmed + 1]float64
	end float64
}

// follow judges a tracker whose true place at a second is where(s).
func (w *world) follow(seconds float64, where func(s float64) (east, north float64)) []heard {
	var all []heard
	w.entries = 0
	inside := false
	s := NewState("tag", Subject{zone.Dog, 1})
	n := noise{rnd: w.rnd, sigma: w.sigma, over: w.over}
	phase := w.rnd.Float64() * w.every
	start := at("09:00:00")
	for t := phase; t < seconds; t += w.every {
		x, y := where(t)
		dx, dy := n.next(w.every)
		events, _ := w.j.Fix(s, ingest.Fix{
			Time: start.Add(time.Duration(t * float64(time.Second))), At: by(wilmington, x+dx, y+dy), Accuracy: geo.Metres(w.sigma * sigmas * w.told),
		})
		if now := x+dx > 0; now != inside {
			if inside = now; now {
				w.entries++
			}
		}
		for _, b := range events {
			if b.Event == Began {
				never := math.Inf(1)
				all = append(all, heard{at: [Confirmed + 1]float64{never, never, never, never}, end: never})
			}
			h := &all[len(all)-1]
			for g := Possible; g <= b.Grade; g++ {
				h.at[g] = min(h.at[g], t)
			}
			if b.Event == Ended {
				h.end = t
			}
		}
	}
	return all
}

// during says since when a breach of a grade was known in a stretch of time.
func during(all []heard, g Grade, from, to float64) (at float64, ok bool) {
	for _, h := range all {
		if h.at[g] < to && h.end > from {
			return max(h.at[g], from), true
		}
	}
	return 0, false
}

// A score is what the simulator measures of a judge.
type score struct {
	naive       float64 // false alerts an hour of the naive way
	falseAnHour [Confirmed + 1]float64
	found       [Confirmed + 1]float64 // share of visits of 5 min and longer
	delay       [Confirmed + 1]float64 // median, seconds
	cuts        [Confirmed + 1]float64 // share of short cuts of 25-60 s
}

func (s score) String() string {
	out := fmt.Sprintf("naive     %6.3f false/h\n", s.naive)
	for g := Possible; g <= Confirmed; g++ {
		out += fmt.Sprintf("%-9s %6.3f false/h, visits found %5.1f %% after %3.0f s, short cuts %5.1f %%\n", g, s.falseAnHour[g], 100*s.found[g], s.delay[g], 100*s.cuts[g])
	}
	return out
}

// measure lets trackers lie or walk 2-25 m outside the border for so many hours
// in all, and so many visits and short cuts go through it.
func (w *world) measure(hours, visits int) score {
	var s score
	for range hours {
		off, walks := -(2 + 23*w.rnd.Float64()), w.rnd.IntN(2) == 0
		y := 150 * (2*w.rnd.Float64() - 1)
		r := w.follow(3600, func(t float64) (float64, float64) {
			if walks { // to and fro along the border at 1.2 m/s
				y = 150 * (2*math.Abs(math.Mod(1.2*t/300, 2)-1) - 1)
			}
			return off, y
		})
		s.naive += float64(w.entries) / float64(hours)
		for _, h := range r {
			for g := range h.at {
				if !math.IsInf(h.at[g], 1) {
					s.falseAnHour[g] += 1 / float64(hours)
				}
			}
		}
	}
	var delays [Confirmed + 1][]float64
	for range visits {
		// In at 1.2 m/s to a depth of 10-80 m, to and fro there, and out.
		depth, stay := 10+70*w.rnd.Float64(), 300+600*w.rnd.Float64()
		r := w.follow(1500, func(t float64) (float64, float64) {
			switch in := t - 300; {
			case in < 0:
				return max(-200, 1.2*in), 0
			case in < stay:
				return min(1.2*in, depth, 1.2*(stay-in)), 40 * math.Sin(in/50)
			default:
				return max(-200, 1.2*(stay-in)), 0
			}
		})
		for g := range delays {
			if at, ok := during(r, Grade(g), 300, 300+stay+2*w.every); ok {
				s.found[g] += 1 / float64(visits)
				delays[g] = append(delays[g], at-300)
			}
		}
	}
	for g := range delays {
		slices.SortFunc(delays[g], cmp.Compare[float64])
		if n := len(delays[g]); n > 0 {
			s.delay[g] = delays[g][n/2]
		}
	}
	for range visits {
		// Across a corner: inside for 25-60 s at 1.2 m/s, at 45 degrees.
		long := 1.2 * (25 + 35*w.rnd.Float64()) / math.Sqrt2
		r := w.follow(600, func(t float64) (float64, float64) {
			d := 1.2 * (t - 300) / math.Sqrt2
			return d, -200 + long - d
		})
		for g := range s.cuts {
			if _, ok := during(r, Grade(g), 300, 300+1.5*long+2*w.every); ok {
				s.cuts[g] += 1 / float64(visits)
			}
		}
	}
	return s
}

// What the package promises of trackers at a border, and of the subjects that do
// break a rule. Naive is a breach at each fix that is nominally inside after one that
// was not.
func TestNoiseAtABorder(t *testing.T) {
	hours, visits, recall := 1500, 3000, 0.99
	if small || testing.Short() {
		hours, visits, recall = 400, 100, 0.98 // of a hundred one more or less is chance
	}
	s := newWorld(t, Config{}, 1).measure(hours, visits)
	t.Logf("a fix each 10 s, 10 m noise over 60 s:\n%s", s)
	if s.falseAnHour[Confirmed] > 0.05 || s.found[Likely] < recall || s.delay[Confirmed] > 60 || s.cuts[Possible] < 0.5 {
		t.Error("the figures in the package's doc don't hold")
	}
	for _, c := range []struct {
		what  string
		every float64
		over  float64
		told  float64 // share of the noise that the tracker tells
	}{
		{"a fix each 60 s", 60, 60, 1},
		{"a fix each 300 s", 300, 60, 1},
		{"a fix each 10 s, noise over 20 s", 10, 20, 1},
		{"a fix each 10 s, noise half as large again as told", 10, 60, 1 / 1.5},
	} {
		w := newWorld(t, Config{}, 2)
		w.every, w.over, w.told = c.every, c.over, c.told
		s := w.measure(hours/2, min(visits, 400)/2)
		t.Logf("%s:\n%s", c.what, s)
		if c.told < 1 && (s.falseAnHour[Confirmed] > 0.1 || s.found[Likely] < 0.98 || s.delay[Confirmed] > 60) {
			t.Error("the tracker is believed too much or too little")
		}
	}
}

// FIELD D1: of lawful dogs beside a fence, with a report each 5 min, less than 1 % give
// an alert in an hour; each breach that lasts two reports is found, once.
func TestDogsBesideAFence(t *testing.T) {
	if small {
		t.Skip("arithmetic of one goroutine: the race detector has nothing to find")
	}
	w := newWorld(t, Config{}, 4)
	w.every = 300
	w.sigma = 15 / sigmas
	lawful, found := 0, 0
	for range 2950 {
		off := -(2 + 23*w.rnd.Float64())
		if _, ok := during(w.follow(3600, func(float64) (float64, float64) { return off, 0 }), Likely, 0, 3600); ok {
			lawful++
		}
	}
	const forced = 50
	for range forced {
		begin, deep := 1200+300*w.rnd.Float64(), 45+100*w.rnd.Float64()
		n := 0
		for _, h := range w.follow(5400, func(s float64) (float64, float64) {
			if s > begin && s < begin+600 {
				return deep, 0
			}
			return -150, 0
		}) {
			if !math.IsInf(h.at[Likely], 1) {
				n++
			}
		}
		if n > 1 {
			t.Error("a breach was told twice")
		}
		found += min(n, 1)
	}
	t.Logf("%d of 2950 lawful dogs gave an alert in an hour, %d of %d breaches were found", lawful, found, forced)
	if lawful >= 30 || found < forced {
		t.Error("want less than 1 % of the lawful dogs and all of the breaches")
	}
}
