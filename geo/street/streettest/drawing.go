// Package streettest draws street networks for tests, so that a case can be
// seen:
//
//	a---b---c
//	|       |
//	d--->---e   f
//
// Letters and digits are junctions, one character is 10 m. What joins them:
//
//   - |   a street for all
//     .  :   a footway, across and down
//     =  "   a busway, across and down (buses, emergency)
//     > < ^ v  on a street make it one-way for all but feet
//   - a bend, where two lines of the same kind meet
//
// So the letter v is no junction; V is. Lines end at junctions; two streets that
// cross need a junction there. Junctions side by side are not joined.
package streettest

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// Origin is where the top left character of every drawing lies.
var Origin = orb.Point{-75.55, 39.74}

// Character is the ground that one character of a drawing covers, both ways.
const Character geo.Metres = 10

// A Drawing is a network being drawn: change Parts, ban turns, then Build.
type Drawing struct {
	Parts street.Parts
	at    map[rune]street.JunctionID
}

// Draw builds the network of a drawing. edits change it before it is built. at
// finds junctions by letter and fails the test on a letter that is not drawn.
func Draw(t testing.TB, drawing string, edits ...func(*Drawing)) (n *street.Network, at func(rune) street.JunctionID) {
	t.Helper()
	d, err := Parse(drawing)
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range edits {
		edit(d)
	}
	if n, err = street.Build(d.Parts); err != nil {
		t.Fatal(err)
	}
	return n, func(letter rune) street.JunctionID {
		t.Helper()
		j, ok := d.at[letter]
		if !ok {
			t.Fatalf("no junction %q in the drawing", letter)
		}
		return j
	}
}

// At is the junction drawn as that letter. It panics when there is none: in a
// test that is a bug of the test.
func (d *Drawing) At(letter rune) street.JunctionID {
	j, ok := d.at[letter]
	if !ok {
		panic(fmt.Sprintf("no junction %q in the drawing", letter))
	}
	return j
}

// Find is At for letters that may not be drawn.
func (d *Drawing) Find(letter rune) (j street.JunctionID, drawn bool) {
	j, drawn = d.at[letter]
	return j, drawn
}

// ID is the number of the segment between two letters; of several, the one that
// leaves the letter read first to the right, else down, left, up. It panics when
// there is none.
func (d *Drawing) ID(from, to rune) street.SegmentID {
	a, b := d.At(from), d.At(to)
	for i, s := range d.Parts.Segments {
		if s.From == a && s.To == b || s.From == b && s.To == a {
			return street.SegmentID(i)
		}
	}
	panic(fmt.Sprintf("no street from %q to %q in the drawing", from, to))
}

// Segment is the segment between two letters, to be changed.
func (d *Drawing) Segment(from, to rune) *street.Segment {
	return &d.Parts.Segments[d.ID(from, to)]
}

// Name gives the streets along the letters of path a name.
func (d *Drawing) Name(name, path string) {
	d.Parts.Names = append(d.Parts.Names, street.Name{Default: name})
	letters := []rune(path)
	for i := 1; i < len(letters); i++ {
		d.Segment(letters[i-1], letters[i]).Name = street.NameID(len(d.Parts.Names) - 1)
	}
}

// Ban forbids everybody but feet to go along the letters of path, three or more
// of them: "abc" is no turn at b for those who come from a and would go to c.
// With four letters and more, the streets in between are via ways.
func (d *Drawing) Ban(path string) { d.restrict(path, false) }

// Only makes everybody but feet who goes along the letters of path up to the
// last but one go on to the last.
func (d *Drawing) Only(path string) { d.restrict(path, true) }

func (d *Drawing) restrict(path string, only bool) {
	l := []rune(path)
	r := street.Restriction{
		From: d.ID(l[0], l[1]), Via: d.At(l[1]), To: d.ID(l[len(l)-2], l[len(l)-1]),
		Only: only, For: street.AllVehicles &^ street.Foot, Relation: int64(len(d.Parts.Restrictions) + 1),
	}
	for i := 2; i < len(l)-1; i++ {
		r.ViaWays = append(r.ViaWays, d.ID(l[i-1], l[i]))
	}
	d.Parts.Restrictions = append(d.Parts.Restrictions, r)
}

// Place is the position of the character in that column and row of a drawing,
// both from 0; halves are halfway to the next.
func Place(column, row float64) orb.Point {
	lonM, latM := geo.MetresPerDegree(Origin[1])
	return orb.Point{
		Origin[0] + column*float64(Character/lonM),
		Origin[1] - row*float64(Character/latM),
	}
}

// isJunction says whether a character is a junction of its own.
func isJunction(c rune) bool {
	return c != 'v' && (unicode.IsLetter(c) || unicode.IsDigit(c))
}

// trim takes the empty lines around a drawing away.
func trim(drawing string) [][]rune {
	lines := strings.Split(strings.Trim(drawing, "\n"), "\n")
	rows := make([][]rune, len(lines))
	for i, line := range lines {
		rows[i] = []rune(strings.TrimRight(line, " \t\r"))
	}
	return rows
}
