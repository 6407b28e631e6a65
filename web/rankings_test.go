package web

import (
	"fmt"
	"testing"
)

// A team leader says what comes first for the own team and reads what the bureau says; the
// bureau's is not theirs to change.
func TestRankings(t *testing.T) {
	w := twoTownsOf(t)
	login := func(name, role string, area int) *browser {
		w.admin.send("POST", "/api/people", body{"login": name, "name": name, "password": password, "grants": []body{{"role": role, "area": area}}}).is(t, 201, "")
		b := w.browser()
		b.send("POST", "/api/session", body{"login": name, "password": password}).is(t, 200, "")
		b.send("PUT", "/api/session/password", body{"old": password, "new": password + "!"}).is(t, 204, "")
		return b
	}
	leader, other, planner := login("leader1", "team-leader", townArea), login("leader2", "team-leader", otherArea), login("planner1", "planner", 1)
	keys := []body{{"first": body{"zh-CN": "重点", "en": "key spots"}, "by": "spots", "themes": []string{"barbecue"}}}
	leader.send("POST", "/api/rankings", body{"team": nil, "keys": keys}).is(t, 422, "registers.outside")
	var r Ranking
	planner.send("POST", "/api/rankings", body{"team": nil, "keys": keys}).is(t, 201, "").into(t, &r)
	if r.Team != nil || len(r.Keys) != 1 || r.Keys[0].Themes[0] != "barbecue" {
		t.Errorf("added %+v", r)
	}
	leader.send("PATCH", fmt.Sprintf("/api/rankings/%d", r.ID), body{"keys": keys}, "If-Match", "1").is(t, 403, "registers.outside")
	leader.send("POST", "/api/rankings", body{"team": w.team["town"], "keys": keys}).is(t, 201, "").into(t, &r)
	leader.send("POST", "/api/rankings", body{"team": w.team["town"], "keys": keys}).is(t, 409, "registers.taken")
	leader.send("PATCH", fmt.Sprintf("/api/rankings/%d", r.ID), body{"keys": []body{{"first": body{"en": "x"}, "by": "classes", "classes": []string{"lane"}}}}, "If-Match", "1").is(t, 422, "registers.invalid")
	for b, want := range map[*browser]int{leader: 2, other: 1, planner: 2} {
		var list struct{ Rankings []Ranking }
		b.send("GET", "/api/rankings", nil).is(t, 200, "").into(t, &list)
		if len(list.Rankings) != want {
			t.Errorf("%d rankings are seen, want %d", len(list.Rankings), want)
		}
	}
	leader.send("DELETE", fmt.Sprintf("/api/rankings/%d", r.ID), nil, "If-Match", "1").is(t, 204, "")
	if e := w.lastEntry("ranking.remove"); e.Object != fmt.Sprintf("ranking/%d", r.ID) {
		t.Errorf("audit log: %+v", e)
	}
}
