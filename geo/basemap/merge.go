package basemap

// merge joins lines end to end where exactly two of them meet, turning some
// round, so that a street between two dozen junctions is one line with room for
// its name. Lines longer than a few thousand points stay in pieces of that size.
func merge(lines [][]Point) [][]Point {
	if len(lines) < 2 {
		return lines
	}
	// at holds the line ends at a point: twice the line's number, plus one for
	// its last point.
	at := make(map[Point][]int32, len(lines))
	for i, line := range lines {
		at[line[0]] = append(at[line[0]], int32(2*i))
		last := line[len(line)-1]
		at[last] = append(at[last], int32(2*i+1))
	}
	// next is the end that meets the given end, if it is the only one.
	next := func(end int32) (int32, bool) {
		meet := at[endPoint(lines, end)]
		switch {
		case len(meet) != 2 || meet[0]>>1 == meet[1]>>1: // a closed line meets itself
			return 0, false
		case meet[0] == end:
			return meet[1], true
		}
		return meet[0], true
	}
	done := make([]bool, len(lines))
	var merged [][]Point
	for i := range lines {
		if done[i] {
			continue
		}
		// Back to where the chain starts, or round it if it is a circle.
		start := int32(2 * i)
		for {
			before, ok := next(start)
			if !ok || before>>1 == int32(i) {
				break
			}
			start = before ^ 1
		}
		var chain []Point
		for end := start; !done[end>>1]; {
			done[end>>1] = true
			chain = appendFrom(chain, lines[end>>1], end)
			if len(chain) > chunk {
				merged = append(merged, chain)
				chain = nil
			}
			following, ok := next(end ^ 1)
			if !ok {
				break
			}
			end = following
		}
		if len(chain) > 0 {
			merged = append(merged, chain)
		}
	}
	return merged
}

func endPoint(lines [][]Point, end int32) Point {
	line := lines[end>>1]
	if end&1 == 0 {
		return line[0]
	}
	return line[len(line)-1]
}

// appendFrom appends a line to a chain that ends at the given end of it.
func appendFrom(chain, line []Point, end int32) []Point {
	if len(chain) > 0 {
		chain = chain[:len(chain)-1]
	}
	if end&1 == 0 {
		return append(chain, line...)
	}
	for i := len(line) - 1; i >= 0; i-- {
		chain = append(chain, line[i])
	}
	return chain
}
