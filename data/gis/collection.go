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

	maxColumns = 2_000 // of a table
	maxElement = 100   // elements in each other
)

// Limits are what a file may come to. A small file may unpack to a large one, and a
// table with many columns, of which each row says little, to far more than it is
// itself. Zero fields are MaxBytes and MaxFeatures.
type Limits struct {
	Bytes    int // that a zip unpacks to, and that the columns of all rows take
	Features int
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = MaxBytes
	}
	if l.Features <= 0 {
		l.Features = MaxFeatures
	}
	return l
}

// full is the refusal of one feature more.
func (l Limits) full() error { return bad("more than %d features: cut the file in two", l.Features) }

// wide is the refusal of columns that come to too much.
func (l Limits) wide() error {
	return bad("its columns come to more than %d MB: take out those that are not needed, or cut it in two", l.Bytes>>20)
}

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
func Decode(data []byte) (*Collection, error) { return DecodeWithin(data, Limits{}) }

// DecodeWithin is Decode of a file from somebody who is not to take all the memory.
func DecodeWithin(data []byte, l Limits) (*Collection, error) {
	l = l.withDefaults()
	if len(data) > MaxBytes {
		return nil, bad("larger than %d MB: cut it in two", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	start := bytes.TrimLeft(data, " \t\r\n")
	switch {
	case len(start) == 0:
		return nil, bad("the file is empty")
	case bytes.HasPrefix(data, []byte("PK")):
		return decodeZip(data, l)
	case start[0] == '<':
		return decodeKML(data, l)
	case start[0] == '{' || start[0] == '[':
		return decodeGeoJSON(data, l)
	case len(data) >= 4 && bytes.Equal(data[:4], []byte{0, 0, 0x27, 0x0a}):
		return nil, bad("a bare .shp has no companions: zip it with its .dbf and .prj, and give the .zip")
	}
	if c, err := decodeCSV(data, l); err == nil {
		return c, nil
	} else if looksLikeCSV(data) {
		return nil, err
	}
	return nil, bad("neither GeoJSON, nor a zipped Shapefile, nor KML, nor CSV with columns for longitude and latitude")
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}
