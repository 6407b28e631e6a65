package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/live/clock"
	"citygrid/web"
)

type purgeCmd struct {
	Data   string `help:"Data folder; its retention.json says how long positions are kept." default:"citygrid-data" type:"path"`
	DryRun bool   `help:"Say what would be removed and remove nothing." name:"dry-run"`
	Sure   bool   `help:"Believe the clock even if it is more than 30 days after all that is known."`
	JSON   bool   `help:"Print one line of JSON." name:"json"`
}

// Run has the server that holds the folder purge or, when none runs, does it itself.
func (c *purgeCmd) Run(e *env) error {
	if err := mustExist(c.Data); err != nil {
		return err
	}
	done, err := c.purge(e.ctx)
	if errors.Is(err, store.ErrRetention) {
		return badInput(err)
	}
	if err != nil {
		return err
	}
	return printResult(e.stdout, c.JSON, purged(done))
}

func (c *purgeCmd) purge(ctx context.Context) (done store.Purged, err error) {
	st, err := store.Open(c.Data, store.Options{})
	if errors.Is(err, store.ErrLocked) {
		return done, web.RequestPurge(ctx, store.ControlPath(c.Data), c.DryRun, c.Sure, &done)
	}
	if err != nil {
		return done, err
	}
	keep, err := store.ReadRetention(c.Data)
	if err == nil {
		done, err = st.Purge(ctx, keep, time.Now(), c.DryRun, c.Sure, audit.Act{Who: "console"})
	}
	return done, errors.Join(err, st.Close())
}

type purged store.Purged

// String is a table of days.
func (p purged) String() string {
	var b strings.Builder
	for _, d := range p.Days {
		fmt.Fprintf(&b, "%-8s %s %9d fixes %6d trackers  sha256 %s\n", d.Class, d.Day, d.Fixes, d.Trackers, d.SHA256)
	}
	verb := "removed"
	if p.DryRun {
		verb = "would be removed"
	}
	fmt.Fprintf(&b, "%d days of positions %s, %d fixes copied to alerts before, %d parts of tracks of old alerts %s", len(p.Days), verb, p.Copied, p.Tracks, verb)
	return b.String()
}

// A keeper purges while the server runs.
type keeper struct {
	st  *store.Store
	now func() time.Time // nil = time.Now
	log *slog.Logger
}

// purgeEvery is how often, by the machine's clock, it is looked whether a day became
// too old.
const purgeEvery = time.Hour

// jump is how far the computer's clock may go ahead of the time that really passes.
const jump = time.Hour

// run purges a minute after the start and then each hour, but not while the computer's
// clock is ahead of what it was put to then: what is old by such a clock may be of
// today. A restart believes it, unless it is further ahead than store.Purge lets pass.
func (k keeper) run(ctx context.Context) {
	steady := clock.Passed()
	begun, at := time.Now().Round(0), steady()
	pause := time.NewTimer(time.Minute)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		pause.Reset(purgeEvery)
		if ahead := time.Now().Round(0).Sub(begun) - (steady() - at); ahead > jump {
			k.log.Error("nothing is purged: the computer's clock was put ahead while the server ran; put it right, or restart the server if it is", "dur", ahead)
			continue
		}
		if _, err := k.purge(ctx, false, false); err != nil && ctx.Err() == nil {
			k.log.Error("old positions are not purged", "err", err)
		}
	}
}

func (k keeper) purge(ctx context.Context, dry, sure bool) (any, error) {
	keep, err := store.ReadRetention(k.st.Dir())
	if err != nil {
		return nil, err
	}
	now := time.Now
	if k.now != nil {
		now = k.now
	}
	by := audit.Act{At: now(), Who: "(retention)"}
	if sure || dry {
		by.Who = "console"
	}
	done, err := k.st.Purge(ctx, keep, now(), dry, sure, by)
	if err == nil && !dry && len(done.Days) > 0 {
		k.log.Info("old positions are purged", "days", len(done.Days))
	}
	return done, err
}
