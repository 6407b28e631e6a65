package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// patience is how long an upload may stand still.
const patience = time.Minute

// ImportInfo says how far an import is.
type ImportInfo struct {
	Import *ImportJob `json:"import" doc:"running or last; null when there was none"`
}

// TransformSchema says that there may be none.
func (ImportInfo) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "import")
}

type (
	importOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         ImportInfo
	}
	setupCodeInput struct {
		Code string `header:"Citygrid-Setup-Code" doc:"printed on the console at the first start"`
	}
)

func (s *Server) importRoutes() {
	s.handleRaw("POST /api/map", uploadOperation("importMap", "/api/map", "map", "Import a map and serve it instead of the one that is served"),
		func(w http.ResponseWriter, r *http.Request) { s.upload(w, r, s.wholeBureau) })
	s.handleRaw("POST /api/setup/map", uploadOperation("importFirstMap", "/api/setup/map", "setup", "Import the first map, during setup"),
		func(w http.ResponseWriter, r *http.Request) {
			s.upload(w, r, func(ctx context.Context) error { return s.maySetUp(ctx, r.Header.Get(codeHeader)) })
		})
	handle(s, huma.Operation{
		OperationID: "getImport", Method: http.MethodGet, Path: "/api/map/import", Tags: []string{"map"},
		Summary: "How far the import of a map is",
	}, func(ctx context.Context, _ *struct{}) (*importOutput, error) {
		out := &importOutput{CacheControl: noStore}
		out.Body.Import = s.jobs.status()
		return out, s.wholeBureau(ctx)
	})
	handle(s, huma.Operation{
		OperationID: "cancelImport", Method: http.MethodDelete, Path: "/api/map/import", Tags: []string{"map"},
		Summary: "Stop the import that runs", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		if err := s.wholeBureau(ctx); err != nil {
			return nil, err
		}
		return nil, s.stopImport()
	})
	handle(s, huma.Operation{
		OperationID: "cancelFirstImport", Method: http.MethodDelete, Path: "/api/setup/map", Tags: []string{"setup"},
		Summary: "Stop the import that runs, during setup", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *setupCodeInput) (*struct{}, error) {
		if err := s.maySetUp(ctx, in.Code); err != nil {
			return nil, err
		}
		return nil, s.stopImport()
	})
}

func (s *Server) stopImport() error {
	if !s.jobs.stop() {
		return newProblem(http.StatusConflict, "map.no_import_running", "no import is running")
	}
	return nil
}

func uploadOperation(id, route, tag, summary string) *huma.Operation {
	query := func(name, doc string) *huma.Param {
		return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: "string"}}
	}
	op := &huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: route, Tags: []string{tag}, Summary: summary,
		Description: "The body is the extract itself. The answer comes when it has arrived; the import goes on and tells its progress.",
		Parameters: []*huma.Param{
			query("name", "file name, which says the format: .osm.pbf, .osm, .osm.bz2 or .osm.gz"),
			query("bbox", "west,south,east,north: import only this part"),
			{Name: "demo", In: "query", Description: "import the demo city instead of a body", Schema: &huma.Schema{Type: "boolean"}},
		},
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}},
		Responses: map[string]*huma.Response{"202": {Description: "The import has begun"}},
	}
	if tag == "setup" {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: codeHeader, In: "header", Required: true, Schema: &huma.Schema{Type: "string"},
		})
	}
	return op
}

// upload takes an extract from the body to a file and starts its import.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, may func(context.Context) error) {
	ctx := r.Context()
	err := may(ctx)
	var x Extract
	if err == nil {
		x, err = s.extract(r)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	job, err := s.jobs.begin()
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	cleanup := func() {}
	if !x.Demo {
		x.File, err = s.receive(job, w, r, x.Name)
		if err != nil {
			ended := err
			if errors.Is(err, errBroken) { // the sender has stopped it, or is gone: nothing failed here
				ended = context.Canceled
			}
			s.jobs.finish(nil, ended)
			s.refuse(w, r, err)
			return
		}
		cleanup = func() {
			if err := os.Remove(x.File); err != nil {
				s.log.Error("uploaded file stays", slog.Any("err", err))
			}
		}
	}
	// The import outlives the request, so the entry is written without its end.
	actor := context.WithoutCancel(ctx)
	s.jobs.run(job, x, func(verb, object, detail string) {
		if err := s.store.Record(actor, s.act(actor, verb, object, detail)); err != nil {
			s.log.Error("audit of an import", slog.Any("err", err))
		}
	}, cleanup)
	w.Header().Set("Cache-Control", noStore)
	w.WriteHeader(http.StatusAccepted)
}

// extract reads what to import from the query. The file's name is only looked
// at for its ending and never becomes a path.
func (s *Server) extract(r *http.Request) (Extract, error) {
	q := r.URL.Query()
	if demo, _ := strconv.ParseBool(q.Get("demo")); demo {
		if !s.jobs.demo {
			return Extract{}, invalid("map.no_demo", "query.demo", "this program was built without a demo city")
		}
		return Extract{Demo: true, Name: "demo"}, nil
	}
	x := Extract{Name: path.Base(strings.ReplaceAll(q.Get("name"), `\`, "/"))}
	if extension(x.Name) == "" || len(x.Name) > 200 {
		return x, invalid("map.format", "query.name", "send an OpenStreetMap extract: .osm.pbf, .osm, .osm.bz2 or .osm.gz")
	}
	if box := q.Get("bbox"); box != "" {
		b, err := parseBound("query.bbox", box)
		if err != nil {
			return x, err
		}
		x.Bound = &b
	}
	if r.ContentLength > s.jobs.limit {
		return x, tooLarge(s.jobs.limit)
	}
	return x, nil
}

// extension is the ending of a file name that says a format we read.
func extension(name string) string {
	for _, ext := range []string{".osm.pbf", ".osm.bz2", ".osm.gz", ".osm", ".pbf"} {
		if strings.HasSuffix(strings.ToLower(name), ext) {
			return ext
		}
	}
	return ""
}

// errBroken ends an upload whose sender stopped sending.
var errBroken = newProblem(http.StatusBadRequest, "upload.broken", "the upload broke off")

// receive streams the body to a new file. It stops when the job is cancelled,
// the limit is reached or the sender stands still.
func (s *Server) receive(job context.Context, w http.ResponseWriter, r *http.Request, name string) (file string, err error) {
	f, err := os.CreateTemp(s.jobs.dir, "upload-*"+extension(name))
	if err != nil {
		return "", fmt.Errorf("take in an extract: %w", err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // a recorder has no deadlines
	block := make([]byte, 256<<10)
	for got := int64(0); ; {
		if err := job.Err(); err != nil {
			return "", err
		}
		_ = control.SetReadDeadline(time.Now().Add(patience))
		n, err := r.Body.Read(block)
		if got += int64(n); got > s.jobs.limit {
			return "", tooLarge(s.jobs.limit)
		}
		if _, err := f.Write(block[:n]); err != nil {
			if errors.Is(err, syscall.ENOSPC) {
				return "", newProblem(http.StatusInsufficientStorage, "disk.full", "the disk is full")
			}
			return "", fmt.Errorf("take in an extract: %w", err)
		}
		if errors.Is(err, io.EOF) {
			if got == 0 {
				return "", invalid("map.empty", "body", "the file is empty")
			}
			_ = control.SetWriteDeadline(time.Now().Add(patience))
			return f.Name(), nil
		}
		if err != nil {
			return "", errBroken
		}
		if r.ContentLength > 0 {
			s.jobs.progress("upload", float64(got)/float64(r.ContentLength))
		}
	}
}

func tooLarge(limit int64) error {
	return newProblem(http.StatusRequestEntityTooLarge, "request.too_large", fmt.Sprintf("the file is larger than %d MiB", limit>>20))
}
