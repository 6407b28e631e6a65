package osm

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// water reports whether a point is in the sea.
func water(mp orb.MultiPolygon, x, y float64) bool {
	for _, p := range mp {
		if contains(p, orb.Point{x, y}) {
			return true
		}
	}
	return false
}

func TestSea(t *testing.T) {
	box := orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{10, 10}}
	ls := func(xy ...float64) (l orb.LineString) {
		for i := 0; i < len(xy); i += 2 {
			l = append(l, orb.Point{xy[i], xy[i+1]})
		}
		return l
	}
	island := ls(4, 4, 6, 4, 6, 6, 4, 6, 4, 4) // counter-clockwise: land inside
	for _, c := range []struct {
		name     string
		lines    []orb.LineString
		wet, dry []orb.Point
		problems int
	}{
		{"no coastline, no sea", nil, nil, []orb.Point{{5, 5}}, 0},
		{"an island", []orb.LineString{island}, []orb.Point{{1, 1}, {9, 9}}, []orb.Point{{5, 5}}, 0},
		{"an island in pieces", []orb.LineString{ls(6, 6, 4, 6, 4, 4), ls(4, 4, 6, 4), ls(6, 4, 6, 6)}, []orb.Point{{1, 1}}, []orb.Point{{5, 5}}, 0},
		{"an inland sea", []orb.LineString{ls(4, 4, 4, 6, 6, 6, 6, 4, 4, 4)}, []orb.Point{{5, 5}}, []orb.Point{{1, 1}}, 0},
		{"a coast, water in the east", []orb.LineString{ls(5, -1, 5, 11)}, []orb.Point{{8, 5}, {9.9, 9.9}, {9.9, 0.1}}, []orb.Point{{2, 5}}, 0},
		{"a coast, water in the west", []orb.LineString{ls(5, 11, 5, -1)}, []orb.Point{{2, 5}}, []orb.Point{{8, 5}}, 0},
		{"a bay from the south", []orb.LineString{ls(7, -1, 7, 5, 3, 5, 3, -1)}, nil, []orb.Point{{5, 2}}, 0},
		{"a cape from the south", []orb.LineString{ls(3, -1, 3, 5, 7, 5, 7, -1)}, []orb.Point{{5, 2}}, []orb.Point{{5, 8}, {1, 1}}, 0},
		{"a coast with an island before it", []orb.LineString{ls(2, -1, 2, 11), island}, []orb.Point{{3, 5}, {8, 5}}, []orb.Point{{5, 5}, {1, 5}}, 0},
		{"a strait", []orb.LineString{ls(3, -1, 3, 11), ls(7, 11, 7, -1)}, []orb.Point{{5, 5}}, []orb.Point{{1, 5}, {9, 5}}, 0},
		{"an isthmus", []orb.LineString{ls(3, 11, 3, -1), ls(7, -1, 7, 11)}, []orb.Point{{1, 5}, {9, 5}}, []orb.Point{{5, 5}}, 0},
		{"an island cut by the box", []orb.LineString{ls(8, 4, 12, 4, 12, 6, 8, 6, 8, 4)}, []orb.Point{{5, 5}, {9, 9}}, []orb.Point{{9, 5}}, 0},
		{"a coast in two ways", []orb.LineString{ls(5, 5, 5, 11), ls(5, -1, 5, 5)}, []orb.Point{{8, 5}}, []orb.Point{{2, 5}}, 0},
		{"a river mouth left open", []orb.LineString{ls(4, -1, 4, 5), ls(5, 5, 5, -1)}, []orb.Point{{4.5, 2}}, []orb.Point{{2, 5}, {8, 5}, {4.5, 8}}, 1},
		{"an end inside the map", []orb.LineString{ls(5, -1, 5, 9)}, []orb.Point{{8, 5}}, []orb.Point{{2, 5}}, 1},
		{"an island with a gap", []orb.LineString{ls(4, 4, 6, 4, 6, 6, 4, 6)}, []orb.Point{{1, 1}}, []orb.Point{{5, 5}}, 1},
		{"a coast outside the box", []orb.LineString{ls(20, 0, 20, 10)}, nil, []orb.Point{{5, 5}}, 0},
	} {
		got, problems := sea(c.lines, box)
		for _, p := range c.wet {
			if !water(got, p[0], p[1]) {
				t.Errorf("%s: %v is dry", c.name, p)
			}
		}
		for _, p := range c.dry {
			if water(got, p[0], p[1]) {
				t.Errorf("%s: %v is wet", c.name, p)
			}
		}
		if len(problems) != c.problems {
			t.Errorf("%s: problems %q, want %d", c.name, problems, c.problems)
		}
	}
}

// The sea must not depend on how the coastline is cut into ways, and a smaller
// box shows the same water.
func TestSeaOfRandomIslands(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var islands []orb.Ring
		var lines []orb.LineString
		for i := range 4 { // one in each quarter, so that they don't meet
			cx, cy := float64(i%2)*10+5, float64(i/2)*10+5
			w, h := 1+rnd.Float64()*3, 1+rnd.Float64()*3
			r := orb.Ring{{cx - w, cy - h}, {cx + w, cy - h}, {cx + w*rnd.Float64(), cy + h}, {cx - w, cy + h}, {cx - w, cy - h}}
			islands = append(islands, r)
			k := 1 + rnd.IntN(3)
			lines = append(lines, orb.LineString(r[:k+1]), orb.LineString(r[k:]))
		}
		box := orb.Bound{Min: orb.Point{rnd.Float64() * 6, rnd.Float64() * 6}, Max: orb.Point{12 + rnd.Float64()*8, 12 + rnd.Float64()*8}}
		rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		got, problems := sea(lines, box)
		if len(problems) > 0 {
			t.Fatalf("seed %d: %q", seed, problems)
		}
		for range 300 {
			p := orb.Point{box.Min[0] + rnd.Float64()*(box.Max[0]-box.Min[0]), box.Min[1] + rnd.Float64()*(box.Max[1]-box.Min[1])}
			dry := false
			for _, r := range islands {
				dry = dry || where(r, p) == inside
			}
			if water(got, p[0], p[1]) == dry {
				t.Fatalf("seed %d, box %v: %v should be dry: %v", seed, box, p, dry)
			}
		}
	}
}
