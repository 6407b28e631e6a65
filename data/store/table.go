package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"citygrid/data/audit"
	"citygrid/grid/register"

	"github.com/mattn/go-sqlite3"
)

// A table is how the entries of one register lie in SQLite. All registers have
// the same rules: an id that is never given twice, a version that counts
// changes, references that must be there.
type table[T any] struct {
	name    string   // also what an entry is called in the audit log
	columns []string // all but id and version
	unique  string   // the field that no two entries share
	scan    func(*sql.Rows) (T, error)
	values  func(T) ([]any, error) // of columns
	id      func(T) any
	number  func(*T, int64)  // sets the id; nil where entries bring their own
	version func(*T) *int64  // where the version is
	check   func(T) error    // of the entry by itself
	needs   func(T) []needed // what it names
	change  func(was, is T) error
}

// needed is an entry of another table that must be there. 0 needs none.
type needed struct {
	field, table string
	id           int64
}

func (t table[T]) query(where string) string {
	return `SELECT id, ` + strings.Join(t.columns, ", ") + `, version FROM ` + t.name + ` ` + where + ` ORDER BY id`
}

func (t table[T]) list(ctx context.Context, q querier, where string, args ...any) (all []T, err error) {
	err = each(ctx, q, t.query(where), args, func(rows *sql.Rows) error {
		v, err := t.scan(rows)
		all = append(all, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %ss: %w", t.name, err)
	}
	return all, nil
}

func (t table[T]) one(ctx context.Context, q querier, id any) (v T, err error) {
	found, err := t.list(ctx, q, `WHERE id = ?`, id)
	if err != nil {
		return v, err
	}
	if len(found) == 0 {
		return v, fmt.Errorf("%s %v: %w", t.name, id, register.ErrNone)
	}
	return found[0], nil
}

// refuse says which entry of several broke which rule.
func (t table[T]) refuse(i int, field, what, mend string, rule error) error {
	return &register.FieldError{Thing: t.name, Index: i, Field: field, What: what, Mend: mend, Rule: rule}
}

func (t table[T]) inspect(ctx context.Context, q querier, i int, v T, seen map[needed]bool) error {
	if err := t.check(v); err != nil {
		if bad := (*register.FieldError)(nil); errors.As(err, &bad) {
			bad.Index = i
		}
		return err
	}
	for _, n := range t.needs(v) {
		if n.id == 0 || seen[n] {
			continue
		}
		var there bool
		if err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+n.table+` WHERE id = ?)`, n.id).Scan(&there); err != nil {
			return fmt.Errorf("look for %s %d: %w", n.table, n.id, err)
		}
		if !there {
			return t.refuse(i, n.field, fmt.Sprintf("there is no %s %d", n.table, n.id), "name one that is there", register.ErrNone)
		}
		seen[n] = true
	}
	return nil
}

// add writes entries, all or none: an error ends the transaction.
func (t table[T]) add(ctx context.Context, q querier, list []T) ([]T, error) {
	added := make([]T, len(list))
	seen := make(map[needed]bool)
	marks := strings.Repeat("?, ", len(t.columns)) + "1"
	columns := strings.Join(t.columns, ", ") + ", version"
	if t.number == nil {
		columns, marks = "id, "+columns, "?, "+marks
	}
	insert := `INSERT INTO ` + t.name + ` (` + columns + `) VALUES (` + marks + `)`
	for i, v := range list {
		if err := t.inspect(ctx, q, i, v, seen); err != nil {
			return nil, err
		}
		args, err := t.values(v)
		if err != nil {
			return nil, err
		}
		if t.number == nil {
			args = append([]any{t.id(v)}, args...)
		}
		res, err := q.ExecContext(ctx, insert, args...)
		if err != nil {
			return nil, t.explain(i, v, err)
		}
		if t.number != nil {
			id, err := res.LastInsertId()
			if err != nil {
				return nil, err
			}
			t.number(&v, id)
		}
		*t.version(&v) = 1
		added[i] = v
	}
	return added, nil
}

func (t table[T]) update(ctx context.Context, q querier, v T) (T, error) {
	was, err := t.one(ctx, q, t.id(v))
	if err != nil {
		return v, err
	}
	if *t.version(&was) != *t.version(&v) {
		return v, fmt.Errorf("%s %v: %w", t.name, t.id(v), register.ErrStale)
	}
	if err := t.inspect(ctx, q, 0, v, map[needed]bool{}); err != nil {
		return v, err
	}
	if t.change != nil {
		if err := t.change(was, v); err != nil {
			return v, err
		}
	}
	args, err := t.values(v)
	if err != nil {
		return v, err
	}
	*t.version(&v)++
	args = append(args, *t.version(&v), t.id(v))
	_, err = q.ExecContext(ctx, `UPDATE `+t.name+` SET `+strings.Join(t.columns, " = ?, ")+` = ?, version = ? WHERE id = ?`, args...)
	if err != nil {
		return v, t.explain(0, v, err)
	}
	return v, nil
}

func (t table[T]) explain(i int, v T, err error) error {
	lite := sqlite3.Error{}
	if errors.As(err, &lite) && (lite.ExtendedCode == sqlite3.ErrConstraintUnique || lite.ExtendedCode == sqlite3.ErrConstraintPrimaryKey) {
		return t.refuse(i, t.unique, "another "+t.name+" has this "+t.unique, "give each its own", register.ErrTaken)
	}
	return fmt.Errorf("write %s %v: %w", t.name, t.id(v), err)
}

// remove takes out an entry that nothing refers to.
func (t table[T]) remove(ctx context.Context, q querier, id any, version int64) error {
	was, err := t.one(ctx, q, id)
	if err != nil {
		return err
	}
	if *t.version(&was) != version {
		return fmt.Errorf("%s %v: %w", t.name, id, register.ErrStale)
	}
	_, err = q.ExecContext(ctx, `DELETE FROM `+t.name+` WHERE id = ?`, id)
	if lite := (sqlite3.Error{}); errors.As(err, &lite) && lite.ExtendedCode == sqlite3.ErrConstraintForeignKey {
		return fmt.Errorf("%s %v: %w", t.name, id, register.ErrInUse)
	}
	if err != nil {
		return fmt.Errorf("remove %s %v: %w", t.name, id, err)
	}
	return nil
}

// The transactions that all registers have. An empty act.Object becomes
// "team/7", or "team" for several.

func listOf[T any](ctx context.Context, s *Store, t table[T], where string, args ...any) (all []T, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = t.list(ctx, q, where, args...)
		return err
	})
	return all, err
}

func oneOf[T any](ctx context.Context, s *Store, t table[T], id any) (v T, err error) {
	err = s.view(ctx, func(q querier) error {
		v, err = t.one(ctx, q, id)
		return err
	})
	return v, err
}

// extra is a rule that holds between entries; it may be nil.
type extra[T any] func(context.Context, querier, []T) error

func addTo[T any](ctx context.Context, s *Store, t table[T], list []T, act audit.Act, rule extra[T]) (added []T, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if added, err = t.add(ctx, q, list); err != nil {
			return err
		}
		if rule != nil {
			if err := rule(ctx, q, added); err != nil {
				return err
			}
		}
		switch {
		case act.Object == "" && len(added) == 1:
			act.Object = fmt.Sprintf("%s/%v", t.name, t.id(added[0]))
		case act.Object == "":
			act.Object = t.name
		}
		if act.Detail == "" && len(added) > 1 {
			act.Detail = fmt.Sprintf("%d added", len(added))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func addOne[T any](ctx context.Context, s *Store, t table[T], v T, act audit.Act, rule extra[T]) (T, error) {
	added, err := addTo(ctx, s, t, []T{v}, act, rule)
	if err != nil {
		return v, err
	}
	return added[0], nil
}

func updateIn[T any](ctx context.Context, s *Store, t table[T], v T, act audit.Act, rule extra[T]) (updated T, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if updated, err = t.update(ctx, q, v); err != nil {
			return err
		}
		if act.Object == "" {
			act.Object = fmt.Sprintf("%s/%v", t.name, t.id(v))
		}
		if rule != nil {
			return rule(ctx, q, []T{updated})
		}
		return nil
	})
	return updated, err
}

func removeFrom[T any](ctx context.Context, s *Store, t table[T], id any, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if act.Object == "" {
			act.Object = fmt.Sprintf("%s/%v", t.name, id)
		}
		return t.remove(ctx, q, id, version)
	})
}

// decodeJSON reads a column that only this program wrote.
func decodeJSON(text string, into any, what string) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrCorrupt, what, err)
	}
	return nil
}
