package web

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestSessionTimes: a login ends when it is not used for two hours, and after 16
// hours in any case; using it costs one write a minute at most.
func TestSessionTimes(t *testing.T) {
	cases := []struct {
		name  string
		every time.Duration // between requests
		lasts time.Duration // 0 = the first pause ends it
	}{
		{"used every ten minutes", 10 * time.Minute, 16 * time.Hour},
		{"used every 119 minutes", 119 * time.Minute, 16 * time.Hour},
		{"not used for 121 minutes", 121 * time.Minute, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			st := newFake().bureau(t)
			m := drawn(t)
			synctest.Test(t, func(t *testing.T) {
				s, err := New(Config{Store: st, Sessions: st, Map: m, Hashing: cheap(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
				if err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				login := httptest.NewRequest("POST", "/api/session", strings.NewReader(`{"login":"officer","password":"`+password+`"}`))
				answer := httptest.NewRecorder()
				s.Handler().ServeHTTP(answer, login)
				if answer.Code != 200 {
					t.Fatalf("login: %d %s", answer.Code, answer.Body)
				}
				cookie := answer.Header().Get("Set-Cookie")
				status := func() int {
					r := httptest.NewRequest("GET", "/api/map", nil)
					r.Header.Set("Cookie", strings.Split(cookie, ";")[0])
					w := httptest.NewRecorder()
					s.Handler().ServeHTTP(w, r)
					return w.Code
				}
				for range 100 {
					if status() != 200 {
						t.Fatal("not logged in at the start")
					}
				}
				if st.commits != 1 {
					t.Errorf("%d writes for 100 requests at once, want 1 (the login)", st.commits)
				}
				lasted := time.Duration(0)
				for {
					time.Sleep(c.every)
					if status() != 200 {
						break
					}
					lasted = time.Since(begin)
				}
				if lasted > c.lasts || lasted+c.every < c.lasts {
					t.Errorf("lasted %v, want %v to within %v", lasted, c.lasts, c.every)
				}
			})
		})
	}
}
