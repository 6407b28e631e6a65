package store

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"citygrid/grid/people"

	"github.com/alexedwards/scs/v2"
)

func session(t *testing.T, person int64) []byte {
	t.Helper()
	return must(scs.GobCodec{}.Encode(time.Now(), map[string]any{SessionPerson: person}))(t)
}

func TestSessions(t *testing.T) {
	s, c := setUp(t)
	x := s.Sessions()
	commit := func(token string, data []byte, expiry time.Time) {
		t.Helper()
		if err := x.Commit(token, data, expiry); err != nil {
			t.Fatal(err)
		}
	}
	found := func(token string) bool {
		t.Helper()
		_, ok, err := x.Find(token)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	hour := c.t.Add(time.Hour)
	commit("anonymous-token", []byte("not gob"), hour)
	commit("desk-token", session(t, 1), hour)
	commit("phone-token", session(t, 1), hour)
	if data, ok, err := x.Find("desk-token"); err != nil || !ok || len(data) == 0 {
		t.Errorf("Find = %q, %v, %v", data, ok, err)
	}
	if found("") || found("nobody's") {
		t.Error("a token that was never given is found")
	}
	if all := must(x.All())(t); len(all) != 3 {
		t.Errorf("All has %d sessions, want 3", len(all))
	}
	if err := x.Delete("phone-token"); err != nil || found("phone-token") {
		t.Errorf("deleted session: %v", err)
	}
	if err := x.Delete("phone-token"); err != nil {
		t.Errorf("deleted again: %v", err)
	}
	// A request that was under way writes it back.
	if commit("phone-token", session(t, 1), hour); found("phone-token") {
		t.Error("an ended session is open again")
	}
	if err := s.DeletePersonSessions(t.Context(), 1); err != nil || found("desk-token") || !found("anonymous-token") {
		t.Errorf("after all of the person's are gone: %v, desk %v, anonymous %v", err, found("desk-token"), found("anonymous-token"))
	}
	c.t = hour.Add(endedFor)
	if found("anonymous-token") {
		t.Error("an expired session is found")
	}
	// The next write takes it off the disk.
	commit("later", nil, c.t.Add(time.Hour))
	var n int
	if err := s.read.QueryRow(`SELECT count(*) FROM session WHERE expiry <= ?`, nanos(c.t)).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d expired sessions are kept, %v", n, err)
	}
	if err := x.Commit("big", make([]byte, maxSession+1), hour); !errors.Is(err, ErrSessionSize) {
		t.Errorf("a session too big: %v", err)
	}
}

func TestSessionsEndWithTheirReason(t *testing.T) {
	s, c := setUp(t)
	ctx := t.Context()
	x := s.Sessions()
	p := must(s.AddPerson(ctx, officer("li.wei"), act("person.add")))(t)
	login := func(token string) error { return x.Commit(token, session(t, int64(p.ID)), c.t.Add(time.Hour)) }
	gone := func(token string) bool { _, ok, err := x.Find(token); return !ok && err == nil }

	if err := login("before a new password"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPassword(ctx, p.ID, hash, false, act("password")); err != nil || !gone("before a new password") {
		t.Errorf("a new password leaves sessions open, %v", err)
	}
	if err := login("before disabled"); err != nil {
		t.Fatal(err)
	}
	p = must(s.Person(ctx, p.ID))(t)
	p.Disabled = true
	must(s.UpdatePerson(ctx, p, act("person.update")))(t)
	if !gone("before disabled") {
		t.Error("a disabled person is still logged in")
	}
	// A request that was under way writes its session back when it ends.
	if err := login("after disabled"); !errors.Is(err, people.ErrDisabled) || !gone("after disabled") {
		t.Errorf("a disabled person got a session: %v", err)
	}
}

// Who steals the files cannot log in with what they hold.
func TestTokensAreNotOnDisk(t *testing.T) {
	s, c := setUp(t)
	const token = "pjVbDTTZrQ4Yv1hGGhxyzzyTOKEN"
	if err := s.Sessions().Commit(token, nil, c.t.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{databaseName, databaseName + "-wal"} {
		b, err := os.ReadFile(s.dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(token)) {
			t.Errorf("%s holds the token", name)
		}
	}
}
