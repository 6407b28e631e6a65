package web

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// fromAddress is a connection of somebody at an address.
type fromAddress struct {
	net.Conn
	address string
	closed  bool
}

func (f *fromAddress) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(f.address))
}
func (f *fromAddress) Close() error { f.closed = true; return nil }

// One address cannot take the connections of all; a proxy and this machine are many.
func TestConnectionsOfOneAddress(t *testing.T) {
	c := newConnections([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, slog.New(slog.DiscardHandler))
	c.most, c.perAddress = 12, 2
	come := func(address string) *fromAddress {
		conn := &fromAddress{address: address}
		c.state(conn, http.StateNew)
		return conn
	}
	first, second := come("192.0.2.1:1"), come("192.0.2.1:2")
	third := come("[::ffff:192.0.2.1]:3")
	if first.closed || second.closed || !third.closed {
		t.Errorf("three of one address: %v %v %v", first.closed, second.closed, third.closed)
	}
	c.state(third, http.StateClosed) // the server says so of what it closed
	if come("192.0.2.1:4").closed != true {
		t.Error("who was sent away made room")
	}
	c.state(first, http.StateActive)
	c.state(first, http.StateClosed)
	if come("192.0.2.1:5").closed {
		t.Error("there is room again")
	}
	for _, a := range []string{"10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "192.0.2.2:1"} {
		if come(a).closed {
			t.Errorf("%s is sent away", a)
		}
	}
	for _, a := range []string{"[2001:db8::1]:1", "[2001:db8::2]:1"} {
		if come(a).closed {
			t.Errorf("%s is sent away", a)
		}
	}
	if !come("[2001:db8::3]:1").closed {
		t.Error("one network by IPv6 has more")
	}
	come("192.0.2.3:1")
	if !come("192.0.2.4:1").closed {
		t.Errorf("more than all: %d", len(c.open))
	}
}

// The server counts them, and gives back what has ended or became a live map.
func TestServerCountsConnections(t *testing.T) {
	c := newConnections(nil, slog.New(slog.DiscardHandler))
	c.most = 1
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler(), ConnState: c.state, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	ask := func() (net.Conn, bool) {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		n, _ := conn.Read(make([]byte, 10))
		return conn, n > 0
	}
	first, ok := ask()
	if !ok {
		t.Fatal("the first isn't answered")
	}
	second, ok := ask()
	if ok {
		t.Error("the second is answered")
	}
	second.Close()
	first.Close()
	for range 100 {
		c.mu.Lock()
		left := len(c.open)
		c.mu.Unlock()
		if left == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	third, ok := ask()
	if !ok {
		t.Error("the first has gone, and there is no room")
	}
	third.Close()
}
