// Package clearance plans the runs of tow trucks: vehicles are fetched at the
// roadside and brought to drop-off sites, several times a shift.
//
// A Run is a value. Plan makes the runs of a day, Insert, Remove and Offers new runs
// out of old ones; all keep what a truck has done already, and all are the search
// and the model of routing/solve. Times are those of the street engine given;
// instants are passed in.
package clearance

import (
	"context"
	"errors"
	"time"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// A JobID is whatever the caller names its jobs by, a case or a task.
type JobID int64

// A TruckID is the register's number of a vehicle.
type TruckID int64

// A SiteID is the caller's number of a drop-off site.
type SiteID int64

// A Window is a span of time, both ends included. A zero end is no limit.
type Window struct{ Open, Close time.Time }

// A Job is a vehicle to be fetched.
type Job struct {
	ID      JobID
	Name    string // for people
	At      orb.Point
	Load    int           // places it takes on a truck, at least 1
	Window  Window        // when loading may begin
	Service time.Duration // to load it; 0 = 10 minutes
	Strict  bool          // on a strict-control road: goes before others, see Board.StrictWithin
	Due     time.Time     // loading that begins later is late; zero = never
	Police  bool          // the police must be there: in one of Board.Police
	Needs   []string      // what the truck must have
	Kg      int           // its mass; 0 = it doesn't matter
}

// A Truck and its shift.
type Truck struct {
	ID       TruckID
	Name     string
	Capacity int       // places
	From, To time.Time // its shift
	Start    orb.Point // where it is at From, or now if it is under way
	End      orb.Point // where it must be at To; the zero point = anywhere
	Loaded   int       // places taken at Start
	Has      []string  // what it has that jobs may need: a crane, room for cars
	Kg       int       // most on board; 0 = no limit
	Breaks   []Break   // in order
}

// A Break is a rest of the driver.
type Break struct {
	Window Window // when it begins; both ends are needed
	Length time.Duration
	At     []orb.Point // in one of these places; nil = wherever the truck is
}

// A Site takes what trucks bring.
type Site struct {
	ID      SiteID
	Name    string
	At      orb.Point
	Hours   []Window      // when unloading may begin, in order; nil = always
	Service time.Duration // to unload a truck; 0 = 15 minutes
	Room    int           // places left, before these runs; negative = no limit
}

// A Stop of a run: a job fetched, a rest, or a site (else) where all is left.
type Stop struct {
	Job    Job
	Site   SiteID
	Rest   bool
	place  int // of a rest, in Break.At
	Arrive time.Time
	Begin  time.Time
	Leave  time.Time
	Metres geo.Metres // of the way to it
	Load   int        // places taken after it
}

// IsSite says whether the stop is a drop-off.
func (s Stop) IsSite() bool { return s.Job.ID == 0 && !s.Rest }

// At is where the stop of a run is; the zero point for a rest wherever the truck is,
// or at a site that the board has not.
func (b Board) At(t Truck, stops []Stop, k int) orb.Point {
	s := stops[k]
	switch {
	case s.Rest:
		n := 0
		for _, o := range stops[:k] {
			if o.Rest {
				n++
			}
		}
		if n < len(t.Breaks) && s.place < len(t.Breaks[n].At) {
			return t.Breaks[n].At[s.place]
		}
		return orb.Point{}
	case s.IsSite():
		for _, x := range b.Sites {
			if x.ID == s.Site {
				return x.At
			}
		}
		return orb.Point{}
	}
	return s.Job.At
}

// A Run is what one truck does in its shift: it fetches, drops off, and ends
// empty.
type Run struct {
	Truck Truck
	Stops []Stop
	Fixed int        // so many stops are done or under way and stay as they are
	End   time.Time  // at the truck's end
	Back  geo.Metres // from the last stop to it
}

// Ways is what clearance needs of the street engine. *path.Engine has it.
type Ways interface {
	Times(ctx context.Context, from, to []orb.Point) ([][]*path.Cost, error)
}

// An Offer is how one truck would take a job.
type Offer struct {
	Run    Run           // with the job in it
	Extra  time.Duration // more time on the road and at sites than before
	Late   time.Duration // more lateness, of all jobs
	Arrive time.Time     // when the job is reached
}

// A Refusal says why a truck cannot take a job: a rule of routing/solve, in a
// *solve.RouteError that says more.
type Refusal struct {
	Truck TruckID
	Why   error
}

// A Day is the runs of some trucks, and what none of them fetches.
type Day struct {
	Runs []Run // in the order asked for
	Left []Left
	Late time.Duration // of all jobs together
}

// A Left job is in no run.
type Left struct {
	Job Job
	Why error // a rule of routing/solve
}

// Rules of runs. Match with errors.Is; those of routing/solve come on top.
var (
	ErrJob   = errors.New("the job cannot be planned")
	ErrRun   = errors.New("the run does not fit together")
	ErrKnown = errors.New("the job is in the run already")
	ErrNoJob = errors.New("the job is not in the run")
	ErrFixed = errors.New("the stop is done or under way")
)
