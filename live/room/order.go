package room

import (
	"fmt"
	"slices"

	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/routing/patrol"
)

// keys are what comes first in the walks of a team.
func (b *book) keys(n *street.Network, team grid.TeamID) []patrol.Key {
	ranking, ok := register.RankingOf(b.rankings, team)
	if !ok {
		return nil
	}
	ground := patrol.Ground{Network: n, Zones: b.drawn, Spots: b.spots}
	for id := range b.tree.Below(b.tree.Bureau()) {
		if a, ok := b.tree.Area(id); ok {
			ground.Areas = append(ground.Areas, a)
		}
	}
	return ground.Keys(ranking)
}

// ordered is a beat whose mark tells its streets in another order from others.
func (b *book) ordered(to beat, team grid.TeamID) beat {
	if r, ok := register.RankingOf(b.rankings, team); ok {
		to.mark += fmt.Sprintf(" by %d.%d", r.ID, r.Version)
	}
	return to
}

// rank says of what is kept of a walk where it comes by other keys than before.
func rank(w *patrol.Walk, keys []patrol.Key) {
	streets, spots := patrol.Ranks(keys)
	w.Keys = nil
	for _, k := range keys {
		w.Keys = append(w.Keys, k.Reason)
	}
	for i := range w.Legs {
		if w.Legs[i].Serve {
			w.Legs[i].Rank = streets(w.Legs[i].Segment)
		}
	}
	for i := range w.Calls {
		for k, s := range w.Calls[i].Spots {
			if r := spots(s); k == 0 || r < w.Calls[i].Rank {
				w.Calls[i].Rank = r
			}
		}
	}
}

// reasons are the words of a rank as screens get them.
func reasons(w patrol.Walk, k patrol.Rank) []map[string]string {
	return slices.Concat([]map[string]string{}, k.Reasons(w.Keys))
}
