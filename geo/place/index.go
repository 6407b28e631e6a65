package place

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// An Index finds places by name. It is built once, then only read; it may be
// shared between goroutines.
//
// Names that are equal once made normal are one entry. Words of spaced scripts
// are found through a sorted dictionary. Parts of Chinese names, and their
// pinyin, are found by looking at every entry, past a set of bits that sifts out
// nearly all: that costs a microsecond per thousand names, needs four to twelve
// bytes for each, and allows for every mixture of syllables, initials and
// readings, which no list of keys could hold.
type Index struct {
	places    []Place
	languages []string // distinct

	names []entry
	links []link // of all entries: places first, then addresses by number

	words  []string   // distinct, sorted
	runes  [][]rune   // the words' letters
	sets   []uint64   // and lettersOf them
	owners [][]uint32 // the entries with the word, ascending

	// Names with characters of unspaced scripts, and beside them the sets that
	// are looked at for each.
	hans     []hanName
	letters  []uint64 // lettersOf the name
	initials []uint32 // see reader.initialsOf
	reader   reader

	numbers []string            // normal house numbers of addresses, by place
	towns   map[string][]string // normal names of settlements that places lie in, by their first word; for "main st newark"
}

// An entry is a distinct normal name.
type entry struct {
	text      string
	positions uint8    // how many words it has after its sides, 255 for more
	sides     uint8    // how many words before only say which part it is, as in North Market Street
	words     []uint32 // of spaced scripts, in Index.words, sorted; abbreviations written out as well
	first     []uint32 // those of them that the name starts with, before and after sides
	from      uint32   // its links
	addresses uint32   // where addresses start
	to        uint32
}

// A link says that a place has a name in a language.
type link struct {
	place    uint32
	language uint16
}

// A hanName is a name in characters, without spaces.
type hanName struct {
	entry      uint32
	characters []character
}

// builder has what only building an Index needs.
type builder struct {
	*Index
	byText    map[string]uint32
	byRaw     map[string]uint32 // original spelling: normalising costs a microsecond
	byNumber  map[string]string // house numbers by their original spelling
	links     [][]link          // by entry
	wordOf    map[string]uint32 // numbers before sorting
	languages map[string]uint16
}

// New makes an index of places, which the caller must leave alone from then on.
func New(places []Place) *Index {
	b := builder{
		Index:  &Index{places: places, reader: reader{number: map[rune]character{}}, towns: map[string][]string{}, numbers: make([]string, len(places))},
		byText: map[string]uint32{}, byRaw: map[string]uint32{}, byNumber: map[string]string{}, wordOf: map[string]uint32{}, languages: map[string]uint16{},
	}
	towns := map[string]bool{}
	for i := range places {
		p := &places[i]
		if p.Kind == Address {
			b.numbers[i] = b.number(p.Number)
		}
		for _, language := range slices.Sorted(maps.Keys(p.Name)) {
			if e, ok := b.entry(p.Name[language]); ok {
				b.link(e, link{uint32(i), b.language(language)})
			}
		}
		if p.In != "" && !towns[p.In] {
			towns[p.In] = true
			if words := split(normal(p.In)); len(words) > 0 {
				b.towns[words[0]] = append(b.towns[words[0]], strings.Join(words, " "))
			}
		}
	}
	b.finish()
	return b.Index
}

// number gives a house number as it is compared: "12-14" and "12 A" go on after 12.
func (b *builder) number(raw string) string {
	number, known := b.byNumber[raw]
	if !known {
		number = strings.ReplaceAll(normal(raw[:min(len(raw), nameLimit)]), " ", "-")
		b.byNumber[raw] = number
	}
	return number
}

func (b *builder) language(language string) uint16 {
	n, known := b.languages[language]
	if !known {
		n = uint16(len(b.Index.languages))
		b.languages[language] = n
		b.Index.languages = append(b.Index.languages, language)
	}
	return n
}

// nameLimit is how much of a name is indexed, in bytes.
const nameLimit = 256

// entry gives the number of the name's entry. Not ok: nothing is left of it.
func (b *builder) entry(raw string) (n uint32, ok bool) {
	if n, known := b.byRaw[raw]; known {
		return n, true
	}
	words := split(normal(raw[:min(len(raw), nameLimit)]))
	if len(words) == 0 {
		return 0, false
	}
	text := strings.Join(words, " ")
	n, known := b.byText[text]
	if !known {
		n = uint32(len(b.names))
		b.names = append(b.names, b.newEntry(n, text, words))
		b.links = append(b.links, nil)
		b.byText[text] = n
	}
	b.byRaw[raw] = n
	return n, true
}

func (b *builder) newEntry(n uint32, text string, words []string) entry {
	sides := sides(words)
	e := entry{text: text, positions: uint8(min(len(words)-sides, 255)), sides: uint8(min(sides, 255))}
	asHan := false
	for i, w := range words {
		if han(w) {
			asHan = true
			continue // found by its parts, so not in the dictionary
		}
		e.words = append(e.words, b.word(w))
		for _, long := range full[w] {
			e.words = append(e.words, b.word(long))
		}
		if i == 0 || i == sides {
			e.first = slices.Clone(e.words)
		}
	}
	if asHan {
		closed := strings.ReplaceAll(text, " ", "")
		characters := b.reader.learn(closed)
		b.hans = append(b.hans, hanName{n, characters})
		b.letters = append(b.letters, lettersOf([]rune(closed)))
		b.initials = append(b.initials, b.reader.initialsOf(characters))
	}
	return e
}

func (b *builder) word(w string) uint32 {
	n, known := b.wordOf[w]
	if !known {
		n = uint32(len(b.words))
		b.wordOf[w] = n
		b.words = append(b.words, w)
	}
	return n
}

func (b *builder) link(e uint32, l link) {
	// A place whose name is the same in several languages is linked once, with the
	// first of them, which is "" if it has that.
	if have := b.links[e]; len(have) == 0 || have[len(have)-1].place != l.place {
		b.links[e] = append(have, l)
	}
}

// finish sorts words and links, and tells each word its entries.
func (b *builder) finish() {
	order := make([]uint32, len(b.words))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return strings.Compare(b.words[x], b.words[y]) })
	place := make([]uint32, len(order)) // old number -> new
	sorted := make([]string, len(order))
	for i, old := range order {
		place[old] = uint32(i)
		sorted[i] = b.words[old]
	}
	b.words = sorted
	b.owners = make([][]uint32, len(sorted))
	b.runes = make([][]rune, len(sorted))
	b.sets = make([]uint64, len(sorted))
	for i, w := range sorted {
		b.runes[i] = []rune(w)
		b.sets[i] = lettersOf(b.runes[i])
	}
	for n := range b.names {
		e := &b.names[n]
		for i := range e.words {
			e.words[i] = place[e.words[i]]
		}
		for i := range e.first {
			e.first[i] = place[e.first[i]]
		}
		slices.Sort(e.words)
		e.words = slices.Compact(e.words)
		for _, w := range e.words {
			b.owners[w] = append(b.owners[w], uint32(n))
		}
		b.finishLinks(e, b.links[n])
	}
}

func (b *builder) finishLinks(e *entry, links []link) {
	slices.SortStableFunc(links, func(x, y link) int {
		xAddress, yAddress := b.places[x.place].Kind == Address, b.places[y.place].Kind == Address
		switch {
		case xAddress != yAddress && yAddress:
			return -1
		case xAddress != yAddress:
			return 1
		case xAddress:
			return strings.Compare(b.numbers[x.place], b.numbers[y.place])
		}
		return 0
	})
	e.from = uint32(len(b.Index.links))
	e.addresses = e.from + uint32(sort.Search(len(links), func(i int) bool { return b.places[links[i].place].Kind == Address }))
	b.Index.links = append(b.Index.links, links...)
	e.to = uint32(len(b.Index.links))
}
