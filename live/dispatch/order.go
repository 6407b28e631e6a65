package dispatch

import (
	"errors"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
)

// ErrMoved says that what a plan was made of has changed before it was sent.
var ErrMoved = errors.New("somebody or something was quicker: look at the plan as it is now")

// A Replan is a change of who does which tasks in which order. It is kept as a whole
// or not at all.
type Replan struct {
	Orders  []Order
	Release []TaskID           // what is no longer to be done: the vehicle has left
	Drop    []register.ShiftID // who can't go on; their open tasks are in Orders or stay theirs
	Back    []register.ShiftID // who can again
	At      time.Time
	By      people.ID
}

// An Order is in which order a person does tasks from now on. Who had a task of
// another's order is called back from it, and the person is sent a new one.
type Order struct {
	Person people.ID
	Tasks  []TaskID
}
