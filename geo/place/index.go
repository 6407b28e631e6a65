package place

import (
	"context"

	"github.com/paulmach/orb"
)

// A Query asks for places.
type Query struct {
	Text  string
	Near  orb.Point // among equal matches the nearer come first; the zero Point = no matter where
	Lang  string    // among equal matches, names in this language come first; "" = any
	Limit int       // how many hits at most; 0 = 10, never more than 100
}

// A Hit is a place that answers a query.
type Hit struct {
	Place   *Place
	Score   float64 // 0 to 1, the best first
	Matched string  // the name, or spelling of it, that matched
}

// An Index finds places by name. It is built once, then only read; it may be
// shared between goroutines.
type Index struct {
	places []Place
}

// New makes an index of places, which the caller must leave alone from then on.
func New(places []Place) *Index { return &Index{places: places} }

// Search gives the places that answer q, best first. An ended ctx cuts it short.
func (x *Index) Search(ctx context.Context, q Query) []Hit { return nil }
