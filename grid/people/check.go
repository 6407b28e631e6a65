package people

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"citygrid/grid"
)

// Limits of one person.
const (
	MinLogin  = 2
	MaxLogin  = 32
	maxName   = 100
	maxGrants = 100
	maxHash   = 512
)

// Roles lists every role a person can have, in the order of the permissions
// table.
func Roles() []Role {
	return []Role{Dispatcher, CallTaker, TeamLeader, Officer, Driver, Planner, Police, Admin, Auditor}
}

// Known tells if r is a role that a person can have.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// IsAdmin tells if p may manage the bureau: an admin of any area counts, since
// people and areas are managed for the whole bureau.
func (p Person) IsAdmin() bool {
	return !p.Disabled && slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == Admin })
}

// reserved are names the audit log uses for who is not a person.
var reserved = []string{"console", "system", "setup", "anonymous", "public", "device"}

// CheckLogin takes 2 to 32 of a-z, 0-9, dot, hyphen and underscore, with a
// letter or digit at both ends. No other letters, so that no two logins in the
// audit log look alike. The error is a *FieldError.
func CheckLogin(login string) error {
	if len(login) < MinLogin || len(login) > MaxLogin {
		return &FieldError{"login", fmt.Sprintf("must have %d to %d characters", MinLogin, MaxLogin)}
	}
	for _, r := range login {
		if !plain(r) && !strings.ContainsRune(".-_", r) {
			return &FieldError{"login", fmt.Sprintf("may have a-z, 0-9, dot, hyphen and underscore, not %q", r)}
		}
	}
	if !plain(rune(login[0])) || !plain(rune(login[len(login)-1])) {
		return &FieldError{"login", "must begin and end with a letter or a digit"}
	}
	if slices.Contains(reserved, login) {
		return &FieldError{"login", fmt.Sprintf("%q is used by the program itself", login)}
	}
	return nil
}

func plain(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

// Check reports the first rule that p breaks, as a *FieldError. Whether the
// areas of its grants exist is for the store to say.
func (p Person) Check() error {
	if err := CheckLogin(p.Login); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(p.Name); n < 1 || n > maxName || !grid.Printable(p.Name) || strings.TrimSpace(p.Name) != p.Name {
		return &FieldError{"name", fmt.Sprintf("must be 1 to %d printable characters without spaces at the ends", maxName)}
	}
	if len(p.Grants) > maxGrants {
		return &FieldError{"grants", fmt.Sprintf("more than %d", maxGrants)}
	}
	seen := make(map[Grant]bool, len(p.Grants))
	for _, g := range p.Grants {
		if !g.Role.Known() {
			return &FieldError{"grants", fmt.Sprintf("there is no role %q", g.Role)}
		}
		if g.Area <= 0 {
			return &FieldError{"grants", fmt.Sprintf("the role %s needs an area", g.Role)}
		}
		if seen[g] {
			return &FieldError{"grants", fmt.Sprintf("%s in area %d is given twice", g.Role, g.Area)}
		}
		seen[g] = true
	}
	if what := grid.CheckTags(p.Tags); what != "" {
		return &FieldError{"tags", what}
	}
	return CheckHash(p.PasswordHash)
}

// CheckHash takes an argon2id hash in PHC form, or "" for a person who cannot
// log in with a password. It keeps a clear password out of the database should
// a caller mix up the two.
func CheckHash(hash string) error {
	if hash != "" && !strings.HasPrefix(hash, "$argon2id$") || len(hash) > maxHash {
		return &FieldError{"password", "is not an argon2id hash"}
	}
	return nil
}

// LockFor is how long an account is locked after so many failed logins in a
// row: not at all for four, a minute for the fifth, then twice as long for each
// more, up to an hour. A guesser gets some 30 tries a day; a person who mistypes
// waits a minute.
func LockFor(failures int) time.Duration {
	const free = 5
	if failures < free {
		return 0
	}
	return min(time.Minute<<min(failures-free, 10), time.Hour)
}
