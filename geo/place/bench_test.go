package place

import (
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"
)

// manyPlaces are streets of made-up names, each with ten houses.
func manyPlaces(streets int) []Place {
	syllables := []string{"wil", "ming", "ton", "mar", "ket", "kirk", "wood", "bran", "dy", "wine", "new", "cas", "tle", "do", "ver"}
	characters := []rune("东西南北中山长安朝阳门内外建国重庆天津上广湖河江")
	var places []Place
	for i := range streets {
		n := i
		pick := func(of int) int { n = n*1103515245 + 12345; return (n >> 16 & 0x7fff) % of }
		latin := syllables[pick(len(syllables))] + syllables[pick(len(syllables))] + syllables[pick(len(syllables))] + " Street"
		chinese := string([]rune{characters[pick(len(characters))], characters[pick(len(characters))], characters[pick(len(characters))], '路'})
		p := Place{Kind: Street, Name: map[string]string{"": latin, "zh": chinese}, At: orb.Point{float64(i % 100), float64(i / 100 % 50)}, In: fmt.Sprint("Town ", i%40)}
		places = append(places, p)
		for house := range 10 {
			p.Kind, p.Number = Address, fmt.Sprint(house+1)
			places = append(places, p)
		}
	}
	return places
}

func BenchmarkNew(b *testing.B) {
	for _, streets := range []int{1000, 10_000} {
		places := manyPlaces(streets)
		b.Run(fmt.Sprintf("places=%d", len(places)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				New(places)
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	for _, streets := range []int{1000, 10_000} {
		places := manyPlaces(streets)
		x := New(places)
		for _, text := range []string{"w", "wilming", "5 market", "wlimingtn st", "zhongshan", "zsl", "中山路3号"} {
			b.Run(fmt.Sprintf("places=%d/%s", len(places), text), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					x.Search(context.Background(), Query{Text: text, Near: orb.Point{10, 10}})
				}
			})
		}
	}
}
