package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"citygrid/data/audit"

	"github.com/danielgtaylor/huma/v2"
)

// An AuditEntry is one line of the audit log.
type AuditEntry struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Who    string    `json:"who" doc:"login; console for the command line; empty for a stranger"`
	From   string    `json:"from" doc:"address of the caller"`
	Verb   string    `json:"verb" example:"person.change"`
	Object string    `json:"object" example:"person/7"`
	Detail string    `json:"detail"`
	Hash   string    `json:"hash" doc:"SHA-256 over the entry before and this one, hexadecimal"`
}

type (
	auditInput struct {
		Before int64 `query:"before" minimum:"1" doc:"only entries older than this one; without it from the newest"`
		Limit  int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}
	auditOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Entries []AuditEntry `json:"entries" nullable:"false" doc:"newest first"`
			More    bool         `json:"more" doc:"there are older ones"`
		}
	}
	verifyOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Entries int64  `json:"entries" doc:"entries whose hash is right, from the first"`
			OK      bool   `json:"ok"`
			Detail  string `json:"detail,omitempty" doc:"what is wrong where, when not ok"`
		}
	}
)

func (s *Server) auditRoutes() {
	tags := []string{"audit"}
	handle(s, huma.Operation{
		OperationID: "listAudit", Method: http.MethodGet, Path: "/api/audit", Tags: tags,
		Summary: "Who did what, newest first",
	}, s.listAudit)
	handle(s, huma.Operation{
		OperationID: "verifyAudit", Method: http.MethodGet, Path: "/api/audit/verify", Tags: tags,
		Summary: "Check the chain of hashes over the whole log",
	}, s.verifyAudit)
}

func (s *Server) listAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	entries, err := s.store.AuditEntries(ctx, auditQuery(in.Before, in.Limit+1))
	if err != nil {
		return nil, err
	}
	out := &auditOutput{CacheControl: noStore}
	if len(entries) > in.Limit {
		entries, out.Body.More = entries[:in.Limit], true
	}
	out.Body.Entries = make([]AuditEntry, len(entries))
	for i, e := range entries {
		out.Body.Entries[i] = AuditEntry{
			Seq: e.Seq, At: e.At.UTC(), Who: e.Who, From: e.From, Verb: e.Verb,
			Object: e.Object, Detail: e.Detail, Hash: hex.EncodeToString(e.Hash[:]),
		}
	}
	return out, nil
}

func (s *Server) verifyAudit(ctx context.Context, _ *struct{}) (*verifyOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	out := &verifyOutput{CacheControl: noStore}
	n, err := s.store.VerifyAudit(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	out.Body.Entries, out.Body.OK = n, err == nil
	if err != nil {
		s.log.ErrorContext(ctx, "audit log does not verify", "err", err)
		out.Body.Detail = err.Error()
	}
	return out, nil
}

func auditQuery(before int64, limit int) audit.Query {
	return audit.Query{Before: before, Limit: limit}
}
