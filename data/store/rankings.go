package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/register"
)

var rankings = table[register.Ranking]{
	name: "ranking", unique: "team", columns: []string{"team", "keys"},
	id:      func(o register.Ranking) any { return o.ID },
	number:  func(o *register.Ranking, id int64) { o.ID = register.RankingID(id) },
	version: func(o *register.Ranking) *int64 { return &o.Version },
	check:   register.Ranking.Check,
	needs:   func(o register.Ranking) []needed { return []needed{{"team", "team", int64(o.Team)}} },
	values: func(o register.Ranking) ([]any, error) {
		keys, err := json.Marshal(o.Keys)
		return []any{orNull(int64(o.Team)), string(keys)}, err
	},
	scan: func(rows *sql.Rows) (o register.Ranking, err error) {
		var keys string
		var team sql.NullInt64
		if err := rows.Scan(&o.ID, &team, &keys, &o.Version); err != nil {
			return o, err
		}
		o.Team = grid.TeamID(team.Int64)
		return o, decodeJSON(keys, &o.Keys, fmt.Sprintf("keys of ranking %d", o.ID))
	},
}

// Rankings is in which orders walks go, by id: that of each team that has its own, and that
// of the bureau.
func (s *Store) Rankings(ctx context.Context) ([]register.Ranking, error) {
	return listOf(ctx, s, rankings, ``)
}

// Ranking is the ranking of that id, or register.ErrNone.
func (s *Store) Ranking(ctx context.Context, id register.RankingID) (register.Ranking, error) {
	return oneOf(ctx, s, rankings, id)
}

// AddRanking is like AddTeam. A second one of a team is register.ErrTaken.
func (s *Store) AddRanking(ctx context.Context, o register.Ranking, act audit.Act) (register.Ranking, error) {
	return addOne(ctx, s, rankings, o, act, nil)
}

// UpdateRanking is like UpdateTeam. Walks that were made stay as they are.
func (s *Store) UpdateRanking(ctx context.Context, o register.Ranking, act audit.Act) (register.Ranking, error) {
	return updateIn(ctx, s, rankings, o, act, nil)
}

// RemoveRanking is like RemoveTeam.
func (s *Store) RemoveRanking(ctx context.Context, id register.RankingID, version int64, act audit.Act) error {
	return removeFrom(ctx, s, rankings, id, version, act)
}
