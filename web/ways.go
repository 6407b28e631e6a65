package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/routing/path"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// Limits of one question.
const (
	maxTable      = 1000 // points on each side
	maxTableBody  = 256 << 10
	tableTime     = 30 * time.Second
	maxIsochrones = 6
	isochroneMost = time.Hour
)

// TablePoints are what a table of ways is asked for.
type TablePoints struct {
	Profile string     `json:"profile" maxLength:"40" doc:"who travels: a name of profiles in GET /api/map"`
	Ferries bool       `json:"ferries,omitempty" doc:"take ferries, too"`
	Points  []Position `json:"points,omitempty" nullable:"false" maxItems:"1000" doc:"from each to each; instead of from and to"`
	From    []Position `json:"from,omitempty" nullable:"false" maxItems:"1000"`
	To      []Position `json:"to,omitempty" nullable:"false" maxItems:"1000"`
	At      *time.Time `json:"at,omitempty" doc:"when they leave: closures, conditions of the map and speeds of that hour count; now if left out"`
}

func (q TablePoints) travel() Travel {
	t := Travel{Profile: q.Profile, Ferries: q.Ferries}
	if q.At != nil {
		t.At = *q.At
	}
	return t
}

// A Matrix is a number for each way; a row for each start.
type Matrix struct {
	from, to int
	number   func(i, j int) (float64, bool)
}

// MarshalJSON writes rows, null where no way leads.
func (m Matrix) MarshalJSON() ([]byte, error) {
	out := append(make([]byte, 0, 2+m.from*(3+8*m.to)), '[')
	for i := range m.from {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '[')
		for j := range m.to {
			if j > 0 {
				out = append(out, ',')
			}
			if v, ok := m.number(i, j); ok {
				out = strconv.AppendFloat(out, v, 'f', -1, 64)
			} else {
				out = append(out, "null"...)
			}
		}
		out = append(out, ']')
	}
	return append(out, ']'), nil
}

// Schema describes the rows.
func (Matrix) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeArray, Description: "a row for each start; null where no way leads",
		Items: &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber, Nullable: true}},
	}
}

type tableOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		DurationsS     Matrix `json:"durations_s"`
		DistancesM     Matrix `json:"distances_m"`
		FromOff        []int  `json:"from_off" nullable:"false" doc:"starts that no street is near enough to, from 0"`
		ToOff          []int  `json:"to_off" nullable:"false"`
		StreetsVersion int64  `json:"streets_version"`
	}
}

func (s *Server) wayRoutes() {
	handle(s, huma.Operation{
		OperationID: "matrix", Method: http.MethodPost, Path: "/api/matrix", Tags: []string{"map"}, MaxBodyBytes: maxTableBody,
		Summary: "Times and distances from each of some points to each of others", Description: "At most 1,000 times 1,000. 429 route.too_many: more than one a second for long.",
	}, s.table)
	handle(s, huma.Operation{
		OperationID: "isochrone", Method: http.MethodGet, Path: "/api/isochrone", Tags: []string{"map"},
		Summary:     "The ground that can be reached from a point in some minutes, as GeoJSON",
		Description: "A feature for each time, in the order asked, with its minutes. 422 route.off_network: no street is near enough.",
	}, s.isochrone)
	handle(s, huma.Operation{
		OperationID: "nearest", Method: http.MethodPost, Path: "/api/nearest", Tags: []string{"map"}, MaxBodyBytes: maxTableBody,
		Summary:     "Which of some points is first at a place",
		Description: "The quickest first; equally quick ones by distance. 422 route.off_network: no street is near enough to the place.",
	}, s.nearestByTime)
}

// pace refuses people who ask for more work than fits beside that of others.
func (s *Server) pace(ctx context.Context) error {
	if wait := s.asking.take(fmt.Sprint(callerOf(ctx).person.ID), time.Now()); wait > 0 {
		return retryLater(http.StatusTooManyRequests, "route.too_many", "too many questions at once; wait a little", wait)
	}
	return nil
}

func (s *Server) table(ctx context.Context, in *struct{ Body TablePoints }) (*tableOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	if err := s.pace(ctx); err != nil {
		return nil, err
	}
	q := in.Body
	if len(q.Points) > 0 {
		if len(q.From) > 0 || len(q.To) > 0 {
			return nil, invalid("request.invalid", "body.points", "give points, or from and to")
		}
		q.From, q.To = q.Points, q.Points
	}
	if len(q.From) == 0 || len(q.To) == 0 {
		return nil, invalid("request.invalid", "body.points", "give points, or from and to")
	}
	from, err := pointsOf("body.from", q.From)
	if err != nil {
		return nil, err
	}
	to, err := pointsOf("body.to", q.To)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, tableTime)
	defer cancel()
	leave, err := s.tabling.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	router, version, err := s.router(ctx, m, "body.", q.travel())
	if err != nil {
		return nil, err
	}
	t, err := router.Table(ctx, from, to, 0)
	if err != nil {
		return nil, err
	}
	out := &tableOutput{CacheControl: noStore}
	out.Body.DurationsS = Matrix{len(from), len(to), func(i, j int) (float64, bool) {
		c, ok := t.At(i, j)
		return c.Duration.Seconds(), ok
	}}
	out.Body.DistancesM = Matrix{len(from), len(to), func(i, j int) (float64, bool) {
		c, ok := t.At(i, j)
		return float64(c.Distance), ok
	}}
	out.Body.FromOff, out.Body.ToOff, out.Body.StreetsVersion = which(t.FromOff), which(t.ToOff), version
	return out, nil
}

func pointsOf(in string, list []Position) ([]orb.Point, error) {
	points := make([]orb.Point, len(list))
	for i, p := range list {
		if points[i] = orb.Point(p); !onEarth(points[i]) {
			return nil, invalid("query.point", where(in, i), "not on earth; longitude comes first, in degrees")
		}
	}
	return points, nil
}

// where names one of a list in a request, from 0.
func where(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

func which(set []bool) []int {
	list := []int{}
	for i, is := range set {
		if is {
			list = append(list, i)
		}
	}
	return list
}

// NearestPoints are what is asked who of them is first at a place.
type NearestPoints struct {
	Profile string     `json:"profile,omitempty" maxLength:"40" default:"foot" doc:"who travels: a name of profiles in GET /api/map"`
	Ferries bool       `json:"ferries,omitempty" doc:"take ferries, too"`
	Points  []Position `json:"points" nullable:"false" minItems:"1" maxItems:"1000" doc:"where they are"`
	To      Position   `json:"to" doc:"the place"`
	K       int        `json:"k,omitempty" minimum:"1" maximum:"1000" default:"5" doc:"so many at most"`
	At      *time.Time `json:"at,omitempty" doc:"when they leave; now if left out"`
}

// A NearPoint is one of the points, and how long it takes from there.
type NearPoint struct {
	Index     int     `json:"index" doc:"in points, from 0"`
	DurationS float64 `json:"duration_s"`
	DistanceM float64 `json:"distance_m"`
}

type nearestPointsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Nearest        []NearPoint `json:"nearest" nullable:"false" doc:"without those that no street is near enough to, or from which no way leads there"`
		Off            []int       `json:"off" nullable:"false" doc:"points that no street is near enough to, from 0"`
		NoWay          []int       `json:"no_way" nullable:"false" doc:"other points from which no way leads there"`
		StreetsVersion int64       `json:"streets_version"`
	}
}

func (s *Server) nearestByTime(ctx context.Context, in *struct{ Body NearestPoints }) (*nearestPointsOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	if err := s.pace(ctx); err != nil {
		return nil, err
	}
	q := in.Body
	points, err := pointsOf("body.points", q.Points)
	if err != nil {
		return nil, err
	}
	to := orb.Point(q.To)
	if !onEarth(to) {
		return nil, invalid("query.point", "body.to", "not on earth; longitude comes first, in degrees")
	}
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	router, version, err := s.router(ctx, m, "body.", TablePoints{Profile: q.Profile, Ferries: q.Ferries, At: q.At}.travel())
	if err != nil {
		return nil, err
	}
	t, err := router.Table(ctx, points, []orb.Point{to}, 0)
	if err != nil {
		return nil, err
	}
	if t.ToOff[0] {
		_, err := router.Route(ctx, path.Query{From: to, To: to}) // which says how far it is
		if off := offEnds(err); len(off) > 0 {
			err = off[len(off)-1]
		}
		return nil, err
	}
	out := &nearestPointsOutput{CacheControl: noStore}
	out.Body.Nearest, out.Body.Off, out.Body.StreetsVersion = []NearPoint{}, which(t.FromOff), version
	out.Body.NoWay = []int{}
	for i := range points {
		if c, ok := t.At(i, 0); ok {
			out.Body.Nearest = append(out.Body.Nearest, NearPoint{i, c.Duration.Seconds(), float64(c.Distance)})
		} else if !t.FromOff[i] {
			out.Body.NoWay = append(out.Body.NoWay, i)
		}
	}
	slices.SortStableFunc(out.Body.Nearest, func(a, b NearPoint) int {
		return cmp.Or(cmp.Compare(a.DurationS, b.DurationS), cmp.Compare(a.DistanceM, b.DistanceM))
	})
	out.Body.Nearest = out.Body.Nearest[:min(q.K, len(out.Body.Nearest))]
	return out, nil
}

// An Isochrone is the ground that is reached in some minutes, as a GeoJSON Feature.
type Isochrone struct {
	Type       string `json:"type" enum:"Feature"`
	Geometry   Ground `json:"geometry"`
	Properties struct {
		Minutes float64 `json:"minutes"`
	} `json:"properties"`
}

type isochroneOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Type           string      `json:"type" enum:"FeatureCollection"`
		Features       []Isochrone `json:"features" nullable:"false"`
		StreetsVersion int64       `json:"streets_version"`
	}
}

func (s *Server) isochrone(ctx context.Context, in *struct {
	Travel
	From    string `query:"from" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	Minutes string `query:"minutes" maxLength:"80" default:"5,10,15" doc:"up to 6 numbers, each at most 60"`
},
) (*isochroneOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	if err := s.pace(ctx); err != nil {
		return nil, err
	}
	from, err := parsePoint("query.from", in.From)
	if err != nil {
		return nil, err
	}
	count := strings.Count(in.Minutes, ",") + 1
	minutes, ok := numbers(in.Minutes, count)
	if !ok || count > maxIsochrones {
		return nil, invalid("request.invalid", "query.minutes", "minutes are 1 to %d numbers with commas between", maxIsochrones)
	}
	times := make([]time.Duration, len(minutes))
	for i, v := range minutes {
		if !(v > 0 && v <= isochroneMost.Minutes()) {
			return nil, invalid("request.invalid", "query.minutes", "%v is not more than 0 and at most %v minutes", v, isochroneMost.Minutes())
		}
		times[i] = time.Duration(v * float64(time.Minute))
	}
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	router, version, err := s.router(ctx, m, "query.", in.Travel)
	if err != nil {
		return nil, err
	}
	areas, err := router.Isochrones(ctx, from, path.DefaultSnapLimit, times)
	if err != nil {
		return nil, err
	}
	out := &isochroneOutput{CacheControl: noStore}
	out.Body.Type, out.Body.Features, out.Body.StreetsVersion = "FeatureCollection", make([]Isochrone, len(areas)), version
	for i, area := range areas {
		out.Body.Features[i] = Isochrone{Type: "Feature", Geometry: Ground{area}}
		out.Body.Features[i].Properties.Minutes = minutes[i]
	}
	return out, nil
}
