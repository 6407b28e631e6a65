package grid

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// A Fault is one thing that is wrong with a plan: where, what and how to mend it.
type Fault struct {
	Rule    error      // ErrPlan, ErrShape, ErrOverlap, ErrGap or ErrTangled
	Feature int        // position of the grid in the plan or the file, from 0; -1 when no grid is at fault
	Other   int        // of an overlap, the second grid; else -1
	Field   string     // as in GeoJSON: "id", "name", "geometry"; "" for the file as a whole
	What    string     // what is wrong
	Mend    string     // what to do about it
	At      *orb.Point // where to look on the map; nil when it has no place
	AreaM2  float64    // of an overlap or gap, in square metres
}

// Kind is the fault's rule in a word: field, invalid, overlap, gap or tangled.
func (f Fault) Kind() string {
	switch f.Rule {
	case ErrShape:
		return "invalid"
	case ErrOverlap:
		return "overlap"
	case ErrGap:
		return "gap"
	case ErrTangled:
		return "tangled"
	}
	return "field"
}

// String is the fault in one line.
func (f Fault) String() string {
	var b strings.Builder
	switch {
	case f.Other >= 0:
		fmt.Fprintf(&b, "features %d and %d: ", f.Feature, f.Other)
	case f.Feature >= 0:
		fmt.Fprintf(&b, "feature %d: ", f.Feature)
	}
	if f.Field != "" && f.Field != "geometry" {
		fmt.Fprintf(&b, "%s: ", f.Field)
	}
	b.WriteString(f.What)
	if f.At != nil {
		fmt.Fprintf(&b, " at %.7f,%.7f", f.At[0], f.At[1])
	}
	if f.Mend != "" {
		fmt.Fprintf(&b, "; %s", f.Mend)
	}
	return b.String()
}

// maxFaults is how many faults are told at once; a planner mends the first ones
// and asks again.
const maxFaults = 500

// A PlanError is a plan refused, with all that is wrong with it. errors.Is finds
// the rule of each fault.
type PlanError struct {
	Faults []Fault
	More   int // faults beyond those, when there are very many
}

func (e *PlanError) Error() string {
	s := "plan refused: " + e.Faults[0].String()
	if n := len(e.Faults) - 1 + e.More; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Unwrap gives the rules that were broken.
func (e *PlanError) Unwrap() []error {
	var rules []error
	for _, f := range e.Faults {
		rules = append(rules, f.Rule)
	}
	return rules
}

// add notes a fault, or only counts it when there are too many.
func (e *PlanError) add(f Fault) {
	if len(e.Faults) < maxFaults {
		e.Faults = append(e.Faults, f)
	} else {
		e.More++
	}
}

// orNil is e as an error, nil when nothing is wrong.
func (e *PlanError) orNil() error {
	if len(e.Faults) == 0 {
		return nil
	}
	return e
}
