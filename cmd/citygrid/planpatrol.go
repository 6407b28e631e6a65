package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/path"
	"citygrid/routing/patrol"
	"citygrid/routing/solve/beat"

	"github.com/paulmach/orb"
)

type planPatrolCmd struct {
	Data     string     `help:"Data folder. Without --grids, its teams, grids, stations and shifts are planned; no server may run on it then." default:"citygrid-data" type:"path"`
	Grids    string     `help:"Plan the grids of this file instead; a property team says whose each is." type:"path" placeholder:"FILE"`
	Station  *pointFlag `help:"With --grids: where officers set out, LON,LAT; the middle of their grids without it." placeholder:"LON,LAT"`
	Officers int        `help:"With --grids: how many officers a team has; 0 finds the fewest that do it." default:"0"`
	From     string     `help:"With --grids: when the shift begins." default:"08:00"`
	To       string     `help:"With --grids: when it ends." default:"16:00"`
	Date     string     `help:"Without --grids: the day, as 2026-05-04; today without it." placeholder:"DATE"`
	Profile  string     `help:"How they travel: foot, e-bike, car, patrol-car, boat or another of citygrid profiles. By boat it is waterways that are seen. Without it, as the shifts' vehicles say, on foot without one." placeholder:"NAME"`
	Profiles string     `help:"File with profiles of your own; profiles.toml in the data folder by default, if there is one." type:"path" placeholder:"FILE.toml"`
	Visits   []string   `help:"How often a day streets of a class are seen, as residential=1 or primary=4; 0 is not at all. Passes are spread over the shift." placeholder:"CLASS=N" sep:"none"`
	Both     []string   `help:"Streets of a class, as primary, are seen on both sides: on foot they are walked twice, by car driven once each way." placeholder:"CLASS" sep:"none"`
	Strict   int        `help:"How often a day streets on the bureau's strict roads (zones of that kind) are seen, more than once on both sides each time." default:"1" placeholder:"N"`
	Spots    string     `help:"What is called at beside the streets: CSV or JSON as docs/solve.md says. Without it, the bureau's spots; with --grids, none." type:"path" placeholder:"FILE"`
	Order    string     `help:"JSON file of keys that say what comes first in each walk, such as [{\"first\": {\"en\": \"key spots\"}, \"by\": \"classes\", \"classes\": [\"primary\"]}]; [] is none. Without it, as the bureau has it for its teams." type:"path" placeholder:"FILE"`
	Fewest   bool       `help:"Say, too, how many officers are the fewest that could do it: the least by the bound, and the least that was found."`
	searchFlags
	JSON bool `help:"Print JSON: teams with their walks, metres, minutes, above_pct, walkers; feasible, seconds." name:"json"`
}

// A duty is what one team covers in one shift.
type duty struct {
	team     string
	profile  string // how they travel
	grids    int
	streets  []street.SegmentID
	officers []patrol.Officer // none: as many as it takes
	station  orb.Point
	from, to time.Time

	visits    []register.DueVisit // of spots, their times of planDay
	unwatched []register.DueVisit // of the team, when nobody is on patrol
	order     []patrol.Key
}

// mostWalkers is how many officers are tried for a team at most.
const mostWalkers = 60

// Run plans the walks. A file or flag that is wrong is bad input; what cannot be
// walked is listed with the reason.
func (c *planPatrolCmd) Run(e *env) error {
	all, err := profilesOf(c.Data, c.Profiles)
	if err != nil {
		return err
	}
	if _, err := profileNamed(all, cmp.Or(c.Profile, "foot")); err != nil {
		return err
	}
	visits, err := c.visits()
	if err != nil {
		return err
	}
	if err := c.checkStrict(); err != nil {
		return err
	}
	m, err := openCity(c.Data)
	if err != nil {
		return err
	}
	p := patroller{c: c, m: m, profiles: all, engines: map[string]*path.Engine{}, visits: visits, ground: patrol.Ground{Network: m.Network}}
	if c.Order != "" {
		if p.order, err = readRanking(c.Order, c.Grids != ""); err != nil {
			return err
		}
	}
	var duties []duty
	if c.Grids != "" {
		duties, err = c.fromFile(&p)
	} else {
		duties, err = c.fromBureau(e.ctx, &p)
	}
	if err != nil {
		return err
	}
	p.both = map[street.Class]bool{}
	for _, name := range c.Both {
		class, ok := streetClasses[name]
		if !ok {
			return badInput(fmt.Errorf("--both %s: want a class; they are %s", name, classNames))
		}
		p.both[class] = true
	}
	if p.solver, err = c.solver(); err != nil {
		return err
	}
	begun := time.Now()
	out := patrolJSON{Teams: []teamJSON{}, Feasible: true}
	for _, b := range duties {
		t, err := p.plan(e.ctx, b)
		if err != nil {
			return fmt.Errorf("team %s: %w", b.team, err)
		}
		out.Teams = append(out.Teams, t)
	}
	out.Seconds = time.Since(begun).Seconds()
	if c.JSON {
		return json.NewEncoder(e.stdout).Encode(out)
	}
	return out.tell(e.stdout)
}

// solver is what the flags ask for; without --time and --iterations it searches as long
// as is usual, which gives one answer for a seed, too.
func (c *planPatrolCmd) solver() (beat.Solver, error) {
	limit, err := c.limit()
	s := beat.Solver{Rounds: c.Iterations, Threads: c.Threads, Seed: c.Seed}
	if c.Time != nil || c.Iterations > 0 {
		s.Time = limit
	}
	return s, err
}

// streetClasses are those that visits can be given for.
var streetClasses = map[string]street.Class{
	"primary": street.Primary, "secondary": street.Secondary, "tertiary": street.Tertiary, "unclassified": street.Unclassified,
	"residential": street.Residential, "living_street": street.LivingStreet, "pedestrian": street.Pedestrian, "waterway": street.Waterway,
}

const classNames = "primary, secondary, tertiary, unclassified, residential, living_street, pedestrian, waterway"

// visits reads --visits: how often each street is to be seen. Those that are not to be
// seen daily are seen never.
func (c *planPatrolCmd) visits() (func(*street.Segment) int, error) {
	of := map[street.Class]int{}
	for _, text := range c.Visits {
		name, number, _ := strings.Cut(text, "=")
		class, ok := streetClasses[name]
		var n int
		if _, err := fmt.Sscanf(number, "%d", &n); err != nil || !ok || n < 0 || n > 12 || fmt.Sprint(n) != number {
			return nil, badInput(fmt.Errorf("--visits %s: want a class and a number from 0 to 12, as primary=4; classes are %s", text, classNames))
		}
		of[class] = n
	}
	return func(s *street.Segment) int {
		if !patrol.Daily(s) && !patrol.Afloat(s) {
			return 0
		}
		if n, ok := of[s.Class]; ok {
			return n
		}
		return 1
	}, nil
}

// fromFile makes a duty of each team of a file of grids.
func (c *planPatrolCmd) fromFile(p *patroller) ([]duty, error) {
	n, profile := p.m.Network, cmp.Or(c.Profile, "foot")
	who, err := profileNamed(p.profiles, profile)
	if err != nil {
		return nil, err
	}
	wanted := patrol.Seen(who)
	s, err := parseSpan(c.From + "-" + c.To)
	if err != nil {
		return nil, badInput(fmt.Errorf("--from and --to: %w", err))
	}
	if c.Officers < 0 || c.Officers > mostWalkers {
		return nil, badInput(fmt.Errorf("--officers %d: want 0 to %d", c.Officers, mostWalkers))
	}
	in, err := readGrids(c.Grids)
	if err != nil {
		return nil, err
	}
	var plan grid.Plan
	var names []string
	team := map[grid.GridID]int{}
	for i, area := range in.areas {
		if fault, told := in.faults[i]; told {
			return nil, badInput(fmt.Errorf("%s: feature %d: %s", c.Grids, i, fault))
		}
		var has struct {
			Team any `json:"team"`
		}
		if p := in.file.Features[i].Properties; p != nil {
			if err := json.Unmarshal(p, &has); err != nil {
				return nil, badInput(fmt.Errorf("%s: feature %d: %w", c.Grids, i, err))
			}
		}
		name := "all"
		if has.Team != nil {
			name = fmt.Sprint(has.Team)
		}
		k := slices.Index(names, name)
		if k < 0 {
			k = len(names)
			names = append(names, name)
		}
		id := grid.GridID(i + 1)
		team[id] = k
		plan.Grids = append(plan.Grids, grid.Responsibility{ID: id, Code: fmt.Sprint(i + 1), Ground: area})
	}
	own, err := plan.Index()
	if err != nil {
		return nil, badInput(fmt.Errorf("%s: %w", c.Grids, err))
	}
	duties := make([]duty, len(names))
	for k := range duties {
		b := &duties[k]
		b.team, b.profile, b.from, b.to = names[k], profile, s[0], s[1]
		b.streets = patrol.Streets(n, func(p orb.Point) bool { g, ok := own.OwnerAt(p); return ok && team[g] == k },
			func(s *street.Segment) bool { return wanted(s) && p.visits(s) > 0 })
		for _, t := range team {
			if t == k {
				b.grids++
			}
		}
		if b.station = middle(n, b.streets); c.Station != nil {
			b.station = c.Station.Point
		}
		for i := range c.Officers {
			b.officers = append(b.officers, patrol.Officer{Person: people.ID(i + 1), Name: fmt.Sprintf("officer %d", i+1), Station: b.station, From: b.from, To: b.to})
		}
	}
	if c.Spots != "" {
		spots, err := c.readSpots("UTC", func(name string, at orb.Point) (grid.TeamID, bool) {
			if name != "" {
				k := slices.Index(names, name)
				return grid.TeamID(k + 1), k >= 0
			}
			g, ok := own.OwnerAt(at)
			return grid.TeamID(team[g] + 1), ok
		})
		if err != nil {
			return nil, err
		}
		for k := range duties {
			watch := []register.Shift{{Team: grid.TeamID(k + 1), From: s[0], To: s[1]}}
			visits, err := register.VisitsOn(spots, grid.TeamID(k+1), watch, planDay, planDay.AddDate(0, 0, 1), nil)
			if err != nil {
				return nil, badInput(err)
			}
			giveVisits(duties[k:k+1], [][]register.Shift{watch}, []int{0}, visits, planDay)
		}
	}
	slices.SortFunc(duties, func(x, y duty) int { return cmp.Compare(x.team, y.team) })
	for k := range duties {
		if p.order != nil {
			duties[k].order = p.ground.Keys(*p.order)
		}
	}
	return duties, nil
}

// middle is the mean of the streets' middles.
func middle(n *street.Network, streets []street.SegmentID) (at orb.Point) {
	for _, id := range streets {
		p := n.PointAt(id, geo.Metres(n.Segment(id).LengthM)/2)
		at[0] += p[0] / float64(len(streets))
		at[1] += p[1] / float64(len(streets))
	}
	return at
}

// fromBureau makes a duty of each team, shift and means of travel of a day. Those of one
// shift share the team's streets.
func (c *planPatrolCmd) fromBureau(ctx context.Context, p *patroller) (duties []duty, err error) {
	st, err := store.Open(c.Data, store.Options{})
	if err != nil {
		return nil, badInput(fmt.Errorf("the bureau of %s: %w; with --grids a file is planned instead", c.Data, err))
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	set, err := st.Settings(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return nil, err
	}
	from := time.Now().In(zone)
	if c.Date != "" {
		if from, err = time.ParseInLocation(time.DateOnly, c.Date, zone); err != nil {
			return nil, badInput(fmt.Errorf("--date %s: want a day such as 2026-05-04", c.Date))
		}
	}
	y, mo, d := from.Date()
	from = time.Date(y, mo, d, 0, 0, 0, 0, zone)
	shifts, err := st.Shifts(ctx, from, from.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	plan, err := st.PlanAt(ctx, from.Add(12*time.Hour))
	if err != nil {
		return nil, badInput(fmt.Errorf("the grids of %s on %s: %w", c.Data, from.Format(time.DateOnly), err))
	}
	own, err := plan.Index()
	if err != nil {
		return nil, err
	}
	teams, err := st.Teams(ctx)
	if err != nil {
		return nil, err
	}
	stations, err := st.Stations(ctx)
	if err != nil {
		return nil, err
	}
	all, err := st.People(ctx)
	if err != nil {
		return nil, err
	}
	names := map[people.ID]string{}
	for _, p := range all {
		names[p.ID] = p.Name
	}
	vehicles, err := st.Vehicles(ctx)
	if err != nil {
		return nil, err
	}
	kinds := map[register.VehicleID]register.VehicleKind{}
	for _, v := range vehicles {
		kinds[v.ID] = v.Kind
	}
	if err := p.findStrict(ctx, st); err != nil {
		return nil, err
	}
	spots, err := c.bureauSpots(ctx, st, teams, zone, own, plan)
	if err != nil {
		return nil, err
	}
	days, err := holidaysOf(c.Data)
	if err != nil {
		return nil, err
	}
	rankings, err := p.readGround(ctx, st)
	if err != nil {
		return nil, err
	}
	n := p.m.Network
	for _, t := range teams {
		b := duty{team: cmp.Or(t.Code, t.Name["en"], fmt.Sprintf("team %d", t.ID))}
		streets := patrol.Streets(n, func(p orb.Point) bool {
			id, ok := own.OwnerAt(p)
			g, known := plan.Grid(id)
			return ok && known && g.Team == t.ID
		}, func(s *street.Segment) bool { return p.visits(s) > 0 })
		for _, g := range plan.Grids {
			if g.Team == t.ID {
				b.grids++
			}
		}
		if b.grids == 0 {
			continue
		}
		b.station = stationOf(stations, t.ID, middle(n, streets))
		if ranking, ok := register.RankingOf(rankings, t.ID); ok {
			b.order = p.ground.Keys(ranking)
		}
		by := func(s register.Shift) string { return cmp.Or(c.Profile, string(kinds[s.Vehicle]), register.OnFoot) }
		var mine []duty
		var callers []int // by watch: which of mine
		watches := watchesOf(shifts, t.ID, kinds)
		for _, watch := range watches {
			alike := register.Alike(watch, by)
			crews := make([]patrol.Crew, len(alike))
			callers = append(callers, len(mine)+register.Callers(alike, by))
			for i, list := range alike {
				one := b
				// Times of day alone, as everywhere in plans: the shift is the day's.
				one.profile, one.from, one.to = by(list[0]), planDay.Add(list[0].From.Sub(from)), planDay.Add(list[0].To.Sub(from))
				for _, s := range list {
					one.officers = append(one.officers, patrol.Officer{Person: s.Person, Name: names[s.Person], Station: b.station, From: one.from, To: one.to})
				}
				ways, err := p.engine(one.profile)
				if err != nil {
					return nil, err
				}
				crews[i], mine = patrol.Crew{Ways: ways, Officers: len(list)}, append(mine, one)
			}
			for i, ids := range patrol.Share(n, streets, crews, b.station) {
				mine[len(mine)-len(alike)+i].streets = ids
			}
		}
		if len(mine) > 0 {
			visits, err := register.VisitsOn(spots, t.ID, slices.Concat(watches...), from, from.AddDate(0, 0, 1), days)
			if err != nil {
				return nil, badInput(err)
			}
			giveVisits(mine, watches, callers, visits, from)
			duties = append(duties, mine...)
		}
		if len(duties) == 0 || duties[len(duties)-1].team != b.team {
			return nil, badInput(fmt.Errorf("team %s has grids, and no patrols on %s: choose a day with --date", b.team, from.Format(time.DateOnly)))
		}
	}
	return duties, nil
}

// watchesOf are a team's patrols, on foot or by their vehicles, those of the same times
// together.
func watchesOf(shifts []register.Shift, team grid.TeamID, kinds map[register.VehicleID]register.VehicleKind) (watches [][]register.Shift) {
	for _, s := range shifts {
		if s.Team != team || s.Vehicle != 0 && !kinds[s.Vehicle].Patrols() {
			continue
		}
		k := slices.IndexFunc(watches, func(w []register.Shift) bool { return register.WatchOf(w[0]) == register.WatchOf(s) })
		if k < 0 {
			watches = append(watches, nil)
			k = len(watches) - 1
		}
		watches[k] = append(watches[k], s)
	}
	return watches
}

// stationOf is where a team sets out: its own station, else the nearest of all.
func stationOf(stations []register.Station, team grid.TeamID, place orb.Point) orb.Point {
	best, far := place, math.Inf(1)
	for _, s := range stations {
		off := float64(geo.Distance(s.At, place))
		if s.Team != team {
			off += 1e9
		}
		if s.Kind != register.Pound && off < far {
			best, far = s.At, off
		}
	}
	return best
}

// patrolJSON is the answer.
type patrolJSON struct {
	Teams    []teamJSON `json:"teams"`
	Feasible bool       `json:"feasible"`
	Seconds  float64    `json:"seconds"`
}

type teamJSON struct {
	Team      string     `json:"team"`
	Profile   string     `json:"profile"` // how they travel
	Grids     int        `json:"grids"`
	Streets   int        `json:"streets"`
	Visits    int        `json:"visits"` // of all streets together
	StreetM   float64    `json:"street_m"`
	CoveredM  float64    `json:"covered_m"` // by visits
	WalkedM   float64    `json:"walked_m"`
	WorkedMin float64    `json:"worked_min"`
	CalledMin float64    `json:"called_min"` // of it, waiting and staying at spots, which above_pct leaves out
	StrictM   float64    `json:"strict_m"`   // of it, strict roads that were gone along to see them
	StrictMin float64    `json:"strict_min"` // and how long that took
	LeastMin  float64    `json:"least_min"`  // no walks over the same streets take less
	AbovePct  float64    `json:"above_pct"`
	Officers  int        `json:"officers"`
	Keys      []keyJSON  `json:"keys"`      // what comes first in each walk, the most important first
	OrderMin  float64    `json:"order_min"` // so much more work the order is than none
	WholePct  float64    `json:"whole_pct"` // of the walk whose streets hang together least: what their largest piece has
	Fewest    *fewest    `json:"fewest"`    // null when it wasn't asked
	Walks     []walkJSON `json:"walks"`
	Left      []leftWalk `json:"left"`
	Missed    []spotJSON `json:"missed"` // spots that are in no walk
}

// fewest is how few officers could do it.
type fewest struct {
	Least int `json:"least"` // fewer can't, by the bound
	Found int `json:"found"` // so many do; 0 = more than were tried
}

type walkJSON struct {
	Officer  string         `json:"officer"`
	Pass     int            `json:"pass"` // of the shift, from 1
	Start    string         `json:"start"`
	End      string         `json:"end"`
	Minutes  float64        `json:"minutes"`
	ServedM  float64        `json:"served_m"`
	DeadM    float64        `json:"dead_m"`
	Turns    int            `json:"turns"`     // on the heel where the streets go on
	Pieces   int            `json:"pieces"`    // in which its streets hang together
	WholePct float64        `json:"whole_pct"` // of its metres in the largest
	Segments []walkSegment  `json:"segments"`
	Calls    []callJSON     `json:"calls"` // at spots, in order
	Line     orb.LineString `json:"line"`
}

// walkSegment is a street that is walked to see it, in order and direction.
type walkSegment struct {
	Segment int64               `json:"segment"`
	Street  string              `json:"street"`
	Forward bool                `json:"forward"`
	Begin   string              `json:"begin"`
	Reason  []map[string]string `json:"reason,omitempty"` // why it is where it is: a word for each key
}

// keyJSON is the words of a key.
type keyJSON struct {
	First map[string]string `json:"first"`
	Then  map[string]string `json:"then,omitempty"`
}

type leftWalk struct {
	Segment int64  `json:"segment"`
	Street  string `json:"street"`
	Why     string `json:"why"`
}

func (out *patrolJSON) tell(w io.Writer) error {
	var text strings.Builder
	for _, t := range out.Teams {
		fmt.Fprintf(&text, "%s: %d grids, %d streets, %.1f km; %d officers go %.1f km in %.0f min, %.1f %% above the least possible; %d streets left\n",
			t.Team, t.Grids, t.Streets, t.StreetM/1000, t.Officers, t.WalkedM/1000, t.WorkedMin, t.AbovePct, len(t.Left))
		if len(t.Keys) > 0 {
			fmt.Fprintf(&text, "  the order of %d keys costs %.0f min more\n", len(t.Keys), t.OrderMin)
		}
		for _, w := range t.Walks {
			fmt.Fprintf(&text, "  %s  %s to %s, %.1f km of streets in %d pieces, %.0f %% in the largest, %.1f km between\n", w.Officer, w.Start, w.End, w.ServedM/1000, w.Pieces, w.WholePct, w.DeadM/1000)
			text.WriteString(tellCalls(w.Calls))
		}
		for _, m := range t.Missed {
			fmt.Fprintf(&text, "  not called at: %s, %s to %s: %s\n", m.Name, m.Open[:5], m.Close[:5], m.Why)
		}
		if t.Fewest != nil {
			fmt.Fprintf(&text, "  fewest officers: %d at least, %d found\n", t.Fewest.Least, t.Fewest.Found)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}
