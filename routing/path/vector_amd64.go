package path

import "golang.org/x/sys/cpu"

// wide says whether vectors are of eight costs, which is twice as quick.
var wide = cpu.X86.HasAVX512F

// inherit is inheritPlainly by the vector instructions of the processor, if it has
// them.
func inherit(row, rows []int64, stride int, depths []uint32, costs []cost) {
	if !cpu.X86.HasAVX2 || len(depths) == 0 {
		inheritPlainly(row, rows, stride, depths, costs)
		return
	}
	_ = rows[int(depths[0])*stride+len(row)-1]
	if wide {
		inheritAVX512(&row[0], len(row)/16, &rows[0], stride, &depths[0], &costs[0], len(depths))
		return
	}
	inheritAVX2(&row[0], len(row)/16, &rows[0], stride, &depths[0], &costs[0], len(depths))
}

// least is leastPlainly by the vector instructions of the processor.
func least(front []int64, costs []cost, starts []uint32, sums []int64) {
	if !cpu.X86.HasAVX2 || len(starts) == 0 || len(front) == 0 {
		leastPlainly(front, costs, starts, sums)
		return
	}
	if wide {
		leastAVX512(&front[0], len(front)/16, &costs[0], &starts[0], &sums[0], len(starts))
		return
	}
	leastAVX2(&front[0], len(front)/16, &costs[0], &starts[0], &sums[0], len(starts))
}

// These are in vector_amd64.s. They check no bounds.
//
//go:noescape
func inheritAVX2(row *int64, blocks int, rows *int64, stride int, depths *uint32, costs *cost, arcs int)

//go:noescape
func leastAVX2(front *int64, blocks int, costs *cost, starts *uint32, sums *int64, rows int)

//go:noescape
func inheritAVX512(row *int64, blocks int, rows *int64, stride int, depths *uint32, costs *cost, arcs int)

//go:noescape
func leastAVX512(front *int64, blocks int, costs *cost, starts *uint32, sums *int64, rows int)
