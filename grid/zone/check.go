package zone

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"citygrid/grid"
)

// Limits on what a zone may hold. They are far above what a bureau draws.
const (
	MaxPoints = 20_000 // of all rings of one zone
	MaxRings  = 1_000
	maxName   = 200 // characters
	maxNames  = 20
	maxLang   = 35 // bytes: RFC 5646, 4.4.1
)

// Rules that zones keep. Match with errors.Is.
var (
	ErrNoZone = errors.New("no such zone")
	ErrZone   = errors.New("zone breaks a rule")
	ErrStale  = errors.New("changed by somebody else in the meantime: read it again")
)

// A FieldError says which field of a zone broke a rule, and how to mend it.
type FieldError struct {
	Zone  ID     // 0 for one that has no id yet
	Field string // as in JSON: "name", "kind", "ground", "drawn", "rule", "calendar", "classes", "subjects", "tags"
	What  string
	At    *orb.Point // where to look on the map; nil where that has no meaning
	Rule  error
}

func (e *FieldError) Error() string {
	if e.Zone == 0 {
		return fmt.Sprintf("new zone: %s: %s", e.Field, e.What)
	}
	return fmt.Sprintf("zone %d: %s: %s", e.Zone, e.Field, e.What)
}

// Unwrap gives the rule.
func (e *FieldError) Unwrap() error { return e.Rule }

// Check reports the first rule that z breaks, as a *FieldError around ErrZone.
func (z Zone) Check() error {
	bad := func(field, format string, args ...any) *FieldError {
		return &FieldError{Zone: z.ID, Field: field, What: fmt.Sprintf(format, args...), Rule: ErrZone}
	}
	if z.ID < 0 {
		return bad("id", "%d is less than 0", z.ID)
	}
	if len(z.Name) == 0 || len(z.Name) > maxNames {
		return bad("name", "must be given in at least one language and at most %d", maxNames)
	}
	for _, lang := range sortedKeys(z.Name) {
		if name := z.Name[lang]; lang == "" || len(lang) > maxLang || !grid.Printable(lang) {
			return bad("name", "%q is not a language tag such as zh-CN or en", clip(lang))
		} else if name == "" || utf8.RuneCountInString(name) > maxName || !grid.Printable(name) {
			return bad("name", "the name in %s must be 1 to %d printable characters", lang, maxName)
		}
	}
	if !slices.Contains(Kinds(), z.Kind) {
		return bad("kind", "%q is no kind of zone: use one of %v", clip(string(z.Kind)), Kinds())
	}
	if what := z.Rule.fault(); what != "" {
		return bad("rule", "%s", what)
	}
	if err := z.checkClasses(bad); err != nil {
		return err
	}
	if z.Calendar != nil {
		if err := z.Calendar.Check(); err != nil {
			fault := bad("calendar", "%v", err)
			fault.Rule = errors.Join(ErrZone, err)
			return fault
		}
	}
	if z.Version < 0 {
		return bad("version", "%d is less than 0", z.Version)
	}
	if z.Drawn != nil {
		if what, at := z.Drawn.fault(); what != "" {
			fault := bad("drawn", "%s", what)
			fault.At = at
			return fault
		}
	}
	if fault := checkGround(z.Ground, bad); fault != nil {
		return fault
	}
	return nil
}

// Check reports what is wrong with a rule, as a *FieldError around ErrZone.
func (r Rule) Check() error {
	if what := r.fault(); what != "" {
		return &FieldError{Field: "rule", What: what, Rule: ErrZone}
	}
	return nil
}

// fault says what is wrong with a rule; "" is nothing.
func (r Rule) fault() string {
	if !slices.Contains(RuleKinds(), r.Kind) {
		return fmt.Sprintf("%q is no rule: use one of %v", clip(string(r.Kind)), RuleKinds())
	}
	longer := r.Kind == Dwell || r.Kind == Corridor
	switch {
	case !longer && r.Longer != 0:
		return fmt.Sprintf("longer_s goes with the rules %s and %s alone", Dwell, Corridor)
	case longer && (r.Longer < MinLonger || r.Longer > MaxLonger || r.Longer%time.Second != 0):
		return fmt.Sprintf("longer_s must be %d to %d whole seconds", MinLonger/time.Second, MaxLonger/time.Second)
	case r.Kind != Curfew && r.HomeM != 0:
		return fmt.Sprintf("home_m goes with the rule %s alone", Curfew)
	case r.Kind == Curfew && !(r.HomeM >= MinHomeM && r.HomeM <= MaxHomeM):
		return fmt.Sprintf("home_m must be %d to %d metres", MinHomeM, MaxHomeM)
	case r.Kind != HeadCount && r.Most != 0:
		return fmt.Sprintf("most goes with the rule %s alone", HeadCount)
	case r.Kind == HeadCount && (r.Most < 1 || r.Most > MaxMost):
		return fmt.Sprintf("most must be 1 to %d subjects", MaxMost)
	case r.Kind != Speed && r.SpeedKmh != 0:
		return fmt.Sprintf("speed_kmh goes with the rule %s alone", Speed)
	case r.Kind == Speed && !(r.SpeedKmh >= MinSpeedKmh && r.SpeedKmh <= MaxSpeedKmh):
		return fmt.Sprintf("speed_kmh must be %d to %d", MinSpeedKmh, MaxSpeedKmh)
	}
	for _, d := range []time.Duration{r.Remind, r.Escalate} {
		if d != 0 && (d < MinCall || d > MaxCall || d%time.Second != 0) {
			return callFault
		}
	}
	return ""
}

const callFault = "remind_s and escalate_s must be 30 to 86400 seconds, or 0 for never"

func (z Zone) checkClasses(bad func(field, format string, args ...any) *FieldError) error {
	if len(z.Classes) == 0 {
		return bad("classes", "the zone is for nobody: name at least one of %v", Classes())
	}
	last := -1
	for _, c := range z.Classes {
		i := slices.Index(Classes(), c)
		switch {
		case i < 0:
			return bad("classes", "%q is no class: use %v", clip(string(c)), Classes())
		case i <= last:
			return bad("classes", "must be in the order %v, each once", Classes())
		}
		last = i
	}
	if what := grid.CheckTags(z.Tags); what != "" {
		return bad("tags", "%s", what)
	}
	if len(z.Tags) > 0 && len(z.Classes) != 1 {
		return bad("tags", "are of one class: name one of %v under classes", Classes())
	}
	if len(z.Tags) == 0 && len(z.Tagged) > 0 {
		return bad("tagged", "goes with tags")
	}
	if len(z.Subjects) > 0 && len(z.Classes) != 1 {
		return bad("subjects", "are ids of one class: name one of %v under classes", Classes())
	}
	for field, ids := range map[string][]int64{"subjects": z.Subjects, "tagged": z.Tagged} {
		if field == "subjects" && len(ids) > MaxSubjects {
			return bad(field, "are %d, the limit is %d: leave them out for all of the class", len(ids), MaxSubjects)
		}
		for i, id := range ids {
			if id <= 0 || i > 0 && id <= ids[i-1] {
				return bad(field, "must be ids above 0, ascending, each once: %d is not", id)
			}
		}
	}
	return nil
}

// checkGround finds what no planner means: open rings, spikes over the earth's
// edge, borders that cross each other.
func checkGround(ground orb.MultiPolygon, bad func(field, format string, args ...any) *FieldError) *FieldError {
	if len(ground) == 0 {
		return bad("ground", "the zone has no ground: draw at least one polygon")
	}
	points, rings := 0, 0
	for p, polygon := range ground {
		if len(polygon) == 0 {
			return bad("ground", "polygon %d is empty", p)
		}
		for r, ring := range polygon {
			rings++
			points += len(ring)
			if points > MaxPoints || rings > MaxRings {
				return bad("ground", "more than %d points or %d rings: simplify it or cut the zone in two", MaxPoints, MaxRings)
			}
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return bad("ground", "ring %d of polygon %d must have at least 4 points and end where it starts", r, p)
			}
			for i, at := range ring {
				// Not >: a comparison with NaN is false.
				if !(math.Abs(at[0]) <= 180 && math.Abs(at[1]) <= maxLatitude) {
					return bad("ground", "point %d of ring %d of polygon %d is not a longitude and a latitude within %d degrees: %v", i, r, p, maxLatitude, at)
				}
			}
		}
	}
	b := ground.Bound()
	if b.Max[0]-b.Min[0] > 180 {
		return bad("ground", "spans more than 180 degrees of longitude: cut it in two at the date line")
	}
	if err := simple(ground); err != nil {
		fault := bad("ground", "%v", err)
		at := b.Center()
		fault.At = &at
		return fault
	}
	return nil
}

// maxLatitude is where edges straight in longitude and latitude stop meaning
// much; geo's covers stop there too.
const maxLatitude = 85

// simple asks a library of reference whether rings cross, overlap or nest where
// they must not. The even-odd rule would give such ground holes that nobody drew.
func simple(ground orb.MultiPolygon) error {
	parts := make([]geom.Polygon, len(ground))
	for i, polygon := range ground {
		rings := make([]geom.LineString, len(polygon))
		for j, ring := range polygon {
			flat := make([]float64, 0, 2*len(ring))
			for _, p := range ring {
				flat = append(flat, p[0], p[1])
			}
			rings[j] = geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
		}
		parts[i] = geom.NewPolygon(rings)
		if err := parts[i].Validate(); err != nil {
			return fmt.Errorf("polygon %d is not a proper polygon: %w", i, err)
		}
	}
	if err := geom.NewMultiPolygon(parts).Validate(); err != nil {
		return fmt.Errorf("its polygons overlap: %w", err)
	}
	return nil
}

// CheckAll checks zones that are to hold together: each by itself, and that no id
// is given twice. The error is a *FieldError.
func CheckAll(zones []Zone) error {
	seen := make(map[ID]bool, len(zones))
	for _, z := range zones {
		if err := z.Check(); err != nil {
			return err
		}
		if z.ID != 0 && seen[z.ID] {
			return &FieldError{Zone: z.ID, Field: "id", What: "two zones have this id", Rule: ErrZone}
		}
		seen[z.ID] = true
	}
	return nil
}

// When makes the calendar of z with the bureau's table of holidays (nil: none).
func (z Zone) When(days *calendar.Days) (*calendar.Calendar, error) {
	if z.Calendar == nil {
		return calendar.Always(), nil
	}
	c, err := calendar.New(*z.Calendar, days)
	if err != nil {
		return nil, &FieldError{Zone: z.ID, Field: "calendar", What: err.Error(), Rule: errors.Join(ErrZone, err)}
	}
	return c, nil
}

// clip keeps a foreign word short in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
