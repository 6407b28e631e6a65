package path

import (
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Cost is the quickest way between two points, without the way itself.
type Cost struct {
	Duration time.Duration // whole milliseconds
	Distance geo.Metres    // of the shortest of the quickest ways, to the millimetre a segment
}

// A Table holds the quickest ways from each of some points to each of others.
type Table struct {
	FromOff, ToOff []bool // by point: no usable street is near enough

	columns int
	costs   []cost
}

// At is the way from one point to another, what Cost would say; ok is false where
// that would be ErrOffNetwork or ErrNoRoute.
func (t *Table) At(from, to int) (c Cost, ok bool) {
	least := t.costs[from*t.columns+to]
	return Cost{least.duration(), least.length()}, least < never
}

// Times is Table within DefaultSnapLimit: Times[i][j] is from from[i] to to[j],
// nil where there is no way.
func (e *Engine) Times(ctx context.Context, from, to []orb.Point) ([][]*Cost, error) {
	t, err := e.Table(ctx, from, to, DefaultSnapLimit)
	if err != nil {
		return nil, err
	}
	rows := make([][]*Cost, len(from))
	cells := make([]Cost, len(t.costs))
	for i := range rows {
		rows[i] = make([]*Cost, len(to))
		for j := range to {
			cell := &cells[i*len(to)+j]
			var ok bool
			if *cell, ok = t.At(i, j); ok {
				rows[i][j] = cell
			}
		}
	}
	return rows, nil
}

// Table finds the quickest ways from each of some points to each of others, on
// one core. The limit is how far from a street they may lie, up to 50 km, 0 =
// DefaultSnapLimit. With a very small one, points that lie on the streets are kept
// from being snapped to another street when theirs leads nowhere.
// The error is geo.ErrPosition for a point not on earth, or the context's.
func (e *Engine) Table(ctx context.Context, from, to []orb.Point, limit geo.Metres) (*Table, error) {
	if limit == 0 {
		limit = DefaultSnapLimit
	}
	if err := checkLimit(limit); err != nil {
		return nil, err
	}
	sources, err := e.snapAll(ctx, From, from, limit)
	if err != nil {
		return nil, err
	}
	goals := sources
	if !same(from, to) {
		if goals, err = e.snapAll(ctx, To, to, limit); err != nil {
			return nil, err
		}
	}
	r := e.rooms.Get().(*room)
	defer e.rooms.Put(r)
	t := &Table{columns: len(to)}
	t.FromOff, t.ToOff = off(sources), off(goals)
	book := newDoorBook(e)
	o := openCells{e: e, book: book, from: sources, to: goals, t: t}
	starts, fromAt := e.withOthers(sources, func(a *around) bool { return !a.leads })
	ends, toAt := e.withOthers(goals, func(a *around) bool { return !a.led })
	o.all, o.columns, o.fromAt, o.toAt = make([]cost, len(starts)*len(ends)), len(ends), fromAt, toAt
	if err := book.table(ctx, r, starts, ends, o.all); err != nil {
		return nil, fmt.Errorf("search for times: %w", err)
	}
	t.costs = o.all
	if len(ends) > len(to) {
		t.costs = make([]cost, len(from)*len(to))
		for i := range from {
			copy(t.costs[i*len(to):(i+1)*len(to)], o.all[i*len(ends):])
		}
	}
	t.costs = t.costs[:len(from)*len(to)]
	if err := o.fill(ctx, r); err != nil {
		return nil, fmt.Errorf("search for times: %w", err)
	}
	return t, nil
}

// withOthers lists the nearest place of each point, and behind those the other
// places of the points whose nearest is in a pocket of the network, from at[i] on
// those of point i; 0 where there are none. If most are in pockets it leaves them.
func (e *Engine) withOthers(points []snapped, pocket func(*around) bool) (all []place, at []int) {
	all, at = nearest(points), make([]int, len(points))
	for i := range points {
		p := &points[i]
		if p.first == nil || len(all) > 8+len(points)+len(points)/4 {
			continue
		}
		if a := e.around(p.first); pocket(&a) {
			places, _ := p.places(e)
			at[i] = len(all)
			all = append(all, places[1:]...)
		}
	}
	return all, at
}

func same(a, b []orb.Point) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// A snapped point knows its nearest place, and the others once they are asked for.
type snapped struct {
	at    orb.Point
	limit geo.Metres
	first place    // nil off the network
	all   []place  // nil until asked for
	round []around // by place
}

// places are all its places, and what is around them.
func (s *snapped) places(e *Engine) ([]place, []around) {
	if s.all == nil && s.first != nil {
		s.all, _ = e.places(From, s.at, s.limit) // there is one at least
		s.round = e.allAround(s.all)
	}
	return s.all, s.round
}

// snapAll snaps points to their nearest places.
func (e *Engine) snapAll(ctx context.Context, end End, points []orb.Point, limit geo.Metres) ([]snapped, error) {
	all := make([]snapped, len(points))
	for i, p := range points {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return nil, fmt.Errorf("%s %d %v: %w", end, i, p, geo.ErrPosition)
		}
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		all[i] = snapped{at: p, limit: limit, first: e.first(p, limit)}
	}
	return all, nil
}

func nearest(all []snapped) []place {
	first := make([]place, len(all))
	for i := range all {
		first[i] = all[i].first
	}
	return first
}

func off(all []snapped) []bool {
	is := make([]bool, len(all))
	for i := range all {
		is[i] = all[i].first == nil
	}
	return is
}

// openCells are those of a table where the nearest places are not joined: mostly
// none, or all of a row or column whose point lies in a pocket of the network.
type openCells struct {
	e        *Engine
	book     *doorBook
	from, to []snapped
	t        *Table

	// The costs that were found at once, those of withOthers too.
	all          []cost
	columns      int
	fromAt, toAt []int
}

// known is the cost between two of the places of a row's and a column's point, if
// it was found at once.
func (o *openCells) known(i, j, from, to int) (c cost, ok bool) {
	row, column := i, j
	if from > 0 {
		row = o.fromAt[i] + from - 1
	}
	if to > 0 {
		column = o.toAt[j] + to - 1
	}
	if from > 0 && o.fromAt[i] == 0 || to > 0 && o.toAt[j] == 0 {
		return never, false
	}
	return o.all[row*o.columns+column], true
}

// An openCell is a column of a row, with the pairs of places still to try.
type openCell struct {
	column int
	pairs  []pair
}

// An openRow is what a row looks for in one round: its goals' next pairs of places
// that begin at the same place of its own.
type openRow struct {
	row   int
	start place
	goals []int   // columns
	at    []place // by goal
}

// fill tries the pairs of places of each open cell in the order of Route. In a
// round each row takes one step; rows that look for the same places, as all do
// for a goal in a pocket, are one table.
func (o *openCells) fill(ctx context.Context, r *room) error {
	rows := make([][]openCell, len(o.from))
	for i := range rows {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rows[i] = o.open(i)
	}
	seed := maphash.MakeSeed()
	for {
		groups := make(map[uint64][]openRow)
		for i, cells := range rows {
			if len(cells) > 0 {
				next := advance(i, cells)
				h := next.hash(seed)
				groups[h] = append(groups[h], next)
			}
		}
		if len(groups) == 0 {
			return nil
		}
		var many []openRow
		for _, group := range groups {
			if len(group) < fewRows && len(group[0].goals) > manyGoals {
				many = append(many, group...)
			} else if err := o.group(ctx, r, group); err != nil {
				return err
			}
		}
		for some := range slices.Chunk(many, rowsTogether) {
			if err := o.together(ctx, r, some); err != nil {
				return err
			}
		}
		for i, cells := range rows {
			rows[i] = slices.DeleteFunc(cells, func(c openCell) bool {
				return len(c.pairs) == 0 || o.t.costs[i*len(o.to)+c.column] < never
			})
		}
	}
}

// open lists the cells of a row that are open and have pairs to try.
func (o *openCells) open(i int) (cells []openCell) {
	for j := range o.to {
		cell := &o.t.costs[i*len(o.to)+j]
		if *cell < never || o.from[i].first == nil || o.to[j].first == nil {
			continue
		}
		from, aroundFrom := o.from[i].places(o.e)
		to, aroundTo := o.to[j].places(o.e)
		a, b, joined := o.e.nearestPair(from, to, aroundFrom, aroundTo)
		if !joined {
			continue
		}
		if c, ok := o.known(i, j, a, b); ok && c < never {
			*cell = c
			continue
		}
		all := o.e.joinedPairs(from, to, aroundFrom, aroundTo)
		all = all[:min(maxTries, len(all))]
		for len(all) > 0 && *cell == never {
			c, ok := o.known(i, j, all[0].i, all[0].j)
			if !ok {
				cells = append(cells, openCell{j, all})
				break
			}
			*cell, all = c, all[1:]
		}
	}
	return cells
}

// nearestPair is the first of the joined pairs.
func (e *Engine) nearestPair(from, to []place, aroundFrom, aroundTo []around) (a, b int, joined bool) {
	least := geo.Metres(math.Inf(1))
	for i, f := range from {
		for j, t := range to {
			off := f[0].Distance + t[0].Distance
			if off >= least {
				break
			}
			if e.joins(&aroundFrom[i], &aroundTo[j]) {
				a, b, joined, least = i, j, true, off
				break
			}
		}
	}
	return a, b, joined
}

// advance takes the next pairs of a row's cells that begin where the first one does.
func advance(row int, cells []openCell) openRow {
	next := openRow{row: row, start: cells[0].pairs[0].from}
	for k := range cells {
		c := &cells[k]
		if p := c.pairs[0]; &p.from[0] == &next.start[0] {
			next.goals, next.at = append(next.goals, c.column), append(next.at, p.to)
			c.pairs = c.pairs[1:]
		}
	}
	return next
}

// hash is equal for rows that look for the same places.
func (row *openRow) hash(seed maphash.Seed) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for k, j := range row.goals {
		maphash.WriteComparable(&h, j)
		maphash.WriteComparable(&h, &row.at[k][0])
	}
	return h.Sum64()
}

func (row *openRow) looksLike(other *openRow) bool {
	return slices.EqualFunc(row.at, other.at, func(a, b place) bool { return &a[0] == &b[0] }) && slices.Equal(row.goals, other.goals)
}

// group takes the step of rows that look for the same places; should some look for
// others, by an accident of the hash, they follow.
func (o *openCells) group(ctx context.Context, r *room, rows []openRow) error {
	var starts []place
	var mine, others []openRow
	for i := range rows {
		if rows[i].looksLike(&rows[0]) {
			mine, starts = append(mine, rows[i]), append(starts, rows[i].start)
		} else {
			others = append(others, rows[i])
		}
	}
	costs := make([]cost, len(mine)*len(mine[0].at))
	if len(costs) <= fewCells {
		o.singly(r, starts, mine[0].at, costs)
	} else if err := o.book.table(ctx, r, starts, mine[0].at, costs); err != nil {
		return err
	}
	for _, row := range mine {
		for k, j := range row.goals {
			o.t.costs[row.row*len(o.to)+j] = costs[k]
		}
		costs = costs[len(row.goals):]
	}
	if len(others) > 0 {
		return o.group(ctx, r, others)
	}
	return nil
}

// Fewer rows than fewRows that look for more than manyGoals places take less time
// together with others, to prepare the goals once; rowsTogether bounds how many.
const (
	manyGoals    = 64
	fewRows      = 8
	rowsTogether = 64
)

// together takes the step of a few rows that each look for many places, most of
// which the others look for, too, as rows do that begin in a pocket: one table of
// all the places.
func (o *openCells) together(ctx context.Context, r *room, rows []openRow) error {
	column := make(map[*spot]int)
	var starts, at []place
	for _, row := range rows {
		starts = append(starts, row.start)
		for _, p := range row.at {
			if _, is := column[&p[0]]; !is {
				column[&p[0]] = len(at)
				at = append(at, p)
			}
		}
	}
	costs := make([]cost, len(rows)*len(at))
	if err := o.book.table(ctx, r, starts, at, costs); err != nil {
		return err
	}
	for i, row := range rows {
		for k, j := range row.goals {
			o.t.costs[row.row*len(o.to)+j] = costs[i*len(at)+column[&row.at[k][0]]]
		}
	}
	return nil
}

// fewCells are found quicker one by one than by a table.
const fewCells = 6

func (o *openCells) singly(r *room, from, to []place, costs []cost) {
	for i, f := range from {
		for j, t := range to {
			_, direct := o.e.direct(f, t)
			costs[i*len(to)+j] = min(direct, o.e.search(r, o.book.exits(f, t), o.book.arriving(t)).cost)
		}
	}
}
