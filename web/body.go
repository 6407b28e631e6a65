package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
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
	if (r.ContentLength < 0 || r.ContentLength > largeBody) && limit > largeBody {
		if err := s.holdLarge(r); err != nil {
			return nil, err
		}
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

// largeBody is from how many bytes on a body takes one of a few places for as long as its
// request lasts, lest the memory go to whoever sends many at once.
const (
	largeBody  = 1 << 20
	largeAtAll = 4 // of all people; one of each
)

// holdLarge takes a place for the large body of a request, given back at its end.
func (s *Server) holdLarge(r *http.Request) error {
	ctx := r.Context()
	mine, err := s.sending.enter(ctx, strconv.FormatInt(int64(callerOf(ctx).person.ID), 10))
	if err != nil {
		return err
	}
	leave, err := s.receiving.enter(ctx)
	if err != nil {
		mine()
		return err
	}
	context.AfterFunc(ctx, func() { leave(); mine() })
	return nil
}

// writeJSON answers with v, for handlers that aren't huma's.
func (s *Server) writeJSON(w http.ResponseWriter, r *http.Request, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", noStore)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.log.DebugContext(r.Context(), "answer not delivered", slog.Any("err", err))
	}
}
