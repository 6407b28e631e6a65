package web

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/live/room"
	"citygrid/live/solves"
)

// TestReplan: a change of the runs is shown before it is sent, to those whose trucks
// they are; what a search has found is sent when it is accepted.
func TestReplan(t *testing.T) {
	w := atWork(t)
	w.stands("driver", station)
	d := w.as("town.desk")
	for _, x := range []float64{8, 2} {
		d.send("POST", "/api/tows", body{"at": streettest.Place(x, 0), "note": "van"}).is(t, 201, "")
	}
	var list struct {
		Runs  []room.Run
		Sites []room.TowSite
	}
	d.get("/api/runs").is(t, 200, "").into(t, &list)
	if len(list.Runs) != 1 || len(list.Sites) != 1 || list.Sites[0].Coming != 2 || list.Sites[0].Next == nil {
		t.Fatalf("%+v", list)
	}
	var first, last int64
	for _, s := range list.Runs[0].Stops {
		if s.Task != nil {
			if last = int64(*s.Task); first == 0 {
				first = last
			}
		}
	}
	move := body{"moves": []body{{"task": first, "vehicle": list.Runs[0].Vehicle.ID, "before": 0}}}
	var p room.RunsPreview
	d.send("POST", "/api/runs/preview", move).is(t, 200, "").into(t, &p)
	if len(p.Units) != 1 || len(p.Orders) != 1 || int64(p.Orders[0].Tasks[1]) != first {
		t.Fatalf("%+v", p)
	}
	w.as("other.desk").send("POST", "/api/runs/preview", move).is(t, 404, "plans.no_item")
	send := body{"basis": p.Basis, "orders": p.Orders}
	w.as("other.desk").send("POST", "/api/runs/send", send).is(t, 404, "plans.no_unit")
	d.send("POST", "/api/runs/send", send).is(t, 204, "")
	d.send("POST", "/api/runs/send", send).is(t, 409, "plans.moved")
	for _, login := range []string{"officer", "driver", "planner", "auditor"} {
		w.as(login).send("POST", "/api/runs/preview", move).is(t, http.StatusForbidden, "access.denied")
	}
	var found Solve
	d.send("POST", "/api/runs/improve", body{"seconds": 1}).is(t, 201, "").into(t, &found)
	if found.Subject != solves.Runs || found.Tasks != 2 || found.Bound == nil {
		t.Fatalf("%+v", found)
	}
	for end := time.Now().Add(10 * time.Second); found.State == solves.Running && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		d.get(solvePath(found.ID, "")).is(t, 200, "").into(t, &found)
	}
	if found.Plan == nil || found.Result == nil || found.Result.Cost < *found.Bound {
		t.Fatalf("%+v", found)
	}
	d.send("POST", solvePath(found.ID, "/accept"), nil).is(t, 200, "").into(t, &found)
	if found.State != solves.Accepted {
		t.Errorf("%+v", found)
	}
	d.get("/api/walks/coverage").is(t, 200, "")
	d.get("/api/walks/coverage?date=2001-01-01").is(t, 422, "query.date")
	d.send("POST", "/api/walks/preview", body{"lost": []int{9999}}).is(t, 404, "plans.no_unit")
	d.send("POST", "/api/walks/send", body{"basis": "x"}).is(t, 409, "plans.moved")
}

func solvePath(id int64, then string) string { return fmt.Sprintf("/api/solves/%d%s", id, then) }
