package room

import (
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
)

// The forms in which browsers and phones get things, on the socket and over HTTP
// alike. Positions are [lon, lat] in degrees, _m is metres, times are in UTC; a
// null is what is not there.

// A Position is [lon, lat].
type Position = [2]float64

// A Person is somebody by name.
type Person struct {
	ID   people.ID `json:"id"`
	Name string    `json:"name"`
}

// A Subject is who or what an alert is about.
type Subject struct {
	Class   zone.Class `json:"class"`
	ID      int64      `json:"id"`
	Name    string     `json:"name"`              // of the dog, the person; a vehicle's plate
	Licence string     `json:"licence,omitempty"` // a dog's
}

// A Zone is whose rule was broken.
type Zone struct {
	ID   zone.ID           `json:"id"`
	Name map[string]string `json:"name" nullable:"false"`
	Kind zone.Kind         `json:"kind"` // "" for one that nobody remembers
}

// A Grid is a responsibility grid.
type Grid struct {
	ID   grid.GridID       `json:"id"`
	Code string            `json:"code"`
	Name map[string]string `json:"name" nullable:"false"`
}

// An Alert is an alert.Alert with the names of what it is about.
type Alert struct {
	ID        alert.ID      `json:"id"`
	Seq       int64         `json:"seq"`
	Subject   Subject       `json:"subject"`
	Zone      Zone          `json:"zone"`
	Rule      zone.RuleKind `json:"rule"`
	Grade     string        `json:"grade"` // possible, likely, confirmed
	State     alert.State   `json:"state"`
	Began     time.Time     `json:"began"`
	Ended     *time.Time    `json:"ended"` // null while it lasts
	Withdrawn bool          `json:"withdrawn"`
	At        Position      `json:"at"`
	Seen      time.Time     `json:"seen"`
	Grid      *Grid         `json:"grid"`
	Team      *grid.TeamID  `json:"team"`
	Sent      *Person       `json:"sent"`
	Arrived   *time.Time    `json:"arrived"`
	Outcome   alert.Outcome `json:"outcome"`
	Reminded  int           `json:"reminded"` // how often people were told again, nobody having acknowledged it
	Level     int           `json:"level"`    // how far up it was taken: 1 the team leader, 2 the bureau
	History   []AlertStep   `json:"history" nullable:"false"`
}

// An AlertStep is one thing that was done to an alert.
type AlertStep struct {
	At   time.Time  `json:"at"`
	Who  *Person    `json:"who"` // null is the program
	Verb alert.Verb `json:"verb"`
	To   *Person    `json:"to"`
	Note string     `json:"note"`
}

// A Task is a dispatch.Task with the names of what it is about.
type Task struct {
	ID     dispatch.TaskID `json:"id"`
	Seq    int64           `json:"seq"`
	Kind   dispatch.Kind   `json:"kind"`
	Alert  *alert.ID       `json:"alert"`
	About  *About          `json:"about"` // null without an alert
	Note   string          `json:"note"`
	Person Person          `json:"person"`
	State  dispatch.State  `json:"state"`
	At     Position        `json:"at"`
	Sent   time.Time       `json:"sent"`
	By     *Person         `json:"by"` // null is the program
	Steps  []TaskStep      `json:"steps" nullable:"false"`
}

// About says in short what alert a task is for.
type About struct {
	Subject Subject `json:"subject"`
	Zone    Zone    `json:"zone"`
	Grade   string  `json:"grade"`
}

// A TaskStep is one change of a task's state.
type TaskStep struct {
	To   dispatch.State `json:"to"`
	At   time.Time      `json:"at"`
	Note string         `json:"note"`
}

// A Candidate is somebody who could be sent.
type Candidate struct {
	Person    Person  `json:"person"`
	Minutes   float64 `json:"minutes"` // by road
	DistanceM float64 `json:"distance_m"`
	By        string  `json:"by"` // a profile: foot, e-bike, patrol-car ...
	OwnGrid   bool    `json:"own_grid"`
	Open      int     `json:"open"` // tasks they have
	AgeS      float64 `json:"age_s"`
}

// An Exclusion says why somebody is no candidate.
type Exclusion struct {
	Person Person `json:"person"`
	Why    string `json:"why" enum:"off-duty,busy,no-fix,old-fix,no-way,farther,no-engine"`
}

// A Walk is what an officer walks in a shift, and how far it is done.
type Walk struct {
	Shift    register.ShiftID `json:"shift"`
	Person   Person           `json:"person"`
	Team     grid.TeamID      `json:"team"`
	By       string           `json:"by"`   // a profile, of the vehicle: foot, e-bike, patrol-car, boat
	From     time.Time        `json:"from"` // the shift
	To       time.Time        `json:"to"`
	Start    time.Time        `json:"start"` // the walk
	End      time.Time        `json:"end"`
	Minutes  float64          `json:"minutes"`
	ServedM  float64          `json:"served_m"`
	DeadM    float64          `json:"dead_m"`
	Line     []Position       `json:"line" nullable:"false"`
	DoneM    float64          `json:"done_m"`   // so much of the line, from its start, is behind
	Progress float64          `json:"progress"` // 0..1
	Next     int              `json:"next"`     // index of the first stop that is not done; -1: all are
	Planned  bool             `json:"planned"`  // false: there is a shift, and no walk for it yet
	BehindS  float64          `json:"behind_s"` // so much later than planned, in seconds, while it lasts
	Off      bool             `json:"off"`      // the officer has dropped out
	Stops    []WalkStop       `json:"stops" nullable:"false"`
	Calls    []WalkCall       `json:"calls" nullable:"false"` // spots that it calls at, in order
	Campaign *WalkCampaign    `json:"campaign"`               // null: it is a beat; else shift is below 0, and from and to are the campaign's
	Ordered  bool             `json:"ordered"`                // something comes first, see reason
	OrderS   float64          `json:"order_s"`                // so much longer, in seconds, the order makes all walks that were made with this one
	Pieces   int              `json:"pieces"`                 // in which its streets hang together; 0 on another map
	Whole    float64          `json:"whole"`                  // share of their metres in the largest piece, 0..1
}

// A WalkCall is a stop at spots of one place.
type WalkCall struct {
	N     int          `json:"n"` // from 1
	At    Position     `json:"at"`
	ETA   time.Time    `json:"eta"`    // as planned
	Leave time.Time    `json:"leave"`  // as planned
	FromM float64      `json:"from_m"` // along the line
	Done  bool         `json:"done"`   // all of them are seen
	Spots []CalledSpot `json:"spots" nullable:"false"`

	Reason []map[string]string `json:"reason" nullable:"false"` // why it comes where it does, by language: a word for each key
}

// A CalledSpot is one of the spots that are called at together.
type CalledSpot struct {
	Spot  register.SpotID   `json:"spot"`
	Name  map[string]string `json:"name" nullable:"false"`
	Theme string            `json:"theme"`
	At    Position          `json:"at"`
	Open  time.Time         `json:"open"`   // the call begins
	Close time.Time         `json:"close"`  // within these
	StayS float64           `json:"stay_s"` // seconds
	Seen  *time.Time        `json:"seen"`   // when somebody was there, by the tracks; null: nobody yet
}

// A SpotVisit is when a spot is to be called at once, and whether it was.
type SpotVisit struct {
	Spot  register.SpotID   `json:"spot"`
	Name  map[string]string `json:"name" nullable:"false"`
	Theme string            `json:"theme"`
	At    Position          `json:"at"`
	Open  time.Time         `json:"open"`
	Close time.Time         `json:"close"`
	Seen  *time.Time        `json:"seen"` // null: not yet
	Walk  *int64            `json:"walk"` // shift; null: it is in nobody's walk
	ETA   *time.Time        `json:"eta"`  // as planned
}

// A WalkStop is one street to be walked along.
type WalkStop struct {
	N      int       `json:"n"` // from 1
	Street string    `json:"street"`
	At     Position  `json:"at"` // where it begins
	Metres float64   `json:"metres"`
	ETA    time.Time `json:"eta"`    // as planned
	Leave  time.Time `json:"leave"`  // as planned
	FromM  float64   `json:"from_m"` // along the line
	ToM    float64   `json:"to_m"`
	Done   bool      `json:"done"`

	Reason []map[string]string `json:"reason" nullable:"false"` // as of a call
}

// A Run is what a tow truck has to do in its driver's shift.
type Run struct {
	Vehicle  Vehicle     `json:"vehicle"`
	Driver   Person      `json:"driver"`
	Shift    int64       `json:"shift"`
	From     time.Time   `json:"from"` // the shift
	To       time.Time   `json:"to"`
	End      time.Time   `json:"end"`      // as planned
	Capacity int         `json:"capacity"` // places on the truck
	Loaded   int         `json:"loaded"`   // of them taken now
	Off      bool        `json:"off"`      // it has dropped out: nothing new for it
	Line     []Position  `json:"line" nullable:"false"`
	Stops    []RunStop   `json:"stops" nullable:"false"`
	Past     []RunFinish `json:"past" nullable:"false"` // jobs of this shift that are done, by time
}

// A TowSite is where trucks unload.
type TowSite struct {
	ID     int64      `json:"id"`
	Name   string     `json:"name"` // in English if it has one, see Names
	Names  siteNames  `json:"names" nullable:"false"`
	At     Position   `json:"at"`
	Hours  []Hours    `json:"hours" nullable:"false"` // when it takes vehicles in the day to come
	Always bool       `json:"always"`                 // it has no hours
	Places *int       `json:"places"`                 // vehicles that it takes in 24 hours; null: nobody has said
	Room   *int       `json:"room"`                   // of them not yet brought
	Coming int        `json:"coming"`                 // vehicles that the runs bring there
	Next   *time.Time `json:"next"`                   // when the next truck is there, as planned
}

// siteNames are a drop-off site's names by language, for the page to choose.
type siteNames map[string]string

// Hours are a span of time, both ends included.
type Hours struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// A RunFinish is a job that is done.
type RunFinish struct {
	Task  dispatch.TaskID `json:"task"`
	Note  string          `json:"note"`
	At    Position        `json:"at"`
	Began time.Time       `json:"began"` // at the vehicle
	Done  time.Time       `json:"done"`
}

// A Vehicle is one of the bureau's own.
type Vehicle struct {
	ID    register.VehicleID   `json:"id"`
	Plate string               `json:"plate"`
	Kind  register.VehicleKind `json:"kind"`
}

// A RunStop is a vehicle to be fetched, or a site where those fetched are left.
type RunStop struct {
	N      int              `json:"n"` // from 1
	Kind   string           `json:"kind" enum:"job,site"`
	Task   *dispatch.TaskID `json:"task"` // with job
	Site   *int64           `json:"site"` // with site: of the stations
	State  dispatch.State   `json:"state"`
	At     Position         `json:"at"`
	Name   string           `json:"name"`            // of a site, see Names; a job's note
	Names  siteNames        `json:"names,omitempty"` // of a site
	Arrive time.Time        `json:"arrive"`
	Begin  time.Time        `json:"begin"` // later than Arrive where it waits
	Leave  time.Time        `json:"leave"`
	Load   int              `json:"load"`   // after it
	LateS  float64          `json:"late_s"` // so long after the end of the shift, in seconds
}

// A Unit is a hub.Unit as docs/live-protocol.md says, without its number on the
// socket.
type Unit struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Name      string    `json:"name"`
	Team      int64     `json:"team,omitempty"`
	At        Position  `json:"at"`
	T         time.Time `json:"t"`
	Heading   *float64  `json:"heading,omitempty"`
	SpeedKmh  *float64  `json:"speed_kmh,omitempty"`
	Duty      string    `json:"duty,omitempty"`
	Alert     *string   `json:"alert"`
	AccuracyM float64   `json:"accuracy_m,omitempty"`
}
