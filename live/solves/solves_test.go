package solves

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// problem is a truck and some vehicles in a row, where from the 31st on they stand
// beside the others.
func problem(tasks int) []byte {
	var rows, list []string
	nodes := min(tasks, 30) + 1
	for i := range nodes {
		var row []string
		for j := range nodes {
			row = append(row, fmt.Sprint(60*max(i-j, j-i)))
		}
		rows = append(rows, "["+strings.Join(row, ",")+"]")
	}
	for i := range tasks {
		list = append(list, fmt.Sprintf(`{"modes":[{"enter":%d,"leave":%d,"service_s":60}]}`, 1+i%30, 1+i%30))
	}
	return []byte(`{"profiles":[{"time_s":[` + strings.Join(rows, ",") + `]}],"tasks":[` + strings.Join(list, ",") + `],"units":[{"start":0,"end":0,"shift_s":[0,1000000]}]}`)
}

func TestDesk(t *testing.T) {
	at := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	d := NewDesk(func() time.Time { return at })
	defer d.Close()
	s, err := d.Submit(1, Ask{Problem: problem(20), Time: time.Minute, Iterations: 50, Seed: 1})
	if err != nil || s.State != Running || s.Tasks != 20 || !s.At.Equal(at) {
		t.Fatalf("%+v, %v", s, err)
	}
	for s.State == Running {
		if s, err = d.Next(t.Context(), 1, s.ID, s.Version); err != nil {
			t.Fatal(err)
		}
	}
	// There and back along the row, and a minute at each.
	if s.State != Done || s.Result == nil || s.Result.Cost != 3600 || len(s.Trace) == 0 || s.Digest == "" {
		t.Fatalf("%+v", s)
	}
	accepted, err := d.Accept(1, s.ID)
	if err != nil || accepted.State != Accepted || accepted.Version != s.Version+1 {
		t.Errorf("accepted: %+v, %v", accepted, err)
	}
	if again, err := d.Accept(1, s.ID); err != nil || again.Version != accepted.Version {
		t.Errorf("accepted again: %+v, %v", again, err)
	}

	// A long one: nobody else's, one at a time, ended with what it has.
	long := Ask{Problem: problem(30), Time: MaxTime}
	s, err = d.Submit(1, long)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(1, long); !errors.Is(err, ErrBusy) {
		t.Errorf("a second at once: %v", err)
	}
	if _, err := d.Accept(1, s.ID); !errors.Is(err, ErrRunning) {
		t.Errorf("accepted while it runs: %v", err)
	}
	other, err := d.Submit(2, long)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(3, long); !errors.Is(err, ErrFull) {
		t.Errorf("a third person's: %v", err)
	}
	for _, err := range []error{
		func() error { _, err := d.Solve(1, other.ID); return err }(),
		func() error { _, _, err := d.Cancel(1, other.ID); return err }(),
		func() error { _, err := d.Accept(1, other.ID); return err }(),
		func() error { _, err := d.Next(t.Context(), 1, 99, 0); return err }(),
	} {
		if !errors.Is(err, ErrNone) {
			t.Errorf("another's: %v", err)
		}
	}
	if _, changed, err := d.Cancel(1, s.ID); err != nil || !changed {
		t.Errorf("cancelled: %v, %v", changed, err)
	}
	for s.State == Running {
		if s, err = d.Next(t.Context(), 1, s.ID, s.Version); err != nil {
			t.Fatal(err)
		}
	}
	if s.State != Cancelled || s.Result == nil {
		t.Errorf("cancelled: %+v", s)
	}
	if list := d.Solves(1); len(list) != 2 || list[0].ID != s.ID {
		t.Errorf("%d of one's own", len(list))
	}
	d.Close()
	if _, err := d.Submit(5, long); !errors.Is(err, ErrFull) {
		t.Errorf("closed: %v", err)
	}
}

func TestLimits(t *testing.T) {
	d := NewDesk(time.Now)
	defer d.Close()
	for _, c := range []struct {
		ask  Ask
		want error
	}{
		{Ask{Problem: problem(2)}, ErrLimit},
		{Ask{Problem: problem(2), Time: MaxTime + 1}, ErrLimit},
		{Ask{Problem: problem(2), Time: 1, Iterations: -1}, ErrLimit},
		{Ask{Problem: problem(MaxTasks + 1), Time: 1}, ErrLimit},
		{Ask{Problem: []byte("{}"), Time: 1}, ErrForm},
		{Ask{Problem: []byte(`{"tasks": 1}`), Time: 1}, ErrForm},
	} {
		if _, err := d.Submit(1, c.ask); !errors.Is(err, c.want) {
			t.Errorf("%d bytes, %v: %v, want %v", len(c.ask.Problem), c.ask.Time, err, c.want)
		}
	}
	for range maxKept + 5 {
		s, err := d.Submit(1, Ask{Problem: problem(1), Time: time.Minute, Iterations: 1})
		for err == nil && s.State == Running {
			s, err = d.Next(t.Context(), 1, s.ID, s.Version)
		}
		if err != nil || s.State != Done {
			t.Fatal(s, err)
		}
	}
	if n := len(d.Solves(1)); n > maxKept {
		t.Errorf("%d are kept, %d is the most", n, maxKept)
	}
}
