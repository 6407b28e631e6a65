package gis

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
)

// Columns that say where a row is, by what they are called in files.
var (
	lonNames = []string{"lon", "lng", "long", "longitude", "x", "经度", "lng_wgs84", "lon_wgs84"}
	latNames = []string{"lat", "latitude", "y", "纬度", "lat_wgs84"}
	wktNames = []string{"wkt", "geom", "geometry", "the_geom", "几何"}
)

// looksLikeCSV says whether the first line names columns of places.
func looksLikeCSV(data []byte) bool {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	columns := strings.FieldsFunc(textsOf("")(line), func(r rune) bool { return strings.ContainsRune(",;\t", r) })
	return slices.ContainsFunc(columns, func(c string) bool { return isOne(c, lonNames) || isOne(c, wktNames) })
}

func isOne(name string, of []string) bool {
	return slices.Contains(of, strings.ToLower(strings.Trim(strings.TrimSpace(name), `"`)))
}

// DecodeCSV reads a table whose first line names its columns: longitude and latitude
// in two of them, or shapes as well-known text in one. Texts are UTF-8, else GB 18030;
// commas, semicolons or tabs stand between columns. A row that says no place is a
// feature with a fault.
func DecodeCSV(data []byte) (*Collection, error) { return decodeCSV(data, Limits{}.withDefaults()) }

func decodeCSV(data []byte, l Limits) (*Collection, error) {
	text := textsOf("")(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	head, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace, r.ReuseRecord = -1, true, false
	for _, comma := range ";\t" {
		if strings.Count(head, string(comma)) > strings.Count(head, ",") {
			r.Comma = comma
		}
	}
	columns, err := r.Read()
	if err != nil {
		return nil, bad("its first line names no columns: %v", err)
	}
	if len(columns) > maxColumns {
		return nil, bad("it has more than %d columns", maxColumns)
	}
	columns = slices.Clone(columns)
	find := func(names []string) int {
		return slices.IndexFunc(columns, func(c string) bool { return isOne(c, names) })
	}
	lon, lat, shape := find(lonNames), find(latNames), find(wktNames)
	if shape < 0 && (lon < 0 || lat < 0) {
		return nil, bad("no columns say where a row is: name them lon and lat (经度, 纬度), or wkt")
	}
	c := &Collection{Format: CSV}
	left := l.Bytes
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if fault := (*csv.ParseError)(nil); errors.As(err, &fault) {
			return nil, bad("line %d: %v", fault.Line, fault.Err)
		}
		if err != nil {
			return nil, err
		}
		if len(row) == 1 && row[0] == "" {
			continue
		}
		if len(c.Features) == l.Features {
			return nil, bad("more than %d rows: cut the file in two", l.Features)
		}
		f := rowOf(columns, row, lon, lat, shape)
		if left -= len(f.Properties); left < 0 {
			return nil, l.wide()
		}
		c.Features = append(c.Features, f)
	}
}

// shapeOfText reads well-known text.
func shapeOfText(text string) (orb.Geometry, string) {
	// The reader goes through all that is left at each collection in a collection.
	if strings.Count(strings.ToUpper(text), "COLLECTION") > maxDepth {
		return nil, "too many collections of shapes in each other"
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		return nil, fmt.Sprintf("%q is no shape, want well-known text such as POINT(120.7 31.0)", clip(text))
	}
	return g, ""
}

func rowOf(columns, row []string, lon, lat, shape int) Feature {
	var f Feature
	at := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	if text := at(shape); text != "" {
		f.Geometry, f.Fault = shapeOfText(text)
	} else {
		x, errX := strconv.ParseFloat(at(lon), 64)
		y, errY := strconv.ParseFloat(at(lat), 64)
		switch {
		case at(lon) == "" && at(lat) == "":
			f.Fault = "no geometry"
		case errX != nil || errY != nil || math.IsInf(x, 0) || math.IsInf(y, 0) || math.IsNaN(x) || math.IsNaN(y):
			f.Fault = fmt.Sprintf("%q, %q is no position, want two numbers", clip(at(lon)), clip(at(lat)))
		default:
			f.Geometry = orb.Point{x, y}
		}
	}
	var o bytes.Buffer
	o.WriteByte('{')
	n := 0
	for i, column := range columns {
		if i == lon || i == lat || i == shape {
			continue
		}
		if n++; n > 1 {
			o.WriteByte(',')
		}
		key, _ := json.Marshal(strings.TrimSpace(column))
		value, _ := json.Marshal(at(i))
		o.Write(key)
		o.WriteByte(':')
		o.Write(value)
	}
	o.WriteByte('}')
	f.Properties = o.Bytes()
	return f
}
