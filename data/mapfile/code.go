package mapfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// An encoder writes the columns of a section: varints, since most columns are
// small numbers or small steps from the one before.
type encoder struct{ b []byte }

func (e *encoder) uint(x uint64)   { e.b = binary.AppendUvarint(e.b, x) }
func (e *encoder) int(x int64)     { e.b = binary.AppendVarint(e.b, x) }
func (e *encoder) byte(x byte)     { e.b = append(e.b, x) }
func (e *encoder) float(x float32) { e.b = binary.LittleEndian.AppendUint32(e.b, math.Float32bits(x)) }

func (e *encoder) string(s string) {
	e.uint(uint64(len(s)))
	e.b = append(e.b, s...)
}

// column writes one value of each item, all items in a row: neighbours are alike.
func column[T any](items []T, write func(*T)) {
	for i := range items {
		write(&items[i])
	}
}

// A decoder reads what an encoder wrote. After the first error it gives zeros,
// so a reader checks once, at the end; counts are held against the bytes that
// are left before anything is made of that size.
type decoder struct {
	b    []byte
	text string // b as one string, which all strings are cut from
	at   int
	err  error
}

func newDecoder(b []byte, strings bool) *decoder {
	d := &decoder{b: b}
	if strings {
		d.text = string(b)
	}
	return d
}

var (
	errEnd   = errors.New("it ends too early")
	errRest  = errors.New("it goes on after its end")
	errRange = errors.New("a number is out of range")
)

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = fmt.Errorf("byte %d: %w", d.at, err)
	}
	d.at = len(d.b)
}

func (d *decoder) uint() uint64 {
	if d.at < len(d.b) && d.b[d.at] < 0x80 {
		d.at++
		return uint64(d.b[d.at-1])
	}
	x, n := binary.Uvarint(d.b[d.at:])
	if n <= 0 {
		d.fail(errEnd)
		return 0
	}
	d.at += n
	return x
}

func (d *decoder) int() int64 {
	x := d.uint()
	return int64(x>>1) ^ -int64(x&1)
}

func (d *decoder) uint32() uint32 {
	x := d.uint()
	if x > math.MaxUint32 {
		d.fail(errRange)
		return 0
	}
	return uint32(x)
}

func (d *decoder) uint16() uint16 {
	x := d.uint()
	if x > math.MaxUint16 {
		d.fail(errRange)
		return 0
	}
	return uint16(x)
}

func (d *decoder) byte() byte {
	if d.at >= len(d.b) {
		d.fail(errEnd)
		return 0
	}
	d.at++
	return d.b[d.at-1]
}

func (d *decoder) float() float32 {
	if len(d.b)-d.at < 4 {
		d.fail(errEnd)
		return 0
	}
	d.at += 4
	return math.Float32frombits(binary.LittleEndian.Uint32(d.b[d.at-4:]))
}

func (d *decoder) string() string {
	n := d.count(1)
	d.at += n
	if d.err != nil {
		return ""
	}
	return d.text[d.at-n : d.at]
}

// count reads how many items follow, each of at least so many bytes.
func (d *decoder) count(each int) int {
	n := d.uint()
	if n > uint64((len(d.b)-d.at)/each) {
		d.fail(errEnd)
		return 0
	}
	return int(n)
}

// end checks that all was read.
func (d *decoder) end() error {
	if d.err == nil && d.at != len(d.b) {
		d.fail(errRest)
	}
	return d.err
}

// fixed positions, 1e-7 degrees, as steps from the one before.
type step struct{ lon, lat int64 }

func (s *step) write(e *encoder, lon, lat int32) {
	e.int(int64(lon) - s.lon)
	e.int(int64(lat) - s.lat)
	s.lon, s.lat = int64(lon), int64(lat)
}

func (s *step) read(d *decoder) (lon, lat int32) {
	s.lon += d.int()
	s.lat += d.int()
	if s.lon != int64(int32(s.lon)) || s.lat != int64(int32(s.lat)) {
		d.fail(errRange)
		s.lon, s.lat = 0, 0
	}
	return int32(s.lon), int32(s.lat)
}

func fixedOf(p orb.Point) (lon, lat int32) {
	return int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7))
}

func pointOf(lon, lat int32) orb.Point {
	return orb.Point{float64(lon) / 1e7, float64(lat) / 1e7}
}

// words numbers strings in the order in which they come up.
type words struct {
	list []string
	id   map[string]uint64
}

func newWords() *words { return &words{list: []string{""}, id: map[string]uint64{"": 0}} }

func (w *words) of(s string) uint64 {
	id, ok := w.id[s]
	if !ok {
		id = uint64(len(w.list))
		w.list = append(w.list, s)
		w.id[s] = id
	}
	return id
}

func (e *encoder) words(list []string) {
	e.uint(uint64(len(list)))
	column(list, func(s *string) { e.string(*s) })
}

func (d *decoder) words() []string {
	list := make([]string, d.count(1))
	for i := range list {
		list[i] = d.string()
	}
	return list
}

// word reads the number of one of the words.
func (d *decoder) word(list []string) string {
	n := d.uint()
	if n >= uint64(len(list)) {
		d.fail(errRange)
		return ""
	}
	return list[n]
}

// texts writes maps of strings, keys in order.
func (e *encoder) texts(m map[string]string, w *words) {
	e.uint(uint64(len(m)))
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		e.uint(w.of(k))
		e.uint(w.of(m[k]))
	}
}

func (d *decoder) texts(list []string) map[string]string {
	n := d.count(2)
	if n == 0 {
		return nil
	}
	m := make(map[string]string, n)
	for range n {
		k := d.word(list)
		m[k] = d.word(list)
	}
	return m
}
