package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest/decode"
	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/jt808"
)

// A line is one listener's connections.
type line struct {
	*Listeners
	protocol decode.Protocol

	mu       sync.Mutex
	open     map[net.Conn]string            // guarded by mu: its address
	from     map[string]int                 // guarded by mu: connections of an address
	sessions map[register.DeviceID]net.Conn // guarded by mu: the latest of each device
}

// TCP serves a protocol of frames until ctx ends, and closes the listener. It
// returns when all its connections have ended.
func (l *Listeners) TCP(ctx context.Context, protocol string, listener net.Listener) error {
	defer listener.Close()
	p, err := decode.Lookup(protocol)
	if err != nil {
		return err
	}
	if p.Split == nil {
		return fmt.Errorf("%w: %s comes by HTTP", decode.ErrProtocol, protocol)
	}
	n := &line{Listeners: l, protocol: p, open: map[net.Conn]string{}, from: map[string]int{}, sessions: map[register.DeviceID]net.Conn{}}
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for pause := time.Duration(0); ; {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			// Too many files open, most likely: it passes.
			pause = min(max(2*pause, 10*time.Millisecond), time.Second)
			l.c.Log.Warn("a tracker's connection cannot be taken", "protocol", protocol, "err", err, "again", pause)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			continue
		}
		pause = 0
		if !n.admit(conn) {
			l.count(protocol, heardFull)
			conn.Close()
			continue
		}
		running.Go(func() {
			defer n.leave(conn)
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			n.serve(ctx, conn)
		})
	}
}

func (n *line) admit(conn net.Conn) bool {
	address, _, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		address = conn.RemoteAddr().String()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.open) >= n.c.MaxConns || n.from[address] >= n.c.PerAddress {
		return false
	}
	n.open[conn] = address
	n.from[address]++
	return true
}

func (n *line) leave(conn net.Conn) {
	conn.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	address := n.open[conn]
	delete(n.open, conn)
	if n.from[address]--; n.from[address] == 0 {
		delete(n.from, address)
	}
}

// claim makes conn the connection of a device. An older one is closed: its device has
// lost it without noticing, or two devices have one number.
func (n *line) claim(id register.DeviceID, conn net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if old := n.sessions[id]; old != nil && old != conn {
		n.count(n.protocol.Name, heardDuplicate)
		n.c.Log.Warn("a device has a second connection; the first is closed", "protocol", n.protocol.Name)
		old.Close()
	}
	n.sessions[id] = conn
}

func (n *line) unclaim(id register.DeviceID, conn net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.sessions[id] == conn {
		delete(n.sessions, id)
	}
}

// maxGarbage is how many bytes that are no frame a connection may send in all, maxBad
// how many damaged frames.
const (
	maxGarbage = 64 << 10
	maxBad     = 100
)

// serve reads one connection to its end.
func (n *line) serve(ctx context.Context, conn net.Conn) {
	t := &talk{line: n, conn: conn, session: n.protocol.NewSession("")}
	if s, ok := t.session.(*jt808.Session); ok {
		s.Gate = gate{n.Listeners}
	}
	defer func() {
		if t.device.ID != "" {
			n.unclaim(t.device.ID, conn)
		}
	}()
	stream, buf := tracker.NewStream(n.protocol.Split), make([]byte, 4096)
	for {
		patience := n.c.Idle
		if t.device.ID == "" {
			patience = n.c.Stranger
		}
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		k, err := conn.Read(buf)
		stream.Push(buf[:k])
		for {
			frame, ok := stream.Next()
			if !ok {
				break
			}
			if !t.hear(ctx, frame) {
				return
			}
		}
		if stream.Dropped() > maxGarbage {
			n.count(n.protocol.Name, heardForeign)
			return
		}
		if err != nil {
			if frame, ok := stream.Last(); ok {
				t.hear(ctx, frame)
			}
			return
		}
	}
}

// A talk is one connection's.
type talk struct {
	*line
	conn    net.Conn
	session tracker.Session
	device  register.Device // the last that spoke
	bad     int
}

// hear takes one frame; it tells if the connection goes on.
func (t *talk) hear(ctx context.Context, frame []byte) bool {
	name := t.protocol.Name
	m, err := t.session.Decode(frame, t.c.Now())
	if err != nil || m.BadChecksum {
		t.count(name, heardBad)
		t.bad++
		return t.bad < maxBad // unanswered: what was damaged on its way comes again
	}
	t.count(name, heardFrame)
	if len(m.Devices) == 0 {
		return t.answer(m.Reply) // a ping before the login, at most
	}
	d, known := t.Listeners.device(name, m.Devices)
	switch {
	case !known:
		t.count(name, heardUnknown)
		t.c.Quarantine.note(name, m.Devices[0], t.conn.RemoteAddr().String(), frame, m.Fixes(), t.c.Now())
		if t.bad++; t.bad >= maxBad {
			return false
		}
		return t.answer(refusal(name, m))
	case d.Disabled:
		t.count(name, heardDisabled)
		t.c.Frames.Note(d.ID, Frame{At: t.c.Now(), Protocol: name, Address: t.conn.RemoteAddr().String(), Bytes: frame, Kind: m.Kind, Problem: "the device is disabled"})
		t.answer(refusal(name, m))
		return false
	case m.Kind == jt808.Refused:
		t.count(name, heardRefused)
		t.c.Frames.Note(d.ID, Frame{At: t.c.Now(), Protocol: name, Address: t.conn.RemoteAddr().String(), Bytes: frame, Kind: m.Kind, Problem: "its code or secret is wrong"})
		t.bad++
		return t.answer(m.Reply) && t.bad < maxBad
	}
	if t.device.ID == d.ID && t.device.SecretHash != d.SecretHash {
		t.count(name, heardRefused)
		return false // it has another secret by now, and must say it
	}
	if t.device.ID != d.ID {
		if t.device.ID != "" {
			t.unclaim(t.device.ID, t.conn)
		}
		t.claim(d.ID, t.conn)
	}
	t.device = d
	t.c.Frames.Note(d.ID, Frame{At: t.c.Now(), Protocol: name, Address: t.conn.RemoteAddr().String(), Bytes: frame, Kind: m.Kind, Positions: m.Positions, Problem: m.None})
	if err := t.store(ctx, d, m.Positions); err != nil {
		t.count(name, heardNotStored)
		t.c.Log.Warn("a tracker's positions are not stored", "protocol", name, "err", err)
		return false // it comes back, and sends what has no answer
	}
	return t.answer(m.Reply)
}

// refusal is what a protocol has to say to a device that isn't known; nil is nothing.
func refusal(protocol string, m tracker.Message) []byte {
	switch {
	case protocol == "teltonika" && m.Kind == "login":
		return []byte{0}
	case protocol == "jt808":
		return m.Reply // its gate has refused already
	}
	return nil
}

func (t *talk) answer(reply []byte) bool {
	if len(reply) == 0 {
		return true
	}
	_ = t.conn.SetWriteDeadline(time.Now().Add(t.c.Write))
	_, err := t.conn.Write(reply)
	return err == nil
}
