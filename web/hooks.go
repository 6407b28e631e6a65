package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/hook"

	"github.com/danielgtaylor/huma/v2"
)

// Webhooks is what the routes of webhooks need of storage. *store.Store has it.
type Webhooks interface {
	Hooks(context.Context) ([]hook.Hook, error)
	Hook(context.Context, hook.ID) (hook.Hook, error)
	AddHook(context.Context, hook.Hook, audit.Act) (hook.Hook, error)
	UpdateHook(context.Context, hook.Hook, audit.Act) (hook.Hook, error)
	RemoveHook(ctx context.Context, id hook.ID, version int64, act audit.Act) error
	DeadLetters(ctx context.Context, id hook.ID, limit int) ([]hook.Dead, int, error)
	DeadLetter(ctx context.Context, id hook.ID, seq int64) (hook.Dead, error)
	Unbury(ctx context.Context, id hook.ID, seq int64) error
}

// HookFields are what an admin says of a webhook.
type HookFields struct {
	Name string `json:"name" minLength:"1" maxLength:"80" doc:"unique"`
	URL  string `json:"url" minLength:"1" maxLength:"2000" doc:"https, or http on the server's own machine" example:"https://desk.example.org/alerts"`
	Off  bool   `json:"off" doc:"nothing is sent, and what happens meanwhile is not kept for it"`
}

// A Hook is another system that is told of alerts.
type Hook struct {
	ID int64 `json:"id"`
	HookFields
	Version  int64      `json:"version" doc:"send it as If-Match with a change"`
	Seq      int64      `json:"seq" doc:"alerts up to this change are delivered, or dead letters"`
	Dead     int        `json:"dead" doc:"how many dead letters there are"`
	Failing  bool       `json:"failing" doc:"the last try failed"`
	Why      string     `json:"why" doc:"why it did"`
	NextTry  *time.Time `json:"next_try" doc:"null: nothing waits"`
	LastSent *time.Time `json:"last_sent" doc:"null: nothing since the server started"`
}

// A DeadLetter is a delivery that was given up.
type DeadLetter struct {
	Seq   int64     `json:"seq"`
	Alert alert.ID  `json:"alert"`
	At    time.Time `json:"at"`
	Tries int       `json:"tries"`
	Why   string    `json:"why"`
}

type (
	hookOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         Hook
	}
	hooksOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Hooks []Hook `json:"hooks" nullable:"false"`
		}
	}
	newHookOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Hook   Hook   `json:"hook"`
			Secret string `json:"secret" doc:"told this once: the receiver checks signatures with it"`
		}
	}
	deadOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Count int          `json:"count"`
			Dead  []DeadLetter `json:"dead" nullable:"false" doc:"the newest 200, newest first"`
		}
	}
	hookInput struct {
		ID int64 `path:"id" minimum:"1"`
	}
	deadInput struct {
		ID  int64 `path:"id" minimum:"1"`
		Seq int64 `path:"seq" minimum:"1"`
	}
	changeHookInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match" doc:"the version that the change starts from"`
		Body    edit[HookFields]
	}
	removeHookInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match" doc:"the version that is removed"`
	}
)

func (s *Server) hookRoutes() {
	tags := []string{"hooks"}
	const path = "/api/hooks"
	handle(s, huma.Operation{
		OperationID: "listHooks", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "Webhooks: other systems that are told of alerts, and how it goes with them",
	}, s.listHooks)
	handle(s, huma.Operation{
		OperationID: "addHook", Method: http.MethodPost, Path: path, Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Add a webhook and draw its secret", Description: "The secret is told this once. It is told what happens from now on. 409 hooks.taken: another has this name.",
	}, s.addHook)
	handle(s, huma.Operation{
		OperationID: "changeHook", Method: http.MethodPatch, Path: path + "/{id}", Tags: tags,
		Summary: "Change a webhook: the fields that are sent", Description: "412 stale: somebody else changed it.",
	}, s.changeHook)
	handle(s, huma.Operation{
		OperationID: "removeHook", Method: http.MethodDelete, Path: path + "/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Remove a webhook with its dead letters",
	}, s.removeHook)
	handle(s, huma.Operation{
		OperationID: "giveHookSecret", Method: http.MethodPost, Path: path + "/{id}/secret", Tags: tags,
		Summary: "Draw a new secret for a webhook", Description: "The next delivery is signed with it.",
	}, s.giveHookSecret)
	handle(s, huma.Operation{
		OperationID: "testHook", Method: http.MethodPost, Path: path + "/{id}/test", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Post a message of type test once", Description: "502 hooks.failed: the receiver didn't take it; detail says why.",
	}, s.testHook)
	handle(s, huma.Operation{
		OperationID: "listDeadLetters", Method: http.MethodGet, Path: path + "/{id}/dead", Tags: tags,
		Summary: "What a webhook's receiver didn't take",
	}, s.listDead)
	handle(s, huma.Operation{
		OperationID: "sendDeadLetter", Method: http.MethodPost, Path: path + "/{id}/dead/{seq}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Send a dead letter again, as its alert is now", Description: "It leaves the list when it is taken. 502 hooks.failed: it wasn't.",
	}, s.sendDead)
	handle(s, huma.Operation{
		OperationID: "dropDeadLetter", Method: http.MethodDelete, Path: path + "/{id}/dead/{seq}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Take a dead letter off the list",
	}, s.dropDead)
}

func (s *Server) showHook(ctx context.Context, h hook.Hook) (Hook, error) {
	_, dead, err := s.store.DeadLetters(ctx, h.ID, 0)
	if err != nil {
		return Hook{}, err
	}
	out := Hook{ID: int64(h.ID), HookFields: HookFields{h.Name, h.URL, h.Off}, Version: h.Version, Seq: h.Seq, Dead: dead}
	if s.hooks != nil && !h.Off {
		st := s.hooks.Status(h.ID)
		out.Failing, out.Why, out.NextTry, out.LastSent = st.Failing, st.Why, timeOrNull(st.Next), timeOrNull(st.Last)
	}
	return out, nil
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (s *Server) answerHook(ctx context.Context, h hook.Hook) (*hookOutput, error) {
	shown, err := s.showHook(ctx, h)
	if err != nil {
		return nil, err
	}
	return &hookOutput{etag(h.Version), noStore, shown}, nil
}

func (s *Server) listHooks(ctx context.Context, _ *struct{}) (*hooksOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	all, err := s.store.Hooks(ctx)
	if err != nil {
		return nil, err
	}
	out := &hooksOutput{CacheControl: noStore}
	out.Body.Hooks = make([]Hook, len(all))
	for i, h := range all {
		if out.Body.Hooks[i], err = s.showHook(ctx, h); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// host is what the audit log says of an address: its path may hold a receiver's key.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func hookObject(id hook.ID) string { return fmt.Sprintf("hook/%d", id) }

func (s *Server) addHook(ctx context.Context, in *addInput[HookFields]) (*newHookOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	var fields HookFields
	if err := in.Body.apply(&fields); err != nil {
		return nil, err
	}
	h := hook.Hook{Name: fields.Name, URL: fields.URL, Off: fields.Off, Secret: register.NewSecret()}
	h, err := s.store.AddHook(ctx, h, s.act(ctx, "hook.add", "", "to "+host(h.URL)))
	if err != nil {
		return nil, err
	}
	return s.tellSecret(ctx, h)
}

func (s *Server) tellSecret(ctx context.Context, h hook.Hook) (*newHookOutput, error) {
	shown, err := s.showHook(ctx, h)
	if err != nil {
		return nil, err
	}
	out := &newHookOutput{ETag: etag(h.Version), CacheControl: noStore}
	out.Body.Hook, out.Body.Secret = shown, h.Secret
	return out, nil
}

// hookAt is a webhook as the caller has read it.
func (s *Server) hookAt(ctx context.Context, id int64, header string) (h hook.Hook, err error) {
	if err := s.wholeBureau(ctx); err != nil {
		return h, err
	}
	version, err := ifMatch(header)
	if err != nil {
		return h, err
	}
	if h, err = s.store.Hook(ctx, hook.ID(id)); err != nil {
		return h, err
	}
	if h.Version != version {
		return h, s.stale(ctx, hookObject(h.ID), h.Version)
	}
	return h, nil
}

func (s *Server) changeHook(ctx context.Context, in *changeHookInput) (*hookOutput, error) {
	h, err := s.hookAt(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	fields := HookFields{h.Name, h.URL, h.Off}
	if err := in.Body.apply(&fields); err != nil {
		return nil, err
	}
	h.Name, h.URL, h.Off = fields.Name, fields.URL, fields.Off
	if h, err = s.store.UpdateHook(ctx, h, s.act(ctx, "hook.change", hookObject(h.ID), in.Body.what())); err != nil {
		return nil, err
	}
	return s.answerHook(ctx, h)
}

func (s *Server) removeHook(ctx context.Context, in *removeHookInput) (*struct{}, error) {
	h, err := s.hookAt(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	return nil, s.store.RemoveHook(ctx, h.ID, h.Version, s.act(ctx, "hook.remove", hookObject(h.ID), h.Name))
}

func (s *Server) giveHookSecret(ctx context.Context, in *removeHookInput) (*newHookOutput, error) {
	h, err := s.hookAt(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	h.Secret = register.NewSecret()
	if h, err = s.store.UpdateHook(ctx, h, s.act(ctx, "hook.secret", hookObject(h.ID), "")); err != nil {
		return nil, err
	}
	return s.tellSecret(ctx, h)
}

// reachHook is a webhook that something is to be sent to now.
func (s *Server) reachHook(ctx context.Context, id int64) (h hook.Hook, err error) {
	if err := s.wholeBureau(ctx); err != nil {
		return h, err
	}
	if s.hooks == nil {
		return h, errNoRoom
	}
	return s.store.Hook(ctx, hook.ID(id))
}

// sent says what became of a delivery that somebody waits for.
func sent(err error) error {
	if err == nil {
		return nil
	}
	if _, ours := problemOf(err); ours && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return newProblem(http.StatusBadGateway, "hooks.failed", err.Error())
}

func (s *Server) testHook(ctx context.Context, in *hookInput) (*struct{}, error) {
	h, err := s.reachHook(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(ctx, "hook.test", hookObject(h.ID), "to "+host(h.URL))); err != nil {
		return nil, err
	}
	return nil, sent(s.hooks.Try(ctx, h))
}

func (s *Server) listDead(ctx context.Context, in *hookInput) (*deadOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	all, count, err := s.store.DeadLetters(ctx, hook.ID(in.ID), 200)
	if err != nil {
		return nil, err
	}
	out := &deadOutput{CacheControl: noStore}
	out.Body.Count, out.Body.Dead = count, make([]DeadLetter, len(all))
	for i, d := range all {
		out.Body.Dead[i] = DeadLetter{d.Seq, d.Alert, d.At.UTC(), d.Tries, d.Why}
	}
	return out, nil
}

func (s *Server) sendDead(ctx context.Context, in *deadInput) (*struct{}, error) {
	h, err := s.reachHook(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(ctx, "hook.resend", hookObject(h.ID), fmt.Sprintf("change %d", in.Seq))); err != nil {
		return nil, err
	}
	return nil, sent(s.hooks.Again(ctx, h, in.Seq))
}

func (s *Server) dropDead(ctx context.Context, in *deadInput) (*struct{}, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	dead, err := s.store.DeadLetter(ctx, hook.ID(in.ID), in.Seq)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("alert %d, change %d", dead.Alert, dead.Seq)
	if err := s.store.Record(ctx, s.act(ctx, "hook.drop", hookObject(dead.Hook), what)); err != nil {
		return nil, err
	}
	return nil, s.store.Unbury(ctx, dead.Hook, dead.Seq)
}
