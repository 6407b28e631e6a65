package gis

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// FormatOf is the format that a file's name asks for: .geojson or .json, .zip for a
// zipped Shapefile, .kml. The error is ErrFormat.
func FormatOf(name string) (Format, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".geojson", ".json":
		return GeoJSON, nil
	case ".zip":
		return Shapefile, nil
	case ".kml":
		return KML, nil
	}
	return "", bad("%s is none of .geojson, .zip (a zipped Shapefile) and .kml", clip(filepath.Base(name)))
}

// Write writes areas in a format, WGS 84, rings the way round that it wants. name is
// what the files in a zip are called. Features that are no areas are refused.
func Write(w io.Writer, features []Feature, format Format, name string) error {
	areas := make([]orb.MultiPolygon, len(features))
	for i := range features {
		area, fault := features[i].Area()
		if fault != "" {
			return fmt.Errorf("write feature %d: %s", i, fault)
		}
		areas[i] = turned(area, format == Shapefile)
	}
	switch format {
	case Shapefile:
		return writeShapefile(w, features, areas, name)
	case KML:
		return writeKML(w, features, areas)
	}
	b := bufio.NewWriter(w)
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, f := range features {
		out := struct {
			Type       string          `json:"type"`
			ID         json.RawMessage `json:"id,omitempty"`
			Properties json.RawMessage `json:"properties"`
			Geometry   struct {
				Type        string `json:"type"`
				Coordinates any    `json:"coordinates"`
			} `json:"geometry"`
		}{Type: "Feature", ID: f.ID, Properties: f.Properties}
		out.Geometry.Type, out.Geometry.Coordinates = "MultiPolygon", areas[i]
		if len(areas[i]) == 1 {
			out.Geometry.Type, out.Geometry.Coordinates = "Polygon", areas[i][0]
		}
		line, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("write feature %d: %w", i, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

// turned gives the rings their direction: outer ones counter-clockwise and holes
// clockwise, or the reverse.
func turned(area orb.MultiPolygon, clockwise bool) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(area))
	for i, poly := range area {
		for j, ring := range poly {
			ring = slices.Clone(ring)
			if (twice(ring) > 0) != ((j == 0) != clockwise) {
				slices.Reverse(ring)
			}
			out[i] = append(out[i], ring)
		}
	}
	return out
}

func writeKML(w io.Writer, features []Feature, areas []orb.MultiPolygon) error {
	b := bufio.NewWriter(w)
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
	text := func(s string) {
		_ = xml.EscapeText(b, []byte(s)) // b keeps its error for Flush
	}
	for i, f := range features {
		b.WriteString("\n<Placemark>")
		values := texts(f.Properties)
		for _, v := range values {
			if v[0] == "name" {
				b.WriteString("<name>")
				text(v[1])
				b.WriteString("</name>")
			}
		}
		b.WriteString("<ExtendedData>")
		for _, v := range values {
			if v[0] != "name" && v[0] != "" {
				b.WriteString(`<Data name="`)
				text(v[0])
				b.WriteString(`"><value>`)
				text(v[1])
				b.WriteString("</value></Data>")
			}
		}
		b.WriteString("</ExtendedData><MultiGeometry>")
		for _, poly := range areas[i] {
			b.WriteString("<Polygon>")
			for j, ring := range poly {
				boundary := "innerBoundaryIs"
				if j == 0 {
					boundary = "outerBoundaryIs"
				}
				fmt.Fprintf(b, "<%s><LinearRing><coordinates>", boundary)
				for k, p := range ring {
					if k > 0 {
						b.WriteByte(' ')
					}
					fmt.Fprintf(b, "%v,%v", p[0], p[1])
				}
				fmt.Fprintf(b, "</coordinates></LinearRing></%s>", boundary)
			}
			b.WriteString("</Polygon>")
		}
		b.WriteString("</MultiGeometry></Placemark>")
	}
	b.WriteString("\n</Document></kml>\n")
	return b.Flush()
}

// texts are the members of a JSON object as texts, in order; what is no text is
// written as JSON.
func texts(object json.RawMessage) [][2]string {
	var out [][2]string
	for name, raw := range ordered(object) {
		value := string(raw)
		switch {
		case raw[0] == '"':
			value = textOf(raw)
		case value == "null":
			value = ""
		}
		out = append(out, [2]string{name, value})
	}
	return out
}

const wgs84 = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

func writeShapefile(w io.Writer, features []Feature, areas []orb.MultiPolygon, name string) error {
	shp, shx := new(bytes.Buffer), new(bytes.Buffer)
	little := func(to *bytes.Buffer, values ...any) {
		for _, v := range values {
			_ = binary.Write(to, binary.LittleEndian, v) // a Buffer takes all
		}
	}
	big := func(to *bytes.Buffer, values ...uint32) {
		for _, v := range values {
			_ = binary.Write(to, binary.BigEndian, v)
		}
	}
	all := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for i, area := range areas {
		parts, points := 0, 0
		for _, poly := range area {
			parts += len(poly)
			for _, ring := range poly {
				points += len(ring)
			}
		}
		all = all.Union(area.Bound())
		size := 44 + 4*parts + 16*points
		big(shx, uint32(shapeHeader+shp.Len())/2, uint32(size/2))
		big(shp, uint32(i+1), uint32(size/2))
		bound := area.Bound()
		little(shp, uint32(shapePolygon), bound.Min, bound.Max, uint32(parts), uint32(points))
		first := uint32(0)
		for _, poly := range area {
			for _, ring := range poly {
				little(shp, first)
				first += uint32(len(ring))
			}
		}
		for _, poly := range area {
			for _, ring := range poly {
				little(shp, []orb.Point(ring))
			}
		}
	}
	if len(areas) == 0 {
		all = orb.Bound{}
	}
	header := func(of *bytes.Buffer) []byte {
		h := new(bytes.Buffer)
		big(h, 9994, 0, 0, 0, 0, 0, uint32(shapeHeader+of.Len())/2)
		little(h, uint32(1000), uint32(shapePolygon), all.Min, all.Max, [4]float64{})
		return append(h.Bytes(), of.Bytes()...)
	}
	z := zip.NewWriter(w)
	for _, part := range []struct {
		ext  string
		data []byte
	}{{".shp", header(shp)}, {".shx", header(shx)}, {".dbf", dbf(features)}, {".prj", []byte(wgs84)}, {".cpg", []byte("UTF-8")}} {
		f, err := z.Create(name + part.ext)
		if err != nil {
			return err
		}
		if _, err := f.Write(part.data); err != nil {
			return err
		}
	}
	return z.Close()
}

// dbf is the features' properties as a table of texts, at most 254 bytes each, under
// names of at most 10 bytes: the format has no room for more.
func dbf(features []Feature) []byte {
	var names []string
	at := map[string]int{}
	rows := make([][]string, len(features))
	var sizes []int
	for i, f := range features {
		for _, v := range texts(f.Properties) {
			k, known := at[v[0]]
			if !known {
				if len(names) == 128 {
					continue
				}
				k = len(names)
				at[v[0]] = k
				names, sizes = append(names, short(v[0], 10)), append(sizes, 1)
			}
			for len(rows[i]) <= k {
				rows[i] = append(rows[i], "")
			}
			rows[i][k] = short(v[1], 254)
			sizes[k] = max(sizes[k], len(rows[i][k]))
		}
	}
	if len(names) == 0 { // it must have a field
		names, sizes = []string{"id"}, []int{1}
	}
	size := 1
	for _, n := range sizes {
		size += n
	}
	out := make([]byte, 32, 33+32*len(names)+size*len(features)+1)
	out[0], out[1], out[2], out[3] = 3, 126, 1, 1
	binary.LittleEndian.PutUint32(out[4:], uint32(len(features)))
	binary.LittleEndian.PutUint16(out[8:], uint16(33+32*len(names)))
	binary.LittleEndian.PutUint16(out[10:], uint16(size))
	for k, name := range names {
		field := make([]byte, 32)
		copy(field, name)
		field[11], field[16] = 'C', byte(sizes[k])
		out = append(out, field...)
	}
	out = append(out, 0x0D)
	for _, row := range rows {
		out = append(out, ' ')
		for k, n := range sizes {
			value := ""
			if k < len(row) {
				value = row[k]
			}
			out = append(out, value...)
			out = append(out, strings.Repeat(" ", n-len(value))...)
		}
	}
	return append(out, 0x1A)
}

// short cuts a text to so many bytes, between characters.
func short(s string, most int) string {
	s = strings.ToValidUTF8(s, "?")
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
