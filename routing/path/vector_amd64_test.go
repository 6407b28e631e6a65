package path

import "golang.org/x/sys/cpu"

// otherVectors are the ways to inherit and least that this processor has but does
// not take.
func otherVectors() (inherits []func(row, rows []int64, stride int, depths []uint32, costs []cost), leasts []func(front []int64, costs []cost, starts []uint32, sums []int64)) {
	if !cpu.X86.HasAVX2 {
		return nil, nil
	}
	inherits = append(inherits, func(row, rows []int64, stride int, depths []uint32, costs []cost) {
		if len(depths) == 0 {
			inheritPlainly(row, rows, stride, depths, costs)
			return
		}
		inheritAVX2(&row[0], len(row)/16, &rows[0], stride, &depths[0], &costs[0], len(depths))
	})
	leasts = append(leasts, func(front []int64, costs []cost, starts []uint32, sums []int64) {
		leastAVX2(&front[0], len(front)/16, &costs[0], &starts[0], &sums[0], len(starts))
	})
	return inherits, leasts
}
