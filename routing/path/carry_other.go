//go:build !amd64

package path

func carry(costs []lane, first []uint32, arcs []sweepArc) { carryPlainly(costs, first, arcs) }
