package simulate

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"citygrid/data/demo"
	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// engines is the server's ways without a server.
type engines struct{ foot, car *path.Engine }

func (e engines) Way(ctx context.Context, by By, from, to orb.Point) (Way, error) {
	engine := e.foot
	if by == ByCar {
		engine = e.car
	}
	r, err := engine.Route(ctx, path.Query{From: from, To: to})
	w := Way{Line: r.Line}
	for _, s := range r.Streets {
		w.Pieces = append(w.Pieces, Piece{s.Distance, s.Duration.Seconds()})
	}
	return w, err
}

func city(t *testing.T) (*mapfile.Map, *demo.World, engines) {
	t.Helper()
	if small {
		t.Skip("a day of a whole city")
	}
	m, err := demo.CityMap()
	if err != nil {
		t.Fatal(err) // make city
	}
	w, err := demo.NewWorld(m)
	if err != nil {
		t.Fatal(err)
	}
	return m, w, engines{path.NewEngine(m.Network, path.Foot()), path.NewEngine(m.Network, path.Car())}
}

func castOf(w *demo.World) (dogs []Dog) {
	for _, d := range w.Dogs {
		dogs = append(dogs, Dog{d.Licence, d.Home, d.Haunts})
	}
	return dogs
}

// midnight begins a Monday in the demo's time zone.
func midnight(t *testing.T) time.Time {
	t.Helper()
	zone, err := time.LoadLocation(demo.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 23, 0, 0, 0, 0, zone)
}

// TestDogsDay walks all dogs through a day: on streets and grass near them, not
// too fast, home again, and a few of them in closed zones at any quarter of an hour.
func TestDogsDay(t *testing.T) {
	m, w, ways := city(t)
	day := midnight(t)
	var closed []struct {
		zone.Zone
		when *calendar.Calendar
	}
	for _, z := range w.Zones {
		if z.For(zone.Dog) {
			when := calendar.Always()
			if z.Calendar != nil {
				var err error
				if when, err = z.When(nil); err != nil {
					t.Fatal(err)
				}
			}
			closed = append(closed, struct {
				zone.Zone
				when *calendar.Calendar
			}{z, when})
		}
	}
	outings, out := 0, time.Duration(0)
	perQuarter := map[int]int{}
	opened := 0 // windows that opened around a dog
	for _, d := range castOf(w) {
		last := time.Time{}
		for _, o := range d.Day(1, day) {
			j, err := d.Journey(t.Context(), ways, o)
			if err != nil {
				t.Fatalf("%s: %v", d.Licence, err)
			}
			outings++
			out += j.End().Sub(j.Begin())
			if j.Begin().Before(last) {
				t.Errorf("%s leaves at %s and comes home at %s", d.Licence, j.Begin(), last)
			}
			last = j.End()
			if long := j.End().Sub(j.Begin()); long < 3*time.Minute || long > 75*time.Minute {
				t.Errorf("%s is out for %s", d.Licence, long)
			}
			if at, _, _ := j.At(j.End()); geo.Distance(at, d.Home) > 1 {
				t.Errorf("%s ends %.0f m from home", d.Licence, geo.Distance(at, d.Home))
			}
			inside := map[int]bool{}
			was, _, _ := j.At(j.Begin())
			const step = 5 * time.Second
			for at := j.Begin(); at.Before(j.End()); at = at.Add(step) {
				p, speed, _ := j.At(at)
				if v := float64(geo.Distance(was, p)) / step.Seconds(); v > 2 || speed > 2 {
					t.Fatalf("%s runs at %.1f m/s (says %.1f)", d.Licence, v, speed)
				}
				was = p
				for i, z := range closed {
					if !inside[i] && z.when.ActiveAt(at) && geo.Contains(z.Ground, p) {
						inside[i] = true
						perQuarter[int(at.Sub(day)/(15*time.Minute))]++
						if !z.when.ActiveAt(at.Add(-step)) {
							opened++
						}
					}
				}
				if o.Haunt == nil && len(m.Network.Nearest(p, 45, nil, 1)) == 0 {
					t.Fatalf("%s is 45 m from any street at %v", d.Licence, p)
				}
			}
		}
	}
	all, empty := 0, 0
	for q := 31; q < 74; q++ { // 07:45 to 18:30
		all += perQuarter[q]
		if perQuarter[q] == 0 {
			empty++
		}
	}
	t.Logf("%d outings of %s in the mean; %.1f visits of closed zones a quarter, %d quarters without; %d windows opened around a dog",
		outings, out/time.Duration(outings), float64(all)/43, empty, opened)
	if mean := float64(all) / 43; mean < 2 || mean > 7 || empty > 3 || opened < 3 {
		t.Errorf("visits by quarter: %v", perQuarter)
	}
}

func TestSameSeedSameDay(t *testing.T) {
	_, w, _ := city(t)
	dogs, day := castOf(w), midnight(t)
	differ := 0
	for _, d := range dogs {
		a, b := d.Day(7, day), d.Day(7, day)
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%s has two days with one seed", d.Licence)
		}
		if !reflect.DeepEqual(a, d.Day(8, day)) {
			differ++
		}
	}
	if differ < len(dogs)/2 {
		t.Errorf("another seed changes the day of only %d dogs", differ)
	}
}

func TestPatrol(t *testing.T) {
	_, w, ways := city(t)
	r, err := ways.Way(t.Context(), OnFoot, w.Stations[0].At, w.Stations[2].At)
	if err != nil {
		t.Fatal(err)
	}
	line, begin := NewLine(r.Line), midnight(t)
	j := patrol(line, 100, begin, rand.New(rand.NewPCG(1, 1)))
	mean := float64(line.Length()-100) / j.End().Sub(begin).Seconds()
	if mean < 0.9 || mean > 1.3 {
		t.Errorf("an officer gets along at %.2f m/s with pauses", mean)
	}
	was := geo.Metres(100)
	for at := begin; at.Before(j.End().Add(time.Minute)); at = at.Add(7 * time.Second) {
		m := j.Along(at)
		p, _, _ := j.At(at)
		if q, _ := line.At(m); geo.Distance(p, q) > 0.01 || m < was || m-was > 7*1.4 {
			t.Fatalf("at %s: %.1f m along after %.1f", at.Sub(begin), m, was)
		}
		was = m
	}
	if was != line.Length() {
		t.Errorf("ends %.1f m along of %.1f", was, line.Length())
	}
}

func TestDrive(t *testing.T) {
	_, w, ways := city(t)
	way, err := ways.Way(t.Context(), ByCar, w.Stations[1].At, w.Pound.At)
	if err != nil {
		t.Fatal(err)
	}
	j := Rest(w.Stations[1].At, midnight(t))
	j.drive(way)
	if at, _, _ := j.At(j.End()); geo.Distance(at, w.Pound.At) > 30 {
		t.Errorf("ends %.0f m from the pound", geo.Distance(at, w.Pound.At))
	}
	for _, s := range j.stints {
		if lasts := s.to.Sub(s.from).Seconds(); lasts > 0 && float64(s.b-s.a)/lasts > 26 {
			t.Errorf("drives at %.0f m/s", float64(s.b-s.a)/lasts)
		}
	}
}

// TestNoise: of the size that it is told, and drifting: nearly the same after a
// second, forgotten after five minutes.
func TestNoise(t *testing.T) {
	n := NewNoise(8, rand.New(rand.NewPCG(3, 4)))
	p := orb.Point{-75.55, 39.74}
	lonM, _ := geo.MetresPerDegree(p[1])
	const count = 20_000
	xs, within := make([]float64, count), 0
	at := midnight(t)
	for i := range xs {
		told, accuracy := n.At(p, at)
		xs[i] = (told[0] - p[0]) * float64(lonM)
		if geo.Distance(told, p) <= accuracy {
			within++
		}
		at = at.Add(10 * time.Second)
	}
	alike := func(lag int) float64 {
		var sum, square float64
		for i := lag; i < count; i++ {
			sum += xs[i] * xs[i-lag]
			square += xs[i] * xs[i]
		}
		return sum / square
	}
	square := 0.0
	for _, x := range xs {
		square += x * x
	}
	if sd := math.Sqrt(square / count); sd < 7 || sd > 9 {
		t.Errorf("noise of %.1f m, want 8", sd)
	}
	if a, b := alike(1), alike(30); math.Abs(a-math.Exp(-1.0/6)) > 0.05 || b > 0.1 {
		t.Errorf("alike by %.2f after 10 s and %.2f after 5 min", a, b)
	}
	if share := float64(within) / count; share < 0.6 || share > 0.8 {
		t.Errorf("%.0f %% are within the accuracy told, want 68", 100*share)
	}
}
