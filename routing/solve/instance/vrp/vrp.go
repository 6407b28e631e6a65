// Package vrp reads the field's files of vehicle-routing problems over points
// (Solomon and Homberger, VRPLIB, Li & Lim), has them solved by routing/solve/ruin
// and checks answers. The checker works from the problem as read and shares
// nothing with the solver.
//
// # The problem
//
// Point 0 is the depot, the others are customers. A vehicle leaves the depot when
// it opens or later, serves customers one after another and is back when it
// closes. It waits where it comes too early; service begins within the window.
// The load of a trip never exceeds the capacity. In problems of pairs a pick-up
// comes before its delivery on the same route. In problems with reloads a route
// is several trips; a trip leaves when the vehicle is back from the one before
// and all its customers are released.
//
// # Cost
//
// The cost is the distance of all routes. How a distance is counted, and whether
// fewer vehicles come before it, is the Rule; travel times are distances.
package vrp

import (
	"fmt"
	"math"

	"citygrid/routing/solve/instance"
)

// A Problem is a file as read.
type Problem struct {
	Name     string
	Points   []Point
	Fleet    int // how many vehicles there are; 0 = as many as needed
	Capacity int64
	Paired   bool // points have partners
	Reload   bool // routes may have several trips
	Timed    bool // points have windows
	family   family
}

// A Point is the depot or a customer. Times are in the unit of distances.
type Point struct {
	X, Y        float64
	Demand      int64 // negative at deliveries of pairs
	Open, Close float64
	Service     float64
	Release     float64
	Partner     int // the other point of the pair; 0 = none
}

// A family is where a file comes from, which says how its costs are counted.
type family uint8

const (
	solomon family = iota
	liLim
	cvrp      // VRPLIB, capacity only
	timed     // VRPLIB with windows
	multiTrip // VRPLIB with windows, releases and reloads
)

// A metric is how the distance between two points is counted.
type metric uint8

const (
	exact   metric = iota
	rounded        // to the nearest integer
	tenths         // cut to one decimal, in tenths
)

// A rule is how an answer is judged.
type rule struct {
	metric metric
	fleet  bool    // fewest vehicles first
	unit   float64 // of the metric, in one unit of the cost that is said
}

// rule is what a name means for this problem; "" is the file's own.
func (p *Problem) rule(name string) (rule, error) {
	if name == "" {
		switch p.family {
		case solomon, cvrp:
			name = "distance"
		case liLim:
			name = "fleet"
		default:
			name = "dimacs"
		}
	}
	r := rule{metric: exact, unit: 1}
	switch name {
	case "fleet":
		r.fleet = true
	case "dimacs":
		r.metric, r.unit = tenths, 10
		if p.family == multiTrip { // its best-known costs are in tenths
			r.unit = 1
		}
	case "distance":
	default:
		return r, fmt.Errorf("rule %q: want fleet, distance or dimacs", name)
	}
	if p.family == cvrp {
		r.metric, r.unit = rounded, 1
	}
	return r, nil
}

// scale is how much of the metric's unit one unit of the file is.
func (m metric) scale() float64 {
	if m == tenths {
		return 10
	}
	return 1
}

// between is the distance from a to b in the metric's unit.
func (m metric) between(a, b *Point) float64 {
	d := math.Sqrt((a.X-b.X)*(a.X-b.X) + (a.Y-b.Y)*(a.Y-b.Y))
	switch m {
	case rounded:
		return math.Floor(d + 0.5)
	case tenths:
		return math.Floor(10 * d)
	default:
		return d
	}
}

var _ instance.Instance = (*Problem)(nil)

// Formats are the files that this package reads.
func Formats() []instance.Format {
	return []instance.Format{
		{Name: "VRPLIB", Is: isVRPLIB, Read: reads(ReadVRPLIB)},
		{Name: "Solomon", Is: isSolomon, Read: reads(ReadSolomon)},
		{Name: "Li & Lim", Is: isLiLim, Read: reads(ReadLiLim)},
	}
}

func reads(read func([]byte) (*Problem, error)) func([]byte) (instance.Instance, error) {
	return func(data []byte) (instance.Instance, error) {
		p, err := read(data)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
}
