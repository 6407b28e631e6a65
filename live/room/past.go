package room

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/hub"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A Past is what is asked of the time gone by.
type Past struct {
	From, To time.Time  // From <= t < To
	Within   *orb.Bound // only positions in it; nil = everywhere
	Rights   hub.Rights // of the one who asks, see hub.PastRights
}

// A Track is where a unit was, as far as was asked and may be seen.
type Track struct {
	Unit  hub.Unit     // ID, Kind, Name, Team, Area, People
	Fixes []ingest.Fix // by time; never empty, valid until the next track
}

// A then is a unit as it was in the past that is asked for.
type then struct {
	hub.Unit
	subject register.Subject
	told    []telling
}

// A telling is what a tracker told of a unit in from <= t < to.
type telling struct {
	tracker  ingest.TrackerID
	from, to time.Time
	crew     register.ShiftID // for a vehicle's own tracker: whose it was then; 0 = no matter
}

// Tracks yields the units that were about, by class and id: an officer, or a crew's
// vehicle, in its shifts then; dogs as the rights say, and never where they live.
// The trackers of a subject are those that it has now.
func (r *Room) Tracks(ctx context.Context, p Past, yield func(Track) error) error {
	b := r.book.Load()
	shifts, err := r.c.Store.Shifts(ctx, p.From, p.To)
	if err != nil {
		return fmt.Errorf("read shifts: %w", err)
	}
	roster, err := register.NewRoster(shifts)
	if err != nil {
		return fmt.Errorf("read shifts: %w", err)
	}
	units := append(b.crewsThen(shifts, p), b.dogsThen(p)...)
	alerts, err := r.spansOfDogs(ctx, units, p)
	if err != nil {
		return err
	}
	var fixes []ingest.Fix
	for _, u := range units {
		shown := func(ingest.Fix) bool { return true }
		if u.Kind == hub.Dog {
			shown = r.dogShown(b, p.Rights, u, alerts[u.subject.ID])
		}
		fixes = fixes[:0]
		for _, c := range u.told {
			err := r.c.Store.Fixes(ctx, c.tracker, c.from, c.to, func(f ingest.Fix) bool {
				if (p.Within == nil || p.Within.Contains(f.At)) && c.counts(roster, u.subject, f) && shown(f) {
					fixes = append(fixes, f)
				}
				return true
			})
			if err != nil {
				return fmt.Errorf("read positions of %s: %w", u.ID, err)
			}
		}
		if len(u.told) > 1 {
			slices.SortStableFunc(fixes, func(f, g ingest.Fix) int { return f.Time.Compare(g.Time) })
		}
		if len(fixes) == 0 {
			continue
		}
		if err := yield(Track{u.Unit, fixes}); err != nil {
			return err
		}
	}
	return nil
}

// AlertsThen is the alerts that lasted at some time of the past and that the rights
// see, by id.
func (r *Room) AlertsThen(ctx context.Context, p Past) ([]alert.Alert, error) {
	all, err := r.c.Store.AlertsBetween(ctx, p.From, p.To)
	return slices.DeleteFunc(all, func(a alert.Alert) bool { return !r.SeesAlert(p.Rights, a) }), err
}

// crewsThen is who worked in the past, as far as the rights see them.
func (b *book) crewsThen(shifts []register.Shift, p Past) []*then {
	trackers := b.trackers()
	units := make(map[register.Subject]*then)
	for _, s := range shifts {
		person, subject := register.PersonSubject(s.Person), register.PersonSubject(s.Person)
		u := hub.Unit{Kind: "officer", Name: b.people[s.Person].Name, Team: s.Team, Area: b.teams[s.Team].Area, People: []people.ID{s.Person}}
		if s.Vehicle != 0 {
			subject = register.VehicleSubject(s.Vehicle)
			v := b.vehicles[s.Vehicle]
			u.Kind, u.Name = string(v.Kind), v.Plate
		}
		if u.ID = unitID(subject); !p.Rights.SeesUnit(u, nil) {
			continue
		}
		if units[subject] == nil {
			units[subject] = &then{Unit: u, subject: subject}
		}
		known := units[subject]
		from, to := latest(p.From, s.From), earliest(p.To, s.To)
		for _, id := range append(slices.Clone(trackers[person]), ingest.TrackerID(phoneID(s.Person))) {
			known.told = append(known.told, telling{tracker: id, from: from, to: to})
		}
		for _, id := range trackers[register.VehicleSubject(s.Vehicle)] {
			known.told = append(known.told, telling{id, from, to, s.ID})
		}
	}
	return inOrder(units)
}

// dogsThen is the dogs that the rights may see something of.
func (b *book) dogsThen(p Past) []*then {
	if !p.Rights.SeesDogs() {
		return nil
	}
	units := make(map[register.Subject]*then)
	for subject, ids := range b.trackers() {
		d, ok := b.dogs[register.DogID(subject.ID)]
		if subject.Class != zone.Dog || !ok {
			continue
		}
		u := &then{Unit: hub.Unit{ID: unitID(subject), Kind: hub.Dog, Name: d.Name, Area: d.Area}, subject: subject}
		for _, id := range ids {
			u.told = append(u.told, telling{tracker: id, from: p.From, to: p.To})
		}
		units[subject] = u
	}
	return inOrder(units)
}

func inOrder(units map[register.Subject]*then) []*then {
	return slices.SortedFunc(maps.Values(units), func(u, v *then) int {
		return cmp.Or(cmp.Compare(u.subject.Class, v.subject.Class), cmp.Compare(u.subject.ID, v.subject.ID))
	})
}

// trackers is what reports for whom.
func (b *book) trackers() map[register.Subject][]ingest.TrackerID {
	all := make(map[register.Subject][]ingest.TrackerID)
	for _, d := range b.devices {
		if d.Subject.ID != 0 {
			all[d.Subject] = append(all[d.Subject], ingest.TrackerID(d.ID))
		}
	}
	return all
}

// counts tells if a fix is the unit's: what a vehicle's own tracker told while two
// crews had it is the later one's.
func (c telling) counts(roster *register.Roster, of register.Subject, f ingest.Fix) bool {
	if c.crew == 0 {
		return true
	}
	s, ok := roster.OnDuty(of, f.Time)
	return ok && s.ID == c.crew
}

// A span is begin <= t <= end.
type span struct{ begin, end time.Time }

// aroundAlert is how much of a track belongs to an alert, before it and after it.
const aroundAlert = 5 * time.Minute

// spansOfDogs is when there was an alert about which dog.
func (r *Room) spansOfDogs(ctx context.Context, units []*then, p Past) (map[int64][]span, error) {
	if len(units) == 0 || units[len(units)-1].Kind != hub.Dog {
		return nil, nil
	}
	alerts, err := r.c.Store.AlertsBetween(ctx, p.From.Add(-aroundAlert), p.To.Add(aroundAlert))
	if err != nil {
		return nil, err
	}
	spans := make(map[int64][]span)
	for _, a := range alerts {
		if a.Key.Subject.Class != zone.Dog || a.Withdrawn {
			continue
		}
		s := span{a.Began.Add(-aroundAlert), p.To}
		if !a.Ended.IsZero() {
			s.end = a.Ended.Add(aroundAlert)
		}
		spans[a.Key.Subject.ID] = append(spans[a.Key.Subject.ID], s)
	}
	return spans, nil
}

// dogShown is which fixes of a dog the rights see. Whose ground it is on watches
// over it, wherever it is registered.
func (r *Room) dogShown(b *book, rights hub.Rights, u *then, alerts []span) func(ingest.Fix) bool {
	id := register.DogID(u.subject.ID)
	home := b.homes[fence.Subject(u.subject)]
	return func(f ingest.Fix) bool {
		if r.veil.hides(id, home, f.At) {
			return false
		}
		dog := hub.Unit{Kind: hub.Dog, At: f.At, Area: cmp.Or(b.place(f.At).Area, u.Area)}
		if slices.ContainsFunc(alerts, func(s span) bool { return !f.Time.Before(s.begin) && !f.Time.After(s.end) }) {
			dog.Alert = "on"
		}
		return rights.SeesUnit(dog, nil)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
