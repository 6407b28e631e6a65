package osm

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A pbfWriter writes small .osm.pbf files for tests.
type pbfWriter struct {
	out     bytes.Buffer
	strings []string
}

func field(b []byte, n int, data []byte) []byte {
	b = binary.AppendUvarint(b, uint64(n)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(data)))
	return append(b, data...)
}

func varfield(b []byte, n int, x uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(n)<<3), x)
}

func packed(xs ...int64) (b []byte) {
	for _, x := range xs {
		b = binary.AppendUvarint(b, uint64(x))
	}
	return b
}

// deltas packs numbers as zigzag steps.
func deltas(xs ...int64) (b []byte) {
	last := int64(0)
	for _, x := range xs {
		b = binary.AppendVarint(b, x-last)
		last = x
	}
	return b
}

func (w *pbfWriter) blob(kind string, data []byte, pack bool) {
	var blob []byte
	if pack {
		var z bytes.Buffer
		zw := zlib.NewWriter(&z)
		_, _ = zw.Write(data)
		_ = zw.Close()
		blob = varfield(blob, 2, uint64(len(data)))
		blob = field(blob, 3, z.Bytes())
	} else {
		blob = field(blob, 1, data)
	}
	head := field(nil, 1, []byte(kind))
	head = varfield(head, 3, uint64(len(blob)))
	_ = binary.Write(&w.out, binary.BigEndian, uint32(len(head)))
	w.out.Write(head)
	w.out.Write(blob)
}

// str gives the number of a string in the table.
func (w *pbfWriter) str(s string) int64 {
	if len(w.strings) == 0 {
		w.strings = []string{""}
	}
	for i, have := range w.strings {
		if have == s {
			return int64(i)
		}
	}
	w.strings = append(w.strings, s)
	return int64(len(w.strings) - 1)
}

func (w *pbfWriter) block(groups ...[]byte) {
	var table, b []byte
	for _, s := range w.strings {
		table = field(table, 1, []byte(s))
	}
	b = field(b, 1, table)
	for _, g := range groups {
		b = field(b, 2, g)
	}
	w.blob("OSMData", b, true)
	w.strings = nil
}

// smallPBF has dense and plain nodes, two ways and a turn restriction.
func smallPBF() []byte {
	w := new(pbfWriter)
	head := field(nil, 4, []byte("OsmSchema-V0.6"))
	head = field(head, 4, []byte("DenseNodes"))
	head = varfield(head, 32, 1_500_000_000)
	w.blob("OSMHeader", head, false)

	dense := field(nil, 1, deltas(1, 2, 3))
	dense = field(dense, 8, deltas(0, 0, 0))
	dense = field(dense, 9, deltas(0, 10000, 20000)) // 1e-7 degrees at the usual granularity of 100
	dense = field(dense, 10, packed(0, w.str("barrier"), w.str("gate"), 0, 0))
	plain := varfield(nil, 1, uint64(4<<1))
	plain = varfield(plain, 8, 10000<<1)
	plain = varfield(plain, 9, 10000<<1)
	w.block(field(nil, 2, dense), field(nil, 1, plain))

	way := func(id int64, refs ...int64) []byte {
		b := varfield(nil, 1, uint64(id))
		b = field(b, 2, packed(w.str("highway"), w.str("name")))
		b = field(b, 3, packed(w.str("residential"), w.str("Road")))
		return field(nil, 3, field(b, 8, deltas(refs...)))
	}
	w.block(append(append(way(10, 1, 2), way(11, 2, 3)...), way(12, 2, 4)...))

	rel := varfield(nil, 1, 20)
	rel = field(rel, 2, packed(w.str("type"), w.str("restriction")))
	rel = field(rel, 3, packed(w.str("restriction"), w.str("no_left_turn")))
	rel = field(rel, 8, packed(w.str("from"), w.str("via"), w.str("to")))
	rel = field(rel, 9, deltas(10, 2, 12))
	rel = field(rel, 10, packed(1, 0, 1))
	w.block(field(nil, 4, rel))
	return w.out.Bytes()
}

func writeFile(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPBFWithPlainAndDenseNodes(t *testing.T) {
	r, err := Read(t.Context(), writeFile(t, "small.osm.pbf", smallPBF()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &r.Parts
	if len(p.Segments) != 3 || len(p.Junctions) != 4 || len(p.Restrictions) != 1 || !r.DataTime.Equal(time.Unix(1_500_000_000, 0)) {
		t.Fatalf("%d segments, %d junctions, %d restrictions, %v", len(p.Segments), len(p.Junctions), len(p.Restrictions), r.DataTime)
	}
	if at := p.Junctions[p.Segments[2].To].At; at.Lon != 10000 || at.Lat != 10000 {
		t.Errorf("the plain node is at %v", at)
	}
}

// A file that is cut at any byte or has any byte changed is refused with a
// FileError, or read; nothing panics.
func TestDamagedPBF(t *testing.T) {
	whole := smallPBF()
	ends := 0
	for n := range whole {
		if small && n%7 != 3 {
			continue
		}
		_, err := Read(t.Context(), writeFile(t, "cut.osm.pbf", whole[:n]), Options{})
		var fe *FileError
		if err == nil {
			// The format has no end mark: a file that lacks its last blocks whole is
			// a smaller file. Here that is the relations'.
			ends++
			continue
		}
		if !errors.As(err, &fe) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	if ends > 1 || ends == 0 && !small {
		t.Errorf("%d shorter files were taken, want 1", ends)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	times := 400
	if small {
		times = 40
	}
	for range times {
		bad := bytes.Clone(whole)
		for range 1 + rnd.IntN(3) {
			bad[rnd.IntN(len(bad))] = byte(rnd.Uint32())
		}
		_, err := Read(t.Context(), writeFile(t, "bad.osm.pbf", bad), Options{})
		var fe *FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("got %v", err)
		}
	}
}

// The same on a real file, at a few random places: only some 20 bytes in a file
// are not covered by zlib's checksum.
func TestDamagedMonaco(t *testing.T) {
	whole, err := os.ReadFile(shared(t, "monaco/monaco.osm.pbf"))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range 8 {
		bad, what := bytes.Clone(whole), "cut"
		at := rnd.IntN(len(bad))
		if i%2 == 0 {
			bad = bad[:at]
		} else {
			bad[at], what = bad[at]^0xff, "changed"
		}
		_, err := Read(t.Context(), writeFile(t, "monaco.osm.pbf", bad), Options{StreetsOnly: true})
		var fe *FileError
		if !errors.As(err, &fe) || fe.Offset < 0 {
			t.Errorf("%s at %d: got %v, want an error with a place", what, at, err)
		}
		if what == "cut" && !errors.Is(err, ErrTruncated) {
			t.Errorf("cut at %d: got %v, want ErrTruncated", at, err)
		}
	}
}

func TestFilesThatAreNoMaps(t *testing.T) {
	history := new(pbfWriter)
	history.blob("OSMHeader", field(nil, 4, []byte("HistoricalInformation")), false)
	strange := new(pbfWriter)
	strange.blob("OSMHeader", field(nil, 4, []byte("Telepathy")), false)
	empty := new(pbfWriter)
	empty.blob("OSMHeader", field(nil, 4, []byte("OsmSchema-V0.6")), true)
	for _, c := range []struct {
		name, content string
		want          error
		says          string
	}{
		{"a.osm.pbf", "", ErrEmpty, "a.osm.pbf"},
		{"a.osm.pbf", "hello, this is text", ErrNotOSM, ""},
		{"a.osm.pbf", "PK\x03\x04 a zip file that somebody renamed", ErrNotOSM, ""},
		{"a.dat", "\x89PNG\r\n", ErrNotOSM, "begins with"},
		{"a.osm", "<html><body>404</body></html>", ErrNotOSM, "<html>"},
		{"a.osm", "<osmChange version='0.6'></osmChange>", ErrNotOSM, "changes"},
		{"a.osm", "<?xml version='1.0'?>", ErrNotOSM, ""},
		{"a.osm", "<osm><node id='1' lat='0' lon='0'/>", ErrTruncated, "line 1"},
		{"a.osm", "<osm><node id='1' lat='95' lon='0'/></osm>", ErrCorrupt, "node 1 is not on earth"},
		{"a.osm", "<osm><node id='1' lat='NaN' lon='0'/></osm>", ErrCorrupt, "node 1 is not on earth"},
		{"a.osm", "<osm><node id='x' lat='0' lon='0'/></osm>", ErrCorrupt, ""},
		{"a.osm", "<osm><way></node></osm>", ErrCorrupt, ""},
		{"a.osm", "<osm></osm>", ErrNothing, ""},
		{"a.osm.bz2", "BZh9 this is nonsense and long enough to be told from a cut", ErrCorrupt, "bzip2"},
		{"a.osm.bz2", "BZh91AY&SY", ErrTruncated, ""},
		{"a.osm.gz", "\x1f\x8b\x08nonsense", ErrCorrupt, ""},
		{"a.osm.pbf", history.out.String(), ErrNotOSM, "history"},
		{"a.osm.pbf", strange.out.String(), ErrNotOSM, "Telepathy"},
		{"a.osm.pbf", empty.out.String(), ErrNothing, ""},
	} {
		_, err := Read(t.Context(), writeFile(t, c.name, []byte(c.content)), Options{})
		var fe *FileError
		if !errors.As(err, &fe) || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%.20q: got %v, want %v saying %q", c.content, err, c.want, c.says)
		}
	}
	_, err := Read(t.Context(), filepath.Join(t.TempDir(), "none.osm.pbf"), Options{})
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none.osm.pbf") {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Read(t.Context(), t.TempDir(), Options{}); err == nil {
		t.Error("a folder was read")
	}
}

func FuzzPBF(f *testing.F) {
	f.Add(smallPBF())
	f.Add([]byte("\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := writeFile(t, "fuzz.osm.pbf", b)
		if _, err := Read(t.Context(), path, Options{}); err != nil && !strings.Contains(err.Error(), "fuzz.osm.pbf") {
			t.Errorf("the error doesn't name the file: %v", err)
		}
	})
}

// FuzzBlock goes past zlib's checksum, where the decoder itself is.
func FuzzBlock(f *testing.F) {
	w := new(pbfWriter)
	w.str("highway")
	f.Add([]byte{0x0a, 0x02, 0x0a, 0x00, 0x12, 0x02, 0x1a, 0x00})
	f.Fuzz(func(t *testing.T, data []byte) {
		var d pbfDecoder
		b := new(block)
		if _, err := d.decode(data, nodes|ways|relations, b); err != nil {
			return
		}
		for _, at := range b.nodeAt {
			if math.Abs(float64(at.Lon)) > 180e7 || math.Abs(float64(at.Lat)) > 90e7 {
				t.Errorf("a node off the earth: %v", at)
			}
		}
	})
}

// TestXMLBomb: a small packed file whose one attribute, element, text or comment
// unpacks to gigabytes is refused before it is in memory.
func TestXMLBomb(t *testing.T) {
	for name, c := range map[string]struct{ head, body string }{
		"attribute": {`<osm><node id="1" lat="1" lon="1" user="`, "aaaaaaaaaaaaaaaa"},
		"element":   {`<osm><way id="1">`, `<tag k="a" v="b"/>`},
		"text":      {`<osm>`, "aaaaaaaaaaaaaaaa"},
		"comment":   {`<osm><!--`, "aaaaaaaaaaaaaaaa"},
	} {
		t.Run(name, func(t *testing.T) {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			fmt.Fprint(z, c.head)
			part := []byte(strings.Repeat(c.body, 1<<14))
			for range 3 << 20 / len(part) {
				if _, err := z.Write(part); err != nil {
					t.Fatal(err)
				}
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			lim := limitsOf(Options{})
			lim.element = 1 << 20 // 16 MiB take half a minute under the race detector
			r, err := gzip.NewReader(&packed)
			if err != nil {
				t.Fatal(err)
			}
			_, err = readXML(t.Context(), r, "bomb.osm.gz", lim, nil)
			if !errors.Is(err, ErrTooBig) {
				t.Errorf("%d bytes: got %v, want %v", packed.Len(), err, ErrTooBig)
			}
		})
	}
}

func FuzzXML(f *testing.F) {
	f.Add(sketch{drawing: cross, ways: []string{"abc highway=residential", "dbe building=yes"}, rels: []string{"outer:1 type=multipolygon"}}.xml())
	f.Add("<osm><way id='1'><nd ref='1'/></way></osm>")
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = Read(t.Context(), writeFile(t, "fuzz.osm", []byte("<osm>"+s)), Options{})
	})
}

// shared finds a file of the shared test data, or skips the test.
func shared(t testing.TB, name string) string {
	t.Helper()
	var roots []string
	if env := os.Getenv("CITYGRID_SHARED"); env != "" {
		roots = append(roots, env)
	}
	dir, _ := os.Getwd()
	for range 6 {
		dir = filepath.Dir(dir)
		roots = append(roots, filepath.Join(dir, "shared"))
	}
	for _, root := range roots {
		path := filepath.Join(root, "data", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skipf("no shared data with %s", name)
	return ""
}

// module finds a file of the testdata of paulmach/osm.
func module(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	path := filepath.Join(strings.TrimSpace(string(out)), "testdata", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}
