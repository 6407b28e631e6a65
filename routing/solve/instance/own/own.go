// Package own reads the program's own JSON form of solve.Problem, which
// docs/solve.md describes, has it solved by routing/solve/fleet and checks answers with
// routing/solve/check.
package own

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"citygrid/geo"
	"citygrid/routing/solve"
	"citygrid/routing/solve/check"
	"citygrid/routing/solve/fleet"
	"citygrid/routing/solve/instance"
)

// Limits of a file.
const (
	MaxNodes = 2000
	maxItems = 5000 // tasks; units
	maxTime  = 1e8  // seconds: three years
)

// Format is this package's.
func Format() instance.Format {
	return instance.Format{
		Name: "citygrid JSON",
		Is:   func(_ string, data []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) },
		Read: func(data []byte) (instance.Instance, error) {
			p, err := Read(data)
			if err != nil {
				return nil, err
			}
			return p, nil
		},
	}
}

// A Problem as read.
type Problem struct{ model solve.Problem }

// Tasks is how many there are.
func (p *Problem) Tasks() int { return len(p.model.Tasks) }

// file is the JSON. Times are seconds, lengths metres.
type file struct {
	Profiles []struct {
		Time   [][]float64 `json:"time_s"`
		Length [][]float64 `json:"length_m"`
	} `json:"profiles"`
	Tasks []struct {
		Name  string `json:"name"`
		Modes []struct {
			Enter   int     `json:"enter"`
			Leave   int     `json:"leave"`
			Service float64 `json:"service_s"`
			Length  float64 `json:"length_m"`
		} `json:"modes"`
		Load     []int32      `json:"load"`
		Windows  [][2]float64 `json:"windows_s"`
		Release  float64      `json:"release_s"`
		Due      *float64     `json:"due_s"`
		Escort   int          `json:"escort"`
		Delivers int          `json:"delivers"`
		Skills   []uint       `json:"skills"`
		Priority []int32      `json:"priority"`
		Price    float64      `json:"price_s"`
	} `json:"tasks"`
	Units []struct {
		Name     string     `json:"name"`
		Profile  int        `json:"profile"`
		Start    int        `json:"start"`
		End      *int       `json:"end"`
		Shift    [2]float64 `json:"shift_s"`
		Capacity []int32    `json:"capacity"`
		Loaded   []int32    `json:"loaded"`
		Skills   []uint     `json:"skills"`
		Breaks   []struct {
			Window  [2]float64 `json:"window_s"`
			Service float64    `json:"service_s"`
			At      []int      `json:"at"`
		} `json:"breaks"`
		Fixed []Stop `json:"fixed"`
	} `json:"units"`
	Sites []struct {
		Name    string       `json:"name"`
		At      int          `json:"at"`
		Windows [][2]float64 `json:"windows_s"`
		Service float64      `json:"service_s"`
		Room    []int32      `json:"room"`
	} `json:"sites"`
	Escorts []struct {
		Name    string       `json:"name"`
		Windows [][2]float64 `json:"windows_s"`
	} `json:"escorts"`
	Goal string `json:"goal"`
}

var goals = map[string]solve.Goal{"": solve.Balance, "balance": solve.Balance, "total": solve.Total, "fewest": solve.Fewest}

// Read reads a problem. The error says the line of faulty JSON, or the field that
// is wrong.
func Read(data []byte) (*Problem, error) {
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields() // a misspelt rule must not be left out in silence
	if err := d.Decode(&f); err != nil {
		return nil, at(data, d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, at(data, d.InputOffset(), errors.New("more than one value"))
	}
	r := &reader{}
	p := r.problem(&f)
	if r.err == nil {
		r.err = p.model.Check()
	}
	if r.err != nil {
		return nil, r.err
	}
	return p, nil
}

// at adds the line to an error of the JSON itself.
func at(data []byte, offset int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	offset = max(0, min(offset, int64(len(data))))
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte{'\n'}), err)
}

// reader turns the JSON into the model and keeps the first fault.
type reader struct{ err error }

func (r *reader) bad(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *reader) time(x float64, what string, args ...any) time.Duration {
	if !(math.Abs(x) <= maxTime) {
		r.bad("%s: %v s, want a time within ±%.0f s", fmt.Sprintf(what, args...), x, float64(maxTime))
		return 0
	}
	return time.Duration(math.Round(x * float64(time.Second)))
}

func (r *reader) windows(list [][2]float64, what string, args ...any) []solve.Window {
	var all []solve.Window
	for _, w := range list {
		all = append(all, solve.Window{Open: r.time(w[0], what, args...), Close: r.time(w[1], what, args...)})
	}
	return all
}

func (r *reader) skills(list []uint, what string, args ...any) (s solve.Skills) {
	for _, k := range list {
		if k > 63 {
			r.bad("%s: skill %d, want 0 to 63", fmt.Sprintf(what, args...), k)
		}
		s |= 1 << (k & 63)
	}
	return s
}

// tables has one profile's ways each.
type tables []*solve.Table

// Times is one profile's, as solve.Table has them.
func (t tables) Times(profile int) []int64 { return t[profile].Times(0) }

func (t tables) Between(profile int, from, to solve.Node) (solve.Cost, bool) {
	return t[profile].Between(0, from, to)
}

func (r *reader) problem(f *file) *Problem {
	p := &Problem{}
	m := &p.model
	m.Costs = r.ways(f, m)
	if len(f.Tasks) > maxItems || len(f.Units) > maxItems {
		r.bad("%d tasks and %d units, %d is the most", len(f.Tasks), len(f.Units), maxItems)
		return p
	}
	for i, t := range f.Tasks {
		task := solve.Task{
			Name: t.Name, Load: t.Load, Release: r.time(t.Release, "tasks[%d].release_s", i), Priority: t.Priority,
			Price:   r.time(t.Price, "tasks[%d].price_s", i),
			Windows: r.windows(t.Windows, "tasks[%d].windows_s", i), Skills: r.skills(t.Skills, "tasks[%d].skills", i), Escort: t.Escort,
			Delivers: t.Delivers,
		}
		if t.Due != nil { // 0 would be never: who is due at 0 is due just after
			task.Due = cmp.Or(r.time(*t.Due, "tasks[%d].due_s", i), 1)
		}
		for k, mode := range t.Modes {
			task.Modes = append(task.Modes, solve.Mode{
				Enter: r.node(mode.Enter, m, "tasks[%d].modes[%d].enter", i, k), Leave: r.node(mode.Leave, m, "tasks[%d].modes[%d].leave", i, k),
				Service: r.time(mode.Service, "tasks[%d].modes[%d].service_s", i, k), Length: geo.Metres(mode.Length),
			})
		}
		m.Tasks = append(m.Tasks, task)
	}
	for i, u := range f.Units {
		if u.Profile < 0 || u.Profile >= len(f.Profiles) {
			r.bad("units[%d].profile: %d, want 0 to %d", i, u.Profile, len(f.Profiles)-1)
		}
		end := solve.Nowhere
		if u.End != nil {
			end = r.node(*u.End, m, "units[%d].end", i)
		}
		unit := solve.Unit{
			Name: u.Name, Profile: u.Profile, Start: r.node(u.Start, m, "units[%d].start", i), End: end,
			Shift:    solve.Window{Open: r.time(u.Shift[0], "units[%d].shift_s", i), Close: r.time(u.Shift[1], "units[%d].shift_s", i)},
			Capacity: u.Capacity, Loaded: u.Loaded, Skills: r.skills(u.Skills, "units[%d].skills", i),
		}
		for k, b := range u.Breaks {
			rest := solve.Break{
				Window:  solve.Window{Open: r.time(b.Window[0], "units[%d].breaks[%d].window_s", i, k), Close: r.time(b.Window[1], "units[%d].breaks[%d].window_s", i, k)},
				Service: r.time(b.Service, "units[%d].breaks[%d].service_s", i, k),
			}
			for _, at := range b.At {
				rest.At = append(rest.At, r.node(at, m, "units[%d].breaks[%d].at", i, k))
			}
			unit.Breaks = append(unit.Breaks, rest)
		}
		for _, st := range u.Fixed {
			unit.Fixed = append(unit.Fixed, st.visit())
		}
		m.Units = append(m.Units, unit)
	}
	for i, s := range f.Sites {
		m.Sites = append(m.Sites, solve.Site{
			Name: s.Name, At: r.node(s.At, m, "sites[%d].at", i), Windows: r.windows(s.Windows, "sites[%d].windows_s", i),
			Service: r.time(s.Service, "sites[%d].service_s", i), Room: s.Room,
		})
	}
	for i, e := range f.Escorts {
		m.Escorts = append(m.Escorts, solve.Escort{Name: e.Name, Windows: r.windows(e.Windows, "escorts[%d].windows_s", i)})
	}
	var known bool
	if m.Goal, known = goals[f.Goal]; !known {
		r.bad("goal: %q, want balance, total or fewest", f.Goal)
	}
	return p
}

func (r *reader) node(n int, m *solve.Problem, what string, args ...any) solve.Node {
	if n < 0 || n >= m.Nodes {
		r.bad("%s: node %d, want 0 to %d", fmt.Sprintf(what, args...), n, m.Nodes-1)
		return 0
	}
	return solve.Node(n)
}

// ways reads the tables; a negative time is no way.
func (r *reader) ways(f *file, m *solve.Problem) tables {
	var all tables
	if len(f.Profiles) == 0 || len(f.Profiles) > 16 {
		r.bad("profiles: %d, want 1 to 16", len(f.Profiles))
		return nil
	}
	m.Nodes = len(f.Profiles[0].Time)
	if m.Nodes == 0 || m.Nodes > MaxNodes {
		r.bad("profiles[0].time_s: %d rows, want 1 to %d", m.Nodes, MaxNodes)
		m.Nodes = 0
		return nil
	}
	for k, p := range f.Profiles {
		t := solve.NewTable(m.Nodes)
		if len(p.Time) != m.Nodes || p.Length != nil && len(p.Length) != m.Nodes {
			r.bad("profiles[%d]: %d rows of time_s and %d of length_m, want %d", k, len(p.Time), len(p.Length), m.Nodes)
			return nil
		}
		for i, row := range p.Time {
			if len(row) != m.Nodes || p.Length != nil && len(p.Length[i]) != m.Nodes {
				r.bad("profiles[%d], row %d: want %d columns in time_s and length_m", k, i, m.Nodes)
				return nil
			}
			for j, x := range row {
				if x < 0 {
					if i == j {
						r.bad("profiles[%d].time_s[%d][%d]: a node is always reached from itself", k, i, j)
					}
					continue
				}
				c := solve.Cost{Time: r.time(x, "profiles[%d].time_s[%d][%d]", k, i, j)}
				if p.Length != nil {
					c.Length = geo.Metres(p.Length[i][j])
				}
				t.Set(solve.Node(i), solve.Node(j), c)
			}
		}
		all = append(all, t)
	}
	return all
}

// A Stop is how a visit is printed: a task, numbered from 1, in a mode, numbered
// from 0; or a site, numbered from 1; or a break of the unit, numbered from 1, in a
// place, numbered from 0.
type Stop struct {
	Task  int `json:"task,omitempty"`
	Mode  int `json:"mode,omitempty"`
	Site  int `json:"site,omitempty"`
	Break int `json:"break,omitempty"`
	Place int `json:"place,omitempty"`
}

func stopOf(v solve.Visit) Stop {
	switch v.Kind {
	case solve.Unload:
		return Stop{Site: v.Site + 1}
	case solve.Rest:
		return Stop{Break: v.Break + 1, Place: v.Place}
	}
	return Stop{Task: v.Task + 1, Mode: v.Mode}
}

func (s Stop) visit() solve.Visit {
	switch {
	case s.Site > 0:
		return solve.Visit{Kind: solve.Unload, Site: s.Site - 1}
	case s.Break > 0:
		return solve.Visit{Kind: solve.Rest, Break: s.Break - 1, Place: s.Place}
	}
	return solve.Visit{Task: s.Task - 1, Mode: s.Mode}
}

// Solve searches. The cost is the working time of all units and the price of what is
// left, in seconds.
func (p *Problem) Solve(ctx context.Context, o instance.Options) (instance.Result, error) {
	begun := time.Now()
	bound, bounded := p.Bound()
	r := instance.Result{Unserved: []instance.Unserved{}, Trace: [][2]float64{}}
	s, err := fleet.Search{
		Time: o.Time, Iterations: o.Iterations, Threads: o.Threads, Seed: o.Seed,
		Better: func(elapsed time.Duration, s solve.Score) {
			cost := (s.Total + s.Price).Seconds()
			r.Trace = append(r.Trace, [2]float64{elapsed.Seconds(), cost})
			if o.Better != nil {
				o.Better(elapsed.Seconds(), cost)
			}
		},
	}.Solve(ctx, &p.model)
	var broken *solve.RouteError
	if errors.As(err, &broken) {
		u := &p.model.Units[broken.Unit]
		return instance.Result{}, fmt.Errorf("%w, even if all tasks are left: units[%d] (%s), with what it has on board and what is fixed: %w", instance.ErrInfeasible, broken.Unit, u.Name, err)
	}
	if err != nil {
		return instance.Result{}, err
	}
	report := check.Solution(&p.model, &s)
	r.Cost, r.Feasible = (report.Score.Total + report.Score.Price).Seconds(), report.Feasible()
	routes := make([][]Stop, len(s.Routes))
	for u, route := range s.Routes {
		routes[u] = []Stop{}
		for _, stop := range route.Stops {
			routes[u] = append(routes[u], stopOf(stop.Visit))
		}
		if len(route.Stops) > 0 {
			r.Vehicles++
		}
	}
	r.Routes = routes
	for _, u := range s.Unserved {
		r.Unserved = append(r.Unserved, instance.Unserved{Task: u.Task + 1, Why: u.Why.Error()})
	}
	if bounded && report.Score.Undone == 0 {
		r.LowerBound = &bound
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, nil
}

// Bound is a working time in seconds that no plan undercuts which does all tasks, as
// solve.WorkBound says; ok is false where there is no such plan.
func (p *Problem) Bound() (seconds float64, ok bool) {
	work, ok := p.model.WorkBound()
	return work.Seconds(), ok
}

// Check holds routes against the problem; tasks in none of them are undone, which
// is feasible.
func (p *Problem) Check(routes json.RawMessage, _ instance.Options) (instance.Verdict, error) {
	var list [][]Stop
	if err := json.Unmarshal(routes, &list); err != nil {
		return instance.Verdict{}, fmt.Errorf("routes, want a list of stops a unit: %w", err)
	}
	var v instance.Verdict
	s := solve.Solution{}
	served := map[int]bool{}
	for u, stops := range list {
		if u >= len(p.model.Units) {
			v.Violations = append(v.Violations, fmt.Sprintf("%d routes for %d units", len(list), len(p.model.Units)))
			return v, nil
		}
		visits := make([]solve.Visit, len(stops))
		for k, st := range stops {
			visits[k] = st.visit()
			served[st.Task-1] = true
		}
		route, err := p.model.Schedule(u, visits)
		if err != nil {
			v.Violations = append(v.Violations, err.Error())
			return v, nil
		}
		s.Routes = append(s.Routes, route)
	}
	for t := range p.model.Tasks {
		if !served[t] {
			s.Unserved = append(s.Unserved, solve.Unserved{Task: t, Why: errors.New("left undone")})
		}
	}
	report := check.Solution(&p.model, &s)
	v.Cost, v.Feasible = (report.Score.Total + report.Score.Price).Seconds(), report.Feasible()
	for _, b := range report.Violations {
		v.Violations = append(v.Violations, b.String())
	}
	return v, nil
}
