package listen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"strings"
	"sync"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/web"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// Limits of MQTT clients.
const (
	maxPacket   = 256 << 10 // bytes
	maxInFlight = 64        // messages of one client without an answer
	maxTopic    = 300       // bytes
)

// MQTT serves trackers that speak MQTT 3.1.1 or 5 until ctx ends, and closes the
// listener, which does the TLS if there is to be any. The user name is the device's
// id, the password its secret. Taken are
//
//	owntracks/ID/anything  what the OwnTracks apps publish
//	citygrid/ID/fixes      {"fixes":[{"t","lon","lat","accuracy_m","speed_kmh","course","battery"}]}, or one such fix
//
// A device may subscribe below its own topics, and to nothing else. What is published
// with QoS 1 or 2 is answered when it is on the disk.
func (l *Listeners) MQTT(ctx context.Context, listener net.Listener) error {
	defer listener.Close()
	caps := mqtt.NewDefaultServerCapabilities()
	caps.MaximumClients = int64(l.c.MaxConns)
	caps.MaximumPacketSize = maxPacket
	caps.MaximumInflight, caps.ReceiveMaximum = maxInFlight, maxInFlight
	caps.MaximumClientWritesPending = maxInFlight
	caps.MaximumSessionExpiryInterval = 3600
	caps.RetainAvailable, caps.SharedSubAvailable = 0, 0
	server := mqtt.New(&mqtt.Options{Capabilities: caps, Logger: slog.New(slog.DiscardHandler)})
	hook := &hook{l: l, server: server, ctx: ctx, proved: map[*mqtt.Client]string{}}
	if err := server.AddHook(hook, nil); err != nil {
		return err
	}
	if err := server.AddListener(listeners.NewNet("mqtt", &impatient{Listener: listener, l: l, from: map[string]int{}})); err != nil {
		return err
	}
	if err := server.Serve(); err != nil {
		return err
	}
	<-ctx.Done()
	return server.Close()
}

// hook is where the broker asks us.
type hook struct {
	mqtt.HookBase
	l      *Listeners
	server *mqtt.Server
	ctx    context.Context // of MQTT, which the broker's calls have none of

	mu     sync.Mutex
	proved map[*mqtt.Client]string // guarded by mu: hash of the secret that a client came with
}

// ID implements mqtt.Hook.
func (*hook) ID() string { return "citygrid" }

// Provides implements mqtt.Hook.
func (*hook) Provides(b byte) bool {
	switch b {
	case mqtt.OnConnectAuthenticate, mqtt.OnACLCheck, mqtt.OnPublish, mqtt.OnWill, mqtt.OnSessionEstablished, mqtt.OnDisconnect:
		return true
	}
	return false
}

// OnConnectAuthenticate implements mqtt.Hook: user name and password must be those of
// a device.
func (h *hook) OnConnectAuthenticate(cl *mqtt.Client, p packets.Packet) bool {
	id := string(p.Connect.Username)
	d, known := register.Device{}, false
	if len(id) <= register.MaxDeviceID {
		d, known = h.l.c.Desk.Device(register.DeviceID(id))
	}
	right := register.CheckSecret(d.SecretHash, string(p.Connect.Password))
	switch {
	case !known:
		h.l.count("mqtt", heardUnknown)
		if id != "" {
			h.l.c.Quarantine.note("mqtt", id, cl.Net.Remote, nil, nil, h.l.c.Now())
		}
	case !right:
		h.l.count("mqtt", heardRefused)
	case d.Disabled:
		h.l.count("mqtt", heardDisabled)
	default:
		// A client id names a session; nobody goes on with somebody else's.
		old, there := h.server.Clients.Get(p.Connect.ClientIdentifier)
		return !there || bytes.Equal(old.Properties.Username, p.Connect.Username)
	}
	return false
}

// OnSessionEstablished implements mqtt.Hook: from here on the broker tells the end.
func (h *hook) OnSessionEstablished(cl *mqtt.Client, _ packets.Packet) {
	d, _ := h.l.c.Desk.Device(register.DeviceID(cl.Properties.Username))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.proved[cl] = d.SecretHash
}

// OnDisconnect implements mqtt.Hook.
func (h *hook) OnDisconnect(cl *mqtt.Client, _ error, _ bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.proved, cl)
}

// proves tells if the secret that a client came with is still the device's.
func (h *hook) proves(cl *mqtt.Client, d register.Device) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.proved[cl] == d.SecretHash
}

// OnWill implements mqtt.Hook: the broker passes a last will on without asking whether
// its sender may publish there. A device that listens takes commands, so nobody is told.
func (*hook) OnWill(*mqtt.Client, mqtt.Will) (mqtt.Will, error) { return mqtt.Will{}, nil }

// OnACLCheck implements mqtt.Hook.
func (*hook) OnACLCheck(cl *mqtt.Client, topic string, _ bool) bool {
	id := string(cl.Properties.Username)
	if id == "" || strings.ContainsAny(id, "/+#") || len(topic) > maxTopic {
		return false
	}
	return strings.HasPrefix(topic, "owntracks/"+id+"/") || strings.HasPrefix(topic, "citygrid/"+id+"/")
}

// OnPublish implements mqtt.Hook: it stores what is published, and lets the broker
// answer and pass it on to nobody.
func (h *hook) OnPublish(cl *mqtt.Client, p packets.Packet) (packets.Packet, error) {
	d, known := h.l.c.Desk.Device(register.DeviceID(cl.Properties.Username))
	if !known || d.Disabled { // since it came
		h.l.count("mqtt", heardDisabled)
		cl.Stop(errors.New("the device is switched off"))
		return p, packets.ErrRejectPacket
	}
	if !h.proves(cl, d) {
		h.l.count("mqtt", heardRefused)
		cl.Stop(errors.New("the device has another secret by now"))
		return p, packets.ErrRejectPacket
	}
	positions, err := published(p.TopicName, p.Payload, h.l.c.Now())
	frame := Frame{At: h.l.c.Now(), Protocol: "mqtt", Address: cl.Net.Remote, Bytes: p.Payload, Text: true, Kind: p.TopicName, Positions: positions}
	if err != nil {
		frame.Problem = err.Error()
	}
	h.l.c.Frames.Note(d.ID, frame)
	if err != nil {
		h.l.count("mqtt", heardBad)
		return p, packets.CodeSuccessIgnore // it would be no better the second time
	}
	h.l.count("mqtt", heardFrame)
	if err := h.l.store(h.ctx, d, positions); err != nil {
		h.l.count("mqtt", heardNotStored)
		h.l.c.Log.Warn("a tracker's positions are not stored", "protocol", "mqtt", "err", err)
		cl.Stop(err) // it comes back, and sends what has no answer
		return p, packets.ErrRejectPacket
	}
	return p, packets.CodeSuccessIgnore
}

// published reads what a device published.
func published(topic string, payload []byte, now time.Time) ([]tracker.Position, error) {
	if strings.HasPrefix(topic, "owntracks/") {
		m, err := web.OwnTracks(web.Request{Method: "POST", URL: "/owntracks", Body: payload}, now)
		return m.Positions, err
	}
	if !strings.HasSuffix(topic, "/fixes") {
		return nil, fmt.Errorf("topic %.80q: want citygrid/ID/fixes", topic)
	}
	var all struct {
		Fixes []fix `json:"fixes"`
	}
	if err := json.Unmarshal(payload, &all); err != nil {
		return nil, err
	}
	if all.Fixes == nil {
		all.Fixes = make([]fix, 1)
		if err := json.Unmarshal(payload, &all.Fixes[0]); err != nil {
			return nil, err
		}
	}
	out := make([]tracker.Position, 0, len(all.Fixes))
	for i, f := range all.Fixes {
		if f.Lon == nil || f.Lat == nil || f.T.IsZero() || math.Abs(*f.Lon) > 180 || math.Abs(*f.Lat) > 90 {
			return nil, fmt.Errorf("fix %d: want t, lon and lat", i)
		}
		p := tracker.Position{Located: true, Valid: true, Time: f.T, Lon: *f.Lon, Lat: *f.Lat, SpeedKmh: f.SpeedKmh, CourseDeg: f.Course}
		if f.AccuracyM > 0 {
			p.Set("accuracy", f.AccuracyM)
		}
		if f.Battery != nil {
			p.Set("batteryLevel", *f.Battery*100)
		}
		out = append(out, p)
	}
	return out, nil
}

// A fix is one in our JSON.
type fix struct {
	T         time.Time `json:"t"`
	Lon       *float64  `json:"lon"`
	Lat       *float64  `json:"lat"`
	AccuracyM float64   `json:"accuracy_m"`
	SpeedKmh  float64   `json:"speed_kmh"`
	Course    float64   `json:"course"`
	Battery   *float64  `json:"battery"` // 0 to 1
}

// An impatient listener gives a client some seconds to say who it is, and counts
// connections as the others do.
type impatient struct {
	net.Listener
	l *Listeners

	mu   sync.Mutex
	open int            // guarded by mu
	from map[string]int // guarded by mu: by address
}

// Accept implements net.Listener.
func (i *impatient) Accept() (net.Conn, error) {
	for {
		conn, err := i.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address, _, _ := net.SplitHostPort(conn.RemoteAddr().String())
		i.mu.Lock()
		full := i.open >= i.l.c.MaxConns || i.from[address] >= i.l.c.PerAddress
		if !full {
			i.open++
			i.from[address]++
		}
		i.mu.Unlock()
		if full {
			i.l.count("mqtt", heardFull)
			conn.Close()
			continue
		}
		_ = conn.SetReadDeadline(time.Now().Add(i.l.c.Write))
		return &counted{Conn: conn, by: i, address: address}, nil
	}
}

// A counted connection is taken off the count when it is closed.
type counted struct {
	net.Conn
	by      *impatient
	address string
	once    sync.Once
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.once.Do(func() {
		c.by.mu.Lock()
		defer c.by.mu.Unlock()
		c.by.open--
		if c.by.from[c.address]--; c.by.from[c.address] == 0 {
			delete(c.by.from, c.address)
		}
	})
	return c.Conn.Close()
}
