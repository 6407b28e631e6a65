package path

import (
	"math"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// A StepKind is what one does at the beginning of a step.
type StepKind string

// What one does.
const (
	StepDepart     StepKind = "depart"
	StepTurn       StepKind = "turn"     // by Angle
	StepContinue   StepKind = "continue" // straight on, the street has another name
	StepRoundabout StepKind = "roundabout"
	StepUTurn      StepKind = "u-turn"
	StepBoard      StepKind = "board"  // a ferry, or one's own boat
	StepAshore     StepKind = "ashore" // from either
	StepStop       StepKind = "stop"   // a point of Query.Via
	StepArrive     StepKind = "arrive"
)

// A Note is something to know on the way of a step.
type Note string

// What there is to know.
const (
	NoteFerry   Note = "ferry"
	NoteGate    Note = "gate"    // a gate is passed
	NoteStairs  Note = "stairs"  // the way leads over stairs
	NotePrivate Note = "private" // over ground that is only for those who want to get there
	NoteToll    Note = "toll"
)

// A Step is what a traveller is told: what to do at a place, and how far it goes on
// from there.
type Step struct {
	Kind     StepKind
	Angle    geo.Degrees  // of a turn, to the right is positive
	Exit     int          // of a roundabout: the how manieth way out, from 1
	Stop     int          // of a stop on the way: which one, from 1
	Side     street.Sides // of an arrival: where the point lies, seen along the way; 0 = on it
	Name     string       // of the street one goes on along, in the language; "" = none
	At       orb.Point
	Bearing  geo.Degrees // in which one goes on
	Leg      int         // the first of the route's legs in it; for the arrival how many there are
	Distance geo.Metres  // to the next step
	Duration time.Duration
	Notes    []Note
	Text     string // what to do, in the language, without the distance
}

// Under this angle a way goes straight on, and over the other it turns back.
const (
	straightUnder = 30
	backOver      = 165
)

// Steps tells a route of this engine as instructions in a language. The steps'
// distances and times add up to the route's.
func (e *Engine) Steps(r Route, l Language) []Step {
	t := telling{e: e, r: &r, l: l}
	for i := range r.Legs {
		t.leg(i)
	}
	last := len(r.Legs) - 1
	t.steps = append(t.steps, Step{
		Kind: StepArrive, Leg: last + 1, At: r.Line[len(r.Line)-1],
		Bearing: t.bearing(last, true), Side: seenAlong(r.ToSnap.Side, r.Legs[last].Forward), Name: t.name(last),
	})
	for i := range t.steps {
		t.steps[i].Text = t.text(&t.steps[i])
	}
	return t.steps
}

// A telling is a route being told.
type telling struct {
	e     *Engine
	r     *Route
	l     Language
	steps []Step
	round bool // on a roundabout, whose step is the last one
}

// leg adds a leg to the steps: with a step of its own, or to the last one.
func (t *telling) leg(i int) {
	leg := t.r.Legs[i]
	if s, is := t.begins(i); is {
		s.Leg, s.At, s.Bearing, s.Name = i, t.e.n.PointAt(leg.Segment, leg.Start), t.bearing(i, false), t.name(i)
		t.steps = append(t.steps, s)
	}
	s := &t.steps[len(t.steps)-1]
	s.Distance += leg.Distance
	s.Duration += leg.Turn + leg.Duration
	for _, n := range t.notes(i) {
		if !slices.Contains(s.Notes, n) {
			s.Notes = append(s.Notes, n)
		}
	}
}

// begins says whether a step begins with a leg, and which.
func (t *telling) begins(i int) (s Step, is bool) {
	if i == 0 {
		return Step{Kind: StepDepart}, true
	}
	for k, stop := range t.r.Stops {
		if stop.Leg == i {
			t.round = false
			return Step{Kind: StepStop, Stop: k + 1}, true
		}
	}
	n := t.e.n
	from, to := t.r.Legs[i-1], t.r.Legs[i]
	was, now := n.Segment(from.Segment), n.Segment(to.Segment)
	angle := t.bearing(i-1, true).Turn(t.bearing(i, false))
	exits, straighter := t.choices(i, angle)
	switch {
	case from.Segment == to.Segment && from.Forward != to.Forward:
		t.round = false
		return Step{Kind: StepUTurn, Angle: 180}, true
	case was.Class.Afloat() != now.Class.Afloat():
		t.round = false
		if now.Class.Afloat() {
			return Step{Kind: StepBoard}, true
		}
		return Step{Kind: StepAshore}, true
	case t.round && now.Flags&street.Roundabout != 0:
		if exits > 0 {
			t.steps[len(t.steps)-1].Exit++
		}
		return s, false
	case t.round:
		// The step goes on along the street one leaves by.
		t.round = false
		last := &t.steps[len(t.steps)-1]
		last.Exit++
		last.Name = t.name(i)
		return s, false
	case now.Flags&street.Roundabout != 0 && was.Flags&street.Roundabout == 0 && t.e.p.Vehicle != street.Foot:
		t.round = true
		return Step{Kind: StepRoundabout}, true
	}
	turns := math.Abs(float64(angle)) > straightUnder
	renamed := t.name(i) != t.name(i-1) && now.Name != 0
	switch {
	case turns && exits > 0 && (renamed || straighter || math.Abs(float64(angle)) > 60):
		return Step{Kind: StepTurn, Angle: angle}, true
	case turns && renamed:
		return Step{Kind: StepTurn, Angle: angle}, true
	case renamed && to.Distance > 0:
		return Step{Kind: StepContinue}, true
	}
	return s, false
}

// choices says how many other ways there were into leg i, turning round aside, and
// whether one of them goes straighter on.
func (t *telling) choices(i int, angle geo.Degrees) (others int, straighter bool) {
	from, to := t.r.Legs[i-1], t.r.Legs[i]
	d := edgeOf(from.Segment, from.Forward)
	for _, end := range t.e.n.At(head(t.e.n, d)) {
		o := edgeOf(end.Segment, end.Forward)
		if o == d.reverse() || o == edgeOf(to.Segment, to.Forward) || !t.e.open(o) {
			continue
		}
		others++
		away := t.bearing(i-1, true).Turn(t.e.heads(o))
		straighter = straighter || math.Abs(float64(away)) < math.Abs(float64(angle))
	}
	return others, straighter
}

// steady is how far one looks along a street to see where it leads: the first
// metres behind a junction are often drawn askew.
const steady geo.Metres = 12

// heads is the bearing in which an edge leaves its junction.
func (e *Engine) heads(d edge) geo.Degrees {
	length := lengthOf(e.n, d)
	if d.forward() {
		return geo.Bearing(e.n.PointAt(d.segment(), 0), e.n.PointAt(d.segment(), min(steady, length)))
	}
	return geo.Bearing(e.n.PointAt(d.segment(), length), e.n.PointAt(d.segment(), max(0, length-steady)))
}

// bearing is the direction of a leg where it begins, or where it ends.
func (t *telling) bearing(i int, end bool) geo.Degrees {
	leg := t.r.Legs[i]
	reach := min(steady, leg.Distance)
	if !leg.Forward {
		reach = -reach
	}
	from, to := leg.Start, leg.Start+reach
	if end {
		from, to = leg.End-reach, leg.End
	}
	if leg.Distance < 0.01 { // it has no direction but that of its street
		from, to = leg.Start-1, leg.Start+1
		if !leg.Forward {
			from, to = to, from
		}
	}
	return geo.Bearing(t.e.n.PointAt(leg.Segment, from), t.e.n.PointAt(leg.Segment, to))
}

func (t *telling) name(i int) string {
	s := t.e.n.Segment(t.r.Legs[i].Segment)
	return t.l.nameOf(t.e.n.Name(s.Name))
}

// notes are what there is to know of a leg and of the junction that leads into it.
func (t *telling) notes(i int) (all []Note) {
	leg := t.r.Legs[i]
	s := t.e.n.Segment(leg.Segment)
	add := func(n Note, is bool) {
		if is {
			all = append(all, n)
		}
	}
	add(NoteFerry, s.Class == street.Ferry && t.e.p.Vehicle != street.Boat)
	add(NoteStairs, s.Class == street.Steps && leg.Distance > 0)
	d := edgeOf(leg.Segment, leg.Forward)
	add(NotePrivate, t.e.open(d) && t.e.g.private[t.e.g.of[d]])
	add(NoteToll, s.Flags&street.Toll != 0)
	before := max(0, i-1)
	entered := head(t.e.n, edgeOf(t.r.Legs[before].Segment, t.r.Legs[before].Forward))
	add(NoteGate, i > 0 && leg.Segment != t.r.Legs[before].Segment && t.e.n.Junction(entered).Flags&street.Gate != 0)
	return all
}

// seenAlong turns a side, seen forward, to how one sees it who travels.
func seenAlong(side street.Sides, forward bool) street.Sides {
	if forward || side == 0 {
		return side
	}
	return (street.Left | street.Right) &^ side
}
