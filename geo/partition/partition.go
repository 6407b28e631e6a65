// Package partition says where areas that are to share out the ground fail to:
// areas that are none, ground that two have, ground between them that nobody has.
//
// Areas are WGS 84, longitude first, straight between their positions in longitude
// and latitude, as GeoJSON has it. The work is done in an exact arrangement of all
// borders (package planar), in whole numbers of 1e-9 degrees, about 0.1 mm. Square
// metres are those of the ellipsoid of WGS 84.
//
// The functions are pure and may be shared between goroutines.
package partition

import (
	"cmp"
	"maps"
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// An Invalid is an area that is none by the rules of OGC Simple Features: a ring
// that crosses itself, is not closed or has too few positions, a hole outside its
// polygon, parts that share ground.
type Invalid struct {
	Feature int // position of the area, from 0
	Reason  string
	Mend    string     // what to do about it
	At      *orb.Point // where to look; nil when it has no place
}

// An Overlap is ground that two areas share.
type Overlap struct {
	A, B   int // positions of the areas, A < B
	AreaM2 float64
	At     orb.Point // well inside the largest piece of it
}

// A Gap is ground that no area has, with areas all around it.
type Gap struct {
	AreaM2 float64
	At     orb.Point // well inside it
}

// A Report is what is wrong with areas. Invalid and Overlaps are in the order of
// the areas, Gaps from west to east.
type Report struct {
	Features int
	Invalid  []Invalid
	Overlaps []Overlap
	Gaps     []Gap
}

// Clean says that nothing is wrong.
func (r Report) Clean() bool { return len(r.Invalid)+len(r.Overlaps)+len(r.Gaps) == 0 }

// Check finds what is wrong with areas. An overlap is a pair that shares more than
// so many square metres, all pieces together. A gap is a bounded face of what no
// area covers, larger than that: a hole of an area that nobody fills is one,
// ground open to the outside isn't.
//
// An invalid area still counts where it is clear what it covers: an open ring as
// if it were closed, a spike as nothing. Of an area whose rings cross nothing is
// said but that: what it shares, and the ground that it may have left, is told
// once it is untied.
//
// The error is planar.ErrTangled for lines that are no areas at all.
func Check(areas []orb.MultiPolygon, tolerance float64) (Report, error) {
	r := Report{Features: len(areas)}
	for i, a := range areas {
		if f := Validate(a); f != nil {
			f.Feature = i
			r.Invalid = append(r.Invalid, *f)
		}
	}
	o, err := Lay(areas)
	if err != nil {
		return r, err
	}
	knotted := o.knotted()
	r.Overlaps = o.overlaps(tolerance, knotted)
	r.Gaps = o.gaps(tolerance, knotted)
	return r, nil
}

// knotted are the areas whose rings somewhere go round otherwise than once, with
// the box of each. What such an area covers is anybody's guess.
func (o *Overlay) knotted() map[int32]orb.Bound {
	out := map[int32]orb.Bound{}
	for _, cover := range o.cover {
		for _, w := range cover {
			if w.times != 1 {
				out[w.area] = orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	for e, x := range o.Mesh.Edges {
		for _, u := range o.Mesh.Uses(e) {
			if b, tied := out[o.owner[u.Line]]; tied {
				out[o.owner[u.Line]] = b.Extend(o.Mesh.Nodes[x.From].Orb()).Extend(o.Mesh.Nodes[x.To].Orb())
			}
		}
	}
	return out
}

// maxPairs bounds the work on files whose areas lie over each other in heaps: what
// is found until then is told.
const maxPairs = 1_000_000

// piece is ground that is summed up, and the largest face of it.
type piece struct {
	area, largest float64
	face          int
}

func (p *piece) add(area float64, face int) {
	if p.area += area; area > p.largest {
		p.largest, p.face = area, face
	}
}

// overlaps gives the pairs of areas that share more than the tolerance, but for
// knotted ones.
func (o *Overlay) overlaps(tolerance float64, knotted map[int32]orb.Bound) []Overlap {
	pairs := map[[2]int32]*piece{}
	work := 0
	for f, cover := range o.cover {
		if len(cover) < 2 || work > maxPairs {
			continue
		}
		area := o.SquareMetres(f)
		for i, w := range cover {
			if _, tied := knotted[w.area]; tied {
				continue
			}
			for _, v := range cover[:i] {
				if _, tied := knotted[v.area]; tied {
					continue
				}
				if work++; work > maxPairs {
					break
				}
				pair := [2]int32{v.area, w.area}
				if pairs[pair] == nil {
					pairs[pair] = &piece{}
				}
				pairs[pair].add(area, f)
			}
		}
	}
	var out []Overlap
	for _, pair := range slices.SortedFunc(maps.Keys(pairs), func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) }) {
		if p := pairs[pair]; p.area > tolerance {
			out = append(out, Overlap{int(pair[0]), int(pair[1]), p.area, o.Mesh.Inside(p.face)})
		}
	}
	return out
}

// gaps gives the bounded faces of the ground without an area that are larger than
// the tolerance, but for those beside a knotted area and within its box, which may
// be its own.
func (o *Overlay) gaps(tolerance float64, knotted map[int32]orb.Bound) []Gap {
	gap := o.Uncovered()
	pieces := map[int32]*piece{}
	for f, g := range gap {
		if g <= 0 {
			continue
		}
		if pieces[g] == nil {
			pieces[g] = &piece{}
		}
		pieces[g].add(o.SquareMetres(f), f)
	}
	if len(knotted) > 0 {
		for e, x := range o.Mesh.Edges {
			for _, g := range []int32{gap[x.Left], gap[x.Right]} {
				p := pieces[g]
				if p == nil {
					continue
				}
				for _, u := range o.Mesh.Uses(e) {
					if b, tied := knotted[o.owner[u.Line]]; tied && b.Contains(o.Mesh.Inside(p.face)) {
						delete(pieces, g)
					}
				}
			}
		}
	}
	var out []Gap
	for _, g := range slices.Sorted(maps.Keys(pieces)) {
		if p := pieces[g]; p.area > tolerance {
			out = append(out, Gap{p.area, o.Mesh.Inside(p.face)})
		}
	}
	slices.SortStableFunc(out, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.At[0], b.At[0]), cmp.Compare(a.At[1], b.At[1]))
	})
	return out
}

// Uncovered joins the faces that no area covers where only a border that is not
// one lies between them. It names such ground by its lowest face: 0 is the
// outside. Faces that an area covers have -1.
func (o *Overlay) Uncovered() []int32 {
	gap := make([]int32, o.Mesh.Faces())
	for f := range gap {
		gap[f] = int32(f)
	}
	for _, e := range o.Mesh.Edges {
		if len(o.cover[e.Left]) == 0 && len(o.cover[e.Right]) == 0 {
			planar.Unite(gap, e.Left, e.Right)
		}
	}
	for f := range gap {
		gap[f] = planar.Find(gap, int32(f))
	}
	for f := range gap {
		if len(o.cover[f]) > 0 {
			gap[f] = -1
		}
	}
	return gap
}
