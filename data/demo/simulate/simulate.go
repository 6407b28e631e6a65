package simulate

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Config is what a simulation needs.
type Config struct {
	URL   string // of the server, without a slash at its end
	Cast  Cast
	State string // file for what must outlast us
	Seed  uint64
	Roots *x509.CertPool // of the server's certificate; nil is the system's
	Log   *slog.Logger
}

// How often devices are looked at, and the state is kept, in real time.
const (
	lookAround = 100 * time.Millisecond
	keepState  = 5 * time.Second
)

// senders is how many requests of devices are under way at once, planners how
// many dogs' walks are.
const (
	senders  = 16
	planners = 4
)

// A simulation is a run of it.
type simulation struct {
	Config
	link  *link
	clock *clock
	admin *person

	roster roster

	crew    []*worker
	dogs    []*dog
	byDog   map[int64]*dog // by the register's id
	devices []*device

	count counts
	send  chan *device // as long as there are devices, each at most once in it
	plan  chan *dog    // likewise
}

// Run moves the cast until ctx ends, which is no error. It returns one if the server
// doesn't know the cast.
func Run(ctx context.Context, c Config) error {
	s := &simulation{Config: c, link: newLink(c.URL, c.Roots, c.Log), clock: &clock{real: time.Now}}
	defer s.link.close()
	err := s.run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (s *simulation) run(ctx context.Context) error {
	kept, err := readState(s.State)
	if err != nil {
		return err
	}
	if err := s.clock.look(ctx, s.link); err != nil {
		return err
	}
	var running sync.WaitGroup
	defer running.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	running.Go(func() { s.clock.follow(ctx, s.link) })

	s.admin = s.link.person(s.Cast.Admin)
	if err := s.hire(ctx, kept); err != nil {
		return err
	}
	s.Log.Info("simulating", "officers", len(s.Cast.Officers), "drivers", len(s.Cast.Drivers), "dogs", len(s.dogs), "at", s.clock.Now())

	s.send = make(chan *device, len(s.devices))
	s.plan = make(chan *dog, len(s.dogs))
	for range senders {
		running.Go(func() {
			for {
				select {
				case d := <-s.send:
					d.deliver(ctx, s.link, &s.count)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	for range planners {
		running.Go(func() {
			for {
				select {
				case d := <-s.plan:
					d.makePlan(ctx, s)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	for _, w := range s.crew {
		running.Go(func() { w.work(ctx, s) })
	}
	running.Go(func() { s.renew(ctx) })
	defer s.save() // when all have ended
	defer running.Wait()
	defer stop()
	return s.loop(ctx)
}

// loop samples the devices and hands those with something to tell to the senders.
func (s *simulation) loop(ctx context.Context) error {
	tick := time.NewTicker(lookAround)
	defer tick.Stop()
	saved := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		now, zone := s.clock.Now(), s.clock.Zone()
		for _, d := range s.dogs {
			if d.wants(s.Seed, now.In(zone)) {
				s.plan <- d // has room for all
			}
		}
		for _, d := range s.devices {
			if d.sample(now) {
				s.send <- d // has room for all
			}
		}
		if time.Since(saved) > keepState {
			saved = time.Now()
			s.save()
		}
	}
}

// save keeps the state, or says why not.
func (s *simulation) save() {
	if err := s.state().save(s.State); err != nil {
		s.Log.Error("the state is not kept: after a restart devices get new secrets", "err", err)
	}
}

// listed reads a list of the server's, under the name it has in the answer.
func listed[T any](ctx context.Context, p *person, name string) ([]T, error) {
	var said map[string][]T
	if err := p.ask(ctx, "GET", "/api/"+name, nil, nil, &said); err != nil {
		return nil, err
	}
	list, ok := said[name]
	if !ok {
		return nil, fmt.Errorf("GET /api/%s: no %s in the answer", name, name)
	}
	return list, nil
}
