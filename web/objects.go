package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/grid/studio"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// AtStreet is the street that something stands at.
type AtStreet struct {
	Way     int64    `json:"way" doc:"OpenStreetMap's"`
	At      Position `json:"at" doc:"the place on the street"`
	Side    string   `json:"side" enum:"left,right,on" doc:"seen along the street as it is drawn"`
	Street  string   `json:"street,omitempty" doc:"what it is called"`
	Segment *uint32  `json:"segment,omitempty" doc:"of objects: on the map that is served; absent where it has the street no more"`
}

func atStreet(b *street.Beside) *AtStreet {
	if b == nil {
		return nil
	}
	out := &AtStreet{Way: b.Way, At: positionOf(b.At), Side: b.Side.String(), Street: b.Street}
	if out.Side == "" {
		out.Side = "on"
	}
	return out
}

// ObjectFields are what a planner says of an object.
type ObjectFields struct {
	Code string              `json:"code" maxLength:"32" doc:"unique; empty when it has none"`
	Name Names               `json:"name" doc:"by language: zh-CN, en"`
	Kind register.ObjectKind `json:"kind" enum:"shop,caterer,breakfast,building,property,community,volunteers,contact,station,camera"`
	At   Position            `json:"at"`
}

// An Object is something of the register that stands at a place.
type Object struct {
	ID int64 `json:"id"`
	ObjectFields
	Street  *AtStreet `json:"street" doc:"null: it stands at none"`
	Grid    *GridName `json:"grid" doc:"the responsibility grid that it stands on, by the plan; null: none"`
	Team    *int64    `json:"team" doc:"of that grid; null: none"`
	Unit    string    `json:"unit" doc:"code of the unit grid that it stands on; empty: none"`
	Version int64     `json:"version" doc:"send it as If-Match with a change"`
}

func (Object) plural() string { return "objects" }

// An ObjectList is objects, and how many stand on each grid.
type ObjectList struct {
	Plan    *PlanInfo       `json:"plan" doc:"that says whose they are; null: none holds"`
	Objects []Object        `json:"objects" nullable:"false"`
	Grids   []ObjectsOfGrid `json:"grids" nullable:"false" doc:"of each grid of the plan, those on it"`
	Nobody  int             `json:"nobody" doc:"how many stand on no grid"`
	Kinds   map[string]int  `json:"kinds" doc:"how many there are of each kind"`
}

// ObjectsOfGrid is how many objects of each kind stand on a grid.
type ObjectsOfGrid struct {
	Grid  GridName       `json:"grid"`
	Kinds map[string]int `json:"kinds"`
}

// standing is the objects of the register with whose ground they stand on.
type standing struct {
	mu    sync.Mutex // guards the rest
	mark  string
	all   []register.Object
	plan  grid.Plan
	whose *grid.Owners
	cut   *studio.Draft // that the plan was published from; nil without one
	list  cached
}

// objectsAt calls f with the objects and the plan that holds at some time, which f has
// to itself meanwhile.
func (s *Server) objectsAt(ctx context.Context, at time.Time, f func(*standing) error) error {
	mark, err := s.store.ObjectsMark(ctx)
	if err != nil {
		return err
	}
	p, err := s.store.PlanAt(ctx, at)
	if err != nil && !errors.Is(err, grid.ErrNoPlan) {
		return err
	}
	t := &s.standing
	t.mu.Lock()
	defer t.mu.Unlock()
	if mark != t.mark || t.mark == "" {
		if t.all, err = s.store.Objects(ctx); err != nil {
			return err
		}
		t.mark = mark
	}
	if t.whose == nil || p.ID != t.plan.ID || p.Version != t.plan.Version {
		whose, err := p.Index()
		if err != nil {
			return err
		}
		t.plan, t.whose, t.cut = p, whose, nil
		h, err := s.store.DraftOfPlan(ctx, p.ID, p.Version)
		if err == nil {
			_, t.cut, _, err = s.store.Draft(ctx, h.ID)
		}
		if err != nil && !errors.Is(err, studio.ErrNoDraft) {
			t.whose = nil
			return err
		}
	}
	return f(t)
}

// object is an object as it is read, with whose ground it stands on.
func (t *standing) object(n *street.Network, o register.Object) Object {
	out := Object{ID: int64(o.ID), ObjectFields: objectFields(o), Street: atStreet(o.Beside), Version: o.Version}
	if o.Beside != nil && n != nil {
		if id, there := n.Find(*o.Beside); there {
			segment := uint32(id)
			out.Street.Segment = &segment
		}
	}
	if id, owned := t.whose.OwnerAt(o.At); owned {
		g, _ := t.plan.Grid(id)
		out.Grid, out.Team = &GridName{int64(g.ID), g.Code, orEmpty(g.Name)}, idOrNull(g.Team)
	}
	if t.cut != nil {
		if u := t.cut.UnitAt(o.At); u != 0 {
			out.Unit = t.cut.Code(u)
		}
	}
	return out
}

func objectFields(o register.Object) ObjectFields {
	return ObjectFields{o.Code, o.Name, o.Kind, positionOf(o.At)}
}

// besideReach is how far from a street something may stand that is at it.
const besideReach geo.Metres = 60

// settled is an object that stands at the street nearest to it on the map that is
// served.
func (s *Server) settled(o register.Object) register.Object {
	o.Beside = nil
	if m, err := s.served(); err == nil {
		if near := m.Network.Nearest(o.At, besideReach, patrolled(m.Network), 1); len(near) > 0 {
			b := m.Network.Beside(near[0])
			o.Beside = &b
		}
	}
	return o
}

func (s *Server) objects() entries[register.ObjectID, register.Object, ObjectFields, Object] {
	return entries[register.ObjectID, register.Object, ObjectFields, Object]{
		one: "object", get: Store.Object, add: Store.AddObject, update: Store.UpdateObject, remove: Store.RemoveObject,
		id:      func(o register.Object) register.ObjectID { return o.ID },
		version: func(o register.Object) int64 { return o.Version },
		fields:  objectFields,
		with: func(o register.Object, f ObjectFields) register.Object {
			moved := o.At != orb.Point(f.At)
			o.Code, o.Name, o.Kind, o.At = f.Code, f.Name, f.Kind, orb.Point(f.At)
			if moved && onEarth(o.At) {
				o = s.settled(o)
			}
			return o
		},
		show: func(w *view, o register.Object) (out Object) {
			out = Object{ID: int64(o.ID), ObjectFields: objectFields(o), Street: atStreet(o.Beside), Version: o.Version}
			_ = s.objectsAt(w.ctx, s.now(), func(t *standing) error { // it is written, whoever owns it
				out = t.object(s.network(), o)
				return nil
			})
			return out
		},
		within: func(w *view, _ register.Object) ([]grid.AreaID, error) { return w.ofBureau(), nil },
		wide:   true,
	}
}

// network is the streets that are served; nil without a map.
func (s *Server) network() *street.Network {
	if m := s.city.Load(); m != nil {
		return m.Network
	}
	return nil
}

func (s *Server) objectRoutes() {
	s.objects().routes(s)
	s.objectImportRoute()
	s.handleRaw("GET /api/objects", &huma.Operation{
		OperationID: "listObjects", Method: http.MethodGet, Path: "/api/objects", Tags: []string{"objects"},
		Summary:     "Every object of the register, and whose ground it stands on now, or at some time",
		Description: "With If-None-Match of the ETag that was read, 304 while all is as it was.",
		Parameters:  []*huma.Param{{Name: "at", In: "query", Description: "by the plan that holds then, RFC 3339; now without it", Schema: &huma.Schema{Type: huma.TypeString, Format: "date-time"}}},
		Responses: map[string]*huma.Response{"200": {
			Description: "The objects",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[ObjectList](s.api, "ObjectList")}},
		}},
	}, s.listObjects)
}

func (s *Server) listObjects(w http.ResponseWriter, r *http.Request) {
	at := s.now()
	if text := r.URL.Query().Get("at"); text != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			s.refuse(w, r, invalid("request.invalid", "query.at", "at is an instant such as 2026-05-01T08:00:00Z"))
			return
		}
	}
	var text []byte
	var tag string
	err := s.objectsAt(r.Context(), at, func(t *standing) (err error) {
		n := s.network()
		mark := fmt.Sprintf("%s %d %d %p", t.mark, t.plan.ID, t.plan.Version, n)
		text, tag, err = t.list.fresh(mark, at, func() ([]byte, time.Time, error) {
			text, err := json.Marshal(t.listing(n))
			return append(text, '\n'), time.Time{}, err
		})
		return err
	})
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.answerTagged(w, r, "application/json", tag, text)
}

// listing is all objects, and how many stand where.
func (t *standing) listing(n *street.Network) ObjectList {
	out := ObjectList{Objects: make([]Object, 0, len(t.all)), Grids: []ObjectsOfGrid{}, Kinds: map[string]int{}}
	if t.plan.ID != 0 {
		info := planInfo(t.plan)
		out.Plan = &info
	}
	of := map[int64]map[string]int{}
	for _, g := range t.plan.Grids {
		kinds := map[string]int{}
		of[int64(g.ID)] = kinds
		out.Grids = append(out.Grids, ObjectsOfGrid{GridName{int64(g.ID), g.Code, orEmpty(g.Name)}, kinds})
	}
	for _, o := range t.all {
		one := t.object(n, o)
		out.Objects = append(out.Objects, one)
		out.Kinds[string(o.Kind)]++
		if one.Grid == nil {
			out.Nobody++
			continue
		}
		of[one.Grid.ID][string(o.Kind)]++
	}
	return out
}
