package web

import (
	"context"
	"net/http"

	"citygrid/grid/people"

	"github.com/danielgtaylor/huma/v2"
)

// A Role is a row of the permissions table with what it allows.
type Role struct {
	Role   people.Role `json:"role"`
	Rights []string    `json:"rights" nullable:"false"`
}

type rolesOutput struct {
	Body struct {
		Roles  []Role   `json:"roles" nullable:"false"`
		Rights []string `json:"rights" nullable:"false" doc:"every right there is"`
	}
}

func (s *Server) roleRoutes() {
	handle(s, huma.Operation{
		OperationID: "listRoles", Method: http.MethodGet, Path: "/api/roles", Tags: []string{"people"},
		Summary: "What each role may do", Description: "The table is a part of the program: rights are reviewed, not clicked together.",
	}, func(context.Context, *struct{}) (*rolesOutput, error) {
		out := &rolesOutput{}
		out.Body.Rights = s.guard.table.names()
		for _, r := range people.Roles() {
			out.Body.Roles = append(out.Body.Roles, Role{Role: r, Rights: s.guard.table.of(r)})
		}
		return out, nil
	})
}
