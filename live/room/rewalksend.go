package room

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/routing/patrol"
)

// preview tells what the change comes to, and keeps it to be sent.
func (p *rewalking) preview(by people.ID, now time.Time) (WalksPreview, error) {
	out := WalksPreview{Units: []ReplanUnit{}, Changes: []ReplanChange{}, Refused: append([]ReplanRefused{}, p.refused...), Walks: []Walk{}}
	keep := &rewalk{at: now, by: by, lost: p.lost, left: p.left, city: p.city.ID}
	type place struct {
		unit string
		eta  time.Time
		late float64
	}
	was, is := map[street.SegmentID]place{}, map[street.SegmentID]place{}
	names := map[street.SegmentID]string{}
	for i, o := range p.crew {
		next := o.walk.is
		if p.touched[i] {
			next = p.now[i]
			keep.was, keep.now = append(keep.was, o.walk), append(keep.now, next)
			one := newWalk(p.b, o.walk.shift, next, p.city.ID)
			one.trail.done = min(one.trail.length(), o.walk.done())
			j := p.r.walkJSON(p.b, one)
			j.Off = o.closed
			out.Walks = append(out.Walks, j)
			late := func(end time.Time) float64 { return max(0, end.Sub(o.walk.shift.To).Seconds()) }
			out.Units = append(out.Units, ReplanUnit{
				Unit: p.unit(i), Name: j.Person.Name, Person: j.Person, ExtraS: next.End.Sub(o.walk.is.End).Seconds(),
				EndWas: o.walk.is.End.UTC(), End: next.End.UTC(), LateWasS: late(o.walk.is.End), LateS: late(next.End), Stops: []RunStop{},
			})
		}
		for k, legs := range [][]patrol.Leg{o.walk.is.Legs, next.Legs} {
			for _, l := range legs {
				if l.Serve {
					to := []map[street.SegmentID]place{was, is}[k]
					to[l.Segment] = place{p.unit(i), l.Begin.UTC(), max(0, l.End.Sub(o.walk.shift.To).Seconds())}
					names[l.Segment] = p.city.nameOf(p.city.ID)(l)
				}
			}
		}
	}
	for _, l := range p.left {
		out.LeftM += rounded(float64(p.city.Network.Segment(l.Segment).LengthM), 1)
	}
	out.Changes = streetChanges(was, is, names, func(x, y place) (c ReplanChange, ok bool) {
		if x.unit == y.unit && x.eta.Sub(y.eta).Abs() < 10*time.Minute {
			return c, false
		}
		c = ReplanChange{From: x.unit, To: y.unit, LateS: y.late, Was: &x.eta}
		if y.unit != "" {
			c.Now = &y.eta
		}
		return c, true
	})
	var token [12]byte
	if _, err := rand.Read(token[:]); err != nil {
		return out, err
	}
	keep.basis = hex.EncodeToString(token[:])
	out.Basis = keep.basis
	p.r.rewalks.keep(keep)
	return out, nil
}

// streetChanges are what becomes of streets, those of one name that go together as
// one.
func streetChanges[P any](was, is map[street.SegmentID]P, names map[street.SegmentID]string, change func(was, is P) (ReplanChange, bool)) []ReplanChange {
	type group struct{ name, from, to string }
	all := map[group]ReplanChange{}
	for id, x := range was {
		c, ok := change(x, is[id])
		if !ok {
			continue
		}
		c.Name = names[id]
		k := group{c.Name, c.From, c.To}
		if old, there := all[k]; there {
			if c.Now != nil && old.Now != nil && c.Now.After(*old.Now) {
				c.Was, c.Now = old.Was, old.Now
			}
			c.LateS = max(c.LateS, old.LateS)
		}
		all[k] = c
	}
	out := []ReplanChange{}
	for _, c := range all {
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y ReplanChange) int {
		when := func(c ReplanChange) time.Time { return *cmp.Or(c.Now, c.Was) }
		return cmp.Or(cmp.Compare(x.To, y.To), when(x).Compare(when(y)), cmp.Compare(x.Name, y.Name))
	})
	return out
}

func (w *walk) done() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trail.done
}

func (k *rewalks) keep(p *rewalk) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = append(k.list, p)
	if len(k.list) > keptPreviews {
		k.list = slices.Delete(k.list, 0, len(k.list)-keptPreviews)
	}
}

// SendWalks does what a preview showed. The error is dispatch.ErrMoved if the walks
// were changed since, if it is too long ago, or if may (nil: all) has a team no longer.
// It is on disk when SendWalks returns.
func (r *Room) SendWalks(ctx context.Context, by people.ID, may func(grid.TeamID) bool, basis string, act audit.Act) error {
	k := &r.rewalks
	k.mu.Lock()
	i := slices.IndexFunc(k.list, func(p *rewalk) bool { return p.basis == basis && p.by == by })
	var p *rewalk
	if i >= 0 {
		p = k.list[i]
		k.list = slices.Delete(k.list, i, i+1) // once
	}
	k.mu.Unlock()
	now := r.c.Now()
	if p == nil || now.Sub(p.at) > keptFor {
		return dispatch.ErrMoved
	}
	if may != nil && slices.ContainsFunc(p.was, func(w *walk) bool { return !may(w.shift.Team) }) {
		return dispatch.ErrMoved
	}
	r.walks.mu.Lock()
	for _, w := range p.was {
		if r.walks.afoot[w.shift.ID] != w {
			r.walks.mu.Unlock()
			return dispatch.ErrMoved
		}
	}
	r.walks.mu.Unlock()
	walks := make(map[register.ShiftID]patrol.Walk, len(p.now))
	for i, w := range p.was {
		walks[w.shift.ID] = p.now[i]
	}
	if err := r.c.Store.HandOverWalks(ctx, p.city, walks, p.lost, now, act); err != nil {
		return err
	}
	return r.walks.follow(ctx, r.book.Load())
}
