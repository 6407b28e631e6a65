package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// aProblem is the one of docs/solve.md, in short: 690 s is the best.
const aProblem = `{
  "profiles": [{"time_s": [[0, 60, 120], [60, 0, 60], [120, 60, 0]]}],
  "tasks": [
    {"name": "e-bikes at the school", "modes": [{"enter": 1, "leave": 1, "service_s": 300}], "load": [4]},
    {"name": "Elm Street", "modes": [{"enter": 1, "leave": 2, "service_s": 90}, {"enter": 2, "leave": 1, "service_s": 90}]},
    {"name": "crane", "modes": [{"enter": 1, "leave": 1}], "skills": [3]}
  ],
  "units": [{"name": "truck 1", "start": 0, "end": 0, "shift_s": [0, 7200], "capacity": [8]}],
  "sites": [{"name": "depot yard", "at": 2, "service_s": 120}]
}`

// A problem is sent, followed, and its result accepted; another is ended. Nobody sees
// another's, and each change stands in the log.
func TestSolves(t *testing.T) {
	x, st := openReal(t)
	b := x.as("planner")
	var one Solve
	b.send("POST", "/api/solves?iterations=100&seconds=60", []byte(aProblem)).is(t, 201, "").into(t, &one)
	path := fmt.Sprintf("/api/solves/%d", one.ID)

	resp, err := b.Get(x.url + path + "/progress")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%d, %s", resp.StatusCode, kind)
	}
	var last Solve
	costs := 0
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = Solve{}
			if err := json.Unmarshal([]byte(text), &last); err != nil {
				t.Fatal(err)
			}
			costs += len(last.Trace)
		}
	}
	if last.State != "done" || costs == 0 || last.Result != nil {
		t.Errorf("the last of the stream is %+v, %d costs", last, costs)
	}
	b.get(path).is(t, 200, "").into(t, &one)
	r := one.Result
	if r == nil || r.Cost != 690 || !r.Feasible || len(r.Routes) != 1 || len(r.Routes[0]) != 3 || r.Routes[0][2].Site != 1 ||
		len(r.Unserved) != 1 || r.Unserved[0].Task != 3 || !strings.Contains(r.Unserved[0].Why, "skills") {
		t.Fatalf("%+v", r)
	}
	b.send("POST", path+"/accept", nil).is(t, 200, "").into(t, &one)
	if one.State != "accepted" {
		t.Errorf("accepted, it is %s", one.State)
	}
	b.send("POST", path+"/accept", nil).is(t, 200, "") // once is enough

	d := x.as("dispatcher")
	for _, r := range []reply{d.get(path), d.get(path + "/progress"), d.send("DELETE", path, nil), d.send("POST", path+"/accept", nil), d.get("/api/solves/x/progress")} {
		r.is(t, 404, "solves.none")
	}

	// One at a time, with limits.
	b.send("POST", "/api/solves?seconds=200", []byte(aProblem)).is(t, 201, "").into(t, &one)
	path = fmt.Sprintf("/api/solves/%d", one.ID)
	b.send("POST", "/api/solves", []byte(aProblem)).is(t, 409, "solves.busy")
	b.send("POST", path+"/accept", nil).is(t, 409, "solves.running")
	b.send("DELETE", path, nil).is(t, 200, "")
	for {
		if b.get(path).is(t, 200, "").into(t, &one); one.State != "running" {
			break
		}
	}
	if one.State != "cancelled" || one.Result == nil || one.Result.Cost != 690 {
		t.Errorf("ended: %+v", one)
	}
	var all struct{ Solves []Solve }
	b.get("/api/solves").is(t, 200, "").into(t, &all)
	if len(all.Solves) != 2 || all.Solves[0].ID != one.ID || all.Solves[0].Result != nil {
		t.Errorf("%+v", all)
	}
	for what, want := range map[string]string{
		"seconds=0": "solves.limit", "seconds=1e9": "solves.limit", "iterations=-1": "solves.limit", "seed=x": "solves.limit", "seed=1": "solves.problem",
	} {
		b.send("POST", "/api/solves?"+what, []byte(`{"tasks": []}`)).is(t, 422, want)
	}
	b.send("POST", "/api/solves", []byte(`[]`), "Content-Type", "text/csv").is(t, 415, "request.media_type")

	verbs := map[string]int{}
	entries, err := st.AuditEntries(t.Context(), auditQuery(0, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		verbs[e.Verb]++
		if e.Verb == "solve.accept" && !strings.Contains(e.Detail, r.Digest) {
			t.Errorf("accepted: %q, want the digest %s", e.Detail, r.Digest)
		}
	}
	if verbs["solve.add"] != 2 || verbs["solve.cancel"] != 1 || verbs["solve.accept"] != 1 {
		t.Errorf("the log has %v", verbs)
	}
}
