package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"citygrid/data/gis"
	"citygrid/data/zonefile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"

	"github.com/danielgtaylor/huma/v2"
)

// An ObjectImport says what a file of objects is, and what became of it.
type ObjectImport struct {
	Format      string         `json:"format" enum:"geojson,shapefile,kml,csv"`
	Rows        int            `json:"rows"`
	Columns     []ImportColumn `json:"columns" nullable:"false"`
	Name        string         `json:"name" doc:"the column that names the rows; empty: they are named by their street"`
	Code        string         `json:"code" doc:"the column of their codes; empty: none"`
	KindColumn  string         `json:"kind_column" doc:"the column that says what each is; empty where the kind of all was asked for"`
	Kinds       map[string]int `json:"kinds" doc:"how many of each kind are without a fault"`
	Datum       string         `json:"datum" doc:"what the positions were read in"`
	Better      string         `json:"better,omitempty" doc:"the datum in which twice as many lie on streets: ask for it"`
	OnStreets   float64        `json:"on_streets" doc:"share of positions within 15 m of a street, 0 to 1"`
	BetterShare float64        `json:"better_on_streets" doc:"the same in the better datum"`
	AtStreets   int            `json:"at_streets" doc:"rows that stand at a street"`
	Segments    int            `json:"segments" doc:"of streets that rows stand at"`
	Left        int            `json:"left" doc:"rows that stand left of their street as it is drawn"`
	Right       int            `json:"right" doc:"rows that stand right of it"`
	Good        int            `json:"good" doc:"rows without a fault"`
	Faults      []Fault        `json:"faults" nullable:"false" doc:"line is the row, from 1"`
	MoreFaults  int            `json:"more_faults" doc:"than are listed"`
	Imported    int            `json:"imported" doc:"0 for a trial"`
}

func (s *Server) objectImportRoute() {
	query := func(name, what, kind string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: what, Schema: &huma.Schema{Type: kind}}
	}
	kinds := &huma.Schema{Type: huma.TypeString}
	for _, k := range register.ObjectKinds() {
		kinds.Enum = append(kinds.Enum, string(k))
	}
	content := map[string]*huma.MediaType{}
	for _, t := range zoneTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	s.handleRaw("POST /api/objects/import", &huma.Operation{
		OperationID: "importObjects", Method: http.MethodPost, Path: "/api/objects/import", Tags: []string{"objects"},
		Summary: "Add objects from GeoJSON, a zipped Shapefile, KML or CSV: a trial, or all rows or none",
		Description: "At most 64 MiB and 50,000 rows. Each is put at the street nearest to it, and keeps the side. What is there already is a fault: nothing comes twice. " +
			"Without apply nothing is changed. 422 import.faults: there are faults, and skip didn't allow to leave those rows out; nothing was added.",
		Parameters: []*huma.Param{
			{Name: "kind", In: "query", Description: "of all rows; left out: what the column kind_column says", Schema: kinds},
			query("kind_column", "left out: the one that looks like it", huma.TypeString), query("name", "the column that names them; left out: the one that looks like it", huma.TypeString),
			query("code", "the column of their codes; left out: the one that looks like it", huma.TypeString), query("datum", "of the positions: wgs84, cgcs2000, gcj02 or bd09", huma.TypeString),
			query("apart", "take rows that no street is near", huma.TypeBoolean), query("apply", "add them", huma.TypeBoolean), query("skip", "leave out the rows with faults", huma.TypeBoolean),
		},
		RequestBody: &huma.RequestBody{Required: true, Content: content},
		Responses: map[string]*huma.Response{"200": {
			Description: "What is in the file, and what became of it",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[ObjectImport](s.api, "ObjectImport")}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		report, err := s.importObjects(w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.writeJSON(w, r, report)
	})
}

func (s *Server) importObjects(w http.ResponseWriter, r *http.Request) (out ObjectImport, err error) {
	ctx, q := r.Context(), r.URL.Query()
	o := zonefile.ObjectOptions{Kind: register.ObjectKind(q.Get("kind")), KindColumn: q.Get("kind_column"), Name: q.Get("name"), Code: q.Get("code")}
	bad := func(name, what string) error { return invalid("request.invalid", "query."+name, "%s", what) }
	if o.Kind != "" && !slices.Contains(register.ObjectKinds(), o.Kind) {
		return out, bad("kind", fmt.Sprintf("name a kind of object: one of %v", register.ObjectKinds()))
	}
	if text := q.Get("datum"); text != "" {
		d, err := geo.ParseDatum(text)
		if err != nil {
			return out, bad("datum", "datum is wgs84, cgcs2000, gcj02 or bd09")
		}
		o.Datum = &d
	}
	var apply, skip bool
	for name, to := range map[string]*bool{"apart": &o.Apart, "apply": &apply, "skip": &skip} {
		if text := q.Get(name); text != "" {
			if *to, err = strconv.ParseBool(text); err != nil {
				return out, bad(name, name+" is true or false")
			}
		}
	}
	if err := s.wholeBureau(ctx); err != nil {
		return out, err
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
	have, err := s.store.Objects(ctx)
	if err != nil {
		return out, err
	}
	read, err := zonefile.ReadObjects(data, s.network(), have, o)
	switch {
	case errors.Is(err, gis.ErrFormat), errors.Is(err, zonefile.ErrTooMany):
		return out, invalid("import.format", "body", "%v", err)
	case err != nil:
		return out, err
	}
	out = objectImport(read)
	if !apply {
		return out, nil
	}
	if len(read.Faults) > 0 && !skip {
		p := newProblem(http.StatusUnprocessableEntity, "import.faults", "the file has faults: nothing was imported")
		p.Faults = out.Faults
		return out, p
	}
	added, err := s.store.ImportObjects(ctx, read.List(), s.act(ctx, "object.import", "object", fmt.Sprintf("%d of %d rows of a file", len(read.Objects), read.Rows)))
	if err != nil {
		return out, err
	}
	out.Imported = len(added)
	return out, nil
}

func objectImport(r *zonefile.ObjectReading) ObjectImport {
	out := ObjectImport{
		Format: string(r.Format), Rows: r.Rows, Columns: []ImportColumn{}, Name: r.Name, Code: r.Code, KindColumn: r.KindColumn, Kinds: map[string]int{}, Datum: r.Datum.String(),
		OnStreets: r.Share, BetterShare: r.BetterShare, AtStreets: r.OnStreets, Segments: r.StreetsHit, Good: len(r.Objects), Faults: faultsOf(r.Faults), MoreFaults: r.MoreFaults,
	}
	if r.Better != r.Datum {
		out.Better = r.Better.String()
	}
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, ImportColumn{c.Name, append([]string{}, c.Samples...)})
	}
	for _, row := range r.Objects {
		out.Kinds[string(row.Object.Kind)]++
		switch b := row.Object.Beside; {
		case b == nil:
		case b.Side == street.Left:
			out.Left++
		case b.Side == street.Right:
			out.Right++
		}
	}
	return out
}

// faultsOf are the faults of a file as the app gets them.
func faultsOf(list []zonefile.Fault) []Fault {
	out := []Fault{}
	for _, f := range list {
		fault := Fault{Line: f.Row, Field: f.Field, What: f.What, Mend: f.Mend}
		if f.At != nil {
			at := positionOf(*f.At)
			fault.At = &at
		}
		out = append(out, fault)
	}
	return out
}
