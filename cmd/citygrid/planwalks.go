package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"citygrid/data/mapfile"
	"citygrid/geo/street"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/path"
	"citygrid/routing/patrol"
	"citygrid/routing/solve"
	"citygrid/routing/solve/beat"

	"github.com/paulmach/orb"
)

// A patroller plans duties on one map.
type patroller struct {
	c        *planPatrolCmd
	m        *mapfile.Map
	profiles []path.Profile
	engines  map[string]*path.Engine // by profile
	visits   func(*street.Segment) int
	both     map[street.Class]bool
	strict   map[street.SegmentID]bool // of the bureau
	solver   beat.Solver
	ground   patrol.Ground
	order    *register.Ranking // of --order; nil = as the bureau has it
}

// engine is that of a profile, made once. Rules that hold at times don't hold.
func (p *patroller) engine(profile string) (*path.Engine, error) {
	if p.engines[profile] == nil {
		who, err := profileNamed(p.profiles, profile)
		if err != nil {
			return nil, err
		}
		p.engines[profile] = path.NewEngine(p.m.Network, who)
	}
	return p.engines[profile], nil
}

// request asks for streets of a duty, on both sides where the flags say so.
func (p *patroller) request(b duty, streets []street.SegmentID) patrol.Request {
	r := patrol.Request{Network: p.m.Network, Ways: p.engines[b.profile], Streets: streets, Solver: p.solver, Order: b.order}
	for _, id := range streets {
		if p.bothSides(id) {
			r.Both = append(r.Both, id)
		}
	}
	return r
}

// plan makes the walks of a team in one shift. A street that is seen several times
// is seen once in each of as many parts of the shift, so that passes lie apart.
func (p *patroller) plan(ctx context.Context, b duty) (teamJSON, error) {
	out := teamJSON{Team: b.team, Profile: b.profile, Grids: b.grids, Streets: len(b.streets), Walks: []walkJSON{}, Left: []leftWalk{}, Missed: b.missed(nil), Keys: []keyJSON{}, WholePct: 100}
	for _, k := range b.order {
		out.Keys = append(out.Keys, keyJSON{k.First, k.Then})
	}
	if _, err := p.engine(b.profile); err != nil {
		return out, err
	}
	all := p.request(b, b.streets)
	for _, id := range b.streets {
		s := p.m.Network.Segment(id)
		out.StreetM += float64(s.LengthM)
		out.Visits += p.times(id) * all.Sides(id)
	}
	if len(b.streets)+len(b.visits) == 0 {
		return out, nil
	}
	passes := p.passes(b)
	if len(b.officers) == 0 || p.c.Fewest {
		few, officers, err := p.fewest(ctx, b, passes)
		if err != nil {
			return out, err
		}
		out.Fewest = &few
		if len(b.officers) == 0 {
			b.officers = officers
		}
	}
	out.Officers = len(b.officers)
	plans, err := p.assign(ctx, b, passes)
	if err != nil {
		return out, err
	}
	var worked, called, least, ordered time.Duration
	for i, plan := range plans {
		ordered += plan.Ordered
		worked += plan.Worked
		called += plan.Called
		least += plan.Least
		out.CoveredM += float64(plan.Covered)
		out.WalkedM += float64(plan.Walked)
		for k, w := range plan.Walks {
			one := p.walk(b.officers[k].Name, i+1, w)
			one.Calls = b.calls(w)
			out.addStrict(w, p.strict)
			out.WholePct = min(out.WholePct, one.WholePct)
			out.Walks = append(out.Walks, one)
		}
		for _, l := range plan.Left {
			out.Left = append(out.Left, leftWalk{int64(l.Segment), p.name(l.Segment), l.Why.Error()})
		}
	}
	out.Missed = b.missed(plans)
	out.CoveredM, out.WalkedM, out.StreetM = math.Round(out.CoveredM), math.Round(out.WalkedM), math.Round(out.StreetM)
	out.StrictM, out.StrictMin = math.Round(out.StrictM), tenth(out.StrictMin)
	out.WorkedMin, out.CalledMin = tenth(worked.Minutes()), tenth(called.Minutes())
	out.LeastMin, out.OrderMin = tenth(least.Minutes()), tenth(ordered.Minutes())
	if least > 0 {
		out.AbovePct = tenth(100 * (float64(worked-called)/float64(least) - 1))
	}
	return out, nil
}

// passes are the streets of each part of the shift.
func (p *patroller) passes(b duty) [][]street.SegmentID {
	most := 1
	for _, id := range b.streets {
		most = max(most, p.times(id))
	}
	all := make([][]street.SegmentID, most)
	for _, id := range b.streets {
		v := p.times(id)
		for i := range most {
			if (i+1)*v/most > i*v/most {
				all[i] = append(all[i], id)
			}
		}
	}
	return all
}

// assign plans each pass in its part of the shift, and holds the walks against the
// map.
func (p *patroller) assign(ctx context.Context, b duty, passes [][]street.SegmentID) ([]patrol.Plan, error) {
	plans := make([]patrol.Plan, len(passes))
	for i, streets := range passes {
		r := p.request(b, streets)
		r.Spots = b.spotsOf(i, len(passes))
		for _, o := range b.officers {
			length := o.To.Sub(o.From)
			o.From, o.To = o.From.Add(length*time.Duration(i)/time.Duration(len(passes))), o.From.Add(length*time.Duration(i+1)/time.Duration(len(passes)))
			r.Officers = append(r.Officers, o)
		}
		plan, err := patrol.Assign(ctx, r)
		if err != nil {
			return nil, err
		}
		if wrong := patrol.Check(r, plan); len(wrong) > 0 {
			return nil, fmt.Errorf("the walks break %d rules, first: %w", len(wrong), wrong[0])
		}
		plans[i] = plan
	}
	return plans, nil
}

// fewest looks for how few officers do it: from the bound upwards.
func (p *patroller) fewest(ctx context.Context, b duty, passes [][]street.SegmentID) (fewest, []patrol.Officer, error) {
	with := func(n int) duty {
		one := b
		one.officers = nil
		for i := range n {
			one.officers = append(one.officers, patrol.Officer{Person: people.ID(i + 1), Name: fmt.Sprintf("officer %d", i+1), Station: b.station, From: b.from, To: b.to})
		}
		return one
	}
	f := fewest{Least: 1}
	shift := b.to.Sub(b.from) / time.Duration(len(passes))
	for n, tried := 1, false; n <= mostWalkers; n++ {
		one := with(n)
		// With nobody at all an officer's worth of streets is left: what a plan
		// for one says is least is so for any number.
		plans, err := p.assign(ctx, one, passes)
		if err != nil {
			return f, nil, err
		}
		done := true
		for i, plan := range plans {
			short := 0
			for _, l := range plan.Left {
				if p.late(l) {
					short++
				}
			}
			for _, m := range plan.Missed {
				if patrol.Short(m.Why) {
					short++
				}
			}
			done = done && short == 0
			if tried {
				continue
			}
			// The bound of all its streets, whoever walks them.
			least, err := p.least(ctx, one, passes[i])
			if err != nil {
				return f, nil, err
			}
			f.Least = max(f.Least, int(math.Ceil(float64(least)/float64(max(shift, 1)))))
		}
		if done {
			f.Found = n
			return f, one.officers, nil
		}
		if !tried {
			tried, n = true, max(n, f.Least-1)
		}
	}
	return f, with(mostWalkers).officers, nil
}

// late says whether a street is left for want of time, which more officers mend.
func (p *patroller) late(l patrol.Left) bool { return patrol.Short(l.Why) }

// least is the bound over all of a pass's streets that can be walked.
func (p *patroller) least(ctx context.Context, b duty, streets []street.SegmentID) (time.Duration, error) {
	r := p.request(b, streets)
	r.Order = nil
	r.Solver = solve.Postman{Rounds: 1}
	o := b.officers[0]
	o.To = o.From.Add(10_000 * time.Hour)
	r.Officers = []patrol.Officer{o}
	plan, err := patrol.Assign(ctx, r)
	return plan.Least, err
}

func (p *patroller) name(id street.SegmentID) string {
	n := p.m.Network
	if int64(id) >= int64(n.Segments()) {
		return ""
	}
	name := n.Name(n.Segment(id).Name)
	if name.Default == "" {
		return name.Ref
	}
	return name.Default
}

func (p *patroller) walk(officer string, pass int, w patrol.Walk) walkJSON {
	out := walkJSON{
		Officer: officer, Pass: pass, Start: clockText(w.Start), End: clockText(w.End), Minutes: tenth(w.Minutes),
		ServedM: math.Round(float64(w.Served)), DeadM: math.Round(float64(w.Dead)), Turns: w.TurnRound, Segments: []walkSegment{}, Line: w.Line,
	}
	pieces, whole := w.Pieces(p.m.Network)
	out.Pieces, out.WholePct = pieces, tenth(100*whole)
	if out.Line == nil {
		out.Line = orb.LineString{}
	}
	for _, l := range w.Legs {
		if l.Serve {
			out.Segments = append(out.Segments, walkSegment{int64(l.Segment), p.name(l.Segment), l.Forward, clockText(l.Begin), l.Rank.Reasons(w.Keys)})
		}
	}
	return out
}
