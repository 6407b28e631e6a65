package osm

import (
	"strconv"
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// maxMembers bounds a relation. OSM's own limit is 32,000.
const maxMembers = 64_000

// readRelation reads the relations that something is made of.
func readRelation(raw rawRelation, t *tally) (r relation, ok bool) {
	if len(raw.members) > maxMembers {
		t.drop("relation: too many members", 1)
		return r, false
	}
	r.id = raw.id
	typ := raw.tags.Find("type")
	base, sub, _ := strings.Cut(typ, ":")
	switch base {
	case "multipolygon":
		r.draw = drawings(raw.tags, false, true, t)
		if raw.tags.Find("highway") != "" || raw.tags.Find("man_made") == "pier" {
			if s, ok, _ := readStreet(raw.tags, t); ok && s.seg.Class >= street.Pedestrian {
				s.seg.Flags |= street.Area
				r.street = &s
			}
		}
	case "boundary":
		r.draw = drawings(raw.tags, false, true, t)
	case "restriction":
		r.turn = true
		r.tags = cloneTags(raw.tags)
		if sub != "" { // type=restriction:hgv, an old way of writing restriction:hgv=*
			if v := raw.tags.Find("restriction"); v != "" {
				r.tags = append(r.tags, osm.Tag{Key: "restriction:" + clone(sub), Value: clone(v)})
			}
		}
	default:
		return r, false
	}
	if !r.turn && raw.tags.Find("boundary") == "administrative" {
		r.admin = adminLevel(raw.tags)
		r.names = names(raw.tags)
	}
	r.members = make([]member, len(raw.members))
	for i, m := range raw.members {
		m.role = role(m.role)
		r.members[i] = m
	}
	return r, true
}

// role gives a role as one of our own strings, so that the block it was read
// from can go.
func role(s string) string {
	switch s {
	case "":
		return ""
	case "outer":
		return "outer"
	case "inner":
		return "inner"
	case "from":
		return "from"
	case "to":
		return "to"
	case "via":
		return "via"
	case "label":
		return "label"
	case "admin_centre":
		return "admin_centre"
	}
	return "other"
}

func cloneTags(tags osm.Tags) osm.Tags {
	out := make(osm.Tags, len(tags))
	for i, t := range tags {
		out[i] = osm.Tag{Key: clone(t.Key), Value: clone(t.Value)}
	}
	return out
}

// adminLevel reads the level of a boundary, 0 if there is none.
func adminLevel(tags osm.Tags) uint8 {
	n, err := strconv.Atoi(tags.Find("admin_level"))
	if err != nil || n < 1 || n > 12 {
		return 0
	}
	return uint8(n)
}
