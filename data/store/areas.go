package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"citygrid/data/audit"
	"citygrid/data/gis"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

// Areas is the whole tree, by id.
func (s *Store) Areas(ctx context.Context) (areas []grid.Area, err error) {
	err = s.view(ctx, func(q querier) error {
		areas, err = readAreas(ctx, q, true)
		return err
	})
	return areas, err
}

// AreaTree is Areas without their boundaries: enough for who stands below whom,
// and quick however finely the boundaries are drawn.
func (s *Store) AreaTree(ctx context.Context) (areas []grid.Area, err error) {
	err = s.view(ctx, func(q querier) error {
		areas, err = readAreas(ctx, q, false)
		return err
	})
	return areas, err
}

// readAreas leaves out the boundaries unless they are asked for: they may be
// megabytes.
func readAreas(ctx context.Context, q querier, boundaries bool) (areas []grid.Area, err error) {
	query := `SELECT id, coalesce(parent, 0), kind, code, name, NULL, version FROM area ORDER BY id`
	if boundaries {
		query = `SELECT id, coalesce(parent, 0), kind, code, name, boundary, version FROM area ORDER BY id`
	}
	err = each(ctx, q, query, nil, func(rows *sql.Rows) error {
		var a grid.Area
		var name string
		var boundary []byte
		if err := rows.Scan(&a.ID, &a.Parent, &a.Kind, &a.Code, &name, &boundary, &a.Version); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(name), &a.Name); err != nil {
			return fmt.Errorf("%w: name of area %d: %w", ErrCorrupt, a.ID, err)
		}
		if a.Boundary, err = decodeBoundary(boundary); err != nil {
			return fmt.Errorf("%w: boundary of area %d: %w", ErrCorrupt, a.ID, err)
		}
		areas = append(areas, a)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read areas: %w", err)
	}
	return areas, nil
}

func decodeBoundary(b []byte) (orb.MultiPolygon, error) {
	if b == nil {
		return nil, nil
	}
	g, err := gis.DecodeEWKB(b)
	if err != nil {
		return nil, err
	}
	polygons, ok := g.(orb.MultiPolygon)
	if !ok {
		return nil, fmt.Errorf("it is a %s", g.GeoJSONType())
	}
	return polygons, nil
}

func encodeBoundary(m orb.MultiPolygon) ([]byte, error) {
	if len(m) == 0 {
		return nil, nil
	}
	return gis.EncodeEWKB(m)
}

// AddArea gives a an id and a version. An empty act.Object becomes "area/ID".
func (s *Store) AddArea(ctx context.Context, a grid.Area, act audit.Act) (added grid.Area, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if added, err = addArea(ctx, q, a); err != nil {
			return err
		}
		if act.Object == "" {
			act.Object = fmt.Sprintf("area/%d", added.ID)
		}
		return nil
	})
	return added, err
}

func addArea(ctx context.Context, q querier, a grid.Area) (grid.Area, error) {
	areas, err := readAreas(ctx, q, false)
	if err != nil {
		return a, err
	}
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'area'`).Scan(&a.ID); err != nil {
		return a, fmt.Errorf("next area id: %w", err)
	}
	a.Version = 1
	if _, err := grid.NewTree(append(areas, a)); err != nil {
		return a, err
	}
	name, boundary, err := encodeArea(a)
	if err != nil {
		return a, err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO area (id, parent, kind, code, name, boundary, version) VALUES (?, nullif(?, 0), ?, ?, ?, ?, ?)`,
		a.ID, a.Parent, a.Kind, a.Code, name, boundary, a.Version)
	if err != nil {
		return a, fmt.Errorf("write area %d: %w", a.ID, err)
	}
	return a, nil
}

func encodeArea(a grid.Area) (name string, boundary []byte, err error) {
	b, err := json.Marshal(a.Name)
	if err != nil {
		return "", nil, err
	}
	boundary, err = encodeBoundary(a.Boundary)
	return string(b), boundary, err
}

// UpdateArea replaces the area with a's id. a.Version is the one that was read,
// else it is grid.ErrStale.
func (s *Store) UpdateArea(ctx context.Context, a grid.Area, act audit.Act) (updated grid.Area, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		areas, err := readAreas(ctx, q, false)
		if err != nil {
			return err
		}
		i, err := current(areas, a.ID, a.Version)
		if err != nil {
			return err
		}
		updated = a
		updated.Version++
		areas[i] = updated
		if _, err := grid.NewTree(areas); err != nil {
			return err
		}
		name, boundary, err := encodeArea(updated)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `UPDATE area SET parent = nullif(?, 0), kind = ?, code = ?, name = ?, boundary = ?, version = ? WHERE id = ?`,
			updated.Parent, updated.Kind, updated.Code, name, boundary, updated.Version, updated.ID)
		if err != nil {
			return fmt.Errorf("write area %d: %w", updated.ID, err)
		}
		return nil
	})
	return updated, err
}

func current(areas []grid.Area, id grid.AreaID, version int64) (int, error) {
	i := slices.IndexFunc(areas, func(a grid.Area) bool { return a.ID == id })
	if i < 0 {
		return i, grid.ErrNoArea
	}
	if areas[i].Version != version {
		return i, grid.ErrStale
	}
	return i, nil
}

// RemoveArea removes an area that nothing is bound to. The bureau stays.
func (s *Store) RemoveArea(ctx context.Context, id grid.AreaID, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		areas, err := readAreas(ctx, q, false)
		if err != nil {
			return err
		}
		i, err := current(areas, id, version)
		if err != nil {
			return err
		}
		inUse := func(what string) error {
			return &grid.AreaError{Area: id, Field: "id", What: what, Rule: grid.ErrAreaInUse}
		}
		if areas[i].Parent == 0 {
			return inUse("it is the bureau")
		}
		if slices.ContainsFunc(areas, func(a grid.Area) bool { return a.Parent == id }) {
			return inUse("there are areas below it: remove or move them first")
		}
		var login string
		err = q.QueryRowContext(ctx, `SELECT login FROM person JOIN person_grant ON person = id WHERE area = ? LIMIT 1`, id).Scan(&login)
		if err == nil {
			return inUse(login + " has a role in it: take it away first")
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for uses of area %d: %w", id, err)
		}
		var who string
		err = q.QueryRowContext(ctx, `SELECT 'team ' || code FROM team WHERE area = ?1
			UNION ALL SELECT 'dog ' || id FROM dog WHERE area = ?1 LIMIT 1`, id).Scan(&who)
		if err == nil {
			return inUse(who + " belongs to it: move it first")
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for uses of area %d: %w", id, err)
		}
		if _, err = q.ExecContext(ctx, `DELETE FROM area WHERE id = ?`, id); err != nil {
			return fmt.Errorf("remove area %d: %w", id, err)
		}
		return nil
	})
}
