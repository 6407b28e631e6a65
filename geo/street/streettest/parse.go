package streettest

import (
	"fmt"

	"citygrid/geo"
	"citygrid/geo/street"
)

// Limits of a drawing, so that a fuzzer's doesn't leave the earth.
const (
	maxRows    = 10_000
	maxColumns = 10_000
)

// Parse reads a drawing. An error names the character, its line and column from
// 1, not counting the empty lines before the drawing.
func Parse(drawing string) (*Drawing, error) {
	p := parser{rows: trim(drawing), used: make(map[cell]bool)}
	p.at = make(map[rune]street.JunctionID)
	p.Parts.Names = []street.Name{{}}
	p.Parts.Rules = []street.Rules{{}}
	if len(p.rows) > maxRows {
		return nil, fmt.Errorf("drawing has %d lines, %d is the most", len(p.rows), maxRows)
	}
	for row, line := range p.rows {
		if len(line) > maxColumns {
			return nil, fmt.Errorf("drawing has a line of %d characters, %d is the most", len(line), maxColumns)
		}
		for column, c := range line {
			if isJunction(c) {
				if _, twice := p.at[c]; twice {
					return nil, p.wrong(cell{column, row}, "is drawn twice")
				}
				p.at[c] = street.JunctionID(len(p.Parts.Junctions))
				p.Parts.Junctions = append(p.Parts.Junctions, street.Junction{
					At: street.FixedPoint(Place(float64(column), float64(row))), Node: int64(len(p.Parts.Junctions) + 1),
				})
			}
		}
	}
	for row, line := range p.rows {
		for column, c := range line {
			if !isJunction(c) {
				continue
			}
			for _, step := range []cell{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
				if err := p.follow(cell{column, row}, step); err != nil {
					return nil, err
				}
			}
		}
	}
	for row, line := range p.rows {
		for column, c := range line {
			if c != ' ' && !isJunction(c) && !p.used[cell{column, row}] {
				return nil, p.wrong(cell{column, row}, "does not lead to a junction")
			}
		}
	}
	return &p.Drawing, nil
}

// A cell is a place in the drawing, or a step from one to the next.
type cell struct{ column, row int }

func (c cell) plus(d cell) cell { return cell{c.column + d.column, c.row + d.row} }

type parser struct {
	Drawing
	rows [][]rune
	used map[cell]bool // characters that some street was drawn with
}

func (p *parser) char(c cell) rune {
	if c.row < 0 || c.row >= len(p.rows) || c.column < 0 || c.column >= len(p.rows[c.row]) {
		return ' '
	}
	return p.rows[c.row][c.column]
}

func (p *parser) wrong(c cell, why string) error {
	return fmt.Errorf("drawing, line %d, column %d: %q %s", c.row+1, c.column+1, p.char(c), why)
}

// The kinds of line, with the characters that draw them across and down.
var kinds = []struct {
	across, down rune
	class        street.Class
	vehicles     street.Vehicles
}{
	{'-', '|', street.Residential, street.AllVehicles &^ street.Boat},
	{'.', ':', street.Footway, street.Foot},
	{'=', '"', street.Busway, street.Bus | street.Emergency},
}

// line reads a character as part of a line in the direction of step: which kind
// (-1 = an arrowhead, which fits any) and which way an arrowhead points (1 along
// the step, -1 against). ok is false when it is none, or one across the step.
func line(c rune, step cell) (kind, arrow int, ok bool) {
	if step.row == 0 {
		switch c {
		case '>':
			return -1, step.column, true
		case '<':
			return -1, -step.column, true
		}
	} else {
		switch c {
		case 'v':
			return -1, step.row, true
		case '^':
			return -1, -step.row, true
		}
	}
	for i, k := range kinds {
		if step.row == 0 && c == k.across || step.row != 0 && c == k.down {
			return i, 0, true
		}
	}
	return 0, 0, false
}

// follow walks from a junction in one direction, over bends, to the next
// junction, and adds the street it walked. Streets already drawn from their
// other end are left alone.
func (p *parser) follow(from, step cell) error {
	at := from.plus(step)
	if _, _, ok := line(p.char(at), step); p.used[at] || !ok && p.char(at) != '+' {
		return nil
	}
	kind, arrow, length := -1, 0, 1
	points := []cell{from}
	for ; !isJunction(p.char(at)); at, length = at.plus(step), length+1 {
		c := p.char(at)
		if p.used[at] {
			return p.wrong(at, "belongs to two streets")
		}
		p.used[at] = true
		if c == '+' {
			next, err := p.turn(at, step)
			if err != nil {
				return err
			}
			points, step = append(points, at), next
			continue
		}
		k, a, ok := line(c, step)
		switch {
		case !ok:
			return p.wrong(at, "does not go on with the street that leads to it")
		case k >= 0 && kind >= 0 && k != kind:
			return p.wrong(at, "is another kind of street than the one it goes on with")
		case a != 0 && arrow != 0 && a != arrow:
			return p.wrong(at, "points against an arrowhead before")
		case k >= 0:
			kind = k
		}
		if a != 0 {
			arrow = a
		}
	}
	if kind < 0 {
		kind = 0 // drawn with arrowheads and bends only
	}
	p.add(append(points, at), kind, arrow, length)
	return nil
}

// turn finds how the line goes on behind a bend.
func (p *parser) turn(at, step cell) (next cell, err error) {
	found := 0
	for _, s := range []cell{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
		if s == (cell{-step.column, -step.row}) {
			continue
		}
		c := p.char(at.plus(s))
		if _, _, ok := line(c, s); ok || c == '+' || isJunction(c) {
			next = s
			found++
		}
	}
	if found != 1 {
		return cell{}, p.wrong(at, fmt.Sprintf("goes on in %d directions; a crossing needs a junction", found))
	}
	return next, nil
}

func (p *parser) add(points []cell, kind, arrow, length int) {
	k := kinds[kind]
	s := street.Segment{
		Way:  int64(len(p.Parts.Segments) + 1),
		From: p.at[p.char(points[0])], To: p.at[p.char(points[len(points)-1])],
		Shape: uint32(len(p.Parts.Shape)), Points: uint32(len(points)),
		LengthM: float32(geo.Metres(length) * Character),
		Forward: k.vehicles, Backward: k.vehicles, Class: k.class,
	}
	switch arrow {
	case 1:
		s.Backward &= street.Foot
	case -1:
		s.Forward &= street.Foot
	}
	for _, c := range points {
		p.Parts.Shape = append(p.Parts.Shape, street.FixedPoint(Place(float64(c.column), float64(c.row))))
	}
	p.Parts.Segments = append(p.Parts.Segments, s)
}
