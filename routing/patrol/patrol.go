// Package patrol makes walks out of obligations: each street of a responsibility
// grid is walked once a day, by one of the officers of its team, who set out from
// their station and come back to it. Who has an e-bike or a car drives them, by one-way
// streets and all; who has a boat sees the water, and walks to where they board.
//
// One pass along a segment, either way, sees both of its sides: for a walker that
// is so on most streets. Streets whose sides must be walked one by one become two
// tasks when solve.Task has sides.
//
// Walks are made in three steps: the streets are cut into connected parts of
// equal work, one an officer; each part becomes a short closed walk over all its
// streets; and the walk is written down segment by segment. The first two belong
// to a solve.Solver. Times are those of routing/path's profile: walking, and
// waiting at lights. Nothing is random: the same request gives the same walks.
//
// A request may have keys, such as town before country and key spots before the rest.
// Then each walk goes through the ranks that they make in order: no street or spot is
// seen before one of a lower rank in the same walk whose turn it is, though any street
// may be passed on the way. A spot whose hours have not begun is not waited for: who would
// come before they open sees what comes after it meanwhile, and it is called at as soon as
// who goes there comes in time. One whose hours are over before its turn is missed, with
// solve.ErrTurn. Spots of one place are one stop, which has the lowest rank of them.
package patrol

import (
	"context"
	"errors"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/people"
	"citygrid/routing/path"
	"citygrid/routing/solve"

	"github.com/paulmach/orb"
)

// Ways is what a patrol needs of the street engine. *path.Engine has it.
type Ways interface {
	Table(ctx context.Context, from, to []orb.Point, limit geo.Metres) (*path.Table, error)
	Route(ctx context.Context, q path.Query) (path.Route, error)
	Along(id street.SegmentID, forward bool) (time.Duration, bool)
	Passing(j street.JunctionID) time.Duration
	Profile() path.Profile
}

// A Request asks for the walks of one team and shift.
type Request struct {
	Network  *street.Network
	Ways     Ways               // on Network; of those who travel: all of them alike
	Streets  []street.SegmentID // what is to be walked, each once; Streets finds those of a grid
	Both     []street.SegmentID // of Streets: those whose two sides are to be seen, see Sides
	Spots    []Spot
	Officers []Officer
	Order    []Key        // at most MaxKeys, the most important first: what comes first in each walk
	Solver   solve.Solver // nil = beat.Solver
}

// Sides is how often a street of the request is gone along. Who sees both sides of one
// walks it twice, either way; who drives sees the side they drive on, and so goes along
// it once in each direction that is open.
func (r *Request) Sides(id street.SegmentID) int {
	if !slices.Contains(r.Both, id) {
		return 1
	}
	_, forward := r.Ways.Along(id, true)
	_, backward := r.Ways.Along(id, false)
	if r.Ways.Profile().Vehicle == street.Foot || forward && backward {
		return 2
	}
	return 1
}

// An Officer walks in their shift, From <= t <= To, from the station and back; who is
// under way already, from where they are at From to the station.
type Officer struct {
	Person   people.ID
	Name     string // for messages
	Station  orb.Point
	Away     *orb.Point // where they are; nil = at the station
	From, To time.Time
}

// A Plan is who walks where. Each street of the request is in one of the walks or
// in Left.
type Plan struct {
	Walks  []Walk   // one for each officer, in the order of the request
	Left   []Left   // by segment
	Missed []Missed // by spot
	// Covered is the length of the streets in walks.
	Covered geo.Metres
	Walked  geo.Metres    // of all walks
	Worked  time.Duration // of all walks together
	Called  time.Duration // of it, waiting and staying at spots
	// Ordered is how much longer they work for the order of the keys than without, spots
	// aside.
	Ordered time.Duration
	// Least is a time that no walks over the same streets undercut, see
	// solve.LowerBound. It leaves the ways from and to the stations out, and the spots,
	// and the order: who needn't keep to one can't be slower for it.
	Least time.Duration
}

// Above is how much longer the walks take than the least possible, by a bound that
// may be too low: 0.1 is 10 %. What officers wait and stay at spots doesn't count, the
// ways there do.
func (p Plan) Above() float64 {
	if p.Least <= 0 {
		return 0
	}
	return float64(p.Worked-p.Called)/float64(p.Least) - 1
}

// Gap is how much longer the walks are than the streets in them: 0.1 is 10 %. It
// can't be 0 where streets have dead ends or meet in threes; see Above.
func (p Plan) Gap() float64 {
	if p.Covered <= 0 {
		return 0
	}
	return float64(p.Walked/p.Covered) - 1
}

// A Walk is what one officer does. It ends at the station, and starts there unless
// the officer was away. Its legs
// join: each begins at the junction where the one before ended.
type Walk struct {
	Person    people.ID
	Start     time.Time // the begin of the shift
	End       time.Time // back at the station; Start if there is nothing to do
	Minutes   float64
	Keys      []Reason      // of the ranks
	Ordered   time.Duration // Plan.Ordered, of all walks that were made with this one
	Legs      []Leg
	Calls     []Call     // in order
	Served    geo.Metres // of streets that this walk is to see
	Dead      geo.Metres // of the ways between them, to them and back
	TurnRound int        // how often it turns on its heel where another of the streets to be walked goes on
	Line      orb.LineString
}

// AtCalls is how long the walk waits and stays at spots.
func (w Walk) AtCalls() (d time.Duration) {
	at := w.Start
	for k, c := range w.Calls {
		if c.Legs > 0 && (k == 0 || w.Calls[k-1].Legs < c.Legs) {
			at = w.Legs[c.Legs-1].End
		}
		d += c.End.Sub(at)
		at = c.End
	}
	return d
}

// A Leg is the way along one segment, or along a part of it where the station
// lies on it.
type Leg struct {
	Segment  street.SegmentID
	Forward  bool
	From, To geo.Metres // along the segment, from its own start; backward, To < From
	Serve    bool       // it is walked to see it, not to get somewhere
	Metres   geo.Metres
	Begin    time.Time
	End      time.Time // waits at lights are in
	Rank     Rank      // with Serve
}

// A Left street is in no walk.
type Left struct {
	Segment street.SegmentID
	Why     error // ErrPrivate, ErrClosed, ErrUnknown, or a rule of solve
}

// Why a street cannot be walked, beside solve's ErrNoWay, ErrShift, ErrNoUnit.
var (
	ErrPrivate = errors.New("private ground")
	ErrClosed  = errors.New("closed to this profile")
	ErrUnknown = errors.New("no such street on this map")
)

// ErrRequest is the rule for a request that cannot be planned at all.
var ErrRequest = errors.New("the request does not fit together")

// Short says whether a street is left for want of time or officers, not because it
// cannot be walked.
func Short(why error) bool { return errors.Is(why, solve.ErrShift) || errors.Is(why, solve.ErrNoUnit) }
