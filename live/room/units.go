package room

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"citygrid/geo"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/hub"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// silent is how long after its last position a unit is taken off the map.
const silent = 30 * time.Minute

// A unit is one on the map, with whom it is about.
type unit struct {
	hub.Unit
	subject register.Subject
	fix     ingest.Fix // where it really is: what is shown of a dog at home is not
}

// unitID is what a unit is called on the map.
func unitID(s register.Subject) string {
	prefix := map[zone.Class]string{zone.Person: "p", zone.Vehicle: "v", zone.Dog: "d"}[s.Class]
	return prefix + strconv.FormatInt(s.ID, 10)
}

// describe says what is shown of a subject now, all but where it is. ok is false
// if it is not to be shown: off duty, retired, or unknown. Who works with a vehicle
// is shown as the vehicle. r.mu is held, lest an older description win.
func (r *Room) describe(b *book, s register.Subject, now time.Time) (u unit, ok bool) {
	u.subject = s
	if s.Class == zone.Dog {
		dog, ok := b.dogs[register.DogID(s.ID)]
		if !ok || dog.Retired {
			return u, false
		}
		u.ID, u.Kind, u.Name, u.Area, u.Duty = unitID(s), hub.Dog, dog.Name, dog.Area, "on"
		u.Alert = r.now.grade(s)
		return u, true
	}
	shift, ok := b.roster.OnDuty(s, now)
	if !ok {
		return u, false
	}
	if shift.Vehicle != 0 {
		u.subject = register.VehicleSubject(shift.Vehicle)
	}
	switch u.subject.Class {
	case zone.Vehicle:
		v, ok := b.vehicles[register.VehicleID(u.subject.ID)]
		if !ok || v.Retired {
			return u, false
		}
		u.Kind, u.Name = string(v.Kind), v.Plate
	default:
		p, ok := b.people[shift.Person]
		if !ok || p.Disabled {
			return u, false
		}
		u.Kind, u.Name = "officer", p.Name
	}
	u.ID, u.Team, u.Area = unitID(u.subject), shift.Team, b.teams[shift.Team].Area
	u.People = []people.ID{shift.Person}
	u.Duty, u.Alert = r.now.duty(shift.Person), r.now.grade(u.subject)
	return u, true
}

// Publish implements ingest.Publisher.
func (r *Room) Publish(d register.Device, f ingest.Fix) {
	now := r.c.Now()
	r.walks.feed(d.Subject, f)
	if now.Sub(f.Time) > silent {
		return
	}
	b := r.book.Load()
	r.mu.Lock()
	defer r.mu.Unlock()
	u, ok := r.describe(b, d.Subject, now)
	if !ok {
		return
	}
	u.fix = f
	r.locate(b, &u)
	if was, ok := r.units[u.ID]; ok && was.Time.After(u.Time) {
		return // it came late
	}
	r.units[u.ID] = u
	r.hub.Move(u.Unit)
}

// locate puts a unit where its fix says. Who watches over the ground sees a dog
// there, wherever it is registered. A dog that nothing is on about is seen no nearer
// to its home than the circle that holds it: it is in the middle of that, within the
// circle's radius, for as long as it is anywhere in it.
func (r *Room) locate(b *book, u *unit) {
	f := u.fix
	u.At, u.Time, u.Heading, u.SpeedKmh, u.Accuracy = f.At, f.Time, f.Course, f.Speed, f.Accuracy
	if u.Kind != hub.Dog {
		return
	}
	u.Area = cmp.Or(b.place(u.At).Area, u.Area)
	if id, home := register.DogID(u.subject.ID), b.homes[fence.Subject(u.subject)]; u.Alert == "" && r.veil.hides(id, home, f.At) {
		nan := math.NaN()
		u.At, u.Heading, u.SpeedKmh, u.Accuracy = r.veil.circle(id, home), geo.Degrees(nan), nan, veilRadius
	}
}

// refresh shows anew what is said of a subject: an alert about it, its tasks.
func (r *Room) refresh(s register.Subject) {
	b := r.book.Load()
	r.mu.Lock()
	defer r.mu.Unlock()
	said, ok := r.describe(b, s, r.c.Now())
	if !ok {
		return
	}
	if u, ok := r.units[said.ID]; ok {
		r.show(b, u, said)
	}
}

// show puts a unit with another description on the map. r.mu is held.
func (r *Room) show(b *book, was, said unit) {
	said.fix = was.fix
	r.locate(b, &said)
	r.units[said.ID] = said
	r.hub.Move(said.Unit)
}

// sweep takes off the map who is off duty or was silent for too long; all others
// are shown anew when the book has changed.
func (r *Room) sweep(anew bool) {
	b, now := r.book.Load(), r.c.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, u := range r.units {
		said, ok := r.describe(b, u.subject, now)
		if !ok || said.ID != id || now.Sub(u.Time) > silent {
			delete(r.units, id)
			r.hub.Gone(id)
			continue
		}
		if anew && !said.sameAs(u) {
			r.show(b, u, said)
		}
	}
}

// sameAs tells if the same is said of both, apart from where they are. A dog's area
// is that of the ground it is on, and is looked at with each of its positions.
func (u unit) sameAs(v unit) bool {
	return u.Kind == v.Kind && u.Name == v.Name && u.Team == v.Team && u.Duty == v.Duty && u.Alert == v.Alert &&
		(u.Area == v.Area || u.Kind == hub.Dog) && slices.Equal(u.People, v.People)
}

// Units is the units that rights see, as last known.
func (r *Room) Units(rights hub.Rights) []hub.Unit {
	here := r.whereIs(rights.Person)
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []hub.Unit{}
	for _, u := range r.units {
		if rights.SeesUnit(u.Unit, here) {
			all = append(all, u.Unit)
		}
	}
	return all
}

// whereIs is where somebody's own unit is; nil if that is not known.
func (r *Room) whereIs(who people.ID) *orb.Point {
	u, ok := r.unitOf(who)
	if !ok {
		return nil
	}
	return &u.At
}

// unitOf is the unit that somebody is now.
func (r *Room) unitOf(who people.ID) (unit, bool) {
	if who == 0 {
		return unit{}, false
	}
	shift, ok := r.book.Load().roster.OnDuty(register.PersonSubject(who), r.c.Now())
	if !ok {
		return unit{}, false
	}
	s := register.PersonSubject(who)
	if shift.Vehicle != 0 {
		s = register.VehicleSubject(shift.Vehicle)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u, ok := r.units[unitID(s)]
	return u, ok
}
