package web

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// policy is the Content-Security-Policy of everything we serve. The app needs
// nothing from other sites, no inline code and no eval.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; " +
	"worker-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// headers sets what every answer carries.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()")
		h.Set("X-Frame-Options", "DENY") // for browsers that predate frame-ancestors
		// Not with a local CA: a browser that knows this header lets nobody past a
		// certificate that it doesn't trust yet, so nobody could come to install a new CA.
		if (s.secure || r.TLS != nil) && s.authority == nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// maxBody is the most that a request may send, unless its handler streams.
const maxBody = 8 << 20

// limits bounds the body and the time that a slow client may take over it.
// Handlers that stream (uploads) raise both themselves.
func (s *Server) limits(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.RawQuery) > 4096 || len(r.URL.Path) > 1024 {
			s.refuse(w, r, newProblem(http.StatusRequestURITooLong, "request.too_long", "the address is too long"))
			return
		}
		control := http.NewResponseController(w)
		// Recorders and other writers without a connection have no deadlines.
		_ = control.SetReadDeadline(time.Now().Add(30 * time.Second))
		_ = control.SetWriteDeadline(time.Now().Add(2 * time.Minute))
		next.ServeHTTP(w, r)
	})
}

type (
	requestIDKey struct{}
	visitKey     struct{}
)

// requestID is the id of the request that ctx belongs to; "" outside of one.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func visitOf(ctx context.Context) *visit {
	if r, ok := ctx.Value(visitKey{}).(*visit); ok {
		return r
	}
	return &visit{}
}

// observe gives the request its id, counts it, logs it, and turns a panic into
// an internal error. The id is ours: one sent along could forge log lines.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		seen := &visit{started: time.Now()}
		ctx := context.WithValue(r.Context(), requestIDKey{}, id)
		ctx = context.WithValue(ctx, visitKey{}, seen)
		r = r.WithContext(ctx)
		w.Header().Set("X-Request-Id", id)
		counted := &statusWriter{ResponseWriter: w}
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler { // a handler gives up its connection on purpose
					panic(cause)
				}
				s.log.ErrorContext(ctx, "panic", slog.String("request", id), slog.String("route", seen.pattern),
					slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
				s.metrics.panics.Inc()
				if counted.status != 0 {
					panic(http.ErrAbortHandler) // half an answer is out: cut it off
				}
				s.refuse(counted, r, newProblem(http.StatusInternalServerError, "internal", "internal error"))
			}
			s.metrics.request(seen.pattern, r.Method, counted.status, time.Since(seen.started))
			s.log.DebugContext(ctx, "request", slog.String("request", id), slog.String("method", r.Method),
				slog.String("route", seen.pattern), slog.Int("status", counted.status), slog.Duration("dur", time.Since(seen.started)))
		}()
		next.ServeHTTP(counted, r)
	})
}

// A statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int // 0 until something is written
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack gives the connection to a WebSocket, free of the deadlines of limits:
// from then on its reader and writer set their own.
func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.status = http.StatusSwitchingProtocols
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, rw, nil
}
