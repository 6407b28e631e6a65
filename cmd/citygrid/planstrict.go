package main

import (
	"context"
	"fmt"
	"time"

	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/zone"
	"citygrid/routing/patrol"
)

// mostPasses is how often a street is seen a day at most.
const mostPasses = 12

// checkStrict checks --strict.
func (c *planPatrolCmd) checkStrict() error {
	if c.Strict < 1 || c.Strict > mostPasses || c.Strict > 1 && c.Grids != "" {
		return badInput(fmt.Errorf("--strict %d: want 1 to %d, and a bureau, whose zones say which roads are strict; it doesn't go with --grids", c.Strict, mostPasses))
	}
	return nil
}

// findStrict finds the streets of the map whose middle lies on a strict road of the bureau.
func (p *patroller) findStrict(ctx context.Context, st *store.Store) error {
	zones, err := st.Zones(ctx)
	if err != nil {
		return err
	}
	n := p.m.Network
	p.strict = map[street.SegmentID]bool{}
	for _, z := range zones {
		if z.Kind != zone.StrictRoad {
			continue
		}
		box := z.Ground.Bound()
		for id := range street.SegmentID(n.Segments()) {
			s := n.Segment(id)
			if mid := n.PointAt(id, geo.Metres(s.LengthM)/2); patrol.Daily(s) && box.Contains(mid) && geo.Contains(z.Ground, mid) {
				p.strict[id] = true
			}
		}
	}
	return nil
}

// times is how often a day a street is seen.
func (p *patroller) times(id street.SegmentID) int {
	n := p.visits(p.m.Network.Segment(id))
	if p.strict[id] {
		n = max(n, p.c.Strict)
	}
	return n
}

// bothSides says whether each time both of a street's sides are seen. On a strict road that
// is so when it has passes of its own.
func (p *patroller) bothSides(id street.SegmentID) bool {
	return p.both[p.m.Network.Segment(id).Class] || p.strict[id] && p.c.Strict > 1
}

// addStrict counts what a walk sees of strict roads.
func (t *teamJSON) addStrict(w patrol.Walk, strict map[street.SegmentID]bool) {
	var spent time.Duration
	for _, l := range w.Legs {
		if l.Serve && strict[l.Segment] {
			spent += l.End.Sub(l.Begin)
			t.StrictM += float64(l.Metres)
		}
	}
	t.StrictMin += spent.Minutes()
}
