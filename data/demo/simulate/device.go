package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Fix is one position that a device tells.
type Fix struct {
	T         time.Time `json:"t"`
	Lon       float64   `json:"lon"`
	Lat       float64   `json:"lat"`
	AccuracyM float64   `json:"accuracy_m"`
	SpeedKmh  float64   `json:"speed_kmh"`
	Course    float64   `json:"course"`
	Battery   float64   `json:"battery"`
}

// A span of time to draw from.
type span struct{ least, most time.Duration }

func (s span) draw(rng *rand.Rand) time.Duration {
	return s.least + time.Duration(rng.Int64N(int64(s.most-s.least)+1))
}

// A habit is how a kind of device reports.
type habit struct {
	protocol string // osmand, owntracks, json
	moving   span   // between two fixes
	resting  span
	batch    time.Duration // sends what it has so often; 0 = at once
	gaps     float64       // chance at each fix that it is out of coverage from then on
	noise    [2]float64    // least and most metres along each axis
}

var (
	phoneHabit = habit{protocol: "osmand", moving: span{8 * time.Second, 12 * time.Second}, resting: span{25 * time.Second, 40 * time.Second}, gaps: 0.0005, noise: [2]float64{4, 8}}
	truckHabit = habit{protocol: "json", moving: span{5 * time.Second, 5 * time.Second}, resting: span{60 * time.Second, 60 * time.Second}, batch: 15 * time.Second, noise: [2]float64{3, 6}}
	// Half of the tags send each fix by itself, half collect some.
	tagHabits = [2]habit{
		{protocol: "owntracks", moving: span{20 * time.Second, 60 * time.Second}, resting: span{3 * time.Minute, 7 * time.Minute}, gaps: 0.01, noise: [2]float64{5, 12}},
		{protocol: "json", moving: span{20 * time.Second, 45 * time.Second}, resting: span{4 * time.Minute, 9 * time.Minute}, batch: 75 * time.Second, gaps: 0.01, noise: [2]float64{5, 12}},
	}
)

// gapLength is how long a device is out of coverage.
var gapLength = span{2 * time.Minute, 8 * time.Minute}

// Limits of a device's memory and of one message.
const (
	maxOutbox = 2000
	maxBatch  = 200
)

// stalled is how far behind its time a device may be and still tell all it would
// have: past that, as after a night that is left out, it goes on from now.
const stalled = 15 * time.Minute

// A place is where a device is. on is false while it tells nothing.
type place struct {
	at     orb.Point
	speed  float64 // m/s
	course geo.Degrees
	on     bool
}

// A device samples where its bearer is, and keeps that until the server has it.
type device struct {
	habit
	id    string
	where func(time.Time) place
	class string // of the register: phone, vehicle, dog-tag
	of    subject

	// owned by the loop that samples
	rng     *rand.Rand
	error   *Noise
	due     time.Time
	silent  time.Time // out of coverage until then
	battery float64

	mu     sync.Mutex // guards the rest
	secret string
	outbox []Fix // by time
	queued bool  // among those to be sent, or being sent
}

type subject struct {
	Class string `json:"class"`
	ID    int64  `json:"id"`
}

func newDevice(id string, h habit, seed uint64, where func(time.Time) place) *device {
	rng := lot(seed, id, time.Time{})
	sigma := h.noise[0] + (h.noise[1]-h.noise[0])*rng.Float64()
	return &device{habit: h, id: id, where: where, rng: rng, error: NewNoise(sigma, rng), battery: 0.6 + 0.4*rng.Float64()}
}

// sample takes what fixes are due by now, and tells if something is to be sent.
func (d *device) sample(now time.Time) bool {
	if d.due.IsZero() || now.Sub(d.due) > stalled {
		d.due = now.Add(time.Duration(d.rng.Int64N(int64(d.moving.most)))) // not all at once
	}
	for !d.due.After(now) {
		t := d.due
		p := d.where(t)
		every := d.resting
		if p.speed > 0 {
			every = d.moving
		}
		d.due = t.Add(every.draw(d.rng))
		if !p.on {
			d.error.At(p.at, t)
			continue
		}
		covered := !t.Before(d.silent)
		if covered && d.rng.Float64() < d.gaps {
			d.silent = t.Add(gapLength.draw(d.rng))
		}
		if !covered && d.batch == 0 {
			continue // it has no memory for what it couldn't tell
		}
		d.keep(d.fix(p, t))
	}
	return d.ready(now)
}

func (d *device) fix(p place, t time.Time) Fix {
	at, accuracy := d.error.At(p.at, t)
	d.battery = max(0.15, d.battery-0.0001)
	speed := max(0, p.speed*3.6*(1+0.1*d.rng.NormFloat64()))
	return Fix{
		T: t.UTC().Truncate(time.Second), Lon: round(at[0], 1e6), Lat: round(at[1], 1e6), AccuracyM: round(float64(accuracy), 10),
		SpeedKmh: round(speed, 10), Course: round(float64(p.course), 10), Battery: round(d.battery, 100),
	}
}

func round(v, parts float64) float64 { return float64(int64(v*parts+0.5*sign(v))) / parts }

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

func (d *device) keep(f Fix) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.outbox) >= maxOutbox {
		d.outbox = d.outbox[1:] // the oldest: its memory is full
	}
	d.outbox = append(d.outbox, f)
}

// ready tells, once, that what the device has is to be sent.
func (d *device) ready(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.queued || len(d.outbox) == 0 || d.secret == "" {
		return false
	}
	if d.batch > 0 && (now.Before(d.silent) || now.Sub(d.outbox[0].T) < d.batch && len(d.outbox) < maxBatch) {
		return false
	}
	d.queued = true
	return true
}

// message is the next request and how many fixes it carries.
func (d *device) message(base string) (build func() (*http.Request, error), n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.outbox) == 0 {
		return nil, 0
	}
	f, secret := d.outbox[0], d.secret
	switch d.protocol {
	case "osmand":
		form := url.Values{
			"id": {d.id}, "timestamp": {strconv.FormatInt(f.T.Unix(), 10)}, "lat": {text(f.Lat)}, "lon": {text(f.Lon)},
			"speed": {text(round(f.SpeedKmh/1.852, 100))}, "bearing": {text(f.Course)}, "accuracy": {text(f.AccuracyM)}, "batt": {text(f.Battery * 100)},
		}.Encode()
		return func() (*http.Request, error) {
			req, err := http.NewRequest(http.MethodPost, base+"/osmand", strings.NewReader(form))
			if err != nil {
				return nil, err
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("X-Device-Secret", secret)
			return req, nil
		}, 1
	case "owntracks":
		body, _ := json.Marshal(map[string]any{ // numbers and text: no error
			"_type": "location", "tid": d.id[max(0, len(d.id)-2):], "tst": f.T.Unix(), "lat": f.Lat, "lon": f.Lon,
			"acc": f.AccuracyM, "vel": int(f.SpeedKmh + 0.5), "cog": int(f.Course), "batt": int(f.Battery * 100),
		})
		return func() (*http.Request, error) {
			req, err := http.NewRequest(http.MethodPost, base+"/owntracks", bytes.NewReader(body))
			if err != nil {
				return nil, err
			}
			req.Header.Set("Content-Type", "application/json")
			req.SetBasicAuth(d.id, secret)
			return req, nil
		}, 1
	}
	n = min(len(d.outbox), maxBatch)
	body, _ := json.Marshal(map[string]any{"fixes": d.outbox[:n]})
	return func() (*http.Request, error) {
		req, err := http.NewRequest(http.MethodPost, base+"/api/fixes", bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+d.id+":"+secret)
		return req, nil
	}, n
}

func text(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// rateLimited is the one verdict after which a fix is sent again.
const rateLimited = "rate-limited"

// deliver sends what the device has, until that is nothing, or until more of a
// batch is to come. What is not acknowledged stays.
func (d *device) deliver(ctx context.Context, l *link, count *counts) {
	defer func() {
		d.mu.Lock()
		d.queued = false
		d.mu.Unlock()
	}()
	for {
		build, n := d.message(l.url)
		if n == 0 {
			return
		}
		status, body, err := l.call(ctx, l.http, build)
		if err != nil {
			return // ctx ended
		}
		switch {
		case status == http.StatusUnauthorized:
			d.mu.Lock()
			d.secret = "" // another is asked for
			d.mu.Unlock()
			return
		case status >= 300:
			count.refuse(l.log, d.protocol, fmt.Sprintf("status %d", status))
			d.forget(n, nil)
			continue
		}
		again := d.forget(n, verdicts(body))
		count.stored.Add(int64(n - again))
		if again > 0 && sleep(ctx, time.Second) != nil {
			return
		}
	}
}

type verdict struct {
	Stored bool   `json:"stored"`
	Why    string `json:"why"`
}

// verdicts reads what the server says of each fix; OwnTracks' answer says nothing.
func verdicts(body []byte) []verdict {
	var list []verdict
	if json.Unmarshal(body, &list) == nil {
		return list
	}
	var wrapped struct {
		Verdicts []verdict `json:"verdicts"`
	}
	_ = json.Unmarshal(body, &wrapped)
	return wrapped.Verdicts
}

// forget drops the first n fixes but those that are to be sent again, and says
// how many these are.
func (d *device) forget(n int, said []verdict) (again int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var keep []Fix
	for i, f := range d.outbox[:min(n, len(d.outbox))] {
		if i < len(said) && !said[i].Stored && said[i].Why == rateLimited {
			keep = append(keep, f)
		}
	}
	d.outbox = append(keep, d.outbox[min(n, len(d.outbox)):]...)
	return len(keep)
}

// waiting is a copy of what isn't acknowledged.
func (d *device) waiting() []Fix {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Fix(nil), d.outbox...)
}

// counts are what the log tells at the end.
type counts struct {
	stored atomic.Int64

	mu      sync.Mutex
	refused map[string]bool // told already
}

func (c *counts) refuse(log *slog.Logger, protocol, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := protocol + " " + why
	if c.refused == nil {
		c.refused = map[string]bool{}
	}
	if !c.refused[key] {
		c.refused[key] = true
		log.Warn("the server refuses what devices send", "protocol", protocol, "why", why)
	}
}
