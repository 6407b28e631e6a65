package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/zone"
)

const zoneColumns = `SELECT zone.id, zone_version.version, name, kind, rule, calendar, classes, ground, drawn, beside
	FROM zone JOIN zone_version ON zone_version.zone = zone.id `

func scanZone(rows *sql.Rows) (z zone.Zone, err error) {
	var name, classes, rule string
	var calendar, drawn, beside sql.NullString
	var ground []byte
	if err := rows.Scan(&z.ID, &z.Version, &name, &z.Kind, &rule, &calendar, &classes, &ground, &drawn, &beside); err != nil {
		return z, err
	}
	if err = parseRule(rule, &z); err != nil {
		return z, fmt.Errorf("%w: rule of zone %d: %w", ErrCorrupt, z.ID, err)
	}
	if calendar.Valid {
		if err := decodeJSON(calendar.String, &z.Calendar, fmt.Sprintf("calendar of zone %d", z.ID)); err != nil {
			return z, err
		}
	}
	if drawn.Valid {
		if err := decodeJSON(drawn.String, &z.Drawn, fmt.Sprintf("drawing of zone %d", z.ID)); err != nil {
			return z, err
		}
	}
	if beside.Valid {
		if err := decodeJSON(beside.String, &z.Beside, fmt.Sprintf("street of zone %d", z.ID)); err != nil {
			return z, err
		}
	}
	if z.Ground, err = decodeBoundary(ground); err != nil {
		return z, fmt.Errorf("%w: ground of zone %d: %w", ErrCorrupt, z.ID, err)
	}
	err = errors.Join(
		decodeJSON(name, &z.Name, fmt.Sprintf("name of zone %d", z.ID)),
		decodeJSON(classes, &z.Classes, fmt.Sprintf("classes of zone %d", z.ID)),
	)
	return z, err
}

// A ruleColumn is what the column rule has of rules that are more than a kind and a
// span, as JSON.
type ruleColumn struct {
	Rule     zone.Rule `json:"rule"`
	Subjects []int64   `json:"subjects,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
	Tagged   []int64   `json:"tagged,omitempty"`
}

// ruleText is a rule, and whom it is for alone, as a column has it: its kind, and
// after a space the seconds of a dwell; or JSON where that doesn't say it all.
func ruleText(z zone.Zone) (string, error) {
	plain := zone.Rule{Kind: z.Rule.Kind, Longer: z.Rule.Longer}
	switch {
	case z.Rule != plain || len(z.Subjects) > 0 || len(z.Tags) > 0:
		text, err := json.Marshal(ruleColumn{z.Rule, z.Subjects, z.Tags, z.Tagged})
		return string(text), err
	case z.Rule.Longer == 0:
		return string(z.Rule.Kind), nil
	}
	return string(z.Rule.Kind) + " " + strconv.FormatInt(int64(z.Rule.Longer/time.Second), 10), nil
}

func parseRule(s string, z *zone.Zone) error {
	if strings.HasPrefix(s, "{") {
		var c ruleColumn
		err := json.Unmarshal([]byte(s), &c)
		z.Rule, z.Subjects, z.Tags, z.Tagged = c.Rule, c.Subjects, c.Tags, c.Tagged
		return err
	}
	kind, longer, has := strings.Cut(s, " ")
	z.Rule = zone.Rule{Kind: zone.RuleKind(kind)}
	if !has {
		return nil
	}
	seconds, err := strconv.ParseInt(longer, 10, 32)
	z.Rule.Longer = time.Duration(seconds) * time.Second
	return err
}

func readZones(ctx context.Context, q querier, where string, args ...any) (zones []zone.Zone, err error) {
	err = each(ctx, q, zoneColumns+where+` ORDER BY zone.id`, args, func(rows *sql.Rows) error {
		z, err := scanZone(rows)
		zones = append(zones, z)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read zones: %w", err)
	}
	return zones, nil
}

func readZone(ctx context.Context, q querier, where string, args ...any) (z zone.Zone, err error) {
	found, err := readZones(ctx, q, where, args...)
	if err != nil {
		return z, err
	}
	if len(found) == 0 {
		return z, zone.ErrNoZone
	}
	return found[0], nil
}

// Zones is every zone that holds, by id.
func (s *Store) Zones(ctx context.Context) (zones []zone.Zone, err error) {
	err = s.view(ctx, func(q querier) error {
		zones, err = readZones(ctx, q, `AND zone_version.version = zone.version WHERE NOT removed`)
		return err
	})
	return zones, err
}

// ZonesMark is another text after each change of the zones: their versions count on, and
// what is removed stays so.
func (s *Store) ZonesMark(ctx context.Context) (string, error) {
	return s.mark(ctx, `SELECT count(*) || '.' || coalesce(sum(version), 0) || '.' || coalesce(sum(removed), 0) FROM zone`)
}

// RemovedZones is every zone that holds no more, as it last was, by id: alerts
// still name them.
func (s *Store) RemovedZones(ctx context.Context) (zones []zone.Zone, err error) {
	err = s.view(ctx, func(q querier) error {
		zones, err = readZones(ctx, q, `AND zone_version.version = zone.version WHERE removed`)
		return err
	})
	return zones, err
}

// Zone is the zone of that id as it is now, or zone.ErrNoZone.
func (s *Store) Zone(ctx context.Context, id zone.ID) (z zone.Zone, err error) {
	err = s.view(ctx, func(q querier) error {
		z, err = readZone(ctx, q, `AND zone_version.version = zone.version WHERE NOT removed AND zone.id = ?`, id)
		return err
	})
	return z, err
}

// ZoneVersion is a zone as it once was, be it removed since.
func (s *Store) ZoneVersion(ctx context.Context, id zone.ID, version int64) (z zone.Zone, err error) {
	err = s.view(ctx, func(q querier) error {
		z, err = readZone(ctx, q, `WHERE zone.id = ? AND zone_version.version = ?`, id, version)
		return err
	})
	return z, err
}

// AddZone gives z an id and a version. An empty act.Object becomes "zone/ID".
func (s *Store) AddZone(ctx context.Context, z zone.Zone, act audit.Act) (zone.Zone, error) {
	added, err := s.AddZones(ctx, []zone.Zone{z}, act)
	if err != nil {
		return z, err
	}
	return added[0], nil
}

// AddZones adds all of them or none.
func (s *Store) AddZones(ctx context.Context, zones []zone.Zone, act audit.Act) (added []zone.Zone, err error) {
	for i := range zones {
		if err := zones[i].Check(); err != nil { // slow for large ground: not in the writer's time
			return nil, err
		}
	}
	if len(zones) == 0 {
		return nil, nil
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		added = make([]zone.Zone, len(zones))
		for i, z := range zones {
			res, err := q.ExecContext(ctx, `INSERT INTO zone (version, removed) VALUES (1, 0)`)
			if err != nil {
				return fmt.Errorf("write zone: %w", err)
			}
			id, err := res.LastInsertId()
			if err != nil {
				return err
			}
			z.ID, z.Version = zone.ID(id), 1
			if z, err = withTagged(ctx, q, z); err != nil {
				return err
			}
			if err := putZone(ctx, q, z, s.now()); err != nil {
				return err
			}
			added[i] = z
		}
		switch {
		case act.Object == "" && len(added) == 1:
			act.Object = fmt.Sprintf("zone/%d", added[0].ID)
		case act.Object == "":
			act.Object = "zone"
		}
		if act.Detail == "" && len(added) > 1 {
			act.Detail = fmt.Sprintf("%d added", len(added))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func putZone(ctx context.Context, q querier, z zone.Zone, now time.Time) error {
	name, err1 := json.Marshal(z.Name)
	classes, err2 := json.Marshal(z.Classes)
	ground, err3 := encodeBoundary(z.Ground)
	rule, err4 := ruleText(z)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	var calendar any
	if z.Calendar != nil {
		text, err := json.Marshal(z.Calendar)
		if err != nil {
			return err
		}
		calendar = string(text)
	}
	var drawn any
	if z.Drawn != nil {
		text, err := json.Marshal(z.Drawn)
		if err != nil {
			return err
		}
		drawn = string(text)
	}
	beside, err := textOrNull(z.Beside)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO zone_version (zone, version, recorded_at, name, kind, rule, calendar, classes, ground, drawn, beside)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		z.ID, z.Version, nanos(now), string(name), z.Kind, rule, calendar, string(classes), ground, drawn, beside)
	if err != nil {
		return fmt.Errorf("write zone %d: %w", z.ID, err)
	}
	return nil
}

// UpdateZone replaces the zone with z's id; what it was is kept as a version.
// z.Version is the one that was read, else it is zone.ErrStale.
func (s *Store) UpdateZone(ctx context.Context, z zone.Zone, act audit.Act) (updated zone.Zone, err error) {
	if err := z.Check(); err != nil {
		return z, err
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if act.Object == "" {
			act.Object = fmt.Sprintf("zone/%d", z.ID)
		}
		if err := touchZone(ctx, q, z.ID, z.Version, false); err != nil {
			return err
		}
		var err error
		if updated, err = withTagged(ctx, q, z); err != nil {
			return err
		}
		updated.Version++
		return putZone(ctx, q, updated, s.now())
	})
	return updated, err
}

// RemoveZone ends a zone; its versions stay, since alerts name it.
func (s *Store) RemoveZone(ctx context.Context, id zone.ID, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if act.Object == "" {
			act.Object = fmt.Sprintf("zone/%d", id)
		}
		return touchZone(ctx, q, id, version, true)
	})
}

// touchZone moves a zone on from the version that its editor read.
func touchZone(ctx context.Context, q querier, id zone.ID, version int64, remove bool) error {
	var have int64
	err := q.QueryRowContext(ctx, `SELECT version FROM zone WHERE id = ? AND NOT removed`, id).Scan(&have)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return zone.ErrNoZone
	case err != nil:
		return fmt.Errorf("read zone %d: %w", id, err)
	case have != version:
		return zone.ErrStale
	}
	next := version + 1
	if remove {
		next = version // no version of it says anything new
	}
	if _, err := q.ExecContext(ctx, `UPDATE zone SET version = ?, removed = ? WHERE id = ?`, next, remove, id); err != nil {
		return fmt.Errorf("write zone %d: %w", id, err)
	}
	return nil
}
