package register

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
)

var (
	home    = orb.Point{121.0154, 30.6991}
	goodDog = Dog{Name: "旺财", Licence: "D1", Owner: "王芳", OwnerPhone: "138 0000-0000", Home: home, Area: 1}
	tag     = Device{ID: "tag-1", Class: DogTag, Protocol: "gt06", Subject: DogSubject(1)}
	work    = Shift{Person: 1, Team: 1, From: hour(8), To: hour(16)}
)

func with[T any](v T, change func(*T)) T { change(&v); return v }

func TestChecks(t *testing.T) {
	team := Team{Code: "T1", Name: map[string]string{"en": "First"}, Area: 1}
	station := Station{Name: team.Name, At: home}
	truck := Vehicle{Plate: "浙F12345", Kind: TowTruck, Capacity: 8}
	for name, c := range map[string]struct {
		v     interface{ Check() error }
		field string
	}{
		"team":               {team, ""},
		"team without code":  {with(team, func(v *Team) { v.Code = "" }), "code"},
		"team, long code":    {with(team, func(v *Team) { v.Code = strings.Repeat("x", 33) }), "code"},
		"team without name":  {with(team, func(v *Team) { v.Name = nil }), "name"},
		"team, line break":   {with(team, func(v *Team) { v.Name = map[string]string{"en": "a\nb"} }), "name"},
		"team, no language":  {with(team, func(v *Team) { v.Name = map[string]string{"": "a"} }), "name"},
		"team without area":  {with(team, func(v *Team) { v.Area = 0 }), "area"},
		"station":            {station, ""},
		"station at sea":     {with(station, func(v *Station) { v.At = orb.Point{} }), "at"},
		"station, NaN":       {with(station, func(v *Station) { v.At[1] = math.NaN() }), "at"},
		"station, calendar":  {with(station, func(v *Station) { v.Calendar = &calendar.Spec{Zone: "Mars/Olympus"} }), "calendar"},
		"vehicle":            {truck, ""},
		"vehicle, spaces":    {with(truck, func(v *Vehicle) { v.Plate = "F 1" }), "plate"},
		"vehicle, kind":      {with(truck, func(v *Vehicle) { v.Kind = "tank" }), "kind"},
		"vehicle, capacity":  {with(truck, func(v *Vehicle) { v.Capacity = -1 }), "capacity"},
		"dog":                {goodDog, ""},
		"dog, not told much": {Dog{Name: "x", Area: 1}, ""},
		"dog, phone":         {with(goodDog, func(v *Dog) { v.OwnerPhone = "1.38E+10" }), "owner_phone"},
		"dog, home":          {with(goodDog, func(v *Dog) { v.Home = orb.Point{30, 121} }), "home"},
		"device":             {tag, ""},
		"device, spare":      {with(tag, func(v *Device) { v.Subject = Subject{} }), ""},
		"device, a path":     {with(tag, func(v *Device) { v.ID = "../x" }), ""}, // ids are never paths: nothing to refuse
		"device, colon":      {with(tag, func(v *Device) { v.ID = "a:b" }), "id"},
		"device, NUL":        {with(tag, func(v *Device) { v.ID = "a\x00" }), "id"},
		"device, class":      {with(tag, func(v *Device) { v.Class = "drone" }), "class"},
		"device, subject":    {with(tag, func(v *Device) { v.Subject = PersonSubject(1) }), "subject"},
		"device, no secret":  {with(tag, func(v *Device) { v.SecretHash = "a secret in clear" }), "secret"},
		"device, datum":      {with(tag, func(v *Device) { v.Datum = 9 }), "datum"},
		"device, protocol":   {with(tag, func(v *Device) { v.Protocol = "GT 06" }), "protocol"},
		"shift":              {work, ""},
		"shift of a day":     {with(work, func(v *Shift) { v.To = v.From.Add(24 * time.Hour) }), ""},
		"shift, too long":    {with(work, func(v *Shift) { v.To = v.From.Add(24*time.Hour + 1) }), "to"},
		"shift, empty":       {with(work, func(v *Shift) { v.To = v.From }), "to"},
		"shift of nobody":    {with(work, func(v *Shift) { v.Person = 0 }), "person"},
		"shift, no time":     {with(work, func(v *Shift) { v.From = time.Time{} }), "from"},
	} {
		err := c.v.Check()
		bad := (*FieldError)(nil)
		if c.field == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		} else if c.field != "" && (!errors.As(err, &bad) || bad.Field != c.field || !errors.Is(err, ErrEntry)) {
			t.Errorf("%s: got %v, want a fault in %s", name, err, c.field)
		}
	}
}

func TestSecret(t *testing.T) {
	secret := NewSecret()
	if len(secret) < 26 || secret == NewSecret() {
		t.Errorf("NewSecret() = %q", secret)
	}
	hash, err := HashSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := HashSecret(secret); again == hash {
		t.Error("two devices with one secret have one hash")
	}
	for _, c := range []struct {
		hash, secret string
		want         bool
	}{
		{hash, secret, true},
		{hash, secret + "x", false},
		{hash, "", false},
		{"", "", false},
		{"", secret, false},
		{"$sha256$x$y", secret, false},
		{strings.Replace(hash, "sha256", "sha512", 1), secret, false},
	} {
		if got := CheckSecret(c.hash, c.secret); got != c.want {
			t.Errorf("CheckSecret(%q, %q) = %v, want %v", c.hash, c.secret, got, c.want)
		}
	}
	for _, short := range []string{"", "123456", strings.Repeat("x", 129), "a secret with\na line"} {
		if _, err := HashSecret(short); !errors.Is(err, ErrEntry) {
			t.Errorf("HashSecret(%q): %v", short, err)
		}
	}
}
