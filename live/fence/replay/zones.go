package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"citygrid/grid/calendar"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// Limits on the files.
const (
	MaxZonesFile = 1 << 30
	MaxZones     = 1_000_000
	MaxLine      = 16 << 20
	MaxFixes     = 50_000_000
)

// ErrFile is the rule that all faults of a file are around.
var ErrFile = errors.New("cannot be read")

// A Zone is a named piece of ground, and its rule if it has one.
type Zone struct {
	Ground         orb.MultiPolygon
	name           json.RawMessage
	rule, calendar json.RawMessage // as the file has them, if it does
}

// Name is the zone's id as JSON, a text or a number.
func (z Zone) Name() json.RawMessage { return z.name }

type feature struct {
	Type       string            `json:"type"`
	ID         json.RawMessage   `json:"id"`
	Geometry   *geojson.Geometry `json:"geometry"`
	Properties struct {
		ID       json.RawMessage `json:"id"`
		Rule     json.RawMessage `json:"rule"`
		Calendar json.RawMessage `json:"calendar"`
	} `json:"properties"`
	Features []json.RawMessage `json:"features"`
}

// ReadZones reads a GeoJSON FeatureCollection, or features one after the other as
// in a .geojsonl file. A zone's name is its id member or, without one, its id
// property. Names must be different.
//
// Properties rule and calendar are those of zones everywhere (zone.Zone's JSON):
//
//	"properties": {"rule": {"kind": "dwell", "longer_s": 300}, "calendar": {"zone": "Asia/Shanghai", "rules": [...]}}
//
// A rule that is anything but an object with a kind is another program's and passed
// over, as are all other properties.
func ReadZones(r io.Reader) ([]Zone, error) {
	d := json.NewDecoder(io.LimitReader(r, MaxZonesFile))
	var zones []Zone
	seen := map[string]bool{}
	add := func(f *feature) error {
		z, err := f.zone()
		if err != nil {
			return fmt.Errorf("zone %d %w: %w", len(zones)+1, ErrFile, err)
		}
		if seen[string(z.name)] {
			return fmt.Errorf("zone %d %w: there are two zones %s", len(zones)+1, ErrFile, z.name)
		}
		seen[string(z.name)] = true
		zones = append(zones, z)
		if len(zones) > MaxZones {
			return fmt.Errorf("zones %w: more than %d", ErrFile, MaxZones)
		}
		return nil
	}
	for {
		var f feature
		err := d.Decode(&f)
		if errors.Is(err, io.EOF) {
			return zones, nil
		}
		if err != nil {
			return nil, fmt.Errorf("zone %d %w: %w", len(zones)+1, ErrFile, err)
		}
		if f.Type != "FeatureCollection" {
			if err := add(&f); err != nil {
				return nil, err
			}
			continue
		}
		for _, text := range f.Features {
			var g feature
			if err := json.Unmarshal(text, &g); err != nil {
				return nil, fmt.Errorf("zone %d %w: %w", len(zones)+1, ErrFile, err)
			}
			if err := add(&g); err != nil {
				return nil, err
			}
		}
	}
}

func (f *feature) zone() (Zone, error) {
	if f.Type != "Feature" {
		return Zone{}, fmt.Errorf("it is a %.40q, not a Feature", f.Type)
	}
	name := f.ID
	if len(name) == 0 || bytes.Equal(name, []byte("null")) {
		name = f.Properties.ID
	}
	var id any
	if len(name) == 0 || json.Unmarshal(name, &id) != nil {
		return Zone{}, errors.New("it has neither an id member nor an id property")
	}
	switch id.(type) {
	case string, float64:
	default:
		return Zone{}, errors.New("its id is neither text nor number")
	}
	if f.Geometry == nil {
		return Zone{}, errors.New("it has no geometry")
	}
	z := Zone{name: bytes.Clone(name)}
	switch g := f.Geometry.Geometry().(type) {
	case orb.Polygon:
		z.Ground = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		z.Ground = g
	default:
		return Zone{}, fmt.Errorf("its geometry is a %.40q, not a Polygon or MultiPolygon", f.Geometry.Type)
	}
	z.rule, z.calendar = bytes.Clone(f.Properties.Rule), bytes.Clone(f.Properties.Calendar)
	return z, nil
}

// Rule is the zone's rule, of no kind if it has none, and when it holds; nil is always.
func (z Zone) Rule() (rule zone.Rule, when *calendar.Spec, err error) {
	var ours struct {
		Kind *string `json:"kind"`
	}
	if len(z.rule) == 0 || json.Unmarshal(z.rule, &ours) != nil || ours.Kind == nil {
		return rule, nil, nil
	}
	if err = json.Unmarshal(z.rule, &rule); err == nil {
		err = rule.Check()
	}
	if err != nil {
		return rule, nil, fmt.Errorf("zone %s %w: its rule: %w", z.name, ErrFile, err)
	}
	if len(z.calendar) > 0 && !bytes.Equal(z.calendar, []byte("null")) {
		if err := json.Unmarshal(z.calendar, &when); err != nil {
			return rule, nil, fmt.Errorf("zone %s %w: its calendar: %w", z.name, ErrFile, err)
		}
	}
	return rule, when, nil
}
