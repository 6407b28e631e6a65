package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"citygrid/grid/people"
)

// Large bodies that come in slowly take a few places in all and one of each person's,
// until their requests end; small ones go past them.
func TestLargeBodiesTakePlaces(t *testing.T) {
	x := open(t)
	x.s.receiving.patience = 20 * time.Millisecond
	for i := range x.s.sending.gates {
		x.s.sending.gates[i].patience = 20 * time.Millisecond
	}
	const limit = 64 << 20
	// begin has somebody send a body of that length, and tells how it went.
	begin := func(who people.ID, content io.Reader, length int64) (end context.CancelFunc, told chan error) {
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), callerKey{}, &caller{person: people.Person{ID: who}}))
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/objects/import", content)
		r.Header.Set("Content-Type", "application/json")
		r.ContentLength = length
		told = make(chan error, 1)
		go func() {
			_, err := x.s.body(httptest.NewRecorder(), r, limit, "application/json")
			told <- err
		}()
		return cancel, told
	}
	var held []*io.PipeWriter
	var ends []context.CancelFunc
	hold := func(who people.ID) {
		t.Helper()
		body, sender := io.Pipe()
		end, _ := begin(who, body, limit)
		if _, err := sender.Write([]byte("x")); err != nil { // it is being read
			t.Fatal(err)
		}
		held, ends = append(held, sender), append(ends, end)
	}
	refused := func(what string, who people.ID) {
		t.Helper()
		end, told := begin(who, strings.NewReader("{}"), limit)
		defer end()
		if err := <-told; err != errBusy {
			t.Errorf("%s: %v, want %v", what, err, errBusy)
		}
	}
	hold(1)
	refused("a second one of the same person", 1)
	free := people.ID(2)
	for len(held) < largeAtAll { // some persons share a turn
		if mine, err := x.s.sending.enter(t.Context(), strconv.Itoa(int(free))); err == nil {
			mine()
			hold(free)
		}
		free++
	}
	for who := range people.ID(20) {
		refused("one more than there are places", free+who)
	}
	end, told := begin(free, strings.NewReader("{}"), 2)
	if err := <-told; err != nil {
		t.Errorf("a small one: %v", err)
	}
	end()
	for i := range held {
		_ = held[i].Close()
		ends[i]()
	}
	ok := false
	for until := time.Now().Add(5 * time.Second); !ok && time.Now().Before(until); {
		end, told := begin(1, strings.NewReader("{}"), limit)
		ok = <-told == nil
		end()
	}
	if !ok {
		t.Error("places are not given back")
	}
}
