package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/register"

	"github.com/danielgtaylor/huma/v2"
)

// entries are one of the bureau's registers: its teams, its vehicles and so on.
// All of them are read and changed in the same way, which is here; what is
// different is in the fields. K is what an entry is called by, T the entry, F
// what people write of it, W what they read.
//
// An entry is bound to areas. Who reaches one of them may read it, to others it
// is as if it were not there; only who reaches all of them may change it.
type entries[K comparable, T, F any, W shown] struct {
	one     string // team, as in the audit log; routes and operations are called by its plural
	maxBody int64  // of one entry as it is sent; 0 is what other requests may send

	list    func(Store, context.Context) ([]T, error) // nil: the register has its own way to be listed
	get     func(Store, context.Context, K) (T, error)
	add     func(Store, context.Context, T, audit.Act) (T, error) // nil: it has its own way to be added to
	update  func(Store, context.Context, T, audit.Act) (T, error)
	remove  func(Store, context.Context, K, int64, audit.Act) error // nil: entries are retired, never removed
	id      func(T) K
	version func(T) int64

	fields func(T) F        // what a change starts from
	with   func(T, F) T     // the entry as it is with those fields
	show   func(*view, T) W // what may be read of it
	// within gives the areas that an entry is bound to. The error says which
	// field names what is not there.
	within func(*view, T) ([]grid.AreaID, error)
	wide   bool                 // also read by those who work in a part of the area that it is bound to
	rule   func(*view, T) error // what else keeps the caller from writing an entry; may be nil
	fill   func(*view) error    // reads at once what within and show of many entries look at; may be nil
}

// shown is an entry as it is read.
type shown interface {
	plural() string // teams: the name of a list of them
}

func (e entries[K, T, F, W]) many() string { var w W; return w.plural() }

type (
	listOutput[W shown] struct {
		CacheControl string `header:"Cache-Control"`
		Body         listing[W]
	}
	entryOutput[W any] struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         W
	}
	addInput[F any] struct {
		Body edit[F]
	}
	changeInput[K comparable, F any] struct {
		ID      K      `path:"id"`
		IfMatch string `header:"If-Match" doc:"the version that the change starts from"`
		Body    edit[F]
	}
	removeInput[K comparable] struct {
		ID      K      `path:"id"`
		IfMatch string `header:"If-Match" doc:"the version that is removed"`
	}
)

// routes registers the routes of the register.
func (e entries[K, T, F, W]) routes(s *Server) {
	many := e.many()
	tags, title := []string{many}, strings.ToUpper(e.one[:1])+e.one[1:]
	path := "/api/" + many
	if e.list != nil {
		handle(s, huma.Operation{
			OperationID: "list" + title + "s", Method: http.MethodGet, Path: path, Tags: tags,
			Summary: "The " + many + " that the caller's right reaches",
		}, func(ctx context.Context, _ *struct{}) (*listOutput[W], error) {
			all, err := e.list(s.store, ctx)
			if err != nil {
				return nil, err
			}
			return e.answerList(ctx, s, all)
		})
	}
	if e.add != nil {
		handle(s, huma.Operation{
			OperationID: "add" + title, Method: http.MethodPost, Path: path, Tags: tags,
			Summary: "Add a " + e.one, DefaultStatus: http.StatusCreated, MaxBodyBytes: e.maxBody,
			Description: "409 registers.taken: another has its code, plate or licence.",
		}, func(ctx context.Context, in *addInput[F]) (*entryOutput[W], error) {
			v, w, err := e.make(ctx, s, in.Body)
			if err != nil {
				return nil, err
			}
			v, err = e.add(s.store, ctx, v, s.act(ctx, e.one+".add", "", ""))
			return e.answer(ctx, s, w, v, err)
		})
	}
	handle(s, huma.Operation{
		OperationID: "change" + title, Method: http.MethodPatch, Path: path + "/{id}", Tags: tags,
		Summary: "Change a " + e.one + ": the fields that are sent", MaxBodyBytes: e.maxBody,
		Description: "412 stale: somebody else changed it; version and changed_by tell.",
	}, func(ctx context.Context, in *changeInput[K, F]) (*entryOutput[W], error) {
		w, v, err := e.reach(ctx, s, in.ID, in.IfMatch)
		if err != nil {
			return nil, err
		}
		fields := e.fields(v)
		if err := in.Body.apply(&fields); err != nil {
			return nil, err
		}
		v = e.with(v, fields)
		if err := e.may(w, v); err != nil {
			return nil, err
		}
		v, err = e.update(s.store, ctx, v, s.act(ctx, e.one+".change", e.object(v), in.Body.what()))
		return e.answer(ctx, s, w, v, err)
	})
	if e.remove != nil {
		handle(s, huma.Operation{
			OperationID: "remove" + title, Method: http.MethodDelete, Path: path + "/{id}", Tags: tags,
			Summary: "Remove a " + e.one + " that nothing refers to", DefaultStatus: http.StatusNoContent,
			Description: "409 registers.in_use: something refers to it.",
		}, func(ctx context.Context, in *removeInput[K]) (*struct{}, error) {
			_, v, err := e.reach(ctx, s, in.ID, in.IfMatch)
			if err != nil {
				return nil, err
			}
			err = e.remove(s.store, ctx, in.ID, e.version(v), s.act(ctx, e.one+".remove", e.object(v), ""))
			if err == nil {
				s.changed(ctx)
			}
			return nil, err
		})
	}
}

// make is a new entry with the fields of what was sent, if the caller may add it.
func (e entries[K, T, F, W]) make(ctx context.Context, s *Server, sent edit[F]) (v T, w *view, err error) {
	if w, err = s.view(ctx); err != nil {
		return v, w, err
	}
	var fields F
	if err := sent.apply(&fields); err != nil {
		return v, w, err
	}
	v = e.with(v, fields)
	return v, w, e.may(w, v)
}

// reach reads an entry that the caller is to change, in the version that they
// have seen.
func (e entries[K, T, F, W]) reach(ctx context.Context, s *Server, id K, seen string) (w *view, v T, err error) {
	version, err := ifMatch(seen)
	if err != nil {
		return nil, v, err
	}
	if w, err = s.view(ctx); err != nil {
		return nil, v, err
	}
	if v, err = e.get(s.store, ctx, id); err != nil {
		return nil, v, err
	}
	areas, err := e.within(w, v)
	switch {
	case err != nil:
		return nil, v, err
	case !e.readable(w, areas):
		return nil, v, register.ErrNone
	case !w.reachesAll(areas):
		return nil, v, errNotYours
	case e.version(v) != version:
		return nil, v, s.stale(ctx, e.object(v), e.version(v))
	}
	return w, v, nil
}

// errNotYours refuses a change of what the caller may only read.
var errNotYours = newProblem(http.StatusForbidden, "registers.outside", "your right to change does not reach this")

// may says whether the caller may write an entry as v is.
func (e entries[K, T, F, W]) may(w *view, v T) error {
	areas, err := e.within(w, v)
	if err != nil {
		return err
	}
	if !w.reachesAll(areas) {
		return invalid("registers.outside", "body", "name an area or a team that your right reaches")
	}
	if e.rule != nil {
		return e.rule(w, v)
	}
	return nil
}

func (e entries[K, T, F, W]) readable(w *view, areas []grid.AreaID) bool {
	return slices.ContainsFunc(areas, func(a grid.AreaID) bool { return w.reaches(a) || e.wide && w.worksBelow(a) })
}

// visible leaves out what the caller may not read.
func (e entries[K, T, F, W]) visible(w *view, all []T) ([]T, error) {
	var kept []T
	for _, v := range all {
		areas, err := e.within(w, v)
		if err != nil {
			return nil, err
		}
		if e.readable(w, areas) {
			kept = append(kept, v)
		}
	}
	return kept, nil
}

func (e entries[K, T, F, W]) answerList(ctx context.Context, s *Server, all []T) (*listOutput[W], error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	if e.fill != nil {
		if err := e.fill(w); err != nil {
			return nil, err
		}
	}
	if all, err = e.visible(w, all); err != nil {
		return nil, err
	}
	out := &listOutput[W]{CacheControl: noStore}
	for _, v := range all {
		out.Body.all = append(out.Body.all, e.show(w, v))
	}
	return out, nil
}

// answer tells the caller, and the control room, of an entry that was written.
func (e entries[K, T, F, W]) answer(ctx context.Context, s *Server, w *view, v T, err error) (*entryOutput[W], error) {
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	return &entryOutput[W]{ETag: etag(e.version(v)), CacheControl: noStore, Body: e.show(w, v)}, nil
}

// object is what the audit log calls v.
func (e entries[K, T, F, W]) object(v T) string { return fmt.Sprintf("%s/%v", e.one, e.id(v)) }
