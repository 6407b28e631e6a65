package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type (
	healthOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Status string `json:"status" enum:"ok"`
		}
	}
	readyOutput struct {
		CacheControl string `header:"Cache-Control"`
		Status       int
		Body         struct {
			Ready bool   `json:"ready"`
			Store string `json:"store" enum:"ok,failed"`
			Map   string `json:"map" enum:"ok,none"`
			// What the store can't promise now; there may be something even when it is ready.
			Lapses []Lapse `json:"lapses" nullable:"false"`
		}
	}
	conditionOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Lapses []Lapse `json:"lapses" nullable:"false" doc:"none: all is well"`
		}
	}
)

// A Lapse is something that the server promises at other times and can't now.
type Lapse struct {
	What  string    `json:"what" enum:"positions,changes,reading,times" doc:"positions: none is taken in, devices send them again; changes: none can be kept; reading: what was kept can't be read; times: the machine's clock jumped"`
	Why   string    `json:"why" enum:"disk-full,read-only,damaged,clock-held,clock-followed,clock-over,failed" doc:"clock-held: the server goes on by the time before; clock-followed: it goes by the new time, and those of the last hour may be wrong; clock-over: the clock came back"`
	Since time.Time `json:"since"`
	// ClockS is by how much the machine's clock jumped ahead, in seconds; negative is back.
	ClockS float64 `json:"clock_s,omitempty"`
	Err    error   `json:"-"` // for the log
}

// Promises are what may lapse, as Lapse.What calls them.
var promises = []string{"positions", "changes", "reading", "times"}

// lapses asks what can't be promised now.
func (s *Server) lapses(ctx context.Context) []Lapse {
	if s.condition == nil {
		return []Lapse{}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return append([]Lapse{}, s.condition(ctx)...)
}

func (s *Server) healthRoutes() {
	handle(s, huma.Operation{
		OperationID: "health", Method: http.MethodGet, Path: "/healthz", Tags: []string{"health"},
		Summary: "The process is alive",
	}, func(context.Context, *struct{}) (*healthOutput, error) {
		out := &healthOutput{CacheControl: noStore}
		out.Body.Status = "ok"
		return out, nil
	})
	handle(s, huma.Operation{
		OperationID: "ready", Method: http.MethodGet, Path: "/readyz", Tags: []string{"health"},
		Summary: "The store answers and a map is served; 503 otherwise, with the same body",
	}, s.ready)
	handle(s, huma.Operation{
		OperationID: "condition", Method: http.MethodGet, Path: "/api/condition", Tags: []string{"health"},
		Summary: "What the server can't promise now, such as to keep positions when the disk is full",
	}, func(ctx context.Context, _ *struct{}) (*conditionOutput, error) {
		out := &conditionOutput{CacheControl: noStore}
		out.Body.Lapses = s.lapses(ctx)
		return out, nil
	})
	s.handleRaw("GET /metrics", nil, s.showMetrics().ServeHTTP)
	s.handleRaw("GET /openapi.json", nil, func(w http.ResponseWriter, _ *http.Request) {
		text, err := s.spec()
		if err != nil {
			s.log.Error("describe the API", "err", err)
			http.Error(w, "the description of the API could not be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(text)
	})
}

func (s *Server) showMetrics() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 3, Timeout: 20 * time.Second, DisableCompression: true,
	})
}

// RunMetrics serves /metrics, and nothing else, without a login on l until ctx
// ends. It is for a scraper on this machine where a proxy stands before the
// server: what comes to the server's own address may be the proxy's then. l must
// be on the loopback address.
func RunMetrics(ctx context.Context, s *Server, l net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.showMetrics())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *Server) ready(ctx context.Context, _ *struct{}) (*readyOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	out := &readyOutput{CacheControl: noStore, Status: http.StatusServiceUnavailable}
	out.Body.Store, out.Body.Map = "ok", "ok"
	if err := s.store.Ready(ctx); err != nil {
		s.log.ErrorContext(ctx, "store does not answer", "err", err)
		out.Body.Store = "failed"
	}
	out.Body.Lapses = s.lapses(ctx)
	for _, l := range out.Body.Lapses {
		s.log.ErrorContext(ctx, "a promise can't be kept", "what", l.What, "why", l.Why, "err", l.Err)
	}
	if s.city.Load() == nil {
		out.Body.Map = "none"
	}
	if out.Body.Store == "ok" && out.Body.Map == "ok" {
		out.Body.Ready, out.Status = true, http.StatusOK
	}
	return out, nil
}
