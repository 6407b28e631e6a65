package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/studio"
)

const draftColumns = `SELECT id, name, version, state, coalesce(base, 0), base_version, coalesce(plan, 0), plan_version, coalesce(author, 0),
	coalesce(changed_by, 0), coalesce(submitted_by, 0), coalesce(approved_by, 0), added_at, changed_at, units, parts, undo, redo FROM draft `

func readDrafts(ctx context.Context, q querier, where string, args ...any) (heads []studio.Head, err error) {
	err = each(ctx, q, draftColumns+where, args, func(rows *sql.Rows) error {
		var h studio.Head
		var added, changed int64
		err := rows.Scan(&h.ID, &h.Name, &h.Version, &h.State, &h.Base, &h.BaseVersion, &h.Plan, &h.PlanVersion, &h.Author,
			&h.ChangedBy, &h.SubmittedBy, &h.ApprovedBy, &added, &changed, &h.Units, &h.Parts, &h.Undo, &h.Redo)
		h.AddedAt, h.ChangedAt = instant(added), instant(changed)
		heads = append(heads, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read drafts: %w", err)
	}
	return heads, nil
}

// Drafts is every draft but those discarded, the one changed last first.
func (s *Store) Drafts(ctx context.Context) (heads []studio.Head, err error) {
	err = s.view(ctx, func(q querier) error {
		heads, err = readDrafts(ctx, q, `WHERE state <> ? ORDER BY changed_at DESC, id DESC`, studio.Discarded)
		return err
	})
	return heads, err
}

func readDraft(ctx context.Context, q querier, id studio.DraftID) (h studio.Head, err error) {
	found, err := readDrafts(ctx, q, `WHERE id = ?`, id)
	if err == nil && len(found) == 0 {
		return h, studio.ErrNoDraft
	}
	if err != nil {
		return h, err
	}
	return found[0], nil
}

// DraftHead is a draft without its ground, or studio.ErrNoDraft.
func (s *Store) DraftHead(ctx context.Context, id studio.DraftID) (h studio.Head, err error) {
	err = s.view(ctx, func(q querier) error {
		h, err = readDraft(ctx, q, id)
		return err
	})
	return h, err
}

// DraftOfPlan is the draft that was published as a version of a plan, or
// studio.ErrNoDraft.
func (s *Store) DraftOfPlan(ctx context.Context, id grid.PlanID, version int64) (h studio.Head, err error) {
	err = s.view(ctx, func(q querier) error {
		found, err := readDrafts(ctx, q, `WHERE plan = ? AND plan_version = ? ORDER BY id DESC LIMIT 1`, id, version)
		if err == nil && len(found) == 0 {
			return studio.ErrNoDraft
		}
		if err == nil {
			h = found[0]
		}
		return err
	})
	return h, err
}

// Draft is a draft as it is now, made from its last image and the steps since,
// and how many these were.
func (s *Store) Draft(ctx context.Context, id studio.DraftID) (h studio.Head, d *studio.Draft, steps int, err error) {
	var image []byte
	var kept [][]byte
	err = s.view(ctx, func(q querier) error {
		kept = nil
		if h, err = readDraft(ctx, q, id); err != nil {
			return err
		}
		var version int64
		if err := q.QueryRowContext(ctx, `SELECT version, image FROM draft_image WHERE draft = ?`, id).Scan(&version, &image); err != nil {
			return fmt.Errorf("read draft %d: %w", id, err)
		}
		return each(ctx, q, `SELECT step FROM draft_step WHERE draft = ? AND version > ? AND step IS NOT NULL ORDER BY version`, []any{id, version},
			func(rows *sql.Rows) error {
				var step []byte
				err := rows.Scan(&step)
				kept = append(kept, step)
				return err
			})
	})
	if err != nil {
		return h, nil, 0, err
	}
	if d, err = studio.Open(image); err != nil {
		return h, nil, 0, fmt.Errorf("%w: draft %d: %w", ErrCorrupt, id, err)
	}
	for _, step := range kept {
		if _, err := d.Follow(step); err != nil {
			return h, nil, 0, fmt.Errorf("%w: draft %d: %w", ErrCorrupt, id, err)
		}
	}
	return h, d, len(kept), nil
}

// DraftDone is what was done to a draft after a version, the first thing first,
// at most limit of them.
func (s *Store) DraftDone(ctx context.Context, id studio.DraftID, after int64, limit int) (done []studio.Done, err error) {
	err = s.view(ctx, func(q querier) error {
		done = nil
		return each(ctx, q, `SELECT version, at, coalesce(who, 0), what FROM draft_step WHERE draft = ? AND version > ? ORDER BY version LIMIT ?`,
			[]any{id, after, limit}, func(rows *sql.Rows) error {
				var d studio.Done
				var at int64
				var what string
				if err := rows.Scan(&d.Version, &at, &d.Who, &what); err != nil {
					return err
				}
				d.At = instant(at)
				done = append(done, d)
				return decodeJSON(what, &done[len(done)-1].What, fmt.Sprintf("step %d of draft %d", d.Version, id))
			})
	})
	return done, err
}

// AddDraft gives h an id and a version. An empty act.Object becomes "draft/ID".
func (s *Store) AddDraft(ctx context.Context, h studio.Head, image []byte, act audit.Act) (added studio.Head, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		added = h
		added.Version, added.AddedAt, added.ChangedAt, added.ChangedBy = 1, instant(nanos(act.At)), instant(nanos(act.At)), h.Author
		res, err := q.ExecContext(ctx, `INSERT INTO draft (name, version, state, base, base_version, plan, plan_version, author, changed_by,
			submitted_by, approved_by, added_at, changed_at, units, parts, undo, redo) VALUES (?, 1, ?, ?, ?, NULL, 0, ?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?)`,
			h.Name, h.State, orNull(int64(h.Base)), h.BaseVersion, orNull(h.Author), orNull(h.Author), nanos(act.At), nanos(act.At), h.Units, h.Parts, h.Undo, h.Redo)
		if err != nil {
			return fmt.Errorf("write draft: %w", err)
		}
		id, err := res.LastInsertId()
		if err != nil {
			return err
		}
		added.ID = studio.DraftID(id)
		if act.Object == "" {
			act.Object = fmt.Sprintf("draft/%d", id)
		}
		return errors.Join(putDone(ctx, q, added, []string{"add"}, nil), putImage(ctx, q, added, image))
	})
	return added, err
}

func putDone(ctx context.Context, q querier, h studio.Head, what []string, step []byte) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO draft_step (draft, version, at, who, what, step) VALUES (?, ?, ?, ?, ?, ?)`,
		h.ID, h.Version, nanos(h.ChangedAt), orNull(h.ChangedBy), string(text), step)
	if err != nil {
		return fmt.Errorf("write step of draft %d: %w", h.ID, err)
	}
	return nil
}

func putImage(ctx context.Context, q querier, h studio.Head, image []byte) error {
	_, err := q.ExecContext(ctx, `INSERT INTO draft_image (draft, version, image) VALUES (?, ?, ?)
		ON CONFLICT (draft) DO UPDATE SET version = excluded.version, image = excluded.image`, h.ID, h.Version, image)
	if err != nil {
		return fmt.Errorf("write draft %d: %w", h.ID, err)
	}
	return nil
}

// StepDraft writes down what somebody did to a draft, h as it is then but in the
// version that was read; else it is studio.ErrStale. A step is what Draft.Step
// gave, nil for a move from state to state; an image, where there is one, takes
// the place of all steps so far. An empty act.Object becomes "draft/ID".
func (s *Store) StepDraft(ctx context.Context, h studio.Head, what []string, step, image []byte, act audit.Act) (after studio.Head, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		after, err = stepDraft(ctx, q, h, what, step, image, act)
		return err
	})
	return after, err
}

func stepDraft(ctx context.Context, q querier, h studio.Head, what []string, step, image []byte, act *audit.Act) (after studio.Head, err error) {
	was, err := readDraft(ctx, q, h.ID)
	if err != nil {
		return h, err
	}
	if was.Version != h.Version {
		return h, studio.ErrStale
	}
	after = h
	after.Version, after.ChangedAt = h.Version+1, instant(nanos(act.At))
	if act.Object == "" {
		act.Object = fmt.Sprintf("draft/%d", h.ID)
	}
	_, err = q.ExecContext(ctx, `UPDATE draft SET name = ?, version = ?, state = ?, plan = ?, plan_version = ?, changed_by = ?, submitted_by = ?, approved_by = ?,
		changed_at = ?, units = ?, parts = ?, undo = ?, redo = ? WHERE id = ?`,
		h.Name, after.Version, h.State, orNull(int64(h.Plan)), h.PlanVersion, orNull(h.ChangedBy), orNull(h.SubmittedBy), orNull(h.ApprovedBy),
		nanos(after.ChangedAt), h.Units, h.Parts, h.Undo, h.Redo, h.ID)
	if err != nil {
		return h, fmt.Errorf("write draft %d: %w", h.ID, err)
	}
	if err := putDone(ctx, q, after, what, step); err != nil {
		return h, err
	}
	if image != nil {
		err = putImage(ctx, q, after, image)
	}
	return after, err
}

// NextGrid is an id that no grid of a plan has had.
func (s *Store) NextGrid(ctx context.Context) (id grid.GridID, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM plan_grid`).Scan(&id)
	})
	return id, err
}

// UnitCodes is every code that a unit grid was given, and whether it is retired.
func (s *Store) UnitCodes(ctx context.Context) (retired map[string]bool, err error) {
	err = s.view(ctx, func(q querier) error {
		retired = map[string]bool{}
		return each(ctx, q, `SELECT code, retired_at IS NOT NULL FROM unit_code`, nil, func(rows *sql.Rows) error {
			var code string
			var gone bool
			err := rows.Scan(&code, &gone)
			retired[code] = gone
			return err
		})
	})
	return retired, err
}

// PublishDraft makes a plan of a draft, all or nothing: the plan, the draft as it
// is then, and the codes of its unit grids, of which those that it has no more are
// retired. The errors are studio.ErrStale, also for a grid's id or a unit grid's
// code that somebody else took meanwhile, and those of AddPlan.
func (s *Store) PublishDraft(ctx context.Context, p studio.Publication, act audit.Act) (after studio.Head, plan grid.Plan, err error) {
	if err := checkPlan(p.Plan); err != nil {
		return after, plan, err
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		for _, g := range p.Plan.Grids {
			var taken bool
			if g.ID < p.FirstNew {
				continue
			}
			if err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM plan_grid WHERE id = ?)`, g.ID).Scan(&taken); err != nil {
				return fmt.Errorf("look for grid %d: %w", g.ID, err)
			}
			if taken {
				return studio.ErrStale
			}
		}
		res, err := q.ExecContext(ctx, `INSERT INTO plan (version) VALUES (1)`)
		if err != nil {
			return fmt.Errorf("write plan: %w", err)
		}
		id, err := res.LastInsertId()
		if err != nil {
			return err
		}
		plan = p.Plan
		plan.ID, plan.Version, plan.From = grid.PlanID(id), 1, instant(nanos(p.Plan.From))
		if err := putPlan(ctx, q, plan, s.now()); err != nil {
			return err
		}
		if err := putCodes(ctx, q, plan, p.Codes); err != nil {
			return err
		}
		h := p.Head
		h.Plan, h.PlanVersion = plan.ID, plan.Version
		after, err = stepDraft(ctx, q, h, []string{string(studio.Publish)}, nil, p.Image, act)
		return err
	})
	return after, plan, err
}

// putCodes notes the codes that unit grids have from a plan on.
func putCodes(ctx context.Context, q querier, plan grid.Plan, codes []string) error {
	has := make(map[string]bool, len(codes))
	for _, code := range codes {
		has[code] = true
	}
	var gone []string
	err := each(ctx, q, `SELECT code, retired_at IS NOT NULL FROM unit_code`, nil, func(rows *sql.Rows) error {
		var code string
		var retired bool
		if err := rows.Scan(&code, &retired); err != nil {
			return err
		}
		switch {
		case retired && has[code]:
			return fmt.Errorf("code %s is retired: %w", code, studio.ErrStale)
		case has[code]:
			delete(has, code)
		case !retired:
			gone = append(gone, code)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for code := range has {
		if _, err := q.ExecContext(ctx, `INSERT INTO unit_code (code, plan, given_at) VALUES (?, ?, ?)`, code, plan.ID, nanos(plan.From)); err != nil {
			return fmt.Errorf("write code %s: %w", code, err)
		}
	}
	for _, code := range gone {
		if _, err := q.ExecContext(ctx, `UPDATE unit_code SET retired_at = ? WHERE code = ?`, nanos(plan.From), code); err != nil {
			return fmt.Errorf("retire code %s: %w", code, err)
		}
	}
	return nil
}
