package fence

// A blockTable finds blocks by their place. It is a hash table with open
// addressing: a Go map takes twice as long, and every fix asks it.
type blockTable struct {
	slots []blockSlot
	n     int
	shift uint
}

type blockSlot struct {
	key   uint64 // place + 1; 0 is free
	block *block
}

func blockKey(x, y int32) uint64 { return uint64(uint32(x))<<32 | uint64(uint32(y)) + 1 }

// slot is where a key is or would be. A multiplicative hash (Knuth, The Art of
// Computer Programming 3, 6.4): the high bits of the product are well mixed.
func (t *blockTable) slot(key uint64) int {
	i := int(key * 0x9E3779B97F4A7C15 >> t.shift)
	for t.slots[i].key != 0 && t.slots[i].key != key {
		i = (i + 1) & (len(t.slots) - 1)
	}
	return i
}

func (t *blockTable) get(x, y int32) *block {
	if t.n == 0 {
		return nil
	}
	return t.slots[t.slot(blockKey(x, y))].block
}

// tableOf makes a table of the blocks by key.
func tableOf(blocks map[uint64]*block) blockTable {
	if len(blocks) == 0 {
		return blockTable{}
	}
	bits := uint(2)
	for 1<<bits < 2*len(blocks) {
		bits++
	}
	t := blockTable{slots: make([]blockSlot, 1<<bits), n: len(blocks), shift: 64 - bits}
	for key, b := range blocks {
		t.slots[t.slot(key)] = blockSlot{key, b}
	}
	return t
}

// all gives the blocks by key.
func (t *blockTable) all() map[uint64]*block {
	out := make(map[uint64]*block, t.n)
	for _, s := range t.slots {
		if s.key != 0 {
			out[s.key] = s.block
		}
	}
	return out
}
