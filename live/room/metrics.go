package room

import (
	"time"

	"citygrid/live/ingest"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what /metrics shows of a room; nothing about people.
type metrics struct {
	stages   *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	breaches *prometheus.CounterVec
	units    prometheus.GaugeFunc
	lately   latency
}

func newMetrics(r *Room) (*metrics, error) {
	m := &metrics{
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "citygrid_fix_seconds", Help: "Time that a fix takes, by stage: until it is on disk, judged, published.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"stage"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "citygrid_fixes_refused_total", Help: "Fixes that were not stored, by reason.",
		}, []string{"why"}),
		breaches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "citygrid_breach_events_total", Help: "What happened to breaches that are alerts.",
		}, []string{"event"}),
		units: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "citygrid_units", Help: "Units on the map.",
		}, func() float64 {
			r.mu.Lock()
			defer r.mu.Unlock()
			return float64(len(r.units))
		}),
	}
	if r.c.Registry == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.stages, m.refused, m.breaches, m.units} {
		if err := r.c.Registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) took(s ingest.Stage, d time.Duration) {
	m.stages.WithLabelValues(string(s)).Observe(d.Seconds())
	m.lately.took(s, d, time.Now())
}

func (m *metrics) refuse(why ingest.Why, n int) {
	m.refused.WithLabelValues(string(why)).Add(float64(n))
}
