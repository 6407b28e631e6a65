// Package fence holds positions and the clock against the rules of zones and says
// when a rule is broken.
//
// Rules are states in event time: a rule "inside while active" is broken while
// the subject is inside and the zone's calendar holds, whichever began first, so a
// breach begins when a dog walks in and also when the window opens around a dog
// that lies there. Nothing here reads a clock or keeps anything on disk: a Judge
// is only read and may be shared between goroutines; the State of a tracker
// belongs to the one worker that owns the tracker.
//
// # How it is judged
//
// The depth of a fix in a zone is its distance from the zone's border, positive
// inside, in standard deviations of the tracker's noise. One fix 1 or 2.85 deep
// makes a breach possible or likely; confirmed it is by a second one, 3.5 deep.
// Shallower ones add up: each adds the log-odds of being inside, less where fixes
// follow each other quickly, since their noise is the same (Config.NoiseTime). A breach
// ends on the evidence that its grade took to reach, so the noise at a border does not
// make it flap.
//
// A rule that forbids more than being on its ground (going fast there, being there
// and away from home) is judged by the depth in whichever of these is least; one that
// forbids being off its ground by the depth outside. Dwell and corridor are broken when
// that has lasted so long. Heads are counted in a second stage, from when each subject
// was there: see Heads. Between fixes that are half a minute or more apart a zone may
// have been crossed: that is told as possible or likely, with its beginning and end.
//
// How well that does, TestNoiseAtABorder measures. With a fix each 10 s, 10 m of
// noise along each axis that keeps its direction for 60 s, and trackers 2-25 m
// outside, an hour has 15 false entries the naive way, 2.2 possible, 0.09 likely and
// 0.02 confirmed ones. Of visits of 5 min and longer, 10-80 m deep, 99 % are found as
// likely, in the middle after 32 s, and 98 % as confirmed, after 39 s; of short cuts of
// 25-60 s across a corner 77 % as possible. What is missed goes in by less than two standard
// deviations. Where the noise is half as large again as the accuracy told, there are 0.04
// confirmed false entries an hour, and 99 % of the visits are found as likely: how much more
// a tracker's fixes scatter than it says is learned from these, see learn.go. Of the fixes
// of 75 real collars that are flagged as wrong 107 fall into forbidden ground 15 m beyond
// where the animals ever go, 0.03 an hour; 25 of these come in twos and are confirmed
// (TestCollars).
//
// It is learned from fixes at most half of Config.NoiseTime apart, and takes the noise to
// be forgotten in that time: of noise that changes sooner a tracker is thought worse than
// it is. What is in the tail of the noise is met by asking for a second fix alone.
//
// # Silence
//
// A subject that misses six reports, by its own interval, is somewhere unknown, and its
// breaches end; ten minutes at least, three hours at most. Its breach begins anew when it
// is heard of again.
//
// # Late fixes
//
// Every fix is judged when it comes. One that comes after a later one, or after the
// clock, is put in its place by event time and what came after it is judged again; what
// that changes of what was told before is told as Corrected, Withdrawn or the plain
// event that was missing. So the final judgement depends on the fixes and not on their
// order of arrival. Waiting until the window has passed would do the same without
// corrections, but every alert would be late for the sake of the few that are
// corrected.
//
// For what is late by up to Config.Lateness a State has the fixes itself. For up to
// Config.Horizon it keeps judgements of some twenty instants, sparser with age, and goes
// back to one of them with the stored fixes since (Judge.Rejudge): its size does not
// grow with how often a tracker reports. Later fixes are counted and not judged.
package fence

import (
	"fmt"
	"math"
	"time"

	"citygrid/geo"
)

// Config says how cautious a Judge is. Zero fields mean the default.
type Config struct {
	// Lateness is how late a fix may be for the State alone to have what it takes to judge
	// it; 2 min.
	Lateness time.Duration
	// Ahead is how far a fix's time may be ahead of its being received; 2 min. Trackers
	// whose clock is further ahead are not judged: they would make all else late.
	Ahead time.Duration
	// Horizon is how late a fix may be and still be judged, if the caller can give the
	// stored fixes again (Judge.Rejudge); 24 h. Never less than Lateness.
	Horizon time.Duration
	// Missed is how many reports a subject may miss, by its own interval, and be taken to
	// be where it was; 6. After that nobody knows, and its breaches end. It is not less
	// than Silence, 10 min, nor more than MaxSilence, 3 h.
	Missed              int
	Silence, MaxSilence time.Duration
	// Sparse is from which gap between two fixes on it is asked whether the subject
	// crossed a zone between them; 30 s.
	Sparse time.Duration
	// SpeedError is the standard deviation of a speed that a tracker tells; 3 km/h.
	SpeedError float64
	// NoiseTime is how long the error of a tracker keeps its direction; 60 s. Fixes
	// much closer together tell the same thing again.
	NoiseTime time.Duration
	// Accuracy stands in for a fix that doesn't tell its own; 15 m. As with a Fix it
	// is the radius that holds the true place with 68 %.
	Accuracy geo.Metres
	// BestAccuracy is the least that is believed; 5 m. Phones say 3 m and are 8 m off.
	BestAccuracy geo.Metres
	// MaxStretch is by how much the accuracy that a tracker tells is stretched at most,
	// when its fixes scatter more than it says; 2. Less than 1 believes every tracker.
	MaxStretch float64
	// Margin is how much deeper than the border a fix must be, in standard
	// deviations, to add to the evidence of the fixes before it; 0.35. Without it the
	// noise of a subject that lies at the border adds up to a breach in time.
	Margin float64
	// Depths are the standard deviations at which one fix makes a breach Possible,
	// Likely and Confirmed; 1, 2.85 and 3.5.
	Depths [3]float64
}

// withDefaults fills in what is zero.
func (c Config) withDefaults() Config {
	orDuration := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	orDuration(&c.Lateness, 2*time.Minute)
	orDuration(&c.Ahead, 2*time.Minute)
	orDuration(&c.Horizon, 24*time.Hour)
	c.Horizon = max(c.Horizon, c.Lateness)
	orDuration(&c.Silence, 10*time.Minute)
	orDuration(&c.MaxSilence, 3*time.Hour)
	c.MaxSilence = max(c.MaxSilence, c.Silence)
	orDuration(&c.Sparse, 30*time.Second)
	if c.Missed == 0 {
		c.Missed = 6
	}
	if c.SpeedError == 0 {
		c.SpeedError = 3
	}
	orDuration(&c.NoiseTime, time.Minute)
	if c.Accuracy == 0 {
		c.Accuracy = 15
	}
	if c.BestAccuracy == 0 {
		c.BestAccuracy = 5
	}
	if c.MaxStretch == 0 {
		c.MaxStretch = 2
	}
	if c.Margin == 0 {
		c.Margin = 0.35
	}
	if c.Depths == [3]float64{} {
		c.Depths = [3]float64{1, 2.85, 3.5}
	}
	return c
}

// check refuses settings under which nothing could be judged.
func (c Config) check() error {
	for _, d := range []struct {
		name string
		v    time.Duration
	}{{"Lateness", c.Lateness}, {"Ahead", c.Ahead}, {"Horizon", c.Horizon}, {"Silence", c.Silence}, {"MaxSilence", c.MaxSilence}, {"Sparse", c.Sparse}, {"NoiseTime", c.NoiseTime}} {
		if d.v < 0 || d.v > maxSpan {
			return fmt.Errorf("fence: %s is %s, it must be 0 to %s", d.name, d.v, maxSpan)
		}
	}
	if !(c.Accuracy > 0 && c.BestAccuracy > 0 && c.Margin >= 0 && c.Margin < maxDepth) {
		return fmt.Errorf("fence: Accuracy, BestAccuracy and Margin must be positive, Margin less than %d", maxDepth)
	}
	if !(c.MaxStretch > 0 && c.MaxStretch <= 100) {
		return fmt.Errorf("fence: MaxStretch must be above 0, up to 100")
	}
	if !(c.SpeedError > 0 && c.Missed > 0 && c.Missed <= 1000) {
		return fmt.Errorf("fence: SpeedError must be positive, Missed 1 to 1000")
	}
	last := 0.0
	for _, d := range c.Depths {
		if !(d > last && d < maxDepth) {
			return fmt.Errorf("fence: Depths %v must rise, from above 0 to below %d", c.Depths, maxDepth)
		}
		last = d
	}
	return nil
}

const (
	// maxDepth is where a fix says all that one fix can say. It is why the raster
	// need not know how deep inside a fix is, only that it is far from the border.
	maxDepth = 4
	maxSpan  = 31 * 24 * time.Hour
)

// sigmas is the radius that holds 68 % of a round two-dimensional normal
// distribution, in its standard deviations: sqrt(-2 ln 0.32).
const sigmas = 1.5096

// sigma is the standard deviation, in metres along one axis, of a fix.
func (c *Config) sigma(accuracy float32) float64 {
	a := float64(accuracy)
	if a == 0 {
		a = float64(c.Accuracy)
	}
	return max(a, float64(c.BestAccuracy)) / sigmas
}

// logOdds is the logarithm of the odds of being inside at a depth of z standard
// deviations, where the border may be taken for straight: ln(F(z)/F(-z)) with F
// the normal distribution. The logistic approximation is S. R. Bowling and others,
// "A logistic approximation to the cumulative normal distribution", 2009; its
// probabilities are off by 0.00014 at most.
func logOdds(z float64) float64 {
	z = max(-maxDepth, min(maxDepth, z))
	return z * (1.5976 + 0.07056*z*z)
}

// weight is what a fix adds so long after the one before it, as a share of what it
// adds alone: (1-r)/(1+r) for noise whose correlation is r = exp(-gap/noiseTime),
// the share of independent samples among many that are correlated so.
func (c *Config) weight(gap time.Duration) float64 {
	return math.Tanh(float64(gap) / (2 * float64(c.NoiseTime)))
}

// firstPace stands in for the interval of a subject that reported once, in seconds.
const firstPace = 300

// silence is how long after its last fix a subject is taken to be where it was, in
// nanoseconds; pace is its interval in seconds, 0 where that isn't known.
func (c *Config) silence(pace float64) int64 {
	if pace == 0 {
		pace = firstPace
	}
	return min(int64(c.MaxSilence), max(int64(c.Silence), int64(float64(c.Missed)*pace*1e9)))
}

// paced is the interval of a subject after one more gap between its fixes: a mean
// that forgets, in which a gap counts as four intervals at most, so that a tunnel or
// a night doesn't make a tracker a slow one.
func paced(pace float64, gap time.Duration) float64 {
	g := gap.Seconds()
	switch {
	case g <= 0:
		return pace
	case pace == 0:
		return min(g, 1800)
	}
	return pace + (min(g, 4*pace)-pace)/8
}
