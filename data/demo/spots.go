package demo

import (
	"fmt"

	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// A call is what patrols look after at a place of the demo.
type call struct {
	spot
	theme        theme
	hours        string // opening_hours
	visits, stay int    // in each window; minutes
}

// A theme is why patrols call somewhere: one text, so it says it in both languages.
type theme string

const (
	squares   theme = "广场 Square"
	gates     theme = "校园周边 School gate"
	stations  theme = "车站 Station"
	eating    theme = "餐饮 Eateries"
	bikes     theme = "共享单车 Shared bikes"
	stalls    theme = "流动摊点 Stalls"
	waterside theme = "滨水 Waterside"
	barbecue  theme = "夜间烧烤 Night barbecue"
	noise     theme = "夜间噪声 Night noise"
)

const dayHours, nightHours = "07:00-19:00", "20:00-02:00"

// calls are at real places; what patrols have to do there is invented.
var calls = []call{
	{spot{"Rodney Square", "罗德尼广场", rodneySquare}, squares, dayHours, 2, 5},
	{spot{"Rodney Square bike racks", "罗德尼广场单车点", orb.Point{-75.54665, 39.74595}}, bikes, "08:00-10:00", 1, 5},
	{spot{"Eleventh Street bus stops", "十一街公交站", orb.Point{-75.5453, 39.7460}}, stations, "07:30-09:00", 1, 5},
	{spot{"French Street kerb", "法兰西街路缘", orb.Point{-75.5437, 39.7463}}, stalls, dayHours, 2, 5},
	{spot{"Green Room entrance", "绿厅餐厅门前", orb.Point{-75.5475, 39.7464}}, eating, "10:00-11:30", 1, 5},
	{spot{"Market Street at 4th", "市场街四街口", orb.Point{-75.5513, 39.7407}}, stalls, "11:00-14:00,16:30-18:30", 1, 8},
	{spot{"Howard High School gate", "霍华德高中校门", orb.Point{-75.5413, 39.7465}}, gates, "Mo-Fr 07:30-08:30,14:30-15:30", 1, 10},
	{spot{"Library forecourt", "图书馆门前", orb.Point{-75.5475, 39.7452}}, bikes, dayHours, 2, 5},
	{spot{"Fort Christina landing", "克里斯蒂娜堡码头", orb.Point{-75.5384, 39.7374}}, waterside, dayHours, 1, 5},
	{spot{"Wilmington Station", "威尔明顿火车站", orb.Point{-75.5511, 39.7368}}, stations, "07:30-09:30,16:30-18:30", 1, 10},
	{spot{"Justison Street quay", "贾斯蒂森街岸边", orb.Point{-75.5650, 39.7321}}, waterside, dayHours, 2, 5},
	{spot{"Bayard School gate", "贝亚德学校校门", orb.Point{-75.5716, 39.7435}}, gates, "Mo-Fr 07:30-08:30,14:30-15:30", 1, 10},
	{spot{"Trolley Square", "电车广场", orb.Point{-75.5643, 39.7599}}, eating, "11:00-15:00", 1, 10},
	{spot{"St. Francis Hospital gate", "圣方济各医院门前", orb.Point{-75.5678, 39.7494}}, stalls, dayHours, 2, 5},
	{spot{"P. S. duPont School gate", "杜邦中学校门", orb.Point{-75.5331, 39.7643}}, gates, "Mo-Fr 07:30-08:30,14:30-15:30", 1, 10},
	{spot{"Brandywine Park bridge", "白兰地公园桥头", orb.Point{-75.5446, 39.7577}}, waterside, dayHours, 1, 5},

	{spot{"Market Street at 8th", "市场街八街口", orb.Point{-75.5490, 39.7441}}, barbecue, nightHours, 2, 10},
	{spot{"Market Street at 7th", "市场街七街口", orb.Point{-75.5500, 39.7429}}, noise, nightHours, 1, 10},
	{spot{"Rodney Square at night", "罗德尼广场夜间", rodneySquare}, barbecue, nightHours, 2, 10},
	{spot{"King Street lots", "国王街停车场", orb.Point{-75.5480, 39.7425}}, barbecue, nightHours, 2, 10},
	{spot{"East 7th Street", "东七街", orb.Point{-75.5413, 39.7440}}, noise, nightHours, 1, 10},
}

// makeSpots gives each spot to the team whose grid it is in.
func makeSpots(grids []grid.Responsibility, own *grid.Owners) (all []register.Spot, err error) {
	team := map[grid.GridID]grid.TeamID{}
	for _, g := range grids {
		team[g.ID] = g.Team
	}
	for _, c := range calls {
		owner, ok := own.OwnerAt(c.at)
		if !ok {
			return nil, fmt.Errorf("spot %s lies in no grid", c.en)
		}
		rules, err := calendar.ParseOpeningHours(c.hours)
		if err != nil {
			return nil, fmt.Errorf("spot %s: %w", c.en, err)
		}
		all = append(all, register.Spot{
			Name: names(c.en, c.zh), Theme: string(c.theme), At: c.at, Team: team[owner], Visits: c.visits, StayMin: c.stay,
			Calendar: &calendar.Spec{Zone: TimeZone, Rules: rules},
		})
	}
	return all, nil
}
