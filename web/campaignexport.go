package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"citygrid/grid/register"
)

// exportCampaignDay writes the result sheets of a day as a CSV file, a line for each pair,
// road and item.
func (s *Server) exportCampaignDay(rw http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return register.ErrNone
	}
	d, v, err := s.dayOf(ctx, id)
	if err != nil {
		return err
	}
	day, err := s.answerDay(ctx, d, v)
	if err != nil {
		return err
	}
	set, err := s.store.Settings(ctx)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return err
	}
	lang := r.URL.Query().Get("lang")
	said := func(n Names) string {
		for _, l := range []string{lang, "zh-CN", "en"} {
			if n[l] != "" {
				return n[l]
			}
		}
		return ""
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	rows := [][]string{{"date", "campaign", "pair", "people", "road", "item", "text", "found", "fixed", "notices", "note"}}
	for _, x := range day.Body.Sheets {
		if x.Pair > len(day.Body.Pairs) || x.Road > len(d.Roads) {
			return register.ErrStale // planned anew since d was read
		}
		var who []string
		for _, p := range day.Body.Pairs[x.Pair-1].People {
			who = append(who, p.Name)
		}
		line := func(item, text string, c CampaignCount) []string {
			return []string{
				d.Begin.In(zone).Format("2006-01-02"), said(v.Name), strconv.Itoa(x.Pair), strings.Join(who, "; "), d.Roads[x.Road-1], item, text,
				strconv.Itoa(c.Found), strconv.Itoa(c.Fixed), strconv.Itoa(c.Notices), x.Note,
			}
		}
		if len(x.Counts) == 0 {
			rows = append(rows, line("", "", CampaignCount{}))
		}
		for _, c := range x.Counts {
			text := ""
			for _, i := range day.Body.Checklist {
				if i.Code == c.Item {
					text = said(i.Text)
				}
			}
			rows = append(rows, line(c.Item, text, c))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = register.Guarded(cell)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	if err := s.store.Record(ctx, s.act(ctx, "campaign_day.export", fmt.Sprintf("campaign_day/%d", d.ID), "")); err != nil {
		return err
	}
	rw.Header().Set("Content-Type", csvType+"; charset=utf-8")
	rw.Header().Set("Cache-Control", noStore)
	rw.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="campaign-%d-%s.csv"`, d.Campaign, d.Begin.In(zone).Format("2006-01-02")))
	_, err = rw.Write(b.Bytes())
	return err
}
