package place

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// A reader knows how characters may be read. Every reading counts as right, the
// likely and the rare (行 is xing and hang, 重 zhong and chong), as a person who
// types pinyin means a name they know, and a wrong extra hit costs them nothing.
// It is filled while an Index is built, then only read.
type reader map[rune][]string

// learn looks up the readings of the text's characters.
func (d reader) learn(text string) {
	how := pinyin.NewArgs()
	how.Heteronym = true
	for _, r := range text {
		if _, known := d[r]; known {
			continue
		}
		var readings []string
		if unspaced(r) {
			for _, s := range pinyin.SinglePinyin(r, how) {
				readings = append(readings, s)
				if strings.Contains(s, "v") { // lü is typed lv, and lu where the dots are lost
					readings = append(readings, strings.Replace(s, "v", "u", 1))
				}
			}
		}
		slices.Sort(readings)
		readings = slices.Compact(readings)
		d[r] = append(readings, string(r)) // a character stands for itself too
	}
}

// neverInside are the letters that only start syllables: each of them in a query
// is the initial of a character. It sifts out nearly all names.
const neverInside = "bcdfjklmpqstwxyz"

// initialsOf is the set of letters of neverInside that may start a reading of one
// of the text's characters.
func (d reader) initialsOf(text string) (set uint32) {
	for _, r := range text {
		for _, reading := range d[r] {
			set |= letterBit(reading[0])
		}
	}
	return set
}

// initialsIn is the set of letters that must be initials in the query.
func initialsIn(query string) (set uint32) {
	for i := range len(query) {
		if strings.IndexByte(neverInside, query[i]) >= 0 {
			set |= letterBit(query[i])
		}
	}
	return set
}

func letterBit(b byte) uint32 {
	if b < 'a' || b > 'z' {
		return 0
	}
	return 1 << (b - 'a')
}

// pinyinLimit is the longest query that can be pinyin, in bytes: the bits of a word.
const pinyinLimit = 63

// How a query reads a name.
type reading struct {
	ok        bool
	initials  bool // some characters are given by their initials only
	from      int  // the character it starts at
	toTheEnd  bool // it covers the name from there to its end
	wholeLast bool // and its last syllable wholly
}

// reads matches a query in pinyin, without spaces, with a part of a name that
// starts at any character. The last syllable may be cut short ("wangfuj"). With
// initials, characters may be given by first letters, and mixed ("wfj", "wangfj").
func (d reader) reads(query string, name []rune, initials bool) reading {
	for from := range name {
		// Bit i of at: the characters so far may read as the first i bytes.
		at := uint64(1)
		for i, r := range name[from:] {
			next, done, whole := d.step(query, r, at, initials)
			if done {
				return reading{true, initials, from, from+i == len(name)-1, whole}
			}
			if next == 0 {
				break
			}
			at = next
		}
	}
	return reading{}
}

// step reads one more character from each of the places in the query where the
// one before may have ended. done says that the query ends within it, whole that
// the character is read wholly.
func (d reader) step(query string, r rune, at uint64, initials bool) (next uint64, done, whole bool) {
	for i := range query {
		if at&(1<<i) == 0 {
			continue
		}
		rest := query[i:]
		for _, s := range d[r] {
			switch {
			case rest == s:
				return 0, true, true
			case strings.HasPrefix(s, rest):
				done = true
			case strings.HasPrefix(rest, s):
				next |= 1 << (i + len(s))
			}
			if !initials || s[0] != rest[0] {
				continue
			}
			next |= 1 << (i + 1)
			if len(rest) > 1 && len(s) > 1 && s[1] == 'h' && rest[1] == 'h' {
				next |= 1 << (i + 2)
			}
		}
	}
	return next, done, false
}
