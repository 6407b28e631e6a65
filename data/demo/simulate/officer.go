package simulate

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"citygrid/geo"
)

// patrol is the way along a walk's line from so many metres on, with pauses: to
// look at something, to talk to somebody, to wait at a light.
func patrol(line Line, from geo.Metres, begin time.Time, rng *rand.Rand) *Journey {
	at, _ := line.At(from)
	j := Rest(at, begin)
	// All stints are along the line, so Along says how far the walk has come.
	j.stints[0] = stint{from: begin, to: begin, line: line, a: from, b: from}
	for here := from; here < line.Length(); {
		next := min(line.Length(), here+geo.Metres(150+350*rng.Float64()))
		j.Go(line, here, next, walkingSpeed*(0.95+0.1*rng.Float64()))
		if next < line.Length() {
			j.Stay(time.Duration(15+75*rng.Float64()) * time.Second)
		}
		here = next
	}
	return j
}

// A stop at an alert or a stop of a patrol lasts so long.
var visit = span{3 * time.Minute, 7 * time.Minute}

// patrols is what an officer does next: a task first, else the walk.
func (w *worker) patrols(ctx context.Context, s *simulation, now time.Time) error {
	if err := w.findWalk(ctx, s, now); err != nil || w.walk == nil {
		w.waits(ctx, s, now)
		return err
	}
	if err := w.receive(ctx, now); err != nil {
		return err
	}
	if w.doing != nil {
		return w.attends(ctx, s, now)
	}
	if t := w.nextTask(); t != nil {
		if err := w.goes(ctx, s, t.At, now); err != nil {
			if !isRefusal(err) {
				return err
			}
			return w.tell(ctx, t, "decline", now, "no way leads there")
		}
		w.doing, w.next = t, "arrived"
		return nil
	}
	w.mu.Lock()
	patrol := w.patrol
	w.mu.Unlock()
	end, there := w.arrived(now)
	switch {
	case !there:
	case patrol: // round it goes, after a rest
		if now.Sub(end) > 20*time.Minute {
			w.round++
			w.sets(w.begin(0, now), true)
		}
	default: // back on the line after a task
		w.sets(w.begin(w.along, now), true)
	}
	return nil
}

// attends goes on with a task: arrives, stays a while, has done it, goes back.
func (w *worker) attends(ctx context.Context, s *simulation, now time.Time) error {
	t := w.doing
	if !w.open(t.ID) { // called back, or done on another phone
		w.doing = nil
		return w.returns(ctx, s, now)
	}
	if w.next == "arrived" {
		at, there := w.arrived(now)
		if !there {
			return nil
		}
		if err := w.tell(ctx, t, "arrived", at, ""); err != nil {
			return err
		}
		w.next, w.until = "done", at.Add(visit.draw(w.rng))
		if t.About != nil && t.About.Subject.Class == "dog" {
			if d := s.byDog[t.About.Subject.ID]; d != nil {
				d.callHome(now.Add(time.Minute))
			}
		}
		return nil
	}
	if now.Before(w.until) {
		return nil
	}
	if err := w.tell(ctx, t, "done", w.until, doneNotes[w.rng.IntN(len(doneNotes))]); err != nil {
		return err
	}
	w.doing = nil
	return w.returns(ctx, s, now)
}

// doneNotes are what officers write of an alert.
var doneNotes = []string{
	"spoke to the owner, the dog is on its way home",
	"owner was told about the zone",
	"dog had left when I came",
	"showed the owner the sign",
}

// returns goes back to where the walk was left.
func (w *worker) returns(ctx context.Context, s *simulation, now time.Time) error {
	to, _ := w.lineOf.At(w.along)
	err := w.goes(ctx, s, to, now)
	if isRefusal(err) {
		w.sets(w.begin(w.along, now), true)
		return nil
	}
	return err
}

// begin is the walk from so far along.
func (w *worker) begin(along geo.Metres, now time.Time) *Journey {
	return patrol(w.lineOf, along, later(now, w.walk.Start), w.rng)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// findWalk asks for the walk of the present shift when there is none, and sets
// out on it.
func (w *worker) findWalk(ctx context.Context, s *simulation, now time.Time) error {
	if w.walk != nil && now.Before(w.walk.To) {
		return nil
	}
	if time.Since(w.planned) < askPlan {
		if w.walk != nil {
			w.walk, w.doing = nil, nil // of a shift that is over
		}
		return nil
	}
	w.planned = time.Now()
	var said struct {
		Walks []walk `json:"walks"`
	}
	if err := w.ask(ctx, http.MethodGet, "/api/walks", nil, nil, &said); err != nil {
		return err
	}
	for _, x := range said.Walks {
		if x.Person.ID != w.person.id || len(x.Line) == 0 || !now.Before(x.To) {
			continue
		}
		w.walk, w.lineOf, w.doing = &x, NewLine(x.Line), nil
		along, same := geo.Metres(x.DoneM), w.kept.Shift == x.Shift
		if same {
			along = geo.Metres(w.kept.Along)
		}
		w.mu.Lock()
		w.from, w.to, w.shift, w.along = x.From, x.To, x.Shift, along
		w.mu.Unlock()
		at := w.kept.At
		w.kept = progress{}
		if here, _ := w.lineOf.At(along); same && geo.Distance(at, here) > 30 { // was elsewhere when we were ended
			w.sets(Rest(at, now), false)
			return w.returns(ctx, s, now)
		}
		w.sets(w.begin(along, now), true)
		return nil
	}
	w.walk = nil
	return nil
}

func isRefusal(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}
