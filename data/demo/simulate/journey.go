package simulate

import (
	"sort"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Line is a way with the distances along it.
type Line struct {
	points orb.LineString
	along  []geo.Metres // of each point from the first
}

// NewLine measures a way. It must have a point.
func NewLine(points orb.LineString) Line {
	l := Line{points: points, along: make([]geo.Metres, len(points))}
	for i := 1; i < len(points); i++ {
		l.along[i] = l.along[i-1] + geo.Distance(points[i-1], points[i])
	}
	return l
}

// Length is how long the way is.
func (l Line) Length() geo.Metres {
	if len(l.along) == 0 {
		return 0
	}
	return l.along[len(l.along)-1]
}

// At is the place so far along, and the direction that the way has there.
func (l Line) At(m geo.Metres) (orb.Point, geo.Degrees) {
	n := len(l.points)
	if n == 1 || l.Length() == 0 {
		return l.points[0], 0
	}
	m = max(0, min(m, l.Length()))
	i := sort.Search(n-1, func(i int) bool { return l.along[i+1] >= m })
	a, b := l.points[i], l.points[i+1]
	part := 0.0
	if d := l.along[i+1] - l.along[i]; d > 0 {
		part = float64((m - l.along[i]) / d)
	}
	return orb.Point{a[0] + (b[0]-a[0])*part, a[1] + (b[1]-a[1])*part}, geo.Bearing(a, b)
}

// Part is the way from a to b, a <= b.
func (l Line) Part(a, b geo.Metres) orb.LineString {
	from, _ := l.At(a)
	to, _ := l.At(b)
	part := orb.LineString{from}
	for i, m := range l.along {
		if m > a && m < b {
			part = append(part, l.points[i])
		}
	}
	return append(part, to)
}

// A Journey is a movement that is known ahead: where somebody is at each time.
// Before its begin they are where it begins, after its end where it ends.
type Journey struct {
	stints []stint
}

// A stint goes evenly along a line, or stands where a is b.
type stint struct {
	from, to time.Time
	line     Line
	a, b     geo.Metres
}

// Rest is a journey of staying at a place.
func Rest(at orb.Point, from time.Time) *Journey {
	return &Journey{[]stint{{from: from, to: from, line: NewLine(orb.LineString{at})}}}
}

// Begin and End are the times between which it moves.
func (j *Journey) Begin() time.Time { return j.stints[0].from }
func (j *Journey) End() time.Time   { return j.stints[len(j.stints)-1].to }

// Stay adds standing where the journey has come to.
func (j *Journey) Stay(d time.Duration) {
	last := j.stints[len(j.stints)-1]
	j.stints = append(j.stints, stint{from: last.to, to: last.to.Add(d), line: last.line, a: last.b, b: last.b})
}

// Go adds the way along a line from a to b at a speed in metres a second. The
// line should begin where the journey has come to.
func (j *Journey) Go(line Line, a, b geo.Metres, speed float64) {
	d := time.Duration(float64(b-a) / speed * float64(time.Second))
	from := j.End()
	j.stints = append(j.stints, stint{from: from, to: from.Add(max(0, d)), line: line, a: a, b: b})
}

// Leg adds the straight way to a place.
func (j *Journey) Leg(to orb.Point, speed float64) {
	here, _, _ := j.At(j.End())
	if geo.Distance(here, to) < 0.5 {
		return
	}
	line := NewLine(orb.LineString{here, to})
	j.Go(line, 0, line.Length(), speed)
}

// At is where somebody is at t, how fast in metres a second, and in which direction.
func (j *Journey) At(t time.Time) (at orb.Point, speed float64, course geo.Degrees) {
	s := j.stint(t)
	m := s.metres(t)
	at, course = s.line.At(m)
	if lasts := s.to.Sub(s.from).Seconds(); lasts > 0 && !t.Before(s.from) && t.Before(s.to) {
		speed = float64(s.b-s.a) / lasts
	}
	return at, speed, course
}

// Along is how far along its line the journey is at t; of a walk along one line
// that is how far the walk has come.
func (j *Journey) Along(t time.Time) geo.Metres {
	s := j.stint(t)
	return s.metres(t)
}

func (j *Journey) stint(t time.Time) stint {
	i := sort.Search(len(j.stints)-1, func(i int) bool { return t.Before(j.stints[i].to) })
	return j.stints[i]
}

func (s stint) metres(t time.Time) geo.Metres {
	lasts := s.to.Sub(s.from)
	switch {
	case lasts <= 0 || !t.Before(s.to):
		return s.b
	case t.Before(s.from):
		return s.a
	}
	return s.a + (s.b-s.a)*geo.Metres(float64(t.Sub(s.from))/float64(lasts))
}
