package gis

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"github.com/paulmach/orb"
)

// decodeZip reads a zipped Shapefile or a .kmz.
func decodeZip(data []byte, l Limits) (*Collection, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, bad("a damaged zip: %v", err)
	}
	files := map[string]*zip.File{} // by extension, then by name without it
	var shp, kml []*zip.File
	for _, f := range z.File {
		name := strings.ToLower(path.Base(f.Name))
		if strings.HasPrefix(name, "._") || strings.Contains(f.Name, "__MACOSX") {
			continue
		}
		switch path.Ext(name) {
		case ".shp":
			shp = append(shp, f)
		case ".kml":
			kml = append(kml, f)
		}
		files[strings.ToLower(f.Name)] = f
	}
	left := int64(l.Bytes)
	switch {
	case len(shp) == 1:
		base := strings.TrimSuffix(strings.ToLower(shp[0].Name), ".shp")
		part := func(ext string) ([]byte, error) {
			f := files[base+ext]
			if f == nil {
				return nil, nil
			}
			return unzip(f, &left, l)
		}
		var parts [4][]byte
		for i, ext := range []string{".shp", ".dbf", ".prj", ".cpg"} {
			if parts[i], err = part(ext); err != nil {
				return nil, err
			}
		}
		return decodeShapefile(parts[0], parts[1], string(parts[2]), string(parts[3]), l)
	case len(shp) > 1:
		return nil, bad("the zip has %d Shapefiles: zip the one with the grids alone", len(shp))
	case len(kml) > 0:
		text, err := unzip(kml[0], &left, l)
		if err != nil {
			return nil, err
		}
		return decodeKML(text, l)
	}
	return nil, bad("the zip has neither a .shp nor a .kml")
}

// unzip reads a file of a zip, no more than is left.
func unzip(f *zip.File, left *int64, l Limits) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, bad("a damaged zip: %s: %v", clip(f.Name), err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, *left+1))
	if err != nil {
		return nil, bad("a damaged zip: %s: %v", clip(f.Name), err)
	}
	if *left -= int64(len(b)); *left < 0 {
		return nil, bad("it unpacks to more than %d MB", l.Bytes>>20)
	}
	return b, nil
}

// Shape types, from ESRI's Shapefile Technical Description (1998). Those with
// heights are 10 more, those with measures 20.
const (
	nullShape    = 0
	shapePoint   = 1
	shapeLine    = 3
	shapePolygon = 5
	shapeHeader  = 100
)

var shapeNames = map[uint32]string{8: "multipoint", 31: "multipatch"}

// decodeShapefile reads the parts of a Shapefile. Without a .prj positions are
// taken for degrees.
func decodeShapefile(shp, dbf []byte, prj, cpg string, l Limits) (*Collection, error) {
	if len(shp) < shapeHeader || binary.BigEndian.Uint32(shp) != 9994 {
		return nil, bad("its .shp is damaged: it has no header")
	}
	to, err := systemOfWKT(prj)
	if err != nil {
		return nil, err
	}
	c := &Collection{Format: Shapefile, System: strings.TrimSpace(prj)}
	rows, err := decodeDBF(dbf, cpg, l)
	if err != nil {
		return nil, err
	}
	for at := shapeHeader; at+8 <= len(shp); {
		size := 2 * int64(binary.BigEndian.Uint32(shp[at+4:]))
		at += 8
		if size < 4 || int64(at)+size > int64(len(shp)) {
			return nil, bad("its .shp is damaged: record %d is cut off", len(c.Features))
		}
		if len(c.Features) == l.Features {
			return nil, l.full()
		}
		f := shapeOf(shp[at:at+int(size)], to)
		if i := len(c.Features); i < len(rows) {
			f.Properties = rows[i]
		}
		c.Features = append(c.Features, f)
		at += int(size)
	}
	return c, nil
}

func shapeOf(b []byte, to system) Feature {
	kind := binary.LittleEndian.Uint32(b)
	if kind > 8 && kind < 31 {
		kind %= 10
	}
	switch {
	case kind == nullShape:
		return Feature{Fault: "no geometry"}
	case kind == shapePoint:
		if len(b) < 20 {
			return Feature{Fault: "its point is cut off"}
		}
		return Feature{Geometry: positionOf(b[4:], to)}
	case kind != shapePolygon && kind != shapeLine:
		name := shapeNames[kind]
		if name == "" {
			name = fmt.Sprintf("shape of type %d", kind)
		}
		return Feature{Fault: "a " + name + " is not read"}
	case len(b) < 44:
		return Feature{Fault: "its shape is cut off"}
	}
	parts, points := int64(binary.LittleEndian.Uint32(b[36:])), int64(binary.LittleEndian.Uint32(b[40:]))
	if 44+4*parts+16*points > int64(len(b)) {
		return Feature{Fault: fmt.Sprintf("its polygon promises %d rings and %d positions, and has fewer", parts, points)}
	}
	coords := b[44+4*parts:]
	rings := make([]orb.Ring, 0, parts)
	for i := range parts {
		from, end := int64(binary.LittleEndian.Uint32(b[44+4*i:])), points
		if i+1 < parts {
			end = int64(binary.LittleEndian.Uint32(b[48+4*i:]))
		}
		if from > end || end > points {
			return Feature{Fault: fmt.Sprintf("its ring %d begins after its end", i)}
		}
		ring := make(orb.Ring, 0, end-from)
		for k := from; k < end; k++ {
			ring = append(ring, positionOf(coords[16*k:], to))
		}
		rings = append(rings, ring)
	}
	if kind == shapeLine {
		lines := make(orb.MultiLineString, len(rings))
		for i, r := range rings {
			lines[i] = orb.LineString(r)
		}
		if len(lines) == 1 {
			return Feature{Geometry: lines[0]}
		}
		return Feature{Geometry: lines}
	}
	g, fault := nest(rings)
	return Feature{Geometry: g, Fault: fault}
}

// positionOf reads two little-endian doubles.
func positionOf(b []byte, to system) orb.Point {
	p := orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(b)), math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))}
	if to != nil {
		p = to(p)
	}
	return p
}

// mostNests bounds the work on polygons that are nothing but rings.
const mostNests = 10_000_000

// nest puts holes, which run counter-clockwise in a Shapefile, into the smallest
// outer ring around them. Where no ring runs clockwise all are taken for outer ones:
// some programs write them so.
func nest(rings []orb.Ring) (orb.Geometry, string) {
	var polygons orb.MultiPolygon
	var holes []orb.Ring
	for _, r := range rings {
		if twice(r) <= 0 {
			polygons = append(polygons, orb.Polygon{r})
		} else {
			holes = append(holes, r)
		}
	}
	if len(polygons) == 0 {
		for _, r := range holes {
			polygons = append(polygons, orb.Polygon{r})
		}
		holes = nil
	}
	if len(holes)*len(polygons) > mostNests {
		return nil, fmt.Sprintf("%d rings with %d holes are too many for one feature", len(polygons), len(holes))
	}
	bounds := make([]orb.Bound, len(polygons))
	for i, p := range polygons {
		bounds[i] = p[0].Bound()
	}
	work := 0
	for _, h := range holes {
		in, least := 0, math.Inf(1)
		for i, p := range polygons {
			area := math.Abs(twice(p[0]))
			if area >= least || !bounds[i].Contains(h[0]) {
				continue
			}
			if work += len(p[0]); work > mostNests {
				return nil, "its holes lie in too many rings"
			}
			if middleIn(p[0], h) {
				in, least = i, area
			}
		}
		polygons[in] = append(polygons[in], h)
	}
	if len(polygons) == 1 {
		return polygons[0], ""
	}
	return polygons, ""
}

// middleIn says whether the middle of the first edge of a hole lies in a ring.
func middleIn(ring, hole orb.Ring) bool {
	p := hole[0]
	if len(hole) > 1 {
		p = orb.Point{(hole[0][0] + hole[1][0]) / 2, (hole[0][1] + hole[1][1]) / 2}
	}
	inside := false
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1]) {
			inside = !inside
		}
	}
	return inside
}

// twice is twice the signed area of a ring, positive counter-clockwise.
func twice(r orb.Ring) float64 {
	sum := 0.0
	for i := 2; i < len(r); i++ {
		sum += (r[i-1][0]-r[0][0])*(r[i][1]-r[0][1]) - (r[i-1][1]-r[0][1])*(r[i][0]-r[0][0])
	}
	return sum
}
