package simulate

import (
	"context"
	"sync"
	"time"

	"citygrid/geo"
)

// A dog is one on its day: at home but for its outings.
type dog struct {
	Dog

	mu      sync.Mutex // guards the rest
	day     time.Time  // whose outings these are
	outings []Outing   // still to come, by time
	journey *Journey   // the present one, or the next; nil at home
	asked   bool       // a journey is being made
	called  time.Time  // an officer sends it home at this time; zero = no
}

func newDog(d Dog) *dog { return &dog{Dog: d} }

// planAhead is how long before an outing its way is asked for: ten seconds at the
// fastest clock.
const planAhead = 10 * time.Minute

// where is where the dog is at t.
func (d *dog) where(t time.Time) place {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.journey == nil {
		return place{at: d.Home, on: true}
	}
	at, speed, course := d.journey.At(t)
	return place{at, speed, course, true}
}

// wants tells, once, that the next outing's way should be asked for. now is in
// the city's time zone.
func (d *dog) wants(seed uint64, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	y, m, day := now.Date()
	if midnight := time.Date(y, m, day, 0, 0, 0, 0, now.Location()); !midnight.Equal(d.day) {
		d.day, d.outings, d.journey, d.called = midnight, d.Dog.Day(seed, midnight), nil, time.Time{}
	}
	if d.asked {
		return false
	}
	if d.journey != nil {
		if !d.called.IsZero() && !now.Before(d.called) && now.Before(d.journey.End()) {
			d.asked = true
			return true
		}
		if !now.After(d.journey.End()) {
			return false
		}
		d.journey, d.called = nil, time.Time{}
	}
	for len(d.outings) > 0 && now.After(d.outings[0].Leave.Add(d.outings[0].Long)) {
		d.outings = d.outings[1:] // missed: we weren't there
	}
	d.asked = len(d.outings) > 0 && !now.Add(planAhead).Before(d.outings[0].Leave)
	return d.asked
}

// makePlan asks for the way that the dog wants: that of its next outing, or home.
func (d *dog) makePlan(ctx context.Context, s *simulation) {
	d.mu.Lock()
	home, from := d.journey, d.called
	var next Outing
	if home == nil {
		next = d.outings[0]
	}
	d.mu.Unlock()

	var j *Journey
	var err error
	if home != nil {
		at, _, _ := home.At(from)
		j = Rest(at, from)
		var way Way
		if way, err = s.Way(ctx, OnFoot, at, d.Home); err == nil {
			j.walk(way, 1.3)
			j.Leg(d.Home, 1.3)
		}
	} else {
		j, err = d.Journey(ctx, s, next)
	}

	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked, d.called = false, time.Time{}
	if home == nil {
		d.outings = d.outings[min(1, len(d.outings)):]
	}
	if err == nil { // else it stays where it is
		d.journey = j
	}
}

// callHome has the dog's owner told at t, who takes it home.
func (d *dog) callHome(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.journey == nil || !t.Before(d.journey.End()) {
		return
	}
	if at, _, _ := d.journey.At(t); geo.Distance(at, d.Home) > 100 {
		d.called = t
	}
}
