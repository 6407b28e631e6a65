//go:build !amd64

package path

func inherit(row, rows []int64, stride int, depths []uint32, costs []cost) {
	inheritPlainly(row, rows, stride, depths, costs)
}

func least(front []int64, costs []cost, starts []uint32, sums []int64) {
	leastPlainly(front, costs, starts, sums)
}
