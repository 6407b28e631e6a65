package demo

import (
	"fmt"
	"math"
	"slices"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/street"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// A place of the map that the demo makes a zone of.
type place struct {
	en, zh string
	kind   zone.Kind
	hours  string // opening_hours of the rule; "" = always
	// One of these says where: a feature's name on the map, a school's (with
	// the ground around it), or a street between two places.
	feature, school, road string
	from, to              orb.Point
}

// places are real: parks, a zoo, cemeteries, schools, the main street. Who may
// walk a dog there when is invented.
var places = []place{
	{en: "H. Fletcher Brown Park", zh: "弗莱彻·布朗公园", kind: zone.NoDog, feature: "H. Fletcher Brown Park"},
	{en: "H.B. DuPont Plaza", zh: "杜邦广场", kind: zone.NoDog, feature: "H.B. DuPont Plaza"},
	{en: "Brandywine Zoo", zh: "白兰地动物园", kind: zone.NoDog, feature: "Brandywine Zoo"},
	{en: "Fort Christina", zh: "克里斯蒂娜堡遗址", kind: zone.NoDog, feature: "Fort Christina National Historic Landmark"},
	{en: "Wilmington and Brandywine Cemetery", zh: "威尔明顿白兰地公墓", kind: zone.NoDog, feature: "Wilmington and Brandywine Cemetery"},
	{en: "Market Street, 4th to 10th", zh: "市场街（四街至十街）", kind: zone.Timed, hours: "08:00-18:00", road: "North Market Street", from: orb.Point{-75.5512, 39.7406}, to: orb.Point{-75.5460, 39.7482}},
	{en: "Eighth Street Park", zh: "第八街公园", kind: zone.Timed, hours: "08:00-09:30,15:00-16:30", feature: "Eighth Street Park"},
	{en: "Rockford Park", zh: "罗克福德公园", kind: zone.Timed, hours: "09:00-11:00,16:00-18:00", feature: "Rockford Park"},
	{en: "Tubman-Garrett Riverfront Park", zh: "塔布曼-加勒特滨河公园", kind: zone.Timed, hours: "10:00-14:00", feature: "Tubman-Garrett Riverfront Park"},
	{en: "Riverfront walk, Justison Street", zh: "滨河步道（贾斯蒂森街）", kind: zone.Timed, hours: "11:30-14:00,17:00-18:30", road: "South Justison Street", from: orb.Point{-75.5660, 39.7300}, to: orb.Point{-75.5540, 39.7370}},
	{en: "P. S. duPont Middle School", zh: "杜邦中学", kind: zone.NoDog, hours: "Mo-Fr 07:30-16:30", school: "P. S. Dupont Middle School"},
	{en: "Charles B. Lore Elementary School", zh: "洛尔小学", kind: zone.NoDog, hours: "Mo-Fr 07:30-16:30", school: "Charles B. Lore Elementary School"},
	// At night, when the demo sleeps: the one rule for zones there is breaks on
	// driving through as on parking, and trucks must pass by day.
	{en: "King Street, night cleaning", zh: "国王街夜间清扫严管路", kind: zone.StrictRoad, hours: "20:00-06:00", road: "North King Street", from: orb.Point{-75.5515, 39.7385}, to: orb.Point{-75.5440, 39.7490}},
	{en: "Union Street, night cleaning", zh: "联合街夜间清扫严管路", kind: zone.StrictRoad, hours: "20:00-06:00", road: "North Union Street", from: orb.Point{-75.5760, 39.7440}, to: orb.Point{-75.5690, 39.7560}},
}

// Around a school's middle, and to either side of a street's middle.
const (
	schoolRadius geo.Metres = 75
	roadHalf     geo.Metres = 22
)

// makeZones draws the zones.
func makeZones(m *mapfile.Map) ([]zone.Zone, error) {
	ground := map[string]orb.MultiPolygon{}
	for f := range m.Base.Features() {
		name := f.Name[""]
		if name == "" || f.Layer == basemap.Boundary {
			continue
		}
		if p := polygons(f.Geometry); p != nil && f.Layer != basemap.Building {
			ground[name] = append(ground[name], p...)
		} else if at, ok := f.Geometry.(orb.Point); ok && f.Kind == "school" {
			ground["school "+name] = orb.MultiPolygon{{circle(at, schoolRadius)}}
		}
	}
	var zones []zone.Zone
	for _, p := range places {
		z := zone.Zone{
			Name: names(p.en, p.zh), Kind: p.kind, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
		}
		switch {
		case p.feature != "":
			z.Ground = ground[p.feature]
		case p.school != "":
			z.Ground = ground["school "+p.school]
		default:
			z.Ground = ribbon(axis(m.Network, p.road, p.from, p.to), roadHalf)
		}
		if p.kind == zone.StrictRoad {
			z.Classes = []zone.Class{zone.Vehicle}
		}
		if p.hours != "" {
			rules, err := calendar.ParseOpeningHours(p.hours)
			if err != nil {
				return nil, fmt.Errorf("zone %s: %w", p.en, err)
			}
			z.Calendar = &calendar.Spec{Zone: TimeZone, Rules: rules}
		}
		if err := z.Check(); err != nil {
			return nil, fmt.Errorf("zone %s: %w", p.en, err)
		}
		zones = append(zones, z)
	}
	return zones, nil
}

func polygons(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

func circle(at orb.Point, r geo.Metres) orb.Ring {
	const corners = 24
	ring := make(orb.Ring, 0, corners+1)
	for i := range corners {
		ring = append(ring, geo.Destination(at, geo.Degrees(360-360*i/corners).Normal(), r))
	}
	return append(ring, ring[0])
}

// axis is a straight enough street as one line: the points of its segments
// between two places, in their order along the way from one to the other.
func axis(n *street.Network, name string, from, to orb.Point) orb.LineString {
	box := orb.MultiPoint{from, to}.Bound()
	toward := func(p orb.Point) float64 {
		return (p[0]-from[0])*(to[0]-from[0]) + (p[1]-from[1])*(to[1]-from[1])
	}
	var line orb.LineString
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		if n.Name(s.Name).Default != name || s.Flags&street.Link != 0 {
			continue
		}
		if seg := n.Line(id); box.Contains(seg[0]) && box.Contains(seg[len(seg)-1]) {
			line = append(line, seg...)
		}
	}
	slices.SortFunc(line, func(a, b orb.Point) int {
		if d := toward(a) - toward(b); d < 0 {
			return -1
		} else if d > 0 {
			return 1
		}
		return 0
	})
	return slices.CompactFunc(line, func(a, b orb.Point) bool { return geo.Distance(a, b) < 20 })
}

// ribbon is the ground within half of a line that doesn't turn sharply.
func ribbon(line orb.LineString, half geo.Metres) orb.MultiPolygon {
	if len(line) < 2 {
		return nil
	}
	var left, right orb.Ring
	for i, p := range line {
		a, b := line[max(0, i-1)], line[min(len(line)-1, i+1)]
		along := geo.Bearing(a, b)
		left = append(left, geo.Destination(p, (along-90).Normal(), half))
		right = append(right, geo.Destination(p, (along+90).Normal(), half))
	}
	slices.Reverse(left)
	ring := append(right, left...)
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// depth is how far inside the ground p lies; negative outside.
func depth(ground orb.MultiPolygon, p orb.Point) geo.Metres {
	least := geo.Metres(math.Inf(1))
	for _, poly := range ground {
		for _, r := range poly {
			for i := 1; i < len(r); i++ {
				_, _, d := geo.NearestOnSegment(p, r[i-1], r[i])
				least = min(least, d)
			}
		}
	}
	if !geo.Contains(ground, p) {
		return -least
	}
	return least
}

// around is a box around the ground and all that is within d of it.
func around(ground orb.MultiPolygon, d geo.Metres) orb.Bound {
	b := ground.Bound()
	lonM, latM := geo.MetresPerDegree(b.Max[1])
	x, y := float64(d/lonM), float64(d/latM)
	return orb.Bound{Min: orb.Point{b.Min[0] - x, b.Min[1] - y}, Max: orb.Point{b.Max[0] + x, b.Max[1] + y}}
}

// haunts are places well inside a zone where dogs like to be: on its paths, or
// on its grass where it has none.
func haunts(n *street.Network, z zone.Zone) []orb.Point {
	const enough = 4
	best := map[geo.Metres]orb.Point{}
	add := func(p orb.Point) {
		if d := depth(z.Ground, p); d >= 14 {
			best[d] = p
		}
	}
	b := z.Ground.Bound()
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		if s.Forward&street.Foot == 0 || s.Private&street.Foot != 0 || s.Flags&street.Disconnected != 0 {
			continue
		}
		if b.Contains(n.Junction(s.From).At.Point()) || b.Contains(n.Junction(s.To).At.Point()) {
			add(n.PointAt(id, geo.Metres(s.LengthM)/2))
		}
	}
	const steps = 12
	for i := range steps {
		for j := range steps {
			if len(best) < enough {
				add(orb.Point{b.Min[0] + (b.Max[0]-b.Min[0])*(float64(i)+0.5)/steps, b.Min[1] + (b.Max[1]-b.Min[1])*(float64(j)+0.5)/steps})
			}
		}
	}
	depths := make([]geo.Metres, 0, len(best))
	for d := range best {
		depths = append(depths, d)
	}
	slices.Sort(depths)
	slices.Reverse(depths)
	var all []orb.Point
	for _, d := range depths[:min(enough, len(depths))] {
		all = append(all, best[d])
	}
	return all
}
