package store

import (
	"os"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(child(dir))
	}
	if os.Getenv(fullEnv) != "" {
		os.Exit(m.Run()) // Pebble cannot be closed on a full disk
	}
	goleak.VerifyTestMain(m)
}

const (
	childEnv = "CITYGRID_STORE_TEST_CHILD"
	hash     = "$argon2id$v=19$m=65536,t=1,p=2$c2FsdA$aGFzaA"
)

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)} }

func act(verb string) audit.Act { return audit.Act{Who: "li.wei", From: "192.0.2.7", Verb: verb} }

func opened(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var wilmington = Settings{
	Bureau: map[string]string{"en": "City of Wilmington", "zh-CN": "威尔明顿市"}, TimeZone: "America/New_York", Region: "US", Language: "en",
}

func bureau() grid.Area {
	return grid.Area{Kind: grid.Bureau, Name: map[string]string{"en": "City", "zh-CN": "市"}}
}

// setUp is a store with a bureau and the admin "root1", person 1.
func setUp(t testing.TB) (*Store, *clock) {
	t.Helper()
	c := newClock()
	s := opened(t, t.TempDir(), Options{Now: c.now})
	admin := people.Person{Login: "root1", Name: "Root", PasswordHash: hash}
	if err := s.Setup(t.Context(), wilmington, admin, bureau(), act("setup")); err != nil {
		t.Fatal(err)
	}
	return s, c
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
