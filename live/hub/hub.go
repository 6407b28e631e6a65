// Package hub shows what happens to open maps: the positions of units, and the
// alerts and tasks that people handle, over WebSocket. docs/live-protocol.md is
// what goes over the wire.
//
// Positions are latest-wins: between two ticks of a viewer only the last of each
// unit counts, and a viewer that is slow skips ticks. Alerts and tasks are never
// skipped; whoever was away gets them by sequence number from the Log. What a
// viewer may see is its Rights, asked anew every few seconds.
package hub

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"citygrid/grid/people"
)

// Config says what a Hub works with. Zero means the default.
type Config struct {
	Log Log // of alerts and tasks; nil = there are none

	Tick    time.Duration // between two position messages to a viewer; 200 ms
	Recheck time.Duration // between two looks at a viewer's rights; 2 s
	Lease   time.Duration // how long rights hold that cannot be looked at; 4.5 s
	Ping    time.Duration // between two pings; 20 s
	Write   time.Duration // deadline of a write; 5 s
	Hello   time.Duration // deadline of the first message; 10 s

	ReadLimit  int64 // bytes of a message from a viewer; 64 KiB
	Queue      int   // messages that wait for a viewer before it is cut; 256
	Recent     int   // events kept in memory for who comes back; 4096
	Resume     int   // events read from the Log for who comes back, else the lists; 5000
	MaxClients int   // 20,000
	PerPerson  int   // of them, of one person; MaxClients
	Many       int   // units in a view of a whole town from which on they are counted; 200

	// Origins are what pages may open the socket, as "https://host:port". Empty:
	// only pages from the host that the request was sent to. A request without an
	// Origin is refused.
	Origins []string

	Now    func() time.Time // the clock that positions are told by; time.Now
	Speed  float64          // seconds of Now in a second; 1. Told to viewers
	Logger *slog.Logger     // slog.Default()
}

func (c Config) withDefaults() Config {
	positive(&c.Tick, 200*time.Millisecond)
	positive(&c.Recheck, 2*time.Second)
	positive(&c.Lease, 4500*time.Millisecond)
	positive(&c.Ping, 20*time.Second)
	positive(&c.Write, 5*time.Second)
	positive(&c.Hello, 10*time.Second)
	positive(&c.ReadLimit, 64<<10)
	positive(&c.Queue, 256)
	positive(&c.Recent, 4096)
	positive(&c.Resume, 5000)
	positive(&c.MaxClients, 20_000)
	positive(&c.PerPerson, c.MaxClients)
	positive(&c.Many, 200)
	positive(&c.Speed, 1)
	if c.Log == nil {
		c.Log = noLog{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

func positive[T int | int64 | float64 | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

type noLog struct{}

func (noLog) Open(context.Context) ([]Event, int64, error) { return nil, 0, nil }
func (noLog) Since(_ context.Context, seq int64) ([]Event, int64, error) {
	return nil, seq, nil
}

// A Hub sends what changes to every open map.
//
// Run owns the clients, groups, units and events, and is the only one to send on
// client.out, so no lock guards them. Serve, Move, Gone, Changed and Recheck only
// talk to Run.
type Hub struct {
	c Config

	joins   chan join
	views   chan look
	leaves  chan *client
	asks    chan *client    // to the checkers; when full, asked again later
	answers chan answer     // from the checkers
	suspect chan people.ID  // whose rights are to be looked at now; when full, they are soon anyway
	changed chan struct{}   // room for one
	notices chan struct{}   // room for one: of the streets or the plan something is new
	streets notice          // what Streets was last told
	plan    notice          // what Plan was last told
	done    chan struct{}   // closed when Run has cut all clients
	ready   chan struct{}   // closed when Run serves
	ctx     context.Context // ends with done; for what clients wait on
	end     context.CancelFunc

	mu      sync.Mutex
	pending map[string]*Unit  // guarded by mu: since the last tick; nil = gone
	clients int               // guarded by mu: calls of Serve
	of      map[people.ID]int // guarded by mu: of each person
	ended   bool              // guarded by mu
	serving sync.WaitGroup    // Add under mu

	// Run's.
	tick    uint64 // parts of ticks, from 1: client.seen is 0 when it has seen nothing
	units   map[string]*unit
	numbers uint64              // of units, the last given
	own     map[people.ID]*unit // where people are
	ground  ground              // where units are
	looks   uint64              // at units, of all groups so far
	groups  map[groupKey]*group
	phases  [phases]phase
	members map[*client]struct{}
	events  thread

	nextPhase int // of the next group
}

// New makes a Hub. Run must run for anybody to be served.
func New(c Config) *Hub {
	h := &Hub{
		c: c.withDefaults(), joins: make(chan join), views: make(chan look), leaves: make(chan *client),
		asks: make(chan *client, 1024), answers: make(chan answer), suspect: make(chan people.ID, 64), changed: make(chan struct{}, 1), notices: make(chan struct{}, 1),
		done: make(chan struct{}), ready: make(chan struct{}), pending: make(map[string]*Unit), of: make(map[people.ID]int),
		units: make(map[string]*unit), own: make(map[people.ID]*unit), groups: make(map[groupKey]*group),
		members: make(map[*client]struct{}), tick: 1, events: thread{open: make(map[string]entry)},
	}
	for i := range h.phases {
		h.phases[i].groups = make(map[*group]struct{})
	}
	h.ctx, h.end = context.WithCancel(context.Background())
	return h
}

// Move shows where a unit is and what it is like. Of several calls in a tick the
// last counts. It never waits.
func (h *Hub) Move(u Unit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending[u.ID] = &u
}

// Gone takes a unit off the maps: it is off duty, or silent too long.
func (h *Hub) Gone(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending[id] = nil
}

// Recheck has a person's rights looked at now: they logged out, or their rights
// were changed. It never waits.
func (h *Hub) Recheck(who people.ID) {
	select {
	case h.suspect <- who:
	default:
	}
}

// checkers is how many rights are looked at side by side.
const checkers = 8

// Run serves until ctx ends. Then every viewer is told to come back later, and
// all that belongs to them has ended when Run returns.
func (h *Hub) Run(ctx context.Context) {
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer h.serving.Wait()
	defer h.end()
	defer close(h.done)
	defer h.cutAll()

	upTo, ok := h.open(ctx)
	if !ok {
		return
	}
	news := make(chan batch)
	helpers.Go(func() { h.follow(ctx, upTo, news) })
	for range checkers {
		helpers.Go(func() { h.checker(ctx) })
	}
	close(h.ready)
	tick := time.NewTicker(max(h.c.Tick/phases, time.Millisecond))
	defer tick.Stop()
	look := time.NewTicker(h.c.Recheck / 4)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-h.joins:
			j.reply <- h.join(j)
		case l := <-h.views:
			h.look(l.client, l.sight)
		case c := <-h.leaves:
			h.cut(c, farewell{})
		case b := <-news:
			h.tell(b)
		case a := <-h.answers:
			h.answered(a)
		case <-look.C:
			h.check(0)
		case who := <-h.suspect:
			h.check(who)
		case <-h.notices:
			h.notify()
		case <-tick.C:
			h.step()
		}
	}
}

// open reads what is open, trying until it can.
func (h *Hub) open(ctx context.Context) (upTo int64, ok bool) {
	for {
		events, upTo, err := h.c.Log.Open(ctx)
		if err == nil {
			for _, e := range events {
				entry, err2 := newEntry(e)
				err = errors.Join(err, err2)
				h.events.open[nameOf(e)] = entry
			}
			h.events.from, h.events.upTo = upTo, upTo
		}
		if err == nil {
			return upTo, true
		}
		if ctx.Err() == nil {
			h.c.Logger.Error("open alerts and tasks cannot be read", "err", err)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return 0, false
		}
	}
}

// cutAll sends everybody away; nobody comes in any more.
func (h *Hub) cutAll() {
	h.mu.Lock()
	h.ended = true
	h.mu.Unlock()
	for c := range h.members {
		h.cut(c, byeShutdown)
	}
}

// tell sends news to whom they are for.
func (h *Hub) tell(b batch) {
	fresh, err := h.events.add(b, h.c.Recent)
	if err != nil {
		h.c.Logger.Error("an alert or task cannot be encoded", "err", err)
	}
	if len(fresh) == 0 {
		return
	}
	for c := range h.members {
		h.sendEvents(c, fresh)
	}
}

// sendEvents sends those of entries that c may see and hasn't got.
func (h *Hub) sendEvents(c *client, entries []entry) {
	here := h.whereIs(c.rights.Person)
	var it item
	for i := range entries {
		e := &entries[i]
		if e.Seq > c.cursor && c.rights.seesEvent(&e.Event, here) {
			it.frames = append(it.frames, e.frame)
		}
	}
	if len(entries) > 0 {
		c.cursor = max(c.cursor, entries[len(entries)-1].Seq)
	}
	h.send(c, it)
}

// send queues an item for c, and cuts c when there is no room: too slow, it
// reconnects to a snapshot and what it missed.
func (h *Hub) send(c *client, it item) {
	if len(it.frames) == 0 {
		return
	}
	select {
	case c.out <- it:
	default:
		h.cut(c, byeSlow)
	}
}
