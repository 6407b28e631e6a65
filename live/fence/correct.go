package fence

import "slices"

// correct compares what was told with what should have been, and gives the events
// that make up the difference. Both are by zone and start.
func (s *State) correct(was, is []episode) []Breach {
	var out []Breach
	var lost, found []episode
	for i, k := 0, 0; i < len(was) || k < len(is); {
		switch {
		case k == len(is) || i < len(was) && was[i].compare(&is[k]) < 0:
			lost = append(lost, was[i])
			i++
		case i == len(was) || was[i].compare(&is[k]) > 0:
			found = append(found, is[k])
			k++
		default:
			out = s.changed(out, &was[i], &is[k])
			i++
			k++
		}
	}
	// A breach that was told with another start is the same breach if the two overlap:
	// people have begun to handle it.
	for i := range lost {
		k := slices.IndexFunc(found, func(f episode) bool { return f.zone == lost[i].zone && f.overlaps(&lost[i]) })
		if k < 0 {
			e := lost[i]
			if e.end == 0 {
				e.end = max(s.head.last.t, e.start)
			}
			out = append(out, s.breach(&e, Withdrawn, s.clock, Moved))
			continue
		}
		b := s.breach(&found[k], Corrected, s.clock, found[k].whyNow())
		b.Was = instant(lost[i].start)
		out = append(out, b)
		found = slices.Delete(found, k, k+1)
	}
	for i := range found {
		e := found[i]
		end, why := e.end, e.why
		e.end = 0
		out = append(out, s.breach(&e, Began, e.start, Moved))
		if end != 0 {
			e.end = end
			out = append(out, s.breach(&e, Ended, end, why))
		}
	}
	return out
}

// changed adds the event that turns one state of a breach into another.
func (s *State) changed(out []Breach, was, is *episode) []Breach {
	switch {
	case was.end == is.end && was.grade == is.grade && was.why == is.why:
		return out
	case was.end == 0 && is.end != 0 && is.grade >= was.grade:
		return append(out, s.breach(is, Ended, is.end, is.why))
	case was.end == 0 && is.end == 0 && is.grade > was.grade:
		return append(out, s.breach(is, Raised, s.clock, Moved))
	}
	return append(out, s.breach(is, Corrected, s.clock, is.whyNow()))
}

func (e *episode) whyNow() Why {
	if e.end != 0 {
		return e.why
	}
	return Moved
}

// overlaps says whether two breaches share an instant or touch.
func (e *episode) overlaps(f *episode) bool {
	return (f.end == 0 || e.start <= f.end) && (e.end == 0 || f.start <= e.end)
}
