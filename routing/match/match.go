// Package match finds the way that a track took through the streets: map
// matching by a hidden Markov model, after P. Newson and J. Krumm, "Hidden Markov
// map matching through noise and sparseness", ACM SIGSPATIAL GIS 2009.
//
// The hidden state at a fix is a place on a street in a direction. Fixes lie around
// their places with errors that have heavy tails (Params.Noise); between fixes a
// traveller takes the way that costs least, and its length is seldom far from the
// straight distance (Params.Winding). Beyond that paper
//
//   - errors of fixes that follow each other closely are much the same error, so
//     such fixes count for less than one (Params.Repeat);
//   - ways keep to the engine's turn costs and bans; a turn against a ban, a turn
//     round, a street the profile may not travel cost extra but are possible: maps
//     are older than tracks, and drivers do what they shouldn't;
//   - a fix may be left out as an outlier, and the way may break off and begin
//     anew, each at a price, so breaks come where nothing plausible joins fixes;
//   - a place may fall back a little along its street: a standing car's fixes do.
//
// The way is the most likely one (Viterbi's algorithm); confidence is the posterior
// probability by the forward and backward algorithm. Costs are negative natural
// logarithms of likelihoods ("nats").
//
// Points are longitude first in WGS 84 degrees, lengths geo.Metres. A Matcher may be
// shared between goroutines, a Stream not.
package match

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// A Fix is one reported position.
type Fix struct {
	At       orb.Point
	Time     time.Time
	Accuracy geo.Metres // radius around At that holds the truth in 68 % of cases; 0 = not told
}

// check says why a fix can't be one.
func (f *Fix) check() error {
	if !(math.Abs(f.At[0]) <= 180 && math.Abs(f.At[1]) <= 90) {
		return fmt.Errorf("%v: %w", f.At, geo.ErrPosition)
	}
	if !(f.Accuracy >= 0) {
		return fmt.Errorf("accuracy %v m: want 0 or more", float64(f.Accuracy))
	}
	return nil
}

// A Place is where a fix was matched.
type Place struct {
	Segment    street.SegmentID
	Forward    bool         // direction of travel
	Along      geo.Metres   // from the segment's own start
	At         orb.Point    // on the segment
	Side       street.Sides // of the street where the fix lies, seen in the direction of travel; 0 = on its line
	Distance   geo.Metres   // from the fix
	Confidence float64      // 0 to 1: posterior probability of this place, or of one that goes on from it or into it
}

// A Leg is the way along one segment, or a part of it.
type Leg struct {
	Segment     street.SegmentID
	Forward     bool
	Start, End  geo.Metres // along the segment, from its own start; backward, End <= Start
	Begin, Done time.Time  // when it was at Start and at End, by the fixes around, at an even speed between them
}

// Distance is how long the leg is.
func (l *Leg) Distance() geo.Metres { return geo.Metres(math.Abs(float64(l.End - l.Start))) }

// A Result is the way of a track.
type Result struct {
	Parts [][]Leg  // unbroken pieces in order; the legs of a piece join
	Fixes []*Place // by fix, in the order they were given; nil = left out
	Cost  float64  // of the way, in nats: the less, the likelier
}

// A Matcher matches tracks of one profile.
type Matcher struct {
	e     *path.Engine
	n     *street.Network
	p     Params
	rooms *sync.Pool
}

// New makes a matcher on the streets of an engine. Zero fields of p take their
// defaults.
func New(e *path.Engine, p Params) *Matcher {
	m := &Matcher{e: e, n: e.Network(), p: p.orDefaults(e.Profile())}
	size := e.States() + 2*m.n.Segments()
	m.rooms = &sync.Pool{New: func() any { return newRoom(size) }}
	return m
}

// Engine is the one that the matcher was made for.
func (m *Matcher) Engine() *path.Engine { return m.e }

// Match finds the way of a whole track. Fixes may be in any order: their times
// decide; equal times keep their order. The error is geo.ErrPosition for a fix not on
// earth, or the context's.
//
// What all hypotheses agree on is written down as it comes, so a long track takes
// little more memory than its result; confidence then looks confidenceAhead fixes
// ahead instead of to the end, which changes it by nothing that is seen.
func (m *Matcher) Match(ctx context.Context, track []Fix) (Result, error) {
	return m.match(ctx, track, settleEvery, confidenceAhead)
}

func (m *Matcher) match(ctx context.Context, track []Fix, every, ahead int) (Result, error) {
	for i := range track {
		if err := track[i].check(); err != nil {
			return Result{}, fmt.Errorf("fix %d: %w", i, err)
		}
	}
	order := make([]int, len(track))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return track[a].Time.Compare(track[b].Time) })
	s := m.Stream(math.MaxInt)
	r := Result{Fixes: make([]*Place, len(track))}
	var way Way
	take := func(decided []Decided) {
		for _, d := range decided {
			way.Add(m, d)
			r.Fixes[order[d.Fix]] = d.Place
		}
	}
	look := every + ahead // how many layers there are when it is looked again
	for _, i := range order {
		if _, err := s.Feed(ctx, track[i]); err != nil {
			return Result{}, fmt.Errorf("match fix %d: %w", i, err)
		}
		if len(s.layers) > look {
			take(s.decide(s.settled(ahead)))
			look = len(s.layers) + every
		}
	}
	r.Cost = s.total
	take(s.Close())
	r.Parts = way.Parts()
	return r, nil
}

// ErrLate is the error of a fix that is older than the one fed before it.
var ErrLate = errors.New("fix is older than the one before")
