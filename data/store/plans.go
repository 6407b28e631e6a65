package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
)

// Plans is what each plan says of itself, by id, as it is now, without grids.
func (s *Store) Plans(ctx context.Context) (plans []grid.Plan, err error) {
	err = s.view(ctx, func(q querier) error {
		plans = nil
		return each(ctx, q, `SELECT id, plan.version, from_at FROM plan
			JOIN plan_version ON plan_version.plan = id AND plan_version.version = plan.version ORDER BY id`, nil,
			func(rows *sql.Rows) error {
				p, err := scanPlan(rows)
				plans = append(plans, p)
				return err
			})
	})
	if err != nil {
		return nil, fmt.Errorf("read plans: %w", err)
	}
	return plans, nil
}

func scanPlan(row interface{ Scan(...any) error }) (p grid.Plan, err error) {
	var from int64
	err = row.Scan(&p.ID, &p.Version, &from)
	p.From = instant(from)
	return p, err
}

// Plan is the plan of that id as it is now, or grid.ErrNoPlan.
func (s *Store) Plan(ctx context.Context, id grid.PlanID) (grid.Plan, error) {
	return s.planWhere(ctx, `WHERE plan = ? ORDER BY version DESC LIMIT 1`, id)
}

// PlanVersion is a plan as it once was.
func (s *Store) PlanVersion(ctx context.Context, id grid.PlanID, version int64) (grid.Plan, error) {
	return s.planWhere(ctx, `WHERE plan = ? AND version = ?`, id, version)
}

// PlanAt is the plan that holds at t: of all plans as they are now, the one that
// began last and not after t. There is none before the first:
// grid.ErrNoPlan.
func (s *Store) PlanAt(ctx context.Context, t time.Time) (grid.Plan, error) {
	return s.PlanKnown(ctx, t, time.Unix(0, math.MaxInt64))
}

// PlanKnown is the plan that held at t as far as was known at a later instant:
// versions recorded after that are left out.
func (s *Store) PlanKnown(ctx context.Context, t, known time.Time) (grid.Plan, error) {
	// A plan that changes its From is looked at as it was known to be.
	return s.planWhere(ctx, `AS v WHERE from_at <= ? AND recorded_at <= ? AND version = (
			SELECT max(version) FROM plan_version WHERE plan = v.plan AND recorded_at <= ?)
		ORDER BY from_at DESC, plan DESC LIMIT 1`, nanos(t), nanos(known), nanos(known))
}

func (s *Store) planWhere(ctx context.Context, where string, args ...any) (p grid.Plan, err error) {
	err = s.view(ctx, func(q querier) error {
		p, err = scanPlan(q.QueryRowContext(ctx, `SELECT plan, version, from_at FROM plan_version `+where, args...))
		if errors.Is(err, sql.ErrNoRows) {
			return grid.ErrNoPlan
		}
		if err != nil {
			return fmt.Errorf("read plan: %w", err)
		}
		p.Grids, err = readGrids(ctx, q, p.ID, p.Version)
		return err
	})
	return p, err
}

func readGrids(ctx context.Context, q querier, plan grid.PlanID, version int64) (grids []grid.Responsibility, err error) {
	err = each(ctx, q, `SELECT id, code, name, coalesce(team, 0), coalesce(member, 0), tasks, ground, coalesce(staffing, '') FROM plan_grid
		WHERE plan = ? AND version = ? ORDER BY place`, []any{plan, version}, func(rows *sql.Rows) error {
		var g grid.Responsibility
		var name, tasks, staffing string
		var ground []byte
		if err := rows.Scan(&g.ID, &g.Code, &name, &g.Team, &g.Member, &tasks, &ground, &staffing); err != nil {
			return err
		}
		if g.Ground, err = decodeBoundary(ground); err != nil {
			return fmt.Errorf("%w: ground of grid %d of plan %d: %w", ErrCorrupt, g.ID, plan, err)
		}
		if staffing != "" {
			if err := decodeJSON(staffing, &g.Staffing, fmt.Sprintf("staffing of grid %d of plan %d", g.ID, plan)); err != nil {
				return err
			}
		}
		grids = append(grids, g)
		last := &grids[len(grids)-1]
		return errors.Join(
			decodeJSON(name, &last.Name, fmt.Sprintf("name of grid %d of plan %d", g.ID, plan)),
			decodeJSON(tasks, &last.Tasks, fmt.Sprintf("tasks of grid %d of plan %d", g.ID, plan)),
		)
	})
	if err != nil {
		return nil, fmt.Errorf("read grids: %w", err)
	}
	return grids, nil
}

// AddPlan gives p an id and a version. What holds from p.From on changes with
// it; who answered before stays on record. An empty act.Object becomes "plan/ID".
func (s *Store) AddPlan(ctx context.Context, p grid.Plan, act audit.Act) (added grid.Plan, err error) {
	if err := checkPlan(p); err != nil {
		return p, err
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		res, err := q.ExecContext(ctx, `INSERT INTO plan (version) VALUES (1)`)
		if err != nil {
			return fmt.Errorf("write plan: %w", err)
		}
		id, err := res.LastInsertId()
		if err != nil {
			return err
		}
		added = p
		added.ID, added.Version, added.From = grid.PlanID(id), 1, instant(nanos(p.From))
		if act.Object == "" {
			act.Object = fmt.Sprintf("plan/%d", id)
		}
		return putPlan(ctx, q, added, s.now())
	})
	return added, err
}

// UpdatePlan makes the next version of a plan: it mends what was wrong with it
// from its beginning. Ground that changes hands from some day on is another plan.
// p.Version is the one that was read, else it is grid.ErrStale.
func (s *Store) UpdatePlan(ctx context.Context, p grid.Plan, act audit.Act) (updated grid.Plan, err error) {
	if err := checkPlan(p); err != nil {
		return p, err
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		var have int64
		err := q.QueryRowContext(ctx, `SELECT version FROM plan WHERE id = ?`, p.ID).Scan(&have)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return grid.ErrNoPlan
		case err != nil:
			return fmt.Errorf("read plan %d: %w", p.ID, err)
		case have != p.Version:
			return grid.ErrStale
		}
		updated = p
		updated.Version, updated.From = p.Version+1, instant(nanos(p.From))
		if act.Object == "" {
			act.Object = fmt.Sprintf("plan/%d", p.ID)
		}
		if _, err := q.ExecContext(ctx, `UPDATE plan SET version = ? WHERE id = ?`, updated.Version, p.ID); err != nil {
			return fmt.Errorf("write plan %d: %w", p.ID, err)
		}
		return putPlan(ctx, q, updated, s.now())
	})
	return updated, err
}

// checkPlan is done before the writer's turn: it may take long.
func checkPlan(p grid.Plan) error {
	if p.From.IsZero() || p.From.Year() < 1980 || p.From.Year() >= 2200 {
		return fmt.Errorf("%w: from: say from when on the plan holds", grid.ErrPlan)
	}
	return p.Check()
}

func putPlan(ctx context.Context, q querier, p grid.Plan, now time.Time) error {
	_, err := q.ExecContext(ctx, `INSERT INTO plan_version (plan, version, from_at, recorded_at) VALUES (?, ?, ?, ?)`,
		p.ID, p.Version, nanos(p.From), nanos(now))
	if err != nil {
		return fmt.Errorf("write plan %d: %w", p.ID, err)
	}
	for place, g := range p.Grids {
		for _, n := range []needed{{"team", "team", int64(g.Team)}, {"member", "person", g.Member}} {
			var there bool
			if n.id == 0 {
				continue
			}
			if err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+n.table+` WHERE id = ?)`, n.id).Scan(&there); err != nil {
				return fmt.Errorf("look for %s %d: %w", n.table, n.id, err)
			}
			if !there {
				return fmt.Errorf("%w: grid %d: %s: there is no %s %d", grid.ErrPlan, g.ID, n.field, n.table, n.id)
			}
		}
		name, err1 := json.Marshal(g.Name)
		tasks, err2 := json.Marshal(g.Tasks)
		ground, err3 := encodeBoundary(g.Ground)
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		var staffing any
		if g.Staffing != nil {
			text, err := json.Marshal(g.Staffing)
			if err != nil {
				return err
			}
			staffing = string(text)
		}
		_, err := q.ExecContext(ctx, `INSERT INTO plan_grid (plan, version, place, id, code, name, team, member, tasks, ground, staffing)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.ID, p.Version, place, g.ID, g.Code, string(name), orNull(int64(g.Team)), orNull(g.Member), string(tasks), ground, staffing)
		if err != nil {
			return fmt.Errorf("write grid %d of plan %d: %w", g.ID, p.ID, err)
		}
	}
	return nil
}
