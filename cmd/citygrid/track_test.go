package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/grid/register"
)

// TestTrack: a recorded track of a tag is taken in once, by the clock of its source.
func TestTrack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bureau")
	mustSay(t, "a long enough one\n", "setup", "--data", dir, "--bureau", "Testville", "--time-zone", "Asia/Shanghai")
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	areas, err := st.Areas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dog, err := st.AddDog(t.Context(), register.Dog{Name: "Rex", Owner: "x", Area: areas[0].ID}, audit.Act{Verb: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.AddDevice(t.Context(), register.Device{ID: "tag-1", Class: register.DogTag, Protocol: "json", Subject: register.DogSubject(dog.ID)}, audit.Act{Verb: "test"}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "walk.csv")
	if err := os.WriteFile(file, []byte("time,lon,lat\n2026-11-23 08:30:00,121.47,31.23\n2026-11-23T00:30:10Z,121.48,31.24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, want := range []trackTaken{{Read: 2, Stored: 2}, {Read: 2, Known: 2}} {
		var got trackTaken
		if err := json.Unmarshal([]byte(mustSay(t, "", "track", "--data", dir, "--device", "tag-1", "--json", file)), &got); err != nil || got != want {
			t.Errorf("time %d: %+v, %v; want %+v", i, got, err, want)
		}
	}
	for _, args := range [][]string{
		{"--device", "tag-2", file},
		{"--device", "tag-1", "--datum", "mars", file},
		{"--device", "tag-1", "--time-zone", "Nowhere", file},
		{"--device", "tag-1", file + "x"},
	} {
		if code, _, errs := said(t, "", append([]string{"track", "--data", dir}, args...)...); code != 2 {
			t.Errorf("track %v: exit %d, want 2: %s", args, code, errs)
		}
	}
}
