package patrol

import (
	"errors"
	"fmt"
	"math"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
)

// turning is how long turns at the ends of a leg may take who drives, beside getting
// aboard and ashore.
const turning = time.Minute

// Check holds a plan against its request and lists what is wrong with it: a street
// that is walked twice or lost, legs that don't join, lengths and times that don't
// add up, a walk beyond its shift, or one that breaks the order of the request's keys. It looks at the map and not at how the plan was
// made.
func Check(r Request, p Plan) []error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if len(p.Walks) != len(r.Officers) {
		say("%d walks for %d officers", len(p.Walks), len(r.Officers))
		return wrong
	}
	seen := map[street.SegmentID]int{}
	sides := map[Leg]bool{}             // by segment and direction
	left := map[street.SegmentID]bool{} // as a whole
	for _, l := range p.Left {
		seen[l.Segment]++
		left[l.Segment] = errors.Is(l.Why, ErrClosed) || errors.Is(l.Why, ErrPrivate) || errors.Is(l.Why, ErrUnknown)
		if l.Why == nil {
			say("segment %d is left without a reason", l.Segment)
		}
	}
	var covered, walked geo.Metres
	var worked time.Duration
	for i, w := range p.Walks {
		o := r.Officers[i]
		if w.Person != o.Person {
			say("walk %d is person %d's, not %d's", i, w.Person, o.Person)
		}
		if w.Start.Before(o.From) || w.End.After(o.To) {
			say("walk %d is from %v to %v, the shift from %v to %v", i, w.Start, w.End, o.From, o.To)
		}
		served, dead := geo.Metres(0), geo.Metres(0)
		now := w.Start
		early := func(k int, c Call) {
			say("walk %d, call %d begins at %v, the walk is there at %v", i, k, c.Begin, now)
		}
		for k, leg := range w.Legs {
			now = arrived(w, k, now, early)
			s := r.Network.Segment(leg.Segment)
			length := geo.Metres(s.LengthM)
			// Of a segment without length, a crossing drawn as two junctions, no
			// direction can be told.
			if length > 0 && leg.Forward != (leg.From < leg.To) || min(leg.From, leg.To) < 0 || max(leg.From, leg.To) > length {
				say("walk %d, leg %d: from %v to %v m of %v, forward %v", i, k, leg.From, leg.To, length, leg.Forward)
			}
			whole, ok := r.Ways.Along(leg.Segment, leg.Forward)
			if !ok {
				say("walk %d, leg %d: segment %d may not be walked that way", i, k, leg.Segment)
			}
			if d := max(leg.From, leg.To) - min(leg.From, leg.To); math.Abs(float64(d-leg.Metres)) > 0.01 {
				say("walk %d, leg %d: %v m, it says %v", i, k, d, leg.Metres)
			}
			// A leg takes its share of the segment's time, and at most a wait at
			// each end more; both rounded to milliseconds.
			walk := time.Duration(float64(whole) * float64(leg.Metres/max(length, 0.01)))
			wait := r.Ways.Passing(s.From) + r.Ways.Passing(s.To)
			if r.Ways.Profile().Vehicle != street.Foot {
				wait += turning + 2*r.Ways.Profile().Board
			}
			if took := leg.End.Sub(leg.Begin); !leg.Begin.Equal(now) || took < walk-2*time.Millisecond || took > walk+wait+2*time.Millisecond {
				say("walk %d, leg %d: begins %v after the one before and takes %v, want %v and waits up to %v", i, k, leg.Begin.Sub(now), took, walk, wait)
			}
			now = leg.End
			if leg.Serve {
				served += leg.Metres
				seen[leg.Segment]++
				side := Leg{Segment: leg.Segment, Forward: leg.Forward}
				if sides[side] && r.Ways.Profile().Vehicle != street.Foot {
					say("walk %d, leg %d: that side of segment %d is seen already", i, k, leg.Segment)
				}
				sides[side] = true
				if math.Abs(float64(leg.Metres-length)) > 0.01 {
					say("walk %d, leg %d: only %v of %v m of segment %d are seen", i, k, leg.Metres, length, leg.Segment)
				}
			} else {
				dead += leg.Metres
			}
			if k > 0 {
				before := w.Legs[k-1]
				a, b := r.Network.PointAt(before.Segment, before.To), r.Network.PointAt(leg.Segment, leg.From)
				if d := geo.Distance(a, b); d > 2*onStreet {
					say("walk %d, leg %d begins %.1f m from where the one before ends", i, k, float64(d))
				}
			}
		}
		if k := len(w.Legs) - 1; k >= 0 && o.Away == nil {
			a, b := r.Network.PointAt(w.Legs[0].Segment, w.Legs[0].From), r.Network.PointAt(w.Legs[k].Segment, w.Legs[k].To)
			if d := geo.Distance(a, b); d > 2*onStreet {
				say("walk %d ends %.1f m from where it began", i, float64(d))
			}
		}
		now = arrived(w, len(w.Legs), now, early)
		if !now.Equal(w.End) || math.Abs(w.Minutes-w.End.Sub(w.Start).Minutes()) > 1e-6 {
			say("walk %d ends at %v after %v min, it says %v and %v", i, now, now.Sub(w.Start).Minutes(), w.End, w.Minutes)
		}
		if math.Abs(float64(served-w.Served)) > 0.1 || math.Abs(float64(dead-w.Dead)) > 0.1 {
			say("walk %d: %v m seen and %v m between, it says %v and %v", i, served, dead, w.Served, w.Dead)
		}
		covered += served
		walked += served + dead
		worked += w.End.Sub(w.Start)
	}
	checkCalls(r, p, say)
	checkOrder(r, p, say)
	if worked != p.Worked || p.Called < 0 || p.Least > worked-p.Called {
		say("%v worked, it says %v and at least %v", worked, p.Worked, p.Least)
	}
	asked := map[street.SegmentID]bool{}
	for _, id := range r.Streets {
		if !asked[id] && seen[id] != r.Sides(id) && (seen[id] != 1 || !left[id]) {
			say("segment %d is walked or left %d times, it is asked for %d times", id, seen[id], r.Sides(id))
		}
		asked[id] = true
	}
	for id := range seen {
		if !asked[id] {
			say("segment %d was not asked for", id)
		}
	}
	if math.Abs(float64(covered-p.Covered)) > 1 || math.Abs(float64(walked-p.Walked)) > 1 {
		say("%v m covered and %v m walked, it says %v and %v", covered, walked, p.Covered, p.Walked)
	}
	return wrong
}
