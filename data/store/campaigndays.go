package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/campaign"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// keptPair is a campaign.Pair on disk.
type keptPair struct {
	People []people.ID    `json:"p"`
	RoadM  []geo.Metres   `json:"m"`
	Start  int64          `json:"x"`
	End    int64          `json:"y"`
	Served geo.Metres     `json:"v"`
	Dead   geo.Metres     `json:"d"`
	Turns  int            `json:"r,omitempty"`
	Legs   []keptLeg      `json:"s"`
	Line   orb.LineString `json:"l"`
}

func keepPairs(pairs []campaign.Pair) []keptPair {
	kept := make([]keptPair, len(pairs))
	for i, p := range pairs {
		w := p.Walk
		kept[i] = keptPair{p.People, p.RoadM, nanos(w.Start), nanos(w.End), w.Served, w.Dead, w.TurnRound, keepLegs(w.Legs), w.Line}
	}
	return kept
}

func readPairs(kept []keptPair) (pairs []campaign.Pair) {
	for _, k := range kept {
		w := patrol.Walk{Start: instant(k.Start), End: instant(k.End), Served: k.Served, Dead: k.Dead, TurnRound: k.Turns, Legs: readLegs(k.Legs), Line: k.Line}
		w.Minutes = w.End.Sub(w.Start).Minutes()
		if len(k.People) > 0 {
			w.Person = k.People[0]
		}
		pairs = append(pairs, campaign.Pair{People: k.People, Walk: w, RoadM: k.RoadM})
	}
	return pairs
}

const dayColumns = `SELECT id, campaign, begin_at, end_at, off, map, seed, roads, checklist, pairs, rest, version FROM campaign_day `

func readDays(ctx context.Context, q querier, where string, args ...any) (days []campaign.Day, err error) {
	err = each(ctx, q, dayColumns+where, args, func(rows *sql.Rows) error {
		var d campaign.Day
		var begin, end, seed int64
		var roads, checklist, pairs, rest string
		if err := rows.Scan(&d.ID, &d.Campaign, &begin, &end, &d.Off, &d.Map, &seed, &roads, &checklist, &pairs, &rest, &d.Version); err != nil {
			return err
		}
		d.Begin, d.End, d.Seed = instant(begin), instant(end), uint64(seed)
		var kept []keptPair
		what := fmt.Sprintf("day %d of campaign %d", d.ID, d.Campaign)
		for _, c := range []struct {
			text string
			into any
		}{{roads, &d.Roads}, {checklist, &d.Checklist}, {pairs, &kept}, {rest, &d.Left}} {
			if err := decodeJSON(c.text, c.into, what); err != nil {
				return err
			}
		}
		d.Pairs = readPairs(kept)
		days = append(days, d)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read days of campaigns: %w", err)
	}
	return days, nil
}

func readDay(ctx context.Context, q querier, id campaign.DayID) (d campaign.Day, err error) {
	days, err := readDays(ctx, q, `WHERE id = ?`, id)
	if err == nil && len(days) == 0 {
		err = fmt.Errorf("day %d of a campaign: %w", id, register.ErrNone)
	}
	if err != nil {
		return d, err
	}
	return days[0], nil
}

// CampaignDays is the days that begin in from <= t < to, by begin.
func (s *Store) CampaignDays(ctx context.Context, from, to time.Time) (days []campaign.Day, err error) {
	err = s.view(ctx, func(q querier) error {
		days, err = readDays(ctx, q, `WHERE begin_at >= ? AND begin_at < ? ORDER BY begin_at, id`, nanos(from), nanos(to))
		return err
	})
	return days, err
}

// CampaignDay is the day of that id, or register.ErrNone.
func (s *Store) CampaignDay(ctx context.Context, id campaign.DayID) (d campaign.Day, err error) {
	err = s.view(ctx, func(q querier) error {
		d, err = readDay(ctx, q, id)
		return err
	})
	return d, err
}

// DaysOfCampaign is the days of one campaign that begin in from <= t < to, by begin.
func (s *Store) DaysOfCampaign(ctx context.Context, id register.CampaignID, from, to time.Time) (days []campaign.Day, err error) {
	err = s.view(ctx, func(q querier) error {
		days, err = readDays(ctx, q, `WHERE campaign = ? AND begin_at >= ? AND begin_at < ? ORDER BY begin_at`, id, nanos(from), nanos(to))
		return err
	})
	return days, err
}

// PutCampaignDay keeps a day as planned, in place of that of the same campaign and begin.
// d.Version is that which was read, 0 where there was none, else it is register.ErrStale.
// A day on which something was found already stays as it is: register.ErrInUse.
func (s *Store) PutCampaignDay(ctx context.Context, d campaign.Day, act audit.Act) (campaign.Day, error) {
	if len(d.Pairs) > register.MaxCampaignPeople {
		return d, fmt.Errorf("a day of %d pairs: %w", len(d.Pairs), register.ErrEntry)
	}
	err := s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if _, err := campaigns.one(ctx, q, d.Campaign); err != nil {
			return err
		}
		var id, version, sheets int64
		err := q.QueryRowContext(ctx, `SELECT id, version, (SELECT count(*) FROM campaign_sheet WHERE day = campaign_day.id)
			FROM campaign_day WHERE campaign = ? AND begin_at = ?`, d.Campaign, nanos(d.Begin)).Scan(&id, &version, &sheets)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for the day: %w", err)
		}
		switch {
		case version != d.Version:
			return fmt.Errorf("day of campaign %d: %w", d.Campaign, register.ErrStale)
		case sheets > 0:
			return fmt.Errorf("day of campaign %d has %d result sheets: %w", d.Campaign, sheets, register.ErrInUse)
		}
		texts, err := jsonTexts(orEmpty(d.Roads), orEmpty(d.Checklist), keepPairs(d.Pairs), orEmpty(d.Left))
		if err != nil {
			return err
		}
		if d.ID = campaign.DayID(id); id == 0 {
			res, err := q.ExecContext(ctx, `INSERT INTO campaign_day (campaign, begin_at, end_at, off, map, seed, roads, checklist, pairs, rest, version)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`, d.Campaign, nanos(d.Begin), nanos(d.End), d.Off, d.Map, int64(d.Seed), texts[0], texts[1], texts[2], texts[3])
			if err != nil {
				return fmt.Errorf("write day of campaign %d: %w", d.Campaign, err)
			}
			last, err := res.LastInsertId()
			if err != nil {
				return err
			}
			d.ID = campaign.DayID(last)
		} else if _, err := q.ExecContext(ctx, `UPDATE campaign_day SET end_at = ?, off = ?, map = ?, seed = ?, roads = ?, checklist = ?, pairs = ?, rest = ?, version = version + 1 WHERE id = ?`,
			nanos(d.End), d.Off, d.Map, int64(d.Seed), texts[0], texts[1], texts[2], texts[3], id); err != nil {
			return fmt.Errorf("write day of campaign %d: %w", d.Campaign, err)
		}
		if act.Object == "" {
			act.Object = fmt.Sprintf("campaign_day/%d", d.ID)
		}
		if act.Detail == "" {
			act.Detail = fmt.Sprintf("campaign %d, %s: %d pairs", d.Campaign, d.Begin.UTC().Format(time.RFC3339), len(d.Pairs))
		}
		return nil
	})
	if err == nil {
		d.Version++
	}
	return d, err
}

// CallOffDay calls a day off, or on again. The version is as in PutCampaignDay.
func (s *Store) CallOffDay(ctx context.Context, id campaign.DayID, off bool, version int64, act audit.Act) (d campaign.Day, err error) {
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if d, err = readDay(ctx, q, id); err != nil {
			return err
		}
		if d.Version != version {
			return fmt.Errorf("day %d of a campaign: %w", id, register.ErrStale)
		}
		d.Off, d.Version = off, d.Version+1
		if act.Object == "" {
			act.Object = fmt.Sprintf("campaign_day/%d", id)
		}
		_, err := q.ExecContext(ctx, `UPDATE campaign_day SET off = ?, version = ? WHERE id = ?`, off, d.Version, id)
		return err
	})
	return d, err
}

const sheetColumns = `SELECT day, pair, road, counts, note, person, at, version FROM campaign_sheet `

func readSheets(ctx context.Context, q querier, where string, args ...any) (all []campaign.Sheet, err error) {
	err = each(ctx, q, sheetColumns+where+` ORDER BY day, pair, road`, args, func(rows *sql.Rows) error {
		var v campaign.Sheet
		var counts string
		var at int64
		if err := rows.Scan(&v.Day, &v.Pair, &v.Road, &counts, &v.Note, &v.By, &at, &v.Version); err != nil {
			return err
		}
		v.At = instant(at)
		all = append(all, v)
		return decodeJSON(counts, &all[len(all)-1].Counts, fmt.Sprintf("sheet of day %d", v.Day))
	})
	if err != nil {
		return nil, fmt.Errorf("read result sheets: %w", err)
	}
	return all, nil
}

// Sheets is the result sheets of some days, by day, pair and road; at most 1000 days.
func (s *Store) Sheets(ctx context.Context, days []campaign.DayID) (all []campaign.Sheet, err error) {
	if len(days) == 0 {
		return nil, nil
	}
	args := make([]any, len(days))
	for i, id := range days {
		args[i] = id
	}
	err = s.view(ctx, func(q querier) error {
		all, err = readSheets(ctx, q, `WHERE day IN (?`+strings.Repeat(", ?", len(days)-1)+`)`, args...)
		return err
	})
	return all, err
}

// PutSheet keeps what a pair found on a road. v.Version is that which was read, 0 for a
// new one, else it is register.ErrStale: two who write at once don't overwrite each other.
func (s *Store) PutSheet(ctx context.Context, v campaign.Sheet, act audit.Act) (campaign.Sheet, error) {
	err := s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		d, err := readDay(ctx, q, v.Day)
		if err != nil {
			return err
		}
		if err := v.Check(&d); err != nil {
			return err
		}
		was, err := readSheets(ctx, q, `WHERE day = ? AND pair = ? AND road = ?`, v.Day, v.Pair, v.Road)
		if err != nil {
			return err
		}
		version := int64(0)
		if len(was) > 0 {
			version = was[0].Version
		}
		if version != v.Version {
			return fmt.Errorf("result sheet of day %d: %w", v.Day, register.ErrStale)
		}
		texts, err := jsonTexts(orEmpty(v.Counts))
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT OR REPLACE INTO campaign_sheet (day, pair, road, counts, note, person, at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			v.Day, v.Pair, v.Road, texts[0], v.Note, v.By, nanos(v.At), v.Version+1)
		if err != nil {
			return fmt.Errorf("write result sheet of day %d: %w", v.Day, err)
		}
		if act.Object == "" {
			act.Object = fmt.Sprintf("campaign_day/%d", v.Day)
		}
		if act.Detail == "" {
			found, fixed, notices := 0, 0, 0
			for _, c := range v.Counts {
				found, fixed, notices = found+c.Found, fixed+c.Fixed, notices+c.Notices
			}
			act.Detail = fmt.Sprintf("pair %d, road %d: %d found, %d fixed, %d notices", v.Pair+1, v.Road+1, found, fixed, notices)
		}
		return nil
	})
	if err == nil {
		v.Version++
	}
	return v, err
}
