package web

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"citygrid/grid/people"
)

// rightsCSV is the permissions table: who may call which route with which
// method. It is data so that the people who answer for privacy can read it, and
// so that the test can try every cell.
//
//go:embed rights.csv
var rightsCSV string

// Two rows of the permissions table that no person has as a role.
const (
	public people.Role = "public" // everybody, logged in or not
	device people.Role = "device" // trackers, by a secret of their own: see credentials
)

// A cell is one answer of the permissions table.
type cell uint8

const (
	no    cell = iota
	local      // from this machine only, for scrapers of /metrics
	own        // only within the areas of the grant, or on one's own account
	yes
)

func (c cell) String() string { return [...]string{"no", "local", "own", "yes"}[c] }

// A row is one route with one method.
type row struct {
	method, route string
	right         string // the name that the app knows it by; several rows may share one
	cells         map[people.Role]cell
}

func (r row) pattern() string { return r.method + " " + r.route }

// rights is the permissions table, by "METHOD /route". Nothing changes it after
// parseRights, so it may be shared.
type rights map[string]row

// parseRights reads the table. It insists on every role having a column, on one
// meaning a right, and on nobody having less than a stranger.
func parseRights(text string) (rights, error) {
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("rights table: %w", err)
	}
	if len(lines) == 0 {
		return nil, errors.New("rights table: empty")
	}
	columns := append([]people.Role{public}, append(people.Roles(), device)...)
	want := []string{"method", "route", "right"}
	for _, c := range columns {
		want = append(want, string(c))
	}
	if !slices.Equal(lines[0], want) {
		return nil, fmt.Errorf("rights table: columns are %v, want %v", lines[0], want)
	}
	cells := map[string]cell{"no": no, "local": local, "own": own, "yes": yes}
	table := rights{}
	meaning := map[string]row{}
	for n, line := range lines[1:] {
		r := row{method: line[0], route: line[1], right: line[2], cells: map[people.Role]cell{}}
		where := fmt.Sprintf("rights table line %d (%s)", n+2, r.pattern())
		for i, role := range columns {
			c, ok := cells[line[3+i]]
			if !ok {
				return nil, fmt.Errorf("%s: %s: %q is not yes, no, own or local", where, role, line[3+i])
			}
			if c == local && role != public {
				return nil, fmt.Errorf("%s: %s: local is for public alone", where, role)
			}
			if r.cells[public] == yes && c != yes {
				return nil, fmt.Errorf("%s: %s has less than the public", where, role)
			}
			r.cells[role] = c
		}
		if _, twice := table[r.pattern()]; twice {
			return nil, fmt.Errorf("%s: second row for this route", where)
		}
		if first, ok := meaning[r.right]; ok && !maps.Equal(first.cells, r.cells) {
			return nil, fmt.Errorf("%s: right %q means something else at %s", where, r.right, first.pattern())
		}
		meaning[r.right] = r
		table[r.pattern()] = r
	}
	return table, nil
}

// names lists every right, in alphabetical order.
func (t rights) names() []string {
	seen := map[string]bool{}
	for _, r := range t {
		seen[r.right] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// of lists the rights that somebody with these roles has beyond the public's,
// in alphabetical order.
func (t rights) of(roles ...people.Role) []string {
	seen := map[string]bool{}
	for _, r := range t {
		for _, role := range roles {
			if r.cells[role] >= own && r.cells[public] != yes {
				seen[r.right] = true
			}
		}
	}
	got := slices.Sorted(maps.Keys(seen))
	if got == nil {
		got = []string{}
	}
	return got
}
