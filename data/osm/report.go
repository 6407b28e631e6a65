package osm

import (
	"cmp"
	"slices"

	"citygrid/data/mapfile"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// unknownPerKey is how many unknown values of a key the report tells.
const unknownPerKey = 20

// report sums up what became of the file.
func (g *gathering) report(res *Result, p *painter, bans, bansKept int, side string) mapfile.Report {
	r := mapfile.Report{
		Read: map[string]int64{
			"nodes": g.count.nodes, "ways": g.count.ways, "relations": g.count.rels,
			"highway ways": g.count.highways, "turn restrictions": int64(bans),
		},
		Kept: map[string]int64{
			"junctions": int64(len(res.Parts.Junctions)), "segments": int64(len(res.Parts.Segments)),
			"turn restrictions": int64(bansKept), "street names": int64(len(res.Parts.Names) - 1),
		},
		Dropped: wide(g.tally.dropped), Repaired: wide(g.tally.repaired),
		Dangling: g.count.dangling,
		Unknown:  g.tally.top(),
		Car:      connected(&res.Parts, street.Car),
		Foot:     connected(&res.Parts, street.Foot),
		Notes:    p.notes,
	}
	for _, f := range res.Features {
		r.Kept["features: "+f.Layer.String()]++
	}
	kinds := [place.Kinds]string{"settlements", "streets", "points of interest", "addresses", "waters"}
	for _, pl := range res.Places {
		r.Kept["places: "+kinds[pl.Kind]]++
	}
	word := "right"
	if res.Parts.DrivesLeft {
		word = "left"
	}
	r.Notes = append(r.Notes, "traffic keeps to the "+word+", "+side)
	return r
}

func wide(m map[string]int) map[string]int64 {
	out := make(map[string]int64, len(m))
	for k, n := range m {
		out[k] = int64(n)
	}
	return out
}

// top lists the unknown values, the most frequent of each key.
func (t *tally) top() (out []mapfile.Unknown) {
	for k, n := range t.unknowns {
		out = append(out, mapfile.Unknown{Key: k[0], Value: k[1], Count: int64(n)})
	}
	slices.SortFunc(out, func(a, b mapfile.Unknown) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	n := 0
	for i, u := range out {
		if i > 0 && u.Key != out[i-1].Key {
			n = 0
		}
		n++
		out[i].Count = u.Count
		if n > unknownPerKey {
			out[i].Count = 0
		}
	}
	return slices.DeleteFunc(out, func(u mapfile.Unknown) bool { return u.Count == 0 })
}

func connected(p *street.Parts, v street.Vehicles) (c mapfile.Connected) {
	of, lengths := p.Connected(v)
	sizes := make([]int64, len(lengths))
	for _, k := range of {
		if k != street.NotUsed {
			c.Segments++
			sizes[k]++
		}
	}
	c.Parts = int64(len(lengths))
	for k := range min(10, len(lengths)) {
		c.Largest = append(c.Largest, mapfile.Part{Segments: sizes[k], LengthKm: float64(int64(lengths[k])) / 1000})
	}
	return c
}
