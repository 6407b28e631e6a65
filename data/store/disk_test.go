package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"citygrid/live/ingest"
)

// With less than the reserve free, fixes are refused before the disk is full,
// and taken again when there is room; the rest goes on.
func TestReserve(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{Reserve: 1 << 60})
	batch := []ingest.Fix{fixAt("a", noon)}
	if _, err := s.AppendFixes(t.Context(), batch); !errors.Is(err, ErrDiskFull) {
		t.Errorf("got %v, want %v", err, ErrDiskFull)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, ErrDiskFull) {
		t.Errorf("ready: %v, want %v", err, ErrDiskFull)
	}
	if err := s.Record(t.Context(), act("x")); err != nil {
		t.Errorf("a change in the reserve: %v", err)
	}
	s.fixes.reserve = 1
	must(s.AppendFixes(t.Context(), batch))(t)
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("ready: %v", err)
	}
}

// A folder that cannot be written is named, with the reason.
func TestReadOnlyFolder(t *testing.T) {
	s, _ := setUp(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.dir, 0o555); err != nil {
		t.Fatal(err)
	}
	result := make(chan error)
	go func() {
		if os.Geteuid() == 0 {
			// Root may write anywhere, so this thread becomes nobody. It is
			// not unlocked, so it ends with the goroutine.
			runtime.LockOSThread()
			const nobody = 65534
			_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
		}
		_, err := Open(s.dir, Options{})
		result <- err
	}()
	if err := <-result; !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), s.dir) {
		t.Errorf("got %v, want %v", err, ErrReadOnly)
	}
	if err := os.Chmod(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

// A file in the way of the folder.
func TestNotAFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want the path in it", err)
	}
}

const fullEnv = "CITYGRID_STORE_TEST_FULL"

// When the disk is full in fact, whoever writes is told, and what was
// acknowledged is there when it has room again. A limit on the size of files
// stands for the disk, in a process of its own.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv(fullEnv); dir != "" {
		fillDisk(t, dir)
		return
	}
	for _, what := range []string{"people", "fixes"} {
		t.Run(what, func(t *testing.T) {
			s, _ := setUp(t)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "-test.run", "^TestFullDisk$", "-test.v")
			cmd.Env = append(os.Environ(), fullEnv+"="+s.dir, fullEnv+"_WHAT="+what)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			again := opened(t, s.dir, Options{})
			must(again.VerifyAudit(t.Context()))(t)
			must(again.AddPerson(t.Context(), officer("after"), act("person.add")))(t)
			must(again.AppendFixes(t.Context(), []ingest.Fix{fixAt("after", noon)}))(t)
			t.Logf("%s", out)
			kept := strings.Count(string(out), "kept\n")
			if got := count(t, again, "a"); what == "fixes" && (kept == 0 || got < 1000*kept) {
				t.Errorf("%d fixes, %d were acknowledged", got, 1000*kept)
			}
		})
	}
}

func fillDisk(t *testing.T, dir string) {
	const limit = 1 << 20
	s := opened(t, dir, Options{Reserve: -1})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		t.Skip(err)
	}
	write := func(i int) error {
		a := act("x")
		a.Detail = strings.Repeat("x", 2000)
		return s.Record(t.Context(), a)
	}
	if os.Getenv(fullEnv+"_WHAT") == "fixes" {
		write = func(i int) error {
			var batch []ingest.Fix
			for j := range 1000 {
				batch = append(batch, fixAt("a", noon.Add(time.Duration(i*1000+j)*time.Second)))
			}
			_, err := s.AppendFixes(t.Context(), batch)
			if err == nil {
				t.Log("kept")
			}
			return err
		}
	}
	for i := range 10_000 {
		if err := write(i); err != nil {
			if !errors.Is(err, ErrDiskFull) {
				t.Errorf("write %d: %v, want %v", i, err, ErrDiskFull)
			}
			t.Logf("write %d was refused: %v", i, err)
			return
		}
	}
	t.Error("the disk never got full")
}
