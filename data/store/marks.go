package store

import (
	"context"
	"fmt"
)

// Marks is a mark of each register, by the name of its table, that differs after
// any change of it: who has read a register need not read it again while its mark
// stays.
func (s *Store) Marks(ctx context.Context) (marks map[string]string, err error) {
	err = s.view(ctx, func(q querier) error {
		marks = make(map[string]string)
		for _, table := range []string{"person", "area", "team", "station", "vehicle", "dog", "device", "shift", "plan", "zone", "closure", "spot", "ranking", "campaign", "campaign_day"} {
			// Versions only grow and ids are not given twice, so what is removed and
			// added can't make up for each other.
			id := "max(id)"
			if table == "device" {
				id = "0" // devices are never removed
			}
			removed := "0"
			if table == "zone" {
				removed = "total(removed)"
			}
			var count, sum, last, gone float64
			row := q.QueryRowContext(ctx, `SELECT count(*), total(version), coalesce(`+id+`, 0), `+removed+` FROM `+table)
			if err := row.Scan(&count, &sum, &last, &gone); err != nil {
				return fmt.Errorf("mark of %s: %w", table, err)
			}
			marks[table] = fmt.Sprint(count, sum, last, gone)
		}
		return nil
	})
	return marks, err
}
