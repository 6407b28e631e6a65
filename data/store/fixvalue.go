package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"citygrid/geo"
	"citygrid/live/ingest"
)

// A fix's value is
//
//	form [1] ‖ shapes [2] ‖ received − time ‖ longitude ‖ latitude ‖ accuracy
//	         ‖ speed ‖ course ‖ altitude ‖ battery
//
// and loses nothing. Trackers report decimals, so most numbers fit a few bytes;
// shapes has two bits for each part, lowest first, that say how it is written:
//
//	received: varint of 0 seconds, 1 milliseconds, 2 microseconds, 3 nanoseconds
//	numbers:  0 not told (nothing follows), 1 varint of hundredths (positions:
//	          four bytes of 1e-7 degrees), 2 float32, 3 float64
//
// Each part is written in the first shape that gives it back exactly, and read
// only so: every fix has one form, and a damaged one is very likely refused.
// (Pebble checks every block it reads, too.) A phone's fix with everything told
// takes some 25 bytes; as float64s it would be 70.
const fixForm = 1

const (
	absent = iota
	decimal
	single
	double
)

var units = [4]time.Duration{time.Second, time.Millisecond, time.Microsecond, time.Nanosecond}

const (
	hundredths = 100
	degree     = 1e7 // OpenStreetMap's step: 1.1 cm at the equator
)

func appendFix(b []byte, f ingest.Fix) []byte {
	start := len(b)
	b = append(b, fixForm, 0, 0)
	delay := f.Received.Sub(f.Time)
	shapes := uint16(0)
	for shape, unit := range units {
		if delay%unit == 0 {
			b = binary.AppendVarint(b, int64(delay/unit))
			shapes = uint16(shape)
			break
		}
	}
	for i, v := range numbersOf(f) {
		var shape uint16
		b, shape = appendNumber(b, v, i)
		shapes |= shape << (2 * (i + 1))
	}
	binary.LittleEndian.PutUint16(b[start+1:], shapes)
	return b
}

// numbersOf are the numbers of a fix in their order; "not told" is NaN, for
// accuracy too.
func numbersOf(f ingest.Fix) [7]float64 {
	accuracy := float64(f.Accuracy)
	if accuracy == 0 {
		accuracy = math.NaN()
	}
	return [7]float64{f.At[0], f.At[1], accuracy, f.Speed, float64(f.Course), f.AltitudeM, f.Battery}
}

func isPosition(i int) bool { return i < 2 }

func appendNumber(b []byte, v float64, i int) ([]byte, uint16) {
	switch {
	case math.IsNaN(v):
		return b, absent
	case isPosition(i):
		if n, ok := scaled(v, degree); ok && n == int64(int32(n)) {
			return binary.LittleEndian.AppendUint32(b, uint32(int32(n))), decimal
		}
	default:
		if n, ok := scaled(v, hundredths); ok {
			return binary.AppendVarint(b, n), decimal
		}
	}
	if f := float32(v); same(float64(f), v) {
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(f)), single
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v)), double
}

// scaled is v in steps of 1/scale, if that gives back v exactly. Minus zero has
// no integer.
func scaled(v, scale float64) (int64, bool) {
	n := int64(math.Round(max(-1<<32, min(v*scale, 1<<32))))
	return n, same(float64(n)/scale, v)
}

// same tells minus zero from zero.
func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// parseFix reads what appendFix writes, for a fix of that time. Other bytes are
// ErrCorrupt.
func parseFix(b []byte, at time.Time) (f ingest.Fix, err error) {
	r := valueReader{b: b}
	if form := r.byte(); r.err == nil && form != fixForm {
		r.fail("unknown form %d", form)
	}
	shapes := binary.LittleEndian.Uint16(r.next(2))
	unit := units[shapes&3]
	delay := r.varint()
	if limit := math.MaxInt64 / int64(unit); delay > limit || delay < -limit {
		r.fail("delay is too long")
	}
	if wider := shapes & 3; wider > 0 && (time.Duration(delay)*unit)%units[wider-1] == 0 {
		r.fail("delay is in too small a unit")
	}
	var v [7]float64
	for i := range v {
		v[i] = r.number(shapes>>(2*(i+1))&3, i)
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes are left over", len(r.b))
	}
	if r.err != nil {
		return f, r.err
	}
	if math.IsNaN(v[2]) {
		v[2] = 0
	} else if v[2] == 0 {
		return f, fmt.Errorf("%w: value of a fix: accuracy is told as 0", ErrCorrupt)
	}
	return ingest.Fix{
		Time: at, Received: at.Add(time.Duration(delay) * unit), At: [2]float64{v[0], v[1]},
		Accuracy: geo.Metres(v[2]), Speed: v[3], Course: geo.Degrees(v[4]), AltitudeM: v[5], Battery: v[6],
	}, nil
}

// A valueReader reads parts one after the other and keeps the first fault.
type valueReader struct {
	b       []byte
	err     error
	scratch [16]byte // for a part written again
}

func (r *valueReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: value of a fix: %s", ErrCorrupt, fmt.Sprintf(format, args...))
	}
}

// next is the next n bytes, zeros past the end.
func (r *valueReader) next(n int) []byte {
	if r.err == nil && len(r.b) < n {
		r.fail("cut off")
	}
	if r.err != nil {
		return make([]byte, n)
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}

func (r *valueReader) byte() byte { return r.next(1)[0] }

func (r *valueReader) varint() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail("bad number")
		return 0
	}
	if size > 1 && r.b[size-1] == 0 {
		r.fail("number is written too long")
	}
	r.b = r.b[size:]
	return n
}

func (r *valueReader) number(shape uint16, i int) float64 {
	var v float64
	switch {
	case shape == absent:
		if isPosition(i) {
			r.fail("no position")
		}
		return math.NaN()
	case shape == decimal && isPosition(i):
		v = float64(int32(binary.LittleEndian.Uint32(r.next(4)))) / degree
	case shape == decimal:
		v = float64(r.varint()) / hundredths
	case shape == single:
		v = float64(math.Float32frombits(binary.LittleEndian.Uint32(r.next(4))))
	default:
		v = math.Float64frombits(binary.LittleEndian.Uint64(r.next(8)))
	}
	if _, want := appendNumber(r.scratch[:0], v, i); want != shape && r.err == nil {
		r.fail("number %d is not in its shortest form", i)
	}
	return v
}
