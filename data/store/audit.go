package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"citygrid/data/audit"
)

// errSame ends a change that found nothing to do: nothing is written, and it is no
// error.
var errSame = errors.New("nothing to change")

// change runs do in a transaction and writes act into the audit log in the same
// one. do may complete act, with the id of what it made.
func (s *Store) change(ctx context.Context, act audit.Act, do func(context.Context, querier, *audit.Act) error) error {
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if act.At.IsZero() {
		act.At = s.now()
	}
	act, err := act.Clean()
	if err != nil {
		return err
	}
	err = s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		act := act // do may complete it, and may run twice
		if err := do(ctx, conn, &act); err != nil {
			return err
		}
		return appendAudit(ctx, conn, act)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return explain(s.dir, err)
}

// Record writes an act that changes nothing else: a refused login, an export.
func (s *Store) Record(ctx context.Context, act audit.Act) error {
	return s.change(ctx, act, func(context.Context, querier, *audit.Act) error { return nil })
}

func appendAudit(ctx context.Context, q querier, act audit.Act) error {
	head, err := auditHead(ctx, q)
	if err != nil {
		return err
	}
	e := audit.Next(head, act)
	_, err = q.ExecContext(ctx,
		`INSERT INTO audit (seq, at, who, origin, verb, object, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, nanos(e.At), e.Who, e.From, e.Verb, e.Object, e.Detail, e.Hash[:])
	if err != nil {
		return fmt.Errorf("write audit entry %d: %w", e.Seq, err)
	}
	if _, err = q.ExecContext(ctx, `UPDATE audit_head SET seq = ?, hash = ?`, e.Seq, e.Hash[:]); err != nil {
		return fmt.Errorf("write audit head: %w", err)
	}
	return nil
}

func auditHead(ctx context.Context, q querier) (audit.Head, error) {
	var h audit.Head
	var hash []byte
	if err := q.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head`).Scan(&h.Seq, &hash); err != nil {
		return h, fmt.Errorf("read audit head: %w", err)
	}
	copy(h.Hash[:], hash)
	return h, nil
}

// AuditHead is the end of the log now. Noted outside of the data folder, it
// lets VerifyAuditAgainst find a log that was cut off or written anew.
func (s *Store) AuditHead(ctx context.Context) (h audit.Head, err error) {
	err = s.view(ctx, func(q querier) error {
		h, err = auditHead(ctx, q)
		return err
	})
	return h, err
}

const auditColumns = `SELECT seq, at, who, origin, verb, object, detail, hash FROM audit `

func scanAudit(rows *sql.Rows) (audit.Entry, error) {
	var e audit.Entry
	var at int64
	var hash []byte
	err := rows.Scan(&e.Seq, &at, &e.Who, &e.From, &e.Verb, &e.Object, &e.Detail, &hash)
	e.At = instant(at)
	copy(e.Hash[:], hash)
	return e, err
}

// AuditEntries is a page of the log, newest first.
func (s *Store) AuditEntries(ctx context.Context, page audit.Query) (entries []audit.Entry, err error) {
	if page.Limit <= 0 {
		page.Limit = 100
	}
	page.Limit = min(page.Limit, audit.MaxPage)
	where, args := `ORDER BY seq DESC LIMIT ?`, []any{page.Limit}
	if page.Before > 0 {
		where, args = `WHERE seq < ? ORDER BY seq DESC LIMIT ?`, []any{page.Before, page.Limit}
	}
	err = s.view(ctx, func(q querier) error {
		entries = nil
		return each(ctx, q, auditColumns+where, args, func(rows *sql.Rows) error {
			e, err := scanAudit(rows)
			entries = append(entries, e)
			return err
		})
	})
	return entries, err
}

// VerifyAudit checks the whole log and returns how many entries it has. It
// finds an entry that was changed, removed, put in or moved, and a cut-off tail
// whose head record was left alone. It cannot find that somebody cut off the
// tail and the head record, or wrote the whole log anew: VerifyAuditAgainst
// can. The error is an *audit.BreakError.
func (s *Store) VerifyAudit(ctx context.Context) (n int64, err error) {
	return s.VerifyAuditAgainst(ctx)
}

// VerifyAuditAgainst is VerifyAudit, and asks that each head noted earlier is in
// the log.
func (s *Store) VerifyAuditAgainst(ctx context.Context, noted ...audit.Head) (n int64, err error) {
	err = s.view(ctx, func(q querier) error {
		head, err := verifyAudit(ctx, q, noted...)
		n = head.Seq
		return err
	})
	return n, err
}

func verifyAudit(ctx context.Context, q querier, noted ...audit.Head) (audit.Head, error) {
	var v audit.Verifier
	kept, err := auditHead(ctx, q)
	if err != nil {
		return kept, err
	}
	for _, h := range append(noted, kept) {
		v.Expect(h)
	}
	err = each(ctx, q, auditColumns+`ORDER BY seq`, nil, func(rows *sql.Rows) error {
		e, err := scanAudit(rows)
		if err != nil {
			return err
		}
		return v.Add(e)
	})
	if err != nil {
		return audit.Head{}, err
	}
	head, err := v.Done()
	if err == nil && head != kept {
		err = &audit.BreakError{Seq: head.Seq, What: fmt.Sprintf("the head record says that the log ends at %d", kept.Seq)}
	}
	return head, err
}

// ExportAudit writes the whole log, oldest first, one JSON object a line, as
// audit.VerifyLines checks it.
func (s *Store) ExportAudit(ctx context.Context, w io.Writer) error {
	out := json.NewEncoder(w)
	return s.view(ctx, func(q querier) error {
		return each(ctx, q, auditColumns+`ORDER BY seq`, nil, func(rows *sql.Rows) error {
			e, err := scanAudit(rows)
			if err != nil {
				return err
			}
			return out.Encode(e)
		})
	})
}

// each runs query and calls do on each row.
func each(ctx context.Context, q querier, query string, args []any, do func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells all
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
