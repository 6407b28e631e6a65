package path

import (
	"strconv"
	"strings"
	"time"

	"citygrid/grid/calendar"
)

// A When is the time at which an engine sees the streets: what is closed then,
// which turns are banned, how fast one goes. The zero When is no time at all:
// conditions on time then don't hold, and no Hour of a profile does.
type When struct {
	At   time.Time      // its zone is that of the clocks on the map
	Days *calendar.Days // holidays; nil = none are known
}

// A moment knows which conditions hold at a When for a vehicle of some size.
type moment struct {
	when    When
	reading time.Time // what the wall clock shows, as if it were UTC
	p       *Profile
	clauses map[string]string   // by conditional value: the value that holds, "" if none does
	hours   map[string]hoursNow // by opening_hours text
	next    time.Time           // the first reading at which one of them changes; zero = never
	unread  int                 // texts that can't be read: they never hold
	timed   bool                // something depends on the time
}

func newMoment(w When, p *Profile) *moment {
	m := &moment{when: w, p: p, clauses: make(map[string]string), hours: make(map[string]hoursNow)}
	if !w.At.IsZero() {
		at := w.At
		m.reading = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	}
	return m
}

// during says whether rules of a calendar hold now, and remembers when that ends.
func (m *moment) during(rules []calendar.Rule) bool {
	m.timed = true
	if m.when.At.IsZero() {
		return false
	}
	c, err := calendar.New(calendar.Spec{Zone: "UTC", Rules: rules}, m.when.Days)
	if err != nil {
		m.unread++
		return false
	}
	if next, ok := c.NextChange(m.reading); ok && (m.next.IsZero() || next.Before(m.next)) {
		m.next = next
	}
	return c.ActiveAt(m.reading)
}

// open says whether an opening_hours text holds now.
func (m *moment) open(text string) bool {
	is, _ := m.hoursOf(text)
	return is
}

// hoursOf says whether an opening_hours text holds now; said is false if nothing is
// known of that: there is no time, or the text can't be read.
func (m *moment) hoursOf(text string) (open, said bool) {
	is, known := m.hours[text]
	if !known {
		if rules, err := calendar.ParseOpeningHours(text); err != nil {
			m.unread++
		} else {
			unread := m.unread
			is = hoursNow{m.during(rules), m.unread == unread && !m.when.At.IsZero()}
		}
		m.hours[text] = is
	}
	return is.open, is.said
}

// hoursNow is what an opening_hours text says at a moment.
type hoursNow struct{ open, said bool }

// value is the one of a conditional text that holds now: that of its last clause
// that does, "" if none does.
func (m *moment) value(text string) string {
	value, known := m.clauses[text]
	if known {
		return value
	}
	clauses, err := calendar.ParseConditional(text)
	if err != nil {
		m.unread++
	}
	for _, c := range clauses {
		// Both are asked, so that the moment at which a time ends is known.
		during := c.When == nil || m.during(c.When)
		if during && m.fits(c.Also) && (c.When != nil || len(c.Also) > 0) {
			value = c.Value
		}
	}
	m.clauses[text] = value
	return value
}

// fits says whether the vehicle fulfils conditions that are no times: those on its
// size. A size that the profile doesn't have is 0. Of the weather, of permits and
// of the purpose of a trip nothing is known, so conditions on them don't hold.
func (m *moment) fits(conditions []string) bool {
	for _, c := range conditions {
		at := strings.IndexAny(c, "<>=")
		if at < 0 {
			return false
		}
		var size float64
		switch strings.TrimSpace(c[:at]) {
		case "weight", "maxweight", "maxweightrating", "weightrating", "maxgcweight":
			size = m.p.WeightT
		case "height", "maxheight":
			size = float64(m.p.Height)
		case "width", "maxwidth":
			size = float64(m.p.Width)
		default:
			return false
		}
		sign := c[at : at+1]
		if strings.HasPrefix(c[at+1:], "=") {
			sign = c[at : at+2]
		}
		limit, ok := plainNumber(c[at+len(sign):], "t", "m")
		holds := false
		switch sign {
		case "<":
			holds = size < limit
		case "<=":
			holds = size <= limit
		case ">":
			holds = size > limit
		case ">=":
			holds = size >= limit
		case "=", "==":
			holds = size == limit
		}
		if !ok || !holds {
			return false
		}
	}
	return true
}

// banned says whether a turn restriction's condition holds: "" always does, the
// others are opening_hours or what stands behind the @ of a conditional.
func (m *moment) banned(when string) bool {
	return when == "" || m.value("no @ ("+when+")") != ""
}

// until is the first time after When at which any of the conditions that were
// asked about changes; ok is false if none does.
func (m *moment) until() (t time.Time, ok bool) {
	if m.next.IsZero() {
		return time.Time{}, false
	}
	n := m.next
	t = time.Date(n.Year(), n.Month(), n.Day(), n.Hour(), n.Minute(), n.Second(), 0, m.when.At.Location())
	if !t.After(m.when.At) { // the clock goes back in between
		t = m.when.At.Add(n.Sub(m.reading))
	}
	return t, true
}

// plainNumber reads a number with one of some units, or none.
func plainNumber(s string, units ...string) (x float64, ok bool) {
	s = strings.TrimSpace(s)
	for _, u := range units {
		s = strings.TrimSpace(strings.TrimSuffix(s, u))
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil && x >= 0 && x < 1e6
}
