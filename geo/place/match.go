package place

import (
	"context"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Scores, by how a name matched. Each step has room above it for how much of the
// name the query covers.
const (
	scoreWhole   = 1.00 // the whole name
	scoreExact   = 0.88 // every word is a word of the name
	scorePrefix  = 0.76 // every word starts one, or the characters are in it
	scorePinyin  = 0.64
	scoreInitial = 0.56 // pinyin by first letters
	scoreTypo    = 0.40
	room         = 0.10
)

// grade is how a word of the query matches a word of a name.
type grade uint8

const (
	none grade = iota
	typo
	prefix
	exact
)

// A term is a word of the query with the words of the dictionary it matches.
type term struct {
	text     string
	han      bool
	exact    []uint32 // the word and what it abbreviates
	from, to uint32   // words it starts: from <= w < to
	typos    map[uint32]grade
}

// typosIn says which words of a query may have typing errors.
type typosIn uint8

const (
	noWord   typosIn = iota
	newWords         // those that are no word of any name
	anyWord
)

func (x *Index) term(word string, typos typosIn, last bool) term {
	t := term{text: word, han: han(word)}
	if t.han {
		return t
	}
	for _, w := range append([]string{word}, full[word]...) {
		if i, found := slices.BinarySearch(x.words, w); found {
			t.exact = append(t.exact, uint32(i))
		}
	}
	t.from = uint32(sort.SearchStrings(x.words, word))
	t.to = t.from + uint32(sort.Search(len(x.words)-int(t.from), func(i int) bool {
		return !strings.HasPrefix(x.words[int(t.from)+i], word)
	}))
	if typos == anyWord || typos == newWords && len(t.exact) == 0 {
		t.typos = x.slipped(word, last)
	}
	return t
}

// slipped finds the dictionary's words that the word may be, with typing errors.
// The last word of a query may be a beginning with an error.
func (x *Index) slipped(word string, last bool) map[uint32]grade {
	letters := []rune(word)
	limit := slips(len(letters))
	if limit == 0 || strings.Trim(word, "0123456789") == "" {
		return nil
	}
	found := map[uint32]grade{}
	set := lettersOf(letters)
	for i, other := range x.runes {
		if onesLess(set&^x.sets[i], limit) || len(other)+limit < len(letters) || !last && len(other) > len(letters)+limit {
			continue
		}
		whole, start := distances(letters, other, limit)
		if whole <= limit || last && start <= limit && len(letters) > 4 {
			found[uint32(i)] = typo
		}
	}
	return found
}

// onesLess reports whether the set has more than limit bits.
func onesLess(set uint64, limit int) bool {
	for ; limit > 0 && set != 0; limit-- {
		set &= set - 1
	}
	return set != 0
}

// grade is how the term matches the dictionary's word.
func (t *term) grade(word uint32) grade {
	switch {
	case slices.Contains(t.exact, word):
		return exact
	case t.from <= word && word < t.to:
		return prefix
	}
	return t.typos[word]
}

// each calls visit with the entries that the term matches, perhaps repeatedly.
func (x *Index) each(t *term, visit func(entry uint32)) {
	visitAll := func(word uint32) {
		for _, e := range x.owners[word] {
			visit(e)
		}
	}
	if t.han {
		letters := lettersOf([]rune(t.text))
		for i, has := range x.letters {
			if letters&^has != 0 {
				continue
			}
			if e := x.hans[i].entry; strings.Contains(x.names[e].text, t.text) {
				visit(e)
			}
		}
		return
	}
	for w := t.from; w < t.to; w++ {
		visitAll(w)
	}
	for _, w := range t.exact {
		visitAll(w)
	}
	for w := range t.typos {
		visitAll(w)
	}
}

// A match is an entry that answers a wish.
type match struct {
	entry uint32
	score float64
}

// byWords finds the entries that have all the words.
func (x *Index) byWords(ctx context.Context, words []string, typos typosIn) []match {
	terms := make([]term, len(words))
	for i, w := range words {
		terms[i] = x.term(w, typos, i == len(words)-1)
	}
	// seen counts, for each entry, the terms that it matches, as long as it has
	// matched all so far.
	seen := make([]uint8, len(x.names))
	var candidates []uint32
	for i := range terms {
		if ctx.Err() != nil {
			return nil
		}
		candidates = candidates[:0]
		x.each(&terms[i], func(e uint32) {
			if seen[e] == uint8(i) {
				seen[e]++
				candidates = append(candidates, e)
			}
		})
	}
	whole := strings.Join(words, " ")
	var matches []match
	for _, e := range candidates {
		if score := x.score(&x.names[e], terms, whole); score > 0 {
			matches = append(matches, match{e, score})
		}
	}
	return matches
}

// score grades an entry that matches all terms.
func (x *Index) score(e *entry, terms []term, whole string) float64 {
	if e.text == whole {
		return scoreWhole
	}
	worst := exact
	covered, positions := 0.0, float64(e.positions)
	for i := range terms {
		best := none
		if t := &terms[i]; t.han {
			best = prefix
			covered += float64(utf8.RuneCountInString(t.text)) / float64(utf8.RuneCountInString(e.text)) * float64(e.positions)
		} else {
			for _, w := range e.words {
				if best = max(best, t.grade(w)); best == exact {
					break
				}
			}
			covered++
			if e.sides > 0 && side[t.text] {
				positions++ // it is asked for, so it counts
			}
		}
		worst = min(worst, best)
	}
	// In quarters, so that of names about as long the kinds decide.
	cover := math.Round(4*min(covered/positions, 1)) / 4
	starts := 0.0
	if t := &terms[0]; t.han && strings.HasPrefix(e.text, t.text) || !t.han && slices.ContainsFunc(e.first, func(w uint32) bool { return t.grade(w) > none }) {
		starts = 1
	}
	within := room * (0.5*cover + 0.5*starts)
	switch worst {
	case exact:
		return scoreExact + within
	case prefix:
		return scorePrefix + within
	case typo:
		return scoreTypo + within
	}
	return 0
}

// byPinyin finds entries by the sound of their characters. The words may be
// pinyin, initials, and among them characters.
func (x *Index) byPinyin(ctx context.Context, words []string) []match {
	if !slices.ContainsFunc(words, func(w string) bool { return w[0] >= 'a' && w[0] <= 'z' }) {
		return nil
	}
	queries := []string{strings.Join(words, "")}
	last := len(words) - 1
	for _, kind := range inPinyin[words[last]] {
		if last > 0 {
			queries = append(queries, strings.Join(words[:last], "")+kind)
		}
	}
	best := map[uint32]float64{}
	var found []uint32 // in the order of the index
	for _, q := range queries {
		if len(q) < 2 || len(q) > pinyinLimit {
			continue
		}
		initials, letters := initialsIn(q), charactersIn(q)
		for i := range x.hans {
			if i%4096 == 0 && ctx.Err() != nil {
				return nil
			}
			if initials&^x.initials[i] != 0 || letters&^x.letters[i] != 0 {
				continue
			}
			h := &x.hans[i]
			score := x.reader.sounds(q, h.characters)
			if score > best[h.entry] {
				if best[h.entry] == 0 {
					found = append(found, h.entry)
				}
				best[h.entry] = score
			}
		}
	}
	matches := make([]match, len(found))
	for i, e := range found {
		matches[i] = match{e, best[e]}
	}
	return matches
}

// charactersIn is lettersOf the query's characters of unspaced scripts.
func charactersIn(query string) (set uint64) {
	for _, r := range query {
		if unspaced(r) {
			set |= lettersOf([]rune{r})
		}
	}
	return set
}

// sounds scores how a query reads a name, 0 if it doesn't.
func (d *reader) sounds(query string, name []character) float64 {
	score := scoreInitial
	r := d.reads(query, name, true)
	if !r.ok {
		return 0
	}
	if full := d.reads(query, name, false); full.ok {
		score, r = scorePinyin, full
	}
	var within float64
	if r.from == 0 {
		within += 0.5
	}
	if r.toTheEnd {
		within += 0.25
		if r.wholeLast {
			within += 0.25
		}
	}
	return score + room*0.7*within
}
