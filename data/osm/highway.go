package osm

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// A streetWay is a way that somebody can travel along: what all its segments
// have in common.
type streetWay struct {
	seg   street.Segment // without geometry, junctions, name and rules
	name  street.Name
	rules street.Rules
	area  bool // where it is closed, it is the edge of an area
	pier  bool // boats land at it
}

// classOf reads the kind of way. A drop reason is given for what is no street
// at all or not one yet; both are empty for other ways.
func classOf(tags osm.Tags, t *tally) (c street.Class, link bool, drop string) {
	if h := tags.Find("highway"); h != "" {
		return highwayClass(h, tags, t)
	}
	if r := tags.Find("route"); r == "ferry" || tags.Find("ferry") == "yes" {
		return street.Ferry, false, ""
	}
	switch tags.Find("waterway") {
	case "river", "canal", "fairway", "tidal_channel":
		if navigable(tags) {
			return street.Waterway, false, ""
		}
	}
	if tags.Find("man_made") == "pier" || tags.Find("railway") == "platform" || tags.Find("public_transport") == "platform" {
		return street.Platform, false, ""
	}
	return 0, false, ""
}

func highwayClass(h string, tags osm.Tags, t *tally) (c street.Class, link bool, drop string) {
	h, link = strings.CutSuffix(h, "_link")
	switch h {
	case "motorway":
		return street.Motorway, link, ""
	case "trunk":
		return street.Trunk, link, ""
	case "primary":
		return street.Primary, link, ""
	case "secondary":
		return street.Secondary, link, ""
	case "tertiary":
		return street.Tertiary, link, ""
	case "unclassified", "road", "minor":
		return street.Unclassified, link, ""
	case "residential":
		return street.Residential, link, ""
	case "living_street":
		return street.LivingStreet, false, ""
	case "service", "services":
		if h == "services" {
			return 0, false, "" // the area of a service station
		}
		return street.ServiceRoad, false, ""
	case "pedestrian":
		return street.Pedestrian, false, ""
	case "track", "byway", "unsurfaced":
		return street.Track, false, ""
	case "busway", "bus_guideway":
		return street.Busway, false, ""
	case "cycleway":
		return street.Cycleway, false, ""
	case "footway", "crossing", "ladder":
		return street.Footway, false, ""
	case "bridleway":
		return street.Bridleway, false, ""
	case "path", "trail":
		return street.Path, false, ""
	case "steps":
		return street.Steps, false, ""
	case "corridor", "elevator":
		return street.Corridor, false, ""
	case "platform":
		return street.Platform, false, ""
	case "construction", "proposed", "planned", "disused", "abandoned", "razed", "demolished", "no", "dismantled":
		return 0, false, "not in use: highway=" + h
	case "raceway", "escape", "rest_area", "emergency_bay", "emergency_access_point", "via_ferrata", "traffic_island",
		"bus_stop", "street_lamp", "passing_place", "turning_circle", "turning_loop", "speed_camera":
		return 0, false, "no street: highway=" + h
	}
	t.unknown("highway", tags.Find("highway"))
	return 0, false, "unknown highway value"
}

// navigable: rivers and canals carry boats unless a tag says no or they dry up.
func navigable(tags osm.Tags) bool {
	for _, k := range []string{"motorboat", "boat", "ship"} {
		if tags.Find(k) == "no" {
			return false
		}
	}
	return tags.Find("intermittent") != "yes" && tags.Find("tunnel") != "culvert"
}

// readStreet reads the tags of a way. ok is false when nobody can travel along
// it; drop then says why, or is empty for ways that are something else.
func readStreet(tags osm.Tags, t *tally) (s streetWay, ok bool, drop string) {
	class, link, drop := classOf(tags, t)
	if class == 0 {
		return s, false, drop
	}
	open := street.ByKind(class)
	if tags.Find("motorroad") == "yes" {
		open &^= street.Foot | street.Bicycle
	}
	if tags.Find("highway") == "bus_guideway" {
		open = street.Bus
	}
	who, private := access(tags, open, t)
	if tags.Find("smoothness") == "impassable" || tags.Find("impassable") == "yes" {
		who &= street.Foot
	}
	if tags.Find("service") == "emergency_access" && tags.Find("access") == "" {
		who &= street.Emergency | street.Foot
	}
	if class != street.Waterway {
		who &^= street.Boat
	}
	area := tags.Find("area") == "yes" || class == street.Platform || tags.Find("type") == "multipolygon"
	if area {
		who &= street.Foot | street.Bicycle // a square's edge is no carriageway
	}
	seg := street.Segment{Class: class}
	seg.Forward, seg.Backward = directions(tags, class, link, who, t)
	seg.Private = private & (seg.Forward | seg.Backward)
	if seg.Forward|seg.Backward == 0 && !opensSometimes(tags) {
		if v := tags.Find("oneway"); v == "reversible" {
			return s, false, "closed to all: oneway=reversible"
		}
		return s, false, "closed to all"
	}
	seg.SpeedForward, seg.SpeedBackward = speeds(tags, t)
	seg.Surface = surface(tags, t)
	seg.Lanes = lanes(tags, t)
	seg.Layer = layer(tags)
	seg.Flags = flags(tags, link)
	var tagged bool
	seg.Sidewalk, tagged = sidewalks(tags, t)
	if !tagged {
		seg.Flags |= street.SideUnknown
	}
	return streetWay{area: area, pier: isPier(tags), seg: seg, name: streetName(tags), rules: rules(tags, t)}, true, ""
}

func flags(tags osm.Tags, link bool) (f street.SegmentFlags) {
	set := func(bit street.SegmentFlags, is bool) {
		if is {
			f |= bit
		}
	}
	yes := func(key string) bool { v := tags.Find(key); return v != "" && v != "no" }
	set(street.Bridge, yes("bridge"))
	set(street.Tunnel, yes("tunnel") || yes("covered"))
	j := tags.Find("junction")
	set(street.Roundabout, j == "roundabout" || j == "circular")
	set(street.Link, link)
	set(street.Service, yes("service") && tags.Find("highway") == "service")
	set(street.Toll, yes("toll"))
	set(street.Unlit, tags.Find("lit") == "no")
	return f
}

// sizesOf reads the limits of height, width and weight.
func sizesOf(tags osm.Tags, t *tally) (r street.Rules) {
	limit := func(read func(string) (float32, bool), keys ...string) float32 {
		for _, k := range keys {
			if v := tags.Find(k); v != "" {
				x, ok := read(v)
				if !ok {
					t.unknown(k, v)
				} else if x > 0 {
					return x
				}
			}
		}
		return 0
	}
	r.MaxHeightM = limit(readLength, "maxheight", "maxheight:physical")
	r.MaxWidthM = limit(readLength, "maxwidth", "maxwidth:physical")
	r.MaxWeightT = limit(readWeight, "maxweight", "maxweight:hgv", "maxgcweight")
	return r
}

// keep keeps a tag as text.
func keep(r *street.Rules, tag osm.Tag) {
	if len(tag.Key)+len(tag.Value) >= 2000 {
		return
	}
	if r.Conditional == nil {
		r.Conditional = make(map[string]string)
	}
	r.Conditional[clone(tag.Key)] = clone(tag.Value)
}

// rules keeps the limits and, as text, whatever holds only sometimes.
func rules(tags osm.Tags, t *tally) street.Rules {
	r := sizesOf(tags, t)
	access := false
	for _, tag := range tags {
		if base, is := strings.CutSuffix(tag.Key, ":conditional"); is {
			keep(&r, tag)
			access = access || aboutAccess(base)
		} else if tag.Key == "maxspeed:hgv" {
			keep(&r, tag)
		}
	}
	if access { // the plain tags of special vehicles go before conditions on all
		for _, tag := range tags {
			if aboutAccess(tag.Key) {
				keep(&r, tag)
			}
		}
	}
	return r
}

// aboutAccess reports whether a key says who may use a way, in which direction.
func aboutAccess(key string) bool {
	base, dir, _ := strings.Cut(key, ":")
	if base == "oneway" || dir == "oneway" {
		return true
	}
	if dir != "" && dir != "forward" && dir != "backward" {
		return false
	}
	return slices.ContainsFunc(accessKeys, func(a accessKey) bool { return slices.Contains(a.keys, base) })
}

// opensSometimes reports whether a way that is closed has a condition under
// which it may be open.
func opensSometimes(tags osm.Tags) bool {
	for _, tag := range tags {
		base, is := strings.CutSuffix(tag.Key, ":conditional")
		if is && aboutAccess(base) {
			return true
		}
	}
	return false
}

// key tells equal rule sets by equal text.
func ruleKey(r street.Rules) string {
	var b strings.Builder
	for _, x := range []float32{r.MaxHeightM, r.MaxWidthM, r.MaxWeightT} {
		b.WriteString(strconv.FormatFloat(float64(x), 'g', -1, 32))
		b.WriteByte(0)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Conditional)) {
		b.WriteString(k + "\x00" + r.Conditional[k] + "\x00")
	}
	return b.String()
}

func surface(tags osm.Tags, t *tally) street.Surface {
	v := tags.Find("surface")
	v, _, _ = strings.Cut(v, ";")
	base, _, _ := strings.Cut(v, ":")
	switch base {
	case "paved", "asphalt", "concrete", "paving_stones", "chipseal", "metal", "wood", "bricks", "brick", "tartan",
		"metal_grid", "rubber", "tiles", "plastic", "acrylic", "stepping_stones", "interlock", "tarmac", "stone", "artificial_turf":
		return street.Paved
	case "sett", "cobblestone", "unhewn_cobblestone", "pebbles":
		return street.Cobbles
	case "gravel", "fine_gravel", "compacted", "pebblestone", "crushed_limestone", "shells":
		return street.Gravel
	case "unpaved", "ground", "dirt", "earth", "grass", "mud", "sand", "clay", "rock", "rocks", "woodchips", "salt", "snow", "ice",
		"grass_paver", "dirt/sand", "soil", "grit":
		return street.Ground
	case "":
	default:
		t.unknown("surface", v)
	}
	switch tags.Find("tracktype") {
	case "grade1":
		return street.Paved
	case "grade2":
		return street.Gravel
	case "grade3", "grade4", "grade5":
		return street.Ground
	}
	return street.SurfaceUnknown
}

func lanes(tags osm.Tags, t *tally) uint8 {
	v := tags.Find("lanes")
	if v == "" {
		return 0
	}
	first, _, _ := strings.Cut(v, ";")
	n, err := strconv.ParseFloat(strings.TrimSpace(first), 64)
	if err != nil || n < 0 || n > 50 {
		t.unknown("lanes", v)
		return 0
	}
	return uint8(n)
}

func layer(tags osm.Tags) int8 {
	n, err := strconv.Atoi(tags.Find("layer"))
	if err != nil {
		return 0
	}
	return int8(max(-5, min(5, n)))
}

// sidewalks reads where there are sidewalks, drawn as ways of their own or not.
// tagged is false if nobody said.
func sidewalks(tags osm.Tags, t *tally) (s street.Sides, tagged bool) {
	for _, k := range []string{"sidewalk", "sidewalk:both"} {
		v := tags.Find(k)
		switch v {
		case "":
			continue
		case "both", "yes", "separate":
			s |= street.Left | street.Right
		case "left":
			s |= street.Left
		case "right":
			s |= street.Right
		case "no", "none":
		default:
			t.unknown(k, v)
			continue
		}
		tagged = true
	}
	for side, k := range map[street.Sides]string{street.Left: "sidewalk:left", street.Right: "sidewalk:right"} {
		switch tags.Find(k) {
		case "":
			continue
		case "no", "none":
			s &^= side
		default:
			s |= side
		}
		tagged = true
	}
	return s, tagged
}
