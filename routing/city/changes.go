package city

import (
	"slices"

	"citygrid/geo/street"
	"citygrid/routing/closure"
	"citygrid/routing/path"
)

// fastest stands for the speed along a segment that takes no time.
const fastest = 1000

// way is a segment in a direction.
type way struct {
	segment street.SegmentID
	forward bool
}

// changes are what closures make of the streets for a profile. Where several hold,
// the one that leaves least counts.
func changes(base *path.Engine, n *street.Network, profile string, holding []known) []path.Change {
	speeds := make(map[way]float64) // km/h; 0 = closed
	for _, k := range holding {
		if len(k.Profiles) > 0 && !slices.Contains(k.Profiles, profile) {
			continue
		}
		for _, s := range k.streets {
			for _, forward := range [...]bool{true, false} {
				if forward && !s.Forward || !forward && !s.Backward {
					continue
				}
				usual, ok := speed(base, n, s.Segment, forward)
				if !ok {
					continue
				}
				w, left := way{s.Segment, forward}, remains(k.Effect, usual)
				if has, ok := speeds[w]; !ok || left < has {
					speeds[w] = left
				}
			}
		}
	}
	list := make([]path.Change, 0, len(speeds))
	for w, kmh := range speeds {
		list = append(list, path.Change{Segment: w.segment, Forward: w.forward, Backward: !w.forward, SpeedKMH: kmh})
	}
	return list
}

// speed is how fast a profile usually goes along a segment, in km/h.
func speed(e *path.Engine, n *street.Network, id street.SegmentID, forward bool) (kmh float64, ok bool) {
	d, ok := e.Along(id, forward)
	if !ok {
		return 0, false
	}
	if d <= 0 { // of a few centimetres
		return fastest, true
	}
	return float64(n.Segment(id).LengthM) / d.Seconds() * 3.6, true
}

// remains is the speed that an effect leaves of the usual one.
func remains(e closure.Effect, usual float64) float64 {
	switch {
	case e.Closes():
		return 0
	case e.SpeedKMH > 0:
		return min(usual, e.SpeedKMH)
	}
	return usual * e.Share
}
