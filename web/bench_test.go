package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkTile is a tile from memory through the whole chain: session, rights,
// headers, metrics. The first size is one view of a screen.
func BenchmarkTile(b *testing.B) {
	for _, tiles := range []int{20, 1000} {
		b.Run(fmt.Sprintf("tiles=%d", tiles), func(b *testing.B) {
			x := open(b)
			m := drawn(b)
			m.Tiles = &tiler{size: 1000}
			x.s.SetMap(m)
			cookie := x.as("officer").Jar.Cookies(mustURL(b, x.url))[0].String()
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/tiles/%s/15/%d/0", m.ID, n%tiles), nil)
				r.Header.Set("Cookie", cookie)
				r.Header.Set("Accept-Encoding", "gzip")
				w := httptest.NewRecorder()
				x.s.Handler().ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
				n++
			}
		})
	}
}

// BenchmarkPassword is what one login costs with the parameters in use.
func BenchmarkPassword(b *testing.B) {
	h, err := newHasher(nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := h.hash(b.Context(), password); err != nil {
			b.Fatal(err)
		}
	}
}
