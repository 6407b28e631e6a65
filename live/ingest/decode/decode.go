package decode

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/web"
)

// maxLine bounds a line of input: the longest cases hold several frames of
// 16 kB in hexadecimal.
const maxLine = 8 << 20

// A Result is one line of output: what one line of input says.
type Result struct {
	ID        string   `json:"id"`
	Device    []string `json:"device,omitempty"`
	Kind      string   `json:"kind,omitempty"`
	Positions []Fix    `json:"positions"`

	// None says why there are no positions: the message holds none, the
	// report has no place, or the input isn't of the protocol.
	None string `json:"none,omitempty"`

	// Statuses are the reports without a place: heartbeats, battery levels,
	// cells and access points. Attributes repeats those of the first.
	Statuses   []Status       `json:"statuses,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`

	ReplyHex    string `json:"reply_hex,omitempty"`
	FrameHex    string `json:"frame_hex,omitempty"` // what the de-framer gives for a case of kind "frame"
	BadChecksum bool   `json:"bad_checksum,omitempty"`
	Error       bool   `json:"error,omitempty"` // none tells what was wrong
}

// A Fix is a report that has a place.
type Fix struct {
	Time       time.Time        `json:"time"`
	Lat        float64          `json:"lat"`
	Lon        float64          `json:"lon"`
	Valid      bool             `json:"valid"`
	SpeedKmh   float64          `json:"speed_kmh"`
	CourseDeg  float64          `json:"course_deg"`
	AltitudeM  float64          `json:"altitude_m"`
	Attributes map[string]any   `json:"attributes"`
	Network    *tracker.Network `json:"network,omitempty"`
}

// A Status is a report without a place.
type Status struct {
	Time       *time.Time       `json:"time,omitempty"`
	Attributes map[string]any   `json:"attributes,omitempty"`
	Network    *tracker.Network `json:"network,omitempty"`
}

// line is one line of a case file, or what a bare line is read as.
type line struct {
	ID    string `json:"id"`
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Model string `json:"device_model"`
	Input *input `json:"input"`
}

type input struct {
	Hex  *string  `json:"hex"`
	Text *string  `json:"text"`
	HTTP *request `json:"http"`
}

type request struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	BodyHex string            `json:"body_hex"`
	Body    string            `json:"body"`
}

// Decode reads lines from r and writes one line of JSON for each to w.
//
// With cases a line is a case {"id","group","kind","input":{"hex"|"text"|
// "http"}}; messages of one group go to one session, in order. Without it a
// line is a frame in hexadecimal, a line of text, or a request as JSON
// {"method","url","headers","body"|"body_hex"} (a line that begins with { and
// isn't one is taken for the body of a POST), and all go to one session. Empty
// lines are passed over.
//
// What a line says wrong stands in its result. The error is for input that
// can't be read, output that can't be written, and ErrProtocol.
func Decode(protocol string, cases bool, r io.Reader, w io.Writer) error {
	proto, err := Lookup(protocol)
	if err != nil {
		return err
	}
	return run(proto, cases, r, w, time.Now)
}

func run(proto Protocol, cases bool, r io.Reader, w io.Writer, now func() time.Time) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	sessions := map[string]tracker.Session{}
	n := 0
	for in.Scan() {
		n++
		text := strings.TrimRight(in.Text(), "\r")
		if strings.TrimSpace(text) == "" {
			continue
		}
		var l line
		var err error
		if cases {
			err = json.Unmarshal([]byte(text), &l)
		} else {
			l.Input = bare(proto, text)
		}
		if l.ID == "" {
			l.ID = strconv.Itoa(n)
		}
		var res Result
		if err != nil {
			res = failed(fmt.Errorf("line %d is no case: %w", n, err))
		} else {
			res = one(proto, sessions, l, now())
		}
		res.ID = l.ID
		if err := enc.Encode(res); err != nil {
			return fmt.Errorf("write the result of line %d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("read line %d: %w", n+1, err)
	}
	return out.Flush()
}

// bare says what a line without a case around it is.
func bare(proto Protocol, text string) *input {
	if proto.Request != nil {
		q := request{Method: "POST", URL: "/", Body: text}
		if strings.HasPrefix(text, "{") {
			var told request
			if json.Unmarshal([]byte(text), &told) == nil && told.URL != "" {
				q = told
			}
		} else {
			q = request{Method: "GET", URL: text}
			if !strings.Contains(text, "?") {
				q.URL = "/?" + text
			}
		}
		return &input{HTTP: &q}
	}
	if h := strings.Join(strings.Fields(text), ""); len(h)%2 == 0 {
		if _, err := hex.DecodeString(h); err == nil {
			return &input{Hex: &h}
		}
	}
	return &input{Text: &text}
}

func one(proto Protocol, sessions map[string]tracker.Session, l line, now time.Time) Result {
	var frame []byte
	switch {
	case l.Input == nil:
		return failed(errors.New("the case has no input"))
	case l.Input.HTTP != nil:
		return overHTTP(proto, *l.Input.HTTP, now)
	case l.Input.Hex != nil:
		b, err := hex.DecodeString(strings.TrimSpace(*l.Input.Hex))
		if err != nil {
			return failed(fmt.Errorf("the frame isn't hexadecimal: %w", err))
		}
		frame = b
	case l.Input.Text != nil:
		frame = []byte(*l.Input.Text)
	}
	if proto.NewSession == nil {
		return failed(fmt.Errorf("%s comes by HTTP: the input must be a request", proto.Name))
	}
	if l.Kind == "frame" {
		s := tracker.NewStream(proto.Split)
		s.Push(frame)
		if f, ok := s.Last(); ok {
			return Result{Positions: []Fix{}, FrameHex: hex.EncodeToString(f), None: "a frame, not decoded"}
		}
		return Result{Positions: []Fix{}, None: "no whole frame"}
	}
	s := sessions[l.Group]
	if s == nil {
		s = proto.NewSession(l.Model)
		sessions[l.Group] = s
	}
	if m, ok := s.(interface{ SetModel(string) }); ok {
		m.SetModel(l.Model) // a group may be of several models
	}
	m, err := s.Decode(frame, now)
	return result(m, err)
}

func overHTTP(proto Protocol, q request, now time.Time) Result {
	if proto.Request == nil {
		return failed(fmt.Errorf("%s doesn't come by HTTP: the input must be a frame", proto.Name))
	}
	body := []byte(q.Body)
	if q.BodyHex != "" {
		b, err := hex.DecodeString(q.BodyHex)
		if err != nil {
			return failed(fmt.Errorf("body_hex isn't hexadecimal: %w", err))
		}
		body = b
	}
	return result(proto.Request(web.Request{Method: q.Method, URL: q.URL, Header: q.Headers, Body: body}, now))
}

func failed(err error) Result {
	return Result{Positions: []Fix{}, None: err.Error(), Error: true}
}

func result(m tracker.Message, err error) Result {
	res := Result{
		Device: m.Devices, Kind: m.Kind, None: m.None, BadChecksum: m.BadChecksum,
		Positions: []Fix{}, ReplyHex: hex.EncodeToString(m.Reply),
	}
	for _, p := range m.Positions {
		var net *tracker.Network
		if !p.Network.Empty() {
			net = &p.Network
		}
		if !p.Located {
			s := Status{Attributes: p.Attributes, Network: net}
			if !p.Time.IsZero() {
				s.Time = &p.Time
			}
			res.Statuses = append(res.Statuses, s)
			continue
		}
		attributes := p.Attributes
		if attributes == nil {
			attributes = map[string]any{}
		}
		res.Positions = append(res.Positions, Fix{
			Time: p.Time.UTC(), Lat: p.Lat, Lon: p.Lon, Valid: p.Valid, SpeedKmh: p.SpeedKmh,
			CourseDeg: p.CourseDeg, AltitudeM: p.AltitudeM, Attributes: attributes, Network: net,
		})
	}
	switch {
	case err != nil && len(res.Positions) == 0:
		res.None, res.Error = err.Error(), true
	case len(res.Positions) > 0:
		res.None = ""
	case len(res.Statuses) > 0:
		res.None = "a report without a place"
		res.Attributes = res.Statuses[0].Attributes
	case res.None == "":
		res.None = "no position"
	}
	return res
}
