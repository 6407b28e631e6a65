package gis

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

func TestDecodeGeoJSON(t *testing.T) {
	c, err := Decode([]byte("\xef\xbb\xbf\n" + `{ "type" : "FeatureCollection", "crs": {"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},
"features":[
{"type":"Feature","id":7,"properties":{"name":"东\"城","n":[1,{"a":2}]},"geometry":{"type":"Polygon","coordinates":[ [ [0,0,5], [1,0], [1,1.5e0], [0,0] ] ]}},
{"type":"Feature","properties":null,"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}},
{"type":"Feature","properties":{},"geometry":null},
{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,null]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[["0",1]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0]]]}},
{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":7}},
{"type":"Feature","properties":{},"geometry":{"type":"Circle"}},
{"type":"Figure"}, 3
]}`))
	if err != nil {
		t.Fatal(err)
	}
	if c.System != "urn:ogc:def:crs:OGC:1.3:CRS84" || len(c.Features) != 11 {
		t.Errorf("%q, %d features", c.System, len(c.Features))
	}
	first := c.Features[0]
	if string(first.ID) != "7" || string(first.Properties) != `{"name":"东\"城","n":[1,{"a":2}]}` {
		t.Errorf("%s %s", first.ID, first.Properties)
	}
	if want := (orb.Polygon{{{0, 0}, {1, 0}, {1, 1.5}, {0, 0}}}); !reflect.DeepEqual(first.Geometry, want) {
		t.Errorf("%v, want %v", first.Geometry, want)
	}
	for i, want := range []string{
		"", "", "no geometry", "a Point is no area", "null in place of a number", `"0" in place of a number`,
		"of 1 numbers", "no array of rings", `of type "Circle"`, "not Feature", "not Feature",
	} {
		if _, fault := c.Features[i].Area(); !strings.Contains(fault, want) || (want == "") != (fault == "") {
			t.Errorf("feature %d: %q, want %q", i, fault, want)
		}
	}
}

func TestDecodeGeoJSONRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "empty",
		"  \n":                         "empty",
		"hello":                        "neither GeoJSON",
		"{\n\"type\":\n":               "line 3",
		`{"a":1}`:                      "there is no type",
		`[1]`:                          "there is no type",
		`{"type":"Topology"}`:          "its type is Topology",
		`{"type":"FeatureCollection"}`: "without an array",
		"\x00\x00\x27\x0a":             "zip it",
	} {
		if _, err := Decode([]byte(in)); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

// FuzzDecodeGeoJSON: what orb reads is read alike, and nothing panics.
func FuzzDecodeGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":[]},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}}`))
	f.Add([]byte(`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := DecodeGeoJSON(data)
		if err != nil {
			return
		}
		for _, one := range c.Features {
			if one.Properties != nil && !json.Valid(one.Properties) {
				t.Errorf("properties %q", one.Properties)
			}
			if one.Geometry == nil || one.Fault != "" {
				continue
			}
			out, err := json.Marshal(geojson.NewGeometry(one.Geometry))
			if err != nil {
				continue // infinite
			}
			if string(out) == "null" {
				continue // a collection of nothing
			}
			back, err := DecodeGeoJSON(out)
			if err != nil || len(back.Features) != 1 {
				t.Fatalf("%s does not come back: %v", out, err)
			}
			if again, _ := json.Marshal(geojson.NewGeometry(back.Features[0].Geometry)); string(again) != string(out) && back.Features[0].Fault == "" {
				t.Errorf("%s comes back as %s", out, again)
			}
		}
	})
}
