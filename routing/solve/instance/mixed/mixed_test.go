package mixed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/routing/solve/instance"
)

// town is a random file: a ring of streets with chords, some one-way, some turns not
// allowed, and so many things to serve.
func town(r *rand.Rand, nodes, tasks, vehicles int) string {
	type link struct {
		i, j     int
		both     bool
		required int
	}
	var links []link
	seen := map[[2]int]bool{}
	add := func(i, j int, both bool) {
		if i != j && !seen[[2]int{i, j}] && !seen[[2]int{j, i}] {
			seen[[2]int{i, j}] = true
			links = append(links, link{i: i, j: j, both: both})
		}
	}
	for i := range nodes {
		add(i+1, (i+1)%nodes+1, true)
	}
	for range nodes {
		add(r.IntN(nodes)+1, r.IntN(nodes)+1, r.IntN(2) == 0)
	}
	required := make([]int, nodes+1)
	for range tasks {
		if r.IntN(2) == 0 {
			required[r.IntN(nodes)+1] = 1
		} else {
			links[r.IntN(len(links))].required = 1
		}
	}
	var out strings.Builder
	count := map[string]int{}
	var rows [4]strings.Builder
	for i := 1; i <= nodes; i++ {
		count["N"] += required[i]
		fmt.Fprintf(&rows[0], "%d\t%d\t%d\t0\t0\n", i, (1+r.IntN(4))*required[i], required[i])
	}
	next := make([][]int, nodes+1)
	for _, l := range links {
		k, name := 1, "E"
		if !l.both {
			k, name = 2, "A"
		}
		count[name] += l.required
		count["#"+name]++
		fmt.Fprintf(&rows[k], "%d\t%d\t%d\t%d\t%d\n", l.i, l.j, (1+r.IntN(4))*l.required, l.required, 1+r.IntN(20))
		next[l.i] = append(next[l.i], l.j)
		if l.both {
			next[l.j] = append(next[l.j], l.i)
		}
	}
	turns := 0
	for i := range next {
		for _, j := range next[i] {
			for _, k := range next[j] {
				if k != i && r.IntN(8) == 0 {
					continue // not allowed; to turn round always is
				}
				turns++
				fmt.Fprintf(&rows[3], "%d\t%d\t%d\t%d\tX\n", i, j, k, r.IntN(9))
			}
		}
	}
	fmt.Fprintf(&out, "Name:\ttown\n#Vehicles:\t%d\nCapacity:\t10\nDepot:\t1\n#Nodes:\t%d\n#Edges:\t%d\n#Arcs:\t%d\n#Required-N:\t%d\n#Required-E:\t%d\n#Required-A:\t%d\n#Nb-Turns:\t%d\n\n",
		vehicles, nodes, count["#E"], count["#A"], count["N"], count["E"], count["A"], turns)
	for k, name := range [...]string{"NODES", "EDGES", "ARCS", "TURNS"} {
		fmt.Fprintf(&out, "-----%s-----\nINDEX ...\n%s\n", name, rows[k].String())
	}
	return out.String()
}

func mustRead(t *testing.T, text string) *problem {
	t.Helper()
	p, err := read([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return p
}

// checked is what the checker says of routes.
func checked(t *testing.T, p *problem, routes any) instance.Verdict {
	t.Helper()
	text, err := json.Marshal(routes)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Check(text, instance.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestSearchAgreesWithChecker: the cost by the table of ways is that of the checker, which
// looks for the ways anew, and on tiny problems no order of one vehicle is cheaper.
func TestSearchAgreesWithChecker(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		tasks := 1 + r.IntN(5)
		if seed%4 == 3 {
			tasks = 12
		}
		p := mustRead(t, town(r, 5+r.IntN(6), tasks, -1))
		got, err := p.Solve(context.Background(), instance.Options{Iterations: 300, Threads: 1, Seed: seed, Time: time.Minute})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if len(got.Unserved) > 0 { // no allowed turns lead there and back
			if got.Feasible || len(p.tasks) <= 5 && !math.IsInf(cheapest(t, p), 1) {
				t.Errorf("seed %d: %v is left, but can be served", seed, got.Unserved)
			}
			continue
		}
		if last := got.Trace[len(got.Trace)-1][1]; !got.Feasible || math.Abs(last-got.Cost) > 1e-6 {
			t.Fatalf("seed %d: cost %v by the search, %v by the checker, feasible %v", seed, last, got.Cost, got.Feasible)
		}
		if len(p.tasks) > 5 {
			continue
		}
		if best := cheapest(t, p); got.Cost > best+1e-6 {
			t.Errorf("seed %d: %v, one vehicle does it for %v", seed, got.Cost, best)
		}
	}
}

// cheapest is the least cost of one vehicle over all orders and directions.
func cheapest(t *testing.T, p *problem) float64 {
	best := math.Inf(1)
	var load int64
	for _, task := range p.tasks {
		load += task.load
	}
	if load > p.capacity {
		return best
	}
	var route [][]int
	used := make([]bool, len(p.tasks))
	var visit func()
	visit = func() {
		if len(route) == len(p.tasks) {
			if v := checked(t, p, [][][]int{route}); v.Feasible {
				best = min(best, v.Cost)
			}
			return
		}
		for i := range p.tasks {
			if used[i] {
				continue
			}
			used[i] = true
			for mode := range max(1, len(p.tasks[i].arcs)) {
				route = append(route, p.named(i, mode))
				visit()
				route = route[:len(route)-1]
			}
			used[i] = false
		}
	}
	visit()
	return best
}

// street is a file of two streets with a dear turn: 1-2-3 and back.
const street = `Name: street
#Vehicles: 1
Capacity: 5
Depot: 1
#Nodes: 3
#Edges: 2
#Arcs: 0
#Required-N: 1
#Required-E: 1
#Required-A: 0
#Nb-Turns: 4

-----NODES-----
INDEX QTY IS-REQUIRED X Y
1 0 0 0 0
2 0 0 1 0
3 2 1 2 0

-----EDGES-----
INDEX-I INDEX-J QTY IS-REQUIRED TR-COST
1 2 3 1 10
2 3 0 0 5

-----ARCS-----
INDEX-I INDEX-J QTY IS-REQUIRED TR-COST

-----TURNS-----
INDEX-I INDEX-J INDEX-K COST TYPE
1 2 3 1 F
2 3 2 7 U
3 2 1 2 F
2 1 2 4 U
`

// TestCheck: what an answer costs, counted by hand, and what breaks a rule.
func TestCheck(t *testing.T) {
	p := mustRead(t, street)
	for _, c := range []struct {
		name   string
		routes [][][]int
		cost   float64
		says   string
	}{
		{"out, the node, back", [][][]int{{{1, 2}, {3}}}, 10 + 1 + 5 + 7 + 5 + 2 + 10, ""},
		{"the street on the way back", [][][]int{{{3}, {2, 1}}}, 10 + 1 + 5 + 7 + 5 + 2 + 10, ""},
		{"left", [][][]int{{{3}}}, math.NaN(), "[1 2] is served 0 times"},
		{"twice", [][][]int{{{1, 2}, {3}, {2, 1}}}, math.NaN(), "served 2 times"},
		{"nothing to serve", [][][]int{{{1, 2}, {3}, {2, 3}}}, math.NaN(), "[2 3] is nothing to serve"},
		{"two vehicles", [][][]int{{{1, 2}, {3}}, {{3}}}, math.NaN(), "2 routes for 1 vehicles"},
	} {
		v := checked(t, p, c.routes)
		if said := strings.Join(v.Violations, "; "); c.says == "" && (!v.Feasible || v.Cost != c.cost) || c.says != "" && !strings.Contains(said, c.says) {
			t.Errorf("%s: cost %v, %q; want %v, %q", c.name, v.Cost, said, c.cost, c.says)
		}
	}
	// One edge alone: at node 2 nobody may turn round, so the way leads over node 3.
	alone := strings.NewReplacer("3 2 1 2 0", "3 0 0 2 0", "#Required-N: 1", "#Required-N: 0").Replace(street)
	if v := checked(t, mustRead(t, alone), [][][]int{{{2, 1}}}); !v.Feasible || v.Cost != 40 {
		t.Errorf("back from node 3: %+v, want 40", v)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, from, to, says string }{
		{"a node that is none", "\n2 3 0 0 5", "\n2 9 0 0 5", "INDEX-J is \"9\""},
		{"a load above the capacity", "3 2 1 2 0", "3 6 1 2 0", "a load of 6 is more than the capacity of 5"},
		{"a turn that leads nowhere", "2 1 2 4 U", "1 3 2 4 U", "no way leads so"},
		{"a turn twice", "2 1 2 4 U", "3 2 1 4 U", "already"},
		{"a count that is wrong", "#Nb-Turns: 4", "#Nb-Turns: 5", "#Nb-Turns is 5, there are 4"},
		{"a column too few", "1 2 3 1 10", "1 2 3 1", "4 columns in EDGES"},
		{"a negative cost", "1 2 3 1 10", "1 2 3 1 -1", "TR-COST"},
		{"no number", "1 2 3 1 10", "1 2 3 1 NaN", "TR-COST"},
		{"the depot outside", "Depot: 1", "Depot: 4", "node 4 of 3"},
		{"a keyword", "Depot: 1", "Depot: 1\nColour: red", `"Colour" is not known`},
		{"no turns", "-----TURNS-----", "", "line"},
		{"two to serve between the same nodes", "2 3 0 0 5", "1 2 1 1 5", "could not tell them apart"},
	} {
		text := strings.Replace(street, c.from, c.to, 1)
		_, err := read([]byte(text))
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%s: %v; want %q", c.name, err, c.says)
		}
	}
}

// TestVidal: the published files, where they are at hand, are served whole.
func TestVidal(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for ; files == nil && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		files, _ = filepath.Glob(filepath.Join(dir, "shared", "bench", "mcgrp-tp", "*.dat"))
	}
	if files == nil {
		t.Skip("no shared files")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !Format().Is("", data) {
			t.Fatalf("%s is not known", file)
		}
		p := mustRead(t, string(data))
		if testing.Short() || raced && len(p.tasks) > 100 {
			continue
		}
		got, err := p.Solve(context.Background(), instance.Options{Iterations: 50, Threads: 1, Seed: 1, Time: time.Minute})
		if err != nil || !got.Feasible {
			t.Errorf("%s: feasible %v, %v", filepath.Base(file), got.Feasible, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(street))
	f.Add([]byte(town(rand.New(rand.NewPCG(1, 1)), 5, 4, 2)))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := read(data)
		if err != nil {
			return
		}
		if len(p.arcs) > 200 || len(p.tasks) > 50 {
			return
		}
		if _, err := p.Check(json.RawMessage(`[[[1],[1,2]],[[2]]]`), instance.Options{}); err != nil {
			t.Fatal(err)
		}
	})
}
