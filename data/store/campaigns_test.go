package store

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/campaign"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

func enforcement(t *testing.T, s *Store) register.Campaign {
	ctx := t.Context()
	teams, persons, areas := must(s.Teams(ctx))(t), must(s.People(ctx))(t), must(s.Areas(ctx))(t)
	return register.Campaign{
		Name: map[string]string{"zh-CN": "周三执法日"}, Area: areas[0].ID, Meet: home, Pace: 25, Tag: "certified",
		People: []people.ID{persons[0].ID}, Teams: []grid.TeamID{teams[0].ID},
		Roads:     []register.Road{{Name: "Market Street", Lines: []orb.LineString{{{-75.55, 39.74}, {-75.549, 39.742}}}, Both: true}},
		Checklist: []register.CheckItem{{Code: "A1", Text: map[string]string{"zh-CN": "店外经营"}}},
		Calendar:  calendar.Spec{Zone: "Asia/Shanghai", Rules: []calendar.Rule{{Weekdays: calendar.Wednesday, Observe: true, Windows: []calendar.Window{{From: 510, To: 690}}}}},
	}
}

// A campaign keeps what is said of it and its team; a day what was planned, also when the
// campaign is changed since; a sheet what was found. Each is in the audit log.
func TestCampaigns(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	v := must(s.AddCampaign(ctx, enforcement(t, s), act("campaign.add")))(t)
	if got := must(s.Campaign(ctx, v.ID))(t); !reflect.DeepEqual(got, v) {
		t.Errorf("kept %+v, want %+v", got, v)
	}
	team := must(s.Team(ctx, v.Teams[0]))(t)
	if err := s.RemoveTeam(ctx, team.ID, team.Version, act("team.remove")); !errors.Is(err, register.ErrInUse) {
		t.Errorf("its team was removed: %v", err)
	}
	begin := time.Date(2026, 5, 6, 0, 30, 0, 0, time.UTC)
	walk := patrol.Walk{
		Person: v.People[0], Start: begin, End: begin.Add(30 * time.Minute), Minutes: 30, Served: 300, Dead: 20, Line: orb.LineString{home, {home[0], home[1] + 0.001}},
		Legs: []patrol.Leg{{Segment: 7, Forward: true, To: 300, Serve: true, Metres: 300, Begin: begin, End: begin.Add(30 * time.Minute)}},
	}
	d := must(s.PutCampaignDay(ctx, campaign.Day{
		Campaign: v.ID, Begin: begin, End: begin.Add(3 * time.Hour), Map: "m1", Seed: 1<<63 + 5, Roads: []string{"Market Street"}, Checklist: v.Checklist,
		Pairs: []campaign.Pair{{People: v.People, Walk: walk, RoadM: []geo.Metres{300}}}, Left: []campaign.Left{{Road: 0, Metres: 12, Short: true}},
	}, act("campaign_day.plan")))(t)
	if got := must(s.CampaignDay(ctx, d.ID))(t); !reflect.DeepEqual(got, d) {
		t.Errorf("kept %+v, want %+v", got, d)
	}
	stale := d
	stale.Version = 0
	if _, err := s.PutCampaignDay(ctx, stale, act("campaign_day.plan")); !errors.Is(err, register.ErrStale) {
		t.Errorf("planned over another's plan: %v", err)
	}
	d = must(s.PutCampaignDay(ctx, d, act("campaign_day.plan")))(t)
	d = must(s.CallOffDay(ctx, d.ID, true, d.Version, act("campaign_day.off")))(t)
	d = must(s.CallOffDay(ctx, d.ID, false, d.Version, act("campaign_day.off")))(t)
	if d.Version != 4 || len(must(s.CampaignDays(ctx, begin, begin.Add(1)))(t)) != 1 || len(must(s.CampaignDays(ctx, begin.Add(1), begin.Add(time.Hour)))(t)) != 0 {
		t.Errorf("version %d, or found at another time", d.Version)
	}
	sheet := campaign.Sheet{Day: d.ID, Counts: []campaign.Count{{Item: "A1", Found: 16, Fixed: 10, Notices: 6}}, Note: "market day", By: v.People[0], At: begin}
	sheet = must(s.PutSheet(ctx, sheet, act("sheet.put")))(t)
	if got := must(s.Sheets(ctx, []campaign.DayID{d.ID}))(t); len(got) != 1 || !reflect.DeepEqual(got[0], sheet) {
		t.Errorf("kept %+v, want %+v", got, sheet)
	}
	if _, err := s.PutCampaignDay(ctx, d, act("campaign_day.plan")); !errors.Is(err, register.ErrInUse) {
		t.Errorf("planned anew with results: %v", err)
	}
	v.Checklist = []register.CheckItem{{Code: "B1", Text: map[string]string{"en": "Other"}}}
	v = must(s.UpdateCampaign(ctx, v, act("campaign.change")))(t)
	if got := must(s.CampaignDay(ctx, d.ID))(t); got.Checklist[0].Code != "A1" {
		t.Errorf("the day's list is %+v", got.Checklist)
	}
	if err := s.RemoveCampaign(ctx, v.ID, v.Version, act("campaign.remove")); !errors.Is(err, register.ErrInUse) {
		t.Errorf("removed with results: %v", err)
	}
	must(s.VerifyAudit(ctx))(t)
}

// Of many who write a sheet at once, each begun from the same version, one is taken.
func TestSheetsAreNotOverwritten(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	v := must(s.AddCampaign(ctx, enforcement(t, s), act("campaign.add")))(t)
	begin := time.Date(2026, 5, 6, 0, 30, 0, 0, time.UTC)
	d := must(s.PutCampaignDay(ctx, campaign.Day{
		Campaign: v.ID, Begin: begin, End: begin.Add(time.Hour), Roads: []string{"A"}, Checklist: v.Checklist, Pairs: []campaign.Pair{{People: v.People}},
	}, act("campaign_day.plan")))(t)
	for version := range int64(3) {
		var wait sync.WaitGroup
		var mu sync.Mutex
		var taken []int
		for n := 1; n <= 8; n++ {
			wait.Go(func() {
				_, err := s.PutSheet(ctx, campaign.Sheet{Day: d.ID, Counts: []campaign.Count{{Item: "A1", Found: n}}, By: v.People[0], At: begin, Version: version}, act("sheet.put"))
				if err == nil {
					mu.Lock()
					defer mu.Unlock()
					taken = append(taken, n)
				} else if !errors.Is(err, register.ErrStale) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		got := must(s.Sheets(ctx, []campaign.DayID{d.ID}))(t)
		if len(taken) != 1 || got[0].Counts[0].Found != taken[0] || got[0].Version != version+1 {
			t.Fatalf("taken %v, kept %+v", taken, got)
		}
	}
}
