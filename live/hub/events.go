package hub

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

// The kinds of events, which are the types of their messages.
const (
	KindAlert = "alert"
	KindTask  = "task"
)

// An Event is the present state of an alert or a task, which changed. Events are
// never conflated away, dropped or sent before the Log has them.
type Event struct {
	Seq  int64  // of the last change, over all kinds
	Kind string // KindAlert, KindTask
	ID   int64
	Open bool            // in the lists that a new viewer gets
	Body json.RawMessage // as it is sent

	// Who may see it goes by these.
	Area   grid.AreaID // 0 = known to the whole bureau's viewers only
	Team   grid.TeamID
	People []people.ID // whose own it is: who is sent
	At     orb.Point
}

// A Log is where events are kept.
type Log interface {
	// Open gives what is open now.
	Open(ctx context.Context) (events []Event, upTo int64, err error)
	// Since gives what changed after seq, as it is now, by Seq; not all of it when
	// that is much. There is no change with seq < Seq <= upTo but those given and
	// those that a later change of the same thing, beyond upTo, has replaced; upTo
	// is seq when nothing changed.
	Since(ctx context.Context, seq int64) (events []Event, upTo int64, err error)
}

// A batch is what the Log had to say.
type batch struct {
	events []Event
	upTo   int64
}

// An entry is an event with its frame, made once for all viewers.
type entry struct {
	Event
	frame *websocket.PreparedMessage
}

func newEntry(e Event) (entry, error) {
	b := append([]byte(nil), `{"type":"`+e.Kind+`","seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, `,"`+e.Kind+`":`...)
	b = append(b, e.Body...)
	frame, err := websocket.NewPreparedMessage(websocket.TextMessage, append(b, '}'))
	return entry{e, frame}, err
}

// A thread is the events as Run knows them.
type thread struct {
	recent []entry // by Seq
	from   int64   // recent has all since here
	upTo   int64   // up to here everything is known
	open   map[string]entry
}

func nameOf(e Event) string { return e.Kind + strconv.FormatInt(e.ID, 10) }

// add takes what follows upTo.
func (t *thread) add(b batch, keep int) (fresh []entry, err error) {
	for _, e := range b.events {
		if e.Seq <= t.upTo || e.Seq > b.upTo {
			continue // beyond upTo it comes again with what is before it
		}
		entry, err := newEntry(e)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, entry)
		if e.Open {
			t.open[nameOf(e)] = entry
		} else {
			delete(t.open, nameOf(e))
		}
	}
	t.upTo = max(t.upTo, b.upTo)
	t.recent = append(t.recent, fresh...)
	if over := len(t.recent) - keep; over > 0 {
		t.from = t.recent[over-1].Seq
		t.recent = slices.Clone(t.recent[over:])
	}
	return fresh, nil
}

// since gives what is later than seq; ok is false if that reaches too far back.
func (t *thread) since(seq int64) (later []entry, ok bool) {
	if seq < t.from || seq > t.upTo {
		return nil, false
	}
	i, _ := slices.BinarySearchFunc(t.recent, seq+1, func(e entry, seq int64) int { return int(e.Seq - seq) })
	return t.recent[i:], true
}

// lists are the bodies of what is open, by kind and Seq.
func (t *thread) lists(see func(*Event) bool) (alerts, tasks []json.RawMessage) {
	var all []entry
	for _, e := range t.open {
		if see(&e.Event) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return int(a.Seq - b.Seq) })
	alerts, tasks = []json.RawMessage{}, []json.RawMessage{}
	for _, e := range all {
		if e.Kind == KindAlert {
			alerts = append(alerts, e.Body)
		} else {
			tasks = append(tasks, e.Body)
		}
	}
	return alerts, tasks
}

// follow reads the log whenever there may be news, and once a second in case
// nobody said so.
func (h *Hub) follow(ctx context.Context, upTo int64, news chan<- batch) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	for {
		events, to, err := h.c.Log.Since(ctx, upTo)
		if err != nil && ctx.Err() == nil {
			h.c.Logger.Error("alerts and tasks cannot be read", "err", err)
		}
		more := err == nil && to > upTo
		if more {
			upTo = to
			select {
			case news <- batch{events, to}:
			case <-ctx.Done():
				return
			}
			continue
		}
		timer.Reset(time.Second)
		select {
		case <-h.changed:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// Changed says that the Log has something new. It never waits.
func (h *Hub) Changed() {
	select {
	case h.changed <- struct{}{}:
	default: // it will be looked at anyway
	}
}
