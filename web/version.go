package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// etag is the entity tag of version n of a thing.
func etag(n int64) string { return `"` + strconv.FormatInt(n, 10) + `"` }

// ifMatch reads the version that a change starts from out of If-Match: "3", or
// plain 3. A change without one is refused: two admins at the same person would
// overwrite each other unseen.
func ifMatch(header string) (int64, error) {
	if header == "" {
		p := newProblem(http.StatusPreconditionRequired, "version.missing", "send If-Match with the version that you read")
		return 0, p
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(strings.TrimSpace(header), "W/"), `"`), 10, 64)
	if err != nil || n < 1 {
		return 0, invalid("version.invalid", "header.If-Match", "If-Match must be a version such as \"3\"")
	}
	return n, nil
}

// stale is the problem of a change to object that starts from an old version. It
// names who made the last change when the log's newest pages tell.
func (s *Server) stale(ctx context.Context, object string, now int64) error {
	p := newProblem(http.StatusPreconditionFailed, "stale", "somebody else changed this in the meantime; read it again")
	p.Version = now
	entries, err := s.store.AuditEntries(ctx, auditQuery(0, 500))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Object == object && changes(e.Verb, object) {
			p.ChangedBy = e.Who
			break
		}
	}
	return p
}

// changes says whether an act changed the version of its object, as a login does not.
func changes(verb, object string) bool {
	kind, _, _ := strings.Cut(object, "/")
	done, ok := strings.CutPrefix(verb, kind+".")
	return ok && slices.Contains([]string{"add", "change", "remove", "password", "secret", "import"}, done)
}
