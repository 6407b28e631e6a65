package grid_test

import (
	"fmt"
	"strings"

	"citygrid/grid"

	"github.com/paulmach/orb"
)

const twoGrids = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"W","name":"West"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[0.01,0],[0.01,0.01],[0,0.01],[0,0]]]}},
{"type":"Feature","properties":{"code":"E","name":"East"},"geometry":{"type":"Polygon","coordinates":[[[0.01,0],[0.02,0],[0.02,0.01],[0.01,0.01],[0.01,0]]]}}
]}`

// Read a plan and ask whose a point is; the border belongs to the east.
func ExampleReadGeoJSON() {
	plan, err := grid.ReadGeoJSON(strings.NewReader(twoGrids))
	if err != nil {
		fmt.Println(err)
		return
	}
	owners, err := plan.Index()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range []orb.Point{{0.005, 0.005}, {0.01, 0.005}, {0.5, 0.5}} {
		id, ok := owners.OwnerAt(p)
		g, _ := plan.Grid(id)
		fmt.Println(id, g.Name["en"], ok)
	}
	// Output:
	// 1 West true
	// 2 East true
	// 0  false
}

// A plan with a fault is refused whole, with the place and what to do.
func ExamplePlan_Check() {
	moved := strings.NewReplacer("[[[0.01,0],", "[[[0.009,0],", "[0.01,0]]]", "[0.009,0]]]").Replace(twoGrids)
	_, err := grid.ReadGeoJSON(strings.NewReader(moved))
	fmt.Println(err)
	// Output: plan refused: features 0 and 1: they share 61545 m2 at 0.0096250,0.0025000; give the ground to one of them
}
