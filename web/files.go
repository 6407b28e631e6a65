package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"

	"github.com/danielgtaylor/huma/v2"
)

// A file is how the entries of a register come from a CSV file and go into one.
// A file is taken as a whole or not at all.
type file[T any] struct {
	one, many string

	read  func(io.Reader, register.Book) ([]T, []register.Fault)
	write func(io.Writer, []T, register.Book) error
	// own puts all entries of the register into the book, so that one is not
	// added twice: also those that the caller doesn't reach.
	own    func(*view, *register.Book) error
	may    func(*view, T) error // what keeps the caller from adding it; a *Problem that names the field
	addAll func(Store, context.Context, []T, audit.Act) ([]T, error)
	shown  func(*view, url.Values) ([]T, error) // what the caller may read, as they may read it
}

// An ImportReport says what became of a file.
type ImportReport struct {
	Rows     int     `json:"rows" doc:"entries in the file"`
	Faults   []Fault `json:"faults" nullable:"false" doc:"with any, nothing was imported"`
	Imported int     `json:"imported" doc:"0 for a trial"`
}

const csvType = "text/csv"

func (f file[T]) routes(s *Server) {
	title := titled(f.many)
	tags := []string{f.many}
	s.handleRaw("POST /api/"+f.many+"/import", &huma.Operation{
		OperationID: "import" + title, Method: http.MethodPost, Path: "/api/" + f.many + "/import", Tags: tags,
		Summary: "Add " + f.many + " from a CSV file, all or none",
		Description: "The body is the file: UTF-8, UTF-16 or GB18030, at most 32 MiB, its first line names the columns in English or Chinese. " +
			"422 import.faults: faults say what is wrong on which line. A trial answers 200 with the faults.",
		Parameters: []*huma.Param{{Name: "dry_run", In: "query", Description: "a trial: only say what is wrong", Schema: &huma.Schema{Type: huma.TypeBoolean}}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			csvType: {Schema: &huma.Schema{Type: huma.TypeString}},
		}},
		Responses: map[string]*huma.Response{"200": {
			Description: "What became of the file",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[ImportReport](s.api, "ImportReport")}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		report, err := f.take(s, w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.writeJSON(w, r, report)
	})
	s.handleRaw("GET /api/"+f.many+"/export", &huma.Operation{
		OperationID: "export" + title, Method: http.MethodGet, Path: "/api/" + f.many + "/export", Tags: tags,
		Summary: "The " + f.many + " that the caller's right reaches, as a CSV file",
		Responses: map[string]*huma.Response{"200": {
			Description: "UTF-8 with a byte order mark, as spreadsheets want it",
			Content:     map[string]*huma.MediaType{csvType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		if err := f.give(s, w, r); err != nil {
			s.refuse(w, r, err)
		}
	})
}

// take reads a file, checks it and adds what is in it.
func (f file[T]) take(s *Server, w http.ResponseWriter, r *http.Request) (report ImportReport, err error) {
	ctx := r.Context()
	trial := false
	if q := r.URL.Query().Get("dry_run"); q != "" {
		if trial, err = strconv.ParseBool(q); err != nil {
			return report, invalid("request.invalid", "query.dry_run", "dry_run is true or false")
		}
	}
	data, err := s.body(w, r, register.MaxFile, csvType)
	if err != nil {
		return report, err
	}
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return report, err
	}
	defer leave()
	v, err := s.view(ctx)
	if err != nil {
		return report, err
	}
	list, faults, err := f.check(v, data)
	if err != nil {
		return report, err
	}
	lines := register.Lines(bytes.NewReader(data))
	report = ImportReport{Rows: len(lines), Faults: faults}
	if len(faults) == 0 && !trial && len(list) > 0 {
		act := s.act(ctx, f.one+".import", f.one, fmt.Sprintf("%d from a file", len(list)))
		added, err := f.addAll(s.store, ctx, list, act)
		// What was there when the file was checked may have changed since.
		entry := (*register.FieldError)(nil)
		switch {
		case errors.As(err, &entry):
			report.Faults = []Fault{{Line: lineAt(lines, entry.Index), Field: entry.Field, What: entry.What, Mend: entry.Mend}}
		case err != nil:
			return report, err
		default:
			report.Imported = len(added)
			s.changed(ctx)
		}
	}
	if len(report.Faults) > 0 && !trial {
		p := newProblem(http.StatusUnprocessableEntity, "import.faults", "the file has faults: nothing was imported")
		p.Faults = report.Faults
		return report, p
	}
	return report, nil
}

// check reads a file as the caller may: what they don't reach isn't there.
func (f file[T]) check(v *view, data []byte) ([]T, []Fault, error) {
	book, err := v.book(true)
	if err != nil {
		return nil, nil, err
	}
	if err := f.own(v, &book); err != nil {
		return nil, nil, err
	}
	faults := []Fault{} // [] in JSON, not null
	list, found := f.read(bytes.NewReader(data), book)
	for _, x := range found {
		faults = append(faults, Fault{Line: x.Line, Field: x.Field, What: x.What, Mend: x.Mend})
	}
	var lines []int
	for i, entry := range list {
		err := f.may(v, entry)
		if err == nil {
			continue
		}
		p, known := problemOf(err)
		if !known || len(faults) == register.MaxFaults {
			return nil, faults, err
		}
		if lines == nil {
			lines = register.Lines(bytes.NewReader(data))
		}
		fault := Fault{Line: lineAt(lines, i), What: p.Detail}
		if len(p.Errors) > 0 {
			fault.Field = column(p.Errors[0].Location)
		}
		faults = append(faults, fault)
	}
	return list, faults, nil
}

func lineAt(lines []int, i int) int {
	if i < 0 || i >= len(lines) {
		return 1
	}
	return lines[i]
}

// give writes what the caller may read as a file.
func (f file[T]) give(s *Server, w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	list, err := f.shown(v, r.URL.Query())
	if err != nil {
		return err
	}
	book, err := v.book(false)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := f.write(&b, list, book); err != nil {
		return err
	}
	if err := s.store.Record(ctx, s.act(ctx, f.one+".export", f.one, fmt.Sprintf("%d in a file", len(list)))); err != nil {
		return err
	}
	w.Header().Set("Content-Type", csvType+"; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.many+`.csv"`)
	w.Header().Set("Cache-Control", noStore)
	_, _ = w.Write(b.Bytes()) // who went away doesn't want it
	return nil
}

// book is what files name things by: all there is, or what the caller reaches.
func (v *view) book(reached bool) (b register.Book, err error) {
	if err := v.fillSubjects(); err != nil {
		return b, err
	}
	set, err := v.s.store.Settings(v.ctx)
	if err != nil {
		return b, err
	}
	if b.Zone, err = time.LoadLocation(set.TimeZone); err != nil {
		return b, err
	}
	if b.Areas, err = v.s.store.Areas(v.ctx); err != nil {
		return b, err
	}
	b.Teams, b.People, b.Vehicles, b.Dogs = v.teams.list, v.people.list, v.vehicles.list, v.dogs.list
	if !reached {
		return b, nil
	}
	b.Areas = some(b.Areas, func(a grid.Area) bool { return v.reaches(a.ID) })
	b.Teams = some(b.Teams, func(t register.Team) bool { return v.reaches(t.Area) })
	b.People = some(b.People, func(p people.Person) bool { return mayRead(v.caller, v.tree, p) })
	b.Vehicles = some(b.Vehicles, func(x register.Vehicle) bool {
		areas, err := v.ofTeam("team", x.Team)
		return err == nil && v.reachesAny(areas)
	})
	b.Dogs = some(b.Dogs, func(d register.Dog) bool { return v.reaches(d.Area) })
	return b, nil
}

func some[T any](all []T, keep func(T) bool) (left []T) {
	for _, v := range all {
		if keep(v) {
			left = append(left, v)
		}
	}
	return left
}

// titled is a name as operations are called: Teams.
func titled(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// column is the column of a file for a part of a request.
func column(location string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(location, "body"), "."), "[")
	if name == "grants" {
		return "roles"
	}
	return name
}

// file is the register's CSV file. all gives its entries, own puts them into the
// book of what is there already.
func (e entries[K, T, F, W]) file(all func(*view, url.Values) ([]T, error), own func(*register.Book, []T)) file[T] {
	return file[T]{
		one: e.one, many: e.many(), may: e.may,
		own: func(v *view, b *register.Book) error {
			there, err := all(v, nil)
			own(b, there)
			return err
		},
		shown: func(v *view, q url.Values) ([]T, error) {
			there, err := all(v, q)
			if err != nil {
				return nil, err
			}
			if e.fill != nil {
				if err := e.fill(v); err != nil {
					return nil, err
				}
			}
			return e.visible(v, there)
		},
	}
}

// listed is all for registers that are listed as a whole.
func (e entries[K, T, F, W]) listed(v *view, _ url.Values) ([]T, error) {
	return e.list(v.s.store, v.ctx)
}

func (s *Server) fileRoutes() {
	t := teams()
	f := t.file(t.listed, func(b *register.Book, all []register.Team) { b.Teams = all })
	f.read, f.write, f.addAll = register.ReadTeams, register.WriteTeams, Store.ImportTeams
	f.routes(s)

	p := stations()
	g := p.file(p.listed, func(b *register.Book, all []register.Station) { b.Stations = all })
	g.read, g.write, g.addAll = register.ReadStations, register.WriteStations, Store.ImportStations
	g.routes(s)

	x := vehicles()
	h := x.file(x.listed, func(b *register.Book, all []register.Vehicle) { b.Vehicles = all })
	h.read, h.write, h.addAll = register.ReadVehicles, register.WriteVehicles, Store.ImportVehicles
	h.routes(s)

	d := dogs()
	i := d.file(d.listed, func(b *register.Book, all []register.Dog) { b.Dogs = all })
	i.read, i.addAll = register.ReadDogs, Store.ImportDogs
	i.write = func(w io.Writer, list []register.Dog, b register.Book) error {
		hidden := make([]register.Dog, len(list))
		for n, dog := range list {
			hidden[n] = masked(dog)
		}
		return register.WriteDogs(w, hidden, b)
	}
	i.routes(s)

	y := devices()
	j := y.file(y.listed, func(b *register.Book, all []register.Device) { b.Devices = all })
	j.read, j.write, j.addAll = register.ReadDevices, register.WriteDevices, Store.ImportDevices
	j.may = func(v *view, d register.Device) error {
		if why := reservedID(d.ID); why != "" {
			return invalid("registers.invalid", "body.id", "%s", why)
		}
		return y.may(v, d)
	}
	j.routes(s)

	r := shifts()
	k := r.file(shiftsOf, func(b *register.Book, all []register.Shift) { b.Shifts = all })
	k.read, k.write, k.addAll = register.ReadShifts, register.WriteShifts, Store.ImportShifts
	k.routes(s)

	peopleFile().routes(s)
}

// shiftsOf is the roster of the days that are asked for; without a question, as
// much as a file can be about.
func shiftsOf(v *view, q url.Values) ([]register.Shift, error) {
	if q == nil {
		return v.s.store.Shifts(v.ctx, v.s.now().AddDate(-2, 0, 0), v.s.now().AddDate(10, 0, 0))
	}
	var span [2]time.Time
	for i, name := range []string{"from", "to"} {
		if text := q.Get(name); text != "" {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return nil, invalid("request.invalid", "query."+name, "write a time such as 2026-03-01T00:00:00Z")
			}
			span[i] = t
		}
	}
	from, to, err := v.s.shiftSpan(span[0], span[1])
	if err != nil {
		return nil, err
	}
	return v.s.store.Shifts(v.ctx, from, to)
}

// peopleFile: people from a file get no password; an admin gives them one each.
func peopleFile() file[people.Person] {
	return file[people.Person]{
		one: "person", many: "people", read: register.ReadPeople, write: register.WritePeople,
		own: func(v *view, b *register.Book) error { b.People = v.people.list; return nil },
		may: func(v *view, p people.Person) error {
			if len(p.Grants) == 0 && !v.reaches(v.tree.Bureau()) {
				return invalid("people.outside", "body.grants", "give a role in one of your areas: you could not see this person otherwise")
			}
			return checkGrants(v.caller, v.tree, nil, p.Grants)
		},
		addAll: func(st Store, ctx context.Context, list []people.Person, act audit.Act) ([]people.Person, error) {
			for i := range list {
				list[i].MustChange, list[i].CreatedAt = true, act.At.UTC()
			}
			return st.ImportPeople(ctx, list, act)
		},
		shown: func(v *view, _ url.Values) ([]people.Person, error) {
			if err := v.people.fill(v.ctx); err != nil {
				return nil, err
			}
			return some(v.people.list, func(p people.Person) bool { return mayRead(v.caller, v.tree, p) }), nil
		},
	}
}
