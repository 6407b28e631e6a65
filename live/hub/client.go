package hub

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"citygrid/grid/people"

	"github.com/gorilla/websocket"
)

// ErrRevoked is what Viewer.Recheck answers when the viewer is to be cut: the
// session has ended, the person is disabled.
var ErrRevoked = errors.New("the session has ended")

// A Viewer is somebody who may open the socket, and what they may see.
type Viewer struct {
	Rights Rights
	// Recheck gives the rights as they are now, or ErrRevoked. It is called every
	// Config.Recheck; its context ends soon. nil = the rights never change.
	Recheck func(ctx context.Context) (Rights, error)
	// Receive answers a message of a type that the hub doesn't know: a phone's
	// fix. A nil answer is none; an error is told to the viewer. One at a time;
	// the context ends with the connection. nil = there are no others.
	Receive func(ctx context.Context, kind string, message []byte) (answer any, err error)
}

// A client is one open map.
type client struct {
	viewer  Viewer
	conn    *websocket.Conn
	out     chan item       // from Run; when full the client is cut
	replies chan item       // from its reader, which waits when it is full
	ctx     context.Context // ends when the client is cut
	end     context.CancelFunc
	bye     atomic.Pointer[farewell] // why; set before ctx ends
	unread  chan struct{}            // closed when its reader has ended
	behind  atomic.Bool              // positions are queued that aren't written yet

	// Run's.
	rights    Rights
	rightsKey string
	binary    bool // it asked for binary positions
	group     *group
	seen      uint64                     // the tick up to which it has positions
	counted   *websocket.PreparedMessage // the counts that it has
	cursor    int64                      // the event up to which it has those it may see
	confirmed time.Time                  // when its rights were last looked at
	asked     time.Time                  // when that was last begun; zero = not under way
}

// An item is frames that are written together.
type item struct {
	frames []*websocket.PreparedMessage
	units  bool // positions: client.behind until written
}

// A farewell says why a viewer is cut.
type farewell struct {
	code  int    // of the close frame; 0 = just close
	why   string // for the bye message
	again bool   // come back
}

var (
	byeShutdown  = farewell{websocket.CloseServiceRestart, "shutdown", true}
	byeRevoked   = farewell{4001, "revoked", false}
	byeRights    = farewell{4002, "rights-changed", true}
	byeSlow      = farewell{4003, "slow", true}
	byeProtocol  = farewell{4004, "protocol", false}
	byeUnchecked = farewell{4005, "unchecked", true}
)

// Serve upgrades the request of a viewer, who is known and may, and serves until
// the connection ends.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, v Viewer) {
	who := v.Rights.Person
	if !h.admit(who) {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "no room for another live map, come back in a few seconds", http.StatusServiceUnavailable)
		return
	}
	defer h.release(who)
	up := websocket.Upgrader{CheckOrigin: h.fromOurPage, WriteBufferSize: 4096, ReadBufferSize: 1024, HandshakeTimeout: h.c.Hello}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	limitBuffer(conn.NetConn())
	c := &client{
		viewer: v, conn: conn, out: make(chan item, h.c.Queue), replies: make(chan item, 16), unread: make(chan struct{}),
		rights: v.Rights, rightsKey: v.Rights.key(),
	}
	c.ctx, c.end = context.WithCancel(h.ctx)
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write(h.c)
	}()
	bye := h.read(c)
	close(c.unread)
	if bye.code == 0 {
		conn.Close() // the other side is gone, don't let the writer wait for it
	}
	c.leave(bye)
	select {
	case h.leaves <- c:
	case <-h.done:
	}
	<-written
}

// sendBuffer is how much the system may hold for a viewer, in bytes. What it holds
// is out of our hands: a slow line would be shown positions that are megabytes
// old, and alerts behind them.
const sendBuffer = 128 << 10

func limitBuffer(conn net.Conn) {
	if under, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = under.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // if it can't be, we go on without
	}
}

func (h *Hub) admit(who people.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || h.clients >= h.c.MaxClients || h.of[who] >= h.c.PerPerson {
		return false
	}
	h.clients++
	h.of[who]++
	h.serving.Add(1)
	return true
}

func (h *Hub) release(who people.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients--
	if h.of[who]--; h.of[who] == 0 {
		delete(h.of, who)
	}
	h.serving.Done()
}

// fromOurPage refuses sockets that another site's page opens with our cookie.
func (h *Hub) fromOurPage(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if len(h.c.Origins) > 0 {
		return slices.ContainsFunc(h.c.Origins, func(o string) bool { return strings.EqualFold(o, origin) })
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// leave ends the client; the first to say why is right.
func (c *client) leave(bye farewell) {
	c.bye.CompareAndSwap(nil, &bye)
	c.end()
}

// cut is Run's way to end a client. A writer that is stuck is freed within a
// second.
func (h *Hub) cut(c *client, bye farewell) {
	h.exit(c)
	delete(h.members, c)
	c.leave(bye)
	_ = c.conn.NetConn().SetWriteDeadline(time.Now().Add(time.Second))
}

// write is the only one to write to the connection.
func (c *client) write(cfg Config) {
	defer c.conn.Close()
	// Whatever happens to the deadlines, a client that is cut is gone soon.
	defer context.AfterFunc(c.ctx, func() { time.AfterFunc(2*time.Second, func() { c.conn.Close() }) })()
	ping := time.NewTicker(cfg.Ping)
	defer ping.Stop()
	for c.ctx.Err() == nil {
		var err error
		select {
		case <-c.ctx.Done():
		case it := <-c.replies:
			err = c.put(it, cfg.Write)
		case it := <-c.out:
			// What its reader caught up with came before Run knew of it.
			for more := true; more && err == nil; {
				select {
				case earlier := <-c.replies:
					err = c.put(earlier, cfg.Write)
				default:
					more = false
				}
			}
			if err == nil {
				err = c.put(it, cfg.Write)
			}
		case <-ping.C:
			err = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(cfg.Write))
		}
		if err != nil {
			c.leave(byeSlow)
			return
		}
	}
	c.sayBye()
}

func (c *client) put(it item, limit time.Duration) error {
	for _, f := range it.frames {
		if err := c.conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
			return err
		}
		if err := c.conn.WritePreparedMessage(f); err != nil {
			return err
		}
	}
	if it.units {
		c.behind.Store(false)
	}
	return nil
}

func (c *client) sayBye() {
	bye := c.bye.Load()
	if bye == nil || bye.code == 0 {
		return
	}
	deadline := time.Now().Add(time.Second)
	_ = c.conn.SetWriteDeadline(deadline)
	_ = c.conn.WriteMessage(websocket.TextMessage, mustJSON(map[string]any{"type": "bye", "why": bye.why, "again": bye.again}))
	_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(bye.code, bye.why), deadline)
	// Closing with bytes unread would take the farewell away from the other side.
	select {
	case <-c.unread:
	case <-time.After(time.Until(deadline)):
	}
}

// A request is a message of a viewer.
type request struct {
	Type   string `json:"type"`
	Since  *int64 `json:"since"`
	Scope  string `json:"scope"`
	Binary bool   `json:"binary"`
	Counts bool   `json:"counts"`

	N    json.RawMessage `json:"n"` // of a ping, sent back with the pong
	View *struct {
		Bounds [4]float64 `json:"bounds"`
		Zoom   float64    `json:"zoom"`
		Keep   []string   `json:"keep"`
	} `json:"view"`
}

// look is what its map shows, for a viewer who takes counts or not.
func (r request) look(counts bool) (sight, bool) {
	if r.View == nil {
		return sight{view: everywhere}, true
	}
	v, ok := newView(r.View.Bounds, r.View.Zoom)
	if !ok || !counts {
		return sight{view: v}, ok
	}
	return newSight(v, r.View.Zoom, r.View.Keep)
}

// Limits of what a viewer may send, in messages.
const (
	perSecond = 20
	atOnce    = 200
)

// read is the only one to read from the connection, until it ends.
func (h *Hub) read(c *client) farewell {
	c.conn.SetReadLimit(h.c.ReadLimit)
	patience := 2*h.c.Ping + h.c.Write
	_ = c.conn.SetReadDeadline(time.Now().Add(h.c.Hello))
	var r request
	if _, err := h.receive(c, &r); err != nil {
		return c.failure(err)
	}
	counts := r.Binary && r.Counts
	v, ok := r.look(counts)
	if r.Type != "hello" || !ok || r.Since != nil && *r.Since < 0 {
		return byeProtocol
	}
	extend := func() error { return c.conn.SetReadDeadline(time.Now().Add(patience)) }
	c.conn.SetPongHandler(func(string) error { return extend() })
	_ = extend()
	if !h.arrive(c, r, v) {
		return farewell{}
	}
	allowed, last := float64(atOnce), time.Now()
	for {
		var r request
		raw, err := h.receive(c, &r)
		if err != nil {
			return c.failure(err)
		}
		_ = extend()
		now := time.Now()
		allowed = min(atOnce, allowed+now.Sub(last).Seconds()*perSecond)
		last = now
		if allowed--; allowed < 0 {
			return byeProtocol
		}
		switch v, ok := r.look(counts); {
		case !ok || r.Type == "hello" || r.Type == "view" && r.View == nil:
			return byeProtocol
		case r.Type == "view":
			select {
			case h.views <- look{c, v}:
			case <-h.done:
			}
		case r.Type == "ping":
			pong := map[string]any{"type": "pong", "n": r.N, "now": h.c.Now().UTC()}
			if !c.reply(item{frames: []*websocket.PreparedMessage{prepared(mustJSON(pong))}}) {
				return farewell{}
			}
		case c.viewer.Receive == nil:
			return byeProtocol
		default:
			answer, err := c.viewer.Receive(c.ctx, r.Type, raw)
			if err != nil {
				answer = map[string]string{"type": "error", "to": r.Type, "what": err.Error()}
			}
			if answer != nil && !c.reply(item{frames: []*websocket.PreparedMessage{prepared(mustJSON(answer))}}) {
				return farewell{}
			}
		}
	}
}

var errNotText = errors.New("not a JSON text message")

func (h *Hub) receive(c *client, r *request) ([]byte, error) {
	kind, raw, err := c.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	if kind != websocket.TextMessage || json.Unmarshal(raw, r) != nil {
		return nil, errNotText
	}
	return raw, nil
}

// failure is what to say after a read went wrong.
func (c *client) failure(err error) farewell {
	if errors.Is(err, errNotText) || errors.Is(err, websocket.ErrReadLimit) {
		return byeProtocol
	}
	return farewell{}
}

// reply queues what its reader has for c; false when c is cut.
func (c *client) reply(it item) bool {
	select {
	case c.replies <- it:
		return true
	case <-c.ctx.Done():
		return false
	}
}
