package arc

// A source is a generator of pseudo-random numbers (xorshift64*, Vigna 2016) that
// the compiler puts into the innermost loops.
type source struct {
	s       uint64
	blinked uint64 // a place is skipped if a number is below
}

func newSource(seed uint64) *source {
	// Splitmix, so that seeds beside each other begin apart.
	z := seed + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return &source{s: (z ^ z>>31) | 1, blinked: 1 << 64 / 100}
}

func (g *source) next() uint64 {
	g.s ^= g.s >> 12
	g.s ^= g.s << 25
	g.s ^= g.s >> 27
	return g.s * 0x2545f4914f6cdd1d
}

func (g *source) blink() bool { return g.next() < g.blinked }

// intn is a number 0 <= i < n.
func (g *source) intn(n int) int { return int(g.next() >> 33 * uint64(n) >> 31) }

// float is a number 0 <= f < 1.
func (g *source) float() float64 { return float64(g.next()>>11) / (1 << 53) }
