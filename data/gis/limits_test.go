package gis

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"
)

// A small file that would come to gigabytes is refused before it does.
func TestSmallFilesStaySmall(t *testing.T) {
	columns := "lon,lat" + strings.Repeat(",a", maxColumns-2)
	// 65,535 bytes of fields of no length, then a byte a row: each row would be told
	// with all of them.
	dbf := make([]byte, 65_535+10_000)
	binary.LittleEndian.PutUint32(dbf[4:], 10_000)
	binary.LittleEndian.PutUint16(dbf[8:], 65_535)
	binary.LittleEndian.PutUint16(dbf[10:], 1)
	for at := 32; at+32 <= 65_535; at += 32 {
		copy(dbf[at:], "ABCDEFGHIJ")
		dbf[at+11] = 'C'
	}
	rows, err := decodeDBF(dbf, "", Limits{Bytes: 1 << 20, Features: 10_000})
	if size := 0; err == nil {
		for _, r := range rows {
			size += len(r)
		}
		if size > 1<<20 {
			t.Errorf("a table of %d bytes comes to %d", len(dbf), size)
		}
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a line for each byte, under many columns", []byte(columns + "\n" + strings.Repeat("1\n", 3_000)), "columns come to more than"},
		{"very many columns", []byte("lon,lat" + strings.Repeat(",a", 10_000) + "\n1,2\n"), "columns"},
		{"zipped zeros", zipped(t, "a.kml", strings.Repeat(" ", 1<<20+1)), "unpacks to more than 1 MB"},
		{"elements in each other", []byte("<kml>" + strings.Repeat("<a>", 200)), "deep"},
		{"rows", []byte("lon,lat\n" + strings.Repeat("1,2\n", 2_000)), "more than 1000 rows"},
		{"features", []byte(`{"type":"FeatureCollection","features":[` + strings.Repeat(`{"type":"Feature"},`, 2_000) + `{}]}`), "more than 1000 features"},
	} {
		_, err := DecodeWithin(c.data, Limits{Bytes: 1 << 20, Features: 1000})
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s (%d bytes): %v, want ErrFormat with %q", c.name, len(c.data), err, c.want)
		}
	}
}

// What takes long is a matter of the size of a file, not of its square: each of these
// took minutes.
func TestLongFilesAreReadInOneGo(t *testing.T) {
	began := time.Now()
	place := func(inside string) []byte {
		return []byte("<kml><Placemark>" + inside + "</Placemark></kml>")
	}
	rings := strings.Repeat("<outerBoundaryIs><coordinates>1,2</coordinates></outerBoundaryIs>", 10_000)
	for name, data := range map[string][]byte{
		"a text in pieces": place("<name>" + strings.Repeat("x<!-- -->", 40_000) + "</name>"),
		"outer rings":      place("<Polygon>" + rings + "</Polygon>"),
		"collections":      []byte("name,wkt\na,\"" + strings.Repeat("GEOMETRYCOLLECTION(", 40_000) + "\"\n"),
	} {
		c, err := Decode(data)
		if err != nil || len(c.Features) != 1 {
			t.Errorf("%s: %d features, %v", name, len(c.Features), err)
		} else if name == "collections" && c.Features[0].Fault == "" {
			t.Errorf("%s: read", name)
		}
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}
