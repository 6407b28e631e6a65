package path

import (
	"testing"

	"pgregory.net/rapid"
)

// A stateIndex is a map.
func TestStateIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x stateIndex
		known := make(map[state]int32)
		for range rapid.IntRange(0, 400).Draw(t, "steps") {
			s := state(rapid.Uint32Range(0, 300).Draw(t, "state") << rapid.SampledFrom([]uint{0, 8, 20}).Draw(t, "shift"))
			switch rapid.IntRange(0, 20).Draw(t, "do") {
			case 0:
				x.clear()
				clear(known)
			case 1, 2, 3, 4, 5, 6, 7:
				got, ok := x.get(s)
				if want, is := known[s]; ok != is || is && got != want {
					t.Fatalf("state %d has %d, %v; want %d, %v", s, got, ok, want, is)
				}
			default:
				n := int32(len(known))
				x.set(s, n)
				known[s] = n
			}
			if x.used != len(known) {
				t.Fatalf("%d states, want %d", x.used, len(known))
			}
		}
	})
}
