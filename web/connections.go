package web

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Limits of connections that are open at once, live maps not counted: the hub counts
// those. Of one address there are as many as of a fleet behind one gateway.
const (
	mostConnections = 25_000
	mostPerAddress  = 1000
)

// connections closes new connections when too many are open: each takes one of the
// files that the process may have open, and without any left the store can't write.
type connections struct {
	most, perAddress int
	trusted          []netip.Prefix // proxies, who connect for everybody
	log              *slog.Logger

	mu   sync.Mutex // guards the rest
	open map[net.Conn]string
	from map[string]int
	told time.Time // when it was last logged
}

func newConnections(trusted []netip.Prefix, log *slog.Logger) *connections {
	c := &connections{most: mostConnections, perAddress: mostPerAddress, trusted: trusted, log: log, open: map[net.Conn]string{}, from: map[string]int{}}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil {
		c.most = int(min(uint64(c.most), files.Cur*3/4))
	}
	return c
}

// state is the server's ConnState.
func (c *connections) state(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if !c.admit(conn) {
			_ = conn.Close()
		}
	case http.StateClosed, http.StateHijacked:
		c.leave(conn)
	}
}

// key is what connections are counted by; "" for who isn't: a unix socket, this machine,
// a proxy.
func (c *connections) key(conn net.Conn) string {
	from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return ""
	}
	a := from.Addr().Unmap().WithZone("")
	if a.IsLoopback() || within(a, c.trusted) {
		return ""
	}
	return addressKey(a)
}

func (c *connections) admit(conn net.Conn) bool {
	key := c.key(conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) >= c.most || key != "" && c.from[key] >= c.perAddress {
		if now := time.Now(); now.Sub(c.told) > time.Minute {
			c.told = now
			c.log.Warn("too many connections: new ones are closed", slog.Int("open", len(c.open)), slog.Bool("of one address", len(c.open) < c.most))
		}
		return false
	}
	c.open[conn] = key
	if key != "" {
		c.from[key]++
	}
	return true
}

func (c *connections) leave(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, there := c.open[conn]
	if !there { // it was not let in
		return
	}
	delete(c.open, conn)
	if key == "" {
		return
	}
	if c.from[key]--; c.from[key] == 0 {
		delete(c.from, key)
	}
}
