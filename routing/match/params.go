package match

import (
	"math"
	"time"

	"citygrid/geo"
	"citygrid/routing/path"
)

// Params are those of the model. Zero fields mean the defaults.
type Params struct {
	// Noise is the scale of a fix's error across the street when it doesn't tell its
	// accuracy. Errors follow Student's distribution with Tail degrees of freedom.
	Noise geo.Metres
	Tail  float64
	// Reach is how far from a fix streets are looked for, or 4 times its accuracy if
	// that is more, and Most how many segments.
	Reach geo.Metres
	Most  int
	// Repeat is after what time two errors are no longer much the same, and Apart
	// after what distance: a fix counts for its share of either, whichever is more.
	Repeat time.Duration
	Apart  geo.Metres
	// The way between two fixes is longer or shorter than the straight distance by
	// Jitter + Winding*d, in the mean, where d is that distance or what one travels in
	// the time between at Pace, in m/s, if that is more.
	Jitter  geo.Metres
	Winding float64
	Pace    float64
	// Turn is what a second of the profile's costs of turns and waits costs, in nats.
	Turn float64
	// What breaking a rule costs, in nats: turning round where the profile doesn't, a
	// turn that is banned or past a barrier, entering a street that isn't open.
	Round, Banned, Closed float64
	// Skip is the cost of leaving out a fix that counts in full, Break that of
	// beginning anew.
	Skip, Break float64
	// Beam is by how much a hypothesis may be worse than the best before it is given up.
	Beam float64
	// Carry is how many hypotheses at most leave out a fix.
	Carry int
	// Fastest is a speed that nobody travels at, in m/s.
	Fastest float64
	// Gap is the time without fixes after which the way begins anew.
	Gap time.Duration
}

// orDefaults fills in what is zero. The numbers are round ones:
//
//   - Noise of 4 m is what Newson and Krumm found (4.07 m); Student's tail with 4
//     degrees of freedom holds the reflections between houses that a Gaussian forbids.
//   - Errors of a receiver drift over some seconds, and more slowly while it stands, so
//     of fixes 1 s apart each is a fifth of one, and 20 m on it is another.
//   - Jitter of 3 m is the mean of what two errors differ along a street; streets wind
//     by a tenth, and a traveller may go there and back in the time between.
//   - A right angle across the traffic (7 s for cars) is one turn in e; turning round
//     where others don't one in e^8, and so on: the measurements hardly depend on them.
func (p Params) orDefaults(profile path.Profile) Params {
	top := profile.TopKMH
	for _, v := range profile.SpeedKMH {
		top = max(top, v)
	}
	set(&p.Noise, 4)
	set(&p.Tail, 4)
	set(&p.Reach, 80)
	set(&p.Most, 16)
	set(&p.Repeat, 5*time.Second)
	set(&p.Apart, 20)
	set(&p.Jitter, 3)
	set(&p.Winding, 0.1)
	set(&p.Pace, 8)
	set(&p.Turn, 0.15)
	set(&p.Round, 8)
	set(&p.Banned, 6)
	set(&p.Closed, 8)
	set(&p.Skip, 12)
	set(&p.Break, 30)
	set(&p.Beam, 16)
	set(&p.Carry, 8)
	set(&p.Fastest, max(10, 1.6*top/3.6))
	set(&p.Gap, 10*time.Minute)
	return p
}

func set[T float64 | geo.Metres | time.Duration | int](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// noise is the scale of a fix's error. Of a Gaussian error in the plane, 68 % lie
// within 1.51 times the deviation of one axis.
func (p *Params) noise(f *Fix) float64 {
	if f.Accuracy <= 0 {
		return float64(p.Noise)
	}
	return max(2, float64(f.Accuracy)/1.51)
}

// reach is how far from a fix streets are looked for.
func (p *Params) reach(f *Fix) geo.Metres {
	return max(p.Reach, min(4*f.Accuracy, 500))
}

// emission is the cost of a fix so far from its place.
func (p *Params) emission(f *Fix, d geo.Metres) float64 {
	z := float64(d) / p.noise(f)
	return (p.Tail + 1) / 2 * math.Log1p(z*z/p.Tail)
}

// counts is for how much of a fix a fix counts that comes so long after the one
// before, so far from it.
func (p *Params) counts(dt time.Duration, d geo.Metres) float64 {
	return min(1, max(0.02, float64(dt)/float64(p.Repeat), float64(d/p.Apart)))
}

// spread is the mean of what a way differs from the straight distance d.
func (p *Params) spread(d geo.Metres, dt time.Duration) float64 {
	return float64(p.Jitter) + p.Winding*max(float64(d), p.Pace*dt.Seconds())
}
