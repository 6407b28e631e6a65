package room

import (
	"math"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// How a trail is followed.
const (
	near     = 25.0  // metres from the line, within which an officer walks along it
	abeam    = 80.0  // the same of a boat: a river is wide
	vague    = 60.0  // metres; fixes less accurate than that say nothing
	stride   = 2.0   // metres a second: nobody on a beat gets along faster on foot
	ride     = 8.0   // by e-bike or boat
	drive    = 20.0  // by car
	leeway   = 60.0  // metres more, for noise
	farthest = 2_000 // metres ahead that are looked at, for who was called away for long
	atEnd    = 15.0  // metres before the end of a stop it counts as done
)

// A trail is a walk's line and how far somebody has come along it. The same fixes
// by time give the same, so it isn't kept: it is followed again after a restart.
type trail struct {
	near  float64 // metres from the line that count as on it
	speed float64 // metres a second: they get along no faster
	line  orb.LineString
	at    []float64 // metres along the line of each of its points
	done  float64   // metres; never less than before
	last  time.Time // of the last fix
	moved time.Time // when done last grew
}

// newTrail is that of somebody who travels by a profile.
func newTrail(w patrol.Walk, by string) *trail {
	t := &trail{near: near, speed: drive, line: w.Line, at: make([]float64, len(w.Line)), moved: w.Start}
	switch by {
	case "foot":
		t.speed = stride
	case string(register.EBike):
		t.speed = ride
	case string(register.Boat):
		t.near, t.speed = abeam, ride
	}
	for i := 1; i < len(w.Line); i++ {
		t.at[i] = t.at[i-1] + float64(geo.Distance(w.Line[i-1], w.Line[i]))
	}
	return t
}

func (t *trail) length() float64 {
	if len(t.at) == 0 {
		return 0
	}
	return t.at[len(t.at)-1]
}

// follow takes a fix into account. One that is older than the last is passed
// over.
//
// Of the line ahead, as far as could be walked since, it looks at the first
// stretch that the fix is near to, and goes on to the nearest point of that. So a
// street that is walked up and down again, or met again later, is not skipped.
func (t *trail) follow(f ingest.Fix) {
	if !f.Time.After(t.last) || len(t.line) < 2 || f.Accuracy > vague {
		return
	}
	t.last = f.Time
	ahead := min(leeway+t.speed*f.Time.Sub(t.moved).Seconds(), farthest)
	best, bestOff, met := t.done, math.Inf(1), false
	for i := 1; i < len(t.line); i++ {
		if t.at[i] < t.done || t.at[i] == t.at[i-1] {
			continue
		}
		if t.at[i-1] > t.done+ahead {
			break
		}
		hi := min(t.at[i], t.done+ahead)
		along, off := closest(t.line[i-1], t.line[i], t.at[i-1], t.at[i], max(t.at[i-1], t.done), hi, f.At)
		if off > t.near {
			if met {
				break
			}
			continue
		}
		if met = true; off < bestOff {
			best, bestOff = along, off
		}
		if _, end := closest(t.line[i-1], t.line[i], t.at[i-1], t.at[i], hi, hi, f.At); end > t.near {
			break // what comes after is met anew
		}
	}
	if met && best > t.done {
		t.done, t.moved = best, f.Time
	}
}

// closest is the point of the part lo..hi of a straight piece from a (at from) to b
// (at to) that is nearest to p, and how far off p is. In metres, on a plane: a piece
// of a street is short.
func closest(a, b orb.Point, from, to, lo, hi float64, p orb.Point) (along, off float64) {
	lon, lat := geo.MetresPerDegree(p[1])
	ax, ay := (a[0]-p[0])*float64(lon), (a[1]-p[1])*float64(lat)
	bx, by := (b[0]-p[0])*float64(lon), (b[1]-p[1])*float64(lat)
	dx, dy := bx-ax, by-ay
	share := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		share = -(ax*dx + ay*dy) / d
	}
	along = max(lo, min(hi, from+share*(to-from)))
	share = (along - from) / (to - from)
	return along, math.Hypot(ax+share*dx, ay+share*dy)
}

// A stop is a run of legs along one street, of one rank, that are walked to see it.
type stop struct {
	street     string
	begin, end float64 // metres along the line
	metres     float64
	eta, leave time.Time
	segments   []street.SegmentID
	rank       patrol.Rank
}

// stops finds them. name gives the name of a leg's street.
func stops(w patrol.Walk, length float64, name func(patrol.Leg) string) (all []stop) {
	sum := 0.0
	for _, l := range w.Legs {
		sum += float64(l.Metres)
	}
	scale := 1.0 // legs and line were measured apart
	if sum > 0 {
		scale = length / sum
	}
	at, serving := 0.0, false
	for _, l := range w.Legs {
		m := float64(l.Metres)
		if l.Serve {
			called := name(l)
			if last := len(all) - 1; serving && all[last].street == called && all[last].rank == l.Rank {
				all[last].end, all[last].metres, all[last].leave = (at+m)*scale, all[last].metres+m, l.End
			} else {
				all = append(all, stop{street: called, begin: at * scale, end: (at + m) * scale, metres: m, eta: l.Begin, leave: l.End, rank: l.Rank})
			}
			last := &all[len(all)-1]
			last.segments = append(last.segments, l.Segment)
		}
		serving = l.Serve
		at += m
	}
	return all
}

// point is the place so many metres along the line.
func (t *trail) point(along float64) orb.Point {
	for i := 1; i < len(t.line); i++ {
		if along <= t.at[i] {
			share := 0.0
			if d := t.at[i] - t.at[i-1]; d > 0 {
				share = max(0, (along-t.at[i-1])/d)
			}
			a, b := t.line[i-1], t.line[i]
			return orb.Point{a[0] + share*(b[0]-a[0]), a[1] + share*(b[1]-a[1])}
		}
	}
	if len(t.line) == 0 {
		return orb.Point{}
	}
	return t.line[len(t.line)-1]
}

// behind is how much later than planned somebody is who has come so far.
func (t *trail) behind(w patrol.Walk, now time.Time) time.Duration {
	length := t.length()
	if !now.After(w.Start) || length == 0 || t.done >= length-atEnd {
		return 0
	}
	sum := 0.0
	for _, l := range w.Legs {
		sum += float64(l.Metres)
	}
	at := 0.0
	for _, l := range w.Legs {
		m := float64(l.Metres) * length / max(sum, 0.01)
		if at+m >= t.done {
			share := (t.done - at) / max(m, 0.01)
			planned := l.Begin.Add(time.Duration(share * float64(l.End.Sub(l.Begin))))
			return max(0, now.Sub(planned))
		}
		at += m
	}
	return 0
}
