package fleet

import "math/bits"

// An rng is wyrand (Wang Yi, public domain): quick, and good enough to search with.
type rng struct{ x uint64 }

func newRNG(seed uint64) rng { return rng{(seed + 1) * 0x9e3779b97f4a7c15} }

func (r *rng) next() uint64 {
	r.x += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(r.x, r.x^0xe7037ed1a0b428db)
	return hi ^ lo
}

// below is from 0 to n-1.
func (r *rng) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// unit is more than 0 and less than 1.
func (r *rng) unit() float64 { return (float64(r.next()>>12) + 0.5) / (1 << 52) }
