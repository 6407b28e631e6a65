package register

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/zone"
)

// A Roster answers who works when. The zero Roster is empty. It is read only and
// safe to share.
type Roster struct {
	persons  map[people.ID][]Shift // by From; they do not overlap
	vehicles map[VehicleID]crew
	all      crew
}

// A crew is shifts that may overlap: those with one vehicle, or everybody's.
type crew struct {
	shifts []Shift     // by From, then id
	latest []time.Time // latest[i] is the largest To of shifts[:i+1]
}

// NewRoster indexes shifts. Each is checked by itself, and no two of one person
// may overlap: the error is a *FieldError around ErrEntry or ErrOverlap, whose
// Index is that of the first such shift in the list. Two persons may share a vehicle.
func NewRoster(shifts []Shift) (*Roster, error) {
	byPerson := make(map[people.ID][]int)
	for i, s := range shifts {
		if err := s.Check(); err != nil {
			return nil, at(i, err)
		}
		byPerson[s.Person] = append(byPerson[s.Person], i)
	}
	r := &Roster{persons: make(map[people.ID][]Shift, len(byPerson)), vehicles: make(map[VehicleID]crew)}
	first, bad := len(shifts), error(nil) // the first in the list that overlaps
	for person, list := range byPerson {
		slices.SortFunc(list, func(a, b int) int { return order(shifts[a], shifts[b]) })
		own := make([]Shift, len(list))
		for k, i := range list {
			own[k] = shifts[i]
			if k > 0 && i < first && shifts[i].From.Before(own[k-1].To) {
				first, bad = i, overlap(i, own[k], own[k-1])
			}
		}
		r.persons[person] = own
	}
	if bad != nil {
		return nil, bad
	}
	driven := make(map[VehicleID][]Shift)
	for _, s := range shifts {
		if s.Vehicle != 0 {
			driven[s.Vehicle] = append(driven[s.Vehicle], s)
		}
	}
	for id, list := range driven {
		r.vehicles[id] = newCrew(list)
	}
	r.all = newCrew(slices.Clone(shifts))
	return r, nil
}

func order(a, b Shift) int {
	return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Person, b.Person))
}

// at puts a FieldError at its place in a list.
func at(i int, err error) error {
	if e, ok := err.(*FieldError); ok {
		e.Index = i
	}
	return err
}

func overlap(i int, s, other Shift) error {
	const form = "2006-01-02 15:04Z07:00"
	return &FieldError{
		Thing: "shift", Index: i, Field: "from", Rule: ErrOverlap,
		What: fmt.Sprintf("person %d works from %s to %s already", s.Person, other.From.Format(form), other.To.Format(form)),
		Mend: "end that one first, or start this one later",
	}
}

func newCrew(shifts []Shift) crew {
	slices.SortFunc(shifts, order)
	c := crew{shifts, make([]time.Time, len(shifts))}
	for i, s := range shifts {
		c.latest[i] = s.To
		if i > 0 && c.latest[i-1].After(s.To) {
			c.latest[i] = c.latest[i-1]
		}
	}
	return c
}

// until is how many shifts have begun at t.
func until(shifts []Shift, t time.Time) int {
	n, _ := slices.BinarySearchFunc(shifts, t, func(s Shift, t time.Time) int {
		if s.From.After(t) {
			return 1
		}
		return -1
	})
	return n
}

// at is the shifts that hold at t, the one begun last first.
func (c crew) at(t time.Time, yield func(Shift) bool) {
	for i := until(c.shifts, t) - 1; i >= 0 && c.latest[i].After(t); i-- {
		if c.shifts[i].Holds(t) && !yield(c.shifts[i]) {
			return
		}
	}
}

// OnDuty is the shift in which a person works, or a vehicle is used, at t. Of
// several shifts with one vehicle it is the one begun last. Dogs are never on
// duty.
func (r *Roster) OnDuty(s Subject, t time.Time) (shift Shift, ok bool) {
	if r == nil {
		return Shift{}, false
	}
	switch s.Class {
	case zone.Person:
		own := r.persons[people.ID(s.ID)]
		if i := until(own, t) - 1; i >= 0 && own[i].Holds(t) {
			return own[i], true
		}
	case zone.Vehicle:
		r.vehicles[VehicleID(s.ID)].at(t, func(s Shift) bool {
			shift, ok = s, true
			return false
		})
	}
	return shift, ok
}

// At is every shift that holds at t, by person.
func (r *Roster) At(t time.Time) (now []Shift) {
	if r == nil {
		return nil
	}
	r.all.at(t, func(s Shift) bool {
		now = append(now, s)
		return true
	})
	slices.SortFunc(now, func(a, b Shift) int { return cmp.Compare(a.Person, b.Person) })
	return now
}

// Between is every shift that holds at some instant of from <= t < to, by begin.
func (r *Roster) Between(from, to time.Time) (all []Shift) {
	if r == nil {
		return nil
	}
	for i := until(r.all.shifts, to) - 1; i >= 0 && r.all.latest[i].After(from); i-- {
		if s := r.all.shifts[i]; s.To.After(from) && s.From.Before(to) {
			all = append(all, s)
		}
	}
	slices.Reverse(all)
	return all
}
