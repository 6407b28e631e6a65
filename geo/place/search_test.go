package place

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func named(kind Kind, in string, at orb.Point, weight float32, names ...string) Place {
	p := Place{Kind: kind, In: in, At: at, Weight: weight, Name: map[string]string{}}
	for _, n := range names {
		language, name, ok := strings.Cut(n, "=")
		if !ok {
			language, name = "", n
		}
		p.Name[language] = name
	}
	return p
}

func house(number, street, in string) Place {
	p := named(Address, in, orb.Point{}, 0, street)
	p.Number = number
	return p
}

// town is a gazetteer small enough to know by heart.
var town = []Place{
	named(Settlement, "", orb.Point{-75.55, 39.74}, 70000, "Wilmington", "zh=威尔明顿"),
	named(Settlement, "", orb.Point{-75.75, 39.68}, 31000, "Newark"),
	named(Settlement, "", orb.Point{-75.57, 39.66}, 5000, "New Castle"),
	named(Street, "Wilmington", orb.Point{-75.55, 39.74}, 3, "Main Street"),
	named(Street, "Newark", orb.Point{-75.75, 39.68}, 2, "Main Street"),
	named(Street, "Wilmington", orb.Point{-75.56, 39.75}, 2, "North Market Street"),
	named(Street, "Wilmington", orb.Point{-75.56, 39.75}, 1, "St. Mary's Avenue"),
	named(Street, "Wilmington", orb.Point{-75.56, 39.75}, 1, "Martin Luther King Jr. Blvd"),
	named(Street, "Wilmington", orb.Point{-75.56, 39.75}, 1, "West 4th Street"),
	named(Street, "Wilmington", orb.Point{-75.56, 39.75}, 1, "Mainland Drive"),
	named(POI, "Wilmington", orb.Point{-75.54, 39.74}, 0, "Café Olé"),
	named(POI, "Wilmington", orb.Point{-75.56, 39.75}, 0, "Brandywine Zoo"),
	house("12", "Main Street", "Wilmington"),
	house("12A", "Main Street", "Wilmington"),
	house("120", "Main Street", "Wilmington"),
	house("12-14", "Main Street", "Newark"),
	house("12", "North Market Street", "Wilmington"),
	named(Settlement, "", orb.Point{116.39, 39.91}, 2e7, "北京", "en=Beijing"),
	named(Settlement, "", orb.Point{116.41, 39.91}, 9000, "东城区"),
	named(Street, "北京", orb.Point{116.41, 39.91}, 2, "王府井大街", "en=Wangfujing Street"),
	named(Street, "北京", orb.Point{116.40, 39.90}, 4, "东长安街"),
	named(Street, "北京", orb.Point{116.42, 39.92}, 3, "朝阳门内大街"),
	named(Street, "北京", orb.Point{116.33, 39.89}, 1, "重庆路"),
	named(Street, "北京", orb.Point{116.34, 39.89}, 1, "银行街"),
	named(Street, "北京", orb.Point{116.35, 39.89}, 1, "中山路"),
	named(Street, "北京", orb.Point{116.36, 39.89}, 1, "绿园路"),
	named(Street, "北京", orb.Point{116.37, 39.89}, 1, "G6京藏高速"),
	named(POI, "北京", orb.Point{116.41, 39.91}, 0, "王府饭店"),
	house("12", "中山路", "北京"),
	house("8号院", "中山路", "北京"),
	named(Street, "Valletta", orb.Point{14.5, 35.9}, 1, "Triq il-Ħamrun"),
	named(Street, "Paris", orb.Point{2.3, 48.8}, 1, "Straße des Ｆriedens"),
}

func shown(hits []Hit) (lines []string) {
	for _, h := range hits {
		line := h.Matched
		if h.Place.Number != "" {
			line = h.Place.Number + " " + line
		}
		if h.Place.In != "" && h.Place.In != "北京" {
			line += ", " + h.Place.In
		}
		lines = append(lines, line)
	}
	return lines
}

func TestSearch(t *testing.T) {
	x := New(town)
	for _, c := range []struct {
		text string
		want []string // the first hits
	}{
		// Words and their beginnings.
		{"wilmington", []string{"Wilmington"}},
		{"WILM", []string{"Wilmington"}},
		{"new", []string{"New Castle", "Newark"}}, // a whole word before a beginning
		{"zoo brandy", []string{"Brandywine Zoo, Wilmington"}},
		{"main", []string{"Main Street, Wilmington", "Main Street, Newark", "Mainland Drive, Wilmington"}},
		{"main st newark", []string{"Main Street, Newark"}},
		{"cafe ole", []string{"Café Olé, Wilmington"}},
		{"ＭＡＩＮ street", []string{"Main Street, Wilmington"}},
		{"hamrun", []string{"Triq il-Ħamrun, Valletta"}},
		{"strasse des friedens", []string{"Straße des Ｆriedens, Paris"}},
		// Abbreviations, on either side.
		{"main st", []string{"Main Street, Wilmington"}},
		{"N Market St", []string{"North Market Street, Wilmington"}},
		{"saint marys ave", []string{"St. Mary's Avenue, Wilmington"}},
		{"st mary's avenue", []string{"St. Mary's Avenue, Wilmington"}},
		{"martin luther king boulevard", []string{"Martin Luther King Jr. Blvd, Wilmington"}},
		{"w fourth street", []string{"West 4th Street, Wilmington"}},
		// Typing errors.
		{"mian st", []string{"Main Street, Wilmington", "Main Street, Newark"}},
		{"wilmignton", []string{"Wilmington"}},
		{"willmingtn", []string{"Wilmington"}},
		{"brandiwine", []string{"Brandywine Zoo, Wilmington"}},
		{"brandiw", []string{"Brandywine Zoo, Wilmington"}},
		// House numbers.
		{"12 main", []string{"12 Main Street, Wilmington", "12-14 Main Street, Newark", "12A Main Street, Wilmington"}},
		{"main street 12a", []string{"12A Main Street, Wilmington"}},
		{"12 main st newark", []string{"12-14 Main Street, Newark"}},
		{"12 N Market", []string{"12 North Market Street, Wilmington"}},
		{"99 main st", []string{"Main Street, Wilmington"}}, // the street at least
		{"中山路12号", []string{"12 中山路"}},
		{"中山路 12", []string{"12 中山路"}},
		{"北京中山路12号", []string{"12 中山路"}},
		{"北京市中山路", []string{"中山路"}},
		{"zhongshan lu 12", []string{"12 中山路"}},
		{"中山路8号", []string{"8号院 中山路"}},
		// Chinese, by any part.
		{"王府井", []string{"王府井大街"}},
		{"王府", []string{"王府井大街", "王府饭店"}},
		{"府井", []string{"王府井大街"}},
		{"威尔明顿", []string{"威尔明顿"}},
		{"京藏", []string{"G6京藏高速"}},
		{"g6", []string{"G6京藏高速"}},
		// Pinyin, whole, by initials, and mixed.
		{"beijing", []string{"Beijing"}},
		{"wangfujing", []string{"Wangfujing Street", "王府井大街"}[:1]},
		{"wfj", []string{"王府井大街"}},
		{"wangfj", []string{"王府井大街"}},
		{"wfjdj", []string{"王府井大街"}},
		{"zhongshan rd", []string{"中山路"}},
		{"zhong shan lu", []string{"中山路"}},
		{"zsl", []string{"中山路"}},
		{"zhshl", []string{"中山路"}},
		{"chongqing", []string{"重庆路"}},
		{"yinhangjie", []string{"银行街"}},
		{"yhj", []string{"银行街"}},
		{"chang an jie", []string{"东长安街"}},
		{"chaoyangmen", []string{"朝阳门内大街"}},
		{"lvyuan", []string{"绿园路"}},
		{"lüyuan", []string{"绿园路"}},
		{"王府jing", []string{"王府井大街"}},
		// Nothing.
		{"", nil},
		{" ,.- ", nil},
		{"qqqqqq", nil},
		{"wilmington zoo castle", nil},
	} {
		got := shown(x.Search(context.Background(), Query{Text: c.text, Limit: 10}))
		if len(got) < len(c.want) || len(c.want) == 0 && len(got) > 0 || !reflect.DeepEqual(got[:len(c.want)], c.want) {
			t.Errorf("%q:\n got %q\nwant %q first", c.text, got, c.want)
		}
	}
}

// wilmington is the part of its gazetteer that is about these words: kinds,
// weights and names as they are on the map.
var wilmington = func() []Place {
	settlement := func(detail string, weight float32, name string) Place {
		p := named(Settlement, "", orb.Point{}, weight, name)
		p.Detail = detail
		return p
	}
	road := func(km float32, name string) Place { return named(Street, "Wilmington", orb.Point{}, km, name) }
	return []Place{
		settlement("city", 72826, "Wilmington"), settlement("hamlet", 100, "Wilmont"), settlement("hamlet", 100, "Wilmington Manor"),
		settlement("neighbourhood", 0, "Lower Market Street Historic District"), settlement("neighbourhood", 0, "Rodney Square Historic District"),
		settlement("hamlet", 100, "Lancaster Court"), settlement("hamlet", 100, "Washington Heights"), settlement("hamlet", 100, "Brandywine Hills"),
		settlement("neighbourhood", 0, "Trolley Square"), settlement("suburb", 500, "Market Green"),
		road(4, "North Market Street"), road(1.5, "South Market Street"), road(0.4, "West Market Place"),
		road(0.3, "King Avenue"), road(2, "North King Street"), road(1, "Martin Luther King Boulevard"), road(1, "Kingman Drive"),
		road(11, "Lancaster Pike"), road(3, "Lancaster Avenue"),
		road(3, "Washington Street"), road(6, "North Washington Street"), road(1, "Washington Avenue"),
		road(3, "West 4th Street"), road(0.2, "4th Avenue"), road(1, "Rodney Drive"), road(2, "North Rodney Street"),
		road(0.5, "Trolley Square"), road(0.7, "North Street"), road(1, "Brandywine Boulevard"), road(31, "Wilmington Bypass"),
		named(POI, "Wilmington", orb.Point{}, 0, "Lower Market Street Historic District"), named(POI, "Wilmington", orb.Point{}, 0, "King's Market"),
		named(POI, "Wilmington", orb.Point{}, 2, "Brandywine Park"),
	}
}()

// TestWhatPeopleExpect: a street before what is called after it, the longest
// street of a name first, and North, South and so on are not part of a name.
func TestWhatPeopleExpect(t *testing.T) {
	x := New(wilmington)
	for _, c := range []struct {
		text string
		want []string // the first hits
	}{
		{"market", []string{"Market Green", "North Market Street", "South Market Street", "West Market Place"}},
		{"market st", []string{"North Market Street", "South Market Street", "Lower Market Street Historic District"}},
		{"market street", []string{"North Market Street", "South Market Street", "Lower Market Street Historic District"}},
		{"n market", []string{"North Market Street"}},
		{"lower market", []string{"Lower Market Street Historic District"}},
		{"king", []string{"North King Street", "King Avenue", "Martin Luther King Boulevard"}},
		{"king st", []string{"North King Street"}},
		{"lancaster", []string{"Lancaster Pike", "Lancaster Avenue", "Lancaster Court"}},
		{"lancaster court", []string{"Lancaster Court"}},
		{"washington", []string{"North Washington Street", "Washington Street", "Washington Avenue", "Washington Heights"}},
		{"washington street", []string{"Washington Street", "North Washington Street"}}, // the very name first
		{"washington st", []string{"North Washington Street", "Washington Street"}},
		{"4th", []string{"West 4th Street", "4th Avenue"}},
		{"rodney", []string{"North Rodney Street", "Rodney Drive", "Rodney Square Historic District"}},
		{"rodney square", []string{"Rodney Square Historic District"}},
		{"trolley square", []string{"Trolley Square", "Trolley Square, Wilmington"}}, // the place before the lane there
		{"trolley", []string{"Trolley Square, Wilmington", "Trolley Square"}},
		{"north", []string{"North Street"}},
		{"brandywine", []string{"Brandywine Boulevard", "Brandywine Hills", "Brandywine Park"}},
		{"wilm", []string{"Wilmington", "Wilmont", "Wilmington Bypass"}}, // a city before its streets
		{"wilmington", []string{"Wilmington", "Wilmington Bypass", "Wilmington Manor"}},
	} {
		got := shown(x.Search(context.Background(), Query{Text: c.text, Limit: 10}))
		for i, line := range got {
			if !strings.HasPrefix(line, "Trolley") {
				got[i] = strings.TrimSuffix(line, ", Wilmington")
			}
		}
		if len(got) < len(c.want) || !reflect.DeepEqual(got[:len(c.want)], c.want) {
			t.Errorf("%q:\n got %q\nwant %q first", c.text, got, c.want)
		}
	}
}

func TestNearerFirst(t *testing.T) {
	x := New(town)
	hits := shown(x.Search(context.Background(), Query{Text: "main street", Near: orb.Point{-75.75, 39.68}}))
	if want := []string{"Main Street, Newark", "Main Street, Wilmington"}; !reflect.DeepEqual(hits[:2], want) {
		t.Errorf("in Newark: got %q, want %q", hits, want)
	}
}

func TestShownInTheLanguageAskedFor(t *testing.T) {
	same := named(Settlement, "", orb.Point{1, 1}, 1, "Springfield", "en=SPRINGFIELD", "fr=Springfield")
	x := New([]Place{same})
	for lang, want := range map[string]string{"en": "SPRINGFIELD", "": "Springfield"} {
		if hits := x.Search(context.Background(), Query{Text: "springfield", Lang: lang}); len(hits) != 1 || hits[0].Matched != want {
			t.Errorf("%q: got %v, want %s", lang, shown(hits), want)
		}
	}
}

func TestThoseAlikeAreGivenOnce(t *testing.T) {
	var pieces []Place
	for i := range 30 {
		pieces = append(pieces, named(Street, "Dover", orb.Point{-75.5, 39.1 + float64(i)/1000}, float32(i), "State Street"))
	}
	pieces = append(
		pieces,
		named(POI, "Dover", orb.Point{-75.5, 39.1}, 0, "Corner Cafe"),
		named(POI, "Dover", orb.Point{-75.5, 39.1001}, 0, "Corner Cafe"),
		named(POI, "Dover", orb.Point{-75.5, 39.2}, 0, "Corner Cafe"),
	)
	x := New(pieces)
	if hits := x.Search(context.Background(), Query{Text: "state"}); len(hits) != 1 || hits[0].Place.Weight != 29 {
		t.Errorf("30 pieces of a street: got %v, want the longest", hits)
	}
	if hits := x.Search(context.Background(), Query{Text: "corner"}); len(hits) != 2 {
		t.Errorf("two branches, one mapped twice: got %d hits, want 2", len(hits))
	}
}

// Every name with a word for each word of the query, that starts so, is found.
func TestPrefixesAgainstAScan(t *testing.T) {
	syllables := []string{"ma", "mar", "ket", "wil", "ming", "ton", "st", "new", "é", "o'"}
	word := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(syllables), 1, 3).Draw(t, "syllables"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		var places []Place
		for i := range rapid.IntRange(0, 40).Draw(t, "places") {
			name := strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "words"), " ")
			places = append(places, named(POI, fmt.Sprint(i), orb.Point{float64(i), 0}, 0, name))
		}
		x := New(places)
		query := rapid.SliceOfN(word, 1, 3).Draw(t, "query")
		got := map[string]bool{}
		for _, h := range x.Search(context.Background(), Query{Text: strings.Join(query, " "), Limit: 100}) {
			got[h.Place.In] = true
		}
		for _, p := range places {
			words := split(normal(p.Name[""]))
			all := true
			for _, q := range query {
				all = all && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, normal(q)) })
			}
			if all && !got[p.In] {
				t.Fatalf("%q does not find %q", query, p.Name[""])
			}
		}
	})
}

func TestOneSlipIsForgiven(t *testing.T) {
	x := New([]Place{named(Street, "", orb.Point{}, 1, "Kirkwood Highway"), named(Street, "", orb.Point{1, 1}, 1, "王府井大街")})
	rapid.Check(t, func(t *rapid.T) {
		w := []rune("kirkwood")
		i := rapid.IntRange(0, len(w)-2).Draw(t, "at")
		c := rapid.RuneFrom([]rune("abcdefghijklmnopqrstuvwxyz")).Draw(t, "letter")
		switch rapid.IntRange(0, 3).Draw(t, "slip") {
		case 0:
			w[i], w[i+1] = w[i+1], w[i]
		case 1:
			w[i] = c
		case 2:
			w = slices.Delete(w, i, i+1)
		default:
			w = slices.Insert(w, i, c)
		}
		if hits := x.Search(context.Background(), Query{Text: string(w)}); len(hits) != 1 {
			t.Fatalf("%q: %d hits, want Kirkwood Highway", string(w), len(hits))
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{
		"main st", "中山路12号", "wfj", "\xff\xfe", strings.Repeat("st ", 300), strings.Repeat("王", 500),
		strings.Repeat("a", 5000), "ſ ﬀ Ⅷ ㎞ ﷽", "12 12 12", "1号", "̀̀̀", "北京市", "a\x00b", "zhshl王",
	} {
		f.Add(s, 10)
	}
	x := New(town)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		q := Query{Text: text, Limit: limit, Near: orb.Point{1, 2}, Lang: "en"}
		hits := x.Search(context.Background(), q)
		if len(hits) > q.limit() {
			t.Fatalf("%d hits, limit %d", len(hits), limit)
		}
		for i, h := range hits {
			if h.Score < 0 || h.Score > 1 || i > 0 && h.Score > hits[i-1].Score || !utf8.ValidString(h.Matched) {
				t.Fatalf("hit %d: %+v", i, h)
			}
		}
		if again := x.Search(context.Background(), q); !reflect.DeepEqual(hits, again) {
			t.Fatalf("two searches differ: %v, %v", shown(hits), shown(again))
		}
		// Names from outside are as wild as queries.
		p := named(Street, text, orb.Point{}, 0, text)
		p.Number = text
		New([]Place{p, {Kind: Address, Number: text, Name: p.Name}}).Search(context.Background(), q)
	})
}

func TestAnEndedContextEndsTheSearch(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if hits := New(town).Search(ctx, Query{Text: "main"}); len(hits) > 0 {
		t.Errorf("got %d hits", len(hits))
	}
}
