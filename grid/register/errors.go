package register

import (
	"errors"
	"fmt"
)

// Rules that registers keep. Match with errors.Is.
var (
	ErrNone    = errors.New("there is no such entry")
	ErrStale   = errors.New("changed by somebody else in the meantime: read it again")
	ErrTaken   = errors.New("another entry has this already")
	ErrInUse   = errors.New("it is still in use")
	ErrEntry   = errors.New("entry breaks a rule")
	ErrOverlap = errors.New("shifts of one person overlap")
	ErrBound   = errors.New("a dog tag stays with its dog: disable it and register another")
)

// A FieldError says which field of an entry broke a rule, and how to mend it.
type FieldError struct {
	Thing string // "team", "station", "vehicle", "dog", "device", "shift", "object", "spot", "ranking"
	Index int    // which of several entries that came together, from 0
	Field string // as in JSON and in the header of a file
	What  string // what is wrong with it
	Mend  string // what to do; "" when What says all
	Rule  error
}

func (e *FieldError) Error() string {
	s := fmt.Sprintf("%s: %s: %s", e.Thing, e.Field, e.What)
	if e.Mend != "" {
		s += ": " + e.Mend
	}
	return s
}

// Unwrap gives the rule.
func (e *FieldError) Unwrap() error { return e.Rule }
