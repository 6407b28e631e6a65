package room

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/campaign"
	"citygrid/routing/patrol"
)

// Why a day of a campaign can't be planned. Match with errors.Is.
var (
	ErrNotHeld = errors.New("the campaign is not held then: see its next dates")
	ErrOver    = errors.New("this day of the campaign is over")
	ErrNobody  = errors.New("nobody takes part: name people who are officers, or enter shifts of its teams for that time")
)

// How far around now the days of campaigns are known.
const (
	daysBack  = 2 * 24 * time.Hour
	daysAhead = 60 * 24 * time.Hour
)

// leastBeat is how much of a shift must be left beside a campaign for a walk of its own.
const leastBeat = 30 * time.Minute

// PlanCampaign makes the pairs and walks of one time that a campaign is held, in place of
// those that were planned for it: version is of these, 0 where there are none. It is on
// disk when PlanCampaign returns; who is in it is on no beat then. The error is ErrNotHeld,
// ErrOver, ErrNobody, ErrNoMap, register.ErrNone, ErrStale or ErrInUse, or
// patrol.ErrRequest.
func (r *Room) PlanCampaign(ctx context.Context, id register.CampaignID, begin time.Time, version int64, act audit.Act) (d campaign.Day, err error) {
	b, city, now := r.book.Load(), r.town(), r.c.Now()
	if city == nil || city.Foot == nil {
		return d, ErrNoMap
	}
	k := slices.IndexFunc(b.campaigns, func(v register.Campaign) bool { return v.ID == id })
	if k < 0 {
		return d, fmt.Errorf("campaign %d: %w", id, register.ErrNone)
	}
	v := b.campaigns[k]
	held, err := v.Held(begin, begin.Add(time.Second), r.c.Days)
	switch {
	case err != nil:
		return d, err
	case len(held) != 1 || !held[0].From.Equal(begin):
		return d, ErrNotHeld
	case !held[0].To.After(now):
		return d, ErrOver
	}
	d = campaign.Day{Campaign: id, Begin: held[0].From.UTC(), End: held[0].To.UTC(), Map: city.ID, Checklist: v.Checklist, Version: version}
	d.Seed = uint64(id)<<40 ^ uint64(d.Begin.Unix())
	shifts, err := r.c.Store.Shifts(ctx, d.Begin, d.End)
	if err != nil {
		return d, err
	}
	members := b.members(v, d, shifts)
	if len(members) == 0 {
		return d, ErrNobody
	}
	request := campaign.Request{Network: city.Network, Ways: city.Foot, Meet: v.Meet, Pace: geo.Metres(v.Pace), From: d.Begin, To: d.End}
	if request.Pairs, err = r.pairs(ctx, v, d, members); err != nil {
		return d, err
	}
	may := campaign.Walkable(city.Network, city.Foot)
	for i, road := range v.Roads {
		d.Roads = append(d.Roads, road.Name)
		found := campaign.Find(city.Network, road, may)
		request.Roads = append(request.Roads, campaign.Streets{Segments: found, Both: road.Both})
		if len(found) == 0 {
			d.Left = append(d.Left, campaign.Left{Road: i, Metres: road.Length()})
		}
	}
	var left []campaign.Left
	if d.Pairs, left, err = campaign.Plan(ctx, request); err != nil {
		return d, err
	}
	d.Left = append(d.Left, left...)
	if d, err = r.c.Store.PutCampaignDay(ctx, d, act); err != nil {
		return d, err
	}
	r.reread(context.WithoutCancel(ctx)) // it is planned, whatever comes of that
	return d, nil
}

// members are who takes part, by id: officers who are named, and those on patrol for its
// teams then; nobody who is in another campaign at that time.
func (b *book) members(v register.Campaign, d campaign.Day, shifts []register.Shift) (all []campaign.Member) {
	teams := make(map[people.ID]grid.TeamID)
	who := slices.Clone(v.People)
	for _, s := range shifts {
		teams[s.Person] = s.Team
		if slices.Contains(v.Teams, s.Team) && b.patrols(s) {
			who = append(who, s.Person)
		}
	}
	slices.Sort(who)
	for _, id := range slices.Compact(who) {
		p := b.people[id]
		elsewhere := slices.ContainsFunc(b.days, func(o campaign.Day) bool {
			_, in := o.Has(id)
			return in && !o.Off && o.Campaign != v.ID && o.Begin.Before(d.End) && o.End.After(d.Begin)
		})
		if !has(p, people.Officer) || elsewhere {
			continue
		}
		team := teams[id]
		if team == 0 { // not on the roster yet: whom they worked for last
			for _, s := range b.roster.Between(d.Begin.Add(-rosterBack), d.End) {
				if s.Person == id {
					team = s.Team
				}
			}
		}
		all = append(all, campaign.Member{Person: id, Team: team, Holds: v.Tag == "" || slices.Contains(p.Tags, v.Tag)})
	}
	return all[:min(len(all), register.MaxCampaignPeople)]
}

// pairs says who goes with whom, those together who did so least often in a year.
func (r *Room) pairs(ctx context.Context, v register.Campaign, d campaign.Day, members []campaign.Member) (pairs [][]people.ID, err error) {
	if v.Alone {
		for _, m := range members {
			pairs = append(pairs, []people.ID{m.Person})
		}
		return pairs, nil
	}
	before, err := r.c.Store.DaysOfCampaign(ctx, v.ID, d.Begin.AddDate(-1, 0, 0), d.Begin)
	if err != nil {
		return nil, err
	}
	type two struct{ a, b people.ID }
	met := make(map[two]int)
	for _, o := range before {
		for _, p := range o.Pairs {
			for i, x := range p.People {
				for _, y := range p.People[:i] {
					if !o.Off {
						met[two{min(x, y), max(x, y)}]++
					}
				}
			}
		}
	}
	found, err := campaign.Pairs(ctx, members, func(x, y people.ID) int { return met[two{min(x, y), max(x, y)}] }, d.Seed)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		var who []people.ID
		for _, i := range p {
			who = append(who, members[i].Person)
		}
		pairs = append(pairs, who)
	}
	return pairs, nil
}

// planCampaigns plans the days within the time for which walks are planned that nobody
// has planned yet.
func (w *walks) planCampaigns(ctx context.Context, b *book, city *town) {
	r, now := w.r, w.r.c.Now()
	for _, v := range b.campaigns {
		held, err := v.Held(now, now.Add(planAhead), r.c.Days)
		if err != nil {
			r.c.Log.Error("a campaign's calendar can't be read", "campaign", v.ID, "err", err)
			continue
		}
		for _, h := range held {
			planned := slices.ContainsFunc(b.days, func(d campaign.Day) bool { return d.Campaign == v.ID && d.Begin.Equal(h.From) })
			key := fmt.Sprint(v.ID, h.From.Unix())
			known := fmt.Sprint(v.Version, city.ID, b.marks["shift"], b.marks["person"])
			if planned || w.unheld[key] == known {
				continue
			}
			act := audit.Act{At: now, Who: byPlanner, Verb: "campaign_day.plan"}
			d, err := r.PlanCampaign(ctx, v.ID, h.From, 0, act)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				w.unheld[key] = known // until something changes
				r.c.Log.Error("a campaign cannot be planned", "campaign", v.ID, "err", err)
				continue
			}
			r.c.Log.Info("campaign planned", "campaign", v.ID, "pairs", len(d.Pairs))
		}
	}
}

// free is the part of a shift that is left for its beat: the longest one in which the
// person is in no campaign. It is empty, from its begin, where that is too short.
func (b *book) free(s register.Shift) (from, to time.Time) {
	from, to = s.From, s.To
	for _, d := range b.days {
		if _, in := d.Has(s.Person); !in || d.Off || !d.Begin.Before(to) || !d.End.After(from) {
			continue
		}
		if before, after := d.Begin.Sub(from), to.Sub(d.End); before >= after {
			to = d.Begin
		} else {
			from = d.End
		}
	}
	if (from != s.From || to != s.To) && to.Sub(from) < leastBeat {
		return s.From, s.From
	}
	return from, to
}

// fits says whether a walk leaves out the time of campaigns, and no other.
func (b *book) fits(s register.Shift, w patrol.Walk) bool {
	from, to := b.free(s)
	return w.Start.Equal(from) && (to.Equal(s.To) || !w.End.After(to))
}

// A walker is somebody in a campaign on a day.
type walker struct {
	day    campaign.DayID
	person people.ID
}

// onCampaign is the time of a day as a shift of somebody who is in it. Its id is below 0:
// it is on no roster.
func (b *book) onCampaign(d *campaign.Day, who people.ID) register.Shift {
	s := register.Shift{ID: register.ShiftID(-(int64(d.ID)<<24 | int64(who)&(1<<24-1))), Person: who, From: d.Begin, To: d.End, Version: d.Version}
	for _, o := range b.roster.Between(d.Begin, d.End) {
		if o.Person == who {
			s.Team = o.Team
		}
	}
	return s
}

// onDay are the walks of a day, one for each person.
func (b *book) onDay(d *campaign.Day, each func(s register.Shift, is patrol.Walk, of walker)) {
	for _, p := range d.Pairs {
		for _, who := range p.People {
			is := p.Walk
			is.Person = who
			each(b.onCampaign(d, who), is, walker{d.ID, who})
		}
	}
}

// followCampaigns takes up the walks of campaigns about now, beside those of shifts, and
// gives those that are new and have to be followed from their begin; they are locked.
// w.mu is held.
func (w *walks) followCampaigns(b *book, now time.Time) (fresh []*walk) {
	was := w.campaign
	w.campaign = make(map[walker]*walk)
	for i := range b.days {
		d := &b.days[i]
		if d.Off || d.Begin.After(now.Add(about)) || d.End.Before(now.Add(-about)) {
			continue
		}
		b.onDay(d, func(s register.Shift, is patrol.Walk, of walker) {
			one := was[of]
			if one == nil || one.shift != s || !sameWalk(one.is, is) {
				one = newWalk(b, s, is, d.Map)
				one.mu.Lock()
				fresh = append(fresh, one)
			}
			w.campaign[of] = one
			subject := register.PersonSubject(s.Person)
			w.of[subject] = append(w.of[subject], one) // after the shift's: while it lasts, it is what they walk
		})
	}
	return fresh
}

// campaignWalks are the walks of campaigns with some instant of from <= t < to, and of
// which day and pair.
func (r *Room) campaignWalks(ctx context.Context, b *book, from, to time.Time, take func(d *campaign.Day, pair int, w *walk)) error {
	days, err := r.c.Store.CampaignDays(ctx, from.Add(-about), to)
	if err != nil {
		return err
	}
	for i := range days {
		d := &days[i]
		if d.Off || !d.End.After(from) {
			continue
		}
		b.onDay(d, func(s register.Shift, is patrol.Walk, of walker) {
			r.walks.mu.Lock()
			one := r.walks.campaign[of]
			r.walks.mu.Unlock()
			if one == nil || !sameWalk(one.is, is) {
				one = newWalk(b, s, is, d.Map)
				err = cmp.Or(err, r.retrace(ctx, b, one))
			}
			pair, _ := d.Has(s.Person)
			take(d, pair, one)
		})
	}
	return err
}

// A WalkCampaign says of a walk which campaign it is for.
type WalkCampaign struct {
	Day  int64             `json:"day"`
	Name map[string]string `json:"name" nullable:"false"`
	Pair int               `json:"pair"`                  // from 1
	With []Person          `json:"with" nullable:"false"` // the others of the pair
}

// campaignWalk is a walk as screens get it.
func (r *Room) campaignWalk(b *book, d *campaign.Day, pair int, w *walk) Walk {
	out := r.walkJSON(b, w)
	is := &WalkCampaign{Day: int64(d.ID), Name: map[string]string{}, Pair: pair + 1, With: []Person{}}
	if k := slices.IndexFunc(b.campaigns, func(v register.Campaign) bool { return v.ID == d.Campaign }); k >= 0 {
		is.Name = b.campaigns[k].Name
	}
	for _, id := range d.Pairs[pair].People {
		if id != w.shift.Person {
			is.With = append(is.With, *b.person(id))
		}
	}
	out.Campaign = is
	return out
}

// A CampaignPair is a pair of a day as planned.
type CampaignPair struct {
	N       int              `json:"n"` // from 1
	People  []CampaignMember `json:"people" nullable:"false"`
	Start   time.Time        `json:"start"`
	End     time.Time        `json:"end"`
	Minutes float64          `json:"minutes"`
	LookM   float64          `json:"look_m"` // looked along, each side by itself
	WayM    float64          `json:"way_m"`  // there, back and between
	RoadM   []float64        `json:"road_m" nullable:"false"`
	Line    []Position       `json:"line" nullable:"false"`
	Stops   []WalkStop       `json:"stops" nullable:"false"`
}

// A CampaignMember is somebody in a pair.
type CampaignMember struct {
	Person
	OnRoster bool `json:"on_roster"` // in a shift for all of the time: else the phone reports no positions for a part
}

// CampaignPairs is the pairs of a day and their walks as planned, without where anybody
// is.
func (r *Room) CampaignPairs(ctx context.Context, d campaign.Day) ([]CampaignPair, error) {
	shifts, err := r.c.Store.Shifts(ctx, d.Begin, d.End)
	if err != nil {
		return nil, err
	}
	b := r.book.Load()
	all := []CampaignPair{}
	for i, p := range d.Pairs {
		walk := r.walkJSON(b, newWalk(b, b.onCampaign(&d, p.Walk.Person), p.Walk, d.Map))
		one := CampaignPair{
			N: i + 1, People: []CampaignMember{}, Start: walk.Start, End: walk.End, Minutes: walk.Minutes, LookM: walk.ServedM, WayM: walk.DeadM,
			RoadM: []float64{}, Line: walk.Line, Stops: walk.Stops,
		}
		for _, id := range p.People {
			on := slices.ContainsFunc(shifts, func(s register.Shift) bool {
				return s.Person == id && !s.From.After(d.Begin) && !s.To.Before(d.End)
			})
			one.People = append(one.People, CampaignMember{*b.person(id), on})
		}
		for _, m := range p.RoadM {
			one.RoadM = append(one.RoadM, rounded(float64(m), 1))
		}
		all = append(all, one)
	}
	return all, nil
}

// CampaignStreets are the streets that a road of a campaign may be made of, on the map of
// now: nil without one.
func (r *Room) CampaignStreets() (n *street.Network, may func(street.SegmentID) bool) {
	city := r.town()
	if city == nil || city.Foot == nil {
		return nil, nil
	}
	return city.Network, campaign.Walkable(city.Network, city.Foot)
}
