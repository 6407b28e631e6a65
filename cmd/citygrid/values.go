package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/paulmach/orb"
)

// pointFlag is a position on the command line, LON,LAT in WGS 84 degrees.
type pointFlag struct{ orb.Point }

// Decode takes the next word even when it starts with a minus, as every
// position in America does.
func (p *pointFlag) Decode(ctx *kong.DecodeContext) error {
	v, err := numbers(ctx.Scan.Pop().String(), 2)
	if err != nil {
		return fmt.Errorf("%w; want LON,LAT in degrees, such as -75.5466,39.7459", err)
	}
	p.Point = orb.Point{v[0], v[1]}
	return onEarth(p.Point)
}

// boundFlag is a piece of the map on the command line, W,S,E,N in WGS 84 degrees.
type boundFlag struct{ orb.Bound }

// Decode is like pointFlag's.
func (b *boundFlag) Decode(ctx *kong.DecodeContext) error {
	v, err := numbers(ctx.Scan.Pop().String(), 4)
	if err != nil {
		return fmt.Errorf("%w; want W,S,E,N in degrees, such as -75.66,39.68,-75.46,39.82", err)
	}
	b.Bound = orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}
	if err := onEarth(b.Min); err != nil {
		return err
	}
	if err := onEarth(b.Max); err != nil {
		return err
	}
	if b.Min[0] >= b.Max[0] || b.Min[1] >= b.Max[1] {
		return fmt.Errorf("%v,%v,%v,%v is empty: want west < east and south < north (a box over the date line is not possible)", v[0], v[1], v[2], v[3])
	}
	return nil
}

// numbers splits s at its commas into n finite numbers.
func numbers(s string, n int) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) != n {
		return nil, fmt.Errorf("%q has %d numbers, not %d", s, len(parts), n)
	}
	v := make([]float64, n)
	for i, part := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%q is not a number", part)
		}
		v[i] = f
	}
	return v, nil
}

func onEarth(p orb.Point) error {
	if p[0] < -180 || p[0] > 180 || p[1] < -90 || p[1] > 90 {
		return fmt.Errorf("%v,%v is not on earth; longitude comes first", p[0], p[1])
	}
	return nil
}
