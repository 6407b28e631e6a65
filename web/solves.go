package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"citygrid/live/room"
	"citygrid/live/solves"
	"citygrid/routing/solve/instance"

	"github.com/danielgtaylor/huma/v2"
)

// A Solve is a routing problem that somebody has sent, and its search.
type Solve struct {
	ID       int64             `json:"id"`
	At       time.Time         `json:"at"`
	State    solves.State      `json:"state" enum:"running,done,cancelled,accepted,failed" doc:"cancelled has the best so far"`
	Version  int               `json:"version" doc:"grows with each change"`
	Tasks    int               `json:"tasks"`
	SecondsS float64           `json:"limit_s" doc:"how long it may search, in seconds"`
	Trace    [][]float64       `json:"trace" nullable:"false" doc:"seconds and cost of each better plan"`
	Subject  string            `json:"subject" enum:",runs" doc:"runs: of the bureau's own tow trucks; empty: a problem that was sent"`
	Bound    *float64          `json:"bound" doc:"a cost that no plan undercuts which does all; null: none is known"`
	Result   *SolveResult      `json:"result" doc:"null while it runs, or when it has failed"`
	Plan     *room.RunsPreview `json:"plan" doc:"with subject runs and a result: what becomes of the runs when it is accepted"`
	Why      string            `json:"why,omitempty" doc:"with state failed"`
}

// A SolveResult is what a search has found; package check has held it against the
// problem.
type SolveResult struct {
	Cost       float64         `json:"cost" doc:"working time of all units, in seconds"`
	Vehicles   int             `json:"vehicles"`
	Routes     [][]SolveStop   `json:"routes" nullable:"false" doc:"a list of stops a unit"`
	Unserved   []SolveUnserved `json:"unserved" nullable:"false"`
	LowerBound *float64        `json:"lower_bound" doc:"null: none is known"`
	Feasible   bool            `json:"feasible"`
	Seconds    float64         `json:"seconds"`
	Digest     string          `json:"digest" doc:"of the routes; stands in the log when the result is accepted"`
}

// A SolveStop is a task in a mode, or a site, or a break in a place; those count
// from 1, modes and places from 0.
type SolveStop struct {
	Task  int `json:"task,omitempty"`
	Mode  int `json:"mode,omitempty"`
	Site  int `json:"site,omitempty"`
	Break int `json:"break,omitempty"`
	Place int `json:"place,omitempty"`
}

// A SolveUnserved is a task that is left, and why.
type SolveUnserved struct {
	Task int    `json:"task" doc:"from 1"`
	Why  string `json:"why"`
}

// TransformSchema says what there may not be.
func (Solve) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "result", "plan")
}

type solveOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Solve
}

func (s *Server) solveRoutes() {
	tags := []string{"solves"}
	s.handleRaw("POST /api/solves", &huma.Operation{
		OperationID: "addSolve", Method: http.MethodPost, Path: "/api/solves", Tags: tags,
		Summary: "Have a routing problem searched",
		Description: fmt.Sprintf("The body is a problem in the program's own form, docs/solve.md, with at most %d tasks. 409 solves.busy: one's last search still runs. 503 solves.full: others search. 422 solves.problem, solves.limit.",
			solves.MaxTasks),
		Parameters: []*huma.Param{
			{Name: "seconds", In: "query", Description: fmt.Sprintf("how long to search, up to %v; 20 when left out", solves.MaxTime.Seconds()), Schema: &huma.Schema{Type: huma.TypeNumber}},
			{Name: "iterations", In: "query", Description: "end after so many steps: then one seed gives one answer", Schema: &huma.Schema{Type: huma.TypeInteger}},
			{Name: "seed", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger}},
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}}},
		Responses:   map[string]*huma.Response{"201": {Description: "It runs", Content: map[string]*huma.MediaType{"application/json": {Schema: schemaOf[Solve](s.api, "Solve")}}}},
	}, func(w http.ResponseWriter, r *http.Request) {
		if err := s.addSolve(w, r); err != nil {
			s.refuse(w, r, err)
		}
	})
	handle(s, huma.Operation{
		OperationID: "improveRuns", Method: http.MethodPost, Path: "/api/runs/improve", Tags: []string{"runs", "solves"},
		Summary: "Search for shorter runs of the tow trucks", DefaultStatus: http.StatusCreated,
		Description: "It goes on in the background; to accept it sends it, as it was shown. 409 solves.busy, 503 solves.full; accepted, 409 plans.moved.",
	}, s.improveRuns)
	handle(s, huma.Operation{
		OperationID: "listSolves", Method: http.MethodGet, Path: "/api/solves", Tags: tags, Summary: "One's own searches, the newest first, without results",
	}, s.listSolves)
	handle(s, huma.Operation{
		OperationID: "getSolve", Method: http.MethodGet, Path: "/api/solves/{id}", Tags: tags, Summary: "One of one's own searches",
	}, s.getSolve)
	s.handleRaw("GET /api/solves/{id}/progress", &huma.Operation{
		OperationID: "followSolve", Method: http.MethodGet, Path: "/api/solves/{id}/progress", Tags: tags,
		Summary:     "A search as it goes on",
		Description: "Server-sent events, at most ten a second: data is a Solve without its result, whose trace has what is new. The stream ends when the search does.",
		Parameters:  []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}}},
		Responses:   map[string]*huma.Response{"200": {Description: "Events", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}},
	}, s.followSolve)
	handle(s, huma.Operation{
		OperationID: "cancelSolve", Method: http.MethodDelete, Path: "/api/solves/{id}", Tags: tags, Summary: "End a search, which keeps the best so far",
	}, s.cancelSolve)
	handle(s, huma.Operation{
		OperationID: "acceptSolve", Method: http.MethodPost, Path: "/api/solves/{id}/accept", Tags: tags,
		Summary: "Go by a result", Description: "The log has who accepted which routes. 409 solves.running, solves.failed.",
	}, s.acceptSolve)
}

// solveProblem is how the desk's rules are told.
func solveProblem(err error) error {
	switch {
	case errors.Is(err, solves.ErrForm):
		return invalid("solves.problem", "body", "%v", err)
	case errors.Is(err, solves.ErrLimit):
		return invalid("solves.limit", "body", "%v", err)
	case errors.Is(err, solves.ErrBusy):
		return newProblem(http.StatusConflict, "solves.busy", err.Error())
	case errors.Is(err, solves.ErrFull):
		p := newProblem(http.StatusServiceUnavailable, "solves.full", err.Error())
		p.RetryAfterS = 30
		return p
	case errors.Is(err, solves.ErrNone):
		return newProblem(http.StatusNotFound, "solves.none", err.Error())
	case errors.Is(err, solves.ErrRunning):
		return newProblem(http.StatusConflict, "solves.running", err.Error())
	case errors.Is(err, solves.ErrFailed):
		return newProblem(http.StatusConflict, "solves.failed", err.Error())
	}
	return err
}

func (s *Server) addSolve(w http.ResponseWriter, r *http.Request) error {
	ask := solves.Ask{Time: 20 * time.Second, Seed: 1}
	q := r.URL.Query()
	if text := q.Get("seconds"); text != "" {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x > 0 && x <= solves.MaxTime.Seconds()) {
			return invalid("solves.limit", "query.seconds", "seconds is more than 0 and up to %v", solves.MaxTime.Seconds())
		}
		ask.Time = time.Duration(x * float64(time.Second))
	}
	if text := q.Get("iterations"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return invalid("solves.limit", "query.iterations", "iterations is a whole number, 0 or more")
		}
		ask.Iterations = n
	}
	if text := q.Get("seed"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return invalid("solves.limit", "query.seed", "seed is a whole number, 0 or more")
		}
		ask.Seed = n
	}
	var err error
	if ask.Problem, err = s.body(w, r, solves.MaxBytes, "application/json"); err != nil {
		return err
	}
	ctx := r.Context()
	leave, err := s.filing.enter(ctx) // to read a large problem takes memory
	if err != nil {
		return err
	}
	defer leave()
	one, err := s.solves.Submit(callerOf(ctx).person.ID, ask)
	if err != nil {
		return solveProblem(err)
	}
	if err := s.store.Record(ctx, s.act(ctx, "solve.add", solveObject(one.ID), fmt.Sprintf("%d tasks, up to %v", one.Tasks, one.Limit))); err != nil {
		_, _, _ = s.solves.Cancel(one.By, one.ID) // it is there
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", noStore)
	w.WriteHeader(http.StatusCreated)
	return json.NewEncoder(w).Encode(solveJSON(one))
}

func solveObject(id int64) string { return fmt.Sprintf("solve/%d", id) }

func solveJSON(o solves.Solve) Solve {
	out := Solve{ID: o.ID, At: o.At.UTC(), State: o.State, Version: o.Version, Tasks: o.Tasks, SecondsS: o.Limit.Seconds(), Trace: [][]float64{}, Why: o.Why, Subject: o.Subject, Bound: o.Bound}
	if p, ok := o.Plan.(room.RunsPreview); ok {
		out.Plan = &p
	}
	for _, x := range o.Trace {
		out.Trace = append(out.Trace, []float64{x[0], x[1]})
	}
	if o.Result != nil {
		out.Result = resultJSON(o.Result, o.Digest)
	}
	return out
}

func resultJSON(r *instance.Result, digest string) *SolveResult {
	out := &SolveResult{
		Cost: r.Cost, Vehicles: r.Vehicles, Routes: [][]SolveStop{}, Unserved: []SolveUnserved{}, LowerBound: r.LowerBound,
		Feasible: r.Feasible, Seconds: r.Seconds, Digest: digest,
	}
	// The routes are of our own form, whose JSON is that of SolveStop.
	if text, err := json.Marshal(r.Routes); err == nil {
		_ = json.Unmarshal(text, &out.Routes)
	}
	for _, u := range r.Unserved {
		if task, ok := u.Task.(int); ok {
			out.Unserved = append(out.Unserved, SolveUnserved{task, u.Why})
		}
	}
	return out
}

type solveID struct {
	ID int64 `path:"id"`
}

func (s *Server) listSolves(ctx context.Context, _ *struct{}) (*struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Solves []Solve `json:"solves" nullable:"false"`
	}
}, error,
) {
	out := new(struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Solves []Solve `json:"solves" nullable:"false"`
		}
	})
	out.CacheControl = noStore
	out.Body.Solves = []Solve{}
	for _, one := range s.solves.Solves(callerOf(ctx).person.ID) {
		one.Result, one.Trace, one.Plan = nil, nil, nil
		out.Body.Solves = append(out.Body.Solves, solveJSON(one))
	}
	return out, nil
}

func (s *Server) getSolve(ctx context.Context, in *solveID) (*solveOutput, error) {
	one, err := s.solves.Solve(callerOf(ctx).person.ID, in.ID)
	if err != nil {
		return nil, solveProblem(err)
	}
	return &solveOutput{noStore, solveJSON(one)}, nil
}

func (s *Server) cancelSolve(ctx context.Context, in *solveID) (*solveOutput, error) {
	one, changed, err := s.solves.Cancel(callerOf(ctx).person.ID, in.ID)
	if err != nil {
		return nil, solveProblem(err)
	}
	if changed {
		if err := s.store.Record(ctx, s.act(ctx, "solve.cancel", solveObject(in.ID), "")); err != nil {
			return nil, err
		}
	}
	return &solveOutput{noStore, solveJSON(one)}, nil
}

// acceptSolve writes into the log first: what stands as accepted is in it.
func (s *Server) acceptSolve(ctx context.Context, in *solveID) (*solveOutput, error) {
	by := callerOf(ctx).person.ID
	one, err := s.solves.Solve(by, in.ID)
	if err != nil {
		return nil, solveProblem(err)
	}
	if plan, ok := one.Plan.(room.RunsPreview); ok && one.State != solves.Accepted {
		if err := s.sendPlan(ctx, in.ID, plan); err != nil {
			return nil, err
		}
	}
	if one.Result != nil && one.State != solves.Accepted {
		detail := fmt.Sprintf("cost %v, %d left, routes %s", one.Result.Cost, len(one.Result.Unserved), one.Digest)
		if err := s.store.Record(ctx, s.act(ctx, "solve.accept", solveObject(in.ID), detail)); err != nil {
			return nil, err
		}
	}
	if one, err = s.solves.Accept(by, in.ID); err != nil {
		return nil, solveProblem(err)
	}
	return &solveOutput{noStore, solveJSON(one)}, nil
}

// followSolve streams a search until it is over or nobody listens.
func (s *Server) followSolve(w http.ResponseWriter, r *http.Request) {
	by := callerOf(r.Context()).person.ID
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		s.refuse(w, r, solveProblem(solves.ErrNone))
		return
	}
	one, err := s.solves.Solve(by, id)
	if err != nil {
		s.refuse(w, r, solveProblem(err))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", noStore)
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	since := -1.0 // seconds: what was told
	for {
		event := solveJSON(one)
		event.Result, event.Plan = nil, nil
		for len(event.Trace) > 0 && event.Trace[0][0] <= since {
			event.Trace = event.Trace[1:]
		}
		if n := len(event.Trace); n > 0 {
			since = event.Trace[n-1][0]
		}
		text, err := json.Marshal(event)
		if err != nil {
			return
		}
		_ = control.SetWriteDeadline(time.Now().Add(patience)) // a recorder has none
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil || control.Flush() != nil {
			return // gone
		}
		if one.State != solves.Running {
			return
		}
		select { // ten a second are enough for eyes
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done():
			return
		}
		if one, err = s.solves.Next(r.Context(), by, id, one.Version); err != nil {
			return
		}
	}
}
