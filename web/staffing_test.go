package web

import (
	"fmt"
	"testing"
	"time"
)

// TestGapsInStaffing: a grid's template is held against the roster of its team.
func TestGapsInStaffing(t *testing.T) {
	now := time.Date(2030, 3, 1, 6, 0, 0, 0, time.UTC)
	x, _ := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b, admin := x.as("planner"), x.as("admin")
	var team Team
	admin.send("POST", "/api/teams", body{"code": "T1", "name": body{"en": "One"}, "area": townArea}).is(t, 201, "").into(t, &team)
	var all struct{ People []Person }
	admin.get("/api/people").is(t, 200, "").into(t, &all)
	var p PlanStaffing
	b.get("/api/plan/staffing").is(t, 200, "").into(t, &p)
	if p.Plan != nil || p.Missing != 0 {
		t.Errorf("before there is a plan: %+v", p)
	}
	want := body{"liaison": 1, "officers": 2, "supervisors": 2}
	plan := collection(gridIn(1, "G1", box(0, 0), body{"team": team.ID, "staffing": want}), gridIn(2, "G2", box(1, 0), body{"team": team.ID}))
	b.send("PUT", "/api/plan", plan, "If-Match", "0").is(t, 200, "")
	var back PlanCollection
	b.get("/api/plan").is(t, 200, "").into(t, &back)
	if s := back.Features[0].Properties.Staffing; s == nil || *s != (Staffing{1, 2, 2}) || back.Features[1].Properties.Staffing != nil {
		t.Errorf("kept %+v", back.Features[0].Properties)
	}
	duties := []string{"liaison", "officer", "supervisor", "officer", "supervisor"}
	for i, duty := range duties {
		b := body{"person": all.People[i].ID, "team": team.ID, "from": "2030-03-02T07:00:00Z", "to": "2030-03-02T15:00:00Z", "duty": duty}
		admin.send("POST", "/api/shifts", b).is(t, 201, "")
		x.as("planner").get("/api/plan/staffing").is(t, 200, "").into(t, &p)
		if p.Missing != 4-i || len(p.Grids) != 1 {
			t.Errorf("with %d people %+v", i+1, p)
		}
	}
	admin.send("DELETE", "/api/shifts/3", nil, "If-Match", "1").is(t, 204, "")
	b.get("/api/plan/staffing").is(t, 200, "").into(t, &p)
	if p.Missing != 1 || p.Grids[0].Missing != (Staffing{0, 0, 1}) || p.Grids[0].Have != (Staffing{1, 2, 1}) {
		t.Errorf("without one supervisor %+v", p)
	}
	b.get("/api/plan/staffing?at=2030-04-01T00:00:00Z").is(t, 200, "").into(t, &p)
	if p.Missing != 5 {
		t.Errorf("in a week without a roster %+v", p)
	}
	plan["features"].([]body)[0]["properties"].(body)["staffing"] = "1-2-2"
	b.send("PUT", "/api/plan", plan, "If-Match", fmt.Sprint(1)).is(t, 422, "plan.faults")
	x.as("officer").get("/api/plan/staffing").is(t, 403, "access.denied")
}
