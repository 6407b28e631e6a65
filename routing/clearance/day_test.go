package clearance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/fleet"

	"github.com/paulmach/orb"
)

// peak is a peak day (FIELD.md T2, T3): so many jobs, 2 trucks of 8, a temporary site
// that closes at 17:00.
func peak(t testing.TB, n int) (Board, []Run, []Job) {
	b, at := town(t)
	b.Police = []Window{{morning.Add(time.Hour), morning.Add(3 * time.Hour)}, {morning.Add(6 * time.Hour), morning.Add(8 * time.Hour)}}
	b.Sites[1].Room = -1
	r := rand.New(rand.NewPCG(4, 1))
	letters := []rune("abcdefghijklmno")
	var jobs []Job
	for id := range n {
		j := Job{ID: JobID(id + 1), At: at(letters[r.IntN(len(letters))]), Load: 1, Service: 6 * time.Minute, Strict: id%5 == 0, Police: id%9 == 0}
		if r.IntN(4) == 0 && !j.Police {
			open := morning.Add(time.Duration(r.IntN(8)) * time.Hour)
			j.Window = Window{open, open.Add(90 * time.Minute)}
		}
		jobs = append(jobs, j)
	}
	a, c := truck(1, 8, at('D')), truck(2, 8, at('D'))
	a.Breaks = []Break{{Window: Window{morning.Add(3 * time.Hour), morning.Add(5 * time.Hour)}, Length: 30 * time.Minute, At: []orb.Point{at('D')}}}
	return b, []Run{Start(a), Start(c)}, jobs
}

// Every rule of the trade, looked up in the runs themselves: a capacity of 8, a site
// that is shut from 17:00, the police with one truck at a time, a rest, hours of jobs.
func TestDay(t *testing.T) {
	b, runs, jobs := peak(t, 30)
	day, err := b.Plan(t.Context(), runs, jobs, fleet.Search{Iterations: 150, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(day.Left) > 0 {
		t.Errorf("%d left, first %v", len(day.Left), day.Left[0].Why)
	}
	seen := map[JobID]bool{}
	with := map[int]TruckID{} // by police slot
	for _, r := range day.Runs {
		if wrong := inOrder(r, b.Sites); wrong != "" {
			t.Errorf("truck %d: %s", r.Truck.ID, wrong)
		}
		rests := 0
		for k, s := range r.Stops {
			switch {
			case s.Rest:
				rests++
				if w := r.Truck.Breaks[0].Window; s.Begin.Before(w.Open) || s.Begin.After(w.Close) || s.Leave.Sub(s.Begin) != 30*time.Minute {
					t.Errorf("truck %d rests from %v to %v", r.Truck.ID, s.Begin, s.Leave)
				}
				if b.At(r.Truck, r.Stops, k) != r.Truck.Start {
					t.Errorf("truck %d does not rest at the depot", r.Truck.ID)
				}
			case s.IsSite():
				if s.Site == 2 && s.Begin.After(morning.Add(9*time.Hour)) {
					t.Errorf("unloads at the temporary site at %v", s.Begin)
				}
			default:
				if seen[s.Job.ID] {
					t.Errorf("job %d is fetched twice", s.Job.ID)
				}
				seen[s.Job.ID] = true
				if !s.Job.Police {
					continue
				}
				slot := slices.IndexFunc(b.Police, func(w Window) bool { return !s.Begin.Before(w.Open) && !s.Begin.After(w.Close) })
				if other, taken := with[slot]; slot < 0 || taken && other != r.Truck.ID {
					t.Errorf("job %d begins at %v: slot %d of the police, who are with truck %d", s.Job.ID, s.Begin, slot, other)
				}
				with[slot] = r.Truck.ID
			}
		}
		if r.Truck.ID == 1 && rests != 1 && r.End.After(morning.Add(5*time.Hour)) {
			t.Errorf("truck 1 works to %v and rests %d times", r.End, rests)
		}
	}
	if len(seen) != len(jobs) {
		t.Errorf("%d of %d jobs are fetched", len(seen), len(jobs))
	}

	// Released, broken, more: the day is planned on from what it is.
	day.Runs[0].Fixed = 3
	day.Runs[0].Stops = slices.Delete(day.Runs[0].Stops, 5, 6) // whatever it was
	first := slices.Clone(day.Runs[0].Stops[:3])
	next, err := b.Plan(t.Context(), day.Runs, []Job{{ID: 99, At: jobs[0].At, Load: 1}}, fleet.Search{})
	if err != nil || len(next.Runs[0].Stops) < 4 {
		t.Fatal(err)
	}
	for k, s := range first {
		if now := next.Runs[0].Stops[k]; now.Job.ID != s.Job.ID || !now.Leave.Equal(s.Leave) {
			t.Errorf("stop %d was job %d until %v and is job %d until %v", k, s.Job.ID, s.Leave, now.Job.ID, now.Leave)
		}
	}
	if _, err := b.Plan(t.Context(), next.Runs, jobs[:1], fleet.Search{}); !errors.Is(err, ErrKnown) {
		t.Errorf("a job twice: %v", err)
	}
}

// What no truck can do is left with the reason, and the important first.
func TestDayLeaves(t *testing.T) {
	b, runs, jobs := peak(t, 30)
	b.Police = nil
	jobs[1].Needs = []string{"crane"}
	jobs[2].Load = 9
	runs = runs[1:]
	runs[0].Truck.To = morning.Add(3 * time.Hour)
	day, err := b.Plan(t.Context(), runs, jobs, fleet.Search{Iterations: 100})
	if err != nil {
		t.Fatal(err)
	}
	why := map[JobID]error{}
	strict, others := 0, 0
	for _, l := range day.Left {
		why[l.Job.ID] = l.Why
		if l.Job.Strict && !l.Job.Police && l.Job.Window == (Window{}) {
			strict++
		} else {
			others++
		}
	}
	for id, rule := range map[JobID]error{1: solve.ErrWindow, 2: solve.ErrSkills, 3: solve.ErrCapacity} {
		if !errors.Is(why[id], rule) {
			t.Errorf("job %d: %v, want %v", id, why[id], rule)
		}
	}
	if strict > 0 || others < 5 {
		t.Errorf("left: %d on strict roads, %d others: the others are to be left first", strict, others)
	}
}

// A job on a strict road is begun within the hour where that can be.
func TestStrictFirst(t *testing.T) {
	b, runs, jobs := peak(t, 24)
	for i := range jobs {
		jobs[i].Police, jobs[i].Window, jobs[i].Strict = false, Window{}, i%6 == 0
	}
	day, err := b.Plan(t.Context(), runs, jobs, fleet.Search{Iterations: 300})
	if err != nil || day.Late != 0 {
		t.Fatalf("late by %v, %v", day.Late, err)
	}
	for _, r := range day.Runs {
		for _, s := range r.Stops {
			if s.Job.Strict && s.Begin.After(morning.Add(time.Hour)) {
				t.Errorf("job %d on a strict road is begun at %v", s.Job.ID, s.Begin)
			}
		}
	}
}

// BenchmarkOffers is the desk asking who could fetch one more vehicle, with the ways
// looked up on a small map, among so many jobs in runs of 20.
func BenchmarkOffers(b *testing.B) {
	for _, n := range []int{100, 300, 1000} {
		b.Run(fmt.Sprintf("jobs=%d", n), func(b *testing.B) {
			board, _, jobs := peak(b, n+1)
			board.Sites[1].Hours = nil
			var runs []Run
			for u := range n / 20 {
				tr := truck(TruckID(u+1), 8, jobs[u].At)
				tr.To = morning.Add(100 * time.Hour)
				r := Start(tr)
				for _, j := range jobs[20*u : 20*u+20] {
					j.Police, j.Strict, j.Window = false, false, Window{}
					r.Stops = append(r.Stops, Stop{Job: j})
				}
				var err error
				if r, err = board.Again(b.Context(), r); err != nil {
					b.Fatal(err)
				}
				runs = append(runs, r)
			}
			more := Job{ID: JobID(n + 1), At: jobs[n].At, Load: 1}
			for b.Loop() {
				if offers, _, err := board.Offers(b.Context(), runs, more); err != nil || len(offers) == 0 {
					b.Fatal(len(offers), err)
				}
			}
		})
	}
}
