package place

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/paulmach/orb"

	"citygrid/geo"
)

// A Hit is a place that answers a query.
type Hit struct {
	Place   *Place
	Score   float64 // how well the name matches, 0 to 1. Hits of one score are in the order of kind, weight and nearness
	Matched string  // the name that matched, as the place spells it
}

// Search gives the places that answer q, best first: names that match exactly,
// then by prefix, in pinyin, with typing errors; then by Kind, but streets before
// small settlements that have only a part of their name from them; then the
// weightier and the nearer, ten times nearer being worth ten times the weight. Places that
// a reader couldn't tell apart are given once. An ended ctx cuts it short, with
// what was found so far.
func (x *Index) Search(ctx context.Context, q Query) []Hit {
	wishes := x.wishes(q.Text)
	best := x.newRanking(q)
	for _, w := range wishes {
		best.addAll(x.byWords(ctx, w.words, noWord), w)
		best.addAll(x.byPinyin(ctx, w.words), w)
	}
	hits := best.hits()
	if len(hits) >= q.limit() {
		return hits
	}
	// Typing errors cost the most and rank last, so they are looked for only when
	// there is room.
	typos := newWords
	if len(hits) == 0 {
		typos = anyWord
	}
	for _, w := range wishes {
		best.addAll(x.byWords(ctx, w.words, typos), w)
	}
	return best.hits()
}

// A candidate is a place that may become a hit.
type candidate struct {
	link
	score    float64
	standing float64 // of weight and nearness
}

// A ranking keeps the best candidates.
type ranking struct {
	x         *Index
	q         Query
	keep      int
	narrowing float64 // of a degree of longitude, against one of latitude
	lang      int     // number of the query's language, -1 if no place has a name in it
	list      []candidate
	full      bool // the list has been cut, so list[keep-1] is the least that matters
}

func (x *Index) newRanking(q Query) *ranking {
	// Some to spare, as the same place may be found by several names.
	return &ranking{x: x, q: q, keep: 20*q.limit() + 200, narrowing: math.Cos(q.Near[1] * math.Pi / 180), lang: slices.Index(x.languages, q.Lang)}
}

// addAll adds the places of the entries that fit the wish.
func (r *ranking) addAll(matches []match, w wish) {
	x := r.x
	for _, m := range matches {
		e := &x.names[m.entry]
		if w.number != "" {
			r.addNumbers(x.links[e.addresses:e.to], m.score, w)
			m.score -= 0.3 // the street, if the house is not known
		}
		for _, l := range x.links[e.from:e.addresses] {
			if w.number == "" || x.places[l.place].Kind == Street {
				r.add(l, m.score, w)
			}
		}
	}
}

// addNumbers adds the addresses with the number, and those that go on after it,
// like 12 and 12a, 12-14, 120.
func (r *ranking) addNumbers(links []link, score float64, w wish) {
	number := func(i int) string { return r.x.numbers[links[i].place] }
	for i := sort.Search(len(links), func(i int) bool { return number(i) >= w.number }); i < len(links); i++ {
		rest, goesOn := strings.CutPrefix(number(i), w.number)
		switch {
		case !goesOn:
			return
		case rest == "":
			r.add(links[i], score, w)
		case rest[0] == '-':
			r.add(links[i], score-0.01, w)
		case rest[0] >= 'a':
			r.add(links[i], score-0.02, w)
		default:
			r.add(links[i], score-0.2, w)
		}
	}
}

func (r *ranking) add(l link, score float64, w wish) {
	p := &r.x.places[l.place]
	if w.in != "" && !strings.EqualFold(w.in, p.In) && normal(p.In) != w.in {
		return
	}
	c := candidate{link: l, score: math.Round(score*100) / 100}
	if r.full && c.score < r.list[r.keep-1].score {
		return
	}
	c.standing = math.Log2((1 + float64(max(p.Weight, 0))) * r.nearness(p.At))
	if r.full && r.compare(c, r.list[r.keep-1]) > 0 {
		return
	}
	r.list = append(r.list, c)
	if len(r.list) >= 4*r.keep {
		slices.SortFunc(r.list, r.compare)
		r.list = r.list[:r.keep]
		r.full = true
	}
}

// nearness falls from 1 in the middle of what the user looks at to a half at 500
// m, and so on. It takes the earth for flat, which is near enough for an order.
func (r *ranking) nearness(at orb.Point) float64 {
	if r.q.Near == (orb.Point{}) {
		return 1
	}
	const degree = float64(geo.EarthRadius) * math.Pi / 180
	apart := math.Hypot((at[0]-r.q.Near[0])*r.narrowing, at[1]-r.q.Near[1]) * degree
	return 1 / (1 + apart/500)
}

// compare puts the better first. No two candidates are equal.
func (r *ranking) compare(a, b candidate) int {
	switch {
	case a.score != b.score:
		return cmp.Compare(b.score, a.score)
	case a.place == b.place:
		return cmp.Or(cmp.Compare(r.foreign(a), r.foreign(b)), cmp.Compare(a.language, b.language))
	}
	return cmp.Or(
		cmp.Compare(r.rank(a), r.rank(b)),
		cmp.Compare(b.standing, a.standing),
		cmp.Compare(a.place, b.place),
	)
}

// rank is where the kind of a candidate stands among those that match as well.
// Estates and neighbourhoods are called after the street that they lie at: who
// types "market" wants Market Street, not its historic district.
func (r *ranking) rank(c candidate) int {
	p := &r.x.places[c.place]
	rank := 2 * int(p.Kind)
	if p.Kind == Settlement && c.score < scoreWhole && small[p.Detail] {
		rank = 2*int(Street) + 1
	}
	return rank
}

// small are the settlements, by OSM's value of place, that are known less well
// than the streets around them.
var small = map[string]bool{
	"neighbourhood": true, "hamlet": true, "quarter": true, "isolated_dwelling": true, "locality": true,
	"farm": true, "city_block": true, "plot": true,
}

// foreign is 0 for a name in the query's language, else 1.
func (r *ranking) foreign(c candidate) int {
	if int(c.language) == r.lang {
		return 0
	}
	return 1
}

// hits are the best candidates, each place once, and those alike once.
func (r *ranking) hits() []Hit {
	slices.SortFunc(r.list, r.compare)
	var hits []Hit
	taken := map[uint32]bool{}
	alike := map[string][]*Place{}
	for _, c := range r.list {
		p := &r.x.places[c.place]
		if taken[c.place] {
			continue
		}
		taken[c.place] = true
		matched := r.matched(c)
		key := strings.Join([]string{matched, p.Number, p.In, string(rune('0' + p.Kind))}, "\x00")
		if slices.ContainsFunc(alike[key], func(other *Place) bool { return same(p, other) }) {
			continue
		}
		alike[key] = append(alike[key], p)
		hits = append(hits, Hit{p, c.score, matched})
		if len(hits) == r.q.limit() {
			break
		}
	}
	return hits
}

// matched is the name that matched: the one in the query's language, if that
// differs only in spelling.
func (r *ranking) matched(c candidate) string {
	names := r.x.places[c.place].Name
	name := names[r.x.languages[c.language]]
	if asked, ok := names[r.q.Lang]; ok && normal(asked) == normal(name) {
		return asked
	}
	return name
}

// same tells whether two places of one kind, name, number and settlement are the
// same to a reader: pieces of one street, and not two branches of a shop.
func same(a, b *Place) bool {
	apart := geo.Distance(a.At, b.At)
	switch {
	case a.Kind == POI:
		return apart < 60
	case a.In == "":
		return apart < 5000
	}
	return true
}
