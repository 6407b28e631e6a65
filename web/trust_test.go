package web

import (
	"crypto/x509"
	"testing"

	"citygrid/web/cert"
)

func TestTrust(t *testing.T) {
	f, err := cert.Make(t.TempDir(), cert.Options{Hosts: []string{"desk.example"}, Bureau: "Testville"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := cert.AuthorityOf(f.Cert)
	if err != nil {
		t.Fatal(err)
	}
	x := open(t, func(c *Config) { c.Authority, c.Secure = a, true })
	b := x.browser() // before any login
	var trust Trust
	first := b.get("/api/trust").is(t, 200, "")
	first.into(t, &trust)
	if trust.Authority == nil || trust.Authority.SHA256 != a.Fingerprint() || trust.Authority.Name != a.Name {
		t.Errorf("tells %+v", trust.Authority)
	}
	// A browser that got this header once would not let its owner past the warning.
	if h := first.header.Get("Strict-Transport-Security"); h != "" {
		t.Errorf("Strict-Transport-Security %q with a local CA", h)
	}
	r := b.get("/ca.crt").is(t, 200, "")
	if kind := r.header.Get("Content-Type"); kind != "application/x-x509-ca-cert" {
		t.Errorf("Content-Type %q", kind)
	}
	if c, err := x509.ParseCertificate(r.text); err != nil || !c.IsCA {
		t.Errorf("/ca.crt is %d bytes: %v", len(r.text), err)
	}
	b.get("/trust").is(t, 200, "")
}

// TestNoLocalAuthority: nothing to install where devices trust us already.
func TestNoLocalAuthority(t *testing.T) {
	b := open(t).browser()
	var trust Trust
	b.get("/api/trust").is(t, 200, "").into(t, &trust)
	if trust.Authority != nil {
		t.Errorf("tells %+v", trust.Authority)
	}
	b.get("/ca.crt").is(t, 404, "")
}
