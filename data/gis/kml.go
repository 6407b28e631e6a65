package gis

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// DecodeKML reads the placemarks of a KML document, OGC KML 2.2: points,
// lines, polygons and their multigeometries, names and extended data. Altitudes are dropped.
func DecodeKML(data []byte) (*Collection, error) { return decodeKML(data, Limits{}.withDefaults()) }

func decodeKML(data []byte, l Limits) (*Collection, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		text := textsOf(charset)
		b, err := io.ReadAll(r)
		return strings.NewReader(text(b)), err
	}
	c := &Collection{Format: KML}
	depth := 0 // the reader remembers each element that is open
	for first := true; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bad("not KML: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			if _, ended := token.(xml.EndElement); ended {
				depth--
			}
			continue
		}
		if depth++; depth > maxElement {
			return nil, bad("not KML: elements in each other %d deep", maxElement)
		}
		if first && start.Name.Local != "kml" {
			return nil, bad("not KML: its first element is %s", clip(start.Name.Local))
		}
		first = false
		if start.Name.Local != "Placemark" {
			continue
		}
		if len(c.Features) == l.Features {
			return nil, l.full()
		}
		f, err := placemark(d)
		depth-- // it was read to its end
		if err != nil {
			return nil, bad("not KML: placemark %d: %v", len(c.Features), err)
		}
		c.Features = append(c.Features, f)
	}
	if len(c.Features) == 0 && !bytes.Contains(data, []byte("kml")) {
		return nil, bad("not KML: there is no kml element")
	}
	return c, nil
}

// mark is a placemark while it is read.
type mark struct {
	names    []string
	values   map[string][]byte
	polygons orb.MultiPolygon
	points   orb.MultiPoint
	lines    orb.MultiLineString
	others   string // a geometry that isn't read
	fault    string
	inner    bool // within innerBoundaryIs
}

// placemark reads to the end of a placemark.
func placemark(d *xml.Decoder) (Feature, error) {
	m := mark{values: map[string][]byte{}}
	var key string
	var path []string
	for {
		token, err := d.Token()
		if err != nil {
			return Feature{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := t.Name.Local
			if len(path) > maxElement {
				return Feature{}, fmt.Errorf("elements in each other %d deep", maxElement)
			}
			path = append(path, name)
			switch name {
			case "Track", "Model":
				m.others = name
			case "Polygon":
				m.polygons = append(m.polygons, orb.Polygon{})
			case "innerBoundaryIs":
				m.inner = true
			case "outerBoundaryIs":
				m.inner = false
			case "Data", "SimpleData":
				key = ""
				for _, a := range t.Attr {
					if a.Name.Local == "name" {
						key = a.Value
					}
				}
			}
		case xml.EndElement:
			if len(path) == 0 {
				return m.feature(), nil
			}
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) == 0 {
				continue
			}
			text := string(t)
			switch here := path[len(path)-1]; {
			case here == "name" && len(path) == 1:
				m.set("name", text)
			case here == "description" && len(path) == 1:
				m.set("description", text)
			case here == "SimpleData" || here == "value" && len(path) > 1 && path[len(path)-2] == "Data":
				m.set(key, text)
			case here == "coordinates" && len(m.polygons) > 0 && within(path, "Polygon"):
				m.ring(text)
			case here == "coordinates" && within(path, "Point"):
				m.points = append(m.points, m.positions(text)...)
			case here == "coordinates" && within(path, "LineString"):
				if line := m.positions(text); len(line) > 0 {
					m.lines = append(m.lines, line)
				}
			}
		}
	}
}

func within(path []string, name string) bool {
	for _, p := range path {
		if p == name {
			return true
		}
	}
	return false
}

func (m *mark) set(key, value string) {
	if key == "" {
		return
	}
	if _, twice := m.values[key]; !twice {
		m.names = append(m.names, key)
	}
	m.values[key] = append(m.values[key], value...) // it may come in very many pieces
}

// positions reads coordinates: lon,lat or lon,lat,altitude, between white space.
func (m *mark) positions(text string) (all []orb.Point) {
	for word := range strings.FieldsSeq(text) {
		lon, rest, _ := strings.Cut(word, ",")
		lat, _, _ := strings.Cut(rest, ",")
		x, errX := strconv.ParseFloat(lon, 64)
		y, errY := strconv.ParseFloat(lat, 64)
		if errX != nil && !math.IsInf(x, 0) || errY != nil && !math.IsInf(y, 0) {
			m.fault = fmt.Sprintf("%q is no position, want lon,lat", clip(word))
			return nil
		}
		all = append(all, orb.Point{x, y})
	}
	return all
}

// ring reads the coordinates of a polygon's ring.
func (m *mark) ring(text string) {
	ring := orb.Ring(m.positions(text))
	if m.fault != "" {
		return
	}
	p := append(m.polygons[len(m.polygons)-1], ring)
	if !m.inner { // the outer one comes first, wherever it is written
		p[0], p[len(p)-1] = p[len(p)-1], p[0]
	}
	m.polygons[len(m.polygons)-1] = p
}

func (m *mark) feature() Feature {
	f := Feature{Fault: m.fault}
	switch {
	case m.fault != "":
	case len(m.polygons) == 1:
		f.Geometry = m.polygons[0]
	case len(m.polygons) > 1:
		f.Geometry = m.polygons
	case len(m.lines) == 1:
		f.Geometry = m.lines[0]
	case len(m.lines) > 1:
		f.Geometry = m.lines
	case len(m.points) == 1:
		f.Geometry = m.points[0]
	case len(m.points) > 1:
		f.Geometry = m.points
	case m.others != "":
		f.Fault = "a " + m.others + " is not read"
	}
	if len(m.names) > 0 {
		var o bytes.Buffer
		for i, name := range m.names {
			o.WriteByte("{,"[min(i, 1)])
			key, _ := json.Marshal(name)
			value, _ := json.Marshal(string(m.values[name]))
			o.Write(key)
			o.WriteByte(':')
			o.Write(value)
		}
		o.WriteByte('}')
		f.Properties = o.Bytes()
	}
	return f
}
