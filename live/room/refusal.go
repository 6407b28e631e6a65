package room

import (
	"errors"

	"citygrid/routing/patrol"
	"citygrid/routing/solve"
)

// rules name why a unit can't.
var rules = []struct {
	rule error
	name string
}{
	{solve.ErrCapacity, "capacity"},
	{solve.ErrShift, "shift"},
	{solve.ErrWindow, "window"},
	{solve.ErrTurn, "turn"},
	{solve.ErrRoom, "site"},
	{solve.ErrNoWay, "no_way"},
	{solve.ErrSkills, "skills"},
	{solve.ErrBreak, "break"},
	{errBegun, "begun"},
	{patrol.ErrClosed, "closed"},
	{ErrNoTruck, "no_unit"},
	{solve.ErrNoUnit, "no_unit"},
	{solve.ErrFull, "shift"},
}

// RuleName is the short name of the rule by which a unit refuses a task; "other" for
// one that has none.
func RuleName(why error) string {
	for _, r := range rules {
		if errors.Is(why, r.rule) {
			return r.name
		}
	}
	return "other"
}
