package osm

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// bomb writes an .osm.gz of the given unpacked size: a small file that holds a
// great many nodes. Members of gzip may follow one another, so one is packed and
// repeated.
func bomb(t *testing.T, unpacked int) string {
	t.Helper()
	var file bytes.Buffer
	member := func(text string) {
		z := gzip.NewWriter(&file)
		_, err := io.WriteString(z, text)
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
	}
	member(`<?xml version="1.0"?><osm version="0.6">`)
	head := file.Len()
	nodes := strings.Repeat(`<node id="1" lat="1.5" lon="2.5"><tag k="shop" v="bakery"/></node>`+"\n", 10_000)
	member(nodes)
	one := bytes.Clone(file.Bytes()[head:])
	for n := len(nodes); n < unpacked; n += len(nodes) {
		file.Write(one)
	}
	member(`</osm>`)
	return writeFile(t, "bomb.osm.gz", file.Bytes())
}

// crowd writes an .osm.pbf whose blocks each unpack to a million nodes.
func crowd(t *testing.T, blocks int) string {
	t.Helper()
	var w pbfWriter
	w.blob("OSMHeader", field(nil, 4, []byte("OsmSchema-V0.6")), true)
	ones := make([]byte, 1_000_000)
	for i := range ones {
		ones[i] = 2 // a step of one
	}
	still := make([]byte, len(ones))
	dense := field(field(field(nil, 1, ones), 8, still), 9, still)
	data := field(field(nil, 1, field(nil, 1, nil)), 2, field(nil, 2, dense))
	head := w.out.Len()
	w.blob("OSMData", data, true)
	one := bytes.Clone(w.out.Bytes()[head:])
	for range blocks - 1 {
		w.out.Write(one)
	}
	return writeFile(t, "crowd.osm.pbf", w.out.Bytes())
}

// TestBombsAreRefused: a small file that unpacks to hundreds of megabytes ends at
// the limit, with an error that says which one and how to raise it, and takes no
// more memory than that.
func TestBombsAreRefused(t *testing.T) {
	gz, pbf := bomb(t, 160<<20), crowd(t, 60)
	for _, c := range []struct {
		name, path string
		o          Options
		says       string
		growth     uint64 // of the heap, at most
	}{
		{"XML that unpacks to much", gz, Options{MaxUnpacked: 4 << 20}, "it unpacks to more than 4 MiB: cut a smaller extract, or raise --import-unpacked", 128 << 20},
		{"XML of which much is kept", gz, Options{MaxMemory: 8 << 20}, "to import it takes more than 8 MiB", 128 << 20},
		{"PBF that unpacks to much", pbf, Options{MaxUnpacked: 48 << 20}, "it unpacks to more than 48 MiB", 256 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := Read(t.Context(), c.path, c.o)
			runtime.ReadMemStats(&after)
			var bad *FileError
			if !errors.As(err, &bad) || !errors.Is(err, ErrTooBig) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), filepath.Base(c.path)) {
				t.Fatalf("got %v\nwant an ErrTooBig about the file with %q", err, c.says)
			}
			if grown := after.HeapSys - min(before.HeapSys, after.HeapSys); grown > c.growth {
				t.Errorf("the heap grew by %s, want at most %s", Bytes(int64(grown)), Bytes(int64(c.growth)))
			}
		})
	}
}

// TestWhatIsKeptIsBounded: ways and nodes of a PBF count against memory too, and
// a box that is searched for nodes.
func TestWhatIsKeptIsBounded(t *testing.T) {
	pbf := crowd(t, 1)
	everywhere := &orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	// A million ids in a row are 2,000 pages: little. They stand for what is needed.
	if _, err := Read(t.Context(), pbf, Options{Bound: everywhere, MaxMemory: 64 << 10}); !errors.Is(err, ErrTooBig) {
		t.Errorf("nodes in the box: %v, want ErrTooBig", err)
	}
	if _, err := Read(t.Context(), pbf, Options{}); !errors.Is(err, ErrNothing) {
		t.Errorf("without limits: %v, want ErrNothing", err)
	}
}

func TestMemoryLeft(t *testing.T) {
	const meminfo = "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"a machine":         {map[string]string{"/proc/meminfo": meminfo}, 8_192_000_000},
		"no limit":          {map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": "max\n"}, 8_192_000_000},
		"a container":       {map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": "2000000000\n", "/sys/fs/cgroup/memory.current": "500000000\n"}, 1_500_000_000},
		"an older one":      {map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000000"}, 1_000_000_000},
		"an old one at all": {map[string]string{"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, 8_192_000_000},
		"nothing tells":     {nil, 0},
		"nonsense":          {map[string]string{"/proc/meminfo": "MemAvailable: much\n", "/sys/fs/cgroup/memory.max": "-1"}, 0},
	} {
		got := memoryLeft(func(path string) ([]byte, error) {
			text, ok := c.files[path]
			if !ok {
				return nil, os.ErrNotExist
			}
			return []byte(text), nil
		})
		if got != c.want {
			t.Errorf("%s: %d bytes, want %d", name, got, c.want)
		}
	}
}

func ExampleBytes() {
	fmt.Println(Bytes(64<<20), Bytes(1536<<20), Bytes(100))
	// Output: 64 MiB 1.5 GiB 0.1 KiB
}
