package demo

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/data/zonefile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// A drawing makes files of what lies along the streets of the demo city, and knows of
// each row where it was drawn.
type drawing struct {
	random *rand.Rand
	n      *street.Network
	roads  [][]street.SegmentID          // of one name each, the longest first
	lines  []orb.LineString              // by segment
	about  map[[2]int][]street.SegmentID // by cell: what is in it or within 30 m of it
}

// A drawnAt is where a row was drawn.
type drawnAt struct {
	at, ahead orb.Point // ahead is so many metres on along the street
	segment   street.SegmentID
	side      street.Sides
	off       geo.Metres // from the middle of the street
}

func newDrawing(n *street.Network, seed uint64) *drawing {
	d := &drawing{random: rand.New(rand.NewPCG(seed, 1)), n: n, lines: make([]orb.LineString, n.Segments()), about: map[[2]int][]street.SegmentID{}}
	named := map[string][]street.SegmentID{}
	length := map[string]float32{}
	for i := range n.Segments() {
		id := street.SegmentID(i)
		s := n.Segment(id)
		d.lines[i] = n.Line(id)
		const more = 0.0004
		low, high := cellAt(orb.Point{d.lines[i].Bound().Min[0] - more, d.lines[i].Bound().Min[1] - more}), cellAt(orb.Point{d.lines[i].Bound().Max[0] + more, d.lines[i].Bound().Max[1] + more})
		for x := low[0]; x <= high[0]; x++ {
			for y := low[1]; y <= high[1]; y++ {
				d.about[[2]int{x, y}] = append(d.about[[2]int{x, y}], id)
			}
		}
		name := n.Name(s.Name).Default
		if name == "" || s.LengthM < 30 || s.Class < street.Trunk || s.Class > street.Residential || s.Flags&street.Tunnel != 0 {
			continue
		}
		named[name] = append(named[name], id)
		length[name] += s.LengthM
	}
	names := make([]string, 0, len(named))
	for name := range named {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(length[b], length[a]), cmp.Compare(a, b)) })
	for _, name := range names {
		d.roads = append(d.roads, named[name])
	}
	return d
}

// place draws something beside one of the first roads: length metres of it, off metres
// from the middle of the street.
func (d *drawing) place(roads int, length, least, most float64) drawnAt {
	road := d.roads[d.random.IntN(roads)]
	s := drawnAt{segment: road[d.random.IntN(len(road))], side: street.Left, off: geo.Metres(least + (most-least)*d.random.Float64())}
	if d.random.IntN(2) == 1 {
		s.side = street.Right
	}
	whole := float64(d.n.Segment(s.segment).LengthM)
	at := d.random.Float64() * (whole - length)
	s.at, s.ahead = d.beside(s, at), d.beside(s, at+length)
	return s
}

func (d *drawing) beside(s drawnAt, along float64) orb.Point {
	p := d.n.PointAt(s.segment, geo.Metres(along))
	before, after := d.n.PointAt(s.segment, geo.Metres(max(0, along-0.5))), d.n.PointAt(s.segment, geo.Metres(along+0.5))
	x, y := geo.MetresPerDegree(p[1])
	dx, dy := (after[0]-before[0])*float64(x), (after[1]-before[1])*float64(y)
	off := float64(s.off) / math.Hypot(dx, dy)
	if s.side == street.Right {
		off = -off
	}
	return orb.Point{p[0] - dy*off/float64(x), p[1] + dx*off/float64(y)}
}

// middle is that of what was drawn.
func (s drawnAt) middle() orb.Point {
	return orb.Point{(s.at[0] + s.ahead[0]) / 2, (s.at[1] + s.ahead[1]) / 2}
}

// others are the segments, without that of the spot, that it could as well be at: streets
// as near as its own, and paths or ways without a name that are 8 m nearer, each but for
// half a metre. It looks at all segments about, without the network's index.
func (d *drawing) others(s drawnAt) (ids []street.SegmentID) {
	p := s.middle()
	x, y := geo.MetresPerDegree(p[1])
	for _, id := range d.about[cellAt(p)] {
		is := d.n.Segment(id)
		if id == s.segment || is.Forward&(street.Foot|street.Car) == 0 || is.Class == street.Motorway || is.Flags&street.Tunnel != 0 {
			continue
		}
		within := float64(s.off) + 0.5
		if is.Class > street.Pedestrian || d.n.Name(is.Name).Default == "" {
			within -= 8
		}
		line := d.lines[id]
		for i := 1; i < len(line); i++ {
			ax, ay := (line[i-1][0]-p[0])*float64(x), (line[i-1][1]-p[1])*float64(y)
			bx, by := (line[i][0]-p[0])*float64(x), (line[i][1]-p[1])*float64(y)
			t := max(0, min(1, -(ax*(bx-ax)+ay*(by-ay))/max(1e-9, (bx-ax)*(bx-ax)+(by-ay)*(by-ay))))
			if math.Hypot(ax+t*(bx-ax), ay+t*(by-ay)) < within {
				ids = append(ids, id)
				break
			}
		}
	}
	return ids
}

// cellAt is one of about 110 by 85 m.
func cellAt(p orb.Point) [2]int {
	return [2]int{int(math.Floor(p[0] * 1000)), int(math.Floor(p[1] * 1000))}
}

// bulk is a kind of row, as a city counted them.
type bulk struct {
	name        string
	rows, roads int
	length      float64   // metres of each; 0 = a point
	least, most float64   // metres off the middle of the street
	kind        zone.Kind // "" = shops of the register
	faulty      map[int]string
	spots       []drawnAt // by row less 1; of faulty rows what they would be
	thrown      int
}

// corner is which share of rows is drawn although it could be at another street as well.
const corner = 50

// draw makes the file. A row at a corner, or between two carriageways, could be at
// either: of these one in fifty is left in, the others are drawn anew.
func (b *bulk) draw(d *drawing) []byte {
	b.faulty = map[int]string{}
	var features []string
	seen := map[string]bool{}
	for row := 1; row <= b.rows; row++ {
		var s drawnAt
		for {
			s = d.place(b.roads, b.length, b.least, b.most)
			open := len(d.others(s)) > 0
			if key := fmt.Sprintf("%.6f %.6f", s.middle()[0], s.middle()[1]); !seen[key] && (!open || row%corner == 0) {
				seen[key] = true
				break
			}
			b.thrown++
		}
		b.spots = append(b.spots, s)
		name := fmt.Sprintf("%s %04d", b.name, row)
		at, ahead := s.at, s.ahead
		switch {
		case row%500 == 7:
			b.faulty[row] = "not on the map"
			at[0], ahead[0] = at[0]+3, ahead[0]+3
		case row%500 == 107:
			b.faulty[row] = "no longitude and latitude"
			at, ahead = orb.Point{95.5, at[0]}, orb.Point{95.5, ahead[0]}
			at[1], ahead[1] = -95.5, -95.5
		case row%500 == 207:
			b.faulty[row] = "no geometry"
		case row%500 == 307: // the row before once more
			b.faulty[row] = "the same"
			before := b.spots[row-2]
			at, ahead, name = before.at, before.ahead, fmt.Sprintf("%s %04d", b.name, row-1)
		}
		shape := fmt.Sprintf(`{"type":"Point","coordinates":[%.8f,%.8f]}`, at[0], at[1])
		if b.length > 0 {
			shape = fmt.Sprintf(`{"type":"LineString","coordinates":[[%.8f,%.8f],[%.8f,%.8f]]}`, at[0], at[1], ahead[0], ahead[1])
		}
		if b.faulty[row] == "no geometry" {
			shape = "null"
		}
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"name":%q},"geometry":%s}`, name, shape))
	}
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`)
}

// A city's 2,439 parking frames, 190 loading bays, 2,209 stalls and 4,332 shops come
// from files onto the demo city: each at the segment and on the side that it was drawn
// at, each faulty row told, each shop in one grid. Rows at a corner, which could be at
// more streets than one, must be at one of those.
func TestBulkImport(t *testing.T) {
	m, w := cityMap(t), cityWorld(t)
	own, err := grid.Plan{Grids: w.Grids}.Index()
	if err != nil {
		t.Fatal(err)
	}
	d := newDrawing(m.Network, 20)
	for _, b := range []bulk{
		{name: "Frame", rows: 2439, roads: 53, length: 9.8, least: 3, most: 5, kind: zone.Frame},
		{name: "Bay", rows: 190, roads: 53, length: 12, least: 3, most: 5, kind: zone.Loading},
		{name: "Stall", rows: 2209, roads: 53, least: 3, most: 8, kind: zone.Stall},
		{name: "Shop", rows: 4332, roads: 57, least: 6, most: 14},
	} {
		if small {
			b.rows /= 10
		}
		file := b.draw(d)
		begun := time.Now()
		var faults []zonefile.Fault
		got := map[int]street.Beside{}
		sum, outside := map[grid.GridID]int{}, 0
		if b.kind != "" {
			r, err := zonefile.Read(file, m.Network, zonefile.Options{Kind: b.kind})
			if err != nil {
				t.Fatal(err)
			}
			faults = r.Faults
			for _, row := range r.Good {
				got[row.Row] = *row.Zone.Beside
			}
		} else {
			r, err := zonefile.ReadObjects(file, m.Network, nil, zonefile.ObjectOptions{Kind: register.Shop})
			if err != nil {
				t.Fatal(err)
			}
			faults = r.Faults
			for _, row := range r.Objects {
				got[row.Row] = *row.Object.Beside
				whose := 0
				for _, g := range w.Grids {
					if g.Ground.Bound().Contains(row.Object.At) && planar.MultiPolygonContains(g.Ground, row.Object.At) {
						whose++
						sum[g.ID]++
					}
				}
				id, owned := own.OwnerAt(row.Object.At)
				if whose > 1 || owned != (whose == 1) {
					t.Errorf("shop of row %d is in %d grids, and grid %d owns it", row.Row, whose, id)
				}
				if !owned {
					outside++
				}
			}
			for _, n := range sum {
				outside += n
			}
			if outside != len(r.Objects) || len(sum) < 5 {
				t.Errorf("%d shops, but %d counted, in %d grids", len(r.Objects), outside, len(sum))
			}
		}
		took := time.Since(begun)
		for _, f := range faults {
			if want, known := b.faulty[f.Row]; !known || !strings.Contains(f.What, want) || f.Mend == "" {
				t.Errorf("%s: row %d is refused, %q, want %q", b.name, f.Row, f.What, want)
			}
		}
		if len(faults) != len(b.faulty) || len(got)+len(faults) != b.rows {
			t.Errorf("%s: %d of %d rows are good, %d faults, want %d", b.name, len(got), b.rows, len(faults), len(b.faulty))
		}
		wrong, corners := 0, 0
		for row, beside := range got {
			s := b.spots[row-1]
			id, found := m.Network.Find(beside)
			if others := d.others(s); len(others) > 0 {
				corners++
				if s := slices.Contains(append(others, s.segment), id); !s && found {
					wrong++
				}
				continue
			}
			if way := m.Network.Segment(s.segment).Way; beside.Way != way || beside.Side != s.side || id != s.segment || !found {
				wrong++
				if wrong < 5 {
					t.Logf("%s: row %d was drawn %.1f m %s of segment %d (way %d), and is %s of segment %d (way %d)", b.name, row, s.off, s.side, s.segment, way, beside.Side, id, beside.Way)
				}
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d of %d rows are at another street or side", b.name, wrong, len(got))
		}
		t.Logf("%s: %d rows, %d faults, %d at corners (%d of %d drawn could be at another street), read in %s", b.name, b.rows, len(faults), corners, b.thrown+corners, b.thrown+b.rows, took)
	}
}
