package street

import (
	"math"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// GuessDatum says in which datum the corners of things lie on streets: the share of
// corners within 15 m of one, read so and read as declared. A datum is better only
// when twice as many lie there as in the declared one, a quarter of them all, and that
// is far beyond chance: borders follow streets, but those of districts, drawn with few
// corners, not often, and in a town some street is always near.
func GuessDatum(n *Network, corners []orb.Point, declared geo.Datum) (best geo.Datum, share, now float64) {
	const enough = 2000
	step := max(1, len(corners)/enough)
	onStreets := func(d geo.Datum) (share, variance float64) {
		on, all := 0, 0
		for i := 0; i < len(corners); i += step {
			p := corners[i]
			if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
				continue
			}
			p = d.ToWGS84(p)
			if !n.Bound().Contains(p) {
				continue
			}
			all++
			if len(n.Nearest(p, 15, nil, 1)) > 0 {
				on++
			}
		}
		if all < 20 {
			return 0, 0 // too few to tell
		}
		share = float64(on) / float64(all)
		return share, share * (1 - share) / float64(all)
	}
	now, doubt := onStreets(declared)
	best, share = declared, now
	for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		if d == declared {
			continue
		}
		if s, more := onStreets(d); s > max(share, 2*now, 1.0/4) && s-now > sigmas*math.Sqrt(doubt+more) {
			best, share = d, s
		}
	}
	return best, share, now
}

// sigmas is how many standard deviations are far beyond chance.
const sigmas = 5
