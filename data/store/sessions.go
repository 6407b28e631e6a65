package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"citygrid/grid/people"

	"github.com/alexedwards/scs/v2"
)

// SessionPerson is the key under which a session holds the id of who is logged
// in, as an int64. It lets the store end all sessions of a person.
const SessionPerson = "person"

// maxSession is the most data a session may hold, in bytes.
const maxSession = 64 << 10

// ErrSessionSize refuses a session with too much data.
var ErrSessionSize = fmt.Errorf("session: more than %d bytes", maxSession)

// Sessions keep who is logged in. It is the store that scs.SessionManager asks
// for (with the default codec); a token is stored as its SHA-256, so who reads
// the database cannot use it.
type Sessions struct{ s *Store }

var (
	_ scs.CtxStore         = (*Sessions)(nil)
	_ scs.IterableStore    = (*Sessions)(nil)
	_ scs.IterableCtxStore = (*Sessions)(nil)
)

// Sessions are those of this store.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// FindCtx is the data of a session that has not expired.
func (x *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = x.s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT data FROM session WHERE hash = ? AND expiry > ? AND NOT ended`,
			tokenHash(token), nanos(x.s.now())).Scan(&data)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx writes a session. One of a person who is disabled is not written;
// one that was ended stays so, without an error: the request that writes it back
// was under way when somebody logged it out.
func (x *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	if len(data) > maxSession {
		return ErrSessionSize
	}
	id := personOf(data)
	return x.write(ctx, func(ctx context.Context, q querier) error {
		person := sql.NullInt64{Int64: int64(id), Valid: id != 0}
		if person.Valid {
			p, err := readPerson(ctx, q, id)
			if err != nil {
				return err
			}
			if p.Disabled {
				return people.ErrDisabled
			}
		}
		_, err := q.ExecContext(ctx, `INSERT INTO session (hash, person, data, expiry) VALUES (?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET person = excluded.person, data = excluded.data, expiry = excluded.expiry
			WHERE NOT ended`,
			tokenHash(token), person, append([]byte{}, data...), nanos(expiry)) // nil would be NULL
		return err
	})
}

// personOf is who is logged in, 0 for nobody.
func personOf(data []byte) people.ID {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return 0
	}
	id, _ := values[SessionPerson].(int64)
	return people.ID(id)
}

// endedFor is how long an ended session is remembered, beyond its own time:
// longer than any request lasts.
const endedFor = 24 * time.Hour

// DeleteCtx ends a session.
func (x *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return x.write(ctx, func(ctx context.Context, q querier) error {
		return end(ctx, q, x.s.now(), `hash = ?`, tokenHash(token))
	})
}

// AllCtx is the data of every session, by the hash of its token in hex: the
// tokens themselves are not known here.
func (x *Sessions) AllCtx(ctx context.Context) (map[string][]byte, error) {
	all := make(map[string][]byte)
	err := x.s.view(ctx, func(q querier) error {
		return each(ctx, q, `SELECT hash, data FROM session WHERE expiry > ? AND NOT ended`, []any{nanos(x.s.now())}, func(rows *sql.Rows) error {
			var hash, data []byte
			err := rows.Scan(&hash, &data)
			all[hex.EncodeToString(hash)] = data
			return err
		})
	})
	return all, err
}

// Find, Commit, Delete and All are for callers without a ctx.
func (x *Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a ctx.
func (x *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a ctx.
func (x *Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }

// All is AllCtx without a ctx.
func (x *Sessions) All() (map[string][]byte, error) { return x.AllCtx(context.Background()) }

// DeletePersonSessions logs a person out everywhere.
func (s *Store) DeletePersonSessions(ctx context.Context, id people.ID) error {
	return s.Sessions().write(ctx, func(ctx context.Context, q querier) error {
		return endSessions(ctx, q, id, s.now())
	})
}

func endSessions(ctx context.Context, q querier, id people.ID, now time.Time) error {
	return end(ctx, q, now, `person = ?`, id)
}

func end(ctx context.Context, q querier, now time.Time, which string, arg any) error {
	_, err := q.ExecContext(ctx, `UPDATE session SET ended = 1, person = NULL, data = x'', expiry = max(expiry, ?) WHERE `+which,
		nanos(now.Add(endedFor)), arg)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// write changes sessions. They are not in the audit log; logins are.
func (x *Sessions) write(ctx context.Context, do func(context.Context, querier) error) error {
	s := x.s
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	err := s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if now := s.now(); s.purge.due(now) {
			if _, err := conn.ExecContext(ctx, `DELETE FROM session WHERE expiry <= ?`, nanos(now)); err != nil {
				return fmt.Errorf("purge sessions: %w", err)
			}
		}
		return do(ctx, conn)
	})
	return explain(s.dir, err)
}

// A purgeClock says when expired sessions go: with a write of a session, at
// most once a minute. An expired session is not found in any case.
type purgeClock struct {
	mu   sync.Mutex
	last time.Time
}

func (p *purgeClock) due(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if since := now.Sub(p.last); since >= 0 && since < time.Minute {
		return false
	}
	p.last = now
	return true
}
