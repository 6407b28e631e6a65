package register

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// bureau is a book with some of everything.
func bureau(t testing.TB) Book {
	return Book{
		Areas: []grid.Area{
			{ID: 1, Kind: grid.Bureau, Name: map[string]string{"zh-CN": "平湖", "en": "Pinghu"}},
			{ID: 2, Parent: 1, Kind: grid.Town, Code: "330482001", Name: map[string]string{"zh-CN": "当湖街道"}},
			{ID: 3, Parent: 1, Kind: grid.Town, Name: map[string]string{"zh-CN": "同名"}},
			{ID: 4, Parent: 1, Kind: grid.Town, Name: map[string]string{"zh-CN": "同名"}},
		},
		Teams:    []Team{{ID: 1, Code: "T1"}, {ID: 2, Code: "一班"}},
		People:   []people.Person{{ID: 1, Login: "li.wei"}, {ID: 2, Login: "wang"}},
		Vehicles: []Vehicle{{ID: 1, Plate: "浙F12345"}},
		Dogs:     []Dog{{ID: 1, Licence: "D1"}, {ID: 2}},
		Zone:     shanghai(t),
	}
}

const vehicleFile = "车牌号,类型,班组,载量\n浙F·00001,清障车,T1,8\n\n 浙F 00002 ,e-bike,,\n"

func TestEncodings(t *testing.T) {
	b := bureau(t)
	want := []Vehicle{{Plate: "浙F00001", Kind: TowTruck, Team: 1, Capacity: 8}, {Plate: "浙F00002", Kind: EBike}}
	gb := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(vehicleFile, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"UTF-8":              vehicleFile,
		"with a mark":        "\ufeff" + vehicleFile,
		"GB18030":            gb(vehicleFile),
		"UTF-16 with tabs":   wide,
		"Windows line ends":  strings.ReplaceAll(vehicleFile, "\n", "\r\n"),
		"semicolons":         strings.ReplaceAll(vehicleFile, ",", ";"),
		"wide commas, in GB": gb(strings.ReplaceAll(vehicleFile, ",", "，")),
	} {
		got, faults := ReadVehicles(strings.NewReader(file), b)
		if len(faults) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, faults, want)
		}
	}
}

func lines(t testing.TB, faults []Fault) string {
	t.Helper()
	var s []string
	for _, f := range faults {
		if f.What == "" {
			t.Errorf("a fault says nothing: %+v", f)
		}
		s = append(s, fmt.Sprintf("%d:%s", f.Line, f.Field))
	}
	return strings.Join(s, " ")
}

func TestFaults(t *testing.T) {
	b := bureau(t)
	teams := func(r io.Reader) []Fault { _, f := ReadTeams(r, b); return f }
	stations := func(r io.Reader) []Fault { _, f := ReadStations(r, b); return f }
	vehicles := func(r io.Reader) []Fault { _, f := ReadVehicles(r, b); return f }
	dogs := func(r io.Reader) []Fault { _, f := ReadDogs(r, b); return f }
	devices := func(r io.Reader) []Fault { _, f := ReadDevices(r, b); return f }
	shifts := func(r io.Reader) []Fault { _, f := ReadShifts(r, b); return f }
	persons := func(r io.Reader) []Fault { _, f := ReadPeople(r, b); return f }
	for name, c := range map[string]struct {
		read func(io.Reader) []Fault
		file string
		want string // line:field of each fault
	}{
		"empty":                 {teams, "", "1:"},
		"no lines":              {teams, "code,name,area\n", ""},
		"not text":              {teams, "PK\x03\x04\x00\x00", "1:"},
		"no encoding":           {teams, "code,name,area\nT3,\xff\xff,平湖\n", "2:"},
		"says UTF-8":            {teams, "\ufeffcode,name,area\nT3,\xce\xd2,x\n", "2:"},
		"unknown column":        {teams, "code,name,area,colour\n", "1:colour"},
		"column missing":        {teams, "name\n一\n", "1:code 1:area"},
		"column twice":          {teams, "code,编码,area\n", "1:code"},
		"quotation marks":       {teams, "code,name,area\nT3,\"x\"y,平湖\n", "2:"},
		"too many cells":        {teams, "code,name,area\nT3,甲,乙,平湖\nT4,x,Pinghu,,,\n", "2:"},
		"no such area":          {teams, "code,name,area\nT3,甲,海宁\nT4,乙,330482001\nT5,丙,同名\n", "2:area 4:area"},
		"area by number":        {teams, "code,name,area\nT3,甲,#3\nT4,乙,#9\n", "3:area"},
		"code twice":            {teams, "code,name,area\nT3,甲,平湖\nT3,乙,平湖\n", "3:code"},
		"code there already":    {teams, "code,name,area\nT1,甲,平湖\n", "2:code"},
		"no name":               {teams, "code,name,area\nT3,,平湖\n", "2:name_zh"},
		"two names":             {teams, "code,name,name_zh,area\nT3,甲,乙,平湖\n", "2:name_zh"},
		"cell too long":         {teams, "code,name,area\nT3," + strings.Repeat("x", 5000) + ",平湖\n", "2:name"},
		"lon and lat swapped":   {stations, "name,lon,lat\n甲,30.69,121.01\n", "2:lat"},
		"not a number":          {stations, "name,lon,lat\n甲,121.01E,30.69\n乙,NaN,30\n", "2:lon 3:lon"},
		"hours":                 {stations, "name,lon,lat,hours\n甲,121,30,Mo-Fr 08:30-17:00\n乙,121,30,never\n", "3:hours"},
		"kind":                  {vehicles, "plate,kind\nX1,tank\nX2,拖车\n", "2:kind"},
		"several in a line":     {vehicles, "plate,kind,team,capacity,retired\nX1,tank,T9,x,maybe\n", "2:kind 2:team 2:capacity 2:retired"},
		"capacity":              {vehicles, "plate,kind,capacity\nX1,boat,9999\n", "2:capacity"},
		"phone":                 {dogs, "name,phone,area\n旺财,1.38E+10,平湖\n", "2:owner_phone"},
		"licence there":         {dogs, "name,licence,area\n旺财,D1,平湖\n来福,,平湖\n小白,,平湖\n", "2:licence"},
		"secret":                {devices, "id,class,protocol,secret\np1,phone,osmand,123456\n", "2:secret"},
		"two subjects":          {devices, "id,class,protocol,person,dog\np1,phone,osmand,li.wei,D1\n", "2:dog"},
		"wrong subject":         {devices, "id,class,protocol,person\np1,dog-tag,osmand,li.wei\n", "2:subject"},
		"datum":                 {devices, "id,class,protocol,datum\np1,手机,osmand,北京54\n", "2:datum"},
		"time":                  {shifts, "person,team,from,to\nli.wei,T1,1st of March,2026-03-01 17:00\n", "2:from"},
		"backwards":             {shifts, "person,team,from,to\nli.wei,T1,2026-03-01 17:00,2026-03-01 08:00\n", "2:to"},
		"overlap":               {shifts, "person,team,from,to\nwang,T1,2026-03-01 08:00,2026-03-01 17:00\n\nwang,T1,2026/3/1 16:00,2026/3/1 20:00\n", "4:from"},
		"person unknown, no to": {shifts, "person,team,from,to\nnobody,T1,2026-03-01 08:00,\n", "2:person 2:to"},
		"role":                  {persons, "login,name,roles\nzhao,赵,king\n", "2:roles"},
		"role's area":           {persons, "login,name,roles\nzhao,赵,officer@海宁\n", "2:roles"},
		"login":                 {persons, "login,name\nZhao Yun,赵云\nli.wei,李伟\n", "2:login 3:login"},
	} {
		faults := c.read(strings.NewReader(c.file))
		if got := lines(t, faults); got != c.want {
			t.Errorf("%s: faults %q, want %q: %v", name, got, c.want, faults)
		}
	}
}

func TestFaultsAreBounded(t *testing.T) {
	file := "plate,kind\n" + strings.Repeat("X,tank\n", 2000)
	got, faults := ReadVehicles(strings.NewReader(file), Book{})
	if got != nil || len(faults) != MaxFaults+1 || !strings.Contains(faults[MaxFaults].What, "3499 faults more") {
		t.Errorf("%d entries, %d faults, the last %v", len(got), len(faults), faults[len(faults)-1])
	}
}

func TestShiftsAgainstTheBook(t *testing.T) {
	b := bureau(t)
	zone := shanghai(t)
	at := func(h int) time.Time { return time.Date(2026, 3, 1, h, 0, 0, 0, zone).UTC() }
	b.Shifts = []Shift{{ID: 9, Person: 1, Team: 1, From: at(12), To: at(20)}}
	const header = "人员,班组,上班时间,下班时间\n"
	for file, want := range map[string]string{
		header + "wang,T1,2026年3月1日 8:00,2026-03-01 17:00\nli.wei,T1,2026-03-01 08:00,2026-03-01 12:00\n":   "",
		header + "wang,T1,2026-03-01 08:00,2026-03-01 17:00\nli.wei,T1,2026-03-01 08:00,2026-03-01 13:00\n": "3:from",
		header + "li.wei,T1,2026-03-01T19:00:00+08:00,2026-03-01 23:00\n":                                   "2:from",
	} {
		got, faults := ReadShifts(strings.NewReader(file), b)
		if lines(t, faults) != want {
			t.Errorf("%s: %v, want %q", file, faults, want)
		}
		if want == "" && (len(got) != 2 || !got[0].From.Equal(at(8)) || got[0].Person != 2) {
			t.Errorf("%s: %+v", file, got)
		}
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	b.Zone = newYork
	if _, faults := ReadShifts(strings.NewReader(header+"wang,T1,2026-03-08 02:30,2026-03-08 09:00\n"), b); lines(t, faults) != "2:from" {
		t.Errorf("a time that the clocks skip: %v", faults)
	}
}

func TestPeopleFile(t *testing.T) {
	file := "账号,姓名,角色,停用\nzhao,赵云,队员@330482001；driver@当湖街道,否\nguan,关羽,admin,yes\n"
	got, faults := ReadPeople(strings.NewReader(file), bureau(t))
	want := []people.Person{
		{Login: "zhao", Name: "赵云", Grants: []people.Grant{{Role: people.Officer, Area: 2}, {Role: people.Driver, Area: 2}}},
		{Login: "guan", Name: "关羽", Grants: []people.Grant{{Role: people.Admin, Area: 1}}, Disabled: true},
	}
	if len(faults) > 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, faults, want)
	}
}

// What is written is read as it was.
func TestRoundTrip(t *testing.T) {
	b := bureau(t)
	empty := b // without the entries of the file itself
	empty.Teams, empty.Stations, empty.Devices = nil, nil, nil
	text := rapid.StringMatching(`[=+@'"#,;a-z王 \-]{0,8}[a-z李]`).Filter(func(s string) bool { return strings.TrimSpace(s) == s })
	rapid.Check(t, func(t *rapid.T) {
		area := grid.AreaID(rapid.IntRange(1, 4).Draw(t, "area"))
		name := map[string]string{"zh-CN": text.Draw(t, "zh")}
		if rapid.Bool().Draw(t, "english") {
			name["en"] = text.Draw(t, "en")
		}
		code := strings.TrimSpace(strings.ReplaceAll(text.Draw(t, "code"), ";", ""))
		roundTrip(t, []Team{{Code: code, Name: name, Area: area}}, empty, ReadTeams, WriteTeams)

		s := Station{Code: code, Name: name, At: home, Team: grid.TeamID(rapid.IntRange(0, 2).Draw(t, "team"))}
		s.At[0] = rapid.Float64Range(-180, 180).Draw(t, "lon")
		if rapid.Bool().Draw(t, "hours") {
			s.Calendar = &calendar.Spec{Zone: "Asia/Shanghai", Rules: []calendar.Rule{{Windows: []calendar.Window{calendar.AllDay}}}}
		}
		if rapid.Bool().Draw(t, "pound") {
			s.Kind, s.Room = Pound, rapid.IntRange(0, 50).Draw(t, "room")
		}
		roundTrip(t, []Station{s}, b, ReadStations, WriteStations)

		v := Vehicle{Plate: barePlate(code), Kind: rapid.SampledFrom(VehicleKinds()).Draw(t, "kind"), Team: s.Team, Capacity: 3, Retired: s.Team == 1}
		if v.Plate != "" && !strings.HasPrefix(v.Plate, "#") {
			roundTrip(t, []Vehicle{v}, b, ReadVehicles, WriteVehicles)
		}
		d := Dog{Name: name["zh-CN"], Owner: text.Draw(t, "owner"), OwnerPhone: "+86 138", Home: s.At, Area: area}
		d.OwnerPhone += "00000"
		roundTrip(t, []Dog{d, {Name: "x", Area: area}}, b, ReadDogs, WriteDogs)

		dev := Device{
			ID: "tag", Class: DogTag, Protocol: "gt06", Subject: DogSubject(DogID(rapid.IntRange(1, 2).Draw(t, "dog"))),
			Disabled: rapid.Bool().Draw(t, "disabled"), Datum: 1,
		}
		roundTrip(t, []Device{dev, {ID: "spare", Class: Phone, Protocol: "json"}}, b, ReadDevices, WriteDevices)

		shift := Shift{Person: 1, Team: 1, Vehicle: VehicleID(s.Team % 2), From: hour(rapid.IntRange(0, 5000).Draw(t, "from"))}
		shift.To = shift.From.Add(time.Duration(rapid.Int64Range(1, int64(MaxShift)).Draw(t, "long")))
		roundTrip(t, []Shift{shift}, b, ReadShifts, WriteShifts)

		p := people.Person{Login: "new.one", Name: name["zh-CN"], Disabled: dev.Disabled, Grants: []people.Grant{{Role: people.Officer, Area: area}}}
		roundTrip(t, []people.Person{p}, b, ReadPeople, WritePeople)
	})
}

func roundTrip[T any](t *rapid.T, list []T, b Book, read func(io.Reader, Book) ([]T, []Fault), write func(io.Writer, []T, Book) error) {
	t.Helper()
	var file bytes.Buffer
	if err := write(&file, list, b); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	got, faults := read(&file, b)
	if len(faults) > 0 || !reflect.DeepEqual(got, list) {
		t.Fatalf("%s\ngives %+v, %v, want %+v", text, got, faults, list)
	}
	rows, fault := readRows(strings.NewReader(text))
	if fault != nil {
		t.Fatal(fault)
	}
	for _, r := range rows {
		for _, cell := range r.cells {
			if cell != "" && strings.Contains("=+@", cell[:1]) {
				t.Fatalf("a spreadsheet would run %q", cell)
			}
		}
	}
}

// No two columns of a sheet go by one name.
func TestHeadersAreUnique(t *testing.T) {
	unique(t, "team", teamSheet)
	unique(t, "station", stationSheet)
	unique(t, "vehicle", vehicleSheet)
	unique(t, "dog", dogSheet)
	unique(t, "device", deviceSheet)
	unique(t, "shift", shiftSheet)
	unique(t, "person", personSheet)
}

func unique[T any](t *testing.T, what string, s sheet[T]) {
	t.Helper()
	seen := make(map[string]string)
	for _, c := range s.columns {
		for _, name := range append([]string{c.name}, c.alias...) {
			if other, twice := seen[fold(name)]; twice && other != c.name {
				t.Errorf("%s: %q is column %s and column %s", what, name, other, c.name)
			}
			seen[fold(name)] = c.name
		}
	}
}

// Any bytes are read or refused; what is read survives a round trip.
func FuzzFiles(f *testing.F) {
	f.Add([]byte(vehicleFile), byte(2))
	f.Add([]byte("\ufeffcode;name;area\nT3;甲;平湖\n"), byte(0))
	f.Add([]byte("name,lon,lat,hours\n甲,121,30,\"Mo-Fr 08:30-17:00; PH off\"\n"), byte(1))
	f.Add([]byte("name,phone,area\n旺财,'+8613800000000,平湖\n"), byte(3))
	f.Add([]byte("id,class,protocol,secret,dog\np1,dog-tag,gt06,0123456789abcdef,#2\n"), byte(4))
	f.Add([]byte("person,team,from,to\nwang,T1,2026-03-01 08:00,2026-03-01 17:00\n"), byte(5))
	f.Add([]byte("login,name,roles\nzhao,赵,officer;driver@#3\n"), byte(6))
	f.Add([]byte("\xff\xfec\x00,\x00"), byte(0))
	f.Add([]byte("\xb3\xb5\xc5\xc6,\xc0\xe0\xd0\xcd\n\xd5\xe3F1,\xb4\xac\n"), byte(2))
	b := bureau(f)
	f.Fuzz(func(t *testing.T, file []byte, which byte) {
		switch which % 7 {
		case 0:
			again(t, file, b, ReadTeams, WriteTeams)
		case 1:
			again(t, file, b, ReadStations, WriteStations)
		case 2:
			again(t, file, b, ReadVehicles, WriteVehicles)
		case 3:
			again(t, file, b, ReadDogs, WriteDogs)
		case 4:
			again(t, file, b, ReadDevices, WriteDevices)
		case 5:
			again(t, file, b, ReadShifts, WriteShifts)
		case 6:
			again(t, file, b, ReadPeople, WritePeople)
		}
	})
}

func again[T any](t *testing.T, file []byte, b Book, read func(io.Reader, Book) ([]T, []Fault), write func(io.Writer, []T, Book) error) {
	list, faults := read(bytes.NewReader(file), b)
	if (len(faults) > 0) && list != nil {
		t.Fatal("both entries and faults")
	}
	if len(faults) > 0 {
		return
	}
	for i := range list {
		if d, ok := any(&list[i]).(*Device); ok {
			d.SecretHash = "" // is not written
		}
	}
	var out bytes.Buffer
	if err := write(&out, list, b); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	back, faults := read(&out, b)
	if len(faults) > 0 || len(list)+len(back) > 0 && !reflect.DeepEqual(back, list) {
		t.Fatalf("%s\ngives %+v, %v, want %+v", text, back, faults, list)
	}
}
