package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"citygrid/grid/register"
	"citygrid/live/room"
	"citygrid/routing/closure"

	"github.com/danielgtaylor/huma/v2"
)

// ClosureFields are what people say of a closure.
type ClosureFields struct {
	Reason     string            `json:"reason" maxLength:"200" doc:"why, in a line"`
	Drawn      Drawing           `json:"drawn" doc:"which streets: picked (MultiPoint, 50 m around), along a line or crossed by it (LineString), or in an area (Polygon)"`
	Direction  closure.Direction `json:"direction" enum:"both,along,against" doc:"along is that of the line; of streets that were picked, that in which the map draws them. both if left out"`
	Profiles   []string          `json:"profiles" nullable:"false" doc:"whom it concerns, such as car; none: all"`
	SpeedKmh   *float64          `json:"speed_kmh" doc:"not closed, but no faster than that"`
	SpeedShare *float64          `json:"speed_share" doc:"not closed, but slower: what remains of the usual speed"`
	From       *time.Time        `json:"from" doc:"null or left out: now"`
	To         *time.Time        `json:"to" doc:"null: until it is taken back"`
	Calendar   Calendar          `json:"calendar" doc:"when in between; null is always"`
}

// A Closure is a street that is closed or slower for a time.
type Closure struct {
	ID         int64             `json:"id"`
	Version    int64             `json:"version" doc:"send it as If-Match with a change"`
	State      closure.State     `json:"state" enum:"proposed,approved,declined" doc:"only what is approved holds"`
	Reason     string            `json:"reason"`
	Drawn      Drawing           `json:"drawn"`
	Direction  closure.Direction `json:"direction" enum:"both,along,against"`
	Profiles   []string          `json:"profiles" nullable:"false" doc:"none: all"`
	SpeedKmh   *float64          `json:"speed_kmh" doc:"null: no such limit; closed if speed_share is null too"`
	SpeedShare *float64          `json:"speed_share"`
	From       time.Time         `json:"from"`
	To         *time.Time        `json:"to" doc:"null: until it is taken back"`
	Calendar   Calendar          `json:"calendar"`
	When       Names             `json:"when" doc:"the calendar in words, by language"`
	Active     bool              `json:"active" doc:"it holds now"`
	NextChange *time.Time        `json:"next_change" doc:"when it begins or ends to hold; null when never"`
	Missing    int               `json:"missing" doc:"stretches of street that the present map doesn't have any more"`
	By         *PersonName       `json:"by" doc:"who drew it"`
	Decided    *PersonName       `json:"decided" doc:"who approved or declined it"`
	Walks      []room.CutWalk    `json:"walks" nullable:"false" doc:"walks that have still to go along its streets, of the teams whose walks the caller sees: while it closes them for people on foot"`
	MayChange  bool              `json:"may_change" doc:"the caller may change it or take it back"`
	MayDecide  bool              `json:"may_decide" doc:"the caller may approve or decline it"`
	ClosureStreets
}

// ClosureStreets are the streets that a closure means.
type ClosureStreets struct {
	Streets  Lines    `json:"streets" doc:"from junction to junction, in the direction concerned"`
	Names    []string `json:"names" nullable:"false" doc:"of the streets, the longest first"`
	Segments int      `json:"segments" doc:"stretches of street from junction to junction"`
	LengthM  float64  `json:"length_m"`
}

type (
	closureOutput = entryOutput[Closure]

	closuresOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Closures []Closure `json:"closures" nullable:"false"`
		}
	}
	closurePreviewOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			ClosureStreets
			Holds bool `json:"holds" doc:"it would hold; else it would be proposed to a dispatcher"`
		}
	}
)

const maxClosureBody = 256 << 10

// Rows of the permissions table: who says what is closed, and who draws.
const (
	decidesClosures = "POST /api/closures/{id}/approve"
	drawsClosures   = "POST /api/closures"
)

func (s *Server) closureRoutes() {
	const path, one = "/api/closures", "/api/closures/{id}"
	tags := []string{"closures"}
	handle(s, huma.Operation{
		OperationID: "listClosures", Method: http.MethodGet, Path: path, Tags: tags,
		Summary:     "Streets that are closed or slower, now or later",
		Description: "Proposals are listed for those who may draw closures.",
	}, s.listClosures)
	handle(s, huma.Operation{
		OperationID: "previewClosure", Method: http.MethodPost, Path: path + "/preview", Tags: tags, MaxBodyBytes: maxClosureBody,
		Summary: "The streets that a drawing means", Description: "Nothing is kept.",
	}, s.previewClosure)
	handle(s, huma.Operation{
		OperationID: "addClosure", Method: http.MethodPost, Path: path, Tags: tags, MaxBodyBytes: maxClosureBody, DefaultStatus: http.StatusCreated,
		Summary:     "Close a street, or make it slower, for a time",
		Description: "Drawn by a dispatcher it is approved, and holds when the answer comes; by others it is proposed.",
	}, s.addClosure)
	handle(s, huma.Operation{
		OperationID: "changeClosure", Method: http.MethodPatch, Path: one, Tags: tags, MaxBodyBytes: maxClosureBody,
		Summary:     "Change a closure: the fields that are sent",
		Description: "Who isn't a dispatcher changes their own proposals. 412 stale: somebody else changed it.",
	}, s.changeClosure)
	handle(s, huma.Operation{
		OperationID: "removeClosure", Method: http.MethodDelete, Path: one, Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Take a closure back", Description: "The streets are open when the answer comes.",
	}, s.removeClosure)
	for verb, to := range map[string]closure.State{"approve": closure.Approved, "decline": closure.Declined} {
		handle(s, huma.Operation{
			OperationID: verb + "Closure", Method: http.MethodPost, Path: one + "/" + verb, Tags: tags,
			Summary: map[string]string{"approve": "Have a proposed closure hold", "decline": "Turn a proposed closure down"}[verb],
		}, func(ctx context.Context, in *removeInput[closure.ID]) (*closureOutput, error) {
			return s.decideClosure(ctx, in, verb, to)
		})
	}
}

func (s *Server) listClosures(ctx context.Context, in *struct {
	Lang  string `query:"lang" maxLength:"35" doc:"language of street names: zh-CN, en"`
	Ended bool   `query:"ended" doc:"also those that have ended"`
},
) (*closuresOutput, error) {
	w, err := s.closing(ctx)
	if err != nil {
		return nil, err
	}
	w.lang = in.Lang
	all, err := s.store.Closures(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.people.fill(ctx); err != nil {
		return nil, err
	}
	out := &closuresOutput{CacheControl: noStore}
	out.Body.Closures = []Closure{}
	now := s.now()
	for _, c := range all {
		if !in.Ended && !c.To.IsZero() && !c.To.After(now) || c.State != closure.Approved && !w.draws() {
			continue
		}
		out.Body.Closures = append(out.Body.Closures, w.show(c))
	}
	return out, nil
}

func (s *Server) previewClosure(ctx context.Context, in *addInput[ClosureFields]) (*closurePreviewOutput, error) {
	w, err := s.closing(ctx)
	if err != nil {
		return nil, err
	}
	c, err := w.with(ctx, closure.Closure{}, in.Body)
	if err != nil {
		return nil, err
	}
	all, some := w.reach(w.decider, c)
	if _, drawn := w.reach(w.drawer, c); !some && !drawn {
		return nil, errElsewhere
	}
	stretches, _ := w.m.Streets.On(c)
	out := &closurePreviewOutput{CacheControl: noStore}
	out.Body.ClosureStreets, out.Body.Holds = w.streets(stretches), all
	return out, nil
}

// errElsewhere refuses a closure where the caller has nothing to say.
var errElsewhere = invalid("registers.outside", "body.drawn", "draw in an area that your right reaches")

func (s *Server) addClosure(ctx context.Context, in *addInput[ClosureFields]) (*closureOutput, error) {
	w, err := s.closing(ctx)
	if err != nil {
		return nil, err
	}
	c, err := w.with(ctx, closure.Closure{}, in.Body)
	if err != nil {
		return nil, err
	}
	who := w.caller.person.ID
	c.By, c.State = who, closure.Proposed
	verb := "closure.propose"
	if all, _ := w.reach(w.decider, c); all {
		c.State, c.Decided, verb = closure.Approved, who, "closure.add"
	} else if _, some := w.reach(w.drawer, c); !some {
		return nil, errElsewhere
	}
	c, err = s.store.AddClosure(ctx, c, s.act(ctx, verb, "", told(c)))
	return w.answer(ctx, c, err)
}

// told is a closure in the audit log.
func told(c closure.Closure) string {
	what := "closed"
	switch e := c.Effect; {
	case e.SpeedKMH != 0:
		what = fmt.Sprintf("at most %g km/h", e.SpeedKMH)
	case e.Share != 0:
		what = fmt.Sprintf("at %g of the usual speed", e.Share)
	}
	until := "until taken back"
	if !c.To.IsZero() {
		until = "to " + c.To.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%d stretches of street %s, from %s %s", len(c.Pieces), what, c.From.UTC().Format(time.RFC3339), until)
}

func (w *closing) answer(ctx context.Context, c closure.Closure, err error) (*closureOutput, error) {
	if err != nil {
		return nil, err
	}
	w.s.changed(ctx)
	return &closureOutput{ETag: etag(c.Version), CacheControl: noStore, Body: w.show(c)}, nil
}

// reachClosure reads a closure that the caller is to change, in the version that they
// have seen.
func (s *Server) reachClosure(ctx context.Context, id closure.ID, seen string) (*closing, closure.Closure, error) {
	version, err := ifMatch(seen)
	if err != nil {
		return nil, closure.Closure{}, err
	}
	w, err := s.closing(ctx)
	if err != nil {
		return nil, closure.Closure{}, err
	}
	c, err := s.store.Closure(ctx, id)
	switch {
	case err != nil:
		return nil, c, err
	case c.State != closure.Approved && !w.draws():
		return nil, c, register.ErrNone
	case !w.mayChange(c):
		return nil, c, errNotYours
	case c.Version != version:
		return nil, c, s.stale(ctx, closureName(id), c.Version)
	}
	return w, c, nil
}

func closureName(id closure.ID) string { return fmt.Sprintf("closure/%d", id) }

func (s *Server) changeClosure(ctx context.Context, in *changeInput[closure.ID, ClosureFields]) (*closureOutput, error) {
	w, c, err := s.reachClosure(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	if c, err = w.with(ctx, c, in.Body); err != nil {
		return nil, err
	}
	all, _ := w.reach(w.decider, c)
	if _, some := w.reach(w.drawer, c); !all && !some {
		return nil, errElsewhere
	}
	if !all { // it is moved to where others decide, or was declined
		c.State, c.Decided = closure.Proposed, 0
	}
	c, err = s.store.UpdateClosure(ctx, c, s.act(ctx, "closure.change", closureName(in.ID), in.Body.what()+": "+told(c)))
	return w.answer(ctx, c, err)
}

func (s *Server) removeClosure(ctx context.Context, in *removeInput[closure.ID]) (*struct{}, error) {
	_, c, err := s.reachClosure(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	err = s.store.RemoveClosure(ctx, in.ID, c.Version, s.act(ctx, "closure.remove", closureName(in.ID), told(c)))
	if err == nil {
		s.changed(ctx)
	}
	return nil, err
}

// errDecided refuses to decide twice.
var errDecided = errors.New("this closure is not a proposal any more")

func (s *Server) decideClosure(ctx context.Context, in *removeInput[closure.ID], verb string, to closure.State) (*closureOutput, error) {
	w, c, err := s.reachClosure(ctx, in.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	if all, _ := w.reach(w.decider, c); !all {
		return nil, errNotYours
	}
	if c.State != closure.Proposed {
		return nil, errDecided
	}
	c.State, c.Decided = to, w.caller.person.ID
	c, err = s.store.UpdateClosure(ctx, c, s.act(ctx, "closure."+verb, closureName(in.ID), told(c)))
	return w.answer(ctx, c, err)
}
