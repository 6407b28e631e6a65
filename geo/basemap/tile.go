package basemap

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
)

// MaxZoom is the last zoom with tiles; above it the client enlarges them.
const MaxZoom = 15

const (
	extentBits = 12
	extent     = 1 << extentBits // units across a tile
	buffer     = 80              // units around it that lines and areas reach into
)

// ErrNoTile is the answer to a tile address outside the world or above MaxZoom.
var ErrNoTile = errors.New("no such tile: z must be 0 to 15, x and y below 2^z")

// Tile gives the vector tile at (z, x, y), as bytes that are not compressed: the
// same ones each time. A tile with nothing in it is nil.
//
// The first call at a zoom makes that zoom's sheet, which takes up to half a
// second for all of Delaware; tiles take milliseconds from then on.
func (m *Map) Tile(z, x, y uint32) ([]byte, error) {
	if z > MaxZoom || x >= 1<<z || y >= 1<<z {
		return nil, fmt.Errorf("tile %d/%d/%d: %w", z, x, y, ErrNoTile)
	}
	s := m.sheet(uint8(z))
	c := canvas{parts: &m.parts, sheet: s, z: z, x: x, y: y, ground: boxOfTile(z, x, y, buffer)}
	var layers mvt.Layers
	for layer := range Layers {
		if features := c.layer(layer); len(features) > 0 {
			layers = append(layers, &mvt.Layer{Name: layer.String(), Version: 2, Extent: extent, Features: features})
		}
	}
	if len(layers) == 0 {
		return nil, nil
	}
	return mvt.Marshal(layers)
}

// A canvas is a tile being drawn.
type canvas struct {
	parts   *Parts
	sheet   *sheet
	z, x, y uint32
	ground  box // of the tile with its buffer
	hits    []uint32
}

// layer draws one layer's features.
func (c *canvas) layer(layer Layer) []*geojson.Feature {
	c.hits = c.hits[:0]
	low, high, _ := c.ground.corners(0)
	c.sheet.trees[layer].Search(low, high, func(_, _ [2]float64, i uint32) bool {
		c.hits = append(c.hits, i)
		return true
	})
	slices.Sort(c.hits)
	var features []*geojson.Feature
	var last uint32 // record
	for _, i := range c.hits {
		it := &c.sheet.items[i]
		if uint32(it.first) > c.z || !it.cell.has(c.z, c.x, c.y) {
			continue
		}
		r := c.parts.shownAt(c.parts.Records[it.record], uint8(c.z))
		g := c.geometry(it, r.Shape)
		if g == nil {
			continue
		}
		if lines, ok := g.(orb.MultiLineString); ok && it.merged && last == it.record && len(features) > 0 {
			f := features[len(features)-1]
			f.Geometry = append(f.Geometry.(orb.MultiLineString), lines...)
			continue
		}
		last = it.record
		f := geojson.NewFeature(g)
		f.Properties = c.parts.properties(&r)
		if r.Segment != 0 {
			f.ID = r.Segment
		}
		features = append(features, f)
	}
	return features
}

// properties are what a feature's style and label need, as the API documents.
func (p *Parts) properties(r *Record) geojson.Properties {
	has := geojson.Properties{}
	if r.Layer == HouseNumber {
		if number := p.Names[r.Names][""]; number != "" {
			has["number"] = number
		}
		return has
	}
	word := func(key string, w uint32) {
		if w != 0 {
			has[key] = p.Words[w]
		}
	}
	word("kind", r.Kind)
	word("ref", r.Ref)
	name := p.Names[r.Names]
	if name[""] != "" {
		has["name"] = name[""]
	}
	for _, language := range [...]string{"zh", "en"} {
		if s := name[language]; s != "" && s != name[""] {
			has["name:"+language] = s
		}
	}
	for flag, key := range flagNames {
		if r.Flags&(1<<flag) != 0 {
			has[key] = true
		}
	}
	if r.OneWay != 0 {
		has["oneway"] = int(r.OneWay)
	}
	if r.Level != 0 {
		has["level"] = int(r.Level)
	}
	if r.HeightM > 0 {
		has["height"] = r.HeightM
	}
	if r.Layer == Settlement || r.Layer == POI {
		word("group", r.Group)
		has["rank"] = int(r.Rank)
	}
	return has
}

// flagNames are the properties of the flags, by bit.
var flagNames = [...]string{"link", "bridge", "tunnel"}
