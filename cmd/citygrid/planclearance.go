package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"citygrid/routing/clearance"
	"citygrid/routing/path"
	"citygrid/routing/solve"
	"citygrid/routing/solve/fleet"

	"github.com/paulmach/orb"
)

// searchFlags say how long to search.
type searchFlags struct {
	Time       *time.Duration `help:"How long to search; without it 10s, or as long as --iterations take." placeholder:"10s"`
	Threads    int            `help:"How many searches run at once and learn from each other." default:"2"`
	Seed       uint64         `help:"With --iterations, one seed gives one answer." default:"1"`
	Iterations int            `help:"End after so many steps of each search; 0 is when the time is over." default:"0"`
}

// limit checks the flags and gives how long to search.
func (c *searchFlags) limit() (time.Duration, error) {
	limit := 10 * time.Second
	if c.Iterations > 0 {
		limit = 24 * time.Hour // a clock that ends it first would give another answer each time
	}
	if c.Time != nil {
		limit = *c.Time
	}
	switch {
	case limit <= 0:
		return 0, badInput(fmt.Errorf("--time %v: want more than 0, as 10s", limit))
	case c.Threads < 1 || c.Threads > 256:
		return 0, badInput(fmt.Errorf("--threads %d: want 1 to 256", c.Threads))
	case c.Iterations < 0:
		return 0, badInput(fmt.Errorf("--iterations %d: want 0 or more", c.Iterations))
	}
	return limit, nil
}

type planClearanceCmd struct {
	Data         string        `help:"Data folder, for its map." default:"citygrid-data" type:"path"`
	Tows         string        `help:"What is to be fetched, CSV or JSON as docs/solve.md says." required:"" type:"path" placeholder:"FILE"`
	Trucks       string        `help:"The trucks and their shifts." required:"" type:"path" placeholder:"FILE"`
	Sites        string        `help:"Where they unload, and when." required:"" type:"path" placeholder:"FILE"`
	Police       []string      `help:"When the police go with a truck, as 09:00-11:00. May be given more than once." placeholder:"FROM-TO" sep:"none"`
	StrictWithin time.Duration `help:"How soon after its hours begin a tow on a strict road is to be begun." default:"1h"`
	Goal         string        `help:"After lateness: balance (the longest run is short), total (working time alone) or fewest (trucks)." enum:"balance,total,fewest" default:"balance"`
	searchFlags
	JSON bool `help:"Print JSON: runs, left, late_min, feasible, seconds, trace." name:"json"`
}

var planGoals = map[string]solve.Goal{"balance": solve.Balance, "total": solve.Total, "fewest": solve.Fewest}

// Run plans the runs of a day. A file that is wrong is bad input.
func (c *planClearanceCmd) Run(e *env) error {
	limit, err := c.limit()
	if err != nil {
		return err
	}
	board, runs, jobs, err := c.read()
	if err != nil {
		return err
	}
	m, err := openCity(c.Data)
	if err != nil {
		return err
	}
	board.Ways = path.NewEngine(m.Network, path.Car())
	begun := time.Now()
	out := dayJSON{Runs: []runJSON{}, Left: []leftJSON{}, Trace: [][4]float64{}}
	day, err := board.Plan(e.ctx, runs, jobs, fleet.Search{
		Time: limit, Iterations: c.Iterations, Threads: c.Threads, Seed: c.Seed,
		Better: func(d time.Duration, s solve.Score) {
			out.Trace = append(out.Trace, [4]float64{d.Seconds(), float64(s.Undone), s.Late.Minutes(), s.Total.Minutes()})
		},
	})
	if err != nil {
		return badInput(err)
	}
	out.fill(&board, day, jobs)
	out.Seconds = time.Since(begun).Seconds()
	if c.JSON {
		return json.NewEncoder(e.stdout).Encode(out)
	}
	return out.tell(e.stdout)
}

// read reads the three files and the police's hours.
func (c *planClearanceCmd) read() (b clearance.Board, runs []clearance.Run, jobs []clearance.Job, err error) {
	b.Goal, b.StrictWithin = planGoals[c.Goal], c.StrictWithin
	if c.StrictWithin <= 0 {
		return b, nil, nil, badInput(fmt.Errorf("--strict-within %v: want more than 0", c.StrictWithin))
	}
	for _, text := range c.Police {
		s, err := parseSpan(text)
		if err != nil {
			return b, nil, nil, badInput(fmt.Errorf("--police %w", err))
		}
		b.Police = append(b.Police, clearance.Window{Open: s[0], Close: s[1]})
	}
	slices.SortFunc(b.Police, func(x, y clearance.Window) int { return x.Open.Compare(y.Open) })
	sites, err := readRecords(c.Sites, []string{"id", "name", "lon", "lat", "hours", "room", "service_min"}, []string{"lon", "lat"})
	if err != nil {
		return b, nil, nil, err
	}
	for i := range sites {
		r := &sites[i]
		s := clearance.Site{
			ID: clearance.SiteID(i + 1), Name: cmp.Or(r.text("name"), r.text("id"), fmt.Sprintf("site %d", i+1)), At: r.place("lon", "lat"),
			Room: r.whole("room", -1, 0, 1_000_000), Service: minutes(r.number("service_min", clearance.DefaultUnload.Minutes(), 0, 1440)),
		}
		for _, h := range r.spans("hours") {
			s.Hours = append(s.Hours, clearance.Window{Open: h[0], Close: h[1]})
		}
		if b.Sites = append(b.Sites, s); r.fault != nil {
			return b, nil, nil, r.fault
		}
	}
	if runs, err = c.readTrucks(); err == nil {
		jobs, err = c.readTows()
	}
	return b, runs, jobs, err
}

// minutes is a length; a bare 0 would mean the usual.
func minutes(x float64) time.Duration {
	return max(1, time.Duration(math.Round(x*60))*time.Second)
}

func (c *planClearanceCmd) readTrucks() (runs []clearance.Run, err error) {
	trucks, err := readRecords(c.Trucks, []string{
		"id", "name", "lon", "lat", "capacity", "kg", "from", "to", "end_lon", "end_lat", "loaded", "has", "break_hours", "break_min", "break_lon", "break_lat",
	}, []string{"lon", "lat", "capacity", "from", "to"})
	if err != nil {
		return nil, err
	}
	for i := range trucks {
		r := &trucks[i]
		t := clearance.Truck{
			ID: clearance.TruckID(i + 1), Name: cmp.Or(r.text("name"), r.text("id"), fmt.Sprintf("truck %d", i+1)),
			Capacity: r.whole("capacity", 0, 0, 1000), Kg: r.whole("kg", 0, 0, 1_000_000), Loaded: r.whole("loaded", 0, 0, 1000),
			From: r.clock("from"), To: r.clock("to"), Start: r.place("lon", "lat"), End: r.place("end_lon", "end_lat"), Has: strings.Fields(r.text("has")),
		}
		if r.text("end_lon") == "" && r.text("end_lat") == "" {
			t.End = t.Start
		}
		for _, h := range r.spans("break_hours") {
			b := clearance.Break{Window: clearance.Window{Open: h[0], Close: h[1]}, Length: minutes(r.number("break_min", 30, 0, 1440))}
			if at := r.place("break_lon", "break_lat"); at != (orb.Point{}) {
				b.At = []orb.Point{at}
			}
			t.Breaks = append(t.Breaks, b)
		}
		if t.Loaded > t.Capacity {
			r.bad("loaded", "no more than the capacity")
		}
		if r.fault != nil {
			return nil, r.fault
		}
		runs = append(runs, clearance.Start(t))
	}
	return runs, nil
}

func (c *planClearanceCmd) readTows() (jobs []clearance.Job, err error) {
	tows, err := readRecords(c.Tows, []string{
		"id", "name", "lon", "lat", "load", "kg", "from", "to", "due", "service_min", "strict", "police", "needs",
	}, []string{"lon", "lat"})
	if err != nil {
		return nil, err
	}
	for i := range tows {
		r := &tows[i]
		j := clearance.Job{
			ID: clearance.JobID(i + 1), Name: cmp.Or(r.text("name"), r.text("id"), fmt.Sprintf("tow %d", i+1)), At: r.place("lon", "lat"),
			Load: r.whole("load", 1, 1, 1000), Kg: r.whole("kg", 0, 0, 1_000_000), Window: clearance.Window{Open: r.clock("from"), Close: r.clock("to")},
			Due: r.clock("due"), Service: minutes(r.number("service_min", clearance.DefaultService.Minutes(), 0, 1440)),
			Strict: r.yes("strict"), Police: r.yes("police"), Needs: strings.Fields(r.text("needs")),
		}
		if r.fault != nil {
			return nil, r.fault
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// dayJSON is the answer. Times are of day, 08:30:00.
type dayJSON struct {
	Runs     []runJSON    `json:"runs"`
	Left     []leftJSON   `json:"left"`
	Tows     int          `json:"tows"`
	LateMin  float64      `json:"late_min"`
	WorkMin  float64      `json:"work_min"`
	Feasible bool         `json:"feasible"`
	Seconds  float64      `json:"seconds"`
	Trace    [][4]float64 `json:"trace"` // seconds, tows left, minutes late, minutes of work
}

type runJSON struct {
	Truck   string        `json:"truck"`
	From    string        `json:"from"`
	End     string        `json:"end"`
	WorkMin float64       `json:"work_min"`
	WayM    float64       `json:"way_m"`
	Tows    int           `json:"tows"`
	Stops   []runStopJSON `json:"stops"`
}

type runStopJSON struct {
	Kind   string    `json:"kind"` // tow, site or rest
	Row    int       `json:"row,omitempty"`
	Name   string    `json:"name"`
	At     orb.Point `json:"at"`
	Arrive string    `json:"arrive"`
	Begin  string    `json:"begin"`
	Leave  string    `json:"leave"`
	Load   int       `json:"load"`
	WayM   float64   `json:"way_m"`
}

type leftJSON struct {
	Row  int    `json:"row"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

func (out *dayJSON) fill(b *clearance.Board, day clearance.Day, jobs []clearance.Job) {
	out.Feasible = true // Plan gives nothing that the checker refuses
	out.LateMin = tenth(day.Late.Minutes())
	for _, r := range day.Runs {
		one := runJSON{
			Truck: r.Truck.Name, From: clockText(r.Truck.From), End: clockText(r.End), WayM: math.Round(float64(r.Back)),
			WorkMin: tenth(r.End.Sub(r.Truck.From).Minutes()), Stops: []runStopJSON{},
		}
		out.WorkMin = tenth(out.WorkMin + r.End.Sub(r.Truck.From).Minutes())
		at := r.Truck.Start
		for k, s := range r.Stops {
			stop := runStopJSON{
				Kind: "tow", Row: int(s.Job.ID), Name: s.Job.Name, Arrive: clockText(s.Arrive), Begin: clockText(s.Begin), Leave: clockText(s.Leave),
				Load: s.Load, WayM: math.Round(float64(s.Metres)),
			}
			switch {
			case s.Rest:
				stop.Kind, stop.Name = "rest", "break"
			case s.IsSite():
				stop.Kind, stop.Name = "site", b.Sites[s.Site-1].Name
			default:
				one.Tows++
			}
			if place := b.At(r.Truck, r.Stops, k); place != (orb.Point{}) {
				at = place
			}
			stop.At = at
			one.WayM += stop.WayM
			one.Stops = append(one.Stops, stop)
		}
		out.Tows += one.Tows
		out.Runs = append(out.Runs, one)
	}
	for _, l := range day.Left {
		out.Left = append(out.Left, leftJSON{int(l.Job.ID), l.Job.Name, l.Why.Error()})
	}
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }

func (out *dayJSON) tell(w io.Writer) error {
	var text strings.Builder
	for _, r := range out.Runs {
		fmt.Fprintf(&text, "%s: %d tows, %s to %s, %.1f km\n", r.Truck, r.Tows, r.From, r.End, r.WayM/1000)
		for _, s := range r.Stops {
			fmt.Fprintf(&text, "  %s  %-4s %s (%d on board)\n", s.Begin, s.Kind, s.Name, s.Load)
		}
	}
	for _, l := range out.Left {
		fmt.Fprintf(&text, "left: %s, %s\n", l.Name, l.Why)
	}
	fmt.Fprintf(&text, "%d tows, %d left, %.1f min late, %.0f min of work\n", out.Tows, len(out.Left), out.LateMin, out.WorkMin)
	_, err := io.WriteString(w, text.String())
	return err
}
