package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"citygrid/data/audit"
)

// tamper changes the database as somebody with an SQLite shell would.
func tamper(t *testing.T, s *Store, statements ...string) {
	t.Helper()
	err := s.writer.do(context.Background(), func(ctx context.Context, conn *sql.Conn) error {
		for _, statement := range append([]string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`}, statements...) {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerifyAuditFinds(t *testing.T) {
	const n = 6
	for name, c := range map[string]struct {
		statements []string
		at         int64 // 0 = cannot be found without a head noted elsewhere
	}{
		"nothing":         {nil, -1},
		"a changed word":  {[]string{`UPDATE audit SET detail = 'x' WHERE seq = 3`}, 3},
		"a changed time":  {[]string{`UPDATE audit SET at = at + 1 WHERE seq = 3`}, 3},
		"a removed entry": {[]string{`DELETE FROM audit WHERE seq = 3`}, 3},
		"two swapped": {[]string{
			`UPDATE audit SET seq = 99 WHERE seq = 3`, `UPDATE audit SET seq = 3 WHERE seq = 4`, `UPDATE audit SET seq = 4 WHERE seq = 99`,
		}, 3},
		"the last removed":          {[]string{`DELETE FROM audit WHERE seq = 6`}, 6},
		"all removed":               {[]string{`DELETE FROM audit`}, 1},
		"the last, and the head":    {[]string{`DELETE FROM audit WHERE seq = 6`, `UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 5)`}, 0},
		"everything, and the head":  {[]string{`DELETE FROM audit`, `UPDATE audit_head SET seq = 0, hash = zeroblob(32)`}, 0},
		"an entry with a long past": {[]string{`INSERT INTO audit VALUES (0, 0, '', '', '', '', '', zeroblob(32))`}, 0 + 1<<40},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := setUp(t)
			for range n - 1 {
				if err := s.Record(t.Context(), act("x")); err != nil {
					t.Fatal(err)
				}
			}
			noted := must(s.AuditHead(t.Context()))(t)
			tamper(t, s, c.statements...)
			count, err := s.VerifyAudit(t.Context())
			var broken *audit.BreakError
			switch {
			case c.at == -1 && (err != nil || count != n):
				t.Errorf("an untouched log: %d entries, %v", count, err)
			case c.at == 0 && err != nil:
				t.Errorf("now it can be found, say so in the doc: %v", err)
			case c.at > 0 && !errors.As(err, &broken):
				t.Errorf("not found: %v", err)
			case c.at > 0 && c.at <= n && broken.Seq != c.at:
				t.Errorf("found at %d, want %d: %v", broken.Seq, c.at, err)
			}
			if _, err := s.VerifyAuditAgainst(t.Context(), noted); (err == nil) != (c.at == -1) {
				t.Errorf("against the noted head: %v", err)
			}
		})
	}
}

func TestAuditPages(t *testing.T) {
	s, _ := setUp(t)
	for i := range 9 {
		a := act("x")
		a.Detail = fmt.Sprint(i)
		if err := s.Record(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	var got []int64
	page := audit.Query{Limit: 4}
	for {
		entries := must(s.AuditEntries(t.Context(), page))(t)
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			got = append(got, e.Seq)
		}
		page.Before = entries[len(entries)-1].Seq
	}
	if want := "[10 9 8 7 6 5 4 3 2 1]"; fmt.Sprint(got) != want {
		t.Errorf("pages had %v, want %s", got, want)
	}
}

func TestAuditExport(t *testing.T) {
	s, c := setUp(t)
	a := act("session.refused")
	a.At, a.Detail = c.t.Add(1), "login \x1b[31m\xff"+string(bytes.Repeat([]byte("x"), 5000))
	if err := s.Record(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.ExportAudit(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	head := must(s.AuditHead(t.Context()))(t)
	if got, err := audit.VerifyLines(&out, head); err != nil || got != head {
		t.Errorf("the export ends at %v, %v, want %v", got, err, head)
	}
}

func TestActWithoutTimeOrVerb(t *testing.T) {
	s, c := setUp(t)
	if err := s.Record(t.Context(), act("x")); err != nil {
		t.Fatal(err)
	}
	if e := must(s.AuditEntries(t.Context(), auditPage(1)))(t)[0]; !e.At.Equal(c.t) {
		t.Errorf("written at %v, want %v", e.At, c.t)
	}
	if err := s.Record(t.Context(), audit.Act{At: time.Now()}); !errors.Is(err, audit.ErrNoVerb) {
		t.Errorf("an act without verb: %v", err)
	}
}

// A slip in this program cannot change the log either.
func TestAuditIsAppendOnly(t *testing.T) {
	s, _ := setUp(t)
	for _, statement := range []string{`UPDATE audit SET detail = 'x'`, `DELETE FROM audit`} {
		err := s.writer.do(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, statement)
			return err
		})
		if err == nil {
			t.Errorf("%s went through", statement)
		}
	}
}
