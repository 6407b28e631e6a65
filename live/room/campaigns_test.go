package room_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/room"
	"citygrid/routing/campaign"

	"github.com/paulmach/orb"
)

// held makes a campaign along Middle Street at some hours of each day.
func (b *bureau) held(hours string) register.Campaign {
	w := must(calendar.ParseWindow(hours))(b.tb)
	return register.Campaign{
		Name: english("Shop fronts"), Area: b.root.ID, Meet: streettest.Place(0, 2), Pace: 20,
		Roads:     []register.Road{{Name: "Middle Street", Lines: []orb.LineString{{streettest.Place(0, 2), streettest.Place(8, 2)}}, Both: true}},
		Checklist: []register.CheckItem{{Code: "A1", Text: english("Goods outside")}},
		Calendar:  calendar.Spec{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{w}}}},
	}
}

// parted are the walks of beats and of campaigns.
func (b *bureau) parted() (beats, campaigns []room.Walk) {
	for _, w := range b.walks() {
		if w.Campaign != nil {
			campaigns = append(campaigns, w)
		} else {
			beats = append(beats, w)
		}
	}
	return beats, campaigns
}

// A campaign is planned by itself half a day before it, and takes its people off the beat
// for that time: those of them who have hours left walk it then, the others have the
// streets of those who don't. Called off, all is as before.
func TestCampaignsTakeTheirPeopleOffTheBeat(t *testing.T) {
	b := founded(t).withStreets()
	b.city.SetZone(must(time.LoadLocation("America/New_York"))(t))
	b.pass(-3 * time.Hour) // shifts begin in two
	ctx := t.Context()
	b.runs()
	begins := func(at time.Time, beats []room.Walk) bool {
		served := 0.0
		for _, w := range beats {
			if served += w.ServedM; w.ServedM > 0 && !w.Start.Equal(at) {
				return false
			}
		}
		return len(beats) == 2 && served > 355 && served < 365
	}
	b.eventually("walks", func() bool { beats, _ := b.parted(); return begins(b.liShift.From, beats) })

	v := b.held("08:00-10:00")
	v.Teams = []grid.TeamID{b.team.ID}
	v = must(b.store.AddCampaign(ctx, v, by))(t)
	b.restarts() // walks are planned at once at a start
	var pair []room.Walk
	b.eventually("a campaign, and beats after it", func() bool {
		var beats []room.Walk
		beats, pair = b.parted()
		return len(pair) == 2 && begins(morning.Add(2*time.Hour), beats)
	})
	for _, w := range pair {
		c := w.Campaign
		if c.Pair != 1 || len(c.With) != 1 || c.With[0].ID == w.Person.ID || c.Name["en"] != "Shop fronts" || w.Team != b.team.ID || w.Shift >= 0 ||
			w.ServedM < 155 || w.ServedM > 165 || !w.From.Equal(morning) || w.End.After(w.To) { // both sides of 80 m
			t.Errorf("walk %+v of %+v", w, c)
		}
	}
	day := must(b.store.CampaignDay(ctx, campaign.DayID(pair[0].Campaign.Day)))(t)
	if _, err := b.room.PlanCampaign(ctx, v.ID, morning, 0, by); !errors.Is(err, register.ErrStale) {
		t.Errorf("planned over the plan: %v", err)
	}
	if _, err := b.room.PlanCampaign(ctx, v.ID, morning.Add(time.Hour), 0, by); !errors.Is(err, room.ErrNotHeld) {
		t.Errorf("planned at an hour when it isn't held: %v", err)
	}
	if again := must(b.room.PlanCampaign(ctx, v.ID, morning, day.Version, by))(t); again.ID != day.ID || again.Version != day.Version+1 {
		t.Errorf("planned anew it is %d version %d", again.ID, again.Version)
	}
	pairs := must(b.room.CampaignPairs(ctx, day))(t)
	if len(pairs) != 1 || len(pairs[0].People) != 2 || !pairs[0].People[0].OnRoster || len(pairs[0].Stops) == 0 || pairs[0].Stops[0].Street != "Middle Street" {
		t.Errorf("pairs %+v", pairs)
	}

	day = must(b.store.CallOffDay(ctx, day.ID, true, day.Version+1, by))(t)
	b.restarts() // walks are planned at once at a start
	b.eventually("beats as before", func() bool {
		beats, pair := b.parted()
		return len(pair) == 0 && begins(b.liShift.From, beats)
	})

	// Of the whole shift: the other has all the streets.
	all := b.held("07:00-17:00")
	all.People = []people.ID{b.li.ID, b.desk.ID} // a dispatcher doesn't walk
	all = must(b.store.AddCampaign(ctx, all, by))(t)
	b.restarts() // walks are planned at once at a start
	b.eventually("one has both beats", func() bool {
		beats, pair := b.parted()
		return len(pair) == 1 && begins(b.wangShift.From, beats) && slices.ContainsFunc(beats, func(w room.Walk) bool { return w.Person.ID == b.li.ID && w.ServedM == 0 })
	})

	// Who is in it is followed along it, and what they saw counts as seen.
	_, pair = b.parted()
	b.pass(2*time.Hour + time.Second)
	b.report(b.room.PhoneOf(b.li.ID), orb.Point(pair[0].Line[0]))
	b.pass(10 * time.Minute)
	b.report(b.room.PhoneOf(b.li.ID), along(pair[0], 70))
	done := func() float64 { _, pair := b.parted(); return pair[0].DoneM }
	b.eventually("followed", func() bool { return done() > 60 })
	seen := must(b.room.Coverage(ctx, nil, morning.Add(-8*time.Hour), morning.Add(16*time.Hour)))(t)[0].SeenM
	b.restarts()
	b.eventually("followed again", func() bool { return done() > 60 })
	if seen < 35 || seen > 85 {
		t.Errorf("%v m are seen, want the 40 or 80 m that were gone along", seen)
	}
	if beats, _ := b.parted(); slices.ContainsFunc(beats, func(w room.Walk) bool { return w.DoneM > 0 }) {
		t.Errorf("the beat is followed too: %+v", beats)
	}
}
