package demo

import (
	"fmt"
	"math/rand/v2"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// How much of everything there is.
const (
	officersPerTeam = 6
	nightTeams      = 1 // the first has somebody on patrol at night: each costs the start two seconds of planning
	dogCount        = 300
)

// tooNear is how near to a zone no dog lives: the noise of its tag would tell
// that it is inside.
const tooNear geo.Metres = 50

// A World is what the demo bureau has beside its map. It is made of the map
// alone, so it is the same each time; nobody in it exists.
//
// Ids are numbers within the World, from 1: area 2 is Areas[1], member 3 of a
// grid is Workers[2]. The store gives others.
type World struct {
	Areas    []grid.Area // one a team; their parent is the bureau
	Teams    []register.Team
	Grids    []grid.Responsibility
	Workers  []Worker
	Vehicles []register.Vehicle
	Stations []register.Station
	Pound    register.Station // where towed vehicles go
	Zones    []zone.Zone
	Objects  []register.Object // shops, eating places, contact points
	Spots    []register.Spot   // what patrols call at
	Dogs     []Dog
}

// A Worker is an officer or a driver.
type Worker struct {
	Login, Name string
	Role        people.Role
	Team        grid.TeamID
	Vehicle     register.VehicleID // a driver's
	Guest       bool               // an account for the visitor: the simulator leaves it alone
	Night       bool               // works at night, when the demo's clock doesn't run
}

// A Dog of the demo.
type Dog struct {
	register.Dog
	Haunts []Haunt // where it likes to be and should not
}

// A Haunt is a place in a zone that is closed to dogs.
type Haunt struct {
	At orb.Point `json:"at"`
	// Closes are the times of day at which the zone closes to dogs, such as
	// "08:00"; none where it always is.
	Closes []string `json:"closes,omitempty"`
}

// NewWorld makes the demo's world on the demo city's map. It takes about half a
// second.
func NewWorld(m *mapfile.Map) (*World, error) {
	w := &World{}
	grids, ground, err := cut(m)
	if err != nil {
		return nil, fmt.Errorf("grids: %w", err)
	}
	w.Grids = grids
	if w.Zones, err = makeZones(m); err != nil {
		return nil, err
	}
	own, err := grid.Plan{Grids: grids}.Index()
	if err != nil {
		return nil, err
	}
	homes := residential(m.Network, own)
	rng := rand.New(rand.NewPCG(1816, 43)) // with which something happens in each quarter hour
	for i, q := range quarters {
		w.Areas = append(w.Areas, grid.Area{Kind: grid.Town, Code: fmt.Sprintf("10000%d", i+1), Name: names(q.en, q.zh), Boundary: ground[i]})
		w.Teams = append(w.Teams, register.Team{Code: q.code, Name: names(q.en+" team", q.zh+"班组"), Area: grid.AreaID(i + 1)})
		first, ok := own.OwnerAt(q.grids[0].at)
		if !ok {
			return nil, fmt.Errorf("no grid at %s", q.grids[0].en)
		}
		at, on := nearest(m.Network, homes[first], q.grids[0].at)
		w.Stations = append(w.Stations, register.Station{
			Code: "S-" + q.code, Name: names(q.en+" station, "+on, q.zh+"联络站"), At: at, Team: grid.TeamID(i + 1),
		})
	}
	pound, _ := nearest(m.Network, named(m.Network, "Garasches Lane"), orb.Point{-75.5450, 39.7270})
	w.Pound = register.Station{Code: "P-1", Kind: register.Pound, Name: names("Garasches Lane pound", "加拉什巷停车场"), At: pound, Room: 40}
	w.Objects = makeObjects(m, own)
	if w.Spots, err = makeSpots(grids, own); err != nil {
		return nil, err
	}
	w.hire()
	w.keepDogs(m.Network, own, homes, rng)
	return w, nil
}

// nearest is the middle of the segment nearest to a place, and its street.
func nearest(n *street.Network, of []street.SegmentID, at orb.Point) (orb.Point, string) {
	best, on, least := at, "", geo.Metres(0)
	for i, id := range of {
		s := n.Segment(id)
		mid := n.PointAt(id, geo.Metres(s.LengthM)/2)
		if d := geo.Distance(at, mid); i == 0 || d < least {
			best, on, least = mid, n.Name(s.Name).Default, d
		}
	}
	return best, on
}

func named(n *street.Network, name string) (all []street.SegmentID) {
	for id := range street.SegmentID(n.Segments()) {
		if s := n.Segment(id); n.Name(s.Name).Default == name && s.Flags&street.Disconnected == 0 {
			all = append(all, id)
		}
	}
	return all
}

// Staff is the officers, the drivers and their trucks, without a map: one truck
// a team, the visitor's officer in the first, and those who work at night.
func Staff() (workers []Worker, trucks []register.Vehicle) {
	next := 0
	name := func() string {
		next++
		return fmt.Sprintf("%s %s", givenNames[next%len(givenNames)], familyNames[next*7%len(familyNames)])
	}
	for t := range quarters {
		for range officersPerTeam {
			workers = append(workers, Worker{Login: fmt.Sprintf("o%02d", next+1), Name: name(), Role: people.Officer, Team: grid.TeamID(t + 1)})
		}
	}
	guest := Accounts()[2]
	workers = append(workers, Worker{Login: guest.Login, Name: guest.Name, Role: guest.Role, Team: 1, Guest: true})
	for t := range nightTeams {
		workers = append(workers, Worker{Login: fmt.Sprintf("n%02d", t+1), Name: name(), Role: people.Officer, Team: grid.TeamID(t + 1), Night: true})
	}
	for t, q := range quarters {
		truck := register.Vehicle{Plate: "TOW-" + q.code, Kind: register.TowTruck, Team: grid.TeamID(t + 1), Capacity: 1 + t%2}
		trucks = append(trucks, truck)
		workers = append(workers, Worker{
			Login: fmt.Sprintf("d%02d", t+1), Name: name(), Role: people.Driver, Team: truck.Team, Vehicle: register.VehicleID(t + 1),
		})
	}
	return workers, trucks
}

// hire makes the staff, and says who answers for which grid.
func (w *World) hire() {
	w.Workers, w.Vehicles = Staff()
	given := map[grid.TeamID]int{}
	for i := range w.Grids {
		g := &w.Grids[i]
		g.Member = int64(officersPerTeam*(int(g.Team)-1) + 2*given[g.Team] + 1)
		given[g.Team]++
	}
}

// keepDogs gives dogs their homes: beside residential streets, by their length,
// and not in or beside a zone where they would be in breach at home.
func (w *World) keepDogs(n *street.Network, own *grid.Owners, homes map[grid.GridID][]street.SegmentID, rng *rand.Rand) {
	type doorstep struct {
		at   orb.Point
		area grid.AreaID
	}
	boxes := make([]orb.Bound, len(w.Zones))
	for i, z := range w.Zones {
		boxes[i] = around(z.Ground, tooNear)
	}
	noise := func(home orb.Point) bool {
		for i, z := range w.Zones {
			if z.For(zone.Dog) && boxes[i].Contains(home) && depth(z.Ground, home) > -tooNear {
				return true
			}
		}
		return false
	}
	var doors []doorstep
	for _, g := range w.Grids {
		for _, id := range homes[g.ID] {
			const every geo.Metres = 20 // a house
			length := geo.Metres(n.Segment(id).LengthM)
			for along := every / 2; along < length; along += every {
				at, ahead := n.PointAt(id, along), n.PointAt(id, min(along+1, length))
				side := geo.Degrees(90 - 180*rng.IntN(2))
				home := geo.Destination(at, (geo.Bearing(at, ahead) + side).Normal(), geo.Metres(10+6*rng.Float64()))
				if _, inCity := own.OwnerAt(home); inCity && !noise(home) {
					doors = append(doors, doorstep{home, grid.AreaID(g.Team)})
				}
			}
		}
	}
	all := make([][]orb.Point, len(w.Zones))
	for i, z := range w.Zones {
		if z.For(zone.Dog) {
			all[i] = haunts(n, z)
		}
	}
	for i := range dogCount {
		door := doors[rng.IntN(len(doors))]
		d := Dog{Dog: register.Dog{
			Name: dogNames[i%len(dogNames)], Licence: fmt.Sprintf("W-%04d", i+1), Breed: breeds[rng.IntN(len(breeds))],
			Owner:      givenNames[rng.IntN(len(givenNames))] + " Example",
			OwnerPhone: fmt.Sprintf("+1 302 555 %04d", 100+i%100), // numbers kept for fiction
			Home:       door.at, Area: door.area,
		}}
		for z, spots := range all {
			const near geo.Metres = 1100
			if len(spots) == 0 || geo.Distance(door.at, spots[0]) > near {
				continue
			}
			d.Haunts = append(d.Haunts, Haunt{At: spots[rng.IntN(len(spots))], Closes: closes(w.Zones[z])})
		}
		w.Dogs = append(w.Dogs, d)
	}
}

// closes are the times of day at which the windows of a zone's rule begin.
func closes(z zone.Zone) (all []string) {
	if z.Calendar == nil {
		return nil
	}
	for _, r := range z.Calendar.Rules {
		for _, win := range r.Windows {
			all = append(all, win.From.String())
		}
	}
	return all
}

// TowSpots are places where vehicles stand that are to be towed, in an order
// that looks like chance.
func TowSpots(n *street.Network, own *grid.Owners) []orb.Point {
	var spots []orb.Point
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		if (s.Class != street.Secondary && s.Class != street.Tertiary && s.Class != street.Residential) ||
			s.LengthM < 60 || s.Forward&street.Car == 0 || s.Private&street.Car != 0 || s.Name == 0 ||
			s.Flags&(street.Disconnected|street.Bridge|street.Tunnel|street.Link) != 0 {
			continue
		}
		at := n.PointAt(id, geo.Metres(s.LengthM)/2)
		if _, ok := own.OwnerAt(at); ok {
			spots = append(spots, at)
		}
	}
	rng := rand.New(rand.NewPCG(11, 22))
	rng.Shuffle(len(spots), func(i, j int) { spots[i], spots[j] = spots[j], spots[i] })
	return spots
}

// TeamCodes are the codes of the teams, in their order.
func TeamCodes() []string {
	codes := make([]string, len(quarters))
	for i, q := range quarters {
		codes[i] = q.code
	}
	return codes
}
