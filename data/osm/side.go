package osm

import (
	"github.com/paulmach/orb"

	"citygrid/geo/street"
)

// leftBoxes are rough boxes (west, south, east, north) of where traffic keeps to
// the left, after wiki.openstreetmap.org/wiki/Key:driving_side and the list of
// countries there. Near land borders with right-driving neighbours they are
// wrong somewhere, so they decide only where the map shows no roundabouts.
var leftBoxes = []orb.Bound{
	box(-10.8, 49.8, 1.8, 61),                                          // Great Britain, Ireland, the Channel Islands apart
	box(-2.8, 49.1, -1.9, 49.8),                                        // Channel Islands
	box(14.1, 35.7, 14.6, 36.1),                                        // Malta
	box(32.2, 34.5, 34.7, 35.8),                                        // Cyprus
	box(122.9, 24, 146, 45.6),                                          // Japan
	box(113.82, 22.13, 114.45, 22.52), box(113.52, 22.1, 113.6, 22.22), // Hong Kong, Macao
	box(68, 6, 97.4, 28), box(61.5, 24.5, 78, 36.5), // India, Sri Lanka, Bangladesh, Pakistan ...
	box(97.3, 5.6, 105.6, 17.4),                    // Thailand
	box(99.6, 0.8, 119.3, 7.4),                     // Malaysia, Singapore, Brunei
	box(95, -11, 141, 0.8),                         // Indonesia, Timor
	box(112, -44, 155, -10),                        // Australia
	box(141, -12, 180, 0), box(166, -48, 179, -34), // Papua New Guinea, the Pacific, New Zealand
	box(16.4, -35, 41, -17.5), box(22, -18, 36, -8.2), box(29.5, -11.7, 42, 4.3), // southern and eastern Africa
	box(55, -21, 64, -4),                                     // Mauritius, Seychelles
	box(-61.4, 1.2, -54, 8.6),                                // Guyana, Suriname
	box(-80.6, 17.6, -76.1, 27), box(-61.9, 10, -59.4, 18.5), // Jamaica, Bahamas, the Lesser Antilles
	box(-64.9, 32.2, -64.6, 32.4), box(-61.5, -52.5, -57.6, -51), // Bermuda, Falkland Islands
}

func box(w, s, e, n float64) orb.Bound {
	return orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}}
}

// drivesLeft finds out on which side people drive. The roundabouts tell: traffic
// goes round them clockwise where it keeps to the left. Where fewer than five are
// drawn or they disagree, the map's place on earth decides.
func (g *gathering) drivesLeft(middle orb.Point) (left bool, why string) {
	clockwise, counter := 0, 0
	for i := range g.ways {
		w := &g.ways[i]
		if w.street == 0 || !w.closed || g.streets[w.street-1].seg.Flags&street.Roundabout == 0 {
			continue
		}
		s := &g.streets[w.street-1].seg
		line, whole := g.present(w)
		if !whole || (s.Forward&street.Car != 0) == (s.Backward&street.Car != 0) {
			continue
		}
		r, ok := g.ring(line)
		if !ok {
			continue
		}
		if (r.area < 0) == (s.Forward&street.Car != 0) {
			clockwise++
		} else {
			counter++
		}
	}
	switch {
	case clockwise+counter >= 5 && clockwise > 4*counter:
		return true, "by its roundabouts"
	case clockwise+counter >= 5 && counter > 4*clockwise:
		return false, "by its roundabouts"
	}
	for _, b := range leftBoxes {
		if b.Contains(middle) {
			return true, "by its place on earth"
		}
	}
	return false, "by its place on earth"
}
