package store

import (
	"context"
	"database/sql"
	"fmt"

	"citygrid/live/ingest"
)

// SaveStates keeps how far the judge has come with trackers, in place of what was
// kept of them; a nil state is none. States are what the program can work out
// again from fixes, so this is no change for the audit log.
func (s *Store) SaveStates(ctx context.Context, states map[ingest.TrackerID][]byte) error {
	return s.quietly(ctx, func(ctx context.Context, q querier) error {
		for id, state := range states {
			query, args := `INSERT OR REPLACE INTO tracker_state (tracker, state) VALUES (?, ?)`, []any{id, state}
			if state == nil {
				query, args = `DELETE FROM tracker_state WHERE tracker = ?`, args[:1]
			}
			if _, err := q.ExecContext(ctx, query, args...); err != nil {
				return fmt.Errorf("write state of a tracker: %w", err)
			}
		}
		return nil
	})
}

// quietly is change without an entry in the audit log.
func (s *Store) quietly(ctx context.Context, do func(context.Context, querier) error) error {
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	err := s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error { return do(ctx, conn) })
	return explain(s.dir, err)
}

// States is what SaveStates has kept.
func (s *Store) States(ctx context.Context) (states map[ingest.TrackerID][]byte, err error) {
	err = s.view(ctx, func(q querier) error {
		states = make(map[ingest.TrackerID][]byte)
		return each(ctx, q, `SELECT tracker, state FROM tracker_state`, nil, func(rows *sql.Rows) error {
			var id ingest.TrackerID
			var state []byte
			err := rows.Scan(&id, &state)
			states[id] = state
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read states of trackers: %w", err)
	}
	return states, nil
}
