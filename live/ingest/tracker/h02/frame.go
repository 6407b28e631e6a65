// Package h02 decodes H02, the protocol of many small Chinese trackers: lines
// of text between * and #, and the same in decimal digits packed behind a $.
// Speeds on the wire are knots, times UTC.
package h02

import (
	"bytes"

	"citygrid/live/ingest/tracker"
)

// The sizes of a packed message: short, with a long number, and with a tail.
const (
	sizeShort = 32
	sizeLong  = 42
	sizeTail  = 45
)

// Split finds lines and packed messages. A packed message has no length; it
// ends where the next begins, at the biggest of its sizes that the data allow.
func Split(data []byte, atEnd bool) (frame []byte, used int) {
	start := bytes.IndexAny(data, "*$X")
	for start >= 0 && data[start] == 'X' && !packedLike(data[start:]) {
		// X begins a packed message of some devices, and many a word.
		next := bytes.IndexAny(data[start+1:], "*$X")
		if next < 0 {
			start = -1
			break
		}
		start += 1 + next
	}
	switch {
	case start < 0:
		return nil, len(data)
	case start > 0:
		return nil, start
	}
	if data[0] == '*' {
		if n := bytes.IndexByte(data, '#'); n > 0 {
			return data[:n+1], n + 1
		}
		return nil, 0
	}
	if data[0] == 'X' {
		if len(data) < sizeShort {
			return nil, 0
		}
		return data[:sizeShort], sizeShort
	}
	for _, n := range []int{sizeShort, sizeLong, sizeTail} {
		if len(data) > n && (data[n] == '*' || data[n] == '$') {
			return data[:n], n
		}
	}
	switch n := len(data); {
	case n >= sizeTail:
		return data[:sizeTail], sizeTail
	case n == sizeShort || n == sizeLong:
		// All that came: a message of this size, since devices send each
		// in one piece.
		return data, n
	case atEnd:
		return nil, n
	}
	return nil, 0
}

// packedLike says that decimal digits follow the start: a number and a time.
// Too few bytes to say it count as such.
func packedLike(data []byte) bool {
	for _, c := range data[1:min(len(data), 12)] {
		if c>>4 > 9 || c&15 > 9 {
			return false
		}
	}
	return true
}

// A Session decodes one connection. Every message names its device, so it
// remembers nothing. The zero Session is ready.
type Session struct{}

var _ tracker.Session = (*Session)(nil)
