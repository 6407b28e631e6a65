package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"citygrid/data/gis"
	"citygrid/data/zonefile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/zone"

	"github.com/danielgtaylor/huma/v2"
)

// A ZoneImport says what a file of zones is, and what became of it.
type ZoneImport struct {
	Format      string         `json:"format" enum:"geojson,shapefile,kml,csv"`
	Rows        int            `json:"rows"`
	Areas       int            `json:"areas"`
	Lines       int            `json:"lines"`
	Points      int            `json:"points"`
	Columns     []ImportColumn `json:"columns" nullable:"false"`
	Name        string         `json:"name" doc:"the column that names the rows; empty: they are named by their street"`
	Datum       string         `json:"datum" doc:"what the positions were read in"`
	Better      string         `json:"better,omitempty" doc:"the datum in which twice as many corners lie on streets: ask for it"`
	OnStreets   float64        `json:"on_streets" doc:"share of corners within 15 m of a street, 0 to 1"`
	BetterShare float64        `json:"better_on_streets" doc:"the same in the better datum"`
	AtStreets   int            `json:"at_streets" doc:"rows that lie at a street"`
	Segments    int            `json:"segments" doc:"of streets that rows lie at"`
	Left        int            `json:"left" doc:"rows that lie left of their street as it is drawn"`
	Right       int            `json:"right" doc:"rows that lie right of it"`
	Good        int            `json:"good" doc:"rows without a fault"`
	Faults      []Fault        `json:"faults" nullable:"false" doc:"line is the row, from 1"`
	MoreFaults  int            `json:"more_faults" doc:"than are listed"`
	Imported    int            `json:"imported" doc:"0 for a trial"`
}

// An ImportColumn is a column of a file.
type ImportColumn struct {
	Name    string   `json:"name"`
	Samples []string `json:"samples" nullable:"false" doc:"the first texts in it, three at most"`
}

const zoneFileMax = 64 << 20

// zoneTypes are what a file of zones may be sent as.
var zoneTypes = []string{"application/octet-stream", geoJSON, "application/json", "application/zip", "application/vnd.google-earth.kml+xml", csvType}

func (s *Server) zoneImportRoute() {
	query := func(name, what string, kind string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: what, Schema: &huma.Schema{Type: kind}}
	}
	content := map[string]*huma.MediaType{}
	for _, t := range zoneTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	s.handleRaw("POST /api/zones/import", &huma.Operation{
		OperationID: "importZones", Method: http.MethodPost, Path: "/api/zones/import", Tags: []string{"zones"},
		Summary: "Add zones from GeoJSON, a zipped Shapefile, KML or CSV: a trial, or all rows or none",
		Description: "At most 64 MiB and 50,000 rows. Without apply nothing is changed, and faults say what is wrong with which row. " +
			"422 import.faults: there are faults, and skip didn't allow to leave those rows out; nothing was added.",
		Parameters: []*huma.Param{
			{Name: "kind", In: "query", Required: true, Description: "of the zones; they get its usual rule", Schema: &huma.Schema{Type: huma.TypeString, Enum: zoneKindNames()}},
			query("name", "the column that names them; left out: the one that looks like it", huma.TypeString),
			query("datum", "of the positions: wgs84, cgcs2000, gcj02 or bd09", huma.TypeString),
			query("width_m", "of lines, in metres", huma.TypeNumber), query("radius_m", "around points, in metres", huma.TypeNumber),
			query("apart", "take rows that no street is near", huma.TypeBoolean),
			query("apply", "add them", huma.TypeBoolean), query("skip", "leave out the rows with faults", huma.TypeBoolean),
		},
		RequestBody: &huma.RequestBody{Required: true, Content: content},
		Responses: map[string]*huma.Response{"200": {
			Description: "What is in the file, and what became of it",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[ZoneImport](s.api, "ZoneImport")}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		report, err := s.importZones(w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.writeJSON(w, r, report)
	})
}

func zoneKindNames() (all []any) {
	for _, k := range zone.Kinds() {
		all = append(all, string(k))
	}
	return all
}

// zoneOrder is what the query of an import asks for.
type zoneOrder struct {
	zonefile.Options
	apply, skip bool
}

func zoneOrderOf(q url.Values) (o zoneOrder, err error) {
	bad := func(name, what string) error { return invalid("request.invalid", "query."+name, "%s", what) }
	if o.Kind = zone.Kind(q.Get("kind")); !slices.Contains(zone.Kinds(), o.Kind) {
		return o, bad("kind", fmt.Sprintf("name a kind of zone: one of %v", zone.Kinds()))
	}
	o.Name = q.Get("name")
	if text := q.Get("datum"); text != "" {
		d, err := geo.ParseDatum(text)
		if err != nil {
			return o, bad("datum", "datum is wgs84, cgcs2000, gcj02 or bd09")
		}
		o.Datum = &d
	}
	for name, to := range map[string]*float64{"width_m": &o.WidthM, "radius_m": &o.RadiusM} {
		if text := q.Get(name); text != "" {
			if *to, err = strconv.ParseFloat(text, 64); err != nil || !(*to > 0 && *to <= zone.MaxRadiusM) {
				return o, bad(name, name+" is metres above 0")
			}
		}
	}
	for name, to := range map[string]*bool{"apart": &o.Apart, "apply": &o.apply, "skip": &o.skip} {
		if text := q.Get(name); text != "" {
			if *to, err = strconv.ParseBool(text); err != nil {
				return o, bad(name, name+" is true or false")
			}
		}
	}
	return o, nil
}

func (s *Server) importZones(w http.ResponseWriter, r *http.Request) (out ZoneImport, err error) {
	ctx := r.Context()
	order, err := zoneOrderOf(r.URL.Query())
	if err != nil {
		return out, err
	}
	v, err := s.view(ctx)
	if err != nil {
		return out, err
	}
	if !v.reachesAll(v.ofBureau()) {
		return out, invalid("registers.outside", "body", "zones are the bureau's: your right to change reaches a part of it")
	}
	data, err := s.body(w, r, zoneFileMax, zoneTypes...)
	if err != nil {
		return out, err
	}
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return out, err
	}
	defer leave()
	var network *street.Network
	if m := s.city.Load(); m != nil {
		network = m.Network
	}
	read, err := zonefile.Read(data, network, order.Options)
	switch {
	case errors.Is(err, gis.ErrFormat), errors.Is(err, zonefile.ErrTooMany):
		return out, invalid("import.format", "body", "%v", err)
	case err != nil:
		return out, err
	}
	out = zoneImport(read)
	if !order.apply {
		return out, nil
	}
	if len(read.Faults) > 0 && !order.skip {
		p := newProblem(http.StatusUnprocessableEntity, "import.faults", "the file has faults: nothing was imported")
		p.Faults = out.Faults
		return out, p
	}
	act := s.act(ctx, "zone.import", "zone", fmt.Sprintf("%d %s of %d rows of a file", len(read.Good), order.Kind, read.Rows))
	added, err := s.store.AddZones(ctx, read.Zones(), act)
	if err != nil {
		return out, err
	}
	out.Imported = len(added)
	if len(added) > 0 {
		s.changed(ctx)
	}
	return out, nil
}

func zoneImport(r *zonefile.Reading) ZoneImport {
	out := ZoneImport{
		Format: string(r.Format), Rows: r.Rows, Areas: r.Areas, Lines: r.Lines, Points: r.Points, Columns: []ImportColumn{}, Name: r.Name, Datum: r.Datum.String(),
		OnStreets: r.Share, BetterShare: r.BetterShare, AtStreets: r.OnStreets, Segments: r.StreetsHit, Good: len(r.Good), Faults: faultsOf(r.Faults), MoreFaults: r.MoreFaults,
	}
	if r.Better != r.Datum {
		out.Better = r.Better.String()
	}
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, ImportColumn{c.Name, append([]string{}, c.Samples...)})
	}
	for _, row := range r.Good {
		switch {
		case row.Near == nil:
		case row.Near.Side == street.Left:
			out.Left++
		case row.Near.Side == street.Right:
			out.Right++
		}
	}
	return out
}
