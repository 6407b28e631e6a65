// Package place is the gazetteer: places, streets, house numbers and points of
// interest, found by name in Chinese, pinyin or Latin letters, by prefix, and
// with typing errors.
package place

import "github.com/paulmach/orb"

// A Kind says what a place is.
type Kind uint8

// The kinds, in the order in which equal matches are shown.
const (
	Settlement Kind = iota // city, town, suburb ...
	Street
	POI
	Address // a house number on a street
	Water
	Kinds // how many there are
)

// A Place is one thing that can be found by name.
type Place struct {
	Kind   Kind
	Detail string            // OSM's value: "town", "residential", "cafe" ...
	Name   map[string]string // by language; "" is OSM's name. An Address has its street's
	Number string            // house number, for an Address
	In     string            // the settlement that it lies in, for telling equal names apart
	At     orb.Point
	Bound  orb.Bound // what to show of it; a point's bound is the point
	Weight float32   // among equal matches the greater comes first: population, street length in km
}
