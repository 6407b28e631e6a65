package studio

import (
	"errors"
	"fmt"
	"time"

	"citygrid/grid"
)

// A DraftID names a draft. 0 is none.
type DraftID int64

// A State is how far a draft has come.
type State string

// The states, in their order; a draft that is rejected or taken up again is open.
const (
	Draught   State = "open"
	Submitted State = "submitted"
	Approved  State = "approved"
	Published State = "published"
	Discarded State = "discarded"
)

// Errors of the way from a draft to a plan. Match with errors.Is.
var (
	ErrNoDraft = errors.New("no such draft")
	ErrStale   = errors.New("somebody else changed the draft in the meantime: read it again")
	ErrState   = errors.New("the draft's state does not allow this")
	ErrOwn     = errors.New("a plan is approved by another person than submitted it")
)

// A Head is what is known of a draft without its ground.
type Head struct {
	ID      DraftID
	Name    string
	Version int64 // counts the changes, from 1
	State   State

	Base        grid.PlanID // the plan that it begins with; 0 = none
	BaseVersion int64
	Plan        grid.PlanID // that it was published as; 0 = not yet
	PlanVersion int64

	Author      int64 // people.IDs; 0 = nobody
	ChangedBy   int64
	SubmittedBy int64
	ApprovedBy  int64
	AddedAt     time.Time
	ChangedAt   time.Time

	Units, Parts, Undo, Redo int
}

// A Move is a step from one state to another.
type Move string

// The moves.
const (
	Submit  Move = "submit"
	Approve Move = "approve"
	Reject  Move = "reject"
	Reopen  Move = "reopen"
	Publish Move = "publish"
	Discard Move = "discard"
)

// Moved is the head after a move that somebody makes. The errors are ErrState and
// ErrOwn.
func (h Head) Moved(m Move, who int64) (Head, error) {
	bad := fmt.Errorf("%w: %s a draft that is %s", ErrState, m, h.State)
	switch {
	case m == Submit && h.State == Draught:
		h.State, h.SubmittedBy, h.ApprovedBy = Submitted, who, 0
	case m == Approve && h.State == Submitted:
		if who == h.SubmittedBy {
			return h, ErrOwn
		}
		h.State, h.ApprovedBy = Approved, who
	case m == Reject && (h.State == Submitted || h.State == Approved),
		m == Reopen && (h.State == Submitted || h.State == Approved):
		h.State, h.SubmittedBy, h.ApprovedBy = Draught, 0, 0
	case m == Publish && h.State == Approved:
		h.State = Published
	case m == Discard && (h.State == Draught || h.State == Submitted || h.State == Approved):
		h.State = Discarded
	default:
		return h, bad
	}
	h.ChangedBy = who
	return h, nil
}

// A Done is what somebody did to a draft.
type Done struct {
	Version int64 // that came of it
	At      time.Time
	Who     int64
	What    []string // operations, or undo, redo, or a move
}

// Fill takes the counts of a draft into its head.
func (h *Head) Fill(d *Draft) {
	h.Units, h.Parts = d.Len(), len(d.Parts())
	h.Undo, h.Redo = d.History()
}
