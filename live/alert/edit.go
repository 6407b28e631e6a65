package alert

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"citygrid/grid/people"
)

// Limits on an alert's history.
const (
	MaxNote  = 2_000 // characters
	MaxSteps = 1_000 // an alert that a thousand things were done to is stuck in a loop
)

// Rules that alerts keep. Match with errors.Is.
var (
	ErrNoAlert = errors.New("no such alert")
	ErrClosed  = errors.New("the alert is closed")
	ErrState   = errors.New("not in this state of the alert")
	ErrDone    = errors.New("that was done already")
	ErrNote    = errors.New("not a note")
	ErrWho     = errors.New("nobody is named")
	ErrOutcome = errors.New("no such outcome")
	ErrFull    = errors.New("the alert's history is full: close it")
	ErrTime    = errors.New("no time is given")
)

// An EditError says which alert an edit didn't fit, and why.
type EditError struct {
	Alert ID
	Verb  Verb
	State State // the alert's state
	What  string
	Rule  error
}

func (e *EditError) Error() string {
	return fmt.Sprintf("alert %d, %s: %s", e.Alert, e.Verb, e.What)
}

// Unwrap gives the rule.
func (e *EditError) Unwrap() error { return e.Rule }

// An Edit makes a new alert out of one and leaves the old one whole. Edits are
// structs, so that they can be written down. The error is an *EditError.
type Edit interface {
	Apply(Alert) (Alert, error)
}

// Acknowledge says that somebody looks after the alert now.
type Acknowledge struct {
	At   time.Time
	Who  people.ID
	Note string
}

// Send sends a person. Sending another calls the first one back; sending the same
// again is ErrDone.
type Send struct {
	At   time.Time
	Who  people.ID
	To   people.ID
	Note string
}

// Recall says that the person sent declined, or was called back.
type Recall struct {
	At   time.Time
	Who  people.ID
	Note string
}

// Arrive says that the person sent is there.
type Arrive struct {
	At   time.Time
	Who  people.ID // who says so, mostly the person sent
	Note string
}

// Note adds a remark. It is the one edit that a closed alert takes.
type Note struct {
	At   time.Time
	Who  people.ID
	Note string
}

// Close ends the handling, whether or not the breach goes on. No outcome means
// Handled.
type Close struct {
	At      time.Time
	Who     people.ID
	Outcome Outcome
	Note    string
}

// Apply takes an open alert only.
func (e Acknowledge) Apply(a Alert) (Alert, error) {
	s := Step{At: e.At, Who: e.Who, Verb: VerbAcknowledge, Note: e.Note}
	switch a.State {
	case Open:
	case Shut:
		return a, refuse(a, s, ErrClosed, "the alert is closed")
	default:
		return a, refuse(a, s, ErrDone, "somebody looks after it already")
	}
	b, err := a.with(s)
	if err == nil {
		b.State = Acknowledged
	}
	return b, err
}

// Apply takes every alert that is not closed: who sends somebody has seen it.
func (e Send) Apply(a Alert) (Alert, error) {
	s := Step{At: e.At, Who: e.Who, Verb: VerbSend, To: e.To, Note: e.Note}
	switch {
	case a.State == Shut:
		return a, refuse(a, s, ErrClosed, "the alert is closed")
	case e.To <= 0:
		return a, refuse(a, s, ErrWho, "say who is sent")
	case a.State == Dispatched && a.Sent == e.To:
		return a, refuse(a, s, ErrDone, fmt.Sprintf("person %d is sent already", e.To))
	}
	b, err := a.with(s)
	if err == nil {
		b.State, b.Sent, b.Arrived = Dispatched, e.To, time.Time{}
	}
	return b, err
}

// Apply takes a dispatched alert only.
func (e Recall) Apply(a Alert) (Alert, error) {
	s := Step{At: e.At, Who: e.Who, Verb: VerbRecall, To: a.Sent, Note: e.Note}
	if a.State != Dispatched {
		return a, refuse(a, s, notDispatched(a), "nobody is on the way")
	}
	b, err := a.with(s)
	if err == nil {
		b.State, b.Sent, b.Arrived = Acknowledged, 0, time.Time{}
	}
	return b, err
}

// Apply takes a dispatched alert only, once.
func (e Arrive) Apply(a Alert) (Alert, error) {
	s := Step{At: e.At, Who: e.Who, Verb: VerbArrive, To: a.Sent, Note: e.Note}
	switch {
	case a.State != Dispatched:
		return a, refuse(a, s, notDispatched(a), "nobody is on the way")
	case !a.Arrived.IsZero():
		return a, refuse(a, s, ErrDone, "the person sent is there already")
	}
	b, err := a.with(s)
	if err == nil {
		b.Arrived = e.At
	}
	return b, err
}

// Apply takes every alert; the note may not be empty.
func (e Note) Apply(a Alert) (Alert, error) {
	s := Step{At: e.At, Who: e.Who, Verb: VerbNote, Note: e.Note}
	if e.Note == "" {
		return a, refuse(a, s, ErrNote, "write something")
	}
	return a.with(s)
}

// Apply takes every alert that is not closed.
func (e Close) Apply(a Alert) (Alert, error) {
	s := Step{At: e.At, Who: e.Who, Verb: VerbClose, Note: e.Note}
	if e.Outcome == "" {
		e.Outcome = Handled
	}
	switch {
	case a.State == Shut:
		return a, refuse(a, s, ErrClosed, "the alert is closed already, as "+string(a.Outcome))
	case !slices.Contains(Outcomes(), e.Outcome):
		return a, refuse(a, s, ErrOutcome, fmt.Sprintf("%.40q is no outcome: use one of %v", e.Outcome, Outcomes()))
	}
	b, err := a.with(s)
	if err == nil {
		b.State, b.Outcome = Shut, e.Outcome
	}
	return b, err
}

// with is the alert with one more step of a person's.
func (a Alert) with(s Step) (Alert, error) {
	switch {
	case s.Who <= 0:
		return a, refuse(a, s, ErrWho, "say who does it")
	case s.At.IsZero():
		return a, refuse(a, s, ErrTime, "say when it was done")
	case len(a.History) >= MaxSteps && s.Verb != VerbClose:
		return a, refuse(a, s, ErrFull, fmt.Sprintf("%d things were done to it: close it", len(a.History)))
	}
	if err := checkNote(s.Note); err != "" {
		return a, refuse(a, s, ErrNote, err)
	}
	return a.after(s), nil
}

// after adds a step to a history of its own: a slice shared with the old alert
// would show through.
func (a Alert) after(s Step) Alert {
	a.History = append(slices.Clip(slices.Clone(a.History)), s)
	return a
}

func checkNote(note string) string {
	if utf8.RuneCountInString(note) > MaxNote {
		return fmt.Sprintf("the note is longer than %d characters", MaxNote)
	}
	if !utf8.ValidString(note) {
		return "the note is not UTF-8"
	}
	for _, r := range note {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			return fmt.Sprintf("the note holds the character %U: leave it out", r)
		}
	}
	return ""
}

func notDispatched(a Alert) error {
	if a.State == Shut {
		return ErrClosed
	}
	return ErrState
}

func refuse(a Alert, s Step, rule error, what string) error {
	return &EditError{Alert: a.ID, Verb: s.Verb, State: a.State, What: what, Rule: rule}
}
