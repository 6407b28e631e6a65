package clearance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/routing/path"
	"citygrid/routing/solve"

	"github.com/paulmach/orb"
)

var morning = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

// town is a drawn town with a yard at Y, a temporary site at T and a depot at D.
func town(t testing.TB) (b Board, at func(rune) orb.Point) {
	n, junction := streettest.Draw(t, `
a---b---c---d---e---f
|   |   |   |   |   |
g---h---D---i---j---k
|   |   |   |   |   |
l---Y---m---n---T---o`)
	at = func(letter rune) orb.Point { return n.Junction(junction(letter)).At.Point() }
	return Board{
		Ways: path.NewEngine(n, path.Car()),
		Sites: []Site{
			{ID: 1, Name: "yard", At: at('Y'), Room: -1},
			{ID: 2, Name: "temporary", At: at('T'), Room: 6, Hours: []Window{{morning, morning.Add(9 * time.Hour)}}},
		},
	}, at
}

func truck(id TruckID, capacity int, start orb.Point) Truck {
	return Truck{ID: id, Capacity: capacity, From: morning, To: morning.Add(10 * time.Hour), Start: start, End: start}
}

// inOrder says what is wrong with a run, or "".
func inOrder(r Run, sites []Site) string {
	load, now := r.Truck.Loaded, r.Truck.From
	for i, s := range r.Stops {
		if s.Arrive.Before(now) || s.Begin.Before(s.Arrive) || s.Leave.Before(s.Begin) {
			return fmt.Sprintf("stop %d: %v, %v, %v after %v", i, s.Arrive, s.Begin, s.Leave, now)
		}
		now = s.Leave
		w := s.Job.Window
		if s.IsSite() {
			load = 0
			for _, site := range sites {
				if site.ID == s.Site && len(site.Hours) > 0 {
					w = site.Hours[0]
				}
			}
		} else {
			load += s.Job.Load
		}
		if !w.Open.IsZero() && s.Begin.Before(w.Open) || !w.Close.IsZero() && s.Begin.After(w.Close) {
			return fmt.Sprintf("stop %d: begins %v, outside %v", i, s.Begin, w)
		}
		if load > r.Truck.Capacity || load != s.Load {
			return fmt.Sprintf("stop %d: a load of %d, it says %d, the truck takes %d", i, load, s.Load, r.Truck.Capacity)
		}
	}
	if load != 0 || r.End.Before(now) || r.End.After(r.Truck.To) {
		return fmt.Sprintf("ends at %v with a load of %d", r.End, load)
	}
	return ""
}

func jobs(r Run) (ids []JobID) {
	for _, s := range r.Stops {
		if !s.IsSite() {
			ids = append(ids, s.Job.ID)
		}
	}
	return ids
}

// A full truck unloads on its way and at the end.
func TestInsertUnloadsWhenFull(t *testing.T) {
	b, at := town(t)
	r := Start(truck(1, 2, at('D')))
	for i, letter := range "fke" {
		o, err := b.Insert(t.Context(), r, Job{ID: JobID(i + 1), At: at(letter), Load: 1})
		if err != nil {
			t.Fatal(err)
		}
		// Setting out anew saves the turn at the corner, some seconds.
		if o.Extra < -10*time.Second || o.Arrive.Before(morning) {
			t.Errorf("job %d: %v more, reached at %v", i+1, o.Extra, o.Arrive)
		}
		r = o.Run
		if wrong := inOrder(r, b.Sites); wrong != "" {
			t.Fatal(wrong)
		}
	}
	drops := 0
	for _, s := range r.Stops {
		if s.IsSite() {
			drops++
			if s.Site != 2 {
				t.Errorf("drops off at site %d, the nearest is 2", s.Site)
			}
		}
	}
	if drops != 2 || len(r.Stops) != 5 {
		t.Errorf("%d drop-offs in %d stops, want 2 in 5", drops, len(r.Stops))
	}
	if _, err := b.Insert(t.Context(), r, Job{ID: 2, At: at('a'), Load: 1}); !errors.Is(err, ErrKnown) {
		t.Errorf("a job twice: %v, want %v", err, ErrKnown)
	}
}

// Site 2 closes at 17:00; what is fetched later goes to the yard (FIELD.md T3).
func TestASiteClosesAtFive(t *testing.T) {
	b, at := town(t)
	r := Start(truck(1, 8, at('D')))
	early := Job{ID: 1, At: at('k'), Load: 1}
	late := Job{ID: 2, At: at('k'), Load: 1, Window: Window{Open: morning.Add(9*time.Hour + time.Minute)}}
	for _, c := range []struct {
		job  Job
		want SiteID
	}{{early, 2}, {late, 1}} {
		o, err := b.Insert(t.Context(), r, c.job)
		if err != nil {
			t.Fatal(err)
		}
		if last := o.Run.Stops[len(o.Run.Stops)-1]; last.Site != c.want {
			t.Errorf("job %d is brought to site %d, want %d", c.job.ID, last.Site, c.want)
		}
	}
	// A site that closes at once: the run is planned again and goes elsewhere.
	o, _ := b.Insert(t.Context(), r, early)
	b.Sites[1].Room = 0
	again, err := b.Again(t.Context(), o.Run)
	if err != nil || again.Stops[1].Site != 1 {
		t.Errorf("site 2 is full: %+v, %v; want site 1", again.Stops, err)
	}
}

func TestWhyNot(t *testing.T) {
	b, at := town(t)
	for _, c := range []struct {
		what string
		edit func(*Truck, *Job, *Board)
		want error
	}{
		{"too big", func(_ *Truck, j *Job, _ *Board) { j.Load = 3 }, solve.ErrCapacity},
		{"over before", func(_ *Truck, j *Job, _ *Board) { j.Window.Close = morning.Add(time.Second) }, solve.ErrWindow},
		{"shift over", func(tr *Truck, _ *Job, _ *Board) { tr.To = morning.Add(5 * time.Minute) }, solve.ErrShift},
		{"no way", func(_ *Truck, j *Job, _ *Board) { j.At = orb.Point{10, 10} }, solve.ErrNoWay},
		{"no room", func(_ *Truck, _ *Job, b *Board) { b.Sites = []Site{{ID: 1, At: at('Y'), Room: 0}} }, solve.ErrRoom},
		{"no load", func(_ *Truck, j *Job, _ *Board) { j.Load = 0 }, ErrJob},
		{"no id", func(_ *Truck, j *Job, _ *Board) { j.ID = 0 }, ErrJob},
		{"window upside down", func(_ *Truck, j *Job, _ *Board) {
			j.Window = Window{morning.Add(time.Hour), morning}
		}, ErrJob},
		{"shift upside down", func(tr *Truck, _ *Job, _ *Board) { tr.To = morning.Add(-1) }, ErrRun},
	} {
		tr, j, board := truck(1, 2, at('D')), Job{ID: 1, At: at('a'), Load: 1}, b
		c.edit(&tr, &j, &board)
		if _, err := board.Insert(t.Context(), Start(tr), j); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
}

func TestRemove(t *testing.T) {
	b, at := town(t)
	r := Start(truck(1, 2, at('D')))
	for i, letter := range "abc" {
		o, err := b.Insert(t.Context(), r, Job{ID: JobID(i + 1), At: at(letter), Load: 1})
		if err != nil {
			t.Fatal(err)
		}
		r = o.Run
	}
	r.Fixed = 1
	first := r.Stops[0].Job.ID
	if _, err := b.Remove(t.Context(), r, first); !errors.Is(err, ErrFixed) {
		t.Errorf("under way: %v, want %v", err, ErrFixed)
	}
	if _, err := b.Remove(t.Context(), r, 9); !errors.Is(err, ErrNoJob) {
		t.Errorf("not in the run: %v, want %v", err, ErrNoJob)
	}
	for id := range JobID(4) {
		if id == first || id == 0 {
			continue
		}
		before := r.End
		var err error
		if r, err = b.Remove(t.Context(), r, id); err != nil {
			t.Fatal(err)
		}
		if wrong := inOrder(r, b.Sites); wrong != "" || r.End.After(before) {
			t.Errorf("without job %d: %s; ends at %v, before at %v", id, wrong, r.End, before)
		}
	}
	if got := jobs(r); len(got) != 1 || len(r.Stops) != 2 {
		t.Errorf("jobs %v in %d stops, want one and its drop-off", got, len(r.Stops))
	}
}

// The truck that is nearer is offered first, and the other's reason is said.
func TestOffers(t *testing.T) {
	b, at := town(t)
	west, east, small := truck(1, 4, at('g')), truck(2, 4, at('k')), truck(3, 1, at('f'))
	offers, refused, err := b.Offers(t.Context(), []Run{Start(west), Start(east), Start(small)}, Job{ID: 1, At: at('f'), Load: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(offers) != 2 || offers[0].Run.Truck.ID != 2 || len(refused) != 1 || refused[0].Truck != 3 || !errors.Is(refused[0].Why, solve.ErrCapacity) {
		t.Errorf("offers %+v, refused %+v; want truck 2, truck 1, and 3 too small", offers, refused)
	}
	// The room of a site is shared: three trucks of 4 cannot all go to site 2.
	runs := []Run{Start(truck(1, 4, at('o'))), Start(truck(2, 4, at('o')))}
	b.Sites = b.Sites[1:]
	total := 0
	for id := JobID(1); id <= 10; id++ {
		offers, _, err := b.Offers(t.Context(), runs, Job{ID: id, At: at('k'), Load: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(offers) == 0 {
			break
		}
		total++
		runs[offers[0].Run.Truck.ID-1] = offers[0].Run
	}
	if total != 6 {
		t.Errorf("%d jobs planned, the one site has room for 6", total)
	}
}

// A peak day (FIELD.md T2): 60 jobs, 2 trucks of 8.
func TestPeakDay(t *testing.T) {
	b, at := town(t)
	r := rand.New(rand.NewPCG(1, 1))
	letters := []rune("abcdefghijklmno")
	runs := []Run{Start(truck(1, 8, at('D'))), Start(truck(2, 8, at('D')))}
	refusals, planned := 0, 0
	start := time.Now()
	all := JobID(60)
	if testing.Short() {
		all = 24
	}
	for id := JobID(1); id <= all; id++ {
		j := Job{ID: id, At: at(letters[r.IntN(len(letters))]), Load: 1 + r.IntN(2), Service: 6 * time.Minute}
		if r.IntN(4) == 0 {
			open := morning.Add(time.Duration(r.IntN(8)) * time.Hour)
			j.Window = Window{open, open.Add(90 * time.Minute)}
		}
		offers, refused, err := b.Offers(t.Context(), runs, j)
		if err != nil {
			t.Fatal(err)
		}
		if len(offers)+len(refused) != 2 {
			t.Fatalf("job %d: %d offers and %d refusals of 2 trucks", id, len(offers), len(refused))
		}
		if len(offers) == 0 {
			refusals++
			continue
		}
		planned++
		runs[offers[0].Run.Truck.ID-1] = offers[0].Run
		for _, run := range runs {
			if wrong := inOrder(run, b.Sites); wrong != "" {
				t.Fatalf("job %d, truck %d: %s", id, run.Truck.ID, wrong)
			}
		}
	}
	t.Logf("%d planned, %d refused, %v a job", planned, refusals, (time.Since(start) / time.Duration(all)).Round(time.Microsecond))
	if planned < int(all)-5 {
		t.Errorf("%d of %d jobs planned", planned, all)
	}
	if got := len(jobs(runs[0])) + len(jobs(runs[1])); got != planned {
		t.Errorf("%d jobs in the runs, %d planned", got, planned)
	}
}
