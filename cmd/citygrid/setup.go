package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/web"
)

type setupCmd struct {
	Data     string     `help:"Data folder to make." default:"citygrid-data" type:"path"`
	Login    string     `help:"The administrator's login; admin if you are not asked."`
	Name     string     `help:"The administrator's name; the login by default."`
	Bureau   string     `help:"The bureau's name in English." placeholder:"NAME"`
	BureauZH string     `help:"The bureau's name in Chinese." name:"bureau-zh" placeholder:"NAME"`
	TimeZone string     `help:"Time zone; Asia/Shanghai if you are not asked."`
	Region   string     `help:"Country code of two letters; CN if you are not asked."`
	Language string     `help:"Language of those who have not chosen one, zh-CN or en; zh-CN if you are not asked."`
	Map      string     `help:"OpenStreetMap extract to import." type:"path" placeholder:"FILE"`
	BBox     *boundFlag `help:"Import only this box of it." name:"bbox" placeholder:"W,S,E,N"`
	importLimits
}

// What a bureau has when nobody says otherwise.
const (
	defaultLogin    = "admin"
	defaultRegion   = "CN"
	defaultZone     = "Asia/Shanghai"
	defaultLanguage = "zh-CN"
)

// Run makes a bureau. On a terminal it asks for what the flags leave open. The
// administrator's password comes from the terminal, or is the first line of
// standard input: on the command line others could see it. The map comes first:
// when it can't be read, nothing is set up.
func (c *setupCmd) Run(e *env) (err error) {
	f := e.terminal()
	if f == nil {
		if c.Bureau == "" && c.BureauZH == "" {
			return badInput(errors.New("give the bureau a name, with --bureau (English), --bureau-zh (Chinese), or both"))
		}
		c.Login, c.Region = cmp.Or(c.Login, defaultLogin), cmp.Or(c.Region, defaultRegion)
		c.TimeZone, c.Language = cmp.Or(c.TimeZone, defaultZone), cmp.Or(c.Language, defaultLanguage)
	}
	if err := c.check(); err != nil {
		return badInput(err)
	}
	st, err := store.Open(c.Data, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if needed, err := st.NeedsSetup(e.ctx); err != nil {
		return err
	} else if !needed {
		return badInput(fmt.Errorf("%s is set up already; citygrid user makes people, citygrid import takes another map", c.Data))
	}
	if f != nil {
		if err := c.ask(asking(e, f)); err != nil {
			return err
		}
	}
	password, err := askPassword(e, fmt.Sprintf("Password for %s (at least 10 characters): ", c.Login))
	if err != nil {
		return err
	}
	if c.Map != "" {
		cmd := importCmd{Data: c.Data, BBox: c.BBox, importLimits: c.importLimits, File: c.Map}
		if err := cmd.take(e); err != nil {
			return err
		}
	}
	err = web.Found(e.ctx, records{st}, web.Founding{
		Login: c.Login, Name: c.Name, Password: password,
		Bureau: map[string]string{"en": c.Bureau, "zh-CN": c.BureauZH}, TimeZone: c.TimeZone, Region: c.Region, Language: c.Language,
	}, audit.Act{At: time.Now(), Who: "console"})
	if err != nil {
		return badInput(err)
	}
	if _, err := os.Stat(store.MapPath(c.Data)); err != nil {
		fmt.Fprintf(e.stderr, "There is no map yet: citygrid import --data %s FILE, or in the browser.\n", c.Data)
	}
	_, err = fmt.Fprintf(e.stdout, "The bureau is set up. Start it with: citygrid serve --data %s\n", c.Data)
	return err
}
