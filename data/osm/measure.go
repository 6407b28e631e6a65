package osm

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/osm"
)

// The factors of the units that OSM's limits are written in.
const (
	kmPerMile        = 1.609344
	kmPerKnotHour    = 1.852
	metresPerFoot    = 0.3048
	tonnesPerShort   = 0.90718474 // US short ton
	tonnesPerPound   = 0.00045359237
	noLimitKmh       = 130 // maxspeed=none: Germany's advisory speed, the only country with such roads
	walkingKmh       = 7   // maxspeed=walk: 4 to 7 km/h before the courts
	urbanKmh         = 50
	ruralKmh         = 90
	motorwayKmh      = 130
	livingStreetKmh  = 20
	longestPlausible = 1e4
)

// zoneKmh holds what "DE:urban" and the like mean, where it isn't the usual 50,
// 90, 130, 20 (wiki Speed_limits, 2024). By country and then by kind.
var zoneKmh = map[string]uint8{
	"DE:rural": 100, "DE:motorway": noLimitKmh, "DE:living_street": walkingKmh, "DE:bicycle_road": 30,
	"AT:rural": 100, "CH:rural": 80, "CH:motorway": 120, "CH:trunk": 100, "LI:rural": 80,
	"FR:rural": 80, "GB:nsl_single": 97, "GB:nsl_dual": 113, "GB:motorway": 113, "GB:nsl_restricted": 48,
	"UK:nsl_single": 97, "UK:nsl_dual": 113, "UK:motorway": 113, "BE:rural": 70, "BE:motorway": 120, "NL:rural": 80,
	"NL:motorway": 100, "NL:living_street": 15, "RU:urban": 60, "RU:motorway": 110, "UA:motorway": 130, "BY:urban": 60,
	"CN:urban": 50, "CN:motorway": 120, "JP:urban": 60, "JP:rural": 60, "JP:motorway": 100, "IT:urban": 50, "PL:motorway": 140,
	"MT:rural": 80, "RO:trunk": 100, "CZ:trunk": 110, "HU:trunk": 110,
}

// readSpeed reads a maxspeed value in km/h; 0 with known = true means that the
// tag names no fixed speed (signals, variable).
func readSpeed(v string) (kmh uint8, known bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	if parts := strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == '|' || r == ',' }); len(parts) > 1 {
		// Several values: signs contradict each other, the lowest is never wrong.
		best := uint8(0)
		for _, p := range parts {
			s, ok := readSpeed(p)
			if ok && s > 0 && (best == 0 || s < best) {
				best = s
			}
		}
		return best, best > 0
	}
	switch v {
	case "none", "unlimited":
		return noLimitKmh, true
	case "walk", "walking", "walking_pace", "footway":
		return walkingKmh, true
	case "signals", "variable", "unposted", "default", "implicit", "unknown", "fixme":
		return 0, true
	}
	if country, zone, ok := strings.Cut(v, ":"); ok {
		return zoneSpeed(strings.ToUpper(country), zone)
	}
	n, unit, ok := number(v)
	if !ok {
		return 0, false
	}
	switch unit {
	case "", "km/h", "kmh", "kph", "kmph":
	case "mph", "miles/hour":
		n *= kmPerMile
	case "knots", "knot", "kn":
		n *= kmPerKnotHour
	default:
		return 0, false
	}
	if n < 1 || n > 255 {
		return 0, false
	}
	return uint8(math.Round(n)), true
}

func zoneSpeed(country, zone string) (uint8, bool) {
	if len(country) != 2 && !strings.Contains(country, "-") {
		return 0, false
	}
	if s, ok := zoneKmh[country+":"+zone]; ok {
		return s, true
	}
	if rest, ok := strings.CutPrefix(zone, "zone"); ok { // DE:zone:30, DE:zone30
		zone = strings.TrimPrefix(rest, ":")
	}
	switch zone {
	case "urban", "zone:urban":
		return urbanKmh, true
	case "rural", "trunk":
		return ruralKmh, true
	case "motorway":
		return motorwayKmh, true
	case "living_street", "pedestrian_zone":
		return livingStreetKmh, true
	}
	n, unit, ok := number(zone)
	if ok && unit == "" && n >= 1 && n <= 200 {
		return uint8(n), true
	}
	return 0, false
}

// number splits "30 mph" or "3.5t" into its number and its unit.
func number(v string) (n float64, unit string, ok bool) {
	i := 0
	for i < len(v) && (v[i] >= '0' && v[i] <= '9' || v[i] == '.') {
		i++
	}
	n, err := strconv.ParseFloat(v[:i], 64)
	if err != nil || math.IsInf(n, 0) || n > longestPlausible*10 {
		return 0, "", false
	}
	return n, strings.TrimSpace(v[i:]), true
}

// speeds reads the posted speeds in both directions.
func speeds(tags osm.Tags, t *tally) (forward, backward uint8) {
	read := func(keys ...string) uint8 {
		for _, k := range keys {
			if v := tags.Find(k); v != "" {
				s, ok := readSpeed(v)
				if !ok {
					t.unknown(k, v)
				}
				if s > 0 {
					return s
				}
			}
		}
		return 0
	}
	both := read("maxspeed")
	if both == 0 && tags.Find("maxspeed") == "" {
		for _, k := range []string{"maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"} {
			if v := tags.Find(k); strings.Contains(v, ":") {
				if s, ok := readSpeed(v); ok {
					both = s
					break
				}
			}
		}
	}
	forward, backward = both, both
	if s := read("maxspeed:forward"); s > 0 {
		forward = s
	}
	if s := read("maxspeed:backward"); s > 0 {
		backward = s
	}
	return forward, backward
}

// readLength reads a height or width in metres: "3.5", "3.5 m", "350 cm",
// 11'6". ok is false for what it can't read; 0, true means "no limit posted".
func readLength(v string) (m float32, ok bool) {
	v = strings.TrimSpace(strings.ReplaceAll(strings.ToLower(v), ",", "."))
	switch v {
	case "none", "default", "below_default", "no_sign", "no_indications", "unsigned", "no":
		return 0, true
	}
	if feet, rest, is := strings.Cut(v, "'"); is {
		f, _, ok := number(strings.TrimSpace(feet))
		if !ok {
			return 0, false
		}
		in, _, _ := number(strings.TrimSpace(rest))
		return plausible(f*metresPerFoot + in*metresPerFoot/12)
	}
	n, unit, ok := number(v)
	if !ok {
		return 0, false
	}
	switch unit {
	case "", "m", "metres", "meters", "meter":
		return plausible(n)
	case "cm":
		return plausible(n / 100)
	case "ft", "feet", "foot":
		return plausible(n * metresPerFoot)
	}
	return 0, false
}

func plausible(x float64) (float32, bool) {
	return float32(x), x > 0 && x < longestPlausible
}

// readWeight reads a weight in tonnes: "7.5", "7.5 t", "3500 kg", "10 st", "16000 lbs".
func readWeight(v string) (t float32, ok bool) {
	v = strings.TrimSpace(strings.ReplaceAll(strings.ToLower(v), ",", "."))
	switch v {
	case "none", "default", "no", "unsigned", "no_sign":
		return 0, true
	}
	n, unit, ok := number(v)
	if !ok {
		return 0, false
	}
	switch unit {
	case "", "t", "tonnes", "tons":
		return plausible(n)
	case "kg":
		return plausible(n / 1000)
	case "st":
		return plausible(n * tonnesPerShort)
	case "lb", "lbs":
		return plausible(n * tonnesPerPound)
	}
	return 0, false
}
