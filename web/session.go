package web

import (
	"context"
	"net/http"
	"time"

	"citygrid/grid/people"

	"github.com/danielgtaylor/huma/v2"
)

// Settings are the bureau's, as the browser sees and setup makes them.
type Settings struct {
	Bureau   map[string]string // name by language
	TimeZone string            // IANA name
	Region   string            // ISO 3166 country code: holidays, formats
	Language string            // of whoever has not chosen one
}

// A Grant is a role bound to an area and all areas below it.
type Grant struct {
	Role people.Role `json:"role" enum:"dispatcher,call-taker,team-leader,officer,driver,planner,police,admin,auditor"`
	Area int64       `json:"area" minimum:"1" doc:"id of the area; the role holds there and in all areas below"`
}

// A SessionPerson is who is logged in.
type SessionPerson struct {
	ID         int64    `json:"id"`
	Login      string   `json:"login"`
	Name       string   `json:"name"`
	MustChange bool     `json:"must_change" doc:"the password was given by somebody else: nothing works before it is changed"`
	Grants     []Grant  `json:"grants" nullable:"false"`
	Rights     []string `json:"rights" nullable:"false" doc:"what this person may do, e.g. map.view, search, route, people.read"`
}

// A SessionInfo is all that the app must know before it shows anything.
type SessionInfo struct {
	Person      *SessionPerson    `json:"person" doc:"null when nobody is logged in"`
	Bureau      map[string]string `json:"bureau" doc:"the bureau's name by language (zh-CN, en)"`
	TimeZone    string            `json:"time_zone" doc:"IANA name" example:"America/New_York"`
	Language    string            `json:"language" doc:"of somebody who has not chosen one" example:"en"`
	SetupNeeded bool              `json:"setup_needed" doc:"the bureau is not set up: show /setup"`
	Demo        bool              `json:"demo"`
	Version     string            `json:"version" doc:"of the program"`
	Clock       Clock             `json:"clock"`
}

// A Clock is what time it is on the server, which a demo lets run faster.
type Clock struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed" doc:"seconds of this clock in a second"`
}

// TransformSchema says that nobody may be logged in.
func (SessionInfo) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "person")
}

type sessionOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	Body         SessionInfo
}

type noContent struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

func (s *Server) sessionRoutes() {
	handle(s, huma.Operation{
		OperationID: "getSession", Method: http.MethodGet, Path: "/api/session", Tags: []string{"session"},
		Summary: "Who is logged in, and what the app must know at its start",
	}, func(ctx context.Context, _ *struct{}) (*sessionOutput, error) {
		info, err := s.sessionInfo(ctx, callerOf(ctx).person)
		return &sessionOutput{CacheControl: noStore, Body: info}, err
	})

	handle(s, huma.Operation{
		OperationID: "logIn", Method: http.MethodPost, Path: "/api/session", Tags: []string{"session"},
		Summary:     "Log in",
		Description: "401 login.wrong: login or password is wrong. 423 login.locked: locked after five failures, for retry_after_s. 429 login.too_many: too many attempts from this address.",
	}, func(ctx context.Context, in *struct {
		Body struct {
			Login    string `json:"login" maxLength:"200"`
			Password string `json:"password" maxLength:"1000"`
		}
	},
	) (*sessionOutput, error) {
		p, err := s.logIn(ctx, in.Body.Login, in.Body.Password)
		if err != nil {
			return nil, err
		}
		cookie, err := s.openSession(ctx, p)
		if err != nil {
			return nil, err
		}
		info, err := s.sessionInfo(ctx, p)
		return &sessionOutput{CacheControl: noStore, SetCookie: []http.Cookie{cookie}, Body: info}, err
	})

	handle(s, huma.Operation{
		OperationID: "logOut", Method: http.MethodDelete, Path: "/api/session", Tags: []string{"session"},
		Summary: "Log out", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*noContent, error) {
		if c := callerOf(ctx); c.person.ID != 0 {
			if err := s.endSession(ctx); err != nil {
				return nil, err
			}
			s.recheck(c.person.ID)
			if err := s.store.Record(ctx, s.act(ctx, "session.logout", personObject(c.person.ID), "")); err != nil {
				return nil, err
			}
		}
		return &noContent{SetCookie: []http.Cookie{s.cookie("")}}, nil
	})

	handle(s, huma.Operation{
		OperationID: "changePassword", Method: http.MethodPut, Path: "/api/session/password", Tags: []string{"session"},
		Summary: "Change one's own password", DefaultStatus: http.StatusNoContent,
		Description: "Ends all other sessions of this person. 422 password.old_wrong, password.short (fewer than 10 characters), password.own (login, name or bureau), password.common, password.same.",
	}, func(ctx context.Context, in *struct {
		Body struct {
			Old string `json:"old" maxLength:"1000"`
			New string `json:"new" maxLength:"1000"`
		}
	},
	) (*noContent, error) {
		cookie, err := s.changePassword(ctx, in.Body.Old, in.Body.New)
		return &noContent{SetCookie: []http.Cookie{cookie}}, err
	})
}

// noStore keeps answers about people out of every cache.
const noStore = "no-store"

func (s *Server) sessionInfo(ctx context.Context, p people.Person) (SessionInfo, error) {
	set, err := s.store.Settings(ctx)
	if err != nil {
		return SessionInfo{}, err
	}
	info := SessionInfo{
		Bureau: set.Bureau, TimeZone: set.TimeZone, Language: set.Language,
		Demo: s.demo, Version: s.version, Clock: Clock{Now: s.now().UTC(), Speed: s.speed},
	}
	if info.Bureau == nil {
		info.Bureau = map[string]string{}
	}
	if p.ID == 0 {
		info.SetupNeeded, err = s.store.NeedsSetup(ctx)
		return info, err
	}
	roles := make([]people.Role, len(p.Grants))
	for i, g := range p.Grants {
		roles[i] = g.Role
	}
	info.Person = &SessionPerson{
		ID: int64(p.ID), Login: p.Login, Name: p.Name, MustChange: p.MustChange,
		Grants: grantsOf(p), Rights: s.guard.table.of(roles...),
	}
	return info, nil
}

// changePassword gives the caller a new password and a new session. Wrong old
// passwords count as failed logins: a borrowed screen is no way to guess.
func (s *Server) changePassword(ctx context.Context, old, fresh string) (cookie http.Cookie, err error) {
	c := callerOf(ctx)
	address := addressKey(c.from)
	if wait := s.logins.take(address, s.now()); wait > 0 {
		return cookie, tooMany("login.too_many", wait)
	}
	leave, err := s.loginTurns.enter(ctx, c.person.Login)
	if err != nil {
		return cookie, err
	}
	defer leave()
	p, err := s.store.Person(ctx, c.person.ID)
	if err != nil {
		return cookie, err
	}
	if err := s.locked(p.LockedUntil); err != nil {
		return cookie, err
	}
	right, err := s.hasher.matches(ctx, old, p.PasswordHash)
	if err != nil {
		return cookie, err
	}
	if !right {
		if err := s.loginFailed(ctx, p, true, p.Login); problemCode(err) != "login.wrong" {
			return cookie, err
		}
		return cookie, invalid("password.old_wrong", "body.old", "the old password is wrong")
	}
	s.logins.giveBack(address, s.now())
	if old == fresh {
		return cookie, invalid("password.same", "body.new", "the new password is the old one")
	}
	if err := s.checkPassword(ctx, "body.new", fresh, p); err != nil {
		return cookie, err
	}
	hash, err := s.hasher.hash(ctx, fresh)
	if err != nil {
		return cookie, err
	}
	if err := s.store.SetPassword(ctx, p.ID, hash, false, s.act(ctx, "session.password", personObject(p.ID), "")); err != nil {
		return cookie, err
	}
	p.PasswordHash = hash
	s.recheck(p.ID)
	return s.openSession(ctx, p)
}

// checkPassword checks a new password of p against the rules.
func (s *Server) checkPassword(ctx context.Context, location, password string, p people.Person) error {
	set, err := s.store.Settings(ctx)
	if err != nil {
		return err
	}
	own := []string{p.Login, p.Name}
	for _, name := range set.Bureau {
		own = append(own, name)
	}
	return s.hasher.check(location, password, own...)
}

func grantsOf(p people.Person) []Grant {
	grants := make([]Grant, len(p.Grants))
	for i, g := range p.Grants {
		grants[i] = Grant{Role: g.Role, Area: int64(g.Area)}
	}
	return grants
}
