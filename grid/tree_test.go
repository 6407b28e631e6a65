package grid

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func area(id, parent AreaID, kind AreaKind) Area {
	return Area{ID: id, Parent: parent, Kind: kind, Name: map[string]string{"en": "A"}}
}

func TestTree(t *testing.T) {
	tree, err := NewTree([]Area{
		area(4, 2, Station), // a station may stand right below a town
		area(1, 0, Bureau), area(2, 1, Town), area(3, 2, Community), area(5, 1, Town),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, root AreaID
		want    bool
	}{
		{3, 1, true},
		{3, 2, true},
		{3, 3, true},
		{3, 5, false},
		{1, 3, false},
		{9, 9, false}, // no such area
		{0, 0, false},
	} {
		if got := tree.Within(c.a, c.root); got != c.want {
			t.Errorf("Within(%d, %d) = %v, want %v", c.a, c.root, got, c.want)
		}
	}
	if got, want := slices.Sorted(tree.Below(2)), []AreaID{2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("Below(2) = %v, want %v", got, want)
	}
	for range tree.Below(1) {
		break // stopping early must not panic
	}
	if tree.Bureau() != 1 {
		t.Errorf("Bureau() = %d, want 1", tree.Bureau())
	}
}

func TestTreeRefuses(t *testing.T) {
	root := area(1, 0, Bureau)
	coded := func(id AreaID) Area { a := area(id, 1, Town); a.Code = "110101"; return a }
	for name, c := range map[string]struct {
		areas []Area
		field string
		rule  error
	}{
		"no bureau":            {[]Area{area(2, 1, Town)}, "kind", ErrArea},
		"two bureaus":          {[]Area{root, area(2, 0, Bureau)}, "kind", ErrArea},
		"id twice":             {[]Area{root, area(2, 1, Town), area(2, 1, Town)}, "id", ErrArea},
		"parent missing":       {[]Area{root, area(2, 7, Town)}, "parent", ErrNoArea},
		"town below a town":    {[]Area{root, area(2, 1, Town), area(3, 2, Town)}, "parent", ErrArea},
		"two below each other": {[]Area{root, area(2, 3, Town), area(3, 2, Community)}, "parent", ErrArea},
		"its own parent":       {[]Area{root, area(2, 2, Town)}, "parent", ErrArea},
		"town without parent":  {[]Area{root, area(2, 0, Town)}, "parent", ErrArea},
		"unknown kind":         {[]Area{area(1, 0, "realm")}, "kind", ErrArea},
		"code twice":           {[]Area{root, coded(2), coded(3)}, "code", ErrArea},
	} {
		_, err := NewTree(c.areas)
		var bad *AreaError
		if !errors.As(err, &bad) || !errors.Is(err, c.rule) || bad.Field != c.field {
			t.Errorf("%s: got %v, want field %s, rule %v", name, err, c.field, c.rule)
		}
	}
}

func TestAreaCheck(t *testing.T) {
	ring := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	for name, c := range map[string]struct {
		change func(*Area)
		field  string
	}{
		"good":                   {func(*Area) {}, ""},
		"with a boundary":        {func(a *Area) { a.Boundary = orb.MultiPolygon{{ring}} }, ""},
		"no name":                {func(a *Area) { a.Name = nil }, "name"},
		"empty name":             {func(a *Area) { a.Name = map[string]string{"en": ""} }, "name"},
		"name with a line break": {func(a *Area) { a.Name = map[string]string{"en": "a\nb"} }, "name"},
		"no language":            {func(a *Area) { a.Name = map[string]string{"": "a"} }, "name"},
		"long code":              {func(a *Area) { a.Code = strings.Repeat("1", 33) }, "code"},
		"empty polygon":          {func(a *Area) { a.Boundary = orb.MultiPolygon{{}} }, "boundary"},
		"short ring":             {func(a *Area) { a.Boundary = orb.MultiPolygon{{ring[:3]}} }, "boundary"},
		"open ring":              {func(a *Area) { a.Boundary = orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}} }, "boundary"},
		"off the earth":          {func(a *Area) { a.Boundary = orb.MultiPolygon{{{{0, 0}, {1, 91}, {1, 1}, {0, 0}}}} }, "boundary"},
		"not a number": {func(a *Area) {
			a.Boundary = orb.MultiPolygon{{{{0, 0}, {math.NaN(), 1}, {1, 1}, {0, 0}}}}
		}, "boundary"},
	} {
		a := area(2, 1, Town)
		c.change(&a)
		var bad *AreaError
		err := a.Check()
		if field := ""; errors.As(err, &bad) {
			field = bad.Field
			if field != c.field {
				t.Errorf("%s: got %v, want a fault in %q", name, err, c.field)
			}
		} else if c.field != "" {
			t.Errorf("%s: got %v, want a fault in %q", name, err, c.field)
		}
	}
}
