package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/room"
	"citygrid/routing/campaign"

	"github.com/danielgtaylor/huma/v2"
)

// A CampaignTotal is how much was found, of something or of all.
type CampaignTotal struct {
	Found   int `json:"found"`
	Fixed   int `json:"fixed" doc:"on the spot"`
	Notices int `json:"notices" doc:"given"`
}

func (t *CampaignTotal) add(s campaign.Sheet) {
	for _, c := range s.Counts {
		t.Found, t.Fixed, t.Notices = t.Found+c.Found, t.Fixed+c.Fixed, t.Notices+c.Notices
	}
}

// A CampaignDate is one time that a campaign was or will be held.
type CampaignDate struct {
	Begin   time.Time     `json:"begin"`
	End     time.Time     `json:"end"`
	Day     *int64        `json:"day" doc:"null: it is not planned"`
	Version int64         `json:"version" doc:"of what is planned; 0 when nothing is"`
	Off     bool          `json:"off" doc:"called off"`
	Held    bool          `json:"held" doc:"by the calendar of now; false when that has changed since"`
	Pairs   int           `json:"pairs"`
	Sheets  int           `json:"sheets" doc:"result sheets that were handed in"`
	Total   CampaignTotal `json:"total"`
}

// A CampaignDay is one time that a campaign is held, as planned, and what was found.
type CampaignDay struct {
	ID        int64               `json:"id"`
	Campaign  int64               `json:"campaign"`
	Name      Names               `json:"name"`
	Begin     time.Time           `json:"begin"`
	End       time.Time           `json:"end"`
	Off       bool                `json:"off"`
	Version   int64               `json:"version"`
	Roads     []string            `json:"roads" nullable:"false"`
	Checklist []CampaignItem      `json:"checklist" nullable:"false"`
	Pairs     []room.CampaignPair `json:"pairs" nullable:"false"`
	Left      []CampaignLeft      `json:"left" nullable:"false" doc:"what is in no walk"`
	Sheets    []CampaignSheet     `json:"sheets" nullable:"false"`
	Total     CampaignTotal       `json:"total"`
}

// CampaignLeft is what of a road is in nobody's walk.
type CampaignLeft struct {
	Road   int     `json:"road" doc:"index of roads"`
	Metres float64 `json:"metres"`
	Why    string  `json:"why" enum:"time,closed" doc:"time: there are too few people or hours; closed: it can't be walked, or is not on the map"`
}

// CampaignCount is what was found of one item.
type CampaignCount struct {
	Item    string `json:"item" maxLength:"32" doc:"code of the checklist"`
	Found   int    `json:"found" minimum:"0" maximum:"10000"`
	Fixed   int    `json:"fixed" minimum:"0" maximum:"10000" doc:"on the spot"`
	Notices int    `json:"notices" minimum:"0" maximum:"10000" doc:"given"`
}

// A CampaignSheet is what a pair found on a road.
type CampaignSheet struct {
	Pair    int             `json:"pair" doc:"from 1"`
	Road    int             `json:"road" doc:"from 1"`
	Counts  []CampaignCount `json:"counts" nullable:"false"`
	Note    string          `json:"note"`
	By      string          `json:"by" doc:"who wrote it last"`
	At      time.Time       `json:"at"`
	Version int64           `json:"version" doc:"send it as If-Match with the next"`
}

// A CampaignTurn is somebody's own part in a day: what the phone shows.
type CampaignTurn struct {
	Day       int64           `json:"day"`
	Name      Names           `json:"name"`
	Begin     time.Time       `json:"begin"`
	End       time.Time       `json:"end"`
	Pair      int             `json:"pair" doc:"from 1"`
	With      []string        `json:"with" nullable:"false" doc:"names of the others"`
	Roads     []CampaignPart  `json:"roads" nullable:"false" doc:"that the pair goes along"`
	Checklist []CampaignItem  `json:"checklist" nullable:"false"`
	Sheets    []CampaignSheet `json:"sheets" nullable:"false" doc:"of the pair"`
}

// A CampaignPart is so much of a road.
type CampaignPart struct {
	Road   int     `json:"road" doc:"from 1"`
	Name   string  `json:"name"`
	Metres float64 `json:"metres"`
}

type (
	datesOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Dates []CampaignDate `json:"dates" nullable:"false"`
		}
	}
	turnsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Days []CampaignTurn `json:"days" nullable:"false"`
		}
	}
	campaignDayOutput = entryOutput[CampaignDay]
	dayInput          struct {
		ID int64 `path:"id" doc:"of the day"`
	}
)

func (s *Server) campaignDayRoutes() {
	tags := []string{"campaigns"}
	handle(s, huma.Operation{
		OperationID: "listCampaignDates", Method: http.MethodGet, Path: "/api/campaigns/{id}/days", Tags: tags,
		Summary: "When a campaign was and will be held, what is planned and what was found",
	}, s.campaignDates)
	handle(s, huma.Operation{
		OperationID: "planCampaignDay", Method: http.MethodPost, Path: "/api/campaigns/{id}/days", Tags: tags,
		Summary: "Make the pairs and walks of one time that a campaign is held",
		Description: "Days within twelve hours are planned by themselves. 409 campaigns.nobody, campaigns.over, registers.in_use: there are result sheets; " +
			"412 stale; 422 campaigns.not_held, campaigns.too_large.",
	}, s.planCampaignDay)
	handle(s, huma.Operation{
		OperationID: "getCampaignDay", Method: http.MethodGet, Path: "/api/campaign-days/{id}", Tags: tags,
		Summary: "A day of a campaign: pairs, walks, result sheets", Description: "It doesn't tell where anybody is or was.",
	}, s.campaignDay)
	handle(s, huma.Operation{
		OperationID: "callOffCampaignDay", Method: http.MethodPost, Path: "/api/campaign-days/{id}/off", Tags: tags,
		Summary: "Call a day off, or on again", Description: "Called off, nobody is kept from their beat. 412 stale.",
	}, s.callOffCampaignDay)
	handle(s, huma.Operation{
		OperationID: "listMyCampaignDays", Method: http.MethodGet, Path: "/api/campaign-days/mine", Tags: tags,
		Summary: "The caller's own part in days of campaigns, from two days ago to twelve hours ahead",
	}, s.myCampaignDays)
	handle(s, huma.Operation{
		OperationID: "putCampaignSheet", Method: http.MethodPut, Path: "/api/campaign-days/{id}/sheets/{pair}/{road}", Tags: tags,
		Summary: "Hand in what a pair found on a road",
		Description: "Officers hand in those of their own pair, until two days after; planners and team leaders any. If-Match is 0 for a new one. " +
			"409 campaigns.off; 412 stale: somebody else of the pair did since.",
	}, s.putCampaignSheet)
	s.handleRaw("GET /api/campaign-days/{id}/export", &huma.Operation{
		OperationID: "exportCampaignDay", Method: http.MethodGet, Path: "/api/campaign-days/{id}/export", Tags: tags,
		Summary: "The result sheets of a day as a CSV file, a line for each pair, road and item",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}},
			{Name: "lang", In: "query", Description: "of the items: zh-CN, en", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		Responses: map[string]*huma.Response{"200": {
			Description: "UTF-8 with a byte order mark, as spreadsheets want it",
			Content:     map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		if err := s.exportCampaignDay(w, r); err != nil {
			s.refuse(w, r, err)
		}
	})
}

// campaignOf is a campaign that the caller's right reaches; another is as if not there.
func (s *Server) campaignOf(ctx context.Context, id register.CampaignID) (v register.Campaign, err error) {
	if s.room == nil {
		return v, errNoRoom
	}
	w, err := s.view(ctx)
	if err != nil {
		return v, err
	}
	if v, err = s.store.Campaign(ctx, id); err != nil {
		return v, err
	}
	if !w.reaches(v.Area) {
		return v, register.ErrNone
	}
	return v, nil
}

func (s *Server) dayOf(ctx context.Context, id int64) (d campaign.Day, v register.Campaign, err error) {
	if d, err = s.store.CampaignDay(ctx, campaign.DayID(id)); err != nil {
		return d, v, err
	}
	v, err = s.campaignOf(ctx, d.Campaign)
	return d, v, err
}

const (
	datesBack  = 92 * 24 * time.Hour
	datesAhead = 60 * 24 * time.Hour
	maxDates   = 400 * 24 * time.Hour
)

func (s *Server) campaignDates(ctx context.Context, in *struct {
	ID   int64     `path:"id"`
	From time.Time `query:"from" doc:"92 days ago when left out"`
	To   time.Time `query:"to" doc:"60 days ahead when left out; at most 400 days after from"`
},
) (*datesOutput, error) {
	v, err := s.campaignOf(ctx, register.CampaignID(in.ID))
	if err != nil {
		return nil, err
	}
	from, to, now := in.From, in.To, s.now()
	if from.IsZero() {
		from = now.Add(-datesBack)
	}
	if to.IsZero() {
		to = now.Add(datesAhead)
	}
	if to.Before(from) || to.Sub(from) > maxDates {
		return nil, invalid("request.invalid", "query.to", "to must be at most 400 days after from")
	}
	days, err := s.store.DaysOfCampaign(ctx, v.ID, from, to)
	if err != nil {
		return nil, err
	}
	ids := make([]campaign.DayID, len(days))
	for i, d := range days {
		ids[i] = d.ID
	}
	sheets, err := s.store.Sheets(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := &datesOutput{CacheControl: noStore}
	out.Body.Dates = []CampaignDate{}
	for _, d := range days {
		id := int64(d.ID)
		one := CampaignDate{Begin: d.Begin, End: d.End, Day: &id, Version: d.Version, Off: d.Off, Pairs: len(d.Pairs)}
		for _, x := range sheets {
			if x.Day == d.ID {
				one.Sheets++
				one.Total.add(x)
			}
		}
		out.Body.Dates = append(out.Body.Dates, one)
	}
	// What was not planned when it was held, was not held.
	held, err := v.Held(from, to, s.room.Days())
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		k := slices.IndexFunc(out.Body.Dates, func(d CampaignDate) bool { return d.Begin.Equal(h.From) })
		switch {
		case k >= 0:
			out.Body.Dates[k].Held = true
		case h.To.After(now):
			out.Body.Dates = append(out.Body.Dates, CampaignDate{Begin: h.From.UTC(), End: h.To.UTC(), Held: true})
		}
	}
	slices.SortFunc(out.Body.Dates, func(a, b CampaignDate) int { return a.Begin.Compare(b.Begin) })
	return out, nil
}

func (s *Server) planCampaignDay(ctx context.Context, in *struct {
	ID      int64  `path:"id"`
	IfMatch string `header:"If-Match" doc:"the version of what is planned, 0 where nothing is"`
	Body    struct {
		Begin time.Time `json:"begin" doc:"one of the campaign's dates"`
	}
},
) (*campaignDayOutput, error) {
	version, err := ifMatchOrNew(in.IfMatch)
	if err != nil {
		return nil, err
	}
	v, err := s.campaignOf(ctx, register.CampaignID(in.ID))
	if err != nil {
		return nil, err
	}
	d, err := s.room.PlanCampaign(ctx, v.ID, in.Body.Begin, version, s.act(ctx, "campaign_day.plan", "", ""))
	if err != nil {
		return nil, err
	}
	return s.answerDay(ctx, d, v)
}

func (s *Server) campaignDay(ctx context.Context, in *dayInput) (*campaignDayOutput, error) {
	d, v, err := s.dayOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.answerDay(ctx, d, v)
}

func (s *Server) callOffCampaignDay(ctx context.Context, in *struct {
	ID      int64  `path:"id"`
	IfMatch string `header:"If-Match" doc:"the version of the day"`
	Body    struct {
		Off bool `json:"off"`
	}
},
) (*campaignDayOutput, error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	d, v, err := s.dayOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	verb := "campaign_day.on"
	if in.Body.Off {
		verb = "campaign_day.off"
	}
	if d, err = s.store.CallOffDay(ctx, d.ID, in.Body.Off, version, s.act(ctx, verb, "", "")); err != nil {
		return nil, err
	}
	s.changed(ctx)
	return s.answerDay(ctx, d, v)
}

func itemsOf(list []register.CheckItem) []CampaignItem {
	out := []CampaignItem{}
	for _, i := range list {
		out = append(out, CampaignItem{i.Code, i.Text})
	}
	return out
}

func (s *Server) answerDay(ctx context.Context, d campaign.Day, v register.Campaign) (*campaignDayOutput, error) {
	pairs, err := s.room.CampaignPairs(ctx, d)
	if err != nil {
		return nil, err
	}
	sheets, err := s.store.Sheets(ctx, []campaign.DayID{d.ID})
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	out := CampaignDay{
		ID: int64(d.ID), Campaign: int64(d.Campaign), Name: v.Name, Begin: d.Begin, End: d.End, Off: d.Off, Version: d.Version, Roads: append([]string{}, d.Roads...),
		Checklist: itemsOf(d.Checklist), Pairs: pairs, Left: []CampaignLeft{}, Sheets: []CampaignSheet{},
	}
	for _, l := range d.Left {
		why := "closed"
		if l.Short {
			why = "time"
		}
		out.Left = append(out.Left, CampaignLeft{l.Road, float64(int(l.Metres)), why})
	}
	for _, x := range sheets {
		out.Sheets = append(out.Sheets, sheetOf(w, x))
		out.Total.add(x)
	}
	return &campaignDayOutput{ETag: etag(d.Version), CacheControl: noStore, Body: out}, nil
}

func sheetOf(w *view, x campaign.Sheet) CampaignSheet {
	out := CampaignSheet{Pair: x.Pair + 1, Road: x.Road + 1, Counts: []CampaignCount{}, Note: x.Note, By: w.nameOf(register.PersonSubject(x.By)), At: x.At, Version: x.Version}
	for _, c := range x.Counts {
		out.Counts = append(out.Counts, CampaignCount(c))
	}
	return out
}

// How far around a day its officers see it and hand in sheets.
const (
	turnAhead = 12 * time.Hour
	turnBack  = 48 * time.Hour
)

func (s *Server) myCampaignDays(ctx context.Context, _ *struct{}) (*turnsOutput, error) {
	now, me := s.now(), callerOf(ctx).person.ID
	days, err := s.store.CampaignDays(ctx, now.Add(-turnBack-register.MaxShift), now.Add(turnAhead))
	if err != nil {
		return nil, err
	}
	out := &turnsOutput{CacheControl: noStore}
	out.Body.Days = []CampaignTurn{}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		pair, in := d.Has(me)
		if !in || d.Off || d.End.Before(now.Add(-turnBack)) {
			continue
		}
		v, err := s.store.Campaign(ctx, d.Campaign)
		if err != nil {
			return nil, err
		}
		sheets, err := s.store.Sheets(ctx, []campaign.DayID{d.ID})
		if err != nil {
			return nil, err
		}
		one := CampaignTurn{
			Day: int64(d.ID), Name: v.Name, Begin: d.Begin, End: d.End, Pair: pair + 1, With: []string{}, Roads: []CampaignPart{}, Checklist: itemsOf(d.Checklist), Sheets: []CampaignSheet{},
		}
		for _, id := range d.Pairs[pair].People {
			if id != me {
				one.With = append(one.With, w.nameOf(register.PersonSubject(id)))
			}
		}
		for k, m := range d.Pairs[pair].RoadM {
			if m > 0 && k < len(d.Roads) {
				one.Roads = append(one.Roads, CampaignPart{k + 1, d.Roads[k], float64(int(m))})
			}
		}
		for _, x := range sheets {
			if x.Pair == pair {
				one.Sheets = append(one.Sheets, sheetOf(w, x))
			}
		}
		out.Body.Days = append(out.Body.Days, one)
	}
	return out, nil
}

func (s *Server) putCampaignSheet(ctx context.Context, in *struct {
	ID      int64  `path:"id" doc:"of the day"`
	Pair    int    `path:"pair" minimum:"1"`
	Road    int    `path:"road" minimum:"1"`
	IfMatch string `header:"If-Match" doc:"the version that was read, 0 for a new one"`
	Body    struct {
		Counts []CampaignCount `json:"counts" nullable:"false" maxItems:"40" doc:"of items with something found"`
		Note   string          `json:"note,omitempty" maxLength:"1000"`
	}
},
) (*entryOutput[CampaignSheet], error) {
	version, err := ifMatchOrNew(in.IfMatch)
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.store.CampaignDay(ctx, campaign.DayID(in.ID))
	if err != nil {
		return nil, err
	}
	v, err := s.store.Campaign(ctx, d.Campaign)
	if err != nil {
		return nil, err
	}
	me, now := w.caller.person, s.now()
	edits := slices.ContainsFunc(me.Grants, func(g people.Grant) bool {
		return (g.Role == people.Planner || g.Role == people.TeamLeader) && w.tree.Within(v.Area, g.Area)
	})
	pair, mine := d.Has(me.ID)
	mine = mine && pair == in.Pair-1 && slices.ContainsFunc(me.Grants, func(g people.Grant) bool { return g.Role == people.Officer }) &&
		now.After(d.Begin.Add(-turnAhead)) && now.Before(d.End.Add(turnBack))
	switch {
	case !edits && !mine:
		return nil, register.ErrNone
	case d.Off:
		return nil, newProblem(http.StatusConflict, "campaigns.off", "this day was called off")
	}
	sheet := campaign.Sheet{Day: d.ID, Pair: in.Pair - 1, Road: in.Road - 1, Note: strings.TrimSpace(in.Body.Note), By: me.ID, At: now, Version: version}
	for _, c := range in.Body.Counts {
		if c.Found+c.Fixed+c.Notices > 0 {
			sheet.Counts = append(sheet.Counts, campaign.Count(c))
		}
	}
	if sheet, err = s.store.PutSheet(ctx, sheet, s.act(ctx, "campaign_sheet.put", "", "")); err != nil {
		return nil, err
	}
	return &entryOutput[CampaignSheet]{ETag: etag(sheet.Version), CacheControl: noStore, Body: sheetOf(w, sheet)}, nil
}
