package path

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// Isochrones are drawn on a raster of at most so many points a side.
const (
	rasterSide   = 500
	finestRaster = geo.Metres(12)
)

// From the street one goes on across the ground at a walk, and not far: that is
// what makes an area of streets.
const (
	aside      = geo.Metres(50)
	asideSpeed = 1.4 // m/s
)

// MaxIsochrone is the longest time of an isochrone.
const MaxIsochrone = 4 * time.Hour

// Isochrones draws the ground that can be reached from a point in each of some
// times: the streets (see Within) and what lies within 50 m of them, reached at a
// walk. The areas are in the order of the times and each is within those of longer
// times; nearly always an area is one polygon, maybe with holes. They are drawn
// on a raster of 12 m or more, a five-hundredth of the reach, and are that exact.
//
// The error is an OffNetworkError if the point is farther than limit (0 =
// DefaultSnapLimit) from any street, geo.ErrPosition, the context's, or that of a
// time that makes no sense.
func (e *Engine) Isochrones(ctx context.Context, from orb.Point, limit geo.Metres, times []time.Duration) ([]orb.MultiPolygon, error) {
	q := Query{From: from, To: from, SnapLimit: limit}
	if err := q.check(); err != nil {
		return nil, err
	}
	longest := time.Duration(0)
	for _, t := range times {
		if !(t > 0 && t <= MaxIsochrone) {
			return nil, fmt.Errorf("isochrone of %v: want more than 0 and at most %v", t, MaxIsochrone)
		}
		longest = max(longest, t)
	}
	places, err := e.places(From, from, q.SnapLimit)
	if err != nil {
		return nil, err
	}
	start := places[0]
	for _, p := range places { // not in a pocket, if there is a choice
		if e.around(p).leads {
			start = p
			break
		}
	}
	var reached []Stretch
	for _, near := range start {
		if err := e.Within(ctx, near.Near, longest, func(s Stretch) bool { reached = append(reached, s); return true }); err != nil {
			return nil, err
		}
	}
	f := newField(start[0].At, e.extent(start[0].At, reached))
	f.add(start[0].At, 0)
	for i, s := range reached {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		f.draw(e.n.Cut(nil, s.Segment, s.Start, s.End), s.Begin, s.Finish)
	}
	areas := make([]orb.MultiPolygon, len(times))
	for i, t := range times {
		areas[i] = f.contour(t.Seconds())
	}
	return areas, nil
}

// extent is how far the stretches are from a point, at most, along either axis.
func (e *Engine) extent(at orb.Point, reached []Stretch) geo.Metres {
	lonM, latM := geo.MetresPerDegree(at[1])
	far := geo.Metres(0)
	for _, s := range reached {
		for _, p := range e.n.Line(s.Segment) {
			far = max(far, geo.Metres(math.Abs(p[0]-at[0])*float64(lonM)), geo.Metres(math.Abs(p[1]-at[1])*float64(latM)))
		}
	}
	return far
}

// A field knows the seconds to each point of a raster around a place.
type field struct {
	origin     orb.Point // of point (0, 0)
	lonM, latM float64   // metres a degree
	step       float64   // metres between points
	side       int
	seconds    []float64 // by row and column; more than any contour where unknown
}

func newField(at orb.Point, extent geo.Metres) *field {
	lonM, latM := geo.MetresPerDegree(at[1])
	f := &field{lonM: float64(lonM), latM: float64(latM)}
	f.step = max(float64(finestRaster), 2*float64(extent)/rasterSide)
	margin := f.reach() + 2*f.step
	half := int(math.Ceil((float64(extent) + margin) / f.step))
	f.side = 2*half + 1
	f.origin = orb.Point{at[0] - float64(half)*f.step/f.lonM, at[1] - float64(half)*f.step/f.latM}
	f.seconds = slices.Repeat([]float64{math.Inf(1)}, f.side*f.side)
	return f
}

// reach is how far the ground beside a street counts. It is wide enough that the
// points around a street touch each other.
func (f *field) reach() float64 { return max(float64(aside), 1.5*f.step) }

// add lowers the times around a place.
func (f *field) add(p orb.Point, seconds float64) {
	x, y := (p[0]-f.origin[0])*f.lonM/f.step, (p[1]-f.origin[1])*f.latM/f.step
	r := f.reach() / f.step
	for row := max(0, int(y-r)); row <= min(f.side-1, int(y+r)+1); row++ {
		for column := max(0, int(x-r)); column <= min(f.side-1, int(x+r)+1); column++ {
			d := math.Hypot(float64(column)-x, float64(row)-y)
			if d > r {
				continue
			}
			cell := &f.seconds[row*f.side+column]
			*cell = min(*cell, seconds+d*f.step/asideSpeed)
		}
	}
}

// draw adds the points of a line that is travelled between two times.
func (f *field) draw(line orb.LineString, begin, finish time.Duration) {
	length := float64(geo.Length(line))
	done := 0.0
	f.add(line[0], begin.Seconds())
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		piece := float64(geo.Distance(a, b))
		steps := int(piece/(f.step/2)) + 1
		for k := 1; k <= steps; k++ {
			share := float64(k) / float64(steps)
			at := 1.0
			if length > 0 {
				at = min(1, (done+share*piece)/length)
			}
			f.add(orb.Point{a[0] + share*(b[0]-a[0]), a[1] + share*(b[1]-a[1])}, begin.Seconds()+at*(finish-begin).Seconds())
		}
		done += piece
	}
}
