package arc

// cheapestInTurn is cheapest among the places at which a tour that goes through its
// classes in order still does.
func (c *crew) cheapestInTurn(r *tour, x int32) (at int, more int32) {
	class := c.team.Streets[x].Class
	last := len(r.stops) - 1
	low, high := 1, last
	for low < last && c.team.Streets[r.stops[low].task].Class < class {
		low++
	}
	for high > low && c.team.Streets[r.stops[high-1].task].Class > class {
		high--
	}
	t := c.t
	d := &t.tasks[x]
	u, v := int(d.a), int(d.b)
	fromU, fromV, toU, toV := t.dist.row(u), t.dist.row(v), t.back.row(u), t.back.row(v)
	best := int32(2 * infinite)
	for i := low; i <= high; i++ {
		p, q := &r.stops[i-1], &r.stops[i]
		inU := min(p.f0+toU[p.b], p.f1+toU[p.a]) + d.cost[0]
		inV := min(p.f0+toV[p.b], p.f1+toV[p.a]) + d.cost[1]
		outU := min(q.g0+fromU[q.a], q.g1+fromU[q.b])
		outV := min(q.g0+fromV[q.a], q.g1+fromV[q.b])
		if l := min(inU+outV, inV+outU); l < best && !c.rnd.blink() {
			best, at = l, i
		}
	}
	return at, best - r.length
}
