package teltonika

import (
	"encoding/hex"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// A Session decodes one connection, or the datagrams of one device. The zero
// Session is ready.
type Session struct {
	// Model is what the registry knows the device to be, such as FMB920. The
	// frames don't say, and without it the elements whose meaning differs
	// between models stay numbers.
	Model string

	devices []string
}

// SetModel says of which model the next frames come.
func (s *Session) SetModel(model string) { s.Model = model }

// Decode reads one frame as Split gives it, or one datagram.
func (s *Session) Decode(frame []byte, _ time.Time) (tracker.Message, error) {
	if len(frame) == 1 && frame[0] == 0xFF {
		m := tracker.Nothing("ping", "keeps the connection open")
		m.Devices = s.devices
		return m, nil
	}
	p, err := open(frame)
	if err != nil {
		return tracker.Message{}, err
	}
	if p.imei != "" {
		s.devices = []string{p.imei}
	}
	if p.login {
		m := tracker.Nothing("login", "login")
		m.Devices, m.Reply = s.devices, []byte{1}
		return m, nil
	}
	m, err := s.body(p)
	m.Devices, m.BadChecksum = s.devices, !p.good
	m.Settle()
	return m, err
}

func (s *Session) body(p packet) (tracker.Message, error) {
	r := tracker.NewReader(p.body)
	count := r.U8()
	if p.codec == 12 || p.codec == 13 || p.codec == 14 {
		return serial(p.codec, count, r), nil
	}
	c, ok := codecs[p.codec]
	if !ok {
		return tracker.Nothing("other", "a codec that tells no position"), nil
	}
	m := tracker.Message{Kind: "records"}
	for range count {
		var pos tracker.Position
		var err error
		if p.codec == 7 {
			err = gh(&pos, r)
		} else {
			err = record(&pos, r, c)
		}
		if err != nil {
			// Nothing is acknowledged: the device sends the packet
			// again rather than lose what we couldn't read.
			return m, err
		}
		if fmx(s.Model) {
			name(&pos)
		}
		m.Positions = append(m.Positions, pos)
	}
	if count == 0 {
		m.None = "no records in the packet"
	}
	m.Reply = p.reply(count)
	return m, nil
}

// serial is what came in at a device's own port, or its answer to a command.
func serial(codec, count int, r *tracker.Reader) tracker.Message {
	m := tracker.Message{Kind: "serial"}
	for range count {
		var p tracker.Position
		r.Skip(1) // 5 a command, 6 an answer
		n := int(r.U32())
		if codec == 13 && n >= 4 {
			p.Time = time.Unix(r.U32(), 0).UTC()
			n -= 4
		}
		if codec == 14 && n >= 8 {
			r.Skip(8)
			n -= 8
		}
		b := r.Bytes(min(n, r.Left()))
		if len(b) == 0 {
			continue
		}
		words := strings.Split(string(b), "|")
		switch {
		case words[0] == "GTSL" && len(words) > 4:
			p.Set("driverUniqueId", strings.ToValidUTF8(words[4], "\uFFFD"))
		case printable(b):
			p.Set("result", strings.TrimSpace(string(b)))
		default:
			p.Set("result", hex.EncodeToString(b))
		}
		m.Positions = append(m.Positions, p)
	}
	if len(m.Positions) == 0 {
		m.None = "no text in it"
	}
	return m
}

func printable(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\r' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
