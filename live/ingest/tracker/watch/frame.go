// Package watch decodes the protocol of children's and elders' watches and of
// pet collars: [3G*number*length*content], where 3G may be another maker's two
// letters. Speeds on the wire are km/h, times UTC.
package watch

import (
	"bytes"
	"strconv"

	"citygrid/live/ingest/tracker"
)

// escapes are what follows 7D in place of a byte that has a meaning.
var escapes = [6]byte{1: '}', 2: '[', 3: ']', 4: ',', 5: '*'}

// Split finds frames and takes the escapes out. The length counts the content
// without escapes; where it doesn't lead to a closing bracket, the frame ends
// at the first one that another frame, or nothing, follows.
func Split(data []byte, atEnd bool) (frame []byte, used int) {
	start := bytes.IndexByte(data, '[')
	switch {
	case start < 0:
		return nil, len(data)
	case start > 0:
		return nil, start
	}
	if n := declared(data); n > 0 {
		return unescape(data[:n]), n
	} else if n < 0 && !atEnd {
		return nil, 0
	}
	for from := 1; from < len(data); {
		i := bytes.IndexByte(data[from:], ']')
		if i < 0 {
			break
		}
		end := from + i + 1
		if end == len(data) || data[end] == '[' {
			return unescape(data[:end]), end
		}
		from = end
	}
	return nil, 0
}

// declared is the size of the frame by its own length; 0 when the length is
// wrong, -1 when that can't be said yet.
func declared(data []byte) int {
	head := data[:min(len(data), 64)]
	stars, at := 0, [4]int{}
	for i, c := range head {
		if c == '*' {
			at[stars] = i
			if stars++; stars == len(at) {
				break
			}
		}
	}
	if stars < 3 {
		if len(data) >= 64 {
			return 0
		}
		return -1
	}
	// number*length* or number*index*length*
	for _, last := range []int{2, 3} {
		if last >= stars {
			break
		}
		size, ok := hexLength(data[at[last-1]+1 : at[last]])
		if !ok {
			continue
		}
		i := at[last] + 1
		for n := 0; n < size; n++ {
			if i < len(data) && data[i] == '}' && i+1 < len(data) && data[i+1] >= 1 && data[i+1] <= 5 {
				i++
			}
			i++
		}
		if i < len(data) && data[i] == ']' {
			return i + 1
		}
		if i >= len(data) && (last == 3 || stars == 3) {
			return -1
		}
	}
	return 0
}

func hexLength(b []byte) (int, bool) {
	if len(b) != 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b), 16, 16)
	return int(v), err == nil
}

func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '}') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '}' && i+1 < len(b) && b[i+1] >= 1 && b[i+1] <= 5 {
			i++
			c = escapes[b[i]]
		}
		out = append(out, c)
	}
	return out
}

// A Session decodes one connection. Every message names its device, so it
// remembers nothing. The zero Session is ready.
type Session struct{}

var _ tracker.Session = (*Session)(nil)
