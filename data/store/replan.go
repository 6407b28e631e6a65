package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
)

// Replan keeps a change of runs, all of it or nothing: orders, hand-overs, tasks that
// are released, and who drops out or is back. now has, by the id that a task had, the
// task as it is from now on, of those in orders. The error is dispatch.ErrMoved if a
// task is over or was begun in the meantime.
func (s *Store) Replan(ctx context.Context, p dispatch.Replan, act audit.Act) (now map[dispatch.TaskID]dispatch.Task, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if p.At.IsZero() {
			return &dispatch.TaskError{Rule: dispatch.ErrTime}
		}
		now = make(map[dispatch.TaskID]dispatch.Task)
		for _, o := range p.Orders {
			if _, err := readPerson(ctx, q, o.Person); err != nil {
				return err
			}
			for i, id := range o.Tasks {
				if _, twice := now[id]; twice {
					return fmt.Errorf("task %d is in two orders: %w", id, dispatch.ErrState)
				}
				t, err := handOver(ctx, q, id, o, p)
				if err != nil {
					return err
				}
				t.Place = int64(i + 1)
				if _, err := q.ExecContext(ctx, `UPDATE task SET place = ? WHERE id = ?`, t.Place, t.ID); err != nil {
					return fmt.Errorf("write place of task %d: %w", t.ID, err)
				}
				now[id] = t
			}
		}
		for _, id := range p.Release {
			if _, err := recall(ctx, q, id, p.At); err != nil {
				return err
			}
		}
		if err := dropOut(ctx, q, p.Drop, p.At); err != nil {
			return err
		}
		for _, id := range p.Back {
			if _, err := q.ExecContext(ctx, `DELETE FROM dropped WHERE shift = ?`, id); err != nil {
				return fmt.Errorf("write who is back: %w", err)
			}
		}
		if act.Detail == "" {
			act.Detail = fmt.Sprintf("%d runs, %d released, %d dropped out, %d back", len(p.Orders), len(p.Release), len(p.Drop), len(p.Back))
		}
		return nil
	})
	return now, err
}

// dropOut notes that the people of these shifts can't go on.
func dropOut(ctx context.Context, q querier, list []register.ShiftID, at time.Time) error {
	for _, id := range list {
		if _, err := shifts.one(ctx, q, id); err != nil {
			return err
		}
		if _, err := q.ExecContext(ctx, `INSERT OR REPLACE INTO dropped (shift, at) VALUES (?, ?)`, id, nanos(at)); err != nil {
			return fmt.Errorf("write who has dropped out: %w", err)
		}
	}
	return nil
}

// recall calls somebody back from an open task.
func recall(ctx context.Context, q querier, id dispatch.TaskID, at time.Time) (was dispatch.Task, err error) {
	if was, err = readTask(ctx, q, id); err != nil {
		return was, err
	}
	next, changed := was.Recall(at)
	if !changed {
		return was, fmt.Errorf("task %d is %s: %w", id, was.State, dispatch.ErrMoved)
	}
	return was, putStep(ctx, q, &next)
}

// handOver gives a task to the person of an order, if it isn't theirs.
func handOver(ctx context.Context, q querier, id dispatch.TaskID, o dispatch.Order, p dispatch.Replan) (t dispatch.Task, err error) {
	if t, err = readTask(ctx, q, id); err != nil {
		return t, err
	}
	switch {
	case !t.Open(), t.Person != o.Person && t.State == dispatch.Arrived:
		return t, fmt.Errorf("task %d is %s: %w", id, t.State, dispatch.ErrMoved)
	case t.Person == o.Person:
		return t, nil
	case t.Alert != 0:
		return t, fmt.Errorf("task %d is for an alert: %w", id, dispatch.ErrState)
	}
	if _, err = recall(ctx, q, id, p.At); err != nil {
		return t, err
	}
	t.Person, t.State, t.Steps, t.Sent, t.By = o.Person, dispatch.Sent, nil, instant(nanos(p.At)), p.By
	return t, addTask(ctx, q, &t)
}

// Dropped lists the shifts that end after an instant and whose people have dropped out.
func (s *Store) Dropped(ctx context.Context, after time.Time) (all []register.ShiftID, err error) {
	err = s.view(ctx, func(q querier) error {
		return each(ctx, q, `SELECT shift FROM dropped JOIN shift ON shift.id = dropped.shift WHERE shift.to_at > ? ORDER BY shift`, []any{nanos(after)}, func(rows *sql.Rows) error {
			var id register.ShiftID
			err := rows.Scan(&id)
			all = append(all, id)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read who has dropped out: %w", err)
	}
	return slices.Clip(all), nil
}
