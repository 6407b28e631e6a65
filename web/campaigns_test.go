package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/street/streettest"
	"citygrid/grid/people"
)

// TestCampaigns: a team leader plans a campaign of the own town; its officers see their
// own part and hand in what they found, nobody else's; the desk reads it; the other town
// sees none of it.
func TestCampaigns(t *testing.T) {
	w := atWork(t)
	leader, desk, other, officer, stranger := w.as("town.leader"), w.as("town.desk"), w.as("other.desk"), w.as("town.officer"), w.as("other.officer")
	begin := w.since.Add(3 * time.Hour).UTC().Truncate(time.Minute)
	hours := begin.Format("15:04") + "-" + begin.Add(2*time.Hour).Format("15:04")

	var streets struct{ Streets []CampaignRoad }
	at := streettest.Place(4, 0)
	leader.get(fmt.Sprintf("/api/campaigns/streets?at=%.6f,%.6f", at[0], at[1])).is(t, 200, "").into(t, &streets)
	if len(streets.Streets) != 1 || streets.Streets[0].Name != "Main Street" || len(streets.Streets[0].Lines) != 7 {
		t.Fatalf("found %+v", streets)
	}
	leader.get("/api/campaigns/streets?name=main").is(t, 200, "").into(t, &streets)
	if len(streets.Streets) != 1 {
		t.Errorf("by name %+v", streets)
	}
	leader.get("/api/campaigns/streets").is(t, 422, "request.invalid")
	var officers struct{ People []CampaignOfficer }
	leader.get("/api/campaigns/people").is(t, 200, "").into(t, &officers)
	may := func(login string) bool {
		return slices.ContainsFunc(officers.People, func(p CampaignOfficer) bool { return p.ID == int64(w.ids[login]) })
	}
	if !may("town.officer") || may("other.officer") || may("town.desk") {
		t.Errorf("a leader may send %+v, want officers of the own town alone", officers)
	}

	road := streets.Streets[0]
	road.Both = true
	sent := body{
		"name": body{"zh-CN": "周三执法日"}, "area": townArea, "calendar": body{"zone": "UTC", "rules": []body{{"windows": []string{hours}}}},
		"meet": streettest.Place(0, 0), "roads": []CampaignRoad{road}, "teams": []int64{int64(w.one.ID)}, "people": []int64{}, "pace": 20,
		"checklist": []body{{"code": "A1", "text": body{"zh-CN": "店外经营", "en": "Goods outside"}}, {"code": "A2", "text": body{"en": "Signs"}}},
	}
	desk.send("POST", "/api/campaigns", sent).is(t, 403, "access.denied")
	officer.send("POST", "/api/campaigns", sent).is(t, 403, "access.denied")
	for what, spoil := range map[string]body{
		"registers.outside": {"area": otherArea},
		"registers.none":    {"teams": []int64{int64(w.two.ID)}},
	} {
		bad := body{}
		for k, v := range sent {
			bad[k] = v
		}
		for k, v := range spoil {
			bad[k] = v
		}
		leader.send("POST", "/api/campaigns", bad).is(t, 422, what)
	}
	bad := body{}
	for k, v := range sent {
		bad[k] = v
	}
	bad["people"] = []int64{int64(w.ids["other.officer"])}
	leader.send("POST", "/api/campaigns", bad).is(t, 422, "registers.none")
	delete(bad, "people")
	bad["calendar"] = nil
	leader.send("POST", "/api/campaigns", bad).is(t, 422, "registers.invalid")

	var c Campaign
	leader.send("POST", "/api/campaigns", sent).is(t, 201, "").into(t, &c)
	path := fmt.Sprintf("/api/campaigns/%d", c.ID)
	leader.send("PATCH", path, body{"tag": "certified"}, "If-Match", "1").is(t, 200, "").into(t, &c)
	leader.send("PATCH", path, body{"tag": ""}, "If-Match", "1").is(t, 412, "stale")
	if c.Tag != "certified" || len(c.Roads) != 1 || !c.Roads[0].Both || c.Version != 2 {
		t.Errorf("changed %+v", c)
	}
	other.get(path+"/days").is(t, 404, "not_found")
	var list struct{ Campaigns []Campaign }
	other.get("/api/campaigns").is(t, 200, "").into(t, &list)
	if len(list.Campaigns) != 0 {
		t.Errorf("the other town sees %+v", list)
	}

	var day CampaignDay
	var dates struct{ Dates []CampaignDate }
	first := func() CampaignDate {
		desk.get(path+"/days").is(t, 200, "").into(t, &dates)
		for _, d := range dates.Dates {
			if d.Begin.Equal(begin) {
				return d
			}
		}
		t.Fatalf("not held at %v: %+v", begin, dates)
		return CampaignDate{}
	}
	// It is within half a day, so the room may have planned it by itself before.
	leader.send("POST", path+"/days", body{"begin": begin.Add(time.Minute)}, "If-Match", "0").is(t, 422, "campaigns.not_held")
	if first().Day == nil {
		leader.send("POST", path+"/days", body{"begin": begin}, "If-Match", fmt.Sprint(first().Version))
	}
	d := first()
	if d.Day == nil || d.Pairs != 1 || !d.Held || d.Off {
		t.Fatalf("planned as %+v", d)
	}
	at0 := fmt.Sprintf("/api/campaign-days/%d", *d.Day)
	desk.get(at0).is(t, 200, "").into(t, &day)
	if len(day.Pairs) != 1 || day.Pairs[0].People[0].ID != people.ID(w.ids["town.officer"]) || !day.Pairs[0].People[0].OnRoster || len(day.Pairs[0].Line) < 5 || day.Pairs[0].LookM < 100 {
		t.Errorf("pairs %+v", day.Pairs)
	}
	other.get(at0).is(t, 404, "not_found")
	officer.get(at0).is(t, 403, "access.denied")
	desk.send("POST", at0+"/off", body{"off": true}, "If-Match", fmt.Sprint(d.Version)).is(t, 403, "access.denied")

	var turns struct{ Days []CampaignTurn }
	stranger.get("/api/campaign-days/mine").is(t, 200, "").into(t, &turns)
	if len(turns.Days) != 0 {
		t.Errorf("a stranger's part is %+v", turns)
	}
	officer.get("/api/campaign-days/mine").is(t, 200, "").into(t, &turns)
	if len(turns.Days) != 1 || turns.Days[0].Pair != 1 || len(turns.Days[0].Roads) != 1 || len(turns.Days[0].Checklist) != 2 {
		t.Fatalf("the officer's part is %+v", turns)
	}
	var walks struct {
		Walks []struct {
			Shift    int64
			Campaign *struct{ Day, Pair int64 }
		}
	}
	set, err := w.st.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	officer.get("/api/walks?date="+begin.In(zone).Format(time.DateOnly)).is(t, 200, "").into(t, &walks)
	mine := 0
	for _, x := range walks.Walks {
		if x.Campaign != nil && x.Campaign.Day == *d.Day && x.Shift < 0 {
			mine++
		}
	}
	if mine != 1 {
		t.Errorf("the officer's walks are %+v", walks)
	}

	found := body{"counts": []body{{"item": "A1", "found": 16, "fixed": 10, "notices": 6}, {"item": "A2", "found": 0, "fixed": 0, "notices": 0}}, "note": "=market"}
	sheet := at0 + "/sheets/1/1"
	stranger.send("PUT", sheet, found, "If-Match", "0").is(t, 404, "not_found")
	desk.send("PUT", sheet, found, "If-Match", "0").is(t, 403, "access.denied")
	officer.send("PUT", sheet, found).is(t, 428, "version.missing")
	officer.send("PUT", at0+"/sheets/2/1", found, "If-Match", "0").is(t, 404, "not_found")
	officer.send("PUT", sheet, body{"counts": []body{{"item": "A1", "found": 1, "fixed": 2, "notices": 0}}}, "If-Match", "0").is(t, 422, "registers.invalid")
	var kept CampaignSheet
	officer.send("PUT", sheet, found, "If-Match", "0").is(t, 200, "").into(t, &kept)
	officer.send("PUT", sheet, found, "If-Match", "0").is(t, 412, "stale")
	leader.send("PUT", sheet, body{"counts": []body{{"item": "A1", "found": 17, "fixed": 10, "notices": 6}}}, "If-Match", "1").is(t, 200, "").into(t, &kept)
	if kept.Version != 2 || kept.By != "town.leader" || len(kept.Counts) != 1 {
		t.Errorf("kept %+v", kept)
	}
	entries, err := w.st.AuditEntries(t.Context(), audit.Query{Limit: 1})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	if e := entries[0]; e.Verb != "campaign_sheet.put" || e.Object != fmt.Sprintf("campaign_day/%d", *d.Day) || !strings.Contains(e.Detail, "17 found, 10 fixed, 6 notices") {
		t.Errorf("audit log: %+v", e)
	}
	if got := first(); got.Total != (CampaignTotal{17, 10, 6}) || got.Sheets != 1 {
		t.Errorf("totals %+v", got)
	}
	leader.send("POST", path+"/days", body{"begin": begin}, "If-Match", fmt.Sprint(first().Version)).is(t, 409, "registers.in_use")
	file := desk.get(at0+"/export?lang=en").is(t, 200, "")
	if text := string(file.text); !strings.Contains(text, `,1,Town Officer,Main Street,A1,Goods outside,17,10,6,`) || file.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("the file is %s", text)
	}
	other.get(at0+"/export").is(t, 404, "not_found")
	leader.send("POST", at0+"/off", body{"off": true}, "If-Match", fmt.Sprint(first().Version)).is(t, 200, "").into(t, &day)
	officer.send("PUT", sheet, found, "If-Match", "2").is(t, 409, "campaigns.off")
	leader.send("DELETE", path, nil, "If-Match", "2").is(t, 409, "registers.in_use")
}
