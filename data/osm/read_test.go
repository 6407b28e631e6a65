package osm

import (
	"os"
	"path/filepath"
	"testing"

	"citygrid/geo/street"
)

// readText imports an .osm file given as text.
func readText(t *testing.T, text string, o Options) (*Result, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "map.osm")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), path, o)
}

func TestWayIsCutAtSharedNode(t *testing.T) {
	r, err := readText(t, `<osm>
<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.001"/><node id="3" lat="0" lon="0.002"/><node id="4" lat="0.001" lon="0.001"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Main Street"/></way>
<way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="footway"/></way>
</osm>`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Parts.Segments) != 3 || len(r.Parts.Junctions) != 4 {
		t.Fatalf("got %d segments, %d junctions, want 3 and 4", len(r.Parts.Segments), len(r.Parts.Junctions))
	}
	if _, err := street.Build(r.Parts); err != nil {
		t.Error(err)
	}
}
