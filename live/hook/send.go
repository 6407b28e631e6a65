package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	timeout     = 10 * time.Second // of one try, from the name's look-up to the answer
	maxAnswer   = 64 << 10         // bytes of an answer that are read, for the connection to be kept
	maxWhy      = 300              // bytes of an answer's text that are shown
	maxPatience = 5 * time.Minute  // that a receiver may ask for by Retry-After
)

// Sign is the value of Citygrid-Signature for a body sent at t.
func Sign(secret string, t time.Time, body []byte) string {
	unix := strconv.FormatInt(t.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(unix + "."))
	mac.Write(body)
	return "t=" + unix + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// A refusal is an answer other than 2xx.
type refusal struct {
	status int
	text   string
	after  time.Duration // that the receiver wants us to wait; 0 = it didn't say
}

func (r *refusal) Error() string {
	if r.text == "" {
		return fmt.Sprintf("answered %d", r.status)
	}
	return fmt.Sprintf("answered %d: %s", r.status, r.text)
}

// final says that the receiver understood and doesn't want it: it is not busy or
// away for a while.
func (r *refusal) final() bool {
	switch r.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return r.status < 500
}

// clouds keep the keys of a machine at these addresses, beside those of the link-local
// net: Alibaba, Oracle, Azure, and Amazon by IPv6.
var clouds = []netip.Addr{
	netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"), netip.MustParseAddr("168.63.129.16"), netip.MustParseAddr("fd00:ec2::254"),
}

// nat64 leads to the IPv4 address in its last four bytes (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// mayReceive tells if an address may be a webhook's.
func mayReceive(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	return !a.IsLinkLocalUnicast() && !a.IsMulticast() && !a.IsUnspecified() && !slices.Contains(clouds, a)
}

// newClient makes requests that end at the receiver: no redirects, and nothing where
// clouds keep the keys of a machine.
func newClient() *http.Client {
	dial := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !mayReceive(to.Addr()) {
			return fmt.Errorf("%s is no address for a webhook", to.Addr())
		}
		return nil
	}}
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dial.DialContext, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: timeout,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post makes one delivery. The error is a *refusal when the receiver answered.
func post(ctx context.Context, client *http.Client, h Hook, m Message) error {
	body, err := m.body()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("its address is none")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "citygrid")
	req.Header.Set("Citygrid-Delivery", m.ID)
	req.Header.Set("Citygrid-Signature", Sign(h.Secret, time.Now(), body))
	answer, err := client.Do(req)
	if err != nil {
		return plain(err, req.URL.Hostname())
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return nil // it took it, whatever became of its answer
	}
	if err != nil {
		text = nil
	}
	return &refusal{answer.StatusCode, short(text), patience(answer.Header.Get("Retry-After"))}
}

// plain says why nothing was sent, in few words where it can. It leaves out the
// address, whose path may hold a receiver's key, and what of our network is
// nobody's business: it is shown in lists and logs.
func plain(err error, host string) error {
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Errorf("no machine is called %s", host)
	case errors.As(err, &name):
		return fmt.Errorf("the address of %s could not be looked up", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nobody listens at %s", host)
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// short is the beginning of an answer's text, in one line of printable characters.
func short(text []byte) string {
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(text[:min(len(text), maxWhy)]), ""))
	return strings.Join(strings.Fields(line), " ")
}

func patience(header string) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(header))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxPatience)
}
