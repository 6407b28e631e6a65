package path

// carryPlainly lowers the costs of each node, in order, to those over its arcs,
// which come from nodes before it. The lanes are written out one by one so that a
// node's costs stay in registers.
func carryPlainly(costs []lane, first []uint32, arcs []sweepArc) {
	for i := range costs {
		own := &costs[i]
		c0, c1, c2, c3, c4, c5, c6, c7 := own[0], own[1], own[2], own[3], own[4], own[5], own[6], own[7]
		for _, arc := range arcs[first[i]:first[i+1]] {
			above, c := &costs[arc.from], int64(arc.cost)
			c0 = min(c0, above[0]+c)
			c1 = min(c1, above[1]+c)
			c2 = min(c2, above[2]+c)
			c3 = min(c3, above[3]+c)
			c4 = min(c4, above[4]+c)
			c5 = min(c5, above[5]+c)
			c6 = min(c6, above[6]+c)
			c7 = min(c7, above[7]+c)
		}
		*own = lane{c0, c1, c2, c3, c4, c5, c6, c7}
	}
}
