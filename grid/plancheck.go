package grid

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

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
	points, broken := 0, map[int]bool{}
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
	for i, g := range p.Grids {
		if f := groundFault(g.Ground); f != nil {
			f.Rule, f.Feature, f.Other, f.Field = ErrShape, i, -1, "geometry"
			e.add(*f)
			broken[i] = true
		}
	}
	o, err := layOver(p.Grids, func(i int) bool { return broken[i] })
	if err != nil {
		rule := ErrShape
		if errors.Is(err, planar.ErrTangled) {
			rule = ErrTangled
		}
		e.add(Fault{Rule: rule, Feature: -1, Other: -1, Field: "geometry", What: err.Error(), Mend: "look at the borders: they are no plan"})
		return
	}
	o.overlaps(e)
	if len(broken) == 0 { // a grid that was left out would leave a gap
		o.checkGaps(e)
	}
}

// maxPairs bounds the work on plans whose grids lie over each other in heaps: what
// is found until then is told.
const maxPairs = 1_000_000

// overlaps notes the pairs of grids that share ground.
func (o *overlay) overlaps(e *PlanError) {
	type shared struct {
		area, largest float64
		face          int
	}
	pairs := map[[2]int32]*shared{}
	twice := map[int32]*shared{} // grids whose own parts share ground
	work := 0
	for f, cover := range o.cover {
		if len(cover) == 0 || len(cover) == 1 && cover[0].times == 1 {
			continue
		}
		area := o.squareMetres(f)
		count := func(s *shared) *shared {
			if s == nil {
				s = &shared{}
			}
			if s.area += area; area > s.largest {
				s.largest, s.face = area, f
			}
			return s
		}
		for i, w := range cover {
			if w.times != 1 {
				twice[w.grid] = count(twice[w.grid])
			}
			for _, v := range cover[:i] {
				if work++; work > maxPairs {
					break
				}
				pair := [2]int32{v.grid, w.grid}
				pairs[pair] = count(pairs[pair])
			}
		}
	}
	for _, g := range slices.Sorted(maps.Keys(twice)) {
		if s := twice[g]; s.area > Tolerance {
			at := o.mesh.Inside(s.face)
			e.add(Fault{
				Rule: ErrShape, Feature: int(g), Other: -1, Field: "geometry", At: &at, AreaM2: s.area,
				What: "its rings go round the same ground twice, or the wrong way", Mend: "join the parts",
			})
		}
	}
	for _, pair := range slices.SortedFunc(maps.Keys(pairs), func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) }) {
		if s := pairs[pair]; s.area > Tolerance {
			at := o.mesh.Inside(s.face)
			e.add(Fault{
				Rule: ErrOverlap, Feature: int(pair[0]), Other: int(pair[1]), Field: "geometry", At: &at, AreaM2: s.area,
				What: fmt.Sprintf("they share %s m2", metres2(s.area)), Mend: "give the ground to one of them",
			})
		}
	}
}

// checkGaps notes the ground between grids that none covers.
func (o *overlay) checkGaps(e *PlanError) {
	gap := o.gaps()
	area := map[int32]float64{}
	for f, g := range gap {
		if g > 0 {
			area[g] += o.squareMetres(f)
		}
	}
	for _, g := range slices.Sorted(maps.Keys(area)) {
		if area[g] > Tolerance {
			at := o.mesh.Inside(int(g))
			e.add(Fault{
				Rule: ErrGap, Feature: -1, Other: -1, Field: "geometry", At: &at, AreaM2: area[g],
				What: fmt.Sprintf("%s m2 between grids belong to none", metres2(area[g])), Mend: "give the ground to a grid beside it",
			})
		}
	}
}

func metres2(area float64) string {
	if area < 10 {
		return fmt.Sprintf("%.1f", area)
	}
	return fmt.Sprintf("%.0f", math.Round(area))
}

// groundFault says what is wrong with one grid's ground, or nil.
func groundFault(ground orb.MultiPolygon) *Fault {
	if len(ground) == 0 {
		return &Fault{What: "no ground", Mend: "draw its area"}
	}
	for i, poly := range ground {
		if len(poly) == 0 {
			return &Fault{What: fmt.Sprintf("polygon %d has no ring", i), Mend: "take it away or draw it"}
		}
		for j, ring := range poly {
			if f := ringFault(ring); f != nil {
				f.What = fmt.Sprintf("polygon %d, ring %d: %s", i, j, f.What)
				return f
			}
		}
	}
	return invalid(ground)
}

// ringFault says what is wrong with a ring by itself, but for crossings.
func ringFault(ring orb.Ring) *Fault {
	if len(ring) < 4 {
		return &Fault{What: fmt.Sprintf("%d positions, 4 is the least", len(ring)), Mend: "a ring names its first position again at its end"}
	}
	for k, p := range ring {
		if _, ok := planar.At(p); !ok {
			mend := "positions are degrees, longitude first"
			if math.Abs(p[0]) > 360 || math.Abs(p[1]) > 360 {
				mend = "export it in WGS 84 degrees, not in metres"
			} else if math.Abs(p[0]) <= 90 {
				mend = "longitude comes first: the two look swapped"
			}
			return &Fault{What: fmt.Sprintf("position %d (%v, %v) is not on earth", k, p[0], p[1]), Mend: mend}
		}
		if k > 0 && max(math.Abs(p[0]-ring[k-1][0]), math.Abs(p[1]-ring[k-1][1])) > 1 {
			at := p
			return &Fault{What: fmt.Sprintf("the edge to position %d is longer than a degree", k), Mend: "add points to it, or look for a wrong digit", At: &at}
		}
	}
	if ring[0] != ring[len(ring)-1] {
		at := ring[len(ring)-1]
		return &Fault{What: "does not end where it began", Mend: "add its first position at its end", At: &at}
	}
	return nil
}
