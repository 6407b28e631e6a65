// Package solve states the one routing problem of the bureau, streets to be
// walked and vehicles to be fetched alike, and what follows from the statement
// alone: times of a route, where drop-offs and rests go between visits, bounds, and
// walks over streets. The search over everything is package fleet.
//
// # The problem
//
// Given are nodes 0..Nodes-1 and for each profile the time and length of the
// quickest way between two of them, which need not exist, be symmetric or be
// zero only at home. Given further are
//
//   - tasks. A task is done once, in one of its modes. A mode is entered at one
//     node, takes a time and is left at another: a point is a task of one mode
//     that is left where it is entered; a street segment that may be walked
//     either way has two, end to end and back. A task may have a load that it
//     puts on the unit, windows in one of which its service must begin, a
//     release time before which it may not begin, a time after which to begin is
//     to be late, skills that a unit must have, an escort, and priority keys.
//     A task may be the delivery of another, its pick-up: the two are a pair.
//   - units. A unit starts at a node when its shift opens or later, does one
//     visit after another, and is at its end node, if it has one, when its shift
//     closes. Its load never exceeds its capacity in any dimension, and it ends
//     empty. It may begin loaded, and with visits that are fixed: its route
//     starts with those, in that order.
//   - sites, where a unit leaves all it has on board, as often as it likes, but for
//     what is to be delivered. A site has windows in which unloading must begin,
//     takes a time, and has room for so much over all units.
//
// A pair is done by one unit, the pick-up before the delivery, with whatever else
// between; the load of the pick-up is on board until then. It is done or left as a
// whole, and is one task undone if it is left. Each end has its own modes, windows,
// release, due time, skills and escort; load, priority and price are the
// pick-up's. If a unit's fixed visits have the pick-up alone, the delivery must
// follow on its route.
//
// Between visits a unit takes the quickest way of its profile; it waits where it
// comes too early. Times are what they are: a unit never waits but for a window,
// a release or its own shift.
//
// Wanted is a route for each unit such that all of this holds. What is best,
// in this order: the tasks left undone, most important first; the lateness of all
// tasks together; by the problem's Goal, the longest working time of a unit, or how
// many units work, or neither; the working time of all. The working time counts
// from the start of the shift to the end of the route. A task with a price is never
// undone: who leaves it pays the price instead, which is added to the longest working
// time and to that of all.
//
// Instants are time.Duration from an instant that the caller chose, windows are
// closed at both ends. A Problem is only read by solvers and may be shared
// between goroutines.
//
// How a plan that is under way may change is package fleet's matter.
package solve

import (
	"slices"
	"time"

	"citygrid/geo"
)

// A Node numbers the places of one Problem from 0.
type Node int32

// Nowhere is the End of a unit that may stop wherever it is.
const Nowhere Node = -1

// A Problem is what the package's comment says.
type Problem struct {
	Nodes int
	Costs Costs
	Tasks []Task
	Units []Unit
	Sites []Site

	Escorts []Escort
	Goal    Goal
}

// A Goal is what counts after the tasks left undone and lateness.
type Goal uint8

// The goals. Working time comes after each of them.
const (
	Balance Goal = iota // the longest route is short
	Total               // nothing else
	Fewest              // few units work
)

// A Cost is the quickest way between two nodes.
type Cost struct {
	Time   time.Duration
	Length geo.Metres
}

// Costs answers for the ways of each profile. ok is false where there is none.
type Costs interface {
	Between(profile int, from, to Node) (c Cost, ok bool)
}

// A Task is what has to be done once.
type Task struct {
	Name     string        // for people: what the report calls it
	Modes    []Mode        // at least one
	Load     []int32       // put on the unit, by dimension; nil = nothing
	Windows  []Window      // service begins in one of them, in ascending order; nil = any time
	Release  time.Duration // and not before
	Due      time.Duration // who begins after it is late by so much; 0 = never late
	Escort   int           // of Problem.Escorts, from 1; 0 = none
	Delivers int           // the task, from 1, whose load it takes off again; 0 = none
	Skills   Skills
	Priority []int32       // keys, the most important first; the smaller the more important; a missing key is 0
	Price    time.Duration // what it costs to leave it; 0 = it is to be done
}

// A Mode is one way to do a task.
type Mode struct {
	Enter, Leave Node
	Service      time.Duration
	Length       geo.Metres // covered by doing it
}

// A Window is a span of instants, both ends included.
type Window struct{ Open, Close time.Duration }

// Skills is a set of up to 64 skills, which the caller numbers.
type Skills uint64

// A Unit is who works: an officer, a truck.
type Unit struct {
	Name       string
	Profile    int // of Costs
	Start, End Node
	Shift      Window
	Capacity   []int32 // by dimension; a missing dimension is 0
	Loaded     []int32 // on board at the start
	Skills     Skills
	Breaks     []Break // in the order in which they are taken
	Fixed      []Visit // how the route begins
}

// A Break is a rest that a unit takes.
type Break struct {
	Window  Window // it begins in it
	Service time.Duration
	At      []Node // in one of these places; nil = wherever the unit is
}

// An Escort goes with units to tasks that want it, with one unit a window.
type Escort struct {
	Name    string
	Windows []Window // in ascending order
}

// A Site is where units unload.
type Site struct {
	Name    string
	At      Node
	Windows []Window // unloading begins in one of them; nil = any time
	Service time.Duration
	Room    []int32 // by dimension, over all units; nil = no limit
}

// A Table is Costs of one profile as a square of numbers.
type Table struct {
	nodes int
	time  []int64 // ns, by from*nodes + to; -1 = no way
	m     []float32
}

// NewTable is a table in which no way is known but that from each node to itself.
func NewTable(nodes int) *Table {
	t := &Table{nodes: nodes, time: make([]int64, nodes*nodes), m: make([]float32, nodes*nodes)}
	for i := range t.time {
		t.time[i] = -1
	}
	for i := range nodes {
		t.time[i*nodes+i] = 0
	}
	return t
}

// Set writes down a way.
func (t *Table) Set(from, to Node, c Cost) {
	i := int(from)*t.nodes + int(to)
	t.time[i], t.m[i] = int64(c.Time), float32(c.Length)
}

// Close forgets a way.
func (t *Table) Close(from, to Node) { t.time[int(from)*t.nodes+int(to)] = -1 }

// Times is the table as nanoseconds by from*nodes + to, -1 where there is no way. It
// is only to be read.
func (t *Table) Times(int) []int64 { return t.time }

// Between answers for any profile.
func (t *Table) Between(_ int, from, to Node) (Cost, bool) {
	i := int(from)*t.nodes + int(to)
	if t.time[i] < 0 {
		return Cost{}, false
	}
	return Cost{time.Duration(t.time[i]), geo.Metres(t.m[i])}, true
}

// Classes are the ranks of the tasks' priorities, 0 the most important; tasks whose
// keys are the same have the same one.
func (p *Problem) Classes() []int {
	order := make([]int, len(p.Tasks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, p.moreImportant)
	rank := make([]int, len(p.Tasks))
	for k := 1; k < len(order); k++ {
		rank[order[k]] = rank[order[k-1]]
		if p.moreImportant(order[k-1], order[k]) != 0 {
			rank[order[k]]++
		}
	}
	return rank
}
