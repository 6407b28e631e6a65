package dispatch

import "citygrid/live/alert"

// Tell says what a step of t means to its alert: who arrived is there, who
// declined is called back, and what is done is handled. told is false, and the
// alert stays, when it has nothing to say: the alert is closed, or somebody else
// was sent since.
func (t Task) Tell(a alert.Alert, s Step) (next alert.Alert, told bool) {
	if a.Sent != t.Person || a.State != alert.Dispatched {
		return a, false
	}
	var edit alert.Edit
	switch s.To {
	case Arrived:
		edit = alert.Arrive{At: s.At, Who: t.Person, Note: s.Note}
	case Declined:
		edit = alert.Recall{At: s.At, Who: t.Person, Note: s.Note}
	case Done:
		edit = alert.Close{At: s.At, Who: t.Person, Outcome: alert.Handled, Note: s.Note}
	default:
		return a, false
	}
	next, err := edit.Apply(a)
	return next, err == nil
}
