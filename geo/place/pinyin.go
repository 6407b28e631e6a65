package place

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// A reader knows how characters may be read. Every reading counts as right, the
// likely and the rare (行 is xing and hang, 重 zhong and chong), as a person who
// types pinyin means a name they know, and a wrong extra hit costs them nothing.
// It is filled while an Index is built, then only read.
type reader struct {
	number map[rune]character
	// By character:
	readings [][]string // the character itself is the last
	starts   []uint32   // which letters they start with
}

// A character numbers the distinct characters of a reader's names.
type character uint16

// learn gives the text in characters, and looks up the readings of new ones. Once
// there are too many for a number, which real names can't come near, the text
// ends at a new one.
func (d *reader) learn(text string) (characters []character) {
	how := pinyin.NewArgs()
	how.Heteronym = true
	for _, r := range text {
		n, known := d.number[r]
		if !known {
			if len(d.readings) > math.MaxUint16 {
				break
			}
			n = character(len(d.readings))
			d.number[r] = n
			d.add(r, how)
		}
		characters = append(characters, n)
	}
	return characters
}

func (d *reader) add(r rune, how pinyin.Args) {
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
	readings = append(slices.Compact(readings), string(r))
	var starts uint32
	for _, s := range readings {
		starts |= letterBit(s[0])
	}
	d.readings = append(d.readings, readings)
	d.starts = append(d.starts, starts)
}

// neverInside are the letters that only start syllables: each of them in a query
// is the initial of a character. It sifts out nearly all names.
const neverInside = "bcdfjklmpqstwxyz"

// initialsOf is the set of letters that a reading of one of the characters starts
// with.
func (d *reader) initialsOf(name []character) (set uint32) {
	for _, c := range name {
		set |= d.starts[c]
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

// letterBit has one bit for each letter, and one for all other bytes.
func letterBit(b byte) uint32 {
	if b < 'a' || b > 'z' {
		return 1 << 26
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
func (d *reader) reads(query string, name []character, initials bool) reading {
	first := letterBit(query[0])
	for from := range name {
		// Bit i of at: the characters so far may read as the first i bytes.
		at := uint64(1)
		if d.starts[name[from]]&first == 0 {
			continue
		}
		for i, c := range name[from:] {
			next, done, whole := d.step(query, c, at, initials)
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
func (d *reader) step(query string, c character, at uint64, initials bool) (next uint64, done, whole bool) {
	for ; at != 0; at &= at - 1 {
		i := bits.TrailingZeros64(at)
		rest := query[i:]
		if d.starts[c]&letterBit(rest[0]) == 0 {
			continue
		}
		for _, s := range d.readings[c] {
			switch {
			case s[0] != rest[0]:
				continue
			case rest == s:
				return 0, true, true
			case strings.HasPrefix(s, rest):
				done = true
			case strings.HasPrefix(rest, s):
				next |= 1 << (i + len(s))
			}
			if !initials || s[0] >= utf8.RuneSelf {
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
