package path

import (
	"strings"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A view is the network as a profile sees it at a moment: where it may go, and
// how fast.
type view struct {
	n *street.Network
	p *Profile
	*moment
	rulings []*ruling                 // by RuleID, as they are asked for
	behind  map[street.SegmentID]bool // those that lead to a barrier one passes only with leave now
}

func newView(n *street.Network, p *Profile, w When) *view {
	v := &view{n: n, p: p, moment: newMoment(w, p), rulings: make([]*ruling, len(n.Parts().Rules))}
	v.barriers()
	return v
}

// A ruling is what a set of rules means for the profile now.
type ruling struct {
	tooBig bool              // the vehicle is higher, wider or heavier than may pass
	held   map[string]string // by key without :conditional: the value that holds
	tags   map[string]string // plain tags that stand beside them
}

func (v *view) ruling(id street.RuleID) *ruling {
	if v.rulings[id] == nil {
		v.rulings[id] = v.read(&v.n.Parts().Rules[id])
	}
	return v.rulings[id]
}

func (v *view) read(r *street.Rules) *ruling {
	now := &ruling{tags: r.Conditional}
	for key, text := range r.Conditional {
		base, is := strings.CutSuffix(key, ":conditional")
		if !is {
			continue
		}
		if value := v.value(text); value != "" {
			if now.held == nil {
				now.held = make(map[string]string)
			}
			now.held[base] = value
		}
	}
	over := func(size, limit float64, key, unit string) bool {
		if value, is := now.held[key]; is {
			if x, ok := plainNumber(value, unit); ok {
				limit = x
			} else if value == "none" {
				limit = 0
			}
		}
		return limit > 0 && float32(size) > float32(limit) // limits are kept so
	}
	now.tooBig = over(float64(v.p.Height), float64(r.MaxHeightM), "maxheight", "m") ||
		over(float64(v.p.Width), float64(r.MaxWidthM), "maxwidth", "m") ||
		over(v.p.WeightT, float64(r.MaxWeightT), "maxweight", "t")
	return now
}

// who is the class that the profile travels a segment as, 0 if it can't.
func (v *view) who(s *street.Segment) street.Vehicles {
	if v.p.Vehicle == street.Boat && !s.Class.Afloat() {
		return v.p.Ashore
	}
	return v.p.Vehicle
}

// access says whether the profile may travel a segment in a direction now, and
// whether only to reach a place on it.
func (v *view) access(s *street.Segment, forward bool) (open, private bool) {
	who := v.who(s)
	if s.Class == street.Ferry && who == street.Boat {
		return true, false // where a ferry goes, there is water
	}
	along, against := s.Forward&who != 0, s.Backward&who != 0
	if !forward {
		along, against = against, along
	}
	open, private = along, s.Private&who != 0
	if s.Rules == 0 || who == 0 {
		return open, private
	}
	now := v.ruling(s.Rules)
	if now.tooBig && who == v.p.Vehicle {
		return false, false
	}
	if len(now.held) == 0 {
		return open, private
	}
	dir := ":backward"
	if forward {
		dir = ":forward"
	}
	// The direction is open by the plain tags if it is so now, or if it would be
	// were the way not closed altogether.
	way := along || !against && now.plainly(s, who, forward)
	if value, ok := now.oneway(who); ok {
		switch value {
		case "no", "false", "0", "alternating":
			way = true
			open = open || against
		case "yes", "true", "1":
			way = forward
		case "-1", "reverse":
			way = !forward
		default:
			way = false
		}
		if way && !along && against {
			open = true
		}
		open = open && way
	}
	switch now.permit(s, who, dir) {
	case street.Allowed:
		open, private = way, false
	case street.OnlyTo:
		open, private = way, true
	case street.Banned:
		open = false
	}
	return open, private
}

// permit is what the conditions that hold say, Unsaid if none does or a plain tag
// of a more special key goes before it.
func (r *ruling) permit(s *street.Segment, who street.Vehicles, dir string) street.Permit {
	for _, key := range street.AccessKeys(who) {
		for _, k := range [...]string{key + dir, key} {
			value, held := r.held[k]
			if !held {
				value = r.tags[k]
			}
			p, _ := street.ReadPermit(value, who)
			switch {
			case p == street.Unsaid:
				continue
			case !held:
				return street.Unsaid
			case p != street.Banned && key == "access" && street.ByKind(s.Class)&who == 0:
				return street.Unsaid // access=yes opens nothing that the kind of way closes
			}
			return p
		}
	}
	return street.Unsaid
}

// plainly says whether a direction is open by the plain tags on direction.
func (r *ruling) plainly(s *street.Segment, who street.Vehicles, forward bool) bool {
	value, ok := onewayOf(r.tags, who)
	switch {
	case !ok:
		one := s.Flags&street.Roundabout != 0 || s.Class == street.Motorway && s.Flags&street.Link == 0
		return forward || !one || who == street.Foot
	case value == "-1" || value == "reverse":
		return !forward
	case value == "no" || value == "false" || value == "0" || value == "alternating":
		return true
	case value == "reversible":
		return false
	}
	return forward
}

func (r *ruling) oneway(who street.Vehicles) (value string, ok bool) { return onewayOf(r.held, who) }

// onewayOf finds the tag on direction for a class: its own before that for all
// vehicles, which feet need not keep.
func onewayOf(tags map[string]string, who street.Vehicles) (value string, ok bool) {
	keys := street.AccessKeys(who)
	for _, k := range keys[:len(keys)-1] {
		if value, ok = tags["oneway:"+k]; ok {
			return value, true
		}
	}
	if who == street.Foot {
		return "", false
	}
	value, ok = tags["oneway"]
	return value, ok
}

// weight is the time along a whole segment in milliseconds, ok whether it may be
// travelled that way at all. All costs are whole milliseconds, so sums do not
// depend on their order and equal routes are equal.
func (v *view) weight(s *street.Segment, forward bool) (ms uint32, ok bool) {
	p := v.p
	speed := p.SpeedKMH[s.Class]
	if !(speed > 0) || s.Class == street.Ferry && !p.Ferries {
		return 0, false
	}
	if open, _ := v.access(s, forward); !open {
		return 0, false
	}
	if posted := v.posted(s, forward); posted > 0 && p.PostedShare > 0 && s.Class != street.Ferry {
		speed = posted * p.PostedShare
	} else if s.Flags&street.Link != 0 && p.LinkShare > 0 {
		speed *= p.LinkShare
	}
	if s.Flags&street.Service != 0 && p.MinorKMH > 0 {
		speed = min(speed, p.MinorKMH)
	}
	if share, known := p.SurfaceShare[s.Surface]; known {
		speed *= share
	}
	speed *= v.share(s.Class)
	if p.TopKMH > 0 {
		speed = min(speed, p.TopKMH)
	}
	return milliseconds(float64(s.LengthM) / speed * 3600), true
}

// share is how much of the speed remains at this hour.
func (v *view) share(c street.Class) float64 {
	share := 1.0
	for i := range v.p.Hours {
		h := &v.p.Hours[i]
		if !v.open(h.When) {
			continue
		}
		if x, ok := h.Share[c]; ok {
			share = x
		} else if x, ok := h.Share[street.ClassUnknown]; ok {
			share = x
		}
	}
	return share
}

// posted is the limit in km/h that is posted now; 0 = none.
func (v *view) posted(s *street.Segment, forward bool) float64 {
	posted, dir := float64(s.SpeedForward), ":forward"
	if !forward {
		posted, dir = float64(s.SpeedBackward), ":backward"
	}
	if s.Rules == 0 {
		return posted
	}
	now := v.ruling(s.Rules)
	if v.p.Vehicle == street.Goods {
		if x, ok := speedLimit(now.tags["maxspeed:hgv"]); ok && (posted == 0 || x < posted) {
			posted = x
		}
	}
	for _, key := range [...]string{"maxspeed" + dir, "maxspeed"} {
		if x, ok := speedLimit(now.held[key]); ok {
			posted = x
			break
		}
	}
	if v.p.Vehicle == street.Goods {
		if x, ok := speedLimit(now.held["maxspeed:hgv"]); ok {
			posted = x
		}
	}
	return posted
}

// speedLimit reads a maxspeed in km/h.
func speedLimit(value string) (kmh float64, ok bool) {
	factor := 1.0
	if mph, is := strings.CutSuffix(value, "mph"); is {
		value, factor = mph, 1.609344
	}
	kmh, ok = plainNumber(value, "km/h")
	return kmh * factor, ok && kmh > 0
}

// private says whether an edge leads over ground that is only for those who want
// to reach a place on it.
func (v *view) private(d edge) bool {
	_, private := v.access(v.n.Segment(d.segment()), d.forward())
	return private || v.behind[d.segment()]
}

// board says whether one may go over a junction from an edge to another as far as
// water is concerned, and what getting aboard or ashore costs.
func (v *view) board(from, to edge, at street.JunctionFlags) (ms uint32, ok bool) {
	if v.afloat(from) == v.afloat(to) {
		return 0, true
	}
	if v.p.Vehicle == street.Boat && at&street.Pier == 0 {
		return 0, false
	}
	return milliseconds(float64(v.p.Board.Milliseconds())), true
}

func (v *view) afloat(d edge) bool { return v.n.Segment(d.segment()).Class.Afloat() }

// lengthOf is how long an edge is.
func lengthOf(n *street.Network, d edge) geo.Metres {
	return geo.Metres(n.Segment(d.segment()).LengthM)
}
