package demo

import (
	"fmt"

	"citygrid/data/mapfile"
	"citygrid/geo"
	gazetteer "citygrid/geo/place"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/register"
)

// frontages are the kinds of objects that OpenStreetMap's shops and eating places are.
var frontages = map[string]register.ObjectKind{
	"restaurant": register.Caterer, "fast_food": register.Caterer, "pub": register.Caterer, "bar": register.Caterer,
	"cafe": register.Breakfast, "bakery": register.Breakfast,
	"alcohol": register.Shop, "bicycle": register.Shop, "books": register.Shop, "car_parts": register.Shop, "car_repair": register.Shop, "clothes": register.Shop,
	"confectionery": register.Shop, "convenience": register.Shop, "department_store": register.Shop, "doityourself": register.Shop, "dry_cleaning": register.Shop,
	"electronics": register.Shop, "hairdresser": register.Shop, "hardware": register.Shop, "jewelry": register.Shop, "newsagent": register.Shop, "paint": register.Shop,
	"pharmacy": register.Shop, "sports": register.Shop, "supermarket": register.Shop, "toys": register.Shop, "variety_store": register.Shop,
}

// arcades are the streets where shop stands by shop.
var arcades = []string{"North Market Street", "North Union Street", "West 4th Street", "Delaware Avenue", "Lancaster Avenue"}

// makeObjects are the shops and eating places of the grids: those that the map knows,
// few as they are, and made up ones along the arcades; and a contact point in each
// grid. Each stands at the street that is nearest to it.
func makeObjects(m *mapfile.Map, own *grid.Owners) (all []register.Object) {
	const reach geo.Metres = 60
	walked := func(id street.SegmentID) bool {
		s := m.Network.Segment(id)
		return s.Forward&street.Foot != 0 && s.Class != street.Motorway && s.Flags&street.Tunnel == 0
	}
	add := func(o register.Object) {
		if _, owned := own.OwnerAt(o.At); !owned {
			return
		}
		if near := m.Network.Nearest(o.At, reach, walked, 1); len(near) > 0 {
			beside := m.Network.Beside(near[0])
			o.Beside = &beside
		}
		all = append(all, o)
	}
	for i := range m.Places {
		p := &m.Places[i]
		if kind := frontages[p.Detail]; p.Kind == gazetteer.POI && kind != "" {
			add(register.Object{Code: fmt.Sprintf("F-%03d", len(all)+1), Name: names(p.Name[""], p.Name[""]), Kind: kind, At: p.At})
		}
	}
	for _, name := range arcades {
		for _, id := range named(m.Network, name) {
			const front, depth geo.Metres = 22, 11
			length := geo.Metres(m.Network.Segment(id).LengthM)
			for along := front; along < length-front/2; along += front {
				at, ahead := m.Network.PointAt(id, along), m.Network.PointAt(id, min(along+1, length))
				n := len(all)
				side := geo.Degrees(90 - 180*(n%2))
				add(register.Object{
					Code: fmt.Sprintf("F-%03d", n+1), Kind: rows[n%len(rows)], Name: names(fmt.Sprintf("No. %d", n+1), fmt.Sprintf("%d号铺", n+1)),
					At: geo.Destination(at, (geo.Bearing(at, ahead) + side).Normal(), depth),
				})
			}
		}
	}
	for _, q := range quarters {
		for i, s := range q.grids {
			add(register.Object{Code: fmt.Sprintf("C-%s%d", q.code, i+1), Kind: register.Contact, Name: names(s.en+" contact point", s.zh+"联络点"), At: s.at})
		}
	}
	return all
}

// rows is what follows what along an arcade.
var rows = []register.ObjectKind{register.Shop, register.Shop, register.Caterer, register.Shop, register.Breakfast, register.Shop, register.Caterer, register.Shop}
