package audit

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The longest each text may be, in bytes. Longer ones are cut: a stranger who
// sends a login of a megabyte must not keep the refusal out of the log.
const (
	maxWho    = 64
	maxFrom   = 64
	maxVerb   = 64
	maxObject = 256
	maxDetail = 2048
)

// ErrNoVerb refuses an act that does not say what was done.
var ErrNoVerb = errors.New("audit: an act needs a verb")

// Clean is a as it goes into the log: in UTC, valid UTF-8, without control
// characters (a log is read in terminals too), nothing too long.
func (a Act) Clean() (Act, error) {
	if a.Verb == "" {
		return a, ErrNoVerb
	}
	a.At = a.At.Round(0).UTC()
	if a.At.Year() < 1970 || a.At.Year() > 2200 {
		a.At = time.Unix(0, 0).UTC() // a broken clock; the order is in the sequence
	}
	a.Who = clean(a.Who, maxWho)
	a.From = clean(a.From, maxFrom)
	a.Verb = clean(a.Verb, maxVerb)
	a.Object = clean(a.Object, maxObject)
	a.Detail = clean(a.Detail, maxDetail)
	return a, nil
}

func clean(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, s)
	if len(s) <= limit {
		return s
	}
	const cut = "…"
	end := limit - len(cut)
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + cut
}
