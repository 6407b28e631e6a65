package path

import "citygrid/geo/street"

// blocked says whether a barrier at a junction stops the profile there now.
func (v *view) blocked(from, to edge, j *street.Junction) bool {
	before, after := v.who(v.n.Segment(from.segment())), v.who(v.n.Segment(to.segment()))
	if j.Rules == 0 {
		return j.Blocked&(before|after) != 0
	}
	shut, _ := v.barrier(j, before)
	if !shut && after != before {
		shut, _ = v.barrier(j, after)
	}
	return shut
}

// barrier says whether the barrier at a junction stops a class now, and whether it
// lets those pass only who want to reach what is behind it.
//
// Its tags count like those of a way: the most special key first, and of one key the
// condition that holds before the plain tag. opening_hours close it to all whom no key
// above "access" says something about. While they are open a barrier of a kind that
// opens stops nobody whom no tag does. Without a time they say nothing.
func (v *view) barrier(j *street.Junction, who street.Vehicles) (shut, private bool) {
	if j.Rules == 0 || who == 0 {
		return j.Blocked&who != 0, false
	}
	now := v.ruling(j.Rules)
	if now.tooBig && who == v.p.Vehicle {
		return true, false
	}
	open, said := false, false
	if text := now.tags["opening_hours"]; text != "" {
		open, said = v.hoursOf(text)
	}
	for _, key := range street.AccessKeys(who) {
		value, held := now.held[key]
		switch {
		case !held && key == "access" && said && !open:
			return true, false
		case !held:
			value = now.tags[key]
		}
		switch p, _ := street.ReadPermit(value, who); p {
		case street.Allowed:
			return false, false
		case street.OnlyTo:
			return false, true
		case street.Banned:
			return true, false
		}
	}
	switch gate := j.Flags&street.Gate != 0; {
	case gate && open:
		return false, false
	case j.Blocked&who != 0:
		return true, false
	default:
		return false, gate && now.tags["locked"] == "yes"
	}
}

// barriers finds the segments behind barriers that one passes only with leave now: a
// junction can't be private, so they are. Those are the minor ones, which lead to the
// gate, or if there are none, all. (Without hours the import has marked them.)
func (v *view) barriers() {
	for id := range street.JunctionID(v.n.Junctions()) {
		j := v.n.Junction(id)
		if j.Rules == 0 {
			continue
		}
		ends := v.n.At(id)
		minor := false
		for _, e := range ends {
			minor = minor || v.n.Segment(e.Segment).Class >= street.ServiceRoad
		}
		for _, e := range ends {
			s := v.n.Segment(e.Segment)
			if minor && s.Class < street.ServiceRoad {
				continue
			}
			if _, private := v.barrier(j, v.who(s)); private {
				if v.behind == nil {
					v.behind = make(map[street.SegmentID]bool)
				}
				v.behind[e.Segment] = true
			}
		}
	}
}
