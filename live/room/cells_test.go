package room_test

import (
	"context"
	"testing"
	"time"

	"citygrid/grid"
	"citygrid/live/hub"
	"citygrid/live/room"
)

// Where an officer walked is counted once in the cells, and in nobody else's sight;
// cells with streets where nobody was are told.
func TestCells(t *testing.T) {
	b := founded(t).withStreets().runs()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	mine := b.walks()[0]
	phone := b.room.PhoneOf(mine.Person.ID)
	for m := 0.0; m < 100; m += 10 {
		b.pass(8 * time.Second)
		b.report(phone, along(mine, m))
	}
	all := hub.Scope{All: true}
	p := room.Past{From: morning.Add(-time.Hour), To: b.now().Add(time.Second), Rights: hub.Rights{Units: all, Alerts: all, Dogs: all}}
	count := func(p room.Past, may func(grid.TeamID) bool, resolution int) (room.Presence, int, float64, float64) {
		t.Helper()
		got := must(b.room.Cells(t.Context(), p, may, resolution))(t)
		visits, minutes, streets := 0, 0.0, 0.0
		for _, c := range got.Cells {
			visits, minutes, streets = visits+c.Visits, minutes+c.Minutes, streets+c.Streets
			if len(c.Ring) < 6 || c.Ring[0] != c.Ring[len(c.Ring)-1] {
				t.Errorf("ring %v", c.Ring)
			}
		}
		if visits != got.Visits {
			t.Errorf("%d visits in all, %d in the cells", got.Visits, visits)
		}
		return got, visits, minutes, streets
	}
	for _, resolution := range []int{11, 12} {
		got, visits, minutes, streets := count(p, nil, resolution)
		if visits < 2 || minutes < 1 || minutes > 1.4 || streets < 355 || streets > 365 || got.Unseen == 0 || len(got.Grids) == 0 {
			t.Errorf("resolution %d: %d visits, %v minutes, %v m of streets, %d unseen, grids %v", resolution, visits, minutes, streets, got.Unseen, got.Grids)
		}
	}
	// Who sees nobody counts nothing; who answers for no team has no ground to see.
	none := p
	none.Rights = hub.Rights{}
	if got, visits, _, streets := count(none, nil, 11); visits != 0 || streets < 355 || got.Alerts != 0 {
		t.Errorf("without rights: %+v", got)
	}
	if got, _, _, _ := count(none, func(grid.TeamID) bool { return false }, 11); len(got.Cells) != 0 {
		t.Errorf("without a team: %+v", got.Cells)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.room.Cells(ctx, p, nil, 11); err == nil {
		t.Error("it goes on when nobody waits")
	}
}
