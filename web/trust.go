package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Trust is what a device needs to trust this server.
type Trust struct {
	Authority *TrustAuthority `json:"authority" doc:"null when the certificate is not by a local authority of this server: devices trust it already, or a proxy does TLS"`
}

// TransformSchema says that there may be none.
func (Trust) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "authority")
}

// A TrustAuthority is the local certificate authority. Its certificate is at
// /ca.crt.
type TrustAuthority struct {
	Name   string    `json:"name" doc:"as devices show it"`
	SHA256 string    `json:"sha256" doc:"fingerprint; citygrid cert prints the same" example:"AB:CD:EF"`
	Until  time.Time `json:"until" doc:"when it ends"`
}

type trustOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Trust
}

// trustRoutes offer the local CA. A phone gets them before it trusts us: it
// clicks through its browser's warning once, which is why the page asks people to
// compare the fingerprint with what the console printed. In clear text, where
// anybody on the way could put another CA in its place, nothing is offered.
func (s *Server) trustRoutes() {
	handle(s, huma.Operation{
		OperationID: "getTrust", Method: http.MethodGet, Path: "/api/trust", Tags: []string{"trust"},
		Summary: "The local certificate authority that devices must trust, if this server has one",
	}, func(context.Context, *struct{}) (*trustOutput, error) {
		out := &trustOutput{CacheControl: noStore}
		if a := s.authority; a != nil {
			out.Body.Authority = &TrustAuthority{Name: a.Name, SHA256: a.Fingerprint(), Until: a.Until.UTC()}
		}
		return out, nil
	})
	s.handleRaw("GET /ca.crt", nil, s.caFile)
}

// caFile is the CA's certificate in the form that iOS, Android and Firefox take
// for one: DER of this type, not as an attachment, or iOS only saves the file.
func (s *Server) caFile(w http.ResponseWriter, r *http.Request) {
	if s.authority == nil {
		s.notFoundPage(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-x509-ca-cert")
	w.Header().Set("Content-Disposition", `inline; filename="citygrid-ca.crt"`)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(s.authority.DER)
}
