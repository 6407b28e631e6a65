package web

import (
	"fmt"
	"net/http"
	"slices"

	"citygrid/data/zonefile"
	"citygrid/grid/register"

	"github.com/danielgtaylor/huma/v2"
)

// An ObjectImport says what a file of objects is, and what became of it.
type ObjectImport struct {
	FileImport
	Code       string         `json:"code" doc:"the column of their codes; empty: none"`
	KindColumn string         `json:"kind_column" doc:"the column that says what each is; empty where the kind of all was asked for"`
	Kinds      map[string]int `json:"kinds" doc:"how many of each kind are without a fault"`
}

func (s *Server) objectImportRoute() {
	kinds := &huma.Schema{Type: huma.TypeString}
	for _, k := range register.ObjectKinds() {
		kinds.Enum = append(kinds.Enum, string(k))
	}
	s.importRoute(huma.Operation{
		OperationID: "importObjects", Path: "/api/objects/import", Tags: []string{"objects"},
		Summary: "Add objects from GeoJSON, a zipped Shapefile, KML or CSV: a trial, or all rows or none",
		Description: "At most 64 MiB and 50,000 rows. Each is put at the street nearest to it, and keeps the side. What is there already is a fault: nothing comes twice. " +
			"Without apply nothing is changed. 422 import.faults: there are faults, and skip didn't allow to leave those rows out; nothing was added.",
		Parameters: []*huma.Param{
			{Name: "kind", In: "query", Description: "of all rows; left out: what the column kind_column says", Schema: kinds},
			importParam("kind_column", "left out: the one that looks like it", huma.TypeString),
			importParam("name", "the column that names them; left out: the one that looks like it", huma.TypeString),
			importParam("code", "the column of their codes; left out: the one that looks like it", huma.TypeString),
		},
	}, schemaOf[ObjectImport](s.api, "ObjectImport"), func(w http.ResponseWriter, r *http.Request) (any, error) { return s.importObjects(w, r) })
}

func (s *Server) importObjects(w http.ResponseWriter, r *http.Request) (out ObjectImport, err error) {
	ctx, q := r.Context(), r.URL.Query()
	order, err := importOrderOf(q)
	if err != nil {
		return out, err
	}
	o := zonefile.ObjectOptions{
		Kind: register.ObjectKind(q.Get("kind")), KindColumn: q.Get("kind_column"), Name: q.Get("name"), Code: q.Get("code"),
		Datum: order.datum, Apart: order.apart,
	}
	if o.Kind != "" && !slices.Contains(register.ObjectKinds(), o.Kind) {
		return out, badQuery("kind", fmt.Sprintf("name a kind of object: one of %v", register.ObjectKinds()))
	}
	if err := s.wholeBureau(ctx); err != nil {
		return out, err
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
	have, err := s.store.Objects(ctx)
	if err != nil {
		return out, err
	}
	read, err := zonefile.ReadObjects(data, s.network(), have, o)
	if err != nil {
		return out, importFault(err)
	}
	out = objectImport(read)
	if add, err := order.mayAdd(out.FileImport); err != nil || !add {
		return out, err
	}
	added, err := s.store.ImportObjects(ctx, read.List(), s.act(ctx, "object.import", "object", fmt.Sprintf("%d of %d rows of a file", len(read.Objects), read.Rows)))
	if err != nil {
		return out, err
	}
	out.Imported = len(added)
	return out, nil
}

func objectImport(r *zonefile.ObjectReading) ObjectImport {
	out := ObjectImport{FileImport: fileImport(&r.Reading), Code: r.Code, KindColumn: r.KindColumn, Kinds: map[string]int{}}
	out.Good = len(r.Objects)
	for _, row := range r.Objects {
		out.Kinds[string(row.Object.Kind)]++
		if b := row.Object.Beside; b != nil {
			out.count(b.Side)
		}
	}
	return out
}
