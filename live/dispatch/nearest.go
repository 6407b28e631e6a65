package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// Times answers how long the way is. *path.Engine does.
type Times interface {
	Times(ctx context.Context, from, to []orb.Point) ([][]*path.Cost, error)
}

// An Officer is who could be sent, as the caller knows them at the moment.
type Officer struct {
	Person people.ID
	OnDuty bool
	At     orb.Point // last position
	Seen   time.Time // when; zero = never
	By     string    // how they move: a name of Query.Ways; "" = "foot"
	Grids  []grid.GridID
	Open   int  // tasks they have to do
	Busy   bool // at work on one that cannot wait: arrived there
}

// A Query asks who is near a place.
type Query struct {
	At       orb.Point
	N        int // how many candidates; 0 = 3
	Now      time.Time
	MaxAge   time.Duration    // of a position; 0 = 5 minutes
	Grid     grid.GridID      // who answers for the place; 0 = nobody
	Ways     map[string]Times // by how officers move; "foot" at least
	Officers []Officer
}

// A Candidate could be sent.
type Candidate struct {
	Person   people.ID
	Time     time.Duration // by road
	Distance geo.Metres    // by road
	By       string
	OwnGrid  bool // the place is in one of the officer's own grids
	Open     int  // tasks they have to do first, or leave
	Age      time.Duration
}

// Why says it in short, for a log or a list without a translation.
func (c Candidate) Why() string {
	s := fmt.Sprintf("%.0f min, %.0f m by road", c.Time.Minutes(), float64(c.Distance))
	if c.OwnGrid {
		s += ", in own grid"
	}
	switch c.Open {
	case 0:
	case 1:
		s += ", has 1 task"
	default:
		s += fmt.Sprintf(", has %d tasks", c.Open)
	}
	return s
}

// Why somebody is no candidate. Match with errors.Is; the text of a screen goes
// by the rule.
var (
	ErrOffDuty  = errors.New("off duty")
	ErrBusy     = errors.New("at work on another task")
	ErrNoFix    = errors.New("no position known")
	ErrOldFix   = errors.New("the last position is too old")
	ErrNoWay    = errors.New("no way by road leads there")
	ErrFarther  = errors.New("farther than those named")
	ErrNoEngine = errors.New("no streets are known for how the officer moves")
)

// An Exclusion says why an officer is not among the candidates.
type Exclusion struct {
	Person people.ID
	Why    error
	Time   time.Duration // with ErrFarther
	Age    time.Duration // with ErrOldFix
}

// Nearest lists the n officers who are there first by road, and of everybody else
// why not. Officers who have open tasks count too, after equal ones who have
// none, so the desk may call them away; those at work on one don't. The error is
// that of the search.
func Nearest(ctx context.Context, q Query) ([]Candidate, []Exclusion, error) {
	n, maxAge := cmp.Or(q.N, 3), cmp.Or(q.MaxAge, 5*time.Minute)
	var out []Exclusion
	groups := map[string][]Officer{}
	for _, o := range q.Officers {
		o.By = cmp.Or(o.By, "foot")
		var why error
		age := q.Now.Sub(o.Seen)
		switch {
		case !o.OnDuty:
			why = ErrOffDuty
		case o.Busy:
			why = ErrBusy
		case o.Seen.IsZero():
			why = ErrNoFix
		case age > maxAge:
			why = ErrOldFix
		case q.Ways[o.By] == nil:
			why = ErrNoEngine
		}
		if why == nil {
			groups[o.By] = append(groups[o.By], o)
			continue
		}
		e := Exclusion{Person: o.Person, Why: why}
		if why == ErrOldFix {
			e.Age = age
		}
		out = append(out, e)
	}
	var found []Candidate
	for by, officers := range groups {
		from := make([]orb.Point, len(officers))
		for i, o := range officers {
			from[i] = o.At
		}
		times, err := q.Ways[by].Times(ctx, from, []orb.Point{q.At})
		if err != nil {
			return nil, nil, fmt.Errorf("way to %v by %s: %w", q.At, by, err)
		}
		for i, o := range officers {
			c := times[i][0]
			if c == nil {
				out = append(out, Exclusion{Person: o.Person, Why: ErrNoWay})
				continue
			}
			found = append(found, Candidate{
				Person: o.Person, Time: c.Duration, Distance: c.Distance, By: by, Open: o.Open,
				OwnGrid: q.Grid != 0 && slices.Contains(o.Grids, q.Grid), Age: max(0, q.Now.Sub(o.Seen)),
			})
		}
	}
	slices.SortFunc(found, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Open, b.Open), cmp.Compare(a.Person, b.Person))
	})
	if len(found) > n {
		for _, c := range found[n:] {
			out = append(out, Exclusion{Person: c.Person, Why: ErrFarther, Time: c.Time})
		}
		found = found[:n]
	}
	slices.SortFunc(out, func(a, b Exclusion) int { return cmp.Compare(a.Person, b.Person) })
	return found, out, nil
}
