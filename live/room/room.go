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
// Run owns all goroutines: the intake's workers, each of which has its own judge;
// the hub's; one that saves the states of trackers; one that looks at the clock,
// for units that are silent or off shift and for plans that begin to hold; one that
// plans walks; and one that has closures of streets begin and end. Positions are WGS 84, longitude first; JSON positions [lon, lat].
package room

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/hub"
	"citygrid/live/ingest"
	"citygrid/routing/city"

	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"
)

// Config says what a Room works with. Store must be set; zero elsewhere means the
// default.
type Config struct {
	Store Store
	City  *city.Streets // nil: no map yet; SetCity brings one. Its closures are the room's to say

	// Days are the bureau's holidays, for calendars that ask; nil if none are known.
	Days *calendar.Days

	Now   func() time.Time // the clock that everything goes by; time.Now
	Speed float64          // seconds of Now in a second; 1
	// Heard is told what time devices say it is that have a clock of their own; nil =
	// nobody is.
	Heard func(device string, t time.Time)

	// SaveEvery is how often each worker hands over the states of its trackers, by
	// the machine's clock; 1 min. After a crash the fixes since are judged again.
	SaveEvery time.Duration

	// CallEvery is how often, by the machine's clock, it is looked whether somebody is to
	// be told again of an alert; 1 s.
	CallEvery time.Duration

	Origins  []string              // pages that may open the socket, see hub.Config
	Registry prometheus.Registerer // nil = nobody is told how long things take
	Log      *slog.Logger          // slog.Default()
}

// A Room is a control room at work. New makes one, Run has it work. Its methods
// are for any goroutine.
type Room struct {
	c       Config
	hub     *hub.Hub
	intake  *ingest.Intake
	policy  alert.Policy
	metrics *metrics

	city   atomic.Pointer[city.Streets]
	book   atomic.Pointer[book]        // never nil
	rules  atomic.Pointer[fence.Judge] // never nil
	now    *present
	states *states
	starts map[ingest.TrackerID]*start // read only after New
	veil   veil                        // read only after New
	judges []*judge                    // the intake's workers'; its own once Run has ended

	counts    counts
	edits     edits // of zones; guarded by reloading's turn
	clean     bool  // all that was stored before the start was judged then
	reloading reload
	walks     *walks
	runs      *runs
	rewalks   rewalks
	daily     daily
	streets   *streets

	mu    sync.Mutex
	units map[string]unit // guarded by mu: on the map, by id
}

// New reads what the store has: registers, plan, zones, and how far judging had
// come.
func New(ctx context.Context, c Config) (*Room, error) {
	if c.Store == nil {
		return nil, errors.New("a room needs a store")
	}
	r := &Room{c: c.withDefaults(), now: newPresent(), states: newStates(), units: make(map[string]unit), reloading: newReload(), runs: newRuns(), streets: newStreets()}
	r.walks = newWalks(r)
	r.city.Store(c.City)
	b, err := read(ctx, r.c.Store, r.c.Now(), nil)
	if err != nil {
		return nil, err
	}
	r.book.Store(b)
	r.fitStreets()
	if err := r.readStarts(ctx, b); err != nil {
		return nil, err
	}
	if r.metrics, err = newMetrics(r); err != nil {
		return nil, err
	}
	r.hub = hub.New(hub.Config{Log: journal{r}, Now: r.c.Now, Speed: r.c.Speed, PerPerson: mapsOfOne, Origins: r.c.Origins, Logger: r.c.Log})
	r.intake, err = ingest.New(ingest.Config{
		Keeper: r.c.Store, OnDuty: r.onDuty, Publisher: r, Devices: r.reporting, Since: r.since, Horizon: horizon,
		Judge: func(int) ingest.Judge {
			j := newJudge(r)
			r.judges = append(r.judges, j)
			return j
		},
		Now: r.c.Now, Speed: r.c.Speed, Log: r.c.Log, Took: r.metrics.took, Refused: r.metrics.refuse,
	})
	return r, err
}

// mapsOfOne is how many live maps one login may have open, a quarter of all: one that
// is stolen doesn't keep everybody from theirs.
const mapsOfOne = 5000

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Speed <= 0 {
		c.Speed = 1
	}
	if c.SaveEvery <= 0 {
		c.SaveEvery = time.Minute
	}
	if c.CallEvery <= 0 {
		c.CallEvery = time.Second
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// Run works until ctx ends, and returns when all that belongs to the room has
// ended and what was judged is kept. It is called once.
func (r *Room) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { r.hub.Run(ctx) })
	running.Go(func() { r.keepStates(ctx) })
	running.Go(func() { r.watchClock(ctx) })
	running.Go(func() { r.callAgain(ctx) })
	running.Go(func() { r.walks.plan(ctx) })
	running.Go(func() { r.keepStreets(ctx) })
	running.Go(func() { r.makeEngines(ctx) })
	r.intake.Rejudge() // zones may have changed since the states were kept
	err := r.intake.Run(ctx)
	running.Wait()
	for _, j := range r.judges {
		j.save()
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if r.saveStates(last) && err == nil {
		err = r.c.Store.SaveStates(last, map[ingest.TrackerID][]byte{cleanEnd: {1}})
	}
	return err
}

func (r *Room) keepStates(ctx context.Context) {
	for {
		select {
		case <-r.states.bell:
			r.saveStates(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// How often, by the machine's clock, units are looked at, and the book is read
// anew: a plan may have begun to hold, or a change was not told.
const (
	everyLook = time.Second
	everyRead = time.Minute
)

func (r *Room) watchClock(ctx context.Context) {
	look, reread := time.NewTicker(everyLook), time.NewTicker(everyRead)
	defer look.Stop()
	defer reread.Stop()
	last := r.c.Now()
	for {
		select {
		case <-look.C:
			now := r.c.Now()
			if now.Before(last.Add(-ahead)) {
				r.rewind(ctx, now)
			}
			last = now
			r.sweep(false)
			if next := r.book.Load().next; !next.IsZero() && !r.c.Now().Before(next) {
				r.reread(ctx)
			}
		case <-reread.C:
			r.reread(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// reread reads the book anew, and goes on with the old one when it can't.
func (r *Room) reread(ctx context.Context) {
	if err := r.Reload(ctx); err != nil && ctx.Err() == nil {
		r.c.Log.Error("registers cannot be read; the room goes on with what it knew", "err", err)
	}
}

// SetCity changes the map; nil is none. When it returns the closures hold on it.
func (r *Room) SetCity(c *city.Streets) {
	r.city.Store(c)
	r.fitStreets()
	r.walks.wake()
}

// Hub is what maps and phones are connected to.
func (r *Room) Hub() *hub.Hub { return r.hub }

// Changed says that people changed an alert or a task. It never waits.
func (r *Room) Changed() { r.hub.Changed() }

// Device is the device of that id, from memory.
func (r *Room) Device(id register.DeviceID) (register.Device, bool) {
	d, ok := r.book.Load().devices[id]
	return d, ok
}

// PhoneOf is the device that a person's phone page is. It is in no register.
func (r *Room) PhoneOf(p people.ID) register.Device { return phoneOf(p) }

func phoneOf(p people.ID) register.Device {
	return register.Device{ID: phoneID(p), Class: register.Phone, Protocol: webProtocol, Subject: register.PersonSubject(p)}
}

func phoneID(p people.ID) register.DeviceID { return register.DeviceID(fmt.Sprintf("web-%d", p)) }

// Accept takes fixes that a known device reports, see ingest.Intake.Accept.
func (r *Room) Accept(ctx context.Context, d register.Device, fixes []ingest.Fix) ([]ingest.Verdict, error) {
	// Phones' pages go by our clock.
	if r.c.Heard != nil && len(fixes) > 0 && d.Protocol != webProtocol {
		latest := slices.MaxFunc(fixes, func(a, b ingest.Fix) int { return a.Time.Compare(b.Time) })
		r.c.Heard(string(d.ID), latest.Time)
	}
	return r.intake.Accept(ctx, d, fixes)
}

const webProtocol = "web"

// onDuty tells whose positions are taken in at a time: officers and vehicles in
// their shift.
func (r *Room) onDuty(s register.Subject, t time.Time) bool {
	_, ok := r.book.Load().roster.OnDuty(s, t)
	return ok
}

// TeamsNow is for which teams a person works now, by the roster.
func (r *Room) TeamsNow(p people.ID) []grid.TeamID {
	if team := r.book.Load().workedFor(p, r.c.Now()); team != 0 {
		return []grid.TeamID{team}
	}
	return nil
}

// Days are the bureau's holidays; nil if none are known.
func (r *Room) Days() *calendar.Days { return r.c.Days }

// TeamArea is whose team it is; 0 for a team that is not there.
func (r *Room) TeamArea(id grid.TeamID) grid.AreaID { return r.book.Load().teams[id].Area }

// Tree is the areas of the bureau, empty before it is set up.
func (r *Room) Tree() *grid.Tree { return r.book.Load().tree }

// Owner is the responsibility grid that a place is in, by the plan that holds now.
func (r *Room) Owner(at orb.Point) (grid.Responsibility, bool) { return r.book.Load().owner(at) }
