package hook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"citygrid/live/alert"

	"github.com/paulmach/orb"
)

// Store is what the sender needs of storage. Delivered and Bury don't go back: a
// seq that is not newer changes nothing. Both answer ErrNoHook for a hook that was
// removed.
type Store interface {
	Hooks(context.Context) ([]Hook, error)
	AlertsSince(ctx context.Context, seq int64) ([]alert.Alert, error)
	Alert(context.Context, alert.ID) (alert.Alert, error)
	Delivered(ctx context.Context, id ID, seq int64) error
	Bury(context.Context, Dead) error
	DeadLetter(ctx context.Context, id ID, seq int64) (Dead, error)
	Unbury(ctx context.Context, id ID, seq int64) error
}

// Config says what a Sender works with. Store must be set.
type Config struct {
	Store Store
	Now   func() time.Time // what messages and lists call now; time.Now. Signatures go by the machine's clock
	Log   *slog.Logger     // slog.Default()
	// Where is where an alert is told to be, for closed ones near a home; nil is its place.
	Where func(alert.Alert) orb.Point

	Look    time.Duration // how often it is looked whether something changed; 1 s
	Wait    time.Duration // after the first failure, twice as long after each next; 1 s
	Longest time.Duration // the longest wait between two tries; 5 min
	GiveUp  time.Duration // how long a receiver that is away is waited for; 24 h
	Tries   int           // how often a delivery that is refused is tried; 5
}

// A Status is how it goes with a hook.
type Status struct {
	Failing bool      // the last try failed
	Why     string    // why it did
	Tries   int       // of the delivery at hand
	Next    time.Time // when it is tried again
	Last    time.Time // when something was delivered last; zero = not since the start
}

// A Sender delivers. New makes one, Run has it work; Status, Try and Again are for
// any goroutine.
type Sender struct {
	c      Config
	client *http.Client

	mu     sync.Mutex
	status map[ID]Status // guarded by mu
	posts  map[ID]*desk  // guarded by mu: the receivers at work
}

// A desk is the goroutine that serves one receiver.
type desk struct {
	hook Hook
	stop context.CancelFunc
	done chan struct{}
}

// New makes a Sender.
func New(c Config) *Sender {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Where == nil {
		c.Where = func(a alert.Alert) orb.Point { return a.At }
	}
	c.Look = orElse(c.Look, time.Second)
	c.Wait = orElse(c.Wait, time.Second)
	c.Longest = orElse(c.Longest, 5*time.Minute)
	c.GiveUp = orElse(c.GiveUp, 24*time.Hour)
	if c.Tries <= 0 {
		c.Tries = 5
	}
	return &Sender{c: c, client: newClient(), status: make(map[ID]Status), posts: make(map[ID]*desk)}
}

func orElse(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

// Status is how it goes with a hook, since the start.
func (s *Sender) Status(id ID) Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status[id]
}

// Run delivers until ctx ends, and returns when no request is under way.
func (s *Sender) Run(ctx context.Context) {
	defer s.client.CloseIdleConnections()
	look := time.NewTicker(s.c.Look)
	defer look.Stop()
	for {
		if err := s.attend(ctx); err != nil && ctx.Err() == nil {
			s.c.Log.Error("webhooks cannot be read; they go on as they were", "err", err)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			s.mu.Lock()
			all := s.posts
			s.posts = make(map[ID]*desk)
			s.mu.Unlock()
			for _, d := range all {
				d.stop()
				<-d.done
			}
			return
		}
	}
}

// attend has a desk for each hook that is on, as the hook is now.
func (s *Sender) attend(ctx context.Context) error {
	hooks, err := s.c.Store.Hooks(ctx)
	if err != nil {
		return err
	}
	wanted := make(map[ID]Hook, len(hooks))
	for _, h := range hooks {
		if !h.Off {
			wanted[h.ID] = h
		}
	}
	s.mu.Lock()
	var ended []*desk
	for id, d := range s.posts {
		if h, on := wanted[id]; !on || h.Version != d.hook.Version {
			ended = append(ended, d)
			delete(s.posts, id)
			delete(s.status, id)
		}
	}
	s.mu.Unlock()
	for _, d := range ended {
		d.stop()
		<-d.done
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, h := range wanted {
		if s.posts[id] != nil {
			continue
		}
		ctx, stop := context.WithCancel(ctx)
		d := &desk{h, stop, make(chan struct{})}
		s.posts[id] = d
		go func() {
			defer close(d.done)
			s.serve(ctx, h)
		}()
	}
	return nil
}

// serve delivers to one receiver, in order, until ctx ends.
func (s *Sender) serve(ctx context.Context, h Hook) {
	look := time.NewTicker(s.c.Look)
	defer look.Stop()
	for {
		alerts, err := s.c.Store.AlertsSince(ctx, h.Seq)
		if err != nil && ctx.Err() == nil {
			s.c.Log.Error("alerts for a webhook cannot be read", "hook", h.Name, "err", err)
		}
		for _, a := range alerts {
			if !s.deliver(ctx, h, a) {
				return
			}
			h.Seq = a.Seq
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// deliver tries until an alert's change is taken or given up; false when ctx ended
// or the hook was removed.
func (s *Sender) deliver(ctx context.Context, h Hook, a alert.Alert) bool {
	began := time.Now()
	for tries := 1; ; tries++ {
		err := post(ctx, s.client, h, alertMessage(h, a, s.c.Where(a), s.c.Now()))
		if ctx.Err() != nil {
			return false
		}
		if err == nil {
			s.note(h.ID, Status{Last: s.c.Now()})
			return s.keep(ctx, h, func() error { return s.c.Store.Delivered(ctx, h.ID, a.Seq) })
		}
		no := (*refusal)(nil)
		refused := errors.As(err, &no) && no.final()
		if (refused && tries >= s.c.Tries) || time.Since(began) >= s.c.GiveUp {
			s.c.Log.Warn("a webhook's delivery is given up", "hook", h.Name, "alert", a.ID, "tries", tries, "why", err)
			s.note(h.ID, Status{Failing: true, Why: err.Error(), Last: s.Status(h.ID).Last})
			return s.keep(ctx, h, func() error {
				return s.c.Store.Bury(ctx, Dead{Hook: h.ID, Seq: a.Seq, Alert: a.ID, At: s.c.Now(), Tries: tries, Why: err.Error()})
			})
		}
		wait := s.backoff(tries)
		if no != nil {
			wait = max(wait, no.after)
		}
		s.note(h.ID, Status{Failing: true, Why: err.Error(), Tries: tries, Next: s.c.Now().Add(wait), Last: s.Status(h.ID).Last})
		if !sleep(ctx, wait) {
			return false
		}
	}
}

// keep writes until it is written: what isn't on disk would be sent again and again.
func (s *Sender) keep(ctx context.Context, h Hook, write func() error) bool {
	for tries := 1; ; tries++ {
		err := write()
		if err == nil {
			return true
		}
		if errors.Is(err, ErrNoHook) || ctx.Err() != nil {
			return false
		}
		s.c.Log.Error("how far a webhook has come cannot be kept", "hook", h.Name, "err", err)
		if !sleep(ctx, s.backoff(tries)) {
			return false
		}
	}
}

// backoff is doubled with each try, and lies between a half and the whole of that,
// so that receivers that come back are not all rushed at once.
func (s *Sender) backoff(tries int) time.Duration {
	d := min(s.c.Wait<<min(tries-1, 20), s.c.Longest)
	return d/2 + rand.N(d/2+1)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Sender) note(id ID, st Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status[id] = st
}

// Try posts a message of type "test" once, and says what became of it.
func (s *Sender) Try(ctx context.Context, h Hook) error {
	now := s.c.Now()
	return post(ctx, s.client, h, Message{ID: fmt.Sprintf("%d-test-%d", h.ID, now.UnixNano()), Type: "test", Sent: now.UTC()})
}

// Again posts a dead letter once more, as its alert is now, and takes it off the
// list when it was taken. ErrNoDead: it isn't on the list.
func (s *Sender) Again(ctx context.Context, h Hook, seq int64) error {
	dead, err := s.c.Store.DeadLetter(ctx, h.ID, seq)
	if err != nil {
		return err
	}
	a, err := s.c.Store.Alert(ctx, dead.Alert)
	if err != nil {
		return err
	}
	if err := post(ctx, s.client, h, alertMessage(h, a, s.c.Where(a), s.c.Now())); err != nil {
		return err
	}
	return s.c.Store.Unbury(ctx, h.ID, seq)
}
