// Package listen takes in what trackers send by other ways than HTTP: frames over
// TCP, messages over MQTT.
//
// What a device is told is kept: it gets its answer when its positions are on the
// disk, or when they never will be (off shift, a clock that is wrong). Who doesn't get
// one sends again.
//
// A device must be in the registry with the protocol that it speaks, and what proves
// that it is the one it says is as good as the protocol allows: in MQTT the device's
// secret; in JT/T 808 the same, or for a device without a secret a code of ours; in the
// others the number alone. Whoever is not known is quarantined: what it sends is shown
// to an admin, and is nobody's position.
package listen

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"time"

	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/live/ingest/tracker"

	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"
)

// A Desk knows devices and takes their fixes. *room.Room is one.
type Desk interface {
	Device(id register.DeviceID) (register.Device, bool)
	// Accept has the fixes on disk, or refused one by one, when it returns.
	Accept(ctx context.Context, d register.Device, fixes []ingest.Fix) ([]ingest.Verdict, error)
}

// Config says what listeners work with. Desk must be set; zero elsewhere means the
// default.
type Config struct {
	Desk Desk
	// Key is what codes for JT/T 808 terminals without a secret are made from: 16 bytes
	// or more, the same after a restart. Empty: such terminals are refused.
	Key []byte

	MaxConns   int           // open at once, of one listener; 10,000
	PerAddress int           // of these from one address; 1000: fleets share a gateway
	Idle       time.Duration // without a byte before a connection is closed; 15 min
	Stranger   time.Duration // the same for who isn't known; 1 min
	Storing    time.Duration // how long a device waits for its fixes to be on disk; 5 s
	Write      time.Duration // deadline of an answer; 10 s

	Quarantine *Quarantine // of the unknown; nil = they are only counted
	Frames     *Frames     // the last messages of the known; nil = nobody keeps them
	Registry   prometheus.Registerer
	Now        func() time.Time // time.Now
	Log        *slog.Logger     // slog.Default()
}

func (c Config) withDefaults() Config {
	positive(&c.MaxConns, 10_000)
	positive(&c.PerAddress, 1000)
	positive(&c.Idle, 15*time.Minute)
	positive(&c.Stranger, time.Minute)
	positive(&c.Storing, 5*time.Second)
	positive(&c.Write, 10*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func positive[T int | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Listeners are all that the program listens with for trackers. They share a
// configuration and the counts of what they hear.
type Listeners struct {
	c     Config
	heard *prometheus.CounterVec
}

// New makes Listeners; each has a goroutine of the caller's to Serve in.
func New(c Config) (*Listeners, error) {
	if c.Desk == nil {
		return nil, errors.New("listeners need a desk")
	}
	l := &Listeners{c: c.withDefaults(), heard: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "citygrid_tracker_messages_total", Help: "What trackers sent over TCP and MQTT, by protocol and what became of it.",
	}, []string{"protocol", "what"})}
	if c.Registry != nil {
		if err := c.Registry.Register(l.heard); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// What is counted. Those that tell of something wrong are logged too.
const (
	heardFrame     = "message"
	heardUnknown   = "unknown-device"
	heardDisabled  = "disabled"
	heardBad       = "damaged"    // a checksum or a field is wrong
	heardForeign   = "not-ours"   // bytes that are no frame of the protocol
	heardRefused   = "refused"    // wrong secret or code
	heardDuplicate = "duplicate"  // a second connection of one device; the first is closed
	heardFull      = "full"       // no room for another connection
	heardNotStored = "not-stored" // the disk or the queue: it is sent again
)

func (l *Listeners) count(protocol, what string) { l.heard.WithLabelValues(protocol, what).Inc() }

// device finds who calls itself by one of the names, and whether it may report by
// the protocol.
func (l *Listeners) device(protocol string, names []string) (register.Device, bool) {
	for _, name := range names {
		if len(name) > register.MaxDeviceID {
			continue
		}
		if d, ok := l.c.Desk.Device(register.DeviceID(name)); ok && d.Protocol == protocol {
			return d, true
		}
	}
	return register.Device{}, false
}

// errLater says that what was sent must be sent again.
var errLater = errors.New("not stored: send it again")

// store has positions on the disk, but for those that never will be. They need a
// place that the receiver had a fix for, and a time.
func (l *Listeners) store(ctx context.Context, d register.Device, positions []tracker.Position) error {
	var fixes []ingest.Fix
	for _, p := range positions {
		if p.Located && p.Valid && !p.Time.IsZero() {
			fixes = append(fixes, FixOf(p))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, l.c.Storing)
	defer cancel()
	for len(fixes) > 0 {
		part := fixes[:min(len(fixes), maxBatch)]
		fixes = fixes[len(part):]
		verdicts, err := l.c.Desk.Accept(ctx, d, part)
		if err != nil {
			return errors.Join(errLater, err)
		}
		for _, v := range verdicts {
			if v.Again() {
				return errLater
			}
		}
	}
	return nil
}

// maxBatch is how many fixes are handed over at once.
const maxBatch = 500

// FixOf is what a decoder understood as a fix.
func FixOf(p tracker.Position) ingest.Fix {
	nan := math.NaN()
	f := ingest.Fix{Time: p.Time, At: orb.Point{p.Lon, p.Lat}, Speed: p.SpeedKmh, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan}
	if p.CourseDeg >= 0 && p.CourseDeg <= 360 {
		f.Course = geo.Degrees(math.Mod(p.CourseDeg, 360))
	}
	if p.SpeedKmh == 0 && p.CourseDeg == 0 {
		// Not told, or at rest, when a course is noise: the decoders don't say which.
		f.Speed, f.Course = nan, geo.Degrees(nan)
	}
	if p.AltitudeM != 0 {
		f.AltitudeM = p.AltitudeM
	}
	if v, ok := p.Attributes["accuracy"].(float64); ok && v > 0 {
		f.Accuracy = geo.Metres(v)
	}
	if v, ok := p.Attributes["batteryLevel"].(float64); ok && v >= 0 && v <= 100 {
		f.Battery = v / 100
	}
	return f
}
