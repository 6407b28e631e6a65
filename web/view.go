package web

import (
	"context"
	"errors"
	"slices"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
)

// A view is how far a caller sees in one request: the tree of areas, and what
// the entries of the registers refer to. It isn't shared.
type view struct {
	ctx    context.Context
	s      *Server
	caller *caller
	tree   *grid.Tree

	teams    lookup[grid.TeamID, register.Team]
	people   lookup[people.ID, people.Person]
	vehicles lookup[register.VehicleID, register.Vehicle]
	dogs     lookup[register.DogID, register.Dog]
}

func (s *Server) view(ctx context.Context) (*view, error) {
	t, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	w := &view{ctx: ctx, s: s, caller: callerOf(ctx), tree: t}
	w.teams = lookup[grid.TeamID, register.Team]{one: s.store.Team, all: s.store.Teams, id: func(t register.Team) grid.TeamID { return t.ID }}
	w.people = lookup[people.ID, people.Person]{one: s.store.Person, all: s.store.People, id: func(p people.Person) people.ID { return p.ID }}
	w.vehicles = lookup[register.VehicleID, register.Vehicle]{one: s.store.Vehicle, all: s.store.Vehicles, id: func(v register.Vehicle) register.VehicleID { return v.ID }}
	w.dogs = lookup[register.DogID, register.Dog]{one: s.store.Dog, all: s.store.Dogs, id: func(d register.Dog) register.DogID { return d.ID }}
	return w, nil
}

// A lookup reads entries when they are asked for, each once.
type lookup[K comparable, T any] struct {
	one   func(context.Context, K) (T, error)
	all   func(context.Context) ([]T, error)
	id    func(T) K
	known map[K]T
	whole bool // known is the whole register
	list  []T  // the whole register, in its order
}

func (l *lookup[K, T]) get(ctx context.Context, id K) (T, error) {
	v, ok := l.known[id]
	if ok {
		return v, nil
	}
	if l.whole {
		return v, register.ErrNone
	}
	v, err := l.one(ctx, id)
	if err == nil {
		if l.known == nil {
			l.known = map[K]T{}
		}
		l.known[id] = v
	}
	return v, err
}

// fill reads the whole register at once, before a list is gone through.
func (l *lookup[K, T]) fill(ctx context.Context) error {
	if l.whole {
		return nil
	}
	all, err := l.all(ctx)
	if err != nil {
		return err
	}
	l.known, l.whole, l.list = make(map[K]T, len(all)), true, all
	for _, v := range all {
		l.known[l.id(v)] = v
	}
	return nil
}

func (w *view) reaches(a grid.AreaID) bool { return w.caller.reaches(w.tree, a) }

// reachesAll is false for no areas: nobody writes what belongs nowhere.
func (w *view) reachesAll(areas []grid.AreaID) bool {
	return len(areas) > 0 && !slices.ContainsFunc(areas, func(a grid.AreaID) bool { return !w.reaches(a) })
}

func (w *view) reachesAny(areas []grid.AreaID) bool { return slices.ContainsFunc(areas, w.reaches) }

// worksBelow says whether the caller's right is for a part of area.
func (w *view) worksBelow(area grid.AreaID) bool {
	return slices.ContainsFunc(w.caller.areas, func(a grid.AreaID) bool { return w.tree.Within(a, area) })
}

// noneOf is what is told of an entry that is not there or out of reach: which of
// the two is not for the caller to know.
func noneOf(field, thing string) error {
	return invalid("registers.none", "body."+field, "there is no such %s that your right reaches", thing)
}

// ofArea, ofTeam, ofPerson, ofVehicle and ofDog give the areas that these are
// bound to. What is bound to none belongs to the bureau.
func (w *view) ofArea(field string, id grid.AreaID) ([]grid.AreaID, error) {
	if _, ok := w.tree.Area(id); !ok && id != 0 {
		return nil, noneOf(field, "area")
	}
	return []grid.AreaID{id}, nil
}

func (w *view) ofTeam(field string, id grid.TeamID) ([]grid.AreaID, error) {
	if id == 0 {
		return w.ofBureau(), nil
	}
	t, err := w.teams.get(w.ctx, id)
	if errors.Is(err, register.ErrNone) {
		return nil, noneOf(field, "team")
	}
	return []grid.AreaID{t.Area}, err
}

func (w *view) ofBureau() []grid.AreaID { return []grid.AreaID{w.tree.Bureau()} }

func (w *view) ofPerson(field string, id people.ID) ([]grid.AreaID, error) {
	p, err := w.people.get(w.ctx, id)
	if errors.Is(err, people.ErrNoPerson) || errors.Is(err, register.ErrNone) {
		return nil, noneOf(field, "person")
	}
	if err != nil || len(p.Grants) == 0 {
		return w.ofBureau(), err
	}
	var areas []grid.AreaID
	for _, g := range p.Grants {
		areas = append(areas, g.Area)
	}
	return areas, nil
}

func (w *view) ofVehicle(field string, id register.VehicleID) ([]grid.AreaID, error) {
	v, err := w.vehicles.get(w.ctx, id)
	if errors.Is(err, register.ErrNone) {
		return nil, noneOf(field, "vehicle")
	}
	if err != nil {
		return nil, err
	}
	return w.ofTeam(field, v.Team)
}

func (w *view) ofDog(field string, id register.DogID) ([]grid.AreaID, error) {
	d, err := w.dogs.get(w.ctx, id)
	if errors.Is(err, register.ErrNone) {
		return nil, noneOf(field, "dog")
	}
	return []grid.AreaID{d.Area}, err
}

func (w *view) ofSubject(field string, of register.Subject) ([]grid.AreaID, error) {
	switch {
	case of.ID == 0:
		return w.ofBureau(), nil
	case of.Class == zone.Person:
		return w.ofPerson(field, people.ID(of.ID))
	case of.Class == zone.Vehicle:
		return w.ofVehicle(field, register.VehicleID(of.ID))
	default:
		return w.ofDog(field, register.DogID(of.ID))
	}
}

// changed tells the control room that registers, shifts, plan, zones or people
// changed. The change is made, whatever comes of that, so it is told as made.
func (s *Server) changed(ctx context.Context) {
	if s.room == nil {
		return
	}
	if err := s.room.Reload(context.WithoutCancel(ctx)); err != nil {
		s.log.ErrorContext(ctx, "the control room goes on with what it read before", "err", err)
	}
}
