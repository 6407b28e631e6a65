package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"citygrid/grid/people"
	"citygrid/live/hub"
	"citygrid/live/ingest"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

// maxPast is the longest time that one replay has.
const maxPast = time.Hour

// ndjson is JSON values in lines.
const ndjson = "application/x-ndjson"

func (s *Server) pastRoutes() {
	param := func(name, doc string, required bool) *huma.Param {
		return &huma.Param{Name: name, In: "query", Required: required, Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	s.handleRaw("GET /api/past", &huma.Operation{
		OperationID: "replayPast", Method: http.MethodGet, Path: "/api/past", Tags: []string{"live"},
		Summary: "Where the units were and which alerts were on, in an hour at most",
		Description: "docs/past.md says what the lines are, and who sees what. Each look goes into the audit log with its reason. " +
			"422 past.why, past.time; 403 past.too_old: a dispatcher sees 24 hours back.",
		Parameters: []*huma.Param{
			param("from", "RFC 3339", true), param("to", "RFC 3339, not included; at most an hour later", true),
			param("why", "what the positions are needed for, 3 to 300 characters", true),
			param("bbox", "west,south,east,north in degrees: only positions in it", false),
		},
		Responses: map[string]*huma.Response{"200": {Description: "Lines of JSON", Content: map[string]*huma.MediaType{ndjson: {Schema: &huma.Schema{Type: huma.TypeString}}}}},
	}, s.past)
}

func (s *Server) past(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	p, why, err := s.askedPast(ctx, r.URL.Query())
	if err == nil {
		err = s.noteLook(ctx, p, why)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	leave, err := s.remembering.enter(ctx)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer leave()
	w.Header().Set("Content-Type", ndjson)
	w.Header().Set("Cache-Control", noStore)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := s.tellPast(ctx, out, p); err != nil {
		// Without its last line it is known to be cut off.
		if ctx.Err() == nil {
			s.log.ErrorContext(ctx, "a replay broke off", "err", err)
		}
		return
	}
	_ = out.Flush() // who is gone is gone
}

// askedPast reads what is asked for, with the caller's rights to what was then.
func (s *Server) askedPast(ctx context.Context, q url.Values) (p room.Past, why string, err error) {
	why = strings.TrimSpace(q.Get("why"))
	if n := utf8.RuneCountInString(why); n < 3 || n > 300 {
		return p, why, invalid("past.why", "query.why", "say in 3 to 300 characters what the positions are needed for: where people were is read for a purpose alone")
	}
	for name, t := range map[string]*time.Time{"from": &p.From, "to": &p.To} {
		if *t, err = time.Parse(time.RFC3339, q.Get(name)); err != nil {
			return p, why, invalid("past.time", "query."+name, "%s must be a time such as 2026-11-23T08:30:00Z", name)
		}
	}
	switch length := p.To.Sub(p.From); {
	case length <= 0 || length > maxPast:
		return p, why, invalid("past.time", "query.to", "to must be later than from, by an hour at most")
	case p.From.Before(ingest.MinTime) || p.To.After(ingest.MaxTime):
		return p, why, invalid("past.time", "query.from", "there were no positions then")
	}
	if text := q.Get("bbox"); text != "" {
		box, err := parseBound("query.bbox", text)
		if err != nil {
			return p, why, err
		}
		p.Within = &box
	}
	p.Rights, err = s.pastRights(ctx, s.now().Sub(p.From))
	return p, why, err
}

// pastRights is what the caller may see of what was so long ago.
func (s *Server) pastRights(ctx context.Context, ago time.Duration) (hub.Rights, error) {
	if s.room == nil {
		return hub.Rights{}, errNoRoom
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return hub.Rights{}, err
	}
	c := callerOf(ctx)
	person := c.person
	person.Grants = slices.DeleteFunc(slices.Clone(person.Grants), func(g people.Grant) bool { return c.row.cells[g.Role] < own })
	rights := hub.PastRights(person, s.room.TeamsNow(person.ID), tree, ago)
	if !rights.SeesUnits() {
		return rights, newProblem(http.StatusForbidden, "past.too_old", "your roles do not reach so far back: dispatchers see 24 hours, team leaders 30 days")
	}
	return rights, nil
}

// noteLook writes who looks at what and why, before anything is read.
func (s *Server) noteLook(ctx context.Context, p room.Past, why string) error {
	what := p.From.UTC().Format(time.RFC3339) + " to " + p.To.UTC().Format(time.RFC3339)
	if p.Within != nil {
		what += fmt.Sprintf(", %.4f,%.4f,%.4f,%.4f", p.Within.Min[0], p.Within.Min[1], p.Within.Max[0], p.Within.Max[1])
	}
	return s.store.Record(ctx, s.act(ctx, "track.read", "units", what+": "+why))
}

// tellPast writes the lines of docs/past.md.
func (s *Server) tellPast(ctx context.Context, out io.Writer, p room.Past) error {
	line := func(v any) error {
		text, err := json.Marshal(v)
		if err == nil {
			_, err = out.Write(append(text, '\n'))
		}
		return err
	}
	if err := line(map[string]any{"type": "past", "from": p.From.UTC(), "to": p.To.UTC(), "step_ms": 100, "step_deg": 1e-6}); err != nil {
		return err
	}
	alerts, err := s.room.AlertsThen(ctx, p)
	if err != nil {
		return err
	}
	for _, a := range alerts {
		if err := line(map[string]any{"type": "alert", "alert": s.room.AlertJSON(a)}); err != nil {
			return err
		}
	}
	var text []byte
	units, positions := 0, 0
	err = s.room.Tracks(ctx, p, func(t room.Track) (err error) {
		units, positions = units+1, positions+len(t.Fixes)
		if text, err = appendTrack(text[:0], t, p.From); err == nil {
			_, err = out.Write(text)
		}
		return err
	})
	if err != nil {
		return err
	}
	return line(map[string]any{"type": "end", "units": units, "positions": positions, "alerts": len(alerts)})
}

// appendTrack appends a line of type unit: columns of whole numbers, of times and
// places the difference from the one before.
func appendTrack(b []byte, t room.Track, from time.Time) ([]byte, error) {
	name, err := json.Marshal(t.Unit.Name)
	if err != nil {
		return b, err
	}
	b = append(b, `{"type":"unit","id":"`...)
	b = append(b, t.Unit.ID...)
	b = append(b, `","kind":"`...)
	b = append(b, t.Unit.Kind...)
	b = append(b, `","name":`...)
	b = append(b, name...)
	if t.Unit.Team != 0 {
		b = strconv.AppendInt(append(b, `,"team":`...), int64(t.Unit.Team), 10)
	}
	b = appendSteps(b, "t", t.Fixes, func(f *ingest.Fix) int64 { return f.Time.Sub(from).Milliseconds() / 100 })
	b = appendSteps(b, "lon", t.Fixes, func(f *ingest.Fix) int64 { return int64(math.Round(f.At[0] * 1e6)) })
	b = appendSteps(b, "lat", t.Fixes, func(f *ingest.Fix) int64 { return int64(math.Round(f.At[1] * 1e6)) })
	b = appendTold(b, "speed_kmh", t.Fixes, func(f *ingest.Fix) float64 { return f.Speed })
	b = appendTold(b, "heading", t.Fixes, func(f *ingest.Fix) float64 { return math.Mod(math.Round(float64(f.Course)), 360) })
	return append(b, '}', '\n'), nil
}

func appendSteps(b []byte, name string, fixes []ingest.Fix, value func(*ingest.Fix) int64) []byte {
	b = append(append(append(b, `,"`...), name...), `":[`...)
	before := int64(0)
	for i := range fixes {
		if i > 0 {
			b = append(b, ',')
		}
		v := value(&fixes[i])
		b = strconv.AppendInt(b, v-before, 10)
		before = v
	}
	return append(b, ']')
}

// appendTold appends a column of what not every fix tells, -1 for those that don't;
// nothing when none does.
func appendTold(b []byte, name string, fixes []ingest.Fix, value func(*ingest.Fix) float64) []byte {
	start, told := len(b), false
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i := range fixes {
		if i > 0 {
			b = append(b, ',')
		}
		v := value(&fixes[i])
		if math.IsNaN(v) {
			b = append(b, '-', '1')
			continue
		}
		told = true
		b = strconv.AppendInt(b, int64(math.Round(v)), 10)
	}
	if !told {
		return b[:start]
	}
	return append(b, ']')
}
