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
	start := bytes.IndexAny(data, "*$")
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

// A Session decodes one connection. Every message names its device, so it
// remembers nothing. The zero Session is ready.
type Session struct{}

var _ tracker.Session = (*Session)(nil)
