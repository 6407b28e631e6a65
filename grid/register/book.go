package register

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
)

// A Book is what is there when a file is read or written: files name things by
// code, login or plate, entries by id. What a file does not refer to may be left
// out. The entries of the file's own register are there to find those that it has
// already.
type Book struct {
	Areas    []grid.Area // by code, else by a name that only one has
	Teams    []Team
	Stations []Station
	People   []people.Person
	Vehicles []Vehicle
	Dogs     []Dog
	Devices  []Device
	Shifts   []Shift        // of the time that a file of shifts is about
	Zone     *time.Location // of times without an offset; nil = UTC
}

// A book is a Book with its indexes.
type book struct {
	Book
	areas, teams, logins, plates, licences index
	stations, devices                      map[string]bool
}

// An index goes from what files say to ids and back. What has no name is #7.
type index struct {
	ids  map[string]int64
	say  map[int64]string
	have map[int64]bool
}

func newIndex() index {
	return index{make(map[string]int64), make(map[int64]string), make(map[int64]bool)}
}

func (n index) put(name string, id int64) {
	n.have[id] = true
	if name != "" {
		n.ids[name], n.say[id] = id, name
	}
}

// look is the id for a name in a file.
func (n index) look(name, what, mend string) (int64, fault) {
	if id, ok := n.ids[name]; ok {
		return id, fault{}
	}
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		if id, err := strconv.ParseInt(digits, 10, 64); err == nil && n.have[id] {
			return id, fault{}
		}
	}
	return 0, fault{fmt.Sprintf("there is no %s %q", what, clip(name)), mend}
}

// name is what a file says for an id; 0 is nothing.
func (n index) name(id int64) string {
	if id == 0 {
		return ""
	}
	if name, ok := n.say[id]; ok {
		return name
	}
	return fmt.Sprintf("#%d", id)
}

func (b Book) open() *book {
	o := &book{
		Book: b, areas: newIndex(), teams: newIndex(), logins: newIndex(), plates: newIndex(), licences: newIndex(),
		stations: make(map[string]bool), devices: make(map[string]bool),
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	for _, t := range b.Teams {
		o.teams.put(t.Code, int64(t.ID))
	}
	for _, p := range b.People {
		o.logins.put(p.Login, int64(p.ID))
	}
	for _, v := range b.Vehicles {
		o.plates.put(v.Plate, int64(v.ID))
	}
	for _, d := range b.Dogs {
		o.licences.put(d.Licence, int64(d.ID))
	}
	for _, s := range b.Stations {
		o.stations[s.Code] = true
	}
	for _, d := range b.Devices {
		o.devices[string(d.ID)] = true
	}
	o.openAreas()
	return o
}

// openAreas lets people write an area's name where it has no code, or where they
// don't know it.
func (b *book) openAreas() {
	count := make(map[string]int)
	for _, a := range b.Areas {
		count[a.Code]++
		said := make(map[string]bool)
		for _, name := range a.Name {
			if !said[name] && name != a.Code {
				count[name]++
			}
			said[name] = true
		}
	}
	for _, a := range b.Areas {
		for _, name := range a.Name {
			if count[name] == 1 && !strings.ContainsAny(name, ";@") {
				b.areas.ids[name] = int64(a.ID)
			}
		}
		for _, name := range []string{a.Name["zh-CN"], a.Name["en"]} {
			if b.areas.ids[name] == int64(a.ID) {
				b.areas.say[int64(a.ID)] = name
			}
		}
	}
	for _, a := range b.Areas {
		b.areas.have[int64(a.ID)] = true
		if !strings.ContainsAny(a.Code, ";@") {
			b.areas.put(a.Code, int64(a.ID))
		}
	}
}
