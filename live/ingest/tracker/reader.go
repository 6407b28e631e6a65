package tracker

import (
	"encoding/hex"
	"math"
	"strings"
)

// A Reader takes big-endian fields from a frame. Past the end it gives zeros
// and remembers that it did, so a decoder reads a whole group of fields and
// asks once.
type Reader struct {
	b     []byte
	i     int
	short bool
}

// NewReader reads b, which it doesn't copy.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// Left is how many bytes are unread.
func (r *Reader) Left() int { return len(r.b) - r.i }

// At is how many bytes were read.
func (r *Reader) At() int { return r.i }

// Short says that more was asked for than there was.
func (r *Reader) Short() bool { return r.short }

// Bytes are the next n. It shares the frame's memory.
func (r *Reader) Bytes(n int) []byte {
	if n < 0 || n > r.Left() {
		r.short = true
		r.i = len(r.b)
		return nil
	}
	b := r.b[r.i : r.i+n : r.i+n]
	r.i += n
	return b
}

// Rest is all that is unread.
func (r *Reader) Rest() []byte { return r.Bytes(r.Left()) }

// Peek is the byte n places ahead, 0 past the end.
func (r *Reader) Peek(n int) byte {
	if n < 0 || n >= r.Left() {
		return 0
	}
	return r.b[r.i+n]
}

// Skip passes over n bytes.
func (r *Reader) Skip(n int) { r.Bytes(n) }

// Sub is a reader of the next n bytes, or of what is left of them.
func (r *Reader) Sub(n int) *Reader {
	if n > r.Left() {
		r.short = true
		n = r.Left()
	}
	return NewReader(r.Bytes(max(n, 0)))
}

func (r *Reader) uint(n int) uint64 {
	var v uint64
	for _, b := range r.Bytes(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

// U8 is the next byte; the others likewise say how many bits they take.
func (r *Reader) U8() int { return int(r.uint(1)) }

// U16 is two bytes.
func (r *Reader) U16() int { return int(r.uint(2)) }

// U24 is three bytes.
func (r *Reader) U24() int { return int(r.uint(3)) }

// U32 is four bytes.
func (r *Reader) U32() int64 { return int64(r.uint(4)) }

// U64 is eight bytes; the top bit makes it negative.
func (r *Reader) U64() int64 { return int64(r.uint(8)) }

// I8 is a signed byte.
func (r *Reader) I8() int { return int(int8(r.uint(1))) }

// I16 is two bytes, signed.
func (r *Reader) I16() int { return int(int16(r.uint(2))) }

// I32 is four bytes, signed.
func (r *Reader) I32() int64 { return int64(int32(r.uint(4))) }

// F32 is a float of four bytes.
func (r *Reader) F32() float64 { return float64(math.Float32frombits(uint32(r.uint(4)))) }

// Hex is the next n bytes in hexadecimal, lower case.
func (r *Reader) Hex(n int) string { return hex.EncodeToString(r.Bytes(n)) }

// Text is the next n bytes as text up to the first zero byte. Bytes that
// aren't UTF-8 become marks that say so, since the text goes into JSON.
func (r *Reader) Text(n int) string {
	b := r.Bytes(n)
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

// BCD is a byte of two decimal digits.
func (r *Reader) BCD() int {
	v := r.U8()
	return v>>4*10 + v&15
}

// MAC is six bytes with colons between them.
func (r *Reader) MAC() string { return MAC(r.Bytes(6)) }

// MAC writes an address in lower case with colons.
func MAC(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// Bit says whether bit n (0 is the lowest) of v is set.
func Bit[T ~int | ~int64 | ~uint64](v T, n int) bool { return v>>n&1 == 1 }
