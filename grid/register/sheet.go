package register

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"citygrid/grid/people"
)

// A column of a file.
type column[T any] struct {
	name   string   // in the header that Write writes, and in faults
	alias  []string // other headers that are understood
	needed bool     // a file without this column is refused
	spare  bool     // understood, but not written: another column says the same
	field  string   // what Check calls it, if not name
	set    func(v *T, cell string, b *book) fault
	get    func(v T, b *book) string
}

// A sheet is how one register lies in a file.
type sheet[T any] struct {
	columns []column[T]
	check   func(T) error
	key     func(T) string // what no two lines share; "" = shares nothing
	keyed   string         // the column of key
	taken   func(b *book, key string) bool
	rest    func(list []T, b *book) *FieldError // rules between lines; may be nil
}

// fold is how headers are compared: case, spaces, hyphens and underscores don't
// count.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t_-*　", r) {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
}

// find gives the column for each cell of the header, -1 for none.
func (s sheet[T]) find(header row) (at []int, faults []Fault) {
	at = make([]int, len(header.cells))
	seen := make(map[int]bool)
	var known []string
	for _, c := range s.columns {
		known = append(known, c.name)
	}
	if len(header.cells) > maxHeader {
		return nil, []Fault{{header.line, "", fmt.Sprintf("there are more than %d columns", maxHeader), "use " + strings.Join(known, ", ")}}
	}
	for i, cell := range header.cells {
		at[i] = -1
		if strings.TrimSpace(cell) == "" {
			continue
		}
		for k, c := range s.columns {
			if slices.ContainsFunc(append([]string{c.name}, c.alias...), func(name string) bool { return fold(name) == fold(cell) }) {
				at[i] = k
			}
		}
		switch k := at[i]; {
		case k < 0:
			faults = append(faults, Fault{header.line, clip(cell), "there is no such column", "use " + strings.Join(known, ", ")})
		case seen[k]:
			faults = append(faults, Fault{header.line, s.columns[k].name, "this column is there twice", "remove one"})
		default:
			seen[k] = true
		}
	}
	if len(seen) == 0 {
		// Its first line is an entry: an owner's name has no place in a message.
		return nil, []Fault{{header.line, "", "the first line names none of the columns", "use " + strings.Join(known, ", ")}}
	}
	for k, c := range s.columns {
		if c.needed && !seen[k] {
			faults = append(faults, Fault{header.line, c.name, "this column is missing", "the first line names the columns: " + strings.Join(known, ", ")})
		}
	}
	return at, faults
}

// read gives the entries of a file, or its faults: never both.
func (s sheet[T]) read(r io.Reader, entries Book) ([]T, []Fault) {
	rows, fault := readRows(r)
	if fault != nil {
		return nil, []Fault{*fault}
	}
	if len(rows) == 0 {
		return nil, []Fault{{1, "", "the file is empty", "the first line names the columns"}}
	}
	at, faults := s.find(rows[0])
	if len(faults) > 0 {
		return nil, faults
	}
	b := entries.open()
	list := make([]T, 0, len(rows)-1)
	lines := make([]int, 0, len(rows)-1)
	keys := make(map[string]int)
	more := 0
	add := func(f Fault) {
		if len(faults) < MaxFaults {
			faults = append(faults, f)
		} else {
			more++
		}
	}
	for _, r := range rows[1:] {
		before := len(faults) + more
		v := s.line(r, at, b, add)
		if len(faults)+more == before {
			if f := fromCheck(s.check(v)); f != nil {
				add(Fault{r.line, s.column(f.Field), f.What, f.Mend})
			}
		}
		if key := s.key(v); key != "" {
			if first, twice := keys[key]; twice {
				add(Fault{r.line, s.keyed, fmt.Sprintf("%q is on line %d already", clip(key), first), "give each its own"})
			} else if keys[key] = r.line; s.taken(b, key) {
				add(Fault{r.line, s.keyed, fmt.Sprintf("%q is in the register already", clip(key)), "leave this line out, or change that entry"})
			}
		}
		list, lines = append(list, v), append(lines, r.line)
	}
	if len(faults) == 0 && s.rest != nil {
		if f := s.rest(list, b); f != nil {
			line := 1
			if f.Index >= 0 && f.Index < len(lines) {
				line = lines[f.Index]
			}
			add(Fault{line, s.column(f.Field), f.What, f.Mend})
		}
	}
	if more > 0 {
		faults = append(faults, Fault{rows[len(rows)-1].line, "", fmt.Sprintf("there are %d faults more", more), "mend these first"})
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return list, nil
}

func (s sheet[T]) line(r row, at []int, b *book, add func(Fault)) (v T) {
	if len(r.cells) > len(at) && !blank(r.cells[len(at):]) {
		add(Fault{r.line, "", fmt.Sprintf("it has %d columns, the header %d", len(r.cells), len(at)), `put texts with commas in "..."`})
		return v
	}
	for i, k := range at {
		if k < 0 || i >= len(r.cells) {
			continue
		}
		c := s.columns[k]
		cell := unguard(strings.TrimSpace(r.cells[i]))
		if len(cell) > maxCell {
			add(Fault{r.line, c.name, fmt.Sprintf("has more than %d bytes", maxCell), "write less"})
			continue
		}
		if cell == "" && !c.needed {
			continue
		}
		if f := c.set(&v, cell, b); f.is() {
			add(Fault{r.line, c.name, f.what, f.mend})
		}
	}
	return v
}

// column is the column for a field that Check names.
func (s sheet[T]) column(field string) string {
	for _, c := range s.columns {
		if c.field == field || c.name == field {
			return c.name
		}
	}
	return field
}

// fromCheck is what a Check said, of ours or of package people.
func fromCheck(err error) *FieldError {
	if err == nil {
		return nil
	}
	if f := (*FieldError)(nil); errors.As(err, &f) {
		return f
	}
	if f := (*people.FieldError)(nil); errors.As(err, &f) {
		return &FieldError{Field: f.Field, What: f.What}
	}
	return &FieldError{What: err.Error()}
}

// write is the file that read reads: UTF-8 with a byte order mark, without which
// spreadsheets take Chinese for something else.
func (s sheet[T]) write(w io.Writer, list []T, entries Book) error {
	b := entries.open()
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	columns := slices.DeleteFunc(slices.Clone(s.columns), func(c column[T]) bool { return c.spare })
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for _, v := range list {
		for i, c := range columns {
			cells[i] = Guarded(c.get(v, b))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
