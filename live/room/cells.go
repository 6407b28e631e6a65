package room

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/live/hub"
	"citygrid/live/presence"

	"github.com/paulmach/orb"
)

// A Presence is how often the bureau has been where, in cells of H3.
type Presence struct {
	From       time.Time      `json:"from"`
	To         time.Time      `json:"to"` // not included
	Resolution int            `json:"resolution"`
	Visits     int            `json:"visits"` // the sum of those of the cells
	Alerts     int            `json:"alerts"` // likewise
	Unseen     int            `json:"unseen"` // cells with streets to be seen where nobody was
	Cells      []PresenceCell `json:"cells" nullable:"false"`
	Grids      []PresenceGrid `json:"grids" nullable:"false"`
}

// A PresenceGrid is a responsibility grid that cells lie in.
type PresenceGrid struct {
	ID   grid.GridID       `json:"id"`
	Code string            `json:"code"`
	Name map[string]string `json:"name" nullable:"false" doc:"by language: zh-CN, en"`
}

// A PresenceCell is a cell with what was there. A visit ends when the unit has been
// elsewhere or silent for five minutes.
type PresenceCell struct {
	Cell    string      `json:"cell" doc:"H3 index, in hexadecimal"`
	Ring    []Position  `json:"ring" nullable:"false" doc:"outline, closed"`
	Grid    grid.GridID `json:"grid" doc:"the responsibility grid that its middle lies in; 0 = none"`
	Streets float64     `json:"streets_m" doc:"metres of streets in it that are to be seen each day"`
	Visits  int         `json:"visits"`
	Minutes float64     `json:"minutes"`
	Alerts  int         `json:"alerts" doc:"that were last seen in it"`
}

// Cells counts the visits of officers and crews and the alerts of a time that the
// rights of p see, in the cells of the ground of the teams that may be seen (nil:
// all) and wherever else anything was. Cells come by index.
func (r *Room) Cells(ctx context.Context, p Past, may func(grid.TeamID) bool, resolution int) (Presence, error) {
	all := Presence{From: p.From, To: p.To, Resolution: resolution, Cells: []PresenceCell{}, Grids: []PresenceGrid{}}
	count, err := presence.NewCounter(resolution)
	if err != nil {
		return all, err
	}
	b := r.book.Load()
	for _, g := range b.plan.Grids {
		if g.Team == 0 || may != nil && !may(g.Team) {
			continue
		}
		ground, err := geo.CoverCentre(g.Ground, resolution)
		if err != nil {
			return all, err
		}
		for _, c := range ground {
			if err := count.Keep(c); err != nil {
				return all, err
			}
		}
	}
	streets := make(map[geo.Cell]float64)
	if city := r.town(); city != nil && city.Foot != nil {
		if streets, err = r.streetsIn(b, city, may, resolution); err != nil {
			return all, err
		}
	}
	for cell := range streets {
		if err := count.Keep(cell); err != nil {
			return all, err
		}
	}
	p.Rights.Dogs, p.Rights.CalmDogs = hub.Scope{}, hub.Scope{}
	err = r.Tracks(ctx, p, func(t Track) error {
		v := count.Visitor()
		for _, f := range t.Fixes {
			if err := v.Move(f.Time, f.At); err != nil {
				return err
			}
		}
		all.Visits += v.Visits()
		return ctx.Err()
	})
	if err != nil {
		return all, err
	}
	alerts, err := r.AlertsThen(ctx, p)
	if err != nil {
		return all, err
	}
	for _, a := range alerts {
		if a.Withdrawn {
			continue
		}
		n, err := count.At(a.At)
		if err != nil {
			return all, err
		}
		n.Alerts++
		all.Alerts++
	}
	grids := make(map[grid.GridID]PresenceGrid)
	for cell, n := range count.Cells() {
		one := PresenceCell{
			Cell: cell.String(), Ring: positions(orb.LineString(cell.Boundary())), Streets: rounded(streets[cell], 1),
			Visits: n.Visits, Minutes: rounded(n.Time.Minutes(), 10), Alerts: n.Alerts,
		}
		if g, ok := b.owner(cell.Center()); ok {
			one.Grid = g.ID
			grids[g.ID] = PresenceGrid{g.ID, g.Code, g.Name}
		}
		if one.Visits == 0 && one.Streets > 0 {
			all.Unseen++
		}
		all.Cells = append(all.Cells, one)
	}
	all.Grids = slices.AppendSeq(all.Grids, maps.Values(grids))
	slices.SortFunc(all.Grids, func(x, y PresenceGrid) int { return cmp.Or(cmp.Compare(x.Code, y.Code), cmp.Compare(x.ID, y.ID)) })
	slices.SortFunc(all.Cells, func(x, y PresenceCell) int { return cmp.Compare(x.Cell, y.Cell) })
	return all, nil
}

// sampling is how far apart places on a street are looked up.
const sampling = 20.0 // metres

// streetsIn is the metres of streets to be seen in each cell, street by street in
// steps of sampling.
func (r *Room) streetsIn(b *book, city *town, may func(grid.TeamID) bool, resolution int) (map[geo.Cell]float64, error) {
	in := make(map[geo.Cell]float64)
	for team, list := range r.toSee(b, city) {
		if may != nil && !may(team) {
			continue
		}
		for _, id := range list {
			length := float64(city.Network.Segment(id).LengthM)
			for at := 0.0; at < length; at += sampling {
				step := min(sampling, length-at)
				cell, err := geo.CellAt(city.Network.PointAt(id, geo.Metres(at+step/2)), resolution)
				if err != nil {
					return nil, err
				}
				in[cell] += step
			}
		}
	}
	return in, nil
}
