package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportOfPlaces: zones and objects come from files into the data folder, with the
// street and the side; a file with faults adds nothing, and nothing comes twice.
func TestImportOfPlaces(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bureau")
	mustSay(t, "a long enough one\n", "setup", "--data", dir, "--bureau", "Testville", "--map", writeTown(t))
	file := func(name string, rows ...string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	take := func(want int, args ...string) (got placesTaken) {
		t.Helper()
		code, out, errs := said(t, "", append(args, "--data", dir, "--json")...)
		if code != want {
			t.Fatalf("%v: exit %d\n%s", args, code, errs)
		}
		if out != "" {
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%v: %v in %q", args, err, out)
			}
		}
		return got
	}
	near := func(i int) string { return fmt.Sprintf("%.6f,%.6f", 0.0002+1e-5*float64(i), 3e-5) }
	shops := file("shops.csv", "编号,店名,类型,lon,lat", "S1,早安,早餐点,"+near(0), "S2,Grill,caterer,"+near(3), "S2,Again,shop,"+near(6), "S4,What,spaceport,"+near(9))
	if got := take(2, "object", "import", shops); got.Rows != 4 || got.Good != 2 || got.Imported != 0 || len(got.Faults) != 2 || got.Faults[0].Row != 3 || got.Faults[1].Field != "类型" {
		t.Errorf("a file with faults: %+v", got)
	}
	if got := take(0, "object", "import", shops, "--skip", "--dry-run"); got.Imported != 0 || got.Good != 2 {
		t.Errorf("tried: %+v", got)
	}
	if got := take(0, "object", "import", shops, "--skip"); got.Imported != 2 || got.AtStreets != 2 || got.Left+got.Right != 2 || got.Kinds["breakfast"] != 1 || got.Kinds["caterer"] != 1 {
		t.Errorf("imported: %+v", got)
	}
	if got := take(0, "object", "import", shops, "--skip"); got.Imported != 0 || got.Good != 0 || len(got.Faults) != 4 {
		t.Errorf("imported again: %+v", got)
	}
	frames := file("frames.csv", "name,lon,lat", "A,"+near(0), "B,"+near(20))
	if got := take(0, "zone", "import", frames, "--kind", "parking-frame"); got.Imported != 2 || got.Left+got.Right != 2 {
		t.Errorf("frames: %+v", got)
	}
	take(2, "zone", "import", frames, "--kind", "disco")
	take(2, "object", "import", frames, "--kind", "disco")
	take(2, "zone", "import", file("no.csv", "name", "A"), "--kind", "stall")
	take(2, "zone", "import", filepath.Join(dir, "nothing.csv"), "--kind", "stall")
	if out := mustSay(t, "", "zone", "import", frames, "--kind", "stall", "--dry-run", "--data", dir); !strings.Contains(out, "2 rows, 2 without a fault") {
		t.Errorf("told: %q", out)
	}
}
