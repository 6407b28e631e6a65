package fence

import (
	"cmp"
	"math"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A State is what is known of one tracker: where it is in and out of, and what was
// said about it. It belongs to the worker that owns the tracker. Make one with
// NewState or Decode.
//
// It holds the judgement twice. head is what was told. base is the judgement
// before the oldest fix that a late one may still come before; from there the fixes
// after it are judged again when one does.
type State struct {
	// What most fixes look at is together in front: judging waits for memory, a line of
	// 64 bytes at a time.
	clock   int64   // the latest instant heard of, from fixes and Advance
	born    int64   // fixes before are not this subject's
	seq     uint64  // the highest arrival number that was judged
	tail    []sight // the fixes after base, by time
	midAt   int64   // of mid; no sense while midTail is 0
	midTail int32
	class   uint8
	head    core
	nearby  nearby
	base    core
	// mid is the judgement right after tail[midTail-1], the next base; it has no sense
	// while midTail is 0.
	mid core
	// past are judgements before base, by time, from which fixes that come hours late are
	// judged again together with the stored ones; see past.go.
	past []core
	told []episode // breaches told of, but for those that were over at the oldest of these

	pruned int64 // up to where told was last cleared

	known uint64 // seq when the state was written down
	// early are arrival numbers, ascending, of stored fixes that were judged before their
	// turn.
	early []uint64

	tracker ingest.TrackerID
	subject Subject

	Counts Counts

	// Where tail and the records of head begin: in one piece of memory with the rest.
	ownTail [ownTail]sight
	ownRecs [2]record
}

// ownTail holds what a tracker that reports each ten seconds has in its tail.
const ownTail = 20

// Counts says what became of a tracker's fixes that were not judged.
type Counts struct {
	Duplicate uint64 `json:"duplicate"`
	Late      uint64 `json:"late"`    // by more than Config.Lateness
	Ahead     uint64 `json:"ahead"`   // of the time of being received by more than Config.Ahead
	Crowded   uint64 `json:"crowded"` // more than MaxTail in the time of lateness
}

// NewState is the state of a tracker that nothing was heard of.
func NewState(tracker ingest.TrackerID, subject Subject) *State {
	s := &State{tracker: tracker, subject: subject, class: classBit(subject.Class), clock: never, born: never}
	s.tail, s.head.recs = s.ownTail[:0], s.ownRecs[:0]
	s.head.now, s.base.now = never, never
	return s
}

// NewStateFrom is NewState for a tracker that was about somebody else before t.
func NewStateFrom(tracker ingest.TrackerID, subject Subject, t time.Time) *State {
	s := NewState(tracker, subject)
	s.born = t.UnixNano()
	return s
}

// Tracker is whose state it is.
func (s *State) Tracker() ingest.TrackerID { return s.tracker }

// Subject is whom the tracker is about.
func (s *State) Subject() Subject { return s.subject }

// Lasting gives the breaches that go on, by zone.
func (s *State) Lasting() []Breach {
	var out []Breach
	for _, e := range s.told {
		if e.end == 0 {
			out = append(out, s.breach(&e, Began, e.start, Moved))
		}
	}
	return out
}

// never is before every instant, forever after.
const (
	never   = math.MinInt64
	forever = math.MaxInt64
)

// A core is a judgement up to an instant. Instants are nanoseconds since 1970.
type core struct {
	now int64  // of the last fix or change of the clock that is in it
	sum uint64 // of the rules in force
	// rules are those that the records' zones were found in; nil: look them up.
	rules *Rules
	recs  []record
	pace  float64 // the subject's own interval in seconds; 0: not known
	has   bool
	last  sight // the last fix, if it has one
	noise scatter
}

// copyTo copies c, re-using what dst has.
func (c *core) copyTo(dst *core) {
	recs := append(dst.recs[:0], c.recs...)
	*dst = *c
	dst.recs = recs
}

// A sight is a fix as far as the judge looks at it.
type sight struct {
	t        int64
	at       orb.Point
	accuracy float32
	speed    float32 // km/h; -1: not told
}

func sightOf(f *ingest.Fix) sight {
	g := sight{f.Time.UnixNano(), f.At, float32(f.Accuracy), -1}
	if f.Speed >= 0 { // not NaN
		g.speed = float32(f.Speed)
	}
	return g
}

// compare orders sights by time and those of one time by what they say, so that
// the order doesn't depend on that of arrival.
func (f sight) compare(g sight) int {
	return cmp.Or(cmp.Compare(f.t, g.t), cmp.Compare(f.at[0], g.at[0]), cmp.Compare(f.at[1], g.at[1]), cmp.Compare(f.accuracy, g.accuracy), cmp.Compare(f.speed, g.speed))
}

func (c *core) sight() Sight {
	if !c.has {
		return Sight{}
	}
	f := c.last
	return Sight{Time: instant(f.t), At: f.at, Accuracy: geo.Metres(math.Round(1000*float64(f.accuracy)) / 1000)}
}

// A record is what is known of a subject and a zone while there is something to
// know: evidence that it is inside.
type record struct {
	zone zone.ID
	// fenced is the zone in the rules that the state last met; nil after Decode.
	fenced *fenced
	sum    uint64 // of the zone
	in     bool
	// grade is the highest since it came in.
	grade Grade
	// enter and leave are evidence that it is inside and outside, as log-odds beyond
	// what the noise at a border gives; from 0 to that of a confirming fix.
	enter, leave float64
	since        int64 // when it came in
	start        int64 // of the breach; 0: none lasts
	due          int64 // when it begins if the subject stays; 0: not because of that
	active       bool  // the zone's calendar, while in
	until        int64 // when that changes
}

// An episode is a breach as it was told.
type episode struct {
	zone       zone.ID
	rule       zone.RuleKind
	start, end int64 // end is 0 while it lasts
	grade      Grade
	why        Why // of its end
	// at is the instant at which the end was seen, which is the end but for a crossing
	// between two fixes; 0 while it lasts.
	at int64
}

func (e *episode) compare(f *episode) int {
	return cmp.Or(cmp.Compare(e.zone, f.zone), cmp.Compare(e.start, f.start))
}

// Told gives every breach that is told, as it stands, by zone and start: those that go
// on, and those that ended within the horizon.
func (s *State) Told() []Breach {
	out := make([]Breach, 0, len(s.told))
	for _, e := range s.told {
		out = append(out, s.breach(&e, Corrected, max(e.start, e.end), e.whyNow()))
	}
	return out
}

func (c *core) find(id zone.ID) (int, bool) {
	return slices.BinarySearchFunc(c.recs, id, func(r record, id zone.ID) int { return cmp.Compare(r.zone, id) })
}

func (s *State) breach(e *episode, event Event, at int64, why Why) Breach {
	b := Breach{
		Subject: s.subject, Tracker: s.tracker, Zone: e.zone, Rule: e.rule,
		Start: instant(e.start), Grade: e.grade,
		Event: event, At: instant(at), Why: why, Sight: s.head.sight(),
	}
	if e.end != 0 {
		b.End = instant(e.end)
	}
	return b
}

func instant(t int64) time.Time { return time.Unix(0, t).UTC() }
