package path

import (
	"math"
	"time"

	"citygrid/geo"
)

// A cost is a time in whole milliseconds in the upper half of the word and a
// length in millimetres in the lower, so one addition and one comparison find the
// quickest way and of those the shortest. Sums don't depend on their order, so
// equal ways are equal, and a table says what a route says.
//
// The length wraps at 4,295 km and then adds a millisecond.
type cost uint64

// never is the cost of what cannot be travelled. Two of them still fit a word.
const never cost = 1<<63 - 1

// longest is what one segment or turn costs at most, in milliseconds: 12 days.
const longest = 1 << 30

func costOf(ms uint32, length geo.Metres) cost {
	return cost(min(ms, longest))<<32 | cost(min(math.MaxUint32, max(0, math.Round(float64(length)*1000))))
}

func turnCost(ms uint32) cost { return cost(min(ms, longest)) << 32 }

func (c cost) ms() uint32 { return uint32(c >> 32) }

func (c cost) duration() time.Duration { return time.Duration(c>>32) * time.Millisecond }

func (c cost) length() geo.Metres { return geo.Metres(uint32(c)) / 1000 }

// plus adds, never beyond never.
func (c cost) plus(d cost) cost { return min(never, c+d) }
