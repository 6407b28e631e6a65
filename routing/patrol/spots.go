package patrol

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/routing/path"
	"citygrid/routing/solve"

	"github.com/paulmach/orb"
)

// A Spot is a place that is to be called at once, beside the streets. One that is to be
// called at several times is several, of one ID, that open at different times.
type Spot struct {
	ID          int64 // the caller's
	Name        string
	At          orb.Point
	Open, Close time.Time // the call begins in Open <= t <= Close
	Stay        time.Duration
	Officer     int // of the request, whose it is; Anyone
}

// A Call is a stop of a walk at spots: those of one place are called at together, one
// after the other.
type Call struct {
	Spots []Spot
	Legs  int // so many legs of the walk come before it
	At    orb.Point
	Begin time.Time // once they are open
	End   time.Time
	Rank  Rank
}

// A Missed spot is in no walk.
type Missed struct {
	Spot Spot
	Why  error // ErrNoWay, ErrWindow, ErrShift, ErrTurn or ErrNoUnit of solve
}

// together is how near spots lie to be called at in one stop.
const together geo.Metres = 15

// A call is spots that are called at together, as one task of the problem.
type call struct {
	spots       []int
	node        solve.Node
	open, close time.Time
	stay        time.Duration
	officer     int
	known       bool // it lies at a street
	rank        Rank
}

// bundle makes calls of the spots: themes at one place whose hours meet are one stop.
func (b *builder) bundle(ctx context.Context) error {
	order := make([]int, len(b.r.Spots))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return b.r.Spots[x].Close.Compare(b.r.Spots[y].Close) })
	for _, i := range order {
		s := b.r.Spots[i]
		k := slices.IndexFunc(b.calls, func(c call) bool {
			open, end := latest(c.open, s.Open), earliest(c.close, s.Close)
			return c.officer == s.Officer && geo.Distance(b.r.Spots[c.spots[0]].At, s.At) <= together && open.Before(end)
		})
		if k >= 0 {
			c := &b.calls[k]
			c.spots, c.stay, c.rank = append(c.spots, i), c.stay+s.Stay, min(c.rank, b.spotRank(s))
			c.open, c.close = latest(c.open, s.Open), earliest(c.close, s.Close)
			continue
		}
		c := call{spots: []int{i}, open: s.Open, close: s.Close, stay: s.Stay, officer: s.Officer, rank: b.spotRank(s)}
		if len(b.points) > 0 {
			// The station may be beside a street that leads nowhere; then none is called at.
			way, err := b.r.Ways.Route(ctx, path.Query{From: b.points[0], To: s.At})
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if c.known = err == nil; c.known {
				c.node = solve.Node(len(b.points))
				b.points = append(b.points, way.ToSnap.At)
			}
		}
		b.calls = append(b.calls, c)
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// visit puts the calls into the routes of a solution over the streets, those of the lowest
// rank and of them those with the shortest hours first, each where the walk gets least longer. Calls come before streets:
// where a shift has no room for one, streets are left that take the longest.
func (b *builder) visit(ctx context.Context, sol *solve.Solution) error {
	first := len(b.p.Tasks)
	var order []int
	for k, c := range b.calls {
		b.p.Tasks = append(b.p.Tasks, solve.Task{
			Name: b.r.Spots[c.spots[0]].Name, Priority: b.priority(c.rank),
			Modes: []solve.Mode{{Enter: c.node, Leave: c.node, Service: c.stay}}, Windows: []solve.Window{{Open: c.open.Sub(b.zero), Close: c.close.Sub(b.zero)}},
		})
		order = append(order, k)
	}
	span := func(k int) time.Duration { return b.calls[k].close.Sub(b.calls[k].open) }
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(b.calls[x].rank, b.calls[y].rank), cmp.Compare(span(x), span(y)))
	})
	for _, k := range order {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		why := b.callAt(sol, first+k, b.calls[k])
		if why != nil && b.strict && b.again { // somebody wants it there: the keys give way
			b.strict = false
			why = b.callAt(sol, first+k, b.calls[k])
			b.strict = true
		}
		if why != nil {
			sol.Unserved = append(sol.Unserved, solve.Unserved{Task: first + k, Why: why})
		}
	}
	return nil
}

// A slot is a place for a call in a route, and how much longer the walk is for it.
type slot struct {
	unit, at int
	more     time.Duration
}

// callAt puts one task of a call into the routes; why is the rule that keeps it out.
func (b *builder) callAt(sol *solve.Solution, task int, c call) (why error) {
	if len(sol.Routes) == 0 {
		return solve.ErrNoUnit
	}
	if !c.known {
		return solve.ErrNoWay
	}
	slots, why := b.slots(sol, task, c.officer)
	slices.SortStableFunc(slots, func(x, y slot) int { return cmp.Compare(x.more, y.more) })
	slots = slots[:min(len(slots), tried)]
	for _, s := range slots {
		visits := slices.Insert(visitsOf(sol.Routes[s.unit]), s.at, solve.Visit{Task: task})
		r, err := b.inTurn(s.unit, visits)
		if err == nil {
			sol.Routes[s.unit] = r
			return nil
		}
		why = err
	}
	for _, s := range slots {
		r, left, err := b.makeRoom(s.unit, slices.Insert(visitsOf(sol.Routes[s.unit]), s.at, solve.Visit{Task: task}))
		if err != nil {
			why = err
			continue
		}
		sol.Routes[s.unit] = r
		for _, t := range left {
			sol.Unserved = append(sol.Unserved, solve.Unserved{Task: t, Why: fmt.Errorf("%w: the spots come before it", solve.ErrShift)})
		}
		return nil
	}
	return why
}

// slots are the places at which somebody could be at a call within its hours. Of those
// whom it takes beyond the longest walk, the part beyond counts twice.
func (b *builder) slots(sol *solve.Solution, task, officer int) (all []slot, why error) {
	t := &b.p.Tasks[task]
	node, stay, window := t.Modes[0].Enter, t.Modes[0].Service, t.Windows[0]
	var longest time.Duration
	for _, r := range sol.Routes {
		longest = max(longest, r.End)
	}
	why = solve.ErrNoWay
	for u := range sol.Routes {
		if officer != Anyone && officer != u {
			continue
		}
		r, unit := &sol.Routes[u], &b.p.Units[u]
		at, free := unit.Start, unit.Shift.Open
		from := b.turnOf(r, task)
		for k := 0; ; k++ {
			next, arrive := unit.End, r.End
			if len(r.Stops) == 0 {
				arrive = unit.Shift.Open
			}
			if k < len(r.Stops) {
				v := r.Stops[k].Visit
				next, arrive = b.p.Tasks[v.Task].Modes[v.Mode].Enter, r.Stops[k].Arrive
			}
			there, ok := b.p.Costs.Between(0, at, node)
			onward, ok2 := b.p.Costs.Between(0, node, next)
			if ok && ok2 {
				begin := max(free+there.Time, window.Open)
				switch {
				case k < from: // something comes first
				case begin > window.Close:
					if why = solve.ErrWindow; from > 0 {
						why = solve.ErrTurn
					}
				default:
					more := begin + stay + onward.Time - arrive
					all = append(all, slot{u, k, more + max(0, r.End+more-longest)})
				}
			}
			if k == len(r.Stops) {
				break
			}
			v := r.Stops[k].Visit
			if b.strict && ok && free+there.Time >= window.Open && b.rankOf(v.Task) > b.rankOf(task) {
				break // it is its turn
			}
			at, free = b.p.Tasks[v.Task].Modes[v.Mode].Leave, r.Stops[k].Leave
		}
	}
	return all, why
}

// turnOf is the first place of a route at which the turn of a task comes: behind all
// streets of lower ranks.
func (b *builder) turnOf(r *solve.Route, task int) (from int) {
	for k, s := range r.Stops {
		if b.strict && s.Task < len(b.tasks) && b.rankOf(s.Task) < b.rankOf(task) {
			from = k + 1
		}
	}
	return from
}

// run is how many streets in a row are left at once to make room: one alone may lie on the
// way to the next.
const run = 8

// makeRoom leaves streets out of visits until they keep their hours and the shift, at each
// step those in a row, of the highest rank, that spare the most time each. Calls stay.
func (b *builder) makeRoom(unit int, visits []solve.Visit) (r solve.Route, left []int, err error) {
	u := &b.p.Units[unit]
	mode := func(k int) solve.Mode { return b.p.Tasks[visits[k].Task].Modes[visits[k].Mode] }
	between := func(from, to solve.Node) (time.Duration, bool) {
		c, ok := b.p.Costs.Between(0, from, to)
		return c.Time, ok
	}
	for {
		if r, err = b.inTurn(unit, visits); err == nil {
			return r, left, nil
		}
		if !errors.Is(err, solve.ErrShift) && !errors.Is(err, solve.ErrWindow) {
			return r, nil, err
		}
		first, last, most := -1, -1, time.Duration(-1)
		before := visits // what may be left
		if broken := (*solve.RouteError)(nil); errors.As(err, &broken) && errors.Is(err, solve.ErrWindow) {
			before = visits[:max(0, min(broken.Stop, len(visits)))]
		}
		var least Rank // of what is left first
		for _, v := range before {
			if v.Task < len(b.tasks) {
				least = max(least, b.rankOf(v.Task))
			}
		}
		for i := range before {
			from := u.Start
			if i > 0 {
				from = mode(i - 1).Leave
			}
			var taken time.Duration
			at := from
			for j := i; j < min(i+run, len(before)) && visits[j].Task < len(b.tasks) && b.rankOf(visits[j].Task) == least; j++ {
				way, ok := between(at, mode(j).Enter)
				if !ok {
					break
				}
				taken, at = taken+way+mode(j).Service, mode(j).Leave
				after := u.End
				if j+1 < len(visits) {
					after = mode(j + 1).Enter
				}
				onward, ok1 := between(at, after)
				past, ok2 := between(from, after)
				if spared := (taken + onward - past) / time.Duration(j-i+1); ok1 && ok2 && spared > most {
					first, last, most = i, j, spared
				}
			}
		}
		if first < 0 {
			return r, nil, err
		}
		for _, v := range visits[first : last+1] {
			left = append(left, v.Task)
		}
		visits = slices.Delete(visits, first, last+1)
	}
}

func visitsOf(r solve.Route) []solve.Visit {
	all := make([]solve.Visit, len(r.Stops), len(r.Stops)+1)
	for i, s := range r.Stops {
		all[i] = s.Visit
	}
	return all
}

// callIn writes a stop at spots down.
func (b *builder) callIn(w *Walk, s solve.Stop) {
	c := b.calls[s.Task-len(b.tasks)]
	begin, end := b.zero.Add(s.Begin), b.zero.Add(s.Leave)
	spots := make([]Spot, len(c.spots))
	for i, k := range c.spots {
		spots[i] = b.r.Spots[k]
	}
	w.Calls = append(w.Calls, Call{Spots: spots, Legs: len(w.Legs), At: b.points[c.node], Begin: begin, End: end, Rank: c.rank})
	w.End = end
}

// checkCalls holds the calls of a plan against its request.
func checkCalls(r Request, p Plan, say func(format string, args ...any)) {
	type visit struct {
		id   int64
		open time.Time
	}
	times := make(map[visit]int)
	for _, m := range p.Missed {
		if times[visit{m.Spot.ID, m.Spot.Open}]++; m.Why == nil {
			say("spot %d is missed without a reason", m.Spot.ID)
		}
	}
	for i, w := range p.Walks {
		for k, c := range w.Calls {
			if c.Legs < 0 || c.Legs > len(w.Legs) || k > 0 && c.Legs < w.Calls[k-1].Legs || len(c.Spots) == 0 {
				say("walk %d, call %d comes after %d of %d legs", i, k, c.Legs, len(w.Legs))
				continue
			}
			var stay time.Duration
			for _, s := range c.Spots {
				times[visit{s.ID, s.Open}]++
				stay += s.Stay
				if c.Begin.Before(s.Open) || c.Begin.After(s.Close) {
					say("walk %d calls at spot %d at %v, it is open from %v to %v", i, s.ID, c.Begin, s.Open, s.Close)
				}
				if d := geo.Distance(s.At, c.At); d > path.DefaultSnapLimit+together {
					say("walk %d calls at spot %d %.0f m from it", i, s.ID, float64(d))
				}
				if s.Officer != Anyone && s.Officer != i {
					say("walk %d calls at spot %d, which is officer %d's", i, s.ID, s.Officer)
				}
			}
			if c.End.Sub(c.Begin) != stay {
				say("walk %d, call %d takes %v, want %v", i, k, c.End.Sub(c.Begin), stay)
			}
			var there orb.Point
			switch {
			case c.Legs > 0:
				there = r.Network.PointAt(w.Legs[c.Legs-1].Segment, w.Legs[c.Legs-1].To)
			case len(w.Legs) > 0:
				there = r.Network.PointAt(w.Legs[0].Segment, w.Legs[0].From)
			default:
				there = c.At
			}
			if d := geo.Distance(there, c.At); d > 2*onStreet {
				say("walk %d, call %d is %.1f m from where the walk is", i, k, float64(d))
			}
		}
	}
	for _, s := range r.Spots {
		if n := times[visit{s.ID, s.Open}]; n != 1 {
			say("spot %d is called at or missed %d times", s.ID, n)
		}
	}
	if len(times) != len(r.Spots) {
		say("%d spots are called at or missed, %d were asked for", len(times), len(r.Spots))
	}
}

// arrived is when a walk goes on after the calls that come before its next leg, from
// when it is there; said tells what is wrong with them.
func arrived(w Walk, legs int, now time.Time, said func(call int, c Call)) time.Time {
	for k, c := range w.Calls {
		if c.Legs == legs {
			if c.Begin.Before(now) {
				said(k, c)
			}
			now = c.End
		}
	}
	return now
}
