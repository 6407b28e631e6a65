package people

import (
	"errors"
	"fmt"
	"time"
)

// Rules that persons keep. Match with errors.Is.
var (
	ErrNoPerson   = errors.New("no such person")
	ErrStale      = errors.New("changed by somebody else in the meantime: read it again")
	ErrLoginTaken = errors.New("this login is or was somebody's: choose another")
	ErrLoginFixed = errors.New("a login cannot change: disable this person and add a new one")
	ErrLastAdmin  = errors.New("the last active admin must stay: make somebody else admin first")
	ErrDisabled   = errors.New("this account is disabled")
	ErrPerson     = errors.New("person breaks a rule")
)

// A FieldError says which field of a person broke a rule, and how to mend it.
type FieldError struct {
	Field string // as in JSON: "login", "name", "grants", "password"
	What  string
}

func (e *FieldError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.What) }

func (e *FieldError) Unwrap() error { return ErrPerson }

// A LockedError refuses a login after too many failures.
type LockedError struct{ Until time.Time }

func (e *LockedError) Error() string {
	return "locked after too many failed logins until " + e.Until.UTC().Format(time.RFC3339)
}
