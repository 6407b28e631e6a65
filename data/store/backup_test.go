package store

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citygrid/live/dispatch"
	"citygrid/live/ingest"

	"github.com/klauspost/compress/zstd"
)

// filled is a store with some of everything.
func filled(t testing.TB) *Store {
	t.Helper()
	s, c := setUp(t)
	ctx := t.Context()
	must(s.AddPerson(ctx, officer("li.wei"), act("person.add")))(t)
	must(s.AppendFixes(ctx, []ingest.Fix{fixAt("a", noon), fixAt("b", noon)}))(t)
	must(s.AddTeam(ctx, team("T1"), act("team.add")))(t)
	must(s.AddDog(ctx, dog("旺财", "D1"), act("dog.add")))(t)
	must(s.AddZone(ctx, noDogs(), act("zone.add")))(t)
	raised(t, s, 1)
	must(s.SendTask(ctx, dispatch.Task{Kind: dispatch.KindAlert, Alert: 1, Person: 2, At: home, Sent: noon, By: 1}, "key", act("task.send")))(t)
	if err := s.Sessions().Commit("token", nil, c.t.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(MapPath(s.dir), []byte("a map"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range written {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte("our "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(TLSPath(s.dir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(TLSPath(s.dir), "server.key"), []byte("a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func backedUp(t testing.TB, s *Store) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBackupAndRestore(t *testing.T) {
	s := filled(t)
	backup := backedUp(t, s)
	if left, _ := filepath.Glob(filepath.Join(s.dir, TempPattern)); len(left) > 0 {
		t.Errorf("the backup left %v", left)
	}
	// What comes after is not in it.
	must(s.AddPerson(t.Context(), officer("too.late"), act("person.add")))(t)

	dir := filepath.Join(t.TempDir(), "new", "data")
	if err := Restore(t.Context(), bytes.NewReader(backup), dir); err != nil {
		t.Fatal(err)
	}
	if entries := must(os.ReadDir(filepath.Dir(dir)))(t); len(entries) != 1 {
		t.Errorf("the restore left %v", entries)
	}
	r := opened(t, dir, Options{})
	if all := must(r.People(t.Context()))(t); len(all) != 2 || all[1].Login != "li.wei" || all[1].PasswordHash != hash {
		t.Errorf("restored people %+v", all)
	}
	if count(t, r, "a") != 1 || count(t, r, "b") != 1 {
		t.Error("fixes are missing")
	}
	if n := must(r.VerifyAudit(t.Context()))(t); n != 7 {
		t.Errorf("%d audit entries, want 7", n)
	}
	work := func(s *Store) []any {
		ctx := t.Context()
		return []any{
			must(s.Teams(ctx))(t), must(s.Dogs(ctx))(t), must(s.Zones(ctx))(t), must(s.AlertsSince(ctx, 0))(t),
			must(s.TasksSince(ctx, 0))(t), must(s.Seq(ctx))(t),
		}
	}
	if got, want := work(r), work(s); !reflect.DeepEqual(got, want) || len(must(r.AlertsSince(t.Context(), 0))(t)) != 1 {
		t.Errorf("restored %v, want %v", got, want)
	}
	if _, found, err := r.Sessions().Find("token"); found || err != nil {
		t.Errorf("a session was restored, %v", err)
	}
	files := map[string]string{MapPath(dir): "a map", filepath.Join(TLSPath(dir), "server.key"): "a key"}
	for _, name := range written { // what somebody set goes on holding
		files[filepath.Join(dir, name)] = "our " + name
	}
	for name, want := range files {
		if got := must(os.ReadFile(name))(t); string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		if info := must(os.Stat(name))(t); info.Mode().Perm() != 0o600 {
			t.Errorf("%s is open to others", name)
		}
	}
	// Life goes on in the restored folder.
	first := must(r.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon.Add(1))}))(t)
	if first != 3 {
		t.Errorf("the next fix has arrival %d, want 3", first)
	}
}

// A backup taken while people work is of one moment, and misses nothing that
// was acknowledged before it began.
func TestBackupWhileWriting(t *testing.T) {
	s, _ := setUp(t)
	ctx, stop := context.WithCancel(t.Context())
	var people, fixes atomic.Int64 // acknowledged
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			if _, err := s.AddPerson(context.Background(), officer(fmt.Sprint("officer", i)), act("person.add")); err != nil {
				t.Error(err)
			}
			people.Add(1)
		}
	})
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			fix := fixAt("a", noon.Add(time.Duration(i)*time.Second))
			if _, err := s.AppendFixes(context.Background(), []ingest.Fix{fix}); err != nil {
				t.Error(err)
			}
			fixes.Add(1)
		}
	})
	for round := range 3 {
		time.Sleep(20 * time.Millisecond)
		wantPeople, wantFixes := people.Load(), fixes.Load()
		backup := backedUp(t, s)
		dir := filepath.Join(t.TempDir(), fmt.Sprint(round))
		if err := Restore(t.Context(), bytes.NewReader(backup), dir); err != nil {
			t.Fatal(err)
		}
		r := opened(t, dir, Options{})
		all := must(r.People(t.Context()))(t)
		if int64(len(all)-1) < wantPeople || int64(count(t, r, "a")) < wantFixes {
			t.Errorf("%d people and %d fixes, want at least %d and %d", len(all)-1, count(t, r, "a"), wantPeople, wantFixes)
		}
		if n := must(r.VerifyAudit(t.Context()))(t); n != int64(len(all)) { // one for the setup
			t.Errorf("%d audit entries for %d people", n, len(all))
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wg.Wait()
}

func TestRestoreOnlyIntoEmpty(t *testing.T) {
	backup := backedUp(t, filled(t))
	dir := t.TempDir()
	note := filepath.Join(dir, "note")
	if err := os.WriteFile(note, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), bytes.NewReader(backup), dir); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("into a full folder: %v", err)
	}
	if err := os.Remove(note); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), bytes.NewReader(backup), dir); err != nil {
		t.Errorf("into an empty folder: %v", err)
	}
}

// refused restores and checks that nothing is left.
func refused(t testing.TB, backup []byte, want error) {
	t.Helper()
	parent := t.TempDir()
	if err := Restore(t.Context(), bytes.NewReader(backup), filepath.Join(parent, "data")); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	if left := must(os.ReadDir(parent))(t); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
}

func TestRestoreRefusesDamage(t *testing.T) {
	backup := backedUp(t, filled(t))
	for _, cut := range []int{0, 1, 10, len(backup) / 2, len(backup) - 1} {
		refused(t, backup[:cut], ErrBackup)
	}
	for at := 0; at < len(backup); at += len(backup)/20 + 1 {
		damaged := bytes.Clone(backup)
		damaged[at] ^= 0x20
		// A bit that says nothing, such as padding in a block, may be flipped.
		if got, err := unpacked(damaged); err == nil && bytes.Equal(got, must(unpacked(backup))(t)) {
			continue
		}
		refused(t, damaged, ErrBackup)
	}
}

func unpacked(backup []byte) ([]byte, error) {
	z, err := zstd.NewReader(bytes.NewReader(backup))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return io.ReadAll(z)
}

type member struct {
	name string
	body string
	link string
}

// packed is a backup by hand, with a manifest that fits unless changed.
func packed(t testing.TB, change func(*manifest), members ...member) []byte {
	t.Helper()
	m := manifest{Format: backupFormat, At: noon, Audit: auditHeadJS{0, strings.Repeat("0", 64)}}
	for _, x := range members {
		sum := sha256.Sum256([]byte(x.body))
		m.Files = append(m.Files, fileEntry{x.name, int64(len(x.body)), hex.EncodeToString(sum[:])})
	}
	if change != nil {
		change(&m)
	}
	text := must(json.Marshal(m))(t)
	var b bytes.Buffer
	z := must(zstd.NewWriter(&b))(t)
	out := tar.NewWriter(z)
	for _, x := range append([]member{{name: manifestName, body: string(text)}}, members...) {
		h := &tar.Header{Name: x.name, Size: int64(len(x.body)), Mode: 0o600, Typeflag: tar.TypeReg}
		if x.link != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, x.link, 0
		}
		if err := out.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, x.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRestoreRefusesMalice(t *testing.T) {
	db := member{name: databaseName, body: "not a database, but its hash is right"}
	for name, c := range map[string]struct {
		backup []byte
		want   error
	}{
		"path upward":        {packed(t, nil, db, member{name: "fixes/../../evil"}), ErrBackup},
		"absolute path":      {packed(t, nil, db, member{name: "/etc/evil"}), ErrBackup},
		"hidden file":        {packed(t, nil, db, member{name: "tls/.evil"}), ErrBackup},
		"other file":         {packed(t, nil, db, member{name: "lock"}), ErrBackup},
		"twice":              {packed(t, nil, db, db), ErrBackup},
		"a link":             {packed(t, nil, db, member{name: "city.map", link: "/etc/passwd"}), ErrBackup},
		"no database":        {packed(t, nil, member{name: mapName}), ErrBackup},
		"not a database":     {packed(t, nil, db), ErrCorrupt},
		"larger than said":   {packed(t, func(m *manifest) { m.Files[0].Size-- }, db), ErrBackup},
		"a petabyte said":    {packed(t, func(m *manifest) { m.Files[0].Size = 1 << 45 }, db), ErrDiskFull},
		"negative size":      {packed(t, func(m *manifest) { m.Files[0].Size = -1 }, db), ErrBackup},
		"overflowing sizes":  {packed(t, func(m *manifest) { m.Files[0].Size = 1<<63 - 1 }, db), ErrBackup},
		"a file left out":    {packed(t, func(m *manifest) { m.Files = append(m.Files, fileEntry{"fixes/1", 0, m.Files[0].SHA256}) }, db), ErrBackup},
		"a file too many":    {packed(t, func(m *manifest) { m.Files = m.Files[:1] }, db, member{name: mapName}), ErrBackup},
		"another hash":       {packed(t, func(m *manifest) { m.Files[0].SHA256 = strings.Repeat("0", 64) }, db), ErrBackup},
		"of a newer program": {packed(t, func(m *manifest) { m.Format = 99 }, db), ErrNewer},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.backup, c.want) })
	}
}

// A backup whose audit log was cut short after its manifest was written.
func TestRestoreComparesTheAuditHead(t *testing.T) {
	backup := backedUp(t, filled(t))
	in := tar.NewReader(bytes.NewReader(must(unpacked(backup))(t)))
	var members []member
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		body := must(io.ReadAll(in))(t)
		if h.Name != manifestName {
			members = append(members, member{name: h.Name, body: string(body)})
		}
	}
	whole := func(m *manifest) { m.Audit = auditHeadJS{99, strings.Repeat("ab", 32)} }
	if err := Restore(t.Context(), bytes.NewReader(packed(t, whole, members...)), filepath.Join(t.TempDir(), "x")); err == nil || !strings.Contains(err.Error(), "99") {
		t.Errorf("got %v, want a break at 99", err)
	}
}

func TestBackupGivenUp(t *testing.T) {
	s := filled(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Backup(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	full := errors.New("the tape is full")
	if err := s.Backup(t.Context(), failingWriter{full}); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
	left, err := fs.Glob(os.DirFS(s.dir), TempPattern)
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func FuzzRestore(f *testing.F) {
	db := member{name: databaseName, body: "db"}
	f.Add(packed(f, nil, db))
	f.Add(packed(f, func(m *manifest) { m.Files[0].Size = 1 << 40 }, db, member{name: "tls/a", link: "/"}))
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Fuzz(func(t *testing.T, backup []byte) {
		parent := t.TempDir()
		if err := Restore(t.Context(), bytes.NewReader(backup), filepath.Join(parent, "data")); err == nil {
			return
		}
		if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
			t.Errorf("%v was left, %v", left, err)
		}
	})
}

// FuzzUnpack is FuzzRestore without the compression, behind which a fuzzer
// seldom gets.
func FuzzUnpack(f *testing.F) {
	for _, b := range [][]byte{
		packed(f, nil, member{name: databaseName, body: "db"}, member{name: "fixes/1", body: "x"}),
		packed(f, nil, member{name: databaseName, body: "db"}, member{name: "tls/a", link: "/"}),
	} {
		f.Add(must(unpacked(b))(f))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "in"), 0o700); err != nil {
			t.Fatal(err)
		}
		m, err := unpack(bytes.NewReader(b), filepath.Join(dir, "in"))
		if outside, _ := os.ReadDir(dir); len(outside) != 1 {
			t.Errorf("it wrote outside: %v", outside)
		}
		if err != nil {
			return
		}
		for _, file := range m.Files {
			if info, err := os.Stat(filepath.Join(dir, "in", file.Name)); err != nil || info.Size() != file.Size {
				t.Errorf("%s: %v, %v", file.Name, info, err)
			}
		}
	})
}
