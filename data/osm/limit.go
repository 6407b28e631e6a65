package osm

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/paulmach/osm"
)

// limits keep a hostile file, or one that is too large for the machine, from
// taking all memory or time.
type limits struct {
	elements int64 // in an XML file, which is kept whole
	refs     int64 // nodes of ways, all together
	element  int64 // bytes of one element in XML; the API's largest relation has 32,000 members, some 2 MB
	unpacked int64 // bytes that the file unpacks to, all together
	memory   int64 // bytes that the import may take
}

// defaultUnpacked is for a province with room to spare: one of 200 MB as PBF
// unpacks to twice that (Delaware does), and one of 400 MB as .osm.bz2 to thirteen
// times that (Andorra does). What is kept of a file has a limit of its own, so
// this one bounds time.
const defaultUnpacked = 32 << 30

// Memory of an import where Options say nothing: two thirds of what the machine,
// or the container, has left, since the server must live on beside it. Delaware,
// 8 MB as PBF, takes a quarter of a gigabyte, and a province of 200 MB perhaps six.
const (
	leastMemory   = 512 << 20
	unknownMemory = 4 << 30 // where the system doesn't tell
)

// overhead is how much more memory an import takes at its peak than what meters
// count as kept: the same as features and network, and garbage not yet collected.
// Delaware as PBF has 4.1, Andorra as XML 4.9, program included.
const overhead = 4

func limitsOf(o Options) limits {
	lim := limits{elements: 100e6, refs: 400e6, element: 16 << 20, unpacked: o.MaxUnpacked, memory: o.MaxMemory}
	if lim.unpacked <= 0 {
		lim.unpacked = defaultUnpacked
	}
	if lim.memory <= 0 {
		lim.memory = unknownMemory
		if left := memoryLeft(os.ReadFile); left > 0 {
			lim.memory = max(leastMemory, left/3*2)
		}
	}
	return lim
}

// A LimitError says which limit a file is beyond. It is an ErrTooBig.
type LimitError struct {
	What string // what is too much
	Most int64  // bytes
	Mend string // what to do
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s more than %s: %s", e.What, Bytes(e.Most), e.Mend)
}

// Is makes every LimitError an ErrTooBig.
func (e *LimitError) Is(target error) bool { return target == ErrTooBig }

// Bytes gives a number of bytes for people: "64 MiB", "1.5 GiB".
func Bytes(n int64) string {
	unit, name := float64(1<<10), "KiB"
	for _, u := range []string{"MiB", "GiB", "TiB"} {
		if float64(n) >= unit*1024 {
			unit, name = unit*1024, u
		}
	}
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/unit, 'f', 1, 64), ".0") + " " + name
}

// A meter counts bytes against a limit. Many goroutines may use it; nil counts
// nothing.
type meter struct {
	used atomic.Int64
	most int64
	full LimitError // what to say
}

func (m *meter) take(n int64) error {
	if m == nil || m.used.Add(n) <= m.most {
		return nil
	}
	return &m.full
}

// unpacking counts what comes out of a packed file.
func unpacking(lim limits) *meter {
	return &meter{most: lim.unpacked, full: LimitError{
		What: "it unpacks to", Most: lim.unpacked, Mend: "cut a smaller extract, or raise --import-unpacked",
	}}
}

// keeping counts what an import keeps in memory.
func keeping(lim limits) *meter {
	return &meter{most: lim.memory / overhead, full: LimitError{
		What: "to import it takes", Most: lim.memory, Mend: "cut a smaller extract as .osm.pbf (XML takes the most), give --bbox, or raise --import-memory",
	}}
}

// A meteredReader ends with the meter's error when too much went through it.
type meteredReader struct {
	r io.Reader
	m *meter
}

func (r meteredReader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if full := r.m.take(int64(n)); full != nil {
		return 0, full
	}
	return n, err
}

// What things cost in memory, in bytes, with some room for how slices grow. refs
// are kept as ids twice, while they are sorted, and as indexes, and each of the
// nodes has a position.
const (
	costNode    = 18
	costWay     = 128
	costRef     = 32
	costMember  = 40
	costDrawing = 320
	costStreet  = 280
	costName    = 96
	costPage    = 110 // of an idSet
)

func costOfTags(tags osm.Tags) (n int64) {
	for _, t := range tags {
		n += 48 + int64(len(t.Key)+len(t.Value))
	}
	return n
}

func costOfNames(names map[string]string) (n int64) {
	for k, v := range names {
		n += costName + int64(len(k)+len(v))
	}
	return n
}

func costOfDrawings(d []drawing) (n int64) {
	for i := range d {
		n += costDrawing + costOfNames(d[i].feat.Name) + int64(len(d[i].number)+len(d[i].street)+len(d[i].city)+len(d[i].feat.Kind)+len(d[i].feat.Ref))
	}
	return n
}

// memoryLeft is how many bytes the machine can still give, or the container if
// that has less; 0 if nothing tells.
func memoryLeft(read func(string) ([]byte, error)) (left int64) {
	if text, err := read("/proc/meminfo"); err == nil {
		for line := range bytes.Lines(text) {
			if rest, ok := bytes.CutPrefix(line, []byte("MemAvailable:")); ok {
				if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(string(rest)), " kB"), 10, 54); err == nil {
					left = kb << 10
				}
			}
		}
	}
	number := func(path string) (int64, bool) {
		text, err := read(path)
		if err != nil {
			return 0, false
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64) // "max" has no limit
		return n, err == nil
	}
	for _, c := range [][2]string{
		{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
		{"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"},
	} {
		most, limited := number(c[0])
		used, _ := number(c[1])
		if limited && most > 0 && most < 1<<60 && (left == 0 || most-used < left) {
			left = max(1, most-used)
		}
	}
	return left
}
