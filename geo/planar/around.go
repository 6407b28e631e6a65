package planar

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Around finds the area between lines that a point lies in: a town, say, among
// boundary lines that are each drawn once for both sides. It is false where no
// ring of lines goes round the point.
func Around(lines []orb.LineString, at orb.Point) (orb.MultiPolygon, bool, error) {
	var all []Line
	for i, line := range lines {
		points := make([]Point, 0, len(line))
		for _, p := range line {
			q, ok := At(p)
			if !ok {
				return nil, false, fmt.Errorf("line %d, %v: %w", i, p, ErrPosition)
			}
			points = append(points, q)
		}
		all = append(all, Line{points})
	}
	m, err := New(all)
	if err != nil {
		return nil, false, err
	}
	label := make([]int32, m.Faces())
	for f := range label {
		label[f] = int32(f)
	}
	p, _ := At(at)
	in := m.Locator(label).At(p)
	if in == 0 {
		return nil, false, nil
	}
	for f := range label {
		if label[f] = -1; int32(f) == in {
			label[f] = 0
		}
	}
	return m.Dissolve(label, 1)[0], true, nil
}
