package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"citygrid/data/zonefile"
	"citygrid/grid/zone"

	"github.com/danielgtaylor/huma/v2"
)

// A ZoneImport says what a file of zones is, and what became of it.
type ZoneImport struct {
	FileImport
	Areas  int `json:"areas"`
	Lines  int `json:"lines"`
	Points int `json:"points"`
}

func (s *Server) zoneImportRoute() {
	s.importRoute(huma.Operation{
		OperationID: "importZones", Path: "/api/zones/import", Tags: []string{"zones"},
		Summary: "Add zones from GeoJSON, a zipped Shapefile, KML or CSV: a trial, or all rows or none",
		Description: "At most 64 MiB and 50,000 rows. Without apply nothing is changed, and faults say what is wrong with which row. " +
			"422 import.faults: there are faults, and skip didn't allow to leave those rows out; nothing was added.",
		Parameters: []*huma.Param{
			{Name: "kind", In: "query", Required: true, Description: "of the zones; they get its usual rule", Schema: &huma.Schema{Type: huma.TypeString, Enum: zoneKindNames()}},
			importParam("name", "the column that names them; left out: the one that looks like it", huma.TypeString),
			importParam("width_m", "of lines, in metres", huma.TypeNumber), importParam("radius_m", "around points, in metres", huma.TypeNumber),
		},
	}, schemaOf[ZoneImport](s.api, "ZoneImport"), func(w http.ResponseWriter, r *http.Request) (any, error) { return s.importZones(w, r) })
}

func zoneKindNames() (all []any) {
	for _, k := range zone.Kinds() {
		all = append(all, string(k))
	}
	return all
}

// zoneOptionsOf is what the query of an import of zones asks for.
func zoneOptionsOf(q url.Values, order importOrder) (o zonefile.Options, err error) {
	o.Name, o.Datum, o.Apart = q.Get("name"), order.datum, order.apart
	if o.Kind = zone.Kind(q.Get("kind")); !slices.Contains(zone.Kinds(), o.Kind) {
		return o, badQuery("kind", fmt.Sprintf("name a kind of zone: one of %v", zone.Kinds()))
	}
	for name, to := range map[string]*float64{"width_m": &o.WidthM, "radius_m": &o.RadiusM} {
		if text := q.Get(name); text != "" {
			if *to, err = strconv.ParseFloat(text, 64); err != nil || !(*to > 0 && *to <= zone.MaxRadiusM) {
				return o, badQuery(name, name+" is metres above 0")
			}
		}
	}
	return o, nil
}

func (s *Server) importZones(w http.ResponseWriter, r *http.Request) (out ZoneImport, err error) {
	ctx, q := r.Context(), r.URL.Query()
	order, err := importOrderOf(q)
	if err != nil {
		return out, err
	}
	options, err := zoneOptionsOf(q, order)
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
	data, err := s.body(w, r, importFileMax, importTypes...)
	if err != nil {
		return out, err
	}
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return out, err
	}
	defer leave()
	read, err := zonefile.Read(data, s.network(), options)
	if err != nil {
		return out, importFault(err)
	}
	out = zoneImport(read)
	if add, err := order.mayAdd(out.FileImport); err != nil || !add {
		return out, err
	}
	act := s.act(ctx, "zone.import", "zone", fmt.Sprintf("%d %s of %d rows of a file", len(read.Good), options.Kind, read.Rows))
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
	out := ZoneImport{FileImport: fileImport(r), Areas: r.Areas, Lines: r.Lines, Points: r.Points}
	out.Good = len(r.Good)
	for _, row := range r.Good {
		if row.Near != nil {
			out.count(row.Near.Side)
		}
	}
	return out
}
