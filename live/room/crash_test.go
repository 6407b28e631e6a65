package room_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"citygrid/data/store"
	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/live/room"
)

const childEnv = "CITYGRID_ROOM_TEST_CHILD"

// child is a server that is killed: a dog is in the park and reports, and each
// fix that was acknowledged is told.
func child(dir string) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var from time.Time
	if err := from.UnmarshalText([]byte(os.Getenv(childEnv + "_FROM"))); err != nil {
		return fail(err)
	}
	c := &clock{t: from}
	ctx := context.Background()
	st, err := store.Open(dir, store.Options{Now: c.now, Reserve: -1})
	if err != nil {
		return fail(err)
	}
	r, err := room.New(ctx, room.Config{Store: st, Now: c.now, SaveEvery: 20 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fail(err)
	}
	go func() { _ = r.Run(ctx) }()
	d, _ := r.Device("tag-1")
	for {
		now := c.pass(5 * time.Second)
		verdicts, err := r.Accept(ctx, d, []ingest.Fix{fixAt(now, inPark)})
		if err != nil || !verdicts[0].Stored {
			return fail(fmt.Errorf("%v, %w", verdicts, err))
		}
		fmt.Println(now.Format(time.RFC3339Nano))
		time.Sleep(time.Millisecond)
	}
}

// Killed again and again in the middle of a breach, the server has one alert that
// lasts, and each fix that it acknowledged.
func TestKill9(t *testing.T) {
	rounds := 6
	if testing.Short() || small {
		rounds = 2
	}
	b := founded(t)
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+b.dir, childEnv+"_FROM="+b.now().Format(time.RFC3339Nano))
		cmd.Stderr = os.Stderr
		out := must(cmd.StdoutPipe())(t)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		last := ""
		for n := 0; lines.Scan(); n++ {
			last = strings.TrimSpace(lines.Text())
			acknowledged[last] = true
			if n == 17+23*round {
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()
		at := must(time.Parse(time.RFC3339Nano, last))(t)
		b.mu.Lock()
		b.t = at.Add(5 * time.Second)
		b.mu.Unlock()
	}
	b.open()
	b.runs()
	b.report(b.tag, inPark)
	b.eventually("the alert", func() bool { all := b.alerts(); return len(all) > 0 && all[0].Grade.String() == "confirmed" })
	if got := b.alerts(); len(got) != 1 || !got[0].Lasts() || !got[0].Key.Start.Equal(morning.Add(5*time.Second)) {
		t.Errorf("kept are %+v", got)
	}
	stored := 0
	err := b.store.Fixes(t.Context(), ingest.TrackerID(b.tag.ID), time.Time{}, time.Time{}, func(f ingest.Fix) bool {
		delete(acknowledged, f.Time.Format(time.RFC3339Nano))
		stored++
		return true
	})
	if err != nil || len(acknowledged) > 0 {
		t.Errorf("of those acknowledged %d are lost, %d are stored, %v", len(acknowledged), stored, err)
	}
	if _, ok := b.room.Device(register.DeviceID(b.tag.ID)); !ok {
		t.Error("the device is not known")
	}
}
