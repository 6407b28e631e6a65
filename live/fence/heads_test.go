package fence

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"citygrid/grid/zone"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Crowds are what a count minute by minute says, in whatever order and with whatever
// corrections the stays are told.
func TestHeadsAreCounted(t *testing.T) {
	crowds := 0
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		most := 1 + rnd.IntN(3)
		rules, err := Compile([]zone.Zone{{
			ID: 4, Rule: zone.Rule{Kind: zone.HeadCount, Most: most}, Classes: []zone.Class{zone.Person, zone.Dog},
			Ground: orb.MultiPolygon{{box(wilmington, 100, 100)}},
		}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		j, err := New(rules, Config{})
		if err != nil {
			t.Fatal(err)
		}
		begin := at("10:00:00")
		minute := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Minute) }
		type visit struct {
			from, to int // minutes; to is 0 while it lasts
			grade    Grade
		}
		visits := make([]visit, 1+rnd.IntN(8))
		var said []Breach
		tell := func(id, from, to int, g Grade) Breach {
			b := Breach{Subject: Subject{zone.Dog, int64(id)}, Zone: 4, Rule: zone.HeadCount, Start: minute(from), Grade: g, Event: Began, At: minute(from)}
			if to != 0 {
				b.End, b.At, b.Event = minute(to), minute(to), Ended
			}
			return b
		}
		for i := range visits {
			from := rnd.IntN(60)
			visits[i] = visit{from, from + 1 + rnd.IntN(60), Grade(1 + rnd.IntN(3))}
			if rnd.IntN(5) == 0 {
				visits[i].to = 0
			}
			v := visits[i]
			said = append(said, tell(i, v.from, 0, v.grade))
			if v.to != 0 {
				said = append(said, tell(i, v.from, v.to, v.grade))
			}
		}
		want := map[Key]outcome{}
		var open *Key
		for m := range 200 {
			var grades []Grade
			for _, v := range visits {
				if v.from <= m && (v.to == 0 || m < v.to) {
					grades = append(grades, v.grade)
				}
			}
			slices.Sort(grades)
			slices.Reverse(grades)
			switch {
			case len(grades) > most && open == nil:
				open = &Key{Subject{Class: zone.Person}, 4, zone.HeadCount, minute(m)}
				want[*open] = outcome{Grade: grades[most]}
			case len(grades) > most:
				want[*open] = outcome{Grade: max(want[*open].Grade, grades[most])}
			case open != nil:
				want[*open] = outcome{End: minute(m), Grade: want[*open].Grade}
				open = nil
			}
		}
		crowds += len(want)
		// Told in any order; a stay's last word comes last. Some are told wrong first, and
		// some are taken back.
		rnd.Shuffle(len(said), func(i, k int) { said[i], said[k] = said[k], said[i] })
		slices.SortStableFunc(said, func(a, b Breach) int {
			if a.Subject == b.Subject {
				return len(string(a.Event)) - len(string(b.Event))
			}
			return 0
		})
		var h Heads
		have := map[Key]outcome{}
		for i, b := range said {
			if rnd.IntN(4) == 0 {
				wrong := tell(100+i, rnd.IntN(60), 0, Confirmed)
				fold(have, h.Take(j, wrong))
				wrong.Event = Withdrawn
				fold(have, h.Take(j, wrong))
			}
			if b.Event == Began && rnd.IntN(3) == 0 {
				wrong := b
				wrong.Start = b.Start.Add(-30 * time.Second)
				fold(have, h.Take(j, wrong))
				b.Event, b.Was = Corrected, wrong.Start
			}
			fold(have, h.Take(j, b))
			if again := h.Take(j, b); len(again) > 0 {
				t.Fatalf("told again it says %v", again)
			}
		}
		for i, v := range visits { // the last word
			fold(have, h.Take(j, tell(i, v.from, v.to, v.grade)))
		}
		if !maps.Equal(have, want) {
			t.Fatalf("at most %d of %v: got\n%v\nwant\n%v", most, visits, have, want)
		}
	})
	if crowds == 0 {
		t.Error("there was no crowd")
	}
}
