package osm

import (
	"cmp"
	"maps"
	"slices"
)

// A tally counts what a worker came upon. Tallies of blocks are added up in the
// order of the file; sums don't depend on it.
type tally struct {
	unknowns map[[2]string]int // by key and value
	dropped  map[string]int    // by kind and reason
	repaired map[string]int
}

// maxUnknown bounds how many different unknown values are told apart: a file
// may hold a different one on each way.
const maxUnknown = 20_000

func (t *tally) unknown(key, value string) {
	if t.unknowns == nil {
		t.unknowns = make(map[[2]string]int)
	}
	if len(value) > 60 {
		value = value[:60]
	}
	k := [2]string{key, value}
	if _, ok := t.unknowns[k]; !ok {
		if len(t.unknowns) >= maxUnknown {
			k = [2]string{key, "(others)"}
		}
		k = [2]string{clone(k[0]), clone(k[1])}
	}
	t.unknowns[k]++
}

func (t *tally) drop(what string, n int) {
	if t.dropped == nil {
		t.dropped = make(map[string]int)
	}
	if n > 0 {
		t.dropped[what] += n
	}
}

func (t *tally) repair(what string, n int) {
	if t.repaired == nil {
		t.repaired = make(map[string]int)
	}
	if n > 0 {
		t.repaired[what] += n
	}
}

func (t *tally) add(o *tally) {
	values := slices.Collect(maps.Keys(o.unknowns))
	if len(t.unknowns)+len(values) > maxUnknown { // which are told apart must not depend on the map's order
		slices.SortFunc(values, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	}
	for _, k := range values {
		n := o.unknowns[k]
		if t.unknowns == nil {
			t.unknowns = make(map[[2]string]int)
		}
		if _, ok := t.unknowns[k]; !ok && len(t.unknowns) >= maxUnknown {
			k = [2]string{k[0], "(others)"}
		}
		t.unknowns[k] += n
	}
	for k, n := range o.dropped {
		t.drop(k, n)
	}
	for k, n := range o.repaired {
		t.repair(k, n)
	}
}
