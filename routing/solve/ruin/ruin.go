// Package ruin is the fast search for routes over points: slack induction by
// string removals (Christiaans and Vanden Berghe, Transportation Science 54(2),
// 2020). Again and again it takes strings of neighbouring customers out of their
// routes and puts them back where they cost least, and a simulated annealing
// decides what to go on with.
//
// What is ours: positions are looked for beside a customer's nearest only, and
// everywhere where that fails; what an insertion does to times, loads, trips and
// releases is known in O(1) from numbers kept at each node; routes are changed in
// place and taken back when refused. Large problems are cut along a line, another
// one each time, so that each thread improves routes of its own; of small ones
// each thread searches the whole. Nothing is allocated while it searches.
//
// Distances, times and demands are whole numbers in units of the caller's, below
// MaxNumber. Distances are symmetric, and travel times are distances.
package ruin

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// MaxNumber bounds distances, times and demands, so that sums of a few fit 32 bits.
const MaxNumber = 1 << 28

// A Problem has points 0..n, of which 0 is the depot.
type Problem struct {
	Points   []Point
	Dist     []int32 // from*len(Points) + to
	Capacity int32   // of each trip
	Fleet    int     // most routes; 0 = as many as it takes
	Fewest   bool    // fewer routes are better than less distance
	Timed    bool    // points have windows and service
	Reload   bool    // routes may return to the depot and leave for another trip
	Paired   bool    // points have partners: first the one with more than no demand
}

// A Point is the depot or a customer.
type Point struct {
	Demand      int32
	Open, Close int32 // window for the begin of service, both ends included
	Service     int32
	Release     int32 // its trip leaves no earlier; with Reload
	Partner     int32 // with Paired
}

// Routes are customers in order, a 0 between two trips of a route.
type Routes [][]int32

// A Config says how long to search. Time or Iterations must be given; with
// Iterations, one seed gives one answer as long as Time does not cut it short.
type Config struct {
	Time       time.Duration
	Iterations int // of each thread
	Threads    int // 0 = 1
	Seed       uint64
	Start      Routes // that keep the rules, to begin with; the answer is never worse. nil = from nothing
	// Better is told of each better answer, in order, as it is found. Routes are
	// its own.
	Better func(elapsed time.Duration, r Routes)
	tune   tuning
}

// An Answer is the best that was found.
type Answer struct {
	Routes     Routes
	Absent     []int32 // customers that found no place in the fleet
	Iterations int     // of all threads
}

// ErrProblem is a problem that does not fit together.
var ErrProblem = errors.New("the problem does not fit together")

// Check says what is wrong with the problem itself.
func (p *Problem) Check() error {
	n := len(p.Points)
	if n == 0 || len(p.Dist) != n*n {
		return fmt.Errorf("%w: %d points, %d distances", ErrProblem, n, len(p.Dist))
	}
	within := func(x int32) bool { return x >= 0 && x < MaxNumber }
	for i, d := range p.Dist {
		if !within(d) || d != p.Dist[i%n*n+i/n] {
			return fmt.Errorf("%w: the distance from %d to %d is %d", ErrProblem, i/n, i%n, d)
		}
	}
	for i, pt := range p.Points {
		if !within(pt.Open) || !within(pt.Close) || !within(pt.Service) || !within(pt.Release) || !within(max(pt.Demand, -pt.Demand)) {
			return fmt.Errorf("%w: point %d has a number that is negative or too large", ErrProblem, i)
		}
		if !p.Paired && pt.Demand < 0 {
			return fmt.Errorf("%w: point %d has a demand of %d", ErrProblem, i, pt.Demand)
		}
		if p.Paired && i > 0 {
			k := int(pt.Partner)
			if k <= 0 || k >= n || k == i || int(p.Points[k].Partner) != i || p.Points[k].Demand != -pt.Demand || pt.Demand == 0 {
				return fmt.Errorf("%w: point %d has no partner", ErrProblem, i)
			}
		}
	}
	if p.Paired && p.Reload {
		return fmt.Errorf("%w: pairs and several trips at once", ErrProblem)
	}
	if !within(p.Capacity) {
		return fmt.Errorf("%w: a capacity of %d", ErrProblem, p.Capacity)
	}
	return nil
}

// knows says whether routes have each customer once at most, and no others, in no
// more routes than there are. Whether they are in time is the caller's to know.
func (p *Problem) knows(routes Routes) error {
	seen := make([]bool, len(p.Points))
	if p.Fleet > 0 && len(routes) > p.Fleet {
		return fmt.Errorf("%w: %d routes to start with, there are %d", ErrProblem, len(routes), p.Fleet)
	}
	for i, r := range routes {
		for _, c := range r {
			if c < 0 || int(c) >= len(p.Points) || c == 0 && !p.Reload || seen[c] {
				return fmt.Errorf("%w: route %d to start with has %d, which is none or there twice", ErrProblem, i, c)
			}
			seen[c] = c > 0
		}
	}
	return nil
}

// Solve searches until the time or the iterations are over or ctx ends, and gives
// the best so far; that ctx ended is no error. Customers that fit no route at all
// are Absent.
func Solve(ctx context.Context, p *Problem, c Config) (Answer, error) {
	if err := p.Check(); err != nil {
		return Answer{}, err
	}
	if c.Time <= 0 && c.Iterations <= 0 {
		return Answer{}, fmt.Errorf("%w: neither a time nor iterations to search for", ErrProblem)
	}
	if err := p.knows(c.Start); err != nil {
		return Answer{}, err
	}
	r := newRun(ctx, p, c)
	r.search()
	return r.answer(), nil
}
