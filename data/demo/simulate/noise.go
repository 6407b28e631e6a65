package simulate

import (
	"math"
	"math/rand/v2"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// noiseTime is how long the error of a GPS receiver keeps its direction, as
// live/fence takes it to be.
const noiseTime = time.Minute

// A Noise is the error of one receiver: an Ornstein-Uhlenbeck process along each
// axis, so an error drifts and doesn't jump from fix to fix.
type Noise struct {
	sigma float64 // metres along each axis
	rng   *rand.Rand
	x, y  float64
	last  time.Time
}

// NewNoise makes an error of so many metres along each axis.
func NewNoise(sigma float64, rng *rand.Rand) *Noise {
	return &Noise{sigma: sigma, rng: rng, x: sigma * rng.NormFloat64(), y: sigma * rng.NormFloat64()}
}

// At is the place that the receiver tells at t, which may not go back, and the
// accuracy that it believes to have: the radius that holds the true place with 68 %,
// which is 1.51 sigma in two dimensions, give or take a fifth.
func (n *Noise) At(p orb.Point, t time.Time) (told orb.Point, accuracy geo.Metres) {
	if gone := t.Sub(n.last); !n.last.IsZero() && gone > 0 {
		keep := math.Exp(-float64(gone) / float64(noiseTime))
		fresh := n.sigma * math.Sqrt(1-keep*keep)
		n.x = keep*n.x + fresh*n.rng.NormFloat64()
		n.y = keep*n.y + fresh*n.rng.NormFloat64()
	}
	n.last = t
	lonM, latM := geo.MetresPerDegree(p[1])
	told = orb.Point{p[0] + n.x/float64(lonM), p[1] + n.y/float64(latM)}
	return told, geo.Metres(1.51 * n.sigma * (0.9 + 0.3*n.rng.Float64()))
}
