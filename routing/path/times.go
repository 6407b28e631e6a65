package path

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Cost is the quickest way between two points, without the way itself.
type Cost struct {
	Duration time.Duration // whole milliseconds
	Distance geo.Metres    // of the shortest of the quickest ways, to the millimetre a segment
}

// Times finds the quickest ways from each of some points to each of others:
// Times[i][j] is from from[i] to to[j], what Route would say. A cell is nil where
// Route would say ErrOffNetwork (within DefaultSnapLimit) or ErrNoRoute. The error
// is geo.ErrPosition for a point not on earth, or the context's.
func (e *Engine) Times(ctx context.Context, from, to []orb.Point) ([][]*Cost, error) {
	return e.TimesWithin(ctx, from, to, DefaultSnapLimit)
}

// TimesWithin is Times with another snap limit, 0 < limit <= 50 km. With a very
// small one, points that lie on the streets are kept from being snapped to
// another street when theirs leads nowhere.
func (e *Engine) TimesWithin(ctx context.Context, from, to []orb.Point, limit geo.Metres) ([][]*Cost, error) {
	if err := checkLimit(limit); err != nil {
		return nil, err
	}
	sources, err := e.snapAll(From, from, limit)
	if err != nil {
		return nil, err
	}
	goals, err := e.snapAll(To, to, limit)
	if err != nil {
		return nil, err
	}
	r := e.rooms.Get().(*room)
	defer e.rooms.Put(r)
	costs := make([]cost, len(from)*len(to))
	if err := e.nearestPairs(ctx, r, sources, goals, costs); err != nil {
		return nil, fmt.Errorf("search for times: %w", err)
	}
	table := make([][]*Cost, len(from))
	cells := make([]Cost, len(costs))
	for i := range table {
		table[i] = make([]*Cost, len(to))
		row := costs[i*len(to) : (i+1)*len(to)]
		if err := e.otherPairs(ctx, r, sources[i], goals, row); err != nil {
			return nil, fmt.Errorf("search for times: %w", err)
		}
		for j, c := range row {
			if c < never {
				cells[i*len(to)+j] = Cost{c.duration(), c.length()}
				table[i][j] = &cells[i*len(to)+j]
			}
		}
	}
	return table, nil
}

// snapAll lists the places of each point, none if it is off the network.
func (e *Engine) snapAll(end End, points []orb.Point, limit geo.Metres) ([][]place, error) {
	all := make([][]place, len(points))
	for i, p := range points {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return nil, fmt.Errorf("%s %d %v: %w", end, i, p, geo.ErrPosition)
		}
		var err error
		if all[i], err = e.places(end, p, limit); err != nil && !errors.Is(err, ErrOffNetwork) {
			return nil, err
		}
	}
	return all, nil
}

// nearestPairs finds the costs between the nearest place of each point, which are
// the first that Route would try: all but a few cells of the table.
func (e *Engine) nearestPairs(ctx context.Context, r *room, from, to [][]place, costs []cost) error {
	nearest := func(all [][]place) []place {
		first := make([]place, len(all))
		for i, places := range all {
			if len(places) > 0 {
				first[i] = places[0]
			}
		}
		return first
	}
	return e.table(ctx, r, nearest(from), nearest(to), costs)
}

// otherPairs fills in the cells of a row that are still open, where the nearest
// places are not joined. Pairs of places are tried in the order of Route: all
// goals whose next pair begins at the same place share a search.
func (e *Engine) otherPairs(ctx context.Context, r *room, from []place, goals [][]place, row []cost) error {
	pairs := make([][]pair, len(goals))
	open := 0
	for j, g := range goals {
		if row[j] < never || len(from) == 0 || len(g) == 0 {
			continue
		}
		all := e.pairs(from, g)
		all = all[:min(maxTries, len(all))]
		if len(all) > 0 && &all[0].from[0] == &from[0][0] && &all[0].to[0] == &g[0][0] {
			all = all[1:] // tried
		}
		if pairs[j] = all; len(all) > 0 {
			open++
		}
	}
	for open > 0 {
		var start place
		var group []int
		var places []place
		for j := range goals {
			if row[j] < never || len(pairs[j]) == 0 {
				continue
			}
			f := pairs[j][0].from
			if start == nil {
				start = f
			}
			if &f[0] == &start[0] {
				group, places = append(group, j), append(places, pairs[j][0].to)
				pairs[j] = pairs[j][1:]
			}
		}
		costs := make([]cost, len(group))
		if err := e.table(ctx, r, []place{start}, places, costs); err != nil {
			return err
		}
		for k, j := range group {
			if row[j] = costs[k]; row[j] < never || len(pairs[j]) == 0 {
				open--
			}
		}
	}
	return nil
}
