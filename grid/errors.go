package grid

import (
	"errors"
	"fmt"
)

// Rules that areas keep. Match with errors.Is.
var (
	ErrNoArea    = errors.New("no such area")
	ErrStale     = errors.New("changed by somebody else in the meantime: read it again")
	ErrAreaInUse = errors.New("area is still in use")
	ErrArea      = errors.New("area breaks a rule")
)

// Rules that plans keep. Match with errors.Is.
var (
	ErrNoPlan  = errors.New("no such plan")
	ErrPlan    = errors.New("plan breaks a rule")                     // an id or code twice, a name too long ...
	ErrShape   = errors.New("grid's ground is not a valid area")      // a ring that crosses itself, too few points ...
	ErrOverlap = errors.New("grids overlap")                          // a point would have two owners
	ErrGap     = errors.New("there is a gap between grids")           // a point would have no owner
	ErrTangled = errors.New("borders cross each other far too often") // not a plan at all
)

// An AreaError says which area broke a rule, which field is at fault, and how
// to mend it.
type AreaError struct {
	Area  AreaID // 0 for one that has no id yet
	Field string // as in JSON: "parent", "kind", "code", "name", "boundary"
	What  string
	Rule  error
}

func (e *AreaError) Error() string {
	if e.Area == 0 {
		return fmt.Sprintf("new area: %s: %s", e.Field, e.What)
	}
	return fmt.Sprintf("area %d: %s: %s", e.Area, e.Field, e.What)
}

func (e *AreaError) Unwrap() error { return e.Rule }
