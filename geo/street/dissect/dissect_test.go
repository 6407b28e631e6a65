package dissect

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"citygrid/geo/street"
)

// grid is a town of streets in rows and columns, some missing, with loops,
// doubles and a second piece.
func grid(r *rand.Rand, columns, rows int) *street.Parts {
	p := &street.Parts{}
	at := func(x, y int) street.JunctionID { return street.JunctionID(y*columns + x) }
	for y := range rows {
		for x := range columns {
			p.Junctions = append(p.Junctions, street.Junction{At: street.Fixed{Lon: int32(x * 10000), Lat: int32(y*10000 + r.IntN(5000))}})
		}
	}
	add := func(a, b street.JunctionID) { p.Segments = append(p.Segments, street.Segment{From: a, To: b}) }
	for y := range rows {
		for x := range columns {
			if x > 0 && x != columns/2 && r.IntN(10) > 0 {
				add(at(x-1, y), at(x, y))
			}
			if y > 0 && r.IntN(10) > 0 {
				add(at(x, y-1), at(x, y))
			}
			switch r.IntN(40) {
			case 0:
				add(at(x, y), at(x, y))
			case 1:
				add(at(x, y), at(0, y))
			}
		}
	}
	return p
}

func TestOrderHasEachSegmentOnce(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := grid(r, 1+r.IntN(20), 1+r.IntN(20))
		order := Order(p)
		if len(order) != len(p.Segments) {
			t.Fatalf("seed %d: %d of %d segments", seed, len(order), len(p.Segments))
		}
		sorted := slices.Clone(order)
		slices.Sort(sorted)
		for i, s := range sorted {
			if s != street.SegmentID(i) {
				t.Fatalf("seed %d: segment %d is missing", seed, i)
			}
		}
	}
	if order := Order(&street.Parts{}); len(order) != 0 {
		t.Errorf("of nothing: %v", order)
	}
}

// The order is the same however many cores work on it.
func TestOrderIsDeterminate(t *testing.T) {
	p := grid(rand.New(rand.NewPCG(1, 1)), 50, 50)
	want := Order(p)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	if !slices.Equal(Order(p), want) {
		t.Error("another order with more goroutines")
	}
}

// Two towns joined by one street: that street is the most important.
func TestTheOnlyBridgeComesLast(t *testing.T) {
	p := &street.Parts{}
	for town := range 2 {
		first := street.JunctionID(len(p.Junctions))
		for i := range 16 {
			p.Junctions = append(p.Junctions, street.Junction{At: street.Fixed{Lon: int32(town*1000000 + i%4*1000), Lat: int32(i / 4 * 1000)}})
			j := first + street.JunctionID(i)
			if i%4 > 0 {
				p.Segments = append(p.Segments, street.Segment{From: j - 1, To: j})
			}
			if i >= 4 {
				p.Segments = append(p.Segments, street.Segment{From: j - 4, To: j})
			}
		}
	}
	p.Segments = append(p.Segments, street.Segment{From: 3, To: 16})
	order := Order(p)
	if last := order[len(order)-1]; last != street.SegmentID(len(p.Segments)-1) {
		t.Errorf("segment %d comes last, want the bridge %d", last, len(p.Segments)-1)
	}
}

func BenchmarkOrder(b *testing.B) {
	for _, side := range []int{100, 200} {
		p := grid(rand.New(rand.NewPCG(7, 7)), side, side)
		b.Run("", func(b *testing.B) {
			b.ReportMetric(float64(len(p.Segments)), "segments")
			for b.Loop() {
				Order(p)
			}
		})
	}
}
