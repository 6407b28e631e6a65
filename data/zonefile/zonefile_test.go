package zonefile

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"citygrid/data/gis"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// town is a raster of streets 400 m apart.
func town(t testing.TB) (*street.Network, func(x, y float64) orb.Point) {
	const n = 12
	east, north := geo.MetresPerDegree(31)
	at := func(x, y float64) orb.Point {
		return orb.Point{120.7 + x/float64(east), 31 + y/float64(north)}
	}
	parts := street.Parts{}
	id := func(x, y int) street.JunctionID { return street.JunctionID(y*n + x) }
	for y := range n {
		for x := range n {
			parts.Junctions = append(parts.Junctions, street.Junction{At: street.FixedPoint(at(float64(400*x), float64(400*y)))})
		}
	}
	add := func(a, b street.JunctionID) {
		from := uint32(len(parts.Shape))
		parts.Shape = append(parts.Shape, parts.Junctions[a].At, parts.Junctions[b].At)
		parts.Segments = append(parts.Segments, street.Segment{
			Way: int64(len(parts.Segments) + 1), From: a, To: b, Shape: from, Points: 2, LengthM: float32(geo.Distance(parts.Junctions[a].At.Point(), parts.Junctions[b].At.Point())), Class: street.Residential,
			Forward: street.AllVehicles, Backward: street.AllVehicles,
		})
	}
	for y := range n {
		for x := range n {
			if x+1 < n {
				add(id(x, y), id(x+1, y))
			}
			if y+1 < n {
				add(id(x, y), id(x, y+1))
			}
		}
	}
	network, err := street.Build(parts)
	if err != nil {
		t.Fatal(err)
	}
	return network, at
}

// frames are so many parking frames of 9.8 m along the streets, 4 m off on either
// side, as GeoJSON in a datum.
func frames(at func(x, y float64) orb.Point, n int, d geo.Datum) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var features []string
	for i := range n {
		y := 400*float64(random.IntN(11)) + 4 - 8*float64(i%2)
		x := 400*float64(random.IntN(10)) + 15 + 360*random.Float64()
		line, _ := json.Marshal(orb.LineString{d.FromWGS84(at(x, y)), d.FromWGS84(at(x+9.8, y))})
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"编号":"F%04d","capacity":12},"geometry":{"type":"LineString","coordinates":%s}}`, i+1, line))
	}
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`)
}

// 2,439 frames come in with the street and the side that they lie at, and those of
// a file in another datum are told from them.
func TestFramesLieAtStreets(t *testing.T) {
	network, at := town(t)
	const n = 2439
	r, err := Read(frames(at, n, geo.WGS84), network, Options{Kind: zone.Frame})
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != n || len(r.Good) != n || len(r.Faults) != 0 || r.OnStreets != n || r.Lines != n || r.Name != "编号" || r.Better != geo.WGS84 {
		t.Fatalf("%d rows, %d good, %d at streets, %d lines, named by %q, better in %v; faults %+v", r.Rows, len(r.Good), r.OnStreets, r.Lines, r.Name, r.Better, r.Faults)
	}
	for i, row := range r.Good {
		// Streets run east: what lies north is left.
		want := street.Left
		if i%2 == 1 {
			want = street.Right
		}
		if row.Near.Side != want || row.Zone.Rule.Kind != zone.NoRule || row.Zone.Drawn.WidthM != 2 {
			t.Fatalf("row %d is on side %v, %+v", row.Row, row.Near.Side, row.Zone)
		}
	}
	shifted := frames(at, n, geo.GCJ02)
	if r, err = Read(shifted, network, Options{Kind: zone.Frame}); err != nil || r.Better != geo.GCJ02 {
		t.Errorf("drawn on a Chinese map: better is %v (%.2f against %.2f), %v", r.Better, r.BetterShare, r.Share, err)
	}
	d := geo.GCJ02
	if r, err = Read(shifted, network, Options{Kind: zone.Frame, Datum: &d}); err != nil || len(r.Good) != n || r.OnStreets != n {
		t.Errorf("taken back: %d good, %d at streets, %v", len(r.Good), r.OnStreets, err)
	}
}

// Each row that is wrong is told, with what to do, and the others are as good as alone.
func TestFaultsSayTheRow(t *testing.T) {
	network, at := town(t)
	p := func(x, y float64) string { q := at(x, y); return fmt.Sprintf("%.7f,%.7f", q[0], q[1]) }
	file := "name,lon,lat\n" + strings.Join([]string{
		"good," + p(150, 3),
		"far," + p(-500, -500),
		"turned,31.0,120.7",
		"text,here,there",
		"good," + p(150.1, 3),
		"empty,,",
		"good," + p(250, 3),
	}, "\n")
	r, err := Read([]byte(file), network, Options{Kind: zone.Stall})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Faults {
		if f.Mend == "" {
			t.Errorf("row %d: nothing is said to do about %q", f.Row, f.What)
		}
		got = append(got, fmt.Sprintf("%d %s", f.Row, f.What))
	}
	want := []string{"2 not on the map", "3 31, 120.7 is no longitude and latitude in degrees", `4 "here", "there" is no position, want two numbers`, "5 the same name and place as row 1", "6 no geometry"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || len(r.Good) != 2 || r.Good[1].Row != 7 {
		t.Errorf("faults\n%s\nwant\n%s\ngood %d", strings.Join(got, "\n"), strings.Join(want, "\n"), len(r.Good))
	}
	if r, _ = Read([]byte(file), network, Options{Kind: zone.Stall, Apart: true}); len(r.Good) != 3 {
		t.Errorf("with those that no street is near: %d good", len(r.Good))
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"name,lon,lat\na,1,2\n", "wkt;n\nPOLYGON((0 0,1 0,1 1,0 0));x\n", `{"type":"LineString","coordinates":[[0,0],[1e-3,0]]}`,
		`<kml><Placemark><LineString><coordinates>0,0 0.1,0</coordinates></LineString></Placemark></kml>`, "经度,纬度\n120,NaN\n", "lon,lat\n\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(data, nil, Options{Kind: zone.Frame})
		if err != nil {
			return
		}
		if len(r.Good)+len(r.Faults)+r.MoreFaults != r.Rows {
			t.Fatalf("%d rows, %d good, %d faults", r.Rows, len(r.Good), len(r.Faults))
		}
		for _, row := range r.Good {
			if err := row.Zone.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestReadsOtherFormats(t *testing.T) {
	for format, text := range map[gis.Format]string{
		gis.CSV: "编号;经度;纬度\nA;120.7001;31.0001\n",
		gis.KML: `<kml><Placemark><name>A</name><Point><coordinates>120.7001,31.0001</coordinates></Point></Placemark></kml>`,
	} {
		r, err := Read([]byte(text), nil, Options{Kind: zone.Stall})
		if err != nil || r.Format != format || len(r.Good) != 1 || r.Good[0].Zone.Name["en"] != "A" || r.Good[0].Zone.Drawn.RadiusM != 3 {
			t.Errorf("%s: %+v, %v", format, r, err)
		}
	}
}

// 4,332 shops along the streets stand each at its segment and side, once.
func TestShopsStandAtStreets(t *testing.T) {
	network, at := town(t)
	const n = 4332
	random := rand.New(rand.NewPCG(3, 4))
	rows := []string{"店名,类型,lon,lat"}
	for i := range n {
		p := at(400*float64(i%10)+20+360*float64(i/110)/40+random.Float64(), 400*float64(i/10%11)+6-12*float64(i%2))
		rows = append(rows, fmt.Sprintf("店 %d,%s,%.7f,%.7f", i, []string{"商铺", "餐饮", "breakfast"}[i%3], p[0], p[1]))
	}
	file := []byte(strings.Join(rows, "\n"))
	r, err := ReadObjects(file, network, nil, ObjectOptions{})
	if err != nil || r.Rows != n || len(r.Objects) != n || len(r.Faults) != 0 || r.OnStreets != n || r.Name != "店名" || r.KindColumn != "类型" {
		t.Fatalf("%d rows, %d good, %d at streets, faults %+v, %v", r.Rows, len(r.Objects), r.OnStreets, r.Faults, err)
	}
	for i, row := range r.Objects {
		want := street.Left
		if i%2 == 1 {
			want = street.Right
		}
		b := row.Object.Beside
		if b.Side != want {
			t.Fatalf("row %d is on side %v, want %v", row.Row, b.Side, want)
		}
		if id, there := network.Find(*b); !there || network.Segment(id).Way != b.Way {
			t.Fatalf("row %d: its street is not found again: %+v", row.Row, b)
		}
	}
	if r, err = ReadObjects(file, network, r.List(), ObjectOptions{}); err != nil || len(r.Objects) != 0 || len(r.Faults)+r.MoreFaults != n {
		t.Errorf("the same again: %d good, %d faults, %v", len(r.Objects), len(r.Faults)+r.MoreFaults, err)
	}
	if r, err = ReadObjects([]byte("name,lon,lat\nA,120.7,31.0001\n"), network, nil, ObjectOptions{}); err != nil || len(r.Faults) != 1 || r.Faults[0].Mend == "" {
		t.Errorf("without a kind: %+v, %v", r, err)
	}
}

func FuzzReadObjects(f *testing.F) {
	for _, s := range []string{
		"name,kind,lon,lat\na,shop,1,2\n", "code,kind,lon,lat\nA;,camera,1,2\nA,shop,1,2\n", `{"type":"Point","coordinates":[0,0]}`,
		`<kml><Placemark><name>x</name><Point><coordinates>1,2</coordinates></Point></Placemark></kml>`, "经度,纬度,类型\n120,NaN,商铺\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, o := range []ObjectOptions{{}, {Kind: register.Shop, Apart: true}} {
			r, err := ReadObjects(data, nil, nil, o)
			if err != nil {
				return
			}
			if len(r.Objects)+len(r.Faults)+r.MoreFaults != r.Rows {
				t.Fatalf("%d rows, %d good, %d faults", r.Rows, len(r.Objects), len(r.Faults))
			}
			for i, row := range r.Objects {
				if err := row.Object.Check(); err != nil {
					t.Fatal(err)
				}
				for _, other := range r.Objects[max(0, i-20):i] {
					if row.Object.Same(other.Object) {
						t.Fatalf("rows %d and %d are the same", row.Row, other.Row)
					}
				}
			}
		}
	})
}
