package web

import (
	"fmt"
	"testing"

	"citygrid/grid"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// TestTheRoomHearsOfIt: what was changed is what the control room goes by when
// the answer is there.
func TestTheRoomHearsOfIt(t *testing.T) {
	w := atWork(t)
	admin, planner := w.as("admin"), w.as("planner")
	areaOf := func(team int64) grid.AreaID { return w.room.TeamArea(grid.TeamID(team)) }

	var a Area
	admin.send("POST", "/api/areas", body{"parent": townArea, "kind": "station", "name": body{"en": "New"}}).is(t, 201, "").into(t, &a)
	if _, ok := w.room.Tree().Area(grid.AreaID(a.ID)); !ok {
		t.Error("an area was added")
	}
	var team Team
	admin.send("POST", "/api/teams", body{"code": "NEW", "name": body{"en": "New"}, "area": a.ID}).is(t, 201, "").into(t, &team)
	if areaOf(team.ID) != grid.AreaID(a.ID) {
		t.Error("a team was added")
	}
	path := fmt.Sprintf("/api/teams/%d", team.ID)
	admin.send("PATCH", path, body{"area": otherArea}, "If-Match", "1").is(t, 200, "")
	if areaOf(team.ID) != otherArea {
		t.Error("a team was changed")
	}
	admin.send("DELETE", path, nil, "If-Match", "2").is(t, 204, "")
	if areaOf(team.ID) != 0 {
		t.Error("a team was removed")
	}
	admin.file("/api/devices/import", "id,class,protocol\nfrom-a-file,phone,osmand\n").is(t, 200, "")
	if _, ok := w.room.Device(register.DeviceID("from-a-file")); !ok {
		t.Error("a device came from a file")
	}
	planner.send("PUT", "/api/plan", collection(gridIn(1, "NEW", box(0, 0), nil)), "If-Match", "0").is(t, 200, "")
	if g, ok := w.room.Owner(orb.Point{-75.495, 39.705}); !ok || g.Code != "NEW" {
		t.Errorf("a plan was put: %+v", g)
	}
	var owner GridOwner
	planner.get("/api/plan/owner?at=-75.495,39.705").is(t, 200, "").into(t, &owner)
	if owner.Grid.Code != "NEW" {
		t.Errorf("owner %+v", owner)
	}
}
