// Package mixed reads the node, edge and arc routing problems with turn penalties of
// Vidal (Node, edge, arc routing and turn penalties: multiple problems, one
// neighborhood extension, Operations Research 65(4), 2017) and answers for them on the
// command line.
//
// Vehicles of one capacity set out from a depot, serve nodes, edges and arcs, and come
// back; what they walk, served or not, and every turn from one arc into the next costs.
// A turn that the file doesn't list is not allowed. Who leaves the depot, or ends there,
// takes no turn. A node is served by who comes to it; going on from there is a turn as
// anywhere.
//
// A file has a head of lines "Key: value" and the sections NODES, EDGES, ARCS and TURNS,
// each with a line of dashes around its name and a line of column names. Nodes are
// numbered from 1.
package mixed

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limits of a file, set where only a mistake or an attack goes.
const (
	maxBytes = 16 << 20
	maxNodes = 20_000
	maxLinks = 20_000 // edges and arcs
	maxTurns = 400_000
	maxCost  = 1e6
	maxLoad  = 1e8 // of all that is to be served
)

// ErrFile is the rule for a file that can't be read.
var ErrFile = errors.New("not a node, edge and arc routing file")

// A FileError says where.
type FileError struct {
	Line int // from 1
	What string
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Unwrap gives ErrFile.
func (e *FileError) Unwrap() error { return ErrFile }

// An arc is a way from one node to a neighbour. An edge is two.
type arc struct {
	from, to int // nodes from 0
	cost     float64
	turns    []turn // into what follows, those that are allowed
}

// A turn is into an arc.
type turn struct {
	into int
	cost float64
}

// A task is a node, an arc, or an edge, which is served along one of two arcs.
type task struct {
	node int // from 0; -1 for an arc or edge
	arcs []int
	load int64
	cost float64 // of going along it
}

// A problem as read.
type problem struct {
	vehicles int // at most; 0 = any number
	capacity int64
	depot    int
	nodes    int
	arcs     []arc
	byEnds   map[[2]int]int // the arc between two nodes
	from     [][]int        // by node: the arcs that leave it
	into     [][]int        // by node: the arcs that end there
	tasks    []task
}

// reader goes through the lines of a file.
type reader struct {
	p       problem
	line    int
	section string
	head    map[string]int
	nodes   []bool         // by node: it was listed
	served  map[[2]int]int // line of each pair of ends that is to be served
	turned  map[[3]int]int // line of each turn
	counts  map[string]int // rows, by what the head calls them
	load    int64
}

// isMixed knows a file by the head that no other format has.
func isMixed(data []byte) bool {
	head := data[:min(len(data), 2000)]
	return bytes.Contains(head, []byte("#Nb-Turns:")) && bytes.Contains(head, []byte("#Required-A:"))
}

func read(data []byte) (*problem, error) {
	r := &reader{
		head: map[string]int{}, served: map[[2]int]int{}, turned: map[[3]int]int{}, counts: map[string]int{},
		p: problem{byEnds: map[[2]int]int{}},
	}
	if len(data) > maxBytes {
		return nil, &FileError{1, fmt.Sprintf("the file has %d bytes, more than %d", len(data), maxBytes)}
	}
	for line := range bytes.Lines(data) {
		r.line++
		text := strings.TrimSpace(string(line))
		if err := r.take(text); err != nil {
			return nil, err
		}
	}
	return r.finish()
}

func (r *reader) fault(format string, args ...any) error {
	return &FileError{max(r.line, 1), fmt.Sprintf(format, args...)}
}

func (r *reader) take(text string) error {
	switch {
	case text == "" || strings.HasPrefix(text, "INDEX"):
		return nil
	case strings.HasPrefix(text, "--"):
		return r.begin(strings.Trim(text, "-"))
	case r.section == "":
		return r.keyword(text)
	}
	words := strings.Fields(text)
	if len(words) != 5 {
		return r.fault("%d columns in %s, there must be 5", len(words), r.section)
	}
	switch r.section {
	case "NODES":
		return r.node(words)
	case "EDGES", "ARCS":
		return r.link(words)
	}
	return r.turn(words)
}

// begin begins a section.
func (r *reader) begin(name string) error {
	before := map[string]string{"NODES": "", "EDGES": "NODES", "ARCS": "EDGES", "TURNS": "ARCS"}
	if want, known := before[name]; !known || want != r.section {
		return r.fault("section %s after %s: NODES, EDGES, ARCS and TURNS come in this order", quoted(name), quoted(r.section))
	}
	r.section = name
	if name != "NODES" {
		return nil
	}
	for _, key := range [...]string{"#Vehicles", "Capacity", "Depot", "#Nodes", "#Edges", "#Arcs", "#Nb-Turns"} {
		if _, said := r.head[key]; !said {
			return r.fault("NODES begins before %s was said", key)
		}
	}
	p := &r.p
	p.vehicles, p.capacity, p.depot, p.nodes = max(0, r.head["#Vehicles"]), int64(r.head["Capacity"]), r.head["Depot"]-1, r.head["#Nodes"]
	if p.depot >= p.nodes {
		return r.fault("the depot is node %d of %d", p.depot+1, p.nodes)
	}
	r.nodes, p.from, p.into = make([]bool, p.nodes), make([][]int, p.nodes), make([][]int, p.nodes)
	return nil
}

// keyword takes a line "Key: value".
func (r *reader) keyword(text string) error {
	key, value, colon := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	if !colon {
		return r.fault("%s is no \"Key: value\"", quoted(text))
	}
	limits := map[string][2]int{
		"#Vehicles": {-1, maxLinks}, "Capacity": {1, maxLoad}, "Depot": {1, maxNodes}, "#Nodes": {1, maxNodes}, "#Edges": {0, maxLinks}, "#Arcs": {0, maxLinks},
		"#Required-N": {0, maxNodes}, "#Required-E": {0, maxLinks}, "#Required-A": {0, maxLinks}, "#Nb-Turns": {0, maxTurns},
	}
	limit, known := limits[key]
	switch _, twice := r.head[key]; {
	case key == "Name":
		return nil
	case !known:
		return r.fault("keyword %s is not known", quoted(key))
	case twice:
		return r.fault("%s is there twice", key)
	}
	n, err := r.whole(key, value, limit[0], limit[1])
	r.head[key] = n
	return err
}

func (r *reader) whole(what, text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, r.fault("%s is %s, it must be a whole number from %d to %d", what, quoted(text), low, high)
	}
	return n, nil
}

func (r *reader) cost(what, text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x <= maxCost) {
		return 0, r.fault("%s is %s, it must be a number from 0 to %g", what, quoted(text), float64(maxCost))
	}
	return x, nil
}

// required takes the quantity and whether it is to be served; 1 is yes.
func (r *reader) required(quantity, flag, count string) (load int64, is bool, err error) {
	n, err := r.whole("QTY", quantity, 0, maxLoad)
	if err != nil {
		return 0, false, err
	}
	yes, err := r.whole("IS-REQUIRED", flag, 0, 1)
	if err != nil || yes == 0 {
		return 0, false, err
	}
	r.counts[count]++
	if int64(n) > r.p.capacity {
		return 0, false, r.fault("a load of %d is more than the capacity of %d", n, r.p.capacity)
	}
	if r.load += int64(n); r.load > maxLoad {
		return 0, false, r.fault("loads come to more than %d", int(maxLoad))
	}
	return int64(n), true, nil
}

// node takes "index quantity required x y".
func (r *reader) node(words []string) error {
	n, err := r.whole("INDEX", words[0], 1, r.p.nodes)
	if err != nil {
		return err
	}
	if r.nodes[n-1] {
		return r.fault("node %d is there twice", n)
	}
	r.nodes[n-1] = true
	r.counts["#Nodes"]++
	for _, text := range words[3:] {
		if x, err := strconv.ParseFloat(text, 64); err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return r.fault("a coordinate is %s", quoted(text))
		}
	}
	load, is, err := r.required(words[1], words[2], "#Required-N")
	if is {
		r.p.tasks = append(r.p.tasks, task{node: n - 1, load: load})
	}
	return err
}

// link takes an edge or arc "i j quantity required cost". Of several between the same
// nodes the cheapest is gone along, and one may be to serve.
func (r *reader) link(words []string) error {
	i, err := r.whole("INDEX-I", words[0], 1, r.p.nodes)
	if err != nil {
		return err
	}
	j, err := r.whole("INDEX-J", words[1], 1, r.p.nodes)
	if err != nil {
		return err
	}
	if i == j {
		return r.fault("it joins node %d to itself", i)
	}
	cost, err := r.cost("TR-COST", words[4])
	if err != nil {
		return err
	}
	both, count := r.section == "EDGES", "A"
	if both {
		count = "E"
	}
	if r.counts[map[string]string{"A": "#Arcs", "E": "#Edges"}[count]]++; len(r.p.arcs) > 2*maxLinks {
		return r.fault("more than %d edges and arcs", maxLinks)
	}
	load, is, err := r.required(words[2], words[3], "#Required-"+count)
	if err != nil {
		return err
	}
	arcs := []int{r.arc(i-1, j-1, cost)}
	if both {
		arcs = append(arcs, r.arc(j-1, i-1, cost))
	}
	if !is {
		return nil
	}
	for _, a := range arcs {
		ends := [2]int{r.p.arcs[a].from, r.p.arcs[a].to}
		if line := r.served[ends]; line > 0 {
			return r.fault("what is in line %d joins the same nodes and is to be served too: an answer could not tell them apart", line)
		}
		r.served[ends] = r.line
	}
	r.p.tasks = append(r.p.tasks, task{node: -1, arcs: arcs, load: load, cost: cost})
	return nil
}

// arc gives the arc between two nodes, made if need be.
func (r *reader) arc(from, to int, cost float64) int {
	p := &r.p
	a, known := p.byEnds[[2]int{from, to}]
	if !known {
		a = len(p.arcs)
		p.byEnds[[2]int{from, to}] = a
		p.arcs = append(p.arcs, arc{from: from, to: to, cost: cost})
		p.from[from], p.into[to] = append(p.from[from], a), append(p.into[to], a)
	}
	p.arcs[a].cost = min(p.arcs[a].cost, cost)
	return a
}

// turn takes "i j k cost type".
func (r *reader) turn(words []string) error {
	var n [3]int
	for k := range n {
		var err error
		if n[k], err = r.whole("INDEX-"+string("IJK"[k]), words[k], 1, r.p.nodes); err != nil {
			return err
		}
		n[k]--
	}
	cost, err := r.cost("COST", words[3])
	if err != nil {
		return err
	}
	if line := r.turned[n]; line > 0 {
		return r.fault("the turn is in line %d already", line)
	}
	if r.turned[n] = r.line; len(r.turned) > maxTurns {
		return r.fault("more than %d turns", maxTurns)
	}
	a, ok := r.p.byEnds[[2]int{n[0], n[1]}]
	b, ok2 := r.p.byEnds[[2]int{n[1], n[2]}]
	if !ok || !ok2 {
		return r.fault("a turn %d, %d, %d, but no way leads so", n[0]+1, n[1]+1, n[2]+1)
	}
	r.p.arcs[a].turns = append(r.p.arcs[a].turns, turn{b, cost})
	r.counts["#Nb-Turns"]++
	return nil
}

func (r *reader) finish() (*problem, error) {
	if r.section != "TURNS" {
		return nil, r.fault("the file ends before TURNS")
	}
	for key, said := range r.head {
		if key[0] == '#' && key != "#Vehicles" && r.counts[key] != said {
			return nil, r.fault("%s is %d, there are %d", key, said, r.counts[key])
		}
	}
	return &r.p, nil
}

// quoted is text of the file for a message.
func quoted(text string) string {
	const most = 60
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strconv.QuoteToASCII(text)
}
