package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"citygrid/live/ingest"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/mattn/go-sqlite3"
)

// When the disk under the fixes fails at some write, and from then on (it was mounted
// read-only, is full in fact, or breaks), no fix is acknowledged any more, the store
// says what it can't promise and why, what was acknowledged can be read and is there
// after the next start, and changes go on. Each fault has a process of its own: Pebble
// can't be closed after it.
func TestFaultsOfTheDisk(t *testing.T) {
	if fault := os.Getenv(fullEnv + "_FAULT"); fault != "" {
		writeUntilItFails(t, os.Getenv(fullEnv), fault)
		return
	}
	for _, fault := range []string{"read-only", "disk-full", "failed"} {
		t.Run(fault, func(t *testing.T) {
			s, _ := setUp(t)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			seed := fmt.Sprint(time.Now().UnixNano())
			cmd := exec.Command(os.Args[0], "-test.run", "^TestFaultsOfTheDisk$", "-test.v")
			cmd.Env = append(os.Environ(), fullEnv+"="+s.dir, fullEnv+"_FAULT="+fault, fullEnv+"_SEED="+seed)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("seed %s: %v\n%s", seed, err, out)
			}
			again := opened(t, s.dir, Options{})
			if l := again.Lapses(t.Context()); len(l) > 0 {
				t.Errorf("on a sound disk: %+v", l)
			}
			kept := strings.Count(string(out), "kept\n")
			if got := count(t, again, "a"); got < 100*kept {
				t.Errorf("seed %s: %d fixes, %d were acknowledged", seed, got, 100*kept)
			}
			must(again.AppendFixes(t.Context(), []ingest.Fix{fixAt("after", noon)}))(t)
		})
	}
}

func writeUntilItFails(t *testing.T, dir, fault string) {
	var seed uint64
	_, _ = fmt.Sscan(os.Getenv(fullEnv+"_SEED"), &seed)
	errno := map[string]error{"read-only": syscall.EROFS, "disk-full": syscall.ENOSPC, "failed": syscall.EIO}[fault]
	var armed atomic.Bool
	var left atomic.Int64
	left.Store(rand.New(rand.NewPCG(seed, 1)).Int64N(60))
	fs := errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if !armed.Load() || op.Kind.ReadOrWrite() != errorfs.OpIsWrite || left.Add(-1) >= 0 {
			return nil
		}
		return &os.PathError{Op: "write", Path: op.Path, Err: errno}
	}))
	s, err := Open(dir, Options{Reserve: -1, fs: fs})
	if err != nil {
		t.Fatal(err)
	}
	if s.Mended() {
		t.Error("nothing is broken, and it is said to be mended")
	}
	armed.Store(true)
	for i := range 1000 {
		var batch []ingest.Fix
		for j := range 100 {
			batch = append(batch, fixAt("a", noon.Add(time.Duration(i*100+j)*time.Second)))
		}
		if _, err := s.AppendFixes(t.Context(), batch); err == nil {
			t.Log("kept")
			continue
		}
		lapses := s.Lapses(t.Context())
		if len(lapses) != 1 || lapses[0].What != Positions || lapses[0].Why != fault || lapses[0].Since.IsZero() {
			t.Errorf("lapses %+v, want %s for %s", lapses, Positions, fault)
		}
		if err := s.Ready(t.Context()); err == nil {
			t.Error("it says that it is ready")
		}
		if _, err := s.AppendFixes(t.Context(), batch); err == nil {
			t.Error("it takes fixes again")
		}
		if got := count(t, s, "a"); got < 100*i {
			t.Errorf("%d fixes are read, %d were acknowledged", got, 100*i)
		}
		if err := s.Record(t.Context(), act("x")); err != nil {
			t.Errorf("a change, on another file: %v", err)
		}
		if s.Mended() {
			t.Error("the disk takes nothing, and is said to be mended")
		}
		armed.Store(false)
		if !s.Mended() {
			t.Error("the disk is well, and it is not said that it is mended")
		}
		return
	}
	t.Error("no write failed")
}

// A log of fixes whose end was torn, as when the power fails in the middle of a write,
// or has bytes behind it that nobody acknowledged, is opened with all that was
// acknowledged. One that is damaged before its end is refused, by name.
func TestATornEndOfTheFixes(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 3))
	first, _ := setUp(t)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s := opened(t, first.dir, Options{}) // only from the second start on Pebble notes what was on disk
	const batches = 40
	for i := range batches {
		var batch []ingest.Fix
		for j := range 25 {
			batch = append(batch, fixAt("a", noon.Add(time.Duration(i*25+j)*time.Second)))
		}
		must(s.AppendFixes(t.Context(), batch))(t)
	}
	// As it lies on the disk when the process is killed: closing it would flush.
	dir := filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	log := newestLog(t, dir)
	whole := must(os.ReadFile(log))(t)
	end := len(whole)
	for end > 0 && whole[end-1] == 0 {
		end-- // room kept for what is to come
	}
	fixes := func(t *testing.T, content []byte) (int, error) {
		if err := os.WriteFile(log, content, 0o600); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		again, err := Open(copied, Options{})
		if err != nil {
			return 0, err
		}
		defer again.Close()
		n := 0
		err = again.Fixes(t.Context(), "a", time.Time{}, time.Time{}, func(f ingest.Fix) bool {
			if want := fixAt("a", noon.Add(time.Duration(n)*time.Second)); !f.Same(want) {
				t.Errorf("seed %d: fix %d is %+v, want %+v", seed, n, f, want)
			}
			n++
			return true
		})
		return n, err
	}
	t.Run("bytes behind it", func(t *testing.T) {
		noise := make([]byte, 3000)
		for i := range noise {
			noise[i] = byte(rnd.IntN(256))
		}
		n, err := fixes(t, slices.Concat(whole[:end], noise[:1+rnd.IntN(len(noise)-1)]))
		if err == nil && n != batches*25 || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Errorf("seed %d: %d fixes, %v; want %d", seed, n, err, batches*25)
		}
	})
	t.Run("its end is gone", func(t *testing.T) {
		n, err := fixes(t, whole[:end-1-rnd.IntN(600)])
		if err == nil && (n%25 != 0 || n < (batches-2)*25 || n >= batches*25) || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Errorf("seed %d: %d fixes, %v; want whole batches, all but the last ones", seed, n, err)
		}
	})
	t.Run("a byte in it is another", func(t *testing.T) {
		for range 10 {
			bad := slices.Clone(whole)
			at := rnd.IntN(end)
			bad[at] ^= 0x20
			// Of the last write nobody can tell: it may as well have been torn.
			if n, err := fixes(t, bad); !errors.Is(err, ErrCorrupt) && (err != nil || n%25 != 0 || n < (batches-2)*25) {
				t.Errorf("seed %d: byte %d of %d is another: %d fixes, %v; want to be told that it is damaged", seed, at, end, n, err)
			}
		}
	})
}

// The end of a block has room for no header, or for a part of one: that is no damage.
func TestChunksOfALog(t *testing.T) {
	chunk := func(size int, synced uint64) []byte {
		h := make([]byte, size)
		for i := logHeader; i < size; i++ {
			h[i] = byte(i)
		}
		binary.LittleEndian.PutUint16(h[4:], uint16(size-logHeader))
		h[6] = firstLogForm
		binary.LittleEndian.PutUint32(h[7:], 7)
		binary.LittleEndian.PutUint64(h[11:], synced)
		sum := crc32.Checksum(h[6:], castagnoli)
		binary.LittleEndian.PutUint32(h, (sum>>15|sum<<17)+0xa282ead8)
		return h
	}
	for left := range logHeader {
		log := slices.Concat(chunk(1000, 0), chunk(logBlock-1000-left, 1000), make([]byte, left), chunk(500, logBlock), chunk(500, logBlock+500), make([]byte, 4000))
		if at, damaged := damage(log, 7); damaged || at != logBlock+1000 {
			t.Errorf("with %d bytes left in the block: damaged at %d: %v", left, at, damaged)
		}
		for _, bad := range []int{5, 1200, logBlock + 30} {
			log[bad] ^= 1
			if _, damaged := damage(log, 7); !damaged {
				t.Errorf("with %d bytes left, byte %d is another, and it isn't found", left, bad)
			}
			log[bad] ^= 1
		}
		log[logBlock+700] ^= 1 // of the last: it may have been torn
		if at, damaged := damage(log, 7); damaged || at != logBlock+500 {
			t.Errorf("the last chunk: damaged at %d: %v", at, damaged)
		}
	}
}

func newestLog(t *testing.T, dir string) string {
	t.Helper()
	logs := must(filepath.Glob(filepath.Join(dir, fixesName, "*.log")))(t)
	if len(logs) == 0 {
		t.Fatal("there is no log")
	}
	return slices.Max(logs)
}

// When a change can't be written the store says so until writing works again.
func TestChangesThatCannotBeWritten(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	if l := s.Lapses(ctx); len(l) > 0 {
		t.Fatalf("%+v", l)
	}
	pages := func(limit int) {
		must(0, s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, limit))
			return err
		}))(t)
	}
	pages(1) // which is as many as there are
	a := act("x")
	a.Detail = strings.Repeat("x", 2000)
	var kept int
	var err error
	for ; kept < 1000 && err == nil; kept++ {
		err = s.Record(ctx, a)
	}
	if !errors.Is(err, ErrDiskFull) {
		t.Fatalf("%v after %d changes, want %v", err, kept, ErrDiskFull)
	}
	// A probe writes no new page, so it finds that there is room: that is right, for
	// small changes still go. A disk that takes nothing at all is stood for here.
	full := error(sqlite3.Error{Code: sqlite3.ErrFull})
	s.writer.failed.Store(&full)
	must(0, s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `PRAGMA query_only = 1`)
		return err
	}))(t)
	l := s.Lapses(ctx)
	if len(l) != 1 || l[0].What != Changes || l[0].Why != DiskLocked {
		t.Errorf("lapses %+v, want %s, %s", l, Changes, DiskLocked)
	}
	if err := s.Ready(ctx); !errors.Is(err, ErrReadOnly) {
		t.Errorf("ready: %v", err)
	}
	must(s.writer.conn.ExecContext(ctx, `PRAGMA query_only = 0`))(t) // nobody else uses it now
	pages(1 << 30)
	if err := s.Record(ctx, a); err != nil {
		t.Fatal(err)
	}
	if l := s.Lapses(ctx); len(l) > 0 {
		t.Errorf("with room again: %+v", l)
	}
	must(s.VerifyAudit(ctx))(t)
}
