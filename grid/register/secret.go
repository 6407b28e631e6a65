package register

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"citygrid/grid"
)

// MinSecret is the length of the shortest secret of a device, in bytes.
const MinSecret = 12

const maxSecret = 128

// secretPrefix is the name of the one form of hash there is.
const secretPrefix = "$sha256$"

const saltLength = 16

// NewSecret makes a secret for a device, of 130 random bits in letters and
// digits that a person can type. It is shown once; HashSecret is what is kept.
func NewSecret() string { return strings.ToLower(rand.Text()) }

// HashSecret is what is kept of a secret. The secrets of devices are long and
// made by a machine, so a plain salted hash is as strong as they are; a slow
// one, as for passwords, would be paid for with every position.
func HashSecret(secret string) (string, error) {
	if len(secret) < MinSecret || len(secret) > maxSecret || !grid.Printable(secret) {
		return "", &FieldError{
			Thing: "device", Field: "secret", Rule: ErrEntry,
			What: fmt.Sprintf("must have %d to %d printable bytes", MinSecret, maxSecret),
			Mend: "leave it empty to have one made",
		}
	}
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	return secretPrefix + encode(salt) + "$" + encode(digest(salt, secret)), nil
}

func digest(salt []byte, secret string) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(secret))
	return h.Sum(nil)
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func parseHash(hash string) (salt, sum []byte, ok bool) {
	rest, ok := strings.CutPrefix(hash, secretPrefix)
	if !ok {
		return nil, nil, false
	}
	left, right, _ := strings.Cut(rest, "$")
	salt, err1 := base64.RawStdEncoding.DecodeString(left)
	sum, err2 := base64.RawStdEncoding.DecodeString(right)
	return salt, sum, err1 == nil && err2 == nil && len(salt) == saltLength && len(sum) == sha256.Size
}

// CheckSecret tells if hash is of secret. It takes as long for a wrong secret as
// for the right one, and as long when there is no hash: an answer's time must not
// tell which devices there are.
func CheckSecret(hash, secret string) bool {
	salt, sum, ok := parseHash(hash)
	if !ok {
		salt, sum = make([]byte, saltLength), make([]byte, sha256.Size)
	}
	same := subtle.ConstantTimeCompare(digest(salt, secret), sum) == 1
	return same && ok
}

// secretHash keeps a secret itself out of the database should a caller mix up
// the two.
func secretHash(hash string) fault {
	if _, _, ok := parseHash(hash); hash != "" && !ok {
		return fault{"is not the hash of a secret", "leave it empty to have one made"}
	}
	return fault{}
}
