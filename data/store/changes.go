package store

import (
	"context"
	"fmt"

	"citygrid/live/alert"
	"citygrid/live/dispatch"
)

// Changes is the alerts and tasks that changed after seq, as they are now, each by
// Seq. It is of one moment: of the changes with seq < Seq <= upTo there are none
// but those given, and those that a later change of the same thing, beyond upTo,
// has replaced. With many it is not all of them; ask again from upTo until that
// is seq, which says that nothing changed.
func (s *Store) Changes(ctx context.Context, seq int64) (alerts []alert.Alert, tasks []dispatch.Task, upTo int64, err error) {
	err = s.view(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, `SELECT last FROM sequence`).Scan(&upTo); err != nil {
			return fmt.Errorf("read sequence number: %w", err)
		}
		if alerts, err = readAlerts(ctx, q, `WHERE seq > ? ORDER BY seq LIMIT ?`, seq, maxChanges); err != nil {
			return err
		}
		tasks, err = readTasks(ctx, q, `WHERE seq > ? ORDER BY seq LIMIT ?`, seq, maxChanges)
		return err
	})
	if err != nil {
		return nil, nil, seq, err
	}
	if len(alerts)+len(tasks) == 0 {
		return nil, nil, seq, nil
	}
	// A list that was cut off is known up to its last; the other goes no further.
	if n := len(alerts); n == maxChanges {
		upTo = min(upTo, alerts[n-1].Seq)
	}
	if n := len(tasks); n == maxChanges {
		upTo = min(upTo, tasks[n-1].Seq)
	}
	for len(alerts) > 0 && alerts[len(alerts)-1].Seq > upTo {
		alerts = alerts[:len(alerts)-1]
	}
	for len(tasks) > 0 && tasks[len(tasks)-1].Seq > upTo {
		tasks = tasks[:len(tasks)-1]
	}
	return alerts, tasks, upTo, nil
}

// OpenWork is the alerts and tasks that somebody still has to see to, of one
// moment, and the number of the last change before it: Changes goes on from there.
func (s *Store) OpenWork(ctx context.Context) (alerts []alert.Alert, tasks []dispatch.Task, upTo int64, err error) {
	err = s.view(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, `SELECT last FROM sequence`).Scan(&upTo); err != nil {
			return fmt.Errorf("read sequence number: %w", err)
		}
		if alerts, err = readAlerts(ctx, q, `WHERE state <> ? ORDER BY seq`, alert.Shut); err != nil {
			return err
		}
		tasks, err = readTasks(ctx, q, `WHERE `+openTask+` ORDER BY seq`)
		return err
	})
	return alerts, tasks, upTo, err
}
