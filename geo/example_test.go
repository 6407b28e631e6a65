package geo_test

import (
	"fmt"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// Which zones is this officer in?
func ExampleIndex() {
	var zones geo.Index[string]
	market := orb.Bound{Min: orb.Point{120.15, 30.24}, Max: orb.Point{120.17, 30.26}}
	if err := zones.Insert(market, "market"); err != nil {
		fmt.Println(err)
	}
	for name := range zones.At(orb.Point{120.16, 30.25}) {
		fmt.Println(name)
	}
	// Output: market
}

// A position from a map published in China comes in.
func ExampleDatum_ToWGS84() {
	p := geo.GCJ02.ToWGS84(orb.Point{116.397428, 39.90923})
	fmt.Printf("%.5f,%.5f\n", p[0], p[1])
	// Output: 116.39119,39.90783
}
