package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/dissect"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

type benchPathCmd struct {
	Data     string `help:"Data folder." default:"citygrid-data" type:"path"`
	Profile  string `help:"Who travels; citygrid profiles lists them." default:"car"`
	Profiles string `help:"File with profiles of your own." type:"path" placeholder:"FILE.toml"`
	Seed     uint64 `help:"Which places are drawn." default:"1"`
	Tables   int    `help:"How many tables of each size are made; the median counts." default:"5"`
	JSON     bool   `help:"Print JSON." name:"json"`
}

// benchPath is what is measured: wall times. Customising uses all cores, as the
// engine does; routes (with their snapping, without geometry) and tables use one.
type benchPath struct {
	ImportS     float64 `json:"import_s"` // by the import, as the map remembers
	OrderS      float64 `json:"order_s"`
	CustomizeMS float64 `json:"customize_ms"`
	CloseOneUS  float64 `json:"close_one_us_p99"`
	RouteP50    float64 `json:"route_us_p50"`
	RouteP99    float64 `json:"route_us_p99"`
	Table100    float64 `json:"table100_ms"`
	Table500    float64 `json:"table500_ms"`
	Table1000   float64 `json:"table1000_ms"`
	RSSMB       float64 `json:"rss_mb"` // with the map and one profile ready to serve
}

// Run measures. A folder without a map is bad input.
func (c *benchPathCmd) Run(e *env) error {
	if c.Tables < 1 || c.Tables > 1000 {
		return badInput(fmt.Errorf("--tables %d: want 1 to 1000", c.Tables))
	}
	profile, err := (&profileFlags{Data: c.Data, Profile: c.Profile, Profiles: c.Profiles}).chosen()
	if err != nil {
		return err
	}
	m, err := openCity(c.Data)
	if err != nil {
		return err
	}
	n := m.Network
	if n.Segments() == 0 {
		return badInput(errors.New("the map has no streets"))
	}
	b := benchPath{ImportS: m.Meta.ImportSeconds}
	b.OrderS = took(func() { dissect.Order(n.Parts()) }).Seconds()
	engine := path.NewEngine(n, profile)
	m = nil // the base map and the names are not part of the engine
	r := rand.New(rand.NewPCG(c.Seed, 1))

	slowed := make([]path.Change, n.Segments())
	for i := range slowed {
		slowed[i] = path.Change{Segment: street.SegmentID(i), Forward: true, Backward: true, SpeedKMH: 10 + 40*r.Float64()}
	}
	var customize []time.Duration
	for range 7 {
		customize = append(customize, took(func() { _, err = engine.With(slowed) }))
		if err != nil {
			return err
		}
	}
	b.CustomizeMS = milli(quantile(customize, 0.5))
	slowed = nil

	var closing, routes []time.Duration
	for range 2000 {
		closed := []path.Change{{Segment: street.SegmentID(r.IntN(n.Segments())), Forward: true, Backward: true}}
		closing = append(closing, took(func() { _, err = engine.With(closed) }))
		if err != nil {
			return err
		}
	}
	b.CloseOneUS = micro(quantile(closing, 0.99))

	somewhere := func() orb.Point { return drawPlace(n, engine, r) }
	for k := range 11_000 {
		q := path.Query{From: somewhere(), To: somewhere()}
		spent := took(func() { _, err = engine.Cost(e.ctx, q) })
		if err != nil && !errors.Is(err, path.ErrNoRoute) {
			return err
		}
		if k >= 1000 { // the caches are warm
			routes = append(routes, spent)
		}
	}
	b.RouteP50, b.RouteP99 = micro(quantile(routes, 0.5)), micro(quantile(routes, 0.99))

	for _, t := range []struct {
		size int
		ms   *float64
	}{{100, &b.Table100}, {500, &b.Table500}, {1000, &b.Table1000}} {
		if *t.ms, err = tableTime(e.ctx, engine, t.size, c.Tables, somewhere); err != nil {
			return err
		}
	}
	if b.RSSMB, err = residentMB(); err != nil {
		return err
	}
	runtime.KeepAlive(engine)
	if c.JSON {
		return json.NewEncoder(e.stdout).Encode(b)
	}
	_, err = fmt.Fprintf(e.stdout, `import %.1f s, order %.2f s, all speeds new %.1f ms, one street closed %.0f us (p99)
route %.0f us (p50), %.0f us (p99); tables %.1f ms (100), %.1f ms (500), %.1f ms (1000); memory %.0f MB
`, b.ImportS, b.OrderS, b.CustomizeMS, b.CloseOneUS, b.RouteP50, b.RouteP99, b.Table100, b.Table500, b.Table1000, b.RSSMB)
	return err
}

// drawPlace is a place some metres beside a street that the profile may travel.
func drawPlace(n *street.Network, engine *path.Engine, r *rand.Rand) orb.Point {
	var at orb.Point
	for range 1000 {
		id := street.SegmentID(r.IntN(n.Segments()))
		line := n.Line(id)
		at = line[r.IntN(len(line))]
		_, forward := engine.Along(id, true)
		_, backward := engine.Along(id, false)
		if forward || backward {
			break
		}
	}
	return orb.Point{at[0] + (r.Float64()-0.5)*2e-4, at[1] + (r.Float64()-0.5)*2e-4}
}

// tableTime is the median time of some tables of random points on one core.
func tableTime(ctx context.Context, engine *path.Engine, size, tables int, somewhere func() orb.Point) (ms float64, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var times []time.Duration
	for range tables {
		points := make([]orb.Point, size)
		for i := range points {
			points[i] = somewhere()
		}
		times = append(times, took(func() { _, err = engine.Table(ctx, points, points, 0) }))
		if err != nil {
			return 0, err
		}
	}
	return milli(quantile(times, 0.5)), nil
}

func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func quantile(times []time.Duration, q float64) time.Duration {
	slices.Sort(times)
	return times[min(len(times)-1, int(q*float64(len(times))))]
}

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }
func micro(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// residentMB is the memory that the process holds once what it doesn't need is
// given back.
func residentMB() (float64, error) {
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("memory in use: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("memory in use: no VmRSS in /proc/self/status")
}
