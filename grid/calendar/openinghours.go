package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ParseOpeningHours reads the practical part of OpenStreetMap's opening_hours
// syntax (https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification):
//
//	24/7                                        always
//	Mo-Fr 07:00-19:00; PH off                   holidays need a table of Days
//	Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-13:00
//	Apr-Sep 20:00-02:00                         ends on the next day
//	Dec 24-Jan 02: off                          a season of every year
//	2026 Oct 1-7 off; 2026+ Mo 06:00-10:00      dates
//	Tu[1,-1] 08:00-10:00                        first and last Tuesday of the month
//	Mo-Su 08:00-20:00; 12:00-13:00 off
//
// A rule after ";" replaces, on its dates, what stands before it; one after ","
// adds; "off" with times removes those. A window belongs to the date it begins on (see the package).
//
// Refused with ErrUnsupported and the reason: sunrise and sunset (a calendar has
// no place), open ends (17:00+), points in time, weeks, Easter, school holidays,
// "unknown", fallbacks (||) and day offsets. The error is an *Error.
func ParseOpeningHours(text string) ([]Rule, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	return parseHours(text, 0, len(text))
}

// parseHours reads text[from:to]; errors count characters of the whole text.
func parseHours(text string, from, to int) ([]Rule, error) {
	tokens, err := lex(text, from, to)
	if err != nil {
		return nil, err
	}
	p := &hours{text: text, tokens: tokens}
	var out []Rule
	for separator := ';'; ; {
		if p.take(';') {
			separator = ';'
			continue
		}
		if p.peek().kind == 0 {
			break
		}
		rules, err := p.rule(separator, out)
		if err != nil {
			return nil, err
		}
		if out = append(out, rules...); len(out) > MaxRules {
			return nil, &Error{Rule: ErrTooLarge, What: fmt.Sprintf("more than %d rules", MaxRules)}
		}
		switch end := p.next(); end.kind {
		case 0, ';', ',':
			separator = end.kind
		case '|':
			return nil, p.fault(ErrUnsupported, end, "fallbacks with || are not supported", "write the hours that hold")
		default:
			return nil, p.unexpected(end)
		}
		if separator == 0 {
			break
		}
	}
	if len(out) == 0 {
		return nil, textError(ErrEmpty, text, from, "there are no hours", "write some as Mo-Fr 07:00-19:00, or 24/7")
	}
	for i, r := range out {
		if err := r.check(); err != nil {
			return nil, under(fmt.Sprintf("rule %d", i+1), err)
		}
	}
	return out, nil
}

// hours reads tokens one after another.
type hours struct {
	text   string
	tokens []token // the last one is the end and is never passed
	i      int

	years [2]int // first and last of the years that a list of dates is in; 0 = every year
}

func (p *hours) ahead(n int) token { return p.tokens[min(p.i+n, len(p.tokens)-1)] }
func (p *hours) peek() token       { return p.ahead(0) }

func (p *hours) next() token {
	t := p.peek()
	p.i = min(p.i+1, len(p.tokens)-1)
	return t
}

func (p *hours) take(kind rune) bool {
	if p.peek().kind != kind {
		return false
	}
	p.next()
	return true
}

func (p *hours) fault(rule error, t token, what, mend string) error {
	return textError(rule, p.text, t.at, what, mend)
}

// rule reads up to the separator that follows; before are the rules read so far.
func (p *hours) rule(separator rune, before []Rule) ([]Rule, error) {
	start := p.i
	var days []Rule // one for each kind of selector that a Rule can hold at once
	var err error
	if p.alwaysOpen() {
		days = []Rule{{}}
	} else if days, err = p.selectors(); err != nil {
		return nil, err
	}
	windows, err := p.times()
	if err != nil {
		return nil, err
	}
	off := false
	if t := p.peek(); t.kind == 'w' {
		switch strings.ToLower(t.text) {
		case "off", "closed":
			off = true
			p.next()
		case "open":
			p.next()
		case "unknown":
			return nil, p.fault(ErrUnsupported, t, "a calendar holds or doesn't: unknown is not supported", "write open or off")
		}
	}
	if p.i == start {
		return nil, p.unexpected(p.peek())
	}
	p.take('"') // a comment says for whom or why, not when
	do := Add
	switch {
	case off && len(windows) > 0:
		do = Remove
	case off:
		do = Replace
	default:
		if len(windows) == 0 {
			windows = []Window{AllDay}
		}
		if separator == ';' {
			do = Replace
		}
	}
	for i := range days {
		r := &days[i]
		r.Do, r.Windows = do, slices.Clone(windows)
		if do == Replace && !off && !slices.ContainsFunc(before, r.meets) {
			r.Do = Add // nothing there to replace; adding is easier to read and to edit
		}
	}
	return days, nil
}

func (p *hours) alwaysOpen() bool {
	if p.peek().text != "24" || p.ahead(1).kind != '/' || p.ahead(2).text != "7" {
		return false
	}
	p.next()
	p.next()
	p.next()
	return true
}

// meets tells whether two rules may be about the same date. It may say yes where
// they aren't.
func (r *Rule) meets(other Rule) bool {
	if a, b := r.Weekdays, other.Weekdays; a != 0 && b != 0 && (a|b)&PublicHoliday == 0 && a&b == 0 {
		return false
	}
	a, b := r.compile().season, other.compile().season
	if a == nil || b == nil {
		return true
	}
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}

// times reads the windows of a rule, if there are any.
func (p *hours) times() ([]Window, error) {
	var out []Window
	for {
		if p.peek().kind != 'n' && !p.atSun() {
			return out, nil
		}
		w, err := p.window()
		if err != nil {
			return nil, err
		}
		out = append(out, w)
		if p.peek().kind != ',' || !p.clockAhead(1) {
			return out, nil
		}
		p.next()
	}
}

func (p *hours) window() (Window, error) {
	start := p.peek()
	from, err := p.clock()
	if err != nil {
		return Window{}, err
	}
	switch t := p.next(); t.kind {
	case '-':
	case '+':
		return Window{}, p.fault(ErrUnsupported, t, "an open end is not supported", "write when it ends")
	default:
		return Window{}, p.fault(ErrUnsupported, start, "a point in time is no window", "write from-to as 07:00-19:00")
	}
	to, err := p.clock()
	if err != nil {
		return Window{}, err
	}
	switch t := p.peek(); t.kind {
	case '+':
		return Window{}, p.fault(ErrUnsupported, t, "an open end is not supported", "leave the + away")
	case '/':
		return Window{}, p.fault(ErrUnsupported, t, "points at intervals are not supported", "write from-to as 07:00-19:00")
	}
	w, err := makeWindow(from, to)
	if err != nil {
		return Window{}, under(fmt.Sprintf("character %d", len([]rune(p.text[:start.at]))+1), err)
	}
	return w, nil
}

// clock reads 7:00 or 07:00, up to 48:00.
func (p *hours) clock() (Minute, error) {
	if t := p.peek(); p.atSun() || t.kind == '(' {
		return 0, p.fault(ErrUnsupported, t, fmt.Sprintf("%v depends on the sun, and a calendar has no place on earth", t), "write clock times")
	}
	h := p.next()
	if h.kind != 'n' {
		return 0, p.unexpected(h)
	}
	if p.peek().kind != ':' || p.ahead(1).kind != 'n' {
		return 0, p.fault(ErrSyntax, h, fmt.Sprintf("%v is no time of day", h), "write hours and minutes as 07:00")
	}
	p.next()
	m := p.next()
	at := h.number()*60 + m.number()
	if len(h.text) > 2 || len(m.text) != 2 || m.number() > 59 || at > 2*dayMinutes {
		return 0, p.fault(ErrRange, h, fmt.Sprintf("%q is no time of day", clip(h.text+":"+m.text)), "write hours and minutes as 07:00")
	}
	return Minute(at), nil
}

// atSun tells whether a time that depends on the sun is next.
func (p *hours) atSun() bool { return isSun(p.peek()) || p.peek().kind == '(' && isSun(p.ahead(1)) }

func isSun(t token) bool {
	return t.kind == 'w' && slices.Contains([]string{"sunrise", "sunset", "dawn", "dusk"}, strings.ToLower(t.text))
}

// clockAhead tells whether a time of day stands n tokens ahead. In "Jan 2: 08:00"
// the 2 is none, though a colon and a number follow.
func (p *hours) clockAhead(n int) bool {
	t, next := p.ahead(n), p.ahead(n+1)
	return t.kind == 'n' && next.kind == ':' && p.ahead(n+2).kind == 'n' && p.ahead(n+3).kind != ':' ||
		isSun(t) || t.kind == '(' && isSun(next)
}

// unexpected explains a token that fits nowhere, with a hint for the mistakes
// people make.
func (p *hours) unexpected(t token) error {
	what := fmt.Sprintf("%v is not understood", t)
	if t.kind != 'w' {
		return p.fault(ErrSyntax, t, what, "write as in Mo-Fr 07:00-19:00; PH off")
	}
	switch word := strings.ToLower(t.text); {
	case word == "week":
		return p.fault(ErrUnsupported, t, "numbers of weeks are not supported", "write dates, or weekdays of the month as Mo[1]")
	case word == "easter":
		return p.fault(ErrUnsupported, t, "Easter is not supported", "put its dates into the table of holidays, or write them out")
	case word == "sh":
		return p.fault(ErrUnsupported, t, "there is no table of school holidays", "write their dates")
	case word == "am" || word == "pm":
		return p.fault(ErrSyntax, t, what, "write times of 24 hours, as 19:00")
	case word == "and" || word == "to" || word == "bis" || word == "until":
		return p.fault(ErrSyntax, t, what, "write ranges with - and lists with ,")
	}
	for _, name := range longNames {
		if len(t.text) > 2 && strings.HasPrefix(name, strings.ToLower(t.text)) {
			return p.fault(ErrSyntax, t, what, "write days with two letters and months with three: Mo Tu We Th Fr Sa Su, Jan Feb ...")
		}
	}
	return p.fault(ErrSyntax, t, what, "write as in Mo-Fr 07:00-19:00; PH off")
}

var longNames = func() (names []string) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		names = append(names, strings.ToLower(d.String()))
	}
	for m := time.January; m <= time.December; m++ {
		names = append(names, strings.ToLower(m.String()))
	}
	return append(names, "holiday")
}()
