package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"citygrid/data/store"
)

// The key is there whole, for its owner alone, and the same the next time; nothing half
// written is beside it that a power cut could leave in its place.
func TestTrackerKey(t *testing.T) {
	data := t.TempDir()
	key, err := trackerKey(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := trackerKey(data)
	if err != nil || len(key) != 32 || !bytes.Equal(key, again) {
		t.Errorf("%d bytes, then %d, %v", len(key), len(again), err)
	}
	entries, err := os.ReadDir(store.TLSPath(data))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if info, err := os.Stat(filepath.Join(store.TLSPath(data), "trackers.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
