package place_test

import (
	"context"
	"fmt"

	"citygrid/geo/place"
)

func ExampleIndex_Search() {
	x := place.New([]place.Place{
		{Kind: place.Street, Name: map[string]string{"": "王府井大街", "en": "Wangfujing Street"}},
		{Kind: place.Street, Name: map[string]string{"": "North Market Street"}, In: "Wilmington"},
		{Kind: place.Address, Name: map[string]string{"": "North Market Street"}, Number: "12", In: "Wilmington"},
	})
	for _, text := range []string{"wfj", "府井", "12 n market st", "markte"} {
		hit := x.Search(context.Background(), place.Query{Text: text})[0]
		fmt.Printf("%s: %s\n", text, hit.Place.Number+" "+hit.Matched)
	}
	// Output:
	// wfj:  王府井大街
	// 府井:  王府井大街
	// 12 n market st: 12 North Market Street
	// markte:  North Market Street
}
