package arc

import (
	"context"
	"fmt"
	"time"
)

// A Team are walkers who see all of some streets together. It differs from a
// Problem in what the streets of a city are like: the ways between vertices are
// given, over whatever streets; each walker has a start, an end and a limit of their
// own; a street may be closed one way; and streets may be left undone, which is worse
// than anything else.
//
// Wanted is, in this order: that of each class, from 0 on, as few streets as possible
// are undone; that the longest walk, as often as there are walkers, and all walks
// together are short. Without Even only the latter counts. With Ordered each walk goes
// through the classes in order: it may pass streets of others at any time, and walks
// along them to see them only when it is their turn. The start must do so, too.
type Team struct {
	Vertices int
	Ways     func(from, to int) (length int64, ok bool) // asked once for each two
	Streets  []Street
	Walkers  []Walker
	Even     bool
	Ordered  bool
}

// A Street joins two vertices and is to be walked once, either way.
type Street struct {
	From, To int
	Cost     [2]int64 // from From to To, and back; below 0 = may not be walked that way
	Class    int      // of importance, 0 is the most important
}

// A Walker sets out from Start and is at End after Limit at the latest.
type Walker struct {
	Start, End int // End may be Anywhere
	Limit      int64
}

// MaxClasses bounds the classes of a Team's streets.
const MaxClasses = 64

// blocked is longer than any walk of a team: no way. Walkers whose limit is longer are
// taken for such whose limit it is.
const blocked = 1 << 26

func (m *Team) check() error {
	if m.Vertices < 1 || m.Vertices > MaxVertices || len(m.Streets) > MaxEdges || len(m.Walkers) == 0 {
		return fmt.Errorf("%w: %d vertices, %d streets, %d walkers", ErrProblem, m.Vertices, len(m.Streets), len(m.Walkers))
	}
	known := func(v int) bool { return v >= 0 && v < m.Vertices }
	for i, s := range m.Streets {
		if !known(s.From) || !known(s.To) || max(s.Cost[0], s.Cost[1]) < 0 || max(s.Cost[0], s.Cost[1]) > MaxCost || s.Class < 0 || s.Class >= MaxClasses {
			return fmt.Errorf("%w: street %d joins %d and %d, costs %d and %d, class %d", ErrProblem, i, s.From, s.To, s.Cost[0], s.Cost[1], s.Class)
		}
	}
	for i, w := range m.Walkers {
		if !known(w.Start) || w.End != Anywhere && !known(w.End) {
			return fmt.Errorf("%w: walker %d goes from %d to %d", ErrProblem, i, w.Start, w.End)
		}
	}
	return nil
}

// Team searches for walks from a start: those of each walker, in which no street is
// twice. It gives walks that are no worse, and the streets that are in none. A walk of
// the start that is beyond its limit sets it. Enough and Better of s have no say.
func (s Solver) Team(ctx context.Context, m *Team, start [][]Arc) (walks [][]Arc, undone []int, err error) {
	if err := m.check(); err != nil {
		return nil, nil, err
	}
	t := newTeamTable(m)
	a := archipelago{t: t, s: s, begin: time.Now()}
	a.s.Enough, a.s.Better = -1, nil
	if a.s.Time <= 0 {
		a.s.Time = 10 * time.Second
	}
	for i := range min(max(1, s.Threads), maxThreads) {
		c, err := newCrew(t, m, start, s.Seed*maxThreads+uint64(i))
		if err != nil {
			return nil, nil, err
		}
		a.islands = append(a.islands, c)
	}
	a.told = make([]float64, len(a.islands))
	if len(m.Streets) > 0 {
		a.run(ctx)
	}
	best := a.islands[a.best()].(*crew)
	for x, in := range best.best.where {
		if in < 0 {
			undone = append(undone, x)
		}
	}
	return best.arcs(), undone, nil
}

// newTeamTable. Who may stop anywhere ends at a vertex that is no way from all.
func newTeamTable(m *Team) *table {
	n := m.Vertices + 1
	t := &table{p: &Problem{Vertices: n}, dist: &Distances{n: n, d: make([]int32, n*n)}, back: &Distances{n: n, d: make([]int32, n*n)}}
	for v := range m.Vertices {
		for w := range m.Vertices {
			d := int64(0)
			if v != w {
				var ok bool
				if d, ok = m.Ways(v, w); !ok || d > blocked {
					d = blocked
				}
			}
			t.dist.d[v*n+w], t.back.d[w*n+v] = int32(d), int32(d)
		}
	}
	for v := range n - 1 {
		t.dist.d[(n-1)*n+v], t.back.d[v*n+n-1] = blocked, blocked
	}
	for i, s := range m.Streets {
		x := task{edge: i, a: int32(s.From), b: int32(s.To)}
		for d, c := range s.Cost {
			if x.cost[d] = int32(c); c < 0 {
				x.cost[d] = blocked
			}
		}
		t.tasks = append(t.tasks, x)
	}
	t.neighbours()
	return t
}
