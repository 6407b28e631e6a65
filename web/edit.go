package web

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"citygrid/grid/calendar"

	"github.com/danielgtaylor/huma/v2"
)

// An edit is what somebody sent of an F: the fields that are there, the others
// stay as they are. What must be there in a new entry is the domain's to say.
type edit[F any] struct {
	raw  json.RawMessage
	sent map[string]json.RawMessage
}

// UnmarshalJSON keeps what was sent until it is known what it changes.
func (e *edit[F]) UnmarshalJSON(text []byte) error {
	e.raw = slices.Clone(text)
	return json.Unmarshal(text, &e.sent)
}

// Schema describes an F of which everything may be left out.
func (edit[F]) Schema(r huma.Registry) *huma.Schema {
	t := reflect.TypeFor[F]()
	name := huma.DefaultSchemaNamer(t, "")
	if r.Map()[name] == nil {
		full := huma.SchemaFromType(r, t)
		s := &huma.Schema{Type: huma.TypeObject, Properties: full.Properties, AdditionalProperties: false}
		s.PrecomputeMessages()
		r.Map()[name] = s
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// apply puts what was sent into v.
func (e edit[F]) apply(v *F) error {
	if len(e.raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(e.raw, v); err != nil {
		// The schema let it pass, so it is a calendar or the like. Its own text
		// says where; encoding/json's would repeat what was sent.
		if p, known := problemOf(err); known {
			return p
		}
		return invalid("request.invalid", "body", "a field is of the wrong kind")
	}
	return nil
}

// what names the fields that were sent, for the audit log: not what they say.
func (e edit[F]) what() string {
	return strings.Join(slices.Sorted(maps.Keys(e.sent)), ", ")
}

// A listing is a list under its own name: {"teams": [...]}.
type listing[W shown] struct{ all []W }

// MarshalJSON writes an empty list as [].
func (l listing[W]) MarshalJSON() ([]byte, error) {
	all := l.all
	if all == nil {
		all = []W{}
	}
	var w W
	return json.Marshal(map[string][]W{w.plural(): all})
}

// Schema describes the list.
func (listing[W]) Schema(r huma.Registry) *huma.Schema {
	var w W
	items := r.Schema(reflect.TypeFor[W](), true, "")
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{w.plural()},
		Properties: map[string]*huma.Schema{w.plural(): {Type: huma.TypeArray, Items: items}},
	}
}

// Names are a name by language: zh-CN, en.
type Names map[string]string

// UnmarshalJSON replaces all names; a map would keep those of other languages.
func (n *Names) UnmarshalJSON(text []byte) error {
	var m map[string]string
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	*n = m
	return nil
}

// A Calendar is when something holds; null is always.
type Calendar struct{ *calendar.Spec }

// MarshalJSON writes the calendar as package calendar does.
func (c Calendar) MarshalJSON() ([]byte, error) { return json.Marshal(c.Spec) }

// UnmarshalJSON replaces the calendar.
func (c *Calendar) UnmarshalJSON(text []byte) error {
	c.Spec = nil
	if string(text) == "null" {
		return nil
	}
	spec := new(calendar.Spec)
	if err := json.Unmarshal(text, spec); err != nil {
		return invalid("calendar.invalid", "body.calendar", "%v", err)
	}
	c.Spec = spec
	return nil
}

// Schema says that a calendar has a form of its own.
func (Calendar) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: true,
		Description: `weekly windows, seasons, dates and exceptions, such as {"zone": "America/New_York", "rules": [{"windows": ["07:00-19:00"]}]}; null holds always`,
	}
}

// idOrNull is an id on the wire: none is null.
func idOrNull[I ~int64](id I) *int64 {
	if id == 0 {
		return nil
	}
	n := int64(id)
	return &n
}

// orNone is the id that was sent; null is 0, which is none.
func orNone[I ~int64](id *int64) I {
	if id == nil {
		return 0
	}
	return I(*id)
}
