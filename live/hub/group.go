package hub

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"citygrid/grid/people"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

// A unit is one that Run knows.
type unit struct {
	Unit
	n    uint64 // its number, from 1; never given again while the hub runs
	tick uint64 // when it last changed
	told uint64 // when more than its position last changed
	gone bool
	text []byte // its JSON; nil until somebody sees it

	x, y   uint32 // its place on the map's square, see pixel
	looked uint64 // the last look at it, of all that groups took
}

// set takes over what is told of the unit.
func (u *unit) set(v Unit) {
	u.Unit, u.text = v, nil
	u.x, u.y = pixel(v.At)
}

func (u *unit) json() []byte {
	if u.text == nil {
		b, err := json.Marshal(u)
		if err != nil { // a number that JSON lacks; Marshal has no other reason
			b = []byte(`{"id":""}`)
		}
		u.text = b
	}
	return u.text
}

// A view is what a map shows, in degrees. West may be greater than east, across
// the date line.
type view struct{ west, south, east, north float64 }

var everywhere = view{-180, -90, 180, 90}

func (v view) holds(p orb.Point) bool {
	if !(p[1] >= v.south && p[1] <= v.north) {
		return false
	}
	if v.west <= v.east {
		return p[0] >= v.west && p[0] <= v.east
	}
	return p[0] >= v.west || p[0] <= v.east
}

// newView widens bounds to whole steps of half a map tile of that zoom. So a
// small pan changes nothing, and viewers of about the same ground share frames.
func newView(bounds [4]float64, zoom float64) (view, bool) {
	for _, b := range bounds {
		if math.IsNaN(b) || math.Abs(b) > 1e6 {
			return view{}, false
		}
	}
	w, s, e, n := bounds[0], bounds[1], bounds[2], bounds[3]
	if !(s <= n) || math.IsNaN(zoom) {
		return view{}, false
	}
	step := 180 / math.Exp2(math.Floor(max(0, min(zoom, 22))))
	s, n = math.Floor(s/step)*step, math.Ceil(n/step)*step
	if e-w >= 360 || e-w < 0 && e+360-w >= 360 {
		return view{-180, s, 180, n}, true
	}
	w, e = math.Floor(w/step)*step, math.Ceil(e/step)*step
	if e-w >= 360 {
		return view{-180, s, 180, n}, true
	}
	return view{wrap(w), s, wrap(e), n}, true
}

// wrap brings a longitude to -180..180.
func wrap(lon float64) float64 {
	if lon >= -180 && lon <= 180 {
		return lon
	}
	return lon - 360*math.Floor((lon+180)/360)
}

// A groupKey is what viewers have in common who see the same.
type groupKey struct {
	rights string
	sight
	binary bool // positions alone go as binary frames
}

// A group is the viewers who see the same. They share every frame, encoded once.
type group struct {
	key     groupKey
	span    span   // cells of its view
	phase   int    // in which part of a tick it is told
	last    uint64 // the tick at which it was told last
	rights  Rights
	members map[*client]struct{}
	visible map[*unit]spot             // when it was told last
	changed uint64                     // the last tick at which that, or one of those told alone, changed
	units   []byte                     // JSON array of these; nil until wanted since then
	full    *websocket.PreparedMessage // snapshot of them; nil likewise
	count   count                      // of the others
}

func (h *Hub) whereIs(who people.ID) position {
	u := h.own[who]
	if who == 0 || u == nil {
		return position{}
	}
	return position{u.At, true}
}

// enter puts c into the group of those who see the same.
func (h *Hub) enter(c *client, s sight) {
	key := groupKey{c.rightsKey, s, c.binary}
	g, ok := h.groups[key]
	if !ok {
		g = &group{key: key, rights: c.rights, members: make(map[*client]struct{}), visible: make(map[*unit]spot), changed: h.tick, last: h.tick, span: s.view.cells()}
		here := h.whereIs(g.rights.Person)
		h.ground.near(g.span, h.everyUnit, func(u *unit) {
			if g.sees(u, here) {
				g.visible[u] = spot{alone: true}
			}
		})
		g.turn(h.c.Many)
		h.groups[key] = g
		g.phase = h.nextPhase
		h.nextPhase = (h.nextPhase + 1) % phases
		h.phases[g.phase].groups[g] = struct{}{}
	}
	g.members[c] = struct{}{}
	c.group = g
}

func (h *Hub) exit(c *client) {
	if c.group == nil {
		return
	}
	delete(c.group.members, c)
	if len(c.group.members) == 0 {
		delete(h.groups, c.group.key)
		delete(h.phases[c.group.phase].groups, c.group)
	}
	c.group = nil
}

func (g *group) sees(u *unit, here position) bool {
	return !u.gone && g.key.view.holds(u.At) && g.rights.seesUnit(&u.Unit, here)
}

// phases is in how many parts a tick's work is done, each for its share of the
// groups: all at once, the last of thousands would be told long after the first.
const phases = 8

// A phase is one part.
type phase struct {
	groups  map[*group]struct{}
	changed ground // units that changed since its last turn, where they were and are
}

// everyUnit calls f on all units.
func (h *Hub) everyUnit(f func(*unit)) {
	for _, u := range h.units {
		f(u)
	}
}

// apply takes over what was pending.
func (h *Hub) apply() {
	h.mu.Lock()
	pending := h.pending
	h.pending = make(map[string]*Unit, len(pending))
	h.mu.Unlock()
	h.tick++
	for id, p := range pending {
		u := h.units[id]
		var was cellKey
		known := u != nil
		if known {
			was = u.cell()
		}
		switch {
		case p == nil && !known:
			continue
		case p == nil:
			u.gone = true
			delete(h.units, id)
			h.forget(u)
			h.ground.remove(was, u)
		case !known:
			h.numbers++
			u = &unit{n: h.numbers}
			h.units[id] = u
			fallthrough
		default:
			h.forget(u)
			if !u.described(*p) {
				u.told = h.tick
			}
			u.set(*p)
			for _, who := range u.People {
				if u.Kind != Dog {
					h.own[who] = u
				}
			}
		}
		u.tick = h.tick
		is := u.cell()
		if !known {
			h.ground.add(is, u)
		} else if !u.gone && is != was {
			h.ground.remove(was, u)
			h.ground.add(is, u)
		}
		for i := range h.phases {
			changed := &h.phases[i].changed
			changed.all = append(changed.all, u)
			changed.add(is, u)
			if known && was != is {
				changed.add(was, u)
			}
		}
	}
}

// forget that people are where u is.
func (h *Hub) forget(u *unit) {
	for _, who := range u.People {
		if h.own[who] == u {
			delete(h.own, who)
		}
	}
}

// step sends the groups whose turn it is what changed since their last.
func (h *Hub) step() {
	h.apply()
	turn := &h.phases[h.tick%phases]
	for g := range turn.groups {
		h.advance(g, &turn.changed)
	}
	turn.changed.clear()
}

func (h *Hub) advance(g *group, changed *ground) {
	var fresh, moved, gone []*unit
	here := h.whereIs(g.rights.Person)
	h.looks++
	look := func(u *unit) {
		if u.looked == h.looks {
			return
		}
		u.looked = h.looks
		was, known := g.visible[u]
		is := g.sees(u, here)
		var now spot
		if is {
			now = g.spot(u)
		}
		if known && (!is || now != was) {
			g.tally(was, -1)
			delete(g.visible, u)
		}
		if is && (!known || now != was) {
			g.tally(now, 1)
			g.visible[u] = now
		}
		is, known = is && now.alone, known && was.alone
		switch {
		case is && !known:
			fresh = append(fresh, u)
		case is && u.tick > g.last && g.key.binary && u.told <= g.last && u.fits():
			moved = append(moved, u)
		case is && u.tick > g.last:
			fresh = append(fresh, u)
		case !is && known:
			gone = append(gone, u)
		}
	}
	changed.near(g.span, func(f func(*unit)) {
		for _, u := range changed.all {
			f(u)
		}
	}, look)
	if g.rights.moves() { // what is near may change without having moved
		h.everyUnit(look)
	}
	g.last = h.tick
	g.units, g.full = nil, nil
	before := g.changed
	if len(fresh)+len(moved)+len(gone) > 0 {
		g.changed = h.tick
	}
	if g.turn(h.c.Many) {
		g.changed, before = h.tick, h.tick+1 // whatever anybody has is of another kind
	}
	var delta item
	for c := range g.members {
		if c.behind.Load() {
			continue // it gets all at once when it has caught up
		}
		var it item
		if c.seen >= before { // it missed nothing
			if delta.frames == nil && g.changed == h.tick {
				delta = h.delta(fresh, moved, gone)
			}
			it = delta
		} else {
			it.frames = []*websocket.PreparedMessage{h.snapshot(g)}
		}
		c.seen = h.tick
		h.sendUnits(c, h.withCounts(c, it))
	}
}

// withCounts adds to what c is about to be sent how many units there are, if they
// are counted and it hasn't been told yet.
func (h *Hub) withCounts(c *client, it item) item {
	g := c.group
	if !g.count.on {
		return it
	}
	frame := h.counts(g)
	if c.counted != frame {
		c.counted = frame
		it.frames = append(slices.Clip(it.frames), frame)
	}
	return it
}

// sendUnits queues positions; no more are queued until they are written.
func (h *Hub) sendUnits(c *client, it item) {
	if len(it.frames) == 0 {
		return
	}
	it.units = true
	c.behind.Store(true)
	h.send(c, it)
}

func (h *Hub) delta(fresh, moved, gone []*unit) item {
	it := item{units: true}
	if len(fresh) > 0 {
		b := h.head("units")
		b = append(b, `,"units":[`...)
		for i, u := range fresh {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, u.json()...)
		}
		it.frames = append(it.frames, prepared(append(b, "]}"...)))
	}
	if len(moved) > 0 {
		it.frames = append(it.frames, frame(websocket.BinaryMessage, appendFrame(nil, moved)))
	}
	if len(gone) > 0 {
		ids := make([]string, len(gone))
		for i, u := range gone {
			ids[i] = u.ID
		}
		it.frames = append(it.frames, prepared(mustJSON(map[string]any{"type": "gone", "units": ids})))
	}
	return it
}

// head begins a message that tells the time.
func (h *Hub) head(kind string) []byte {
	b := make([]byte, 0, 4096)
	b = append(b, `{"type":"`+kind+`","t":"`...)
	b = h.c.Now().UTC().AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// array is the units that g sees, but for those that it counts.
func (g *group) array() []byte {
	if g.units == nil {
		b := []byte{'['}
		for u, s := range g.visible {
			if !s.alone {
				continue
			}
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, u.json()...)
		}
		g.units = append(b, ']')
	}
	return g.units
}

// counted says in a snapshot that units are told by numbers too.
func (g *group) counted() string {
	if g.count.on {
		return `,"counted":true`
	}
	return ""
}

// snapshot is all that g sees, without alerts and tasks.
func (h *Hub) snapshot(g *group) *websocket.PreparedMessage {
	if g.full == nil {
		b := append(h.head("snapshot"), g.counted()...)
		b = append(b, `,"units":`...)
		b = append(b, g.array()...)
		g.full = prepared(append(b, '}'))
	}
	return g.full
}

// prepared makes a text frame.
func prepared(b []byte) *websocket.PreparedMessage { return frame(websocket.TextMessage, b) }

// frame prepares a message. That writes to memory, which never fails.
func frame(kind int, b []byte) *websocket.PreparedMessage {
	m, err := websocket.NewPreparedMessage(kind, b)
	if err != nil {
		panic(err)
	}
	return m
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
