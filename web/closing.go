package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/live/hub"
	"citygrid/live/room"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
)

// A closing is one request about closures: the map, the caller, and how far they may go.
type closing struct {
	*view
	m       *Map
	lang    string
	decider *caller    // the caller, with the areas where they say what is closed
	drawer  *caller    // the same of drawing
	desk    hub.Rights // of a dispatcher, as far as the caller is one
}

func (s *Server) closing(ctx context.Context) (*closing, error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	as := func(pattern string) *caller {
		c := &caller{person: w.caller.person, from: w.caller.from}
		if c.admit(s.guard.table[pattern]) != nil {
			return &caller{}
		}
		return c
	}
	var desk hub.Rights
	if s.room != nil {
		if desk, err = s.rightsOf(ctx, w.caller.person, inRole(people.Dispatcher)); err != nil {
			return nil, err
		}
	}
	return &closing{view: w, m: m, decider: as(decidesClosures), drawer: as(drawsClosures), desk: desk}, nil
}

// draws tells if the caller may draw closures anywhere.
func (w *closing) draws() bool { return w.drawer.everywhere || len(w.drawer.areas) > 0 }

// areas are where a closure is: the areas of the teams whose grids its streets are
// in, the bureau where there is none.
func (w *closing) areas(c closure.Closure) (all []grid.AreaID) {
	for _, p := range c.Pieces {
		area := w.tree.Bureau()
		if w.s.room != nil {
			if g, ok := w.s.room.Owner(middle(p.Line)); ok {
				area = cmp.Or(w.s.room.TeamArea(g.Team), area)
			}
		}
		if !slices.Contains(all, area) {
			all = append(all, area)
		}
	}
	return all
}

func middle(l orb.LineString) orb.Point {
	if len(l) == 2 {
		return orb.Point{(l[0][0] + l[1][0]) / 2, (l[0][1] + l[1][1]) / 2}
	}
	return l[len(l)/2]
}

// reach says where c is in the caller's right: in all of it, or in some.
func (w *closing) reach(by *caller, c closure.Closure) (all, some bool) {
	all = true
	for _, a := range w.areas(c) {
		ok := by.reaches(w.tree, a)
		all, some = all && ok, some || ok
	}
	return all && some, some
}

// mayChange tells if the caller may change c as it is stored.
func (w *closing) mayChange(c closure.Closure) bool {
	if all, _ := w.reach(w.decider, c); all {
		return true
	}
	return c.State != closure.Approved && c.By != 0 && c.By == w.caller.person.ID && w.draws()
}

func (w *closing) show(c closure.Closure) Closure {
	stretches, missing := w.m.Streets.On(c)
	out := Closure{
		ID: int64(c.ID), Version: c.Version, State: c.State, Reason: c.Reason, Drawn: Drawing{c.Drawn}, Direction: c.Direction,
		Profiles: append([]string{}, c.Profiles...), From: c.From.UTC(), Calendar: Calendar{c.Calendar}, When: Names{},
		Walks: w.cut(c, stretches), Missing: missing, By: w.name(c.By), Decided: w.name(c.Decided),
		MayChange: w.mayChange(c), ClosureStreets: w.streets(stretches),
	}
	if all, _ := w.reach(w.decider, c); all {
		out.MayDecide = c.State == closure.Proposed
	}
	if v := c.Effect.SpeedKMH; v != 0 {
		out.SpeedKmh = &v
	}
	if v := c.Effect.Share; v != 0 {
		out.SpeedShare = &v
	}
	if !c.To.IsZero() {
		t := c.To.UTC()
		out.To = &t
	}
	if when, err := c.When(w.m.Streets.Days()); err == nil {
		now := w.s.now()
		out.Active = when.ActiveAt(now)
		if t, ok := when.NextChange(now); ok {
			t = t.UTC()
			out.NextChange = &t
		}
	}
	if c.Calendar != nil {
		for _, lang := range []string{"zh-CN", "en"} {
			out.When[lang] = c.Calendar.Describe(lang)
		}
	}
	return out
}

// cut lists the walks that c cuts.
func (w *closing) cut(c closure.Closure, stretches []closure.Stretch) []room.CutWalk {
	onFoot := len(c.Profiles) == 0 || slices.Contains(c.Profiles, "foot")
	over := !c.To.IsZero() && !c.To.After(w.s.now())
	if w.s.room == nil || !onFoot || over || !c.Effect.Closes() || c.State == closure.Declined {
		return []room.CutWalk{}
	}
	return slices.DeleteFunc(w.s.room.Cut(w.m.Streets.ID, stretches), func(one room.CutWalk) bool {
		return !w.s.worksFor(w.desk, one.Team) || !c.To.IsZero() && !one.At.Before(c.To) || c.From.After(w.s.now()) && one.At.Before(c.From)
	})
}

func (w *closing) name(id people.ID) *PersonName {
	if id == 0 {
		return nil
	}
	p, err := w.people.get(w.ctx, id)
	if err != nil {
		return nil
	}
	return &PersonName{int64(p.ID), p.Name}
}

// streets tells stretches of street as the page shows them.
func (w *closing) streets(stretches []closure.Stretch) ClosureStreets {
	n := w.m.Network
	lines := make([]orb.LineString, len(stretches))
	lengths := make(map[string]geo.Metres)
	out := ClosureStreets{Segments: len(stretches), Names: []string{}}
	for i, s := range stretches {
		lines[i] = n.Line(s.Segment)
		if s.Backward && !s.Forward {
			lines[i].Reverse()
		}
		seg := n.Segment(s.Segment)
		out.LengthM += float64(seg.LengthM)
		if name := streetName(n.Name(seg.Name), w.lang); name != "" {
			lengths[name] += geo.Metres(seg.LengthM)
		}
	}
	out.Streets = linesOf(lines)
	for name := range lengths {
		out.Names = append(out.Names, name)
	}
	slices.SortFunc(out.Names, func(a, b string) int { return cmp.Or(cmp.Compare(lengths[b], lengths[a]), cmp.Compare(a, b)) })
	return out
}

// fieldsOf is what a change of c starts from.
func fieldsOf(c closure.Closure) ClosureFields {
	f := ClosureFields{Reason: c.Reason, Drawn: Drawing{c.Drawn}, Direction: c.Direction, Profiles: c.Profiles, Calendar: Calendar{c.Calendar}}
	if v := c.Effect.SpeedKMH; v != 0 {
		f.SpeedKmh = &v
	}
	if v := c.Effect.Share; v != 0 {
		f.SpeedShare = &v
	}
	if !c.From.IsZero() {
		f.From = &c.From
	}
	if !c.To.IsZero() {
		f.To = &c.To
	}
	return f
}

// with is c with what was sent, its streets found anew if they may be others.
func (w *closing) with(ctx context.Context, c closure.Closure, sent edit[ClosureFields]) (closure.Closure, error) {
	f := fieldsOf(c)
	if err := sent.apply(&f); err != nil {
		return c, err
	}
	c.Reason, c.Direction, c.Profiles, c.Calendar = f.Reason, cmp.Or(f.Direction, closure.Both), f.Profiles, f.Calendar.Spec
	c.Drawn, c.Effect, c.From, c.To = f.Drawn.Geometry, closure.Effect{}, w.s.now().UTC().Truncate(time.Second), time.Time{}
	if f.SpeedKmh != nil {
		c.Effect.SpeedKMH = cmp.Or(*f.SpeedKmh, -1) // 0 km/h is not the way to close
	}
	if f.SpeedShare != nil {
		c.Effect.Share = cmp.Or(*f.SpeedShare, -1)
	}
	if f.From != nil {
		c.From = f.From.UTC()
	}
	if f.To != nil {
		c.To = f.To.UTC()
	}
	for _, p := range c.Profiles {
		if !slices.Contains(w.m.Streets.Profiles(), p) {
			return c, invalid("route.profile", "body.profiles", "%.40q does not travel here", p)
		}
	}
	for _, field := range []string{"drawn", "direction", "profiles"} {
		if _, ok := sent.sent[field]; ok || len(c.Pieces) == 0 {
			return w.find(ctx, c)
		}
	}
	return c, nil
}

// find looks for the streets that are meant.
func (w *closing) find(ctx context.Context, c closure.Closure) (closure.Closure, error) {
	leave, err := w.s.routing.enter(ctx)
	if err != nil {
		return c, err
	}
	defer leave()
	profiles := c.Profiles
	if len(profiles) == 0 {
		profiles = w.m.Streets.Profiles()
	}
	travelled := func(id street.SegmentID) bool {
		for _, p := range profiles {
			if w.m.Streets.Travels(p, id) {
				return true
			}
		}
		return false
	}
	c.Pieces, err = closure.Find(w.m.Network, c.Drawn, c.Direction, travelled)
	return c, err
}
