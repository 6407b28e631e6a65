package web

import (
	"cmp"
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest/tracker"
	decode "citygrid/live/ingest/tracker/web"
	"citygrid/live/listen"

	"github.com/danielgtaylor/huma/v2"
)

// A DeviceFrame is one message that a device sent, as it came and as it was understood.
type DeviceFrame struct {
	At        time.Time       `json:"at"`
	Protocol  string          `json:"protocol"`
	Address   string          `json:"address" doc:"where it came from"`
	Length    int             `json:"length" doc:"bytes; the first 1024 are told"`
	Hex       string          `json:"hex"`
	Text      string          `json:"text" doc:"the same as text, where it is text"`
	Kind      string          `json:"kind" doc:"what the protocol calls it"`
	Positions []FramePosition `json:"positions" nullable:"false" doc:"the first three"`
	Count     int             `json:"count" doc:"how many positions there were"`
	Problem   string          `json:"problem" doc:"why it wasn't understood or taken, or holds no position; empty: it was"`
}

// A FramePosition is a position as a decoder understood it, before our own checks.
type FramePosition struct {
	T          *time.Time     `json:"t" doc:"null: not told"`
	At         *Position      `json:"at" doc:"in the device's datum; null: it has no place"`
	Valid      bool           `json:"valid" doc:"the receiver had a fix"`
	SpeedKmh   float64        `json:"speed_kmh"`
	Course     float64        `json:"course"`
	AltitudeM  float64        `json:"altitude_m"`
	Attributes map[string]any `json:"attributes"`
}

// A Stranger is a tracker that reports and isn't registered with that protocol.
type Stranger struct {
	Protocol string    `json:"protocol"`
	Device   string    `json:"device" doc:"as it calls itself"`
	Address  string    `json:"address"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Messages int       `json:"messages"`
	Hex      string    `json:"hex" doc:"the last message, its first 512 bytes"`
	At       *Position `json:"at" doc:"where it said it was; null: it didn't"`
}

type (
	deviceInput struct {
		ID register.DeviceID `path:"id" maxLength:"128"`
	}
	framesInput struct {
		ID   register.DeviceID `path:"id" maxLength:"128"`
		Body struct {
			Why string `json:"why" minLength:"3" maxLength:"300" doc:"what they are needed for; it goes into the audit log"`
		}
	}
	framesOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Sent   int           `json:"sent" doc:"messages since the program started, or as long as it is remembered"`
			Frames []DeviceFrame `json:"frames" nullable:"false" doc:"the newest first, at most 12"`
		}
	}
	strangersOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Strangers []Stranger `json:"strangers" nullable:"false" doc:"the last heard of first"`
		}
	}
	forgetInput struct {
		Body struct {
			Protocol string `json:"protocol" maxLength:"32"`
			Device   string `json:"device" maxLength:"200"`
		}
	}
)

func (s *Server) trackerRoutes() {
	tags := []string{"devices"}
	handle(s, huma.Operation{
		OperationID: "getDevice", Method: http.MethodGet, Path: "/api/devices/{id}", Tags: tags, Summary: "A device",
	}, func(ctx context.Context, in *deviceInput) (*entryOutput[Device], error) {
		w, d, err := s.deviceInReach(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &entryOutput[Device]{ETag: etag(d.Version), CacheControl: noStore, Body: devices().show(w, d)}, nil
	})
	handle(s, huma.Operation{
		OperationID: "deviceFrames", Method: http.MethodPost, Path: "/api/devices/{id}/frames", Tags: tags,
		Summary: "What a device sent last, as bytes and as it was understood",
		Description: "Kept in memory until the program ends. It tells where the device was, so each look is written to the audit log first. " +
			"Phones' pages and /api/fixes are not kept.",
	}, s.deviceFrames)
	handle(s, huma.Operation{
		OperationID: "listStrangers", Method: http.MethodGet, Path: "/api/strangers", Tags: tags,
		Summary:     "Trackers that report and aren't registered",
		Description: "Nothing of what they send is anybody's position. Register one with POST /api/devices under its id and protocol, and it is none any more.",
	}, func(ctx context.Context, _ *struct{}) (*strangersOutput, error) {
		if err := s.wholeBureau(ctx); err != nil {
			return nil, err
		}
		out := &strangersOutput{CacheControl: noStore}
		out.Body.Strangers = []Stranger{}
		for _, q := range s.unknown.Strangers() {
			told := Stranger{Protocol: q.Protocol, Device: q.Device, Address: q.Address, First: q.First, Last: q.Last, Messages: q.Messages, Hex: q.Hex}
			if q.Place != nil {
				told.At = &Position{q.Place.Lon, q.Place.Lat}
			}
			out.Body.Strangers = append(out.Body.Strangers, told)
		}
		return out, nil
	})
	handle(s, huma.Operation{
		OperationID: "forgetStranger", Method: http.MethodPost, Path: "/api/strangers/forget", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Take a tracker off the list of unknown ones", Description: "It comes back when it reports again.",
	}, func(ctx context.Context, in *forgetInput) (*struct{}, error) {
		if err := s.wholeBureau(ctx); err != nil {
			return nil, err
		}
		if err := s.store.Record(ctx, s.act(ctx, "stranger.forget", "device/"+in.Body.Device, in.Body.Protocol)); err != nil {
			return nil, err
		}
		s.unknown.Forget(in.Body.Protocol, in.Body.Device)
		return nil, nil
	})
}

// deviceInReach reads a device that the caller may read; one out of reach is as if
// not there.
func (s *Server) deviceInReach(ctx context.Context, id register.DeviceID) (*view, register.Device, error) {
	e := devices()
	w, err := s.view(ctx)
	if err != nil {
		return nil, register.Device{}, err
	}
	d, err := s.store.Device(ctx, id)
	if err != nil {
		return nil, d, err
	}
	areas, err := e.within(w, d)
	if err == nil && !e.readable(w, areas) {
		err = register.ErrNone
	}
	return w, d, err
}

func (s *Server) deviceFrames(ctx context.Context, in *framesInput) (*framesOutput, error) {
	_, d, err := s.deviceInReach(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	// Written before it is told, so that no look goes unnoted.
	if err := s.store.Record(ctx, s.act(ctx, "device.frames", devices().object(d), in.Body.Why)); err != nil {
		return nil, err
	}
	out := &framesOutput{CacheControl: noStore}
	frames, sent := s.frames.Of(d.ID)
	out.Body.Sent, out.Body.Frames = sent, make([]DeviceFrame, len(frames))
	for i, f := range frames {
		out.Body.Frames[i] = frameOf(f)
	}
	return out, nil
}

func frameOf(f listen.Frame) DeviceFrame {
	out := DeviceFrame{
		At: f.At.UTC(), Protocol: f.Protocol, Address: f.Address, Length: f.Length, Hex: hex.EncodeToString(f.Bytes), Kind: f.Kind,
		Positions: make([]FramePosition, len(f.Positions)), Count: f.Count, Problem: f.Problem,
	}
	if f.Text {
		out.Text = string(f.Bytes)
	}
	for i, p := range f.Positions {
		out.Positions[i] = framePosition(p)
	}
	return out
}

func framePosition(p tracker.Position) FramePosition {
	out := FramePosition{Valid: p.Valid, SpeedKmh: p.SpeedKmh, Course: p.CourseDeg, AltitudeM: p.AltitudeM, Attributes: p.Attributes}
	if !p.Time.IsZero() {
		t := p.Time.UTC()
		out.T = &t
	}
	if p.Located {
		out.At = &Position{p.Lon, p.Lat}
	}
	return out
}

// noteReport keeps what came by HTTP for who looks after the device. Addresses and
// bodies hold no secret: one in the address is refused before.
func (s *Server) noteReport(r *http.Request, q decode.Request, m tracker.Message, err error) {
	text := q.Method + " " + q.URL
	if len(q.Body) > 0 {
		text += "\n\n" + string(q.Body)
	}
	f := listen.Frame{
		At: s.now(), Protocol: cmp.Or(callerOf(r.Context()).device.Protocol, "http"), Address: r.RemoteAddr,
		Bytes: []byte(text), Text: true, Kind: m.Kind, Positions: m.Positions, Problem: m.None,
	}
	if err != nil {
		f.Problem = err.Error()
	}
	s.frames.Note(callerOf(r.Context()).device.ID, f)
}
