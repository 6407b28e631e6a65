package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/routing/solve"
)

// BenchmarkInsert asks every unit of a running plan for the place of one more task,
// which is what a dispatcher waits for. Units have 20 tasks each and unload at
// two sites.
func BenchmarkInsert(b *testing.B) {
	for _, tasks := range []int{100, 300, 1000} {
		b.Run(fmt.Sprintf("tasks=%d", tasks), func(b *testing.B) {
			p, visits := running(b, tasks)
			for b.Loop() {
				offers := 0
				for u := range p.Units {
					if _, err := p.Insert(u, visits[u], tasks); err == nil {
						offers++
					}
				}
				if offers == 0 {
					b.Fatal("no unit can take it")
				}
			}
		})
	}
}

// running is a day of tows under way: 20 tasks a unit, and one task more that
// nobody has.
func running(t testing.TB, tasks int) (*solve.Problem, [][]solve.Visit) {
	t.Helper()
	rng := rand.New(rand.NewPCG(8, 0))
	p := tows(rng, tasks+1, tasks/20)
	var visits [][]solve.Visit
	for i := range p.Tasks {
		p.Tasks[i].Windows = nil
	}
	for u := range p.Units {
		p.Units[u].Shift.Close = 24 * time.Hour
		p.Sites[0].Windows, p.Sites[1].Room = nil, nil
		var order []solve.Visit
		for k := range 20 {
			order = append(order, solve.Visit{Task: 20*u + k})
		}
		r, err := p.Unloaded(u, order)
		if err != nil {
			t.Fatal(err)
		}
		var all []solve.Visit
		for _, s := range r.Stops {
			all = append(all, s.Visit)
		}
		visits = append(visits, all)
	}
	return p, visits
}
