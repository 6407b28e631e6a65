package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"citygrid/geo"
	"citygrid/geo/place"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// A Hit is a place that a search found.
type Hit struct {
	Kind      string            `json:"kind" enum:"settlement,street,poi,address,water"`
	Detail    string            `json:"detail" doc:"OpenStreetMap's value: town, residential, cafe ..."`
	Name      string            `json:"name" doc:"in the language that was asked for, where there is one"`
	Names     map[string]string `json:"names" doc:"by language; the empty key is the local name"`
	Number    string            `json:"number,omitempty" doc:"house number, of an address"`
	In        string            `json:"in,omitempty" doc:"the settlement that it lies in"`
	At        Position          `json:"at"`
	Bounds    Bounds            `json:"bounds" doc:"what to show of it"`
	DistanceM *float64          `json:"distance_m,omitempty" doc:"metres from near"`
}

type searchOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Hits []Hit `json:"hits" nullable:"false" doc:"best first"`
	}
}

func (s *Server) searchRoutes() {
	handle(s, huma.Operation{
		OperationID: "search", Method: http.MethodGet, Path: "/api/search", Tags: []string{"map"},
		Summary:     "Find places, streets, house numbers and points of interest",
		Description: "Takes Chinese, pinyin (also initials) and Latin letters, the beginning of a name, and typing errors: \"12 main\", \"mian st\", \"wfj\".",
	}, s.search)
	s.nearestRoutes()
}

// kinds are the words of Hit.Kind, by place.Kind.
func kindName(k place.Kind) string {
	names := [place.Kinds]string{
		place.Settlement: "settlement", place.Street: "street", place.POI: "poi", place.Address: "address", place.Water: "water",
	}
	if k >= place.Kinds {
		return ""
	}
	return names[k]
}

func (s *Server) search(ctx context.Context, in *struct {
	Q     string `query:"q" maxLength:"200" doc:"what to look for"`
	Near  string `query:"near" maxLength:"80" doc:"longitude,latitude: nearer ones first, with their distance" example:"-75.5466,39.7459"`
	Lang  string `query:"lang" maxLength:"35" doc:"language of the names: zh-CN, en" example:"zh-CN"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"10"`
},
) (*searchOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	q := place.Query{Text: strings.TrimSpace(in.Q), Lang: in.Lang, Limit: in.Limit}
	if in.Near != "" {
		if q.Near, err = parsePoint("query.near", in.Near); err != nil {
			return nil, err
		}
	}
	out := &searchOutput{CacheControl: noStore}
	out.Body.Hits = []Hit{}
	if q.Text == "" {
		return out, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	leave, err := s.searching.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	for _, h := range m.Places.Search(ctx, q) {
		out.Body.Hits = append(out.Body.Hits, hitOf(h.Place, in.Lang, q.Near))
	}
	return out, ctx.Err()
}

func hitOf(p *place.Place, lang string, near orb.Point) Hit {
	h := Hit{
		Kind: kindName(p.Kind), Detail: p.Detail, Name: nameIn(p.Name, lang), Names: p.Name,
		Number: p.Number, In: p.In, At: positionOf(p.At), Bounds: boundsOf(p.Bound),
	}
	if h.Names == nil {
		h.Names = map[string]string{}
	}
	if near != (orb.Point{}) {
		d := float64(geo.Distance(near, p.At))
		h.DistanceM = &d
	}
	return h
}

// nameIn picks the name in lang (zh-CN, then zh), else the local one.
func nameIn(names map[string]string, lang string) string {
	short, _, _ := strings.Cut(lang, "-")
	for _, l := range []string{lang, short, ""} {
		if name := names[l]; name != "" {
			return name
		}
	}
	return ""
}
