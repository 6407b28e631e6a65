package basemap

import "errors"

// MaxZoom is the last zoom with tiles; above it the client enlarges them.
const MaxZoom = 15

// ErrNoTile is the answer to a tile address outside the world or above MaxZoom.
var ErrNoTile = errors.New("no such tile: z must be 0 to 15, x and y below 2^z")

// Tile gives the vector tile at (z, x, y), as bytes that are not compressed: the
// same ones each time. A tile with nothing in it is nil.
func (m *Map) Tile(z, x, y uint32) ([]byte, error) {
	if z > MaxZoom || x >= 1<<z || y >= 1<<z {
		return nil, ErrNoTile
	}
	return nil, nil
}
