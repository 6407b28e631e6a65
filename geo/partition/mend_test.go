package partition

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// TestMendTwiceDrawnBorders: of a partition whose areas were each drawn by
// themselves, up to 20 cm off, a clean one is made, and no border moves farther than
// it was off.
func TestMendTwiceDrawnBorders(t *testing.T) {
	files, size := uint64(6), 100
	if small {
		files, size = 1, 25
	}
	for seed := range files {
		r := rand.New(rand.NewPCG(seed, 4))
		areas := chequer(size, r)
		sum := 0.0
		for _, a := range areas {
			sum += AreaM2(a)
			for i := range a[0][0] {
				a[0][0][i][0] += (r.Float64() - 0.5) * 3e-6
				a[0][0][i][1] += (r.Float64() - 0.5) * 3e-6
			}
			a[0][0][len(a[0][0])-1] = a[0][0][0]
		}
		before, err := Check(areas, 0)
		if err != nil || before.Clean() {
			t.Fatalf("seed %d: nothing is wrong: %v", seed, err)
		}
		m, err := Mend(areas, 1, false)
		if err != nil || len(m.Refused) > 0 || len(m.Areas) != len(areas) {
			t.Fatalf("seed %d: %v, %v", seed, m.Refused, err)
		}
		if after, err := Check(m.Areas, 0); err != nil || !after.Clean() {
			t.Errorf("seed %d: %+v, %v", seed, after, err)
		}
		got := 0.0
		for _, a := range m.Areas {
			got += AreaM2(a)
		}
		if got < sum*0.999 || got > sum*1.001 {
			t.Errorf("seed %d: %.0f m2, it was %.0f", seed, got, sum)
		}
		for _, c := range m.Changes {
			if c.MovedM > 0.6 || c.AreaM2 < 0 || c.To < 0 {
				t.Errorf("seed %d: %v", seed, c)
			}
		}
		again, err := Mend(m.Areas, 0, false)
		if err != nil || len(again.Changes)+len(again.Refused) > 0 {
			t.Errorf("seed %d: mended twice, it changes: %v %v, %v", seed, again.Changes, again.Refused, err)
		}
	}
}

func TestMend(t *testing.T) {
	frame := orb.MultiPolygon{{ring(0, 0, 3, 0, 3, 3, 0, 3), ring(1, 1, 1, 2, 2, 2, 2, 1)}}
	for _, c := range []struct {
		name     string
		areas    []orb.MultiPolygon
		limit    float64
		keep     bool
		changes  int
		refused  int
		movedMin float64
		movedMax float64
	}{
		{"clean", areas(box(0, 0, 1, 1), box(1, 0, 2, 1)), 1, false, 0, 0, 0, 0},
		// 0.01 thousandths of a degree are 0.855 m.
		{"a strip shared", areas(box(0, 0, 1.01, 1), box(1, 0, 2, 1)), 1, false, 1, 0, 0.8, 0.9},
		{"a strip too wide", areas(box(0, 0, 1.1, 1), box(1, 0, 2, 1)), 1, false, 0, 1, 0, 0},
		{"the same with leave to move", areas(box(0, 0, 1.1, 1), box(1, 0, 2, 1)), 10, false, 1, 0, 8, 9},
		{"a strip left", areas(box(0, 0, 1, 1), box(1.01, 0, 2, 1), box(0, 1, 2, 2), box(0, -1, 2, 0)), 1, false, 1, 0, 0.8, 0.9},
		{"a lake", areas(frame), 1, false, 0, 1, 0, 0},
		{"a lake that is meant", areas(frame), 1, true, 0, 0, 0, 0},
		{"given twice", areas(box(0, 0, 1, 1), box(0, 0, 1, 1)), 1000, false, 0, 1, 0, 50},
		{"an open ring", areas(orb.MultiPolygon{{ring(0, 0, 1, 0, 1, 1, 0, 1)[:4]}}), 1, false, 0, 0, 0, 0},
		{"a small knot", areas(orb.MultiPolygon{{ring(9, 0, 9, 9, 0, 9, 0.003, 0, 0, 0.003)}}), 1, false, 1, 0, 0, 1},
		{"no ground", areas(box(0, 0, 1, 1), nil), 1, false, 0, 1, 0, 0},
	} {
		m, err := Mend(c.areas, c.limit, c.keep)
		if err != nil || len(m.Refused) != c.refused || c.refused == 0 && len(m.Changes) != c.changes {
			t.Errorf("%s: %+v, %v", c.name, m, err)
			continue
		}
		if (m.Areas == nil) != (c.refused > 0) {
			t.Errorf("%s: areas %v", c.name, m.Areas)
		}
		for _, one := range m.Changes {
			if one.MovedM < c.movedMin || one.MovedM > c.movedMax || one.String() == "" {
				t.Errorf("%s: %v", c.name, one)
			}
		}
		if m.Areas != nil {
			r, err := Check(m.Areas, 0)
			if err != nil || len(r.Invalid)+len(r.Overlaps) > 0 || len(r.Gaps) > 0 && !c.keep {
				t.Errorf("%s: %+v, %v", c.name, r, err)
			}
		}
	}
}
