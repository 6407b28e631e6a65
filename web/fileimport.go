package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"citygrid/data/gis"
	"citygrid/data/zonefile"
	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/danielgtaylor/huma/v2"
)

// A FileImport says what a file of zones or objects is, and what became of it.
type FileImport struct {
	Format      string         `json:"format" enum:"geojson,shapefile,kml,csv"`
	Rows        int            `json:"rows"`
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

const importFileMax = 64 << 20

// importTypes are what such a file may be sent as.
var importTypes = []string{"application/octet-stream", geoJSON, "application/json", "application/zip", "application/vnd.google-earth.kml+xml", csvType}

// importParam is a part of the query of an import.
func importParam(name, what, kind string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: what, Schema: &huma.Schema{Type: kind}}
}

// importRoute adds an import of a file, whose answer is of a schema. Beside its own
// parameters it has those of all imports.
func (s *Server) importRoute(o huma.Operation, answer *huma.Schema, run func(http.ResponseWriter, *http.Request) (any, error)) {
	content := map[string]*huma.MediaType{}
	for _, t := range importTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	o.Method = http.MethodPost
	o.Parameters = append(
		o.Parameters, importParam("datum", "of the positions: wgs84, cgcs2000, gcj02 or bd09", huma.TypeString),
		importParam("apart", "take rows that no street is near", huma.TypeBoolean), importParam("apply", "add them", huma.TypeBoolean),
		importParam("skip", "leave out the rows with faults", huma.TypeBoolean),
	)
	o.RequestBody = &huma.RequestBody{Required: true, Content: content}
	o.Responses = map[string]*huma.Response{"200": {
		Description: "What is in the file, and what became of it",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: answer}},
	}}
	s.handleRaw("POST "+o.Path, &o, func(w http.ResponseWriter, r *http.Request) {
		report, err := run(w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.writeJSON(w, r, report)
	})
}

// importOrder is what the query of any import asks for.
type importOrder struct {
	datum              *geo.Datum // as it was said
	apart, apply, skip bool
}

func importOrderOf(q url.Values) (o importOrder, err error) {
	if text := q.Get("datum"); text != "" {
		d, err := geo.ParseDatum(text)
		if err != nil {
			return o, badQuery("datum", "datum is wgs84, cgcs2000, gcj02 or bd09")
		}
		o.datum = &d
	}
	for name, to := range map[string]*bool{"apart": &o.apart, "apply": &o.apply, "skip": &o.skip} {
		if text := q.Get(name); text != "" {
			if *to, err = strconv.ParseBool(text); err != nil {
				return o, badQuery(name, name+" is true or false")
			}
		}
	}
	return o, nil
}

func badQuery(name, what string) error { return invalid("request.invalid", "query."+name, "%s", what) }

// importFault is an error of reading a file as the sender gets it.
func importFault(err error) error {
	if errors.Is(err, gis.ErrFormat) || errors.Is(err, zonefile.ErrTooMany) {
		return invalid("import.format", "body", "%v", err)
	}
	return err
}

// mayAdd says whether the rows of a file are to be added: not in a trial, and not beside
// faults, unless these were allowed.
func (o importOrder) mayAdd(f FileImport) (bool, error) {
	if o.apply && len(f.Faults) > 0 && !o.skip {
		p := newProblem(http.StatusUnprocessableEntity, "import.faults", "the file has faults: nothing was imported")
		p.Faults = f.Faults
		return false, p
	}
	return o.apply, nil
}

// fileImport is what zones and objects have in common, without how many are good and
// on which sides they lie.
func fileImport(r *zonefile.Reading) FileImport {
	out := FileImport{
		Format: string(r.Format), Rows: r.Rows, Columns: []ImportColumn{}, Name: r.Name, Datum: r.Datum.String(),
		OnStreets: r.Share, BetterShare: r.BetterShare, AtStreets: r.OnStreets, Segments: r.StreetsHit, Faults: faultsOf(r.Faults), MoreFaults: r.MoreFaults,
	}
	if r.Better != r.Datum {
		out.Better = r.Better.String()
	}
	for _, c := range r.Columns {
		out.Columns = append(out.Columns, ImportColumn{c.Name, append([]string{}, c.Samples...)})
	}
	return out
}

// count notes the side that a row lies on.
func (f *FileImport) count(side street.Sides) {
	switch side {
	case street.Left:
		f.Left++
	case street.Right:
		f.Right++
	}
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
