package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Clause is one "value @ condition" of an OpenStreetMap *:conditional tag.
type Clause struct {
	Value string // no, destination, 30 ...
	When  []Rule // the time condition as rules of a Spec; nil when there is none
	// Also are the conditions of other kinds, as they were written: "wet",
	// "weight > 3.5". All of them must hold, and When too.
	Also []string
}

// ParseConditional reads the value of a tag such as access:conditional
// (https://wiki.openstreetmap.org/wiki/Conditional_restrictions):
//
//	no @ (Mo-Fr 07:00-09:00,16:00-19:00; PH off)
//	no @ (weight > 7.5 AND 22:00-06:00); destination @ (Sa,Su)
//
// Where several clauses hold, the last one counts; where none does, the tag
// without :conditional. The error is an *Error.
func ParseConditional(text string) ([]Clause, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	var out []Clause
	for _, part := range cut(text, 0, len(text), ";") {
		from, to := trim(text, part[0], part[1])
		if from == to {
			continue
		}
		c, err := parseClause(text, from, to)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, textError(ErrEmpty, text, 0, "there is no condition", "write one as no @ (Mo-Fr 07:00-09:00)")
	}
	return out, nil
}

func parseClause(text string, from, to int) (Clause, error) {
	at := strings.IndexByte(text[from:to], '@')
	if at < 0 {
		return Clause{}, textError(ErrSyntax, text, from, fmt.Sprintf("%q has no @", clip(text[from:to])), "put conditions that have a ; in parentheses: no @ (Mo-Fr 07:00-09:00; PH off)")
	}
	c := Clause{Value: strings.TrimSpace(text[from : from+at])}
	if c.Value == "" {
		return c, textError(ErrSyntax, text, from, "there is no value before @", "write it as in no @ (Mo-Fr 07:00-09:00)")
	}
	from, to = unwrap(text, from+at+1, to)
	for _, part := range cut(text, from, to, " and ") {
		from, to := unwrap(text, part[0], part[1])
		if other.MatchString(text[from:to]) && !slices.Contains(hoursWords, text[from:to]) {
			c.Also = append(c.Also, text[from:to])
			continue
		}
		if c.When != nil {
			return c, textError(ErrUnsupported, text, from, "two time conditions joined by AND are not supported", "write the times that both have in common")
		}
		rules, err := parseHours(text, from, to)
		if err != nil {
			return c, err
		}
		c.When = rules
	}
	return c, nil
}

// other matches conditions that aren't times: a property compared with a number,
// or a state of the road, the vehicle or the traveller.
var other = regexp.MustCompile(`^[a-z_:]+( *(<=|>=|<|>|==|=) *[0-9.]+ *[a-z'"]*)?$`)

// hoursWords are words that other matches but that are about time.
var hoursWords = []string{"off", "open", "closed", "unknown", "sunrise", "sunset", "dawn", "dusk", "easter", "week"}

// cut splits text[from:to] at a separator (lower case, met in any case) outside
// parentheses and quotes, and gives the ends of the parts.
func cut(text string, from, to int, separator string) [][2]int {
	var out [][2]int
	depth, quoted, start := 0, false, from
	for i := from; i < to; i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0 && i+len(separator) <= to && strings.EqualFold(text[i:i+len(separator)], separator):
			out = append(out, [2]int{start, i})
			start = i + len(separator)
			i = start - 1
		}
	}
	return append(out, [2]int{start, to})
}

func trim(text string, from, to int) (int, int) {
	s := text[from:to]
	left := len(s) - len(strings.TrimLeft(s, " \t\n\r"))
	return from + left, from + max(left, len(strings.TrimRight(s, " \t\n\r")))
}

// unwrap trims text[from:to] and takes away parentheses around all of it.
func unwrap(text string, from, to int) (int, int) {
	from, to = trim(text, from, to)
	if to-from < 2 || text[from] != '(' || text[to-1] != ')' {
		return from, to
	}
	depth, quoted := 0, false
	for i := from; i < to-1; i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return from, to // the first one closes before the end: (a) AND (b)
			}
		}
	}
	return trim(text, from+1, to-1)
}
