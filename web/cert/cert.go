// Package cert makes the certificates of a bureau without a certificate
// authority of its own: a local CA, which people install once on their phones
// and desks, and a server certificate that it signs.
//
// Phones give geolocation, service workers and wake lock only to pages that came
// by TLS with a certificate they trust.
package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// How long certificates hold. Apple's systems refuse server certificates of
// more than 825 days, also those of private CAs.
const (
	caDays     = 3652
	serverDays = 825
)

// Refusals. Match with errors.Is.
var (
	ErrExists = errors.New("already there")
	ErrHost   = errors.New("neither a host name nor an IP address")
)

// Options say what to make.
type Options struct {
	Hosts   []string  // names and addresses that browsers use, at least one
	Bureau  string    // shown where the CA is installed; "" is "citygrid"
	Now     time.Time // zero is time.Now()
	Replace bool      // make a new server certificate in place of the old; the CA stays in any case
}

// Files are the paths of what was made.
type Files struct {
	CA, CAKey string // the CA's certificate, to be installed on devices, and its key
	Cert, Key string // the server's
	Until     time.Time
	NewCA     bool // the CA is new and must be installed
}

func paths(dir string) Files {
	return Files{
		CA: filepath.Join(dir, "ca.crt"), CAKey: filepath.Join(dir, "ca.key"),
		Cert: filepath.Join(dir, "server.crt"), Key: filepath.Join(dir, "server.key"),
	}
}

// Make makes the certificates in dir, readable by the owner alone. A CA that is
// there already is used again, so that devices need not be touched when the
// server's certificate is renewed. It overwrites nothing (ErrExists) unless
// o.Replace, and then only the server's.
func Make(dir string, o Options) (Files, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Bureau == "" {
		o.Bureau = "citygrid"
	}
	names, ips, err := split(o.Hosts)
	if err != nil {
		return Files{}, err
	}
	f := paths(dir)
	for _, path := range []string{f.Cert, f.Key} {
		if _, err := os.Lstat(path); err == nil && !o.Replace {
			return f, fmt.Errorf("%s: %w: ask to replace it", path, ErrExists)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return f, err
	}
	ca, caKey, err := loadCA(f)
	if errors.Is(err, os.ErrNotExist) {
		f.NewCA = true
		ca, caKey, err = makeCA(f, o, names, ips)
	}
	if err != nil {
		return f, err
	}
	f.Until, err = makeServer(f, o, names, ips, ca, caKey)
	return f, err
}

// split sorts hosts into names and addresses.
func split(hosts []string) (names []string, ips []net.IP, err error) {
	for _, h := range hosts {
		h = strings.TrimSuffix(strings.TrimSpace(h), ".")
		if ip := net.ParseIP(strings.Trim(h, "[]")); ip != nil {
			ips = append(ips, ip)
		} else if isName(h) {
			names = append(names, strings.ToLower(h))
		} else {
			return nil, nil, fmt.Errorf("%q: %w", h, ErrHost)
		}
	}
	if len(hosts) == 0 {
		return nil, nil, fmt.Errorf("no host given: %w", ErrHost)
	}
	return names, ips, nil
}

// isName takes host names by RFC 1123, section 2.1, and a leading "*.".
func isName(h string) bool {
	h = strings.TrimPrefix(h, "*.")
	if h == "" || len(h) > 253 {
		return false
	}
	for label := range strings.SplitSeq(h, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

// makeCA makes a CA that can vouch only for the given hosts, for private
// addresses and for names that don't exist on the internet. Who installs it on a
// phone must not fear that its key opens their bank.
func makeCA(f Files, o Options, names []string, ips []net.IP) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	domains := []string{"localhost", "local", "lan", "internal", "home.arpa", "test"}
	for _, n := range names {
		domains = append(domains, strings.TrimPrefix(n, "*."))
	}
	slices.Sort(domains)
	ranges := []*net.IPNet{}
	for _, r := range []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
		"::1/128", "fc00::/7", "fe80::/10",
	} {
		_, n, err := net.ParseCIDR(r)
		if err != nil {
			return nil, nil, err
		}
		ranges = append(ranges, n)
	}
	for _, ip := range ips {
		bits := 128
		if v4 := ip.To4(); v4 != nil {
			ip, bits = v4, 32
		}
		ranges = append(ranges, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: o.Bureau + " CA " + o.Now.UTC().Format("2006-01-02"), Organization: []string{o.Bureau}},
		NotBefore: o.Now.Add(-time.Hour), NotAfter: o.Now.AddDate(0, 0, caDays),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: slices.Compact(domains), PermittedIPRanges: ranges,
	}
	key, der, err := sign(template, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	return ca, key, save(f.CA, der, f.CAKey, key, false)
}

func makeServer(f Files, o Options, names []string, ips []net.IP, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (time.Time, error) {
	until := o.Now.AddDate(0, 0, serverDays)
	if ca.NotAfter.Before(until) {
		until = ca.NotAfter
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: o.Hosts[0], Organization: []string{o.Bureau}},
		NotBefore: o.Now.Add(-time.Hour), NotAfter: until,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    names, IPAddresses: ips,
	}
	key, der, err := sign(template, ca, caKey)
	if err != nil {
		return until, err
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return until, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	if _, err := made.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: o.Now}); err != nil {
		return until, fmt.Errorf("the CA in %s does not cover these hosts or is over (%w): move ca.crt and ca.key away to make a new one", f.CA, err)
	}
	return until, save(f.Cert, der, f.Key, key, o.Replace)
}

// sign makes a key and its certificate; a nil parent signs itself.
func sign(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	// RFC 5280, 4.1.2.2: positive, at most 20 octets.
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	return key, der, err
}

// save writes the key first: a certificate without one helps nobody.
func save(certPath string, der []byte, keyPath string, key *ecdsa.PrivateKey, replace bool) error {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := write(keyPath, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), replace); err != nil {
		return err
	}
	return write(certPath, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), replace)
}

// write puts data at path by a rename, for the owner alone. Without replace the
// path must be free.
func write(path string, data []byte, replace bool) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there after a rename
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if replace {
		return errors.Join(os.Rename(f.Name(), path), syncFolder(filepath.Dir(path)))
	}
	if err := os.Link(f.Name(), path); errors.Is(err, os.ErrExist) { // a link, unlike a rename, overwrites nothing
		return fmt.Errorf("%s: %w", path, ErrExists)
	} else if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a name in dir outlast a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// loadCA reads a CA that is there. The error is os.ErrNotExist when neither of
// its files is.
func loadCA(f Files) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	certText, err := os.ReadFile(f.CA)
	keyText, keyErr := os.ReadFile(f.CAKey)
	if errors.Is(err, os.ErrNotExist) && errors.Is(keyErr, os.ErrNotExist) {
		return nil, nil, os.ErrNotExist
	}
	if missing := errors.Join(err, keyErr); missing != nil {
		// %v: half a CA is not "no CA", and must not be taken for it.
		return nil, nil, fmt.Errorf("half a CA (%v): put the missing file back or move the other away", missing)
	}
	certBlock, _ := pem.Decode(certText)
	keyBlock, _ := pem.Decode(keyText)
	if certBlock == nil || keyBlock == nil {
		return nil, nil, fmt.Errorf("%s or %s is not PEM", f.CA, f.CAKey)
	}
	ca, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.CA, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.CAKey, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(ca.PublicKey) {
		return nil, nil, fmt.Errorf("%s is not the key of %s", f.CAKey, f.CA)
	}
	return ca, key, nil
}
