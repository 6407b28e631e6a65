// Package clock is the time that the control room goes by: that of the machine, but
// for jumps.
//
// A machine's clock that is set by hours, wrongly or rightly, would have everybody
// silent for as long, or every position from the future. So a Clock goes on by itself
// when the machine's jumps, and asks those who know: trackers have the time from
// satellites and phones from their network, and what they send shows which of the two
// times is right. It goes over to the machine's when they say so, or when ten minutes
// have passed and no more speak for its own than for the machine's.
//
// What passes without a clock is measured by one that nobody sets, which goes on while
// the machine sleeps where the system has such a one.
package clock

import (
	"sync"
	"time"
)

// How it decides.
const (
	// step is by how much the machine's clock may be set at once without a word.
	step = 30 * time.Second
	// wait is for how long the clock goes on by itself unless somebody speaks for it, and
	// for how long what somebody said counts.
	wait = 10 * time.Minute
	// near is how far off a witness may be: positions are on their way for so long.
	near = time.Minute
	// ownStamp is how close to our time is no witness: who has no clock is given ours.
	ownStamp = 20 * time.Millisecond
	// enough witnesses decide, if they are twice as many as the others.
	enough = 3
	// told is for how long a jump is told.
	told = time.Hour
	// maxWitnesses bounds how many are remembered.
	maxWitnesses = 1000
	// lookEvery is how often the machine's clock is looked at.
	lookEvery = 200 * time.Millisecond
)

// A Clock tells the time. New makes one; its methods are for any goroutine.
type Clock struct {
	wall   func() time.Time
	steady func() time.Duration

	mu     sync.Mutex
	base   time.Time     // guarded by mu, as all below: the time at
	at     time.Duration // this reading of steady
	looked time.Duration
	jump   *Jump
	began  time.Duration // since when the jump is held, or since when it isn't
	voices map[string]voice
}

// A voice is what somebody said last.
type voice struct {
	forNew bool
	at     time.Duration
}

// A Jump is what the machine's clock did.
type Jump struct {
	By    time.Duration // ahead; negative is back
	Since time.Time     // by the clock that was right till then
	// Held: the machine's clock is not followed; Followed: it was, and this clock jumped
	// too. Neither: it came back by itself.
	Held, Followed bool
	// Before, After are how many devices lately spoke for the time before, and for the
	// new one.
	Before, After int
}

// New is a clock that is right now, by the machine's: wall, such as time.Now. steady
// is what passes without a clock: Passed().
func New(wall func() time.Time, steady func() time.Duration) *Clock {
	c := &Clock{wall: wall, steady: steady, voices: make(map[string]voice)}
	c.base, c.at = wall().Round(0), steady()
	c.looked = c.at
	return c
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, _ := c.now()
	return now
}

// now looks at the machine's clock if it is time to. c.mu is held.
func (c *Clock) now() (now time.Time, at time.Duration) {
	at = c.steady()
	if at-c.looked >= lookEvery {
		c.looked = at
		c.look(at)
	}
	return c.base.Add(at - c.at), at
}

// look compares the machine's clock with ours.
func (c *Clock) look(at time.Duration) {
	own, wall := c.base.Add(at-c.at), c.wall().Round(0)
	by := wall.Sub(own)
	held := c.jump != nil && c.jump.Held
	switch {
	case by.Abs() <= step: // in time, or in time again
		c.follow(wall, at)
	case !held || (by-c.jump.By).Abs() > step: // it jumped, or jumped again
		c.jump, c.began = &Jump{By: by, Since: own, Held: true}, at
		clear(c.voices)
	case c.believed(at):
		c.follow(wall, at)
		c.jump.Followed = true
	}
	if c.jump != nil && !c.jump.Held && at-c.began > told {
		c.jump = nil
	}
}

// follow goes over to the machine's clock.
func (c *Clock) follow(wall time.Time, at time.Duration) {
	c.base, c.at = wall, at
	if c.jump != nil && c.jump.Held {
		c.jump.Before, c.jump.After = c.count(at)
		c.jump.Held, c.began = false, at
		clear(c.voices)
	}
}

// believed tells if the machine's new time is taken for right.
func (c *Clock) believed(at time.Duration) bool {
	before, after := c.count(at)
	if after >= enough && after >= 2*before {
		return true
	}
	return at-c.began >= wait && after >= before
}

func (c *Clock) count(at time.Duration) (before, after int) {
	for who, v := range c.voices {
		switch {
		case at-v.at > wait:
			delete(c.voices, who)
		case v.forNew:
			after++
		default:
			before++
		}
	}
	return before, after
}

// Heard says that somebody sent what happened at t, by their own clock. What was kept
// for a while before it was sent speaks for nothing.
func (c *Clock) Heard(who string, t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, at := c.now()
	if c.jump == nil || !c.jump.Held {
		return
	}
	ours, theirs := t.Sub(now).Abs(), t.Sub(now.Add(c.jump.By)).Abs()
	if _, known := c.voices[who]; ours < ownStamp || min(ours, theirs) > near || !known && len(c.voices) >= maxWitnesses {
		return
	}
	c.voices[who] = voice{theirs < ours, at}
}

// Jumped is the last jump: while it is held, and for an hour after. ok is false if there
// is none.
func (c *Clock) Jumped() (j Jump, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, at := c.now()
	if c.jump == nil {
		return Jump{}, false
	}
	j = *c.jump
	if j.Held {
		j.Before, j.After = c.count(at)
	}
	return j, true
}
