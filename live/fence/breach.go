package fence

import (
	"encoding/json"
	"fmt"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A Subject is who or what a tracker is about: dog 17, not its tag.
type Subject struct {
	Class zone.Class `json:"class"`
	ID    int64      `json:"id"`
}

// A Key names one breach for ever: the same fixes, zones and calendars give the
// same key, however often they are judged.
type Key struct {
	Subject Subject
	Zone    zone.ID
	Rule    zone.RuleKind
	Start   time.Time // in UTC
}

// String writes the key as one word, for stores that want one.
func (k Key) String() string {
	return fmt.Sprintf("%s/%d/%d/%s/%s", k.Subject.Class, k.Subject.ID, k.Zone, k.Rule, k.Start.UTC().Format(time.RFC3339Nano))
}

// An Event is what happened to a breach.
type Event string

// The events. Of one key, Began comes first; Raised may follow any number of
// times; Ended comes once unless a correction opens the breach again. Corrected
// and Withdrawn are only sent when late fixes made an earlier judgement wrong.
const (
	Began     Event = "began"
	Raised    Event = "raised" // the grade is higher now
	Ended     Event = "ended"
	Corrected Event = "corrected" // start, end or grade were told wrong; see Was
	Withdrawn Event = "withdrawn" // there never was such a breach
)

// A Grade is how sure we are that the subject is inside and not just drawn there
// by the noise of its tracker. Grades are ordered.
type Grade uint8

// The grades. See Config for what they take.
const (
	NoGrade Grade = iota
	Possible
	Likely
	Confirmed
)

var gradeNames = [...]string{"", "possible", "likely", "confirmed"}

// String is the name that ParseGrade reads.
func (g Grade) String() string {
	if int(g) < len(gradeNames) {
		return gradeNames[g]
	}
	return fmt.Sprintf("grade %d", uint8(g))
}

// ParseGrade reads "possible", "likely" or "confirmed", and "" as NoGrade.
func ParseGrade(s string) (Grade, error) {
	for g, name := range gradeNames {
		if s == name {
			return Grade(g), nil
		}
	}
	return NoGrade, fmt.Errorf("%.40q is no grade: use possible, likely or confirmed", s)
}

// MarshalJSON writes the name, and null for NoGrade.
func (g Grade) MarshalJSON() ([]byte, error) {
	if g == NoGrade {
		return []byte("null"), nil
	}
	return json.Marshal(g.String())
}

// UnmarshalJSON reads what MarshalJSON writes.
func (g *Grade) UnmarshalJSON(text []byte) error {
	var s *string
	err := json.Unmarshal(text, &s)
	if err != nil {
		return err
	}
	*g = NoGrade
	if s != nil {
		*g, err = ParseGrade(*s)
	}
	return err
}

// A Why says what ended a breach, or began it.
type Why string

// The reasons.
const (
	Moved   Why = "moved"   // the subject came in, or left
	Clock   Why = "clock"   // the zone's window opened or closed around it
	Stayed  Why = "stayed"  // it was there, or away, for as long as the zone allows
	Crossed Why = "crossed" // it was here and there and the zone lies between: nobody saw it inside
	Silence Why = "silence" // nothing was heard for so long that nobody knows
	Edited  Why = "edited"  // the zone was drawn, changed or removed
	Closed  Why = "closed"  // the tracker was taken off its subject
)

// A Sight is the fix that a judgement rests on.
type Sight struct {
	Time     time.Time
	At       orb.Point
	Accuracy geo.Metres // 0 = not told
}

// A Breach is a rule not kept, and what just happened to it. Every event carries
// the whole state of the breach after it, so whoever keeps the last one of each
// key has everything.
type Breach struct {
	Subject Subject
	Tracker ingest.TrackerID
	Zone    zone.ID
	Rule    zone.RuleKind
	Start   time.Time // event time, UTC
	End     time.Time // zero while it lasts
	Grade   Grade     // the highest it reached

	Event Event
	At    time.Time // when that happened, in event time
	Why   Why
	Sight Sight // the last fix before At
	// Was is the start under which the breach was told before; only with Corrected,
	// and only if it changed. The key changes with it.
	Was time.Time
}

// Key gives the key of the breach.
func (b Breach) Key() Key { return Key{b.Subject, b.Zone, b.Rule, b.Start} }
