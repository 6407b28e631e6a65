package grid

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"citygrid/geo/partition"

	"github.com/paulmach/orb"
)

// Tolerance is the ground that two grids may share, or that may lie between
// grids, before it counts as a fault, in square metres. Borders drawn twice
// differ by slivers of that size: 5 mm along a kilometre.
const Tolerance = 5.0

// Limits of one plan, set where only a mistake or an attack goes.
const (
	MaxGrids      = 10_000
	MaxPlanPoints = 1_000_000
	maxTasks      = 100
)

// Check says all that is wrong with a plan, as a *PlanError: ids and codes that
// are there twice, ground that is no valid area, overlaps and gaps larger than
// Tolerance. A gap is ground that no grid covers with grids all around it, so an
// island of the plan is none. The order of the faults is that of the grids.
func (p Plan) Check() error {
	var e PlanError
	p.checkFields(&e)
	p.checkShapes(&e)
	return e.orNil()
}

func (p Plan) checkFields(e *PlanError) {
	bad := func(i int, field, mend, format string, args ...any) {
		e.add(Fault{Rule: ErrPlan, Feature: i, Other: -1, Field: field, What: fmt.Sprintf(format, args...), Mend: mend})
	}
	if len(p.Grids) == 0 {
		bad(-1, "features", "draw at least one", "the plan has no grids")
	}
	if len(p.Grids) > MaxGrids {
		bad(-1, "features", "cut the plan in two", "%d grids, %d is the most", len(p.Grids), MaxGrids)
	}
	ids, codes := map[GridID]int{}, map[string]int{}
	for i, g := range p.Grids {
		if g.ID <= 0 {
			bad(i, "id", "give each grid a number from 1 on", "%d is no id", g.ID)
		} else if j, twice := ids[g.ID]; twice {
			bad(i, "id", "give each grid its own", "%d is the id of feature %d too", g.ID, j)
		} else {
			ids[g.ID] = i
		}
		if j, twice := codes[g.Code]; twice && g.Code != "" {
			bad(i, "code", "give each grid its own", "%q is the code of feature %d too", g.Code, j)
		} else {
			codes[g.Code] = i
		}
		if why := badText(g.Code, maxCode); why != "" {
			bad(i, "code", "", "%s", why)
		}
		if len(g.Name) > maxNames {
			bad(i, "name", "", "%d languages, %d is the most", len(g.Name), maxNames)
		}
		for _, lang := range slices.Sorted(maps.Keys(g.Name)) {
			if why := cmp.Or(badText(lang, maxCode), badText(g.Name[lang], maxName)); why != "" {
				bad(i, "name", "", "%s", why)
			}
		}
		if g.Team < 0 {
			bad(i, "team", "leave it out when there is none yet", "%d is no team's id", g.Team)
		}
		if g.Member < 0 {
			bad(i, "member", "leave it out when there is none yet", "%d is no person's id", g.Member)
		}
		if g.Staffing != nil && !g.Staffing.Fits() {
			bad(i, "staffing", "", "want 0 to %d people of each", MaxStaff)
		}
		if len(g.Tasks) > maxTasks {
			bad(i, "tasks", "", "%d tasks, %d is the most", len(g.Tasks), maxTasks)
		}
		for _, task := range g.Tasks {
			if why := badText(task, maxName); why != "" || task == "" {
				bad(i, "tasks", "", "%s", cmp.Or(why, "a task without a name"))
			}
		}
	}
}

// badText says what is wrong with a text, or "".
func badText(s string, longest int) string {
	if n := utf8.RuneCountInString(s); n > longest {
		return fmt.Sprintf("%d characters long, %d is the most", n, longest)
	}
	if !utf8.ValidString(s) {
		return "not valid UTF-8"
	}
	return ""
}

// checkShapes looks at each grid's ground, then at all of them together.
func (p Plan) checkShapes(e *PlanError) {
	points := 0
	for _, g := range p.Grids {
		for _, poly := range g.Ground {
			for _, ring := range poly {
				points += len(ring)
			}
		}
	}
	if points > MaxPlanPoints || len(p.Grids) > MaxGrids {
		e.add(Fault{
			Rule: ErrShape, Feature: -1, Other: -1, Field: "geometry", Mend: "simplify the borders",
			What: fmt.Sprintf("%d points, %d is the most", points, MaxPlanPoints),
		})
		return
	}
	report, err := partition.Check(p.grounds(), Tolerance)
	if err != nil {
		e.add(Fault{Rule: ErrTangled, Feature: -1, Other: -1, Field: "geometry", What: err.Error(), Mend: "look at the borders: they are no plan"})
		return
	}
	invalid := report.Invalid
	for i, g := range p.Grids {
		if len(invalid) > 0 && invalid[0].Feature == i {
			f := invalid[0]
			e.add(Fault{Rule: ErrShape, Feature: i, Other: -1, Field: "geometry", What: f.Reason, Mend: f.Mend, At: f.At})
			invalid = invalid[1:]
		} else if at, long := longEdge(g.Ground); long {
			e.add(Fault{
				Rule: ErrShape, Feature: i, Other: -1, Field: "geometry", At: &at,
				What: "an edge is longer than a degree", Mend: "add points to it, or look for a wrong digit",
			})
		}
	}
	for _, o := range report.Overlaps {
		e.add(Fault{
			Rule: ErrOverlap, Feature: o.A, Other: o.B, Field: "geometry", At: &o.At, AreaM2: o.AreaM2,
			What: fmt.Sprintf("they share %s m2", metres2(o.AreaM2)), Mend: "give the ground to one of them",
		})
	}
	if len(report.Invalid) > 0 {
		return // what an area that is none leaves free may be its own
	}
	for _, g := range report.Gaps {
		e.add(Fault{
			Rule: ErrGap, Feature: -1, Other: -1, Field: "geometry", At: &g.At, AreaM2: g.AreaM2,
			What: fmt.Sprintf("%s m2 between grids belong to none", metres2(g.AreaM2)), Mend: "give the ground to a grid beside it",
		})
	}
}

// grounds are the grids' areas, in their order.
func (p Plan) grounds() []orb.MultiPolygon {
	out := make([]orb.MultiPolygon, len(p.Grids))
	for i, g := range p.Grids {
		out[i] = g.Ground
	}
	return out
}

func metres2(area float64) string {
	if area < 10 {
		return fmt.Sprintf("%.1f", area)
	}
	return fmt.Sprintf("%.0f", math.Round(area))
}

// longEdge is where an edge of more than a degree ends, if there is one: no team
// has so much ground.
func longEdge(ground orb.MultiPolygon) (at orb.Point, long bool) {
	for _, poly := range ground {
		for _, ring := range poly {
			for k := 1; k < len(ring); k++ {
				if p, q := ring[k-1], ring[k]; max(math.Abs(p[0]-q[0]), math.Abs(p[1]-q[1])) > 1 {
					return q, true
				}
			}
		}
	}
	return at, false
}
