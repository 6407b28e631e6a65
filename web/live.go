package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid/people"
	"citygrid/live/hub"
	"citygrid/live/ingest"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type unitsInput struct {
	BBox string `query:"bbox" doc:"west,south,east,north in degrees: only units there, as they are shown on a map" example:"-75.66,39.68,-75.46,39.82"`
}

type unitsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Units []room.Unit `json:"units" nullable:"false"`
	}
}

// A StageTime is how long one part of the way of positions took.
type StageTime struct {
	Stage string  `json:"stage" enum:"durable,judged,published"`
	Fixes int64   `json:"fixes" doc:"that went through it; batches with durable"`
	P50ms float64 `json:"p50_ms" doc:"0 when there were none"`
	P95ms float64 `json:"p95_ms"`
}

type latencyOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		WindowS int         `json:"window_s" doc:"how far back it looks"`
		Stages  []StageTime `json:"stages" nullable:"false" doc:"in the order that a position goes through them"`
	}
}

func (s *Server) liveRoutes() {
	s.handleRaw("GET /api/live", &huma.Operation{
		OperationID: "live", Method: http.MethodGet, Path: "/api/live", Tags: []string{"live"},
		Summary:     "Follow what happens, over a WebSocket",
		Description: "docs/live-protocol.md says what goes over it.",
		Responses:   map[string]*huma.Response{"101": {Description: "The connection is a WebSocket from now on"}},
	}, s.live)
	handle(s, huma.Operation{
		OperationID: "listUnits", Method: http.MethodGet, Path: "/api/units", Tags: []string{"live"},
		Summary: "Where the units are that one may see, as last known",
	}, func(ctx context.Context, in *unitsInput) (*unitsOutput, error) {
		out := &unitsOutput{CacheControl: noStore}
		out.Body.Units = []room.Unit{}
		bound := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
		if in.BBox != "" {
			var err error
			if bound, err = parseBound("query.bbox", in.BBox); err != nil {
				return nil, err
			}
		}
		rights, err := s.rights(ctx)
		if err != nil {
			return nil, err
		}
		for _, u := range s.room.Units(rights) {
			if !bound.Contains(u.At) {
				continue
			}
			out.Body.Units = append(out.Body.Units, room.UnitJSON(u))
		}
		return out, nil
	})
	handle(s, huma.Operation{
		OperationID: "liveLatency", Method: http.MethodGet, Path: "/api/latency", Tags: []string{"live"},
		Summary:     "How long positions take from their arrival to the desks, of the last minute",
		Description: "durable is from arrival to the disk, of whole batches; judged is from there until the rules have been asked; published until the open maps are handed it.",
	}, func(context.Context, *struct{}) (*latencyOutput, error) {
		if s.room == nil {
			return nil, errNoRoom
		}
		out := &latencyOutput{CacheControl: noStore}
		out.Body.WindowS = int(room.LatencyWindow.Seconds())
		for _, t := range s.room.Latency() {
			out.Body.Stages = append(out.Body.Stages, StageTime{string(t.Stage), t.Fixes, ms(t.P50), ms(t.P95)})
		}
		return out, nil
	})
}

func ms(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e3 }

// live serves the socket. Whoever opened it is looked at again every few seconds:
// it ends with the session and changes with the rights.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	rights, err := s.rights(ctx)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	c := callerOf(ctx)
	token, row := s.sessions.Token(ctx), c.row
	v := hub.Viewer{
		Rights: rights,
		Recheck: func(ctx context.Context) (hub.Rights, error) {
			p, err := s.still(ctx, token, c.person.ID)
			if err != nil {
				return hub.Rights{}, err
			}
			again := &caller{person: p}
			if again.admit(row) != nil {
				return hub.Rights{}, hub.ErrRevoked
			}
			return s.rightsOf(ctx, p, func(g people.Grant) bool { return row.cells[g.Role] >= own })
		},
	}
	if reports(c.person) {
		v.Receive = func(ctx context.Context, kind string, message []byte) (any, error) {
			return s.fromPhone(ctx, token, c.person.ID, kind, message)
		}
	}
	s.room.Hub().Serve(w, r, v)
}

// still is the person whose session the token is, or hub.ErrRevoked when they are
// logged in no longer.
func (s *Server) still(ctx context.Context, token string, id people.ID) (people.Person, error) {
	loaded, err := s.sessions.Load(ctx, token) // ctx has no session, so this reads the store
	if err != nil {
		return people.Person{}, err
	}
	if people.ID(s.sessions.GetInt64(loaded, sessionPerson)) != id {
		return people.Person{}, hub.ErrRevoked
	}
	p, err := s.store.Person(ctx, id)
	if errors.Is(err, people.ErrNoPerson) {
		return people.Person{}, hub.ErrRevoked
	}
	if err != nil {
		return people.Person{}, err
	}
	if p.Disabled || s.sessions.GetString(loaded, sessionStamp) != stamp(p) {
		return people.Person{}, hub.ErrRevoked
	}
	return p, nil
}

// recheck has the open sockets of a person looked at now.
func (s *Server) recheck(id people.ID) {
	if s.room != nil {
		s.room.Hub().Recheck(id)
	}
}

// reports tells whose phone page reports where they are: those who work outside.
func reports(p people.Person) bool {
	return slices.ContainsFunc(p.Grants, func(g people.Grant) bool { return g.Role == people.Officer || g.Role == people.Driver })
}

// maxPhoneFixes is the most that one message of a phone may bring; 64 KiB hold
// about so many.
const maxPhoneFixes = 200

// A phoneFixes message is {"type":"fix",...}, see docs/live-protocol.md.
type phoneFixes struct {
	N     int64 `json:"n"`
	Fixes []struct {
		T         time.Time  `json:"t"`
		At        [2]float64 `json:"at"`
		AccuracyM float64    `json:"accuracy_m"`
		SpeedKmh  *float64   `json:"speed_kmh"`
		Heading   *float64   `json:"heading"`
	} `json:"fixes"`
}

type phoneAnswer struct {
	Type     string    `json:"type"` // stored, error
	N        int64     `json:"n"`
	Verdicts []Verdict `json:"verdicts,omitempty"`
	To       string    `json:"to,omitempty"`
	What     string    `json:"what,omitempty"`
	Again    bool      `json:"again,omitempty"` // send the same again later
}

// fromPhone takes the fixes of a person's phone page, and says so when they are
// on the disk.
func (s *Server) fromPhone(ctx context.Context, token string, who people.ID, kind string, message []byte) (any, error) {
	if kind != "fix" {
		return nil, fmt.Errorf("there is no message of this type")
	}
	var m phoneFixes
	if err := json.Unmarshal(message, &m); err != nil {
		return nil, errors.New("not what docs/live-protocol.md says of fix: look at the times and positions")
	}
	bad := func(what string, again bool) (any, error) {
		return phoneAnswer{Type: "error", N: m.N, To: kind, What: what, Again: again}, nil
	}
	if len(m.Fixes) == 0 || len(m.Fixes) > maxPhoneFixes {
		return bad(fmt.Sprintf("a message has 1 to %d fixes", maxPhoneFixes), false)
	}
	fixes := make([]ingest.Fix, len(m.Fixes))
	for i, f := range m.Fixes {
		fixes[i] = ingest.Fix{
			Time: f.T, At: orb.Point(f.At), Accuracy: geo.Metres(f.AccuracyM), AltitudeM: math.NaN(), Battery: math.NaN(),
			Speed: orNaN(f.SpeedKmh), Course: bearing(orNaN(f.Heading)),
		}
	}
	limited, cancel := context.WithTimeout(ctx, storing)
	defer cancel()
	verdicts, err := s.room.Accept(limited, s.room.PhoneOf(who), fixes)
	if err != nil {
		p, known := problemOf(err)
		if !known {
			s.log.ErrorContext(ctx, "a phone's fixes were not stored", "err", err)
		}
		return bad(p.Detail, p.RetryAfterS > 0 || !known)
	}
	// A phone in a pocket makes no other requests all day: what it reports is use.
	if err := s.touchIfOld(ctx, token); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "last use of a session not written", "err", err)
	}
	return phoneAnswer{Type: "stored", N: m.N, Verdicts: verdictsOf(verdicts)}, nil
}
