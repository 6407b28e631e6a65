package grid

import (
	"fmt"
	"iter"
	"math"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// Limits of one area. The bureau of a county has some hundred areas; these are
// set where only a mistake or an attack goes.
const (
	MaxAreas          = 10_000
	MaxBoundaryPoints = 200_000
	maxCode           = 32
	maxName           = 200
	maxNames          = 20
)

// Level is how far below the bureau a kind stands, from 0; -1 for a kind that
// does not exist. A parent's level is above its child's, so there is no circle.
func (k AreaKind) Level() int {
	switch k {
	case Bureau:
		return 0
	case Town:
		return 1
	case Community:
		return 2
	case Station:
		return 3
	}
	return -1
}

// Check reports the first rule that a by itself breaks, as an *AreaError.
func (a Area) Check() error {
	bad := func(field, format string, args ...any) error {
		return &AreaError{Area: a.ID, Field: field, What: fmt.Sprintf(format, args...), Rule: ErrArea}
	}
	if a.Kind.Level() < 0 {
		return bad("kind", "%q is not one of bureau, town, community, station", a.Kind)
	}
	if (a.Kind == Bureau) != (a.Parent == 0) {
		return bad("parent", "the bureau, and only the bureau, has no parent")
	}
	if len(a.Code) > maxCode || !Printable(a.Code) {
		return bad("code", "must be at most %d printable characters", maxCode)
	}
	if len(a.Name) == 0 || len(a.Name) > maxNames {
		return bad("name", "must be given in at least one language and at most %d", maxNames)
	}
	for lang, name := range a.Name {
		if lang == "" || len(lang) > 35 || !Printable(lang) { // 35: RFC 5646, 4.4.1
			return bad("name", "%q is not a language tag", lang)
		}
		if name == "" || utf8.RuneCountInString(name) > maxName || !Printable(name) {
			return bad("name", "the name in %s must be 1 to %d printable characters", lang, maxName)
		}
	}
	return a.checkBoundary(bad)
}

func (a Area) checkBoundary(bad func(field, format string, args ...any) error) error {
	points := 0
	for p, polygon := range a.Boundary {
		if len(polygon) == 0 {
			return bad("boundary", "polygon %d is empty", p)
		}
		for r, ring := range polygon {
			points += len(ring)
			if points > MaxBoundaryPoints {
				return bad("boundary", "more than %d points: simplify it", MaxBoundaryPoints)
			}
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return bad("boundary", "ring %d of polygon %d must have at least 4 points and end where it starts", r, p)
			}
			for i, at := range ring {
				if !onEarth(at) {
					return bad("boundary", "point %d of ring %d of polygon %d is not a longitude and latitude: %v", i, r, p, at)
				}
			}
		}
	}
	return nil
}

func onEarth(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 // false for NaN
}

// A Tree is the areas of a bureau, checked as a whole. It is read only and safe
// to share.
type Tree struct {
	areas  map[AreaID]Area
	below  map[AreaID][]AreaID
	bureau AreaID
}

// NewTree checks each area and the tree they form: one bureau, every parent
// there and of a higher level, no code twice. The error is an *AreaError.
func NewTree(areas []Area) (*Tree, error) {
	if len(areas) > MaxAreas {
		return nil, &AreaError{Field: "parent", What: fmt.Sprintf("more than %d areas", MaxAreas), Rule: ErrArea}
	}
	t := &Tree{areas: make(map[AreaID]Area, len(areas)), below: make(map[AreaID][]AreaID)}
	codes := make(map[string]AreaID)
	for _, a := range areas {
		bad := func(field, format string, args ...any) error {
			return &AreaError{Area: a.ID, Field: field, What: fmt.Sprintf(format, args...), Rule: ErrArea}
		}
		if err := a.Check(); err != nil {
			return nil, err
		}
		if _, twice := t.areas[a.ID]; twice || a.ID <= 0 {
			return nil, bad("id", "must be positive and given once")
		}
		if a.Kind == Bureau {
			if t.bureau != 0 {
				return nil, bad("kind", "area %d is the bureau already", t.bureau)
			}
			t.bureau = a.ID
		}
		if a.Code != "" {
			if other, twice := codes[a.Code]; twice {
				return nil, bad("code", "area %d has the code %s already", other, a.Code)
			}
			codes[a.Code] = a.ID
		}
		t.areas[a.ID] = a
		t.below[a.Parent] = append(t.below[a.Parent], a.ID)
	}
	if len(areas) > 0 && t.bureau == 0 {
		return nil, &AreaError{Field: "kind", What: "there is no bureau", Rule: ErrArea}
	}
	for _, a := range areas {
		if a.Kind == Bureau {
			continue
		}
		parent, ok := t.areas[a.Parent]
		if !ok {
			return nil, &AreaError{Area: a.ID, Field: "parent", What: fmt.Sprintf("there is no area %d", a.Parent), Rule: ErrNoArea}
		}
		if parent.Kind.Level() >= a.Kind.Level() {
			what := fmt.Sprintf("a %s cannot be below a %s", a.Kind, parent.Kind)
			return nil, &AreaError{Area: a.ID, Field: "parent", What: what, Rule: ErrArea}
		}
	}
	return t, nil
}

// Area is the area of that id.
func (t *Tree) Area(id AreaID) (Area, bool) {
	a, ok := t.areas[id]
	return a, ok
}

// Bureau is the root; 0 in an empty tree.
func (t *Tree) Bureau() AreaID { return t.bureau }

// Within tells if a is root or below it. An area that does not exist is within
// nothing, so a right bound to a removed area is no right.
func (t *Tree) Within(a, root AreaID) bool {
	for {
		area, ok := t.areas[a]
		if !ok {
			return false
		}
		if a == root {
			return true
		}
		a = area.Parent
	}
}

// Below is root and every area under it, a parent before its children.
func (t *Tree) Below(root AreaID) iter.Seq[AreaID] {
	return func(yield func(AreaID) bool) {
		if _, ok := t.areas[root]; ok {
			t.walk(root, yield)
		}
	}
}

func (t *Tree) walk(id AreaID, yield func(AreaID) bool) bool {
	if !yield(id) {
		return false
	}
	for _, child := range t.below[id] {
		if !t.walk(child, yield) {
			return false
		}
	}
	return true
}
