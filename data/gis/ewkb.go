package gis

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
)

// What a geometry in EWKB must keep. Match with errors.Is.
var (
	ErrEWKB = errors.New("not EWKB that citygrid reads")
	ErrSRID = fmt.Errorf("%w: the reference system is not WGS 84 (EPSG:4326)", ErrEWKB)
)

// EncodeEWKB writes g as little-endian EWKB with SRID 4326, the form in which
// PostGIS takes and gives geometries.
func EncodeEWKB(g orb.Geometry) ([]byte, error) {
	t, err := ToGeom(g)
	if err != nil {
		return nil, err
	}
	return ewkb.Marshal(t, ewkb.NDR)
}

// DecodeEWKB reads a point, line, polygon or a multiple of these. No SRID is
// taken for ours.
func DecodeEWKB(b []byte) (orb.Geometry, error) {
	t, err := decode(b)
	if err != nil {
		return nil, err
	}
	g, err := FromGeom(t)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEWKB, err)
	}
	return g, nil
}

func decode(b []byte) (geom.T, error) {
	// go-geom makes room for as many points as a count promises, so a count is
	// held against the bytes that are there before go-geom sees it.
	if err := survey(b); err != nil {
		return nil, err
	}
	t, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEWKB, err)
	}
	if srid := t.SRID(); srid != SRID && srid != 0 {
		return nil, fmt.Errorf("%w but EPSG:%d", ErrSRID, srid)
	}
	for _, v := range t.FlatCoords() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w: a coordinate is not a number", ErrEWKB)
		}
	}
	return t, nil
}

// A Track is where something was when, in the order given.
type Track []TrackPoint

// A TrackPoint is one position of a track.
type TrackPoint struct {
	At   orb.Point
	Time time.Time
}

// EncodeTrack writes t as an EWKB LINESTRING M whose measure is seconds since
// 1970 in UTC, which is what PostGIS's trajectory functions expect. A float64
// tells such times apart to the microsecond until February 2106 (2^32 seconds), so
// they are rounded to it; later ones may be one off.
func EncodeTrack(t Track) ([]byte, error) {
	coords := make([]float64, 0, 3*len(t))
	for _, p := range t {
		coords = append(coords, p.At[0], p.At[1], float64(p.Time.UnixMicro())/1e6)
	}
	return ewkb.Marshal(geom.NewLineStringFlat(geom.XYM, coords).SetSRID(SRID), ewkb.NDR)
}

// DecodeTrack reads what EncodeTrack writes.
func DecodeTrack(b []byte) (Track, error) {
	g, err := decode(b)
	if err != nil {
		return nil, err
	}
	line, ok := g.(*geom.LineString)
	if !ok || line.Layout() != geom.XYM {
		return nil, fmt.Errorf("%w: a track is a line with a measure, this is %T %s", ErrEWKB, g, g.Layout())
	}
	const limit = 1e11 // seconds, 3,000 years: UnixMicro holds it
	coords := line.FlatCoords()
	t := make(Track, 0, len(coords)/3)
	for i := 0; i < len(coords); i += 3 {
		if math.Abs(coords[i+2]) > limit {
			return nil, fmt.Errorf("%w: point %d has no time but %g", ErrEWKB, i/3, coords[i+2])
		}
		at := time.UnixMicro(int64(math.Round(coords[i+2] * 1e6))).UTC()
		t = append(t, TrackPoint{orb.Point{coords[i], coords[i+1]}, at})
	}
	return t, nil
}
