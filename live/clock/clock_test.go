package clock

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// A machine is a clock that can be set, and what passes without one.
type machine struct {
	passed time.Duration
	set    time.Duration
}

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func (m *machine) clock() *Clock {
	return New(func() time.Time { return noon.Add(m.passed + m.set) }, func() time.Duration { return m.passed })
}

// right is the time as it would be had nobody set anything.
func (m *machine) right() time.Time { return noon.Add(m.passed) }

// run lets time pass, a second at a time; each of so many devices reports each ten
// seconds, by a clock that is off.
func (m *machine) run(c *Clock, d time.Duration, devices int, off time.Duration) {
	for range int(d / time.Second) {
		m.passed += time.Second
		c.Now()
		if m.passed%(10*time.Second) == 0 {
			for i := range devices {
				c.Heard(fmt.Sprint("device-", i), m.right().Add(off-time.Duration(i)*time.Second-300*time.Millisecond))
			}
		}
	}
}

func (m *machine) isOff(t *testing.T, c *Clock, what string, want time.Duration) {
	t.Helper()
	if off := c.Now().Sub(m.right()); (off - want).Abs() > time.Second {
		t.Errorf("%s: the clock is off by %v, want %v", what, off, want)
	}
}

func TestAClockThatNobodySets(t *testing.T) {
	m := &machine{}
	c := m.clock()
	m.run(c, time.Hour, 5, 0)
	m.isOff(t, c, "after an hour", 0)
	m.set = 20 * time.Second // as when it is put right by a little
	m.run(c, time.Minute, 5, 0)
	m.isOff(t, c, "put right by 20 s", 20*time.Second)
	if j, ok := c.Jumped(); ok {
		t.Errorf("told is %+v", j)
	}
}

// Devices that go on as before keep the clock from jumping, for as long as they do.
func TestDevicesSpeakForTheTimeBefore(t *testing.T) {
	for _, by := range []time.Duration{6 * time.Hour, 30 * time.Hour, -20 * time.Minute, 45 * time.Second, -10 * 24 * time.Hour} {
		m := &machine{}
		c := m.clock()
		m.run(c, 5*time.Minute, 5, 0)
		m.set = by
		m.run(c, 2*time.Hour, 5, 0)
		m.isOff(t, c, fmt.Sprint("set by ", by), 0)
		j, ok := c.Jumped()
		if !ok || !j.Held || j.By.Round(time.Second) != by || j.Before != 5 || j.After != 0 {
			t.Errorf("set by %v: told is %+v, %v", by, j, ok)
		}
		m.set = 0
		m.run(c, time.Minute, 5, 0)
		if j, ok = c.Jumped(); !ok || j.Held || j.Followed {
			t.Errorf("set back: told is %+v, %v", j, ok)
		}
		m.run(c, 2*time.Hour, 5, 0)
		if j, ok = c.Jumped(); ok {
			t.Errorf("hours later: told is %+v", j)
		}
		m.isOff(t, c, "set back", 0)
	}
}

// A machine whose clock was wrong all along is put right: the devices have the new
// time, and it takes them seconds to say so.
func TestDevicesSpeakForTheNewTime(t *testing.T) {
	for _, by := range []time.Duration{6 * time.Hour, -30 * time.Hour} {
		m := &machine{}
		c := m.clock()
		m.run(c, 5*time.Minute, 5, by)
		m.set = by
		m.run(c, 15*time.Second, 5, by)
		m.isOff(t, c, "with five devices", by)
		if j, ok := c.Jumped(); !ok || j.Held || !j.Followed || j.After != 5 {
			t.Errorf("told is %+v, %v", j, ok)
		}
	}
}

// With nobody to ask, or too few, the machine is believed after ten minutes.
func TestNobodyIsHeardOf(t *testing.T) {
	m := &machine{}
	c := m.clock()
	m.set = 2 * time.Hour
	m.run(c, 9*time.Minute, 0, 0)
	m.isOff(t, c, "after 9 min", 0)
	m.run(c, 2*time.Minute, 0, 0)
	m.isOff(t, c, "after 11 min", 2*time.Hour)

	m = &machine{}
	c = m.clock()
	m.set = 2 * time.Hour
	m.run(c, time.Hour, 1, 0)
	m.isOff(t, c, "one speaks for the time before", 0)
	m.run(c, 11*time.Minute, 0, 0)
	m.isOff(t, c, "and is silent", 2*time.Hour)
}

// What was kept in a tracker for hours is no witness, and devices whose clocks are
// wrong are too few.
func TestWrongWitnesses(t *testing.T) {
	m := &machine{}
	c := m.clock()
	m.set = -time.Hour
	for range 30 {
		m.run(c, 10*time.Second, 3, 0)
		c.Heard("slow", m.right().Add(-time.Hour))
		c.Heard("slower", m.right().Add(-25*time.Minute))
		c.Heard("without a clock", c.Now())
	}
	m.isOff(t, c, "three against one", 0)
	if j, _ := c.Jumped(); j.Before != 3 || j.After != 1 {
		t.Errorf("told is %+v", j)
	}
}

// However it is set, time passes at its pace but for the jumps that are followed.
func TestTimePasses(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	m := &machine{}
	c := m.clock()
	last := c.Now()
	for range 5000 {
		if rng.IntN(50) == 0 {
			m.set += time.Duration(rng.NormFloat64() * float64(time.Hour))
		}
		passes := time.Duration(rng.IntN(3000)) * time.Millisecond
		m.passed += passes
		c.Heard(fmt.Sprint(rng.IntN(4)), m.right().Add(time.Duration(rng.IntN(2))*m.set))
		now := c.Now()
		j, _ := c.Jumped()
		if got := now.Sub(last); (got-passes).Abs() > step && (!j.Followed || (got-passes-j.By).Abs() > step) {
			t.Fatalf("%v passed and the clock says %v; %+v", passes, got, j)
		}
		last = now
	}
}

func TestTheMachinesOwn(t *testing.T) {
	c := New(time.Now, Passed())
	if off := time.Since(c.Now()); off.Abs() > time.Second {
		t.Errorf("a new clock is off by %v", off)
	}
	if _, ok := c.Jumped(); ok {
		t.Error("it jumped")
	}
}
