// Package alert is what people do about breaches: it turns a breach into an alert
// that somebody handles, once, and keeps what was done.
//
// Everything here is a value. An Edit makes a new Alert and leaves the old one
// whole; nothing reads a clock, instants are passed in. The caller keeps an alert
// in the store, with its Seq, before anybody is shown it.
package alert

import (
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// An ID names an alert for as long as the bureau exists; the store gives it. 0 is
// an alert that is not kept yet.
type ID int64

// A State is how far the handling has come.
type State string

// The states. There is no way back to Open; Dispatched goes back to Acknowledged
// when the person sent declines or is called back.
const (
	Open         State = "open"
	Acknowledged State = "acknowledged"
	Dispatched   State = "dispatched"
	Shut         State = "closed"
)

// States lists them in order.
func States() []State { return []State{Open, Acknowledged, Dispatched, Shut} }

// A Verb is what was done to an alert.
type Verb string

// The verbs of people.
const (
	VerbAcknowledge Verb = "acknowledge"
	VerbSend        Verb = "send"
	VerbRecall      Verb = "recall" // the person sent declined or was called back
	VerbArrive      Verb = "arrive"
	VerbNote        Verb = "note"
	VerbClose       Verb = "close"
)

// The verbs of the judge.
const (
	VerbBegin    Verb = "begin"
	VerbRaise    Verb = "raise"
	VerbEnd      Verb = "end"
	VerbCorrect  Verb = "correct"
	VerbWithdraw Verb = "withdraw"
)

// An Outcome is how an alert was closed.
type Outcome string

// The outcomes.
const (
	Handled      Outcome = "handled"       // somebody saw to it
	NothingFound Outcome = "nothing-found" // somebody went, nobody was there
	FalseAlarm   Outcome = "false-alarm"   // there was no breach; counted against the judge
	Dismissed    Outcome = "dismissed"     // seen and let be
)

// Outcomes lists them in the order in which a form shows them.
func Outcomes() []Outcome { return []Outcome{Handled, NothingFound, FalseAlarm, Dismissed} }

// A Grade is how sure the judge is.
type Grade = fence.Grade

// A Step is one thing that was done to an alert.
type Step struct {
	At   time.Time // when it was done; for the judge's, the event time
	Who  people.ID // 0 is the program
	Verb Verb
	To   people.ID // whom, with VerbSend and VerbArrive
	Note string    // as people wrote it, or what the judge has to say
}

// A Place is who answers for the ground an alert happened on.
type Place struct {
	Area grid.AreaID // 0 = the bureau
	Grid grid.GridID // the responsibility grid; 0 = none
}

// An Alert is a breach that people must handle. There is one for each key.
type Alert struct {
	ID      ID
	Seq     int64 // of the last change, over all alerts; the store gives it
	Key     fence.Key
	Tracker ingest.TrackerID
	Grade   Grade // the highest so far, lowered only by a correction
	State   State

	Began     time.Time // when the breach began; Key.Start
	Ended     time.Time // when it ended; zero while it lasts
	Withdrawn bool      // late positions showed that there was no breach

	At    orb.Point // where the subject was last seen in the breach
	Seen  time.Time // when
	Place Place     // by where it began

	Sent    people.ID // who was sent last and not called back; 0 = nobody
	Arrived time.Time // when that person was there; zero = not yet
	Outcome Outcome   // "" until closed
	History []Step    // by order of being done, never shortened
}

// Zone is the zone whose rule was broken.
func (a Alert) Zone() zone.ID { return a.Key.Zone }

// Lasts says whether the breach goes on, as far as is known.
func (a Alert) Lasts() bool { return a.Ended.IsZero() && !a.Withdrawn }
