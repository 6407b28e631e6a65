package path

import (
	"math"
	"time"

	"citygrid/geo/street"
)

// A Profile says who travels and how fast: the data behind every cost. Speeds
// are km/h, times are added to the travel time. Foot and Car give the ones we
// stand by; change a copy for another.
type Profile struct {
	Name    string
	Vehicle street.Vehicles // one class: whose access tags count

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
	Ferries      bool // takes ferries, at SpeedKMH[street.Ferry]

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
}

// Foot walks at 5 km/h (the walking speed of OSRM's and Valhalla's foot
// profiles is 5.0 and 5.1), stairs at half of it, and waits at lights. Feet may
// turn round anywhere, but as a route may set out either way it never pays, and
// the graph is a third smaller without.
func Foot() Profile {
	speed := make(map[street.Class]float64)
	for c := street.Motorway; c <= street.Platform; c++ {
		speed[c] = 5
	}
	speed[street.Steps] = 2.5
	speed[street.Ferry] = 15
	return Profile{
		Name: "foot", Vehicle: street.Foot,
		SpeedKMH: speed,
		Signal:   8 * time.Second,
	}
}

// Car drives the usual speeds of a city by day, not the limits: speeds by class
// near those of OSRM's car profile, and 85 % of a posted limit.
func Car() Profile {
	return Profile{
		Name: "car", Vehicle: street.Car,
		SpeedKMH: map[street.Class]float64{
			street.Motorway: 100, street.Trunk: 80, street.Primary: 60, street.Secondary: 50,
			street.Tertiary: 40, street.Unclassified: 30, street.Residential: 28, street.LivingStreet: 10,
			street.ServiceRoad: 15, street.Pedestrian: 8, street.Track: 12, street.Busway: 30,
			street.Cycleway: 8, street.Footway: 6, street.Path: 6, street.Bridleway: 6, street.Ferry: 15,
		},
		PostedShare: 0.85, TopKMH: 120, LinkShare: 0.7, MinorKMH: 10,
		SurfaceShare: map[street.Surface]float64{street.Cobbles: 0.7, street.Gravel: 0.7, street.Ground: 0.5},
		NearTurn:     3 * time.Second, CrossTurn: 7 * time.Second,
		UTurn: 20 * time.Second, Signal: 8 * time.Second, Stop: 4 * time.Second, Gate: 30 * time.Second,
	}
}

// weight is the time along a whole segment in milliseconds, ok whether it may be
// travelled that way at all. All costs are whole milliseconds, so sums do not
// depend on their order and equal routes are equal.
func (p *Profile) weight(s *street.Segment, forward bool) (ms uint32, ok bool) {
	access, posted := s.Forward, s.SpeedForward
	if !forward {
		access, posted = s.Backward, s.SpeedBackward
	}
	speed := p.SpeedKMH[s.Class]
	if access&p.Vehicle == 0 || !(speed > 0) || s.Class == street.Ferry && !p.Ferries {
		return 0, false
	}
	if posted > 0 && p.PostedShare > 0 && s.Class != street.Ferry {
		speed = float64(posted) * p.PostedShare
	} else if s.Flags&street.Link != 0 && p.LinkShare > 0 {
		speed *= p.LinkShare
	}
	if s.Flags&street.Service != 0 && p.MinorKMH > 0 {
		speed = min(speed, p.MinorKMH)
	}
	if share, known := p.SurfaceShare[s.Surface]; known {
		speed *= share
	}
	if p.TopKMH > 0 {
		speed = min(speed, p.TopKMH)
	}
	return milliseconds(float64(s.LengthM) / speed * 3600), true
}

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
