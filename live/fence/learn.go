package fence

import (
	"math"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// What a tracker tells of its accuracy is often too good. How far its fixes are off is
// seen without knowing where it is: a fix between two others lies off the straight way
// from the one to the other by its own error and theirs, which are alike but for what
// the noise forgets in between. Half of the time that is more than the median of
// normal noise says; by how much the accuracy told must be stretched so that it is, is
// followed step by step (H. Robbins and S. Monro, "A stochastic approximation method",
// 1951), so that a few wild fixes and bends count no more than others.
//
// It is only learned from fixes that follow each other closely, of who goes no faster
// than a runner: else the bends of the way are more than the noise. And a tracker isn't
// believed to be better than it says.

// A scatter is what was learned of a tracker. It is part of the judgement.
type scatter struct {
	at  orb.Point // the fix before the last
	t   int64     // of it; 0: there is none
	raw float64   // the errors seen as a share of those told; 0: nothing learned yet
	n   int32     // how often it was asked, up to enough
}

const (
	// runM is how far a subject goes in a second at most, in metres, for its fixes to be
	// asked.
	runM = 3
	// The steps are 1/(n+firstSteps) of what is known, down to one in enough.
	firstSteps = 5
	enough     = 100
	// credit is what share of the noise learned is put down to bends of the way and to
	// chance.
	credit = 1.05
	// median of the length of a two-dimensional normal error, in standard deviations:
	// sqrt(2 ln 2).
	median = 1.1774100225154747
)

// stretch is by how much the accuracy that a tracker tells is stretched.
func (n *scatter) stretch(c *Config) float64 {
	return max(1, min(n.raw/credit, c.MaxStretch))
}

// learn takes in a fix; last is the one before it.
func (n *scatter) learn(c *Config, last, f *sight) {
	was := *n
	n.at, n.t = last.at, last.t
	first, second := last.t-was.t, f.t-last.t
	if was.t == 0 || first <= 0 || second <= 0 || first > int64(c.NoiseTime)/2 || second > int64(c.NoiseTime)/2 {
		return
	}
	lonM, latM := geo.MetresPerDegree(last.at[1])
	x, y := (f.at[0]-was.at[0])*float64(lonM), (f.at[1]-was.at[1])*float64(latM)
	if s := float64(first+second) / 1e9 * runM; x*x+y*y > s*s {
		return
	}
	// a is the share of the fix after the last in the place between.
	a := float64(first) / float64(first+second)
	ex := (last.at[0]-was.at[0])*float64(lonM) - a*x
	ey := (last.at[1]-was.at[1])*float64(latM) - a*y
	r1, r2 := c.correlation(first), c.correlation(second)
	spread := 1 + a*a + (1-a)*(1-a) - 2*(1-a)*r1 - 2*a*r2 + 2*a*(1-a)*r1*r2
	sigma := c.sigma(last.accuracy)
	if n.raw == 0 {
		n.raw = 1
	}
	step := 1 + 1/float64(min(n.n, enough)+firstSteps)
	if limit := n.raw * median * sigma; ex*ex+ey*ey > limit*limit*spread {
		n.raw = min(n.raw*step, 2*c.MaxStretch)
	} else {
		n.raw = max(n.raw/step, 0.5)
	}
	n.n = min(n.n+1, enough)
}

// correlation is that of the noise of fixes so many nanoseconds apart.
func (c *Config) correlation(gap int64) float64 {
	return math.Exp(-float64(gap) / float64(c.NoiseTime))
}
