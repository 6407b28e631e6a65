package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// codeHeader carries the one-time code of the first start with an upload.
const codeHeader = "Citygrid-Setup-Code"

// SetupInfo says how far the setup in the browser is.
type SetupInfo struct {
	Needed  bool       `json:"needed" doc:"the bureau is not set up. When false, the rest says nothing."`
	HasMap  bool       `json:"has_map"`
	DemoMap bool       `json:"demo_map" doc:"the program brings a demo city"`
	Import  *ImportJob `json:"import" doc:"the import of a map, running or last; null when there was none"`
}

// TransformSchema says that there may be no import.
func (SetupInfo) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "import")
}

type (
	setupOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         SetupInfo
	}
	setupInput struct {
		Body struct {
			Code     string            `json:"code" maxLength:"100" doc:"printed on the console at the first start"`
			Login    string            `json:"login" maxLength:"32" doc:"of the first admin"`
			Name     string            `json:"name" maxLength:"100"`
			Password string            `json:"password" maxLength:"1000"`
			Bureau   map[string]string `json:"bureau" doc:"the bureau's name: zh-CN, en"`
			TimeZone string            `json:"time_zone" maxLength:"64" example:"Asia/Shanghai"`
			Region   string            `json:"region" maxLength:"2" doc:"country" example:"CN"`
			Language string            `json:"language" enum:"zh-CN,en"`
		}
	}
)

func (s *Server) setupRoutes() {
	tags := []string{"setup"}
	handle(s, huma.Operation{
		OperationID: "getSetup", Method: http.MethodGet, Path: "/api/setup", Tags: tags,
		Summary: "Whether this bureau must be set up, and how far that is",
	}, s.getSetup)
	handle(s, huma.Operation{
		OperationID: "setUp", Method: http.MethodPost, Path: "/api/setup", Tags: tags,
		Summary: "Set up the bureau and its first admin", DefaultStatus: http.StatusCreated,
		Description: "403 setup.code: the code is wrong. 409 setup.done: it is set up already. Log in afterwards.",
	}, s.setUp)
}

func (s *Server) getSetup(ctx context.Context, in *struct {
	Code string `header:"Citygrid-Setup-Code" maxLength:"100" doc:"who has it is also told why an import failed"`
},
) (*setupOutput, error) {
	out := &setupOutput{CacheControl: noStore}
	needed, err := s.store.NeedsSetup(ctx)
	if err != nil || !needed {
		return out, err
	}
	out.Body = SetupInfo{Needed: true, HasMap: s.city.Load() != nil, DemoMap: s.jobs.demo, Import: s.jobs.status()}
	// Why an import failed speaks of the server's files: not for strangers.
	if j := out.Body.Import; j != nil && j.Error != "" && (in.Code == "" || s.knowsCode(ctx, in.Code) != nil) {
		j.Error = ""
	}
	return out, nil
}

func (s *Server) setUp(ctx context.Context, in *setupInput) (*setupOutput, error) {
	s.founding.Lock()
	defer s.founding.Unlock()
	if err := s.maySetUp(ctx, in.Body.Code); err != nil {
		return nil, err
	}
	b := in.Body
	err := found(ctx, s.store, s.hasher, Founding{
		Login: b.Login, Name: b.Name, Password: b.Password,
		Bureau: b.Bureau, TimeZone: b.TimeZone, Region: b.Region, Language: b.Language,
	}, s.act(ctx, "", "", ""))
	if err != nil {
		return nil, err
	}
	s.tellZone(ctx)
	s.changed(ctx)
	return &setupOutput{CacheControl: noStore}, nil
}

// maySetUp lets through who has the one-time code while there is no bureau yet.
func (s *Server) maySetUp(ctx context.Context, code string) error {
	needed, err := s.store.NeedsSetup(ctx)
	if err != nil {
		return err
	}
	if !needed {
		return errFounded
	}
	return s.knowsCode(ctx, code)
}

// knowsCode lets through who has the one-time code. Tries are counted by address,
// so that a stranger cannot keep the owner out. The ceiling over all addresses
// is for the load; the code's 79 bits are not guessed at 20 tries a second, nor
// at any other rate. Who sits at the machine itself is not held up by it.
func (s *Server) knowsCode(ctx context.Context, code string) error {
	c := callerOf(ctx)
	from := addressKey(c.from)
	if wait := s.codes.take(from, s.now()); wait > 0 {
		return tooMany("setup.too_many", wait)
	}
	if wait := s.allCodes.take("", s.now()); wait > 0 && !c.local {
		return tooMany("setup.too_many", wait)
	}
	// Hashes have one length, so the comparison tells nothing about the code's.
	given, want := sha256.Sum256([]byte(code)), sha256.Sum256([]byte(s.setupCode))
	if s.setupCode == "" || subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		s.log.WarnContext(ctx, "wrong setup code", "from", addrText(c.from))
		return newProblem(http.StatusForbidden, "setup.code", "the setup code is wrong; it is printed on the console where the server was started")
	}
	s.codes.giveBack(from, s.now())
	s.allCodes.giveBack("", s.now())
	return nil
}
