// Package topin decodes the protocol of Topin's small tags, which borrows the
// frame of GT06 without its serial number and checksum, and puts the number of
// access points where the length belongs. Times of positions are binary, those
// of radio reports decimal digits, both UTC.
package topin

import (
	"bytes"
	"time"

	"citygrid/live/ingest/tracker"
)

var tail = []byte("\r\n")

// Split finds frames: 78 78 to the first CR LF that another frame, or nothing,
// follows.
func Split(data []byte, atEnd bool) (frame []byte, used int) {
	start := bytes.Index(data, []byte{0x78, 0x78})
	switch {
	case start < 0 && data[len(data)-1] == 0x78 && !atEnd:
		return nil, len(data) - 1
	case start < 0:
		return nil, len(data)
	case start > 0:
		return nil, start
	}
	for from := 4; from < len(data); {
		i := bytes.Index(data[from:], tail)
		if i < 0 {
			break
		}
		end := from + i + 2
		if end == len(data) || bytes.HasPrefix(data[end:], []byte{0x78}) {
			return data[:end], end
		}
		from += i + 1
	}
	return nil, 0
}

// A Session decodes one connection. The zero Session is ready.
type Session struct {
	devices []string
}

// Decode reads one frame as Split gives it.
func (s *Session) Decode(frame []byte, now time.Time) (tracker.Message, error) {
	if len(frame) < 6 || frame[0] != 0x78 || frame[1] != 0x78 || !bytes.HasSuffix(frame, tail) {
		return tracker.Message{}, tracker.ErrForeign
	}
	length, kind := int(frame[2]), int(frame[3])
	m, err := s.decode(length, kind, tracker.NewReader(frame[4:len(frame)-2]), now)
	m.Devices = s.devices
	m.Settle()
	return m, err
}

func (s *Session) decode(length, kind int, r *tracker.Reader, now time.Time) (tracker.Message, error) {
	var p tracker.Position
	switch kind {
	case 0x01:
		if r.Left() < 8 {
			return tracker.Message{}, tracker.ErrShort
		}
		s.devices = []string{r.Hex(8)[1:]}
		m := tracker.Nothing("login", "login")
		m.Reply = answer(kind, nil)
		return m, nil
	case 0x10, 0x11:
		raw := append([]byte(nil), r.Peek(0), r.Peek(1), r.Peek(2), r.Peek(3), r.Peek(4), r.Peek(5))
		if err := position(&p, r); err != nil {
			return tracker.Message{}, err
		}
		m := tracker.Message{Kind: "position", Positions: []tracker.Position{p}}
		if kind == 0x11 {
			m.Positions[0].Set("archive", true)
		}
		m.Reply = answer(kind, raw)
		return m, nil
	case 0x13:
		p.Set("batteryLevel", r.U8())
		if r.Left() >= 1 {
			p.Set("versionFw", r.U8())
		}
		r.Skip(min(2, r.Left())) // zone, interval
		if r.Left() >= 1 {
			p.Set("rssi", r.U8())
		}
		return tracker.Message{Kind: "status", Positions: []tracker.Position{p}, Reply: answer(kind, []byte{1, 0})}, nil
	case 0x17, 0x18, 0x1A, 0x1B, 0x69:
		return s.radio(length, kind, r)
	case 0x94, 0x99:
		p.Alarm(map[int]string{0x94: "vibration", 0x99: "sos"}[kind])
		return tracker.Message{Kind: "alarm", Positions: []tracker.Position{p}, Reply: answer(kind, nil)}, nil
	case 0x30:
		now = now.UTC()
		m := tracker.Nothing("time", "asks for the time")
		m.Reply = answer(kind, []byte{
			byte(now.Year() >> 8), byte(now.Year()), byte(now.Month()), byte(now.Day()),
			byte(now.Hour()), byte(now.Minute()), byte(now.Second()),
		})
		return m, nil
	case 0x08:
		return tracker.Nothing("heartbeat", "heartbeat"), nil
	}
	return tracker.Nothing("other", "message of a kind that tells no position"), nil
}

// answer is a frame to the device; its length counts kind and content.
func answer(kind int, content []byte) []byte {
	b := []byte{0x78, 0x78, byte(len(content) + 1), byte(kind)}
	return append(append(b, content...), tail...)
}

// position is time, satellites, place, speed, course, then perhaps altitude
// and signal.
func position(p *tracker.Position, r *tracker.Reader) error {
	y, mo, d, h, mi, sec := r.U8(), r.U8(), r.U8(), r.U8(), r.U8(), r.U8()
	sat := r.U8() & 0x0F
	lat, lon := r.U32(), r.U32()
	p.SpeedKmh = float64(r.U8())
	word := r.U16()
	if r.Short() {
		return tracker.ErrShort
	}
	p.Time = time.Date(2000+y, time.Month(mo), d, h, mi, sec, 0, time.UTC)
	p.Set("sat", sat)
	p.Located = true
	p.Lat, p.Lon = float64(lat)/60/30000, float64(lon)/60/30000
	p.CourseDeg = float64(word & 0x3FF)
	p.Valid = tracker.Bit(word, 12)
	if !tracker.Bit(word, 10) {
		p.Lat = -p.Lat
	}
	if tracker.Bit(word, 11) {
		p.Lon = -p.Lon
	}
	if r.Left() >= 5 {
		p.AltitudeM = float64(r.I16())
		r.Skip(1)
		if v := r.U8(); v > 0 {
			p.Set("rssi", v)
		}
		p.Set("batteryLevel", r.U8())
	}
	return nil
}

// radio is access points and masts in earshot; the length is the number of the
// former. Newer tags write numbers of masts in four bytes.
func (s *Session) radio(n, kind int, r *tracker.Reader) (tracker.Message, error) {
	var p tracker.Position
	raw := append([]byte(nil), r.Peek(0), r.Peek(1), r.Peek(2), r.Peek(3), r.Peek(4), r.Peek(5))
	y, mo, d, h, mi, sec := r.BCD(), r.BCD(), r.BCD(), r.BCD(), r.BCD(), r.BCD()
	if mo >= 1 && mo <= 12 && d >= 1 && d <= 31 {
		p.Time = time.Date(2000+y, time.Month(mo), d, h, mi, sec, 0, time.UTC)
	}
	for ; n > 0 && r.Left() >= 7; n-- {
		p.AddWifi(r.MAC(), -r.U8())
	}
	count := r.U8()
	mcc, mnc := r.U16(), r.U8()
	size := 5
	if count > 0 && r.Left() >= 9*count {
		size = 9
	}
	for ; count > 0 && r.Left() >= size; count-- {
		c := tracker.Cell{MCC: mcc, MNC: mnc}
		if size == 9 {
			c.LAC, c.ID = int(r.U32()), r.U32()
		} else {
			c.LAC, c.ID = r.U16(), int64(r.U16())
		}
		c.Signal = -r.U8()
		p.AddCell(c)
	}
	if r.Left() >= 1 {
		switch r.U8() {
		case 1:
			p.Alarm("vibration")
		case 2:
			p.Alarm("sos")
		}
	}
	if p.Network.Empty() && len(p.Attributes) == 0 {
		return tracker.Nothing("radio", "nothing in earshot"), nil
	}
	return tracker.Message{Kind: "radio", Positions: []tracker.Position{p}, Reply: answer(kind, raw)}, nil
}
