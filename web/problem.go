package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/hook"
	"citygrid/live/ingest"
	"citygrid/live/room"
	"citygrid/routing/path"
	"citygrid/routing/patrol"

	"github.com/danielgtaylor/huma/v2"
)

// A Problem is an error as the browser gets it: RFC 9457 problem details with a
// code, so that the app can say it in the reader's language.
type Problem struct {
	Type   string         `json:"type" example:"about:blank" doc:"always about:blank: the code says which problem it is"`
	Title  string         `json:"title" example:"Unauthorized" doc:"the HTTP status in words"`
	Status int            `json:"status" example:"401"`
	Detail string         `json:"detail" example:"login or password is wrong" doc:"in English; to show something, translate the code"`
	Code   string         `json:"code" example:"login.wrong" doc:"names the problem, stable between versions"`
	Errors []ProblemField `json:"errors,omitempty" nullable:"false" doc:"what is wrong with which part of the request"`

	Faults []Fault `json:"faults,omitempty" nullable:"false" doc:"what is wrong with a file, a plan or a drawing, and where"`

	RetryAfterS int         `json:"retry_after_s,omitempty" doc:"seconds to wait before trying again"`
	Version     int64       `json:"version,omitempty" doc:"with code stale: the version now stored"`
	ChangedBy   string      `json:"changed_by,omitempty" doc:"with code stale: the login that made the last change, where known"`
	By          *PersonName `json:"by,omitempty" doc:"with code draft.changed: who made the last change"`
	At          *time.Time  `json:"at,omitempty" doc:"with code draft.changed: when"`
	What        []string    `json:"what,omitempty" nullable:"false" doc:"with code draft.changed: the operations since the version that was read"`

	End       string  `json:"end,omitempty" enum:"from,to,via" doc:"with code route.off_network: which point of the route"`
	Via       int     `json:"via,omitempty" doc:"with code route.off_network and end via: which one of them, from 1"`
	DistanceM float64 `json:"distance_m,omitempty" doc:"with code route.off_network: metres to the nearest street that can be used; 0 when none is near"`
	RequestID string  `json:"request_id,omitempty" doc:"stands in the server's log too"`
}

// A ProblemField says which part of a request is wrong. It doesn't repeat the
// value: that may be a password.
type ProblemField struct {
	Location string `json:"location" example:"body.name"`
	Message  string `json:"message"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus and ContentType are what huma asks of an error.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType turns JSON into problem+json.
func (p *Problem) ContentType(ct string) string {
	if ct == "application/json" {
		return "application/problem+json"
	}
	return ct
}

// GetHeaders adds Retry-After where the problem goes away by waiting.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.RetryAfterS > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfterS))
	}
	return h
}

func newProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func retryLater(status int, code, detail string, wait time.Duration) *Problem {
	p := newProblem(status, code, detail)
	p.RetryAfterS = max(1, int((wait+time.Second-1)/time.Second))
	return p
}

// invalid is a request whose part at location (body.name, query.at) breaks a rule.
func invalid(code, location, format string, args ...any) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, code, fmt.Sprintf(format, args...))
	p.Errors = []ProblemField{{Location: location, Message: p.Detail}}
	return p
}

// Refusals that several handlers give.
var (
	errLoginNeeded = errors.New("log in first")
	errDenied      = errors.New("your roles do not allow this")
	errMustChange  = errors.New("change your password first")
	errNotFound    = errors.New("there is no such thing")
	errNoMap       = errors.New("no map has been imported yet")
	errBusy        = errors.New("the server is busy")
)

// problemOf turns an error into what the browser is told. It is the only place
// that knows statuses for errors of other packages. What it doesn't know is an
// internal error, and known is false: the caller logs it in full.
func problemOf(err error) (p *Problem, known bool) {
	if errors.As(err, &p) {
		copied := *p // a request id is added to it
		return &copied, true
	}
	if off := (*path.OffNetworkError)(nil); errors.As(err, &off) {
		p := invalid("route.off_network", "query."+string(off.End), "%s", off.Error())
		p.End, p.DistanceM = string(off.End), float64(off.Nearest)
		return p, true
	}
	if field := (*people.FieldError)(nil); errors.As(err, &field) {
		return invalid("people.invalid", "body."+field.Field, "%s", field.What), true
	}
	if area := (*grid.AreaError)(nil); errors.As(err, &area) && !errors.Is(err, grid.ErrAreaInUse) {
		return invalid("areas.invalid", "body."+area.Field, "%s", area.What), true
	}
	if entry := (*register.FieldError)(nil); errors.As(err, &entry) {
		return entryProblem(entry), true
	}
	if field := (*hook.FieldError)(nil); errors.As(err, &field) {
		return invalid("hooks.invalid", "body."+field.Field, "%s", field.What), true
	}
	if field := (*zone.FieldError)(nil); errors.As(err, &field) {
		return zoneProblem(field), true
	}
	if p, ok := draftProblem(err); ok {
		return p, true
	}
	for _, e := range []struct {
		is     error
		status int
		code   string
	}{
		{errLoginNeeded, http.StatusUnauthorized, "login.needed"},
		{errDenied, http.StatusForbidden, "access.denied"},
		{errMustChange, http.StatusForbidden, "password.must_change"},
		{errNotFound, http.StatusNotFound, "not_found"},
		{errNoMap, http.StatusServiceUnavailable, "map.none"},
		{errNoRoom, http.StatusServiceUnavailable, "room.none"},
		{room.ErrNoMap, http.StatusServiceUnavailable, "map.none"},
		{room.ErrNoTruck, http.StatusConflict, "tows.no_truck"},
		{room.ErrNoPound, http.StatusConflict, "tows.no_pound"},
		{room.ErrNoUnit, http.StatusNotFound, "plans.no_unit"},
		{room.ErrNotHeld, http.StatusUnprocessableEntity, "campaigns.not_held"},
		{room.ErrOver, http.StatusConflict, "campaigns.over"},
		{room.ErrNobody, http.StatusConflict, "campaigns.nobody"},
		{patrol.ErrRequest, http.StatusUnprocessableEntity, "campaigns.too_large"},
		{room.ErrNoItem, http.StatusNotFound, "plans.no_item"},
		{room.ErrTeams, http.StatusConflict, "plans.teams"},
		{room.ErrOrders, http.StatusUnprocessableEntity, "plans.orders"},
		{dispatch.ErrMoved, http.StatusConflict, "plans.moved"},
		{alert.ErrNoAlert, http.StatusNotFound, "not_found"},
		{alert.ErrClosed, http.StatusConflict, "alerts.closed"},
		{alert.ErrState, http.StatusConflict, "alerts.state"},
		{alert.ErrDone, http.StatusConflict, "alerts.done"},
		{alert.ErrFull, http.StatusConflict, "alerts.full"},
		{alert.ErrNote, http.StatusUnprocessableEntity, "alerts.note"},
		{alert.ErrOutcome, http.StatusUnprocessableEntity, "alerts.outcome"},
		{dispatch.ErrNoTask, http.StatusNotFound, "not_found"},
		{dispatch.ErrNotYours, http.StatusNotFound, "not_found"},
		{dispatch.ErrDone, http.StatusConflict, "tasks.done"},
		{dispatch.ErrDeclined, http.StatusConflict, "tasks.declined"},
		{dispatch.ErrRecalled, http.StatusConflict, "tasks.recalled"},
		{dispatch.ErrState, http.StatusConflict, "tasks.state"},
		{dispatch.ErrNote, http.StatusUnprocessableEntity, "tasks.note"},
		{dispatch.ErrKeyUsed, http.StatusConflict, "key_used"},
		{ingest.ErrBatch, http.StatusRequestEntityTooLarge, "report.too_many"},
		{errDecided, http.StatusConflict, "closures.decided"},
		{path.ErrNoRoute, http.StatusNotFound, "route.none"},
		{people.ErrDisabled, http.StatusUnauthorized, "login.wrong"}, // disabled while logging in
		{people.ErrNoPerson, http.StatusNotFound, "not_found"},
		{people.ErrStale, http.StatusPreconditionFailed, "stale"},
		{people.ErrLoginTaken, http.StatusConflict, "people.login_taken"},
		{people.ErrLastAdmin, http.StatusConflict, "people.last_admin"},
		{grid.ErrNoArea, http.StatusNotFound, "not_found"},
		{grid.ErrStale, http.StatusPreconditionFailed, "stale"},
		{grid.ErrAreaInUse, http.StatusConflict, "areas.in_use"},
		{grid.ErrNoPlan, http.StatusNotFound, "plan.none"},
		{grid.ErrPlan, http.StatusUnprocessableEntity, "plan.invalid"},
		{zone.ErrNoZone, http.StatusNotFound, "not_found"},
		{zone.ErrStale, http.StatusPreconditionFailed, "stale"},
		{hook.ErrNoHook, http.StatusNotFound, "not_found"},
		{hook.ErrNoDead, http.StatusNotFound, "not_found"},
		{hook.ErrStale, http.StatusPreconditionFailed, "stale"},
		{hook.ErrTaken, http.StatusConflict, "hooks.taken"},
		{hook.ErrFull, http.StatusConflict, "hooks.full"},
		{register.ErrNone, http.StatusNotFound, "not_found"},
		{register.ErrStale, http.StatusPreconditionFailed, "stale"},
		{register.ErrInUse, http.StatusConflict, "registers.in_use"},
	} {
		if errors.Is(err, e.is) {
			return newProblem(e.status, e.code, err.Error()), true
		}
	}
	switch {
	case errors.Is(err, errBusy), errors.Is(err, ingest.ErrBusy), errors.Is(err, ingest.ErrStopped):
		return retryLater(http.StatusServiceUnavailable, "busy", err.Error(), 2*time.Second), true
	case errors.Is(err, context.DeadlineExceeded):
		return retryLater(http.StatusServiceUnavailable, "timeout", "this took too long and was given up", 5*time.Second), true
	case errors.Is(err, context.Canceled):
		return newProblem(499, "cancelled", "the request was given up"), true
	}
	if t := temporary(nil); errors.As(err, &t) && t.Temporary() { // logged once, where it was found
		return retryLater(http.StatusServiceUnavailable, "unkept", "this can't be kept now, see /readyz: send it again later", 5*time.Second), true
	}
	return newProblem(http.StatusInternalServerError, "internal", "internal error"), false
}

// temporary is an error of something outside that may be well again later, such as a full
// disk.
type temporary interface {
	error
	Temporary() bool
}

// entryProblem is a rule that an entry of a register broke.
func entryProblem(e *register.FieldError) *Problem {
	what := e.What
	if e.Mend != "" {
		what += ": " + e.Mend
	}
	p := invalid("registers.invalid", "body."+e.Field, "%s", what)
	for _, c := range []struct {
		rule error
		code string
	}{
		{register.ErrTaken, "registers.taken"},
		{register.ErrOverlap, "shifts.overlap"},
		{register.ErrBound, "devices.bound"},
	} {
		if errors.Is(e, c.rule) {
			p.Status, p.Title, p.Code = http.StatusConflict, http.StatusText(http.StatusConflict), c.code
		}
	}
	return p
}

// problem is problemOf with the request's id, and logs what it doesn't know.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	p, known := problemOf(err)
	p.RequestID = requestID(ctx)
	if p.Title == "" {
		p.Title = http.StatusText(p.Status)
	}
	if !known {
		s.log.ErrorContext(ctx, "internal error", slog.String("request", p.RequestID), slog.Any("err", err))
	}
	return p
}

// refuse writes err as the answer, for handlers that aren't huma's.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.log.DebugContext(r.Context(), "answer not delivered", slog.Any("err", err))
	}
}

// asProblem is a huma transformer: huma's own errors (a parameter out of range,
// JSON that isn't) become Problems too, and lose the values that they echo.
func asProblem(ctx huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code := "request.invalid"
	switch e.Status {
	case http.StatusRequestEntityTooLarge:
		code = "request.too_large"
	case http.StatusUnsupportedMediaType:
		code = "request.media_type"
	case http.StatusRequestTimeout:
		code = "timeout"
	}
	p := newProblem(e.Status, code, e.Detail)
	p.RequestID = requestID(ctx.Context())
	for _, d := range e.Errors {
		if d != nil {
			p.Errors = append(p.Errors, ProblemField{Location: d.Location, Message: d.Message})
		}
	}
	return p, nil
}

// problemCode is the code of err; "" when it isn't a Problem.
func problemCode(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}
