package patrol

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/path"
	"citygrid/routing/solve"
	"citygrid/routing/solve/beat"
	"citygrid/routing/solve/check"

	"github.com/paulmach/orb"
)

// MaxNodes bounds the junctions and stations of one request: their table of
// times takes 12 bytes a pair, 108 MB. A responsibility grid has some hundred.
const MaxNodes = 3000

// onStreet is the snap limit for points that lie on the streets: they must not be
// snapped to another street when theirs leads nowhere.
const onStreet geo.Metres = 0.1

// batch is how many rows of the table are asked for at once: few questions, since
// each snaps all points, in 24 MB at most.
const batch = 1024

// Assign makes the walks. The error is ErrRequest, the context's, or the solver's;
// what cannot be walked is no error but in Plan.Left.
func Assign(ctx context.Context, r Request) (Plan, error) {
	b, err := newBuilder(ctx, r)
	if err != nil {
		return Plan{}, err
	}
	solver := r.Solver
	if solver == nil {
		solver = beat.Solver{}
	}
	sol, err := solver.Solve(ctx, &b.p)
	if err != nil {
		return Plan{}, fmt.Errorf("solve the patrol: %w", err)
	}
	var more time.Duration
	if b.strict = len(r.Order) > 0; b.strict {
		if more, err = b.inOrder(ctx, solver, &sol); err != nil {
			return Plan{}, fmt.Errorf("order the walks by their keys: %w", err)
		}
	}
	if err := b.natural(ctx, &sol); err != nil {
		return Plan{}, fmt.Errorf("order the walks: %w", err)
	}
	if err := b.visit(ctx, &sol); err != nil {
		return Plan{}, fmt.Errorf("call at the spots: %w", err)
	}
	// No answer leaves unchecked.
	if report := check.Solution(&b.p, &sol); !report.Feasible() {
		return Plan{}, fmt.Errorf("solve the patrol: the answer breaks %d rules, first %v", len(report.Violations), report.Violations[0])
	}
	for i := range sol.Routes {
		if early, late, broken := b.breach(&sol.Routes[i]); broken && b.strict {
			return Plan{}, fmt.Errorf("solve the patrol: stop %d of walk %d comes before stop %d, whose turn it is", early, i, late)
		}
	}
	plan, err := b.plan(ctx, &sol)
	plan.Ordered = more
	for i := range plan.Walks {
		plan.Walks[i].Ordered = more
	}
	return plan, err
}

// newBuilder states the problem of a request.
func newBuilder(ctx context.Context, r Request) (*builder, error) {
	b := &builder{r: r, n: r.Network, number: map[street.JunctionID]solve.Node{}}
	b.streetRank, b.spotRank = Ranks(r.Order)
	for _, k := range r.Order {
		b.reasons = append(b.reasons, k.Reason)
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	b.choose()
	if err := b.stations(ctx); err != nil {
		return nil, err
	}
	if err := b.bundle(ctx); err != nil {
		return nil, err
	}
	return b, b.problem(ctx)
}

// A builder turns a request into a problem and its solution into a plan.
type builder struct {
	r      Request
	n      *street.Network
	zero   time.Time // of the problem's instants
	tasks  []street.SegmentID
	left   []Left
	calls  []call       // their tasks come after those of streets, once these are in walks
	points []orb.Point  // by node: the officers' stations, where those are who are away, the calls, then junctions
	away   []solve.Node // by officer: where they set out
	number map[street.JunctionID]solve.Node
	p      solve.Problem

	streetRank func(street.SegmentID) Rank
	spotRank   func(Spot) Rank
	reasons    []Reason
	strict     bool // walks keep the order of their keys
	again      bool // people have a hand in the walks
}

func (b *builder) check() error {
	if b.n == nil || b.r.Ways == nil {
		return fmt.Errorf("%w: no streets or no engine are given", ErrRequest)
	}
	if len(b.r.Order) > MaxKeys {
		return fmt.Errorf("%w: %d keys, %d is the most", ErrRequest, len(b.r.Order), MaxKeys)
	}
	for i, o := range b.r.Officers {
		if o.To.Before(o.From) {
			return fmt.Errorf("%w: the shift of officer %d (%s) ends before it begins", ErrRequest, i, o.Name)
		}
		if i == 0 || o.From.Before(b.zero) {
			b.zero = o.From
		}
	}
	return nil
}

// choose sorts out the streets that can be walked.
func (b *builder) choose() {
	streets := slices.Clone(b.r.Streets)
	slices.Sort(streets)
	for _, id := range slices.Compact(streets) {
		if why := b.closed(id); why != nil {
			b.left = append(b.left, Left{id, why})
			continue
		}
		for range b.r.Sides(id) {
			b.tasks = append(b.tasks, id)
		}
	}
}

func (b *builder) closed(id street.SegmentID) error {
	if int64(id) >= int64(b.n.Segments()) {
		return ErrUnknown
	}
	_, forward := b.r.Ways.Along(id, true)
	_, backward := b.r.Ways.Along(id, false)
	switch {
	case !forward && !backward:
		return ErrClosed
	case b.n.Segment(id).Private&b.r.Ways.Profile().Vehicle != 0:
		return ErrPrivate
	}
	return nil
}

// stations finds where on the streets each officer sets out and comes back to: the
// place nearest to the station from where the streets can be reached.
func (b *builder) stations(ctx context.Context) error {
	known := map[orb.Point]orb.Point{}
	nearest := func(p orb.Point) (orb.Point, error) {
		at, ok := known[p]
		if !ok {
			at = p
			// Some streets may be on islands: try a few all over the list.
			for k := range min(len(b.tasks), 8) {
				id := b.tasks[k*len(b.tasks)/min(len(b.tasks), 8)]
				there, err := b.r.Ways.Route(ctx, path.Query{From: p, To: b.n.Line(id)[0]})
				if ctx.Err() != nil {
					return at, ctx.Err()
				}
				if err != nil {
					continue
				}
				at = there.FromSnap.At
				if b.leads(ctx, b.n.Line(id)[0], at) {
					break
				}
				// Who drives may come from there and not get there.
				back, err := b.r.Ways.Route(ctx, path.Query{From: b.n.Line(id)[0], To: p})
				if err == nil && b.leads(ctx, back.ToSnap.At, b.n.Line(id)[0]) {
					at = back.ToSnap.At
					break
				}
			}
			known[p] = at
		}
		return at, nil
	}
	for _, o := range b.r.Officers {
		at, err := nearest(o.Station)
		if err != nil {
			return err
		}
		b.points = append(b.points, at)
	}
	for i, o := range b.r.Officers {
		b.away = append(b.away, solve.Node(i))
		if o.Away != nil {
			at, err := nearest(*o.Away)
			if err != nil {
				return err
			}
			b.away[i] = solve.Node(len(b.points))
			b.points = append(b.points, at)
		}
	}
	return nil
}

// leads says whether a way leads from one place on the streets to another.
func (b *builder) leads(ctx context.Context, from, to orb.Point) bool {
	_, err := b.r.Ways.Route(ctx, path.Query{From: from, To: to, SnapLimit: onStreet})
	return err == nil
}

// node is the problem's number of a junction.
func (b *builder) node(j street.JunctionID) solve.Node {
	n, ok := b.number[j]
	if !ok {
		n = solve.Node(len(b.points))
		b.number[j] = n
		b.points = append(b.points, b.n.Junction(j).At.Point())
	}
	return n
}

func (b *builder) problem(ctx context.Context) error {
	for i, o := range b.r.Officers {
		b.p.Units = append(b.p.Units, solve.Unit{
			Name: cmp.Or(o.Name, fmt.Sprintf("officer %d", o.Person)), Start: b.away[i], End: solve.Node(i),
			Shift: solve.Window{Open: o.From.Sub(b.zero), Close: o.To.Sub(b.zero)},
		})
	}
	driven := b.r.Ways.Profile().Vehicle != street.Foot
	for i, id := range b.tasks {
		s := b.n.Segment(id)
		t := solve.Task{Name: b.n.Name(s.Name).Default, Priority: b.priority(b.streetRank(id))}
		second := i > 0 && b.tasks[i-1] == id
		twice := second || i+1 < len(b.tasks) && b.tasks[i+1] == id
		for _, forward := range [...]bool{true, false} {
			if driven && twice && forward == second {
				continue // one side each
			}
			from, to := s.From, s.To
			if !forward {
				from, to = to, from
			}
			if along, ok := b.r.Ways.Along(id, forward); ok {
				t.Modes = append(t.Modes, solve.Mode{
					Enter: b.node(from), Leave: b.node(to),
					Service: along + b.r.Ways.Passing(to), Length: geo.Metres(s.LengthM),
				})
			}
		}
		b.p.Tasks = append(b.p.Tasks, t)
	}
	b.p.Nodes = len(b.points)
	if b.p.Nodes > MaxNodes {
		return fmt.Errorf("%w: the streets have %d junctions, %d is the most: plan fewer grids at once", ErrRequest, b.p.Nodes, MaxNodes)
	}
	table := solve.NewTable(b.p.Nodes)
	b.p.Costs = table
	for from := 0; from < len(b.points); from += batch {
		rows := b.points[from:min(from+batch, len(b.points))]
		times, err := b.r.Ways.Table(ctx, rows, b.points, onStreet)
		if err != nil {
			return fmt.Errorf("times of the patrol: %w", err)
		}
		for i := range rows {
			for j := range b.points {
				if c, ok := times.At(i, j); ok {
					table.Set(solve.Node(from+i), solve.Node(j), solve.Cost{Time: c.Duration, Length: c.Distance})
				}
			}
		}
	}
	return nil
}

// plan writes a solution down segment by segment.
func (b *builder) plan(ctx context.Context, sol *solve.Solution) (Plan, error) {
	plan := Plan{Left: b.left}
	for _, u := range sol.Unserved {
		if u.Task < len(b.tasks) {
			plan.Left = append(plan.Left, Left{b.tasks[u.Task], u.Why})
			continue
		}
		for _, id := range b.calls[u.Task-len(b.tasks)].spots {
			plan.Missed = append(plan.Missed, Missed{b.r.Spots[id], u.Why})
		}
	}
	slices.SortFunc(plan.Missed, func(x, y Missed) int {
		return cmp.Or(cmp.Compare(x.Spot.ID, y.Spot.ID), x.Spot.Open.Compare(y.Spot.Open))
	})
	slices.SortFunc(plan.Left, func(x, y Left) int { return cmp.Compare(x.Segment, y.Segment) })
	var done []int
	for i := range sol.Routes {
		w, err := b.walk(ctx, i, &sol.Routes[i])
		if err != nil {
			return Plan{}, fmt.Errorf("write down the walk of %s: %w", b.p.Units[i].Name, err)
		}
		plan.Walks = append(plan.Walks, w)
		plan.Covered += w.Served
		plan.Walked += w.Served + w.Dead
		plan.Worked += w.End.Sub(w.Start)
		plan.Called += w.AtCalls()
		for _, s := range sol.Routes[i].Stops {
			if s.Task < len(b.tasks) {
				done = append(done, s.Task)
			}
		}
	}
	plan.Least = b.p.LowerBound(ctx, done)
	return plan, nil
}

func (b *builder) walk(ctx context.Context, officer int, r *solve.Route) (Walk, error) {
	o := b.r.Officers[officer]
	w := Walk{Person: o.Person, Start: o.From, End: o.From, Keys: b.reasons}
	if len(r.Stops) == 0 {
		return w, nil
	}
	at := b.p.Units[officer].Start
	for _, s := range r.Stops {
		m := b.p.Tasks[s.Task].Modes[s.Mode]
		if err := b.goTo(ctx, &w, at, m.Enter, s.Way); err != nil {
			return w, err
		}
		if s.Task >= len(b.tasks) {
			b.callIn(&w, s)
			at = m.Leave
			continue
		}
		id := b.tasks[s.Task]
		length := geo.Metres(b.n.Segment(id).LengthM)
		leg := Leg{Segment: id, Forward: b.node(b.n.Segment(id).From) == m.Enter, To: length, Serve: true, Metres: length, Rank: b.rankOf(s.Task)}
		if b.n.Segment(id).From == b.n.Segment(id).To {
			// A loop: both modes begin at its junction.
			_, forward := b.r.Ways.Along(id, true)
			leg.Forward = forward && s.Mode == 0
			if k := s.Task; k > 0 && b.tasks[k-1] == id && len(b.p.Tasks[k].Modes) == 1 && b.r.Sides(id) == 2 {
				leg.Forward = false // the second side of one who drives
			}
		}
		if !leg.Forward {
			leg.From, leg.To = leg.To, leg.From
		}
		w.add(b.n, leg, m.Service)
		at = m.Leave
	}
	if err := b.goTo(ctx, &w, at, b.p.Units[officer].End, r.Back); err != nil {
		return w, err
	}
	w.Minutes = w.End.Sub(w.Start).Minutes()
	w.TurnRound = b.turnsRound(w.Legs)
	return w, nil
}

// goTo adds the way between two nodes, whose time is known.
func (b *builder) goTo(ctx context.Context, w *Walk, from, to solve.Node, way solve.Cost) error {
	if way.Time == 0 && way.Length == 0 {
		return nil
	}
	route, err := b.r.Ways.Route(ctx, path.Query{From: b.points[from], To: b.points[to], SnapLimit: onStreet})
	if err != nil {
		return err
	}
	end := w.End.Add(way.Time)
	var wait time.Duration // at junctions that the way only touches
	for _, l := range route.Legs {
		wait += l.Turn
		if l.Distance == 0 {
			continue
		}
		w.add(b.n, Leg{Segment: l.Segment, Forward: l.Forward, From: l.Start, To: l.End, Metres: l.Distance}, wait+l.Duration)
		wait = 0
	}
	// Nothing, or a wait at the very end.
	w.End = end
	if k := len(w.Legs) - 1; k >= 0 {
		w.Legs[k].End = end
	}
	return nil
}

// add puts a leg at the end of the walk.
func (w *Walk) add(n *street.Network, leg Leg, d time.Duration) {
	leg.Begin = w.End
	leg.End = leg.Begin.Add(d)
	w.Append(n, leg)
}

// Append puts a leg with its times at the end of the walk.
func (w *Walk) Append(n *street.Network, leg Leg) {
	w.End = leg.End
	w.Legs = append(w.Legs, leg)
	if leg.Serve {
		w.Served += leg.Metres
	} else {
		w.Dead += leg.Metres
	}
	start := len(w.Line)
	w.Line = n.Cut(w.Line, leg.Segment, leg.From, leg.To)
	if start > 0 {
		w.Line = append(w.Line[:start], w.Line[start+1:]...)
	}
}

// turnsRound counts how often legs go back along the segment just walked from a
// junction where another street of the request goes on. To turn at the end of a
// street, or where the streets go on that others walk, is no waste.
func (b *builder) turnsRound(legs []Leg) int {
	count := 0
	for i := 1; i < len(legs); i++ {
		x, y := legs[i-1], legs[i]
		s := b.n.Segment(x.Segment)
		if x.Segment != y.Segment || x.Forward == y.Forward || x.Serve && y.Serve { // the other side
			continue
		}
		at := s.To
		if !x.Forward {
			at = s.From
		}
		for _, end := range b.n.At(at) {
			if _, asked := slices.BinarySearch(b.tasks, end.Segment); asked && end.Segment != x.Segment {
				count++
				break
			}
		}
	}
	return count
}
