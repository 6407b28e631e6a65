package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
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
}

// Run opens the maps, says so, and measures between two words of its standard
// input. It ends with that, too.
func (c *benchHubClientsCmd) Run(e *env) error {
	m := &openMaps{sample: max(1, c.Clients/200)}
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
		switch words.Text() {
		case "measure":
			m.measuring.Store(true)
		case "stop":
			m.mu.Lock()
			seen := benchSeen{
				P50Ms: quantileMs(m.latencies, 0.5), P99Ms: quantileMs(m.latencies, 0.99), Bytes: m.bytes, Positions: m.positions,
				Alerts: int(m.alerts.Load()),
			}
			m.mu.Unlock()
			return json.NewEncoder(e.stdout).Encode(seen)
		}
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
	reading   sync.WaitGroup

	mu               sync.Mutex
	conns            []*websocket.Conn
	latencies        []time.Duration
	bytes, positions int64
}

func (m *openMaps) open(e *env, addr, hello string, i int) error {
	conn, _, err := websocket.DefaultDialer.DialContext(e.ctx, "ws://"+addr+"/", http.Header{"Origin": {"http://" + addr}})
	if err != nil {
		return fmt.Errorf("map %d: %w", i, err)
	}
	m.mu.Lock()
	m.conns = append(m.conns, conn)
	m.mu.Unlock()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
		return fmt.Errorf("map %d: %w", i, err)
	}
	if _, _, err := conn.ReadMessage(); err != nil { // welcome; the snapshot follows
		return fmt.Errorf("map %d: %w", i, err)
	}
	m.reading.Go(func() { m.read(conn, i%m.sample == 0) })
	return nil
}

func (m *openMaps) read(conn *websocket.Conn, sampled bool) {
	var buf bytes.Buffer
	for {
		kind, r, err := conn.NextReader()
		if err != nil {
			return
		}
		buf.Reset()
		if _, err := io.Copy(&buf, r); err != nil {
			return
		}
		at, raw := time.Now(), buf.Bytes()
		if !m.measuring.Load() {
			continue
		}
		switch {
		case bytes.HasPrefix(raw, []byte(`{"type":"alert"`)):
			m.alerts.Add(1)
		case kind == websocket.BinaryMessage && sampled:
			m.note(raw, at)
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
	for _, c := range m.conns {
		c.Close()
	}
	m.mu.Unlock()
	m.reading.Wait()
}
