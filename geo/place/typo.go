package place

// slips is how many typing errors a word of so many letters may have.
func slips(letters int) int {
	switch {
	case letters >= 8:
		return 2
	case letters >= 4:
		return 1
	}
	return 0
}

// distances gives the Damerau-Levenshtein distance between two words (optimal
// string alignment: a letter added, left out, changed, or two neighbours swapped,
// each once), and the least distance between the first and any beginning of the
// second. Both are limit+1 if they are more. It looks only at the first 32
// letters.
func distances(query, word []rune, limit int) (whole, start int) {
	const most = 32
	query, word = query[:min(len(query), most)], word[:min(len(word), most)]
	var rows [3][most + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(query) + 1 {
		last[j] = j
	}
	start = last[len(query)]
	for i := 1; i <= len(word); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(query); j++ {
			cost := 1
			if word[i-1] == query[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && word[i-1] == query[j-2] && word[i-2] == query[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		start = min(start, row[len(query)])
		before, last, row = last, row, before
		// A swap looks back two rows, so one row over the limit is not the end.
		if least > limit+1 {
			return limit + 1, min(start, limit+1)
		}
	}
	return min(last[len(query)], limit+1), min(start, limit+1)
}

// lettersOf is a set of the word's letters, each standing for a bit that it may
// share: if more than n of a query's letters are missing in a word, they are more
// than n errors apart.
func lettersOf(word []rune) (set uint64) {
	for _, r := range word {
		set |= 1 << (uint32(r) % 64)
	}
	return set
}
