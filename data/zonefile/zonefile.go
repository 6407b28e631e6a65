// Package zonefile makes zones, or objects of the register, of the features of a
// file: GeoJSON, a zipped Shapefile, KML or CSV. Of zones, polygons become ground,
// lines streets with a width, points points with a radius. Each is held against the
// street that it lies at, and keeps it and the side.
//
// A file is read as a whole: every fault of every row is told, with what to do about
// it, and it is the caller's to take all rows, those without faults, or none.
package zonefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"citygrid/data/gis"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Limits of a file.
const (
	MaxRows     = 50_000
	MaxFaults   = 1_000
	MaxUnpacked = 128 << 20 // bytes that a file comes to, unpacked and with its columns
	snapLimit   = geo.Metres(60)
	samePlace   = 0.5 // metres, between two rows of one name
	maxColumns  = 100
	maxRowText  = 1 << 20 // bytes of a row's columns
	maxNameRune = 200
)

// Options say how a file is to be read. The zero Options guess.
type Options struct {
	Kind zone.Kind
	// Name is the column that names a row; "" is the one that looks like it.
	Name string
	// Datum is what the positions are in; nil is WGS 84, and a better one is offered.
	Datum   *geo.Datum
	WidthM  float64 // of lines; 0 is usual for the kind
	RadiusM float64 // of points; 0 is usual for the kind
	// Apart takes rows as they are that no street is near.
	Apart bool
}

// A Column is one that the file has, with the first texts in it.
type Column struct {
	Name    string
	Samples []string
}

// A Fault is what keeps a row from becoming a zone, and what to do.
type Fault struct {
	Row   int    // from 1: of the features, of a table without its first line
	Field string // "" is the shape
	What  string
	Mend  string
	At    *orb.Point
}

// A Row is a row without faults.
type Row struct {
	Row  int
	Zone zone.Zone
	// The street that it lies at, and on which side of it; nil without one.
	Near *street.Near
}

// A Reading is what a file came to.
type Reading struct {
	Format                gis.Format
	System                string
	Rows                  int
	Columns               []Column
	Name                  string // the column that names the rows; "" without one
	Datum, Better         geo.Datum
	Share, BetterShare    float64 // of corners on streets, in the one and in the other
	Areas, Lines, Points  int
	Good                  []Row
	Faults                []Fault
	MoreFaults            int // than are listed
	OnStreets, StreetsHit int // rows at a street, and how many segments that are
}

// Zones are those of the good rows.
func (r *Reading) Zones() []zone.Zone {
	out := make([]zone.Zone, len(r.Good))
	for i := range r.Good {
		out[i] = r.Good[i].Zone
	}
	return out
}

// ErrTooMany says that a file has more rows than MaxRows.
var ErrTooMany = errors.New("too many rows")

// Read reads a file and holds it against the streets; n may be nil, and then nothing is.
// The error is gis.ErrFormat or ErrTooMany.
func Read(data []byte, n *street.Network, o Options) (*Reading, error) {
	c, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := &Reading{Format: c.Format, System: c.System, Rows: len(c.Features)}
	r.guess(c, n, o.Datum)
	cells := make([]map[string]string, len(c.Features))
	r.columns(c, cells, o.Name)
	if r.Name = o.Name; r.Name == "" {
		r.Name = r.naming()
	}
	seen, hit := map[string]seat{}, map[street.SegmentID]bool{}
	accept := lainAt(n)
	for i := range c.Features {
		row, fault := r.row(&c.Features[i], o)
		if fault == nil && n != nil {
			fault = row.settle(n, accept, o.Apart)
		}
		if fault == nil {
			fault = row.named(n, r.Name, cells[i][r.Name], i+1)
		}
		if fault == nil {
			fault = row.check(seen, i+1)
		}
		if fault != nil {
			if fault.Row = i + 1; len(r.Faults) == MaxFaults {
				r.MoreFaults++
			} else {
				r.Faults = append(r.Faults, *fault)
			}
			continue
		}
		if row.Near != nil {
			r.OnStreets++
			hit[row.Near.Segment] = true
			beside := n.Beside(*row.Near)
			row.Zone.Beside = &beside
		}
		row.Row = i + 1
		r.Good = append(r.Good, *row)
	}
	r.StreetsHit = len(hit)
	return r, nil
}

// guess looks in which datum the corners lie on streets, and moves the file to WGS 84
// from the one that was said.
func (r *Reading) guess(c *gis.Collection, n *street.Network, said *geo.Datum) {
	r.Datum = geo.WGS84
	if said != nil {
		r.Datum = *said
	}
	r.Better = r.Datum
	if n != nil {
		var corners []orb.Point
		for i := range c.Features {
			corners = append(corners, pointsOf(c.Features[i].Geometry)...)
		}
		r.Better, r.BetterShare, r.Share = street.GuessDatum(n, corners, r.Datum)
	}
	if r.Datum != geo.WGS84 {
		c.Move(r.Datum.ToWGS84)
	}
}

// decode reads a file that somebody sent.
func decode(data []byte) (*gis.Collection, error) {
	c, err := gis.DecodeWithin(data, gis.Limits{Bytes: MaxUnpacked, Features: MaxRows + 1})
	if err == nil && len(c.Features) > MaxRows {
		return nil, fmt.Errorf("%w: the limit is %d: cut the file in two", ErrTooMany, MaxRows)
	}
	return c, err
}

// tooWide is the fault of a row whose columns are not read.
func tooWide(f *gis.Feature) *Fault {
	if len(f.Properties) <= maxRowText {
		return nil
	}
	return &Fault{What: fmt.Sprintf("its columns have more than %d bytes", maxRowText), Mend: "take out those that are not needed"}
}

// seat is where a row of a name lies.
type seat struct {
	row int
	at  orb.Point
}

// row makes a zone of a feature, without a name.
func (r *Reading) row(f *gis.Feature, o Options) (*Row, *Fault) {
	usual := o.Kind.Usual()
	width, radius := o.WidthM, o.RadiusM
	if width == 0 {
		width = orElse(usual.WidthM, 6)
	}
	if radius == 0 {
		radius = orElse(usual.RadiusM, 10)
	}
	out := &Row{Zone: zone.Zone{Kind: o.Kind, Rule: usual.Rule, Classes: usual.Classes}}
	if f.Fault != "" {
		return nil, &Fault{What: f.Fault, Mend: "draw it again, or take the row out"}
	}
	if fault := tooWide(f); fault != nil {
		return nil, fault
	}
	for _, p := range pointsOf(f.Geometry) {
		if fault := offEarth(p); fault != nil {
			return nil, fault
		}
	}
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		r.Areas++
		out.Zone.Ground = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		r.Areas++
		out.Zone.Ground = g
	case orb.LineString:
		r.Lines++
		out.Zone.Drawn = &zone.Drawn{Lines: []orb.LineString{g}, Side: zone.Both, WidthM: width}
	case orb.MultiLineString:
		r.Lines++
		out.Zone.Drawn = &zone.Drawn{Lines: g, Side: zone.Both, WidthM: width}
	case orb.Point:
		r.Points++
		out.Zone.Drawn = &zone.Drawn{Point: &g, RadiusM: radius}
	case nil:
		return nil, &Fault{What: "no geometry", Mend: "draw it, or take the row out"}
	default:
		return nil, &Fault{What: "a " + f.Geometry.GeoJSONType() + " is no zone", Mend: "save it as a polygon, a line or a point"}
	}
	if out.Zone.Drawn != nil {
		ground, err := out.Zone.Drawn.Ground()
		if err != nil {
			return nil, faultOf(err, middle(f.Geometry))
		}
		out.Zone.Ground = ground
	}
	return out, nil
}

// offEarth is the fault of a position that is none.
func offEarth(p orb.Point) *Fault {
	if math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 85 { // false for NaN
		return nil
	}
	return &Fault{What: fmt.Sprintf("%v, %v is no longitude and latitude in degrees", p[0], p[1]), Mend: "are the two the wrong way round, or is the file in metres? Save it in WGS 84 degrees"}
}

func orElse(v, usual float64) float64 {
	if v == 0 {
		return usual
	}
	return v
}

// settle finds the street that a row lies at.
func (r *Row) settle(n *street.Network, accept func(street.SegmentID) bool, apart bool) *Fault {
	at := r.at()
	if r.Near = lies(n, at, accept); r.Near != nil || apart {
		return nil
	}
	return noStreet(n, at)
}

// giveWay is how much farther a street may be than a path or an alley without a name
// for something to lie at the street: pavements are on the map as paths of their own.
const giveWay = geo.Metres(8)

// lies is the place on the street that something lies at, nil without one near: the
// nearest, but a path or a way without a name gives way to a street.
func lies(n *street.Network, at orb.Point, accept func(street.SegmentID) bool) *street.Near {
	const most = 24
	near := n.AsNear(at, snapLimit, accept, most, giveWay)
	for i := range near {
		s := n.Segment(near[i].Segment)
		if s.Class <= street.Pedestrian && n.Name(s.Name).Default != "" {
			return &near[i]
		}
	}
	if len(near) == 0 {
		return nil
	}
	return &near[0]
}

// noStreet is the fault of what no street is near.
func noStreet(n *street.Network, at orb.Point) *Fault {
	what := fmt.Sprintf("no street within %d m", int(snapLimit))
	if !n.Bound().Contains(at) {
		what = "not on the map"
	}
	return &Fault{What: what, Mend: "is it in another datum? Else move it, or take it as it is", At: &at}
}

// named gives the zone the name of its row, or one by its street.
func (r *Row) named(n *street.Network, column, name string, row int) *Fault {
	if name = strings.TrimSpace(name); name != "" {
		if len([]rune(name)) > maxNameRune {
			return &Fault{Field: column, What: fmt.Sprintf("a name of more than %d letters", maxNameRune), Mend: "choose another column for the name", At: r.where()}
		}
		r.Zone.Name = map[string]string{"zh-CN": name, "en": name}
		return nil
	}
	at := fmt.Sprintf("#%d", row)
	if r.Near != nil {
		if s := n.Name(n.Segment(r.Near.Segment).Name); s.Default != "" {
			at = s.Default + " " + at
		}
	}
	r.Zone.Name = map[string]string{"zh-CN": at, "en": at}
	return nil
}

// check holds the zone against its rules, and against the rows before.
func (r *Row) check(seen map[string]seat, row int) *Fault {
	if err := r.Zone.Check(); err != nil {
		return faultOf(err, r.at())
	}
	// A cell is larger than what is the same place, and its neighbours are looked at too.
	at := r.at()
	x, y := geo.MetresPerDegree(at[1])
	cx, cy := int(math.Floor(at[0]*float64(x)/samePlace)), int(math.Floor(at[1]*float64(y)/samePlace))
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			if other, there := seen[fmt.Sprint(r.Zone.Name["en"], " ", cx+dx, " ", cy+dy)]; there && geo.Distance(at, other.at) < samePlace {
				return &Fault{What: fmt.Sprintf("the same name and place as row %d", other.row), Mend: "take one of the two out", At: &at}
			}
		}
	}
	seen[fmt.Sprint(r.Zone.Name["en"], " ", cx, " ", cy)] = seat{row, at}
	return nil
}

func (r *Row) at() orb.Point {
	if d := r.Zone.Drawn; d != nil && d.Point != nil {
		return *d.Point
	} else if d != nil {
		return halfway(d.Lines[0])
	}
	return middle(r.Zone.Ground)
}

// halfway is the place half of a line's length along it.
func halfway(l orb.LineString) orb.Point {
	rest := length(l) / 2
	for i := 1; i < len(l); i++ {
		step := geo.Distance(l[i-1], l[i])
		if step >= rest && step > 0 {
			t := float64(rest / step)
			return orb.Point{l[i-1][0] + t*(l[i][0]-l[i-1][0]), l[i-1][1] + t*(l[i][1]-l[i-1][1])}
		}
		rest -= step
	}
	return l[len(l)/2]
}

func length(l orb.LineString) (sum geo.Metres) {
	for i := 1; i < len(l); i++ {
		sum += geo.Distance(l[i-1], l[i])
	}
	return sum
}

func (r *Row) where() *orb.Point {
	at := r.at()
	return &at
}

func middle(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.LineString, orb.MultiLineString:
		return g.Bound().Center()
	}
	at, _ := planar.CentroidArea(g)
	if math.IsNaN(at[0]) || math.IsNaN(at[1]) {
		return g.Bound().Center()
	}
	return at
}

func faultOf(err error, at orb.Point) *Fault {
	f := &Fault{What: err.Error(), Mend: "mend it where it was drawn, or take the row out", At: &at}
	if field := (*zone.FieldError)(nil); errors.As(err, &field) {
		f.What = field.What
		if field.At != nil {
			f.At = field.At
		}
	}
	return f
}

// lainAt says which segments things lie at: streets, not motorways, tunnels or water.
func lainAt(n *street.Network) func(street.SegmentID) bool {
	return func(id street.SegmentID) bool {
		s := n.Segment(id)
		return s.Forward&(street.Foot|street.Car) != 0 && s.Class != street.Motorway && s.Flags&street.Tunnel == 0
	}
}

func pointsOf(g orb.Geometry) (all []orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.MultiPoint:
		return g
	case orb.LineString:
		return g
	case orb.MultiLineString:
		for _, l := range g {
			all = append(all, l...)
		}
	case orb.Polygon:
		for _, r := range g {
			all = append(all, r...)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			all = append(all, pointsOf(p)...)
		}
	case orb.Collection:
		for _, part := range g {
			all = append(all, pointsOf(part)...)
		}
	}
	return all
}

// columns reads which columns there are, and of each row the cells of those that are asked
// for or may be looked for: of a large file all of them would take ten times its size.
func (r *Reading) columns(c *gis.Collection, rows []map[string]string, asked ...string) {
	at := map[string]int{}
	for i := range c.Features {
		var values map[string]any
		if len(c.Features[i].Properties) > maxRowText || json.Unmarshal(c.Features[i].Properties, &values) != nil {
			continue
		}
		rows[i] = map[string]string{}
		names := make([]string, 0, len(values))
		for name := range values {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			text := textOf(values[name])
			if slices.Contains(asked, name) || slices.ContainsFunc(telling, func(n string) bool { return strings.EqualFold(n, name) }) {
				rows[i][name] = strings.Clone(text)
			}
			k, known := at[name]
			if !known {
				if len(r.Columns) == maxColumns {
					continue
				}
				k, at[name] = len(r.Columns), len(r.Columns)
				r.Columns = append(r.Columns, Column{Name: name})
			}
			if s := &r.Columns[k]; text != "" && len(s.Samples) < 3 {
				s.Samples = append(s.Samples, text)
			}
		}
	}
}

func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strings.TrimSuffix(fmt.Sprintf("%v", v), ".0")
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// Columns that say something of a row, by what they are called in files, the likeliest
// first.
var (
	naming       = []string{"name", "名称", "名字", "title", "标题", "name_zh", "name_en", "code", "编号", "编码", "id"}
	objectNaming = []string{"name", "名称", "名字", "店名", "商铺名称", "title", "标题", "name_zh", "name_en"}
	objectCoding = []string{"code", "编号", "编码", "no", "number"}
	objectKinds  = []string{"kind", "类型", "类别", "type", "category"}

	telling = slices.Concat(naming, objectNaming, objectCoding, objectKinds)
)

// naming is the column that looks as if it named the rows.
func (r *Reading) naming() string {
	return r.looking(naming...)
}

// looking is the first of some columns that the file has; "" for none.
func (r *Reading) looking(names ...string) string {
	for _, want := range names {
		for _, c := range r.Columns {
			if strings.EqualFold(c.Name, want) {
				return c.Name
			}
		}
	}
	return ""
}
