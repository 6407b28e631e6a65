package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"sync"
	"time"

	"citygrid/grid/people"
)

// Map programs that read our collections don't log in and keep a cookie: they send a
// login and its password with each request, as HTTP Basic. On the routes of the
// standard alone that is taken for a login: it counts, locks and is written down like
// one, and what it may see is what the permissions table says.

// ogcRight is the right of the routes that take HTTP Basic from people.
const ogcRight = "ogc.read"

// provenFor is how long a login that was proved isn't proved again: a hash for each
// tile of a map would be too slow. A new password ends it at once.
const provenFor = 5 * time.Minute

// proven are logins that were proved lately. It remembers a bounded number and forgets
// all of them when full.
type proven struct {
	mu    sync.Mutex // guards until
	until map[[32]byte]time.Time
}

const mostProven = 1000

func (p *proven) has(key [32]byte, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.until[key])
}

func (p *proven) add(key [32]byte, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil || len(p.until) >= mostProven {
		p.until = map[[32]byte]time.Time{}
	}
	p.until[key] = until
}

// identifyBasic finds out who sent a request with HTTP Basic; nobody when it has none.
func (s *Server) identifyBasic(ctx context.Context, req *http.Request, c *caller) error {
	login, password, ok := req.BasicAuth()
	if !ok || login == "" {
		return nil
	}
	login = tidyLogin(login)
	p, err := s.store.PersonByLogin(ctx, login)
	if err != nil && !errors.Is(err, people.ErrNoPerson) {
		return err
	}
	key := sha256.Sum256([]byte(login + "\x00" + password + "\x00" + stamp(p)))
	if err == nil && !p.Disabled && s.proven.has(key, s.now()) {
		c.person = p
		return nil
	}
	if p, err = s.logIn(withCaller(ctx, c), login, password); err != nil {
		return err
	}
	s.proven.add(sha256.Sum256([]byte(login+"\x00"+password+"\x00"+stamp(p))), s.now().Add(provenFor))
	c.person = p
	return nil
}
