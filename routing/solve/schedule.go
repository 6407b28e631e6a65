package solve

import (
	"fmt"
	"slices"
	"time"
)

// Check says what is wrong with the problem itself, wrapping ErrProblem; nil if
// nothing. Solvers ask it once, so that their own code need not.
func (p *Problem) Check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrProblem, fmt.Sprintf(format, args...))
	}
	known := func(n Node) bool { return n >= 0 && int(n) < p.Nodes }
	if p.Costs == nil && (len(p.Tasks) > 0 || len(p.Units) > 0) {
		return bad("no costs are given")
	}
	if len(p.Sites) > maxSites {
		return bad("%d sites, %d is the most", len(p.Sites), maxSites)
	}
	for i, t := range p.Tasks {
		if len(t.Load) > maxDimensions {
			return bad("task %d (%s): %d dimensions of load, %d is the most", i, t.Name, len(t.Load), maxDimensions)
		}
		if t.Price < 0 {
			return bad("task %d (%s): a price of %v", i, t.Name, t.Price)
		}
		if len(t.Modes) == 0 {
			return bad("task %d (%s) has no mode", i, t.Name)
		}
		for m, mode := range t.Modes {
			if !known(mode.Enter) || !known(mode.Leave) || mode.Service < 0 {
				return bad("task %d (%s), mode %d: nodes %d and %d of %d, service %v", i, t.Name, m, mode.Enter, mode.Leave, p.Nodes, mode.Service)
			}
		}
		for _, l := range t.Load {
			if l < 0 {
				return bad("task %d (%s): load %d", i, t.Name, l)
			}
		}
		if err := ascending(t.Windows); err != "" {
			return bad("task %d (%s): %s", i, t.Name, err)
		}
	}
	if err := p.checkPairs(); err != nil {
		return err
	}
	for i, u := range p.Units {
		if !known(u.Start) || u.End != Nowhere && !known(u.End) {
			return bad("unit %d (%s): nodes %d and %d of %d", i, u.Name, u.Start, u.End, p.Nodes)
		}
		if u.Shift.Close < u.Shift.Open {
			return bad("unit %d (%s): its shift ends %v before it begins", i, u.Name, u.Shift.Open-u.Shift.Close)
		}
		if len(u.Loaded) > maxDimensions {
			return bad("unit %d (%s): %d dimensions of load, %d is the most", i, u.Name, len(u.Loaded), maxDimensions)
		}
		for k, b := range u.Breaks {
			if b.Window.Close < b.Window.Open || b.Service < 0 || !all(b.At, known) || len(u.Breaks) > maxBreaks {
				return bad("unit %d (%s), break %d of %d: its window, length or places are wrong, or more than %d", i, u.Name, k, len(u.Breaks), maxBreaks)
			}
		}
		for k, v := range u.Fixed {
			if !p.knows(&p.Units[i], v) {
				return bad("unit %d (%s): fixed visit %d is of nothing known", i, u.Name, k)
			}
		}
	}
	for i, e := range p.Escorts {
		if err := ascending(e.Windows); err != "" {
			return bad("escort %d (%s): %s", i, e.Name, err)
		}
	}
	for i, t := range p.Tasks {
		if t.Escort < 0 || t.Escort > len(p.Escorts) {
			return bad("task %d (%s): escort %d of %d", i, t.Name, t.Escort, len(p.Escorts))
		}
	}
	if err := p.checkFixedOnce(); err != nil {
		return err
	}
	if err := p.checkFixedPairs(); err != nil {
		return err
	}
	if p.Goal > Fewest {
		return bad("goal %d is none", p.Goal)
	}
	for i, s := range p.Sites {
		if !known(s.At) || s.Service < 0 {
			return bad("site %d (%s): node %d of %d, service %v", i, s.Name, s.At, p.Nodes, s.Service)
		}
		if err := ascending(s.Windows); err != "" {
			return bad("site %d (%s): %s", i, s.Name, err)
		}
	}
	return nil
}

func all(nodes []Node, known func(Node) bool) bool {
	return !slices.ContainsFunc(nodes, func(n Node) bool { return !known(n) })
}

// Knows says whether a visit is of something that the problem has.
func (p *Problem) Knows(unit int, v Visit) bool { return p.knows(&p.Units[unit], v) }

func (p *Problem) knows(u *Unit, v Visit) bool {
	switch v.Kind {
	case Unload:
		return v.Site >= 0 && v.Site < len(p.Sites)
	case Rest:
		return v.Break >= 0 && v.Break < len(u.Breaks) && v.Place >= 0 && v.Place < max(1, len(u.Breaks[v.Break].At))
	}
	return v.Kind == Serve && v.Task >= 0 && v.Task < len(p.Tasks) && v.Mode >= 0 && v.Mode < len(p.Tasks[v.Task].Modes)
}

func ascending(ws []Window) string {
	for i, w := range ws {
		if w.Close < w.Open || i > 0 && w.Open <= ws[i-1].Close {
			return fmt.Sprintf("window %d ends before it begins or is not after the one before", i)
		}
	}
	return ""
}

// begin is the first instant in a window, not before t; ok is false when all
// windows are over.
func begin(ws []Window, t time.Duration) (time.Duration, bool) {
	if len(ws) == 0 {
		return t, true
	}
	for _, w := range ws {
		if t <= w.Close {
			return max(t, w.Open), true
		}
	}
	return t, false
}

// ready is when a task may begin for one who is there at t: in its own windows and
// in those of its escort, whose window it gives, too.
func (p *Problem) ready(task *Task, t time.Duration) (at time.Duration, slot int, ok bool) {
	for t = max(t, task.Release); ; {
		if at, ok = begin(task.Windows, t); !ok || task.Escort == 0 {
			return at, -1, ok
		}
		escort := p.Escorts[task.Escort-1].Windows
		if t, ok = begin(escort, at); !ok {
			return t, -1, false
		}
		if t == at {
			return at, slices.IndexFunc(escort, func(w Window) bool { return at <= w.Close }), true
		}
	}
}

// Schedule gives visits their times, as early as they can be. The error is a
// *RouteError for the first rule that the visits break: no way, a window, the
// shift, capacity, skills, breaks, pairs, the fixed visits, a site's room (as far as
// this route alone fills it).
func (p *Problem) Schedule(unit int, visits []Visit) (Route, error) {
	w := p.walker(unit)
	r := Route{Unit: unit, Stops: make([]Stop, 0, len(visits))}
	for k, v := range p.Units[unit].Fixed {
		if k >= len(visits) || visits[k] != v {
			return Route{}, &RouteError{Unit: unit, Stop: k, Rule: ErrFixed, What: "the route must begin with its fixed visits"}
		}
	}
	for k, v := range visits {
		s, what, rule := w.visit(v)
		if rule != nil {
			return Route{}, &RouteError{Unit: unit, Stop: k, Rule: rule, What: what}
		}
		r.Stops = append(r.Stops, s)
	}
	var what string
	var rule error
	if r.Back, r.End, what, rule = w.end(); rule != nil {
		return Route{}, &RouteError{Unit: unit, Stop: len(visits), Rule: rule, What: what}
	}
	return r, nil
}

// A walker follows one unit along its visits. It is a value: a copy goes another
// way.
type walker struct {
	p    *Problem
	u    *Unit
	at   Node
	now  time.Duration
	load [maxDimensions]int64 // all that is on board
	held [maxDimensions]int64 // of it, what is to be delivered
	open []int32              // pick-ups to be delivered; copied before it is changed

	mates []int                          // by task: the other end of its pair, see Mates
	left  [maxSites][maxDimensions]int64 // what this unit brought to each site
	rest  int                            // breaks taken
	late  time.Duration
}

// Limits of the model, so that a walker is copied without allocating.
const (
	maxDimensions = 3
	maxSites      = 16
	maxBreaks     = 4
)

func (p *Problem) walker(unit int) walker {
	u := &p.Units[unit]
	w := walker{p: p, u: u, at: u.Start, now: u.Shift.Open, mates: p.Mates()}
	for d, l := range u.Loaded {
		w.load[d] = int64(l)
	}
	return w
}

// visit goes to v and does it.
func (w *walker) visit(v Visit) (s Stop, what string, rule error) {
	if !w.p.knows(w.u, v) {
		return s, "a visit of nothing known", ErrProblem
	}
	if v.Kind == Rest {
		return w.pause(v)
	}
	to, windows, release, service, name := Node(0), []Window(nil), time.Duration(0), time.Duration(0), ""
	leave := Node(0)
	if v.Kind == Unload {
		site := &w.p.Sites[v.Site]
		to, leave, windows, service, name = site.At, site.At, site.Windows, site.Service, site.Name
	} else {
		t := &w.p.Tasks[v.Task]
		m := t.Modes[v.Mode]
		to, leave, windows, release, service, name = m.Enter, m.Leave, t.Windows, t.Release, m.Service, t.Name
		if t.Skills&^w.u.Skills != 0 {
			return s, fmt.Sprintf("%s wants skills that %s lacks", name, w.u.Name), ErrSkills
		}
	}
	way, ok := w.p.Costs.Between(w.u.Profile, w.at, to)
	if !ok {
		return s, fmt.Sprintf("no way leads to %s", name), ErrNoWay
	}
	s = Stop{Visit: v, Way: way, Arrive: w.now + way.Time}
	if v.Kind == Unload {
		s.Begin, ok = begin(windows, s.Arrive)
	} else {
		s.Begin, _, ok = w.p.ready(&w.p.Tasks[v.Task], s.Arrive)
	}
	if !ok {
		rule = ErrWindow
		after := "its last window"
		if v.Kind == Unload {
			rule = ErrRoom
		} else if w.p.Tasks[v.Task].Escort > 0 {
			after = "the last window that it and its escort share"
		}
		return s, fmt.Sprintf("%s would be reached at %v, after %s", name, max(s.Arrive, release), after), rule
	}
	s.Leave = s.Begin + service
	if s.Leave > w.u.Shift.Close {
		return s, fmt.Sprintf("%s would be done %v after the end of the shift of %s", name, s.Leave-w.u.Shift.Close, w.u.Name), ErrShift
	}
	w.now, w.at = s.Leave, leave
	if v.Kind == Unload {
		return s, fmt.Sprintf("%s has no room for the load", name), w.unload(v.Site)
	}
	w.late += w.p.Tasks[v.Task].lateness(s.Begin)
	if t := &w.p.Tasks[v.Task]; t.Delivers > 0 {
		if !w.deliver(t.Delivers - 1) {
			return s, fmt.Sprintf("%s is to be delivered, but %s has not picked it up", name, w.u.Name), ErrPair
		}
		return s, "", nil
	}
	if w.mates != nil && w.mates[v.Task] >= 0 {
		w.hold(v.Task)
	}
	for d, l := range w.p.Tasks[v.Task].Load {
		w.load[d] += int64(l)
		var most int64
		if d < len(w.u.Capacity) {
			most = int64(w.u.Capacity[d])
		}
		if w.load[d] > most {
			return s, fmt.Sprintf("%s would make a load of %d, %s takes %d", name, w.load[d], w.u.Name, most), ErrCapacity
		}
	}
	return s, "", nil
}

// pause takes the next break.
func (w *walker) pause(v Visit) (s Stop, what string, rule error) {
	b := &w.u.Breaks[v.Break]
	if v.Break != w.rest {
		return s, fmt.Sprintf("break %d of %s comes after %d others", v.Break, w.u.Name, w.rest), ErrBreak
	}
	to := w.at
	if b.At != nil {
		to = b.At[v.Place]
	}
	way, ok := w.p.Costs.Between(w.u.Profile, w.at, to)
	if !ok {
		return s, fmt.Sprintf("no way leads to the break of %s", w.u.Name), ErrNoWay
	}
	s = Stop{Visit: v, Way: way, Arrive: w.now + way.Time}
	s.Begin = max(s.Arrive, b.Window.Open)
	s.Leave = s.Begin + b.Service
	switch {
	case s.Begin > b.Window.Close:
		return s, fmt.Sprintf("the break of %s would begin %v too late", w.u.Name, s.Begin-b.Window.Close), ErrBreak
	case s.Leave > w.u.Shift.Close:
		return s, fmt.Sprintf("the break of %s would be over %v after the end of the shift", w.u.Name, s.Leave-w.u.Shift.Close), ErrShift
	}
	w.now, w.at = s.Leave, to
	w.rest++
	return s, "", nil
}

func (w *walker) unload(site int) error {
	room := w.p.Sites[site].Room
	for d := range w.load {
		w.left[site][d] += w.load[d] - w.held[d]
		w.load[d] = w.held[d]
		if room != nil && w.left[site][d] > 0 && (d >= len(room) || w.left[site][d] > int64(room[d])) {
			return ErrRoom
		}
	}
	return nil
}

// empty says whether there is nothing on board that a site would take.
func (w *walker) empty() bool { return w.load == w.held }

// end goes to where the unit ends.
func (w *walker) end() (back Cost, at time.Duration, what string, rule error) {
	if len(w.open) > 0 {
		return back, 0, fmt.Sprintf("%s ends without delivering %s", w.u.Name, w.p.Tasks[w.open[0]].Name), ErrPair
	}
	if !w.empty() {
		return back, 0, fmt.Sprintf("%s is not empty at the end", w.u.Name), ErrRoom
	}
	at = w.now
	if w.u.End != Nowhere {
		var ok bool
		if back, ok = w.p.Costs.Between(w.u.Profile, w.at, w.u.End); !ok {
			return back, 0, fmt.Sprintf("no way leads to the end of %s", w.u.Name), ErrNoWay
		}
		at += back.Time
	}
	if at > w.u.Shift.Close {
		return back, 0, fmt.Sprintf("%s would be back %v after the end of the shift", w.u.Name, at-w.u.Shift.Close), ErrShift
	}
	if w.rest < len(w.u.Breaks) && at > w.u.Breaks[w.rest].Window.Close {
		return back, at, fmt.Sprintf("%s works on to %v and has no break", w.u.Name, at), ErrBreak
	}
	return back, at, "", nil
}
