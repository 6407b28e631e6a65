package path

// A stateIndex keeps a number for each of some states: a map that is made empty at no
// cost, for hundreds of states of a piece of private ground, again and again. It is an
// open hash table with linear probing. The zero one is empty.
type stateIndex struct {
	slots []stateSlot // a power of two; at most half of them are taken
	used  int
	turn  uint32 // slots of other turns are free
}

type stateSlot struct {
	state  state
	turn   uint32
	number int32
}

func (x *stateIndex) clear() {
	x.used = 0
	if x.turn++; x.turn == 0 { // once in four billion
		clear(x.slots)
		x.turn = 1
	}
}

// slot is where a state is, or would be.
func (x *stateIndex) slot(s state) *stateSlot {
	mask := uint32(len(x.slots) - 1)
	for i := uint32(s) * 2654435769 >> 7; ; i++ { // Knuth's multiplicative hash
		if at := &x.slots[i&mask]; at.turn != x.turn || at.state == s {
			return at
		}
	}
}

func (x *stateIndex) get(s state) (number int32, ok bool) {
	if x.used == 0 {
		return 0, false
	}
	at := x.slot(s)
	return at.number, at.turn == x.turn
}

func (x *stateIndex) set(s state, number int32) {
	if 2*x.used >= len(x.slots) {
		x.grow()
	}
	at := x.slot(s)
	if at.turn != x.turn {
		x.used++
	}
	*at = stateSlot{s, x.turn, number}
}

func (x *stateIndex) grow() {
	old := stateIndex{slots: x.slots, turn: x.turn}
	x.slots = make([]stateSlot, max(128, 2*len(old.slots)))
	if x.turn == 0 {
		x.turn = 1
	}
	for _, o := range old.slots {
		if o.turn == old.turn && old.turn != 0 {
			n := x.slot(o.state)
			*n = o
		}
	}
}
