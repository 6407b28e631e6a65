package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics shows. Labels are routes of the permissions table,
// methods and statuses, so there is a bounded number of them and nothing about
// people.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	logins   *prometheus.CounterVec
	panics   prometheus.Counter
	devices  *prometheus.CounterVec
}

func newMetrics(s *Server) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "citygrid_http_requests_total", Help: "Answered requests by route, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "citygrid_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "citygrid_logins_total", Help: "Logins by outcome.",
		}, []string{"outcome"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "citygrid_http_panics_total", Help: "Handlers that panicked; each is a bug.",
		}),
		devices: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "citygrid_device_requests_total", Help: "Requests of devices by outcome: ok, unknown (id or secret), disabled, too-many.",
		}, []string{"outcome"}),
	}
	tiles := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
	}
	all := []prometheus.Collector{
		m.requests, m.seconds, m.logins, m.panics, m.devices,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		tiles("citygrid_tile_hits_total", "Tiles answered from memory.", func() float64 {
			hits, _, _ := s.tiles.counts()
			return float64(hits)
		}),
		tiles("citygrid_tile_misses_total", "Tiles that were not in memory.", func() float64 {
			_, misses, _ := s.tiles.counts()
			return float64(misses)
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "citygrid_tile_bytes", Help: "Memory that ready tiles take.",
		}, func() float64 {
			_, _, bytes := s.tiles.counts()
			return float64(bytes)
		}),
	}
	all = append(all, lapseGauge{s, prometheus.NewDesc("citygrid_promise_kept", "1 while the server can keep a promise, 0 while it can't: to keep positions and changes, to read, to have the right time.", []string{"what"}, nil)})
	if sessions, ok := s.sessions.Store.(scs.IterableCtxStore); ok {
		all = append(all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "citygrid_sessions", Help: "Logins that are open.",
		}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			open, err := sessions.AllCtx(ctx)
			if err != nil {
				return -1
			}
			return float64(len(open))
		}))
	}
	for _, c := range all {
		// The caller's registry may have the Go runtime's metrics already.
		if err := s.registry.Register(c); err != nil && !errors.As(err, &prometheus.AlreadyRegisteredError{}) {
			return nil, err
		}
	}
	return m, nil
}

// A lapseGauge asks at each scrape what can't be promised.
type lapseGauge struct {
	s    *Server
	desc *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (g lapseGauge) Describe(out chan<- *prometheus.Desc) { out <- g.desc }

// Collect implements prometheus.Collector.
func (g lapseGauge) Collect(out chan<- prometheus.Metric) {
	broken := map[string]bool{}
	for _, l := range g.s.lapses(context.Background()) {
		broken[l.What] = true
	}
	for _, what := range promises {
		kept := 1.0
		if broken[what] {
			kept = 0
		}
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, kept, what)
	}
}

// request counts one answer. Odd methods share a label: they are the client's
// invention.
func (m *metrics) request(pattern, method string, status int, took time.Duration) {
	if pattern == "" {
		pattern = "none"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other"
	}
	if status == 0 {
		status = http.StatusOK
	}
	m.requests.WithLabelValues(pattern, method, strconv.Itoa(status)).Inc()
	if status == http.StatusSwitchingProtocols {
		return // a socket: how long it was open is no time to answer
	}
	m.seconds.WithLabelValues(pattern).Observe(took.Seconds())
}
