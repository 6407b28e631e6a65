package planar_test

import (
	"fmt"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// Two towns share a border, which is drawn once.
func ExampleAround() {
	lines := []orb.LineString{
		{{1, 0}, {0, 0}, {0, 1}, {1, 1}}, // around the west town
		{{1, 0}, {1, 1}},                 // between the two
		{{1, 0}, {2, 0}, {2, 1}, {1, 1}}, // around the east town
	}
	town, found, err := planar.Around(lines, orb.Point{1.5, 0.5})
	fmt.Println(town, found, err)
	// Output: [[[[1 1] [1 0] [2 0] [2 1] [1 1]]]] true <nil>
}
