package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/web"
)

type userCmd struct {
	List     userListCmd     `cmd:"" help:"List the people and their roles."`
	Add      userAddCmd      `cmd:"" help:"Add a person; a password is drawn and printed once."`
	Password userPasswordCmd `cmd:"" help:"Give somebody a new password, printed once; also unlocks."`
}

type userListCmd struct {
	Data string `help:"Data folder." default:"citygrid-data" type:"path"`
}

// Run lists people; it works beside a running server.
func (c *userListCmd) Run(e *env) (err error) {
	if err := mustExist(c.Data); err != nil {
		return err
	}
	st, err := store.Open(c.Data, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.People(e.ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LOGIN\tNAME\tROLES\tSTATE")
	for _, p := range all {
		var roles []string
		for _, g := range p.Grants {
			roles = append(roles, fmt.Sprintf("%s@%d", g.Role, g.Area))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Login, p.Name, strings.Join(roles, " "), state(p))
	}
	return w.Flush()
}

func state(p people.Person) string {
	switch {
	case p.Disabled:
		return "disabled"
	case time.Now().Before(p.LockedUntil):
		return "locked until " + p.LockedUntil.Local().Format(time.DateTime)
	case p.MustChange:
		return "must change the password"
	default:
		return "active"
	}
}

type userAddCmd struct {
	Data  string      `help:"Data folder." default:"citygrid-data" type:"path"`
	Login string      `arg:"" help:"Login, in lower case."`
	Name  string      `help:"Name; the login by default."`
	Role  people.Role `help:"Role: dispatcher, call-taker, team-leader, officer, driver, planner, police, admin or auditor." required:""`
	Area  grid.AreaID `help:"Id of the area that the role holds in; the whole bureau by default."`
}

// Run adds a person.
func (c *userAddCmd) Run(e *env) (err error) {
	st, err := openForChange(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	area := c.Area
	if area == 0 {
		root, err := bureau(e.ctx, st)
		if err != nil {
			return badInput(err)
		}
		area = root.ID
	}
	password, hash, err := drawPassword()
	if err != nil {
		return err
	}
	p := people.Person{
		Login: c.Login, Name: c.Name, MustChange: true, PasswordHash: hash,
		Grants: []people.Grant{{Role: c.Role, Area: area}},
	}
	if p.Name == "" {
		p.Name = p.Login
	}
	if _, err := st.AddPerson(e.ctx, p, consoleAct("person.add", "person/"+c.Login)); err != nil {
		return badInput(err)
	}
	return tellPassword(e, c.Login, password)
}

type userPasswordCmd struct {
	Data  string `help:"Data folder." default:"citygrid-data" type:"path"`
	Login string `arg:"" help:"Whose."`
}

// Run gives somebody a new password and ends their sessions.
func (c *userPasswordCmd) Run(e *env) (err error) {
	st, err := openForChange(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	p, err := st.PersonByLogin(e.ctx, c.Login)
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", c.Login, err))
	}
	password, hash, err := drawPassword()
	if err != nil {
		return err
	}
	if err := st.SetPassword(e.ctx, p.ID, hash, true, consoleAct("person.password", fmt.Sprintf("person/%d", p.ID))); err != nil {
		return err
	}
	if err := st.DeletePersonSessions(e.ctx, p.ID); err != nil {
		return err
	}
	return tellPassword(e, c.Login, password)
}

// openForChange opens a folder that is there. While the server has it, people
// are changed in the browser.
func openForChange(dir string) (*store.Store, error) {
	if err := mustExist(dir); err != nil {
		return nil, err
	}
	st, err := store.Open(dir, store.Options{})
	if errors.Is(err, store.ErrLocked) {
		return nil, fmt.Errorf("%w; use the page /admin/people, or stop the server first", err)
	}
	return st, err
}

func drawPassword() (password, hash string, err error) {
	password = web.NewPassword()
	hash, err = web.HashPassword(password)
	return password, hash, err
}

func consoleAct(verb, object string) audit.Act {
	return audit.Act{At: time.Now(), Who: "console", Verb: verb, Object: object}
}

func tellPassword(e *env, login, password string) error {
	_, err := fmt.Fprintf(e.stdout, "%s  %s\nThe password is shown only now and must be changed at the first login.\n", login, password)
	return err
}
