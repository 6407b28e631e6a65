//go:build !amd64

package path

func otherVectors() (inherits []func(row, rows []int64, stride int, depths []uint32, costs []cost), leasts []func(front []int64, costs []cost, starts []uint32, sums []int64)) {
	return nil, nil
}
