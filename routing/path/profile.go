package path

import (
	"math"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A Profile says who travels and how fast: the data behind every cost. Speeds
// are km/h, times are added to the travel time. Profiles gives the ones we stand
// by, from profiles.toml; change a copy for another, or read a file of your own
// (ReadProfiles).
type Profile struct {
	Name             string          // lower-case letters, digits and hyphens: what --profile takes
	TitleEN, TitleZH string          // for people
	Vehicle          street.Vehicles // one class: whose access tags count

	// Ashore is the class that a boat's crew travels by on land, 0 if the boat
	// is all there is. They go ashore and aboard at piers only.
	Ashore street.Vehicles

	// The size of the vehicle, laden. 0 = no limit of the map stops it.
	Height, Width geo.Metres
	WeightT       float64 // tonnes

	// SpeedKMH by class, on a good surface without a posted limit. A class that
	// is not there cannot be travelled, whatever its access tags say.
	SpeedKMH map[street.Class]float64
	// PostedShare of a posted limit is what is driven, and takes the place of
	// SpeedKMH. 0 = posted limits do not matter.
	PostedShare float64
	TopKMH      float64 // never faster than this; 0 = no top
	// LinkShare of the speed is driven on slip roads; 0 = all of it.
	LinkShare float64
	// MinorKMH is the most on driveways, parking aisles and alleys; 0 = as on
	// service roads.
	MinorKMH float64
	// SurfaceShare of the speed remains on a surface; all of it on those that
	// are not there.
	SurfaceShare map[street.Surface]float64
	// Hours are when the streets are slower or quicker. They count for an engine
	// that knows the time (NewEngineAt).
	Hours   []Hour
	Ferries bool // takes ferries, at SpeedKMH[street.Ferry]

	// Turns at junctions of three streets and more: what a right angle costs
	// to the near side (right, where traffic keeps right) and across the
	// traffic. Turns under 30 degrees are straight on and cost nothing, sharp
	// ones up to half as much again.
	NearTurn, CrossTurn time.Duration
	UTurn               time.Duration // turning round where it is possible
	// UTurnsAnywhere lets it turn round at every junction. Without, only at
	// dead ends, as OSM's bans of U-turns are far from complete.
	UTurnsAnywhere     bool
	Signal, Stop, Gate time.Duration // passing traffic lights, a stop sign, a gate that opens
	// Board is what it takes to get aboard or ashore: a ferry's, on average, or
	// the crew's into their own boat.
	Board time.Duration
}

// An Hour is a time of the week at which streets have another speed.
type Hour struct {
	When string // opening_hours text, as calendar.ParseOpeningHours reads it
	// Share of the speed by class that remains, or 1.2 if there is more of it.
	// ClassUnknown stands for all classes that are not there. Of several Hours
	// at one time, the last that has the class counts.
	Share map[street.Class]float64
}

// Foot is the profile foot of Profiles.
func Foot() Profile { return standing("foot") }

// Car is the profile car of Profiles.
func Car() Profile { return standing("car") }

// milliseconds rounds, and cuts off at 24 days: nobody routes that far, and two
// of them still fit a uint32.
func milliseconds(ms float64) uint32 {
	return uint32(min(math.MaxInt32, max(0, math.Round(ms))))
}

// turn is the cost of a change of direction at a junction of three streets and
// more; angle is in degrees, positive to the right.
func (p *Profile) turn(angle float64, drivesLeft bool) uint32 {
	right := angle > 0
	cost := p.CrossTurn
	if right != drivesLeft {
		cost = p.NearTurn
	}
	const straight, square = 30, 90
	share := min(1.5, (math.Abs(angle)-straight)/(square-straight))
	if share <= 0 || cost <= 0 {
		return 0
	}
	return milliseconds(share * float64(cost) / float64(time.Millisecond))
}

// pass is the cost of what stands at a junction.
func (p *Profile) pass(flags street.JunctionFlags) uint32 {
	var cost time.Duration
	if flags&street.Signals != 0 {
		cost += p.Signal
	}
	if flags&street.Stop != 0 {
		cost += p.Stop
	}
	if flags&street.Gate != 0 {
		cost += p.Gate
	}
	return milliseconds(float64(cost) / float64(time.Millisecond))
}
