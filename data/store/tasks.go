package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
)

// maxKey bounds an idempotency key, in bytes. A UUID has 36.
const maxKey = 100

const taskColumns = `SELECT id, seq, kind, coalesce(alert, 0), note, person, state, lon, lat, sent, sent_by, place FROM task `

// openTask is what a task is that somebody still has to do.
var openTask = `state NOT IN ('` + strings.Join(finalStates(), `', '`) + `')`

func finalStates() (all []string) {
	for _, s := range dispatch.Final() {
		all = append(all, string(s))
	}
	return all
}

func readTasks(ctx context.Context, q querier, tail string, args ...any) (all []dispatch.Task, err error) {
	at := make(map[dispatch.TaskID]int)
	err = each(ctx, q, taskColumns+tail, args, func(rows *sql.Rows) error {
		var t dispatch.Task
		var sent int64
		err := rows.Scan(&t.ID, &t.Seq, &t.Kind, &t.Alert, &t.Note, &t.Person, &t.State, &t.At[0], &t.At[1], &sent, &t.By, &t.Place)
		t.Sent = instant(sent)
		at[t.ID] = len(all)
		all = append(all, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	steps := `SELECT task, state, at, note FROM task_step WHERE task IN (SELECT id FROM task ` + tail + `) ORDER BY task, place`
	err = each(ctx, q, steps, args, func(rows *sql.Rows) error {
		var id dispatch.TaskID
		var step dispatch.Step
		var when int64
		if err := rows.Scan(&id, &step.To, &when, &step.Note); err != nil {
			return err
		}
		step.At = instant(when)
		if i, ok := at[id]; ok {
			all[i].Steps = append(all[i].Steps, step)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read steps of tasks: %w", err)
	}
	return all, nil
}

func readTask(ctx context.Context, q querier, id dispatch.TaskID) (t dispatch.Task, err error) {
	found, err := readTasks(ctx, q, `WHERE id = ?`, id)
	if err != nil {
		return t, err
	}
	if len(found) == 0 {
		return t, dispatch.ErrNoTask
	}
	return found[0], nil
}

func (s *Store) tasks(ctx context.Context, tail string, args ...any) (all []dispatch.Task, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readTasks(ctx, q, tail, args...)
		return err
	})
	return all, err
}

// Task is the task of that id, or dispatch.ErrNoTask.
func (s *Store) Task(ctx context.Context, id dispatch.TaskID) (t dispatch.Task, err error) {
	err = s.view(ctx, func(q querier) error {
		t, err = readTask(ctx, q, id)
		return err
	})
	return t, err
}

// OpenTasks is every task that somebody still has to do, by id.
func (s *Store) OpenTasks(ctx context.Context) ([]dispatch.Task, error) {
	return s.tasks(ctx, `WHERE `+openTask+` ORDER BY id`)
}

// TasksOf is the tasks of one person, the newest first, at most limit.
func (s *Store) TasksOf(ctx context.Context, who people.ID, limit int) ([]dispatch.Task, error) {
	if limit <= 0 || limit > maxChanges {
		limit = maxChanges
	}
	return s.tasks(ctx, `WHERE person = ? ORDER BY id DESC LIMIT ?`, who, limit)
}

// TasksSince is the tasks that changed after seq, as AlertsSince is alerts. Both
// count in one sequence.
func (s *Store) TasksSince(ctx context.Context, seq int64) ([]dispatch.Task, error) {
	return s.tasks(ctx, `WHERE seq > ? ORDER BY seq LIMIT ?`, seq, maxChanges)
}

// SendTask keeps a new task; with an alert, that is sent to the person in the same
// transaction, and who was sent to it before is called back. t says Kind, Alert,
// Note, Person, At, Sent and By.
//
// key is the caller's name for the request: a second one of t.By's with the same
// key gets the task of the first, as it is now, and changes nothing. "" is none.
func (s *Store) SendTask(ctx context.Context, t dispatch.Task, key string, act audit.Act) (sent dispatch.Task, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		old, err := asked(ctx, q, t.By, key, string(dispatch.Sent), 0)
		if err != nil {
			return err
		}
		if old != 0 {
			if sent, err = readTask(ctx, q, old); err != nil {
				return err
			}
			return errSame
		}
		sent = t
		sent.State, sent.Steps, sent.Sent = dispatch.Sent, nil, instant(nanos(t.Sent))
		switch {
		case t.Sent.IsZero():
			return &dispatch.TaskError{To: dispatch.Sent, Rule: dispatch.ErrTime}
		case t.Kind == dispatch.KindAlert && t.Alert == 0:
			return alert.ErrNoAlert
		case dispatch.CheckNote(t.Note) != nil:
			return &dispatch.TaskError{To: dispatch.Sent, Rule: dispatch.ErrNote}
		}
		if _, err := readPerson(ctx, q, t.Person); err != nil {
			return err
		}
		if t.Alert != 0 {
			was, err := readAlert(ctx, q, `WHERE id = ?`, t.Alert)
			if err != nil {
				return err
			}
			is, err := alert.Send{At: sent.Sent, Who: t.By, To: t.Person, Note: t.Note}.Apply(was)
			if err != nil {
				return err
			}
			if _, err := putAlert(ctx, q, was, is, &audit.Act{}); err != nil {
				return err
			}
			if err := callBack(ctx, q, was, is); err != nil {
				return err
			}
		}
		if err := addTask(ctx, q, &sent); err != nil {
			return err
		}
		if act.Object == "" {
			act.Object = fmt.Sprintf("task/%d", sent.ID)
		}
		return noteKey(ctx, q, t.By, key, string(dispatch.Sent), sent.ID)
	})
	return sent, err
}

// addTask writes a new task and gives it its numbers.
func addTask(ctx context.Context, q querier, t *dispatch.Task) (err error) {
	if t.Seq, err = nextSeq(ctx, q); err != nil {
		return err
	}
	res, err := q.ExecContext(ctx, `INSERT INTO task (seq, kind, alert, note, person, state, lon, lat, sent, sent_by, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Seq, t.Kind, orNull(int64(t.Alert)), t.Note, t.Person, t.State, t.At[0], t.At[1], nanos(t.Sent), t.By, t.Place)
	if err != nil {
		return fmt.Errorf("write task: %w", err)
	}
	id, err := res.LastInsertId()
	t.ID = dispatch.TaskID(id)
	return err
}

// StepTask takes a task on, for the person whose it is, and tells its alert in the
// same transaction (dispatch.Task.Tell). A step that the task has taken already,
// or a key that was used for the same step before, changes nothing. The error is
// dispatch.ErrNoTask or a *dispatch.TaskError.
func (s *Store) StepTask(ctx context.Context, id dispatch.TaskID, who people.ID, step dispatch.Step, key string, act audit.Act) (t dispatch.Task, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		was, err := readTask(ctx, q, id)
		if err != nil {
			return err
		}
		t = was
		if act.Object == "" {
			act.Object = fmt.Sprintf("task/%d", id)
		}
		if was.Person == who { // else Step refuses it, and says so
			if old, err := asked(ctx, q, who, key, string(step.To), id); err != nil {
				return err
			} else if old != 0 {
				return errSame
			}
		}
		step := step
		step.At = instant(nanos(step.At))
		is, changed, err := was.Step(who, step)
		if err != nil {
			return err
		}
		if !changed {
			return errSame
		}
		if err := putStep(ctx, q, &is); err != nil {
			return err
		}
		if err := tellAlert(ctx, q, is, step); err != nil {
			return err
		}
		t = is
		return noteKey(ctx, q, who, key, string(step.To), id)
	})
	return t, err
}

// putStep writes the state and the last step of a task, with the next sequence
// number.
func putStep(ctx context.Context, q querier, t *dispatch.Task) (err error) {
	if t.Seq, err = nextSeq(ctx, q); err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, `UPDATE task SET seq = ?, state = ? WHERE id = ?`, t.Seq, t.State, t.ID); err != nil {
		return fmt.Errorf("write task %d: %w", t.ID, err)
	}
	last := len(t.Steps) - 1
	step := t.Steps[last]
	_, err = q.ExecContext(ctx, `INSERT INTO task_step (task, place, state, at, note) VALUES (?, ?, ?, ?, ?)`,
		t.ID, last, step.To, nanos(step.At), step.Note)
	if err != nil {
		return fmt.Errorf("write step of task %d: %w", t.ID, err)
	}
	return nil
}

// callBack recalls the open task of who was sent to an alert and isn't any more:
// somebody else is, or the desk has closed it.
func callBack(ctx context.Context, q querier, was, is alert.Alert) error {
	if was.State != alert.Dispatched || is.State == alert.Dispatched && is.Sent == was.Sent {
		return nil
	}
	open, err := readTasks(ctx, q, `WHERE alert = ? AND person = ? AND `+openTask, was.ID, was.Sent)
	if err != nil {
		return err
	}
	at := is.History[len(is.History)-1].At
	for _, t := range open {
		next, changed := t.Recall(at)
		if !changed {
			continue
		}
		if err := putStep(ctx, q, &next); err != nil {
			return err
		}
	}
	return nil
}

func tellAlert(ctx context.Context, q querier, t dispatch.Task, step dispatch.Step) error {
	if t.Alert == 0 {
		return nil
	}
	was, err := readAlert(ctx, q, `WHERE id = ?`, t.Alert)
	if err != nil {
		return err
	}
	is, told := t.Tell(was, step)
	if !told {
		return nil
	}
	_, err = putAlert(ctx, q, was, is, &audit.Act{})
	return err
}

// asked is the task of an earlier request with the key, 0 for none; ErrKeyUsed if
// that was for something else. id 0 is any task.
func asked(ctx context.Context, q querier, who people.ID, key, what string, id dispatch.TaskID) (task dispatch.TaskID, err error) {
	if key == "" {
		return 0, nil
	}
	if len(key) > maxKey {
		return 0, fmt.Errorf("%w: it has more than %d bytes", ErrKeyUsed, maxKey)
	}
	var was string
	err = q.QueryRowContext(ctx, `SELECT task, asked FROM task_key WHERE who = ? AND key = ?`, who, key).Scan(&task, &was)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("look for a key: %w", err)
	case was != what || id != 0 && task != id:
		return 0, ErrKeyUsed
	}
	return task, nil
}

func noteKey(ctx context.Context, q querier, who people.ID, key, what string, id dispatch.TaskID) error {
	if key == "" {
		return nil
	}
	if _, err := q.ExecContext(ctx, `INSERT INTO task_key (who, key, task, asked) VALUES (?, ?, ?, ?)`, who, key, id, what); err != nil {
		return fmt.Errorf("write key of task %d: %w", id, err)
	}
	return nil
}
