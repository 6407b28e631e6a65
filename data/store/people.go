package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/people"

	"github.com/mattn/go-sqlite3"

	"citygrid/grid"
)

// People is everybody, the disabled too, by id.
func (s *Store) People(ctx context.Context) (all []people.Person, err error) {
	err = s.view(ctx, func(q querier) error {
		all, err = readPeople(ctx, q, ``)
		return err
	})
	return all, err
}

// Person is the person of that id, or people.ErrNoPerson.
func (s *Store) Person(ctx context.Context, id people.ID) (p people.Person, err error) {
	err = s.view(ctx, func(q querier) error {
		p, err = readPerson(ctx, q, id)
		return err
	})
	return p, err
}

// PersonByLogin is the person of that login, or people.ErrNoPerson.
func (s *Store) PersonByLogin(ctx context.Context, login string) (p people.Person, err error) {
	err = s.view(ctx, func(q querier) error {
		found, err := readPeople(ctx, q, `WHERE login = ?`, login)
		if err != nil {
			return err
		}
		p, err = one(found)
		return err
	})
	return p, err
}

func readPerson(ctx context.Context, q querier, id people.ID) (people.Person, error) {
	found, err := readPeople(ctx, q, `WHERE person.id = ?`, id)
	if err != nil {
		return people.Person{}, err
	}
	return one(found)
}

func one(found []people.Person) (people.Person, error) {
	if len(found) == 0 {
		return people.Person{}, people.ErrNoPerson
	}
	return found[0], nil
}

func readPeople(ctx context.Context, q querier, where string, args ...any) (found []people.Person, err error) {
	query := `SELECT person.id, login, name, disabled, password_hash, must_change, failures, locked_until, created_at, tags, version,
			coalesce(role, ''), coalesce(area, 0)
		FROM person LEFT JOIN person_grant ON person_grant.person = person.id ` + where + ` ORDER BY person.id, place`
	err = each(ctx, q, query, args, func(rows *sql.Rows) error {
		var p people.Person
		var g people.Grant
		var locked, created int64
		var tags string
		err := rows.Scan(&p.ID, &p.Login, &p.Name, &p.Disabled, &p.PasswordHash, &p.MustChange, &p.Failures,
			&locked, &created, &tags, &p.Version, &g.Role, &g.Area)
		if err != nil {
			return err
		}
		if n := len(found); n == 0 || found[n-1].ID != p.ID {
			p.LockedUntil, p.CreatedAt, p.Tags = instant(locked), instant(created), grid.Tags(tags)
			found = append(found, p)
		}
		if g.Role != "" {
			last := &found[len(found)-1]
			last.Grants = append(last.Grants, g)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return found, nil
}

// AddPerson gives p an id, a version and the time it was made; failures and
// lock are ignored. An empty act.Object becomes "person/ID".
func (s *Store) AddPerson(ctx context.Context, p people.Person, act audit.Act) (added people.Person, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if added, err = addPerson(ctx, q, p, s.now()); err != nil {
			return err
		}
		if act.Object == "" {
			act.Object = fmt.Sprintf("person/%d", added.ID)
		}
		return retag[people.Person](s)(ctx, q, nil)
	})
	return added, err
}

func addPerson(ctx context.Context, q querier, p people.Person, now time.Time) (people.Person, error) {
	if err := p.Check(); err != nil {
		return p, err
	}
	p.Version, p.Failures, p.LockedUntil, p.CreatedAt = 1, 0, time.Time{}, instant(nanos(now))
	res, err := q.ExecContext(ctx,
		`INSERT INTO person (login, name, disabled, password_hash, must_change, failures, locked_until, created_at, tags, version)
		VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, 1)`,
		p.Login, p.Name, p.Disabled, p.PasswordHash, p.MustChange, nanos(p.CreatedAt), strings.Join(p.Tags, ";"))
	if lite := (sqlite3.Error{}); errors.As(err, &lite) && lite.ExtendedCode == sqlite3.ErrConstraintUnique {
		return p, people.ErrLoginTaken
	}
	if err != nil {
		return p, fmt.Errorf("write person: %w", err)
	}
	id, err := res.LastInsertId()
	if err != nil {
		return p, err
	}
	p.ID = people.ID(id)
	return p, putGrants(ctx, q, p)
}

// ImportPeople adds all of them or none, as AddPerson does.
func (s *Store) ImportPeople(ctx context.Context, list []people.Person, act audit.Act) (added []people.Person, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		added = make([]people.Person, len(list))
		for i, p := range list {
			if added[i], err = addPerson(ctx, q, p, s.now()); err != nil {
				return fmt.Errorf("%s: %w", p.Login, err)
			}
		}
		if act.Object == "" {
			act.Object = "person"
		}
		if act.Detail == "" {
			act.Detail = fmt.Sprintf("%d added", len(added))
		}
		return retag[people.Person](s)(ctx, q, nil)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func putGrants(ctx context.Context, q querier, p people.Person) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM person_grant WHERE person = ?`, p.ID); err != nil {
		return fmt.Errorf("write grants of person %d: %w", p.ID, err)
	}
	for place, g := range p.Grants {
		var there bool
		if err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM area WHERE id = ?)`, g.Area).Scan(&there); err != nil {
			return fmt.Errorf("look for area %d: %w", g.Area, err)
		}
		if !there {
			return &people.FieldError{Field: "grants", What: fmt.Sprintf("there is no area %d", g.Area)}
		}
		_, err := q.ExecContext(ctx, `INSERT INTO person_grant (person, place, role, area) VALUES (?, ?, ?, ?)`, p.ID, place, g.Role, g.Area)
		if err != nil {
			return fmt.Errorf("write grants of person %d: %w", p.ID, err)
		}
	}
	return nil
}

// UpdatePerson writes name, grants, tags and disabled; the rest of p is ignored, but
// for p.Version, which is the one that was read, else it is people.ErrStale. A
// person who is disabled loses all sessions.
//
// The bureau keeps an active admin of its root area: people.ErrLastAdmin.
func (s *Store) UpdatePerson(ctx context.Context, p people.Person, act audit.Act) (updated people.Person, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		old, err := readPerson(ctx, q, p.ID)
		switch {
		case err != nil:
			return err
		case old.Version != p.Version:
			return people.ErrStale
		case old.Login != p.Login:
			return people.ErrLoginFixed
		}
		updated = old
		updated.Name, updated.Grants, updated.Tags, updated.Disabled = p.Name, slices.Clone(p.Grants), slices.Clone(p.Tags), p.Disabled
		updated.Version++
		if err := updated.Check(); err != nil {
			return err
		}
		before, err := admins(ctx, q)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `UPDATE person SET name = ?, disabled = ?, tags = ?, version = ? WHERE id = ?`,
			updated.Name, updated.Disabled, strings.Join(updated.Tags, ";"), updated.Version, updated.ID)
		if err != nil {
			return fmt.Errorf("write person %d: %w", p.ID, err)
		}
		if err := putGrants(ctx, q, updated); err != nil {
			return err
		}
		after, err := admins(ctx, q)
		if err != nil {
			return err
		}
		if before > 0 && after == 0 {
			return people.ErrLastAdmin
		}
		if err := retag[people.Person](s)(ctx, q, nil); err != nil {
			return err
		}
		if updated.Disabled {
			return endSessions(ctx, q, updated.ID, s.now())
		}
		return nil
	})
	return updated, err
}

// admins counts who can manage the whole bureau now.
func admins(ctx context.Context, q querier) (n int, err error) {
	err = q.QueryRowContext(ctx,
		`SELECT count(DISTINCT person.id) FROM person
		JOIN person_grant ON person_grant.person = person.id JOIN area ON area.id = person_grant.area
		WHERE NOT disabled AND role = ? AND area.parent IS NULL`, people.Admin).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count admins: %w", err)
	}
	return n, nil
}

// SetPassword sets the hash, ends a lock, and ends all sessions of the person:
// who had stolen one is out. The caller who goes on after changing the own
// password needs a new token (scs: RenewToken); the old one stays dead.
func (s *Store) SetPassword(ctx context.Context, id people.ID, hash string, mustChange bool, act audit.Act) error {
	if err := people.CheckHash(hash); err != nil {
		return err
	}
	return s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		res, err := q.ExecContext(ctx, `UPDATE person SET password_hash = ?, must_change = ?, failures = 0, locked_until = 0,
			version = version + 1 WHERE id = ?`, hash, mustChange, id)
		if err := touchedPerson(id, res, err); err != nil {
			return err
		}
		return endSessions(ctx, q, id, s.now())
	})
}

func touchedPerson(id people.ID, res sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("write person %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(people.ErrNoPerson, err)
	}
	return nil
}

// LoginFailed counts a failed login and returns how many there are since the
// last success. The account is locked until lockedUntil, or as long as
// people.LockFor says, whichever is later: it is decided here, where guesses
// that arrive together are counted one after the other.
func (s *Store) LoginFailed(ctx context.Context, id people.ID, lockedUntil time.Time, act audit.Act) (failures int, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		p, err := readPerson(ctx, q, id)
		if err != nil {
			return err
		}
		failures = p.Failures + 1
		until := nanos(p.LockedUntil)
		if lock := people.LockFor(failures); lock > 0 {
			until = max(until, nanos(act.At.Add(lock)))
		}
		until = max(until, nanos(lockedUntil))
		res, err := q.ExecContext(ctx, `UPDATE person SET failures = ?, locked_until = ? WHERE id = ?`, failures, until, id)
		return touchedPerson(id, res, err)
	})
	return failures, err
}

// LoginSucceeded ends the count of failures. Somebody who was disabled or
// locked while the password was checked is refused: people.ErrDisabled, or a
// *people.LockedError.
func (s *Store) LoginSucceeded(ctx context.Context, id people.ID, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		p, err := readPerson(ctx, q, id)
		switch {
		case err != nil:
			return err
		case p.Disabled:
			return people.ErrDisabled
		case p.LockedUntil.After(act.At):
			return &people.LockedError{Until: p.LockedUntil}
		}
		res, err := q.ExecContext(ctx, `UPDATE person SET failures = 0, locked_until = 0 WHERE id = ?`, id)
		return touchedPerson(id, res, err)
	})
}
