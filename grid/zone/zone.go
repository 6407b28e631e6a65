// Package zone holds the zones of a city and the rules that hold in them: areas
// where no dog may be, places where dogs may walk at certain hours only, strict
// no-parking roads.
//
// A Zone is a value that a planner draws. Nothing is judged here: package
// live/fence compiles zones and holds positions against them.
//
// Ground is in WGS 84 degrees, longitude first, its edges straight in longitude
// and latitude as GeoJSON has it. A point is in the ground by the even-odd rule
// over all its rings, so holes are outside.
package zone

import (
	"slices"
	"time"

	"citygrid/geo/street"
	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
)

// An ID names a zone for as long as the bureau exists. 0 is no zone.
type ID int64

// A Class is what sort of subject a zone applies to.
type Class string

// The classes.
const (
	Person  Class = "person"
	Vehicle Class = "vehicle"
	Dog     Class = "dog"
)

// Classes lists all classes.
func Classes() []Class { return []Class{Person, Vehicle, Dog} }

// A RuleKind is the sort of a rule.
type RuleKind string

// InsideWhileActive is broken for as long as a subject is inside the ground while
// the zone's calendar holds, whichever of the two began first.
const InsideWhileActive RuleKind = "inside-while-active"

// Dwell is broken by a subject that is inside while the calendar holds for as long as
// Rule.Longer or longer: from that long after both began, until either ends.
const Dwell RuleKind = "dwell"

// Corridor is Dwell for the ground around: it is broken by a subject that is outside
// while the calendar holds for as long as Rule.Longer or longer. It mostly names
// its Subjects: a truck that has a permit for one route.
const Corridor RuleKind = "corridor"

// Curfew is broken while a subject is inside and farther than Rule.HomeM from its
// home while the calendar holds. Who has no home that is known breaks no curfew.
const Curfew RuleKind = "curfew"

// HeadCount is broken while more than Rule.Most subjects are inside at a time and the
// calendar holds.
const HeadCount RuleKind = "head-count"

// Speed is broken while a subject inside goes faster than Rule.SpeedKmh and the
// calendar holds.
const Speed RuleKind = "speed"

// NoRule is never broken: the zone is a place that the map shows, such as a parking
// frame or a drop-off site.
const NoRule RuleKind = "none"

// RuleKinds lists them in the order in which a form shows them.
func RuleKinds() []RuleKind {
	return []RuleKind{NoRule, InsideWhileActive, Dwell, Corridor, Curfew, HeadCount, Speed}
}

// A Rule says what may not be.
type Rule struct {
	Kind RuleKind
	// Longer is how long a subject may stay, with Dwell, or be outside, with
	// Corridor; in whole seconds, for these alone.
	Longer time.Duration
	// HomeM is how far from its home a subject may be, in metres; for Curfew alone.
	HomeM float64
	// Most is how many may be there at a time; for HeadCount alone.
	Most int
	// SpeedKmh is how fast a subject may go; for Speed alone.
	SpeedKmh float64

	// Of an alert about it that nobody acknowledges: after how long people are reminded,
	// again and again, and after how long it is taken a level up. In whole seconds; 0 is
	// never. They don't matter to the judge.
	Remind, Escalate time.Duration
}

// Limits of what a Rule says.
const (
	MinLonger   = time.Second
	MinCall     = 30 * time.Second // of Remind and Escalate
	MaxCall     = 24 * time.Hour
	MaxLonger   = 7 * 24 * time.Hour
	MinHomeM    = 10
	MaxHomeM    = 100_000
	MaxMost     = 10_000
	MinSpeedKmh = 3
	MaxSpeedKmh = 300
	MaxSubjects = 10_000
)

// A Zone is a piece of ground with a rule.
type Zone struct {
	ID   ID
	Name map[string]string // by language: zh-CN, en
	Kind Kind
	// Ground may be in several pieces with holes, which belong to no piece.
	Ground orb.MultiPolygon
	// Drawn is the line or point that Ground was made of; nil where it was drawn itself.
	Drawn *Drawn
	// Beside is the street that the zone lies at, and on which side of it: a row of an
	// imported file keeps it. nil = at none, or nobody said.
	Beside *street.Beside
	Rule   Rule
	// Calendar is when the rule holds; nil is always. It is the Spec and not the
	// Calendar made of it because the table of holidays is the bureau's, and a new
	// table must not change a zone.
	Calendar *calendar.Spec
	Classes  []Class // whom the rule is for, in the order of Classes, each once
	// Subjects are for whom of the one class the rule is alone, by id: the dog whose
	// garden it is, the truck that has the permit. Empty: for all of the classes.
	Subjects []int64
	// Tags are for whom of the one class the rule is alone, too: whom the register has
	// under one of these tags. Tagged are their ids, which the store keeps as they were
	// in each version: who gets a tag or loses it makes another one.
	Tags    []string
	Tagged  []int64
	Version int64 // counts the changes of this zone, from 1
}

// For says whether the zone's rule is for subjects of a class.
func (z Zone) For(c Class) bool {
	for _, have := range z.Classes {
		if have == c {
			return true
		}
	}
	return false
}

// Only gives for whom of its one class the rule is alone, by id, ascending; false when it
// is for all.
func (z Zone) Only() ([]int64, bool) {
	ids := slices.Concat(z.Subjects, z.Tagged)
	slices.Sort(ids)
	return slices.Compact(ids), len(z.Subjects) > 0 || len(z.Tags) > 0
}

// ForSubject says whether the zone's rule is for one subject.
func (z Zone) ForSubject(c Class, id int64) bool {
	only, alone := z.Only()
	_, named := slices.BinarySearch(only, id)
	return z.For(c) && (named || !alone)
}
