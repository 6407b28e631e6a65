package osm

import (
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// A standing is what stands at a node of the streets.
type standing struct {
	blocked street.Vehicles      // who cannot pass
	private street.Vehicles      // who may pass only with leave
	flags   street.JunctionFlags // what it is
	cut     bool                 // segments end here, so that a router sees it
	rules   *street.Rules        // its hours and limits, nil without any
}

// barriers says whom a barrier stops when no access tag at the node says
// otherwise (wiki Key:barrier, and what OSRM and Valhalla assume).
var barriers = map[string]street.Vehicles{
	"bollard": street.Motor, "block": street.Motor, "planter": street.Motor, "boulder": street.Motor, "log": street.Motor,
	"jersey_barrier": street.Motor, "concrete_block": street.Motor, "flower_pot": street.Motor, "yes": street.Motor, "barrier": street.Motor,
	"chain": street.Motor | street.Bicycle, "rope": street.Motor | street.Bicycle,
	"cycle_barrier": street.Motor, "motorcycle_barrier": street.Motor, "bar": street.Motor, "bump_gate": 0,
	"stile": street.Motor | street.Bicycle, "kissing_gate": street.Motor | street.Bicycle, "turnstile": street.Motor | street.Bicycle,
	"full-height_turnstile": street.Motor | street.Bicycle, "horse_stile": street.Motor | street.Bicycle, "squeeze": street.Motor | street.Bicycle,
	"wicket_gate": street.Motor,
	"bus_trap":    street.Car | street.Motorcycle, "sump_buster": street.Car | street.Motorcycle,
	"wall": landVehicles, "fence": landVehicles, "hedge": landVehicles, "ditch": landVehicles, "debris": street.Motor,
	"gate": 0, "lift_gate": 0, "swing_gate": 0, "sliding_gate": 0, "hampshire_gate": 0, "sally_port": 0, "rising_bollard": 0,
	"cattle_grid": 0, "toll_booth": 0, "border_control": 0, "entrance": 0, "no": 0, "height_restrictor": 0, "arch": 0, "kerb": 0,
	"checkpoint": 0, "spikes": 0, "coupure": 0, "guard_house": 0, "ticket": 0, "speed_bump": 0, "turnstile;gate": street.Motor | street.Bicycle,
}

const landVehicles = street.AllVehicles &^ street.Boat

// readStanding reads the tags of a node.
func readStanding(tags osm.Tags, t *tally) (s standing, ok bool) {
	switch tags.Find("highway") {
	case "traffic_signals":
		s.flags |= street.Signals
	case "crossing":
		s.flags |= street.Crossing
	case "stop":
		s.flags |= street.Stop
	}
	if tags.Find("crossing") == "traffic_signals" {
		s.flags |= street.Signals | street.Crossing
	}
	if isLanding(tags) {
		s.flags |= street.Pier
	}
	if b := tags.Find("barrier"); b != "" {
		s.readBarrier(b, tags, t)
	}
	return s, s.flags != 0 || s.cut
}

func (s *standing) readBarrier(b string, tags osm.Tags, t *tally) {
	stops, known := barriers[b]
	if !known {
		t.unknown("barrier", b)
		stops = street.Motor
	}
	switch b {
	case "gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "sally_port", "wicket_gate", "rising_bollard":
		s.flags |= street.Gate
	}
	if v := tags.Find("bollard"); b == "bollard" && (v == "rising" || v == "removable") {
		stops &^= street.Emergency
	}
	timed := s.readHours(tags, t)
	if timed && opens[b] {
		s.flags |= street.Gate
	}
	for _, a := range accessKeys {
		switch permitOf(tags, a.keys, a.who, "", t) {
		case street.Allowed:
			stops &^= a.who
		case street.OnlyTo:
			stops &^= a.who
			s.private |= a.who
		case street.Banned:
			stops |= a.who
		}
	}
	if s.flags&street.Gate != 0 && tags.Find("locked") == "yes" && tags.Find("access") == "" {
		s.private |= landVehicles &^ stops
	}
	s.blocked = stops & landVehicles
	if timed { // who has leave depends on the hour: a router reads the tags
		s.private = 0
	}
	s.cut = s.blocked|s.private != 0 || s.flags&street.Gate != 0 || s.rules != nil
}

// opens are the barriers besides gates that somebody opens and closes, as those do
// that have hours.
var opens = map[string]bool{"bollard": true, "chain": true, "rope": true, "bar": true, "yes": true, "barrier": true, "turnstile;gate": true}

// readHours keeps the hours and limits of a barrier, and says whether it has hours.
func (s *standing) readHours(tags osm.Tags, t *tally) (timed bool) {
	r := sizesOf(tags, t)
	for _, tag := range tags {
		base, is := strings.CutSuffix(tag.Key, ":conditional")
		timed = timed || tag.Key == "opening_hours" || is && aboutAccess(base)
	}
	if timed {
		for _, tag := range tags {
			base, _ := strings.CutSuffix(tag.Key, ":conditional")
			if aboutAccess(base) || tag.Key == "opening_hours" || tag.Key == "locked" {
				keep(&r, tag)
			}
		}
	}
	if r.MaxHeightM != 0 || r.MaxWidthM != 0 || r.MaxWeightT != 0 || len(r.Conditional) > 0 {
		s.rules = &r
	}
	return timed
}
