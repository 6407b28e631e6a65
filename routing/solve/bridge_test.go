package solve

import (
	"math"
	"testing"
	"time"
)

// town is w*h junctions 100 s apart with a street between each two beside each
// other, and one more row of streets beyond a river that no street crosses.
func town(w, h, units int) *Problem {
	type point struct{ x, y float64 }
	var at []point
	for y := range h + 1 {
		for x := range w {
			p := point{float64(x), float64(y)}
			if y == h {
				p.y += 3
			}
			at = append(at, p)
		}
	}
	table := NewTable(len(at))
	for i, a := range at {
		for j, b := range at {
			table.Set(Node(i), Node(j), Cost{Time: time.Duration(100*(math.Abs(a.x-b.x)+math.Abs(a.y-b.y))) * time.Second})
		}
	}
	p := &Problem{Nodes: len(at), Costs: table}
	street := func(a, b int) {
		p.Tasks = append(p.Tasks, Task{Modes: []Mode{
			{Enter: Node(a), Leave: Node(b), Service: 100 * time.Second}, {Enter: Node(b), Leave: Node(a), Service: 100 * time.Second},
		}})
	}
	for y := range h + 1 {
		for x := range w {
			if x+1 < w {
				street(y*w+x, y*w+x+1)
			}
			if y+1 < h {
				street(y*w+x, (y+1)*w+x)
			}
		}
	}
	for range units {
		p.Units = append(p.Units, Unit{Start: 0, End: 0, Shift: Window{Close: 100 * time.Hour}})
	}
	return p
}

// Who gets the few streets beyond a river gets streets on this side, too: one of
// four walks had been much shorter than the others.
func TestIslandIsBalanced(t *testing.T) {
	p := town(8, 8, 4)
	sol, err := Postman{}.Solve(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if len(sol.Unserved) > 0 {
		t.Fatalf("%d tasks are left", len(sol.Unserved))
	}
	least, most := sol.Routes[0].End, sol.Routes[0].End
	for _, r := range sol.Routes {
		t.Logf("%d streets in %v", len(r.Stops), r.End)
		least, most = min(least, r.End), max(most, r.End)
	}
	if most > least*5/4 {
		t.Errorf("walks of %v to %v", least, most)
	}
}
