package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"citygrid/data/demo/simulate"
)

type simulateCmd struct {
	URL      string `help:"The server's address, as a browser has it." required:"" placeholder:"URL"`
	Accounts string `help:"File of accounts and dogs; a demo's data folder has one, simulator.json." required:"" type:"existingfile" placeholder:"FILE"`
	State    string `help:"File for the devices' secrets and for what is not delivered yet; default: beside the accounts." type:"path" placeholder:"FILE"`
	CA       string `help:"Certificates to trust beside the system's, PEM: for a server with its own." name:"ca" type:"existingfile" placeholder:"FILE"`
	Seed     uint64 `help:"Another seed makes other days." default:"1"`
	UntilEOF bool   `help:"End when standard input ends." name:"until-eof" hidden:""`
}

// Run moves the city until it is stopped.
func (c *simulateCmd) Run(e *env) error {
	cast, err := simulate.ReadCast(c.Accounts)
	if err != nil {
		return badInput(err)
	}
	if c.State == "" {
		c.State = strings.TrimSuffix(c.Accounts, filepath.Ext(c.Accounts)) + "-state.json"
	}
	var roots *x509.CertPool
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return badInput(err)
		}
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return badInput(fmt.Errorf("--ca %s: no certificate in it", c.CA))
		}
	}
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	if c.UntilEOF {
		go func() { // ends with the process: a read of a pipe cannot be called off
			_, _ = io.Copy(io.Discard, e.stdin)
			stop()
		}()
	}
	return simulate.Run(ctx, simulate.Config{
		URL: strings.TrimSuffix(c.URL, "/"), Cast: cast, State: c.State, Seed: c.Seed, Roots: roots,
		Log: slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: level()})),
	})
}

// level is debug when asked for.
func level() slog.Level {
	if os.Getenv("CITYGRID_DEBUG") != "" {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}
