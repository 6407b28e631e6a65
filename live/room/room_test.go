package room_test

import (
	"context"
	"log/slog"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/data/store/storetest"
	"citygrid/geo"
	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/ingest"
	"citygrid/live/room"
	"citygrid/routing/city"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(child(dir))
	}
	goleak.VerifyTestMain(m)
}

// The drawn town: one block of streets, a park in its middle, the station at a.
const town = `
a---b---c
|   |   |
d---e---f
|   |   |
g---h---i`

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	return c.t
}

var morning = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) // 08:00 in Wilmington

// A bureau is a data folder with people, things and ground, and a room over it.
type bureau struct {
	*clock
	tb    testing.TB
	dir   string
	store *store.Store
	room  *room.Room
	city  *city.Streets
	days  *calendar.Days
	tells func() time.Time        // the room's clock; nil is clock
	heard func(string, time.Time) // see room.Config.Heard
	stop  func()                  // ends the room; in the order of a server's end

	root                    grid.Area
	team                    register.Team
	desk, li, wang, zhao    people.Person // dispatcher, two officers, a driver
	truck                   register.Vehicle
	dog                     register.Dog
	tag                     register.Device
	park                    zone.Zone
	plan                    grid.Plan
	station, pound          register.Station
	liShift, wangShift, tow register.Shift
}

var by = audit.Act{Who: "root1", Verb: "test"}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func english(name string) map[string]string { return map[string]string{"en": name} }

// square is ground between two corners of the drawing, in characters.
func square(left, top, right, bottom float64) orb.MultiPolygon {
	a, b, c, d := streettest.Place(left, top), streettest.Place(right, top), streettest.Place(right, bottom), streettest.Place(left, bottom)
	return orb.MultiPolygon{{{a, d, c, b, a}}}
}

// founded makes a bureau at work on the drawn town; nothing runs yet.
func founded(t testing.TB) *bureau {
	t.Helper()
	b := &bureau{tb: t, dir: storetest.Dir(t), clock: &clock{t: morning}}
	b.open()
	ctx := t.Context()
	set := store.Settings{Bureau: english("Town"), TimeZone: "America/New_York", Region: "US", Language: "en"}
	admin := people.Person{Login: "root1", Name: "Root", PasswordHash: "$argon2id$v=19$m=65536,t=1,p=2$c2FsdA$aGFzaA"}
	if err := b.store.Setup(ctx, set, admin, grid.Area{Kind: grid.Bureau, Name: english("Town")}, by); err != nil {
		t.Fatal(err)
	}
	b.root = must(b.store.Areas(ctx))(t)[0]
	area := must(b.store.AddArea(ctx, grid.Area{Parent: b.root.ID, Kind: grid.Town, Code: "T1", Name: english("Old Town")}, by))(t)
	b.team = must(b.store.AddTeam(ctx, register.Team{Code: "T1", Name: english("Team 1"), Area: area.ID}, by))(t)
	add := func(login, name string, role people.Role, in grid.AreaID) people.Person {
		return must(b.store.AddPerson(ctx, people.Person{Login: login, Name: name, Grants: []people.Grant{{Role: role, Area: in}}}, by))(t)
	}
	b.desk = add("desk", "Desk", people.Dispatcher, b.root.ID)
	b.li = add("li", "Li Wei", people.Officer, area.ID)
	b.wang = add("wang", "Wang Fang", people.Officer, area.ID)
	b.zhao = add("zhao", "Zhao Lei", people.Driver, area.ID)
	b.truck = must(b.store.AddVehicle(ctx, register.Vehicle{Plate: "TOW1", Kind: register.TowTruck, Team: b.team.ID, Capacity: 2}, by))(t)
	b.dog = must(b.store.AddDog(ctx, register.Dog{Name: "Bella", Licence: "W-0417", Owner: "Somebody", OwnerPhone: "555 1234", Area: area.ID}, by))(t)
	b.tag = must(b.store.AddDevice(ctx, register.Device{ID: "tag-1", Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(b.dog.ID)}, by))(t)
	b.station = must(b.store.AddStation(ctx, register.Station{Code: "S1", Name: english("Station"), At: streettest.Place(0, 0), Team: b.team.ID}, by))(t)
	b.pound = must(b.store.AddStation(ctx, register.Station{Code: "P1", Name: english("Pound"), Kind: register.Pound, At: streettest.Place(8, 4)}, by))(t)
	shift := func(p people.Person, v register.VehicleID) register.Shift {
		return must(b.store.AddShift(ctx, register.Shift{
			Person: p.ID, Team: b.team.ID, Vehicle: v, From: morning.Add(-time.Hour), To: morning.Add(9 * time.Hour),
		}, by))(t)
	}
	b.liShift, b.wangShift, b.tow = shift(b.li, 0), shift(b.wang, 0), shift(b.zhao, b.truck.ID)
	b.plan = must(b.store.AddPlan(ctx, grid.Plan{From: morning.Add(-24 * time.Hour), Grids: []grid.Responsibility{
		{ID: 1, Code: "G01", Name: english("West"), Team: b.team.ID, Member: int64(b.li.ID), Tasks: []string{"patrol"}, Ground: square(-50, -50, 4, 54)},
		{ID: 2, Code: "G02", Name: english("East"), Team: b.team.ID, Tasks: []string{"patrol"}, Ground: square(4, -50, 58, 54)},
	}}, by))(t)
	b.park = must(b.store.AddZone(ctx, noDogs("Park", square(-40, 10, 20, 50)), by))(t)
	return b
}

func noDogs(name string, ground orb.MultiPolygon) zone.Zone {
	return zone.Zone{
		Name: english(name), Kind: zone.NoDog, Ground: ground, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
	}
}

// withStreets gives the room the drawn map.
func (b *bureau) withStreets() *bureau {
	b.tb.Helper()
	n, _ := streettest.Draw(b.tb, town, func(d *streettest.Drawing) {
		d.Name("North Street", "abc")
		d.Name("Middle Street", "def")
		d.Name("South Street", "ghi")
		d.Name("West Street", "adg")
		d.Name("Centre Street", "beh")
		d.Name("East Street", "cfi")
	})
	b.city = city.New("0123456789abcdef", n, []path.Profile{path.Foot(), path.Car()})
	return b
}

func (b *bureau) open() {
	b.tb.Helper()
	b.store = must(store.Open(b.dir, store.Options{Now: b.now, Reserve: -1}))(b.tb)
}

// runs starts the room.
func (b *bureau) runs() *bureau {
	b.tb.Helper()
	tells := b.now
	if b.tells != nil {
		tells = b.tells
	}
	var err error
	b.room, err = room.New(b.tb.Context(), room.Config{
		Store: b.store, City: b.city, Days: b.days, Now: tells, Heard: b.heard, SaveEvery: time.Millisecond, CallEvery: 20 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.room.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.tb.Log(err) // it may be told to end before it began: the next start judges what is left
		}
		if err := b.store.Close(); err != nil {
			b.tb.Error(err)
		}
	})
	b.tb.Cleanup(b.stop)
	return b
}

// restarts ends the room and its store, and starts them anew.
func (b *bureau) restarts() *bureau {
	b.tb.Helper()
	b.stop()
	b.open()
	return b.runs()
}

func fixAt(t time.Time, at orb.Point) ingest.Fix {
	nan := math.NaN()
	return ingest.Fix{Time: t, At: at, Accuracy: 5, Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan}
}

// report has a device tell where it is now.
func (b *bureau) report(d register.Device, at orb.Point) {
	b.tb.Helper()
	verdicts, err := b.room.Accept(b.tb.Context(), d, []ingest.Fix{fixAt(b.now(), at)})
	if err != nil || !verdicts[0].Stored {
		b.tb.Fatalf("%s at %v: %+v, %v", d.ID, b.now(), verdicts, err)
	}
}

// eventually waits for what goroutines of the room do.
func (b *bureau) eventually(what string, ok func() bool) {
	b.tb.Helper()
	end := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			b.tb.Fatalf("%s: not within 10 s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
