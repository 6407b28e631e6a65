package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// grace is how long running requests have to end after the signal.
const grace = 10 * time.Second

// Run serves s on l, with TLS if secure isn't nil, until ctx ends; then it lets
// running requests end, for at most ten seconds, stops a running import and
// closes l. It returns nil after an orderly end.
func Run(ctx context.Context, s *Server, l net.Listener, secure *tls.Config) error {
	defer s.Close()
	server := &http.Server{
		Handler:   s.Handler(),
		TLSConfig: secure,
		// How long a body may take is set per request: uploads are long.
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ConnState:         newConnections(s.trusted, s.log).state,
		// Handshakes that scanners break off are no errors of ours.
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() {
		if secure != nil {
			served <- server.ServeTLS(l, "", "")
		} else {
			served <- server.Serve(l)
		}
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	s.jobs.stop()
	left, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(left)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests cut off at the end", slog.Duration("after", grace))
		err = server.Close()
	}
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
