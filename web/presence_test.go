package web

import (
	"encoding/json"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/live/room"
)

// Visits are counted in the area of those who ask, by whole days and full hours, so
// that a count tells nobody's place; each count is in the audit log.
func TestPresence(t *testing.T) {
	w := atWork(t)
	from := w.since.Add(30 * time.Minute) // an hour and a half ago: before the last full hour
	fixes := append(stayed(w.phone("town.officer"), station, from, 10), stayed(w.phone("other.officer"), otherPark, from, 10)...)
	fixes = append(fixes, stayed("tag-1", townPark, from, 10)...) // dogs don't count
	if _, err := w.st.AppendFixes(t.Context(), fixes); err != nil {
		t.Fatal(err)
	}
	set, err := w.st.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	day := func(ago int) string { return time.Now().In(zone).AddDate(0, 0, -ago).Format(time.DateOnly) }
	for login, want := range map[string]int{"dispatcher": 2, "town.desk": 1, "other.desk": 1, string(people.Planner): 2} {
		var got room.Presence
		if err := json.Unmarshal(w.as(login).get("/api/presence?from="+day(1)).is(t, 200, "").text, &got); err != nil {
			t.Fatal(err)
		}
		if got.Visits != want {
			t.Errorf("%s: %d visits, want %d", login, got.Visits, want)
		}
		if y, m, d := got.From.In(zone).Date(); !got.From.Equal(time.Date(y, m, d, 0, 0, 0, 0, zone)) || !got.To.Equal(got.To.Truncate(time.Hour)) || got.To.After(time.Now()) {
			t.Errorf("%s: from %v to %v, want a day's beginning and a full hour", login, got.From, got.To)
		}
	}
	for query, code := range map[string]string{
		"?from=" + day(0) + "&to=" + day(1): "presence.time",
		"?from=" + day(33):                  "presence.time",
		"?from=" + day(-2):                  "presence.time",
		"?from=today":                       "invalid",
		"?resolution=12":                    "invalid",
	} {
		if got := w.as("dispatcher").get("/api/presence" + query); got.status != 422 || code != "invalid" && got.code() != code {
			t.Errorf("%s: %s, want 422 %s", query, got, code)
		}
	}
	for _, login := range []string{"officer", "driver", "call-taker", "auditor"} {
		w.as(login).get("/api/presence").is(t, 403, "access.denied")
	}
	log, err := w.st.AuditEntries(t.Context(), audit.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	counts := 0
	for _, e := range log {
		if e.Verb == "track.count" && e.Who != "" {
			counts++
		}
	}
	if counts != 4 {
		t.Errorf("%d counts are in the audit log, want 4", counts)
	}
}
