package listen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"citygrid/grid/register"
)

// A gate lets JT/T 808 terminals in. By the standard a terminal that registers is
// given a code that it says when it comes back, so who knows a number can register
// with it. Here a terminal whose device has a secret must say that secret as its code,
// and isn't told it; only a terminal without one is given a code.
type gate struct{ l *Listeners }

// Register implements jt808.Gate.
func (g gate) Register(numbers []string) (code string, result byte) {
	d, known := g.l.device("jt808", numbers)
	switch {
	case !known || d.Disabled:
		return "", 4 // no such terminal
	case d.SecretHash != "":
		return "", 3 // registered already: it has its code
	case len(g.l.c.Key) == 0:
		return "", 4
	}
	return g.code(d), 0
}

// Authenticate implements jt808.Gate.
func (g gate) Authenticate(numbers []string, code string) bool {
	d, known := g.l.device("jt808", numbers)
	switch {
	case !known || d.Disabled:
		return false
	case d.SecretHash != "":
		return register.CheckSecret(d.SecretHash, code)
	}
	return len(g.l.c.Key) > 0 && hmac.Equal([]byte(code), []byte(g.code(d)))
}

// code is what a device without a secret is given.
func (g gate) code(d register.Device) string {
	h := hmac.New(sha256.New, g.l.c.Key)
	h.Write([]byte("jt808\x00" + d.ID))
	return hex.EncodeToString(h.Sum(nil)[:10])
}
