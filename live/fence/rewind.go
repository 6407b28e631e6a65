package fence

import (
	"slices"
	"time"
)

// When the clock that states were advanced by turns out to have been ahead, they have
// heard of instants that have not come: subjects were taken for silent, windows opened,
// and what is reported now is late for them. Such a state is made anew from the stored
// fixes (State.Anew, Judge.Fix), and takes the old one's place.

// Clock is the latest instant that the state has heard of; zero if of none.
func (s *State) Clock() time.Time {
	if s.clock == never {
		return time.Time{}
	}
	return instant(s.clock)
}

// Anew is a state of the same tracker that has heard of nothing. From is from when on it
// is to be given the stored fixes, if not from later than usual: what began before and
// went on is among them.
func (s *State) Anew(usual time.Time) (anew *State, from time.Time) {
	anew = NewState(s.tracker, s.subject)
	anew.born = s.born
	t := usual.UnixNano()
	for i := range s.told {
		if e := &s.told[i]; e.start < t && (e.end == 0 || e.at > t) {
			t = e.start - int64(time.Hour)
		}
	}
	return anew, instant(max(t, s.born))
}

// Instead gives what is told otherwise when s, which was given the fixes from an instant
// on, takes the place of another state of its tracker.
func (s *State) Instead(old *State, from time.Time) []Breach {
	over := from.UnixNano()
	kept, was := []episode(nil), []episode(nil)
	for _, e := range old.told {
		if e.end != 0 && e.at <= over {
			kept = append(kept, e)
		} else {
			was = append(was, e)
		}
	}
	out := s.correct(was, slices.Clone(s.told))
	s.told = merged(kept, s.told)
	s.Counts = old.Counts
	return out
}

// Rewind makes a Judge for a clock that was ahead: edits that were to come are in force
// now.
func (j *Judge) Rewind(now time.Time) *Judge {
	next := *j
	next.edits = slices.Clone(j.edits)
	for i := range next.edits {
		next.edits[i].from = min(next.edits[i].from, now.UnixNano())
	}
	return &next
}
