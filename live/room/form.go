package room

import (
	"context"
	"errors"
	"maps"
	"math"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/fence"
	"citygrid/live/hub"

	"github.com/paulmach/orb"
)

func (b *book) person(id people.ID) *Person {
	if id == 0 {
		return nil
	}
	return &Person{id, b.people[id].Name}
}

func (b *book) subject(s fence.Subject) Subject {
	out := Subject{Class: s.Class, ID: s.ID}
	switch s.Class {
	case zone.Dog:
		dog := b.dogs[register.DogID(s.ID)]
		out.Name, out.Licence = dog.Name, dog.Licence
	case zone.Vehicle:
		out.Name = b.vehicles[register.VehicleID(s.ID)].Plate
	case zone.Person:
		out.Name = b.people[people.ID(s.ID)].Name
	}
	return out
}

func (b *book) zone(id zone.ID) Zone {
	z := b.zoneOf[id]
	z.ID, z.Name = id, names(z.Name)
	return z
}

func names(n map[string]string) map[string]string {
	if n == nil {
		return map[string]string{}
	}
	return maps.Clone(n)
}

// AlertJSON is the one place that makes the form of an alert.
func (r *Room) AlertJSON(a alert.Alert) Alert {
	b := r.book.Load()
	out := Alert{
		ID: a.ID, Seq: a.Seq, Subject: b.subject(a.Key.Subject), Zone: b.zone(a.Key.Zone), Rule: a.Key.Rule,
		Grade: a.Grade.String(), State: a.State, Began: a.Began.UTC(), Ended: orNil(a.Ended), Withdrawn: a.Withdrawn,
		At: position(a.At), Seen: a.Seen.UTC(), Sent: b.person(a.Sent), Arrived: orNil(a.Arrived), Outcome: a.Outcome,
		Reminded: a.Reminded(), Level: a.Level(),
		History: make([]AlertStep, len(a.History)),
	}
	g := b.grids[a.Place.Grid]
	if g == nil { // another plan has begun since: who answers for the place now
		if here, known := b.owner(a.At); known {
			g = &here
		}
	}
	if g != nil {
		out.Grid = &Grid{g.ID, g.Code, names(g.Name)}
		out.Team = teamOrNil(g.Team)
	}
	for i, s := range a.History {
		out.History[i] = AlertStep{s.At.UTC(), b.person(s.Who), s.Verb, b.person(s.To), s.Note}
	}
	return out
}

func teamOrNil(id grid.TeamID) *grid.TeamID {
	if id == 0 {
		return nil
	}
	return &id
}

// TaskJSON is the one place that makes the form of a task. It reads the task's
// alert from the store, if it has one.
func (r *Room) TaskJSON(ctx context.Context, t dispatch.Task) (Task, error) {
	var a alert.Alert
	if t.Alert != 0 {
		var err error
		if a, err = r.c.Store.Alert(ctx, t.Alert); err != nil && !errors.Is(err, alert.ErrNoAlert) {
			return Task{}, err
		}
	}
	return r.taskJSON(t, a), nil
}

// taskJSON is TaskJSON with the task's alert; the zero Alert without one.
func (r *Room) taskJSON(t dispatch.Task, a alert.Alert) Task {
	b := r.book.Load()
	out := Task{
		ID: t.ID, Seq: t.Seq, Kind: t.Kind, Note: t.Note, Person: *b.person(t.Person), State: t.State, At: position(t.At),
		Sent: t.Sent.UTC(), By: b.person(t.By), Steps: make([]TaskStep, len(t.Steps)),
	}
	if t.Alert != 0 {
		out.Alert = &t.Alert
	}
	if a.ID != 0 {
		out.About = &About{b.subject(a.Key.Subject), b.zone(a.Key.Zone), a.Grade.String()}
	}
	for i, s := range t.Steps {
		out.Steps[i] = TaskStep{s.To, s.At.UTC(), s.Note}
	}
	return out
}

// CandidateJSON is the form of a candidate.
func (r *Room) CandidateJSON(c dispatch.Candidate) Candidate {
	return Candidate{
		Person: *r.book.Load().person(c.Person), Minutes: rounded(c.Time.Minutes(), 10), DistanceM: math.Round(float64(c.Distance)),
		By: c.By, OwnGrid: c.OwnGrid, Open: c.Open, AgeS: math.Round(c.Age.Seconds()),
	}
}

// ExclusionJSON is the form of an exclusion.
func (r *Room) ExclusionJSON(e dispatch.Exclusion) Exclusion {
	out := Exclusion{Person: *r.book.Load().person(e.Person)}
	for _, c := range []struct {
		rule error
		word string
	}{
		{dispatch.ErrOffDuty, "off-duty"},
		{dispatch.ErrBusy, "busy"},
		{dispatch.ErrNoFix, "no-fix"},
		{dispatch.ErrOldFix, "old-fix"},
		{dispatch.ErrNoWay, "no-way"},
		{dispatch.ErrFarther, "farther"},
		{dispatch.ErrNoEngine, "no-engine"},
	} {
		if errors.Is(e.Why, c.rule) {
			out.Why = c.word
		}
	}
	return out
}

// UnitJSON is the form of a unit.
func UnitJSON(u hub.Unit) Unit {
	out := Unit{
		ID: u.ID, Kind: u.Kind, Name: u.Name, Team: int64(u.Team), At: position(u.At), T: u.Time.UTC().Truncate(time.Millisecond),
		Heading: told(float64(u.Heading), 1), SpeedKmh: told(u.SpeedKmh, 10), Duty: u.Duty, AccuracyM: rounded(float64(u.Accuracy), 10),
	}
	if u.Alert != "" {
		out.Alert = &u.Alert
	}
	return out
}

// position rounds to 6 digits, 0.1 m.
func position(p orb.Point) Position { return Position{rounded(p[0], 1e6), rounded(p[1], 1e6)} }

func positions(line orb.LineString) []Position {
	out := make([]Position, len(line))
	for i, p := range line {
		out[i] = position(p)
	}
	return out
}

func rounded(v, scale float64) float64 { return math.Round(v*scale) / scale }

func told(v, scale float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = rounded(v, scale)
	return &v
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
