package store

import (
	"errors"
	"reflect"
	"testing"

	"citygrid/grid/calendar"
	"citygrid/grid/register"
)

// A spot keeps what is said of it, its team isn't removed under it, and the mark of the
// register moves with each change.
func TestSpots(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	teams := must(s.Teams(ctx))(t)
	w, err := calendar.ParseWindow("20:00-02:00")
	if err != nil {
		t.Fatal(err)
	}
	mark := func() string { return must(s.Marks(ctx))(t)["spot"] }
	before := mark()
	v := must(s.AddSpot(ctx, register.Spot{
		Name: map[string]string{"zh-CN": "夜市", "en": "Night market"}, Theme: "barbecue", At: home, Team: teams[0].ID, Visits: 2, StayMin: 5,
		Calendar: &calendar.Spec{Zone: "Asia/Shanghai", Rules: []calendar.Rule{{Windows: []calendar.Window{w}}}},
	}, act("spot.add")))(t)
	if got := must(s.Spot(ctx, v.ID))(t); !reflect.DeepEqual(got, v) || mark() == before {
		t.Errorf("kept %+v, want %+v", got, v)
	}
	if err := s.RemoveTeam(ctx, teams[0].ID, teams[0].Version, act("team.remove")); !errors.Is(err, register.ErrInUse) {
		t.Errorf("its team was removed: %v", err)
	}
	v.Visits = 3
	v = must(s.UpdateSpot(ctx, v, act("spot.change")))(t)
	if _, err := s.AddSpot(ctx, register.Spot{Name: v.Name, At: home, Team: 999, Visits: 1}, act("spot.add")); !errors.Is(err, register.ErrNone) {
		t.Errorf("a spot of no team: %v", err)
	}
	if err := s.RemoveSpot(ctx, v.ID, v.Version, act("spot.remove")); err != nil || len(must(s.Spots(ctx))(t)) != 0 {
		t.Errorf("removed: %v", err)
	}
}
