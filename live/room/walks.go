package room

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/routing/campaign"
	"citygrid/routing/patrol"
)

// walks are the walks of now: who walks them, and how far they have come.
type walks struct {
	r    *Room
	bell chan struct{} // room for one: there may be something to plan

	mu    sync.Mutex
	afoot map[register.ShiftID]*walk   // guarded by mu: of shifts about now
	of    map[register.Subject][]*walk // guarded by mu: the same, by officer, and by vehicle

	campaign map[walker]*walk // guarded by mu: of campaigns about now, which are in of too

	unheld map[string]string         // plan's: campaigns that can't be planned, and what was known then
	failed map[register.Watch]string // plan's: what can't be planned, and what was known then
	beats  map[beatKey]teamBeats     // plan's: of the plans and the map of now
}

// A walk is one being walked.
type walk struct {
	shift register.Shift
	is    patrol.Walk
	city  string // id of the map its segments are of

	mu    sync.Mutex
	trail *trail        // guarded by mu
	seen  [][]time.Time // guarded by mu: by call and spot, when somebody was there; zero: not yet
}

// newWalk is one that nobody has begun.
func newWalk(b *book, s register.Shift, is patrol.Walk, city string) *walk {
	w := &walk{shift: s, is: is, city: city, trail: newTrail(is, b.movesBy(s)), seen: make([][]time.Time, len(is.Calls))}
	for i, c := range is.Calls {
		w.seen[i] = make([]time.Time, len(c.Spots))
	}
	return w
}

// follow takes a fix into account. w.mu is held.
func (w *walk) follow(f ingest.Fix) {
	w.trail.follow(f)
	w.look(f)
}

func newWalks(r *Room) *walks {
	return &walks{
		r: r, bell: make(chan struct{}, 1), afoot: make(map[register.ShiftID]*walk), of: make(map[register.Subject][]*walk), failed: make(map[register.Watch]string), unheld: make(map[string]string), beats: make(map[beatKey]teamBeats),
	}
}

// wake says that shifts, grids or the map may have changed. It never waits.
func (w *walks) wake() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// feed tells where somebody is.
func (w *walks) feed(s register.Subject, f ingest.Fix) {
	w.mu.Lock()
	var found *walk
	for _, one := range w.of[s] {
		if one.shift.Holds(f.Time) {
			found = one
		}
	}
	w.mu.Unlock()
	if found != nil {
		found.mu.Lock()
		defer found.mu.Unlock()
		found.follow(f)
	}
}

// about is how far from now walks begin that are followed: no shift is longer.
const about = register.MaxShift

// follow takes up the walks that are in the store now. Each is followed from its
// begin over the stored fixes; feed waits for that.
func (w *walks) follow(ctx context.Context, b *book) error {
	now := w.r.c.Now()
	kept, maps, err := w.r.c.Store.Walks(ctx, now.Add(-about), now.Add(about))
	if err != nil {
		return err
	}
	shifts := b.roster.Between(now.Add(-about), now.Add(about))
	w.mu.Lock()
	was := w.afoot
	w.afoot, w.of = make(map[register.ShiftID]*walk), make(map[register.Subject][]*walk)
	var fresh []*walk
	for _, s := range shifts {
		is, ok := kept[s.ID]
		if !ok {
			continue
		}
		one := was[s.ID]
		if one == nil || one.shift.Version != s.Version || !sameWalk(one.is, is) {
			one = newWalk(b, s, is, maps[s.ID])
			one.mu.Lock()
			fresh = append(fresh, one)
		}
		w.afoot[s.ID] = one
		who := []register.Subject{register.PersonSubject(s.Person)}
		if s.Vehicle != 0 {
			who = append(who, register.VehicleSubject(s.Vehicle))
		}
		for _, subject := range who {
			w.of[subject] = append(w.of[subject], one)
		}
	}
	fresh = append(fresh, w.followCampaigns(b, now)...)
	w.mu.Unlock()
	for _, one := range fresh {
		err = cmp.Or(err, w.r.retrace(ctx, b, one))
		one.mu.Unlock()
	}
	return err
}

func sameWalk(a, b patrol.Walk) bool {
	return a.Start.Equal(b.Start) && a.End.Equal(b.End) && slices.Equal(a.Legs, b.Legs) && slices.EqualFunc(a.Calls, b.Calls, func(x, y patrol.Call) bool {
		return x.Legs == y.Legs && x.Begin.Equal(y.Begin) && slices.EqualFunc(x.Spots, y.Spots, func(s, t patrol.Spot) bool { return s.ID == t.ID && s.Open.Equal(t.Open) })
	})
}

// retrace follows a walk over the stored fixes of its shift, by time. Nobody else may use
// it meanwhile.
func (r *Room) retrace(ctx context.Context, b *book, w *walk) error {
	s := w.shift
	ids := []ingest.TrackerID{ingest.TrackerID(phoneID(s.Person))}
	for _, d := range b.devices {
		if d.Subject == register.PersonSubject(s.Person) || s.Vehicle != 0 && d.Subject == register.VehicleSubject(s.Vehicle) {
			ids = append(ids, ingest.TrackerID(d.ID))
		}
	}
	var fixes []ingest.Fix
	for _, id := range ids {
		err := r.c.Store.Fixes(ctx, id, s.From, s.To, func(f ingest.Fix) bool {
			fixes = append(fixes, f)
			return true
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(fixes, func(a, b ingest.Fix) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq)) })
	for _, f := range fixes {
		w.follow(f)
	}
	return nil
}

// Unplanned is an officer's patrols, on foot or by a vehicle, with some instant of
// from <= t < to that have no walk among those given: who works is not kept waiting by
// the planning.
func (r *Room) Unplanned(p people.ID, from, to time.Time, planned []Walk) (rest []Walk) {
	b := r.book.Load()
	if !has(b.people[p], people.Officer) {
		return nil
	}
	for _, s := range b.roster.Between(from, to) {
		if s.Person != p || !b.patrols(s) || slices.ContainsFunc(planned, func(w Walk) bool { return w.Shift == s.ID }) {
			continue
		}
		rest = append(rest, Walk{
			Shift: s.ID, Person: *b.person(p), Team: s.Team, By: b.movesBy(s), From: s.From.UTC(), To: s.To.UTC(), Start: s.From.UTC(), End: s.From.UTC(),
			Line: []Position{}, Stops: []WalkStop{}, Calls: []WalkCall{}, Next: -1, Whole: 1,
		})
	}
	return rest
}

// Walks is the walks of shifts with some instant of from <= t < to, by shift, with
// how far they have come: a night's walk is of both its days.
func (r *Room) Walks(ctx context.Context, from, to time.Time) ([]Walk, error) {
	kept, maps, err := r.c.Store.Walks(ctx, from.Add(-about), to.Add(about))
	if err != nil {
		return nil, err
	}
	shifts, err := r.c.Store.Shifts(ctx, from.Add(-about), to.Add(about))
	if err != nil {
		return nil, err
	}
	b := r.book.Load()
	dropped, err := r.c.Store.Dropped(ctx, from)
	if err != nil {
		return nil, err
	}
	all := []Walk{}
	for _, s := range shifts {
		is, ok := kept[s.ID]
		if !ok || !s.From.Before(to) || !s.To.After(from) {
			continue
		}
		r.walks.mu.Lock()
		one := r.walks.afoot[s.ID]
		r.walks.mu.Unlock()
		if one == nil || !sameWalk(one.is, is) { // of another day
			one = newWalk(b, s, is, maps[s.ID])
			if err := r.retrace(ctx, b, one); err != nil {
				return nil, err
			}
		}
		out := r.walkJSON(b, one)
		out.Off = slices.Contains(dropped, s.ID)
		all = append(all, out)
	}
	err = r.campaignWalks(ctx, b, from, to, func(d *campaign.Day, pair int, w *walk) { all = append(all, r.campaignWalk(b, d, pair, w)) })
	return all, err
}

func (r *Room) walkJSON(b *book, w *walk) Walk {
	name := r.town().nameOf(w.city)
	w.mu.Lock()
	defer w.mu.Unlock()
	length := w.trail.length()
	out := Walk{
		Shift: w.shift.ID, Person: *b.person(w.shift.Person), Team: w.shift.Team, By: b.movesBy(w.shift), From: w.shift.From.UTC(), To: w.shift.To.UTC(),
		Start: w.is.Start.UTC(), End: w.is.End.UTC(), Minutes: rounded(w.is.Minutes, 10),
		ServedM: rounded(float64(w.is.Served), 1), DeadM: rounded(float64(w.is.Dead), 1),
		Line: positions(w.is.Line), DoneM: rounded(w.trail.done, 1), Next: -1, Planned: true, Stops: []WalkStop{}, Calls: w.calls(b, length),
		Ordered: len(w.is.Keys) > 0, OrderS: rounded(w.is.Ordered.Seconds(), 1), Whole: 1,
	}
	if city := r.town(); city != nil && city.ID == w.city {
		pieces, whole := w.is.Pieces(city.Network)
		out.Pieces, out.Whole = pieces, rounded(whole, 1000)
	}
	if now := r.c.Now(); now.Before(w.shift.To) {
		out.BehindS = rounded(w.trail.behind(w.is, now).Seconds(), 1)
	}
	if length > 0 {
		out.Progress = rounded(w.trail.done/length, 1000)
	}
	for i, s := range stops(w.is, length, name) {
		done := w.trail.done >= s.end-atEnd
		if !done && out.Next < 0 {
			out.Next = i
		}
		out.Stops = append(out.Stops, WalkStop{
			N: i + 1, Street: s.street, At: position(w.trail.point(s.begin)), Metres: rounded(s.metres, 1), ETA: s.eta.UTC(), Leave: s.leave.UTC(), FromM: rounded(s.begin, 1), ToM: rounded(s.end, 1), Done: done, Reason: reasons(w.is, s.rank),
		})
	}
	return out
}
