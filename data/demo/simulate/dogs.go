package simulate

import (
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// An Outing is a walk with a dog.
type Outing struct {
	Leave  time.Time
	Long   time.Duration // about so long
	Speed  float64       // metres a second
	Via    []orb.Point   // round by these; none when it goes to a haunt
	Haunt  *orb.Point
	Linger time.Duration // there
}

// How often dogs are walked, and how often to where they may not be. These make
// a few alerts in a quarter of an hour among 300 dogs.
const (
	outingsADay = 2.6
	boldness    = 0.36 // of outings of a dog with a haunt near
	straddlers  = 0.06 // of dogs and windows: there when the window opens
)

// lot draws from what is fixed: a seed, a name and a day.
func lot(seed uint64, name string, day time.Time) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	_, _ = h.Write([]byte(day.Format(time.DateOnly)))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Day is the outings of a dog on a day, by time; they don't overlap. midnight is
// the day's begin in the city's time zone.
func (d Dog) Day(seed uint64, midnight time.Time) []Outing {
	rng := lot(seed, d.Licence, midnight)
	var all []Outing
	clock := func(h float64) time.Time { return midnight.Add(time.Duration(h * float64(time.Hour))) }
	for _, w := range []struct{ from, to, share float64 }{ // morning, noon, afternoon, evening
		{7.1, 9.5, 0.34}, {9.5, 13, 0.24}, {13, 16, 0.16}, {16, 18.6, 0.26},
	} {
		if rng.Float64() > w.share*outingsADay {
			continue
		}
		o := Outing{
			Leave: clock(w.from + (w.to-w.from)*rng.Float64()),
			Long:  10*time.Minute + time.Duration(rng.Int64N(int64(20*time.Minute))),
			Speed: 1.0 + 0.35*rng.Float64(),
		}
		turn, haunt := rng.Float64()*360, rng.IntN(max(1, len(d.Haunts)))
		if len(d.Haunts) > 0 && rng.Float64() < boldness {
			o.Haunt = &d.Haunts[haunt].At
			o.Linger = time.Minute + time.Duration(rng.Int64N(int64(5*time.Minute)))
		} else {
			// A triangle; streets make it about 1.3 times as long.
			side := geo.Metres(o.Long.Seconds() * o.Speed / 3 / 1.3)
			a := geo.Destination(d.Home, geo.Degrees(turn), side)
			b := geo.Destination(d.Home, geo.Degrees(turn+60).Normal(), side)
			o.Via = []orb.Point{a, b}
		}
		all = append(all, o)
	}
	for i := range d.Haunts {
		for _, opens := range d.Haunts[i].Closes {
			at, err := time.Parse("15:04", opens)
			if err != nil || rng.Float64() > straddlers {
				continue
			}
			h := float64(at.Hour()) + float64(at.Minute())/60
			o := Outing{Speed: 1.2, Haunt: &d.Haunts[i].At, Linger: 9 * time.Minute}
			way := time.Duration(float64(geo.Distance(d.Home, *o.Haunt)) * 1.3 / o.Speed * float64(time.Second))
			o.Leave, o.Long = clock(h).Add(-way-4*time.Minute), 2*way+o.Linger
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Outing) int { return a.Leave.Compare(b.Leave) })
	const between = 45 * time.Minute // ways to haunts are longer than Long
	var apart []Outing
	for _, o := range all {
		if n := len(apart); n == 0 || o.Leave.After(apart[n-1].Leave.Add(apart[n-1].Long+between)) {
			apart = append(apart, o)
		}
	}
	return apart
}

// tooFar is a way to a haunt that nobody walks.
const tooFar geo.Metres = 2000

// Journey is the way of an outing from home and back.
func (d Dog) Journey(ctx context.Context, ways Ways, o Outing) (*Journey, error) {
	j := Rest(d.Home, o.Leave)
	if o.Haunt == nil {
		return j, d.round(ctx, ways, o, j)
	}
	there, err := ways.Way(ctx, OnFoot, d.Home, *o.Haunt)
	if err != nil {
		return nil, err
	}
	if line := NewLine(there.Line); line.Length() > tooFar { // round a river, say: not today
		part := Way{Line: line.Part(0, tooFar/2)}
		j.walk(part, o.Speed)
		d.back(j, part, o.Speed)
		return j, nil
	}
	j.walk(there, o.Speed)
	j.Leg(*o.Haunt, o.Speed)
	// A dog sniffs around while its owner stands there.
	for i, left := 0, o.Linger; left > 0; i++ {
		pause := min(left, 40*time.Second)
		j.Stay(pause)
		left -= pause
		turn := math.Mod(float64(i)*137.5, 360)
		j.Leg(geo.Destination(*o.Haunt, geo.Degrees(turn), 6), 0.7)
		j.Leg(*o.Haunt, 0.7)
		left -= 17 * time.Second
	}
	d.back(j, there, o.Speed)
	return j, nil
}

// round adds a walk around, cut where it gets too long: then it goes back the way
// it came.
func (d Dog) round(ctx context.Context, ways Ways, o Outing, j *Journey) error {
	var line orb.LineString
	from := d.Home
	for _, to := range append(slices.Clone(o.Via), d.Home) {
		w, err := ways.Way(ctx, OnFoot, from, to)
		if err != nil {
			return err
		}
		line = append(line, w.Line...)
		from = to
	}
	whole := NewLine(line)
	if far := geo.Metres(o.Long.Seconds() * o.Speed); whole.Length() > 1.25*far {
		line = whole.Part(0, far/2)
		j.walk(Way{Line: line}, o.Speed)
		d.back(j, Way{Line: line}, o.Speed)
		return nil
	}
	half := whole.Length() * 0.4
	j.walk(Way{Line: whole.Part(0, half)}, o.Speed)
	j.Stay(45 * time.Second)
	j.Go(whole, half, whole.Length(), o.Speed)
	j.Leg(d.Home, o.Speed)
	return nil
}

// back adds the way home along the way that led there.
func (d Dog) back(j *Journey, way Way, speed float64) {
	line := slices.Clone(way.Line)
	slices.Reverse(line)
	j.walk(Way{Line: line}, speed)
	j.Leg(d.Home, speed)
}
