package simulate

import (
	"context"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// Ways finds the way between two places. The server is one, by its API.
type Ways interface {
	Way(ctx context.Context, by By, from, to orb.Point) (Way, error)
}

// By is how one goes: a profile of the server's.
type By string

// The profiles.
const (
	OnFoot By = "foot"
	ByCar  By = "car"
)

// A Way is a way by road.
type Way struct {
	Line   orb.LineString
	Pieces []Piece // along the line; they need not cover it all
}

// A Piece of a way is gone at one speed.
type Piece struct {
	Metres  geo.Metres
	Seconds float64
}

// walkingSpeed is how fast officers walk, in metres a second.
const walkingSpeed = 1.3

// walk adds a way on foot to a journey, from where that has come to.
func (j *Journey) walk(w Way, speed float64) {
	if len(w.Line) == 0 {
		return
	}
	j.Leg(w.Line[0], speed)
	line := NewLine(w.Line)
	j.Go(line, 0, line.Length(), speed)
}

// drive adds a way by car: each piece at its own speed.
func (j *Journey) drive(w Way) {
	const slow, usual, fast = 2, 8, 25 // m/s
	if len(w.Line) == 0 {
		return
	}
	j.Leg(w.Line[0], slow)
	line := NewLine(w.Line)
	done, length := geo.Metres(0), line.Length()
	for _, p := range w.Pieces {
		if to := min(done+p.Metres, length); to > done && p.Seconds > 0 {
			j.Go(line, done, to, max(slow, min(fast, float64(p.Metres)/p.Seconds)))
			done = to
		}
	}
	if done < length {
		j.Go(line, done, length, usual)
	}
}
