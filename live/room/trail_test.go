package room

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/live/ingest"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

var eight = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

// A walk up a street and down again, across, and past its begin once more: 800 m.
func upAndDown() patrol.Walk {
	at := streettest.Place
	return patrol.Walk{Start: eight, Line: orb.LineString{at(0, 0), at(20, 0), at(0, 0), at(0, 20), at(0, 0)}}
}

// Somebody who walks it all at 1.3 m/s with noise, reporting now and then, is
// followed along each part in its turn, never back and never far ahead.
func TestFollow(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 9))
		trail := newTrail(upAndDown(), "foot")
		length := trail.length()
		if math.Abs(length-800) > 5 {
			t.Fatalf("the walk has %v m", length)
		}
		noise := func() float64 { return r.NormFloat64() * 0.5 } // characters: 5 m
		for m, now := 0.0, eight; m < length+30; {
			step := 5 + r.Float64()*25
			m, now = m+step*1.3, now.Add(time.Duration(step*float64(time.Second)))
			p := trail.point(min(m, length))
			lon, lat := streettest.Place(1, 0)[0]-streettest.Place(0, 0)[0], streettest.Place(0, 1)[1]-streettest.Place(0, 0)[1]
			p = orb.Point{p[0] + noise()*lon, p[1] + noise()*lat}
			was := trail.done
			trail.follow(ingest.Fix{Time: now, At: p, Accuracy: 8})
			if trail.done < was {
				t.Fatalf("seed %d: back from %v to %v", seed, was, trail.done)
			}
			if off := trail.done - min(m, length); off > 30 || off < -60 {
				t.Fatalf("seed %d: at %.0f m it says %.0f m", seed, m, trail.done)
			}
		}
		if trail.done < length-15 {
			t.Errorf("seed %d: at the end it says %.0f m of %.0f", seed, trail.done, length)
		}
	}
}

func TestFollowPassesOver(t *testing.T) {
	at := streettest.Place
	fix := func(seconds int, p orb.Point, accuracy geo.Metres) ingest.Fix {
		return ingest.Fix{Time: eight.Add(time.Duration(seconds) * time.Second), At: p, Accuracy: accuracy}
	}
	for _, c := range []struct {
		name string
		fix  ingest.Fix
		done float64 // after 50 m were walked
	}{
		{"a later fix ahead", fix(70, at(8, 0), 0), 80},
		{"one as old as the last", fix(40, at(8, 0), 0), 50},
		{"one far off the line", fix(70, at(8, 5), 0), 50},
		{"one that says little", fix(70, at(8, 0), 100), 50},
		{"one farther ahead than anybody walks", fix(50, at(20, 0), 0), 50},
		{"the same place later, as the walk passes it again", fix(3000, at(5, 0), 0), 50},
		{"back after an hour", fix(3600, at(9, 0), 0), 90},
	} {
		trail := newTrail(upAndDown(), "foot")
		trail.follow(fix(0, at(0, 0), 0))
		trail.follow(fix(40, at(5, 0), 0))
		trail.follow(c.fix)
		if math.Abs(trail.done-c.done) > 2 {
			t.Errorf("%s: %.0f m, want %.0f m", c.name, trail.done, c.done)
		}
	}
	var empty trail
	empty.follow(fix(0, at(0, 0), 0))
	if newTrail(patrol.Walk{}, "foot").length() != 0 || empty.done != 0 {
		t.Error("a walk of nothing is followed")
	}
}

// A stop is a run of served legs of one street; ways in between are none.
func TestStops(t *testing.T) {
	names := map[street.SegmentID]string{1: "Elm", 2: "Oak"}
	leg := func(street street.SegmentID, metres geo.Metres, serve bool) patrol.Leg {
		return patrol.Leg{Segment: street, Metres: metres, Serve: serve, Begin: eight}
	}
	w := patrol.Walk{Legs: []patrol.Leg{leg(1, 100, true), leg(1, 50, true), leg(2, 30, false), leg(2, 40, true), leg(1, 80, true)}}
	got := stops(w, 600, func(l patrol.Leg) string { return names[l.Segment] }) // the line is twice as long
	want := []stop{
		{"Elm", 0, 300, 150, eight, time.Time{}, []street.SegmentID{1, 1}, 0},
		{"Oak", 360, 440, 40, eight, time.Time{}, []street.SegmentID{2}, 0},
		{"Elm", 440, 600, 80, eight, time.Time{}, []street.SegmentID{1}, 0},
	}
	if len(got) != len(want) {
		t.Fatalf("stops %+v", got)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("stop %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}
