package tracker

import "testing"

// TestStreamGivesUpInStrides: a sender that opens frames and never ends one costs
// a look at what waits once in a while, not at every byte.
func TestStreamGivesUpInStrides(t *testing.T) {
	looks := 0
	s := NewStream(func([]byte, bool) ([]byte, int) { looks++; return nil, 0 })
	const total, piece = 1 << 20, 4 << 10
	for range total / piece {
		s.Push(make([]byte, piece))
		if _, ok := s.Next(); ok || s.Waiting() > MaxFrame {
			t.Fatalf("a frame (%t), or %d bytes wait", ok, s.Waiting())
		}
	}
	if s.Dropped()+s.Waiting() != total {
		t.Errorf("%d dropped and %d waiting of %d bytes", s.Dropped(), s.Waiting(), total)
	}
	if most := total / stride * 2; looks > most {
		t.Errorf("looked %d times at what waits, want at most %d", looks, most)
	}
}
