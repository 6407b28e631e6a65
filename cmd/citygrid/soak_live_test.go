package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/ingest"

	"github.com/alexedwards/argon2id"
	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

var (
	soakTrackers = flag.Int("soak-trackers", 20_000, "trackers of TestSoakLive; one in a hundred goes into a zone, once")
	soakViewers  = flag.Int("soak-viewers", 200, "open maps of TestSoakLive")
)

// Of TestSoakLive.
const (
	soakPeriod   = 30 * time.Second // between two reports of a tracker
	soakQuick    = 5 * time.Second  // of one that will go into a zone
	soakSenders  = 64
	soakEdit     = 3 * time.Second // between two edits of zones
	soakPassword = "a long enough one"
	soakSecret   = "soaked-through-and-through"
)

var soakAct = audit.Act{Who: "soak", Verb: "soak"}

// TestSoakLive keeps a server of its own process busy with trackers, open maps and
// edits of zones, kills it twice with SIGKILL, and then looks:
//
//   - each tracker that went into a zone has one alert, begun and ended when it did, and
//     nobody else has any, whatever was killed meanwhile;
//   - these alerts are the ones that a plain run of the judge over the stored fixes makes,
//     to the instant and the grade;
//   - each map has the latest state of each of them;
//   - every fix that was acknowledged is stored;
//   - the server's memory at the end is that of the middle.
//
// It is `make soak`, never part of CI.
func TestSoakLive(t *testing.T) {
	if *soak == 0 {
		t.Skip("run it with make soak")
	}
	s := &soaking{t: t, dir: filepath.Join(t.TempDir(), "soak"), addr: freeAddress(t), begin: time.Now()}
	s.found()
	s.begin = time.Now().Truncate(time.Second)
	s.end = s.begin.Add(*soak)
	s.plan()
	s.serve()
	defer func() { _ = s.server.Process.Kill(); _ = s.server.Wait() }()
	ctx, stop := context.WithDeadline(t.Context(), s.end)
	defer stop()
	var work, desks sync.WaitGroup
	work.Go(func() { s.report(ctx) })
	work.Go(func() { s.edit(ctx) })
	watch, unwatch := context.WithCancel(t.Context())
	defer unwatch()
	s.seen = make([]map[int64]int64, *soakViewers)
	for i := range s.seen {
		desks.Go(func() { s.watch(watch, i) })
	}
	for _, at := range []time.Duration{*soak / 6, *soak / 3} {
		time.Sleep(time.Until(s.begin.Add(at)))
		_ = s.server.Process.Kill()
		_ = s.server.Wait()
		s.kills++
		s.serve()
	}
	time.Sleep(time.Until(s.begin.Add(*soak / 2)))
	warm := s.resident()
	work.Wait()
	time.Sleep(5 * time.Second) // what is on its way
	last := s.resident()
	unwatch()
	desks.Wait()
	_ = s.server.Process.Signal(os.Interrupt)
	_ = s.server.Wait()
	t.Logf("%d trackers, %d maps, %v, %d kills, %d edits of zones: %d fixes acknowledged, %d sent again; memory %d MiB in the middle, %d MiB at the end",
		*soakTrackers, *soakViewers, *soak, s.kills, s.edits.Load(), s.acked.Load(), s.again.Load(), warm>>20, last>>20)
	if last > warm+warm/10+32<<20 {
		t.Errorf("memory grew from %d to %d MiB", warm>>20, last>>20)
	}
	s.judge()
}

// soaking is a run of TestSoakLive.
type soaking struct {
	t          *testing.T
	dir, addr  string
	begin, end time.Time
	server     *exec.Cmd
	log        bytes.Buffer
	kills      int
	park       zone.ID
	middle     orb.Point
	visits     []stay // of trackers; zero: it never goes there

	cookie      atomic.Pointer[string]
	acked       atomic.Int64
	again       atomic.Int64
	edits       atomic.Int64
	mu          sync.Mutex
	seen        []map[int64]int64 // of each map: seq by alert
	ackedOf     map[int]int       // by tracker
	lastRefusal string
}

// A stay is when a tracker is in the zone.
type stay struct{ from, to time.Time }

// serveEnv has the test binary be the server.
const serveEnv = "CITYGRID_TEST_SERVE"

func soakDevice(i int) register.DeviceID { return register.DeviceID(fmt.Sprintf("soak-%d", i)) }

func (s *soaking) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// found makes the bureau: a zone in its middle, dogs with their tags, and who plans and
// watches.
func (s *soaking) found() {
	mustSay(s.t, soakPassword+"\n", "setup", "--data", s.dir, "--bureau", "Soak")
	st, err := store.Open(s.dir, store.Options{})
	s.must(err)
	defer func() { s.must(st.Close()) }()
	ctx := s.t.Context()
	areas, err := st.Areas(ctx)
	s.must(err)
	hash, err := argon2id.CreateHash(soakPassword, &argon2id.Params{Memory: 1 << 10, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	s.must(err)
	grants := []people.Grant{{Role: people.Dispatcher, Area: areas[0].ID}, {Role: people.Planner, Area: areas[0].ID}}
	_, err = st.AddPerson(ctx, people.Person{Login: "soak", Name: "Soak", PasswordHash: hash, Grants: grants}, soakAct)
	s.must(err)
	s.middle = orb.Point{-75.55, 39.74}
	rnd := rand.New(rand.NewPCG(1, 1))
	zones := benchZones(rnd, 1000, 300)
	for i := range zones {
		zones[i].ID, zones[i].Calendar = 0, nil
		zones[i].Kind, zones[i].Name = zone.NoDog, map[string]string{"en": fmt.Sprint("Elsewhere ", i), "zh-CN": fmt.Sprint("别处", i)}
		for _, ring := range zones[i].Ground[0] {
			for k := range ring {
				ring[k][1]++ // 111 km to the north, where nobody goes
			}
		}
	}
	square := orb.Ring{}
	for _, c := range [][2]float64{{-150, -150}, {150, -150}, {150, 150}, {-150, 150}, {-150, -150}} {
		square = append(square, benchBy(s.middle, c[0], c[1]))
	}
	park := zones[0]
	park.Name, park.Ground = map[string]string{"en": "Park", "zh-CN": "公园"}, orb.MultiPolygon{{square}}
	added, err := st.AddZones(ctx, append([]zone.Zone{park}, zones[1:]...), soakAct)
	s.must(err)
	s.park = added[0].ID
	secret, err := register.HashSecret(soakSecret)
	s.must(err)
	var adding sync.WaitGroup
	for k := range soakSenders { // that many share a commit
		adding.Go(func() {
			for i := k; i < *soakTrackers; i += soakSenders {
				dog, err := st.AddDog(ctx, register.Dog{Name: fmt.Sprint("Dog ", i), Licence: fmt.Sprint("S-", i), Owner: "Somebody", Area: areas[0].ID}, soakAct)
				if err == nil {
					_, err = st.AddDevice(ctx, register.Device{ID: soakDevice(i), Class: register.DogTag, Protocol: "json", Subject: register.DogSubject(dog.ID), SecretHash: secret}, soakAct)
				}
				if err != nil {
					s.t.Error(err)
					return
				}
			}
		})
	}
	adding.Wait()
}

// plan draws who goes into the zone when: one in a hundred, for a quarter of the time.
func (s *soaking) plan() {
	rnd := rand.New(rand.NewPCG(2, 2))
	s.visits, s.ackedOf = make([]stay, *soakTrackers), make(map[int]int)
	for i := range s.visits {
		if i%100 == 0 {
			from := s.begin.Add(time.Duration((0.05 + 0.5*rnd.Float64()) * float64(*soak)))
			s.visits[i] = stay{from, from.Add(*soak / 4)}
		}
	}
}

// at is where a tracker is: 2 km or more from the zone; or, of one that goes there,
// waiting 300 m from its border, coming in at 10 m/s to its middle, going out again.
func (s *soaking) at(i int, now time.Time) orb.Point {
	if v := s.visits[i]; !v.from.IsZero() {
		in := min(now.Sub(v.from), v.to.Sub(now)).Seconds() // since the border, or until it
		return benchBy(s.middle, max(0, min(450, 150-10*in)), float64(i%11)*5-25)
	}
	walk := float64(now.Unix()%600) * 0.5
	return benchBy(s.middle, 2000+float64(i%400)*20+walk, float64(i/400)*40-1000)
}

func (s *soaking) serve() {
	s.server = exec.Command(os.Args[0], "serve", "--data", s.dir, "--listen", s.addr, "--json")
	s.server.Env = append(os.Environ(), serveEnv+"=1")
	s.server.Stderr = &s.log
	out, err := s.server.StdoutPipe()
	s.must(err)
	s.must(s.server.Start())
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		s.t.Fatalf("the server doesn't start: %v, %s\n%s", err, line, s.log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.cookie.Load() == nil {
		s.signIn()
	}
}

func (s *soaking) signIn() {
	resp, err := http.Post("http://"+s.addr+"/api/session", "application/json", strings.NewReader(`{"login":"soak","password":"`+soakPassword+`"}`))
	s.must(err)
	defer resp.Body.Close()
	var pairs []string
	for _, c := range resp.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	if resp.StatusCode != http.StatusOK || len(pairs) == 0 {
		s.t.Fatalf("signing in: %d", resp.StatusCode)
	}
	cookie := strings.Join(pairs, "; ")
	s.cookie.Store(&cookie)
}

// report has each tracker say where it is, until it is told that that is stored.
func (s *soaking) report(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: soakSenders}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	type due struct {
		i  int
		at time.Time
	}
	queue := make(chan due, 4*soakSenders)
	var senders sync.WaitGroup
	// A tracker's reports go by one sender, so that they come in their order.
	lanes := make([]chan due, soakSenders)
	for k := range lanes {
		lanes[k] = make(chan due, 4096)
		senders.Go(func() {
			for d := range lanes[k] {
				s.send(client, d.i, d.at)
			}
		})
	}
	go func() {
		defer close(queue)
		next := make([]time.Time, *soakTrackers)
		for i := range next {
			next[i] = s.begin.Add(time.Duration(i) * soakPeriod / time.Duration(*soakTrackers))
		}
		for now := s.begin; now.Before(s.end); now = now.Add(100 * time.Millisecond) {
			time.Sleep(time.Until(now))
			for i := range next {
				if next[i].After(now) {
					continue
				}
				period := soakPeriod
				if !s.visits[i].from.IsZero() {
					period = soakQuick
				}
				select {
				case queue <- due{i, next[i]}:
				case <-ctx.Done():
					return
				}
				next[i] = next[i].Add(period)
			}
		}
	}()
	for d := range queue {
		lanes[d.i%soakSenders] <- d
	}
	for _, l := range lanes {
		close(l)
	}
	senders.Wait()
}

func (s *soaking) send(client *http.Client, i int, at time.Time) {
	p := s.at(i, at)
	body := fmt.Sprintf(`{"fixes":[{"t":%q,"lon":%.6f,"lat":%.6f,"accuracy_m":5}]}`, at.UTC().Format(time.RFC3339Nano), p[0], p[1])
	for try := 0; ; try++ {
		var told struct{ Verdicts []struct{ Stored bool } }
		req, _ := http.NewRequest(http.MethodPost, "http://"+s.addr+"/api/fixes", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.SetBasicAuth(string(soakDevice(i)), soakSecret)
		resp, err := client.Do(req)
		if err == nil {
			raw, err2 := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err2 == nil && resp.StatusCode == http.StatusOK && json.Unmarshal(raw, &told) == nil && len(told.Verdicts) == 1 && told.Verdicts[0].Stored {
				s.mu.Lock()
				s.ackedOf[i]++
				s.mu.Unlock()
				s.acked.Add(1)
				return
			}
			s.mu.Lock()
			s.lastRefusal = fmt.Sprintf("%d %s", resp.StatusCode, raw)
			s.mu.Unlock()
		}
		s.again.Add(1)
		if time.Now().After(s.end.Add(time.Minute)) {
			s.mu.Lock()
			s.t.Errorf("tracker %d was never answered: %v, %s", i, err, s.lastRefusal)
			s.mu.Unlock()
			return
		}
		time.Sleep(time.Duration(min(50<<min(try, 6), 2000)) * time.Millisecond)
	}
}

// edit adds zones and takes them away, where nobody goes: all others are compiled anew
// beside the fixes.
func (s *soaking) edit(ctx context.Context) {
	do := func(method, path, body, match string) ([]byte, error) {
		req, _ := http.NewRequestWithContext(ctx, method, "http://"+s.addr+path, strings.NewReader(body))
		req.Header.Set("Cookie", *s.cookie.Load())
		req.Header.Set("Content-Type", "application/json")
		if match != "" {
			req.Header.Set("If-Match", match)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err == nil && resp.StatusCode >= 300 {
			err = fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, raw)
		}
		return raw, err
	}
	var worst error
	for n := 0; ctx.Err() == nil; n++ {
		x := -75.55 + float64(n%100)*0.003
		body := fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[%[1]f,40.9],[%[2]f,40.9],[%[2]f,40.902],[%[1]f,40.902],[%[1]f,40.9]]]},
			"properties":{"name":{"en":"Edit %[3]d","zh-CN":"改%[3]d"},"kind":"no-dog","rule":{"kind":"inside-while-active"},"classes":["dog"]}}`, x, x+0.002, n)
		if raw, err := do(http.MethodPost, "/api/zones", body, ""); err != nil {
			worst = err
		} else {
			s.edits.Add(1)
			var made struct {
				ID         int64
				Properties struct{ Version int64 }
			}
			if n%2 == 1 && json.Unmarshal(raw, &made) == nil {
				if _, err := do(http.MethodDelete, fmt.Sprint("/api/zones/", made.ID), "", fmt.Sprintf("%q", fmt.Sprint(made.Properties.Version))); err != nil {
					worst = err
				} else {
					s.edits.Add(1)
				}
			}
		}
		select {
		case <-time.After(soakEdit):
		case <-ctx.Done():
		}
	}
	if s.edits.Load() < 3 {
		s.t.Errorf("only %d edits of zones went through; the last that didn't: %v", s.edits.Load(), worst)
	}
}

// watch is an open map: it comes back after each break with what it has.
func (s *soaking) watch(ctx context.Context, i int) {
	seen := make(map[int64]int64)
	var since *int64
	scope := ""
	for ctx.Err() == nil {
		header := http.Header{"Origin": {"http://" + s.addr}, "Cookie": {*s.cookie.Load()}}
		conn, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+s.addr+"/api/live", header)
		if err != nil {
			time.Sleep(time.Duration(200+rand.IntN(800)) * time.Millisecond)
			continue
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		hello := map[string]any{"type": "hello", "binary": true, "counts": i%2 == 0, "view": map[string]any{"bounds": [4]float64{-75.6, 39.7, -75.4, 39.8}, "zoom": 11 + float64(i%4)}}
		if since != nil {
			hello["since"], hello["scope"] = *since, scope
		}
		err = conn.WriteJSON(hello)
		for err == nil {
			var kind int
			var raw []byte
			if kind, raw, err = conn.ReadMessage(); err != nil || kind != websocket.TextMessage {
				continue
			}
			var m struct {
				Type, Scope string
				Seq         int64
				Alert       struct{ ID, Seq int64 }
				Alerts      *[]struct{ ID, Seq int64 }
			}
			if bytes.HasPrefix(raw, []byte(`{"type":"units"`)) || bytes.HasPrefix(raw, []byte(`{"type":"gone"`)) {
				continue
			}
			if err = json.Unmarshal(raw, &m); err != nil {
				break
			}
			switch m.Type {
			case "welcome":
				scope = m.Scope
				if since == nil {
					since = &m.Seq
				}
			case "snapshot":
				if m.Alerts != nil {
					for _, a := range *m.Alerts {
						seen[a.ID] = a.Seq
					}
				}
			case "alert":
				if m.Seq <= seen[m.Alert.ID] {
					s.t.Errorf("map %d is told alert %d of %d again", i, m.Alert.ID, m.Seq)
				}
				seen[m.Alert.ID] = m.Seq
				*since = max(*since, m.Seq)
			case "task":
				*since = max(*since, m.Seq)
			}
		}
		stop()
		_ = conn.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[i] = seen
}

func (s *soaking) resident() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.server.Process.Pid))
	if err != nil {
		s.t.Skip("no /proc here")
	}
	var size, pages int
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		s.t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// judge holds what is kept against the plan, and against a plain run of the judge.
func (s *soaking) judge() {
	t, ctx := s.t, s.t.Context()
	st, err := store.Open(s.dir, store.Options{})
	s.must(err)
	defer func() { s.must(st.Close()) }()
	kept, err := st.AlertsBetween(ctx, s.begin.Add(-time.Hour), time.Now().Add(time.Hour))
	s.must(err)
	devices, err := st.Devices(ctx)
	s.must(err)
	zones, err := st.Zones(ctx)
	s.must(err)
	rules, err := fence.Compile(zones, nil)
	s.must(err)
	plain, err := fence.New(rules, fence.Config{})
	s.must(err)
	want := map[fence.Key]alert.Alert{}
	heard := map[int64][]time.Time{} // of who goes into the zone
	for _, d := range devices {
		var i int
		if n, _ := fmt.Sscanf(string(d.ID), "soak-%d", &i); n != 1 {
			continue
		}
		state := fence.NewState(ingest.TrackerID(d.ID), fence.Subject(d.Subject))
		stored := 0
		var told []fence.Breach
		s.must(st.Fixes(ctx, ingest.TrackerID(d.ID), time.Time{}, time.Time{}, func(f ingest.Fix) bool {
			stored++
			if !s.visits[i].from.IsZero() {
				heard[d.Subject.ID] = append(heard[d.Subject.ID], f.Time)
			}
			news, _ := plain.Fix(state, f)
			told = append(told, news...)
			return true
		}))
		if stored < s.ackedOf[i] {
			t.Errorf("tracker %d: %d fixes are stored, %d were acknowledged", i, stored, s.ackedOf[i])
		}
		for _, b := range told {
			a, err := alert.Policy{}.Take(want[alert.Before(b)], b, nil)
			if errors.Is(err, alert.ErrQuiet) {
				continue
			}
			s.must(err)
			delete(want, alert.Before(b))
			want[a.Key] = a
		}
	}
	maps.DeleteFunc(want, func(_ fence.Key, a alert.Alert) bool { return a.Withdrawn })
	visitors := map[int64]stay{}
	for _, d := range devices {
		var i int
		if n, _ := fmt.Sscanf(string(d.ID), "soak-%d", &i); n == 1 && !s.visits[i].from.IsZero() {
			visitors[d.Subject.ID] = s.visits[i]
		}
	}
	latest := map[int64]int64{}
	found := 0
	for _, a := range kept {
		latest[int64(a.ID)] = a.Seq
		if a.Withdrawn {
			continue
		}
		found++
		w, ok := want[a.Key]
		if !ok || !w.Began.Equal(a.Began) || !w.Ended.Equal(a.Ended) || w.Grade != a.Grade {
			t.Errorf("kept %v %v to %v %v, the plain judge has %v to %v %v", a.Key, a.Began, a.Ended, a.Grade, w.Began, w.Ended, w.Grade)
		}
		v, ok := visitors[a.Key.Subject.ID]
		reports := heard[a.Key.Subject.ID]
		if !ok || a.Key.Zone != s.park || !soon(a.Began, v.from, reports) || !soon(a.Ended, v.to, reports) {
			t.Errorf("kept %v %v to %v, it was there from %v to %v", a.Key, a.Began, a.Ended, v.from, v.to)
		}
		delete(visitors, a.Key.Subject.ID)
	}
	t.Logf("%d alerts are kept, %d by the plain judge, %d visits have none", found, len(want), len(visitors))
	if found != len(want) || len(visitors) > 0 || found == 0 {
		t.Errorf("%d alerts, want %d; %d visits have none", found, len(want), len(visitors))
	}
	behind := 0
	for _, seen := range s.seen {
		for id, seq := range latest {
			if seen[id] != seq {
				behind++
				break
			}
		}
	}
	if behind > 0 {
		t.Errorf("%d of %d maps lack the latest state of an alert", behind, len(s.seen))
	}
	if t.Failed() {
		t.Logf("the server said, at its end:\n%s", tail(s.log.String(), 3000))
	}
}

// soon tells if at is two reports from an instant at most: while a server is killed
// and starts again a tracker gets nothing through, and what it does then is seen by
// its next two reports.
func soon(at, instant time.Time, reports []time.Time) bool {
	latest := instant.Add(2 * soakQuick)
	if first := sort.Search(len(reports), func(i int) bool { return reports[i].After(instant) }); first+1 < len(reports) && reports[first+1].After(latest) {
		latest = reports[first+1]
	}
	return !at.Before(instant.Add(-2*soakQuick)) && !at.After(latest)
}

func tail(text string, n int) string { return text[max(0, len(text)-n):] }
