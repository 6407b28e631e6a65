package street

import (
	"encoding/json"
	"fmt"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Beside says at which street something stands, and on which side of it, in words
// that outlive an import of the map, which numbers segments anew.
type Beside struct {
	Way    int64     // OpenStreetMap's
	At     orb.Point // the place on the street
	Side   Sides     // seen along the street as it is drawn; 0 = on the line
	Street string    // what it was called; "" = it has no name
}

// Beside is where a Near lies, to be kept.
func (n *Network) Beside(near Near) Beside {
	s := n.Segment(near.Segment)
	return Beside{s.Way, near.At, near.Side, n.Name(s.Name).Default}
}

// besideReach is how far a street may have been moved on the map since.
const besideReach geo.Metres = 15

// Find gives the segment that b stands at on this map: of the same way, where the map
// still has it there, else false.
func (n *Network) Find(b Beside) (SegmentID, bool) {
	near := n.Nearest(b.At, besideReach, func(id SegmentID) bool { return n.Segment(id).Way == b.Way }, 1)
	if len(near) == 0 {
		return 0, false
	}
	return near[0].Segment, true
}

// String is left, right, or "" for on the line.
func (s Sides) String() string {
	switch s {
	case Left:
		return "left"
	case Right:
		return "right"
	case Left | Right:
		return "both"
	}
	return ""
}

type beside struct {
	Way    int64      `json:"way"`
	At     [2]float64 `json:"at"`
	Side   string     `json:"side,omitempty"`
	Street string     `json:"street,omitempty"`
}

// MarshalJSON writes {"way": 7, "at": [lon, lat], "side": "left", "street": "..."}.
func (b Beside) MarshalJSON() ([]byte, error) {
	return json.Marshal(beside{b.Way, b.At, b.Side.String(), b.Street})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Beside) UnmarshalJSON(text []byte) error {
	var j beside
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	out := Beside{Way: j.Way, At: j.At, Street: j.Street}
	for _, s := range []Sides{0, Left, Right} {
		if s.String() == j.Side {
			out.Side = s
			*b = out
			return nil
		}
	}
	return fmt.Errorf("side %q is neither left nor right", j.Side)
}
