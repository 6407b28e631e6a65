package simulate

import (
	"math/rand/v2"
	"time"

	"citygrid/geo"
)

// patrol is the way along a walk's line from so many metres on, with pauses: to
// look at something, to talk to somebody, to wait at a light.
func patrol(line Line, from geo.Metres, begin time.Time, rng *rand.Rand) *Journey {
	at, _ := line.At(from)
	j := Rest(at, begin)
	// All stints are along the line, so Along says how far the walk has come.
	j.stints[0] = stint{from: begin, to: begin, line: line, a: from, b: from}
	for here := from; here < line.Length(); {
		next := min(line.Length(), here+geo.Metres(150+350*rng.Float64()))
		j.Go(line, here, next, walkingSpeed*(0.95+0.1*rng.Float64()))
		if next < line.Length() {
			j.Stay(time.Duration(15+75*rng.Float64()) * time.Second)
		}
		here = next
	}
	return j
}
