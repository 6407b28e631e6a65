// Package matching finds perfect matchings of least weight in graphs: the odd
// junctions of a street network are joined in pairs with the least walking twice.
//
// The method is Edmonds' blossom algorithm (Maximum matching and a polyhedron with
// 0,1-vertices, 1965) with many trees grown at once and the events of the dual
// variables in a heap, as by Galil, Micali and Gabow (1986); about n m log n steps.
// Weights are whole numbers and stay so: no answer depends on rounding. Every
// answer comes with the dual variables that prove it, see Certificate.
package matching

import (
	"errors"
	"fmt"
)

// Limits of one call.
const (
	MaxVertices = 1 << 20
	maxSum      = 1 << 58 // of as many heaviest edges as there are vertices, so that no value overflows
)

// Rules. Match with errors.Is.
var (
	ErrNone  = errors.New("the graph has no perfect matching")
	ErrGraph = errors.New("not a graph that can be matched")
)

// An Edge joins two vertices at a weight, which may be below 0. Several edges may
// join the same two.
type Edge struct {
	A, B   int
	Weight int64
}

// A Matching is the answer: who is matched with whom.
type Matching struct {
	Mate   []int // by vertex
	Weight int64 // of all
	Proof  Certificate
}

// A Certificate is a solution of the dual linear program, in quarters of the
// weights' unit: a value of each vertex, and one of at least 0 for each blossom, a
// set of an odd number of vertices. No edge weighs less than the values of its
// ends and those of the blossoms that hold exactly one of them; so no perfect
// matching weighs less than all values together. Times four it is the weight.
type Certificate struct {
	Vertex   []int64
	Blossoms []Blossom
}

// A Blossom is a set of vertices and its value.
type Blossom struct {
	Vertices []int
	Value    int64
}

// quarters is how many units of a certificate make one of a weight: with weights
// that are multiples of four all steps stay whole.
const quarters = 4

// Sum is the value of the dual solution, in quarters.
func (c *Certificate) Sum() int64 {
	var sum int64
	for _, y := range c.Vertex {
		sum += y
	}
	for _, b := range c.Blossoms {
		sum += b.Value
	}
	return sum
}

// Perfect matches all vertices 0..n-1 at the least weight.
func Perfect(n int, edges []Edge) (Matching, error) {
	switch {
	case n < 0 || n > MaxVertices:
		return Matching{}, fmt.Errorf("%w: %d vertices", ErrGraph, n)
	case n%2 == 1:
		return Matching{}, fmt.Errorf("%w: the number of vertices, %d, is odd", ErrNone, n)
	}
	most := int64(maxSum) / int64(max(n, 1))
	for i, e := range edges {
		switch {
		case e.A < 0 || e.A >= n || e.B < 0 || e.B >= n || e.A == e.B:
			return Matching{}, fmt.Errorf("%w: edge %d joins %d and %d of %d", ErrGraph, i, e.A, e.B, n)
		case e.Weight > most || e.Weight < -most:
			return Matching{}, fmt.Errorf("%w: edge %d weighs %d, of %d vertices %d is the most", ErrGraph, i, e.Weight, n, most)
		}
	}
	f := newForest(n, edges)
	if err := f.run(); err != nil {
		return Matching{}, err
	}
	return f.matching(), nil
}
