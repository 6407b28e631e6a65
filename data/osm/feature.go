package osm

import (
	"strconv"
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/basemap"
	"citygrid/geo/place"
)

// A drawing is what the base map and the gazetteer make of an element, before
// it has a geometry.
type drawing struct {
	feat  basemap.Feature
	shape drawShape
	// For the gazetteer: what it is there, if hasPlace.
	place    place.Kind
	hasPlace bool
	weight   float32
	number   string // of a house
	street   string // addr:street, or addr:place
	city     string // addr:city
	outline  bool   // a settlement given by its outline: often there is a node for it too
}

// drawShape is the geometry a drawing wants.
type drawShape uint8

const (
	asArea  drawShape = iota // a closed way or a multipolygon
	asLine                   // a way as it runs
	asPoint                  // a node, or a point in an area
)

// isArea tells whether a closed way with these tags is an area when the same
// tags on an open way are a line.
func isArea(tags osm.Tags) bool { return tags.Find("area") != "no" }

// drawings reads what is to be drawn of an element. closed tells whether it can
// be an area: a closed way or a multipolygon; node that it is a point.
func drawings(tags osm.Tags, node, closed bool, t *tally) []drawing {
	var out []drawing
	add := func(d drawing) { out = append(out, d) }
	var named map[string]string
	if node || closed || tags.Find("waterway") != "" || tags.Find("railway") != "" || tags.Find("aeroway") != "" {
		named = names(tags)
	}
	feature := func(l basemap.Layer, kind string) basemap.Feature {
		return basemap.Feature{Layer: l, Kind: clone(kind), Name: named, Level: layer(tags)}
	}
	if !node && closed && isArea(tags) {
		if d, ok := areaDrawing(tags, feature); ok {
			add(d)
		}
	}
	if !node {
		if d, ok := lineDrawing(tags, closed, feature); ok {
			add(d)
		}
	}
	if node || closed && isArea(tags) {
		if d, ok := settlement(tags, feature, node); ok {
			add(d)
		}
		if d, ok := poi(tags, feature, node); ok {
			add(d)
		}
		if n := tags.Find("addr:housenumber"); n != "" && len(n) < 100 {
			add(houseNumber(tags, n))
		}
	}
	return out
}

func areaDrawing(tags osm.Tags, feature func(basemap.Layer, string) basemap.Feature) (d drawing, ok bool) {
	named := tags.Find("name") != ""
	if b := tags.Find("building"); b != "" && b != "no" {
		f := feature(basemap.Building, b)
		f.HeightM = height(tags)
		if tags.Find("location") == "underground" {
			return d, false
		}
		return drawing{feat: f}, true
	}
	if kind := waterKind(tags); kind != "" {
		return drawing{feat: feature(basemap.Water, kind), place: place.Water, hasPlace: named, weight: 2}, true
	}
	if kind := greenKind(tags); kind != "" {
		// Parks and other named green are points of interest to who searches.
		return drawing{feat: feature(basemap.Green, kind), place: place.POI, hasPlace: named, weight: 1.5}, true
	}
	switch v := tags.Find("aeroway"); v {
	case "runway", "taxiway", "apron", "aerodrome", "helipad":
		return drawing{feat: feature(basemap.Aeroway, v)}, true
	}
	if kind := landKind(tags); kind != "" {
		return drawing{feat: feature(basemap.Land, kind)}, true
	}
	return d, false
}

func waterKind(tags osm.Tags) string {
	switch tags.Find("natural") {
	case "water":
		switch w := tags.Find("water"); w {
		case "river", "canal", "stream", "oxbow", "rapids", "ditch":
			return "river"
		case "", "lake", "lagoon", "reservoir", "pond", "basin", "reflecting_pool", "moat":
			return "lake"
		case "harbour", "dock", "lock":
			return "dock"
		}
		return "lake"
	case "bay", "strait": // their outlines run through the sea, which the coastline draws
		return ""
	}
	switch tags.Find("waterway") {
	case "riverbank", "river", "canal":
		if tags.Find("waterway") == "riverbank" || tags.Find("area") == "yes" {
			return "river"
		}
	case "dock", "boatyard":
		return "dock"
	}
	switch tags.Find("landuse") {
	case "reservoir", "basin", "salt_pond":
		return "lake"
	}
	switch tags.Find("leisure") {
	case "swimming_pool":
		return "pool"
	case "marina":
		return ""
	}
	return ""
}

func greenKind(tags osm.Tags) string {
	switch v := tags.Find("leisure"); v {
	case "park", "garden", "golf_course", "nature_reserve", "pitch", "playground", "dog_park", "common", "recreation_ground":
		return v
	}
	switch v := tags.Find("landuse"); v {
	case "forest", "grass", "meadow", "orchard", "vineyard", "cemetery", "recreation_ground", "village_green",
		"allotments", "farmland", "greenfield", "plant_nursery", "flowerbed", "greenhouse_horticulture":
		return v
	case "farm", "field", "farmyard":
		return "farmland"
	}
	switch v := tags.Find("natural"); v {
	case "wood":
		return "forest"
	case "scrub", "heath", "grassland", "wetland", "beach", "sand", "bare_rock", "scree", "shingle", "fell", "mud", "glacier", "moor", "tundra":
		return v
	case "marsh":
		return "wetland"
	}
	if tags.Find("amenity") == "grave_yard" {
		return "cemetery"
	}
	if tags.Find("boundary") == "national_park" {
		return "nature_reserve"
	}
	return ""
}

func landKind(tags osm.Tags) string {
	switch v := tags.Find("landuse"); v {
	case "residential", "industrial", "commercial", "retail", "military", "quarry", "construction", "railway",
		"garages", "brownfield", "landfill", "port", "religious", "education", "institutional", "depot":
		return v
	}
	switch v := tags.Find("amenity"); v {
	case "school", "university", "college", "hospital", "kindergarten", "parking", "marketplace", "prison":
		return v
	}
	if v := tags.Find("place"); v == "square" || v == "island" || v == "islet" {
		return v
	}
	if h := tags.Find("highway"); h == "pedestrian" || h == "footway" && tags.Find("area") == "yes" {
		return "pedestrian"
	}
	if tags.Find("man_made") == "pier" || tags.Find("man_made") == "breakwater" {
		return clone(tags.Find("man_made"))
	}
	switch v := tags.Find("leisure"); v {
	case "stadium", "sports_centre", "track", "marina":
		return v
	}
	if v := tags.Find("tourism"); v == "zoo" || v == "theme_park" || v == "camp_site" {
		return v
	}
	return ""
}

// height reads a building's height, from its storeys at 3 m each if need be.
func height(tags osm.Tags) float32 {
	for _, k := range []string{"height", "building:height"} {
		if h, ok := readLength(tags.Find(k)); ok && h > 0 && h < 1000 {
			return h
		}
	}
	for _, k := range []string{"building:levels", "levels"} {
		if n, _, ok := number(tags.Find(k)); ok && n > 0 && n < 200 {
			return float32(n) * 3
		}
	}
	return 0
}

func lineDrawing(tags osm.Tags, closed bool, feature func(basemap.Layer, string) basemap.Feature) (d drawing, ok bool) {
	covered := func(f *basemap.Feature) {
		f.Bridge = tags.Find("bridge") != "" && tags.Find("bridge") != "no"
		f.Tunnel = tags.Find("tunnel") != "" && tags.Find("tunnel") != "no"
	}
	named := tags.Find("name") != ""
	switch v := tags.Find("waterway"); v {
	case "river", "stream", "canal", "ditch", "drain", "tidal_channel":
		if closed && tags.Find("area") == "yes" {
			return d, false
		}
		f := feature(basemap.Waterway, v)
		covered(&f)
		return drawing{feat: f, shape: asLine, place: place.Water, hasPlace: named, weight: 1}, true
	}
	switch v := tags.Find("railway"); v {
	case "rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail", "funicular", "preserved":
		f := feature(basemap.Rail, v)
		covered(&f)
		return drawing{feat: f, shape: asLine}, true
	}
	switch v := tags.Find("aeroway"); v {
	case "runway", "taxiway":
		if !closed || !isArea(tags) {
			f := feature(basemap.Aeroway, v)
			f.Ref = short(tags.Find("ref"))
			return drawing{feat: f, shape: asLine}, true
		}
	}
	return d, false
}

func houseNumber(tags osm.Tags, n string) drawing {
	d := drawing{
		feat:  basemap.Feature{Layer: basemap.HouseNumber, Name: map[string]string{"": clone(n)}},
		shape: asPoint, number: clone(n), place: place.Address,
		street: short(tags.Find("addr:street")), city: short(tags.Find("addr:city")),
	}
	if d.street == "" {
		d.street = short(tags.Find("addr:place"))
	}
	d.hasPlace = d.street != ""
	return d
}

// unnamedPOI are the kinds worth a dot without a name.
var unnamedPOI = map[string]bool{
	"hospital": true, "police": true, "fire_station": true, "pharmacy": true, "fuel": true, "parking": true, "toilets": true,
	"post_office": true, "bank": true, "school": true, "library": true, "supermarket": true, "charging_station": true, "bus_station": true,
	"ferry_terminal": true, "drinking_water": true, "place_of_worship": true, "viewpoint": true, "bicycle_parking": true, "bicycle_rental": true,
	"station": true, "halt": true, "subway_entrance": true, "marketplace": true, "atm": true, "post_box": true, "tram_stop": true,
}

// poiKeys are the keys that make a point of interest, the most telling first.
var poiKeys = []string{"amenity", "shop", "tourism", "historic", "leisure", "railway", "public_transport", "aeroway", "healthcare", "office", "craft", "man_made", "natural", "emergency", "highway"}

// notPOI are values under those keys that are street furniture, areas drawn as
// land, or parts of something bigger.
var notPOI = map[string]bool{
	"yes": true, "no": true, "vacant": true, "bench": true, "waste_basket": true, "parking_space": true, "parking_entrance": true, "tree": true, "tree_row": true,
	"grave_yard": false, "swimming_pool": true, "pitch": true, "garden": true, "track": true, "hydrant": true, "fire_hydrant": true, "street_lamp": true,
	"recycling": false, "grit_bin": true, "information": true, "water": true, "wood": true, "coastline": true, "scrub": true, "grassland": true,
	"heath": true, "wetland": true, "sand": true, "level_crossing": true, "switch": true, "crossing": true, "signal": true, "buffer_stop": true, "rail": true, "tram": true,
	"subway": true, "light_rail": true, "platform": true, "stop_position": true, "taxiway": true, "runway": true, "apron": true, "hunting_stand": true,
	"turning_circle": true, "turning_loop": true, "traffic_signals": true, "motorway_junction": true, "give_way": true, "stop": true, "milestone": true,
	"pier": true, "breakwater": true, "groyne": true, "bridge": true, "cutline": true, "embankment": true, "pipeline": true, "scree": true, "bare_rock": true,
	"abandoned": true, "disused": true, "razed": true, "construction": true, "proposed": true, "railway_crossing": true, "phone": true, "surveillance": true,
	"survey_point": true, "mast": true, "street_cabinet": true, "manhole": true, "utility_pole": true, "parking_position": true, "navigationaid": true,
	"holding_position": true, "windsock": true, "slipway": true, "siding": true, "narrow_gauge": true, "bay": true, "strait": true, "cliff": true,
}

func poi(tags osm.Tags, feature func(basemap.Layer, string) basemap.Feature, node bool) (d drawing, ok bool) {
	hasName := tags.Find("name") != ""
	for _, k := range poiKeys {
		v := tags.Find(k)
		if v == "" || notPOI[v] {
			continue
		}
		switch {
		case k == "highway" && v != "bus_stop",
			k == "leisure" && (v == "park" || v == "nature_reserve" || v == "golf_course" || v == "common") && !node, // the green is found by its own name
			k == "natural" && v != "peak" && v != "spring" && v != "cave_entrance" && v != "beach",
			k == "emergency" && v != "ambulance_station" && v != "defibrillator":
			continue
		}
		v, _, _ = strings.Cut(v, ";")
		if !hasName && !unnamedPOI[v] {
			continue
		}
		f := feature(basemap.POI, v)
		f.Group = k
		if k == "highway" {
			f.Group = "public_transport"
		}
		f.Rank = poiRank(v)
		if !hasName {
			f.Name = nil
		}
		return drawing{feat: f, shape: asPoint, place: place.POI, hasPlace: hasName, weight: 1 - float32(f.Rank)/10}, true
	}
	return d, false
}

// poiRank orders points of interest for labels, 0 first.
func poiRank(v string) uint8 {
	switch v {
	case "hospital", "station", "aerodrome", "university", "townhall", "bus_station", "ferry_terminal":
		return 0
	case "museum", "police", "fire_station", "stadium", "theatre", "attraction", "courthouse", "library", "college", "zoo", "castle":
		return 1
	case "school", "supermarket", "mall", "hotel", "post_office", "marketplace", "cinema", "embassy", "monument", "halt", "tram_stop", "peak":
		return 2
	case "bank", "pharmacy", "fuel", "place_of_worship", "clinic", "community_centre", "memorial", "viewpoint", "department_store":
		return 3
	case "restaurant", "cafe", "bar", "pub", "fast_food", "kindergarten", "doctors", "dentist":
		return 4
	case "bus_stop", "parking", "post_box", "atm", "bicycle_parking", "drinking_water", "toilets", "recycling", "shelter", "vending_machine":
		return 6
	}
	return 5
}

// settlementRank orders the kinds of settlement for labels and for "In".
var settlementRank = map[string]uint8{
	"city": 0, "municipality": 1, "borough": 2, "town": 1, "suburb": 3, "village": 3, "quarter": 4, "neighbourhood": 5,
	"hamlet": 4, "isolated_dwelling": 6, "locality": 6, "island": 3, "islet": 6,
}

func settlement(tags osm.Tags, feature func(basemap.Layer, string) basemap.Feature, node bool) (d drawing, ok bool) {
	v := tags.Find("place")
	rank, known := settlementRank[v]
	if !known || tags.Find("name") == "" {
		return d, false
	}
	f := feature(basemap.Settlement, v)
	f.Rank = rank
	if tags.Find("capital") == "yes" {
		f.Rank = 0
	}
	pop, err := strconv.ParseFloat(strings.NewReplacer(",", "", " ", "").Replace(tags.Find("population")), 64)
	if err != nil || !(pop >= 0 && pop < 1e9) {
		pop = map[string]float64{"city": 100_000, "town": 10_000, "municipality": 5000, "borough": 20_000, "suburb": 3000, "village": 1000, "quarter": 1000, "hamlet": 100}[v]
	}
	return drawing{feat: f, shape: asPoint, place: place.Settlement, hasPlace: true, weight: float32(pop), outline: !node}, true
}
