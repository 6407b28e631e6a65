package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var soak = flag.Duration("soak", 0, "how long TestSoak runs; 0 leaves it out")

// TestSoak keeps a server busy the way a room full of desks does, and looks at
// its memory: after a warm-up of a quarter of the time it must not grow by more
// than a tenth, beyond 32 MiB. It is `make soak`, never part of CI.
func TestSoak(t *testing.T) {
	if *soak == 0 {
		t.Skip("run it with make soak")
	}
	dir := filepath.Join(t.TempDir(), "soak")
	hello, end := start(t, "demo", "--data", dir, "--listen", "127.0.0.1:0", "--json", "--no-simulate")
	defer end()
	var password string
	for _, a := range hello["accounts"].([]any) {
		if a := a.(map[string]any); a["login"] == "dispatch" {
			password = a["password"].(string)
		}
	}
	first := visit(t, hello["url"])
	first.ask("POST", "/api/session", `{"login":"dispatch","password":"`+password+`"}`, 200)
	info := first.ask("GET", "/api/map", "", 200)
	_, id, _ := strings.Cut(info, `"id":"`)
	id = id[:16]

	var asked, failed atomic.Int64
	until := time.Now().Add(*soak)
	var desks sync.WaitGroup
	for n := range 8 {
		desks.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(n), 1))
			for time.Now().Before(until) {
				lon, lat := -75.6+rnd.Float64()*0.1, 39.7+rnd.Float64()*0.1
				var path string
				switch rnd.IntN(4) {
				case 0:
					path = fmt.Sprintf("/tiles/%s/15/%d/%d", id, int((lon+180)/360*32768), 12415+rnd.IntN(40))
				case 1:
					path = fmt.Sprintf("/api/search?q=%c%c&near=%f,%f", 'a'+rnd.IntN(26), 'a'+rnd.IntN(26), lon, lat)
				case 2:
					path = fmt.Sprintf("/api/route?profile=car&from=%f,%f&to=-75.55,39.745", lon, lat)
				default:
					path = fmt.Sprintf("/api/streets/nearest?at=%f,%f", lon, lat)
				}
				resp, err := first.http.Get(first.base + path)
				asked.Add(1)
				if err != nil || resp.StatusCode >= http.StatusInternalServerError {
					failed.Add(1)
				}
				if err == nil {
					_ = resp.Body.Close()
				}
			}
		})
	}
	time.Sleep(*soak / 4)
	warm := resident(t)
	desks.Wait()
	last := resident(t)
	t.Logf("%d requests, %d failed; %d MiB after a quarter, %d MiB at the end", asked.Load(), failed.Load(), warm>>20, last>>20)
	if failed.Load() > 0 {
		t.Errorf("%d requests failed", failed.Load())
	}
	if last > warm+warm/10+32<<20 {
		t.Errorf("memory grew from %d to %d MiB", warm>>20, last>>20)
	}
}

// resident is this process's memory in RAM, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc here")
	}
	var size, pages int
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
