// Package gt06 decodes the protocol of Concox (GT06, JM, JC, AT, HVT series)
// and of the many makers who copied it and then changed a field here and there.
//
// The copies share message numbers and differ in what follows the position, so
// the length of a message decides how it is read. Times are taken for UTC; a
// zone that the login tells is passed on in Message.Zone and not applied,
// since firmwares disagree about whether it was meant.
package gt06

import (
	"bytes"
	"encoding/binary"

	"citygrid/live/ingest/tracker"
)

var tail = []byte("\r\n")

// Split finds frames: 78 78 and a length of one byte, or 79 79 and one of two,
// up to the end that the length tells. Some firmwares put a count or a zero
// where the length belongs; their frames end at the first CR LF behind which
// the data ends or another frame starts.
func Split(data []byte, atEnd bool) (frame []byte, used int) {
	start := -1
	for i := 0; i+1 < len(data); i++ {
		if starts(data[i:]) {
			start = i
			break
		}
	}
	switch {
	case start < 0 && len(data) > 0 && (data[len(data)-1] == 0x78 || data[len(data)-1] == 0x79) && !atEnd:
		return nil, len(data) - 1 // perhaps the first half of a start
	case start < 0:
		return nil, len(data)
	case start > 0:
		return nil, start
	}
	n := declared(data)
	if n > 0 && n <= len(data) && bytes.Equal(data[n-2:n], tail) {
		return data[:n], n
	}
	for from := 4; from < len(data); {
		i := bytes.Index(data[from:], tail)
		if i < 0 {
			break
		}
		end := from + i + 2
		if end < len(data) && starts(data[end:]) {
			return data[:end], end
		}
		// At the end of what came: either the frame's end, or two bytes of
		// its inside that look like it. A length that is still to be
		// reached says which.
		if end == len(data) && (atEnd || n < end) {
			return data[:end], end
		}
		from += i + 1
	}
	return nil, 0
}

func starts(b []byte) bool {
	return len(b) >= 2 && (b[0] == 0x78 && b[1] == 0x78 || b[0] == 0x79 && b[1] == 0x79)
}

// declared is the size of the frame by its own length, 0 when that hasn't come.
func declared(b []byte) int {
	switch {
	case len(b) < 4:
		return 0
	case b[0] == 0x78:
		return int(b[2]) + 5
	}
	return int(binary.BigEndian.Uint16(b[2:])) + 6
}

// A packet is a frame taken apart.
type packet struct {
	long    bool // 79 79
	kind    int
	length  int    // as the frame tells it, right or not
	content []byte // between kind and serial number
	loose   []byte // content and all behind it but CR LF, for frames cut short
	serial  int
	good    bool // the CRC is right
}

func open(frame []byte) (p packet, err error) {
	if len(frame) < 6 || !starts(frame) {
		return p, tracker.ErrForeign
	}
	if !bytes.HasSuffix(frame, tail) {
		frame = append(bytes.Clone(frame), tail...) // a log that lost it
	}
	head := 3
	p.length = int(frame[2])
	if p.long = frame[0] == 0x79; p.long {
		head = 4
		p.length = int(binary.BigEndian.Uint16(frame[2:]))
	}
	if len(frame) < head+3 {
		return p, tracker.ErrShort
	}
	p.kind = int(frame[head])
	p.loose = frame[head+1 : len(frame)-2]
	p.content = p.loose
	if len(p.loose) >= 4 {
		n := len(p.loose)
		p.content = p.loose[:n-4]
		p.serial = int(binary.BigEndian.Uint16(p.loose[n-4:]))
		p.good = tracker.CRC16X25(frame[2:len(frame)-4]) == binary.BigEndian.Uint16(p.loose[n-2:])
	}
	return p, nil
}

// answer builds a frame to the device.
func answer(kind, serial int, content []byte) []byte {
	b := []byte{0x78, 0x78, byte(len(content) + 5), byte(kind)}
	b = append(b, content...)
	b = binary.BigEndian.AppendUint16(b, uint16(serial))
	b = binary.BigEndian.AppendUint16(b, tracker.CRC16X25(b[2:]))
	return append(b, tail...)
}
