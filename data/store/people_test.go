package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
)

func officer(login string) people.Person {
	return people.Person{Login: login, Name: "李伟", PasswordHash: hash, Grants: []people.Grant{{Role: people.Officer, Area: 1}}}
}

func TestPersonIsKept(t *testing.T) {
	s, c := setUp(t)
	ctx := t.Context()
	p := officer("li.wei")
	p.MustChange = true
	p.Grants = append(p.Grants, people.Grant{Role: people.Driver, Area: 1})
	added := must(s.AddPerson(ctx, p, act("person.add")))(t)
	p.ID, p.Version, p.CreatedAt = 2, 1, c.t
	for name, got := range map[string]people.Person{
		"AddPerson":     added,
		"Person":        must(s.Person(ctx, 2))(t),
		"PersonByLogin": must(s.PersonByLogin(ctx, "li.wei"))(t),
		"People":        must(s.People(ctx))(t)[1],
	} {
		if fmt.Sprint(got) != fmt.Sprint(p) {
			t.Errorf("%s = %+v, want %+v", name, got, p)
		}
	}
	if e := must(s.AuditEntries(ctx, auditPage(1)))(t)[0]; e.Object != "person/2" || e.Verb != "person.add" {
		t.Errorf("audit has %q %q, want person.add person/2", e.Verb, e.Object)
	}
}

func TestPersonRules(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	li := must(s.AddPerson(ctx, officer("li.wei"), act("person.add")))(t)
	before := must(s.AuditHead(ctx))(t)
	update := func(change func(*people.Person)) func() error {
		return func() error {
			p := li
			p.Grants = slices.Clone(li.Grants)
			change(&p)
			_, err := s.UpdatePerson(ctx, p, act("person.update"))
			return err
		}
	}
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"login taken":      {func() error { _, err := s.AddPerson(ctx, officer("li.wei"), act("person.add")); return err }, people.ErrLoginTaken},
		"bad login":        {func() error { _, err := s.AddPerson(ctx, officer("Li Wei"), act("person.add")); return err }, people.ErrPerson},
		"no such area":     {update(func(p *people.Person) { p.Grants[0].Area = 9 }), people.ErrPerson},
		"stale":            {update(func(p *people.Person) { p.Version = 7 }), people.ErrStale},
		"login changed":    {update(func(p *people.Person) { p.Login = "wang" }), people.ErrLoginFixed},
		"no such person":   {update(func(p *people.Person) { p.ID = 99 }), people.ErrNoPerson},
		"unknown id":       {func() error { _, err := s.Person(ctx, 99); return err }, people.ErrNoPerson},
		"unknown login":    {func() error { _, err := s.PersonByLogin(ctx, "nobody"); return err }, people.ErrNoPerson},
		"clear password":   {func() error { return s.SetPassword(ctx, li.ID, "secret", false, act("password")) }, people.ErrPerson},
		"password, nobody": {func() error { return s.SetPassword(ctx, 99, hash, false, act("password")) }, people.ErrNoPerson},
		"failure, nobody":  {func() error { _, err := s.LoginFailed(ctx, 99, time.Time{}, act("login")); return err }, people.ErrNoPerson},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if got := must(s.Person(ctx, li.ID))(t); fmt.Sprint(got) != fmt.Sprint(li) {
		t.Errorf("a refused change left %+v, want %+v", got, li)
	}
	if after := must(s.AuditHead(ctx))(t); after != before {
		t.Errorf("refused changes left %d audit entries", after.Seq-before.Seq)
	}
}

func TestLastAdmin(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	town := must(s.AddArea(ctx, grid.Area{Parent: 1, Kind: grid.Town, Name: map[string]string{"en": "T"}}, act("area.add")))(t)
	local := officer("local")
	local.Grants = []people.Grant{{Role: people.Admin, Area: town.ID}} // of a town: cannot manage the bureau
	must(s.AddPerson(ctx, local, act("person.add")))(t)
	root := must(s.Person(ctx, 1))(t)
	for name, change := range map[string]func(*people.Person){
		"disabled":    func(p *people.Person) { p.Disabled = true },
		"no role":     func(p *people.Person) { p.Grants = nil },
		"a town only": func(p *people.Person) { p.Grants = local.Grants },
	} {
		p := root
		change(&p)
		if _, err := s.UpdatePerson(ctx, p, act("person.update")); !errors.Is(err, people.ErrLastAdmin) {
			t.Errorf("%s: got %v, want %v", name, err, people.ErrLastAdmin)
		}
	}
	// Two admins who take the role from each other at the same time: one stays.
	second := officer("second")
	second.Grants = root.Grants
	second = must(s.AddPerson(ctx, second, act("person.add")))(t)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, p := range []people.Person{root, second} {
		wg.Go(func() {
			p.Disabled = true
			_, errs[i] = s.UpdatePerson(ctx, p, act("person.update"))
		})
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), people.ErrLastAdmin) {
		t.Errorf("both disabled at once: %v and %v, want one %v", errs[0], errs[1], people.ErrLastAdmin)
	}
}

func TestLoginFailures(t *testing.T) {
	s, c := setUp(t)
	ctx := t.Context()
	// Twenty guesses at once are counted one by one.
	var wg sync.WaitGroup
	counts := make([]int, 20)
	for i := range counts {
		wg.Go(func() {
			n, err := s.LoginFailed(ctx, 1, time.Time{}, act("session.refused"))
			if err != nil {
				t.Error(err)
			}
			counts[i] = n
		})
	}
	wg.Wait()
	slices.Sort(counts)
	for i, n := range counts {
		if n != i+1 {
			t.Fatalf("counted %v, want 1 to 20", counts)
		}
	}
	p := must(s.Person(ctx, 1))(t)
	if want := c.t.Add(time.Hour); p.Failures != 20 || !p.LockedUntil.Equal(want) {
		t.Errorf("%d failures, locked until %v, want 20 and %v", p.Failures, p.LockedUntil, want)
	}
	// The right password while locked does not help.
	var locked *people.LockedError
	if err := s.LoginSucceeded(ctx, 1, act("session.login")); !errors.As(err, &locked) {
		t.Errorf("login while locked: %v", err)
	}
	c.t = c.t.Add(time.Hour)
	if err := s.LoginSucceeded(ctx, 1, act("session.login")); err != nil {
		t.Errorf("login after the lock: %v", err)
	}
	if p := must(s.Person(ctx, 1))(t); p.Failures != 0 || !p.LockedUntil.IsZero() {
		t.Errorf("after a login: %d failures, locked until %v", p.Failures, p.LockedUntil)
	}
	// A caller's own, longer lock holds.
	until := c.t.Add(48 * time.Hour)
	must(s.LoginFailed(ctx, 1, until, act("session.refused")))(t)
	if p := must(s.Person(ctx, 1))(t); !p.LockedUntil.Equal(until) {
		t.Errorf("locked until %v, want %v", p.LockedUntil, until)
	}
	if err := s.SetPassword(ctx, 1, hash, true, act("password")); err != nil {
		t.Fatal(err)
	}
	if p := must(s.Person(ctx, 1))(t); !p.MustChange || p.Failures != 0 || !p.LockedUntil.IsZero() || p.Version != 2 {
		t.Errorf("after a new password: %+v", p)
	}
}

func TestDisabledCannotLogIn(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	p := must(s.AddPerson(ctx, officer("li.wei"), act("person.add")))(t)
	p.Disabled = true
	must(s.UpdatePerson(ctx, p, act("person.update")))(t)
	if err := s.LoginSucceeded(ctx, p.ID, act("session.login")); !errors.Is(err, people.ErrDisabled) {
		t.Errorf("got %v, want %v", err, people.ErrDisabled)
	}
}
