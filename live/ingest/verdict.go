package ingest

import (
	"time"

	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// A Why says what kept a fix from being stored, or that it was stored before.
type Why string

// The reasons.
const (
	Duplicate   Why = "duplicate"    // stored already; the sender may forget it
	NotAFix     Why = "not-a-fix"    // breaks a limit of Fix.Check; What says which
	Clock       Why = "clock"        // the tracker's clock is fast, or the fix too old
	OffShift    Why = "off-shift"    // officers and vehicles aren't tracked then
	RateLimited Why = "rate-limited" // too many; send it again later
	Disabled    Why = "disabled"     // the device is switched off
)

// A Verdict is what became of one fix.
type Verdict struct {
	Stored bool   `json:"stored"` // it is on the disk
	Why    Why    `json:"why,omitempty"`
	What   string `json:"what,omitempty"` // more about why, in English
}

// Again tells if it makes sense to send the fix again.
func (v Verdict) Again() bool { return !v.Stored && v.Why == RateLimited }

// A spot is what a fix is known by among those of its tracker.
type spot struct {
	ns int64
	at orb.Point
}

func spotOf(f Fix) spot { return spot{f.Time.UnixNano(), f.At} }

// A candidate is a fix that may be stored, unless it is there already.
type candidate struct {
	Fix
	index int // among those of the caller
}

// examine gives the verdict on all that can be told without the store.
func (in *Intake) examine(k *desk, d register.Device, fixes []Fix, now time.Time) ([]Verdict, []candidate) {
	verdicts := make([]Verdict, len(fixes))
	var good []candidate
	for i, f := range fixes {
		f.Tracker, f.Received, f.Seq = TrackerID(d.ID), now, 0
		if verdicts[i] = in.first(k, d, f, now); verdicts[i].Why != "" {
			continue
		}
		f.At = d.Datum.ToWGS84(f.At)
		// At the edge of the earth another datum is beyond it. The store would refuse all
		// fixes for this one, and the tracker would send them again for ever.
		if err := f.Check(); err != nil {
			verdicts[i] = Verdict{Why: NotAFix, What: err.Error()}
			continue
		}
		good = append(good, candidate{f, i})
	}
	return verdicts, good
}

func (in *Intake) first(k *desk, d register.Device, f Fix, now time.Time) Verdict {
	if d.Disabled {
		return Verdict{Why: Disabled}
	}
	if err := f.Check(); err != nil {
		return Verdict{Why: NotAFix, What: err.Error()}
	}
	if ahead := f.Time.Sub(now); ahead > in.c.Ahead {
		return Verdict{Why: Clock, What: "its clock is " + ahead.Round(time.Second).String() + " fast"}
	}
	if old := now.Sub(f.Time); old > in.c.Behind {
		return Verdict{Why: Clock, What: "it is " + old.Round(time.Second).String() + " old"}
	}
	if d.Class != register.DogTag && !in.c.OnDuty(d.Subject, f.Time) {
		return Verdict{Why: OffShift}
	}
	if !k.take() {
		return Verdict{Why: RateLimited}
	}
	return Verdict{}
}

func (in *Intake) countRefused(verdicts []Verdict) {
	var count map[Why]int
	for _, v := range verdicts {
		if v.Why == "" {
			continue
		}
		if count == nil {
			count = make(map[Why]int, 2)
		}
		count[v.Why]++
	}
	for w, n := range count {
		in.c.Refused(w, n)
	}
}
