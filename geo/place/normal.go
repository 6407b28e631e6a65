package place

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not take apart into a base and a mark.
var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th",
	'ħ': "h", 'ł': "l", 'ı': "i", 'ŋ': "n", 'ŧ': "t", 'ſ': "s",
}

// normal gives a text as it is compared: compatibility forms (full-width ones
// too) made plain, small letters, no diacritics, and one space for whatever
// separates words. Apostrophes and dots join: "St. Mary's" and "US" for "U.S.".
func normal(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == '`', r == '.', r == 'ʻ':
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		if plain, ok := letters[r]; ok {
			b.WriteString(plain)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// unspaced tells the scripts that write no spaces between words; their names are
// found by any part of them.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// split cuts a normal text into words. A run of an unspaced script is one word,
// and what else touches it another: "g6京藏高速" is "g6" and "京藏高速".
func split(text string) (words []string) {
	start, in := 0, false
	for i, r := range text {
		if is := unspaced(r); r == ' ' || i > start && is != in {
			if i > start {
				words = append(words, text[start:i])
			}
			start = i
			if r == ' ' {
				start++
			}
			in = is
		} else {
			in = is
		}
	}
	if start < len(text) {
		words = append(words, text[start:])
	}
	return words
}

// han reports whether a word is of an unspaced script.
func han(word string) bool {
	for _, r := range word {
		return unspaced(r)
	}
	return false
}
