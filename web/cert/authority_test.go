package cert

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAuthorityOf(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	f, err := Make(dir, Options{Hosts: []string{"desk.example"}, Bureau: "Testville"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := AuthorityOf(f.Cert)
	if err != nil || a == nil || !strings.HasPrefix(a.Name, "Testville CA ") {
		t.Fatalf("beside the certificate: %+v, %v", a, err)
	}
	sum := sha256.Sum256(a.DER)
	if got := strings.ToLower(strings.ReplaceAll(a.Fingerprint(), ":", "")); got != hex.EncodeToString(sum[:]) || len(a.Fingerprint()) != 95 {
		t.Errorf("fingerprint %s", a.Fingerprint())
	}
	key, err := os.ReadFile(f.CAKey)
	if err != nil || bytes.Contains(a.DER, key) {
		t.Errorf("the key is in it (%v)", err)
	}
	// A certificate that was copied elsewhere is still known by the data folder's CA.
	moved := filepath.Join(other, "my.crt")
	text, err := os.ReadFile(f.Cert)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(moved, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err := AuthorityOf(moved); a != nil || err != nil {
		t.Errorf("without a CA: %+v, %v; want neither", a, err)
	}
	if a, err := AuthorityOf(moved, dir); a == nil || err != nil {
		t.Errorf("in the data folder: %+v, %v", a, err)
	}
	// A CA that did not sign it is not offered: it would open nothing.
	if _, err := Make(other, Options{Hosts: []string{"desk.example"}}); err != nil {
		t.Fatal(err)
	}
	if a, err := AuthorityOf(moved, other); a != nil || err != nil {
		t.Errorf("another CA: %+v, %v; want neither", a, err)
	}
	// A key under the certificate's name is never given out.
	if err := os.WriteFile(f.CA, key, 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err := AuthorityOf(f.Cert); a != nil || err == nil {
		t.Errorf("a key as ca.crt: %+v, %v; want an error", a, err)
	}
}
