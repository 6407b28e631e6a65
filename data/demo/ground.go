package demo

import (
	"errors"
	"fmt"
	"strings"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/planar"
	"citygrid/geo/street"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

// CityMap reads the demo city's map.
func CityMap() (*mapfile.Map, error) {
	b, err := Map()
	if err != nil {
		return nil, err
	}
	return mapfile.Read(strings.NewReader(string(b)), int64(len(b)))
}

// rodneySquare is in the middle of the city.
var rodneySquare = orb.Point{-75.5466, 39.7459}

// quarters are the teams of the demo and where their three grids are: a place
// in each, by which a grid gets its name.
var quarters = []quarter{
	{"Downtown", "中心城区", "DT", [3]spot{
		{"Rodney Square", "罗德尼广场", rodneySquare},
		{"East Side", "东区", orb.Point{-75.5413, 39.7465}},
		{"Fort Christina", "克里斯蒂娜堡", orb.Point{-75.5384, 39.7374}},
	}},
	{"Riverfront", "滨河区", "RF", [3]spot{
		{"Riverfront", "滨河", orb.Point{-75.5650, 39.7321}},
		{"Canby Park", "坎比公园", orb.Point{-75.5816, 39.7390}},
		{"Southbridge", "南桥", orb.Point{-75.5441, 39.7293}},
	}},
	{"Trolley Square", "电车广场", "TS", [3]spot{
		{"Cool Spring", "冷泉", orb.Point{-75.5591, 39.7513}},
		{"Wawaset Park", "瓦瓦塞特", orb.Point{-75.5746, 39.7557}},
		{"Kentmere", "肯特米尔", orb.Point{-75.5613, 39.7668}},
	}},
	{"Brandywine", "白兰地区", "BW", [3]spot{
		{"Baynard", "贝纳德", orb.Point{-75.5446, 39.7577}},
		{"Brandywine Hills", "白兰地山", orb.Point{-75.5246, 39.7682}},
		{"Riverview", "河景", orb.Point{-75.5284, 39.7567}},
	}},
}

type quarter struct {
	en, zh, code string
	grids        [3]spot
}

type spot struct {
	en, zh string
	at     orb.Point
}

// cut makes the twelve grids, named and given to teams 1 to 4, and the ground of
// each team.
func cut(m *mapfile.Map) (grids []grid.Responsibility, ground []orb.MultiPolygon, err error) {
	var borders, rivers []orb.LineString
	for f := range m.Base.Features() {
		switch {
		case f.Layer == basemap.Boundary:
			borders = append(borders, lines(f.Geometry)...)
		case f.Layer == basemap.Waterway && f.Kind == "river":
			rivers = append(rivers, lines(f.Geometry)...)
		}
	}
	city, found, err := planar.Around(borders, rodneySquare)
	if err != nil || !found {
		return nil, nil, fmt.Errorf("the city's boundary is not on the map: %w", errors.Join(err, geo.ErrEmptyShape))
	}
	k := 3 * len(quarters)
	if grids, err = grid.CutAlongStreets(m.Network, city, k, grid.CutOptions{Seed: 11, Lines: rivers}); err != nil {
		return nil, nil, err
	}
	own, err := grid.Plan{Grids: grids}.Index()
	if err != nil {
		return nil, nil, err
	}
	for q, quarter := range quarters {
		for _, s := range quarter.grids {
			id, ok := own.OwnerAt(s.at)
			g := &grids[max(0, id-1)]
			if !ok || g.Team != 0 {
				return nil, nil, fmt.Errorf("the grids are not cut as the demo knows them: %s is in none, or in another's", s.en)
			}
			g.Team, g.Name, g.Tasks = grid.TeamID(q+1), names(s.en, s.zh), []string{"patrol", "dogs", "parking"}
			g.Code = fmt.Sprintf("G%02d", id)
		}
	}
	ground, err = joined(grids)
	return grids, ground, err
}

// joined is the ground of each team's grids together.
func joined(grids []grid.Responsibility) ([]orb.MultiPolygon, error) {
	var rings []planar.Line
	for _, g := range grids {
		for _, p := range g.Ground {
			for _, r := range p {
				var l planar.Line
				for _, at := range r {
					p, ok := planar.At(at)
					if !ok {
						return nil, geo.ErrPosition
					}
					l.Points = append(l.Points, p)
				}
				rings = append(rings, l)
			}
		}
	}
	mesh, err := planar.New(rings)
	if err != nil {
		return nil, err
	}
	own, err := grid.Plan{Grids: grids}.Index()
	if err != nil {
		return nil, err
	}
	label := make([]int32, mesh.Faces())
	for f := range label {
		label[f] = -1
		if f == 0 {
			continue
		}
		if id, ok := own.OwnerAt(mesh.Inside(f)); ok {
			label[f] = int32(grids[id-1].Team) - 1
		}
	}
	return mesh.Dissolve(label, len(quarters)), nil
}

func lines(g orb.Geometry) []orb.LineString {
	switch g := g.(type) {
	case orb.LineString:
		return []orb.LineString{g}
	case orb.MultiLineString:
		return g
	}
	return nil
}

func names(en, zh string) map[string]string { return map[string]string{"en": en, "zh-CN": zh} }

// residential are the streets where people live, in the city's one connected
// network, with the grid that each belongs to.
func residential(n *street.Network, own *grid.Owners) map[grid.GridID][]street.SegmentID {
	all := map[grid.GridID][]street.SegmentID{}
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		if s.Class != street.Residential || s.Forward&street.Foot == 0 || s.Private&street.Foot != 0 ||
			s.Flags&(street.Disconnected|street.Bridge|street.Tunnel) != 0 || s.Name == 0 {
			continue
		}
		if g, ok := own.OwnerAt(n.PointAt(id, geo.Metres(s.LengthM)/2)); ok {
			all[g] = append(all[g], id)
		}
	}
	return all
}
