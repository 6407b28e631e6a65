package register

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"citygrid/grid"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// Limits of one entry, set where only a mistake goes.
const (
	MaxCode     = 32  // bytes
	MaxDeviceID = 128 // bytes, as of live/ingest's tracker ids
	MaxShift    = 24 * time.Hour
	maxText     = 200 // characters
	maxNames    = 20
	maxLang     = 35 // bytes: RFC 5646, 4.4.1
	maxCapacity = 1000
	maxRoom     = 100_000
)

// fault is what the small checks below find: "" is no fault.
type fault struct{ what, mend string }

func (f fault) is() bool { return f.what != "" }

// checker collects the first fault of an entry.
type checker struct {
	thing string
	err   *FieldError
}

func (c *checker) see(field string, f fault) {
	if f.is() && c.err == nil {
		c.err = &FieldError{Thing: c.thing, Field: field, What: f.what, Mend: f.mend, Rule: ErrEntry}
	}
}

func (c *checker) orNil() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

// Check reports the first rule that t breaks, as a *FieldError.
func (t Team) Check() error {
	c := checker{thing: "team"}
	c.see("code", code(t.Code, true))
	c.see("name", names(t.Name))
	c.see("area", above0(int64(t.Area), "an area"))
	return c.orNil()
}

// Check reports the first rule that s breaks, as a *FieldError.
func (s Station) Check() error {
	c := checker{thing: "station"}
	c.see("code", code(s.Code, false))
	c.see("name", names(s.Name))
	if s.Kind != "" && !slices.Contains(StationKinds(), s.Kind) {
		c.see("kind", fault{fmt.Sprintf("%q is no kind of station", clip(string(s.Kind))), fmt.Sprintf("use one of %v", StationKinds())})
	}
	c.see("at", place(s.At))
	c.see("team", notBelow0(int64(s.Team), "a team"))
	switch {
	case s.Room < 0 || s.Room > maxRoom:
		c.see("room", fault{fmt.Sprintf("%d is not 0 to %d", s.Room, maxRoom), ""})
	case s.Room > 0 && s.Kind != Pound:
		c.see("room", fault{"only a pound has room for vehicles", "leave it empty, or make the station a pound"})
	}
	if s.Calendar != nil {
		if err := s.Calendar.Check(); err != nil {
			c.see("calendar", fault{err.Error(), ""})
		}
	}
	return c.orNil()
}

// Check reports the first rule that v breaks, as a *FieldError.
func (v Vehicle) Check() error {
	c := checker{thing: "vehicle"}
	c.see("plate", plate(v.Plate))
	if !slices.Contains(VehicleKinds(), v.Kind) {
		c.see("kind", fault{fmt.Sprintf("%q is no kind of vehicle", clip(string(v.Kind))), fmt.Sprintf("use one of %v", VehicleKinds())})
	}
	c.see("team", notBelow0(int64(v.Team), "a team"))
	if v.Capacity < 0 || v.Capacity > maxCapacity {
		c.see("capacity", fault{fmt.Sprintf("%d is not 0 to %d", v.Capacity, maxCapacity), ""})
	}
	c.see("tags", tags(v.Tags))
	return c.orNil()
}

// Check reports the first rule that d breaks, as a *FieldError. It repeats
// neither the owner's name nor the phone number.
func (d Dog) Check() error {
	c := checker{thing: "dog"}
	c.see("name", text(d.Name, true))
	c.see("licence", code(d.Licence, false))
	c.see("breed", text(d.Breed, false))
	c.see("owner", text(d.Owner, false))
	if d.OwnerPhone != "" && !phoneForm.MatchString(d.OwnerPhone) {
		c.see("owner_phone", fault{"is not a telephone number", "write 5 to 20 digits, with spaces, hyphens and a + in front if you like"})
	}
	if d.Home != (orb.Point{}) {
		c.see("home", place(d.Home))
	}
	c.see("area", above0(int64(d.Area), "an area"))
	c.see("tags", tags(d.Tags))
	return c.orNil()
}

// tags are fit to be named by a zone.
func tags(list []string) fault {
	if what := grid.CheckTags(list); what != "" {
		return fault{what, ""}
	}
	return fault{}
}

var phoneForm = regexp.MustCompile(`^\+?[0-9](?:[ -]?[0-9]){4,19}$`)

// subjectOf is whose position a class of device reports.
var subjectOf = map[DeviceClass]zone.Class{Phone: zone.Person, VehicleUnit: zone.Vehicle, DogTag: zone.Dog}

var protocolForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Check reports the first rule that d breaks, as a *FieldError.
func (d Device) Check() error {
	c := checker{thing: "device"}
	if n := len(d.ID); n < 1 || n > MaxDeviceID || !grid.Printable(string(d.ID)) || strings.ContainsAny(string(d.ID), " :") {
		// A colon parts id and secret in an Authorization header.
		c.see("id", fault{fmt.Sprintf("must be 1 to %d printable bytes without spaces and colons", MaxDeviceID), ""})
	}
	class, known := subjectOf[d.Class]
	if !known {
		c.see("class", fault{fmt.Sprintf("%q is no class of device", clip(string(d.Class))), fmt.Sprintf("use one of %v", DeviceClasses())})
	}
	if !protocolForm.MatchString(d.Protocol) {
		c.see("protocol", fault{fmt.Sprintf("%q is not the name of a protocol", clip(d.Protocol)), "use osmand, owntracks or json"})
	}
	c.see("secret", secretHash(d.SecretHash))
	if d.Datum.String() == "" || strings.HasPrefix(d.Datum.String(), "Datum(") {
		c.see("datum", fault{"is not known", "use wgs84, gcj02 or bd09"})
	}
	if d.Subject.ID < 0 || d.Subject.ID != 0 && d.Subject.Class != class || d.Subject.ID == 0 && d.Subject != (Subject{}) {
		c.see("subject", fault{fmt.Sprintf("a %s reports for a %s", d.Class, class), "name one, or leave it empty"})
	}
	return c.orNil()
}

// Check reports the first rule that s breaks, as a *FieldError.
func (s Shift) Check() error {
	c := checker{thing: "shift"}
	c.see("person", above0(int64(s.Person), "a person"))
	c.see("team", above0(int64(s.Team), "a team"))
	c.see("vehicle", notBelow0(int64(s.Vehicle), "a vehicle"))
	if s.Duty != "" && !slices.Contains(Duties(), s.Duty) {
		c.see("duty", fault{fmt.Sprintf("%q is no duty", clip(string(s.Duty))), fmt.Sprintf("use one of %v", Duties())})
	}
	for _, t := range []struct {
		field string
		t     time.Time
	}{{"from", s.From}, {"to", s.To}} {
		if t.t.Year() < 1980 || t.t.Year() >= 2200 {
			c.see(t.field, fault{"is not in the years 1980 to 2199", "write the date with its year"})
		}
	}
	switch d := s.To.Sub(s.From); {
	case d <= 0:
		c.see("to", fault{"is not after the start", "a shift across midnight ends on the next date"})
	case d > MaxShift:
		c.see("to", fault{fmt.Sprintf("is %s after the start, the limit is %s", d, MaxShift), "write a shift for each day"})
	}
	return c.orNil()
}

func code(s string, needed bool) fault {
	switch {
	case s == "" && needed:
		return fault{"is missing", "give each its own"}
	case len(s) > MaxCode || !grid.Printable(s) || strings.TrimSpace(s) != s:
		return fault{fmt.Sprintf("must be at most %d printable bytes without spaces at the ends", MaxCode), ""}
	case strings.ContainsAny(s, ";"):
		return fault{"may not have a semicolon, which parts several in a file", ""}
	}
	return fault{}
}

func plate(s string) fault {
	f := code(s, true)
	if !f.is() && strings.ContainsFunc(s, unicode.IsSpace) {
		return fault{"has spaces in it", "leave them out"}
	}
	return f
}

func text(s string, needed bool) fault {
	switch {
	case s == "" && needed:
		return fault{"is missing", ""}
	case utf8.RuneCountInString(s) > maxText || !grid.Printable(s) || strings.TrimSpace(s) != s:
		return fault{fmt.Sprintf("must be at most %d printable characters without spaces at the ends", maxText), ""}
	}
	return fault{}
}

func names(m map[string]string) fault {
	if len(m) == 0 || len(m) > maxNames {
		return fault{fmt.Sprintf("must be given in at least one language and at most %d", maxNames), ""}
	}
	langs := make([]string, 0, len(m))
	for lang := range m {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for _, lang := range langs {
		if lang == "" || len(lang) > maxLang || !grid.Printable(lang) {
			return fault{fmt.Sprintf("%q is not a language tag such as zh-CN or en", clip(lang)), ""}
		}
		if f := text(m[lang], true); f.is() {
			return fault{"in " + lang + " " + f.what, f.mend}
		}
	}
	return fault{}
}

func place(p orb.Point) fault {
	// Not >: a comparison with NaN is false.
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return fault{"is not a longitude and latitude in degrees", "longitude comes first"}
	}
	if p == (orb.Point{}) {
		return fault{"is 0, 0, which is at sea", "write longitude and latitude in degrees"}
	}
	return fault{}
}

func above0(id int64, what string) fault {
	if id <= 0 {
		return fault{"is missing", "name " + what}
	}
	return fault{}
}

func notBelow0(id int64, what string) fault {
	if id < 0 {
		return fault{fmt.Sprintf("%d is no id", id), "name " + what + " or none"}
	}
	return fault{}
}

// clip keeps a foreign word short in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
