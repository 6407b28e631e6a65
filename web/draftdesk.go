package web

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"citygrid/grid/register"
	"citygrid/grid/studio"

	"github.com/paulmach/orb"
)

// openDrafts is how many drafts are kept in memory.
const openDrafts = 6

// stepsPerImage is after how many steps a draft is written down whole, so that it
// opens fast.
const stepsPerImage = 100

// A draftDesk keeps the drafts in memory that are worked on. The store has the
// truth: a draft of which a step was not written is read again.
type draftDesk struct {
	mu   sync.Mutex // guards open; may be taken while an openDraft's is held, never the other way round
	open []*openDraft
}

// An openDraft is a draft being worked on.
type openDraft struct {
	id   studio.DraftID
	turn chan struct{} // holds one: whoever put it there has the rest

	head      studio.Head
	d         *studio.Draft // nil until it is read
	steps     int           // since the last image
	proposals *proposals    // last made; nil without

	stand   *studio.Standing      // of the register's objects; nil until somebody asks
	mark    string                // of the register that they are of
	objects []register.ObjectKind // what each is
}

// counted is how many objects of each kind stand on each part of a draft.
func (s *Server) counted(ctx context.Context, o *openDraft) (map[studio.PartID]map[string]int, error) {
	mark, err := s.store.ObjectsMark(ctx)
	if err != nil {
		return nil, err
	}
	if o.stand == nil || mark != o.mark {
		all, err := s.store.Objects(ctx)
		if err != nil {
			return nil, err
		}
		places := make([]orb.Point, len(all))
		o.objects = make([]register.ObjectKind, len(all))
		for i, one := range all {
			places[i], o.objects[i] = one.At, one.Kind
		}
		o.stand, o.mark = o.d.Stand(places), mark
	}
	out := map[studio.PartID]map[string]int{}
	for i, kind := range o.objects {
		part, inCity := o.stand.Of(o.d, i)
		if !inCity {
			continue
		}
		if out[part] == nil {
			out[part] = map[string]int{}
		}
		out[part][string(kind)]++
	}
	return out, nil
}

// withDraft calls f with a draft that f has to itself meanwhile.
func (s *Server) withDraft(ctx context.Context, id studio.DraftID, f func(*openDraft) error) error {
	if err := s.wholeBureau(ctx); err != nil {
		return err
	}
	o := s.desk.take(id)
	select {
	case o.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-o.turn }()
	if o.d == nil {
		var err error
		o.head, o.d, o.steps, err = s.store.Draft(ctx, id)
		if err != nil {
			o.d = nil
			s.desk.drop(o)
			return err
		}
	}
	whole := false
	defer func() {
		if !whole { // f panicked in the middle of a change: whoever asks next reads the draft again
			o.d = nil
			s.desk.drop(o)
		}
	}()
	err := f(o)
	whole = true
	return err
}

// take gives the draft of that id, moved to the front.
func (d *draftDesk) take(id studio.DraftID) *openDraft {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.open, func(o *openDraft) bool { return o.id == id })
	if at >= 0 {
		o := d.open[at]
		d.open = append([]*openDraft{o}, slices.Delete(d.open, at, at+1)...)
		return o
	}
	o := &openDraft{id: id, turn: make(chan struct{}, 1)}
	d.open = append([]*openDraft{o}, d.open...)
	if len(d.open) > openDrafts {
		d.open = d.open[:openDrafts] // who works on the last goes on and writes it down
	}
	return o
}

// drop forgets a draft: whoever asks next reads it again.
func (d *draftDesk) drop(o *openDraft) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = slices.DeleteFunc(d.open, func(other *openDraft) bool { return other == o })
}

// stepDraft changes a draft that the caller has seen in a version: what names the
// step in its history.
func (s *Server) stepDraft(ctx context.Context, id int64, seen string, what []string, f func(*studio.Draft) (studio.Kind, studio.Entry, error)) (out *draftChangeOutput, err error) {
	version, err := ifMatch(seen)
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	err = s.withDraft(ctx, studio.DraftID(id), func(o *openDraft) error {
		if o.head.Version != version {
			return s.draftChanged(ctx, w, o.head, version)
		}
		if o.head.State != studio.Draught {
			return studio.ErrState
		}
		kind, e, err := f(o.d)
		if err != nil {
			return err
		}
		if err := s.keep(ctx, w, o, what, kind, e); err != nil {
			return err
		}
		out = &draftChangeOutput{ETag: etag(o.head.Version), CacheControl: noStore}
		out.Body, err = s.changeOf(ctx, w, o, e)
		return err
	})
	return out, err
}

// keep writes a step down that was made. When that fails the draft in memory is
// given up.
func (s *Server) keep(ctx context.Context, w *view, o *openDraft, what []string, kind studio.Kind, e studio.Entry) error {
	h := o.head
	h.ChangedBy = int64(w.caller.person.ID)
	h.Fill(o.d)
	if o.stand != nil {
		o.stand.Follow(o.d, o.d.Touched(e))
	}
	step, err := o.d.Step(kind, e)
	var image []byte
	if err == nil && o.steps+1 >= stepsPerImage {
		image, err = o.d.Image()
	}
	if err == nil {
		h, err = s.store.StepDraft(ctx, h, what, step, image, s.act(ctx, "draft.change", "", ""))
	}
	if err != nil {
		return s.lost(ctx, w, o, err)
	}
	o.head = h
	if o.steps++; image != nil {
		o.steps = 0
	}
	return nil
}

// changeOf is what an entry changed, as the app gets it.
func (s *Server) changeOf(ctx context.Context, w *view, o *openDraft, e studio.Entry) (c DraftChange, err error) {
	objects, err := s.counted(ctx, o)
	if err != nil {
		return c, err
	}
	t := o.d.Touched(e)
	c = DraftChange{
		Draft: w.draft(o.head), Summary: draftSummary(o.d.Summary()),
		Units: []UnitFeature{}, Removed: []int64{}, Painted: []UnitPaint{}, Parts: []DraftPart{}, RemovedParts: []int64{},
	}
	for _, id := range t.Shapes {
		c.Units = append(c.Units, unitFeature(o.d, id))
	}
	for _, id := range t.Gone {
		c.Removed = append(c.Removed, int64(id))
	}
	for _, id := range t.Painted {
		c.Painted = append(c.Painted, UnitPaint{int64(id), int64(o.d.PartOf(id))})
	}
	for _, id := range t.Parts {
		if p, ok := o.d.Part(id); ok {
			c.Parts = append(c.Parts, w.part(p, objects[id]))
		}
	}
	for _, id := range t.RemovedParts {
		c.RemovedParts = append(c.RemovedParts, int64(id))
	}
	return c, nil
}

// draftChanged is the problem of a change that starts from an old version: who
// changed what since.
func (s *Server) draftChanged(ctx context.Context, w *view, h studio.Head, seen int64) error {
	now, err := s.store.DraftHead(ctx, h.ID)
	if err != nil {
		return err
	}
	done, err := s.store.DraftDone(ctx, h.ID, seen, 100)
	if err != nil {
		return err
	}
	p := newProblem(http.StatusPreconditionFailed, "draft.changed", "somebody else changed the draft in the meantime; read it again")
	p.Version, p.By = now.Version, w.name(now.ChangedBy)
	at := now.ChangedAt.UTC()
	p.At = &at
	if p.By != nil {
		p.ChangedBy = p.By.Name
	}
	for _, d := range done {
		for _, what := range d.What {
			if !slices.Contains(p.What, what) {
				p.What = append(p.What, what)
			}
		}
	}
	return p
}
