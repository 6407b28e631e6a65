package gis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/orb"
)

// A Collection is the features of a file, whatever its format.
type Collection struct {
	Features []Feature
	Format   Format
	System   string // what the file says of its coordinates; "" when it says nothing
}

// A Feature is one thing of a file. A geometry that cannot be read doesn't keep
// the others from being read: Fault says why it is not there.
type Feature struct {
	ID         json.RawMessage // as in GeoJSON; nil without one
	Properties json.RawMessage // a JSON object, its members in the file's order; nil without any
	Geometry   orb.Geometry    // nil without one
	Fault      string          // "" when the geometry is as the file has it
}

// Area is the feature's ground, or what keeps it from having any.
func (f *Feature) Area() (area orb.MultiPolygon, fault string) {
	if f.Fault != "" {
		return nil, f.Fault
	}
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, ""
	case orb.MultiPolygon:
		return g, ""
	case nil:
		return nil, "no geometry"
	default:
		return nil, fmt.Sprintf("a %s is no area", g.GeoJSONType())
	}
}

// A Format is a file format of geometry.
type Format string

// The formats. A zipped Shapefile is a .zip with one .shp and its companions.
const (
	GeoJSON   Format = "geojson"
	Shapefile Format = "shapefile"
	KML       Format = "kml" // .kml, or .kmz, which is that zipped
	CSV       Format = "csv" // points, by two columns, or shapes as WKT
)

// Limits of one file, set where only a mistake or an attack goes.
const (
	MaxBytes    = 1 << 30 // also of what a zip unpacks to
	MaxFeatures = 5_000_000
)

// ErrFormat says that a file is not of a format that is read here, or is damaged.
// Match with errors.Is; the text says where and what.
var ErrFormat = errors.New("not read")

// Read reads a file of any of the formats. It tells them apart by their content.
// The error is ErrFormat, or one of reading.
func Read(r io.Reader) (*Collection, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return Decode(data)
}

// Decode is Read of a file's bytes.
func Decode(data []byte) (*Collection, error) {
	if len(data) > MaxBytes {
		return nil, bad("larger than %d MB: cut it in two", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	start := bytes.TrimLeft(data, " \t\r\n")
	switch {
	case len(start) == 0:
		return nil, bad("the file is empty")
	case bytes.HasPrefix(data, []byte("PK")):
		return decodeZip(data)
	case start[0] == '<':
		return DecodeKML(data)
	case start[0] == '{' || start[0] == '[':
		return DecodeGeoJSON(data)
	case len(data) >= 4 && bytes.Equal(data[:4], []byte{0, 0, 0x27, 0x0a}):
		return nil, bad("a bare .shp has no companions: zip it with its .dbf and .prj, and give the .zip")
	}
	if c, err := DecodeCSV(data); err == nil {
		return c, nil
	} else if looksLikeCSV(data) {
		return nil, err
	}
	return nil, bad("neither GeoJSON, nor a zipped Shapefile, nor KML, nor CSV with columns for longitude and latitude")
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}
