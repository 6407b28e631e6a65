package place

import (
	"strings"

	"github.com/paulmach/orb"
)

// A Query asks for places.
type Query struct {
	Text  string
	Near  orb.Point // among equal matches the nearer come first; the zero Point = no matter where
	Lang  string    // of a place's names that match equally, the one in this language is shown; "" = OSM's name
	Limit int       // how many hits at most; 0 = 10, never more than 100
}

// Limits on a query. What is beyond them is not looked at.
const (
	textLimit  = 512 // bytes as typed
	wordsLimit = 8
	wordLimit  = 48 // bytes
)

func (q *Query) limit() int {
	if q.Limit <= 0 {
		return 10
	}
	return min(q.Limit, 100)
}

// A wish is one way to understand a query: the words of a name, and perhaps a
// house number and the settlement that it must lie in.
type wish struct {
	words  []string
	number string
	in     string // normal
}

// wishes lists the ways to understand a text, the plain one first.
func (x *Index) wishes(text string) []wish {
	if len(text) > textLimit {
		text = text[:textLimit]
	}
	words := split(normal(text))
	for i, w := range words {
		if len(w) > wordLimit {
			words[i] = strings.ToValidUTF8(w[:wordLimit], "")
		}
	}
	words = words[:min(len(words), wordsLimit)]
	if len(words) == 0 {
		return nil
	}
	wishes := []wish{{words: words}}
	wishes = append(wishes, x.inTown(wishes[0])...)
	for _, w := range numbered(words) {
		wishes = append(wishes, w)
		wishes = append(wishes, x.inTown(w)...)
	}
	return wishes
}

// numbered reads a number at either end of the words as a house number, and 12号
// as one anywhere. The other words name the street.
func numbered(words []string) (wishes []wish) {
	without := func(from, to int) []string {
		return append(append([]string(nil), words[:from]...), words[to:]...)
	}
	for i, w := range words {
		if !houseNumber(w) {
			continue
		}
		to := i + 1
		sign := to < len(words) && (words[to] == "号" || words[to] == "號" || words[to] == "号院" || words[to] == "号楼")
		if sign {
			to++
		}
		if rest := without(i, to); len(rest) > 0 && (sign || i == 0 || i == len(words)-1) {
			wishes = append(wishes, wish{words: rest, number: w})
		}
	}
	// Digits and a letter apart: "12 a main st", "main st 12 a".
	return wishes[:min(len(wishes), 2)]
}

// houseNumber tells whether a word can be one: up to six digits and a letter.
func houseNumber(w string) bool {
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
	if len(digits) == 0 || len(digits) > 6 || len(w)-len(digits) > 1 {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// inTown reads the end of the words, or in Chinese their beginning, as the
// settlement, where that is the name of one and leaves a name.
func (x *Index) inTown(w wish) (wishes []wish) {
	for i := 1; i < len(w.words); i++ {
		end := strings.Join(w.words[i:], " ")
		for _, town := range x.towns[w.words[i]] {
			if town == end {
				return []wish{{words: w.words[:i], number: w.number, in: town}}
			}
		}
	}
	first := w.words[0]
	if !han(first) {
		return nil
	}
	for start := len(first) - 1; start > 0; start-- {
		for _, suffix := range [...]string{"", "市", "区", "县", "镇"} {
			town, is := strings.CutSuffix(first[:start], suffix)
			if !is || town == "" {
				continue
			}
			for _, name := range x.towns[town] {
				if name == town {
					words := append([]string{first[start:]}, w.words[1:]...)
					return []wish{{words: words, number: w.number, in: town}}
				}
			}
		}
	}
	return nil
}
