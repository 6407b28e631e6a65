package fence

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"citygrid/grid/zone"
	"citygrid/live/ingest"
)

// walked is a judge and a state with something in it.
func walked(t testing.TB, seed uint64) (*Judge, *State) {
	d := randomDay(seed)
	rules, err := Compile(d.periods[0].zones, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(rules, d.cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := NewState("tag", Subject{zone.Dog, 1})
	for _, f := range d.fixes {
		j.Fix(s, f)
	}
	return j, s
}

func TestDecodeRefuses(t *testing.T) {
	_, s := walked(t, 3)
	good := s.Encode()
	if _, err := Decode(append([]byte{9}, good[1:]...)); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "version 9") {
		t.Errorf("another version: %v", err)
	}
	for n := range good {
		if _, err := Decode(good[:n]); !errors.Is(err, ErrState) {
			t.Fatalf("cut at %d of %d: %v", n, len(good), err)
		}
	}
	// What an earlier program wrote of a tracker that is in no zone.
	old := writer{b: []byte{2}}
	old.text("tag")
	old.text("dog")
	for range 2 { // id, clock
		old.int(1)
	}
	for range 2 { // head, base
		old.int(1)
		for range 3 {
			old.uint(0)
		}
	}
	for range 7 { // tail, mid, told, counts
		old.uint(0)
	}
	if s, err := Decode(old.b); err != nil || s.Subject() != (Subject{zone.Dog, 1}) {
		t.Errorf("version 2: %v", err)
	}
	if _, err := Decode(append(good, 0)); !errors.Is(err, ErrState) {
		t.Errorf("too long: %v", err)
	}
}

// Damaged bytes are refused or give a state that can be worked with.
func FuzzDecode(f *testing.F) {
	for seed := range uint64(6) {
		_, s := walked(f, seed)
		f.Add(s.Encode(), seed)
	}
	f.Add(NewState("tag", Subject{}).Encode(), uint64(1))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		s, err := Decode(b)
		if err != nil {
			return
		}
		j, _ := walked(t, seed%6)
		rnd := rand.New(rand.NewPCG(seed, 1))
		now := at("12:00:00")
		for range 20 {
			now = now.Add(time.Duration(rnd.IntN(100)-20) * time.Second)
			j.Fix(s, ingest.Fix{Time: now, At: by(wilmington, 300*rnd.Float64(), 300*rnd.Float64())})
			j.NextWake(s)
			s.Lasting()
		}
		j.Advance(s, now.Add(time.Hour))
		j.Close(s, now.Add(2*time.Hour))
		if _, err := Decode(s.Encode()); err != nil {
			t.Fatalf("what came of it cannot be read: %v", err)
		}
	})
}
