package register

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

const (
	mendTeam    = "write the code of a team that there is, or import teams first"
	mendArea    = "write the code or the name of an area that there is"
	mendPerson  = "write the login of a person that there is, or import people first"
	mendVehicle = "write the plate of a vehicle that there is, or import vehicles first"
	mendDog     = "write the licence of a dog that there is, or import dogs first"
)

func teamsOf(b *book) index    { return b.teams }
func areasOf(b *book) index    { return b.areas }
func loginsOf(b *book) index   { return b.logins }
func platesOf(b *book) index   { return b.plates }
func licencesOf(b *book) index { return b.licences }

var teamAlias, areaAlias = []string{"班组", "中队", "team_code"}, []string{"area_code", "区域", "辖区", "社区", "街道"}

// ReadTeams reads teams from CSV. Columns, and what else they may be called:
//
//	code*    team_code, 编码, 班组编码
//	name_zh  name:zh, 名称, 中文名称; name is taken by its letters
//	name_en  name:en, 英文名称
//	area*    area_code, 区域, 辖区, 社区, 街道: code or name of an area
//
// A file is taken as a whole or not at all: faults, or entries without ids, never
// both. Columns with * must be there, in any order; columns of no meaning are a
// fault, so that a slip of the pen does not lose what was written. Empty lines are
// passed over. So it is with all Read functions.
func ReadTeams(r io.Reader, b Book) ([]Team, []Fault) { return teamSheet.read(r, b) }

// WriteTeams writes what ReadTeams reads, for a spreadsheet: in UTF-8 with a byte
// order mark, and with an apostrophe before texts that it would run as formulas.
// Ids, versions and names in other languages than these two stay out.
func WriteTeams(w io.Writer, list []Team, b Book) error { return teamSheet.write(w, list, b) }

var teamSheet = sheet[Team]{
	columns: columns(
		[]column[Team]{plain(column[Team]{name: "code", alias: []string{"team_code", "编码", "班组编码"}, needed: true}, func(t *Team) *string { return &t.Code })},
		nameColumns(func(t *Team) *map[string]string { return &t.Name }),
		[]column[Team]{reference(column[Team]{name: "area", alias: areaAlias, needed: true}, "area", mendArea, areasOf, func(t *Team) *int64 { return (*int64)(&t.Area) })},
	),
	check: Team.Check,
	key:   func(t Team) string { return t.Code },
	keyed: "code",
	taken: func(b *book, key string) bool { _, ok := b.teams.ids[key]; return ok },
}

// ReadStations reads stations from CSV:
//
//	code     station_code, 编码, 站点编码
//	name_zh, name_en as for teams
//	kind     type, 类型: station 联络站 (when empty), pound 扣车场
//	lon*     lng, longitude, 经度: degrees, WGS 84
//	lat*     latitude, 纬度
//	team     team_code, 班组, 中队
//	hours    opening_hours, 开放时间, 值守时间: as in OpenStreetMap, or a calendar as JSON; empty = always
//	room     places, 车位, 容量: vehicles that a pound takes in 24 hours; empty or 0 = not said
func ReadStations(r io.Reader, b Book) ([]Station, []Fault) { return stationSheet.read(r, b) }

// WriteStations writes what ReadStations reads.
func WriteStations(w io.Writer, list []Station, b Book) error { return stationSheet.write(w, list, b) }

var stationWords = synonyms{
	"联络站": string(AtWork), "工作站": string(AtWork), "扣车场": string(Pound), "停车场": string(Pound), "拖车场": string(Pound),
}

var stationSheet = sheet[Station]{
	columns: columns(
		[]column[Station]{plain(column[Station]{name: "code", alias: []string{"station_code", "编码", "站点编码"}}, func(s *Station) *string { return &s.Code })},
		nameColumns(func(s *Station) *map[string]string { return &s.Name }),
		[]column[Station]{{
			name: "kind", alias: []string{"type", "类型", "站点类型"},
			set: func(s *Station, cell string, _ *book) fault { return word(&s.Kind, cell, StationKinds(), stationWords) },
			get: func(s Station, _ *book) string { return string(s.Kind) },
		}},
		placeColumns(true, "at", func(s *Station) *orb.Point { return &s.At }),
		[]column[Station]{
			reference(column[Station]{name: "team", alias: teamAlias}, "team", mendTeam, teamsOf, func(s *Station) *int64 { return (*int64)(&s.Team) }),
			{
				name: "hours", alias: []string{"opening_hours", "开放时间", "值守时间"}, field: "calendar",
				set: func(s *Station, cell string, b *book) fault { return hours(&s.Calendar, cell, b) },
				get: func(s Station, _ *book) string { return sayHours(s.Calendar) },
			},
			{
				name: "room", alias: []string{"places", "车位", "容量"},
				set: func(s *Station, cell string, _ *book) fault {
					n, err := strconv.Atoi(cell)
					if err != nil {
						return fault{quote(cell) + " is not a whole number", "write how many vehicles it takes in 24 hours"}
					}
					s.Room = n
					return fault{}
				},
				get: func(s Station, _ *book) string { return strconv.Itoa(s.Room) },
			},
		},
	),
	check: Station.Check,
	key:   func(s Station) string { return s.Code },
	keyed: "code",
	taken: func(b *book, key string) bool { return b.stations[key] },
}

var kindWords = synonyms{
	"巡逻车": string(PatrolCar), "巡查车": string(PatrolCar), "执法车": string(PatrolCar), "清障车": string(TowTruck), "拖车": string(TowTruck),
	"环卫车": string(SanitationTruck), "垃圾车": string(SanitationTruck), "船": string(Boat), "船艇": string(Boat),
	"电动自行车": string(EBike), "电动车": string(EBike),
}

// ReadVehicles reads vehicles from CSV:
//
//	plate*    number, 车牌, 车牌号; spaces and dots in it are left out
//	kind*     type, 类型, 车辆类型: patrol-car 巡逻车, tow-truck 清障车, sanitation-truck 环卫车, boat 船, e-bike 电动自行车
//	team      team_code, 班组, 中队
//	capacity  载量, 容量; empty = 0
//	retired   报废, 停用: yes 是, no 否
//	tags      标签: parted by semicolons
func ReadVehicles(r io.Reader, b Book) ([]Vehicle, []Fault) { return vehicleSheet.read(r, b) }

// WriteVehicles writes what ReadVehicles reads.
func WriteVehicles(w io.Writer, list []Vehicle, b Book) error { return vehicleSheet.write(w, list, b) }

var vehicleSheet = sheet[Vehicle]{
	columns: []column[Vehicle]{
		{
			name: "plate", alias: []string{"number", "车牌", "车牌号", "号牌"}, needed: true,
			set: func(v *Vehicle, cell string, _ *book) fault { v.Plate = barePlate(cell); return fault{} },
			get: func(v Vehicle, _ *book) string { return v.Plate },
		},
		{
			name: "kind", alias: []string{"type", "类型", "车辆类型"}, needed: true,
			set: func(v *Vehicle, cell string, _ *book) fault { return word(&v.Kind, cell, VehicleKinds(), kindWords) },
			get: func(v Vehicle, _ *book) string { return string(v.Kind) },
		},
		reference(column[Vehicle]{name: "team", alias: teamAlias}, "team", mendTeam, teamsOf, func(v *Vehicle) *int64 { return (*int64)(&v.Team) }),
		{
			name: "capacity", alias: []string{"载量", "容量"},
			set: func(v *Vehicle, cell string, _ *book) fault {
				n, err := strconv.Atoi(cell)
				if err != nil {
					return fault{quote(cell) + " is not a whole number", "write how many it carries at once"}
				}
				v.Capacity = n
				return fault{}
			},
			get: func(v Vehicle, _ *book) string { return strconv.Itoa(v.Capacity) },
		},
		flag(column[Vehicle]{name: "retired", alias: []string{"报废", "停用"}}, func(v *Vehicle) *bool { return &v.Retired }),
		tagged(func(v *Vehicle) *[]string { return &v.Tags }),
	},
	check: Vehicle.Check,
	key:   func(v Vehicle) string { return v.Plate },
	keyed: "plate",
	taken: func(b *book, key string) bool { _, ok := b.plates.ids[key]; return ok },
}

// barePlate leaves out what people write into a plate to read it better.
func barePlate(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '·' || r == '•' {
			return -1
		}
		return r
	}, s)
}

// ReadDogs reads dogs from CSV. Its faults repeat neither owners nor numbers:
//
//	name*        犬名, 名字
//	licence      license, 犬证号, 证号; empty = not registered yet
//	breed        品种, 犬种
//	owner        犬主, 主人, 饲养人
//	owner_phone  phone, 电话, 联系电话, 手机号
//	lon, lat     as for stations: where it lives; empty = not told
//	area*        as for teams
//	retired      注销: yes 是, no 否
//	tags         标签: parted by semicolons
func ReadDogs(r io.Reader, b Book) ([]Dog, []Fault) { return dogSheet.read(r, b) }

// WriteDogs writes what ReadDogs reads, personal data among it.
func WriteDogs(w io.Writer, list []Dog, b Book) error { return dogSheet.write(w, list, b) }

var dogSheet = sheet[Dog]{
	columns: columns(
		[]column[Dog]{
			plain(column[Dog]{name: "name", alias: []string{"犬名", "名字"}, needed: true}, func(d *Dog) *string { return &d.Name }),
			plain(column[Dog]{name: "licence", alias: []string{"license", "犬证号", "证号"}}, func(d *Dog) *string { return &d.Licence }),
			plain(column[Dog]{name: "breed", alias: []string{"品种", "犬种"}}, func(d *Dog) *string { return &d.Breed }),
			plain(column[Dog]{name: "owner", alias: []string{"犬主", "主人", "饲养人"}}, func(d *Dog) *string { return &d.Owner }),
			plain(column[Dog]{name: "owner_phone", alias: []string{"phone", "电话", "联系电话", "手机号"}}, func(d *Dog) *string { return &d.OwnerPhone }),
		},
		placeColumns(false, "home", func(d *Dog) *orb.Point { return &d.Home }),
		[]column[Dog]{
			reference(column[Dog]{name: "area", alias: areaAlias, needed: true}, "area", mendArea, areasOf, func(d *Dog) *int64 { return (*int64)(&d.Area) }),
			flag(column[Dog]{name: "retired", alias: []string{"注销"}}, func(d *Dog) *bool { return &d.Retired }),
			tagged(func(d *Dog) *[]string { return &d.Tags }),
		},
	),
	check: Dog.Check,
	key:   func(d Dog) string { return d.Licence },
	keyed: "licence",
	taken: func(b *book, key string) bool { _, ok := b.licences.ids[key]; return ok },
}

var classWords = synonyms{"手机": string(Phone), "车载": string(VehicleUnit), "车载终端": string(VehicleUnit), "犬牌": string(DogTag)}

// ReadDevices reads devices from CSV. Secrets are in clear in such a file, and
// hashed when it is read:
//
//	id*        device, imei, 设备号, 编号
//	class*     type, 类型: phone 手机, vehicle 车载终端, dog-tag 犬牌
//	protocol*  协议: osmand, owntracks, json, gt06 ...
//	secret     key, 密钥: at least 12 characters
//	datum      坐标系: wgs84 (when empty), gcj02, bd09
//	person     login, 人员; vehicle plate, 车牌; dog licence, 犬证号: whom it reports for, one of the three
//	disabled   停用: yes 是, no 否
func ReadDevices(r io.Reader, b Book) ([]Device, []Fault) { return deviceSheet.read(r, b) }

// WriteDevices writes what ReadDevices reads, without secrets: nobody knows them.
func WriteDevices(w io.Writer, list []Device, b Book) error { return deviceSheet.write(w, list, b) }

func subjectOfDevice(name string, class zone.Class, alias []string, mend string, in func(*book) index) column[Device] {
	return column[Device]{
		name: name, alias: alias,
		set: func(d *Device, cell string, b *book) fault {
			id, f := in(b).look(cell, name, mend)
			if f.is() {
				return f
			}
			if d.Subject.ID != 0 {
				return fault{"the device reports for a " + string(d.Subject.Class) + " already", "leave one of the two empty"}
			}
			d.Subject = Subject{class, id}
			return fault{}
		},
		get: func(d Device, b *book) string {
			if d.Subject.Class != class {
				return ""
			}
			return in(b).name(d.Subject.ID)
		},
	}
}

var deviceSheet = sheet[Device]{
	columns: []column[Device]{
		plain(column[Device]{name: "id", alias: []string{"device", "imei", "设备号", "编号"}, needed: true}, func(d *Device) *string { return (*string)(&d.ID) }),
		{
			name: "class", alias: []string{"type", "类型"}, needed: true,
			set: func(d *Device, cell string, _ *book) fault { return word(&d.Class, cell, DeviceClasses(), classWords) },
			get: func(d Device, _ *book) string { return string(d.Class) },
		},
		plain(column[Device]{name: "protocol", alias: []string{"协议"}, needed: true}, func(d *Device) *string { return &d.Protocol }),
		{
			name: "secret", alias: []string{"key", "密钥"},
			set: func(d *Device, cell string, _ *book) fault {
				hash, err := HashSecret(cell)
				if f := fromCheck(err); f != nil {
					return fault{f.What, f.Mend}
				}
				d.SecretHash = hash
				return fault{}
			},
			get: func(Device, *book) string { return "" },
		},
		{
			name: "datum", alias: []string{"坐标系"},
			set: func(d *Device, cell string, _ *book) fault {
				datum, err := geo.ParseDatum(fold(cell))
				if err != nil {
					return fault{err.Error(), ""}
				}
				d.Datum = datum
				return fault{}
			},
			get: func(d Device, _ *book) string { return d.Datum.String() },
		},
		subjectOfDevice("person", zone.Person, []string{"login", "人员"}, mendPerson, loginsOf),
		subjectOfDevice("vehicle", zone.Vehicle, []string{"plate", "车牌", "车牌号"}, mendVehicle, platesOf),
		subjectOfDevice("dog", zone.Dog, []string{"licence", "license", "犬证号"}, mendDog, licencesOf),
		flag(column[Device]{name: "disabled", alias: []string{"停用"}}, func(d *Device) *bool { return &d.Disabled }),
	},
	check: Device.Check,
	key:   func(d Device) string { return string(d.ID) },
	keyed: "id",
	taken: func(b *book, key string) bool { return b.devices[key] },
}

var dutyWords = synonyms{
	"队员": string(OfficerDuty), "执法队员": string(OfficerDuty), "联络员": string(LiaisonDuty), "协管员": string(SupervisorDuty), "协管": string(SupervisorDuty),
}

// ReadShifts reads shifts from CSV:
//
//	person*  login, 人员, 姓名工号, 账号
//	team*    team_code, 班组, 中队
//	vehicle  plate, 车牌, 车牌号
//	from*    start, 开始, 上班时间: 2026-03-01 08:30 in the book's zone, or with an offset
//	to*      end, 结束, 下班时间
//	duty     岗位, 职务: officer 队员 (when empty), liaison 联络员, supervisor 协管员
//
// Shifts of one person may not overlap, with each other or with the book's.
func ReadShifts(r io.Reader, b Book) ([]Shift, []Fault) { return shiftSheet.read(r, b) }

// WriteShifts writes what ReadShifts reads.
func WriteShifts(w io.Writer, list []Shift, b Book) error { return shiftSheet.write(w, list, b) }

var shiftSheet = sheet[Shift]{
	columns: []column[Shift]{
		reference(column[Shift]{name: "person", alias: []string{"login", "人员", "账号", "工号"}, needed: true}, "person", mendPerson, loginsOf, func(s *Shift) *int64 { return (*int64)(&s.Person) }),
		reference(column[Shift]{name: "team", alias: teamAlias, needed: true}, "team", mendTeam, teamsOf, func(s *Shift) *int64 { return (*int64)(&s.Team) }),
		reference(column[Shift]{name: "vehicle", alias: []string{"plate", "车牌", "车牌号"}}, "vehicle", mendVehicle, platesOf, func(s *Shift) *int64 { return (*int64)(&s.Vehicle) }),
		{
			name: "from", alias: []string{"start", "开始", "上班时间"}, needed: true,
			set: func(s *Shift, cell string, b *book) fault { return instant(&s.From, cell, b) },
			get: func(s Shift, b *book) string { return sayInstant(s.From, b) },
		},
		{
			name: "to", alias: []string{"end", "结束", "下班时间"}, needed: true,
			set: func(s *Shift, cell string, b *book) fault { return instant(&s.To, cell, b) },
			get: func(s Shift, b *book) string { return sayInstant(s.To, b) },
		},
		{
			name: "duty", alias: []string{"岗位", "职务"},
			set: func(s *Shift, cell string, _ *book) fault { return word(&s.Duty, cell, Duties(), dutyWords) },
			get: func(s Shift, _ *book) string { return string(s.Duty) },
		},
	},
	check: Shift.Check,
	key:   func(Shift) string { return "" },
	taken: func(*book, string) bool { return false },
	rest:  overlaps,
}

func overlaps(list []Shift, b *book) *FieldError {
	_, err := NewRoster(append(slices.Clone(b.Shifts), list...))
	f := fromCheck(err)
	if f == nil {
		return nil
	}
	if f.Index -= len(b.Shifts); f.Index >= 0 {
		return f
	}
	// The later of the two is the book's own: tell it of the file's.
	theirs := b.Shifts[f.Index+len(b.Shifts)]
	f.Index = slices.IndexFunc(list, func(s Shift) bool {
		return s.Person == theirs.Person && s.From.Before(theirs.To) && theirs.From.Before(s.To)
	})
	return f
}

var roleWords = synonyms{
	"调度员": string(people.Dispatcher), "接线员": string(people.CallTaker), "班组长": string(people.TeamLeader), "队长": string(people.TeamLeader),
	"队员": string(people.Officer), "执法队员": string(people.Officer), "驾驶员": string(people.Driver), "司机": string(people.Driver),
	"规划员": string(people.Planner), "交警": string(people.Police), "管理员": string(people.Admin), "审计员": string(people.Auditor),
}

// ReadPeople reads people from CSV. They get no password; an admin gives one:
//
//	login*    account, 账号, 登录名, 工号
//	name*     姓名, 名字
//	roles     grants, 角色: officer@T1;driver@T1, a role and the code or name of an area; without @ it is the bureau
//	disabled  停用: yes 是, no 否
func ReadPeople(r io.Reader, b Book) ([]people.Person, []Fault) { return personSheet.read(r, b) }

// WritePeople writes what ReadPeople reads.
func WritePeople(w io.Writer, list []people.Person, b Book) error {
	return personSheet.write(w, list, b)
}

var personSheet = sheet[people.Person]{
	columns: []column[people.Person]{
		plain(column[people.Person]{name: "login", alias: []string{"account", "账号", "登录名", "工号"}, needed: true}, func(p *people.Person) *string { return &p.Login }),
		plain(column[people.Person]{name: "name", alias: []string{"姓名", "名字"}, needed: true}, func(p *people.Person) *string { return &p.Name }),
		{
			name: "roles", alias: []string{"grants", "角色"}, field: "grants",
			set: grants,
			get: func(p people.Person, b *book) string {
				var said []string
				for _, g := range p.Grants {
					said = append(said, string(g.Role)+"@"+b.areas.name(int64(g.Area)))
				}
				return strings.Join(said, ";")
			},
		},
		flag(column[people.Person]{name: "disabled", alias: []string{"停用"}}, func(p *people.Person) *bool { return &p.Disabled }),
	},
	check: people.Person.Check,
	key:   func(p people.Person) string { return p.Login },
	keyed: "login",
	taken: func(b *book, key string) bool { _, ok := b.logins.ids[key]; return ok },
}

func grants(p *people.Person, cell string, b *book) fault {
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";；、", r) }) {
		role, area, bound := strings.Cut(strings.TrimSpace(part), "@")
		var g people.Grant
		if f := word(&g.Role, role, people.Roles(), roleWords); f.is() {
			return f
		}
		for _, a := range b.Areas {
			if !bound && a.Kind == grid.Bureau {
				g.Area = a.ID
			}
		}
		if bound {
			id, f := b.areas.look(strings.TrimSpace(area), "area", mendArea)
			if f.is() {
				return f
			}
			g.Area = grid.AreaID(id)
		}
		p.Grants = append(p.Grants, g)
	}
	return fault{}
}
