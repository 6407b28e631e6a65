package fence

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// Rules are zones made quick to ask. They are never changed once made and may be
// shared between goroutines.
type Rules struct {
	zones  []*fenced // by id
	byID   map[zone.ID]*fenced
	sum    uint64 // of what can be judged; equal zones and homes give an equal sum
	raster raster
	// away are zones that are broken outside their ground, by id, by whom they are for
	// alone; under the zero Subject those for all of their classes.
	away map[Subject][]*fenced
	// homes are where subjects are at home, for curfews.
	homes   map[Subject]orb.Point
	zoneSum uint64 // sum without homes
}

// A fenced is a zone made quick to ask.
type fenced struct {
	// What each fix near it asks is in front.
	away    bool // it is outside that counts
	classes uint8
	longer  int64     // nanoseconds inside while active before the rule is broken
	home    float64   // metres from its home a subject may be; 0: no matter
	speed   float64   // km/h; 0: no matter
	bound   orb.Bound // of line
	middle  orb.Point // of bound
	clear   float64   // metres: so far around middle is no border, by a cautious measure
	id      zone.ID
	only    []int64            // for whom alone; nil: all of the classes
	when    *calendar.Calendar // nil is always
	sum     uint64             // of all that matters to the judge; names don't
	rule    zone.RuleKind
	most    int    // subjects at a time; 0: no matter
	whenSum string // of what when was made of; "" with nil

	line  []orb.Point // the corners of all rings, each ring closed
	rings []int32     // where each ring begins in line, and len(line)

	level  int // of the raster
	lo, hi cell
}

// The zero Rules have no zones.
var noRules = &Rules{}

// Compile makes Rules of zones; days is the bureau's table of holidays (nil:
// none). Zones needn't keep zone.Check, since maps of others don't either, but
// must have an id of their own, corners on earth and a calendar that can be made.
func Compile(zones []zone.Zone, days *calendar.Days) (*Rules, error) {
	return noRules.With(zones, days)
}

// With makes Rules of these zones alone, re-using what r has of the same zones:
// only the ground of zones that differ is worked on.
func (r *Rules) With(zones []zone.Zone, days *calendar.Days) (*Rules, error) {
	next := &Rules{byID: make(map[zone.ID]*fenced, len(zones)), homes: r.homes}
	daySum, err := sumOf(days)
	if err != nil {
		return nil, err
	}
	// A bureau's zones share a few calendars.
	made := map[string]*calendar.Calendar{}
	for _, f := range r.zones {
		if f.when != nil {
			made[f.whenSum] = f.when
		}
	}
	var added []*fenced
	for i := range zones {
		f, err := fence(&zones[i], daySum)
		if err != nil {
			return nil, err
		}
		if next.byID[f.id] != nil {
			return nil, &zone.FieldError{Zone: f.id, Field: "id", What: "two zones have this id", Rule: zone.ErrZone}
		}
		if old := r.byID[f.id]; old != nil && old.sum == f.sum {
			f = old
		} else {
			if f.when = made[f.whenSum]; f.when == nil && f.whenSum != "" {
				if f.when, err = zones[i].When(days); err != nil {
					return nil, err
				}
				made[f.whenSum] = f.when
			}
			added = append(added, f)
		}
		next.zones, next.byID[f.id] = append(next.zones, f), f
	}
	slices.SortFunc(next.zones, func(a, b *fenced) int { return int(min(max(a.id-b.id, -1), 1)) })
	var gone []*fenced
	for _, old := range r.zones {
		if next.byID[old.id] != old {
			gone = append(gone, old)
		}
	}
	next.raster = r.raster.with(added, gone)
	h := fnv.New64a()
	for _, f := range next.zones {
		_ = binary.Write(h, binary.LittleEndian, [2]uint64{uint64(f.id), f.sum})
	}
	next.zoneSum = h.Sum64()
	next.sum = next.zoneSum ^ r.homeSum()
	for _, f := range next.zones {
		if f.away {
			next.setAway(f)
		}
	}
	return next, nil
}

func (r *Rules) setAway(f *fenced) {
	if r.away == nil {
		r.away = map[Subject][]*fenced{}
	}
	if f.only == nil {
		r.away[Subject{}] = append(r.away[Subject{}], f)
	}
	for i, c := range zone.Classes() {
		for _, id := range f.only {
			if f.classes&(1<<i) != 0 {
				r.away[Subject{c, id}] = append(r.away[Subject{c, id}], f)
			}
		}
	}
}

// WithHomes makes Rules of the same zones that know where subjects are at home. The map
// must not be changed after it.
func (r *Rules) WithHomes(homes map[Subject]orb.Point) *Rules {
	next := *r
	next.homes = homes
	next.sum = next.zoneSum ^ next.homeSum()
	return &next
}

// homeSum sums up the homes, in whatever order; 0 without any.
func (r *Rules) homeSum() (sum uint64) {
	for s, p := range r.homes {
		h := fnv.New64a()
		h.Write([]byte(s.Class))
		_ = binary.Write(h, binary.LittleEndian, s.ID)
		sum += mixed(h.Sum64(), p)
	}
	return sum
}

func mixed(sum uint64, p orb.Point) uint64 {
	for _, v := range p {
		sum = (sum ^ math.Float64bits(v)) * 0x9E3779B97F4A7C15
		sum ^= sum >> 29
	}
	return sum
}

// sumFor is the sum of a zone as far as it matters to one subject.
func (r *Rules) sumFor(f *fenced, s Subject) uint64 {
	if f.home == 0 {
		return f.sum
	}
	home, known := r.homes[s]
	if !known {
		return f.sum
	}
	return mixed(f.sum, home)
}

// isFor says whether a zone is for a subject.
func (f *fenced) isFor(class uint8, id int64) bool {
	if f.classes&class == 0 {
		return false
	}
	if f.only == nil {
		return true
	}
	_, found := slices.BinarySearch(f.only, id)
	return found
}

// Len is how many zones there are.
func (r *Rules) Len() int { return len(r.zones) }

// Inside gives the zones whose ground p is in, by the even-odd rule, by id,
// whatever their calendars and classes say.
func (r *Rules) Inside(p orb.Point) []zone.ID {
	var buf [8]near
	var ids []zone.ID
	for _, n := range r.raster.inside(p, allClasses, buf[:0]) {
		ids = append(ids, n.zone.id)
	}
	slices.Sort(ids)
	return ids
}

// A near is a zone that contains a point, or nearly does.
type near struct {
	zone *fenced
	// off is the distance to the border in metres; reach where it is that or more. Below 0
	// it is outside, by less than reach.
	off float64
}

func fence(z *zone.Zone, daySum uint64) (*fenced, error) {
	bad := func(field, format string, args ...any) error {
		return &zone.FieldError{Zone: z.ID, Field: field, What: fmt.Sprintf(format, args...), Rule: zone.ErrZone}
	}
	f := &fenced{id: z.ID, rule: z.Rule.Kind}
	switch z.Rule.Kind {
	case zone.InsideWhileActive:
	case zone.Dwell, zone.Corridor:
		if z.Rule.Longer < zone.MinLonger || z.Rule.Longer > zone.MaxLonger {
			return nil, bad("rule", "a %s of %s can't be judged: give %s to %s", z.Rule.Kind, z.Rule.Longer, zone.MinLonger, zone.MaxLonger)
		}
		f.longer, f.away = int64(z.Rule.Longer), z.Rule.Kind == zone.Corridor
	case zone.Curfew:
		if f.home = z.Rule.HomeM; !(f.home > 0 && f.home <= zone.MaxHomeM) {
			return nil, bad("rule", "%v m from home can't be judged: give home_m of %d to %d", f.home, zone.MinHomeM, zone.MaxHomeM)
		}
	case zone.HeadCount:
		if f.most = z.Rule.Most; f.most < 1 || f.most > zone.MaxMost {
			return nil, bad("rule", "%d heads can't be counted: give most of 1 to %d", f.most, zone.MaxMost)
		}
	case zone.Speed:
		if f.speed = z.Rule.SpeedKmh; !(f.speed > 0 && f.speed <= zone.MaxSpeedKmh) {
			return nil, bad("rule", "%v km/h can't be judged: give speed_kmh of %d to %d", f.speed, zone.MinSpeedKmh, zone.MaxSpeedKmh)
		}
	default:
		return nil, bad("rule", "%.40q is no rule that can be judged", z.Rule.Kind)
	}
	for i, c := range zone.Classes() {
		if z.For(c) {
			f.classes |= 1 << i
		}
	}
	if only, alone := z.Only(); alone {
		f.only = append([]int64{}, only...) // not nil, though it may be for nobody
	}
	for _, polygon := range z.Ground {
		for _, ring := range polygon {
			if len(ring) == 0 {
				continue
			}
			f.rings = append(f.rings, int32(len(f.line)))
			f.line = append(f.line, ring...)
			if ring[0] != ring[len(ring)-1] {
				f.line = append(f.line, ring[0])
			}
		}
	}
	if len(f.line) == 0 {
		return nil, bad("ground", "the zone has no ground: draw at least one polygon")
	}
	if len(f.line) > math.MaxUint16 {
		return nil, bad("ground", "%d corners, the limit is %d: simplify it", len(f.line), zone.MaxPoints)
	}
	f.rings = append(f.rings, int32(len(f.line)))
	for _, p := range f.line {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return nil, bad("ground", "%v is no longitude and latitude", p)
		}
	}
	f.bound = orb.MultiPoint(f.line).Bound()
	f.middle = f.bound.Center()
	f.clear = min(f.offBorder(f.middle), maxOff) * (1 - slack)
	return f, f.setSum(z.Calendar, daySum)
}

// setSum sums up all that a judgement can depend on.
func (f *fenced) setSum(when *calendar.Spec, daySum uint64) error {
	h := fnv.New64a()
	h.Write([]byte(f.rule))
	h.Write([]byte{0, f.classes})
	if f.longer != 0 {
		_ = binary.Write(h, binary.LittleEndian, f.longer)
	}
	if f.home != 0 || f.speed != 0 || f.most != 0 || f.only != nil {
		_ = binary.Write(h, binary.LittleEndian, [3]float64{f.home, f.speed, float64(f.most)})
		_ = binary.Write(h, binary.LittleEndian, f.only)
		_ = binary.Write(h, binary.LittleEndian, f.only == nil)
	}
	buf := make([]byte, 0, 4096)
	for _, r := range f.rings {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(r))
	}
	for _, p := range f.line {
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(p[0]))
		buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(p[1]))
	}
	h.Write(buf)
	if when != nil {
		text, err := json.Marshal(when)
		if err != nil {
			return &zone.FieldError{Zone: f.id, Field: "calendar", What: err.Error(), Rule: zone.ErrZone}
		}
		if bytes.Contains(text, []byte(`"observe_holidays"`)) || bytes.Contains(text, []byte(`"PH"`)) {
			text = binary.LittleEndian.AppendUint64(text, daySum)
		}
		h.Write(text)
		f.whenSum = string(text)
	}
	f.sum = h.Sum64()
	return nil
}

func sumOf(days *calendar.Days) (uint64, error) {
	if days == nil {
		return 0, nil
	}
	text, err := json.Marshal(days)
	if err != nil {
		return 0, fmt.Errorf("table of holidays: %w", err)
	}
	h := fnv.New64a()
	h.Write(text)
	return h.Sum64(), nil
}

// allClasses is a bit that the entries of every zone have, also of one for nobody.
const allClasses = 1 << 3

// classBit is the bit of a class in fenced.classes; 0 for no class.
func classBit(c zone.Class) uint8 {
	i := slices.Index(zone.Classes(), c)
	if i < 0 {
		return 0
	}
	return 1 << i
}

// contains is the even-odd rule in its plain form: a ray to the east crosses the
// border an odd number of times. Lower ends of edges count, upper ones don't.
func (f *fenced) contains(p orb.Point) bool {
	inside := false
	for k := 1; k < len(f.rings); k++ {
		ring := f.line[f.rings[k-1]:f.rings[k]]
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < eastAt(a, b, p[1]) {
				inside = !inside
			}
		}
	}
	return inside
}

// eastAt is the longitude at which the line from a to b crosses a latitude.
func eastAt(a, b orb.Point, lat float64) float64 {
	return (b[0]-a[0])*(lat-a[1])/(b[1]-a[1]) + a[0]
}

// offBorder is the distance from p to the border, in metres, on the flat map
// around p.
func (f *fenced) offBorder(p orb.Point) float64 {
	lonM, latM := geo.MetresPerDegree(p[1])
	x, y := float64(lonM), float64(latM)
	best, off := math.Inf(1), math.Inf(1) // off is the root of best
	for k := 1; k < len(f.rings); k++ {
		ring := f.line[f.rings[k-1]:f.rings[k]]
		if len(ring) == 0 {
			continue
		}
		ax, ay := (ring[0][0]-p[0])*x, (ring[0][1]-p[1])*y
		for _, b := range ring[1:] {
			bx, by := (b[0]-p[0])*x, (b[1]-p[1])*y
			// Most edges are farther than the nearest so far, and a division is slow.
			far := ax > off && bx > off || ax < -off && bx < -off || ay > off && by > off || ay < -off && by < -off
			if !far {
				if d := offEdge(ax, ay, bx, by); d < best {
					best, off = d, math.Sqrt(d)
				}
			}
			ax, ay = bx, by
		}
	}
	return off
}

// offEdge is the square of the distance from 0, 0 to an edge.
func offEdge(ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	switch l, t := dx*dx+dy*dy, -(ax*dx + ay*dy); {
	case t <= 0:
	case t >= l:
		ax, ay = bx, by
	default:
		t /= l
		ax += t * dx
		ay += t * dy
	}
	return ax*ax + ay*ay
}
