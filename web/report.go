package web

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"citygrid/geo"
	"citygrid/live/ingest"
	"citygrid/live/ingest/tracker"
	decode "citygrid/live/ingest/tracker/web"
	"citygrid/live/listen"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// How long a device waits for its fixes to be on the disk before it is told to
// come again.
const storing = 5 * time.Second

// maxFixes is the most that one message may bring.
const maxFixes = 1000

// A Fix is one position that a device or a phone reports.
type Fix struct {
	T         time.Time `json:"t" doc:"when it was there"`
	Lon       float64   `json:"lon" doc:"degrees, in the datum that the device is registered with"`
	Lat       float64   `json:"lat"`
	AccuracyM float64   `json:"accuracy_m,omitempty" doc:"radius that holds the true place with 68 %; 0 is not told"`
	SpeedKmh  *float64  `json:"speed_kmh,omitempty"`
	Course    *float64  `json:"course,omitempty" doc:"of travel, degrees clockwise from north"`
	Battery   *float64  `json:"battery,omitempty" doc:"0 to 1"`
}

// A Verdict is what became of one fix.
type Verdict struct {
	Stored bool   `json:"stored" doc:"it is on the disk"`
	Why    string `json:"why,omitempty" doc:"duplicate (stored before), not-a-fix, clock, off-shift, rate-limited (send it again later), disabled"`
	What   string `json:"what,omitempty" doc:"more about why"`
}

type verdictsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Verdicts []Verdict `json:"verdicts" nullable:"false" doc:"one for each fix, in their order"`
	}
}

func (s *Server) reportRoutes() {
	tags := []string{"devices report"}
	const how = " Who reports says so by HTTP Basic (id and secret), by Authorization: Bearer ID:SECRET, or, in OsmAnd's form, by X-Device-Secret; a secret in the address is refused. " +
		"401 device.unknown: id or secret is wrong. 429 and 503: send the same again after Retry-After."
	verdicts := map[string]*huma.Response{"200": {
		Description: "What became of each fix",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[[]Verdict](s.api, "Verdicts")}},
	}}
	for _, p := range []string{"/osmand", "/api/devices/osmand"} {
		for _, m := range []string{http.MethodGet, http.MethodPost} {
			id := map[string]string{"/osmand": "reportOsmand", "/api/devices/osmand": "reportOsmandBelowAPI"}[p]
			if m == http.MethodPost {
				id += "Post"
			}
			s.handleRaw(m+" "+p, &huma.Operation{
				OperationID: id, Method: m, Path: p, Tags: tags,
				Summary:     "Report a position in OsmAnd's form or as the Traccar client does",
				Description: "Query or form: id, lat, lon, timestamp (Unix seconds or RFC 3339), speed (knots), bearing, accuracy, batt (per cent). Or the JSON of the newer Traccar client." + how,
				Responses:   verdicts,
			}, s.reported(decode.OsmAnd))
		}
	}
	s.handleRaw("POST /owntracks", &huma.Operation{
		OperationID: "reportOwntracks", Method: http.MethodPost, Path: "/owntracks", Tags: tags,
		Summary: "Report a position as the OwnTracks apps do", Description: "The answer is an empty list of commands." + how,
		Responses: map[string]*huma.Response{"200": {Description: "Stored, or never to be", Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: "array", Items: &huma.Schema{Type: "object"}}},
		}}},
	}, s.reported(decode.OwnTracks))
	handle(s, huma.Operation{
		OperationID: "reportFixes", Method: http.MethodPost, Path: "/api/fixes", Tags: tags,
		Summary: "Report many positions", MaxBodyBytes: 512 << 10,
		Description: "What is stored stays, whatever becomes of the others." + how,
	}, s.reportFixes)
}

func (s *Server) reportFixes(ctx context.Context, in *struct {
	Body struct {
		Fixes []Fix `json:"fixes" maxItems:"1000" nullable:"false"`
	}
},
) (*verdictsOutput, error) {
	fixes := make([]ingest.Fix, len(in.Body.Fixes))
	for i, f := range in.Body.Fixes {
		fixes[i] = ingest.Fix{
			Time: f.T, At: orb.Point{f.Lon, f.Lat}, Accuracy: geo.Metres(f.AccuracyM), AltitudeM: math.NaN(),
			Speed: orNaN(f.SpeedKmh), Course: bearing(orNaN(f.Course)), Battery: orNaN(f.Battery),
		}
	}
	verdicts, err := s.accept(ctx, fixes)
	out := &verdictsOutput{CacheControl: noStore}
	out.Body.Verdicts = verdicts
	return out, err
}

// reported answers one report of a protocol whose senders look at nothing but the
// status: 200 is stored, or never will be; anything else has it sent again.
func (s *Server) reported(parse func(decode.Request, time.Time) (tracker.Message, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reply, err := s.takeReport(r, parse)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", noStore)
		_, _ = w.Write(reply) // a device that went away sends it again
	}
}

func (s *Server) takeReport(r *http.Request, parse func(decode.Request, time.Time) (tracker.Message, error)) (reply []byte, err error) {
	body, err := readReport(r)
	if err != nil {
		return nil, err
	}
	q := report(r, body)
	said, ours := decode.DeviceOf(q), string(callerOf(r.Context()).device.ID)
	if said == "" { // the credentials say it
		path, query, _ := strings.Cut(q.URL, "?")
		q.URL = path + "?id=" + url.QueryEscape(ours) + "&" + query
	}
	m, err := parse(q, s.now())
	s.noteReport(r, q, m, err)
	switch {
	case err != nil:
		return nil, newProblem(http.StatusBadRequest, "report.invalid", err.Error())
	case m.Reply != nil: // OwnTracks names its phones as it likes
	case said != "" && said != ours:
		return nil, newProblem(http.StatusForbidden, "device.other", "the report is said to be of another device than the one that authenticated: a device reports for itself")
	case len(m.Positions) == 0:
		return nil, newProblem(http.StatusBadRequest, "report.invalid", m.None)
	}
	if len(m.Positions) > maxFixes {
		return nil, ingest.ErrBatch
	}
	var fixes []ingest.Fix
	for _, p := range m.Positions {
		if p.Located && p.Valid && !p.Time.IsZero() {
			fixes = append(fixes, listen.FixOf(p))
		}
	}
	verdicts, err := s.accept(r.Context(), fixes)
	if err != nil {
		return nil, err
	}
	for _, v := range verdicts {
		if v.Why == string(ingest.RateLimited) {
			return nil, retryLater(http.StatusTooManyRequests, "device.too_many", "this device sends too much", 5*time.Second)
		}
	}
	if m.Reply != nil {
		return m.Reply, nil
	}
	return json.Marshal(verdicts)
}

// accept hands the fixes of the device that sent the request to the room. They
// are on the disk, or refused one by one, when it returns.
func (s *Server) accept(ctx context.Context, fixes []ingest.Fix) ([]Verdict, error) {
	if len(fixes) == 0 {
		return []Verdict{}, nil
	}
	if s.room == nil {
		return nil, errNoRoom
	}
	ctx, cancel := context.WithTimeout(ctx, storing)
	defer cancel()
	verdicts, err := s.room.Accept(ctx, callerOf(ctx).device, fixes)
	return verdictsOf(verdicts), err
}

func verdictsOf(verdicts []ingest.Verdict) []Verdict {
	out := make([]Verdict, len(verdicts))
	for i, v := range verdicts {
		out[i] = Verdict{Stored: v.Stored, Why: string(v.Why), What: v.What}
	}
	return out
}

// bearing is degrees within 0 <= d < 360; NaN for what is no course.
func bearing(d float64) geo.Degrees {
	if !(d >= 0 && d <= 360) {
		return geo.Degrees(math.NaN())
	}
	return geo.Degrees(math.Mod(d, 360))
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// errNoRoom is the answer of routes that need the control room at work where
// there is none.
var errNoRoom = errors.New("the control room is not at work on this server")
