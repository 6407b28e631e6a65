package hub

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/paulmach/orb"
)

// A Scope is which things of a sort somebody may see: those that any of its
// fields takes in. The zero Scope sees nothing.
type Scope struct {
	All   bool
	Areas []grid.AreaID // with all areas below them listed too
	Teams []grid.TeamID
	Own   bool       // what is the person's own
	Near  geo.Metres // what is that near to the person's own unit
}

// Rights are what a person may see live. The zero Rights see nothing.
type Rights struct {
	Person   people.ID // whom Own and Near are about
	Units    Scope     // officers and vehicles
	Dogs     Scope     // dogs while an alert is on about them
	CalmDogs Scope     // dogs at other times
	Alerts   Scope
	Tasks    Scope
}

// How near a dog or an alert must be for an officer to be shown it.
const (
	NearDog   geo.Metres = 500
	NearAlert geo.Metres = 1000
)

// RightsOf is the live column of the permissions table for a person who works for
// teams now: dispatchers see their area, with dogs on alert; call-takers see units and
// alerts of their area; team leaders their teams, and the dogs of their area;
// officers themselves, their team, and dogs and alerts near them; drivers
// themselves. Nobody else sees anything live.
func RightsOf(p people.Person, teams []grid.TeamID, tree *grid.Tree) Rights {
	r := Rights{Person: p.ID}
	if p.Disabled {
		return r
	}
	for _, g := range p.Grants {
		area := within(g.Area, tree)
		switch g.Role {
		case people.Dispatcher:
			r.Units, r.Dogs, r.Alerts, r.Tasks = r.Units.or(area), r.Dogs.or(area), r.Alerts.or(area), r.Tasks.or(area)
		case people.CallTaker:
			r.Units, r.Alerts = r.Units.or(area), r.Alerts.or(area)
		case people.TeamLeader:
			own := Scope{Teams: teams, Own: true}
			r.Units, r.Alerts, r.Tasks = r.Units.or(own), r.Alerts.or(own), r.Tasks.or(own)
			r.Dogs, r.CalmDogs = r.Dogs.or(area), r.CalmDogs.or(area)
		case people.Officer:
			r.Units = r.Units.or(Scope{Teams: teams, Own: true})
			r.Dogs = r.Dogs.or(Scope{Near: NearDog})
			r.Alerts = r.Alerts.or(Scope{Own: true, Near: NearAlert})
			r.Tasks = r.Tasks.or(Scope{Own: true})
		case people.Driver:
			r.Units, r.Tasks = r.Units.or(Scope{Own: true}), r.Tasks.or(Scope{Own: true})
		}
	}
	return r
}

// How far back who sees tracks.
const (
	PastOfDispatcher = 24 * time.Hour
	PastOfLeader     = 30 * 24 * time.Hour
)

// PastRights is the column of tracks for a person who works for teams now, of what
// was so long ago: dispatchers see their area of the last day, with dogs around an
// alert; team leaders their teams of the last 30 days, and the dogs of their area;
// officers and drivers themselves. Nobody else sees where anybody was.
func PastRights(p people.Person, teams []grid.TeamID, tree *grid.Tree, ago time.Duration) Rights {
	r := Rights{Person: p.ID}
	if p.Disabled {
		return r
	}
	for _, g := range p.Grants {
		area, own := within(g.Area, tree), Scope{Teams: teams, Own: true}
		switch {
		case g.Role == people.Dispatcher && ago <= PastOfDispatcher:
			r.Units, r.Dogs, r.Alerts = r.Units.or(area), r.Dogs.or(area), r.Alerts.or(area)
		case g.Role == people.TeamLeader && ago <= PastOfLeader:
			r.Units, r.Alerts = r.Units.or(own), r.Alerts.or(own)
			r.Dogs, r.CalmDogs = r.Dogs.or(area), r.CalmDogs.or(area)
		case g.Role == people.Officer:
			r.Units, r.Alerts = r.Units.or(Scope{Own: true}), r.Alerts.or(Scope{Own: true})
		case g.Role == people.Driver:
			r.Units = r.Units.or(Scope{Own: true})
		}
	}
	return r
}

// CountRights is the column of aggregates: whose visits may be counted for a person
// who works for teams now, without saying who they were. Dispatchers and planners
// count in their area, team leaders their teams.
func CountRights(p people.Person, teams []grid.TeamID, tree *grid.Tree) Rights {
	r := Rights{Person: p.ID}
	if p.Disabled {
		return r
	}
	for _, g := range p.Grants {
		var all Scope
		switch g.Role {
		case people.Dispatcher, people.Planner:
			all = within(g.Area, tree)
		case people.TeamLeader:
			all = Scope{Teams: teams}
		}
		r.Units, r.Alerts, r.Tasks = r.Units.or(all), r.Alerts.or(all), r.Tasks.or(all)
	}
	return r
}

// SeesUnits tells if there can be officers and vehicles that are seen.
func (r Rights) SeesUnits() bool { return !r.Units.empty() }

// SeesDogs tells if there can be dogs that are seen.
func (r Rights) SeesDogs() bool { return !r.Dogs.empty() || !r.CalmDogs.empty() }

func (s Scope) empty() bool {
	return !s.All && len(s.Areas) == 0 && len(s.Teams) == 0 && !s.Own && s.Near <= 0
}

// within is an area with all below it.
func within(a grid.AreaID, tree *grid.Tree) Scope {
	if tree == nil {
		return Scope{}
	}
	if a == tree.Bureau() {
		return Scope{All: true}
	}
	s := Scope{Areas: []grid.AreaID{a}}
	for below := range tree.Below(a) {
		s.Areas = append(s.Areas, below)
	}
	return s
}

// or is what either sees, in the one form that equal scopes have.
func (s Scope) or(o Scope) Scope {
	if s.All || o.All {
		return Scope{All: true}
	}
	return Scope{
		Areas: union(s.Areas, o.Areas), Teams: union(s.Teams, o.Teams), Own: s.Own || o.Own, Near: max(s.Near, o.Near),
	}
}

func union[T cmp.Ordered](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// personal tells if what is seen hangs on who sees.
func (s Scope) personal() bool { return s.Own || s.Near > 0 }

func (r Rights) scopes() []Scope {
	return []Scope{r.Units, r.Dogs, r.CalmDogs, r.Alerts, r.Tasks}
}

// moves tells if what is seen hangs on where the viewer is.
func (r Rights) moves() bool { return r.Units.Near > 0 || r.Dogs.Near > 0 || r.CalmDogs.Near > 0 }

// key is equal for rights that see the same, so that two dispatchers of one area
// share every frame.
func (r Rights) key() string {
	scopes := r.scopes()
	for i, s := range scopes {
		scopes[i] = s.or(Scope{})
	}
	person := r.Person
	if !slices.ContainsFunc(scopes, Scope.personal) {
		person = 0
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %+v", person, scopes))
	return hex.EncodeToString(sum[:8])
}

// A thing is what rights are asked about.
type thing struct {
	area   grid.AreaID
	team   grid.TeamID
	people []people.ID
	at     orb.Point
}

// A viewer is where the one who sees is, if it is known.
type position struct {
	at    orb.Point
	known bool
}

func (s Scope) sees(t thing, who people.ID, here position) bool {
	switch {
	case s.All:
		return true
	case t.area != 0 && has(s.Areas, t.area), t.team != 0 && has(s.Teams, t.team):
		return true
	case s.Own && who != 0 && slices.Contains(t.people, who):
		return true
	}
	return s.Near > 0 && here.known && geo.Distance(here.at, t.at) <= s.Near
}

func has[T cmp.Ordered](sorted []T, v T) bool {
	_, ok := slices.BinarySearch(sorted, v)
	return ok
}

func (r Rights) seesUnit(u *Unit, here position) bool {
	scope := r.Units
	if u.Kind == Dog {
		scope = r.CalmDogs
		if u.Alert != "" {
			scope = r.Dogs
		}
	}
	return scope.sees(thing{u.Area, u.Team, u.People, u.At}, r.Person, here)
}

func (r Rights) seesEvent(e *Event, here position) bool {
	scope := r.Alerts
	if e.Kind != KindAlert {
		scope = r.Tasks
	}
	return scope.sees(thing{e.Area, e.Team, e.People, e.At}, r.Person, here)
}

// SeesUnit tells if a unit is seen by who has these rights and is at here; nil is
// nobody knows where.
func (r Rights) SeesUnit(u Unit, here *orb.Point) bool { return r.seesUnit(&u, at(here)) }

// SeesEvent tells the same of an alert or a task.
func (r Rights) SeesEvent(e Event, here *orb.Point) bool { return r.seesEvent(&e, at(here)) }

func at(here *orb.Point) position {
	if here == nil {
		return position{}
	}
	return position{*here, true}
}
