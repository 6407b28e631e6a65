package cert

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, f Files) (leaf, ca *x509.Certificate) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		t.Fatal(err)
	}
	ca, _, err = loadCA(f)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf, ca
}

func verify(leaf, ca *x509.Certificate, host string, at time.Time) error {
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: at})
	return err
}

func TestMake(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	f, err := Make(dir, Options{Hosts: []string{"Desk.Bureau.Example", "*.desk.bureau.example", "10.0.0.5", "[2001:db8::7]", "203.0.113.4"}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	leaf, ca := read(t, f)
	for _, host := range []string{"desk.bureau.example", "a.desk.bureau.example", "10.0.0.5", "2001:db8::7", "203.0.113.4"} {
		if err := verify(leaf, ca, host, now); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"bureau.example", "10.0.0.6", "bank.example"} {
		if verify(leaf, ca, host, now) == nil {
			t.Errorf("vouches for %s", host)
		}
	}
	if days := leaf.NotAfter.Sub(now).Hours() / 24; days > 825 || days < 800 || !leaf.NotAfter.Equal(f.Until) {
		t.Errorf("server certificate holds %.0f days", days)
	}
	if years := ca.NotAfter.Sub(now).Hours() / 24 / 365; years < 9.9 || years > 10.1 || !ca.IsCA || !f.NewCA {
		t.Errorf("CA holds %.1f years", years)
	}
	for _, path := range []string{f.CA, f.CAKey, f.Cert, f.Key} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v, want 0600", path, info.Mode(), err)
		}
	}

	before, _ := os.ReadFile(f.Cert)
	if _, err := Make(dir, Options{Hosts: []string{"10.0.0.5"}, Now: now}); !errors.Is(err, ErrExists) {
		t.Errorf("second time: %v, want %v", err, ErrExists)
	}
	if after, _ := os.ReadFile(f.Cert); string(after) != string(before) {
		t.Error("overwrote without being asked")
	}
	later := now.AddDate(2, 0, 0)
	g, err := Make(dir, Options{Hosts: []string{"192.168.7.7", "room.local"}, Now: later, Replace: true})
	if err != nil || g.NewCA {
		t.Fatalf("renewal: %v, new CA %t", err, g.NewCA)
	}
	renewed, same := read(t, g)
	if !same.Equal(ca) || verify(renewed, ca, "192.168.7.7", later) != nil || verify(renewed, ca, "room.local", later) != nil {
		t.Error("the renewed certificate doesn't stand on the CA that phones trust")
	}
}

// TestCACannotVouchForOthers: a bank's name is outside of what it may sign.
func TestCACannotVouchForOthers(t *testing.T) {
	dir := t.TempDir()
	f, err := Make(dir, Options{Hosts: []string{"desk.bureau.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"bank.example", "8.8.8.8"} {
		if _, err := Make(dir, Options{Hosts: []string{host}, Replace: true}); err == nil || !strings.Contains(err.Error(), "does not cover") {
			t.Errorf("%s: %v, want a refusal", host, err)
		}
	}
	leaf, ca := read(t, f)
	if err := verify(leaf, ca, "desk.bureau.example", time.Now()); err != nil {
		t.Errorf("a refused renewal spoilt the certificate that was there: %v", err)
	}
}

func TestHosts(t *testing.T) {
	for _, bad := range [][]string{{}, {""}, {"a b"}, {"-a"}, {"a..b"}, {"https://a"}, {"a:80"}, {"../x"}, {"a/b"}, {strings.Repeat("a", 64)}, {"*"}, {"a.*.b"}, {"名字"}} {
		if _, err := Make(t.TempDir(), Options{Hosts: bad}); !errors.Is(err, ErrHost) {
			t.Errorf("%q: %v, want %v", bad, err, ErrHost)
		}
	}
}

func TestHalfACA(t *testing.T) {
	dir := t.TempDir()
	f, err := Make(dir, Options{Hosts: []string{"localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.CAKey); err != nil {
		t.Fatal(err)
	}
	if _, err := Make(dir, Options{Hosts: []string{"localhost"}, Replace: true}); err == nil || !strings.Contains(err.Error(), "half a CA") {
		t.Errorf("without the key: %v", err)
	}
	for _, text := range []string{"", "no pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(f.CAKey, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Make(dir, Options{Hosts: []string{"localhost"}, Replace: true}); err == nil {
			t.Errorf("with %q for a key: no error", text)
		}
	}
}
