package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"citygrid/data/store"
	"citygrid/live/clock"
	"citygrid/web"
)

type serveCmd struct {
	Data string `help:"Data folder; made if it is not there." default:"citygrid-data" type:"path"`
	listenFlags
}

// Run serves a bureau. On a folder without one, the page asks for the setup code
// that is printed here, anew at each start until the bureau is set up.
func (c *serveCmd) Run(e *env) (err error) {
	steady := clock.New(time.Now, clock.Passed())
	st, err := store.Open(c.Data, store.Options{Now: steady.Now, Log: slog.New(slog.NewTextHandler(e.stderr, nil))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	needed, err := st.NeedsSetup(e.ctx)
	if err != nil {
		return err
	}
	v := serving{listenFlags: c.listenFlags, data: c.Data, now: steady.Now, clock: steady}
	if needed {
		v.code = web.NewPassword()
	}
	v.hello = func(url string) any { return serveHello{URL: url, SetupCode: v.code} }
	return v.run(e, st)
}

// serveHello is what serve says when it is ready.
type serveHello struct {
	URL       string `json:"url"`
	SetupCode string `json:"setup_code,omitempty"`
}

func (h serveHello) String() string {
	if h.SetupCode == "" {
		return "citygrid serves " + h.URL
	}
	return fmt.Sprintf("citygrid serves %s\nThis bureau is not set up yet: open %s/setup and give the code %s", h.URL, h.URL, h.SetupCode)
}
