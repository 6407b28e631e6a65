package web

import (
	"strings"
	"unicode/utf8"

	"citygrid/grid"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// DogFields are what an admin says of a dog. Its owner is written here and read
// nowhere but on an alert.
type DogFields struct {
	Name       string    `json:"name" maxLength:"200"`
	Licence    string    `json:"licence" maxLength:"32" doc:"unique; empty: not registered yet"`
	Breed      string    `json:"breed" maxLength:"200"`
	Owner      string    `json:"owner" maxLength:"200" doc:"what is sent as it was read, masked, changes nothing"`
	OwnerPhone string    `json:"owner_phone" maxLength:"40" doc:"5 to 20 digits; what is sent as it was read, masked, changes nothing"`
	Home       *Position `json:"home" doc:"where it lives; null: not told"`
	Area       int64     `json:"area"`
	Retired    bool      `json:"retired" doc:"dead, moved away, licence withdrawn"`
	Tags       []string  `json:"tags" nullable:"false" maxItems:"20" doc:"what rules of zones name it by, ascending"`
}

// A Dog is a dog as the register shows it: without its owner.
type Dog struct {
	ID         int64    `json:"id"`
	Name       string   `json:"name"`
	Licence    string   `json:"licence"`
	Breed      string   `json:"breed"`
	Owner      string   `json:"owner" doc:"masked: the first character" example:"李*"`
	OwnerPhone string   `json:"owner_phone" doc:"masked: the last four digits" example:"*5678"`
	Area       int64    `json:"area"`
	Retired    bool     `json:"retired"`
	Tags       []string `json:"tags" nullable:"false" doc:"what rules of zones name it by, ascending"`
	Version    int64    `json:"version" doc:"send it as If-Match with a change"`
}

func (Dog) plural() string { return "dogs" }

func dogs() entries[register.DogID, register.Dog, DogFields, Dog] {
	return entries[register.DogID, register.Dog, DogFields, Dog]{
		one: "dog", list: Store.Dogs, get: Store.Dog, add: Store.AddDog, update: Store.UpdateDog,
		id:      func(d register.Dog) register.DogID { return d.ID },
		version: func(d register.Dog) int64 { return d.Version },
		fields: func(d register.Dog) DogFields {
			f := DogFields{d.Name, d.Licence, d.Breed, d.Owner, d.OwnerPhone, nil, int64(d.Area), d.Retired, d.Tags}
			if d.Home != (orb.Point{}) {
				at := positionOf(d.Home)
				f.Home = &at
			}
			return f
		},
		with: func(d register.Dog, f DogFields) register.Dog {
			m := masked(d)
			d.Name, d.Licence, d.Breed, d.Area, d.Retired = f.Name, f.Licence, f.Breed, grid.AreaID(f.Area), f.Retired
			d.Tags = tagsOf(f.Tags)
			if d.Owner == "" || f.Owner != m.Owner {
				d.Owner = f.Owner
			}
			if d.OwnerPhone == "" || f.OwnerPhone != m.OwnerPhone {
				d.OwnerPhone = f.OwnerPhone
			}
			d.Home = orb.Point{}
			if f.Home != nil {
				d.Home = orb.Point(*f.Home)
			}
			return d
		},
		show: func(_ *view, d register.Dog) Dog {
			d = masked(d)
			return Dog{int64(d.ID), d.Name, d.Licence, d.Breed, d.Owner, d.OwnerPhone, int64(d.Area), d.Retired, append([]string{}, d.Tags...), d.Version}
		},
		within: func(w *view, d register.Dog) ([]grid.AreaID, error) { return w.ofArea("area", d.Area) },
	}
}

// masked is a dog without what tells who its owner is and where.
func masked(d register.Dog) register.Dog {
	d.Home = orb.Point{}
	if first, _ := utf8.DecodeRuneInString(d.Owner); d.Owner != "" {
		d.Owner = string(first) + "*"
	}
	if d.OwnerPhone != "" {
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, d.OwnerPhone)
		d.OwnerPhone = "*" + digits[max(0, len(digits)-4):]
	}
	return d
}
