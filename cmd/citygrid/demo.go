package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"citygrid/data/demo"
	"citygrid/data/store"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/web"
)

type demoCmd struct {
	Data  string `help:"The demo's own data folder." default:"var/demo" type:"path"`
	Fresh bool   `help:"Start over: removes the demo's data folder first."`
	listenFlags
}

// Run makes the demo's data folder if need be, with accounts whose passwords are
// told once, and serves it.
func (c *demoCmd) Run(e *env) (err error) {
	if c.Fresh {
		if err := removeDemo(e.ctx, c.Data); err != nil {
			return err
		}
	}
	st, err := store.Open(c.Data, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	// The accounts are made when nothing is left that could keep their passwords
	// from being printed, such as a port that somebody else has.
	var accounts []demoAccount
	return serving{
		listenFlags: c.listenFlags, data: c.Data, demo: true,
		prepare: func() (err error) {
			accounts, err = makeDemo(e.ctx, st, c.Data)
			return err
		},
		hello: func(url string) any { return demoHello{URL: url, Accounts: accounts} },
	}.run(e, st)
}

// removeDemo removes a demo's data folder, and nothing that is not one.
func removeDemo(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		return err
	}
	set, err := st.Settings(ctx)
	if err = errors.Join(err, st.Close()); err != nil {
		return err
	}
	if set.Bureau != nil && set.Bureau["en"] != demo.Bureau().Name["en"] {
		return badInput(fmt.Errorf("%s is not a demo's data folder but that of %s; --fresh would remove it", dir, set.Bureau["en"]))
	}
	return os.RemoveAll(dir)
}

// makeDemo sets up the demo city in an empty store. It gives the accounts with
// their passwords when it has just made them, and none when they were there.
func makeDemo(ctx context.Context, st *store.Store, dir string) ([]demoAccount, error) {
	needed, err := st.NeedsSetup(ctx)
	if err != nil || !needed {
		return nil, err
	}
	if _, err := placeDemoCity(dir); err != nil {
		return nil, err
	}
	var made []demoAccount
	root := demo.Bureau()
	for i, a := range demo.Accounts() {
		password, hash, err := drawPassword()
		if err != nil {
			return nil, err
		}
		made = append(made, demoAccount{a.Login, a.Name, a.Role, password})
		if i == 0 {
			err := web.Found(ctx, records{st}, web.Founding{
				Login: a.Login, Name: a.Name, Password: password,
				Bureau: root.Name, TimeZone: demo.TimeZone, Region: demo.Region, Language: demo.Language,
			}, consoleAct("", ""))
			if err != nil {
				return nil, fmt.Errorf("set up the demo: %w", err)
			}
			if root, err = bureau(ctx, st); err != nil {
				return nil, err
			}
			continue
		}
		p := people.Person{Login: a.Login, Name: a.Name, PasswordHash: hash, Grants: []people.Grant{{Role: a.Role, Area: root.ID}}}
		if _, err := st.AddPerson(ctx, p, consoleAct("person.add", "person/"+a.Login)); err != nil {
			return nil, err
		}
	}
	for _, a := range demo.Areas() {
		a.Parent = root.ID
		if _, err := st.AddArea(ctx, a, consoleAct("area.add", "area/"+a.Name["en"])); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// bureau is the root of the areas.
func bureau(ctx context.Context, st *store.Store) (grid.Area, error) {
	areas, err := st.Areas(ctx)
	if err != nil {
		return grid.Area{}, err
	}
	for _, a := range areas {
		if a.Kind == grid.Bureau {
			return a, nil
		}
	}
	return grid.Area{}, errors.New("the bureau is not set up: citygrid setup does that")
}

// demoHello is what demo says when it is ready.
type demoHello struct {
	URL      string        `json:"url"`
	Accounts []demoAccount `json:"accounts,omitempty"` // only once
}

type demoAccount struct {
	Login    string      `json:"login"`
	Name     string      `json:"name"`
	Role     people.Role `json:"role"`
	Password string      `json:"password"`
}

func (h demoHello) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "citygrid demo: open %s\n", h.URL)
	if len(h.Accounts) == 0 {
		b.WriteString("The accounts' passwords were printed when the demo was made; `citygrid demo --fresh` makes it anew.")
		return b.String()
	}
	b.WriteString("\nThese passwords are shown only now:\n")
	for _, a := range h.Accounts {
		fmt.Fprintf(&b, "  %-10s %s   %s, %s\n", a.Login, a.Password, a.Name, a.Role)
	}
	b.WriteString("\nStop it with Ctrl-C.")
	return b.String()
}
