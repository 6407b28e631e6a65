package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/register"
)

var campaigns = table[register.Campaign]{
	name: "campaign", unique: "id",
	columns: []string{"name", "area", "calendar", "paused", "lon", "lat", "roads", "people", "teams", "tag", "alone", "pace", "checklist"},
	id:      func(v register.Campaign) any { return v.ID },
	number:  func(v *register.Campaign, id int64) { v.ID = register.CampaignID(id) },
	version: func(v *register.Campaign) *int64 { return &v.Version },
	check:   register.Campaign.Check,
	needs: func(v register.Campaign) []needed {
		all := []needed{{"area", "area", int64(v.Area)}}
		for _, id := range v.People {
			all = append(all, needed{"people", "person", int64(id)})
		}
		for _, id := range v.Teams {
			all = append(all, needed{"teams", "team", int64(id)})
		}
		return all
	},
	values: func(v register.Campaign) ([]any, error) {
		texts, err := jsonTexts(v.Name, v.Calendar, v.Roads, orEmpty(v.People), orEmpty(v.Teams), v.Checklist)
		if err != nil {
			return nil, err
		}
		return []any{texts[0], v.Area, texts[1], v.Paused, v.Meet[0], v.Meet[1], texts[2], texts[3], texts[4], v.Tag, v.Alone, v.Pace, texts[5]}, nil
	},
	scan: func(rows *sql.Rows) (v register.Campaign, err error) {
		var name, hours, roads, people, teams, checklist string
		err = rows.Scan(&v.ID, &name, &v.Area, &hours, &v.Paused, &v.Meet[0], &v.Meet[1], &roads, &people, &teams, &v.Tag, &v.Alone, &v.Pace, &checklist, &v.Version)
		if err != nil {
			return v, err
		}
		what := fmt.Sprintf("campaign %d", v.ID)
		for _, c := range []struct {
			text string
			into any
		}{{name, &v.Name}, {hours, &v.Calendar}, {roads, &v.Roads}, {people, &v.People}, {teams, &v.Teams}, {checklist, &v.Checklist}} {
			if err := decodeJSON(c.text, c.into, what); err != nil {
				return v, err
			}
		}
		return v, nil
	},
}

// jsonTexts is values as columns have them.
func jsonTexts(values ...any) (texts []string, err error) {
	for _, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text))
	}
	return texts, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// maxCampaigns is how many campaigns a bureau may have.
const maxCampaigns = 200

// Campaigns is every campaign, by id.
func (s *Store) Campaigns(ctx context.Context) ([]register.Campaign, error) {
	return listOf(ctx, s, campaigns, ``)
}

// Campaign is the campaign of that id, or register.ErrNone.
func (s *Store) Campaign(ctx context.Context, id register.CampaignID) (register.Campaign, error) {
	return oneOf(ctx, s, campaigns, id)
}

// AddCampaign is like AddTeam.
func (s *Store) AddCampaign(ctx context.Context, v register.Campaign, act audit.Act) (register.Campaign, error) {
	return addOne(ctx, s, campaigns, v, act, func(ctx context.Context, q querier, _ []register.Campaign) error {
		var n int
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM campaign`).Scan(&n); err != nil {
			return fmt.Errorf("count campaigns: %w", err)
		}
		if n > maxCampaigns {
			return campaigns.refuse(0, "id", fmt.Sprintf("there would be %d campaigns, the limit is %d", n, maxCampaigns), "remove some", register.ErrEntry)
		}
		return nil
	})
}

// UpdateCampaign is like UpdateTeam. Days that are planned stay as they are.
func (s *Store) UpdateCampaign(ctx context.Context, v register.Campaign, act audit.Act) (register.Campaign, error) {
	return updateIn(ctx, s, campaigns, v, act, nil)
}

// RemoveCampaign is like RemoveTeam. Days to come go with it; one with days that were
// stays: register.ErrInUse.
func (s *Store) RemoveCampaign(ctx context.Context, id register.CampaignID, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if act.Object == "" {
			act.Object = fmt.Sprintf("campaign/%d", id)
		}
		_, err := q.ExecContext(ctx, `DELETE FROM campaign_day WHERE campaign = ? AND begin_at > ?
			AND NOT EXISTS (SELECT 1 FROM campaign_sheet WHERE day = campaign_day.id)`, id, nanos(act.At))
		if err != nil {
			return fmt.Errorf("remove days of campaign %d: %w", id, err)
		}
		return campaigns.remove(ctx, q, id, version) // a stale version takes this back too
	})
}

// campaignOfTeam refuses to remove a team that a campaign names.
func campaignOfTeam(ctx context.Context, q querier, id grid.TeamID) error {
	all, err := campaigns.list(ctx, q, ``)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(v register.Campaign) bool { return slices.Contains(v.Teams, id) }) {
		return fmt.Errorf("team %d: %w", id, register.ErrInUse)
	}
	return nil
}
