package calendar

import "errors"

// Rules that a calendar, a table of days and their texts keep. Match with
// errors.Is; an *Error around them says where and how to mend it.
var (
	ErrSyntax      = errors.New("cannot be read")
	ErrUnsupported = errors.New("not supported")
	ErrRange       = errors.New("out of range")
	ErrZone        = errors.New("no such time zone")
	ErrOverlap     = errors.New("two entries for one date")
	ErrEmpty       = errors.New("holds at no time")
	ErrTooLarge    = errors.New("too large")
)

// An Error says which rule was broken, where in the input, and what to do.
type Error struct {
	Rule  error  // one of the Err values of this package
	Where string // a path as rules[2].windows[0], a line of a file, or a place in a text; "" for the whole
	What  string // what was found
	Mend  string // what to write in its place; "" when What says it all
}

func (e *Error) Error() string {
	s := e.What
	if e.Where != "" {
		s = e.Where + ": " + s
	}
	if e.Mend != "" {
		s += "; " + e.Mend
	}
	return s
}

// Unwrap gives the rule.
func (e *Error) Unwrap() error { return e.Rule }

// under puts a path in front of where err happened.
func under(where string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	in := *e
	switch {
	case in.Where == "":
		in.Where = where
	case in.Where[0] == '[':
		in.Where = where + in.Where
	default:
		in.Where = where + "." + in.Where
	}
	return &in
}
