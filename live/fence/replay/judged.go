package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// Judged is the way the running server judges: rules and calendars, accuracy, grades,
// silence, crossings between fixes, corrections by fixes that come late. Fixes are
// taken in the order of their seq, as they would have arrived, so that a smaller t
// after a larger one is a late fix.
const Judged Mode = "judged"

// The events of Judged. Enter and exit are of the ground of every zone; breach and
// cleared of the rules of zones that name one. Corrected says that what was told of one
// of them is otherwise: surer, begun or ended at another time, or, with no grade, never
// been.
const (
	enter     = "enter"
	exit      = "exit"
	breach    = "breach"
	cleared   = "cleared"
	corrected = "corrected"
)

// A judging is a file of fixes on its way through the judge. Each zone is there twice:
// with its ground alone, by its place from 1, and, if it has a rule, with that, after
// all of those.
type judging struct {
	judge *fence.Judge
	named []Zone
	of    []int // the place in named of each zone of the judge
	all   []event
}

type event struct {
	Event
	t int64 // nanoseconds
}

// A track is a tracker: what is judged of it, and its fixes so far, by time.
type track struct {
	state *fence.State
	fixes []ingest.Fix
}

func newJudging(named []Zone) (*judging, error) {
	g := &judging{named: named}
	var list []zone.Zone
	add := func(i int, z zone.Zone) {
		g.of = append(g.of, i)
		z.ID, z.Ground, z.Classes = zone.ID(len(g.of)), named[i].Ground, zone.Classes()
		list = append(list, z)
	}
	for i := range named {
		add(i, zone.Zone{Rule: zone.Rule{Kind: zone.InsideWhileActive}})
	}
	for i := range named {
		rule, when, err := named[i].Rule()
		if err != nil {
			return nil, err
		}
		switch rule.Kind {
		case "", zone.NoRule:
		case zone.Curfew, zone.HeadCount:
			return nil, fmt.Errorf("zone %s %w: its rule %s needs homes or subjects, which a file of fixes doesn't have: leave the rule out", named[i].name, ErrFile, rule.Kind)
		default:
			add(i, zone.Zone{Rule: rule, Calendar: when})
		}
	}
	rules, err := fence.Compile(list, nil)
	if err != nil {
		return nil, fmt.Errorf("zones %w: %w", ErrFile, err)
	}
	g.judge, err = fence.New(rules, fence.Config{})
	return g, err
}

// judged writes the events of Judged.
func judged(named []Zone, fixes []Fix, w io.Writer) error {
	g, err := newJudging(named)
	if err != nil {
		return err
	}
	slices.SortStableFunc(fixes, func(a, b Fix) int { return cmp.Compare(a.Seq, b.Seq) })
	tracks := map[string]*track{}
	for i := range fixes {
		if err := g.fix(tracks, &fixes[i], i); err != nil {
			return err
		}
	}
	slices.SortStableFunc(g.all, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.Seq, b.Seq), byName(a.Zone, b.Zone))
	})
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range g.all {
		if err := enc.Encode(g.all[i].Event); err != nil {
			return err
		}
	}
	return nil
}

func (g *judging) fix(tracks map[string]*track, f *Fix, n int) error {
	if !(f.t >= 1 && f.t < maxT) {
		return fmt.Errorf("fix with seq %d %w: t is %s, judged are instants from 1 to %d Unix seconds", f.Seq, ErrFile, f.T, int64(maxT))
	}
	t := tracks[f.Tracker]
	if t == nil {
		t = &track{state: fence.NewState("tracker", fence.Subject{Class: zone.Dog, ID: int64(len(tracks) + 1)})}
		tracks[f.Tracker] = t
	}
	h := ingest.Fix{
		Tracker: "tracker", Time: time.Unix(0, nanoseconds(f.t)).UTC(), Seq: uint64(n + 1), At: f.At, Accuracy: geo.Metres(f.Accuracy),
		Speed: math.NaN(), Course: geo.Degrees(math.NaN()), AltitudeM: math.NaN(), Battery: math.NaN(),
	}
	k, _ := slices.BinarySearchFunc(t.fixes, h, func(a, b ingest.Fix) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq)) })
	t.fixes = slices.Insert(t.fixes, k, h)
	told, verdict := g.judge.Fix(t.state, h)
	if verdict == fence.Past {
		again, _, err := g.judge.Rejudge(t.state, h, t.stored)
		if err != nil {
			return err
		}
		told = append(told, again...)
	}
	for i := range told {
		g.tell(f, h.Time, &told[i])
	}
	return nil
}

// stored implements fence.Stored.
func (t *track) stored(from, to time.Time, yield func(ingest.Fix) bool) error {
	k, _ := slices.BinarySearchFunc(t.fixes, from, func(a ingest.Fix, t time.Time) int { return a.Time.Compare(t) })
	for _, f := range t.fixes[k:] {
		if !f.Time.Before(to) || !yield(f) {
			break
		}
	}
	return nil
}

// tell notes what a fix changed.
func (g *judging) tell(f *Fix, at time.Time, b *fence.Breach) {
	i := int(b.Zone) - 1
	begins, ends := enter, exit
	if i >= len(g.named) {
		begins, ends = breach, cleared
	}
	e := event{t: b.At.UnixNano(), Event: Event{Seq: f.Seq, Tracker: f.tracker, Zone: g.named[g.of[i]].name, Grade: b.Grade}}
	switch b.Event {
	case fence.Began:
		e.Event.Event = begins
	case fence.Ended:
		e.Event.Event = ends
	case fence.Withdrawn:
		e.Event.Event, e.Grade = corrected, fence.NoGrade
	default:
		e.Event.Event = corrected
	}
	if e.T = f.T; !b.At.Equal(at) {
		e.T = json.Number(strconv.FormatFloat(float64(e.t/1e6)/1e3, 'f', -1, 64))
	}
	g.all = append(g.all, e)
}

// maxT is the year 2200; nanoseconds fit until 2262.
const maxT = 7_258_118_400

func nanoseconds(t float64) int64 { return int64(math.Round(t * 1e9)) }
