package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A guard is the mux that every route goes through, huma's and ours: it asks
// the permissions table before a handler runs. A route without a row is never
// reachable, and build refuses to make a server that has one.
type guard struct {
	s       *Server
	mux     *http.ServeMux
	table   rights
	open    map[string]bool // patterns that have a handler
	strange []string        // patterns that have no row
}

func newGuard(s *Server, table rights) *guard {
	return &guard{s: s, mux: http.NewServeMux(), table: table, open: map[string]bool{}}
}

// HandleFunc registers a handler under "METHOD /route". With ServeHTTP it is
// what huma's adapter asks of a mux.
func (g *guard) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	r, ok := g.table[pattern]
	if !ok {
		g.strange = append(g.strange, pattern)
		return
	}
	g.open[pattern] = true
	g.mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
		visitOf(req.Context()).pattern = r.pattern()
		ctx, c, err := g.s.identify(req, r)
		if err == nil {
			err = c.admit(r)
		}
		ctx = withCaller(ctx, c)
		if err != nil {
			if errors.Is(err, errDevice) {
				w.Header().Set("WWW-Authenticate", `Basic realm="citygrid devices", charset="UTF-8"`)
			}
			if r.right == ogcRight && (errors.Is(err, errLoginNeeded) || problemCode(err) == "login.wrong") {
				w.Header().Set("WWW-Authenticate", `Basic realm="citygrid", charset="UTF-8"`)
			}
			g.s.refused(ctx, r, err)
			g.s.refuse(w, req, err)
			return
		}
		handler(w, req.WithContext(ctx))
	})
}

// ServeHTTP answers what no route matches itself: with a problem below /api and
// /tiles, with a page elsewhere.
func (g *guard) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if _, pattern := g.mux.Handler(req); pattern != "" {
		g.mux.ServeHTTP(w, req)
		return
	}
	allowed := g.methods(req)
	switch {
	case len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		g.s.refuse(w, req, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "this address takes "+strings.Join(allowed, ", ")))
	case strings.HasPrefix(req.URL.Path, "/api/") || strings.HasPrefix(req.URL.Path, "/tiles/") || req.Method != http.MethodGet:
		g.s.refuse(w, req, errNotFound)
	default:
		g.s.notFoundPage(w, req)
	}
}

// methods lists what may be sent to the path of req.
func (g *guard) methods(req *http.Request) []string {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := req.Clone(req.Context())
		other.Method = m
		if _, pattern := g.mux.Handler(other); pattern != "" {
			allowed = append(allowed, m)
		}
	}
	return allowed
}

// check says which routes have no row in the table and which rows no route.
func (g *guard) check() error {
	var errs []error
	for _, p := range g.strange {
		errs = append(errs, fmt.Errorf("route %s has no row in the rights table", p))
	}
	for _, p := range slices.Sorted(maps.Keys(g.table)) {
		if !g.open[p] {
			errs = append(errs, fmt.Errorf("rights table: no route %s", p))
		}
	}
	return errors.Join(errs...)
}

// refused writes to the audit log that a person tried what they may not. It
// doesn't for strangers, who could fill the log, and not more than a few times a
// minute for each person.
func (s *Server) refused(ctx context.Context, r row, err error) {
	c := callerOf(ctx)
	if c.person.ID == 0 || !errors.Is(err, errDenied) {
		return
	}
	if wait := s.refusals.take(fmt.Sprint(c.person.ID), s.now()); wait > 0 {
		return
	}
	if err := s.store.Record(ctx, s.act(ctx, "access.refused", r.pattern(), "")); err != nil {
		s.log.ErrorContext(ctx, "audit of a refusal", "err", err)
	}
}

// A visit is what the outer layers learn from the guard about a request.
type visit struct {
	pattern string // of the permissions table; "" for no route
	started time.Time
}
