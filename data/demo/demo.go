// Package demo is the demo city: where its map comes from, its bureau with all
// that it has, and its clock. Package data/demo/simulate moves it.
//
// The map is Wilmington, Delaware, cut from the OpenStreetMap file that the
// paulmach/osm module carries for its own tests. `make city` cuts it into
// city/wilmington.map, which git ignores and the build embeds, so a shipped
// program has its demo inside.
package demo

import (
	"embed"
	"errors"

	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/paulmach/orb"
)

// Bound is the piece of Delaware that is cut out: the city of Wilmington with
// its surroundings, from the Delaware river to Hockessin's edge.
var Bound = orb.Bound{Min: orb.Point{-75.66, 39.68}, Max: orb.Point{-75.46, 39.82}}

// Name is the demo city's name.
const Name = "Wilmington"

// MapFile is the name of the cut map inside the folder city.
const MapFile = "wilmington.map"

// TimeZone, Region and Language are the demo bureau's settings.
const (
	TimeZone = "America/New_York"
	Region   = "US"
	Language = "en"
)

//go:embed all:city
var city embed.FS

// ErrNoCity says that the program was built without its demo city.
var ErrNoCity = errors.New("this program was built without its demo city: run `make city`, then build again")

// Map is the demo city's map file. Its error is ErrNoCity.
func Map() ([]byte, error) {
	b, err := city.ReadFile("city/" + MapFile)
	if err != nil {
		return nil, ErrNoCity
	}
	return b, nil
}

// Bureau is the root of the demo's areas.
func Bureau() grid.Area {
	return grid.Area{
		Kind: grid.Bureau,
		Code: "100000",
		Name: map[string]string{"en": "Wilmington City Management", "zh-CN": "威尔明顿市城市管理局"},
	}
}

// An Account is a login that the demo makes; its password is drawn at random
// when the demo's data folder is made, and printed once.
type Account struct {
	Login, Name string
	Role        people.Role
}

// Accounts are the demo's three logins for a visitor: its administrator, a
// dispatcher of the whole bureau, and an officer of the first team, whose part
// the visitor plays on a phone.
func Accounts() []Account {
	return []Account{
		{"admin", "Ada Reed", people.Admin},
		{"dispatch", "Li Wei", people.Dispatcher},
		{"officer", "Sam Okoye", people.Officer},
	}
}
