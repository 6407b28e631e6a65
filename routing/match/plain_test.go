package match

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// plainWays is what search does by Dijkstra's algorithm without limits, without a
// queue, and for all spots: cost by rules and length, and length.
func plainWays(m *Matcher, from spot, to []spot, spread float64) (cost, length []float64) {
	type reached struct {
		cost, length float64
		done         bool
	}
	known := map[node]*reached{}
	onward := func(v node, ended reached) {
		c := m.course(v)
		turns := map[node]float64{}
		after := map[course]bool{}
		open := int(v) < m.e.States()
		if open {
			for s, turn := range m.e.Turns(path.State(v)) {
				price := turn.Seconds() * m.p.Turn
				if m.course(node(s)) == c.reverse() {
					price = m.p.Round
				}
				turns[node(s)], after[m.course(node(s))] = price, true
			}
		}
		for _, end := range m.n.At(m.head(c)) {
			next := courseOf(end.Segment, end.Forward)
			if after[next] {
				continue
			}
			w, opens := m.node(next)
			switch {
			case !opens && m.foreign(end.Segment):
			case next == c.reverse():
				turns[w] = m.p.Round
			case !open:
				turns[w] = 0
			case opens:
				turns[w] = m.p.Banned
			default:
				turns[w] = m.p.Closed
			}
		}
		for w, price := range turns {
			if old := known[w]; old == nil || old.cost > ended.cost+price {
				known[w] = &reached{cost: ended.cost + price, length: ended.length}
			}
		}
	}
	left := m.length(from.course) - from.off
	v, _ := m.node(from.course)
	onward(v, reached{cost: left / spread, length: left})
	weight := func(v node) float64 {
		if int(v) >= m.e.States() {
			return closedWeight
		}
		return 1
	}
	for {
		var at *reached
		var which node
		for v, r := range known {
			if !r.done && (at == nil || r.cost < at.cost || r.cost == at.cost && v < which) {
				at, which = r, v
			}
		}
		if at == nil {
			break
		}
		at.done = true
		long := m.length(m.course(which))
		onward(which, reached{cost: at.cost + weight(which)*long/spread, length: at.length + long})
	}
	for _, t := range to {
		c, l := math.Inf(1), 0.0
		better := func(cost, length float64) {
			if cost < c {
				c, l = cost, length
			}
		}
		switch {
		case t.course == from.course && t.off >= from.off:
			better((t.off-from.off)/spread, t.off-from.off)
		case t.course == from.course:
			better((from.off-t.off)/spread, 0)
		case t.course == from.course.reverse():
			d := math.Abs(m.length(t.course) - t.off - from.off)
			price := m.p.Round
			if _, open := m.node(t.course); !open {
				price += m.p.Closed
			}
			better(d/spread+price, d)
		}
		for v, r := range known {
			if m.course(v) == t.course {
				better(r.cost+weight(v)*t.off/spread, r.length+t.off)
			}
		}
		cost, length = append(cost, c), append(length, l)
	}
	return cost, length
}

// plainCost is the cost of the best way of a track by the plainest dynamic program:
// all hypotheses, none given up.
func plainCost(m *Matcher, track []Fix) float64 {
	p := &m.p
	type at struct {
		base, spot int
	}
	spots := make([][]spot, len(track))
	nowhere, now := 0.0, map[at]float64{}
	counts := 1.0
	for t := range track {
		f := &track[t]
		var pause time.Duration
		if t > 0 {
			pause = f.Time.Sub(track[t-1].Time)
			counts = p.counts(pause, geo.Distance(track[t-1].At, f.At))
		}
		var price []float64
		for _, near := range m.nearby(f) {
			for _, forward := range []bool{true, false} {
				s := m.spotOf(&near, forward)
				x := counts * p.emission(f, near.Distance)
				if _, open := m.node(s.course); !open {
					x += counts * p.Closed / 4
				}
				spots[t], price = append(spots[t], s), append(price, x)
			}
		}
		least := nowhere
		for _, c := range now {
			least = min(least, c)
		}
		next := map[at]float64{}
		gap := pause > p.Gap
		for k := range spots[t] {
			begin := min(nowhere, least+p.Break)
			if gap {
				begin = least
			}
			next[at{t, k}] = begin + price[k]
		}
		for h, c := range now {
			base := &track[h.base]
			if gap {
				continue
			}
			if f.Time.Sub(base.Time) <= p.Gap {
				next[h] = c + p.Skip*counts
			}
			straight := float64(geo.Distance(base.At, f.At))
			farthest := p.Fastest*f.Time.Sub(base.Time).Seconds() + 100
			spread := p.spread(geo.Metres(straight), f.Time.Sub(base.Time))
			if straight > farthest {
				continue
			}
			cost, length := plainWays(m, spots[h.base][h.spot], spots[t], spread)
			for k := range spots[t] {
				if length[k] <= farthest {
					x := c + math.Abs(length[k]-straight)/spread + cost[k] - length[k]/spread + price[k]
					next[at{t, k}] = min(next[at{t, k}], x)
				}
			}
		}
		nowhere = min(nowhere, least+p.Break) + p.Skip*counts
		now = next
	}
	least := nowhere
	for _, c := range now {
		least = min(least, c)
	}
	return least
}

// letters draws a town at random: junctions in rows, joined or not, some streets
// one-way, some footways.
func letters(r *rand.Rand, columns, rows int) string {
	const names = "abcdefghijklmnopqrstuwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	for y := range rows {
		for x := range columns {
			b.WriteByte(names[y*columns+x])
			if x < columns-1 {
				b.WriteString(pick([]string{"---", "---", "---", "->-", "-<-", "...", "   "}))
			}
		}
		b.WriteByte('\n')
		if y == rows-1 {
			break
		}
		lines := [3]strings.Builder{}
		for range columns {
			way := pick([]string{"|||", "|||", "|||", "|v|", "|^|", ":::", "   "})
			for k := range lines {
				lines[k].WriteString(way[k:k+1] + "   ")
			}
		}
		for k := range lines {
			b.WriteString(lines[k].String() + "\n")
		}
	}
	return b.String()
}

// town is a random town with a turn ban or two.
func town(t *testing.T, r *rand.Rand, columns, rows int) (*street.Network, string) {
	drawing := letters(r, columns, rows)
	n, _ := streettest.Draw(t, drawing, func(d *streettest.Drawing) {
		for range 3 {
			a := street.SegmentID(r.IntN(len(d.Parts.Segments)))
			via := d.Parts.Segments[a].To
			for i, s := range d.Parts.Segments {
				if street.SegmentID(i) != a && (s.From == via || s.To == via) {
					d.Parts.Restrictions = append(d.Parts.Restrictions, street.Restriction{From: a, Via: via, To: street.SegmentID(i), For: street.Car, Relation: 1})
					break
				}
			}
		}
	})
	return n, drawing
}

// noisy makes a track of a walk at random: fixes with errors, some far off, some
// missing, some stops.
func noisy(r *rand.Rand, n *street.Network, fixes int) []Fix {
	var track []Fix
	at := n.Line(street.SegmentID(r.IntN(n.Segments())))[0]
	lonM, latM := geo.MetresPerDegree(at[1])
	dx, dy := 8.0, 0.0
	clock := time.Unix(1000, 0)
	for range fixes {
		if r.IntN(4) == 0 {
			dx, dy = dy, -dx
		}
		if r.IntN(5) > 0 {
			at = orb.Point{at[0] + dx/float64(lonM), at[1] + dy/float64(latM)}
		}
		size := 5.0
		if r.IntN(12) == 0 {
			size = 150
		}
		clock = clock.Add(time.Duration(1+r.IntN(3)) * time.Second)
		f := Fix{At: orb.Point{at[0] + r.NormFloat64()*size/float64(lonM), at[1] + r.NormFloat64()*size/float64(latM)}, Time: clock}
		if r.IntN(3) == 0 {
			f.Accuracy = geo.Metres(3 + r.Float64()*20)
		}
		track = append(track, f)
	}
	return track
}

// seeds is how many drawings a test is run on: many if CITYGRID_MAPS is set.
func seeds(few uint64) uint64 {
	if os.Getenv("CITYGRID_MAPS") != "" {
		return 10 * few
	}
	return few
}

func TestCostIsThePlainOnes(t *testing.T) {
	for seed := range seeds(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		n, drawing := town(t, r, 4, 3)
		profile := path.Car()
		if seed%3 == 0 {
			profile = path.Foot()
		}
		m := New(path.NewEngine(n, profile), Params{Beam: 30, Carry: 10_000, Most: 5, Skip: 6})
		track := noisy(r, n, 9)
		got, err := m.Match(t.Context(), track)
		if err != nil {
			t.Fatal(err)
		}
		if want := plainCost(m, track); math.Abs(got.Cost-want) > 1e-6*(1+want) {
			t.Errorf("seed %d, %s: cost %.6f, want %.6f of\n%s", seed, profile.Name, got.Cost, want, drawing)
		}
	}
}

// drive makes a track without noise along a way at random, and says which.
func noiseless(r *rand.Rand, e *path.Engine, streets int) (track []Fix, way []Course) {
	n := e.Network()
	var s path.State
	for {
		s = path.State(r.IntN(e.States()))
		way, track = nil, nil
		clock := time.Unix(0, 0)
		carry := 0.3 // so the first street is well begun
		for range streets {
			id, forward := e.Travels(s)
			way = append(way, Course{id, forward})
			long := float64(n.Segment(id).LengthM)
			for x := carry * long; ; x += 8 {
				if x >= long {
					carry = (x - long) / long
					break
				}
				along := geo.Metres(x)
				if !forward {
					along = geo.Metres(long - x)
				}
				track = append(track, Fix{At: n.PointAt(id, along), Time: clock})
				clock = clock.Add(time.Second)
			}
			var next []path.State
			for to := range e.Turns(s) {
				if other, _ := e.Travels(to); other != id {
					next = append(next, to)
				}
			}
			if len(next) == 0 {
				break
			}
			s = next[r.IntN(len(next))]
		}
		if len(way) == streets && carry < 0.5 { // and the last one is well begun
			return track, way
		}
	}
}

func TestNoiselessTracksAreMatchedExactly(t *testing.T) {
	for seed := range seeds(15) {
		r := rand.New(rand.NewPCG(seed, 2))
		n, drawing := town(t, r, 7, 6)
		e := path.NewEngine(n, path.Car())
		m := New(e, Params{})
		track, want := noiseless(r, e, 12)
		got, err := m.Match(t.Context(), track)
		if err != nil {
			t.Fatal(err)
		}
		var way []Course
		for _, legs := range got.Parts {
			for _, l := range legs {
				way = append(way, Course{l.Segment, l.Forward})
			}
		}
		if fmt.Sprint(way) != fmt.Sprint(want) || len(got.Parts) != 1 {
			t.Errorf("seed %d: %v in %d parts, want %v in\n%s", seed, way, len(got.Parts), want, drawing)
		}
	}
}
