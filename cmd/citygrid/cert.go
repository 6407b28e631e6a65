package main

import (
	"errors"
	"fmt"
	"net"
	"os"

	"citygrid/data/store"
	"citygrid/web/cert"
)

type certCmd struct {
	Data    string   `help:"Data folder; the files go to its folder tls." default:"citygrid-data" type:"path"`
	Hosts   []string `arg:"" help:"Names and addresses that browsers use, such as desk.bureau.example 10.0.0.5."`
	Replace bool     `help:"Make a new server certificate in place of the old one. The authority stays."`
}

// Run makes the certificates and says what to do with them.
func (c *certCmd) Run(e *env) error {
	if err := mustExist(c.Data); err != nil {
		return err
	}
	dir := store.TLSPath(c.Data)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := cert.Make(dir, cert.Options{Hosts: c.Hosts, Replace: c.Replace})
	if errors.Is(err, cert.ErrExists) || errors.Is(err, cert.ErrHost) {
		return badInput(err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "server certificate  %s, until %s\nserver key          %s\n", f.Cert, f.Until.Format("2006-01-02"), f.Key)
	if f.NewCA {
		fmt.Fprintf(e.stdout, "authority           %s  (new: install it on every desk and phone; keep %s to yourself)\n", f.CA, f.CAKey)
	} else {
		fmt.Fprintf(e.stdout, "authority           %s  (as before: devices that have it need nothing)\n", f.CA)
	}
	ca, err := cert.AuthorityOf(f.Cert)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "its fingerprint     %s (SHA-256)\n", ca.Fingerprint())
	fmt.Fprintf(e.stdout, "on each device      open https://%s/trust, go past the warning this once, and compare the fingerprint before installing\n", net.JoinHostPort(c.Hosts[0], "8443"))
	_, err = fmt.Fprintf(e.stdout, "serve with          citygrid serve --data %s --listen 0.0.0.0:8443 --tls-cert %s --tls-key %s\n", c.Data, f.Cert, f.Key)
	return err
}

// mustExist refuses a folder that is not there: a mistyped --data would
// otherwise make a new, empty bureau.
func mustExist(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return badInput(fmt.Errorf("data folder %s: %w; citygrid setup makes one", dir, err))
	}
	return nil
}
