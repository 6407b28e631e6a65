package web

import (
	"context"
	"math"
	"net/http"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/match"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// matchTime bounds the matching of one track: 20,000 fixes take a few seconds.
const matchTime = 30 * time.Second

// maxTrack is 20,000 fixes of about 100 bytes.
const maxTrack = 4 << 20

// A TrackFix is one position of a track.
type TrackFix struct {
	T         time.Time `json:"t" doc:"when it was there; the order of the fixes doesn't matter"`
	Lon       float64   `json:"lon" minimum:"-180" maximum:"180" doc:"WGS 84 degrees"`
	Lat       float64   `json:"lat" minimum:"-90" maximum:"90"`
	AccuracyM float64   `json:"accuracy_m,omitempty" minimum:"0" maximum:"100000" doc:"radius that holds the true place with 68 %; 0 is not told"`
}

// A MatchedTrack is the way that a track took through the streets.
type MatchedTrack struct {
	Path  Lines        `json:"path" doc:"a line for each unbroken piece of the way"`
	Ways  []MatchedWay `json:"ways" nullable:"false" doc:"segments in the order they were travelled"`
	Fixes []MatchedFix `json:"fixes" nullable:"false" doc:"in their order, without those that fit nowhere"`
}

// A MatchedWay is a segment that was travelled, or a part of it.
type MatchedWay struct {
	Way   int64     `json:"way" doc:"OpenStreetMap way"`
	From  int64     `json:"from_node" doc:"OpenStreetMap node where the segment is begun"`
	To    int64     `json:"to_node"`
	Name  string    `json:"name" doc:"empty when it has none"`
	Begin time.Time `json:"begin" doc:"when it was begun, by the fixes around"`
	Done  time.Time `json:"done"`
}

// A MatchedFix is where on the streets a fix was.
type MatchedFix struct {
	Fix        int      `json:"fix" minimum:"0" doc:"which of those sent, from 0"`
	Way        int64    `json:"way"`
	From       int64    `json:"from_node" doc:"the end of the segment that the travel comes from"`
	OffsetM    float64  `json:"offset_m" doc:"metres from there"`
	At         Position `json:"at" doc:"on the street"`
	Side       string   `json:"side" enum:"left,right,on" doc:"of the street, seen in the direction of travel"`
	Confidence float64  `json:"confidence" minimum:"0" maximum:"1" doc:"probability that it was there"`
}

type matchOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         MatchedTrack
}

func (s *Server) matchRoutes() {
	handle(s, huma.Operation{
		OperationID: "matchTrack", Method: http.MethodPost, Path: "/api/match", Tags: []string{"map"}, MaxBodyBytes: maxTrack,
		Summary:     "The way that a track took through the streets",
		Description: "For dense and sparse tracks with noise, stops and outliers. Nothing of the track is kept.",
	}, s.match)
}

func (s *Server) match(ctx context.Context, in *struct {
	Body struct {
		Profile string     `json:"profile,omitempty" maxLength:"40" default:"foot" doc:"who travelled: a name of profiles in GET /api/map"`
		Lang    string     `json:"lang,omitempty" maxLength:"35" doc:"language of street names: zh-CN, en"`
		Fixes   []TrackFix `json:"fixes" maxItems:"20000" nullable:"false"`
	}
},
) (*matchOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	track := make([]match.Fix, len(in.Body.Fixes))
	for i, f := range in.Body.Fixes {
		track[i] = match.Fix{At: orb.Point{f.Lon, f.Lat}, Time: f.T, Accuracy: geo.Metres(f.AccuracyM)}
	}
	ctx, cancel := context.WithTimeout(ctx, matchTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	matcher, err := m.matcher(ctx, in.Body.Profile)
	if err != nil {
		return nil, err
	}
	way, err := matcher.Match(ctx, track)
	if err != nil {
		return nil, err
	}
	out := &matchOutput{CacheControl: noStore, Body: MatchedTrack{
		Path: linesOf(matcher.Lines(way.Parts)), Ways: []MatchedWay{}, Fixes: []MatchedFix{},
	}}
	for _, legs := range way.Parts {
		for _, l := range legs {
			out.Body.Ways = append(out.Body.Ways, matchedWay(m.Network, l, in.Body.Lang))
		}
	}
	for i, p := range way.Fixes {
		if p != nil {
			out.Body.Fixes = append(out.Body.Fixes, matchedFix(m.Network, i, p))
		}
	}
	return out, nil
}

// matcher is the one of a profile. Neither closures nor conditions on time count: a
// track says little of what held when it was made.
func (m *Map) matcher(ctx context.Context, profile string) (*match.Matcher, error) {
	e, err := m.Streets.Base(ctx, profile)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, m.nobody("body.profile", profile)
	}
	if last := m.matching.Load(); last != nil && last.Engine() == e {
		return last, nil
	}
	made := match.New(e, match.Params{})
	m.matching.Store(made)
	return made, nil
}

func matchedWay(n *street.Network, l match.Leg, lang string) MatchedWay {
	s := n.Segment(l.Segment)
	w := MatchedWay{Way: s.Way, Name: streetName(n.Name(s.Name), lang), Begin: l.Begin.UTC(), Done: l.Done.UTC()}
	w.From, w.To = match.Nodes(n, l.Segment, l.Forward)
	return w
}

func matchedFix(n *street.Network, i int, p *match.Place) MatchedFix {
	s := n.Segment(p.Segment)
	f := MatchedFix{Fix: i, Way: s.Way, OffsetM: float64(p.Along), At: positionOf(p.At), Side: "on", Confidence: min(1, math.Round(p.Confidence*1e4)/1e4)}
	f.From, _ = match.Nodes(n, p.Segment, p.Forward)
	if !p.Forward {
		f.OffsetM = max(0, float64(s.LengthM)-f.OffsetM)
	}
	switch p.Side {
	case street.Left:
		f.Side = "left"
	case street.Right:
		f.Side = "right"
	}
	return f
}
