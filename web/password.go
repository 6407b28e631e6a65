package web

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// Limits of a password, in characters. The upper one only bounds the work.
const (
	minPassword = 10
	maxPassword = 200
)

// commonText lists passwords that guessers try first, and words that don't
// become better by digits around them.
//
//go:embed common.txt
var commonText string

// hashing is RFC 9106's second recommended choice: 64 MiB, three passes.
func hashing() *argon2id.Params {
	return &argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 4, SaltLength: 16, KeyLength: 32}
}

// HashPassword makes the argon2id hash that a person's password is kept as. It
// takes 64 MiB and about 0.1 s.
func HashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, hashing())
}

// NewPassword draws a password: 16 characters in groups of four, without letters
// that look alike, worth 79 bits.
func NewPassword() string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789" // 32, so that a byte's remainder is fair
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails, says its doc
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(r)%len(letters)])
	}
	return b.String()
}

// A hasher hashes and compares passwords, a few at a time: each takes 64 MiB, so
// many logins at once could eat the machine's memory.
type hasher struct {
	params *argon2id.Params
	gate   gate
	decoy  func() (string, error) // a hash that no password has, for logins that don't exist
	common map[string]bool
}

func newHasher(p *argon2id.Params) (*hasher, error) {
	if p == nil {
		p = hashing()
	}
	h := &hasher{params: p, gate: newGate(max(2, runtime.NumCPU()), 10*time.Second), common: map[string]bool{}}
	h.decoy = sync.OnceValues(func() (string, error) { return argon2id.CreateHash(rand.Text(), p) })
	for line := range strings.Lines(commonText) {
		h.common[strings.TrimSpace(line)] = true
	}
	return h, nil
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.gate.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, h.params)
}

// matches compares password with hash; without a hash it does the same work and
// says no.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	leave, err := h.gate.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	none := hash == ""
	if none {
		if hash, err = h.decoy(); err != nil {
			return false, err
		}
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return ok && !none, nil
}

// check says which rule a new password breaks, as a Problem about location. own
// are words that a guesser who knows the person tries: login, names, bureau.
func (h *hasher) check(location, password string, own ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return invalid("password.short", location, "a password has at least %d characters", minPassword)
	case n > maxPassword:
		return invalid("password.long", location, "a password has at most %d characters", maxPassword)
	case !utf8.ValidString(password):
		return invalid("password.text", location, "a password is text in UTF-8")
	}
	word := core(password)
	for _, o := range own {
		if o = core(o); o != "" && (word == o || word == o+o) {
			return invalid("password.own", location, "a password is not the login, the name or the bureau's name")
		}
	}
	if h.common[strings.ToLower(password)] || h.common[word] || monotone(password) {
		return invalid("password.common", location, "this password is among those that guessers try first")
	}
	return nil
}

// core is s in lower case, without spaces and without what stands before its
// first or after its last letter.
func core(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// monotone says whether s is made of very few different characters, or only of
// steps up or down by one: 1111111111, ababababab, abcdefghij.
func monotone(s string) bool {
	seen := map[rune]bool{}
	steps, last := 0, rune(-1)
	for _, r := range s {
		seen[r] = true
		if d := r - last; last >= 0 && (d == 1 || d == -1) {
			steps++
		}
		last = r
	}
	return len(seen) < 4 || steps >= utf8.RuneCountInString(s)-2
}

// tooMany is the answer of a rate limit.
func tooMany(code string, wait time.Duration) error {
	return retryLater(http.StatusTooManyRequests, code, "too many attempts; wait a little", wait)
}
