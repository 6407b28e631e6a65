package city_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/routing/city"
	"citygrid/routing/closure"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

const blocks = `
a---b---c---d
|   |   |   |
|   |   |   |
e---f---g---h
|   |   |   |
|   |   |   |
i---j---k---l
`

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func profiles() []path.Profile { return []path.Profile{path.Foot(), path.Car()} }

func open(t testing.TB) (*city.Streets, func(from, to rune) closure.Piece) {
	d, err := streettest.Parse(blocks)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Parts.Segments {
		d.Parts.Segments[i].Way = int64(100 + i)
	}
	n, err := street.Build(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	return city.New("map", n, profiles()), func(from, to rune) closure.Piece {
		id := d.ID(from, to)
		return closure.Piece{Way: n.Segment(id).Way, Line: n.Line(id)}
	}
}

func length(t testing.TB, s *city.State, profile string, from, to orb.Point) float64 {
	t.Helper()
	r, err := s.Engine(profile).Route(t.Context(), path.Query{From: from, To: to})
	if errors.Is(err, path.ErrNoRoute) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	return float64(r.Distance)
}

// TestClosure: a closure bends the ways of those whom it concerns while it holds.
func TestClosure(t *testing.T) {
	s, piece := open(t)
	a, b := streettest.Place(0, 0), streettest.Place(4, 0)
	c := closure.Closure{
		ID: 1, Version: 1, State: closure.Approved, Direction: closure.Both, Profiles: []string{"car"},
		Pieces: []closure.Piece{piece('a', 'b')}, From: noon.Add(time.Hour), To: noon.Add(2 * time.Hour),
	}
	if err := s.Set([]closure.Closure{c}, noon); err != nil {
		t.Fatal(err)
	}
	if next := s.Next(); !next.Equal(c.From) {
		t.Errorf("next change %v, want %v", next, c.From)
	}
	later := s.At(c.From)
	begin := s.Now().Version
	for _, step := range []struct {
		at        time.Duration
		car, foot bool // goes straight on
	}{{30 * time.Minute, true, true}, {60 * time.Minute, false, true}, {119 * time.Minute, false, true}, {120 * time.Minute, true, true}} {
		if err := s.Advance(noon.Add(step.at)); err != nil {
			t.Fatal(err)
		}
		for profile, straight := range map[string]bool{"car": step.car, "foot": step.foot} {
			if got := length(t, s.Now(), profile, a, b); (got < 41) != straight {
				t.Errorf("after %v %s drives %v m; straight on: %v", step.at, profile, got, straight)
			}
		}
	}
	if got := s.Now().Version; got != begin+2 {
		t.Errorf("version %d, want %d: it began and ended", got, begin+2)
	}
	if got := length(t, later, "car", a, b); got < 41 {
		t.Errorf("in an hour a car drives %v m", got)
	}
	if !slices.Equal(later.Active, []closure.ID{1}) || len(s.Now().Active) != 0 {
		t.Errorf("in an hour %v hold, then %v", later.Active, s.Now().Active)
	}
}

// TestEffects: of several closures the one that leaves least counts, and nobody
// gets faster by one.
func TestEffects(t *testing.T) {
	s, piece := open(t)
	a, b := streettest.Place(0, 0), streettest.Place(4, 0)
	took := func(profile string, effects ...closure.Effect) time.Duration {
		t.Helper()
		var list []closure.Closure
		for i, e := range effects {
			list = append(list, closure.Closure{
				ID: closure.ID(i + 1), Version: rand.Int64(), State: closure.Approved, Direction: closure.Both,
				Pieces: []closure.Piece{piece('a', 'b'), piece('a', 'e')}, Effect: e, From: noon,
			})
		}
		if err := s.Set(list, noon); err != nil {
			t.Fatal(err)
		}
		cost, err := s.Now().Engine(profile).Cost(t.Context(), path.Query{From: a, To: b})
		if err != nil {
			t.Fatal(err)
		}
		return cost.Duration
	}
	usual := took("car")
	if half := took("car", closure.Effect{Share: 0.5}); half.Round(time.Millisecond) != 2*usual {
		t.Errorf("at half the speed %v, usually %v", half, usual)
	}
	if slow := took("car", closure.Effect{Share: 0.5}, closure.Effect{SpeedKMH: 3.6}); slow < 39*time.Second || slow > 41*time.Second {
		t.Errorf("at 1 m/s 40 m take %v", slow)
	}
	if slow, walk := took("foot", closure.Effect{SpeedKMH: 10}), took("foot"); slow != walk {
		t.Errorf("a limit of 10 km/h has walkers take %v instead of %v", slow, walk)
	}
	took("car", closure.Effect{SpeedKMH: 3.6}, closure.Effect{})
	closed := 0
	for id := range street.SegmentID(s.Network.Segments()) {
		if _, ok := s.Now().Engine("car").Along(id, true); !ok {
			closed++
		}
	}
	if closed != 2 {
		t.Errorf("%d streets are closed, want 2", closed)
	}
}

// TestStreetsEqualNewOnes: after any changes of closures and the clock the streets
// are what new ones with these closures are at that time.
func TestStreetsEqualNewOnes(t *testing.T) {
	s, piece := open(t)
	pairs := []string{"ab", "bc", "cd", "ef", "fg", "gh", "ae", "bf", "cg", "dh", "ei", "fj", "gk", "hl"}
	rapid.Check(t, func(rt *rapid.T) {
		var list []closure.Closure
		now := noon
		if err := s.Set(nil, noon); err != nil {
			rt.Fatal(err)
		}
		for step := range rapid.IntRange(1, 6).Draw(rt, "steps") {
			now = noon.Add(time.Duration(rapid.IntRange(0, 100).Draw(rt, "now")) * time.Minute)
			if rapid.Bool().Draw(rt, "changes") {
				if len(list) > 0 && rapid.Bool().Draw(rt, "removes") {
					list = slices.Clone(list[1:])
				}
				name := rapid.SampledFrom(pairs).Draw(rt, "street")
				list = append(slices.Clone(list), closure.Closure{
					ID: closure.ID(1 + step), Version: rand.Int64(), State: closure.Approved,
					Direction: rapid.SampledFrom([]closure.Direction{closure.Both, closure.Along}).Draw(rt, "direction"),
					Pieces:    []closure.Piece{piece(rune(name[0]), rune(name[1]))},
					From:      noon.Add(time.Duration(rapid.IntRange(0, 100).Draw(rt, "from")) * time.Minute),
					To:        noon.Add(time.Duration(rapid.IntRange(101, 200).Draw(rt, "to")) * time.Minute),
				})
				if err := s.Set(list, now); err != nil {
					rt.Fatal(err)
				}
			} else if next := s.Next(); !next.IsZero() && next.After(now) {
				now = next
				if err := s.Advance(now); err != nil {
					rt.Fatal(err)
				}
			} else if err := s.Set(list, now); err != nil { // the clock went back
				rt.Fatal(err)
			}
		}
		fresh := city.New("map", s.Network, profiles())
		if err := fresh.Set(list, now); err != nil {
			rt.Fatal(err)
		}
		then := s.At(now)
		if a, b := s.Now().Active, fresh.Now().Active; !slices.Equal(a, b) {
			rt.Fatalf("at %v %v hold, on new streets %v", now, a, b)
		}
		for range 4 {
			from := streettest.Place(rapid.Float64Range(0, 12).Draw(rt, "x"), rapid.Float64Range(0, 6).Draw(rt, "y"))
			to := streettest.Place(rapid.Float64Range(0, 12).Draw(rt, "x"), rapid.Float64Range(0, 6).Draw(rt, "y"))
			want := length(t, fresh.Now(), "car", from, to)
			if got := length(t, s.Now(), "car", from, to); got != want {
				rt.Fatalf("%v m, on new streets %v m", got, want)
			}
			if got := length(t, then, "car", from, to); got != want {
				rt.Fatalf("%v m at that time, on new streets %v m", got, want)
			}
		}
	})
}

// TestReadersWaitForNobody: whoever asks while closures change gets answers of one
// state or another.
func TestReadersWaitForNobody(t *testing.T) {
	s, piece := open(t)
	a, b := streettest.Place(0, 0), streettest.Place(4, 0)
	done := make(chan struct{})
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				state := s.Now()
				if got := length(t, state, "car", a, b); (got > 41) != (len(state.Active) > 0) {
					t.Errorf("%v hold, and a car drives %v m", state.Active, got)
					return
				}
			}
		})
	}
	for i := range 200 {
		var list []closure.Closure
		if i%2 == 0 {
			list = append(list, closure.Closure{ID: 1, Version: int64(i), State: closure.Approved, Direction: closure.Both, Pieces: []closure.Piece{piece('a', 'b')}, From: noon})
		}
		if err := s.Set(list, noon); err != nil {
			t.Error(err)
		}
	}
	close(done)
	reading.Wait()
}
