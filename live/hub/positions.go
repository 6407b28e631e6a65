package hub

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Position is what a binary frame says of a unit.
type Position struct {
	N        uint64 // the unit's number, which its JSON says
	Time     time.Time
	At       orb.Point
	Heading  geo.Degrees // NaN = not told
	SpeedKmh float64     // NaN = not told
}

// A Frame is one binary message. docs/live-protocol.md has its bytes.
type Frame struct {
	Positions []Position
}

// Of the binary frame. A sixteenth bit of a tile of zoom 12 is 0.15 m at the
// equator; times are in tenths of a second.
const (
	frameVersion = 1
	tileZoom     = 12
	tiles        = 1 << tileZoom
	mercatorTop  = 85.05112877980659 // degrees north where the map's square ends
	untold       = 255
	ageUnit      = 100 * time.Millisecond
	maxFrame     = 1 << 20 // positions in a frame
)

// fits tells if a binary frame can say where u is.
func (u *unit) fits() bool { return math.Abs(u.At[1]) < mercatorTop }

// A dot is a position on its way into a frame.
type dot struct {
	tileX, tileY uint32
	x, y         uint16
	*unit
}

// pixel gives the place of p on a square of tiles * 65536 steps.
func pixel(p orb.Point) (x, y uint32) {
	const side = tiles << 16
	sin := math.Sin(p[1] * math.Pi / 180)
	fx := (p[0] + 180) / 360
	fy := 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)
	in := func(f float64) uint32 { return uint32(max(0, min(math.Floor(f*side), side-1))) }
	return in(fx), in(fy)
}

// appendFrame writes the units, which fit, as one frame.
func appendFrame(b []byte, units []*unit) []byte {
	dots := make([]dot, len(units))
	var latest time.Time
	for i, u := range units {
		dots[i] = dot{u.x >> 16, u.y >> 16, uint16(u.x), uint16(u.y), u}
		if i == 0 || u.Time.After(latest) {
			latest = u.Time
		}
	}
	slices.SortFunc(dots, func(a, b dot) int {
		return cmp.Or(cmp.Compare(a.tileX, b.tileX), cmp.Compare(a.tileY, b.tileY), cmp.Compare(a.n, b.n))
	})
	b = append(b, frameVersion, tileZoom)
	b = binary.AppendUvarint(b, uint64(max(0, latest.UnixMilli())))
	for i := 0; i < len(dots); {
		j := i + 1
		for j < len(dots) && dots[j].tileX == dots[i].tileX && dots[j].tileY == dots[i].tileY {
			j++
		}
		b = binary.AppendUvarint(b, uint64(dots[i].tileX))
		b = binary.AppendUvarint(b, uint64(dots[i].tileY))
		b = binary.AppendUvarint(b, uint64(j-i))
		var last uint64
		for _, d := range dots[i:j] {
			b = binary.AppendUvarint(b, d.n-last)
			last = d.n
			b = binary.LittleEndian.AppendUint16(b, d.x)
			b = binary.LittleEndian.AppendUint16(b, d.y)
			b = binary.AppendUvarint(b, uint64(latest.Sub(d.Time)/ageUnit))
			b = append(b, small(float64(d.Heading)*255/360, 255), small(d.SpeedKmh, 0))
		}
		i = j
	}
	return b
}

// small is v as 0..254, the rest of a circle of that size if it is one.
func small(v float64, circle int) byte {
	if math.IsNaN(v) {
		return untold
	}
	n := int(math.Round(max(0, min(v, 255))))
	if circle > 0 {
		return byte(n % circle)
	}
	return byte(min(n, untold-1))
}

// ErrFrame is what DecodePositions says of bytes that are no frame.
var ErrFrame = errors.New("not a frame of positions")

// DecodePositions reads a binary frame, as viewers in Go do.
func DecodePositions(b []byte) (Frame, error) {
	if len(b) < 3 || b[0] != frameVersion || b[1] != tileZoom {
		return Frame{}, ErrFrame
	}
	r := frameReader{b: b[2:]}
	latest := time.UnixMilli(int64(r.uvarint(1 << 50)))
	var f Frame
	for len(r.b) > 0 && r.err == nil {
		x, y, n := r.uvarint(tiles-1), r.uvarint(tiles-1), r.uvarint(maxFrame)
		var number uint64
		for range n {
			number += r.uvarint(1 << 50)
			dx, dy := r.uint16(), r.uint16()
			age, heading, speed := r.uvarint(1<<36), r.byte(), r.byte()
			if r.err != nil {
				break
			}
			f.Positions = append(f.Positions, Position{
				N: number, Time: latest.Add(-time.Duration(age) * ageUnit), At: place(x<<16|dx, y<<16|dy),
				Heading: geo.Degrees(scaled(heading, 360.0/255)), SpeedKmh: scaled(speed, 1),
			})
		}
	}
	return f, r.err
}

// place is the middle of a step of the square.
func place(x, y uint64) orb.Point {
	const side = tiles << 16
	lat := math.Atan(math.Sinh(math.Pi*(1-2*(float64(y)+0.5)/side))) * 180 / math.Pi
	return orb.Point{(float64(x)+0.5)/side*360 - 180, lat}
}

func scaled(b byte, unit float64) float64 {
	if b == untold {
		return math.NaN()
	}
	return float64(b) * unit
}

// A frameReader reads on until something is wrong.
type frameReader struct {
	b   []byte
	err error
}

func (r *frameReader) uvarint(limit uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > limit {
		r.err = fmt.Errorf("%w: a number is cut off or too large", ErrFrame)
		r.b = nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *frameReader) byte() byte {
	if len(r.b) == 0 {
		r.err = fmt.Errorf("%w: it is cut off", ErrFrame)
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *frameReader) uint16() uint64 { low := r.byte(); return uint64(low) | uint64(r.byte())<<8 }
