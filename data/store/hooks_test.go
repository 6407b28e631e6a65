package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"citygrid/live/hook"
)

func TestHooks(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	ctx := t.Context()
	raised(t, s, 1)
	before := must(s.Seq(ctx))(t)
	h := must(s.AddHook(ctx, hook.Hook{Name: "desk", URL: "https://desk.example.org/", Secret: "s"}, act("hook.add")))(t)
	if h.ID == 0 || h.Version != 1 || h.Seq != before {
		t.Errorf("added %+v, want it to begin at change %d", h, before)
	}
	if _, err := s.AddHook(ctx, hook.Hook{Name: "desk", URL: "https://other.example.org/"}, act("hook.add")); !errors.Is(err, hook.ErrTaken) {
		t.Errorf("the same name again: %v", err)
	}
	if _, err := s.AddHook(ctx, hook.Hook{Name: "x", URL: "nowhere"}, act("hook.add")); !errors.Is(err, hook.ErrHook) {
		t.Errorf("a bad address: %v", err)
	}

	// How far it has come goes forward only, and over a change of the hook.
	for _, seq := range []int64{before + 5, before + 3} {
		if err := s.Delivered(ctx, h.ID, seq); err != nil {
			t.Fatal(err)
		}
	}
	h.URL = "https://desk.example.org/alerts"
	if h = must(s.UpdateHook(ctx, h, act("hook.change")))(t); h.Seq != before+5 || h.Version != 2 {
		t.Errorf("changed %+v", h)
	}
	stale := h
	stale.Version = 1
	if _, err := s.UpdateHook(ctx, stale, act("hook.change")); !errors.Is(err, hook.ErrStale) {
		t.Errorf("an old version: %v", err)
	}

	// Off and on again, it begins with what happens then.
	h.Off = true
	h = must(s.UpdateHook(ctx, h, act("hook.change")))(t)
	raised(t, s, 2)
	h.Off = false
	if h = must(s.UpdateHook(ctx, h, act("hook.change")))(t); h.Seq != must(s.Seq(ctx))(t) {
		t.Errorf("on again %+v", h)
	}

	a := must(s.Alerts(ctx, nil, 1))(t)[0]
	at := time.Unix(1_700_000_000, 5).UTC()
	for i := range int64(3) {
		if err := s.Bury(ctx, hook.Dead{Hook: h.ID, Seq: h.Seq + i, Alert: a.ID, At: at, Tries: 5, Why: fmt.Sprint("reason ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	list, count, err := s.DeadLetters(ctx, h.ID, 2)
	if err != nil || count != 3 || len(list) != 2 || list[0].Why != "reason 2" || !list[0].At.Equal(at) {
		t.Errorf("dead letters %+v, %d, %v", list, count, err)
	}
	if got := must(s.Hook(ctx, h.ID))(t); got.Seq != h.Seq+2 {
		t.Errorf("with dead letters it has come to %d, want %d", got.Seq, h.Seq+2)
	}
	if err := s.Unbury(ctx, h.ID, list[0].Seq); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DeadLetter(ctx, h.ID, list[0].Seq); !errors.Is(err, hook.ErrNoDead) {
		t.Errorf("taken off the list: %v", err)
	}

	if err := s.RemoveHook(ctx, h.ID, h.Version, act("hook.remove")); err != nil {
		t.Fatal(err)
	}
	if err := s.Delivered(ctx, h.ID, 99); !errors.Is(err, hook.ErrNoHook) {
		t.Errorf("delivered to a removed one: %v", err)
	}
	if _, _, err := s.DeadLetters(ctx, h.ID, 1); !errors.Is(err, hook.ErrNoHook) {
		t.Errorf("dead letters of a removed one: %v", err)
	}
}
