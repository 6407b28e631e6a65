package streettest

import (
	"strings"
	"testing"

	"citygrid/geo/street"
)

func TestParse(t *testing.T) {
	n, at := Draw(t, `
a---b---c   +-g
|       |   | :
d--->---e   f.h
"
B==+
   C`)
	if got, want := n.Junctions(), 10; got != want {
		t.Errorf("%d junctions, want %d", got, want)
	}
	type seg struct {
		from, to rune
		lengthM  float32
		forward  street.Vehicles
		backward street.Vehicles
	}
	all := street.AllVehicles &^ street.Boat
	bus := street.Bus | street.Emergency
	for _, want := range []seg{
		{'a', 'b', 40, all, all},
		{'d', 'e', 80, all, street.Foot},
		{'g', 'f', 40, all, all},
		{'g', 'h', 20, street.Foot, street.Foot},
		{'B', 'C', 40, bus, bus},
	} {
		found := false
		for _, e := range n.At(at(want.from)) {
			s := n.Segment(e.Segment)
			if e.Forward && s.To == at(want.to) && s.LengthM == want.lengthM && s.Forward == want.forward && s.Backward == want.backward {
				found = true
			}
		}
		if !found {
			t.Errorf("no segment %c to %c of %v m, forward for %v, backward for %v", want.from, want.to, want.lengthM, want.forward, want.backward)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ drawing, want string }{
		{"a-a", "drawn twice"},
		{"a--", `line 1, column 4`},
		{"a->-<-b", "points against"},
		{"a--..b", "another kind"},
		{"  c\n  |\na-|-b", "does not go on"},
		{"c-+-d\n  |\n  e", "goes on in 2 directions"},
		{"a b\n-", "does not lead to a junction"},
		{"a?b", "does not lead to a junction"},
	} {
		_, err := Parse(c.drawing)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q): error %v, want one with %q", c.drawing, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a---b\n|   |\nc->-d")
	f.Add("a-+\n  |\nb-+")
	f.Add("+-+\n| |\n+-a")
	f.Add("vvv^\n++++")
	f.Fuzz(func(t *testing.T, drawing string) {
		if len(drawing) > 10_000 {
			return
		}
		d, err := Parse(drawing)
		if err != nil {
			return
		}
		if _, err := street.Build(d.Parts); err != nil {
			t.Errorf("drawing was taken, but its network is refused: %v\n%s", err, drawing)
		}
	})
}
