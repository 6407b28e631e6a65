package basemap

import "math"

// Streets, by class: the first zoom that draws one, and the first that names it.
var streetZooms = map[string]struct{ draw, name uint8 }{
	"motorway":      {5, 10},
	"trunk":         {6, 10},
	"primary":       {8, 11},
	"secondary":     {9, 12},
	"tertiary":      {11, 12},
	"unclassified":  {12, 13},
	"residential":   {12, 13},
	"living_street": {13, 13},
	"pedestrian":    {13, 13},
	"busway":        {13, 14},
	"service":       {14, 14},
	"track":         {13, 14},
	"ferry":         {9, 13},
	"corridor":      {15, 15},
	"platform":      {15, 15},
}

// The first zoom of what has no size to go by, by layer and kind; "" is for the
// kinds that are not named. Settlements and points of interest crowd each other
// out on the screen, so these only keep far too many from being sent.
var kindZooms = [Layers]map[string]uint8{
	Waterway: {"river": 8, "canal": 10, "stream": 12, "": 13},
	Rail:     {"rail": 9, "light_rail": 11, "subway": 11, "": 13},
	Aeroway:  {"runway": 10, "taxiway": 13, "": 12},
	Boundary: {"admin_2": 0, "admin_3": 4, "admin_4": 4, "admin_5": 7, "admin_6": 7, "admin_7": 10, "admin_8": 10, "": 12},
	Settlement: {
		"country": 0, "state": 3, "province": 3, "region": 5, "county": 8, "city": 4, "town": 7,
		"island": 8, "borough": 9, "suburb": 10, "village": 10, "quarter": 12, "": 12,
		"locality": 13, "islet": 13, "isolated_dwelling": 14, "square": 14,
	},
	POI: {
		"aerodrome": 10, "hospital": 13, "university": 13, "station": 13, "": 14,
		"bench": 15, "waste_basket": 15, "recycling": 15, "vending_machine": 15, "post_box": 15, "drinking_water": 15,
		"bicycle_parking": 15, "parking": 15, "telephone": 15, "shelter": 15, "hydrant": 15, "bus_stop": 15,
	},
	HouseNumber: {"": 15},
}

// minorRank is the first rank of the points of interest that wait for MaxZoom.
const minorRank = 5

// Areas are drawn once they cover so many pixels of a screen, a tile being 512
// wide, and not below the zoom.
var areaZooms = [Layers]struct {
	pixels float64
	least  uint8
}{
	Land:     {24, 7},
	Green:    {16, 6},
	Water:    {6, 0},
	Building: {6, 13},
	Street:   {6, 13},
	Aeroway:  {4, 9},
}

// firstZoom is the first zoom that draws the record, at most MaxZoom.
func (p *Parts) firstZoom(r *Record) uint8 {
	zoom := max(p.ruledZoom(r), r.MinZoom)
	return min(zoom, MaxZoom)
}

func (p *Parts) ruledZoom(r *Record) uint8 {
	kind := p.Words[r.Kind]
	if r.Shape == Polygons {
		if r.Layer == Water && kind == "sea" {
			return 0
		}
		rule := areaZooms[r.Layer]
		return max(rule.least, zoomOfArea(p.area(r), rule.pixels))
	}
	if r.Layer == Street {
		zooms, known := streetZooms[kind]
		switch {
		case !known:
			return 14 // paths of all kinds
		case r.Flags&Link != 0:
			return min(zooms.draw+4, 13)
		}
		return zooms.draw
	}
	zoom, known := kindZooms[r.Layer][kind]
	switch {
	case !known && r.Layer == POI && r.Rank >= minorRank:
		return MaxZoom
	case !known:
		return kindZooms[r.Layer][""]
	}
	return zoom
}

// zoomOfArea is the first zoom at which an area, in squares of Point's unit,
// covers so many pixels.
func zoomOfArea(area, pixels float64) uint8 {
	const pixelBits = 9 // 512 to a tile
	if area <= 0 {
		return MaxZoom
	}
	zoom := math.Ceil(worldBits - pixelBits + math.Log2(pixels/area)/2)
	return uint8(min(max(zoom, 0), MaxZoom))
}

// area is the area of the record's outer rings.
func (p *Parts) area(r *Record) (area float64) {
	for _, ring := range p.Rings[r.First : r.First+r.Rings] {
		if !ring.Hole {
			area += math.Abs(signedArea(p.Points[ring.First : ring.First+ring.Count]))
		}
	}
	return area
}

// signedArea is positive if the ring turns clockwise on the screen, y being
// south (the surveyor's formula, taken from the first point to keep precision).
func signedArea(ring []Point) float64 {
	var twice float64
	for i := 2; i < len(ring); i++ {
		ax, ay := ring[i-1].minus(ring[0])
		bx, by := ring[i].minus(ring[0])
		twice += ax*by - bx*ay
	}
	return twice / 2
}

func (p Point) minus(q Point) (x, y float64) {
	return float64(p.X) - float64(q.X), float64(p.Y) - float64(q.Y)
}

// shownAt is the record as zoom z tells of it: what nobody could see there is
// blank, so that more lines are equal and merge.
func (p *Parts) shownAt(r Record, z uint8) Record {
	r.First, r.Rings, r.MinZoom = 0, 0, 0
	if z < separate {
		r.Segment, r.OneWay = 0, 0
	}
	switch r.Layer {
	case Street:
		zooms, known := streetZooms[p.Words[r.Kind]]
		if !known {
			zooms.name = 14
		}
		if z < zooms.name {
			r.Names = 0
		}
		if z < 7 {
			r.Ref = 0
		}
		if z < 12 {
			r.Flags, r.Level = r.Flags&Link, 0
		}
	case Rail, Waterway, Boundary, Aeroway:
		if z < 12 {
			r.Names, r.Ref, r.Flags, r.Level = 0, 0, 0, 0
		}
	case Building:
		if z < 15 {
			r.Names, r.HeightM = 0, 0
		}
	case Land:
		if z < 13 {
			r.Names = 0
		}
	}
	return r
}
