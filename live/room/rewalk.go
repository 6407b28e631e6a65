package room

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/closure"
	"citygrid/routing/path"
	"citygrid/routing/patrol"
)

// A WalkMove takes a stop of a walk, a street that is not seen yet, to a place in
// another walk of the same team, or in its own.
type WalkMove struct {
	Shift  register.ShiftID `json:"shift"`
	Stop   int              `json:"stop" minimum:"1" doc:"its n"`
	To     register.ShiftID `json:"to"`
	Before *int             `json:"before,omitempty" minimum:"0" doc:"n of the stop in To that comes after it; 0 is at the end; left out: where it costs least"`
}

// A WalksEdit is what somebody wants changed in the walks of a team, all at once.
type WalksEdit struct {
	Moves []WalkMove         `json:"moves,omitempty" maxItems:"50"`
	Lost  []register.ShiftID `json:"lost,omitempty" maxItems:"50" doc:"whose officers can't go on: the others of the team take over what is not seen yet"`
	Again []register.ShiftID `json:"again,omitempty" maxItems:"50" doc:"whose walks are made anew, with the streets in their order, as after a closure: streets that are closed are left out"`

	Spots []register.ShiftID `json:"spots,omitempty" maxItems:"50" doc:"whose crews take the spots in that are in nobody's walk, each where it costs least"`

	Closure closure.ID `json:"closure,omitempty" minimum:"0" doc:"a closure: plan on the streets as they are while it holds, from now or from when it next begins"`
}

// A WalksPreview is what a change of walks comes to.
type WalksPreview struct {
	Basis   string          `json:"basis" doc:"names this preview, to be sent"`
	Units   []ReplanUnit    `json:"units" nullable:"false" doc:"whose walks change"`
	Changes []ReplanChange  `json:"changes" nullable:"false" doc:"by unit and time"`
	Refused []ReplanRefused `json:"refused" nullable:"false"`
	Walks   []Walk          `json:"walks" nullable:"false" doc:"as they would be"`
	LeftM   float64         `json:"left_m" doc:"metres of street that nobody has time for"`
}

// ErrTeams says that streets don't go from one team's walks to another's.
var ErrTeams = errors.New("the streets of a team are walked by its own officers, those who travel alike, on the same map")

// rewalks keeps previews of walks for a while: what was shown is what is sent.
type rewalks struct {
	mu   sync.Mutex
	list []*rewalk // guarded by mu; the newest last, keptPreviews at most
}

// lateBy is how much longer than planned somebody may take who takes nothing over.
const lateBy = 10 * time.Minute

const (
	keptPreviews = 32
	keptFor      = 10 * time.Minute
)

// A rewalk is a changed plan of some walks.
type rewalk struct {
	basis string
	at    time.Time
	by    people.ID
	was   []*walk
	now   []patrol.Walk // of the same shifts
	lost  []register.ShiftID
	left  []patrol.Left
	city  string
}

// A rest is what is still to be walked of a walk: the legs that are behind or under
// way stay, orders has the stops after them.
type rest struct {
	walk   *walk
	kept   []patrol.Leg
	called []patrol.Call // behind
	stops  []stopStreets
	spots  []patrol.Spot // to be called at
	at     time.Time     // when and where it goes on
	away   bool
	closed bool // dropped out
}

// stopStreets is a stop with its streets, in order. n is the stop's number.
type stopStreets struct {
	n       int
	name    string
	streets []street.SegmentID
	eta     time.Time
}

// restOf splits a walk where somebody is.
func (r *Room) restOf(city *town, w *walk, now time.Time) rest {
	w.mu.Lock()
	done := w.trail.done
	length := w.trail.length()
	w.mu.Unlock()
	out := rest{walk: w, at: w.is.Start}
	if now.After(out.at) {
		out.at = now.Truncate(time.Second)
	}
	sum := 0.0
	for _, l := range w.is.Legs {
		sum += float64(l.Metres)
	}
	scale := 1.0
	if sum > 0 {
		scale = length / sum
	}
	at, k := 0.0, 0
	if done > 0 {
		for ; k < len(w.is.Legs); k++ {
			l := w.is.Legs[k]
			end := at + float64(l.Metres)*scale
			if at >= done {
				break
			}
			if end > done { // under way: it takes its share of the leg's time
				share := (end - done) / max(end-at, 0.01)
				out.at = out.at.Add(time.Duration(share * float64(l.End.Sub(l.Begin))).Truncate(time.Second))
			}
			at = end
		}
	}
	out.kept, out.away = w.is.Legs[:k:k], k > 0
	out.called, out.spots = w.behind(k, now)
	seen := make(map[street.SegmentID]bool)
	for _, l := range out.kept {
		if l.Serve {
			seen[l.Segment] = true
		}
	}
	for i, s := range stops(w.is, length, city.nameOf(w.city)) {
		one := stopStreets{n: i + 1, name: s.street, eta: s.eta}
		for _, id := range s.segments {
			if !seen[id] {
				one.streets = append(one.streets, id)
			}
		}
		if len(one.streets) > 0 {
			out.stops = append(out.stops, one)
		}
	}
	return out
}

// behind parts the calls of a walk, so many legs of which are behind: those that were made
// or are too late, and the spots of the others.
func (w *walk) behind(legs int, now time.Time) (called []patrol.Call, spots []patrol.Spot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, c := range w.is.Calls {
		was := patrol.Call{Legs: min(c.Legs, legs), At: c.At, Begin: c.Begin, End: c.End}
		for k, s := range c.Spots {
			if w.seen[i][k].IsZero() && s.Close.After(now) && c.Legs >= legs {
				s.Officer = patrol.Anyone
				spots = append(spots, s)
			} else {
				was.Spots = append(was.Spots, s)
			}
		}
		if len(was.Spots) > 0 {
			called = append(called, was)
		}
	}
	return called, spots
}

// nameOf gives the names of legs' streets, for walks on that map.
func (c *town) nameOf(mapID string) func(patrol.Leg) string {
	if c == nil || c.ID != mapID {
		return func(patrol.Leg) string { return "" }
	}
	return func(l patrol.Leg) string {
		n := c.Network.Name(c.Network.Segment(l.Segment).Name)
		return cmp.Or(n.Default, n.Ref)
	}
}

// PreviewWalks says what a change of walks would come to, for somebody who may send
// the people of certain teams (nil: all).
func (r *Room) PreviewWalks(ctx context.Context, by people.ID, may func(team grid.TeamID) bool, e WalksEdit) (WalksPreview, error) {
	city := r.town()
	if city == nil || city.Foot == nil {
		return WalksPreview{}, ErrNoMap
	}
	now := r.c.Now()
	shifts := make([]register.ShiftID, 0, len(e.Moves)+len(e.Lost)+len(e.Again))
	for _, m := range e.Moves {
		shifts = append(shifts, m.Shift)
	}
	shifts = append(append(append(shifts, e.Lost...), e.Again...), e.Spots...)
	if len(shifts) == 0 {
		return WalksPreview{}, fmt.Errorf("%w: nothing is to change", ErrNoItem)
	}
	first := shifts[0]
	if e.Closure != 0 {
		if err := r.whileClosed(ctx, city, e.Closure, now); err != nil {
			return WalksPreview{}, err
		}
	}
	crew, err := r.crewOf(ctx, first, now)
	if err != nil {
		return WalksPreview{}, err
	}
	if may != nil && !may(crew[0].walk.shift.Team) {
		return WalksPreview{}, fmt.Errorf("%w: shift %d", ErrNoUnit, first)
	}
	b := r.book.Load()
	ways, err := city.by(ctx, b.movesBy(crew[0].walk.shift))
	if err != nil {
		return WalksPreview{}, err
	}
	if ways == nil {
		return WalksPreview{}, ErrNoMap
	}
	p := rewalking{r: r, b: b, city: city, ways: ways, crew: crew}
	if err := p.edit(ctx, e); err != nil {
		return WalksPreview{}, err
	}
	return p.preview(by, now)
}

// whileClosed has a town's patrols go by the streets as they are while a closure holds.
// One that never will changes nothing.
func (r *Room) whileClosed(ctx context.Context, t *town, id closure.ID, now time.Time) error {
	all := r.book.Load().closures
	i := slices.IndexFunc(all, func(c closure.Closure) bool { return c.ID == id })
	if i < 0 {
		return fmt.Errorf("%w: closure %d", ErrNoItem, id)
	}
	when, err := all[i].When(t.streets.Days())
	if err != nil || when.ActiveAt(now) {
		return err
	}
	begins, ok := when.NextChange(now)
	if !ok {
		return nil
	}
	t.now = t.streets.At(begins)
	return nil
}

// crewOf is the walks about now of those of a shift's team who travel alike, that shift's
// among them.
func (r *Room) crewOf(ctx context.Context, id register.ShiftID, now time.Time) (all []rest, err error) {
	city, b := r.town(), r.book.Load()
	dropped, err := r.c.Store.Dropped(ctx, now)
	if err != nil {
		return nil, err
	}
	r.walks.mu.Lock()
	of := r.walks.afoot[id]
	var list []*walk
	for _, w := range r.walks.afoot {
		if of != nil && w.shift.Team == of.shift.Team && b.movesBy(w.shift) == b.movesBy(of.shift) && w.city == city.ID && w.shift.From.Before(of.shift.To) && w.shift.To.After(of.shift.From) && w.shift.To.After(now) {
			list = append(list, w)
		}
	}
	r.walks.mu.Unlock()
	if of == nil || !slices.Contains(list, of) {
		return nil, fmt.Errorf("%w: shift %d", ErrNoUnit, id)
	}
	slices.SortFunc(list, func(a, b *walk) int { return cmp.Compare(a.shift.ID, b.shift.ID) })
	for _, w := range list {
		one := r.restOf(city, w, now)
		one.closed = slices.Contains(dropped, w.shift.ID)
		all = append(all, one)
	}
	return all, nil
}

// rewalking is a change of walks that is being worked out.
type rewalking struct {
	r       *Room
	b       *book
	city    *town
	ways    *path.Engine // of those who travel as the crew does
	crew    []rest
	now     []patrol.Walk // of those that change, by crew; the zero Walk elsewhere
	touched []bool
	lost    []register.ShiftID
	left    []patrol.Left
	refused []ReplanRefused
}

func (p *rewalking) find(id register.ShiftID) (int, error) {
	i := slices.IndexFunc(p.crew, func(o rest) bool { return o.walk.shift.ID == id })
	if i < 0 {
		return i, fmt.Errorf("%w: shift %d", ErrTeams, id)
	}
	return i, nil
}

func (p *rewalking) edit(ctx context.Context, e WalksEdit) error {
	n := len(p.crew)
	p.now, p.touched = make([]patrol.Walk, n), make([]bool, n)
	orders := make([][]stopStreets, n)
	for i := range p.crew {
		orders[i] = slices.Clone(p.crew[i].stops)
	}
	type put struct {
		stop    stopStreets
		officer int // of the crew; patrol.Anyone
		before  int // a stop's n; 0 = at the end; -1 = cheapest
	}
	var puts []put
	for _, m := range e.Moves {
		from, err := p.find(m.Shift)
		if err != nil {
			return err
		}
		to, err := p.find(m.To)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(orders[from], func(s stopStreets) bool { return s.n == m.Stop })
		if at < 0 {
			p.refused = append(p.refused, ReplanRefused{Unit: p.unit(to), Name: fmt.Sprint(m.Stop), Rule: "begun", Why: "it is seen already"})
			continue
		}
		one := put{orders[from][at], to, -1}
		if m.Before != nil {
			one.before = *m.Before
		}
		orders[from] = slices.Delete(orders[from], at, at+1)
		puts = append(puts, one)
		p.touched[from], p.touched[to] = true, true
	}
	for _, id := range e.Lost {
		i, err := p.find(id)
		if err != nil {
			return err
		}
		p.lost = append(p.lost, id)
		p.touched[i] = true
		for _, s := range orders[i] {
			puts = append(puts, put{s, patrol.Anyone, -1})
		}
		orders[i], p.crew[i].closed = nil, true
	}
	for _, id := range e.Again {
		i, err := p.find(id)
		if err != nil {
			return err
		}
		p.touched[i] = true
	}
	// Who has dropped out is asked no more.
	request := patrol.Request{Network: p.city.Network, Ways: p.ways, Order: p.b.keys(p.city.Network, p.crew[0].walk.shift.Team)}
	var who []int
	var ids [][]street.SegmentID
	for i, o := range p.crew {
		if o.closed && len(orders[i]) == 0 {
			if slices.Contains(p.lost, o.walk.shift.ID) {
				request.Spots = append(request.Spots, o.spots...)
			}
			continue
		}
		for _, s := range o.spots {
			s.Officer = len(request.Officers)
			request.Spots = append(request.Spots, s)
		}
		officer := patrol.Officer{
			Person: o.walk.shift.Person, Name: p.b.people[o.walk.shift.Person].Name,
			Station: p.b.setOut(o.walk.shift.Team, p.city.Network.Bound().Center()), From: o.at, To: o.walk.shift.To,
		}
		if k := len(o.kept) - 1; k >= 0 {
			at := p.city.Network.PointAt(o.kept[k].Segment, o.kept[k].To)
			officer.Away = &at
		}
		if officer.To.Before(officer.From) {
			officer.To = officer.From
		}
		switch { // who is late already, or made late on purpose, is not refused for that
		case len(e.Moves)+len(e.Again) > 0:
			officer.To = officer.To.Add(over)
		case len(o.stops) > 0:
			if ends := o.at.Add(o.walk.is.End.Sub(o.stops[0].eta) + lateBy); ends.After(officer.To) {
				officer.To = ends
			}
		}
		request.Officers = append(request.Officers, officer)
		who = append(who, i)
		ids = append(ids, streetsOf(orders[i]))
	}
	for _, id := range e.Spots {
		i, err := p.find(id)
		if err != nil {
			return err
		}
		request.Spots = append(request.Spots, p.uncalled(p.crew[i].walk.shift)...)
	}
	var asked []patrol.Put
	for _, one := range puts {
		ask := patrol.Put{Streets: one.stop.streets, Officer: patrol.Anyone, Before: patrol.Cheapest}
		if one.officer >= 0 {
			if ask.Officer = slices.Index(who, one.officer); ask.Officer < 0 {
				p.refused = append(p.refused, ReplanRefused{Name: one.stop.name, Unit: p.unit(one.officer), Rule: "no_unit", Why: ErrNoUnit.Error()})
				continue
			}
			if one.before >= 0 {
				ask.Before = 0
				for _, s := range orders[one.officer] {
					if s.n == one.before {
						break
					}
					ask.Before += len(s.streets)
				}
			}
		}
		asked = append(asked, ask)
	}
	plan, err := patrol.Again(ctx, request, ids, asked)
	if err != nil {
		return err
	}
	p.left = plan.Left
	taken := make(map[street.SegmentID]int) // by whom, in plan
	for k, w := range plan.Walks {
		for _, l := range w.Legs {
			if l.Serve {
				taken[l.Segment] = k
			}
		}
		for _, c := range w.Calls {
			if slices.ContainsFunc(c.Spots, func(s patrol.Spot) bool { return s.Officer == patrol.Anyone }) {
				p.touched[who[k]] = true
			}
		}
	}
	for _, m := range plan.Missed {
		p.refused = append(p.refused, ReplanRefused{Name: m.Spot.Name, Rule: RuleName(m.Why), Why: m.Why.Error()})
	}
	for _, one := range puts {
		for _, id := range one.stop.streets {
			if k, ok := taken[id]; ok {
				p.touched[who[k]] = true
			}
		}
	}
	for i, o := range p.crew {
		if !p.touched[i] {
			continue
		}
		tail := patrol.Walk{Start: o.at, End: o.at}
		if k := slices.Index(who, i); k >= 0 {
			tail = plan.Walks[k]
		}
		p.now[i] = joined(p.city.Network, o, tail)
		rank(&p.now[i], request.Order)
	}
	for _, l := range plan.Left {
		name := p.city.nameOf(p.city.ID)(patrol.Leg{Segment: l.Segment})
		p.refused = append(p.refused, ReplanRefused{Name: name, Rule: RuleName(l.Why), Why: l.Why.Error()})
	}
	return nil
}

// uncalled are the spots that the team should still call at in a shift, and that are in
// nobody's walk, however they travel.
func (p *rewalking) uncalled(s register.Shift) (spots []patrol.Spot) {
	var walks []patrol.Walk
	p.r.walks.mu.Lock()
	for _, w := range p.r.walks.afoot {
		if w.shift.Team == s.Team && w.shift.From.Equal(s.From) && w.shift.To.Equal(s.To) {
			walks = append(walks, w.is)
		}
	}
	p.r.walks.mu.Unlock()
	now := p.r.c.Now()
	for _, one := range p.r.spotsOf(p.b, p.city, register.WatchOf(s), walks) {
		if one.Close.After(now) {
			spots = append(spots, one)
		}
	}
	return spots
}

func streetsOf(stops []stopStreets) (all []street.SegmentID) {
	for _, s := range stops {
		all = append(all, s.streets...)
	}
	return all
}

// joined is a walk of what is behind and what is to come.
func joined(n *street.Network, o rest, tail patrol.Walk) patrol.Walk {
	w := patrol.Walk{Person: o.walk.shift.Person, Start: o.walk.is.Start, End: o.walk.is.Start}
	for _, l := range slices.Concat(o.kept, tail.Legs) {
		w.Append(n, l)
	}
	w.Calls = slices.Clone(o.called)
	for _, c := range tail.Calls {
		c.Legs += len(o.kept)
		w.Calls = append(w.Calls, c)
		if c.End.After(w.End) {
			w.End = c.End
		}
	}
	w.Minutes = w.End.Sub(w.Start).Minutes()
	w.TurnRound, w.Ordered = tail.TurnRound, o.walk.is.Ordered
	return w
}

func (p *rewalking) unit(i int) string { return shiftUnit(p.crew[i].walk.shift.ID) }

func shiftUnit(id register.ShiftID) string { return fmt.Sprintf("s%d", id) }
