package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/live/ingest"
)

// TestPurge: by hand on a folder, and through the server that has it.
func TestPurge(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bureau")
	mustSay(t, "a long enough one\n", "setup", "--data", dir, "--bureau", "Testville")
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	var fixes []ingest.Fix
	for _, days := range []int{50, 40, 1} {
		at := time.Now().Add(-time.Duration(days) * 24 * time.Hour)
		fixes = append(fixes, ingest.Fix{Tracker: "web-1", Time: at, Received: at, Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan})
	}
	if _, err = st.AppendFixes(t.Context(), fixes); err != nil {
		t.Fatal(err)
	}
	if err = st.Close(); err != nil {
		t.Fatal(err)
	}
	purge := func(want int, args ...string) {
		t.Helper()
		var done store.Purged
		if err := json.Unmarshal([]byte(mustSay(t, "", append([]string{"purge", "--data", dir, "--json"}, args...)...)), &done); err != nil || len(done.Days) != want {
			t.Errorf("purge %v: %+v, %v; want %d days", args, done, err, want)
		}
	}
	purge(2, "--dry-run")
	file := filepath.Join(dir, "retention.json")
	for _, c := range []struct {
		text string
		code int
	}{{`{"person_days": 45}`, 0}, {`{"person_days": "x"}`, 2}, {`{"person_days": 45}`, 0}} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := said(t, "", "purge", "--data", dir, "--dry-run"); code != c.code {
			t.Errorf("%s: exit %d, want %d: %s", c.text, code, c.code, errs)
		}
	}
	purge(1)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json")
	defer end()
	purge(1, "--dry-run")
	purge(1)
	purge(0)
}
