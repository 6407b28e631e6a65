package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/danielgtaylor/huma/v2"
)

// A Person is somebody with a login, as an admin sees them.
type Person struct {
	ID          int64      `json:"id"`
	Login       string     `json:"login"`
	Name        string     `json:"name"`
	Grants      []Grant    `json:"grants" nullable:"false"`
	Disabled    bool       `json:"disabled"`
	Tags        []string   `json:"tags" nullable:"false" doc:"what rules of zones name them by"`
	MustChange  bool       `json:"must_change" doc:"the password was given by somebody else and must be changed at the next login"`
	LockedUntil *time.Time `json:"locked_until" doc:"null unless locked after failed logins"`
	CreatedAt   time.Time  `json:"created_at"`
	Version     int64      `json:"version" doc:"send it as If-Match with a change"`
}

// A NewPerson is an added person with the password to hand over, if we drew it.
type NewPerson struct {
	Person
	Password string `json:"password,omitempty" doc:"drawn at random; told this once"`
}

type (
	personID struct {
		ID int64 `path:"id" minimum:"1"`
	}
	personOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         Person
	}
	newPersonOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         NewPerson
	}
	peopleOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			People []Person `json:"people" nullable:"false"`
		}
	}
	newPersonInput struct {
		Body struct {
			Login    string   `json:"login" minLength:"2" maxLength:"32" doc:"a-z, 0-9, dot, hyphen, underscore; never changes and is never given twice" example:"li.wei"`
			Name     string   `json:"name" minLength:"1" maxLength:"100"`
			Grants   []Grant  `json:"grants,omitempty" nullable:"false" maxItems:"100"`
			Tags     []string `json:"tags,omitempty" nullable:"false" maxItems:"20" doc:"what rules of zones name them by"`
			Password string   `json:"password,omitempty" maxLength:"1000" doc:"without it one is drawn and told in the answer"`
		}
	}
	changePersonInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match" doc:"the version that the change starts from"`
		Body    struct {
			Name     *string   `json:"name,omitempty" minLength:"1" maxLength:"100"`
			Grants   *[]Grant  `json:"grants,omitempty" maxItems:"100" doc:"replaces all grants"`
			Tags     *[]string `json:"tags,omitempty" maxItems:"20" doc:"replaces all tags"`
			Disabled *bool     `json:"disabled,omitempty" doc:"true ends all sessions of this person"`
		}
	}
	givePasswordInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body struct {
			Password string `json:"password,omitempty" maxLength:"1000" doc:"without it one is drawn and told in the answer"`
		}
	}
	givePasswordOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Password string `json:"password,omitempty" doc:"drawn at random; told this once"`
		}
	}
)

func (s *Server) peopleRoutes() {
	tags := []string{"people"}
	handle(s, huma.Operation{
		OperationID: "listPeople", Method: http.MethodGet, Path: "/api/people", Tags: tags,
		Summary: "People whom the caller's admin right reaches",
	}, s.listPeople)
	handle(s, huma.Operation{
		OperationID: "addPerson", Method: http.MethodPost, Path: "/api/people", Tags: tags,
		Summary: "Add a person", DefaultStatus: http.StatusCreated,
		Description: "The person must change the password at the first login. 409 people.login_taken.",
	}, s.addPerson)
	handle(s, huma.Operation{
		OperationID: "getPerson", Method: http.MethodGet, Path: "/api/people/{id}", Tags: tags,
		Summary: "One person",
	}, s.getPerson)
	handle(s, huma.Operation{
		OperationID: "changePerson", Method: http.MethodPatch, Path: "/api/people/{id}", Tags: tags,
		Summary:     "Change name, roles or whether somebody may log in",
		Description: "412 stale: somebody else changed the person; version and changed_by tell. 409 people.last_admin.",
	}, s.changePerson)
	handle(s, huma.Operation{
		OperationID: "givePassword", Method: http.MethodPut, Path: "/api/people/{id}/password", Tags: tags,
		Summary:     "Give somebody a new password, to be changed at the next login",
		Description: "Ends the person's sessions and any lock after failed logins. Without a password one is drawn and told once.",
	}, s.givePassword)
}

func (s *Server) listPeople(ctx context.Context, _ *struct{}) (*peopleOutput, error) {
	t, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.store.People(ctx)
	if err != nil {
		return nil, err
	}
	out := &peopleOutput{CacheControl: noStore}
	out.Body.People = []Person{}
	for _, p := range all {
		if mayRead(callerOf(ctx), t, p) {
			out.Body.People = append(out.Body.People, s.personOf(p))
		}
	}
	return out, nil
}

func (s *Server) getPerson(ctx context.Context, in *personID) (*personOutput, error) {
	_, p, err := s.reachPerson(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &personOutput{ETag: etag(p.Version), CacheControl: noStore, Body: s.personOf(p)}, nil
}

func (s *Server) addPerson(ctx context.Context, in *newPersonInput) (*newPersonOutput, error) {
	s.staffing.Lock()
	defer s.staffing.Unlock()
	t, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	p := people.Person{
		Login: strings.ToLower(strings.TrimSpace(in.Body.Login)), Name: strings.TrimSpace(in.Body.Name),
		Grants: fromGrants(in.Body.Grants), Tags: tagsOf(in.Body.Tags), MustChange: true, CreatedAt: s.now().UTC(),
	}
	c := callerOf(ctx)
	if len(p.Grants) == 0 && !c.reaches(t, t.Bureau()) {
		return nil, invalid("people.outside", "body.grants", "give a role in one of your areas: you could not see this person otherwise")
	}
	if err := checkGrants(c, t, nil, p.Grants); err != nil {
		return nil, err
	}
	// Before the slow hash, so that a wrong field is told at once.
	if err := p.Check(); err != nil {
		return nil, err
	}
	drawn, hash, err := s.passwordFor(ctx, p, in.Body.Password)
	if err != nil {
		return nil, err
	}
	p.PasswordHash = hash
	p, err = s.store.AddPerson(ctx, p, s.act(ctx, "person.add", "", p.Login+" "+grantText(p.Grants)))
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	return &newPersonOutput{
		ETag: etag(p.Version), CacheControl: noStore,
		Body: NewPerson{Person: s.personOf(p), Password: drawn},
	}, nil
}

func (s *Server) changePerson(ctx context.Context, in *changePersonInput) (*personOutput, error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	s.staffing.Lock()
	defer s.staffing.Unlock()
	t, p, err := s.reachPerson(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	if !mayChange(c, t, p) {
		return nil, errOutside
	}
	if p.Version != version {
		return nil, s.stale(ctx, personObject(p.ID), p.Version)
	}
	before := p
	var what []string
	if in.Body.Name != nil {
		p.Name = strings.TrimSpace(*in.Body.Name)
		what = append(what, "name")
	}
	if in.Body.Grants != nil {
		p.Grants = fromGrants(*in.Body.Grants)
		if err := checkGrants(c, t, before.Grants, p.Grants); err != nil {
			return nil, err
		}
		what = append(what, "grants "+grantText(p.Grants))
	}
	if in.Body.Tags != nil {
		p.Tags = tagsOf(*in.Body.Tags)
		what = append(what, "tags "+strings.Join(p.Tags, ";"))
	}
	if in.Body.Disabled != nil {
		p.Disabled = *in.Body.Disabled
		what = append(what, fmt.Sprintf("disabled %t", p.Disabled))
	}
	if len(what) == 0 {
		return &personOutput{ETag: etag(p.Version), CacheControl: noStore, Body: s.personOf(p)}, nil
	}
	if err := s.keepAnAdmin(ctx, t, before, p); err != nil {
		return nil, err
	}
	p, err = s.store.UpdatePerson(ctx, p, s.act(ctx, "person.change", personObject(p.ID), strings.Join(what, ", ")))
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	s.recheck(p.ID)
	if p.Disabled {
		if err := s.store.DeletePersonSessions(ctx, p.ID); err != nil {
			return nil, err
		}
	}
	return &personOutput{ETag: etag(p.Version), CacheControl: noStore, Body: s.personOf(p)}, nil
}

func (s *Server) givePassword(ctx context.Context, in *givePasswordInput) (*givePasswordOutput, error) {
	t, p, err := s.reachPerson(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	if !mayChange(c, t, p) {
		return nil, errOutside
	}
	if p.ID == c.person.ID {
		return nil, newProblem(http.StatusConflict, "people.self", "change your own password with the old one: PUT /api/session/password")
	}
	drawn, hash, err := s.passwordFor(ctx, p, in.Body.Password)
	if err != nil {
		return nil, err
	}
	if err := s.store.SetPassword(ctx, p.ID, hash, true, s.act(ctx, "person.password", personObject(p.ID), "")); err != nil {
		return nil, err
	}
	s.recheck(p.ID)
	if err := s.store.DeletePersonSessions(ctx, p.ID); err != nil {
		return nil, err
	}
	out := &givePasswordOutput{CacheControl: noStore}
	out.Body.Password = drawn
	return out, nil
}

// passwordFor checks and hashes the password for p, or draws one.
func (s *Server) passwordFor(ctx context.Context, p people.Person, wanted string) (drawn, hash string, err error) {
	if wanted == "" {
		drawn = NewPassword()
		wanted = drawn
	} else if err := s.checkPassword(ctx, "body.password", wanted, p); err != nil {
		return "", "", err
	}
	hash, err = s.hasher.hash(ctx, wanted)
	return drawn, hash, err
}

// errOutside is the refusal to an admin of a part of the bureau.
var errOutside = newProblem(http.StatusForbidden, "people.outside", "this person has roles outside of your areas; ask an admin of the bureau")

// reachPerson reads a person whom the caller may see. Somebody out of reach is
// as if not there.
func (s *Server) reachPerson(ctx context.Context, id int64) (*grid.Tree, people.Person, error) {
	t, err := s.tree(ctx)
	if err != nil {
		return nil, people.Person{}, err
	}
	p, err := s.store.Person(ctx, people.ID(id))
	if err == nil && !mayRead(callerOf(ctx), t, p) {
		err = people.ErrNoPerson
	}
	return t, p, err
}

// mayRead: an admin sees whoever has a role in their areas; who has no role yet
// belongs to the bureau.
func mayRead(c *caller, t *grid.Tree, p people.Person) bool {
	return c.reaches(t, t.Bureau()) ||
		slices.ContainsFunc(p.Grants, func(g people.Grant) bool { return c.reaches(t, g.Area) })
}

// mayChange: only if the caller reaches every role of p. Else the admin of a
// station could give the bureau's admin a new password and log in with it.
func mayChange(c *caller, t *grid.Tree, p people.Person) bool {
	return c.reaches(t, t.Bureau()) ||
		len(p.Grants) > 0 && !slices.ContainsFunc(p.Grants, func(g people.Grant) bool { return !c.reaches(t, g.Area) })
}

// checkGrants says what is wrong with giving these grants to somebody who had
// others before.
func checkGrants(c *caller, t *grid.Tree, before, grants []people.Grant) error {
	for i, g := range grants {
		where := fmt.Sprintf("body.grants[%d].area", i)
		if _, ok := t.Area(g.Area); !ok {
			return invalid("people.no_area", where, "there is no area %d", g.Area)
		}
		if slices.Contains(before, g) {
			continue
		}
		if !c.reaches(t, g.Area) {
			return invalid("people.outside", where, "your own right does not reach area %d", g.Area)
		}
		if g.Role == people.Auditor && g.Area != t.Bureau() {
			return invalid("people.auditor_area", where, "an auditor reads the one log of the whole bureau: choose the bureau")
		}
	}
	return nil
}

// keepAnAdmin refuses a change after which nobody could manage the whole bureau.
// The caller holds s.staffing.
func (s *Server) keepAnAdmin(ctx context.Context, t *grid.Tree, before, after people.Person) error {
	if !manages(t, before) || manages(t, after) {
		return nil
	}
	all, err := s.store.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.ID != after.ID && manages(t, p) {
			return nil
		}
	}
	return people.ErrLastAdmin
}

// manages says whether p is an admin of the whole bureau who can log in.
func manages(t *grid.Tree, p people.Person) bool {
	return !p.Disabled && slices.Contains(p.Grants, people.Grant{Role: people.Admin, Area: t.Bureau()})
}

func (s *Server) personOf(p people.Person) Person {
	out := Person{
		ID: int64(p.ID), Login: p.Login, Name: p.Name, Grants: grantsOf(p), Disabled: p.Disabled, Tags: append([]string{}, p.Tags...),
		MustChange: p.MustChange, CreatedAt: p.CreatedAt.UTC(), Version: p.Version,
	}
	if p.LockedUntil.After(s.now()) {
		until := p.LockedUntil.UTC()
		out.LockedUntil = &until
	}
	return out
}

// tagsOf puts tags in order, each once.
func tagsOf(list []string) []string { return grid.Tags(strings.Join(list, ";")) }

func fromGrants(in []Grant) []people.Grant {
	out := make([]people.Grant, len(in))
	for i, g := range in {
		out[i] = people.Grant{Role: g.Role, Area: grid.AreaID(g.Area)}
	}
	return out
}

// grantText is grants in the audit log: "dispatcher@1 officer@4".
func grantText(grants []people.Grant) string {
	words := make([]string, len(grants))
	for i, g := range grants {
		words[i] = fmt.Sprintf("%s@%d", g.Role, g.Area)
	}
	return strings.Join(words, " ")
}
