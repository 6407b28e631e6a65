package hook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/live/alert"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a Store in memory.
type shelf struct {
	mu     sync.Mutex
	hooks  map[ID]Hook
	alerts []alert.Alert // by Seq
	dead   map[int64]Dead
}

func (s *shelf) Hooks(context.Context) (all []Hook, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hooks {
		all = append(all, h)
	}
	return all, nil
}

func (s *shelf) AlertsSince(_ context.Context, seq int64) (all []alert.Alert, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.alerts {
		if a.Seq > seq {
			all = append(all, a)
		}
	}
	return all, nil
}

func (s *shelf) Alert(_ context.Context, id alert.ID) (alert.Alert, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.alerts {
		if a.ID == id {
			return a, nil
		}
	}
	return alert.Alert{}, alert.ErrNoAlert
}

func (s *shelf) Delivered(_ context.Context, id ID, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.hooks[id]
	if !ok {
		return ErrNoHook
	}
	h.Seq = max(h.Seq, seq)
	s.hooks[id] = h
	return nil
}

func (s *shelf) Bury(ctx context.Context, d Dead) error {
	if err := s.Delivered(ctx, d.Hook, d.Seq); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead[d.Seq] = d
	return nil
}

func (s *shelf) DeadLetter(_ context.Context, _ ID, seq int64) (Dead, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.dead[seq]
	if !ok {
		return d, ErrNoDead
	}
	return d, nil
}

func (s *shelf) Unbury(_ context.Context, _ ID, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dead, seq)
	return nil
}

func (s *shelf) raise(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alerts = append(s.alerts, alert.Alert{ID: alert.ID(seq), Seq: seq, State: alert.Open, Began: time.Unix(seq, 0)})
}

func (s *shelf) set(h Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks[h.ID] = h
}

func (s *shelf) reached(id ID) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hooks[id].Seq
}

func (s *shelf) buried() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.dead)
}

// receiver answers as told and remembers what it took.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(n int, m Message) int // n counts requests from 1
	n      int
	took   []int64
	bad    []string
}

const secret = "a secret of twenty characters"

func receive(t *testing.T, answer func(n int, m Message) int) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var m Message
		err := json.Unmarshal(body, &m)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err != nil || !signed(req.Header.Get("Citygrid-Signature"), body) || req.Header.Get("Citygrid-Delivery") != m.ID {
			r.bad = append(r.bad, fmt.Sprint(req.Header, string(body), err))
		}
		r.n++
		status := r.answer(r.n, m)
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		if status < 300 && m.Alert != nil {
			r.took = append(r.took, m.Alert.Seq)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "no\nthank\x00you")
	}))
	t.Cleanup(func() {
		r.Close()
		for _, b := range r.bad {
			t.Error("a message that doesn't hold:", b)
		}
	})
	return r
}

// signed checks a signature as a receiver would, by the words of the documentation.
func signed(header string, body []byte) bool {
	at, sum, _ := strings.Cut(strings.TrimPrefix(header, "t="), ",v1=")
	unix, err := strconv.ParseInt(at, 10, 64)
	if err != nil || time.Since(time.Unix(unix, 0)).Abs() > time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s", at, body)
	return hex.EncodeToString(mac.Sum(nil)) == sum
}

func (r *receiver) seen() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]int64(nil), r.took...)
}

func quick(s Store) *Sender {
	return New(Config{Store: s, Log: slog.New(slog.DiscardHandler), Look: 2 * time.Millisecond, Wait: time.Millisecond, Longest: 4 * time.Millisecond, Tries: 3})
}

// runs has a sender work until the test or the returned function ends it.
func runs(t *testing.T, s *Sender) (end func()) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	end = func() { stop(); <-done }
	t.Cleanup(end)
	return end
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func hookTo(r *receiver) Hook {
	return Hook{ID: 1, Version: 1, Name: "desk", URL: r.URL, Secret: secret}
}

// Every change arrives in order, though the receiver is away at times and the
// sender is stopped in between.
func TestNothingIsLost(t *testing.T) {
	r := receive(t, func(n int, _ Message) int {
		return []int{200, 503, 429, 204, 500, 202}[n%6]
	})
	s := &shelf{hooks: map[ID]Hook{1: hookTo(r)}, dead: map[int64]Dead{}}
	for round := range 4 {
		end := runs(t, quick(s))
		for i := range 10 {
			s.raise(int64(1 + round*10 + i))
		}
		if round == 3 {
			eventually(t, "all delivered", func() bool { return s.reached(1) == 40 })
		} else {
			eventually(t, "some delivered", func() bool { return s.reached(1) > int64(round*10) })
		}
		end()
	}
	last := int64(0)
	for _, seq := range r.seen() {
		// Stopped after the answer and before it was noted, a delivery comes again.
		if seq != last+1 && seq != last {
			t.Fatalf("order %v", r.seen())
		}
		last = seq
	}
	if last != 40 || s.buried() != 0 {
		t.Errorf("the last is %d, %d dead letters", last, s.buried())
	}
}

// What is refused again and again is put aside, said why, and can be sent anew.
func TestDeadLetter(t *testing.T) {
	refuse := true
	var mu sync.Mutex
	r := receive(t, func(_ int, m Message) int {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case m.Type == "test":
			return http.StatusFound // is not followed
		case refuse && m.Alert.Seq == 2:
			return http.StatusBadRequest
		}
		return http.StatusOK
	})
	h := hookTo(r)
	s := &shelf{hooks: map[ID]Hook{1: h}, dead: map[int64]Dead{}}
	sender := quick(s)
	for seq := range int64(3) {
		s.raise(seq + 1)
	}
	end := runs(t, sender)
	eventually(t, "all handled", func() bool { return s.reached(1) == 3 })
	end()
	d, err := s.DeadLetter(t.Context(), 1, 2)
	if err != nil || d.Tries != 3 || d.Alert != 2 || d.Why != "answered 400: no thank you" {
		t.Errorf("dead letter %+v, %v", d, err)
	}
	if got := fmt.Sprint(r.seen()); got != "[1 3]" {
		t.Errorf("took %s", got)
	}
	no := (*refusal)(nil)
	if err := sender.Again(t.Context(), h, 2); !errors.As(err, &no) || no.status != 400 || s.buried() != 1 {
		t.Errorf("sent again in vain: %v, %d dead letters", err, s.buried())
	}
	mu.Lock()
	refuse = false
	mu.Unlock()
	if err := sender.Again(t.Context(), h, 2); err != nil || s.buried() != 0 {
		t.Errorf("sent again: %v, %d dead letters", err, s.buried())
	}
	if err := sender.Again(t.Context(), h, 2); !errors.Is(err, ErrNoDead) {
		t.Errorf("sent a third time: %v", err)
	}
	if err := sender.Try(t.Context(), h); !errors.As(err, &no) || no.status != http.StatusFound {
		t.Errorf("a redirect: %v", err)
	}
}

// A receiver that is gone is waited for, its status says so, and its address is in
// no message; switched off, it is left alone.
func TestAway(t *testing.T) {
	r := receive(t, func(int, Message) int { return 200 })
	h := hookTo(r)
	h.URL = "http://127.0.0.1:1/a-key-in-the-path"
	s := &shelf{hooks: map[ID]Hook{1: h}, dead: map[int64]Dead{}}
	sender := quick(s)
	s.raise(1)
	runs(t, sender)
	eventually(t, "failing", func() bool { return sender.Status(1).Tries > 5 })
	if st := sender.Status(1); !st.Failing || st.Why == "" || strings.Contains(st.Why, "a-key") {
		t.Errorf("status %+v", st)
	}
	h.Off, h.Version = true, 2
	s.set(h)
	eventually(t, "left alone", func() bool { return sender.Status(1) == Status{} })
	h.URL, h.Off, h.Version = r.URL, false, 3
	s.set(h)
	eventually(t, "delivered", func() bool { return s.reached(1) == 1 })
	if st := sender.Status(1); st.Failing || st.Last.IsZero() {
		t.Errorf("status %+v", st)
	}
}

func TestGiveUp(t *testing.T) {
	r := receive(t, func(int, Message) int { return 503 })
	s := &shelf{hooks: map[ID]Hook{1: hookTo(r)}, dead: map[int64]Dead{}}
	sender := quick(s)
	sender.c.GiveUp = 30 * time.Millisecond
	s.raise(1)
	runs(t, sender)
	eventually(t, "given up", func() bool { return s.buried() == 1 })
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, url, field string
	}{
		{"desk", "https://desk.example.org/alerts?of=us", ""},
		{"desk", "http://localhost:9000/x", ""},
		{"desk", "http://[::1]/x", ""},
		{"", "https://desk.example.org/", "name"},
		{" desk", "https://desk.example.org/", "name"},
		{"desk", "http://desk.example.org/", "url"},
		{"desk", "ftp://desk.example.org/", "url"},
		{"desk", "https:///alerts", "url"},
		{"desk", "https://:8080/", "url"},
		{"desk", "https://me:pass@desk.example.org/", "url"},
		{"desk", "https://desk.example.org/#x", "url"},
		{"desk", "https://desk.example.org/" + strings.Repeat("x", MaxURL), "url"},
		{"desk", "://", "url"},
	} {
		err := Hook{Name: c.name, URL: c.url}.Check()
		field := (*FieldError)(nil)
		if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &field) || field.Field != c.field || !errors.Is(err, ErrHook)) {
			t.Errorf("%q %.60q: %v, want a fault of %q", c.name, c.url, err, c.field)
		}
	}
}

// The keys of a cloud's machine are in the link-local net.
func TestNoLinkLocal(t *testing.T) {
	for _, host := range []string{"169.254.169.254", "100.100.100.200", "[fe80::1%25lo]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "0.0.0.0"} {
		err := New(Config{}).Try(t.Context(), Hook{ID: 1, URL: "http://" + host + "/latest", Secret: secret})
		if err == nil || !strings.Contains(err.Error(), "no address for a webhook") {
			t.Errorf("%s: %v", host, err)
		}
	}
	if err := New(Config{}).Try(t.Context(), Hook{ID: 1, URL: "http://\x7f/", Secret: secret}); err == nil {
		t.Error("an address that is none was reached")
	}
}
