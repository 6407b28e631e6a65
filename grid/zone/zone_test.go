package zone

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
)

func ring(p ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(p); i += 2 {
		r = append(r, orb.Point{p[i], p[i+1]})
	}
	return append(r, r[0])
}

func park() Zone {
	return Zone{
		ID: 7, Name: map[string]string{"zh-CN": "中心公园", "en": "Central Park"}, Kind: NoDog,
		Ground: orb.MultiPolygon{{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(2, 2, 2, 3, 3, 3)}},
		Rule:   Rule{Kind: InsideWhileActive},
		Calendar: &calendar.Spec{Zone: "Asia/Shanghai", Rules: []calendar.Rule{
			{Windows: []calendar.Window{{From: 20 * 60, To: 26 * 60}}},
		}},
		Classes: []Class{Dog}, Version: 3,
	}
}

func TestCheckSaysWhichField(t *testing.T) {
	for _, c := range []struct {
		field, what string
		spoil       func(z *Zone)
	}{
		{"", "", func(z *Zone) {}},
		{"", "", func(z *Zone) { z.Calendar = nil }},
		{"", "", func(z *Zone) { z.Classes = []Class{Person, Vehicle, Dog} }},
		{"id", "less than 0", func(z *Zone) { z.ID = -1 }},
		{"name", "at least one language", func(z *Zone) { z.Name = nil }},
		{"name", "language tag", func(z *Zone) { z.Name = map[string]string{"": "x"} }},
		{"name", "printable", func(z *Zone) { z.Name = map[string]string{"en": "a\x00"} }},
		{"name", "printable", func(z *Zone) { z.Name = map[string]string{"en": strings.Repeat("x", 201)} }},
		{"kind", "no kind", func(z *Zone) { z.Kind = "park" }},
		{"", "", func(z *Zone) { z.Rule = Rule{Kind: Dwell, Longer: 5 * time.Minute} }},
		{"rule", "no rule", func(z *Zone) { z.Rule.Kind = "outside" }},
		{"rule", "longer_s", func(z *Zone) { z.Rule.Longer = time.Minute }},
		{"rule", "longer_s", func(z *Zone) { z.Rule = Rule{Kind: Dwell, Longer: 0} }},
		{"rule", "longer_s", func(z *Zone) { z.Rule = Rule{Kind: Dwell, Longer: MaxLonger + time.Second} }},
		{"rule", "longer_s", func(z *Zone) { z.Rule = Rule{Kind: Dwell, Longer: 1500 * time.Millisecond} }},
		{"classes", "for nobody", func(z *Zone) { z.Classes = nil }},
		{"classes", "no class", func(z *Zone) { z.Classes = []Class{"cat"} }},
		{"classes", "order", func(z *Zone) { z.Classes = []Class{Dog, Person} }},
		{"classes", "each once", func(z *Zone) { z.Classes = []Class{Dog, Dog} }},
		{"calendar", "time zone", func(z *Zone) { z.Calendar = &calendar.Spec{Zone: "Mars/Base"} }},
		{"version", "less than 0", func(z *Zone) { z.Version = -1 }},
		{"ground", "no ground", func(z *Zone) { z.Ground = nil }},
		{"ground", "is empty", func(z *Zone) { z.Ground = orb.MultiPolygon{{}} }},
		{"ground", "end where it starts", func(z *Zone) { z.Ground[0][0] = z.Ground[0][0][:4] }},
		{"ground", "within 85 degrees", func(z *Zone) { z.Ground = orb.MultiPolygon{{ring(0, 0, 9, 0, 9, 86)}} }},
		{"ground", "date line", func(z *Zone) { z.Ground = orb.MultiPolygon{{ring(-179, 0, 179, 0, 179, 9)}} }},
		{"ground", "proper polygon", func(z *Zone) { z.Ground = orb.MultiPolygon{{ring(0, 0, 9, 9, 9, 0, 0, 9)}} }}, // a bow tie
		{"ground", "proper polygon", func(z *Zone) { z.Ground[0][1] = ring(20, 20, 21, 20, 21, 21) }},               // a hole outside
		{"ground", "overlap", func(z *Zone) { z.Ground = append(z.Ground, orb.Polygon{ring(8, 8, 12, 8, 12, 12)}) }},
		{"ground", "more than", func(z *Zone) { z.Ground[0][0] = make(orb.Ring, MaxPoints+1) }},
	} {
		z := park()
		c.spoil(&z)
		err := z.Check()
		if c.field == "" {
			if err != nil {
				t.Errorf("a good zone: %v", err)
			}
			continue
		}
		fault, ok := errors.AsType[*FieldError](err)
		if !ok || fault.Field != c.field || !strings.Contains(fault.What, c.what) || !errors.Is(err, ErrZone) {
			t.Errorf("got %v, want a fault of %s with %q", err, c.field, c.what)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	always := park()
	always.Calendar, always.ID, always.Version = nil, 0, 0
	always.Rule = Rule{Kind: Dwell, Longer: 5 * time.Minute}
	var file bytes.Buffer
	if err := WriteAll(&file, []Zone{park(), always}); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAll(&file)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, []Zone{park(), always}) {
		t.Errorf("got %+v", got)
	}
}

func TestReadRefuses(t *testing.T) {
	good, err := json.Marshal(park())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want string }{
		{`"calendar"`, `"calender"`, "calender"},
		{`"Feature"`, `"Zone"`, "GeoJSON Feature"},
		{`"MultiPolygon"`, `"Point"`, "use Polygon"},
		{`[0,0]`, `[0]`, "has 1 numbers"},
		{`[0,0]`, `["0",0]`, "cannot unmarshal"},
		{`"20:00-02:00"`, `"20:00-99:00"`, "calendar"},
		{`"no-dog"`, `"park"`, "no kind"},
		{`"properties"`, `"props"`, "are missing"},
		{`"geometry"`, `"geo"`, "no geometry"},
		{`"id":7`, `"id":"7"`, "id"},
	} {
		var z Zone
		text := strings.ReplaceAll(string(good), c.from, c.to)
		if text == string(good) {
			t.Fatalf("%q is not in %s", c.from, good)
		}
		if err := json.Unmarshal([]byte(text), &z); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v, want %q", c.to, c.from, err, c.want)
		} else if !errors.Is(err, ErrZone) {
			t.Errorf("%v is no ErrZone", err)
		}
	}
	if _, err := ReadAll(strings.NewReader(`{"type":"FeatureCollection","features":[` + string(good) + `,` + string(good) + `]}`)); err == nil {
		t.Error("two zones with one id were taken")
	}
}

func FuzzReadAll(f *testing.F) {
	var file bytes.Buffer
	if err := WriteAll(&file, []Zone{park()}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0,5],[1,1],[0,0]]]},"properties":{"name":{"en":"a"},"kind":"other","rule":{"kind":"inside-while-active"},"classes":["person"]}}]}`))
	f.Add([]byte(`{"type":"FeatureCollection","features":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		zones, err := ReadAll(bytes.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteAll(&again, zones); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := ReadAll(&again)
		if err != nil || len(back) != len(zones) {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		for i := range zones {
			if !reflect.DeepEqual(back[i].Ground, zones[i].Ground) || !reflect.DeepEqual(back[i].Name, zones[i].Name) {
				t.Fatalf("zone %d came back as %+v, was %+v", i, back[i], zones[i])
			}
		}
	})
}
