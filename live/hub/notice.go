package hub

import (
	"sync/atomic"

	"github.com/gorilla/websocket"
)

// A notice is the number of what viewers show and ask for elsewhere. They are told
// when it changes.
type notice struct {
	version atomic.Int64
	told    int64 // Run's
}

// Streets says that closures or what they do to the streets have changed, and gives
// that a number. Viewers are told the number and ask for the rest. It never waits.
func (h *Hub) Streets(version int64) { h.note(&h.streets, version) }

// Plan says that another plan of the ground holds, or that the one that holds was
// changed, and gives that a number, like Streets.
func (h *Hub) Plan(version int64) { h.note(&h.plan, version) }

func (h *Hub) note(n *notice, version int64) {
	n.version.Store(version)
	select {
	case h.notices <- struct{}{}:
	default: // it is about to be told
	}
}

func (h *Hub) notify() {
	h.notifyOf(&h.streets, "streets")
	h.notifyOf(&h.plan, "plan")
}

func (h *Hub) notifyOf(n *notice, what string) {
	version := n.version.Load()
	if version == n.told {
		return
	}
	n.told = version
	frame := prepared(mustJSON(map[string]any{"type": what, "version": version}))
	for c := range h.members {
		h.send(c, item{frames: []*websocket.PreparedMessage{frame}})
	}
}
