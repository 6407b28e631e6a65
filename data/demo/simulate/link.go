package simulate

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"sync"
	"time"
)

// A link is the way to the server. While the server is away its calls wait, each
// for itself and longer each time, until it is back or ctx ends.
type link struct {
	url  string
	http *http.Client // without cookies
	log  *slog.Logger

	mu   sync.Mutex // guards the rest
	away bool
}

// How long a call waits before it tries again: doubling, at random, to the last.
const (
	firstPause = 200 * time.Millisecond
	lastPause  = 5 * time.Second
)

// maxAnswer bounds what is read of an answer; a day's walks are some hundred KB.
const maxAnswer = 32 << 20

func newLink(url string, roots *x509.CertPool, log *slog.Logger) *link {
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		MaxIdleConnsPerHost: senders + 40, IdleConnTimeout: time.Minute,
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
	}
	return &link{url: url, http: &http.Client{Transport: t, Timeout: 20 * time.Second}, log: log}
}

func (l *link) close() { l.http.CloseIdleConnections() }

// call sends a request until it is answered by something that another try would
// not change. build makes it anew for each try.
func (l *link) call(ctx context.Context, client *http.Client, build func() (*http.Request, error)) (status int, body []byte, err error) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		req, err := build()
		if err != nil {
			return 0, nil, err
		}
		status, wait, body, err := l.once(client, req.WithContext(ctx))
		switch {
		case ctx.Err() != nil:
			return 0, nil, ctx.Err()
		case err != nil || status == http.StatusBadGateway || status == http.StatusGatewayTimeout:
			l.lost(err, status)
		case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
			pause = max(pause, min(wait, 2*lastPause))
		default:
			l.found()
			return status, body, nil
		}
		if err := sleep(ctx, pause/2+time.Duration(rand.Int64N(int64(pause)))); err != nil {
			return 0, nil, err
		}
	}
}

func (l *link) once(client *http.Client, req *http.Request) (status int, wait time.Duration, body []byte, err error) {
	resp, err := client.Do(req)
	if err != nil {
		return 0, 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if s, e := strconv.Atoi(resp.Header.Get("Retry-After")); e == nil {
		wait = time.Duration(s) * time.Second
	}
	return resp.StatusCode, wait, body, err
}

// lost and found log the moments at which the server goes away and comes back.
func (l *link) lost(err error, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.away {
		l.away = true
		if err == nil {
			err = errors.New(http.StatusText(status))
		}
		l.log.Warn("the server is away: what devices have to tell waits", slog.Any("err", err))
	}
}

func (l *link) found() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		l.away = false
		l.log.Info("the server is back")
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A person is somebody who is logged in.
type person struct {
	*link
	account Account
	http    *http.Client // with the session's cookie
	login   sync.Mutex   // one login at a time
	id      int64        // set by the first login
}

func (l *link) person(a Account) *person {
	jar, _ := cookiejar.New(nil) // its error is always nil
	client := *l.http
	client.Jar = jar
	return &person{link: l, account: a, http: &client}
}

// A refusal is an answer of 400 and more.
type refusal struct {
	Status int    `json:"-"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	method string
	path   string
}

func (r *refusal) Error() string {
	return fmt.Sprintf("%s %s: %d %s %s", r.method, r.path, r.Status, r.Code, r.Detail)
}

// refusedWith tells if err is a refusal with that status.
func refusedWith(err error, status int) bool {
	var r *refusal
	return errors.As(err, &r) && r.Status == status
}

// ask sends a request with a JSON body (nil: none) and reads the JSON answer into
// out (nil: not wanted). key is an idempotency key; "" is none. Who isn't logged
// in is first.
func (p *person) ask(ctx context.Context, method, path string, header http.Header, in, out any) error {
	for try := 0; ; try++ {
		err := p.request(ctx, method, path, header, in, out)
		if !refusedWith(err, http.StatusUnauthorized) || try > 0 {
			return err
		}
		if err := p.logIn(ctx); err != nil {
			return err
		}
	}
}

func (p *person) logIn(ctx context.Context) error {
	p.login.Lock()
	defer p.login.Unlock()
	var said struct {
		Person *struct {
			ID int64 `json:"id"`
		} `json:"person"`
	}
	if err := p.request(ctx, http.MethodPost, "/api/session", nil, p.account, &said); err != nil {
		return fmt.Errorf("log in as %s: %w", p.account.Login, err)
	}
	if said.Person == nil {
		return fmt.Errorf("log in as %s: the server says nobody", p.account.Login)
	}
	p.id = said.Person.ID
	return nil
}

func (p *person) request(ctx context.Context, method, path string, header http.Header, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	status, answer, err := p.call(ctx, p.http, func() (*http.Request, error) {
		req, err := http.NewRequest(method, p.url+path, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		for k, v := range header {
			req.Header[k] = v
		}
		if in != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		return req, nil
	})
	if err != nil {
		return err
	}
	if status >= 400 {
		r := &refusal{}
		_ = json.Unmarshal(answer, r) // a proxy may answer with a page
		r.Status, r.method, r.path = status, method, path
		return r
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}
