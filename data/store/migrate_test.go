package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"citygrid/data/audit"
	"citygrid/grid/people"
)

// laid is a data folder of that version, from its dump.
func laid(t *testing.T, version int) string {
	t.Helper()
	dump := must(os.ReadFile(fmt.Sprintf("testdata/version-%d.sql", version)))(t)
	dir := t.TempDir()
	db := must(sql.Open("sqlite3", filepath.Join(dir, databaseName)))(t)
	if _, err := db.Exec(string(dump)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Every version that was ever released opens with all it had, and goes on.
func TestUpgrade(t *testing.T) {
	for version := 1; version <= 2; version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			s := opened(t, laid(t, version), Options{})
			ctx := t.Context()
			if set := must(s.Settings(ctx))(t); set.Bureau["zh-CN"] != "威尔明顿市" {
				t.Errorf("settings are %+v", set)
			}
			p := must(s.PersonByLogin(ctx, "li.wei"))(t)
			want := []people.Grant{{Role: people.Officer, Area: 1}, {Role: people.TeamLeader, Area: 2}}
			if fmt.Sprint(p.Grants) != fmt.Sprint(want) || p.Failures != 1 || p.Version != 1 {
				t.Errorf("li.wei is %+v", p)
			}
			areas := must(s.Areas(ctx))(t)
			if len(areas) != 2 || areas[1].Code != "110101" || len(areas[1].Boundary) != 1 {
				t.Errorf("areas are %+v", areas)
			}
			if _, found, err := s.Sessions().Find("a token of version 1"); err != nil || !found {
				t.Errorf("the session is gone, %v", err)
			}
			const last = "5bbcf8"
			entries := must(s.AuditEntries(ctx, audit.Query{}))(t)
			if n, err := s.VerifyAudit(ctx); err != nil || n != 4 || fmt.Sprintf("%x", entries[0].Hash[:3]) != last {
				t.Errorf("%d audit entries, %v, the last has hash %x, want 4 and %s", n, err, entries[0].Hash[:3], last)
			}
			must(s.AddPerson(ctx, officer("new.one"), act("person.add")))(t)
			// What came later works on it, too.
			must(s.AddTeam(ctx, team("T1"), act("team.add")))(t)
			raised(t, s, 1)
			must(s.VerifyAudit(ctx))(t)
		})
	}
}

// An upgraded folder and a new one have the same tables.
func TestUpgradeGivesTheNewSchema(t *testing.T) {
	schema := func(dir string) (all []string) {
		s := opened(t, dir, Options{})
		err := each(t.Context(), s.read, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' ORDER BY name`, nil,
			func(rows *sql.Rows) error {
				var text string
				err := rows.Scan(&text)
				all = append(all, text)
				return err
			})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	fresh := schema(t.TempDir())
	for version := 1; version <= 2; version++ {
		if old := schema(laid(t, version)); fmt.Sprint(old) != fmt.Sprint(fresh) {
			t.Errorf("upgraded from version %d:\n%q\nnew:\n%q", version, old, fresh)
		}
	}
}

// Each step can be undone and done again.
func TestMigrationsDownAndUp(t *testing.T) {
	dir := laid(t, 1)
	db := must(openDatabase(dir, false))(t)
	defer func() { _ = db.Close() }()
	p := must(provider(db))(t)
	for range 2 {
		must(p.Up(t.Context()))(t)
		must(p.DownTo(t.Context(), 1))(t)
	}
}
