package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func log(n int) []Entry {
	var head Head
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Next(head, Act{
			At: time.Date(2026, 3, 1, 8, 0, i, 123456789, time.UTC), Who: "li.wei", From: "192.0.2.7",
			Verb: "person.add", Object: "person/7", Detail: "officer in area 3",
		})
		head = entries[i].Head()
	}
	return entries
}

func verify(entries []Entry, noted ...Head) (Head, error) {
	var v Verifier
	for _, h := range noted {
		v.Expect(h)
	}
	for _, e := range entries {
		if err := v.Add(e); err != nil {
			return v.head, err
		}
	}
	return v.Done()
}

// The form of an entry's hash is a promise to everyone who kept an export: this
// fails when it changes.
func TestHashIsPinned(t *testing.T) {
	const want = "860cfe7012af"
	hash := log(1)[0].Hash
	if got := hex.EncodeToString(hash[:6]); got != want {
		t.Errorf("hash of the first entry begins %s, want %s", got, want)
	}
}

func TestVerifierFindsWhatWasDone(t *testing.T) {
	const n = 9
	for name, c := range map[string]struct {
		change func([]Entry) []Entry
		at     int64 // 0 = nothing to find
	}{
		"nothing":         {func(l []Entry) []Entry { return l }, 0},
		"a changed word":  {func(l []Entry) []Entry { l[3].Detail = "admin in area 3"; return l }, 4},
		"a moved border":  {func(l []Entry) []Entry { l[3].Who, l[3].From = "li.wei1", "92.0.2.7"; return l }, 4},
		"a changed time":  {func(l []Entry) []Entry { l[3].At = l[3].At.Add(1); return l }, 4},
		"a changed hash":  {func(l []Entry) []Entry { l[3].Hash[31] ^= 1; return l }, 4},
		"a removed entry": {func(l []Entry) []Entry { return slices.Delete(l, 3, 4) }, 4},
		"removed, renumbered": {func(l []Entry) []Entry {
			l = slices.Delete(l, 3, 4)
			for i := range l {
				l[i].Seq = int64(i + 1)
			}
			return l
		}, 4},
		"an entry put in": {func(l []Entry) []Entry {
			return slices.Insert(l, 3, Next(l[2].Head(), Act{Verb: "case.close"}))
		}, 4},
		"two swapped":      {func(l []Entry) []Entry { l[3], l[4] = l[4], l[3]; return l }, 4},
		"one twice":        {func(l []Entry) []Entry { return slices.Insert(l, 3, l[2]) }, 3},
		"the first gone":   {func(l []Entry) []Entry { return l[1:] }, 1},
		"the last cut off": {func(l []Entry) []Entry { return l[:n-1] }, n},
		"all gone":         {func(l []Entry) []Entry { return nil }, 1},
		"written anew": {func(l []Entry) []Entry {
			l[3].Detail = ""
			for i := 3; i < n; i++ {
				l[i] = Next(l[i-1].Head(), l[i].Act)
			}
			return l
		}, n}, // only the noted head shows it
	} {
		whole := log(n)
		_, err := verify(c.change(slices.Clone(whole)), whole[n-1].Head())
		var broken *BreakError
		switch {
		case c.at == 0 && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.at != 0 && !errors.As(err, &broken):
			t.Errorf("%s: got %v, want a break at %d", name, err, c.at)
		case c.at != 0 && broken.Seq != c.at:
			t.Errorf("%s: found at %d, want %d (%v)", name, broken.Seq, c.at, err)
		}
	}
}

// A false head is found though the true one of the same entry is asked for too:
// the store always asks for its own head record.
func TestTwoHeadsOfOneEntry(t *testing.T) {
	whole := log(3)
	true3, false3 := whole[2].Head(), Head{Seq: 3}
	for _, noted := range [][]Head{{true3, false3}, {false3, true3}} {
		if _, err := verify(whole, noted...); !errors.Is(err, ErrBroken) {
			t.Errorf("noted %v: %v, want ErrBroken", noted, err)
		}
	}
	if _, err := verify(whole, true3, true3); err != nil {
		t.Error(err)
	}
}

// Any change of any single byte of an export is found.
func TestExportShowsEveryChangedByte(t *testing.T) {
	entries := log(3)
	export := lines(t, entries)
	head, err := VerifyLines(bytes.NewReader(export), entries[1].Head())
	if err != nil || head != entries[2].Head() {
		t.Fatalf("VerifyLines = %v, %v", head, err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range export {
		forged := bytes.Clone(export)
		for forged[i] == export[i] {
			forged[i] = byte(rnd.IntN(256))
		}
		if _, err := VerifyLines(bytes.NewReader(forged), head); err != nil {
			continue
		}
		// JSON leaves some freedom, such as the case of keys and of hex digits:
		// what it says must be the same then.
		if got := read(t, forged); !slices.Equal(got, entries) {
			t.Errorf("byte %d changed from %q to %q unseen", i, export[i], forged[i])
		}
	}
}

// failer is what testing.TB and rapid.T have in common.
type failer interface{ Fatal(args ...any) }

func lines(t failer, entries []Entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.Bytes()
}

func read(t failer, export []byte) (entries []Entry) {
	for line := range bytes.Lines(export) {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

func TestClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		a := Act{
			At: time.Unix(rapid.Int64Range(-1e15, 1e15).Draw(t, "s"), rapid.Int64Range(0, 1e9-1).Draw(t, "ns")), Verb: "x",
			Who: text.Draw(t, "who"), Detail: strings.Repeat(text.Draw(t, "detail"), rapid.IntRange(0, 300).Draw(t, "times")),
		}
		got, err := a.Clean()
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := got.Clean(); again != got {
			t.Fatalf("cleaned twice: %#v, once: %#v", again, got)
		}
		if !utf8.ValidString(got.Detail) || len(got.Detail) > maxDetail || len(got.Who) > maxWho {
			t.Fatalf("not clean: %#v", got)
		}
		// What goes into the log comes out of an export with the same hash.
		e := Next(Head{}, got)
		if _, err := VerifyLines(bytes.NewReader(lines(t, []Entry{e}))); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := (Act{}).Clean(); !errors.Is(err, ErrNoVerb) {
		t.Errorf("an act without a verb: %v", err)
	}
}

func FuzzVerifyLines(f *testing.F) {
	f.Add(lines(f, log(3)))
	f.Add([]byte(`{"seq":1}` + "\n"))
	f.Add([]byte("\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, export []byte) {
		head, err := VerifyLines(bytes.NewReader(export))
		if err != nil {
			return
		}
		// What is taken survives a round trip.
		again, err := VerifyLines(bytes.NewReader(lines(t, read(t, export))))
		if err != nil || again != head {
			t.Errorf("again: %v, %v, want %v", again, err, head)
		}
	})
}
