package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/people"
)

// logIn checks a login and its password. Whoever guesses learns nothing from the
// answer or the time it takes: an unknown login costs a hash too and is locked
// after as many failures.
func (s *Server) logIn(ctx context.Context, login, password string) (people.Person, error) {
	login = tidyLogin(login)
	address := addressKey(callerOf(ctx).from)
	if wait := s.logins.take(address, s.now()); wait > 0 {
		return people.Person{}, tooMany("login.too_many", wait)
	}
	// One at a time for each login, or many at once would all be checked before
	// the first failure counts.
	leave, err := s.loginTurns.enter(ctx, login)
	if err != nil {
		return people.Person{}, err
	}
	defer leave()

	p, err := s.store.PersonByLogin(ctx, login)
	known := err == nil
	if err != nil && !errors.Is(err, people.ErrNoPerson) {
		return people.Person{}, err
	}
	until := p.LockedUntil
	if !known {
		until = s.ghosts.lockedUntil(login)
	}
	if err := s.locked(until); err != nil {
		s.metrics.logins.WithLabelValues("locked").Inc()
		return people.Person{}, errors.Join(err, s.recordRefusal(ctx, p, "locked"))
	}
	right, err := s.hasher.matches(ctx, password, p.PasswordHash)
	if err != nil {
		return people.Person{}, err
	}
	if right && known && !p.Disabled {
		if err := s.store.LoginSucceeded(ctx, p.ID, s.loginAct(ctx, "session.login", p, "")); err != nil {
			return people.Person{}, err
		}
		s.logins.giveBack(address, s.now())
		s.metrics.logins.WithLabelValues("ok").Inc()
		return p, nil
	}
	s.metrics.logins.WithLabelValues("wrong").Inc()
	return people.Person{}, s.loginFailed(ctx, p, known, login)
}

// tidyLogin is a login as it is kept.
func tidyLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// loginFailed counts a failure and gives the error to answer with.
func (s *Server) loginFailed(ctx context.Context, p people.Person, known bool, login string) error {
	wrong := newProblem(http.StatusUnauthorized, "login.wrong", "login or password is wrong")
	if !known {
		s.ghosts.fail(login, s.now())
		if err := s.recordRefusal(ctx, p, "unknown login"); err != nil {
			return err
		}
		return wrong
	}
	until := time.Time{}
	if d := people.LockFor(p.Failures + 1); d > 0 {
		until = s.now().Add(d)
	}
	detail := "wrong password"
	if p.Disabled {
		detail = "disabled"
	}
	if _, err := s.store.LoginFailed(ctx, p.ID, until, s.loginAct(ctx, "session.refused", p, detail)); err != nil {
		return err
	}
	return wrong
}

// locked is the problem of an account that is locked until then; nil for one that isn't.
func (s *Server) locked(until time.Time) error {
	if wait := until.Sub(s.now()); wait > 0 {
		return retryLater(http.StatusLocked, "login.locked", "too many failed logins; this account is locked for a while", wait)
	}
	return nil
}

// recordRefusal writes a refused login that no store method writes. The login
// that was tried stays out of the log: people type passwords into that field.
func (s *Server) recordRefusal(ctx context.Context, p people.Person, detail string) error {
	if s.refusals.take("login "+addressKey(callerOf(ctx).from), s.now()) > 0 {
		return nil
	}
	return s.store.Record(ctx, s.loginAct(ctx, "session.refused", p, detail))
}

// loginAct is an audit entry about somebody who isn't logged in (yet). Who is
// the person only once they proved it.
func (s *Server) loginAct(ctx context.Context, verb string, p people.Person, detail string) audit.Act {
	object := ""
	if p.ID != 0 {
		object = personObject(p.ID)
	}
	a := s.act(ctx, verb, object, detail)
	a.Who = ""
	if verb == "session.login" {
		a.Who = p.Login
	}
	return a
}

func personObject(id people.ID) string { return "person/" + strconv.FormatInt(int64(id), 10) }

// ghosts counts the failures of logins that don't exist, so that they lock like
// those that do. It remembers a bounded number and forgets at random when full.
type ghosts struct {
	limit int

	mu   sync.Mutex // guards seen
	seen map[[32]byte]ghost
}

type ghost struct {
	failures int
	until    time.Time
}

func newGhosts(limit int) *ghosts { return &ghosts{limit: limit, seen: map[[32]byte]ghost{}} }

func (g *ghosts) lockedUntil(login string) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen[sha256.Sum256([]byte(login))].until
}

func (g *ghosts) fail(login string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := sha256.Sum256([]byte(login))
	h, ok := g.seen[key]
	if !ok && len(g.seen) >= g.limit {
		for victim := range g.seen {
			delete(g.seen, victim)
			break
		}
	}
	h.failures++
	if d := people.LockFor(h.failures); d > 0 {
		h.until = now.Add(d)
	}
	g.seen[key] = h
}
