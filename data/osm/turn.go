package osm

import (
	"math"
	"slices"
	"strings"

	"citygrid/geo/street"
)

// defaultFor is who must keep a restriction that names nobody: everyone but
// people on foot.
const defaultFor = street.AllVehicles &^ street.Foot &^ street.Boat

// turnKeys are the keys of a restriction and who must keep them.
var turnKeys = map[string]street.Vehicles{
	"restriction": defaultFor, "restriction:motor_vehicle": street.Motor, "restriction:vehicle": defaultFor,
	"restriction:motorcar": street.Car, "restriction:hgv": street.Goods, "restriction:goods": street.Goods,
	"restriction:bus": street.Bus, "restriction:psv": street.Bus, "restriction:tourist_bus": street.Bus, "restriction:motorcycle": street.Motorcycle,
	"restriction:bicycle": street.Bicycle, "restriction:emergency": street.Emergency, "restriction:foot": street.Foot,
}

// exceptions are the values of except=*.
var exceptions = map[string]street.Vehicles{
	"psv": street.Bus, "bus": street.Bus, "bicycle": street.Bicycle, "hgv": street.Goods, "motorcar": street.Car,
	"emergency": street.Emergency, "motorcycle": street.Motorcycle, "moped": street.Motorcycle, "mofa": 0, "foot": street.Foot,
	"motor_vehicle": street.Motor, "vehicle": defaultFor, "goods": street.Goods, "taxi": 0, "hov": 0, "destination": 0, "delivery": 0,
	"permit": 0, "private": 0, "residents": 0, "agricultural": 0, "tram": 0, "resident": 0, "tourist_bus": 0, "coach": 0, "none": 0,
}

// A ban is one rule of a relation.
type ban struct {
	kind string // "left_turn", "u_turn" ...
	only bool
	who  street.Vehicles
	when string
}

// bans reads the rules of a restriction relation. Each of its keys is one.
func bans(r *relation, t *tally) []ban {
	var out []ban
	for _, tag := range r.tags {
		key, conditional := strings.CutSuffix(tag.Key, ":conditional")
		who, ok := turnKeys[key]
		if !ok {
			if strings.HasPrefix(key, "restriction") {
				t.unknown(tag.Key, tag.Value)
			}
			continue
		}
		values := []string{tag.Value}
		if conditional {
			values = splitConditions(tag.Value)
		}
		for _, v := range values {
			b := ban{who: who}
			if conditional {
				var when string
				v, when, _ = strings.Cut(v, "@")
				b.when = strings.Trim(strings.TrimSpace(when), "()")
				v = strings.TrimSpace(v)
			}
			switch {
			case strings.HasSuffix(v, "_on_red"):
				continue // about signals, not about where one may go
			case strings.HasPrefix(v, "no_"):
				b.kind = v[3:]
			case strings.HasPrefix(v, "only_"):
				b.kind, b.only = v[5:], true
			default:
				if v != "none" && v != "no" {
					t.unknown(tag.Key, tag.Value)
				}
				continue
			}
			switch b.kind {
			case "left_turn", "right_turn", "straight_on", "u_turn", "entry", "exit":
				out = append(out, b)
			default:
				t.unknown(tag.Key, tag.Value)
			}
		}
	}
	// An unconditional key for some vehicles beside one for all only adds to it.
	return out
}

// splitConditions splits "a @ (x; y); b @ (z)" at the semicolons outside brackets.
func splitConditions(v string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range v {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ';':
			if depth <= 0 {
				out = append(out, strings.TrimSpace(v[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(v[from:]))
}

// restrictions appends the turn restrictions of all relations.
func (c *cutter) restrictions() (read, kept int) {
	t := &c.g.tally
	for i := range c.g.rels {
		r := &c.g.rels[i]
		if !r.turn {
			continue
		}
		read++
		rules := bans(r, t)
		if len(rules) == 0 {
			t.drop("restriction: no rule that we know", 1)
			continue
		}
		var except street.Vehicles
		for _, e := range strings.FieldsFunc(r.tags.Find("except"), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			v, ok := exceptions[e]
			if !ok {
				t.unknown("except", e)
			}
			except |= v
		}
		any := false
		for _, b := range rules {
			found, why := c.chains(r, b)
			if why != "" {
				if why == lacksMember && c.g.bound != nil {
					why = "outside of the box"
				}
				t.drop("restriction: "+why, 1)
			}
			for _, ch := range found {
				ch.Only, ch.Except, ch.For, ch.When, ch.Relation = b.only, except, b.who, b.when, r.id
				if c.parts.Check(&ch) == nil {
					c.parts.Restrictions = append(c.parts.Restrictions, ch)
					any = true
				}
			}
		}
		if any {
			kept++
		}
	}
	return read, kept
}

// lacksMember is why most restrictions are dropped, above all at a box's edge.
const lacksMember = "a member is missing or no street"

// chains finds the segments that a relation is about. why is set if there are
// none.
func (c *cutter) chains(r *relation, b ban) (out []street.Restriction, why string) {
	var from, to, viaWays []int32
	var viaNode []int64
	for _, m := range r.members {
		switch {
		case m.role == "via" && m.kind == nodes:
			viaNode = append(viaNode, m.id)
		case m.kind == ways && (m.role == "from" || m.role == "to" || m.role == "via"):
			w, ok := c.g.wayIndex(m.id)
			if !ok || c.first[w] == c.first[w+1] {
				return nil, lacksMember
			}
			switch m.role {
			case "from":
				from = append(from, w)
			case "to":
				to = append(to, w)
			default:
				viaWays = append(viaWays, w)
			}
		}
	}
	switch {
	case len(from) == 0 || len(to) == 0:
		return nil, "no from or no to"
	case len(viaNode) > 1 || len(viaNode) == 1 && len(viaWays) > 0 || len(viaNode)+len(viaWays) == 0:
		return nil, "no via or several"
	}
	// Of several ways that come from one street cut in pieces, the one at the via
	// is meant; only no_entry and no_exit really have several.
	if b.kind != "entry" {
		from = c.atVia(from, viaNode, viaWays)
	}
	if b.kind != "exit" {
		to = c.atVia(to, viaNode, viaWays)
	}
	if len(from) > 1 && b.kind != "entry" || len(to) > 1 && b.kind != "exit" {
		return nil, "several from or to"
	}
	for _, f := range from {
		for _, t := range to {
			if len(viaWays) > 0 {
				ch, ok := c.overWays(f, viaWays, t)
				if !ok {
					return out, "its ways don't join"
				}
				out = append(out, ch)
				continue
			}
			chs, why := c.overNode(f, viaNode[0], t, b)
			if why != "" {
				return out, why
			}
			out = append(out, chs...)
		}
	}
	return out, ""
}

// atVia keeps the ways that meet the via, or all if that leaves none.
func (c *cutter) atVia(ws []int32, viaNode []int64, viaWays []int32) []int32 {
	if len(ws) < 2 {
		return ws
	}
	var at []street.JunctionID
	for _, v := range viaNode {
		if n, ok := c.g.nodes.index(v, 0); ok && c.seen[n] > 0 {
			at = append(at, street.JunctionID(c.seen[n]-1))
		}
	}
	for _, w := range viaWays {
		for id := c.first[w]; id < c.first[w+1]; id++ {
			at = append(at, c.parts.Segments[id].From, c.parts.Segments[id].To)
		}
	}
	out := slices.DeleteFunc(slices.Clone(ws), func(w int32) bool {
		return !slices.ContainsFunc(at, func(j street.JunctionID) bool { return len(c.touching(w, j)) > 0 })
	})
	if len(out) == 0 {
		return ws
	}
	return out
}

// touching lists the segments of a way that end at a junction.
func (c *cutter) touching(w int32, j street.JunctionID) (out []street.SegmentID) {
	for id := c.first[w]; id < c.first[w+1]; id++ {
		if s := &c.parts.Segments[id]; s.From == j || s.To == j {
			out = append(out, street.SegmentID(id))
		}
	}
	return out
}

func (c *cutter) overNode(from int32, node int64, to int32, b ban) (out []street.Restriction, why string) {
	n, ok := c.g.nodes.index(node, 0)
	if !ok || c.seen[n] == 0 {
		return nil, "its via is no junction"
	}
	j := street.JunctionID(c.seen[n] - 1)
	fs, ts := c.touching(from, j), c.touching(to, j)
	if len(fs) == 0 || len(ts) == 0 {
		return nil, "its ways don't join"
	}
	// A way from which nobody can arrive at the via, or on which nobody can leave
	// it, isn't meant.
	fs = c.usable(fs, j, false)
	ts = c.usable(ts, j, true)
	if b.kind == "u_turn" && from == to {
		for _, f := range fs {
			if slices.Contains(ts, f) {
				out = append(out, street.Restriction{From: f, To: f, Via: j})
			}
		}
		return out, ""
	}
	if len(fs) == 1 && len(ts) == 1 {
		return []street.Restriction{{From: fs[0], To: ts[0], Via: j}}, ""
	}
	// The mapper forgot to split a way at the via: the turn's own direction says
	// which half is meant, if one pair alone fits it.
	for _, f := range fs {
		for _, t := range ts {
			if f != t && fits(b.kind, c.turnAngle(f, t, j)) {
				out = append(out, street.Restriction{From: f, To: t, Via: j})
			}
		}
	}
	if len(out) != 1 {
		return nil, "a way passes its via, so it is not clear which turn is meant"
	}
	c.g.tally.repair("restriction: way not split at the via", 1)
	return out, ""
}

// usable keeps the segments that some vehicle can leave j by (or arrive at j by).
// If none is left it keeps all: the rule then bans what is closed anyway.
func (c *cutter) usable(ids []street.SegmentID, j street.JunctionID, leave bool) []street.SegmentID {
	var out []street.SegmentID
	for _, id := range ids {
		s := &c.parts.Segments[id]
		v := s.Backward
		if (s.From == j) == leave {
			v = s.Forward
		}
		if v&defaultFor != 0 {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return ids
	}
	return out
}

// turnAngle is how far one turns at j from f to t: degrees, left is negative.
func (c *cutter) turnAngle(f, t street.SegmentID, j street.JunctionID) float64 {
	in, out := c.bearing(f, j)+180, c.bearing(t, j)
	return math.Remainder(out-in, 360)
}

// bearing is the direction in which a segment leaves j, degrees from north. A
// plane is exact enough for the tens of metres that matter.
func (c *cutter) bearing(id street.SegmentID, j street.JunctionID) float64 {
	s := &c.parts.Segments[id]
	shape := c.parts.Shape[s.Shape : s.Shape+s.Points]
	a, b := shape[0], shape[1]
	if s.From != j {
		a, b = shape[len(shape)-1], shape[len(shape)-2]
	}
	dx := float64(b.Lon-a.Lon) * math.Cos(float64(a.Lat)/1e7*math.Pi/180)
	return math.Atan2(dx, float64(b.Lat-a.Lat)) * 180 / math.Pi
}

func fits(kind string, angle float64) bool {
	switch kind {
	case "left_turn":
		return angle < -20 && angle > -175
	case "right_turn":
		return angle > 20 && angle < 175
	case "straight_on":
		return math.Abs(angle) < 50
	case "u_turn":
		return math.Abs(angle) > 130
	}
	return false
}

// overWays follows a chain of via ways from one way to another.
func (c *cutter) overWays(from int32, via []int32, to int32) (street.Restriction, bool) {
	for start := c.first[from]; start < c.first[from+1]; start++ {
		f := &c.parts.Segments[start]
		for _, j := range []street.JunctionID{f.From, f.To} {
			if segs, at, ok := c.follow(j, via, to); ok {
				for _, t := range c.usable(c.touching(to, at), at, true) {
					return street.Restriction{From: street.SegmentID(start), Via: j, ViaWays: segs, To: t}, true
				}
			}
		}
	}
	return street.Restriction{}, false
}

// follow walks the via ways from j, each until the next one (at last the way to)
// begins. The members may stand in any order.
func (c *cutter) follow(j street.JunctionID, via []int32, to int32) (segs []street.SegmentID, at street.JunctionID, ok bool) {
	rest := slices.Clone(via)
	for len(rest) > 0 {
		moved := false
		for i, w := range rest {
			next := slices.Delete(slices.Clone(rest), i, i+1)
			if len(next) == 0 {
				next = []int32{to}
			}
			walked, end, ok := c.walk(j, w, next)
			if ok {
				segs, j, moved = append(segs, walked...), end, true
				rest = slices.Delete(rest, i, i+1)
				break
			}
		}
		if !moved {
			return nil, 0, false
		}
	}
	return segs, j, true
}

// walk goes along way w from j, in either direction, to the first junction where
// one of the ways next begins or passes.
func (c *cutter) walk(j street.JunctionID, w int32, next []int32) (segs []street.SegmentID, end street.JunctionID, ok bool) {
	for _, first := range c.touching(w, j) {
		segs, at, id := segs[:0], j, first
		for range c.first[w+1] - c.first[w] {
			s := &c.parts.Segments[id]
			segs = append(segs, id)
			if s.From == at {
				at = s.To
			} else {
				at = s.From
			}
			for _, n := range next {
				if len(c.touching(n, at)) > 0 {
					return segs, at, true
				}
			}
			on := slices.DeleteFunc(c.touching(w, at), func(x street.SegmentID) bool { return slices.Contains(segs, x) })
			if len(on) == 0 {
				break
			}
			id = on[0]
		}
	}
	return nil, 0, false
}
