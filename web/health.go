package web

import (
	"context"
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
		}
	}
)

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
	metrics := promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 3, Timeout: 20 * time.Second, DisableCompression: true,
	})
	s.handleRaw("GET /metrics", nil, metrics.ServeHTTP)
	s.handleRaw("GET /openapi.json", nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(s.spec)
	})
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
	if s.city.Load() == nil {
		out.Body.Map = "none"
	}
	if out.Body.Store == "ok" && out.Body.Map == "ok" {
		out.Body.Ready, out.Status = true, http.StatusOK
	}
	return out, nil
}
