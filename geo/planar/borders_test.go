package planar

import (
	"math/rand/v2"
	"testing"
)

// TestBordersAgreeWithLocator: while edges come and go, a point's ground is what a
// Locator of the edges that are there says, at their ends and on them too.
func TestBordersAgreeWithLocator(t *testing.T) {
	eachScribble(t, 30, func(t *testing.T, r *rand.Rand, _ []Line, m *Mesh) {
		if len(m.Edges) == 0 {
			return
		}
		label := make([]int32, m.Faces())
		for f := range label {
			label[f] = int32(f)
		}
		where := m.Locator(label)
		low, high := m.Nodes[0], m.Nodes[0]
		for _, p := range m.Nodes {
			low = Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
			high = Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
		}
		b, err := NewBorders(low, high, 1+r.IntN(2*len(m.Edges)))
		if err != nil {
			t.Fatal(err)
		}
		put := func(e int) {
			x := m.Edges[e]
			from, to, left, right := m.Nodes[x.From], m.Nodes[x.To], x.Left, x.Right
			if e%2 == 1 { // an edge may be given from either end
				from, to, left, right = to, from, right, left
			}
			if err := b.Add(int32(e), left, right, from, to); err != nil {
				t.Fatal(err)
			}
		}
		take := func(e int) {
			x := m.Edges[e]
			from, to, left, right := m.Nodes[x.From], m.Nodes[x.To], x.Left, x.Right
			if e%2 == 1 {
				from, to, left, right = to, from, right, left
			}
			b.Remove(int32(e), left, right, from, to)
		}
		for e := range m.Edges {
			put(e)
		}
		for round := range 3 {
			if round == 1 {
				b.Pack()
			}
			for range 10 { // some go and come again, in another order
				gone := r.Perm(len(m.Edges))[:1+r.IntN(len(m.Edges))]
				for _, e := range gone {
					take(e)
				}
				for _, i := range r.Perm(len(gone)) {
					put(gone[i])
				}
			}
			for i := range 100 {
				p := Point{low.X + r.Int64N(high.X-low.X+1), low.Y + r.Int64N(high.Y-low.Y+1)}
				if i < len(m.Nodes) {
					p = m.Nodes[i]
				}
				got, found := b.At(p)
				if want := where.At(p); found && got != want || !found && want != 0 {
					t.Fatalf("round %d: %v is on %d (%v), want %d", round, p, got, found, want)
				}
			}
			kept := b.waste
			for _, d := range b.cells {
				kept += int(d.room)
			}
			if kept != len(b.edges) || b.waste > len(b.edges)/2 {
				t.Fatalf("%d edges are kept, %d in cells or wasted, %d of them wasted", len(b.edges), kept, b.waste)
			}
		}
		for e := range m.Edges {
			take(e)
		}
		for _, p := range m.Nodes {
			if g, found := b.At(p); found {
				t.Fatalf("nothing is left, but %v is on %d", p, g)
			}
		}
		if err := b.Add(0, 1, 2, low, Point{high.X + 1, high.Y}); err == nil {
			t.Error("an edge that leaves the ground was taken")
		}
	})
}
