package fleet

import (
	"cmp"
	"math"
	"slices"
	"time"

	"citygrid/routing/solve"
)

const (
	dimensions = 3
	never      = math.MaxInt64 / 4 // ns; sums of a few fit
	nowhere    = int32(-1)
)

type load [dimensions]int64

func (l load) plus(o load) load {
	for d := range l {
		l[d] += o[d]
	}
	return l
}

func (l load) minus(o load) load {
	for d := range l {
		l[d] -= o[d]
	}
	return l
}

func (l load) within(most load) bool { return l[0] <= most[0] && l[1] <= most[1] && l[2] <= most[2] }

func loadOf(list []int32) (l load) {
	for d, x := range list[:min(len(list), dimensions)] {
		l[d] = int64(x)
	}
	return l
}

// A window is one in which an item may begin. slot is the escort's, -1 = none.
type window struct {
	open, close int64
	slot        int32
}

// An item is a visit as the search sees it. Times are nanoseconds. Routes have the
// numbers of items in model.items: they hold no pointers and are copied quickly.
type item struct {
	kind         solve.Kind
	id, alt      int32 // task and mode; site; break and place
	enter, leave int32 // nowhere = the unit stays where it is
	service      int64
	due          int64
	windows      []window // nil = any time
	load         load     // put on board; less than nothing for a delivery
	paired       bool     // the load is held until it is delivered, no site takes it
}

// A task as the search sees it.
type task struct {
	modes  []int32 // items; none that can be done: no unit ever can
	never  []int32 // then, items that can never begin
	skills solve.Skills
	class  int32 // rank of its priority, 0 is the most important
	price  int64 // of leaving it; 0 = that is to be undone
	pair
}

// A unit as the search sees it.
type unit struct {
	times      []int64 // by from*nodes + to; -1 = no way
	start, end int32
	open       int64
	close      int64
	capacity   load
	loaded     load
	skills     solve.Skills
	breaks     [][]int32 // items by break and place
	restBy     []int64   // by break: its latest begin
	fixed      []int32   // items
	like       int32     // the first unit that is like it
}

// A model is a problem made ready to be searched. It is only read.
type model struct {
	p        *solve.Problem
	paired   bool // there are pairs
	nodes    int
	items    []item
	tasks    []task
	units    []unit
	sites    []int32 // items
	room     []load  // by site
	slots    int
	escorted bool    // there are escorts: insertions are gone through to the end
	free     []int32 // what is put in and taken out: tasks, pairs by their pick-ups
	ends     []int32 // of it the tasks: of pairs both
	classes  int
	near     [][]int32 // by task: those near to it, the nearest first
	many     bool      // so many tasks that positions are looked for near others
	mean     float64   // ns to a near task
	multi    bool      // some task has several modes
}

// widest is how many neighbours a task has; beside beside of them it may go.
const (
	widest = 100
	beside = 30
	many   = 120
)

func newModel(p *solve.Problem) *model {
	m := &model{p: p, nodes: p.Nodes, escorted: len(p.Escorts) > 0}
	for _, e := range p.Escorts {
		m.slots += len(e.Windows)
	}
	for _, s := range p.Sites {
		room := load{never, never, never}
		if s.Room != nil {
			room = loadOf(s.Room)
		}
		m.room = append(m.room, room)
		m.sites = append(m.sites, m.add(item{
			kind: solve.Unload, id: int32(len(m.sites)), enter: int32(s.At), leave: int32(s.At),
			service: int64(s.Service), due: never, windows: plain(s.Windows),
		}))
	}
	m.readTasks()
	m.readPairs()
	m.readUnits()
	return m
}

func (m *model) add(it item) int32 {
	m.items = append(m.items, it)
	return int32(len(m.items) - 1)
}

func plain(list []solve.Window) []window {
	var all []window
	for _, w := range list {
		all = append(all, window{int64(w.Open), int64(w.Close), -1})
	}
	return all
}

func (m *model) readTasks() {
	ranks := map[int]int32{}
	order := make([]int, len(m.p.Tasks))
	for i := range order {
		order[i] = i
	}
	priority := func(a, b int) int { return comparePriority(m.p.Tasks[a].Priority, m.p.Tasks[b].Priority) }
	slices.SortStableFunc(order, priority)
	for k, t := range order {
		if k > 0 && priority(order[k-1], t) != 0 {
			m.classes++
		}
		ranks[t] = int32(m.classes)
	}
	m.classes++
	for i := range m.p.Tasks {
		t := &m.p.Tasks[i]
		windows, possible := m.windows(t)
		due := int64(never)
		if t.Due != 0 {
			due = int64(t.Due)
		}
		out := task{skills: t.Skills, class: ranks[i], price: int64(t.Price)}
		for k, mode := range t.Modes {
			it := item{
				kind: solve.Serve, id: int32(i), alt: int32(k), enter: int32(mode.Enter), leave: int32(mode.Leave),
				service: int64(mode.Service), due: due, windows: windows, load: loadOf(t.Load),
			}
			if possible {
				out.modes = append(out.modes, m.add(it))
			} else {
				it.windows = []window{{-never, -never, -1}}
				out.never = append(out.never, m.add(it))
			}
		}
		m.multi = m.multi || len(t.Modes) > 1
		m.tasks = append(m.tasks, out)
	}
}

// comparePriority is under 0 if a is more important; a missing key is 0.
func comparePriority(a, b []int32) int {
	for i := range max(len(a), len(b)) {
		var x, y int32
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return cmp.Compare(x, y)
		}
	}
	return 0
}

// windows are when a task may begin: in its own, those of its escort, after its
// release.
func (m *model) windows(t *solve.Task) (all []window, possible bool) {
	if t.Windows == nil && t.Release == 0 && t.Escort == 0 {
		return nil, true
	}
	all = plain(t.Windows)
	if len(all) == 0 {
		all = []window{{-never, never, -1}}
	}
	if t.Escort > 0 {
		slot := int32(0)
		for _, e := range m.p.Escorts[:t.Escort-1] {
			slot += int32(len(e.Windows))
		}
		var both []window
		for _, w := range all {
			for k, e := range m.p.Escorts[t.Escort-1].Windows {
				if from, to := max(w.open, int64(e.Open)), min(w.close, int64(e.Close)); from <= to {
					both = append(both, window{from, to, slot + int32(k)})
				}
			}
		}
		all = both
	}
	if t.Release != 0 {
		for i := range all {
			all[i].open = max(all[i].open, int64(t.Release))
		}
		all = slices.DeleteFunc(all, func(w window) bool { return w.open > w.close })
	}
	return all, len(all) > 0
}

// timed is Costs that has its times as a square of nanoseconds, -1 for no way.
type timed interface{ Times(profile int) []int64 }

func (m *model) readUnits() {
	known := map[int][]int64{}
	fixed := make([]bool, len(m.p.Tasks))
	for i := range m.p.Units {
		u := &m.p.Units[i]
		times, ok := known[u.Profile]
		if !ok {
			times = m.table(u.Profile)
			known[u.Profile] = times
		}
		out := unit{
			times: times, start: int32(u.Start), end: int32(u.End), open: int64(u.Shift.Open), close: int64(u.Shift.Close),
			capacity: loadOf(u.Capacity), loaded: loadOf(u.Loaded), skills: u.Skills, like: int32(i),
		}
		for k, b := range u.Breaks {
			var places []int32
			one := item{kind: solve.Rest, id: int32(k), enter: nowhere, leave: nowhere, service: int64(b.Service), due: never, windows: plain([]solve.Window{b.Window})}
			for place, at := range b.At {
				one.alt, one.enter, one.leave = int32(place), int32(at), int32(at)
				places = append(places, m.add(one))
			}
			if places == nil {
				places = []int32{m.add(one)}
			}
			out.breaks = append(out.breaks, places)
			out.restBy = append(out.restBy, int64(b.Window.Close))
		}
		m.units = append(m.units, out)
		for _, v := range u.Fixed {
			m.units[i].fixed = append(m.units[i].fixed, m.item(i, v))
			if v.Kind == solve.Serve {
				fixed[v.Task] = true
			}
		}
		if len(u.Fixed) == 0 && len(u.Breaks) == 0 && len(u.Loaded) == 0 {
			for j := range m.p.Units[:i] {
				o := &m.p.Units[j]
				if len(o.Fixed)+len(o.Breaks)+len(o.Loaded) == 0 && o.Profile == u.Profile && o.Start == u.Start && o.End == u.End &&
					o.Shift == u.Shift && o.Skills == u.Skills && m.units[j].capacity == out.capacity {
					m.units[i].like = int32(j)
					break
				}
			}
		}
	}
	m.readFree(fixed)
}

func (m *model) table(profile int) []int64 {
	if t, ok := m.p.Costs.(timed); ok {
		return t.Times(profile)
	}
	times := make([]int64, m.nodes*m.nodes)
	for i := range times {
		times[i] = -1
		if c, ok := m.p.Costs.Between(profile, solve.Node(i/m.nodes), solve.Node(i%m.nodes)); ok {
			times[i] = int64(c.Time)
		}
	}
	return times
}

// item is the item of a unit's visit.
func (m *model) item(u int, v solve.Visit) int32 {
	switch v.Kind {
	case solve.Unload:
		return m.sites[v.Site]
	case solve.Rest:
		return m.units[u].breaks[v.Break][v.Place]
	}
	if modes := m.tasks[v.Task].modes; len(modes) > 0 {
		return modes[v.Mode]
	}
	return m.tasks[v.Task].never[v.Mode]
}

func (it *item) visit() solve.Visit {
	switch it.kind {
	case solve.Unload:
		return solve.Visit{Kind: solve.Unload, Site: int(it.id)}
	case solve.Rest:
		return solve.Visit{Kind: solve.Rest, Break: int(it.id), Place: int(it.alt)}
	}
	return solve.Visit{Kind: solve.Serve, Task: int(it.id), Mode: int(it.alt)}
}

// neighbours finds who is near to whom, by the first unit's times there and back.
func (m *model) neighbours() {
	m.many = len(m.free) > many
	m.near = make([][]int32, len(m.tasks))
	if len(m.units) == 0 {
		return
	}
	times := m.units[0].times
	type other struct {
		apart int64
		task  int32
	}
	compare := func(a, b other) int { return cmp.Or(cmp.Compare(a.apart, b.apart), cmp.Compare(a.task, b.task)) }
	all := make([]other, 0, len(m.ends))
	var sum float64
	var count int
	for _, t := range m.ends {
		if len(m.tasks[t].modes) == 0 {
			continue
		}
		from := int(m.items[m.tasks[t].modes[0]].enter)
		all = all[:0]
		for _, o := range m.ends {
			if o == t || len(m.tasks[o].modes) == 0 {
				continue
			}
			to := int(m.items[m.tasks[o].modes[0]].enter)
			there, back := times[from*m.nodes+to], times[to*m.nodes+from]
			if there < 0 || back < 0 {
				there, back = never/4, never/4
			}
			x := other{there + back, o}
			// The nearest so far, sorted; most come too late to be among them.
			if len(all) == widest && compare(x, all[widest-1]) >= 0 {
				continue
			}
			at, _ := slices.BinarySearchFunc(all, x, compare)
			if len(all) == widest {
				all = all[:widest-1]
			}
			all = slices.Insert(all, at, x)
		}
		for k, o := range all {
			m.near[t] = append(m.near[t], o.task)
			if k < 10 && o.apart < never/4 {
				sum += float64(o.apart) / 2
				count++
			}
		}
	}
	m.mean = max(float64(time.Second), sum/float64(max(1, count)))
}
