package web

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// body reads the whole body of a request that isn't huma's: at most limit bytes,
// of one of these media types.
func (s *Server) body(w http.ResponseWriter, r *http.Request, limit int64, types ...string) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(types, kind) {
		return nil, newProblem(http.StatusUnsupportedMediaType, "request.media_type", "send it with Content-Type "+strings.Join(types, " or "))
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	// A large file on a slow line takes longer than other requests may.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(2 * time.Minute))
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, tooLarge(limit)
	}
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "upload.broken", "the upload broke off")
	}
	return data, nil
}

// writeJSON answers with v, for handlers that aren't huma's.
func (s *Server) writeJSON(w http.ResponseWriter, r *http.Request, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", noStore)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.log.DebugContext(r.Context(), "answer not delivered", slog.Any("err", err))
	}
}
