package web

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"
)

// Listening says where and how to serve.
type Listening struct {
	Addr    string         // host:port, or unix:PATH
	Cert    string         // PEM file of the certificate and its chain; "" serves in clear
	Key     string         // PEM file of its key
	Trusted []netip.Prefix // proxies that do TLS for us
}

// ErrClearText refuses to send passwords over a network unencrypted.
var ErrClearText = errors.New("would serve passwords and positions in clear text over the network")

// Check says what is wrong with l before anything is opened. Clear text is
// served on the loopback address and on a unix socket, and elsewhere only when
// there is a proxy to do TLS.
func (l Listening) Check() error {
	if (l.Cert == "") != (l.Key == "") {
		return errors.New("--tls-cert and --tls-key belong together: give both or neither")
	}
	if path, ok := strings.CutPrefix(l.Addr, "unix:"); ok {
		if path == "" {
			return errors.New("unix: needs a path, such as unix:/run/citygrid/http.sock")
		}
		if l.Cert != "" {
			return errors.New("a unix socket is served in clear: leave --tls-cert and --tls-key out")
		}
		return nil
	}
	host, port, err := net.SplitHostPort(l.Addr)
	if err != nil {
		return fmt.Errorf("listen address %q: %w: give host:port, such as 127.0.0.1:8080", l.Addr, err)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("listen address %q: %q is not a port", l.Addr, port)
	}
	if l.Cert != "" || isLoopback(host) || len(l.Trusted) > 0 {
		return nil
	}
	return fmt.Errorf("listen address %q %w: give --tls-cert and --tls-key (`citygrid cert` makes them), or listen on 127.0.0.1, or name the proxy that does TLS with --trusted-proxy", l.Addr, ErrClearText)
}

// isLoopback doesn't ask the resolver: what it answers may change.
func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && a.IsLoopback())
}

// Secure says whether browsers reach us by TLS, ours or a proxy's. Behind a unix
// socket there is a proxy.
func (l Listening) Secure() bool {
	return l.Cert != "" || len(l.Trusted) > 0 || strings.HasPrefix(l.Addr, "unix:")
}

// Open checks l and listens. The TLS settings are nil for clear text.
func (l Listening) Open() (net.Listener, *tls.Config, error) {
	if err := l.Check(); err != nil {
		return nil, nil, err
	}
	var secure *tls.Config
	if l.Cert != "" {
		var err error
		if secure, err = TLSOf(l.Cert, l.Key); err != nil {
			return nil, nil, err
		}
	}
	if path, ok := strings.CutPrefix(l.Addr, "unix:"); ok {
		listener, err := listenUnix(path, 0o660) // the proxy's group may connect
		return listener, nil, err
	}
	listener, err := net.Listen("tcp", l.Addr)
	return listener, secure, err
}

// TLSOf is TLS with the certificate and key of two PEM files, which are read again when
// they were changed.
func TLSOf(cert, key string) (*tls.Config, error) {
	pair := &pair{cert: cert, key: key}
	if _, err := pair.get(nil); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.get}, nil
}

// lookAgain is how often it is looked whether a certificate was renewed.
const lookAgain = 2 * time.Second

// A pair is a certificate on disk. It is read again when its file changes, so
// that a renewed one needs no restart.
type pair struct {
	cert, key string

	mu      sync.Mutex // guards the rest
	loaded  *tls.Certificate
	changed time.Time // of the file that was loaded
	looked  time.Time
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.loaded != nil && time.Since(p.looked) < lookAgain {
		return p.loaded, nil
	}
	p.looked = time.Now()
	info, err := os.Stat(p.cert)
	if err == nil && p.loaded != nil && info.ModTime().Equal(p.changed) {
		return p.loaded, nil
	}
	var fresh tls.Certificate
	if err == nil {
		fresh, err = tls.LoadX509KeyPair(p.cert, p.key)
	}
	if err != nil {
		if p.loaded != nil {
			return p.loaded, nil // half written: the old one still holds
		}
		return nil, fmt.Errorf("TLS certificate %s: %w", p.cert, err)
	}
	p.loaded, p.changed = &fresh, info.ModTime()
	return p.loaded, nil
}
