package studio

import (
	"fmt"
	"math"

	"citygrid/geo"
	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/workload"

	"github.com/paulmach/orb"
)

// A City is what a draft is cut from. Network must be there; every other zero
// field means what its comment says.
type City struct {
	Network  *street.Network
	Boundary orb.MultiPolygon // of the ground to cut; nil = all that lies between the streets
	Lines    []orb.LineString // other lines that borders follow: rivers, railways
	Walls    []orb.LineString // lines that no unit grid lies on both sides of
	SizeM2   float64          // of a unit grid, about; 0 = grid.UnitArea, more on ground for more than 30,000 of them
	Rates    workload.Rates   // how much work; no walking speed = workload.Usual
	Shops    []orb.Point
	Stations []orb.Point // where teams start from; none = the middle of the work
}

// mostUnits is how many unit grids a city is cut into, or about.
const mostUnits = 30_000

func (c *City) rates() workload.Rates {
	if c.Rates.WalkingKmh > 0 {
		return c.Rates
	}
	return workload.Usual()
}

// Cut cuts the city into unit grids with the work on them. The errors are those of
// grid.CutUnits.
func (c *City) Cut() ([]Unit, error) {
	boundary := c.Boundary
	if boundary == nil {
		boundary = grid.Hull(c.Network, nil)
	}
	rates, size := c.rates(), c.SizeM2
	if !(size > 0) {
		size = grid.UnitArea
	}
	u, err := grid.CutUnits(c.Network, boundary, grid.UnitOptions{
		SizeM2: max(size, partition.AreaM2(boundary)/mostUnits), Lines: c.Lines, Walls: c.Walls, Work: rates.Street,
	})
	if err != nil {
		return nil, err
	}
	minutes := c.Minutes(u)
	units := make([]Unit, len(u.List))
	for i, ground := range u.Grounds() {
		units[i] = Unit{Ground: ground, Minutes: minutes[i]}
	}
	return units, nil
}

// Minutes is the work of each unit grid a day: streets and cases, shops, and the
// way from the station.
func (c *City) Minutes(u *grid.Units) []float64 {
	rates := c.rates()
	out := make([]float64, len(u.List))
	places := make([]orb.Point, len(u.List))
	for i, unit := range u.List {
		out[i], places[i] = unit.Work, unit.Middle
	}
	for _, at := range c.Shops {
		if i := u.At(at); i >= 0 {
			out[i] += rates.ShopMinutes
		}
	}
	stations := c.Stations
	if len(stations) == 0 {
		var x, y, sum float64
		for i, p := range places {
			x, y, sum = x+p[0]*out[i], y+p[1]*out[i], sum+out[i]
		}
		if sum > 0 {
			stations = []orb.Point{{x / sum, y / sum}}
		}
	}
	for i, away := range workload.AwayFrom(c.Network, workload.Away(c.Network, stations), places) {
		out[i] = rates.WithTravel(out[i], away)
	}
	return out
}

// OfPlan cuts the ground of a plan into unit grids, none of which lies in two of
// its grids, and gives them with the grids as parts. c.Boundary and c.Walls are
// passed over.
func (c City) OfPlan(p grid.Plan) ([]Unit, []Part, error) {
	grounds := make([]orb.MultiPolygon, len(p.Grids))
	c.Walls = nil
	var parts []Part
	for i, g := range p.Grids {
		grounds[i] = g.Ground
		for _, poly := range g.Ground {
			for _, ring := range poly {
				c.Walls = append(c.Walls, orb.LineString(ring))
			}
		}
		parts = append(parts, Part{ID: PartID(i + 1), Grid: g.ID, Code: g.Code, Name: g.Name, Team: g.Team, Member: g.Member, Tasks: g.Tasks, Staffing: g.Staffing}.clone())
	}
	whole, err := Union(grounds)
	if err != nil {
		return nil, nil, err
	}
	c.Boundary = whole
	units, err := c.Cut()
	if err != nil {
		return nil, nil, err
	}
	owners, err := p.Index()
	if err != nil {
		return nil, nil, err
	}
	place := map[grid.GridID]PartID{}
	for _, part := range parts {
		place[part.Grid] = part.ID
	}
	for i := range units {
		if id, ok := owners.OwnerAt(insideOf(units[i].Ground)); ok {
			units[i].Part = place[id]
		}
	}
	return units, parts, nil
}

// Union is the ground of several areas together.
func Union(grounds []orb.MultiPolygon) (orb.MultiPolygon, error) {
	o, err := partition.Lay(grounds)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGround, err)
	}
	label := make([]int32, o.Mesh.Faces())
	for f := range label {
		if owners, _ := o.Owners(f); len(owners) == 0 {
			label[f] = -1
		}
	}
	return o.Mesh.Dissolve(label, 1)[0], nil
}

// insideOf is a point well inside an area.
func insideOf(ground orb.MultiPolygon) orb.Point {
	var edges [][2]planar.Point
	low, high := planar.Point{X: math.MaxInt64, Y: math.MaxInt64}, planar.Point{X: math.MinInt64, Y: math.MinInt64}
	for _, poly := range ground {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				a, _ := planar.At(ring[i-1])
				b, _ := planar.At(ring[i])
				edges = append(edges, [2]planar.Point{a, b})
				low = planar.Point{X: min(low.X, a.X), Y: min(low.Y, a.Y)}
				high = planar.Point{X: max(high.X, a.X), Y: max(high.Y, a.Y)}
			}
		}
	}
	return widest(edges, low, high)
}

// Weigh gives the work on the streets of some ground and half of that on those
// around it, and of the shops there, which is what pieces of a unit share out its work
// by. Streets are looked for in steps of some metres.
func (c *City) Weigh() Weigh {
	rates := c.rates()
	return func(ground orb.MultiPolygon) float64 {
		const step, aside = 5.0, 0.5 // metres
		bound := ground.Bound()
		middle := bound.Center()
		lonM, latM := geo.MetresPerDegree(middle[1])
		reach := geo.Distance(middle, bound.Max) + 10
		total := 0.0
		for _, near := range c.Network.Nearest(middle, reach, func(id street.SegmentID) bool { return rates.Street(c.Network.Segment(id)) > 0 }, 500) {
			per := rates.Street(c.Network.Segment(near.Segment))
			line := c.Network.Line(near.Segment)
			for i := 1; i < len(line); i++ {
				a, b := line[i-1], line[i]
				dx, dy := (b[0]-a[0])*float64(lonM), (b[1]-a[1])*float64(latM)
				length := math.Hypot(dx, dy)
				if length == 0 {
					continue
				}
				n := max(1, int(length/step))
				for k := range n {
					t := (float64(k) + 0.5) / float64(n)
					p := orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
					for _, side := range [2]float64{-aside, aside} {
						q := orb.Point{p[0] - side*dy/length/float64(lonM), p[1] + side*dx/length/float64(latM)}
						if bound.Contains(q) && contains(ground, q) {
							total += per * length / float64(n) / 2
						}
					}
				}
			}
		}
		for _, at := range c.Shops {
			if bound.Contains(at) && contains(ground, at) {
				total += rates.ShopMinutes
			}
		}
		return total
	}
}

// contains says whether an area has a point, by the even-odd rule.
func contains(ground orb.MultiPolygon, p orb.Point) bool {
	in := false
	for _, poly := range ground {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1]) {
					in = !in
				}
			}
		}
	}
	return in
}

// Ease is what a metre of border counts at a place: less along a main street,
// more where no street is, as in grid.CutUnits.
func (c *City) Ease() func(orb.Point) float64 {
	return func(p orb.Point) float64 {
		for _, near := range c.Network.Nearest(p, 3, nil, 1) {
			return grid.Ease(c.Network.Segment(near.Segment).Class)
		}
		return 1.5
	}
}

// Snap takes a place to the nearest street that borders may follow, at most so
// many metres off: false where there is none.
func (c *City) Snap(p orb.Point, limit geo.Metres) (orb.Point, bool) {
	for _, near := range c.Network.Nearest(p, limit, nil, 1) {
		return near.At, true
	}
	return p, false
}
