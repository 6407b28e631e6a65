package web

import (
	"testing"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/data/store/storetest"
	"citygrid/grid"
	"citygrid/grid/people"
)

// openReal is open with the real store in a new folder: the same bureau, areas
// and logins. Ids of people differ.
func openReal(t testing.TB, edits ...func(*Config)) (*site, *store.Store) {
	t.Helper()
	st, err := store.Open(storetest.Dir(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	f, ctx, act := newFake().bureau(t), t.Context(), audit.Act{Verb: "test"}
	admin := f.byLogin("admin")
	if err := st.Setup(ctx, store.Settings(f.set), admin, f.areas[bureauArea], act); err != nil {
		t.Fatal(err)
	}
	for id := grid.AreaID(2); f.areas[id].ID != 0; id++ {
		if a, err := st.AddArea(ctx, f.areas[id], act); err != nil || a.ID != id {
			t.Fatalf("area %d: %v, %v", id, a.ID, err)
		}
	}
	everybody, err := f.People(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range everybody {
		if p.Login == admin.Login {
			continue
		}
		if _, err := st.AddPerson(ctx, p, act); err != nil {
			t.Fatal(err)
		}
	}
	edits = append([]func(*Config){func(c *Config) { c.Store, c.Sessions = records{st}, st.Sessions() }}, edits...)
	return openWith(t, f, edits...), st
}

func (f *fake) byLogin(login string) people.Person {
	defer f.lock()()
	for _, p := range f.people {
		if p.Login == login {
			return p
		}
	}
	return people.Person{}
}
