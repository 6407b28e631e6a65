package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

// apiVersion is the version of the HTTP API: the first number changes when a
// client must be changed with it.
const apiVersion = "1.0.0"

// apiConfig sets huma up without the pages and schema links that it would add:
// they load from outside.
func apiConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "citygrid",
				Version:     apiVersion,
				Description: "Control room of a city-management bureau. Log in with POST /api/session; the cookie it sets goes with every further request. Positions are [longitude, latitude] in WGS 84.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: sessionCookie},
				},
			},
		},
		Formats: map[string]huma.Format{
			"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat,
		},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{asProblem},
	}
}

// schemaName names the control room's types apart from ours: a LivePerson is a
// person by name, a Person an entry of the register.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.PkgPath() == reflect.TypeFor[room.Person]().PkgPath() && t.Name() != "" {
		return "Live" + name
	}
	return name
}

// handle registers a huma operation. An error of h becomes a Problem here, so
// huma never tells the text of an unknown one.
func handle[I, O any](s *Server, op huma.Operation, h func(context.Context, *I) (*O, error)) {
	s.describe(&op)
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// handleRaw registers a handler that huma's reading and writing doesn't suit:
// streams, tiles, files. A nil op keeps it out of the API's description.
func (s *Server) handleRaw(pattern string, op *huma.Operation, h http.HandlerFunc) {
	s.guard.HandleFunc(pattern, h)
	if op != nil {
		s.describe(op)
		s.api.OpenAPI().AddOperation(op)
	}
}

// describe adds what all operations share: the problem as their error, and
// whether a login is needed.
func (s *Server) describe(op *huma.Operation) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = &huma.Response{
		Description: "A problem. Its code says which.",
		Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: schemaOf[Problem](s.api, "Problem")},
		},
	}
	if r, ok := s.guard.table[op.Method+" "+op.Path]; ok && r.cells[public] != yes {
		op.Security = []map[string][]string{{"session": {}}}
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = 64 << 10
	}
}

// tidy mends what huma says of the routes, once they are all there.
func tidy(api huma.API) {
	// huma describes its own error type for every operation; all of ours are Problems.
	schemas := api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for name, schema := range schemas {
		orNull(schema, pointers(api.OpenAPI().Components.Schemas.TypeFromRef("#/components/schemas/"+name))...)
	}
}

// specOf is the OpenAPI description as indented JSON, always the same for the
// same routes.
func specOf(api huma.API) ([]byte, error) {
	text, err := json.Marshal(api.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// OpenAPI is the description of the HTTP API (OpenAPI 3.1, JSON) that a server
// serves at /openapi.json. The app's typed client is made from it.
func OpenAPI() ([]byte, error) {
	s, err := build(Config{}, rightsCSV)
	if err != nil {
		return nil, err
	}
	return s.spec()
}
