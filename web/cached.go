package web

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// revalidated lets a browser keep an answer, and ask each time whether it is still so.
const revalidated = "private, no-cache"

// A cached is an answer that many ask for again and again.
type cached struct {
	mu    sync.Mutex
	mark  string    // of what it was made of
	until time.Time // it changes with the clock then; zero is never
	text  []byte
	etag  string
}

// fresh is the answer for a mark at some time, made anew if need be. Only one makes it.
func (c *cached) fresh(mark string, now time.Time, build func() (text []byte, until time.Time, err error)) (text []byte, tag string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.text != nil && c.mark == mark && (c.until.IsZero() || now.Before(c.until)) {
		return c.text, c.etag, nil
	}
	text, until, err := build()
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(text)
	c.mark, c.until, c.text, c.etag = mark, until, text, `"`+hex.EncodeToString(sum[:12])+`"`
	return c.text, c.etag, nil
}

// answerTagged writes an answer, or 304 to who has it already.
func (s *Server) answerTagged(w http.ResponseWriter, r *http.Request, kind, tag string, text []byte) {
	w.Header().Set("Cache-Control", revalidated)
	w.Header().Set("ETag", tag)
	if hasTag(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Vary", "Accept-Encoding")
	var out io.Writer = w
	if len(text) > 4096 && accepts(r, "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // never fails
		defer z.Close()
		out = z
	}
	if _, err := out.Write(text); err != nil {
		s.log.DebugContext(r.Context(), "answer not delivered", slog.Any("err", err))
	}
}

// hasTag says whether If-None-Match names a tag; a cache on the way may have made it weak.
func hasTag(header, tag string) bool {
	tag = strings.Trim(tag, `"`)
	for _, one := range strings.Split(header, ",") {
		one = strings.Trim(strings.TrimPrefix(strings.TrimSpace(one), "W/"), `"`)
		if one == "*" || one == tag {
			return true
		}
	}
	return false
}
