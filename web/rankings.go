package web

import (
	"citygrid/grid"
	"citygrid/grid/register"
)

// RankingFields are what a planner says of what comes first.
type RankingFields struct {
	Team *int64                `json:"team" doc:"whose patrols; null: those of all teams without a ranking of their own"`
	Keys []register.RankingKey `json:"keys" nullable:"false" doc:"1 to 6, the first counts most"`
}

// A Ranking is what a team's patrols see first.
type Ranking struct {
	ID int64 `json:"id"`
	RankingFields
	Version int64 `json:"version" doc:"send it as If-Match with a change"`
}

func (Ranking) plural() string { return "rankings" }

func rankings() entries[register.RankingID, register.Ranking, RankingFields, Ranking] {
	fields := func(r register.Ranking) (f RankingFields) {
		f.Keys = r.Keys
		if team := int64(r.Team); team != 0 {
			f.Team = &team
		}
		return f
	}
	return entries[register.RankingID, register.Ranking, RankingFields, Ranking]{
		one: "ranking", list: Store.Rankings, get: Store.Ranking, add: Store.AddRanking, update: Store.UpdateRanking, remove: Store.RemoveRanking,
		id:      func(r register.Ranking) register.RankingID { return r.ID },
		version: func(r register.Ranking) int64 { return r.Version },
		fields:  fields,
		with: func(r register.Ranking, f RankingFields) register.Ranking {
			r.Keys, r.Team = f.Keys, 0
			if f.Team != nil {
				r.Team = grid.TeamID(*f.Team)
			}
			return r
		},
		show: func(_ *view, r register.Ranking) Ranking { return Ranking{int64(r.ID), fields(r), r.Version} },
		within: func(w *view, r register.Ranking) ([]grid.AreaID, error) {
			if r.Team == 0 {
				return w.ofBureau(), nil
			}
			return w.ofTeam("team", r.Team)
		},
		wide: true,
		fill: func(w *view) error { return w.teams.fill(w.ctx) },
	}
}
