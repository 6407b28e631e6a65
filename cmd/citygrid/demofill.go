package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"citygrid/data/demo"
	"citygrid/data/demo/simulate"
	"citygrid/data/store"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/dispatch"
	"citygrid/live/room"
	"citygrid/web"

	"github.com/alexedwards/argon2id"
	"github.com/paulmach/orb"
)

// populate writes the demo's world into the store and gives the simulator's cast.
// hashes are of the passwords of visitors; the others' are drawn here.
func populate(ctx context.Context, st *store.Store, w *demo.World, root grid.Area, hashes map[string]string, now time.Time) (simulate.Cast, error) {
	var cast simulate.Cast
	area, team, person, vehicle := map[grid.AreaID]grid.AreaID{}, map[grid.TeamID]grid.TeamID{}, map[int64]int64{}, map[register.VehicleID]register.VehicleID{}
	for i, a := range w.Areas {
		a.Parent = root.ID
		added, err := st.AddArea(ctx, a, consoleAct("area.add", "area/"+a.Code))
		if err != nil {
			return cast, err
		}
		area[grid.AreaID(i+1)] = added.ID
	}
	teams := w.Teams
	for i := range teams {
		teams[i].Area = area[teams[i].Area]
	}
	added, err := st.ImportTeams(ctx, teams, consoleAct("team.import", "teams"))
	if err != nil {
		return cast, err
	}
	for i, t := range added {
		team[grid.TeamID(i+1)] = t.ID
	}
	vehicles := w.Vehicles
	for i := range vehicles {
		vehicles[i].Team = team[vehicles[i].Team]
	}
	trucks, err := st.ImportVehicles(ctx, vehicles, consoleAct("vehicle.import", "vehicles"))
	if err != nil {
		return cast, err
	}
	for i, v := range trucks {
		vehicle[register.VehicleID(i+1)] = v.ID
	}
	staff := make([]people.Person, len(w.Workers))
	for i, x := range w.Workers {
		hash := hashes[x.Login]
		if !x.Guest {
			var a simulate.Account
			if a, hash, err = simulated(x.Login); err != nil {
				return cast, err
			}
			switch {
			case x.Night: // the clock leaves their hours out
			case x.Role == people.Driver:
				cast.Drivers = append(cast.Drivers, a)
			default:
				cast.Officers = append(cast.Officers, a)
			}
		}
		staff[i] = people.Person{Login: x.Login, Name: x.Name, PasswordHash: hash, Grants: []people.Grant{{Role: x.Role, Area: added[x.Team-1].Area}}}
	}
	everybody, err := st.ImportPeople(ctx, staff, consoleAct("person.import", "people"))
	if err != nil {
		return cast, err
	}
	for i, p := range everybody {
		person[int64(i+1)] = int64(p.ID)
	}
	a, hash, err := simulated("simulator")
	if err != nil {
		return cast, err
	}
	cast.Admin = a
	admin := people.Person{Login: a.Login, Name: "Simulator", PasswordHash: hash, Grants: []people.Grant{{Role: people.Admin, Area: root.ID}}}
	if _, err := st.AddPerson(ctx, admin, consoleAct("person.add", "person/"+a.Login)); err != nil {
		return cast, err
	}
	stations := append(w.Stations, w.Pound)
	for i := range stations {
		stations[i].Team = team[stations[i].Team]
	}
	if _, err := st.ImportStations(ctx, stations, consoleAct("station.import", "stations")); err != nil {
		return cast, err
	}
	plan := grid.Plan{From: now.Add(-24 * time.Hour).Truncate(24 * time.Hour), Grids: w.Grids}
	for i := range plan.Grids {
		g := &plan.Grids[i]
		g.Team, g.Member = team[g.Team], person[g.Member]
	}
	if _, err := st.AddPlan(ctx, plan, consoleAct("plan.add", "")); err != nil {
		return cast, err
	}
	if _, err := st.AddZones(ctx, append([]zone.Zone(nil), w.Zones...), consoleAct("zone.import", "zones")); err != nil {
		return cast, err
	}
	if _, err := st.ImportObjects(ctx, append([]register.Object(nil), w.Objects...), consoleAct("object.import", "objects")); err != nil {
		return cast, err
	}
	for _, s := range w.Spots {
		s.Team = team[s.Team]
		if _, err := st.AddSpot(ctx, s, consoleAct("spot.add", "spot/"+s.Name["en"])); err != nil {
			return cast, err
		}
	}
	dogs := make([]register.Dog, len(w.Dogs))
	for i, d := range w.Dogs {
		dogs[i] = d.Dog
		dogs[i].Area = area[d.Area]
		cast.Dogs = append(cast.Dogs, simulate.Dog{Licence: d.Licence, Home: d.Home, Haunts: d.Haunts})
	}
	_, err = st.ImportDogs(ctx, dogs, consoleAct("dog.import", "dogs"))
	return cast, err
}

// simulated draws a password for an account that only the simulator uses. Its
// hash is a cheap one: the password has 79 random bits, which nobody guesses at
// any speed, and there are thirty of them to make at the start.
func simulated(login string) (simulate.Account, string, error) {
	a := simulate.Account{Login: login, Password: web.NewPassword()}
	hash, err := argon2id.CreateHash(a.Password, &argon2id.Params{Memory: 8 << 10, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	return a, hash, err
}

// The demo's shifts, on the clock of its time zone: the day's, and the night's, which
// ends on the next day. The night's begins so early that its walks are planned while the
// first morning's clock still stands where the demo begins.
const (
	shiftFrom, shiftTo = 7 * time.Hour, 19 * time.Hour
	nightFrom, nightTo = 19*time.Hour + 30*time.Minute, 26 * time.Hour
)

// keepShifts makes the shifts of the demo's today and tomorrow that are missing.
func keepShifts(ctx context.Context, st *store.Store, now time.Time, zone *time.Location) error {
	y, m, d := now.In(zone).Date()
	from, to := time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d+2, 0, 0, 0, 0, zone)
	there, err := st.Shifts(ctx, from, to)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	key := func(p people.ID, t time.Time) string { return fmt.Sprint(p, t.In(zone).YearDay()) }
	for _, s := range there {
		has[key(s.Person, s.From)] = true
	}
	staff, trucks := demo.Staff()
	teams, err := st.Teams(ctx)
	if err != nil {
		return err
	}
	vehicles, err := st.Vehicles(ctx)
	if err != nil {
		return err
	}
	byPlate := map[string]register.Vehicle{}
	for _, v := range vehicles {
		byPlate[v.Plate] = v
	}
	codes := demo.TeamCodes()
	byCode := map[string]grid.TeamID{}
	for _, t := range teams {
		byCode[t.Code] = t.ID
	}
	var missing []register.Shift
	for _, x := range staff {
		p, err := st.PersonByLogin(ctx, x.Login)
		team := byCode[codes[x.Team-1]]
		if err != nil || p.Disabled || team == 0 { // a visitor changed the demo
			continue
		}
		s := register.Shift{Person: p.ID, Team: team}
		if x.Vehicle != 0 {
			v, ok := byPlate[trucks[x.Vehicle-1].Plate]
			if !ok || v.Retired {
				continue
			}
			s.Vehicle = v.ID
		}
		begin, end := shiftFrom, shiftTo
		if x.Night {
			begin, end = nightFrom, nightTo
		}
		for day := range 2 {
			at := func(t time.Duration) time.Time { return time.Date(y, m, d+day, 0, int(t.Minutes()), 0, 0, zone) }
			s.From, s.To = at(begin), at(end)
			if !has[key(p.ID, s.From)] {
				missing = append(missing, s)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = st.ImportShifts(ctx, missing, consoleAct("shift.import", "shifts"))
	return err
}

// carryOn keeps the demo going while it is served: shifts for each new day, and
// vehicles in the way of others.
func carryOn(ctx context.Context, st *store.Store, control *room.Room, clock *demo.Clock, zone *time.Location, log *slog.Logger) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	day := clock.Now().In(zone).YearDay()
	var reported time.Time // a vehicle in the way
	spots := towSpots(ctx, st, log)
	for n := 0; ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := clock.Now()
		if today := now.In(zone).YearDay(); today != day {
			if err := errors.Join(keepShifts(ctx, st, now, zone), control.Reload(ctx)); err != nil {
				log.Error("demo: no shifts for the next day", slog.Any("err", err))
				continue
			}
			day = today
		}
		if now.Sub(reported) >= towEvery && len(spots) > 0 {
			ours := spots[n%len(spots)] // a team's after the other's: each truck has something to do
			at := ours[(int(now.Unix())+n)%len(ours)]
			if n++; reportTow(ctx, st, control, at, towNotes[n%len(towNotes)], log) {
				reported = now
			}
		}
	}
}

// How many vehicles wait to be towed at most, and how often one is reported.
const (
	towsWaiting = 5
	towEvery    = 6 * time.Minute
)

var towNotes = []string{"white van on the pavement", "car blocks a driveway", "trailer at a hydrant", "car at a bus stop", "lorry in the loading bay since morning"}

// towSpots are the places where vehicles stand that are to be towed, by team; none
// when the visitor took the demo's map or plan away.
func towSpots(ctx context.Context, st *store.Store, log *slog.Logger) (byTeam [][]orb.Point) {
	city, err := demo.CityMap()
	if err != nil {
		return nil
	}
	plans, err := st.Plans(ctx)
	if err != nil || len(plans) == 0 {
		return nil
	}
	plan, err := st.Plan(ctx, plans[0].ID)
	if err != nil {
		return nil
	}
	own, err := plan.Index()
	if err != nil {
		log.Warn("demo: nothing to tow", slog.Any("err", err))
		return nil
	}
	of := map[grid.TeamID][]orb.Point{}
	for _, at := range demo.TowSpots(city.Network, own) {
		id, _ := own.OwnerAt(at)
		g, _ := plan.Grid(id)
		of[g.Team] = append(of[g.Team], at)
	}
	for _, team := range slices.Sorted(maps.Keys(of)) {
		byTeam = append(byTeam, of[team])
	}
	return byTeam
}

// reportTow has a vehicle fetched unless enough are waiting; done says that there
// is nothing to try again soon.
func reportTow(ctx context.Context, st *store.Store, control *room.Room, at orb.Point, note string, log *slog.Logger) (done bool) {
	open, err := st.OpenTasks(ctx)
	if err != nil {
		log.Warn("demo: a vehicle in the way", slog.Any("err", err))
		return true
	}
	waiting := 0
	for _, t := range open {
		if t.Kind == dispatch.KindTow {
			waiting++
		}
	}
	if waiting >= towsWaiting {
		return true
	}
	who, err := st.PersonByLogin(ctx, demo.Accounts()[1].Login)
	if err != nil || who.Disabled {
		return true
	}
	if _, _, err = control.Tow(ctx, who.ID, nil, at, note, "", consoleAct("tow.add", "")); err != nil {
		log.Debug("demo: no truck takes a vehicle in the way", slog.Any("err", err))
		return false
	}
	control.Changed()
	return waiting+1 >= towsWaiting // a handful at the start, then one at a time
}
