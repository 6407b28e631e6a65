// Package closure is what of the streets is not as the map says, for a time: a
// street that is closed, or slower, for some who travel or for all.
//
// A Closure is drawn on the map. Find gives the streets that were meant, as Pieces:
// what they look like and which OpenStreetMap ways they are of, not the numbers of
// one map's segments, so that a closure outlives an import. Resolve finds the pieces
// again on a map. What engines make of it is for routing/city.
//
// Positions are WGS 84, longitude first; speeds km/h; a closure holds from <= t < to.
package closure

import (
	"fmt"
	"math"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// An ID numbers closures from 1. It is never given again.
type ID int64

// A State says how far a closure has come.
type State string

// The states. Only what is approved holds.
const (
	Proposed State = "proposed"
	Approved State = "approved"
	Declined State = "declined"
)

// A Direction is in which direction a street is closed.
type Direction string

// The directions. Along is that of the line that was drawn; where streets were
// picked one by one, that of the street as it is drawn on the map.
const (
	Both    Direction = "both"
	Along   Direction = "along"
	Against Direction = "against"
)

// An Effect is what a closure does. The zero Effect closes.
type Effect struct {
	SpeedKMH float64 // no faster than that; 0 = no such limit
	Share    float64 // of the usual speed that remains; 0 = no such limit
}

// Closes tells if nobody gets through.
func (e Effect) Closes() bool { return e == Effect{} }

// A Piece is a street, from one junction to the next, as it was when the closure
// was drawn.
type Piece struct {
	Way  int64          // OpenStreetMap's
	Line orb.LineString // in the direction that is closed
}

// A Closure is one of them. Values are not changed once made.
type Closure struct {
	ID      ID
	Version int64
	State   State
	Reason  string       // why, for people: "burst water main"
	Drawn   orb.Geometry // as somebody drew it: MultiPoint (streets picked), LineString or Polygon

	Direction Direction
	Pieces    []Piece
	Profiles  []string // whom it concerns; none = all who travel
	Effect    Effect

	From     time.Time
	To       time.Time      // zero = until it is taken back
	Calendar *calendar.Spec // when in between; nil = always

	By      people.ID // who drew it; 0 = the program
	Decided people.ID // who approved or declined; 0 = nobody yet
}

// Limits of one closure.
const (
	MaxReason   = 200 // characters
	MaxPieces   = 2000
	MaxPoints   = 50_000 // of all pieces
	MaxDrawn    = 1000   // points of what is drawn
	MaxProfiles = 20
)

// Check says which rule a closure breaks, as a *register.FieldError; nil if none.
func (c Closure) Check() error {
	bad := func(field, what, mend string) error {
		return &register.FieldError{Thing: "closure", Field: field, What: what, Mend: mend, Rule: register.ErrEntry}
	}
	switch n := utf8.RuneCountInString(c.Reason); {
	case n == 0:
		return bad("reason", "it is missing", "say why, in a few words")
	case n > MaxReason || !utf8.ValidString(c.Reason):
		return bad("reason", fmt.Sprintf("it has %d characters", n), fmt.Sprintf("at most %d", MaxReason))
	}
	for _, r := range c.Reason {
		if unicode.IsControl(r) {
			return bad("reason", "it has a control character in it", "write one line of text")
		}
	}
	if c.State != Proposed && c.State != Approved && c.State != Declined {
		return bad("state", fmt.Sprintf("there is no state %q", c.State), "")
	}
	if c.Direction != Both && c.Direction != Along && c.Direction != Against {
		return bad("direction", fmt.Sprintf("there is no direction %q", c.Direction), "both, along or against")
	}
	if err := CheckDrawn(c.Drawn); err != nil {
		return err
	}
	if _, area := c.Drawn.(orb.Polygon); area && c.Direction != Both {
		return bad("direction", "an area has none", "draw a line along the street instead")
	}
	points := 0
	for _, p := range c.Pieces {
		if len(p.Line) < 2 || slices.ContainsFunc(p.Line, func(p orb.Point) bool { return !onEarth(p) }) {
			return bad("drawn", "a street of it has no shape", "draw it again")
		}
		points += len(p.Line)
	}
	switch {
	case len(c.Pieces) == 0:
		return bad("drawn", "no street is meant by it", "pick a street, or draw along or around one")
	case len(c.Pieces) > MaxPieces, points > MaxPoints:
		return bad("drawn", fmt.Sprintf("%d stretches of street are meant by it", len(c.Pieces)), fmt.Sprintf("at most %d: draw several closures", MaxPieces))
	}
	if len(c.Profiles) > MaxProfiles {
		return bad("profiles", "too many", "none are all")
	}
	for i, p := range c.Profiles {
		if p == "" || len(p) > 40 || slices.Contains(c.Profiles[:i], p) {
			return bad("profiles", fmt.Sprintf("%.40q is none, or there twice", p), "name each once")
		}
	}
	e := c.Effect
	switch {
	case e.SpeedKMH != 0 && e.Share != 0:
		return bad("speed_share", "there is a speed too", "give one of them")
	case e.SpeedKMH != 0 && !(e.SpeedKMH >= 1 && e.SpeedKMH <= 150):
		return bad("speed_kmh", fmt.Sprintf("%v km/h", e.SpeedKMH), "1 to 150; leave it out to close the street")
	case e.Share != 0 && !(e.Share >= 0.05 && e.Share <= 0.95):
		return bad("speed_share", fmt.Sprint(e.Share), "0.05 to 0.95 of the usual speed; leave it out to close the street")
	}
	if c.From.IsZero() || c.From.Year() < 1970 || c.From.Year() > 2200 {
		return bad("from", "no time from which it holds", "")
	}
	if !c.To.IsZero() && (!c.To.After(c.From) || c.To.Year() > 2200) {
		return bad("to", "it ends before it begins", "choose a later time, or none")
	}
	if c.Calendar != nil {
		if _, err := calendar.New(*c.Calendar, nil); err != nil {
			return bad("calendar", err.Error(), "")
		}
	}
	return nil
}

// CheckDrawn says what is wrong with a shape that somebody drew.
func CheckDrawn(g orb.Geometry) error {
	bad := func(what, mend string) error {
		return &register.FieldError{Thing: "closure", Field: "drawn", What: what, Mend: mend, Rule: register.ErrEntry}
	}
	var points []orb.Point
	switch g := g.(type) {
	case orb.MultiPoint:
		if points = g; len(points) == 0 {
			return bad("no street is picked", "click on one")
		}
	case orb.LineString:
		if points = g; len(points) < 2 {
			return bad("a line has two points or more", "")
		}
	case orb.Polygon:
		if len(g) != 1 || len(g[0]) < 4 || g[0][0] != g[0][len(g[0])-1] {
			return bad("not one closed ring of three corners or more", "draw around the streets")
		}
		points = g[0]
	default:
		return bad("it is no MultiPoint, LineString or Polygon", "pick streets, or draw a line or an area")
	}
	if len(points) > MaxDrawn {
		return bad(fmt.Sprintf("it has %d points", len(points)), fmt.Sprintf("at most %d", MaxDrawn))
	}
	if slices.ContainsFunc(points, func(p orb.Point) bool { return !onEarth(p) }) {
		return bad("a point is not on earth", "longitude comes first, in degrees")
	}
	b := orb.MultiPoint(points).Bound()
	if b.Max[0]-b.Min[0] > maxSpan || b.Max[1]-b.Min[1] > maxSpan {
		return bad("it is larger than half a degree", "draw several closures")
	}
	return nil
}

// maxSpan bounds the work of finding streets, in degrees.
const maxSpan = 0.5

func onEarth(p orb.Point) bool { return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 }
