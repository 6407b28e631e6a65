// Package teltonika decodes Teltonika's codecs 7 (GH), 8, 8 extended, 12, 13
// and 16, over TCP and UDP.
//
// Speeds on the wire are km/h, times milliseconds of Unix time. What a device
// measures comes as numbered elements; those that mean the same on every
// device get names, the others stay io and their number, since the model isn't
// in the frames.
package teltonika

import (
	"encoding/binary"

	"citygrid/live/ingest/tracker"
)

// Split finds what a device sends over TCP: a single FF that keeps the
// connection open, the IMEI at login with its length before it, and packets
// with four zero bytes and a length before them.
func Split(data []byte, _ bool) (frame []byte, used int) {
	if data[0] == 0xFF {
		return data[:1], 1
	}
	if len(data) < 4 {
		if data[0] != 0 {
			return nil, 1
		}
		return nil, 0
	}
	switch n := int(binary.BigEndian.Uint16(data)); {
	case n == 0:
		if data[2] != 0 || data[3] != 0 {
			return nil, 1
		}
		if len(data) < 8 {
			return nil, 0
		}
		size := binary.BigEndian.Uint32(data[4:])
		if size == 0 || size > tracker.MaxFrame-12 {
			return nil, 1
		}
		if total := int(size) + 12; total <= len(data) {
			return data[:total], total
		}
		return nil, 0
	case n <= 32:
		if n+2 > len(data) {
			return nil, 0
		}
		if !digits(data[2 : n+2]) {
			return nil, 1
		}
		return data[:n+2], n + 2
	}
	return nil, 1
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// A packet is what a frame or a datagram carries.
type packet struct {
	imei  string // of a datagram or a login
	login bool
	reply func(count int) []byte
	codec int
	body  []byte // from the count on, to the count at the end
	good  bool
}

func open(b []byte) (p packet, err error) {
	switch {
	case len(b) < 1:
		return p, tracker.ErrShort
	case len(b) >= 12 && binary.BigEndian.Uint32(b) == 0:
		size := int(binary.BigEndian.Uint32(b[4:]))
		if size < 1 || size+12 > len(b) {
			// A length that lies; read what there is.
			size = len(b) - 12
		}
		if size < 1 {
			return p, tracker.ErrShort
		}
		data := b[8 : 8+size]
		p.good = uint32(tracker.CRC16IBM(data)) == binary.BigEndian.Uint32(b[8+size:])
		p.codec, p.body = int(data[0]), data[1:]
		p.reply = func(count int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(count)) }
		return p, nil
	case len(b) >= 3 && int(binary.BigEndian.Uint16(b)) == len(b)-2 && digits(b[2:]):
		p.login, p.imei, p.good = true, string(b[2:]), true
		return p, nil
	case len(b) >= 10 && int(binary.BigEndian.Uint16(b)) == len(b)-2:
		r := tracker.NewReader(b[2:])
		id := r.U16()
		r.Skip(1)
		inner := r.U8()
		imei := r.Bytes(r.U16())
		if r.Short() || !digits(imei) || r.Left() < 2 {
			return p, tracker.ErrForeign
		}
		p.imei, p.good = string(imei), true
		p.codec, p.body = r.U8(), r.Rest()
		p.reply = func(count int) []byte {
			out := binary.BigEndian.AppendUint16([]byte{0, 5}, uint16(id))
			return append(out, 1, byte(inner), byte(count))
		}
		return p, nil
	}
	return p, tracker.ErrForeign
}
