package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is the longest opening_hours or conditional text that is read, in
// bytes. OpenStreetMap's own limit on a value is 255 characters.
const MaxText = 4096

// A token is a word, a number, a quoted comment or a sign of an opening_hours
// text.
type token struct {
	kind rune // 'w' word, 'n' number, '"' comment, 0 the end, else the sign itself
	text string
	at   int // byte offset in the whole text
}

// lex cuts text[from:to] into tokens, the last of kind 0.
func lex(text string, from, to int) ([]token, error) {
	var out []token
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		start := i
		switch {
		case unicode.IsSpace(r):
			i += n
			continue
		case r == '"':
			length := strings.IndexByte(text[i+1:to], '"')
			if length < 0 {
				return nil, textError(ErrSyntax, text, i, "a comment without its closing quote", `add "`)
			}
			i += length + 2
			out = append(out, token{'"', text[start:i], start})
			continue
		case r >= '0' && r <= '9':
			i += lengthOf(text[i:to], func(r rune) bool { return r >= '0' && r <= '9' })
			out = append(out, token{'n', text[start:i], start})
			continue
		case unicode.IsLetter(r):
			i += lengthOf(text[i:to], func(r rune) bool { return unicode.IsLetter(r) || r == '_' })
			out = append(out, token{'w', text[start:i], start})
			continue
		case r == '–' || r == '—': // what typists and word processors make of a hyphen
			r = '-'
		case r == '|' && strings.HasPrefix(text[i:to], "||"):
			n = 2
		}
		i += n
		out = append(out, token{r, text[start:i], start})
	}
	return append(out, token{0, "", to}), nil
}

func lengthOf(s string, in func(rune) bool) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); n >= 0 {
		return n
	}
	return len(s)
}

// number is the value of a number token; numbers too long to be any date or
// time come out as a value out of every range.
func (t token) number() int {
	n, err := strconv.Atoi(t.text)
	if err != nil {
		return 1 << 30
	}
	return n
}

func (t token) String() string {
	if t.kind == 0 {
		return "the end"
	}
	return fmt.Sprintf("%q", clip(t.text))
}

func textError(rule error, text string, at int, what, mend string) error {
	return &Error{Rule: rule, Where: fmt.Sprintf("character %d", utf8.RuneCountInString(text[:at])+1), What: what, Mend: mend}
}

func checkText(text string) error {
	if len(text) > MaxText {
		return &Error{Rule: ErrTooLarge, What: fmt.Sprintf("%d bytes of text, the limit is %d", len(text), MaxText)}
	}
	if !utf8.ValidString(text) {
		return &Error{Rule: ErrSyntax, What: "the text is not UTF-8", Mend: "save it as UTF-8"}
	}
	return nil
}
