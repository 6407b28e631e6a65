package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// closureWhat is the column of that name.
type closureWhat struct {
	Drawn     *geojson.Geometry `json:"drawn"`
	Direction closure.Direction `json:"direction"`
	Pieces    []closurePiece    `json:"pieces"`
	Profiles  []string          `json:"profiles,omitempty"`
	SpeedKMH  float64           `json:"speed_kmh,omitempty"`
	Share     float64           `json:"speed_share,omitempty"`
}

type closurePiece struct {
	Way  int64          `json:"way"`
	Line orb.LineString `json:"line"`
}

var closures = table[closure.Closure]{
	name: "closure", unique: "id", columns: []string{"state", "reason", "from_at", "to_at", "calendar", "what", "by", "decided"},
	id:      func(c closure.Closure) any { return c.ID },
	number:  func(c *closure.Closure, id int64) { c.ID = closure.ID(id) },
	version: func(c *closure.Closure) *int64 { return &c.Version },
	check:   closure.Closure.Check,
	needs: func(c closure.Closure) []needed {
		return []needed{{"by", "person", int64(c.By)}, {"decided", "person", int64(c.Decided)}}
	},
	values: func(c closure.Closure) ([]any, error) {
		what := closureWhat{
			Drawn: geojson.NewGeometry(c.Drawn), Direction: c.Direction, Profiles: c.Profiles,
			SpeedKMH: c.Effect.SpeedKMH, Share: c.Effect.Share,
		}
		for _, p := range c.Pieces {
			what.Pieces = append(what.Pieces, closurePiece(p))
		}
		text, err := json.Marshal(what)
		if err != nil {
			return nil, err
		}
		var to, calendar any
		if !c.To.IsZero() {
			to = nanos(c.To)
		}
		if c.Calendar != nil {
			text, err := json.Marshal(c.Calendar)
			if err != nil {
				return nil, err
			}
			calendar = string(text)
		}
		return []any{c.State, c.Reason, nanos(c.From), to, calendar, string(text), orNull(int64(c.By)), orNull(int64(c.Decided))}, nil
	},
	scan: func(rows *sql.Rows) (c closure.Closure, err error) {
		var from int64
		var to, by, decided sql.NullInt64
		var calendar sql.NullString
		var text string
		if err := rows.Scan(&c.ID, &c.State, &c.Reason, &from, &to, &calendar, &text, &by, &decided, &c.Version); err != nil {
			return c, err
		}
		c.From, c.By, c.Decided = time.Unix(0, from).UTC(), people.ID(by.Int64), people.ID(decided.Int64)
		if to.Valid {
			c.To = time.Unix(0, to.Int64).UTC()
		}
		if calendar.Valid {
			if err := decodeJSON(calendar.String, &c.Calendar, fmt.Sprintf("calendar of closure %d", c.ID)); err != nil {
				return c, err
			}
		}
		var what closureWhat
		if err := decodeJSON(text, &what, fmt.Sprintf("streets of closure %d", c.ID)); err != nil {
			return c, err
		}
		if what.Drawn != nil {
			c.Drawn = what.Drawn.Geometry()
		}
		c.Direction, c.Profiles, c.Effect = what.Direction, what.Profiles, closure.Effect{SpeedKMH: what.SpeedKMH, Share: what.Share}
		for _, p := range what.Pieces {
			c.Pieces = append(c.Pieces, closure.Piece(p))
		}
		return c, nil
	},
}

// Closures is every closure that is proposed, approved or declined, those that have
// ended too, by id.
func (s *Store) Closures(ctx context.Context) ([]closure.Closure, error) {
	return listOf(ctx, s, closures, ``)
}

// Closure is the closure of that id, or register.ErrNone.
func (s *Store) Closure(ctx context.Context, id closure.ID) (closure.Closure, error) {
	return oneOf(ctx, s, closures, id)
}

// AddClosure is like AddTeam. There may be MaxClosures that haven't ended.
func (s *Store) AddClosure(ctx context.Context, c closure.Closure, act audit.Act) (closure.Closure, error) {
	return addOne(ctx, s, closures, c, act, func(ctx context.Context, q querier, _ []closure.Closure) error {
		var n int
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM closure WHERE to_at IS NULL OR to_at > ?`, nanos(s.now())).Scan(&n); err != nil {
			return fmt.Errorf("count closures: %w", err)
		}
		if n > MaxClosures {
			return &register.FieldError{
				Thing: "closure", What: fmt.Sprintf("there are %d closures already", MaxClosures), Mend: "take back those that are over", Rule: register.ErrEntry,
			}
		}
		return nil
	})
}

// MaxClosures is how many closures there may be that haven't ended.
const MaxClosures = 1000

// UpdateClosure is like UpdateTeam.
func (s *Store) UpdateClosure(ctx context.Context, c closure.Closure, act audit.Act) (closure.Closure, error) {
	return updateIn(ctx, s, closures, c, act, nil)
}

// RemoveClosure is like RemoveTeam.
func (s *Store) RemoveClosure(ctx context.Context, id closure.ID, version int64, act audit.Act) error {
	return removeFrom(ctx, s, closures, id, version, act)
}
