package grid

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// shared is a file of the shared test data, which lies beside the repository. The
// test is skipped without it.
func shared(t testing.TB, name ...string) []byte {
	t.Helper()
	root := os.Getenv("CITYGRID_SHARED")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "shared", "data")); err == nil {
				root = filepath.Join(dir, "shared")
				break
			}
			if dir == filepath.Dir(dir) {
				t.Skip("no shared data")
			}
			dir = filepath.Dir(dir)
		}
	}
	b, err := os.ReadFile(filepath.Join(append([]string{root, "data"}, name...)...))
	if err != nil {
		t.Skip(err)
	}
	return b
}

var seattle = []string{"spd-beats", "spd-precincts", "spd-mcpp-areas", "city-council-districts"}

func TestSeattleHasNoFaults(t *testing.T) {
	for _, name := range seattle {
		_, err := ReadGeoJSON(bytes.NewReader(shared(t, "seattle-grids", name+".geojson")))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			if e, ok := err.(*PlanError); ok {
				for _, f := range e.Faults {
					t.Log(f)
				}
			}
		}
	}
}
