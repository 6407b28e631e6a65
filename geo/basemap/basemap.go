// Package basemap is what the base map draws beside the streets' own data:
// land, water, buildings, streets as lines, places and labels, cut into vector
// tiles by the program itself, so the map needs no outside network.
//
// Positions are WGS 84 degrees; tiles are Web Mercator (z, x, y) as everywhere,
// in the Mapbox Vector Tile format 2.1, 4096 units wide. Inside, a position is a
// Point: Web Mercator in 1/2^32 of the world's width, under a centimetre, so that
// a tile's units are a shift away and tiles that touch agree exactly.
//
// A Map is built once, by New or Build, then only read; it may be shared between
// goroutines.
package basemap

import "github.com/paulmach/orb"

// A Layer is one layer of the vector tiles. Its String is the layer's name there.
type Layer uint8

// The layers, bottom to top.
const (
	Land        Layer = iota // polygons: landuse and islands; Kind residential, industrial, ...
	Green                    // polygons: Kind park, forest, grass, wetland, beach ...
	Water                    // polygons: Kind sea, river, lake, dock, pool
	Waterway                 // lines: Kind river, stream, canal, ditch
	Building                 // polygons; HeightM
	Street                   // lines; Kind is the street class, e.g. "residential"
	Rail                     // lines: Kind rail, light_rail, subway, tram
	Aeroway                  // lines and polygons: Kind runway, taxiway, apron
	Boundary                 // lines: Kind admin_2 .. admin_10
	Settlement               // points: Kind city, town, village, suburb, neighbourhood, hamlet ...
	POI                      // points: Kind is OSM's value, Group its key
	HouseNumber              // points: Name is the number
	Layers                   // how many there are
)

var layerNames = [Layers]string{
	"land", "green", "water", "waterway", "building", "street", "rail",
	"aeroway", "boundary", "place", "poi", "housenumber",
}

// String is the layer's name in the tiles.
func (l Layer) String() string {
	if l >= Layers {
		return "unknown"
	}
	return layerNames[l]
}

// A Feature is one thing to draw.
type Feature struct {
	Layer    Layer
	Kind     string // OSM's value, see Layer
	Group    string // for a POI, OSM's key: amenity, shop, tourism ...
	Geometry orb.Geometry
	Name     map[string]string // by language; "" is OSM's name
	Ref      string            // road number
	MinZoom  uint8             // not drawn below it; 0 = the rules of this package decide
	Rank     uint8             // among labels of its kind, 0 first
	HeightM  float32           // of a building; 0 = not known
	Segment  uint32            // for a street: 1 + its street.SegmentID; 0 otherwise
	OneWay   int8              // for a street: 1 forward, -1 backward, 0 both ways, for cars
	Link     bool              // of a street: a slip road; a Kind ending in _link says so too
	Bridge   bool
	Tunnel   bool
	Level    int8 // OSM layer
}
