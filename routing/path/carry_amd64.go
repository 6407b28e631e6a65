package path

import "golang.org/x/sys/cpu"

// carry is carryPlainly by the vector instructions of the processor, if it has
// them: three for four lanes where the compiler writes twelve.
func carry(costs []lane, first []uint32, arcs []sweepArc) {
	if !cpu.X86.HasAVX2 {
		carryPlainly(costs, first, arcs)
		return
	}
	carryAVX2(&costs[0], len(costs), &first[0], &arcs[0])
}

// carryAVX2 is in carry_amd64.s. It checks no bounds: nodes costs, nodes+1 numbers
// in first, and arcs up to the last of them, from nodes below it.
//
//go:noescape
func carryAVX2(costs *lane, nodes int, first *uint32, arcs *sweepArc)
