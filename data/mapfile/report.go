package mapfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Report tells what an import read, kept, dropped and repaired, for whoever
// wonders where a street went. Keys are kinds and reasons in English.
type Report struct {
	Read     map[string]int64 `json:"read"`
	Kept     map[string]int64 `json:"kept"`
	Dropped  map[string]int64 `json:"dropped"`
	Repaired map[string]int64 `json:"repaired"`
	Dangling int64            `json:"dangling_nodes"` // nodes that ways name and the file lacks
	Unknown  []Unknown        `json:"unknown"`        // tag values that no rule knows, the most frequent of each key
	Car      Connected        `json:"car"`
	Foot     Connected        `json:"foot"`
	Notes    []string         `json:"notes"` // what else was noticed: open coastlines, the side of the road
}

// An Unknown is a tag value that no rule knows; it counted as not there.
type Unknown struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// Connected tells how the network hangs together for one kind of traveller.
type Connected struct {
	Segments int64  `json:"segments"` // that it may use
	Parts    int64  `json:"parts"`    // connected parts
	Largest  []Part `json:"largest"`  // the ten longest
}

// A Part is a connected part of the network.
type Part struct {
	Segments int64   `json:"segments"`
	LengthKm float64 `json:"length_km"`
}

// String is the report in English, for a terminal.
func (r *Report) String() string {
	var b strings.Builder
	table := func(title string, m map[string]int64) {
		if len(m) == 0 {
			return
		}
		fmt.Fprintf(&b, "%s\n", title)
		keys := slices.SortedFunc(maps.Keys(m), func(x, y string) int {
			if m[x] != m[y] {
				return int(min(1, max(-1, m[y]-m[x])))
			}
			return strings.Compare(x, y)
		})
		for _, k := range keys {
			fmt.Fprintf(&b, "  %9d  %s\n", m[k], k)
		}
	}
	table("Read", r.Read)
	table("Kept", r.Kept)
	table("Dropped", r.Dropped)
	table("Repaired", r.Repaired)
	if r.Dangling > 0 {
		fmt.Fprintf(&b, "Missing\n  %9d  nodes that ways name and the file lacks\n", r.Dangling)
	}
	for _, c := range []struct {
		who string
		in  Connected
	}{{"by car", r.Car}, {"on foot", r.Foot}} {
		fmt.Fprintf(&b, "Connected %s: %d segments in %d parts\n", c.who, c.in.Segments, c.in.Parts)
		for i, p := range c.in.Largest {
			if i == 3 {
				break
			}
			fmt.Fprintf(&b, "  %9d  segments, %.1f km\n", p.Segments, p.LengthKm)
		}
	}
	if len(r.Unknown) > 0 {
		b.WriteString("Values that no rule knows\n")
		for _, u := range r.Unknown {
			fmt.Fprintf(&b, "  %9d  %s=%s\n", u.Count, u.Key, u.Value)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "Note: %s\n", n)
	}
	return b.String()
}
