package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"citygrid/data/demo"
	"citygrid/data/store"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/live/room"
	"citygrid/web"
)

type demoCmd struct {
	Data     string  `help:"The demo's own data folder." default:"var/demo" type:"path"`
	Fresh    bool    `help:"Start over: removes the demo's data folder first."`
	Speed    float64 `help:"How many times as fast as the real one the demo's clock runs, 1 to 60." default:"10"`
	Simulate bool    `help:"Move officers, trucks and dogs, by running citygrid simulate beside the server." default:"true" negatable:""`
	listenFlags
}

// Run makes the demo's data folder if need be, with accounts whose passwords are
// told once, and serves it.
func (c *demoCmd) Run(e *env) (err error) {
	if !(c.Speed >= demo.MinSpeed && c.Speed <= demo.MaxSpeed) {
		return badInput(fmt.Errorf("--speed %v is not %d to %d", c.Speed, demo.MinSpeed, demo.MaxSpeed))
	}
	if c.Fresh {
		if err := removeDemo(e.ctx, c.Data); err != nil {
			return err
		}
	}
	st, err := store.Open(c.Data, store.Options{Log: slog.New(slog.NewTextHandler(e.stderr, nil))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	zone, err := time.LoadLocation(demo.TimeZone)
	if err != nil {
		return err
	}
	clock, err := demo.OpenClock(filepath.Join(c.Data, "demo-clock.json"), c.Speed, zone, time.Now)
	if err != nil {
		return err
	}
	ticking := keepTime(e.ctx, clock)
	defer func() { err = errors.Join(err, ticking()) }()
	// The accounts are made when nothing is left that could keep their passwords
	// from being printed, such as a port that somebody else has.
	var accounts []demoAccount
	return serving{
		listenFlags: c.listenFlags, data: c.Data, demo: true,
		now: clock.Now, speed: c.Speed,
		prepare: func() (err error) {
			if accounts, err = makeDemo(e.ctx, st, c.Data, clock.Now()); err != nil {
				return err
			}
			return keepShifts(e.ctx, st, clock.Now(), zone)
		},
		hello: func(url string) any {
			return demoHello{URL: url, Accounts: accounts, Speed: c.Speed, Simulated: c.Simulate}
		},
		beside: func(ctx context.Context, url string, control *room.Room, log *slog.Logger) {
			var all sync.WaitGroup
			all.Go(func() { carryOn(ctx, st, control, clock, zone, log) })
			if c.Simulate {
				all.Go(func() { c.simulate(ctx, e, url, log) })
			}
			all.Wait()
		},
	}.run(e, st)
}

// keepTime runs the clock until the function that it gives is called.
func keepTime(ctx context.Context, clock *demo.Clock) (stop func() error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- clock.Run(ctx) }()
	return func() error {
		cancel()
		return <-done
	}
}

// simulate runs this program once more, as the demo's officers, drivers and dogs:
// a client like any other, that ends when we do. Its standard input is held open
// for as long as we live, be we killed.
func (c *demoCmd) simulate(ctx context.Context, e *env, url string, log *slog.Logger) {
	self, err := os.Executable()
	if err != nil {
		log.Error("no simulator", slog.Any("err", err))
		return
	}
	args := []string{"simulate", "--url", url, "--accounts", castPath(c.Data), "--until-eof"}
	if c.TLSCert != "" {
		args = append(args, "--ca", c.TLSCert)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdout, cmd.Stderr = e.stderr, e.stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if _, err = cmd.StdinPipe(); err == nil {
		err = cmd.Run()
	}
	if err != nil && ctx.Err() == nil {
		log.Error("the simulator ended: nobody moves any more; start the demo again", slog.Any("err", err))
	}
}

// removeDemo removes a demo's data folder, and nothing that is not one.
func removeDemo(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		return err
	}
	set, err := st.Settings(ctx)
	if err = errors.Join(err, st.Close()); err != nil {
		return err
	}
	if set.Bureau != nil && set.Bureau["en"] != demo.Bureau().Name["en"] {
		return badInput(fmt.Errorf("%s is not a demo's data folder but that of %s; --fresh would remove it", dir, set.Bureau["en"]))
	}
	return os.RemoveAll(dir)
}

// makeDemo sets up the demo city in an empty store. It gives the visitor's
// accounts with their passwords when it has just made them, and none when they
// were there.
func makeDemo(ctx context.Context, st *store.Store, dir string, now time.Time) ([]demoAccount, error) {
	needed, err := st.NeedsSetup(ctx)
	if err != nil {
		return nil, err
	}
	if !needed {
		if _, err := os.Stat(castPath(dir)); err != nil {
			return nil, fmt.Errorf("%w: the demo in %s was made by an earlier citygrid, or not to the end: make it anew with citygrid demo --fresh", err, dir)
		}
		return nil, nil
	}
	city, err := placeDemoCity(dir)
	if err != nil {
		return nil, err
	}
	world, err := demo.NewWorld(city)
	if err != nil {
		return nil, err
	}
	visitors := demo.Accounts()
	made := make([]demoAccount, len(visitors))
	hashes := map[string]string{}
	for i, a := range visitors {
		made[i] = demoAccount{Login: a.Login, Name: a.Name, Role: a.Role}
		if made[i].Password, hashes[a.Login], err = drawPassword(); err != nil {
			return nil, err
		}
	}
	root := demo.Bureau()
	if err := web.Found(ctx, records{st}, web.Founding{
		Login: made[0].Login, Name: made[0].Name, Password: made[0].Password,
		Bureau: root.Name, TimeZone: demo.TimeZone, Region: demo.Region, Language: demo.Language,
	}, consoleAct("", "")); err != nil {
		return nil, fmt.Errorf("set up the demo: %w", err)
	}
	if root, err = bureau(ctx, st); err != nil {
		return nil, err
	}
	dispatcher := people.Person{
		Login: made[1].Login, Name: made[1].Name, PasswordHash: hashes[made[1].Login], Grants: []people.Grant{{Role: made[1].Role, Area: root.ID}},
	}
	if _, err := st.AddPerson(ctx, dispatcher, consoleAct("person.add", "person/"+dispatcher.Login)); err != nil {
		return nil, err
	}
	cast, err := populate(ctx, st, world, root, hashes, now)
	if err != nil {
		return nil, fmt.Errorf("fill the demo: %w", err)
	}
	return made, cast.Save(castPath(dir)) // last: its being there says that all is
}

// castPath is where the simulator's accounts are.
func castPath(dir string) string { return filepath.Join(dir, "simulator.json") }

// bureau is the root of the areas.
func bureau(ctx context.Context, st *store.Store) (grid.Area, error) {
	areas, err := st.Areas(ctx)
	if err != nil {
		return grid.Area{}, err
	}
	for _, a := range areas {
		if a.Kind == grid.Bureau {
			return a, nil
		}
	}
	return grid.Area{}, errors.New("the bureau is not set up: citygrid setup does that")
}

// demoHello is what demo says when it is ready.
type demoHello struct {
	URL      string        `json:"url"`
	Accounts []demoAccount `json:"accounts,omitempty"` // only once

	Speed     float64 `json:"speed"`
	Simulated bool    `json:"simulated"`
}

type demoAccount struct {
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Role     people.Role `json:"role"`
	Password string      `json:"password"`
}

func (h demoHello) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "citygrid demo: open %s\n", h.URL)
	fmt.Fprintf(&b, "Its clock runs %g times as fast as yours, and leaves out the nights.\n", h.Speed)
	if h.Simulated {
		b.WriteString("24 officers, 4 tow trucks and 300 dogs are moved by `citygrid simulate`, which was started beside the server.\n")
	}
	if len(h.Accounts) == 0 {
		b.WriteString("The accounts' passwords were printed when the demo was made; `citygrid demo --fresh` makes it anew.")
		return b.String()
	}
	b.WriteString("\nThese passwords are shown only now:\n")
	for _, a := range h.Accounts {
		fmt.Fprintf(&b, "  %-10s %s   %s, %s\n", a.Login, a.Password, a.Name, a.Role)
	}
	b.WriteString("\nStop it with Ctrl-C.")
	return b.String()
}
