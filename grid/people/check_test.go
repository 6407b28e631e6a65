package people

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCheckLogin(t *testing.T) {
	for login, good := range map[string]bool{
		"li.wei": true, "a1": true, "j-doe_2": true, strings.Repeat("a", 32): true,
		"": false, "a": false, strings.Repeat("a", 33): false,
		"Li": false, "li wei": false, "李伟": false, "аdmin": false, // the first letter is Cyrillic
		".li": false, "li-": false, "../etc": false, "a\x00b": false,
		"console": false,
	} {
		if err := CheckLogin(login); (err == nil) != good {
			t.Errorf("CheckLogin(%q) = %v, want good %v", login, err, good)
		}
	}
}

func TestPersonCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Person)
		field  string
	}{
		"good":              {func(*Person) {}, ""},
		"no password yet":   {func(p *Person) { p.PasswordHash = "" }, ""},
		"no grants":         {func(p *Person) { p.Grants = nil }, ""},
		"clear password":    {func(p *Person) { p.PasswordHash = "hunter2" }, "password"},
		"no name":           {func(p *Person) { p.Name = "" }, "name"},
		"spaces at the end": {func(p *Person) { p.Name = "Li " }, "name"},
		"control character": {func(p *Person) { p.Name = "Li\x1b[2J" }, "name"},
		"not UTF-8":         {func(p *Person) { p.Name = "\xff" }, "name"},
		"unknown role":      {func(p *Person) { p.Grants[0].Role = "device" }, "grants"},
		"no area":           {func(p *Person) { p.Grants[0].Area = 0 }, "grants"},
		"grant twice":       {func(p *Person) { p.Grants = append(p.Grants, p.Grants[0]) }, "grants"},
	} {
		p := Person{
			Login: "li.wei", Name: "李伟", Grants: []Grant{{Officer, 3}},
			PasswordHash: "$argon2id$v=19$m=65536,t=1,p=2$c2FsdA$aGFzaA",
		}
		c.change(&p)
		err, field := p.Check(), ""
		if bad := (*FieldError)(nil); errors.As(err, &bad) {
			field = bad.Field
		}
		if field != c.field {
			t.Errorf("%s: got %v, want a fault in %q", name, err, c.field)
		}
	}
}

func TestLockFor(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		-1: 0, 0: 0, 4: 0, 5: time.Minute, 6: 2 * time.Minute, 10: 32 * time.Minute, 11: time.Hour, 1 << 40: time.Hour,
	} {
		if got := LockFor(failures); got != want {
			t.Errorf("LockFor(%d) = %v, want %v", failures, got, want)
		}
	}
}

func TestIsAdmin(t *testing.T) {
	p := Person{Grants: []Grant{{Planner, 1}, {Admin, 2}}}
	if !p.IsAdmin() {
		t.Error("a person with the role is no admin")
	}
	p.Disabled = true
	if p.IsAdmin() {
		t.Error("a disabled person is admin")
	}
}
