package zone

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"citygrid/geo"
	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// A Side is where ground lies, seen along a line.
type Side string

// The sides.
const (
	Left  Side = "left"
	Right Side = "right"
	Both  Side = "both"
)

// A Drawn is what somebody drew to say a zone's ground: lines along streets with a
// side and a width, or a point with a radius. It is kept so that the zone can be
// drawn on.
type Drawn struct {
	Lines   []orb.LineString
	Side    Side
	WidthM  float64 // of the ground; half of it on each side with Both
	Point   *orb.Point
	RadiusM float64
}

// Limits of what is drawn.
const (
	MaxLinePoints = 2_000 // of all lines of one zone
	MinWidthM     = 0.5
	MaxWidthM     = 200
	MinRadiusM    = 1
	MaxRadiusM    = 5_000
	maxStep       = 0.5 // degrees between two points of a line
)

type drawn struct {
	Lines   [][][2]float64 `json:"lines,omitempty"`
	Side    Side           `json:"side,omitempty"`
	WidthM  float64        `json:"width_m,omitempty"`
	Point   *[2]float64    `json:"point,omitempty"`
	RadiusM float64        `json:"radius_m,omitempty"`
}

// MarshalJSON writes {"lines": [[[lon, lat], ...]], "side": "left", "width_m": 6} or
// {"point": [lon, lat], "radius_m": 30}.
func (d Drawn) MarshalJSON() ([]byte, error) {
	j := drawn{Side: d.Side, WidthM: d.WidthM, RadiusM: d.RadiusM, Point: (*[2]float64)(d.Point)}
	for _, l := range d.Lines {
		line := make([][2]float64, len(l))
		for i, p := range l {
			line[i] = p
		}
		j.Lines = append(j.Lines, line)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes; Zone.Check says what it must keep.
func (d *Drawn) UnmarshalJSON(text []byte) error {
	// A point of one number must not be read as one on the equator.
	var j struct {
		drawn
		Lines [][][]float64 `json:"lines"`
		Point []float64     `json:"point"`
	}
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	bad := func(what string) error { return &FieldError{Field: "drawn", What: what, Rule: ErrZone} }
	out := Drawn{Side: j.Side, WidthM: j.WidthM, RadiusM: j.RadiusM}
	if j.Point != nil {
		if len(j.Point) < 2 {
			return bad("point has no two numbers: give longitude and latitude")
		}
		out.Point = &orb.Point{j.Point[0], j.Point[1]}
	}
	for _, l := range j.Lines {
		line := make(orb.LineString, len(l))
		for i, p := range l {
			if len(p) < 2 {
				return bad("a point of a line has no two numbers: give longitude and latitude")
			}
			line[i] = orb.Point{p[0], p[1]}
		}
		out.Lines = append(out.Lines, line)
	}
	*d = out
	return nil
}

// fault says what is wrong with what was drawn, and where; "" is nothing.
func (d *Drawn) fault() (what string, at *orb.Point) {
	onEarth := func(p orb.Point) bool { return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= maxLatitude }
	if d.Point != nil {
		switch {
		case len(d.Lines) > 0 || d.Side != "" || d.WidthM != 0:
			return "draw lines or a point, not both", nil
		case !onEarth(*d.Point):
			return fmt.Sprintf("the point is not a longitude and a latitude within %d degrees: %v", maxLatitude, *d.Point), nil
		case !(d.RadiusM >= MinRadiusM && d.RadiusM <= MaxRadiusM):
			return fmt.Sprintf("radius_m must be %d to %d metres", MinRadiusM, MaxRadiusM), d.Point
		}
		return "", nil
	}
	if len(d.Lines) == 0 {
		return "is neither lines nor a point", nil
	}
	if d.RadiusM != 0 {
		return "radius_m goes with a point alone", nil
	}
	if d.Side != Left && d.Side != Right && d.Side != Both {
		return fmt.Sprintf("%q is no side: use %s, %s or %s", clip(string(d.Side)), Left, Right, Both), nil
	}
	if !(d.WidthM >= MinWidthM && d.WidthM <= MaxWidthM) {
		return fmt.Sprintf("width_m must be %v to %v metres", MinWidthM, MaxWidthM), nil
	}
	points := 0
	for i, l := range d.Lines {
		points += len(l)
		if points > MaxLinePoints {
			return fmt.Sprintf("more than %d points: draw it simpler or cut the zone in two", MaxLinePoints), nil
		}
		length := 0.0
		for j, p := range l {
			if !onEarth(p) {
				return fmt.Sprintf("point %d of line %d is not a longitude and a latitude within %d degrees: %v", j, i, maxLatitude, p), nil
			}
			if j > 0 {
				step := math.Max(math.Abs(p[0]-l[j-1][0]), math.Abs(p[1]-l[j-1][1]))
				if step > maxStep {
					return fmt.Sprintf("points %d and %d of line %d are farther apart than %v degrees", j-1, j, i, maxStep), &l[j]
				}
				length += step
			}
		}
		if length == 0 {
			return fmt.Sprintf("line %d has no length: it needs two points at least", i), nil
		}
	}
	return "", nil
}

// Ground is the ground that was drawn. The error is a *FieldError.
//
// Lengths are taken on the flat map around the first point, so at the end of a line
// that runs 50 km north or south they are off by about 1 %.
func (d *Drawn) Ground() (orb.MultiPolygon, error) {
	if what, at := d.fault(); what != "" {
		return nil, &FieldError{Field: "drawn", What: what, At: at, Rule: ErrZone}
	}
	if d.Point != nil {
		f := flatAround(*d.Point)
		return orb.MultiPolygon{{f.ring(arc(nil, [2]float64{}, d.RadiusM, 0, 2*math.Pi))}}, nil
	}
	f := flatAround(d.Lines[0][0])
	var pieces []planar.Line
	for _, l := range d.Lines {
		var line [][2]float64
		for _, p := range l {
			if at := f.to(p); len(line) == 0 || math.Hypot(at[0]-line[len(line)-1][0], at[1]-line[len(line)-1][1]) > 0.01 {
				line = append(line, at)
			}
		}
		for _, ring := range ribbon(line, d.Side, d.WidthM) {
			var points []planar.Point
			for _, p := range f.ring(ring) {
				at, ok := planar.At(p)
				if !ok {
					return nil, &FieldError{Field: "drawn", What: "reaches over the edge of the earth", Rule: ErrZone}
				}
				points = append(points, at)
			}
			pieces = append(pieces, planar.Line{Points: points})
		}
	}
	ground, err := covered(pieces)
	if err != nil {
		return nil, &FieldError{Field: "drawn", What: fmt.Sprintf("has no ground that can be made: draw it simpler (%v)", err), Rule: ErrZone}
	}
	return ground, nil
}

// covered is what rings that run counter-clockwise go round together.
func covered(rings []planar.Line) (orb.MultiPolygon, error) {
	mesh, err := planar.New(rings)
	if err != nil {
		return nil, err
	}
	times := make([]int, mesh.Faces()) // that the rings go round a face
	mesh.Spread(func(from, to int32, edge int, toLeft bool) {
		times[to] = times[from]
		for _, use := range mesh.Uses(edge) {
			if use.Forward == toLeft {
				times[to]++
			} else {
				times[to]--
			}
		}
	})
	label := make([]int32, len(times))
	for i, n := range times {
		if n == 0 {
			label[i] = -1
		}
	}
	ground := mesh.Dissolve(label, 1)[0]
	if len(ground) == 0 {
		return nil, errors.New("it is too thin")
	}
	return ground, nil
}

// ribbon covers the ground beside a line, in metres, with convex pieces: a box beside
// each edge and a fan on the outside of each bend, all counter-clockwise.
func ribbon(line [][2]float64, side Side, width float64) (pieces [][][2]float64) {
	left, right := width, 0.0
	switch side {
	case Right:
		left, right = 0, width
	case Both:
		left, right = width/2, width/2
	}
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		dx, dy := b[0]-a[0], b[1]-a[1]
		long := math.Hypot(dx, dy)
		nx, ny := -dy/long, dx/long // to the left
		pieces = append(pieces, [][2]float64{
			{a[0] - right*nx, a[1] - right*ny},
			{b[0] - right*nx, b[1] - right*ny},
			{b[0] + left*nx, b[1] + left*ny},
			{a[0] + left*nx, a[1] + left*ny},
		})
		if i == 1 {
			continue
		}
		before := line[i-2]
		was := math.Atan2(a[1]-before[1], a[0]-before[0])
		turn := math.Remainder(math.Atan2(dy, dx)-was, 2*math.Pi) // to the left above 0
		if math.Abs(turn) < 1e-6 {
			continue
		}
		if r := right; turn > 0 && r > 0 {
			pieces = append(pieces, arc([][2]float64{a}, a, r, was-math.Pi/2, was-math.Pi/2+turn))
		}
		if r := left; turn < 0 && r > 0 {
			pieces = append(pieces, arc([][2]float64{a}, a, r, was+math.Pi/2+turn, was+math.Pi/2))
		}
	}
	return pieces
}

// arc appends points on a circle, all of a full one but the last: one every 10 degrees,
// so that the ground inside is at most 0.4 % too narrow, or fewer where it is 5 cm at
// most.
func arc(out [][2]float64, at [2]float64, r, from, to float64) [][2]float64 {
	step := min(max(2*math.Acos(1-min(1, 0.05/r)), math.Pi/18), math.Pi/6)
	steps := max(1, int(math.Ceil(math.Abs(to-from)/step-1e-9)))
	last := steps
	if math.Abs(to-from) >= 2*math.Pi {
		last--
	}
	for i := 0; i <= last; i++ {
		angle := from + (to-from)*float64(i)/float64(steps)
		out = append(out, [2]float64{at[0] + r*math.Cos(angle), at[1] + r*math.Sin(angle)})
	}
	return out
}

// flat is a map in metres around a point.
type flat struct {
	at   orb.Point
	x, y float64 // metres a degree
}

func flatAround(at orb.Point) flat {
	x, y := geo.MetresPerDegree(at[1])
	return flat{at, float64(x), float64(y)}
}

func (f flat) to(p orb.Point) [2]float64 {
	return [2]float64{(p[0] - f.at[0]) * f.x, (p[1] - f.at[1]) * f.y}
}

func (f flat) from(p [2]float64) orb.Point {
	return orb.Point{f.at[0] + p[0]/f.x, f.at[1] + p[1]/f.y}
}

// ring is a closed ring of the points, rounded to 1e-9 degrees.
func (f flat) ring(points [][2]float64) orb.Ring {
	r := make(orb.Ring, 0, len(points)+1)
	for _, p := range points {
		at := f.from(p)
		r = append(r, orb.Point{math.Round(at[0]*1e9) / 1e9, math.Round(at[1]*1e9) / 1e9})
	}
	return append(r, r[0])
}
