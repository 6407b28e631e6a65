//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/grid/register"
	"citygrid/live/ingest"

	"golang.org/x/sys/unix"
)

// The disk of a running server fills up, in fact: it says so, refuses positions, goes on
// serving; when there is room again it takes positions again by itself, and has all that
// it acknowledged. A limit on the size of its files stands for the disk.
func TestADiskThatComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bureau")
	mustSay(t, "a long enough one\n", "setup", "--data", dir, "--bureau", "Testville")
	const secret = "a secret of the device"
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := register.HashSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := st.Areas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	act := audit.Act{Who: "test", Verb: "test"}
	dog, err := st.AddDog(t.Context(), register.Dog{Name: "Bella", Licence: "W-1", Owner: "Somebody", Area: areas[0].ID}, act)
	if err != nil {
		t.Fatal(err)
	}
	_, err = st.AddDevice(t.Context(), register.Device{ID: "tag", Class: register.DogTag, Protocol: "json", Subject: register.DogSubject(dog.ID), SecretHash: hash}, act)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	server := exec.Command(os.Args[0], "serve", "--data", dir, "--listen", addr, "--json")
	server.Env = append(os.Environ(), serveEnv+"=1")
	var log strings.Builder
	server.Stderr = &log
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	defer func() {
		if !ended {
			_ = server.Process.Kill()
			_ = server.Wait()
		}
	}()
	hellos := make(chan string, 2)
	go func() {
		defer close(hellos)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			hellos <- lines.Text()
		}
	}()
	hello := func() {
		t.Helper()
		select {
		case <-hellos:
		case <-time.After(40 * time.Second):
			t.Fatalf("no server says hello\n%s", log.String())
		}
	}
	hello()
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(server.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Skip(err)
		}
	}
	ask := func(req *http.Request) (int, string) {
		t.Helper()
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	begin, sent := time.Now().Add(-5*time.Hour).Truncate(time.Second), 0
	// send has the tag report 200 positions, and tells if they were acknowledged.
	send := func() (int, string) {
		var fixes []string
		for i := range 200 {
			at := begin.Add(time.Duration(sent+i) * 500 * time.Millisecond)
			fixes = append(fixes, fmt.Sprintf(`{"t":%q,"lon":-75.55,"lat":39.74,"accuracy_m":%d}`, at.UTC().Format(time.RFC3339Nano), 5+i%7))
		}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/api/fixes", strings.NewReader(`{"fixes":[`+strings.Join(fixes, ",")+`]}`))
		req.Header.Set("Content-Type", "application/json")
		req.SetBasicAuth("tag", secret)
		code, body := ask(req)
		if code == http.StatusOK {
			if n := strings.Count(body, `"stored":true`); n != 200 {
				t.Fatalf("%d of 200 are stored: %.300s", n, body)
			}
			sent += 200
		}
		return code, body
	}
	ready := func() (code int, lapses []string) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/readyz", nil)
		code, body := ask(req)
		var told struct{ Lapses []struct{ What, Why string } }
		if err := json.Unmarshal([]byte(body), &told); err != nil {
			t.Fatal(err)
		}
		for _, l := range told.Lapses {
			lapses = append(lapses, l.What+" "+l.Why)
		}
		return code, lapses
	}
	if code, body := send(); code != http.StatusOK {
		t.Fatalf("positions on a sound disk: %d %s", code, body)
	}
	limit(40 << 10)
	code, body := http.StatusOK, ""
	for tries := 0; code == http.StatusOK && tries < 50; tries++ {
		code, body = send()
	}
	if code != http.StatusServiceUnavailable {
		t.Errorf("positions on a full disk: %d %s", code, body)
	}
	if code, lapses := ready(); code != http.StatusServiceUnavailable || len(lapses) == 0 || lapses[0] != "positions disk-full" {
		t.Errorf("ready on a full disk: %d %v", code, lapses)
	}
	limit(unix.RLIM_INFINITY)
	hello() // it has started anew
	if code, lapses := ready(); len(lapses) > 0 {
		t.Errorf("ready with room again: %d %v", code, lapses)
	}
	if code, body := send(); code != http.StatusOK {
		t.Errorf("positions with room again: %d %s", code, body)
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for range hellos { // until it has ended
	}
	ended = true
	if err := server.Wait(); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
	if st, err = store.Open(dir, store.Options{}); err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	kept := 0
	if err := st.Fixes(t.Context(), "tag", time.Time{}, time.Time{}, func(ingest.Fix) bool { kept++; return true }); err != nil || kept < sent {
		t.Errorf("%d positions are kept, %d were acknowledged; %v", kept, sent, err)
	}
}
