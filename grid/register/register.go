// Package register holds what a bureau has and who works when: teams, stations,
// vehicles, dogs, devices and shifts, and reads and writes them as CSV.
//
// All of them are values. Check says what one breaks by itself; whether what it
// names is there, and whether its code is free, is for the store to say.
//
// Positions are WGS 84, longitude first. Times are instants; a shift holds for
// From <= t < To.
package register

import (
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// A Team (班组) is people who answer for grids together. Its id is in package
// grid because grids say which team they belong to.
type Team struct {
	ID      grid.TeamID
	Code    string            // unique; what files call the team
	Name    map[string]string // by language: zh-CN, en
	Area    grid.AreaID       // whose team it is: rights are bound to areas
	Version int64             // counts the changes of this team, from 1
}

// A StationID names a station for as long as the bureau exists. 0 is no station.
type StationID int64

// A StationKind is what a station is for.
type StationKind string

// The kinds of stations. None told is an AtWork.
const (
	AtWork StationKind = "station"
	Pound  StationKind = "pound" // 扣车场: what tow trucks bring is left here
)

// StationKinds lists them in the order in which a form shows them.
func StationKinds() []StationKind { return []StationKind{AtWork, Pound} }

// A Station (联络站) is where a team starts from and where people find it, or a
// pound.
type Station struct {
	ID       StationID
	Code     string            // unique; "" when it has none
	Name     map[string]string // by language: zh-CN, en
	Kind     StationKind       // "" = AtWork
	At       orb.Point
	Team     grid.TeamID    // 0 = nobody's
	Calendar *calendar.Spec // when it is staffed; nil = always
	Room     int            // of a pound: vehicles that it takes in 24 hours; 0 = not said
	Version  int64
}

// A VehicleID names a vehicle for as long as the bureau exists. 0 is no vehicle.
type VehicleID int64

// A VehicleKind is what a vehicle is for.
type VehicleKind string

// The kinds of vehicles.
const (
	PatrolCar       VehicleKind = "patrol-car"       // 巡逻车
	TowTruck        VehicleKind = "tow-truck"        // 清障车
	SanitationTruck VehicleKind = "sanitation-truck" // 环卫车
	Boat            VehicleKind = "boat"             // 船
	EBike           VehicleKind = "e-bike"           // 电动自行车
)

// VehicleKinds lists them in the order in which a form shows them.
func VehicleKinds() []VehicleKind {
	return []VehicleKind{PatrolCar, TowTruck, SanitationTruck, Boat, EBike}
}

// A Vehicle is one of the bureau's own.
type Vehicle struct {
	ID       VehicleID
	Plate    string // unique, as on the plate, without spaces
	Kind     VehicleKind
	Team     grid.TeamID // 0 = no team's
	Capacity int         // what it carries at once: towed vehicles, bins; 0 = nothing
	Retired  bool        // not to be sent any more
	Tags     []string    // what rules of zones name it by: ascending, each once
	Version  int64
}

// A DogID names a dog for as long as the bureau exists. 0 is no dog.
type DogID int64

// A Dog is a dog with its owner. Owner and OwnerPhone are personal data: they
// are kept here and nowhere else, and stay out of logs, alerts and the audit log.
type Dog struct {
	ID         DogID
	Name       string
	Licence    string // unique; "" = not registered yet
	Breed      string // "" = not told
	Owner      string
	OwnerPhone string
	Home       orb.Point // zero = not told
	Area       grid.AreaID
	Retired    bool     // dead, moved away, licence withdrawn
	Tags       []string // as of a Vehicle
	Version    int64
}

// A DeviceID is the id that a device reports under: a tracker id of live/ingest.
// It is opaque: never a path, never parsed.
type DeviceID string

// A DeviceClass is what sort of thing a device is.
type DeviceClass string

// The classes of devices.
const (
	Phone       DeviceClass = "phone"
	VehicleUnit DeviceClass = "vehicle"
	DogTag      DeviceClass = "dog-tag"
)

// DeviceClasses lists them in the order in which a form shows them.
func DeviceClasses() []DeviceClass { return []DeviceClass{Phone, VehicleUnit, DogTag} }

// A Subject is who or what something is about: dog 17, not its tag. It has the
// fields of live/fence's Subject, so one converts to the other.
type Subject struct {
	Class zone.Class
	ID    int64 // a people.ID, VehicleID or DogID; 0 = nobody yet
}

// PersonSubject, VehicleSubject and DogSubject make a Subject of an id.
func PersonSubject(id people.ID) Subject  { return Subject{zone.Person, int64(id)} }
func VehicleSubject(id VehicleID) Subject { return Subject{zone.Vehicle, int64(id)} }
func DogSubject(id DogID) Subject         { return Subject{zone.Dog, int64(id)} }

// A Device is what reports positions, and for whom.
type Device struct {
	ID         DeviceID
	Class      DeviceClass
	Protocol   string // of live/ingest: osmand, owntracks, json, gt06 ...
	SecretHash string // of HashSecret; "" = it cannot report by a protocol that asks for a secret
	Datum      geo.Datum
	Subject    Subject
	Disabled   bool
	Version    int64
}

// A ShiftID names a shift for as long as the bureau exists. 0 is no shift.
type ShiftID int64

// A Shift is when a person works, for which team and with which vehicle.
type Shift struct {
	ID       ShiftID
	Person   people.ID
	Team     grid.TeamID
	Vehicle  VehicleID // 0 = on foot
	From, To time.Time // From <= t < To
	Duty     Duty      // "" = OfficerDuty
	Version  int64
}

// A Duty is as what somebody works for a grid (Chun'an 2016).
type Duty string

// The duties.
const (
	OfficerDuty    Duty = "officer"    // 执法队员
	LiaisonDuty    Duty = "liaison"    // 联络员
	SupervisorDuty Duty = "supervisor" // 协管员, hired
)

// Duties lists them in the order in which a form shows them.
func Duties() []Duty { return []Duty{OfficerDuty, LiaisonDuty, SupervisorDuty} }

// Holds tells if t is in the shift.
func (s Shift) Holds(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }
