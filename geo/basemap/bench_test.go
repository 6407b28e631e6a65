package basemap

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"
)

// gridCity is a city of so many streets by so many, a house in every block and
// a block in every 0.001 degrees.
func gridCity(streets int) []Feature {
	var features []Feature
	at := func(x, y int) orb.Point { return orb.Point{10 + float64(x)/1000, 50 + float64(y)/1000} }
	for x := range streets {
		for y := range streets {
			p := at(x, y)
			name := map[string]string{"": fmt.Sprint("Street ", x)}
			features = append(
				features,
				Feature{Layer: Street, Kind: "residential", Name: name, Segment: uint32(len(features) + 1), Geometry: orb.LineString{p, at(x, y+1)}},
				Feature{Layer: Street, Kind: "tertiary", Segment: uint32(len(features) + 2), Geometry: orb.LineString{p, at(x+1, y)}},
				Feature{Layer: Building, Geometry: orb.Bound{Min: orb.Point{p[0] + 0.0003, p[1] + 0.0003}, Max: orb.Point{p[0] + 0.0006, p[1] + 0.0005}}},
			)
		}
	}
	return features
}

func BenchmarkNew(b *testing.B) {
	for _, streets := range []int{30, 180} {
		features := gridCity(streets)
		b.Run(fmt.Sprintf("features=%d", len(features)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(features)
			}
		})
	}
}

func BenchmarkSheet(b *testing.B) {
	for _, streets := range []int{30, 180} {
		m := New(gridCity(streets))
		for _, z := range []uint8{12, MaxZoom} {
			b.Run(fmt.Sprintf("features=%d/zoom=%d", m.Len(), z), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					newSheet(&m.parts, m.first, z)
				}
			})
		}
	}
}

func BenchmarkTile(b *testing.B) {
	p, _ := project(orb.Point{10.015, 50.015})
	for _, streets := range []int{30, 180} {
		m := New(gridCity(streets))
		for _, z := range []uint32{9, 12, 14, 15} {
			b.Run(fmt.Sprintf("features=%d/zoom=%d", m.Len(), z), func(b *testing.B) {
				m.Tile(z, 0, 0) // makes the sheet
				b.ReportAllocs()
				for b.Loop() {
					if _, err := m.Tile(z, p.X>>(32-z), p.Y>>(32-z)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
