// Package jt808 decodes JT/T 808, the protocol that China asks of commercial
// vehicles and that many makers of trackers took up and extended: the 2011,
// 2013 and 2019 editions, and the extensions that we have seen frames of.
//
// Times on the wire are GMT+8, whatever the country. Item and message numbers
// are the standard's. A maker's own items share the numbers 0x41 to 0xFF
// without a registry, so the same number can mean different things; we tell
// them apart by length, and where that fails the commoner meaning stands.
package jt808

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"

	"citygrid/live/ingest/tracker"
)

const (
	mark    = 0x7E // begins and ends a frame
	altMark = 0xE7 // the same in a dialect that some makers use
)

// Split finds frames between marks and takes the escapes out. A text frame in
// brackets, which electronic locks send among the others, passes as it is.
func Split(data []byte, _ bool) (frame []byte, used int) {
	start := -1
	for i, c := range data {
		if c == mark || c == altMark || c == '(' {
			start = i
			break
		}
	}
	switch {
	case start < 0:
		return nil, len(data)
	case start > 0:
		return nil, start
	}
	end := data[0]
	if end == '(' {
		end = ')'
	}
	n := bytes.IndexByte(data[1:], end)
	switch {
	case n < 0:
		return nil, 0
	case n == 0:
		// Two marks side by side: the first ended a frame whose start was
		// lost, the second starts the next.
		return nil, 1
	}
	whole := data[:n+2]
	if end == ')' {
		return whole, len(whole)
	}
	return unescape(whole), len(whole)
}

// unescape undoes 7D 01 -> 7D and 7D 02 -> 7E, or the same with 3E and E7.
func unescape(frame []byte) []byte {
	esc, m := byte(0x7D), frame[0]
	if m == altMark {
		esc = 0x3E
	}
	if bytes.IndexByte(frame, esc) < 0 {
		return frame
	}
	out := make([]byte, 0, len(frame))
	for i := 0; i < len(frame); i++ {
		c := frame[i]
		if c == esc && i+1 < len(frame) {
			switch frame[i+1] {
			case 1:
				i++
			case 2:
				c = m
				i++
			}
		}
		out = append(out, c)
	}
	return out
}

// A header is what stands before the body.
type header struct {
	mark   byte
	id     int
	flags  int
	v2019  bool
	number []byte // 6 bytes of BCD, 10 since 2019
	serial int
	total  int // parts of the message; 0 = it is in one piece
	part   int // from 1
}

// device is the number as the trade writes it. Six bytes that aren't BCD hold
// an IMEI in binary, whose last digit is left out since it follows from the
// others.
func (h header) device() []string {
	s := hex.EncodeToString(h.number)
	if strings.ContainsAny(s, "abcdef") {
		if len(h.number) != 6 {
			return []string{s}
		}
		var n int64
		for _, b := range h.number {
			n = n<<8 | int64(b)
		}
		return []string{strconv.FormatInt(n, 10) + strconv.Itoa(tracker.Luhn(n))}
	}
	short := strings.TrimLeft(s, "0")
	switch short {
	case "":
		short = "0"
	case s:
		return []string{s}
	}
	return []string{short, s}
}

// open takes a frame, marks and all, apart. The frame has no escapes.
func open(frame []byte) (h header, body []byte, good bool, err error) {
	if len(frame) < 15 || frame[0] != mark && frame[0] != altMark || frame[len(frame)-1] != frame[0] {
		return h, nil, false, tracker.ErrForeign
	}
	inner := frame[1 : len(frame)-2]
	r := tracker.NewReader(inner)
	h.mark = frame[0]
	h.id, h.flags = r.U16(), r.U16()
	if h.v2019 = tracker.Bit(h.flags, 14); h.v2019 {
		r.Skip(1) // the protocol's version
		h.number = r.Bytes(10)
	} else {
		h.number = r.Bytes(6)
	}
	if h.id == idLock || h.id == idLockBlind {
		h.serial = r.U8()
	} else {
		h.serial = r.U16()
		if tracker.Bit(h.flags, 13) {
			h.total, h.part = r.U16(), r.U16()
		}
	}
	if r.Short() {
		return h, nil, false, tracker.ErrShort
	}
	return h, r.Rest(), tracker.XOR(inner) == frame[len(frame)-2], nil
}
