package solve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// onBoard is a unit that has picked up what eight deliveries bring, each in one of some
// places.
func onBoard(modes, sites int) *Problem {
	const open = 8
	n := 1 + open*(1+modes) + sites
	table := NewTable(n)
	for i := range n {
		for j := range n {
			table.Set(Node(i), Node(j), Cost{Time: time.Duration((i*31+j*17)%97+1) * time.Second})
		}
	}
	p := &Problem{Nodes: n, Costs: table, Units: []Unit{{Name: "truck", Shift: Window{Close: 1000 * time.Hour}, Capacity: []int32{100}, Loaded: []int32{1}}}}
	node := 1
	for k := range open {
		p.Tasks = append(p.Tasks, Task{Name: fmt.Sprint("pick-up ", k), Load: []int32{1}, Modes: []Mode{{Enter: Node(node), Leave: Node(node)}}})
		p.Units[0].Fixed = append(p.Units[0].Fixed, Visit{Task: k})
		node++
	}
	for k := range open {
		t := Task{Name: fmt.Sprint("delivery ", k), Delivers: k + 1}
		for range modes {
			t.Modes = append(t.Modes, Mode{Enter: Node(node), Leave: Node(node)})
			node++
		}
		p.Tasks = append(p.Tasks, t)
	}
	for range sites {
		p.Sites = append(p.Sites, Site{At: Node(node), Windows: []Window{{Close: 1000 * time.Hour}}, Room: []int32{50}})
		node++
	}
	return p
}

// What is open is delivered in the best of all orders, and only so much of it that this
// takes no time to speak of; more is refused, and whoever waits may give up.
func TestOpenDeliveriesAreBounded(t *testing.T) {
	p := onBoard(2, 4)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	route, err := p.Emptied(t.Context(), 0)
	if err != nil || len(route.Stops) < 16 {
		t.Errorf("%d stops, %v", len(route.Stops), err)
	}
	t.Logf("the most that is taken: %v", time.Since(begun))
	if err := onBoard(3, 4).Check(); !errors.Is(err, ErrProblem) || !strings.Contains(err.Error(), "24 ways, 16 is the most") {
		t.Errorf("24 ways: %v", err)
	}
	over, end := context.WithCancel(t.Context())
	end()
	if _, err := p.Emptied(over, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	p.Units[0].Fixed[1].Task = 0
	if err := p.Check(); !errors.Is(err, ErrProblem) || !strings.Contains(err.Error(), "task 0 (pick-up 0) is a fixed visit of unit 0 (truck) and again") {
		t.Errorf("a task fixed twice: %v", err)
	}
}
