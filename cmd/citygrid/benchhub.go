package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/geo"
	"citygrid/live/hub"

	"github.com/paulmach/orb"
)

type benchHubCmd struct {
	Clients  int           `help:"Open maps, in a process of their own. Each shows as much of the city as holds 500 units." default:"10000"`
	Trackers int           `help:"Units in 30 x 30 km, each of which moves once a second." default:"10000"`
	Seconds  int           `help:"How long to measure, once all maps are open." default:"10"`
	Tick     time.Duration `help:"Time between two frames to a map; by default the server's." placeholder:"DURATION"`
	JSON     bool          `help:"Print one line of JSON." name:"json"`
}

// benchHub is what bench hub prints. cpu_cores is of the process that serves, and
// the latencies are from a unit's move to its being read by a map. lost_alerts counts
// alerts that a map should have had and had not.
type benchHub struct {
	CPUCores         float64 `json:"cpu_cores"`
	P50Ms            float64 `json:"p50_ms"`
	P99Ms            float64 `json:"p99_ms"`
	BytesPerPosition float64 `json:"bytes_per_position"`
	LostAlerts       int     `json:"lost_alerts"`
}

// Run serves maps over loopback and moves the units before them.
func (c *benchHubCmd) Run(e *env) (err error) {
	for _, bad := range []error{
		within("clients", c.Clients, 1, 19_000), within("trackers", c.Trackers, 1, 1_000_000), within("seconds", c.Seconds, 1, 3600),
	} {
		if bad != nil {
			return bad
		}
	}
	alerts := &benchAlerts{}
	h := hub.New(hub.Config{Log: alerts, Tick: c.Tick})
	ctx, stop := context.WithCancel(e.ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { h.Run(ctx) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	all := hub.Scope{All: true}
	rights := hub.Rights{Units: all, Dogs: all, CalmDogs: all, Alerts: all, Tasks: all}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Serve(w, r, hub.Viewer{Rights: rights, Recheck: func(context.Context) (hub.Rights, error) { return rights, nil }})
	})}
	running.Go(func() { _ = server.Serve(listener) })
	defer server.Close()
	defer stop() // before: a hub that ends says goodbye

	units := benchUnits(c.Trackers)
	for i := range units {
		h.Move(units[i].moved(time.Now()))
	}
	clients, err := startClients(e, listener.Addr().String(), c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clients.end()) }()
	running.Go(func() { drive(ctx, h, units) })
	give := time.AfterFunc(benchOpening, func() { _ = clients.cmd.Process.Kill() })
	err = clients.wait("ready")
	if give.Stop(); err != nil {
		return fmt.Errorf("opening the maps, for at most %v: %w", benchOpening, err)
	}
	sleep(ctx, time.Second)
	if err := errors.Join(clients.tell("measure"), clients.wait("measuring")); err != nil {
		return err
	}
	before, began := cpuTime(), time.Now()
	sent := 0
	for ctx.Err() == nil && time.Since(began) < time.Duration(c.Seconds)*time.Second {
		if time.Since(began) >= time.Duration(sent)*benchAlertEvery {
			alerts.add()
			h.Changed()
			sent++
		}
		sleep(ctx, 10*time.Millisecond)
	}
	used := (cpuTime() - before).Seconds() / time.Since(began).Seconds()
	if err := clients.tell("stop " + strconv.Itoa(sent*c.Clients)); err != nil {
		return err
	}
	var seen benchSeen
	if err := clients.result(&seen); err != nil {
		return err
	}
	if seen.Cut > 0 {
		fmt.Fprintf(e.stderr, "citygrid: %d times a map was cut off for being slow, and came back\n", seen.Cut)
	}
	return printResult(e.stdout, c.JSON, benchHub{
		CPUCores: digits(used, 3), P50Ms: seen.P50Ms, P99Ms: seen.P99Ms,
		BytesPerPosition: digits(float64(seen.Bytes)/float64(max(seen.Positions, 1)), 2), LostAlerts: sent*c.Clients - seen.Alerts,
	})
}

const (
	benchAlertEvery = 5 * time.Second
	benchOpening    = 2 * time.Minute
)

// sleep sleeps unless ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// A benchUnit stays in its place but for a few hundred metres, by which it tells
// when it moved: binary frames tell that to a tenth of a second only. One step is that
// of the frames, the height of the map divided by 2^28.
type benchUnit struct {
	hub.Unit
	x, y uint32 // steps from the north-west; y in whole stampSteps
}

// stampSteps is how many milliseconds a place can tell.
const stampSteps = 4096

func benchUnits(n int) []benchUnit {
	rnd := rand.New(rand.NewPCG(7, 7))
	out := make([]benchUnit, n)
	for i := range out {
		x, y := steps(benchPlace(rnd))
		out[i] = benchUnit{hub.Unit{
			ID: fmt.Sprint("o", i), Kind: "officer", Name: fmt.Sprint("Officer ", i), Duty: "on",
			Heading: geo.Degrees(rnd.IntN(360)), SpeedKmh: 4.5,
		}, x, y / stampSteps * stampSteps}
	}
	return out
}

// moved is the unit as it moves now.
func (u *benchUnit) moved(now time.Time) hub.Unit {
	v := u.Unit
	v.Time = now
	v.At = unsteps(u.x, u.y+uint32(now.UnixMilli()%stampSteps))
	return v
}

const stepsAcross = 1 << 28

func steps(p orb.Point) (x, y uint32) {
	sin := math.Sin(p[1] * math.Pi / 180)
	return uint32((p[0] + 180) / 360 * stepsAcross), uint32((0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)) * stepsAcross)
}

func unsteps(x, y uint32) orb.Point {
	lat := math.Atan(math.Sinh(math.Pi*(1-2*(float64(y)+0.5)/stepsAcross))) * 180 / math.Pi
	return orb.Point{(float64(x)+0.5)/stepsAcross*360 - 180, lat}
}

// drive moves each unit once a second, a hundredth of them every 10 ms.
func drive(ctx context.Context, h *hub.Hub, units []benchUnit) {
	const parts = 100
	tick := time.NewTicker(time.Second / parts)
	defer tick.Stop()
	for part := 0; ; part = (part + 1) % parts {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		for i := part; i < len(units); i += parts {
			h.Move(units[i].moved(now))
		}
	}
}

// benchAlerts are a hub.Log in memory.
type benchAlerts struct{ n atomic.Int64 }

func (a *benchAlerts) add() { a.n.Add(1) }

// Open implements hub.Log.
func (a *benchAlerts) Open(context.Context) ([]hub.Event, int64, error) { return nil, a.n.Load(), nil }

// Since implements hub.Log.
func (a *benchAlerts) Since(_ context.Context, seq int64) (events []hub.Event, upTo int64, err error) {
	upTo = a.n.Load()
	for s := seq + 1; s <= upTo; s++ {
		events = append(events, hub.Event{
			Seq: s, Kind: hub.KindAlert, ID: s, Open: true, At: benchCentre, Body: json.RawMessage(`{"id":` + strconv.FormatInt(s, 10) + `}`),
		})
	}
	return events, upTo, nil
}

// benchClients is the process with the maps.
type benchClients struct {
	cmd *exec.Cmd
	in  interface {
		Write([]byte) (int, error)
		Close() error
	}
	out *bufio.Reader
}

func startClients(e *env, addr string, c *benchHubCmd) (*benchClients, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(e.ctx, self, "bench", "hub-clients", "--addr", addr, "--clients", strconv.Itoa(c.Clients), "--trackers", strconv.Itoa(c.Trackers))
	cmd.Stderr = e.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &benchClients{cmd, in, bufio.NewReader(out)}, cmd.Start()
}

func (b *benchClients) wait(word string) error {
	line, err := b.out.ReadString('\n')
	if err == nil && line != word+"\n" {
		err = fmt.Errorf("they say %q", line)
	}
	if err != nil {
		return fmt.Errorf("the maps' process: want %q: %w", word, err)
	}
	return nil
}

func (b *benchClients) tell(word string) error {
	_, err := b.in.Write([]byte(word + "\n"))
	return err
}

func (b *benchClients) result(to any) error {
	line, err := b.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the maps' process gave no result: %w", err)
	}
	return json.Unmarshal(line, to)
}

// end ends the process if it hasn't yet.
func (b *benchClients) end() error {
	_ = b.in.Close()
	return b.cmd.Wait()
}
