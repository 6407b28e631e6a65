package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"citygrid/data/store"
)

// TestAuditLog: an auditor exports the log beside the server, and finds out
// later whether it is still the one that was exported.
func TestAuditLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bureau")
	mustSay(t, "a long enough one\n", "setup", "--data", dir, "--bureau", "Testville")
	mustSay(t, "", "user", "add", "--data", dir, "--role", "officer", "li")
	_, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json")
	defer end()

	file := filepath.Join(t.TempDir(), "log.jsonl")
	code, _, errs := said(t, "", "audit", "export", "--data", dir, file)
	head := regexp.MustCompile(`\d+:[0-9a-f]{64}`).FindString(errs)
	if code != 0 || head == "" {
		t.Fatalf("export: exit %d, %q; want 0 and where the log ends", code, errs)
	}
	if out := mustSay(t, "", "audit", "export", "--data", dir, "-"); !strings.Contains(out, `"bureau.setup"`) {
		t.Errorf("the export lacks the setup: %s", out)
	}
	export, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	forged := filepath.Join(t.TempDir(), "forged.jsonl")
	if err := os.WriteFile(forged, []byte(strings.Replace(string(export), "bureau.setup", "bureau.reset", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(empty, []byte("no log\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	seq, hash, _ := strings.Cut(head, ":")
	tests := []struct {
		name string
		code int
		says string
		args []string
	}{
		{"the log", 0, "entries are unchanged", nil},
		{"a head noted earlier", 0, "entries are unchanged", []string{"--head", head}},
		{"an earlier export", 0, file, []string{"--export", file}},
		{"the export alone", 0, head, []string{"--export", file, "--alone", "--head", head}},
		{"a head of a longer log", 1, "missing", []string{"--head", seq + "9:" + hash}},
		{"a head of another log", 1, "not the one noted", []string{"--head", seq + ":" + strings.Repeat("0", 64)}},
		{"a forged export", 1, "was changed at entry", []string{"--export", forged, "--alone"}},
		{"no export", 2, "line 1", []string{"--export", empty}},
		{"half a head", 2, "SEQ:HASH", []string{"--head", hash}},
		{"alone without an export", 2, "--export", []string{"--alone"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := said(t, "", append([]string{"audit", "verify", "--data", dir}, tt.args...)...)
			if code != tt.code || !strings.Contains(out+errs, tt.says) {
				t.Errorf("exit %d, %q; want %d and %q", code, out+errs, tt.code, tt.says)
			}
		})
	}
}

// TestImportTakesTheFolder: neither beside a server nor beside another import.
func TestImportTakesTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bureau")
	mustSay(t, "a long enough one\n", "setup", "--data", dir, "--bureau", "Testville")
	hello, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json")
	code, _, errs := said(t, "", "import", "--data", dir, writeTown(t))
	if code != 1 || !strings.Contains(errs, hello["url"].(string)) || !strings.Contains(errs, "/admin/map") {
		t.Errorf("beside a server: exit %d, %q; want 1 and where else", code, errs)
	}
	if _, err := os.Stat(store.MapPath(dir)); err == nil {
		t.Error("a map was written beside the server")
	}
	end()
	unlock, err := store.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := said(t, "", "import", "--data", dir, writeTown(t)); code != 1 || !strings.Contains(errs, "in use") {
		t.Errorf("beside another import: exit %d, %q; want 1", code, errs)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	mustSay(t, "", "import", "--data", dir, writeTown(t))
}
