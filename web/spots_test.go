package web

import (
	"fmt"
	"testing"
)

// A team leader keeps the spots of the own team and neither sees nor changes those of
// another town's; officers see them.
func TestSpots(t *testing.T) {
	w := twoTownsOf(t)
	login := func(name, role string, area int) *browser {
		w.admin.send("POST", "/api/people", body{"login": name, "name": name, "password": password, "grants": []body{{"role": role, "area": area}}}).is(t, 201, "")
		b := w.browser()
		b.send("POST", "/api/session", body{"login": name, "password": password}).is(t, 200, "")
		b.send("PUT", "/api/session/password", body{"old": password, "new": password + "!"}).is(t, 204, "")
		return b
	}
	leader, other, officer := login("leader1", "team-leader", townArea), login("leader2", "team-leader", otherArea), login("officer1", "officer", townArea)
	night := body{"zone": "Asia/Shanghai", "rules": []body{{"windows": []string{"20:00-02:00"}}}}
	sent := body{"name": body{"zh-CN": "夜市"}, "theme": "烧烤", "at": []float64{-75.5, 39.7}, "team": w.team["town"], "visits": 2, "stay_min": 5, "calendar": night}
	var s Spot
	leader.send("POST", "/api/spots", sent).is(t, 201, "").into(t, &s)
	if s.Theme != "烧烤" || s.Visits != 2 || s.Calendar.Spec == nil || s.Version != 1 {
		t.Errorf("added %+v", s)
	}
	path := fmt.Sprintf("/api/spots/%d", s.ID)
	officer.send("POST", "/api/spots", sent).is(t, 403, "access.denied")
	other.send("POST", "/api/spots", sent).is(t, 422, "registers.outside")
	other.send("PATCH", path, body{"visits": 3}, "If-Match", "1").is(t, 404, "not_found")
	for b, want := range map[*browser]int{leader: 1, officer: 1, other: 0} {
		var list struct{ Spots []Spot }
		b.send("GET", "/api/spots", nil).is(t, 200, "").into(t, &list)
		if len(list.Spots) != want {
			t.Errorf("%d spots are seen, want %d", len(list.Spots), want)
		}
	}
	leader.send("PATCH", path, body{"visits": 0}, "If-Match", "1").is(t, 422, "request.invalid")
	leader.send("PATCH", path, body{"calendar": nil, "visits": 3}, "If-Match", "1").is(t, 200, "").into(t, &s)
	if s.Visits != 3 || s.Calendar.Spec != nil {
		t.Errorf("changed %+v", s)
	}
	leader.send("DELETE", path, nil, "If-Match", "2").is(t, 204, "")
	if e := w.lastEntry("spot.remove"); e.Object != fmt.Sprintf("spot/%d", s.ID) {
		t.Errorf("audit log: %+v", e)
	}
}
