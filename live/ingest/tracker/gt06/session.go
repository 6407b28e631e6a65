package gt06

import (
	"time"

	"citygrid/live/ingest/tracker"
)

// A Session decodes one connection. The zero Session is ready.
type Session struct {
	devices []string
}

// Message numbers that need more than reading.
const (
	kindLogin     = 0x01
	kindStatus    = 0x13
	kindHeartbeat = 0x23
	kindAddress   = 0x2A
	kindTime      = 0x8A
)

// Decode reads one frame as Split gives it.
func (s *Session) Decode(frame []byte, now time.Time) (tracker.Message, error) {
	p, err := open(frame)
	if err != nil {
		return tracker.Message{}, err
	}
	var m tracker.Message
	if p.long {
		m, err = s.long(p, now)
	} else {
		m, err = s.basic(p, now)
	}
	m.Devices = s.devices
	m.BadChecksum = !p.good
	m.Settle()
	return m, err
}

func (s *Session) basic(p packet, now time.Time) (tracker.Message, error) {
	r := tracker.NewReader(p.content)
	switch p.kind {
	case kindLogin:
		return s.login(p, r)
	case kindTime:
		now = now.UTC()
		m := tracker.Nothing("time", "asks for the time")
		m.Reply = answer(p.kind, p.serial, []byte{
			byte(now.Year() - 2000), byte(now.Month()), byte(now.Day()),
			byte(now.Hour()), byte(now.Minute()), byte(now.Second()),
		})
		return m, nil
	case kindAddress:
		m := tracker.Nothing("address", "asks for the name of a place")
		text := "NA&&NA&&0##"
		m.Reply = answer(0x97, p.serial, append([]byte{byte(len(text)), 0, 0, 0, 0}, text...))
		return m, nil
	case 0x15, 0x21, 0x80, 0x81, 0x82:
		return commandAnswer(p, r), nil
	}
	pos, kind, err := report(p)
	if err != nil {
		return tracker.Message{}, err
	}
	m := tracker.Message{Kind: kind, Positions: []tracker.Position{pos}}
	if kind == "" {
		return tracker.Nothing("other", "message of a kind that tells no position"), nil
	}
	m.Reply = answer(p.kind, p.serial, nil)
	return m, nil
}

// login is the device's number in 8 bytes of digits; since 2013 with a type
// and a time zone.
func (s *Session) login(p packet, r *tracker.Reader) (tracker.Message, error) {
	if r.Left() < 8 {
		return tracker.Message{}, tracker.ErrShort
	}
	id := r.Hex(8)
	s.devices = []string{id[1:]}
	m := tracker.Nothing("login", "login")
	r.Skip(min(2, r.Left())) // type
	if r.Left() >= 2 {
		// hours and minutes as a decimal number, a sign, a language
		v := r.U16()
		n := v >> 4
		offset := (n/100*60 + n%100) * 60
		if tracker.Bit(v, 3) {
			offset = -offset
		}
		if offset >= -14*3600 && offset <= 14*3600 {
			m.Zone = time.FixedZone("", offset)
		}
	}
	m.Reply = answer(p.kind, p.serial, nil)
	return m, nil
}
