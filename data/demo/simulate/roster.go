package simulate

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/paulmach/orb"
)

// A roster is who works now, and where teams set out from. Officers who have no
// walk yet wait at their station.
type roster struct {
	mu       sync.Mutex // guards the rest
	stations map[int64]orb.Point
	shifts   []shift
	asked    time.Time // real time
}

type shift struct {
	Person int64     `json:"person"`
	Team   int64     `json:"team"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
}

// shift is the one in which a person works now.
func (r *roster) shift(ctx context.Context, p *person, who int64, now time.Time) (x shift, station orb.Point, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	holds := func(x shift) bool { return x.Person == who && !now.Before(x.From) && now.Before(x.To) }
	i := slices.IndexFunc(r.shifts, holds)
	if i < 0 && time.Since(r.asked) > askPlan {
		r.asked = time.Now()
		var said struct {
			Shifts []shift `json:"shifts"`
		}
		q := url.Values{"from": {now.UTC().Format(time.RFC3339)}, "to": {now.Add(time.Minute).UTC().Format(time.RFC3339)}}
		if p.ask(ctx, http.MethodGet, "/api/shifts?"+q.Encode(), nil, nil, &said) != nil {
			return x, station, false
		}
		r.shifts = said.Shifts
		i = slices.IndexFunc(r.shifts, holds)
	}
	if i < 0 {
		return x, station, false
	}
	station, ok = r.stations[r.shifts[i].Team]
	return r.shifts[i], station, ok
}

// waits has an officer who has no walk stand at the station.
func (w *worker) waits(ctx context.Context, s *simulation, now time.Time) {
	w.mu.Lock()
	known := w.journey != nil && now.Before(w.to)
	w.mu.Unlock()
	if known {
		return
	}
	x, station, ok := s.roster.shift(ctx, s.admin, w.id, now)
	if !ok {
		return
	}
	w.sets(Rest(station, now), false)
	w.mu.Lock()
	w.from, w.to = x.From, x.To
	w.mu.Unlock()
}
