package osm

import "errors"

// A wire walks over one protocol-buffer message. It never reads past its bytes:
// whatever they are, it ends with an error or at the end.
//
// The reader is our own because paulmach/osm's osmpbf decodes in goroutines of
// its own and panics there on plain (not dense) nodes and on string numbers
// outside the table; a panic in somebody else's goroutine can't be recovered,
// so one bad upload would end the control room.
type wire struct {
	b   []byte
	err error
}

var (
	errShort  = errors.New("a field is longer than its message")
	errVarint = errors.New("a number is longer than 64 bits")
	errField  = errors.New("a field has an unknown wire type")
)

// next gives the next field's number and wire type; ok is false at the end or
// after an error.
func (w *wire) next() (field int, kind int, ok bool) {
	if w.err != nil || len(w.b) == 0 {
		return 0, 0, false
	}
	tag := w.varint()
	if w.err != nil {
		return 0, 0, false
	}
	return int(tag >> 3), int(tag & 7), true
}

func (w *wire) varint() uint64 {
	var x uint64
	for i := 0; i < 10 && i < len(w.b); i++ {
		c := w.b[i]
		x |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			w.b = w.b[i+1:]
			return x
		}
	}
	if len(w.b) < 10 {
		w.fail(errShort)
	} else {
		w.fail(errVarint)
	}
	return 0
}

func (w *wire) sint() int64 { return unzigzag(w.varint()) }

func unzigzag(x uint64) int64 { return int64(x>>1) ^ -int64(x&1) }

// bytes gives a length-delimited field without copying it.
func (w *wire) bytes() []byte {
	n := w.varint()
	if w.err != nil {
		return nil
	}
	if n > uint64(len(w.b)) {
		w.fail(errShort)
		return nil
	}
	out := w.b[:n]
	w.b = w.b[n:]
	return out
}

// skip steps over a field of the given wire type.
func (w *wire) skip(kind int) {
	switch kind {
	case 0:
		w.varint()
	case 1:
		w.drop(8)
	case 2:
		w.bytes()
	case 5:
		w.drop(4)
	default:
		w.fail(errField)
	}
}

func (w *wire) drop(n int) {
	if n > len(w.b) {
		w.fail(errShort)
		return
	}
	w.b = w.b[n:]
}

func (w *wire) fail(err error) {
	if w.err == nil {
		w.err = err
	}
	w.b = nil
}

// message reads a length-delimited field, or fails when the field has another
// wire type.
func (w *wire) message(kind int) []byte {
	if kind != 2 {
		w.fail(errField)
		return nil
	}
	return w.bytes()
}

// number reads a varint field, or fails when the field has another wire type.
func (w *wire) number(kind int) uint64 {
	if kind != 0 {
		w.fail(errField)
		return 0
	}
	return w.varint()
}
