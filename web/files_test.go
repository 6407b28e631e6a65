package web

import (
	"fmt"
	"strings"
	"testing"

	"citygrid/grid/register"
)

func (b *browser) file(path, text string, headers ...string) reply {
	b.site.t.Helper()
	return b.send("POST", path, []byte(text), append([]string{"Content-Type", "text/csv"}, headers...)...)
}

// TestFiles: each register takes a file, tells it again, and refuses it a second
// time; a trial changes nothing.
func TestFiles(t *testing.T) {
	x, _ := openReal(t)
	b := x.as("admin")
	for _, c := range []struct{ register, text, again string }{
		{"teams", "编码,名称,区域\nT1,一中队,Town\nT2,二中队,Other town\n", "code"},
		{"stations", "code,name,lon,lat,team,kind\nS1,Pound,-75.5,39.7,T1,pound\n", "code"},
		{"people", "login,name,roles\nli.wei,李伟,officer@Town\nzhao,赵,队员@Town;driver@Town\n", "login"},
		{"vehicles", "plate,kind,team,capacity\n鲁B·12345,清障车,T1,2\n", "plate"},
		{"dogs", "犬名,犬证号,犬主,电话,社区\nBella,W-1,李小明,139 0532 5678,Town\n", "licence"},
		{"devices", "id,class,protocol,secret,dog\n861,dog-tag,osmand,a-very-secret-secret,W-1\n", "id"},
		{"shifts", "person,team,vehicle,from,to\nli.wei,T1,,2030-03-01 07:00,2030-03-01 19:00\nzhao,T1,鲁B12345,2030-03-01 07:00,2030-03-01 19:00\n", "from"},
	} {
		path := "/api/" + c.register
		rows := strings.Count(c.text, "\n") - 1
		var report ImportReport
		b.file(path+"/import?dry_run=true", c.text).is(t, 200, "").into(t, &report)
		if report.Rows != rows || len(report.Faults) != 0 || report.Imported != 0 {
			t.Errorf("%s, a trial: %+v", c.register, report)
		}
		b.file(path+"/import", c.text).is(t, 200, "").into(t, &report)
		if report.Imported != rows {
			t.Errorf("%s: %+v, want %d imported", c.register, report, rows)
		}
		// A second time all of it is there already.
		var p Problem
		b.file(path+"/import", c.text).is(t, 422, "import.faults").into(t, &p)
		if len(p.Faults) == 0 || p.Faults[0].Line != 2 || p.Faults[0].Field != c.again || p.Faults[0].Mend == "" {
			t.Errorf("%s again: %+v", c.register, p.Faults)
		}
		report = ImportReport{}
		b.file(path+"/import?dry_run=true", c.text).is(t, 200, "").into(t, &report)
		if report.Rows != rows || len(report.Faults) == 0 {
			t.Errorf("%s, a second trial: %+v", c.register, report)
		}
		span := ""
		if c.register == "shifts" {
			span = "?from=2030-02-28T00:00:00Z"
		}
		r := b.get(path+"/export"+span).is(t, 200, "")
		if r.header.Get("Content-Type") != "text/csv; charset=utf-8" || strings.Count(string(r.text), "\n") < rows+1 {
			t.Errorf("%s export: %s", c.register, r)
		}
		for _, secret := range []string{"李小明", "139", "a-very-secret", "sha256"} {
			if strings.Contains(string(r.text), secret) {
				t.Errorf("%s export tells %s", c.register, secret)
			}
		}
	}
	var shifts struct{ Shifts []Shift }
	b.get("/api/shifts?from=2030-03-01T00:00:00Z").is(t, 200, "").into(t, &shifts)
	if len(shifts.Shifts) != 2 || shifts.Shifts[0].From.Hour() != 12 { // 07:00 in New York
		t.Errorf("shifts: %+v", shifts)
	}
}

func TestBadFiles(t *testing.T) {
	x, _ := openReal(t)
	b := x.as("admin")
	b.file("/api/teams/import", "code,name,area\nT0,Zero,Town\n").is(t, 200, "")
	for name, c := range map[string]struct {
		register, text string
		line           int
		field          string
	}{
		"no such area":      {"teams", "code,name,area\nT1,One,Town\n\nT2,Two,Mars\n", 4, "area"},
		"twice in the file": {"teams", "code,name,area\nT1,One,Town\nT1,Two,Town\n", 3, "code"},
		"a column missing":  {"teams", "code,name\nT1,One\n", 1, "area"},
		"no header":         {"dogs", "Bella,W-1,Secretova,13900001234,Town\n", 1, ""},
		"a phone number":    {"dogs", "name,owner_phone,area\nBella,Secretova,Town\n", 2, "owner_phone"},
		"a short secret":    {"devices", "id,class,protocol,secret\n1,phone,osmand,Secretova\n", 2, "secret"},
		"a reserved id":     {"devices", "id,class,protocol\n\nweb-9,phone,osmand\n", 3, "id"},
		"an auditor":        {"people", "login,name,roles\nsam,Sam,auditor@Town\n", 2, "roles"},
		"nothing":           {"teams", "", 1, ""},
		"not text":          {"teams", "PK\x03\x04\x00\x00", 1, ""},
		"a quotation mark":  {"teams", "code,name,area\nT1,\"One,Town\n", 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var p Problem
			r := b.file("/api/"+c.register+"/import", c.text).is(t, 422, "import.faults")
			r.into(t, &p)
			if len(p.Faults) == 0 || p.Faults[0].Line != c.line || p.Faults[0].Field != c.field || p.Faults[0].What == "" {
				t.Errorf("faults %+v, want line %d, field %q", p.Faults, c.line, c.field)
			}
			if strings.Contains(string(r.text), "Secretova") || strings.Contains(string(r.text), "1390") {
				t.Errorf("%s tells a secret", r)
			}
		})
	}
	var teams struct{ Teams []Team }
	b.get("/api/teams").is(t, 200, "").into(t, &teams)
	if len(teams.Teams) != 1 {
		t.Errorf("half a file was imported: %+v", teams)
	}
	b.send("POST", "/api/teams/import", body{}).is(t, 415, "request.media_type")
	b.file("/api/teams/import", "x", "Content-Type", "text/csv; charset=gbk").is(t, 422, "import.faults")
	b.file("/api/teams/import?dry_run=perhaps", "x").is(t, 422, "request.invalid")
	b.file("/api/teams/import", strings.Repeat("x", register.MaxFile+1)).is(t, 413, "request.too_large")
}

// TestFilesOfAPart: what an admin of a town doesn't reach is not there in a file,
// and not in an export.
func TestFilesOfAPart(t *testing.T) {
	w := twoTownsOf(t)
	b := w.as("town.admin")
	for _, c := range []struct{ register, text, field string }{
		{"teams", "code,name,area\nT9,Nine,Other town\n", "area"},
		{"stations", "code,name,lon,lat,team\nS9,Nine,-75.5,39.7,T-other\n", "team"},
		{"stations", "code,name,lon,lat\n\nS9,Nine,-75.5,39.7\n", ""},
		{"vehicles", "plate,kind,team\nX9,boat,T-other\n", "team"},
		{"dogs", "name,area\nRex,Other town\n", "area"},
		{"devices", "id,class,protocol,dog\nd9,dog-tag,osmand,W-other\n", "dog"},
		{"devices", "id,class,protocol,person\nd9,phone,osmand,other.officer\n", "person"},
		{"shifts", "person,team,from,to\ntown.officer,T-other,2030-04-01 07:00,2030-04-01 19:00\n", "team"},
		{"shifts", "person,team,from,to\nother.officer,T-town,2030-04-01 07:00,2030-04-01 19:00\n", "person"},
		{"people", "login,name,roles\nmax,Max,admin@Bureau\n", "roles"},
		{"people", "login,name\nmax,Max\n", "roles"},
	} {
		var p Problem
		b.file("/api/"+c.register+"/import", c.text).is(t, 422, "import.faults").into(t, &p)
		if len(p.Faults) != 1 || p.Faults[0].Field != c.field || p.Faults[0].Line != strings.Count(c.text, "\n") {
			t.Errorf("%q: faults %+v, want one about %q", c.text, p.Faults, c.field)
		}
	}
	for _, name := range []string{"teams", "stations", "vehicles", "dogs", "devices", "shifts", "people"} {
		path := "/api/" + name + "/export"
		if name == "shifts" {
			path += shiftDay
		}
		r := b.get(path).is(t, 200, "")
		if strings.Contains(string(r.text), "-other") || strings.Contains(string(r.text), "other.officer") || !strings.Contains(string(r.text), "town") {
			t.Errorf("export of %s: %s", name, r)
		}
	}
	if e := w.lastEntry("dog.export"); e.Who != "town.admin" || e.Detail != "1 in a file" {
		t.Errorf("audit log: %+v", e)
	}
	w.as("dispatcher").file("/api/teams/import", "x").is(t, 403, "access.denied")
	w.as("auditor").get("/api/dogs/export").is(t, 403, "access.denied")
}

// TestManyRows: a large register comes in one piece.
func TestManyRows(t *testing.T) {
	x, _ := openReal(t)
	var text strings.Builder
	text.WriteString("code,name,area\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "T%d,Team %d,Town\n", i, i)
	}
	var report ImportReport
	x.as("admin").file("/api/teams/import", text.String()).is(t, 200, "").into(t, &report)
	if report.Imported != 2000 {
		t.Errorf("%+v", report)
	}
}
