package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"citygrid/data/audit"
	"citygrid/live/hook"

	"github.com/mattn/go-sqlite3"
)

func readHooks(ctx context.Context, q querier, where string, args ...any) (all []hook.Hook, err error) {
	err = each(ctx, q, `SELECT id, name, url, secret, off, seq, version FROM hook `+where+` ORDER BY id`, args, func(rows *sql.Rows) error {
		var h hook.Hook
		err := rows.Scan(&h.ID, &h.Name, &h.URL, &h.Secret, &h.Off, &h.Seq, &h.Version)
		all = append(all, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read webhooks: %w", err)
	}
	return all, nil
}

func readHook(ctx context.Context, q querier, id hook.ID) (h hook.Hook, err error) {
	found, err := readHooks(ctx, q, `WHERE id = ?`, id)
	if err != nil {
		return h, err
	}
	if len(found) == 0 {
		return h, hook.ErrNoHook
	}
	return found[0], nil
}

// Hooks is every webhook, those that are off too, by id.
func (s *Store) Hooks(ctx context.Context) (all []hook.Hook, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readHooks(ctx, q, ``)
		return err
	})
	return all, err
}

// Hook is the webhook of that id, or hook.ErrNoHook.
func (s *Store) Hook(ctx context.Context, id hook.ID) (h hook.Hook, err error) {
	err = s.view(ctx, func(q querier) error {
		h, err = readHook(ctx, q, id)
		return err
	})
	return h, err
}

// lastSeq is the number of the last change of anything: where a receiver begins.
func lastSeq(ctx context.Context, q querier) (seq int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT last FROM sequence`).Scan(&seq)
	return seq, err
}

func takenHook(err error) error {
	if lite := (sqlite3.Error{}); errors.As(err, &lite) && lite.ExtendedCode == sqlite3.ErrConstraintUnique {
		return hook.ErrTaken
	}
	return err
}

// AddHook gives h an id and a version. It is told what happens from now on.
func (s *Store) AddHook(ctx context.Context, h hook.Hook, act audit.Act) (added hook.Hook, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		added = h
		if err := added.Check(); err != nil {
			return err
		}
		var there int
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM hook`).Scan(&there); err != nil {
			return err
		}
		if there >= hook.MaxHooks {
			return hook.ErrFull
		}
		if added.Seq, err = lastSeq(ctx, q); err != nil {
			return err
		}
		added.Version = 1
		res, err := q.ExecContext(ctx, `INSERT INTO hook (name, url, secret, off, seq, version) VALUES (?, ?, ?, ?, ?, ?)`,
			added.Name, added.URL, added.Secret, added.Off, added.Seq, added.Version)
		if err != nil {
			return takenHook(err)
		}
		id, err := res.LastInsertId()
		added.ID = hook.ID(id)
		if act.Object == "" {
			act.Object = fmt.Sprintf("hook/%d", id)
		}
		return err
	})
	return added, err
}

// UpdateHook replaces name, address, secret and whether it is off. h.Version is the
// one that was read, else it is hook.ErrStale. One that is switched on again is
// told what happens from now on.
func (s *Store) UpdateHook(ctx context.Context, h hook.Hook, act audit.Act) (updated hook.Hook, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		was, err := readHook(ctx, q, h.ID)
		if err != nil {
			return err
		}
		if was.Version != h.Version {
			return hook.ErrStale
		}
		updated = h
		if err := updated.Check(); err != nil {
			return err
		}
		updated.Seq = was.Seq
		if was.Off && !h.Off {
			if updated.Seq, err = lastSeq(ctx, q); err != nil {
				return err
			}
		}
		updated.Version++
		_, err = q.ExecContext(ctx, `UPDATE hook SET name = ?, url = ?, secret = ?, off = ?, seq = ?, version = ? WHERE id = ?`,
			updated.Name, updated.URL, updated.Secret, updated.Off, updated.Seq, updated.Version, updated.ID)
		return takenHook(err)
	})
	return updated, err
}

// RemoveHook removes a webhook with its dead letters.
func (s *Store) RemoveHook(ctx context.Context, id hook.ID, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		was, err := readHook(ctx, q, id)
		if err != nil {
			return err
		}
		if was.Version != version {
			return hook.ErrStale
		}
		_, err = q.ExecContext(ctx, `DELETE FROM hook WHERE id = ?`, id)
		return err
	})
}

// Delivered implements hook.Store.
func (s *Store) Delivered(ctx context.Context, id hook.ID, seq int64) error {
	return s.quietly(ctx, func(ctx context.Context, q querier) error { return reachHook(ctx, q, id, seq) })
}

func reachHook(ctx context.Context, q querier, id hook.ID, seq int64) error {
	res, err := q.ExecContext(ctx, `UPDATE hook SET seq = max(seq, ?) WHERE id = ?`, seq, id)
	if err != nil {
		return fmt.Errorf("write how far webhook %d has come: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, hook.ErrNoHook)
	}
	return nil
}

// Bury implements hook.Store.
func (s *Store) Bury(ctx context.Context, d hook.Dead) error {
	return s.quietly(ctx, func(ctx context.Context, q querier) error {
		if err := reachHook(ctx, q, d.Hook, d.Seq); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, `INSERT OR REPLACE INTO dead_letter (hook, seq, alert, at, tries, why) VALUES (?, ?, ?, ?, ?, ?)`,
			d.Hook, d.Seq, d.Alert, nanos(d.At), d.Tries, d.Why)
		if err != nil {
			return fmt.Errorf("write dead letter: %w", err)
		}
		_, err = q.ExecContext(ctx, `DELETE FROM dead_letter WHERE hook = ?1 AND seq <= (
			SELECT seq FROM dead_letter WHERE hook = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`, d.Hook, hook.MaxDead)
		return err
	})
}

const deadColumns = `SELECT hook, seq, alert, at, tries, why FROM dead_letter `

func readDead(ctx context.Context, q querier, tail string, args ...any) (all []hook.Dead, err error) {
	err = each(ctx, q, deadColumns+tail, args, func(rows *sql.Rows) error {
		var d hook.Dead
		var at int64
		err := rows.Scan(&d.Hook, &d.Seq, &d.Alert, &at, &d.Tries, &d.Why)
		d.At = instant(at)
		all = append(all, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read dead letters: %w", err)
	}
	return all, nil
}

// DeadLetters is the last of a webhook's dead letters, newest first, at most
// limit, and how many there are.
func (s *Store) DeadLetters(ctx context.Context, id hook.ID, limit int) (all []hook.Dead, count int, err error) {
	err = s.view(ctx, func(q querier) error {
		if _, err := readHook(ctx, q, id); err != nil {
			return err
		}
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM dead_letter WHERE hook = ?`, id).Scan(&count); err != nil {
			return err
		}
		all, err = readDead(ctx, q, `WHERE hook = ? ORDER BY seq DESC LIMIT ?`, id, limit)
		return err
	})
	return all, count, err
}

// DeadLetter implements hook.Store.
func (s *Store) DeadLetter(ctx context.Context, id hook.ID, seq int64) (d hook.Dead, err error) {
	err = s.view(ctx, func(q querier) error {
		found, err := readDead(ctx, q, `WHERE hook = ? AND seq = ?`, id, seq)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return hook.ErrNoDead
		}
		d = found[0]
		return nil
	})
	return d, err
}

// Unbury implements hook.Store.
func (s *Store) Unbury(ctx context.Context, id hook.ID, seq int64) error {
	return s.quietly(ctx, func(ctx context.Context, q querier) error {
		_, err := q.ExecContext(ctx, `DELETE FROM dead_letter WHERE hook = ? AND seq = ?`, id, seq)
		return err
	})
}
