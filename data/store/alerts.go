package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/fence"

	"github.com/mattn/go-sqlite3"
)

// maxChanges bounds what one call of AlertsSince or TasksSince reads.
const maxChanges = 10_000

// nextSeq is the number of the next change that screens follow.
func nextSeq(ctx context.Context, q querier) (seq int64, err error) {
	if err := q.QueryRowContext(ctx, `UPDATE sequence SET last = last + 1 RETURNING last`).Scan(&seq); err != nil {
		return 0, fmt.Errorf("next sequence number: %w", err)
	}
	return seq, nil
}

// Seq is the number of the last change of an alert, a task or a walk. A screen
// that reads it before it reads those misses nothing when it goes on from there.
func (s *Store) Seq(ctx context.Context) (seq int64, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT last FROM sequence`).Scan(&seq)
	})
	return seq, err
}

const alertColumns = `SELECT id, seq, class, subject, zone, rule, start, tracker, grade, state, began, ended, withdrawn, lon, lat, seen,
	area, grid, sent, arrived, outcome FROM alert `

func scanAlert(rows *sql.Rows) (a alert.Alert, err error) {
	var start, began, ended, seen, arrived int64
	var grade string
	err = rows.Scan(&a.ID, &a.Seq, &a.Key.Subject.Class, &a.Key.Subject.ID, &a.Key.Zone, &a.Key.Rule, &start, &a.Tracker, &grade, &a.State,
		&began, &ended, &a.Withdrawn, &a.At[0], &a.At[1], &seen, &a.Place.Area, &a.Place.Grid, &a.Sent, &arrived, &a.Outcome)
	if err != nil {
		return a, err
	}
	a.Key.Start, a.Began, a.Ended = instant(start), instant(began), instant(ended)
	a.Seen, a.Arrived = instant(seen), instant(arrived)
	if a.Grade, err = fence.ParseGrade(grade); err != nil {
		return a, fmt.Errorf("%w: alert %d: %w", ErrCorrupt, a.ID, err)
	}
	return a, nil
}

// readAlerts reads what the tail of a query names, with its history.
func readAlerts(ctx context.Context, q querier, tail string, args ...any) (all []alert.Alert, err error) {
	at := make(map[alert.ID]int)
	err = each(ctx, q, alertColumns+tail, args, func(rows *sql.Rows) error {
		a, err := scanAlert(rows)
		at[a.ID] = len(all)
		all = append(all, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	steps := `SELECT alert, at, who, verb, whom, note FROM alert_step WHERE alert IN (SELECT id FROM alert ` + tail + `) ORDER BY alert, place`
	err = each(ctx, q, steps, args, func(rows *sql.Rows) error {
		var id alert.ID
		var step alert.Step
		var when int64
		if err := rows.Scan(&id, &when, &step.Who, &step.Verb, &step.To, &step.Note); err != nil {
			return err
		}
		step.At = instant(when)
		if i, ok := at[id]; ok {
			all[i].History = append(all[i].History, step)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read history of alerts: %w", err)
	}
	return all, nil
}

func readAlert(ctx context.Context, q querier, tail string, args ...any) (a alert.Alert, err error) {
	found, err := readAlerts(ctx, q, tail, args...)
	if err != nil {
		return a, err
	}
	if len(found) == 0 {
		return a, alert.ErrNoAlert
	}
	return found[0], nil
}

// Alert is the alert of that id, or alert.ErrNoAlert.
func (s *Store) Alert(ctx context.Context, id alert.ID) (a alert.Alert, err error) {
	err = s.view(ctx, func(q querier) error {
		a, err = readAlert(ctx, q, `WHERE id = ?`, id)
		return err
	})
	return a, err
}

// AlertByKey is the alert about that breach, or alert.ErrNoAlert.
func (s *Store) AlertByKey(ctx context.Context, key fence.Key) (a alert.Alert, err error) {
	err = s.view(ctx, func(q querier) error {
		a, err = readAlert(ctx, q, `WHERE key = ?`, key.String())
		return err
	})
	return a, err
}

// AlertsSince is the alerts that changed after seq, as they are now, by the Seq of
// their last change; at most 10,000, so ask again from the last one's Seq until
// there are none. It is of one moment: nothing with a Seq up to the last one's is
// still to come.
func (s *Store) AlertsSince(ctx context.Context, seq int64) (all []alert.Alert, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readAlerts(ctx, q, `WHERE seq > ? ORDER BY seq LIMIT ?`, seq, maxChanges)
		return err
	})
	return all, err
}

// Alerts is the alerts in those states (none given: in any), the last changed
// first, at most limit.
func (s *Store) Alerts(ctx context.Context, states []alert.State, limit int) (all []alert.Alert, err error) {
	if len(states) == 0 {
		states = alert.States()
	}
	args := make([]any, 0, len(states)+1)
	for _, state := range states {
		args = append(args, state)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(states)), ", ")
	if limit <= 0 || limit > maxChanges {
		limit = maxChanges
	}
	err = s.view(ctx, func(q querier) error {
		all, err = readAlerts(ctx, q, `WHERE state IN (`+marks+`) ORDER BY seq DESC LIMIT ?`, append(args, limit)...)
		return err
	})
	return all, err
}

// AlertsLasting is the alerts, handled or not, whose breach goes on as far as is
// known, or ended at since or later, by id.
func (s *Store) AlertsLasting(ctx context.Context, since time.Time) (all []alert.Alert, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readAlerts(ctx, q, `WHERE ended = 0 AND NOT withdrawn OR ended >= ? ORDER BY id`, nanos(since))
		return err
	})
	return all, err
}

// AlertsAbout is the alerts about a subject, the last begun first, at most limit.
func (s *Store) AlertsAbout(ctx context.Context, of register.Subject, limit int) (all []alert.Alert, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readAlerts(ctx, q, `WHERE class = ? AND subject = ? ORDER BY began DESC, id DESC LIMIT ?`, of.Class, of.ID, limit)
		return err
	})
	return all, err
}

// AlertsBetween is the alerts whose breach, as far as is known, lasted at some
// instant of from <= t < to, by id; those that were withdrawn too.
func (s *Store) AlertsBetween(ctx context.Context, from, to time.Time) (all []alert.Alert, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readAlerts(ctx, q, `WHERE began < ? AND (ended = 0 AND NOT withdrawn OR ended >= ?) ORDER BY id`, nanos(to), nanos(from))
		return err
	})
	return all, err
}

// KeepAlert is for the judge: fold makes the alert anew out of the one with that
// key, which has ID 0 when there is none yet. The same breach told twice is kept
// once: when fold changes nothing, nothing is written, there is no audit entry
// and the Seq stays. fold may run twice and only computes.
//
// A correction may give the alert another key (its start was told wrong); that
// must not be another alert's.
func (s *Store) KeepAlert(ctx context.Context, key fence.Key, fold func(alert.Alert) (alert.Alert, error), act audit.Act) (kept alert.Alert, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		was, err := readAlert(ctx, q, `WHERE key = ?`, key.String())
		if err != nil && !errors.Is(err, alert.ErrNoAlert) {
			return err
		}
		kept = was
		is, err := fold(was)
		if err != nil {
			return err
		}
		kept, err = putAlert(ctx, q, was, is, act)
		return err
	})
	return kept, err
}

// EditAlert does what a person asked, on the alert as it is then. Who was on the
// way and isn't wanted any more is called back in the same transaction. The error
// is alert.ErrNoAlert or the edit's own.
func (s *Store) EditAlert(ctx context.Context, id alert.ID, edit alert.Edit, act audit.Act) (edited alert.Alert, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		was, err := readAlert(ctx, q, `WHERE id = ?`, id)
		if err != nil {
			return err
		}
		is, err := edit.Apply(was)
		if err != nil {
			return err
		}
		if edited, err = putAlert(ctx, q, was, is, act); err != nil {
			return err
		}
		return callBack(ctx, q, was, edited)
	})
	return edited, err
}

// asKept is a with its times as they come back from disk.
func asKept(a alert.Alert) alert.Alert {
	for _, t := range []*time.Time{&a.Key.Start, &a.Began, &a.Ended, &a.Seen, &a.Arrived} {
		*t = instant(nanos(*t))
	}
	a.History = slices.Clone(a.History)
	for i := range a.History {
		a.History[i].At = instant(nanos(a.History[i].At))
	}
	return a
}

// putAlert writes what became of was, with the next sequence number; errSame when
// nothing did.
func putAlert(ctx context.Context, q querier, was, is alert.Alert, act *audit.Act) (alert.Alert, error) {
	is = asKept(is)
	is.ID, is.Seq = was.ID, was.Seq
	if was.ID != 0 && reflect.DeepEqual(was, is) {
		return was, errSame
	}
	if len(is.History) < len(was.History) {
		return was, fmt.Errorf("alert %d: its history of %d steps would be shortened to %d", was.ID, len(was.History), len(is.History))
	}
	var err error
	if is.Seq, err = nextSeq(ctx, q); err != nil {
		return was, err
	}
	row := []any{
		is.Seq, is.Key.String(), is.Key.Subject.Class, is.Key.Subject.ID, is.Key.Zone, is.Key.Rule, nanos(is.Key.Start), is.Tracker,
		is.Grade.String(), is.State, nanos(is.Began), nanos(is.Ended), is.Withdrawn, is.At[0], is.At[1], nanos(is.Seen),
		is.Place.Area, is.Place.Grid, is.Sent, nanos(is.Arrived), is.Outcome,
	}
	query := `INSERT INTO alert (seq, key, class, subject, zone, rule, start, tracker, grade, state, began, ended, withdrawn, lon, lat, seen,
		area, grid, sent, arrived, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if is.ID != 0 {
		query = `UPDATE alert SET seq = ?, key = ?, class = ?, subject = ?, zone = ?, rule = ?, start = ?, tracker = ?, grade = ?, state = ?,
			began = ?, ended = ?, withdrawn = ?, lon = ?, lat = ?, seen = ?, area = ?, grid = ?, sent = ?, arrived = ?, outcome = ? WHERE id = ?`
		row = append(row, is.ID)
	}
	res, err := q.ExecContext(ctx, query, row...)
	if lite := (sqlite3.Error{}); errors.As(err, &lite) && lite.ExtendedCode == sqlite3.ErrConstraintUnique {
		return was, fmt.Errorf("another alert has the key %s", is.Key)
	}
	if err != nil {
		return was, fmt.Errorf("write alert %d: %w", is.ID, err)
	}
	if is.ID == 0 {
		id, err := res.LastInsertId()
		if err != nil {
			return was, err
		}
		is.ID = alert.ID(id)
	}
	for place := len(was.History); place < len(is.History); place++ {
		step := is.History[place]
		_, err := q.ExecContext(ctx, `INSERT INTO alert_step (alert, place, at, who, verb, whom, note) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			is.ID, place, nanos(step.At), step.Who, step.Verb, step.To, step.Note)
		if err != nil {
			return was, fmt.Errorf("write history of alert %d: %w", is.ID, err)
		}
	}
	if act.Object == "" {
		act.Object = fmt.Sprintf("alert/%d", is.ID)
	}
	return is, nil
}
