package path

// inheritPlainly makes the row of a node's signed costs, by depth, out of the rows
// of the nodes that its arcs lead to, given by their depths, descending, and what
// the arcs cost. A row ends with the cost of its own node; behind that, and where
// nothing leads, is never. Rows are padded to 16, those above stride apart.
func inheritPlainly(row, rows []int64, stride int, depths []uint32, costs []cost) {
	for k := range row {
		row[k] = signed(never)
	}
	for i, d := range depths {
		c := int64(costs[i])
		for k, above := range rows[int(d)*stride : int(d)*stride+int(d)+1] {
			row[k] = min(row[k], above+c)
		}
	}
}

// leastPlainly finds the least sum of the signed costs in front with those of each
// of some rows of costs, which begin at starts.
func leastPlainly(front []int64, costs []cost, starts []uint32, sums []int64) {
	for i, start := range starts {
		row := costs[start:]
		row = row[:len(front)]
		best := signed(never)
		for k, c := range front {
			best = min(best, c+int64(row[k]))
		}
		sums[i] = best
	}
}
