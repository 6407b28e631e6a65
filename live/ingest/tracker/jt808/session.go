package jt808

import (
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// Message ids, as the standard numbers them; the last ones are makers'.
const (
	idAck         = 0x0001
	idHeartbeat   = 0x0002
	idUnregister  = 0x0003
	idTime        = 0x0109
	idRegister    = 0x0100
	idAuth        = 0x0102
	idParams      = 0x0104
	idAttributes  = 0x0107
	idPosition    = 0x0200
	idQueried     = 0x0201
	idBatchByte   = 0x0210
	idEvent       = 0x0301
	idControl     = 0x0500
	idHeartbeat2  = 0x0506
	idWaybill     = 0x0701
	idDriver      = 0x0702
	idBatch       = 0x0704
	idMediaEvent  = 0x0800
	idMedia       = 0x0801
	idTransparent = 0x0900
	idAccel       = 0x2070
	idLock        = 0x5501
	idLockBlind   = 0x5502
	idText        = 0x6006

	idPlatformAck = 0x8001
	idRegistered  = 0x8100
	idTimeAnswer  = 0x8109
	idMediaAck    = 0x8800
)

// zone is the zone of all times on the wire.
var zone = time.FixedZone("GMT+8", 8*3600)

// maxJoined bounds a message of several parts, maxParts their number.
const (
	maxJoined = 256 << 10
	maxParts  = 1024
)

// A Session decodes one connection. The zero Session is ready.
type Session struct {
	// AuthCode is what a registering device is given and says back when it
	// authenticates. Empty: its own number.
	AuthCode string

	// Gate says who may register and authenticate. nil lets everybody in, and
	// nobody need authenticate.
	Gate Gate

	device string
	passed string // the number that has authenticated, with a Gate
	parts  parts
	serial int
}

// A Gate decides who may talk to a listener.
type Gate interface {
	// Register gives the code to authenticate with, and the standard's result: 0
	// done, 3 the terminal is registered already, 4 there is no such terminal.
	Register(numbers []string) (code string, result byte)
	Authenticate(numbers []string, code string) bool
}

// Refused is the Kind of a message that a Gate has refused. It has no positions.
const Refused = "refused"

// parts is the one message of several parts that a device may have under way;
// starting another forgets the first.
type parts struct {
	id, total, bytes int
	got              map[int][]byte
}

// Decode reads one frame as Split gives it.
func (s *Session) Decode(frame []byte, now time.Time) (tracker.Message, error) {
	if len(frame) > 0 && frame[0] == '(' {
		m, err := s.bracketed(frame, now)
		// These can't authenticate: they speak for the terminal that has.
		if err == nil && s.Gate != nil && (s.passed == "" || bare(m.Devices[0]) != bare(s.passed)) {
			return tracker.Message{}, tracker.ErrForeign
		}
		return m, err
	}
	h, body, good, err := open(frame)
	if err != nil {
		return tracker.Message{}, err
	}
	devices := h.device()
	s.device = devices[0]
	if s.Gate != nil && good {
		if m, refused := s.gated(h, devices, body); refused {
			m.Devices = devices
			return m, nil
		}
	}
	if h.total > 1 && !good { // the others would be joined to it
		m := tracker.Nothing("part", "one part of a message")
		m.Devices, m.BadChecksum = devices, true
		return m, nil
	}
	if h.total > 1 {
		whole, ready := s.parts.add(h, body)
		if !ready {
			m := tracker.Nothing("part", "one part of a message; the others are to come")
			m.Devices = devices
			m.Reply = s.ack(h, 0)
			return m, nil
		}
		body = whole
	}
	m, err := s.body(h, tracker.NewReader(body), now)
	m.Devices, m.BadChecksum = devices, !good
	m.Settle()
	return m, err
}

// add keeps a part and gives the whole when it was the last one missing.
func (p *parts) add(h header, body []byte) (whole []byte, ready bool) {
	if h.total > maxParts || h.part < 1 || h.part > h.total {
		return nil, false
	}
	if p.id != h.id || p.total != h.total || p.got == nil {
		*p = parts{id: h.id, total: h.total, got: make(map[int][]byte)}
	}
	if old, ok := p.got[h.part]; ok {
		p.bytes -= len(old)
	}
	if p.bytes += len(body); p.bytes > maxJoined {
		*p = parts{}
		return nil, false
	}
	p.got[h.part] = append([]byte(nil), body...)
	if len(p.got) < p.total {
		return nil, false
	}
	for i := 1; i <= p.total; i++ {
		whole = append(whole, p.got[i]...)
	}
	*p = parts{}
	return whole, true
}

func (s *Session) body(h header, r *tracker.Reader, now time.Time) (tracker.Message, error) {
	switch h.id {
	case idRegister:
		m := tracker.Nothing("register", "registration")
		code := s.AuthCode
		if code == "" {
			code = s.device
		}
		m.Reply = s.registered(h, 0, code)
		return m, nil
	case idAuth:
		return s.acked(h, tracker.Nothing("authenticate", "authentication")), nil
	case idHeartbeat, idHeartbeat2:
		return s.acked(h, tracker.Nothing("heartbeat", "heartbeat")), nil
	case idUnregister:
		return s.acked(h, tracker.Nothing("unregister", "the device signs off")), nil
	case idAck, idParams, idAttributes:
		return tracker.Nothing("answer", "answer to a command"), nil
	case idTime:
		m := tracker.Nothing("time", "asks for the time")
		m.Reply = s.timeAnswer(h, now)
		return m, nil
	case idPosition:
		p, err := location(r)
		return s.acked(h, tracker.Message{Kind: "position", Positions: list(p, err)}), err
	case idQueried, idControl:
		r.Skip(2) // the serial of the question
		p, err := location(r)
		return tracker.Message{Kind: "position on request", Positions: list(p, err)}, err
	case idBatch, idBatchByte:
		ps, err := batch(h.id, r)
		return s.acked(h, tracker.Message{Kind: "batch", Positions: ps}), err
	case idLock, idLockBlind:
		p, err := lock(h.id, r)
		m := tracker.Message{Kind: "lock position", Positions: list(p, err)}
		m.Reply = s.lockAck(h)
		return m, err
	case idTransparent:
		return s.acked(h, transparent(r)), nil
	case idDriver:
		return s.acked(h, driver(r)), nil
	case idText, idWaybill:
		return s.acked(h, text(h.id, r)), nil
	case idAccel:
		return s.acked(h, acceleration(r)), nil
	case idMedia:
		return s.media(h, r)
	case idMediaEvent:
		return s.acked(h, tracker.Nothing("media event", "a picture or sound was taken")), nil
	case idEvent:
		p := tracker.Position{}
		p.Set("event", r.U8())
		return s.acked(h, tracker.Message{Kind: "event", Positions: []tracker.Position{p}}), nil
	}
	return s.acked(h, tracker.Nothing("other", "message of a kind that tells no position")), nil
}

// gated asks the gate. A message that it gives in place of the frame's own is the
// end of it.
func (s *Session) gated(h header, devices []string, body []byte) (m tracker.Message, refused bool) {
	switch {
	case h.total > 1 && s.passed == devices[0]:
		return m, false
	case h.id == idRegister:
		code, result := s.Gate.Register(devices)
		m = tracker.Nothing("register", "registration")
		if m.Reply = s.registered(h, result, code); result != 0 {
			m.Kind, m.None = Refused, "registration refused"
		}
		return m, true
	case h.id == idAuth:
		if s.Gate.Authenticate(devices, authCode(h, body)) {
			s.passed = devices[0]
			return m, false
		}
		s.passed = ""
	case s.passed == devices[0]:
		return m, false
	}
	m = tracker.Nothing(Refused, "the terminal has not authenticated")
	m.Reply = s.ack(h, 1)
	return m, true
}

// authCode is the code in an authentication: all of it, or since 2019 what the first
// byte counts.
func authCode(h header, body []byte) string {
	if h.v2019 && len(body) > 0 {
		body = body[1:][:min(int(body[0]), len(body)-1)]
	}
	return strings.TrimRight(string(body), "\x00")
}

func (s *Session) acked(h header, m tracker.Message) tracker.Message {
	m.Reply = s.ack(h, 0)
	return m
}

func list(p tracker.Position, err error) []tracker.Position {
	if err != nil {
		return nil
	}
	return []tracker.Position{p}
}

// date is a time of six bytes, year first. Digits that make no date roll over,
// as a clock that was never set gives 00 00 00: 30 November 1999, which whoever
// checks fixes will refuse.
func date(r *tracker.Reader) time.Time {
	y, mo, d := r.BCD(), r.BCD(), r.BCD()
	h, mi, sec := r.BCD(), r.BCD(), r.BCD()
	if r.Short() {
		return time.Time{}
	}
	return time.Date(2000+y, time.Month(mo), d, h, mi, sec, 0, zone).UTC()
}

// bare is a number without the zeros that fill it up.
func bare(number string) string { return strings.TrimLeft(number, "0") }

// bracketed is a text frame of an electronic lock: (number,version,serial,
// words...).
func (s *Session) bracketed(frame []byte, _ time.Time) (tracker.Message, error) {
	text := strings.Trim(string(frame), "()")
	words := strings.Split(text, ",")
	if len(words) < 4 {
		return tracker.Message{}, tracker.ErrForeign
	}
	if s.Gate == nil {
		s.device = words[0]
	}
	p := tracker.Position{}
	p.Set("result", strings.ToValidUTF8(strings.Join(words[3:], ","), "\uFFFD"))
	return tracker.Message{Devices: words[:1], Kind: "lock text", Positions: []tracker.Position{p}}, nil
}
