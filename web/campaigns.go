package web

import (
	"context"
	"net/http"
	"slices"

	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/campaign"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// CampaignFields are what a planner says of a campaign.
type CampaignFields struct {
	Name      Names          `json:"name" doc:"by language: zh-CN, en"`
	Area      int64          `json:"area" doc:"whose it is"`
	Calendar  Calendar       `json:"calendar" doc:"each of its windows is one time that it is held; never null"`
	Paused    bool           `json:"paused" doc:"it is held at no time"`
	Meet      Position       `json:"meet" doc:"where pairs set out, and come back to"`
	Roads     []CampaignRoad `json:"roads" nullable:"false" maxItems:"40"`
	People    []int64        `json:"people" nullable:"false" maxItems:"200" doc:"officers who take part"`
	Teams     []int64        `json:"teams" nullable:"false" maxItems:"50" doc:"whose officers on patrol then take part too"`
	Tag       string         `json:"tag" maxLength:"200" doc:"somebody with this tag is in each pair while there are enough; empty: of no matter"`
	Alone     bool           `json:"alone" doc:"everybody goes alone"`
	Pace      int            `json:"pace" minimum:"1" maximum:"200" doc:"metres of a street a minute, looking"`
	Checklist []CampaignItem `json:"checklist" nullable:"false" maxItems:"40"`
}

// A CampaignRoad is a street, by its name and where it lies.
type CampaignRoad struct {
	Name  string       `json:"name" maxLength:"200" doc:"as on the map; empty: it has none"`
	Lines [][]Position `json:"lines" nullable:"false" maxItems:"2000"`
	Both  bool         `json:"both" doc:"each side is gone along by itself"`
}

// A CampaignItem is something to be looked for.
type CampaignItem struct {
	Code string `json:"code" maxLength:"32"`
	Text Names  `json:"text" doc:"by language: zh-CN, en"`
}

// A Campaign is an enforcement day that comes back.
type Campaign struct {
	ID int64 `json:"id"`
	CampaignFields
	Version int64 `json:"version" doc:"send it as If-Match with a change"`
}

func (Campaign) plural() string { return "campaigns" }

func roadOf(r register.Road) CampaignRoad {
	out := CampaignRoad{Name: r.Name, Both: r.Both, Lines: [][]Position{}}
	for _, l := range r.Lines {
		line := []Position{}
		for _, p := range l {
			line = append(line, positionOf(p))
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func (r CampaignRoad) road() register.Road {
	out := register.Road{Name: r.Name, Both: r.Both}
	for _, l := range r.Lines {
		line := orb.LineString{}
		for _, p := range l {
			line = append(line, orb.Point(p))
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func idsAs[A, B ~int64](ids []A) []B {
	out := []B{}
	for _, id := range ids {
		out = append(out, B(id))
	}
	return out
}

func campaigns() entries[register.CampaignID, register.Campaign, CampaignFields, Campaign] {
	fields := func(v register.Campaign) CampaignFields {
		f := CampaignFields{
			v.Name, int64(v.Area),
			Calendar{&v.Calendar},
			v.Paused, positionOf(v.Meet),
			[]CampaignRoad{},
			idsAs[people.ID, int64](v.People), idsAs[grid.TeamID, int64](v.Teams),
			v.Tag, v.Alone, v.Pace,
			[]CampaignItem{},
		}
		if v.Calendar.Zone == "" { // a new one
			f.Calendar.Spec = nil
		}
		for _, r := range v.Roads {
			f.Roads = append(f.Roads, roadOf(r))
		}
		for _, i := range v.Checklist {
			f.Checklist = append(f.Checklist, CampaignItem{i.Code, i.Text})
		}
		return f
	}
	return entries[register.CampaignID, register.Campaign, CampaignFields, Campaign]{
		one: "campaign", maxBody: 1 << 20,
		list: Store.Campaigns, get: Store.Campaign, add: Store.AddCampaign, update: Store.UpdateCampaign, remove: Store.RemoveCampaign,
		id:      func(v register.Campaign) register.CampaignID { return v.ID },
		version: func(v register.Campaign) int64 { return v.Version },
		fields:  fields,
		with: func(v register.Campaign, f CampaignFields) register.Campaign {
			v.Name, v.Area, v.Paused, v.Meet, v.Tag, v.Alone, v.Pace = f.Name, grid.AreaID(f.Area), f.Paused, orb.Point(f.Meet), f.Tag, f.Alone, f.Pace
			v.Calendar = calendar.Spec{}
			if f.Calendar.Spec != nil {
				v.Calendar = *f.Calendar.Spec
			}
			v.People, v.Teams = idsAs[int64, people.ID](f.People), idsAs[int64, grid.TeamID](f.Teams)
			v.Roads, v.Checklist = nil, nil
			for _, r := range f.Roads {
				v.Roads = append(v.Roads, r.road())
			}
			for _, i := range f.Checklist {
				v.Checklist = append(v.Checklist, register.CheckItem{Code: i.Code, Text: i.Text})
			}
			return v
		},
		show:   func(_ *view, v register.Campaign) Campaign { return Campaign{int64(v.ID), fields(v), v.Version} },
		within: func(w *view, v register.Campaign) ([]grid.AreaID, error) { return w.ofArea("area", v.Area) },
		rule:   campaignRule,
	}
}

// campaignRule: a planner sends people and teams of the own area, not those of others.
func campaignRule(w *view, v register.Campaign) error {
	if err := w.people.fill(w.ctx); err != nil {
		return err
	}
	for _, id := range v.People {
		areas, err := w.ofPerson("people", id)
		if err != nil {
			return err
		}
		if !w.reachesAny(areas) {
			return noneOf("people", "person")
		}
	}
	for _, id := range v.Teams {
		areas, err := w.ofTeam("teams", id)
		if err != nil {
			return err
		}
		if !w.reachesAny(areas) {
			return noneOf("teams", "team")
		}
	}
	return nil
}

type (
	officersOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			People []CampaignOfficer `json:"people" nullable:"false"`
		}
	}
	roadsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Streets []CampaignRoad `json:"streets" nullable:"false"`
		}
	}
)

// A CampaignOfficer is somebody who may take part in campaigns.
type CampaignOfficer struct {
	ID   int64    `json:"id"`
	Name string   `json:"name"`
	Tags []string `json:"tags" nullable:"false"`
}

// maxNamed is how many roads are found by name at once.
const maxNamed = 50

func (s *Server) campaignRoutes() {
	campaigns().routes(s)
	handle(s, huma.Operation{
		OperationID: "listCampaignOfficers", Method: http.MethodGet, Path: "/api/campaigns/people", Tags: []string{"campaigns"},
		Summary: "The officers whom the caller may send on campaigns",
	}, s.campaignOfficers)
	handle(s, huma.Operation{
		OperationID: "findCampaignStreets", Method: http.MethodGet, Path: "/api/campaigns/streets", Tags: []string{"campaigns"},
		Summary:     "Streets as roads for a campaign: the one at a place, or those of a name in a box",
		Description: "With at, the street nearest to it as far as it goes on under its name; none beyond 100 m. With name and bbox, each street there whose name has that text in it, 50 at most.",
	}, s.campaignStreets)
	s.campaignDayRoutes()
}

func (s *Server) campaignOfficers(ctx context.Context, _ *struct{}) (*officersOutput, error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.people.fill(ctx); err != nil {
		return nil, err
	}
	out := &officersOutput{CacheControl: noStore}
	out.Body.People = []CampaignOfficer{}
	for _, p := range w.people.list {
		mine := slices.ContainsFunc(p.Grants, func(g people.Grant) bool { return g.Role == people.Officer && w.reaches(g.Area) })
		if mine && !p.Disabled {
			out.Body.People = append(out.Body.People, CampaignOfficer{int64(p.ID), p.Name, append([]string{}, p.Tags...)})
		}
	}
	return out, nil
}

func (s *Server) campaignStreets(_ context.Context, in *struct {
	At   string `query:"at" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	Name string `query:"name" maxLength:"100" doc:"a part of the name, in any case"`
	BBox string `query:"bbox" maxLength:"120" doc:"west,south,east,north in degrees; with name" example:"-75.66,39.68,-75.46,39.82"`
},
) (*roadsOutput, error) {
	if s.room == nil {
		return nil, errNoRoom
	}
	n, may := s.room.CampaignStreets()
	if n == nil {
		return nil, errNoMap
	}
	out := &roadsOutput{CacheControl: noStore}
	out.Body.Streets = []CampaignRoad{}
	switch {
	case in.At != "":
		at, err := parsePoint("query.at", in.At)
		if err != nil {
			return nil, err
		}
		if r, ok := campaign.Along(n, at, 100, may); ok {
			out.Body.Streets = append(out.Body.Streets, roadOf(r))
		}
	case in.Name != "":
		bound := n.Bound()
		if in.BBox != "" {
			var err error
			if bound, err = parseBound("query.bbox", in.BBox); err != nil {
				return nil, err
			}
		}
		for _, r := range campaign.Named(n, in.Name, bound, maxNamed, may) {
			out.Body.Streets = append(out.Body.Streets, roadOf(r))
		}
	default:
		return nil, invalid("request.invalid", "query.at", "say at, or name")
	}
	return out, nil
}
