package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"citygrid/grid/people"

	"github.com/alexedwards/scs/v2"
)

const sessionCookie = "citygrid_session"

// What a session holds. The stamp changes with the password, so every session of
// before is over; touched is when the session was last written, as Unix seconds.
const (
	sessionPerson  = "person"
	sessionStamp   = "stamp"
	sessionTouched = "touched"
)

// touchEvery is how often the last use of a session is written. scs would write
// at every request, which is at every tile.
const touchEvery = time.Minute

func newSessions(c Config) *scs.SessionManager {
	// Not scs.New, which starts a goroutine for a store that we don't use.
	m := &scs.SessionManager{Codec: scs.GobCodec{}, Store: c.Sessions}
	// The store hashes tokens, so m.HashTokenInStore would do it twice.
	m.IdleTimeout, m.Lifetime = c.SessionIdle, c.SessionLife
	if m.IdleTimeout == 0 {
		m.IdleTimeout = 2 * time.Hour
	}
	if m.Lifetime == 0 {
		m.Lifetime = 16 * time.Hour
	}
	m.Cookie.Secure = c.Secure
	m.Cookie.SameSite = http.SameSiteLaxMode // a link in a message may open the map
	return m
}

// stamp ties a session to the password that it was opened with.
func stamp(p people.Person) string {
	sum := sha256.Sum256([]byte("citygrid session\x00" + p.PasswordHash))
	return hex.EncodeToString(sum[:16])
}

// identify finds out who sent a request to route r. Rights and state of the
// person are read from the store each time: a disabled person is out at the next
// request. The context it returns carries the session.
func (s *Server) identify(req *http.Request, r row) (context.Context, *caller, error) {
	ctx := req.Context()
	c := &caller{from: clientAddr(req, s.trusted), local: s.isLocal(req)}
	if r.right == "app" || r.right == "health" {
		return ctx, c, nil // the same for everybody: no need to look
	}
	if r.forDevices() {
		if err := s.identifyDevice(req, c); err != nil || c.device.ID != "" {
			return ctx, c, err
		}
	}
	if _, err := req.Cookie(sessionCookie); r.right == ogcRight && err != nil {
		return ctx, c, s.identifyBasic(ctx, req, c)
	}
	token := ""
	if cookie, err := req.Cookie(sessionCookie); err == nil && len(cookie.Value) <= 128 {
		token = cookie.Value
	}
	loaded, err := s.sessions.Load(ctx, token)
	if err != nil {
		return ctx, c, err
	}
	id := people.ID(s.sessions.GetInt64(loaded, sessionPerson))
	if id == 0 {
		return loaded, c, nil
	}
	p, err := s.store.Person(ctx, id)
	if err != nil && !errors.Is(err, people.ErrNoPerson) {
		return loaded, c, err
	}
	if err != nil || p.Disabled || s.sessions.GetString(loaded, sessionStamp) != stamp(p) {
		return loaded, c, s.endSession(loaded)
	}
	c.person = p
	if s.untouched(loaded) {
		if err := s.touch(ctx, token); err != nil {
			s.log.WarnContext(ctx, "last use of a session not written", slog.Any("err", err))
		}
	}
	return loaded, c, nil
}

// untouched tells if the last use of a session is to be written again.
func (s *Server) untouched(loaded context.Context) bool {
	return time.Now().Unix()-s.sessions.GetInt64(loaded, sessionTouched) >= int64(touchEvery/time.Second)
}

// touchIfOld writes that a session is in use, if that wasn't done for a while.
func (s *Server) touchIfOld(ctx context.Context, token string) error {
	loaded, err := s.sessions.Load(ctx, token)
	if err != nil || !s.untouched(loaded) {
		return err
	}
	return s.touch(ctx, token)
}

// touch writes that the session of token is in use. It takes turns with the end
// of sessions: writing one that was ended meanwhile would bring it back.
func (s *Server) touch(ctx context.Context, token string) error {
	leave, err := s.sessionTurns.enter(ctx, token)
	if err != nil {
		return err
	}
	defer leave()
	loaded, err := s.sessions.Load(ctx, token) // ctx has no session yet, so this reads the store
	if err != nil || s.sessions.GetInt64(loaded, sessionPerson) == 0 {
		return err
	}
	s.sessions.Put(loaded, sessionTouched, time.Now().Unix())
	_, _, err = s.sessions.Commit(loaded)
	return err
}

// openSession gives the session of ctx a new token and the person p. The cookie
// goes into the answer.
func (s *Server) openSession(ctx context.Context, p people.Person) (http.Cookie, error) {
	leave, err := s.sessionTurns.enter(ctx, s.sessions.Token(ctx))
	if err != nil {
		return http.Cookie{}, err
	}
	defer leave()
	if err := s.sessions.Destroy(ctx); err != nil { // whatever it was: nothing of it is kept
		return http.Cookie{}, err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return http.Cookie{}, err
	}
	s.sessions.Put(ctx, sessionPerson, int64(p.ID))
	s.sessions.Put(ctx, sessionStamp, stamp(p))
	s.sessions.Put(ctx, sessionTouched, time.Now().Unix())
	token, _, err := s.sessions.Commit(ctx)
	if err != nil {
		return http.Cookie{}, err
	}
	return s.cookie(token), nil
}

// endSession forgets the session of ctx.
func (s *Server) endSession(ctx context.Context) error {
	token := s.sessions.Token(ctx)
	if token == "" {
		return nil
	}
	leave, err := s.sessionTurns.enter(ctx, token)
	if err != nil {
		return err
	}
	defer leave()
	return s.sessions.Destroy(ctx)
}

// cookie is the session cookie; an empty token takes it away.
func (s *Server) cookie(token string) http.Cookie {
	c := http.Cookie{
		Name: sessionCookie, Value: token, Path: "/",
		HttpOnly: true, Secure: s.sessions.Cookie.Secure, SameSite: s.sessions.Cookie.SameSite,
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}
