package geo

import (
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// Errors of shapes that this package cannot work with.
var (
	ErrNotArea    = errors.New("not a polygon, multipolygon or box")
	ErrPosition   = errors.New("position is not on earth")
	ErrDateLine   = errors.New("shape crosses the date line: cut it in two there")
	ErrEmptyShape = errors.New("shape has no points")
)

// An Index finds areas by place: which contain a point, which boxes meet a box.
// It is an R-tree with the exact test behind it. The zero Index is empty and
// ready. Once filled it may be shared between goroutines; Insert may not run
// beside anything else.
type Index[T any] struct {
	tree rtree.RTreeG[entry[T]]
}

type entry[T any] struct {
	area  orb.Geometry
	value T
}

// Insert adds a value with its area: an orb.Polygon, orb.MultiPolygon, orb.Ring
// or orb.Bound, which must not change any more. It refuses positions that are not
// on earth and shapes without points.
func (x *Index[T]) Insert(area orb.Geometry, value T) error {
	if err := checkArea(area); err != nil {
		return err
	}
	b := area.Bound()
	x.tree.Insert(b.Min, b.Max, entry[T]{area, value})
	return nil
}

// Len is how many values there are.
func (x *Index[T]) Len() int { return x.tree.Len() }

// At yields the values whose area contains p, borders included, each once. The
// order depends on the order of the inserts only.
func (x *Index[T]) At(p orb.Point) iter.Seq[T] {
	return func(yield func(T) bool) {
		x.tree.Search(p, p, func(_, _ [2]float64, e entry[T]) bool {
			return !Contains(e.area, p) || yield(e.value)
		})
	}
}

// Meeting yields the values whose area's bounding box meets b, touching included.
func (x *Index[T]) Meeting(b orb.Bound) iter.Seq[T] {
	return func(yield func(T) bool) {
		x.tree.Search(b.Min, b.Max, func(_, _ [2]float64, e entry[T]) bool { return yield(e.value) })
	}
}

// Contains says whether p is in the area, an orb.Polygon, orb.MultiPolygon,
// orb.Ring or orb.Bound; other geometries contain nothing. Borders, those of
// holes too, belong to the area. Edges are straight in longitude and latitude, as
// GeoJSON has it.
func Contains(area orb.Geometry, p orb.Point) bool {
	switch a := area.(type) {
	case orb.Bound:
		return a.Contains(p)
	case orb.Ring:
		return inRing(a, p) >= 0
	case orb.Polygon:
		if len(a) == 0 || inRing(a[0], p) < 0 {
			return false
		}
		for _, hole := range a[1:] {
			if inRing(hole, p) > 0 {
				return false
			}
		}
		return true
	case orb.MultiPolygon:
		for _, part := range a {
			if Contains(part, p) {
				return true
			}
		}
	}
	return false
}

// inRing is 1 inside, 0 on the ring, -1 outside. The ring may be open or closed.
func inRing(ring orb.Ring, p orb.Point) int {
	inside := false
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		if a == p {
			return 0
		}
		if (a[1] > p[1]) == (b[1] > p[1]) {
			// Not across p's latitude, but it may lie along it.
			if a[1] == p[1] && b[1] == p[1] && min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) {
				return 0
			}
			continue
		}
		// Upward edges have p on their left where the product is positive.
		side := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if side == 0 {
			return 0
		}
		if (side > 0) == (b[1] > a[1]) {
			inside = !inside
		}
	}
	if inside {
		return 1
	}
	return -1
}

// checkArea refuses what is no area on earth.
func checkArea(area orb.Geometry) error {
	switch a := area.(type) {
	case orb.Bound:
		if a.IsEmpty() {
			return ErrEmptyShape
		}
		return errors.Join(checkPoint(a.Min), checkPoint(a.Max))
	case orb.Ring:
		return checkRing(a)
	case orb.Polygon:
		if len(a) == 0 {
			return ErrEmptyShape
		}
		for _, ring := range a {
			if err := checkRing(ring); err != nil {
				return err
			}
		}
		return nil
	case orb.MultiPolygon:
		if len(a) == 0 {
			return ErrEmptyShape
		}
		for i, part := range a {
			if err := checkArea(part); err != nil {
				return fmt.Errorf("polygon %d: %w", i, err)
			}
		}
		return nil
	}
	return ErrNotArea
}

func checkRing(ring orb.Ring) error {
	if len(ring) == 0 {
		return ErrEmptyShape
	}
	for _, p := range ring {
		if err := checkPoint(p); err != nil {
			return err
		}
	}
	return nil
}

// checkPoint refuses positions off the earth, NaN among them.
func checkPoint(p orb.Point) error {
	if math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 {
		return nil
	}
	return fmt.Errorf("%v: %w", p, ErrPosition)
}
