package grid

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// MaxPlanBytes is the largest plan file that is read.
const MaxPlanBytes = 64 << 20

// collection is a plan as a GeoJSON FeatureCollection.
type collection struct {
	Type     string          `json:"type"`
	Plan     *planMember     `json:"plan,omitempty"`
	CRS      json.RawMessage `json:"crs,omitempty"`
	Features []feature       `json:"features"`
}

// planMember is a foreign member that carries what a plan is beside its grids.
type planMember struct {
	ID      PlanID     `json:"id,omitempty"`
	Version int64      `json:"version,omitempty"`
	From    *time.Time `json:"from,omitempty"`
}

type feature struct {
	Type       string                     `json:"type"`
	ID         json.RawMessage            `json:"id,omitempty"`
	Properties map[string]json.RawMessage `json:"properties"`
	Geometry   *geometry                  `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// ReadGeoJSON reads a plan: a FeatureCollection of Polygons and MultiPolygons,
// RFC 7946, in WGS 84. Rings may run either way round; altitudes are dropped.
//
// Of the properties it takes id (or the feature's id), code, name (a text, or an
// object by language; name:zh, name_en and so on too), team, member (both ids;
// a member may be an object with one) and tasks (an array, or a text with commas). Features without an id get the
// next free numbers. Others are passed over.
//
// A plan with faults is refused whole: the error is a *PlanError with all of them.
func ReadGeoJSON(r io.Reader) (Plan, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxPlanBytes+1))
	if err != nil {
		return Plan{}, fmt.Errorf("read plan: %w", err)
	}
	var e PlanError
	whole := func(field, mend, format string, args ...any) (Plan, error) {
		e.add(Fault{Rule: ErrPlan, Feature: -1, Other: -1, Field: field, What: fmt.Sprintf(format, args...), Mend: mend})
		return Plan{}, &e
	}
	if len(data) > MaxPlanBytes {
		return whole("", "simplify the borders", "larger than %d MiB", MaxPlanBytes>>20)
	}
	var c collection
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &c); err != nil {
		return whole("", "save it as GeoJSON", "not GeoJSON: %v", err)
	}
	if c.Type != "FeatureCollection" {
		return whole("type", "save the grids as one FeatureCollection", "%q is not a FeatureCollection", shorten(c.Type))
	}
	if !isWGS84(c.CRS) {
		return whole("crs", "export it in WGS 84, longitude and latitude in degrees", "positions are in another system, %s", shorten(string(c.CRS)))
	}
	if len(c.Features) > MaxGrids {
		return whole("features", "cut the plan in two", "%d features, %d is the most", len(c.Features), MaxGrids)
	}
	var p Plan
	if c.Plan != nil {
		p.ID, p.Version = c.Plan.ID, c.Plan.Version
		if c.Plan.From != nil {
			p.From = *c.Plan.From
		}
	}
	for i := range c.Features {
		p.Grids = append(p.Grids, c.Features[i].grid(i, &e))
	}
	if len(e.Faults) > 0 {
		return Plan{}, &e // shapes that were not read would leave gaps
	}
	number(p.Grids)
	if err := p.Check(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// number gives ids to the grids without one.
func number(grids []Responsibility) {
	next := GridID(1)
	for _, g := range grids {
		if g.ID >= next && g.ID < math.MaxInt64 {
			next = g.ID + 1
		}
	}
	for i := range grids {
		if grids[i].ID == 0 {
			grids[i].ID = next
			next++
		}
	}
}

// isWGS84 takes the old crs member where it names what is the rule anyway.
func isWGS84(crs json.RawMessage) bool {
	s := string(crs)
	return s == "" || s == "null" || strings.Contains(s, "CRS84") || strings.Contains(s, "4326")
}

// grid reads one feature; what is wrong goes to e.
func (f *feature) grid(i int, e *PlanError) Responsibility {
	bad := func(rule error, field, mend, format string, args ...any) {
		e.add(Fault{Rule: rule, Feature: i, Other: -1, Field: field, What: fmt.Sprintf(format, args...), Mend: mend})
	}
	var g Responsibility
	if f.Type != "Feature" {
		bad(ErrPlan, "type", "each entry of features is a Feature", "%q is not a Feature", shorten(f.Type))
	}
	id, err := wholeNumber(f.ID)
	if own, given := f.Properties["id"]; given && (err != nil || id == 0) {
		id, err = wholeNumber(own)
	}
	if err != nil {
		bad(ErrPlan, "id", "use a whole number, or none", "%v", err)
	}
	g.ID = GridID(id)
	if g.Code, err = text(f.Properties["code"]); err != nil {
		bad(ErrPlan, "code", "use a text", "%v", err)
	}
	if g.Name, err = names(f.Properties); err != nil {
		bad(ErrPlan, "name", `use a text, or an object such as {"zh-CN": "...", "en": "..."}`, "%v", err)
	}
	team, err := wholeNumber(f.Properties["team"])
	if err != nil {
		bad(ErrPlan, "team", "use the team's id, or none", "%v", err)
	}
	g.Team = TeamID(team)
	if g.Member, err = wholeNumber(idOf(f.Properties["member"])); err != nil {
		bad(ErrPlan, "member", "use the person's id, or none", "%v", err)
	}
	if g.Tasks, err = texts(f.Properties["tasks"]); err != nil {
		bad(ErrPlan, "tasks", "use an array of texts", "%v", err)
	}
	if text := f.Properties["staffing"]; len(text) > 0 && string(text) != "null" {
		if err := json.Unmarshal(text, &g.Staffing); err != nil {
			bad(ErrPlan, "staffing", `use an object such as {"liaison": 1, "officers": 2, "supervisors": 2}, or none`, "%v", err)
		}
	}
	if g.Ground, err = f.Geometry.ground(); err != nil {
		bad(ErrShape, "geometry", "each grid is a Polygon or a MultiPolygon", "%v", err)
	}
	return g
}

// ground reads the shape and turns its rings the way RFC 7946 wants them.
func (g *geometry) ground() (orb.MultiPolygon, error) {
	if g == nil {
		return nil, fmt.Errorf("no geometry")
	}
	// A null would pass for 0.
	if bytes.Contains(g.Coordinates, []byte("null")) {
		return nil, fmt.Errorf("a position without a number")
	}
	var raw [][][][]float64
	var err error
	switch g.Type {
	case "Polygon":
		var poly [][][]float64
		err = json.Unmarshal(g.Coordinates, &poly)
		raw = [][][][]float64{poly}
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &raw)
	default:
		return nil, fmt.Errorf("a %s has no ground", shorten(g.Type))
	}
	if err != nil {
		return nil, fmt.Errorf("coordinates: %w", err)
	}
	ground := make(orb.MultiPolygon, 0, len(raw))
	for _, rings := range raw {
		poly := make(orb.Polygon, 0, len(rings))
		for j, positions := range rings {
			ring := make(orb.Ring, 0, len(positions))
			for k, p := range positions {
				if len(p) < 2 {
					return nil, fmt.Errorf("ring %d, position %d has %d numbers, 2 is the least", j, k, len(p))
				}
				ring = append(ring, orb.Point{p[0], p[1]})
			}
			if (ring.Orientation() == orb.CCW) != (j == 0) {
				slices.Reverse(ring)
			}
			poly = append(poly, ring)
		}
		ground = append(ground, poly)
	}
	return ground, nil
}

// wholeNumber reads an id: a number or a text of digits. Nothing and null are 0.
func wholeNumber(raw json.RawMessage) (int64, error) {
	s := string(raw)
	if s == "" || s == "null" || s == `""` {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(s, `"`), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is not a whole number", shorten(s))
	}
	return n, nil
}

// idOf is the id in {"id": 9, "name": "Li Wei"}, the form in which people are
// read; anything else stays as it is.
func idOf(raw json.RawMessage) json.RawMessage {
	var named struct{ ID json.RawMessage }
	if len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &named) == nil {
		return named.ID
	}
	return raw
}

// text reads a text; a number will do, since codes often look like one.
func text(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s, nil
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String(), nil
	}
	return "", fmt.Errorf("%s is not a text", shorten(string(raw)))
}

// texts reads an array of texts, or one text with commas.
func texts(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var all []string
	if json.Unmarshal(raw, &all) == nil {
		return all, nil
	}
	var one string
	if json.Unmarshal(raw, &one) != nil {
		return nil, fmt.Errorf("%s is not an array of texts", shorten(string(raw)))
	}
	for part := range strings.SplitSeq(one, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all, nil
}

// names reads the name by language. A text without a language is taken for
// Chinese where it has Chinese characters, else for English.
func names(properties map[string]json.RawMessage) (map[string]string, error) {
	var out map[string]string
	add := func(lang, name string) {
		if out == nil {
			out = map[string]string{}
		}
		if name != "" {
			out[lang] = name
		}
	}
	for key, raw := range properties {
		lang, named := strings.CutPrefix(key, "name")
		if !named || len(lang) < 3 || lang[0] != ':' && lang[0] != '_' {
			continue
		}
		if s, err := text(raw); err == nil {
			if lang = lang[1:]; lang == "zh" {
				lang = "zh-CN"
			}
			add(lang, s)
		}
	}
	raw := properties["name"]
	var byLang map[string]string
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &byLang); err != nil {
			return nil, fmt.Errorf("%s is not names by language", shorten(string(raw)))
		}
		for lang, name := range byLang {
			add(lang, name)
		}
		return out, nil
	}
	s, err := text(raw)
	if err != nil {
		return nil, err
	}
	if lang := guessLanguage(s); out[lang] == "" {
		add(lang, s)
	}
	return out, nil
}

func guessLanguage(s string) string {
	for _, r := range s {
		if r >= 0x4E00 && r <= 0x9FFF {
			return "zh-CN"
		}
	}
	return "en"
}

// shorten keeps messages readable whatever was in the file.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}

// WriteGeoJSON writes the plan as a FeatureCollection, RFC 7946, a feature a line.
// ReadGeoJSON takes it back to the same plan.
func (p Plan) WriteGeoJSON(w io.Writer) error {
	b := bufio.NewWriter(w)
	head := planMember{ID: p.ID, Version: p.Version}
	if !p.From.IsZero() {
		head.From = &p.From
	}
	plan, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("write plan %d: %w", p.ID, err)
	}
	fmt.Fprintf(b, "{\"type\":\"FeatureCollection\",\"plan\":%s,\"features\":[", plan)
	for i, g := range p.Grids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		line, err := json.Marshal(g.out())
		if err != nil {
			return fmt.Errorf("write grid %d: %w", g.ID, err)
		}
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

type outFeature struct {
	Type       string        `json:"type"`
	ID         GridID        `json:"id"`
	Properties outProperties `json:"properties"`
	Geometry   outGeometry   `json:"geometry"`
}

type outProperties struct {
	ID     GridID            `json:"id"`
	Code   string            `json:"code"`
	Name   map[string]string `json:"name,omitempty"`
	Team   TeamID            `json:"team,omitempty"`
	Member int64             `json:"member,omitempty"`
	Tasks  []string          `json:"tasks,omitempty"`

	Staffing *Staffing `json:"staffing,omitempty"`
}

type outGeometry struct {
	Type        string           `json:"type"`
	Coordinates orb.MultiPolygon `json:"coordinates"`
}

func (g Responsibility) out() any {
	f := outFeature{
		Type: "Feature", ID: g.ID,
		Properties: outProperties{g.ID, g.Code, g.Name, g.Team, g.Member, g.Tasks, g.Staffing},
		Geometry:   outGeometry{"MultiPolygon", g.Ground},
	}
	if len(g.Ground) != 1 {
		return f
	}
	return struct {
		outFeature
		Geometry any `json:"geometry"`
	}{f, struct {
		Type        string      `json:"type"`
		Coordinates orb.Polygon `json:"coordinates"`
	}{"Polygon", g.Ground[0]}}
}
