package gis

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// some features, as they are after reading: a hole, two parts, Chinese names.
func some() []Feature {
	return []Feature{
		{Properties: json.RawMessage(`{"name":"东城","code":"A&B"}`), Geometry: orb.Polygon{
			{{0, 0}, {3, 0}, {3, 3.123456789}, {0, 3}, {0, 0}}, {{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}},
		}},
		{Properties: json.RawMessage(`{"name":"West","code":"7"}`), Geometry: orb.MultiPolygon{
			{{{5, 0}, {6, 0}, {6, 1}, {5, 0}}, {{5.5, 0.1}, {5.6, 0.2}, {5.6, 0.1}, {5.5, 0.1}}}, {{{8, 0}, {9, 0}, {9, 1}, {8, 0}}},
		}},
	}
}

// TestWhatIsWrittenIsReadBack, in each format: the same areas and properties.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, format := range []Format{GeoJSON, Shapefile, KML} {
		var b bytes.Buffer
		if err := Write(&b, some(), format, "grids"); err != nil {
			t.Fatal(err)
		}
		c, err := Decode(b.Bytes())
		if err != nil || c.Format != format || len(c.Features) != 2 {
			t.Fatalf("%s: %+v, %v", format, c, err)
		}
		for i, want := range some() {
			got, fault := c.Features[i].Area()
			area, _ := want.Area()
			if !reflect.DeepEqual(turned(got, false), area) || fault != "" {
				t.Errorf("%s: %v %s, want %v", format, got, fault, area)
			}
			if !reflect.DeepEqual(texts(c.Features[i].Properties), texts(want.Properties)) {
				t.Errorf("%s: %s, want %s", format, c.Features[i].Properties, want.Properties)
			}
		}
	}
	if err := Write(new(bytes.Buffer), []Feature{{Fault: "no geometry"}}, GeoJSON, ""); err == nil {
		t.Error("a feature without ground was written")
	}
}

// zipped makes a zip of names and contents.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts takes a zip apart.
func parts(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	left := int64(MaxBytes)
	for _, f := range z.File {
		b, err := unzip(f, &left, Limits{}.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

func TestShapefilesAsOthersWriteThem(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, some(), Shapefile, "a"); err != nil {
		t.Fatal(err)
	}
	p := parts(t, b.Bytes())
	// In a folder, in capitals, with a Mac's leftovers, without .dbf and .prj.
	c, err := Decode(zipped(t, "x/GRIDS.SHP", p["a.shp"], "__MACOSX/x/._GRIDS.SHP", "junk"))
	if err != nil || len(c.Features) != 2 || c.Features[0].Fault != "" || c.Features[0].Properties != nil {
		t.Errorf("%+v, %v", c, err)
	}
	// Texts in GBK, told or not.
	gbk := strings.Replace(p["a.dbf"], "东城", "\xb6\xab\xb3\xc7  ", 1)
	for _, cpg := range []string{"GBK", "936", ""} {
		c, err := Decode(zipped(t, "a.shp", p["a.shp"], "a.dbf", gbk, "a.cpg", cpg))
		if err != nil || !strings.Contains(string(c.Features[0].Properties), "东城") {
			t.Errorf("cpg %q: %s, %v", cpg, c.Features[0].Properties, err)
		}
	}
	for want, files := range map[string][]string{
		"2 Shapefiles":    {"a.shp", p["a.shp"], "b.shp", p["a.shp"]},
		"neither a .shp":  {"a.txt", "x"},
		"no header":       {"a.shp", "x"},
		"record 1 is cut": {"a.shp", p["a.shp"][:len(p["a.shp"])-8]},
		"projection is LAMBERT_CONFORMAL_CONIC": {
			"a.shp", p["a.shp"], "a.prj", `PROJCS["x",GEOGCS["y"],PROJECTION["Lambert_Conformal_Conic"]]`,
		},
	} {
		if _, err := Decode(zipped(t, files...)); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestSystems: positions in metres come out where they are. The tower of Eiffel
// stands at 48.8583 N, 2.2945 E, in UTM 31N at 448252 E, 5411943 N.
func TestSystems(t *testing.T) {
	for name, c := range map[string]struct{ at, want orb.Point }{
		"EPSG:32631":                 {orb.Point{448252, 5411943}, orb.Point{2.29450, 48.85830}},
		"urn:ogc:def:crs:EPSG::3857": {orb.Point{-20037508.342789244, 20037508.342789244}, orb.Point{-180, 85.0511287798}},
		"EPSG:32731":                 {orb.Point{500000, 10000000}, orb.Point{3, 0}},
		"EPSG:4549":                  {orb.Point{500000, 0}, orb.Point{120, 0}},
		"EPSG:4528":                  {orb.Point{40500000, 0}, orb.Point{120, 0}},
	} {
		to, err := systemOfCode(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := to(c.at); math.Abs(got[0]-c.want[0]) > 2e-5 || math.Abs(got[1]-c.want[1]) > 2e-5 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, name := range []string{"EPSG:4326", "EPSG:4490", "urn:ogc:def:crs:OGC:1.3:CRS84", "WGS84", ""} {
		if to, err := systemOfCode(name); to != nil || err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := systemOfCode("EPSG:27700"); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	wkt := `PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	to, err := systemOfWKT(wkt)
	if err != nil {
		t.Fatal(err)
	}
	// The quarter of a meridian is 10,001,965.729 m long (GRS 80).
	if got := to(orb.Point{500000, 10_001_965.729}); math.Abs(got[1]-90) > 1e-8 {
		t.Errorf("%v, want the pole", got)
	}
	by4549, _ := systemOfCode("EPSG:4549")
	if a, b := to(orb.Point{600_000, 3_400_000}), by4549(orb.Point{600_000, 3_400_000}); math.Abs(a[0]-b[0])+math.Abs(a[1]-b[1]) > 1e-12 {
		t.Errorf("%v and %v", a, b)
	}
}

// TestTransverseThereAndBack against the forward series of the same paper.
func TestTransverseThereAndBack(t *testing.T) {
	tm := transverse{a: 6378137, f: 1 / 298.257223563, scale: 0.9996, meridian: 117, easting: 500_000}
	for _, p := range []orb.Point{{117, 30}, {118.7, 30.75}, {114.1, -44.2}, {119.9, 60}, {117.001, 0.5}} {
		if got := tm.inverse(tm.forward(p)); math.Abs(got[0]-p[0])+math.Abs(got[1]-p[1]) > 1e-9 {
			t.Errorf("%v comes back as %v", p, got)
		}
	}
}

func (t transverse) forward(p orb.Point) orb.Point {
	n := t.f / (2 - t.f)
	e := math.Sqrt(t.f * (2 - t.f))
	lat, lon := p[1]*math.Pi/180, (p[0]-t.meridian)*math.Pi/180
	tau := math.Tan(lat)
	sigma := math.Sinh(e * math.Atanh(e*math.Sin(lat)))
	conformal := tau*math.Sqrt(1+sigma*sigma) - sigma*math.Sqrt(1+tau*tau)
	xi0, eta0 := math.Atan2(conformal, math.Cos(lon)), math.Asinh(math.Sin(lon)/math.Hypot(conformal, math.Cos(lon)))
	xi, eta := xi0, eta0
	for j, a := range [...]float64{
		n/2 - 2*n*n/3 + 5*n*n*n/16 + 41*n*n*n*n/180,
		13*n*n/48 - 3*n*n*n/5 + 557*n*n*n*n/1440,
		61*n*n*n/240 - 103*n*n*n*n/140,
		49561 * n * n * n * n / 161280,
	} {
		m := 2 * float64(j+1)
		xi += a * math.Sin(m*xi0) * math.Cosh(m*eta0)
		eta += a * math.Cos(m*xi0) * math.Sinh(m*eta0)
	}
	radius := t.a / (1 + n) * (1 + n*n/4 + n*n*n*n/64) * t.scale
	return orb.Point{t.easting + radius*eta, t.northing + radius*xi}
}

func TestDecodeKML(t *testing.T) {
	c, err := Decode([]byte(`<?xml version="1.0"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>all</name><Folder>
<Placemark><name>A</name><ExtendedData><SchemaData><SimpleData name="code">7</SimpleData></SchemaData></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>
 0,0,5 1,0,5
 1,1,5 0,0,5</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>
<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 x,1</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark/>
</Folder></Document></kml>`))
	if err != nil || len(c.Features) != 4 {
		t.Fatal(c, err)
	}
	if want := (orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}); !reflect.DeepEqual(c.Features[0].Geometry, want) ||
		string(c.Features[0].Properties) != `{"name":"A","code":"7"}` {
		t.Errorf("%+v", c.Features[0])
	}
	for i, want := range []string{"", "a Point is no area", `"x,1" is no position`, "no geometry"} {
		if _, fault := c.Features[i].Area(); fault != want && !strings.HasPrefix(fault, want+",") {
			t.Errorf("feature %d: %q, want %q", i, fault, want)
		}
	}
	for _, in := range []string{"<html></html>", "<kml><Placemark>", "<"} {
		if _, err := Decode([]byte(in)); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// readBack holds that what was read can be written and read again.
func readBack(t *testing.T, data []byte) {
	c, err := Decode(data)
	if err != nil {
		return
	}
	var areas []Feature
	for _, f := range c.Features {
		if area, fault := f.Area(); fault == "" && len(area) > 0 && len(area[0]) > 0 {
			areas = append(areas, f)
		}
	}
	for _, format := range []Format{Shapefile, KML} {
		var b bytes.Buffer
		if err := Write(&b, areas, format, "a"); err != nil {
			t.Fatal(err)
		}
		if again, err := Decode(b.Bytes()); err != nil || len(again.Features) != len(areas) {
			t.Fatalf("%s: %v", format, err)
		}
	}
}

func FuzzDecodeKML(f *testing.F) {
	var b bytes.Buffer
	_ = Write(&b, some(), KML, "a")
	f.Add(b.Bytes())
	f.Add([]byte(`<kml><Placemark><MultiGeometry><Polygon><innerBoundaryIs><LinearRing><coordinates>1,2 3,4</coordinates></LinearRing></innerBoundaryIs></Polygon></MultiGeometry></Placemark></kml>`))
	f.Fuzz(readBack)
}

func FuzzDecodeZip(f *testing.F) {
	var b bytes.Buffer
	_ = Write(&b, some(), Shapefile, "a")
	f.Add(b.Bytes())
	f.Fuzz(readBack)
}

// FuzzDecodeShapefile: the parts as they come out of the zip.
func FuzzDecodeShapefile(f *testing.F) {
	var b bytes.Buffer
	_ = Write(&b, some(), Shapefile, "a")
	p := parts(f, b.Bytes())
	f.Add([]byte(p["a.shp"]), []byte(p["a.dbf"]), p["a.prj"], p["a.cpg"])
	f.Fuzz(func(t *testing.T, shp, dbf []byte, prj, cpg string) {
		c, err := decodeShapefile(shp, dbf, prj, cpg, Limits{}.withDefaults())
		if err != nil {
			return
		}
		for _, one := range c.Features {
			if one.Properties != nil && !json.Valid(one.Properties) {
				t.Errorf("properties %q", one.Properties)
			}
			one.Area()
		}
	})
}
