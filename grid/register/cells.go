package register

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"citygrid/grid/calendar"

	"github.com/paulmach/orb"

	"citygrid/grid"
)

// A synonym is a word of a file for a word of ours.
type synonyms map[string]string

// word reads one of words, in any case, or a synonym of one.
func word[W ~string](into *W, cell string, words []W, more synonyms) fault {
	said := fold(cell)
	for _, w := range words {
		if fold(string(w)) == said {
			*into = w
			return fault{}
		}
	}
	if w, ok := more[said]; ok {
		*into = W(w)
		return fault{}
	}
	return fault{quote(cell) + " is not understood", fmt.Sprintf("use one of %v", words)}
}

func quote(s string) string { return strconv.Quote(clip(s)) }

func yesNo(into *bool, cell string) fault {
	switch fold(cell) {
	case "yes", "y", "true", "1", "是":
		*into = true
	case "no", "n", "false", "0", "否":
		*into = false
	default:
		return fault{quote(cell) + " is neither yes nor no", "write yes or no"}
	}
	return fault{}
}

func sayYesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func degrees(into *float64, cell string, limit float64) fault {
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || !(-limit <= v && v <= limit) {
		return fault{fmt.Sprintf("%s is not a number of degrees from -%v to %v", quote(cell), limit, limit), "write it like 121.0154, in WGS 84"}
	}
	*into = v
	return fault{}
}

func sayDegrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// language is the one that a name without one is in.
func language(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "zh-CN"
	}
	return "en"
}

// nameColumns are the name in Chinese and in English. Other languages are not in
// files.
func nameColumns[T any](of func(*T) *map[string]string) []column[T] {
	put := func(v *T, lang, name string) fault {
		m := of(v)
		if *m == nil {
			*m = make(map[string]string)
		}
		if was, there := (*m)[lang]; there && was != name {
			return fault{"says another name than the column before", "leave one of the two out"}
		}
		(*m)[lang] = name
		return fault{}
	}
	return []column[T]{
		{
			name: "name_zh", alias: []string{"name:zh", "name:zh-CN", "名称", "中文名称", "中文名"}, field: "name",
			set: func(v *T, cell string, _ *book) fault { return put(v, "zh-CN", cell) },
			get: func(v T, _ *book) string { return (*of(&v))["zh-CN"] },
		},
		{
			name: "name_en", alias: []string{"name:en", "英文名称", "英文名"},
			set: func(v *T, cell string, _ *book) fault { return put(v, "en", cell) },
			get: func(v T, _ *book) string { return (*of(&v))["en"] },
		},
		{
			name: "name", spare: true,
			set: func(v *T, cell string, _ *book) fault { return put(v, language(cell), cell) },
		},
	}
}

func placeColumns[T any](needed bool, field string, of func(*T) *orb.Point) []column[T] {
	return []column[T]{
		{
			name: "lon", alias: []string{"lng", "longitude", "经度"}, needed: needed, field: field,
			set: func(v *T, cell string, _ *book) fault { return degrees(&of(v)[0], cell, 180) },
			get: func(v T, _ *book) string { return sayPlace(*of(&v), 0) },
		},
		{
			name: "lat", alias: []string{"latitude", "纬度"}, needed: needed,
			set: func(v *T, cell string, _ *book) fault { return degrees(&of(v)[1], cell, 90) },
			get: func(v T, _ *book) string { return sayPlace(*of(&v), 1) },
		},
	}
}

func sayPlace(p orb.Point, i int) string {
	if p == (orb.Point{}) {
		return ""
	}
	return sayDegrees(p[i])
}

// hours reads what OpenStreetMap calls opening_hours, in the zone of the book, or
// a calendar as JSON.
func hours(into **calendar.Spec, cell string, b *book) fault {
	var spec calendar.Spec
	if strings.HasPrefix(cell, "{") {
		if err := json.Unmarshal([]byte(cell), &spec); err != nil {
			return fault{"is not a calendar: " + err.Error(), "write it like Mo-Fr 08:30-17:00"}
		}
	} else {
		rules, err := calendar.ParseOpeningHours(cell)
		if err != nil {
			return fault{err.Error(), "write it like Mo-Fr 08:30-17:00"}
		}
		spec = calendar.Spec{Zone: b.Zone.String(), Rules: rules}
	}
	if err := spec.Check(); err != nil {
		return fault{err.Error(), "write it like Mo-Fr 08:30-17:00"}
	}
	*into = &spec
	return fault{}
}

func sayHours(spec *calendar.Spec) string {
	if spec == nil {
		return ""
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return "" // it has a fault, which Check tells
	}
	return string(text)
}

// timeForms are how people write times in rosters; the first is ours.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", // with an offset
	"2006-1-2 15:04", "2006-1-2 15:04:05", "2006-1-2T15:04", "2006-1-2T15:04:05",
	"2006/1/2 15:04", "2006/1/2 15:04:05", "2006年1月2日 15:04", "2006年1月2日15:04",
}

func instant(into *time.Time, cell string, b *book) fault {
	for i, form := range timeForms {
		t, err := time.Parse(form, cell)
		if err != nil {
			continue
		}
		if i >= 2 {
			local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), b.Zone)
			if local.Hour() != t.Hour() || local.Minute() != t.Minute() {
				return fault{quote(cell) + " is skipped when the clocks go forward", "write a time that there is"}
			}
			t = local
		}
		*into = t.UTC()
		return fault{}
	}
	return fault{quote(cell) + " is not a date and time", "write it like 2026-03-01 08:30"}
}

func sayInstant(t time.Time, b *book) string {
	if t.IsZero() {
		return ""
	}
	return t.In(b.Zone).Format(time.RFC3339Nano)
}

// reference is a column that names an entry of another register.
func reference[T any](c column[T], what, mend string, in func(*book) index, of func(*T) *int64) column[T] {
	c.set = func(v *T, cell string, b *book) (f fault) {
		if cell == "" {
			return fault{} // Check says that it is missing
		}
		*of(v), f = in(b).look(cell, what, mend)
		return f
	}
	c.get = func(v T, b *book) string { return in(b).name(*of(&v)) }
	return c
}

// plain is a column of text.
func plain[T any](c column[T], of func(*T) *string) column[T] {
	c.set = func(v *T, cell string, _ *book) fault { *of(v) = cell; return fault{} }
	c.get = func(v T, _ *book) string { return *of(&v) }
	return c
}

func flag[T any](c column[T], of func(*T) *bool) column[T] {
	c.set = func(v *T, cell string, _ *book) fault { return yesNo(of(v), cell) }
	c.get = func(v T, _ *book) string { return sayYesNo(*of(&v)) }
	return c
}

// tagged is the column of tags.
func tagged[T any](of func(*T) *[]string) column[T] {
	return column[T]{
		name: "tags", alias: []string{"标签"},
		set: func(v *T, cell string, _ *book) fault { *of(v) = grid.Tags(cell); return fault{} },
		get: func(v T, _ *book) string { return strings.Join(*of(&v), ";") },
	}
}

func columns[T any](groups ...[]column[T]) []column[T] { return slices.Concat(groups...) }
