package gis

import (
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// What PostGIS gives for ST_AsEWKB of these, in hex.
func TestEWKBIsPostGIS(t *testing.T) {
	for _, c := range []struct {
		g    orb.Geometry
		want string
	}{
		{orb.Point{1, 2}, "0101000020E6100000000000000000F03F0000000000000040"},
		{orb.LineString{{0, 0}, {1, 2}}, "0102000020E61000000200000000000000000000000000000000000000000000000000F03F0000000000000040"},
		{orb.MultiPolygon{}, "0106000020E610000000000000"},
	} {
		b, err := EncodeEWKB(c.g)
		if got := hex.EncodeToString(b); err != nil || !strings.EqualFold(got, c.want) {
			t.Errorf("EncodeEWKB(%v) = %s, %v, want %s", c.g, got, err, c.want)
		}
		back, err := DecodeEWKB(b)
		if err != nil || !orb.Equal(back, c.g) {
			t.Errorf("DecodeEWKB(%s) = %v, %v, want %v", c.want, back, err, c.g)
		}
	}
}

func drawPoint(t *rapid.T) orb.Point {
	return orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
}

func drawPoints(t *rapid.T) []orb.Point {
	return rapid.SliceOfN(rapid.Custom(drawPoint), 0, 6).Draw(t, "points")
}

func drawLine(t *rapid.T) orb.LineString { return drawPoints(t) }

func drawRing(t *rapid.T) orb.Ring { return drawPoints(t) }

func drawPolygon(t *rapid.T) orb.Polygon {
	return rapid.SliceOfN(rapid.Custom(drawRing), 0, 3).Draw(t, "rings")
}

func drawGeometry(t *rapid.T) orb.Geometry {
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return drawPoint(t)
	case 1:
		return orb.MultiPoint(drawPoints(t))
	case 2:
		return drawLine(t)
	case 3:
		return orb.MultiLineString(rapid.SliceOfN(rapid.Custom(drawLine), 0, 3).Draw(t, "lines"))
	case 4:
		return drawPolygon(t)
	}
	return orb.MultiPolygon(rapid.SliceOfN(rapid.Custom(drawPolygon), 0, 3).Draw(t, "polygons"))
}

func TestEWKBRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGeometry(t)
		b, err := EncodeEWKB(g)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeEWKB(b)
		if err != nil || reflect.TypeOf(back) != reflect.TypeOf(g) || !orb.Equal(back, g) {
			t.Fatalf("%T %v came back as %T %v, %v", g, g, back, back, err)
		}
		for cut := range len(b) {
			if _, err := DecodeEWKB(b[:cut]); !errors.Is(err, ErrEWKB) {
				t.Fatalf("cut to %d of %d bytes: %v", cut, len(b), err)
			}
		}
	})
}

func TestTrackRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var track Track
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			at := time.UnixMicro(rapid.Int64Range(0, 1<<32*1e6-1).Draw(t, "time")).UTC() // to 2106: then seconds take the 33rd bit
			track = append(track, TrackPoint{drawPoint(t), at})
		}
		b, err := EncodeTrack(track)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeTrack(b)
		if err != nil || len(back) != len(track) {
			t.Fatalf("%v came back as %v, %v", track, back, err)
		}
		for i := range track {
			if track[i] != back[i] {
				t.Fatalf("point %d: %v came back as %v", i, track[i], back[i])
			}
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		hex  string
		want error
	}{
		"empty":                   {"", ErrEWKB},
		"byte order 2":            {"0201000020E6100000000000000000F03F0000000000000040", ErrEWKB},
		"other reference system":  {"0101000020110F0000000000000000F03F0000000000000040", ErrSRID}, // EPSG:3857
		"four billion points":     {"0102000020E6100000FFFFFFFF", ErrEWKB},
		"four billion rings":      {"0103000020E6100000FFFFFFFF", ErrEWKB},
		"a collection":            {"0107000020E610000000000000", ErrEWKB},
		"a line among points":     {"0104000020E610000001000000" + "010200000000000000", ErrEWKB},
		"a 3D part in a 2D whole": {"0104000020E610000001000000" + "0101000080" + strings.Repeat("00", 24), ErrEWKB},
		"not a number":            {"0101000020E6100000000000000000F87F0000000000000040", ErrEWKB},
		"bytes left over":         {"0101000020E6100000000000000000F03F000000000000004000", ErrEWKB},
	} {
		b, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(name, err)
		}
		if g, err := DecodeEWKB(b); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, %v, want %v", name, g, err, c.want)
		}
	}
	point, _ := EncodeEWKB(orb.Point{1, 2})
	if _, err := DecodeTrack(point); !errors.Is(err, ErrEWKB) {
		t.Errorf("a point as a track: %v", err)
	}
	if _, err := EncodeEWKB(orb.Collection{}); err == nil {
		t.Error("a collection was encoded")
	}
}

func FuzzDecodeEWKB(f *testing.F) {
	track, _ := EncodeTrack(Track{{orb.Point{1, 2}, time.Unix(1e9, 0)}, {orb.Point{3, 4}, time.Unix(1e9+1, 5e8)}})
	f.Add(track)
	ring := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	for _, g := range []orb.Geometry{
		orb.Point{1, 2},
		orb.MultiPoint{{1, 2}, {3, 4}},
		orb.LineString{{1, 2}, {3, 4}},
		orb.MultiLineString{{{1, 2}}, {}},
		orb.Polygon{ring, ring},
		orb.MultiPolygon{{ring}, {ring, ring}},
	} {
		b, err := EncodeEWKB(g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x00\x00\x00\x00\x06\x00\x00\x00\x01")) // big-endian
	f.Fuzz(func(t *testing.T, b []byte) {
		if track, err := DecodeTrack(b); err == nil {
			again, err := EncodeTrack(track)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := DecodeTrack(again); err != nil || len(back) != len(track) {
				t.Errorf("a track of %d came back with %d points, %v", len(track), len(back), err)
			}
		}
		g, err := DecodeEWKB(b)
		if err != nil {
			return
		}
		again, err := EncodeEWKB(g)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := DecodeEWKB(again); err != nil || !orb.Equal(back, g) {
			t.Errorf("%v came back as %v, %v", g, back, err)
		}
	})
}

// A float64 holds our times to the microsecond until long after us.
func TestTrackPrecision(t *testing.T) {
	last := float64(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
	if step := math.Nextafter(last, math.Inf(1)) - last; step > 1e-6 {
		t.Errorf("times step by %g s", step)
	}
}
