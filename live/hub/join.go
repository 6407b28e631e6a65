package hub

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"citygrid/grid/people"

	"github.com/gorilla/websocket"
)

// A join asks Run to take a client in, who has what it may see up to since; nil is
// nothing.
type join struct {
	client *client
	since  *int64
	sight  sight
	binary bool
	reply  chan joined // room for one
}

// joined is the answer: taken in, or sent to the Log first for what is later than
// since, with where the viewer is.
type joined struct {
	ok   bool
	here position
}

// A look asks Run to show a client another view.
type look struct {
	client *client
	sight  sight
}

// arrive welcomes a client and brings it up to now.
func (h *Hub) arrive(c *client, r request, s sight) bool {
	select {
	case <-h.ready:
	case <-c.ctx.Done():
		return false
	}
	since := r.Since
	if r.Scope != c.rightsKey {
		since = nil // other rights: what it has is not what it may see
	}
	for events := 0; ; {
		j := join{c, since, s, r.Binary, make(chan joined, 1)}
		select {
		case h.joins <- j:
		case <-h.done:
			return false
		}
		answer := <-j.reply
		if answer.ok {
			return true
		}
		var n int
		since, n = h.catchUp(c, *since, answer.here, h.c.Resume-events)
		events += n
	}
}

// catchUp sends what the Log has after since, and gives how far it came; nil when
// that is more than limit, or can't be read, and the lists are to be sent instead.
func (h *Hub) catchUp(c *client, since int64, here position, limit int) (upTo *int64, n int) {
	events, to, err := h.c.Log.Since(c.ctx, since)
	if err != nil || to <= since || len(events) > limit {
		return nil, 0
	}
	var it item
	for i := range events {
		e := &events[i]
		if e.Seq > to || !c.viewer.Rights.seesEvent(e, here) {
			continue
		}
		entry, err := newEntry(*e)
		if err != nil {
			return nil, 0
		}
		it.frames = append(it.frames, entry.frame)
	}
	if len(it.frames) > 0 && !c.reply(it) {
		return nil, 0
	}
	return &to, max(1, len(events))
}

// join takes a client in: a welcome, a snapshot, and the events it missed.
func (h *Hub) join(j join) joined {
	c := j.client
	if c.ctx.Err() != nil {
		return joined{ok: true} // it was cut; its reader finds out
	}
	t := &h.events
	var missed []entry
	lists := j.since == nil || *j.since > t.upTo
	if !lists {
		var ok bool
		if missed, ok = t.since(*j.since); !ok {
			return joined{here: h.whereIs(c.rights.Person)}
		}
		c.cursor = *j.since
	}
	h.members[c] = struct{}{}
	c.confirmed, c.binary = time.Now(), j.binary
	h.enter(c, j.sight)
	c.seen = h.tick
	it := item{units: true, frames: []*websocket.PreparedMessage{h.welcome(c)}}
	if lists {
		c.cursor = t.upTo
		it.frames = append(it.frames, h.wholeSnapshot(c))
	} else {
		it.frames = append(it.frames, h.snapshot(c.group))
	}
	h.sendUnits(c, h.withCounts(c, it))
	if c.group != nil {
		h.sendEvents(c, missed)
	}
	return joined{ok: true}
}

func (h *Hub) welcome(c *client) *websocket.PreparedMessage {
	return prepared(mustJSON(map[string]any{
		"type": "welcome", "now": h.c.Now().UTC(), "speed": h.c.Speed, "seq": h.events.upTo, "scope": c.rightsKey,
		"tick_ms": h.c.Tick.Milliseconds(), "streets": h.streets.version.Load(), "plan": h.plan.version.Load(),
	}))
}

// wholeSnapshot is units, alerts and tasks for one client.
func (h *Hub) wholeSnapshot(c *client) *websocket.PreparedMessage {
	here := h.whereIs(c.rights.Person)
	alerts, tasks := h.events.lists(func(e *Event) bool { return c.rights.seesEvent(e, here) })
	b := append(h.head("snapshot"), c.group.counted()...)
	b = append(b, `,"units":`...)
	b = append(b, c.group.array()...)
	for _, list := range []struct {
		name   string
		bodies []json.RawMessage
	}{{"alerts", alerts}, {"tasks", tasks}} {
		b = append(b, `,"`+list.name+`":[`...)
		for i, body := range list.bodies {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, body...)
		}
		b = append(b, ']')
	}
	return prepared(append(b, '}'))
}

// look shows c another view: a snapshot of units, now or when it has caught up.
func (h *Hub) look(c *client, s sight) {
	if c.group == nil || c.group.key.sight == s {
		return
	}
	h.exit(c)
	h.enter(c, s)
	c.counted = nil
	if c.behind.Load() {
		c.seen = 0 // as if it had missed ticks
		return
	}
	c.seen = h.tick
	h.sendUnits(c, h.withCounts(c, item{frames: []*websocket.PreparedMessage{h.snapshot(c.group)}}))
}

// An answer is what became of a look at a client's rights.
type answer struct {
	client *client
	rights Rights
	err    error
}

// check begins to look at the rights of all whose turn it is, and of who at once.
// Whoever's rights could not be looked at for too long is cut.
func (h *Hub) check(who people.ID) {
	now := time.Now()
	for c := range h.members {
		if c.viewer.Recheck == nil {
			continue
		}
		if now.Sub(c.confirmed) > h.c.Lease {
			h.cut(c, byeUnchecked)
			continue
		}
		due := now.Sub(c.confirmed) >= h.c.Recheck || who != 0 && who == c.rights.Person
		if !due || !c.asked.IsZero() {
			continue
		}
		select {
		case h.asks <- c:
			c.asked = now
		default: // next time round
		}
	}
}

// checker looks at rights.
func (h *Hub) checker(ctx context.Context) {
	for {
		select {
		case c := <-h.asks:
			limited, cancel := context.WithTimeout(c.ctx, h.c.Recheck/2)
			rights, err := c.viewer.Recheck(limited)
			cancel()
			select {
			case h.answers <- answer{c, rights, err}:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func (h *Hub) answered(a answer) {
	c := a.client
	if _, here := h.members[c]; !here {
		return
	}
	asked := c.asked
	c.asked = time.Time{}
	switch {
	case errors.Is(a.err, ErrRevoked):
		h.cut(c, byeRevoked)
	case a.err != nil: // tried again until the lease ends
		h.c.Logger.Warn("the rights of a live map cannot be looked at", "err", a.err)
	case a.rights.key() != c.rightsKey:
		h.cut(c, byeRights)
	default:
		c.confirmed = asked
	}
}
