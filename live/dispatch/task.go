// Package dispatch is who goes: the officers nearest to a place by road, and the
// tasks that people are sent.
//
// Everything here is a value; nothing reads a clock, instants and positions are
// passed in. The caller keeps a task in the store before anybody is shown it.
package dispatch

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"citygrid/grid/people"
	"citygrid/live/alert"

	"github.com/paulmach/orb"
)

// A TaskID names a task for as long as the bureau exists; the store gives it. 0
// is a task that is not kept yet.
type TaskID int64

// A Kind is what a person is sent for.
type Kind string

// The kinds of tasks.
const (
	KindAlert Kind = "alert"
	KindTow   Kind = "tow"
)

// A State is how far a task has come.
type State string

// The states. A task goes from Sent to Done in this order and may skip some on
// the way: who is there has received it. Declined and Recalled are open until
// Done: the person says no, or the desk has sent somebody else. From these three
// nothing leads on; who is needed again is sent a new task.
const (
	Sent     State = "sent"
	Received State = "received" // the person's phone has shown it
	Arrived  State = "arrived"
	Done     State = "done"
	Declined State = "declined"
	Recalled State = "recalled" // called back by the desk
)

// MaxNote bounds the note of a task or a step, in characters.
const MaxNote = 2_000

// Rules that tasks keep. Match with errors.Is.
var (
	ErrNoTask   = errors.New("no such task")
	ErrNotYours = errors.New("the task is another person's")
	ErrDone     = errors.New("the task is done")
	ErrDeclined = errors.New("the task was declined")
	ErrRecalled = errors.New("the person was called back from the task")
	ErrState    = errors.New("no such state to go to")
	ErrNote     = errors.New("the note is too long or not text")
	ErrTime     = errors.New("no time is given")
	ErrKeyUsed  = errors.New("this idempotency key was used for something else: make a new one for each request")
)

// A TaskError says which task a step didn't fit, and why.
type TaskError struct {
	Task TaskID
	From State
	To   State
	Rule error
}

func (e *TaskError) Error() string {
	return fmt.Sprintf("task %d, from %s to %s: %v", e.Task, e.From, e.To, e.Rule)
}

// Unwrap gives the rule.
func (e *TaskError) Unwrap() error { return e.Rule }

// A Task is what one person is sent to do.
type Task struct {
	ID     TaskID
	Seq    int64 // of the last change, over all tasks; the store gives it
	Kind   Kind
	Alert  alert.ID // with KindAlert; else 0
	Note   string   // what to do, as who sent it wrote
	Person people.ID
	State  State
	At     orb.Point // where to
	Sent   time.Time
	By     people.ID // who sent it; 0 = the program
	Steps  []Step    // by order of being taken, without the sending
	Place  int64     // order among what the person has to do; 0 = none was given
}

// A Step is one change of a task's state.
type Step struct {
	To   State
	At   time.Time // when it happened, as the phone says; it may be told later
	Note string
}

// Open says whether the person still has to do it.
func (t Task) Open() bool { return !slices.Contains(Final(), t.State) }

// Final lists the states that nothing leads on from.
func Final() []State { return []State{Done, Declined, Recalled} }

// Recall calls the person back from an open task. One that is not open stays as
// it is.
func (t Task) Recall(at time.Time) (next Task, changed bool) {
	if !t.Open() {
		return t, false
	}
	next = t
	next.State = Recalled
	next.Steps = append(t.Steps[:len(t.Steps):len(t.Steps)], Step{To: Recalled, At: at})
	return next, true
}

// CheckNote refuses a note that is too long, or no text.
func CheckNote(note string) error {
	if utf8.RuneCountInString(note) > MaxNote || !utf8.ValidString(note) {
		return ErrNote
	}
	return nil
}

// stage orders the states that follow each other.
var stage = map[State]int{Sent: 0, Received: 1, Arrived: 2, Done: 3}

// Step takes the task on to another state, for the person whose it is. changed is
// false, without an error, when the task is that far already: a phone that lost
// the reply asks again, and one that was away tells things late. The old task
// stays whole. The error is a *TaskError.
func (t Task) Step(who people.ID, s Step) (next Task, changed bool, err error) {
	refuse := func(rule error) (Task, bool, error) {
		return t, false, &TaskError{t.ID, t.State, s.To, rule}
	}
	to, known := stage[s.To]
	switch {
	case who != t.Person:
		return refuse(ErrNotYours)
	case !known && s.To != Declined || s.To == Sent:
		return refuse(ErrState)
	case s.At.IsZero():
		return refuse(ErrTime)
	case CheckNote(s.Note) != nil:
		return refuse(ErrNote)
	case t.State == s.To:
		return t, false, nil
	case t.State == Declined:
		return refuse(ErrDeclined)
	case t.State == Recalled:
		return refuse(ErrRecalled)
	case s.To == Declined && t.State == Done:
		return refuse(ErrDone)
	case s.To != Declined && to < stage[t.State]:
		return t, false, nil
	}
	next = t
	next.State = s.To
	next.Steps = append(t.Steps[:len(t.Steps):len(t.Steps)], s)
	return next, true, nil
}
