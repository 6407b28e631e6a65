package basemap_test

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"citygrid/geo/basemap"
)

func ExampleMap_Tile() {
	m := basemap.New([]basemap.Feature{{
		Layer: basemap.Street, Kind: "residential", Name: map[string]string{"": "Main Street"},
		Geometry: orb.LineString{{-75.5471, 39.7441}, {-75.5466, 39.7459}},
	}})
	tile, err := m.Tile(14, 4753, 6217)
	if err != nil {
		fmt.Println(err)
		return
	}
	layers, err := mvt.Unmarshal(tile)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, layer := range layers {
		fmt.Println(layer.Name, layer.Features[0].Properties["name"])
	}
	// Output: street Main Street
}
