package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/routing/path"
	"citygrid/web/cert"
)

func TestListeningRule(t *testing.T) {
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		l    Listening
		want string // part of the error; "" = allowed
	}{
		{Listening{Addr: "127.0.0.1:8080"}, ""},
		{Listening{Addr: "localhost:0"}, ""},
		{Listening{Addr: "[::1]:8080"}, ""},
		{Listening{Addr: "127.9.9.9:8080"}, ""},
		{Listening{Addr: "unix:/run/x.sock"}, ""},
		{Listening{Addr: "0.0.0.0:8443", Cert: "c", Key: "k"}, ""},
		{Listening{Addr: "0.0.0.0:8080", Trusted: proxy}, ""},
		{Listening{Addr: "0.0.0.0:8080"}, "clear text"},
		{Listening{Addr: ":8080"}, "clear text"},
		{Listening{Addr: "[::]:8080"}, "clear text"},
		{Listening{Addr: "192.168.1.5:8080"}, "citygrid cert"},
		{Listening{Addr: "desk.local:8080"}, "--trusted-proxy"},
		{Listening{Addr: "localhost.evil.example:8080"}, "clear text"},
		{Listening{Addr: "0.0.0.0:8443", Cert: "c"}, "belong together"},
		{Listening{Addr: "0.0.0.0:8443", Key: "k"}, "belong together"},
		{Listening{Addr: "8080"}, "host:port"},
		{Listening{Addr: ""}, "host:port"},
		{Listening{Addr: "127.0.0.1:99999"}, "not a port"},
		{Listening{Addr: "127.0.0.1:no"}, "not a port"},
		{Listening{Addr: "unix:"}, "needs a path"},
		{Listening{Addr: "unix:/x", Cert: "c", Key: "k"}, "unix socket"},
	} {
		err := c.l.Check()
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.l, err, c.want)
		}
	}
}

// running serves a bureau as the program does and gives a way to stop it.
func running(t *testing.T, l Listening, edits ...func(*Config)) (addr string, stop func() error, x *site) {
	t.Helper()
	x = open(t, edits...)
	listener, secure, err := l.Open()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, x.s, listener, secure) }()
	return listener.Addr().String(), func() error { cancel(); return <-done }, x
}

// TestRunLetsRequestsEnd: a route that is being searched when the signal comes
// is still answered, and nothing is left running (goleak).
func TestRunLetsRequestsEnd(t *testing.T) {
	slow := &slowRouter{begun: make(chan struct{}), goOn: make(chan struct{})}
	addr, stop, x := running(t, Listening{Addr: "127.0.0.1:0"})
	m := drawn(t)
	slow.Router = m.Streets.Now().Engine("foot")
	m.routers = map[string]Router{"foot": slow}
	x.s.SetMap(m)
	x.url = "http://" + addr
	b := x.as("officer")
	answer := make(chan reply)
	go func() { answer <- b.get("/api/route?from=-75.55,39.74&to=-75.5490644,39.74") }()
	<-slow.begun
	stopped := make(chan error)
	go func() { stopped <- stop() }()
	time.Sleep(20 * time.Millisecond)
	close(slow.goOn)
	(<-answer).is(t, 200, "")
	if err := <-stopped; err != nil {
		t.Errorf("Run: %v", err)
	}
	b.CloseIdleConnections()
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("still listens")
	}
}

type slowRouter struct {
	Router
	begun, goOn chan struct{}
}

func (r *slowRouter) Route(ctx context.Context, q path.Query) (path.Route, error) {
	close(r.begun)
	<-r.goOn
	return r.Router.Route(ctx, q)
}

// TestTLS: with certificates as `citygrid cert` makes them a browser that trusts
// the CA connects; a renewed certificate needs no restart.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	f, err := cert.Make(dir, cert.Options{Hosts: []string{"localhost", "127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	addr, stop, _ := running(t, Listening{Addr: "127.0.0.1:0", Cert: f.Cert, Key: f.Key})
	ca, err := os.ReadFile(f.CA)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	resp, err := client.Get("https://" + addr + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Proto != "HTTP/2.0" || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s, HSTS %q", resp.Proto, resp.Header.Get("Strict-Transport-Security"))
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("took TLS 1.1")
	}
	client.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}

	p := &pair{cert: f.Cert, key: f.Key}
	first, err := p.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Make(dir, cert.Options{Hosts: []string{"localhost"}, Replace: true}); err != nil {
		t.Fatal(err)
	}
	future := time.Now().Add(time.Minute)
	if err := os.Chtimes(f.Cert, future, future); err != nil {
		t.Fatal(err)
	}
	if now, _ := p.get(nil); now != first {
		t.Error("looked at the file again within ten seconds")
	}
	p.looked = time.Time{}
	if now, _ := p.get(nil); now == first {
		t.Error("the renewed certificate is not used")
	}
	if err := os.WriteFile(f.Cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.looked = time.Time{}
	if now, err := p.get(nil); now == nil || err != nil {
		t.Errorf("a half written certificate takes the server down: %v", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	if _, _, err := (Listening{Addr: "127.0.0.1:0", Cert: "/nowhere/c", Key: "/nowhere/k"}).Open(); err == nil || !strings.Contains(err.Error(), "/nowhere/c") {
		t.Errorf("missing certificate: %v", err)
	}
}

// control runs a control socket and gives its path.
func control(t *testing.T, socket string, c Control) {
	t.Helper()
	l, err := ListenControl(socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("control socket: %v", err)
		}
		if _, err := os.Lstat(socket); err == nil {
			t.Error("the socket stays behind")
		}
	})
}

func TestControl(t *testing.T) {
	for name, dir := range map[string]string{"short": t.TempDir(), "long": filepath.Join(t.TempDir(), strings.Repeat("long", 40))} {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			socket := filepath.Join(dir, "control.sock")
			if err := RequestBackup(t.Context(), socket, io.Discard); !errors.Is(err, ErrNotRunning) {
				t.Errorf("without a server: %v, want %v", err, ErrNotRunning)
			}
			text := bytes.Repeat([]byte("backup"), 100_000)
			control(t, socket, Control{
				Backup: func(_ context.Context, w io.Writer) error { _, err := w.Write(text); return err },
				Status: func() Status { return Status{Version: "1", PID: 7} },
			})
			info, err := os.Lstat(socket)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("socket: %v %v, want 0600", info.Mode(), err)
			}
			var got bytes.Buffer
			if err := RequestBackup(t.Context(), socket, &got); err != nil || !bytes.Equal(got.Bytes(), text) {
				t.Errorf("backup: %d bytes, %v", got.Len(), err)
			}
			if st, err := RequestStatus(t.Context(), socket); err != nil || st.PID != 7 {
				t.Errorf("status: %+v, %v", st, err)
			}
			if left, _ := os.ReadDir(dir); len(left) != 1 {
				t.Errorf("left in the folder: %v", left)
			}
		})
	}
}

// TestFailedBackup: what broke off can't be taken for a whole one.
func TestFailedBackup(t *testing.T) {
	for name, size := range map[string]int{"before the first byte": 0, "on the way": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			socket := filepath.Join(t.TempDir(), "control.sock")
			control(t, socket, Control{Logger: quiet(), Backup: func(_ context.Context, w io.Writer) error {
				if size > 0 {
					_, _ = w.Write(make([]byte, size))
				}
				return errors.New("disk full")
			}})
			err := RequestBackup(t.Context(), socket, io.Discard)
			if err == nil || size == 0 && !strings.Contains(err.Error(), "disk full") {
				t.Errorf("got %v, want an error", err)
			}
		})
	}
}

// TestDeadSocket: one that a killed server left is replaced; a file is not.
func TestDeadSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "control.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := RequestStatus(t.Context(), socket); !errors.Is(err, ErrNotRunning) {
		t.Errorf("dead socket: %v, want %v", err, ErrNotRunning)
	}
	control(t, socket, Control{Status: func() Status { return Status{PID: 7} }})
	if st, err := RequestStatus(t.Context(), socket); err != nil || st.PID != 7 {
		t.Errorf("a socket that is listened to: %+v, %v; want an answer at once", st, err)
	}
	file := filepath.Join(t.TempDir(), "control.sock")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenControl(file); err == nil {
		t.Error("a file was taken for a socket")
	}
}
