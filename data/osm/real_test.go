package osm

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"citygrid/data/mapfile"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// carSegments counts as the shared data's SOURCE.md does: ways usable by cars,
// cut at every node that two of them share. Our segments are more: they are cut
// at foot ways and gates as well, loops are halved, and cars may use tracks,
// which that count leaves out. It has streets that access tags close to cars,
// which we leave out: 508 of 15,422 ways in Malta.
func carSegments(p *street.Parts) int {
	ways := map[street.JunctionID]int64{} // the car way at a junction, -1 = two or more
	cars := func(s *street.Segment) bool {
		return (s.Forward|s.Backward)&street.Car != 0 && s.Class != street.Ferry && s.Class != street.Track
	}
	for i := range p.Segments {
		s := &p.Segments[i]
		if !cars(s) {
			continue
		}
		for _, j := range []street.JunctionID{s.From, s.To} {
			if w, ok := ways[j]; ok && w != s.Way {
				ways[j] = -1
			} else {
				ways[j] = s.Way
			}
		}
	}
	n := 0
	var last *street.Segment
	for i := range p.Segments {
		s := &p.Segments[i]
		if !cars(s) {
			continue
		}
		if last == nil || last.Way != s.Way || last.To != s.From || ways[s.From] == -1 {
			n++
		}
		last = s
	}
	return n
}

func TestCarSegmentsAgreeWithTheSource(t *testing.T) {
	if testing.Short() || small {
		t.Skip("six real maps, in one goroutine's order anyway: the import tests have the race detector")
	}
	for _, c := range []struct {
		file string
		want int
		off  float64 // how far we may be off, and why
	}{
		{"monaco/monaco.osm.pbf", 2837, 0.05},
		{"liechtenstein/liechtenstein.osm.pbf", 6142, 0.05},
		{"malta/malta.osm.pbf", 33183, 0.08},
		{"columbus/columbus.osm.pbf", 19679, 0.05},
		{"rhein-neckar/rhein-neckar.osm.pbf", 57191, 0.05},
		{"beijing-2013/beijing-5th-ring-2013.osm.pbf", 39589, 0.05},
	} {
		t.Run(c.file, func(t *testing.T) {
			r, err := Read(t.Context(), shared(t, c.file), Options{StreetsOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			got := carSegments(&r.Parts)
			t.Logf("%d car segments, SOURCE.md has %d (%+.1f %%)", got, c.want, 100*float64(got-c.want)/float64(c.want))
			if f := float64(got) / float64(c.want); f < 1-c.off || f > 1+c.off {
				t.Errorf("got %d car segments, want about %d", got, c.want)
			}
		})
	}
}

// The same file gives the same bytes on one core and on many, and what is saved
// is what is opened.
func TestImportTwiceGivesTheSameMap(t *testing.T) {
	src := shared(t, "monaco/monaco.osm.pbf")
	dir := t.TempDir()
	read := func(procs int) *mapfile.Map {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		m, err := Import(t.Context(), src, filepath.Join(dir, "city.map"), "Monaco", Options{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	bytesOf := func(m *mapfile.Map) []byte {
		c := *m
		c.Meta.ImportedAt, c.Meta.ImportSeconds = c.Meta.ImportedAt.Truncate(1<<62), 0
		var b bytes.Buffer
		if err := mapfile.Write(&b, &c); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	a, b := read(1), read(4)
	if a.Meta.ID != b.Meta.ID || !bytes.Equal(bytesOf(a), bytesOf(b)) {
		t.Error("two imports of one file differ")
	}
	back, err := mapfile.Open(filepath.Join(dir, "city.map"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Network.Parts(), b.Network.Parts()) {
		t.Error("the network that is opened differs")
	}
	if !reflect.DeepEqual(back.Base.Parts(), b.Base.Parts()) {
		t.Error("the base map that is opened differs")
	}
	if !slices.EqualFunc(back.Places, b.Places, func(x, y place.Place) bool { return reflect.DeepEqual(x, y) }) {
		t.Error("the places that are opened differ")
	}
	if !reflect.DeepEqual(back.Meta, b.Meta) {
		t.Errorf("meta: got %+v, want %+v", back.Meta, b.Meta)
	}
}

func TestPackedXML(t *testing.T) {
	if testing.Short() || os.Getenv("CITYGRID_SLOW") == "" {
		t.Skip("40 MB of XML take 5 s, and a minute with -race: set CITYGRID_SLOW=1")
	}
	path := module(t, "andorra-latest.osm.bz2")
	r, err := Read(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := carSegments(&r.Parts); n < 3300 || n > 4100 {
		t.Errorf("%d car segments in Andorra, want about 3,700", n)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(t.Context(), writeFile(t, "cut.osm.bz2", whole[:len(whole)/3]), Options{})
	if !errors.Is(err, ErrTruncated) {
		t.Errorf("cut: got %v, want ErrTruncated", err)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	src := shared(t, "monaco/monaco.osm.pbf")
	dir := t.TempDir()
	stages := []string{StageWays, StageNodes, StageCut, StageDraw, StageSave}
	if small {
		stages = []string{StageNodes, StageSave}
	}
	for _, stage := range stages {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Import(ctx, src, filepath.Join(dir, "city.map"), "", Options{Progress: func(s string, _, _ int64) {
			if s == stage {
				cancel()
			}
		}})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %q: got %v", stage, err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBoxOfARealMap(t *testing.T) {
	box := orb.Bound{Min: orb.Point{7.415, 43.73}, Max: orb.Point{7.43, 43.74}}
	r, err := Read(t.Context(), shared(t, "monaco/monaco.osm.pbf"), Options{Bound: &box})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Features {
		b := f.Geometry.Bound()
		if f.Segment == 0 && (b.Min[0] < box.Min[0]-1e-9 || b.Max[0] > box.Max[0]+1e-9 || b.Min[1] < box.Min[1]-1e-9 || b.Max[1] > box.Max[1]+1e-9) {
			t.Fatalf("%v %s reaches out of the box: %v", f.Layer, f.Kind, b)
		}
		if f.Segment > 0 && !b.Intersects(box) {
			t.Errorf("segment %d lies outside of the box: %v", f.Segment-1, b)
		}
	}
	if len(r.Parts.Segments) < 500 {
		t.Errorf("%d segments in the middle of Monaco", len(r.Parts.Segments))
	}
}
