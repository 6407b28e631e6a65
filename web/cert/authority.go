package cert

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// An Authority is a local CA as people install it on their devices. Its key is
// not part of it.
type Authority struct {
	Name  string // as devices show it
	DER   []byte // the certificate
	Until time.Time
}

// Fingerprint is the SHA-256 of the certificate as devices show it: AB:CD:…
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.DER)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}

// AuthorityOf finds the local CA of a server certificate: the ca.crt that Make
// puts beside it, or in one of the other folders, if that is what signed it. It
// is nil, without an error, for a certificate from elsewhere, which devices trust
// already.
func AuthorityOf(serverCert string, folders ...string) (*Authority, error) {
	server, err := readCertificate(serverCert)
	if err != nil {
		return nil, err
	}
	for _, dir := range append([]string{filepath.Dir(serverCert)}, folders...) {
		ca, err := readCertificate(paths(dir).CA)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if ca.IsCA && server.CheckSignatureFrom(ca) == nil {
			return &Authority{Name: ca.Subject.CommonName, DER: ca.Raw, Until: ca.NotAfter}, nil
		}
	}
	return nil, nil
}

// readCertificate reads the first certificate of a PEM file.
func readCertificate(path string) (*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" { // never a key, whatever the file is called
		return nil, fmt.Errorf("%s is not a certificate in PEM", path)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}
