package room_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/street/streettest"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// outline is what was judged in the end, without how it came about. A breach that
// is possible and no more is an alert only if it once seemed likely, until a late
// fix came; that hangs on the order.
func (b *bureau) outline() string {
	var lines []string
	for _, a := range b.alerts() {
		if !a.Withdrawn && a.Grade >= fence.Likely {
			lines = append(lines, fmt.Sprintf("%s %s until %s", a.Key, a.Grade, a.Ended.Format(time.RFC3339)))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// The law of judgement: the same stored fixes give the same alerts, whether they
// came in order or up to an hour late, and whether the server was started
// anew in between, with the states of its trackers or, as after a crash, with older
// ones or none.
func TestTheSameFixesGiveTheSameAlerts(t *testing.T) {
	seeds := uint64(4)
	if testing.Short() || small {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 3))
			type arrival struct {
				at  time.Time
				fix ingest.Fix
			}
			var arrivals []arrival
			x := -60.0
			for at := morning; at.Before(morning.Add(time.Hour)); at = at.Add(time.Duration(10+rng.IntN(40)) * time.Second) {
				x = max(-80, min(60, x+rng.NormFloat64()*12))
				f := fixAt(at, streettest.Place(x, 30+rng.NormFloat64()))
				late := rng.IntN(100)
				if rng.IntN(6) == 0 {
					late = rng.IntN(3000)
				}
				arrivals = append(arrivals, arrival{at.Add(time.Duration(late) * time.Second), f})
			}
			inTime := slices.Clone(arrivals)
			for i := range inTime {
				inTime[i].at = inTime[i].fix.Time
			}
			slices.SortFunc(arrivals, func(a, b arrival) int { return a.at.Compare(b.at) })

			judged := func(arrivals []arrival, restarts bool) string {
				b := founded(t).runs()
				older := must(b.store.States(t.Context()))(t)
				for _, a := range arrivals {
					b.mu.Lock()
					b.t = a.at
					b.mu.Unlock()
					if v := must(b.room.Accept(t.Context(), b.tag, []ingest.Fix{a.fix}))(t); !v[0].Stored {
						t.Fatalf("%+v", v)
					}
					if !restarts || rng.IntN(12) > 0 {
						continue
					}
					b.stop()
					b.open()
					states := must(b.store.States(t.Context()))(t)
					switch rng.IntN(3) {
					case 0: // killed: what was kept is of some time ago
						for id := range states {
							states[id] = older[id]
						}
						states["\x00clean"] = nil // it did not end
						if err := b.store.SaveStates(t.Context(), states); err != nil {
							t.Fatal(err)
						}
					case 1:
						older = states
					}
					b.runs()
				}
				for _, later := range []time.Duration{63 * time.Minute, 3 * time.Hour} {
					b.mu.Lock()
					b.t = morning.Add(later)
					b.mu.Unlock()
					b.report(b.tag, outside)
					b.eventually("all is judged", func() bool {
						units := b.room.Units(all)
						return len(units) == 1 && units[0].Time.Equal(b.now())
					})
				}
				defer b.stop()
				return b.outline()
			}
			want := judged(inTime, false)
			if got := judged(arrivals, false); got != want {
				t.Errorf("out of order\n%s\nin order\n%s", got, want)
			}
			if got := judged(arrivals, true); got != want {
				t.Errorf("out of order with restarts\n%s\nin order without\n%s", got, want)
			}
			if want == "" {
				t.Log("no alert at all")
			}
		})
	}
}

// What was judged between the last save of a tracker's state and the end of the
// program may have taken an alert for another breach. The start tells again what the
// state takes for told.
func TestAStartTellsWhatNoAlertKnows(t *testing.T) {
	b := founded(t).runs()
	b.dogStays(5)
	b.pass(30 * time.Second)
	b.report(b.tag, outside)
	b.pass(time.Minute)
	b.report(b.tag, outside)
	var was alert.Alert
	b.eventually("the dog has left", func() bool {
		all := b.alerts()
		if len(all) == 1 {
			was = all[0]
		}
		return !was.Ended.IsZero()
	})
	b.stop()
	b.open()
	other := func(a alert.Alert) (alert.Alert, error) {
		a.Key.Start = a.Key.Start.Add(-time.Minute)
		a.Began, a.Ended, a.Grade = a.Key.Start, a.Key.Start.Add(10*time.Second), fence.Likely
		return a, nil
	}
	must(b.store.KeepAlert(t.Context(), was.Key, other, audit.Act{Verb: "alert.judge"}))(t)
	b.runs()
	b.pass(time.Minute)
	b.report(b.tag, outside)
	b.eventually("the breach is an alert again", func() bool {
		return slices.ContainsFunc(b.alerts(), func(a alert.Alert) bool {
			return a.Key == was.Key && a.Grade == was.Grade && a.Ended.Equal(was.Ended) && !a.Withdrawn
		})
	})
	b.stop()
}
