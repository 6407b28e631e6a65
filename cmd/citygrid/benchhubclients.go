package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/live/hub"

	"github.com/gorilla/websocket"
)

// benchHubClientsCmd is the maps of bench hub, which runs it.
type benchHubClientsCmd struct {
	Addr     string `required:""`
	Clients  int    `required:""`
	Trackers int    `required:""`
}

// benchSeen is what all maps together saw while it was measured. Bytes, positions and
// latencies are of a sample of them.
type benchSeen struct {
	P50Ms, P99Ms     float64
	Bytes, Positions int64
	Alerts           int
	Cut              int
}

// Run opens the maps, says so, and measures between two lines of its standard
// input: measure, and stop with how many alerts all maps together should have. It
// ends with that, too.
func (c *benchHubClientsCmd) Run(e *env) error {
	m := &openMaps{conns: make(map[*openMap]*websocket.Conn), sample: max(1, c.Clients/200)}
	rnd := rand.New(rand.NewPCG(8, 8))
	defer m.close()
	hellos := make([]string, c.Clients)
	for i := range hellos {
		hellos[i] = benchView(rnd, c.Trackers)
	}
	var opening sync.WaitGroup
	var failed atomic.Pointer[error]
	for k := range 32 { // side by side
		opening.Go(func() {
			for i := k; i < len(hellos) && failed.Load() == nil; i += 32 {
				if err := m.open(e, c.Addr, hellos[i], i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	opening.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	if _, err := fmt.Fprintln(e.stdout, "ready"); err != nil {
		return err
	}
	words := bufio.NewScanner(e.stdin)
	for words.Scan() {
		word, number, _ := strings.Cut(words.Text(), " ")
		if word == "measure" {
			m.measuring.Store(true)
			if _, err := fmt.Fprintln(e.stdout, "measuring"); err != nil {
				return err
			}
			continue
		}
		alerts, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("%q: %w", words.Text(), err)
		}
		m.measuring.Store(false)
		for late := time.Now().Add(10 * time.Second); m.alerts.Load() < alerts && time.Now().Before(late); { // the last are on their way
			time.Sleep(10 * time.Millisecond)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		return json.NewEncoder(e.stdout).Encode(benchSeen{
			P50Ms: quantileMs(m.latencies, 0.5), P99Ms: quantileMs(m.latencies, 0.99), Bytes: m.bytes, Positions: m.positions,
			Alerts: int(m.alerts.Load()), Cut: int(m.cut.Load()),
		})
	}
	return errors.New("the server ended before it said stop")
}

// benchView is the hello of a map somewhere in the city that shows about 500 units,
// or all of them: whole steps of the server's, so that it doesn't widen it.
func benchView(rnd *rand.Rand, trackers int) string {
	side := 30_000 * math.Sqrt(min(1, 500/float64(trackers)))
	metresPerDegree := 111_195 * math.Cos(benchCentre[1]*math.Pi/180)
	zoom := math.Floor(math.Log2(180 * 3 * metresPerDegree / side))
	step := 180 / math.Exp2(zoom)
	west := math.Round((benchCentre[0]+((30_000-side)*rnd.Float64()-15_000)/metresPerDegree)/step) * step
	south := math.Round((benchCentre[1]+((30_000-side)*rnd.Float64()-15_000)/111_195)/step) * step
	wide, high := math.Round(side/metresPerDegree/step)*step, math.Round(side/111_195/step)*step
	if trackers <= 500 {
		return `{"type":"hello","binary":true}`
	}
	return fmt.Sprintf(`{"type":"hello","binary":true,"view":{"bounds":[%v,%v,%v,%v],"zoom":%v}}`, west, south, west+max(wide, step), south+max(high, step), zoom)
}

// openMaps are the open maps.
type openMaps struct {
	sample    int // one in so many is measured
	measuring atomic.Bool
	alerts    atomic.Int64
	cut       atomic.Int64 // how often one had to come back
	reading   sync.WaitGroup

	mu               sync.Mutex
	conns            map[*openMap]*websocket.Conn
	closed           bool
	latencies        []time.Duration
	bytes, positions int64
}

// open opens map i for the first time.
func (m *openMaps) open(e *env, addr, hello string, i int) error {
	k := &openMap{all: m, addr: addr, hello: hello, sampled: i%m.sample == 0}
	if err := k.dial(e.ctx); err != nil {
		return fmt.Errorf("map %d: %w", i, err)
	}
	m.reading.Go(func() { k.read(e.ctx) })
	return nil
}

// An openMap comes back where it left off, as a map does.
type openMap struct {
	all         *openMaps
	addr, hello string
	sampled     bool
	conn        *websocket.Conn

	seq   int64  // of the last alert
	scope string // of the last welcome
}

func (k *openMap) dial(ctx context.Context) error {
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+k.addr+"/", http.Header{"Origin": {"http://" + k.addr}})
	if err != nil {
		return err
	}
	k.all.mu.Lock()
	closed := k.all.closed
	k.all.conns[k] = conn
	k.all.mu.Unlock()
	if k.conn = conn; closed {
		conn.Close()
		return net.ErrClosed
	}
	hello := k.hello
	if k.scope != "" {
		hello = fmt.Sprintf(`%s,"since":%d,"scope":%q}`, hello[:len(hello)-1], k.seq, k.scope)
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
		return err
	}
	var welcome struct{ Scope string }
	if err := conn.ReadJSON(&welcome); err != nil { // the snapshot follows
		return err
	}
	k.scope = welcome.Scope
	return nil
}

// read reads until all maps are closed.
func (k *openMap) read(ctx context.Context) {
	for {
		k.follow()
		k.conn.Close()
		for wait := time.Second; ; wait *= 2 {
			sleep(ctx, wait/2+rand.N(wait))
			err := k.dial(ctx)
			if err == nil {
				break
			}
			if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
				return
			}
		}
		k.all.cut.Add(1)
	}
}

// follow reads until the connection ends.
func (k *openMap) follow() {
	var buf bytes.Buffer
	for {
		kind, r, err := k.conn.NextReader()
		if err != nil {
			return
		}
		buf.Reset()
		if _, err := io.Copy(&buf, r); err != nil {
			return
		}
		at, raw := time.Now(), buf.Bytes()
		if rest, ok := bytes.CutPrefix(raw, []byte(`{"type":"alert","seq":`)); ok {
			number, _, _ := bytes.Cut(rest, []byte(","))
			if seq, err := strconv.ParseInt(string(number), 10, 64); err == nil && seq > k.seq {
				k.seq = seq
				k.all.alerts.Add(1)
			}
		} else if kind == websocket.BinaryMessage && k.sampled && k.all.measuring.Load() {
			k.all.note(raw, at)
		}
	}
}

// note measures a frame of positions.
func (m *openMaps) note(raw []byte, at time.Time) {
	frame, err := hub.DecodePositions(raw)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += int64(len(raw))
	m.positions += int64(len(frame.Positions))
	for _, p := range frame.Positions {
		_, y := steps(p.At)
		late := (at.UnixMilli() - int64(y%stampSteps)) % stampSteps
		if late > stampSteps*3/4 { // not later than that: a clock's millisecond
			late -= stampSteps
		}
		m.latencies = append(m.latencies, time.Duration(max(late, 0))*time.Millisecond)
	}
}

func (m *openMaps) close() {
	m.mu.Lock()
	m.closed = true
	for _, c := range m.conns {
		c.Close()
	}
	m.mu.Unlock()
	m.reading.Wait()
}
