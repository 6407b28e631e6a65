package osm

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"citygrid/geo"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// place adds a drawing to the gazetteer.
func (p *painter) place(d *drawing, geom orb.Geometry) {
	at, ok := pointOf(geom)
	if !ok {
		return
	}
	pl := place.Place{Kind: d.place, Detail: d.feat.Kind, Name: d.feat.Name, Number: d.number, At: at, Bound: geom.Bound(), Weight: d.weight}
	if d.place == place.Address {
		pl.Name = map[string]string{"": d.street}
		pl.In = d.city
	}
	p.places = append(p.places, pl)
}

// streetReach is how far apart two streets of one name may lie to count as one.
const streetReach geo.Metres = 500

// streets adds the streets, one place for all segments of a name that are near
// each other.
func (p *painter) streets(parts *street.Parts) {
	byName := make([][]street.SegmentID, len(parts.Names))
	for i := range parts.Segments {
		s := &parts.Segments[i]
		if s.Name != 0 && s.Class != street.Waterway {
			byName[s.Name] = append(byName[s.Name], street.SegmentID(i))
		}
	}
	// Names that differ only in ref or other languages are the same street.
	group := map[string][]street.SegmentID{}
	for n, ids := range byName {
		if len(ids) > 0 && parts.Names[n].Default != "" {
			group[parts.Names[n].Default] = append(group[parts.Names[n].Default], ids...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(group)) {
		ids := group[name]
		slices.Sort(ids)
		bounds := make([]orb.Bound, len(ids))
		for i, id := range ids {
			bounds[i] = segmentBound(parts, id)
		}
		for _, members := range clusters(bounds, streetReach) {
			p.places = append(p.places, streetPlace(parts, ids, bounds, members))
		}
	}
}

func segmentBound(p *street.Parts, id street.SegmentID) orb.Bound {
	s := &p.Segments[id]
	b := p.Shape[s.Shape].Point().Bound()
	for _, f := range p.Shape[s.Shape+1 : s.Shape+s.Points] {
		b = b.Extend(f.Point())
	}
	return b
}

func streetPlace(parts *street.Parts, ids []street.SegmentID, bounds []orb.Bound, members []int) place.Place {
	pl := place.Place{Kind: place.Street, Name: map[string]string{}}
	var longest float32
	lengths := map[street.Class]float32{}
	for k, m := range members {
		s := &parts.Segments[ids[m]]
		n := &parts.Names[s.Name]
		for l, v := range n.In {
			if pl.Name[l] == "" {
				pl.Name[l] = v
			}
		}
		pl.Name[""] = n.Default
		if n.Ref != "" && n.Ref != n.Default && pl.Name["ref"] == "" {
			pl.Name["ref"] = n.Ref
		}
		lengths[s.Class] += s.LengthM
		pl.Weight += s.LengthM / 1000
		if k == 0 || s.LengthM > longest {
			longest = s.LengthM
			pl.At = parts.Shape[s.Shape+s.Points/2].Point()
		}
		if k == 0 {
			pl.Bound = bounds[m]
		} else {
			pl.Bound = pl.Bound.Union(bounds[m])
		}
	}
	best := street.ClassUnknown
	for c, l := range lengths {
		if best == street.ClassUnknown || l > lengths[best] || l == lengths[best] && c < best {
			best = c
		}
	}
	pl.Detail = best.String()
	return pl
}

// clusters groups boxes that lie within reach of each other, directly or by way
// of others. Members and groups are in the order of the boxes.
func clusters(bounds []orb.Bound, reach geo.Metres) [][]int {
	parent := make([]int, len(bounds))
	order := make([]int, len(bounds))
	for i := range parent {
		parent[i], order[i] = i, i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(bounds[a].Min[0], bounds[b].Min[0]) })
	dLat := float64(reach / geo.EarthRadius * 180 / math.Pi)
	east := math.Inf(-1) // the furthest east of the group that is open
	for k, i := range order {
		b := bounds[i]
		dLon := dLat / max(0.01, math.Cos(b.Max[1]*math.Pi/180))
		if k > 0 && b.Min[0] > east+dLon {
			east = b.Max[0]
			continue
		}
		east = max(east, b.Max[0])
		for j := k - 1; j >= 0; j-- {
			o := bounds[order[j]]
			if root(order[j]) == root(i) {
				if o.Max[0] >= b.Min[0] {
					continue
				}
			}
			if o.Max[0]+dLon >= b.Min[0] && o.Min[1]-dLat <= b.Max[1] && o.Max[1]+dLat >= b.Min[1] {
				r, s := root(i), root(order[j])
				parent[max(r, s)] = min(r, s)
			}
			if k-j > 4000 {
				break // a name as common as this is no name
			}
		}
	}
	groups := map[int][]int{}
	var firsts []int
	for i := range bounds {
		r := root(i)
		if groups[r] == nil {
			firsts = append(firsts, r)
		}
		groups[r] = append(groups[r], i)
	}
	out := make([][]int, 0, len(firsts))
	for _, r := range firsts {
		out = append(out, groups[r])
	}
	return out
}

// waterReach joins the pieces of one river.
const waterReach geo.Metres = 2000

// mergeWater makes one place of the ways that a river is drawn with.
func (p *painter) mergeWater() {
	group := map[string][]int{}
	var rest []place.Place
	var water []place.Place
	for _, pl := range p.places {
		if pl.Kind != place.Water {
			rest = append(rest, pl)
			continue
		}
		group[pl.Name[""]] = append(group[pl.Name[""]], len(water))
		water = append(water, pl)
	}
	for _, name := range slices.Sorted(maps.Keys(group)) {
		ids := group[name]
		bounds := make([]orb.Bound, len(ids))
		for i, w := range ids {
			bounds[i] = water[w].Bound
		}
		for _, members := range clusters(bounds, waterReach) {
			pl := water[ids[members[0]]]
			pl.Name = maps.Clone(pl.Name)
			for _, m := range members[1:] {
				o := water[ids[m]]
				pl.Bound = pl.Bound.Union(o.Bound)
				for l, v := range o.Name {
					if pl.Name[l] == "" {
						pl.Name[l] = v
					}
				}
			}
			// The middle one stands for all.
			pl.At = water[ids[members[len(members)/2]]].At
			pl.Weight = float32(geo.Distance(pl.Bound.Min, pl.Bound.Max)) / 1000
			rest = append(rest, pl)
		}
	}
	p.places = rest
}

// A settled is a settlement that things can lie in.
type settled struct {
	name  string
	at    orb.Point
	reach geo.Metres // how far it reaches, by rule of thumb
}

var settlementReach = map[string]geo.Metres{
	"city": 9000, "municipality": 5000, "borough": 5000, "town": 4000, "suburb": 1800, "village": 2500, "quarter": 1000,
	"neighbourhood": 700, "hamlet": 1000,
}

// locate fills in which settlement each place lies in: the municipality whose
// boundary holds it, else the settlement that is nearest in proportion to its
// size.
func (p *painter) locate() {
	var towns []settled
	for _, pl := range p.places {
		if r, ok := settlementReach[pl.Detail]; ok && pl.Kind == place.Settlement && pl.Name[""] != "" {
			towns = append(towns, settled{pl.Name[""], pl.At, r})
		}
	}
	slices.SortStableFunc(p.admins, func(a, b adminArea) int {
		return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(boundSize(a.bound), boundSize(b.bound)))
	})
	near := map[[2]int32]string{} // by cells of about 200 m
	for i := range p.places {
		pl := &p.places[i]
		// To OSM's precision, so that the map file keeps them exactly.
		pl.At = rounded(pl.At)
		pl.Bound = orb.Bound{Min: rounded(pl.Bound.Min), Max: rounded(pl.Bound.Max)}
		if pl.In != "" {
			continue
		}
		if a := p.adminAt(pl.At); a != "" {
			pl.In = a
		} else {
			cell := [2]int32{int32(math.Floor(pl.At[0] * 500)), int32(math.Floor(pl.At[1] * 500))}
			name, ok := near[cell]
			if !ok {
				name = nearest(towns, orb.Point{(float64(cell[0]) + 0.5) / 500, (float64(cell[1]) + 0.5) / 500})
				near[cell] = name
			}
			pl.In = name
		}
		if pl.Kind == place.Settlement && strings.EqualFold(pl.In, pl.Name[""]) {
			pl.In = ""
		}
	}
}

func rounded(p orb.Point) orb.Point { return street.FixedPoint(p).Point() }

func boundSize(b orb.Bound) float64 { return (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]) }

// adminAt is the municipality at a point: level 8 in most countries, 7 or 9 and
// beyond where that is missing.
func (p *painter) adminAt(at orb.Point) string {
	name := ""
	for _, a := range p.admins {
		if a.level > 8 && name != "" {
			break
		}
		if !a.bound.Contains(at) {
			continue
		}
		for _, poly := range a.area {
			if contains(poly, at) {
				name = a.name[""]
				break
			}
		}
		if name != "" && a.level == 8 {
			break
		}
	}
	return name
}

// metresPerDegree of latitude, a little less than any real one.
const metresPerDegree = 110_500

func nearest(towns []settled, at orb.Point) string {
	best, name := 2.5, "" // beyond two and a half times its reach nothing is in a town
	for _, t := range towns {
		// A degree of latitude is a cheap lower bound of the distance.
		if math.Abs(at[1]-t.at[1])*metresPerDegree > best*float64(t.reach) {
			continue
		}
		if d := float64(geo.Distance(at, t.at) / t.reach); d < best {
			best, name = d, t.name
		}
	}
	return name
}

func nameKey(m map[string]string) string {
	var b strings.Builder
	for _, l := range slices.Sorted(maps.Keys(m)) {
		b.WriteString(l + "\x01" + m[l] + "\x02")
	}
	return b.String()
}
