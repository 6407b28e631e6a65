package jt808

import (
	"encoding/binary"
	"time"

	"citygrid/live/ingest/tracker"
)

// pack builds a frame to the device or from it: header, body, checksum,
// escapes, marks.
func pack(m byte, id int, v2019 bool, number []byte, serial int, body []byte) []byte {
	b := make([]byte, 0, len(body)+24)
	b = binary.BigEndian.AppendUint16(b, uint16(id))
	flags := len(body) & 0x3FF
	if v2019 {
		flags |= 1 << 14
	}
	b = binary.BigEndian.AppendUint16(b, uint16(flags))
	if v2019 {
		b = append(b, 1)
	}
	b = append(b, number...)
	b = binary.BigEndian.AppendUint16(b, uint16(serial))
	b = append(b, body...)
	return seal(m, b)
}

// seal adds the checksum, the escapes and the marks.
func seal(m byte, b []byte) []byte {
	b = append(b, tracker.XOR(b))
	esc := byte(0x7D)
	if m == altMark {
		esc = 0x3E
	}
	out := make([]byte, 0, len(b)+8)
	out = append(out, m)
	for _, c := range b {
		switch c {
		case esc:
			out = append(out, esc, 1)
		case m:
			out = append(out, esc, 2)
		default:
			out = append(out, c)
		}
	}
	return append(out, m)
}

func (s *Session) reply(h header, id int, body []byte) []byte {
	s.serial = (s.serial + 1) & 0xFFFF
	return pack(h.mark, id, h.v2019, h.number, s.serial, body)
}

// ack is 0x8001, the platform's general answer. result 0 is well received.
func (s *Session) ack(h header, result byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(h.serial))
	b = binary.BigEndian.AppendUint16(b, uint16(h.id))
	return s.reply(h, idPlatformAck, append(b, result))
}

// registered is 0x8100: the result, and if that is 0 the code that the device will
// authenticate by.
func (s *Session) registered(h header, result byte, code string) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(h.serial))
	b = append(b, result)
	if result == 0 {
		b = append(b, code...)
	}
	return s.reply(h, idRegistered, b)
}

// timeAnswer is 0x8109: the time, in UTC, by which the device sets its clock.
func (s *Session) timeAnswer(h header, now time.Time) []byte {
	now = now.UTC()
	b := binary.BigEndian.AppendUint16(nil, uint16(now.Year()))
	b = append(b, byte(now.Month()), byte(now.Day()), byte(now.Hour()), byte(now.Minute()), byte(now.Second()))
	return s.reply(h, idTimeAnswer, b)
}

// lockAck answers 0x5501, whose header has a serial of one byte.
func (s *Session) lockAck(h header) []byte {
	b := binary.BigEndian.AppendUint16(nil, idPlatformAck)
	body := []byte{byte(h.serial), byte(h.id >> 8), byte(h.id), 0}
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	b = append(b, h.number...)
	b = append(b, byte(h.serial))
	return seal(h.mark, append(b, body...))
}

// media answers a picture or a sound: id, and no part to be sent again.
func (s *Session) media(h header, r *tracker.Reader) (tracker.Message, error) {
	id := r.U32()
	kind, format, event, channel := r.U8(), r.U8(), r.U8(), r.U8()
	m := tracker.Nothing("media", "a picture or sound")
	m.Reply = s.reply(h, idMediaAck, append(binary.BigEndian.AppendUint32(nil, uint32(id)), 0))
	if r.Left() < 28 {
		return m, nil
	}
	p, err := location(r.Sub(28))
	if err != nil {
		return m, nil
	}
	p.Set("mediaType", kind)
	p.Set("mediaFormat", format)
	p.Set("event", event)
	p.Set("channel", channel)
	m.Positions, m.None = []tracker.Position{p}, ""
	return m, nil
}
