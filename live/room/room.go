// Package room is the control room at work: it joins what takes in positions,
// judges them, makes alerts, shows them to maps and sends people.
//
// The parts are packages of their own that don't know each other; each is told
// here what it needs of the others:
//
//	devices -> ingest.Intake -> the store
//	               |
//	               v judge (one a worker): fence.Judge, alert.Policy
//	               |                         -> the store -> hub.Log -> hub.Hub -> maps, phones
//	               v publisher: units, progress of walks
//	               -> hub.Hub
//
// What a fix is judged and shown by (devices, people, shifts, zones, the plan) is
// a book: a value read from the store as a whole, and swapped when it changed.
// Nothing here reads the store for each fix.
//
// Run owns all goroutines: the intake's workers, the hub, and one that looks at
// the clock. Positions are WGS 84, longitude first; JSON positions [lon, lat].
package room

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/hub"
	"citygrid/live/ingest"
	"citygrid/routing/clearance"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"
)

// A City is the map that walks, ways and runs are planned on.
type City struct {
	ID        string // of the map: segments mean something only with it
	Network   *street.Network
	Foot, Car *path.Engine
}

// Config says what a Room works with. Store must be set; zero elsewhere means the
// default.
type Config struct {
	Store Store
	City  *City // nil: no map yet; SetCity brings one

	Now   func() time.Time // the clock that everything goes by; time.Now
	Speed float64          // seconds of Now in a second; 1

	Origins  []string              // pages that may open the socket, see hub.Config
	Registry prometheus.Registerer // nil = nobody is told how long things take
	Log      *slog.Logger          // slog.Default()
}

// A Room is a control room at work. New makes one, Run has it work. Its methods
// are for any goroutine.
type Room struct {
	c   Config
	hub *hub.Hub
}

var errUnbuilt = errors.New("live/room: not built yet")

// New reads what the store has of registers, plan and zones.
func New(ctx context.Context, c Config) (*Room, error) {
	return &Room{c: c, hub: hub.New(hub.Config{Now: c.Now, Speed: c.Speed, Origins: c.Origins, Logger: c.Log})}, nil
}

// Run works until ctx ends, and returns when all that belongs to the room has
// ended. It is called once.
func (r *Room) Run(ctx context.Context) error { r.hub.Run(ctx); return nil }

// SetCity changes the map; nil is none.
func (r *Room) SetCity(c *City) {}

// Hub is what maps and phones are connected to.
func (r *Room) Hub() *hub.Hub { return r.hub }

// Device is the device of that id, from memory.
func (r *Room) Device(id register.DeviceID) (register.Device, bool) { return register.Device{}, false }

// PhoneOf is the device that a person's phone page is. It is in no register.
func (r *Room) PhoneOf(p people.ID) register.Device { return register.Device{} }

// Accept takes fixes that a known device reports, see ingest.Intake.Accept.
func (r *Room) Accept(ctx context.Context, d register.Device, fixes []ingest.Fix) ([]ingest.Verdict, error) {
	return nil, errUnbuilt
}

// TeamsNow is for which teams a person works now, by the roster.
func (r *Room) TeamsNow(p people.ID) []grid.TeamID { return nil }

// TeamArea is whose team it is; 0 for a team that is not there.
func (r *Room) TeamArea(id grid.TeamID) grid.AreaID { return 0 }

// Tree is the areas of the bureau. nil before the bureau is set up.
func (r *Room) Tree() *grid.Tree { return nil }

// Reload reads anew what was changed in registers, shifts, plan, zones or people.
// Call it after every such change.
func (r *Room) Reload(ctx context.Context) error { return errUnbuilt }

// Changed says that people changed an alert or a task. It never waits.
func (r *Room) Changed() { r.hub.Changed() }

// Owner is the responsibility grid that a place is in, by the plan that holds now.
func (r *Room) Owner(at orb.Point) (grid.Responsibility, bool) { return grid.Responsibility{}, false }

// Units is the units that rights see, as last known.
func (r *Room) Units(rights hub.Rights) []hub.Unit { return nil }

// SeesAlert tells if rights see an alert.
func (r *Room) SeesAlert(rights hub.Rights, a alert.Alert) bool { return false }

// SeesTask tells if rights see a task.
func (r *Room) SeesTask(rights hub.Rights, t dispatch.Task) bool { return false }

// Nearest is who of the officers on duty is at a place first by road, at most n,
// and why the others aren't named.
func (r *Room) Nearest(ctx context.Context, at orb.Point, n int) ([]dispatch.Candidate, []dispatch.Exclusion, error) {
	return nil, nil, errUnbuilt
}

// Walks is the walks that begin in from <= t < to, with how far they have come.
func (r *Room) Walks(ctx context.Context, from, to time.Time) ([]Walk, error) { return nil, errUnbuilt }

// Runs is the runs of the tow trucks on duty now.
func (r *Room) Runs(ctx context.Context) ([]Run, error) { return nil, errUnbuilt }

// Tow has a vehicle fetched: the truck that takes it with the least extra time
// gets a task for its driver. key is as in Store.SendTask.
func (r *Room) Tow(ctx context.Context, by people.ID, at orb.Point, note, key string, act audit.Act) (dispatch.Task, clearance.Offer, error) {
	return dispatch.Task{}, clearance.Offer{}, errUnbuilt
}
