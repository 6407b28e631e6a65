package gis

import (
	"encoding/binary"
	"fmt"
)

// EWKB type codes and flags, from PostGIS's doc/ZMSgeoms.txt.
const (
	point           = 1
	lineString      = 2
	polygon         = 3
	multiPoint      = 4
	multiLineString = 5
	multiPolygon    = 6

	hasZ    = 0x80000000
	hasM    = 0x40000000
	hasSRID = 0x20000000
)

// survey walks the lengths in b without reading a coordinate: every count must
// fit the bytes that follow, parts must be of the kind and form their whole
// promises, and nothing may be left over.
func survey(b []byte) error {
	s := surveyor{b: b}
	s.geometry(0, 0)
	if s.err == nil && s.at != len(b) {
		s.fail("%d bytes are left over", len(b)-s.at)
	}
	return s.err
}

type surveyor struct {
	b   []byte
	at  int
	err error // the first fault
}

func (s *surveyor) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: byte %d: %s", ErrEWKB, s.at, fmt.Sprintf(format, args...))
	}
}

// geometry passes one geometry. A part of a multiple must be of kind, with the
// form of its whole; the outermost has kind 0.
func (s *surveyor) geometry(kind, form uint32) {
	if len(s.b)-s.at < 5 {
		s.fail("a geometry is cut off")
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch s.b[s.at] {
	case 0:
		order = binary.BigEndian
	case 1:
	default:
		s.fail("the byte order is %d, it must be 0 or 1", s.b[s.at])
		return
	}
	code := order.Uint32(s.b[s.at+1:])
	s.at += 5
	got, flags := code&^(hasZ|hasM|hasSRID), code&(hasZ|hasM)
	if kind != 0 && (got != kind || flags != form) {
		s.fail("a part is of type %#x, its whole asks for %#x", code, kind|form)
		return
	}
	if code&hasSRID != 0 {
		s.skip(4, "the SRID")
	}
	size := 16 // bytes a point
	if flags&hasZ != 0 {
		size += 8
	}
	if flags&hasM != 0 {
		size += 8
	}
	switch got {
	case point:
		s.skip(size, "a point")
	case lineString:
		s.skip(s.count(order, size)*size, "a line")
	case polygon:
		for range s.count(order, 4) {
			s.skip(s.count(order, size)*size, "a ring")
		}
	case multiPoint, multiLineString, multiPolygon:
		for range s.count(order, 5) {
			if s.err != nil {
				return
			}
			s.geometry(got-3, flags) // the code of a multiple is three above its part's
		}
	default:
		s.fail("type %d is not a point, a line, a polygon or a multiple of these", got)
	}
}

// count reads how many things of at least so many bytes follow. It is 0 after a
// fault, so that loops end.
func (s *surveyor) count(order binary.ByteOrder, least int) int {
	if s.err != nil {
		return 0
	}
	if len(s.b)-s.at < 4 {
		s.fail("a count is cut off")
		return 0
	}
	n := int(order.Uint32(s.b[s.at:]))
	s.at += 4
	if n > (len(s.b)-s.at)/least {
		s.fail("%d parts are promised, %d bytes are left", n, len(s.b)-s.at)
		return 0
	}
	return n
}

func (s *surveyor) skip(n int, what string) {
	if s.err == nil && len(s.b)-s.at < n {
		s.fail("%s is cut off", what)
	}
	if s.err == nil {
		s.at += n
	}
}
