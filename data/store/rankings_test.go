package store

import (
	"errors"
	"reflect"
	"testing"

	"citygrid/grid/register"
)

// A team has one ranking, the bureau another, what is wrong with one is refused, and the
// mark of the register moves with each change.
func TestRankings(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	teams := must(s.Teams(ctx))(t)
	mark := func() string { return must(s.Marks(ctx))(t)["ranking"] }
	before := mark()
	keys := []register.RankingKey{
		{First: map[string]string{"zh-CN": "城区", "en": "urban"}, Then: map[string]string{"en": "township"}, By: register.ByClasses, Classes: []string{"primary"}},
		{First: map[string]string{"en": "road line"}, By: register.ByWater, WithinM: 100, Not: true},
	}
	r := must(s.AddRanking(ctx, register.Ranking{Keys: keys}, act("ranking.add")))(t)
	own := must(s.AddRanking(ctx, register.Ranking{Team: teams[0].ID, Keys: keys[1:]}, act("ranking.add")))(t)
	if got := must(s.Ranking(ctx, r.ID))(t); !reflect.DeepEqual(got, r) || mark() == before {
		t.Errorf("kept %+v, want %+v", got, r)
	}
	for _, again := range []register.Ranking{{Keys: keys}, {Team: teams[0].ID, Keys: keys}} {
		if _, err := s.AddRanking(ctx, again, act("ranking.add")); !errors.Is(err, register.ErrTaken) {
			t.Errorf("a second one of team %d: %v", again.Team, err)
		}
	}
	for _, wrong := range []register.Ranking{
		{},
		{Keys: make([]register.RankingKey, 7)},
		{Team: 999, Keys: keys},
		{Keys: []register.RankingKey{{First: keys[0].First, By: register.ByClasses, Classes: []string{"lane"}}}},
		{Keys: []register.RankingKey{{First: keys[0].First, By: register.ByWater}}},
		{Keys: []register.RankingKey{{First: keys[0].First, By: "height"}}},
		{Keys: []register.RankingKey{{By: register.BySpots}}},
	} {
		if _, err := s.AddRanking(ctx, wrong, act("ranking.add")); err == nil {
			t.Errorf("%+v is kept", wrong)
		}
	}
	all := must(s.Rankings(ctx))(t)
	if o, ok := register.RankingOf(all, teams[0].ID); !ok || o.ID != own.ID {
		t.Errorf("the team goes by %+v, want its own", o)
	}
	if o, ok := register.RankingOf(all, 77); !ok || o.ID != r.ID {
		t.Errorf("another goes by %+v, want the bureau's", o)
	}
	own.Keys = keys
	own = must(s.UpdateRanking(ctx, own, act("ranking.change")))(t)
	if err := s.RemoveRanking(ctx, own.ID, 1, act("ranking.remove")); !errors.Is(err, register.ErrStale) {
		t.Errorf("an old version is removed: %v", err)
	}
	if err := s.RemoveRanking(ctx, own.ID, own.Version, act("ranking.remove")); err != nil || own.Version != 2 {
		t.Errorf("version %d: %v", own.Version, err)
	}
}
