package matching

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// least is the weight of the best matching by trying all sets of vertices.
func least(n int, edges []Edge) int64 {
	const far = math.MaxInt64 / 4
	w := make([][]int64, n)
	for i := range w {
		w[i] = make([]int64, n)
		for j := range w[i] {
			w[i][j] = far
		}
	}
	for _, e := range edges {
		w[e.A][e.B] = min(w[e.A][e.B], e.Weight)
		w[e.B][e.A] = w[e.A][e.B]
	}
	best := make([]int64, 1<<n)
	for set := 1; set < 1<<n; set++ {
		best[set] = far
		first := 0
		for set>>first&1 == 0 {
			first++
		}
		for j := first + 1; j < n; j++ {
			if set>>j&1 == 1 && w[first][j] < far {
				best[set] = min(best[set], w[first][j]+best[set&^(1<<first)&^(1<<j)])
			}
		}
	}
	return best[1<<n-1]
}

// prove holds an answer against its certificate.
func prove(t testing.TB, n int, edges []Edge, m Matching) {
	t.Helper()
	for v, w := range m.Mate {
		if w < 0 || w >= n || w == v || m.Mate[w] != v {
			t.Fatalf("vertex %d is matched with %d, and that with %d", v, w, m.Mate[w])
		}
	}
	cheapest := map[[2]int]int64{}
	for _, e := range edges {
		k := [2]int{min(e.A, e.B), max(e.A, e.B)}
		if old, ok := cheapest[k]; !ok || e.Weight < old {
			cheapest[k] = e.Weight
		}
	}
	var sum int64
	for v, w := range m.Mate {
		if v < w {
			weight, ok := cheapest[[2]int{v, w}]
			if !ok {
				t.Fatalf("no edge joins %d and %d", v, w)
			}
			sum += weight
		}
	}
	if sum != m.Weight {
		t.Fatalf("the matching weighs %d, not %d", sum, m.Weight)
	}
	if got := m.Proof.Sum(); got != 4*m.Weight {
		t.Fatalf("the proof's sum is %d, four times the weight is %d", got, 4*m.Weight)
	}
	in := make([][]int, n)
	for i, b := range m.Proof.Blossoms {
		if b.Value < 0 || len(b.Vertices)%2 == 0 {
			t.Fatalf("blossom %v has value %d", b.Vertices, b.Value)
		}
		for _, v := range b.Vertices {
			in[v] = append(in[v], i)
		}
	}
	for _, e := range edges {
		left := 4*e.Weight - m.Proof.Vertex[e.A] - m.Proof.Vertex[e.B]
		crossed := map[int]int{}
		for _, v := range [...]int{e.A, e.B} {
			for _, b := range in[v] {
				crossed[b]++
			}
		}
		for b, k := range crossed {
			if k == 1 {
				left -= m.Proof.Blossoms[b].Value
			}
		}
		if left < 0 {
			t.Fatalf("edge %v weighs %d quarters less than the values it crosses", e, -left)
		}
	}
}

func TestAgainstBruteForce(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 2 * (1 + r.IntN(6))
		most := []int64{1, 3, 10, 1000}[r.IntN(4)]
		var edges []Edge
		for k := r.IntN(n * n); k >= 0; k-- {
			if a, b := r.IntN(n), r.IntN(n); a != b {
				edges = append(edges, Edge{a, b, r.Int64N(2*most) - most/2})
			}
		}
		want := least(n, edges)
		m, err := Perfect(n, edges)
		if want > math.MaxInt64/8 {
			if !errors.Is(err, ErrNone) {
				t.Fatalf("seed %d: there is no matching, got %v", seed, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if m.Weight != want {
			t.Fatalf("seed %d: weight %d, want %d, edges %v", seed, m.Weight, want, edges)
		}
		prove(t, n, edges, m)
	}
}

// town is n points of a square and all edges between points that are near.
func town(n, near int, seed uint64) []Edge {
	r := rand.New(rand.NewPCG(seed, 2))
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], y[i] = r.Float64()*1e6, r.Float64()*1e6
	}
	within := math.Sqrt(float64(near)/float64(n)/math.Pi) * 1e6
	var edges []Edge
	for i := range n {
		for j := range i {
			if d := math.Hypot(x[i]-x[j], y[i]-y[j]); d < within || j == i-1 {
				edges = append(edges, Edge{i, j, int64(d)})
			}
		}
	}
	return edges
}

func TestLargeOnesAreProven(t *testing.T) {
	for seed := range uint64(6) {
		for _, n := range []int{100, 250} {
			edges := town(n, 12, seed)
			m, err := Perfect(n, edges)
			if err != nil {
				t.Fatal(err)
			}
			prove(t, n, edges, m)
		}
	}
	// Equal weights make deep blossoms.
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		const n = 300
		var edges []Edge
		for i := range n {
			edges = append(edges, Edge{i, (i + 1) % n, 1 + r.Int64N(2)})
		}
		for range 2 * n {
			if a, b := r.IntN(n), r.IntN(n); a != b {
				edges = append(edges, Edge{a, b, 1 + r.Int64N(3)})
			}
		}
		m, err := Perfect(n, edges)
		if err != nil {
			t.Fatal(err)
		}
		prove(t, n, edges, m)
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		n     int
		edges []Edge
		want  error
	}{
		{3, nil, ErrNone},
		{2, nil, ErrNone},
		{4, []Edge{{0, 1, 1}, {0, 2, 1}, {0, 3, 1}}, ErrNone},
		{2, []Edge{{0, 0, 1}}, ErrGraph},
		{2, []Edge{{0, 2, 1}}, ErrGraph},
		{2, []Edge{{0, 1, math.MaxInt64}}, ErrGraph},
		{-2, nil, ErrGraph},
	} {
		if _, err := Perfect(c.n, c.edges); !errors.Is(err, c.want) {
			t.Errorf("%d vertices, edges %v: %v, want %v", c.n, c.edges, err, c.want)
		}
	}
	if m, err := Perfect(0, nil); err != nil || m.Weight != 0 {
		t.Errorf("nothing to match: %v, %v", m, err)
	}
}

func BenchmarkPerfect(b *testing.B) {
	for _, n := range []int{250, 1000, 4000, 16000} {
		edges := town(n, 12, 1)
		b.Run(fmt.Sprintf("vertices=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Perfect(n, edges); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// metric is n points of a square, and how far two are from each other.
func metric(n int, seed uint64) func(a, b int) int64 {
	r := rand.New(rand.NewPCG(seed, 4))
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		x[i], y[i] = r.Float64()*1e6, r.Float64()*1e6
	}
	return func(a, b int) int64 { return int64(math.Hypot(x[a]-x[b], y[a]-y[b])) }
}

func TestCompleteIsProvenForAllPairs(t *testing.T) {
	for seed := range uint64(4) {
		for _, n := range []int{2, 10, 60, 200} {
			weight := metric(n, seed)
			if seed%3 == 2 { // far apart: the nearest edges join no more than a cluster
				near := weight
				weight = func(a, b int) int64 {
					if a%7 != b%7 {
						return near(a, b) + 1e8
					}
					return near(a, b)
				}
			}
			m, err := Complete(t.Context(), n, weight)
			if err != nil {
				t.Fatal(err)
			}
			var all []Edge
			for i := range n {
				for j := range i {
					all = append(all, Edge{i, j, weight(i, j)})
				}
			}
			prove(t, n, all, m)
		}
	}
}

// Sparse is asked for what is near, and its proof covers all.
func TestSparseIsProvenForAllPairs(t *testing.T) {
	for seed := range uint64(4) {
		for _, n := range []int{0, 2, 10, 60, 200} {
			weight := metric(n, seed)
			if seed%3 == 2 { // clusters of an odd size, far apart
				near := weight
				weight = func(a, b int) int64 {
					if a/9 != b/9 {
						return near(a, b) + 1e8
					}
					return near(a, b)
				}
			}
			asked := 0
			m, err := Sparse(t.Context(), n, func(v int, visit func(int, int64) bool) {
				var row []Edge
				for w := range n {
					if w != v {
						row = append(row, Edge{v, w, weight(v, w)})
					}
				}
				slices.SortFunc(row, func(a, b Edge) int { return cmp.Compare(a.Weight, b.Weight) })
				for _, e := range row {
					asked++
					if !visit(e.B, e.Weight) {
						return
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			var all []Edge
			for i := range n {
				for j := range i {
					all = append(all, Edge{i, j, weight(i, j)})
				}
			}
			prove(t, n, all, m)
			if seed == 0 && n == 200 && asked > n*n/2 {
				t.Errorf("it asked for %d of %d edges", asked, n*(n-1))
			}
		}
	}
	if _, err := Sparse(t.Context(), 4, func(v int, visit func(int, int64) bool) { visit(v^1, 1) }); err != nil {
		t.Error(err)
	}
	if _, err := Sparse(t.Context(), 4, func(int, func(int, int64) bool) {}); !errors.Is(err, ErrNone) {
		t.Errorf("no edges: %v", err)
	}
}

func BenchmarkComplete(b *testing.B) {
	for _, n := range []int{250, 1000, 2000} {
		weight := metric(n, 1)
		b.Run(fmt.Sprintf("vertices=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Complete(b.Context(), n, weight); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
