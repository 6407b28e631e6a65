package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// BenchmarkLive is 300 units that move once a second before viewers of the same
// view, clients and server in one process. It prints the latency from Move to the
// viewer, which has half a tick in it, bytes a position, and the CPU time of both
// sides together.
func BenchmarkLive(b *testing.B) {
	for _, binary := range []bool{false, true} {
		for _, clients := range []int{50, 500} {
			b.Run(fmt.Sprintf("clients=%d/binary=%v", clients, binary), func(b *testing.B) { benchmarkLive(b, clients, 300, binary) })
		}
	}
}

func benchmarkLive(b *testing.B, clients, units int, binary bool) {
	s := serve(b, Config{Tick: 250 * time.Millisecond, Queue: 1024}, all)
	move := func() {
		for u := range units {
			x := unitAt(fmt.Sprint("unit", u), -75.6+0.0003*float64(u), 39.7+0.00001*float64(time.Now().UnixMilli()%1000))
			x.Name, x.Heading, x.SpeedKmh, x.Time = fmt.Sprint("Officer ", u), 90, 4.5, time.Now()
			s.Move(x)
		}
	}
	move()
	s.settled()
	var read, positions atomic.Int64
	var mu sync.Mutex
	var latencies []time.Duration
	var wg sync.WaitGroup
	var sockets []socket
	hello := `{"type":"hello","binary":` + fmt.Sprint(binary) + `,"view":{"bounds":[-75.7,39.6,-75.4,39.8],"zoom":12}}`
	for i := range clients {
		k := dial(b, s, hello)
		k.want("snapshot")
		sockets = append(sockets, k)
		wg.Go(func() {
			for {
				_ = k.SetReadDeadline(time.Now().Add(20 * time.Second))
				kind, r, err := k.NextReader()
				if err != nil {
					return
				}
				raw, err := io.ReadAll(r)
				if err != nil {
					return
				}
				n, at := countPositions(kind, raw)
				if n == 0 {
					continue
				}
				read.Add(int64(len(raw)))
				positions.Add(int64(n))
				if i%50 == 0 {
					mu.Lock()
					latencies = append(latencies, time.Since(at))
					mu.Unlock()
				}
			}
		})
	}
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	rounds := 0
	b.ResetTimer()
	start := time.Now()
	for b.Loop() {
		move()
		rounds++
		time.Sleep(time.Second)
	}
	took := time.Since(start)
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	for _, k := range sockets {
		k.Close()
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(latencies)
	if len(latencies) == 0 || positions.Load() == 0 {
		b.Fatal("nothing arrived")
	}
	cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	b.ReportMetric(float64(latencies[len(latencies)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(latencies[len(latencies)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(read.Load())/float64(positions.Load()), "bytes/position")
	b.ReportMetric(float64(positions.Load())/float64(rounds*clients*units), "share")
	b.ReportMetric(cpu.Seconds()/took.Seconds(), "cores")
}

// countPositions counts the positions of a frame; at is when the oldest was moved.
func countPositions(kind int, raw []byte) (n int, at time.Time) {
	if kind == websocket.BinaryMessage {
		f, err := DecodePositions(raw)
		if err != nil || len(f.Positions) == 0 {
			return 0, at
		}
		return len(f.Positions), f.Positions[0].Time
	}
	if !bytes.HasPrefix(raw, []byte(`{"type":"units"`)) {
		return 0, at
	}
	i := bytes.Index(raw, []byte(`"at":`))
	var first struct{ T time.Time }
	j := bytes.Index(raw[i:], []byte(`"t":"`)) + i + 4
	if json.Unmarshal(fmt.Appendf(nil, `{"T":%s}`, raw[j:j+bytes.IndexByte(raw[j+1:], '"')+2]), &first) != nil {
		return 0, at
	}
	return bytes.Count(raw, []byte(`"id":`)), first.T
}
