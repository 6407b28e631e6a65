package hub

import (
	"encoding/json"
	"math"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/paulmach/orb"
)

// A Unit is what moves on the map: an officer, a vehicle, a dog.
type Unit struct {
	ID       string // unique over all kinds
	Kind     string // "officer", "tow-truck", "sanitation-truck", "patrol-car", "dog"
	Name     string
	Team     grid.TeamID // 0 = none
	At       orb.Point
	Time     time.Time   // of the position
	Heading  geo.Degrees // NaN = not told
	SpeedKmh float64     // NaN = not told
	Duty     string      // "on", "off", "busy"
	Alert    string      // grade of the alert that is on about it; "" = none
	Accuracy geo.Metres  // 0 = not told

	// Who may see it goes by these; they aren't sent.
	Area   grid.AreaID // 0 = known to the whole bureau's viewers only
	People []people.ID // whose own it is: the officer, the crew of a vehicle
}

// Dog is the kind of a dog, which is seen by rights of its own.
const Dog = "dog"

// described tells if u and v differ in nothing but what a binary frame says, and
// in accuracy, which alone is no reason to send all.
func (u Unit) described(v Unit) bool {
	return u.Kind == v.Kind && u.Name == v.Name && u.Team == v.Team && u.Duty == v.Duty && u.Alert == v.Alert
}

// MarshalJSON writes what docs/live-protocol.md says. Positions have 6 digits,
// which is 0.1 m.
func (u *unit) MarshalJSON() ([]byte, error) {
	type shape struct {
		ID       string     `json:"id"`
		N        uint64     `json:"n"`
		Kind     string     `json:"kind"`
		Name     string     `json:"name"`
		Team     int64      `json:"team,omitempty"`
		At       [2]float64 `json:"at"`
		T        time.Time  `json:"t"`
		Heading  *float64   `json:"heading,omitempty"`
		Speed    *float64   `json:"speed_kmh,omitempty"`
		Duty     string     `json:"duty,omitempty"`
		Alert    *string    `json:"alert"`
		Accuracy float64    `json:"accuracy_m,omitempty"`
	}
	j := shape{
		ID: u.ID, N: u.n, Kind: u.Kind, Name: u.Name, Team: int64(u.Team), At: [2]float64{round(u.At[0], 1e6), round(u.At[1], 1e6)},
		T: u.Time.UTC().Truncate(time.Millisecond), Heading: told(float64(u.Heading), 1), Speed: told(u.SpeedKmh, 10), Duty: u.Duty,
		Accuracy: round(float64(u.Accuracy), 10),
	}
	if u.Alert != "" {
		j.Alert = &u.Alert
	}
	return json.Marshal(j)
}

func round(v, scale float64) float64 { return math.Round(v*scale) / scale }

func told(v, scale float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = round(v, scale)
	return &v
}
