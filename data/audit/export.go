package audit

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A Query asks for a page of the log, newest first.
type Query struct {
	Before int64 // entries with a smaller Seq; 0 = from the newest
	Limit  int   // at most so many; 0 = 100, never more than MaxPage
}

// MaxPage is the largest page.
const MaxPage = 1000

// entryJSON is an Entry as one JSON object.
type entryJSON struct {
	Seq    int64  `json:"seq"`
	At     string `json:"at"` // RFC 3339, UTC, to the nanosecond
	Who    string `json:"who"`
	From   string `json:"from"`
	Verb   string `json:"verb"`
	Object string `json:"object"`
	Detail string `json:"detail"`
	Hash   string `json:"hash"` // hex
}

// MarshalJSON writes all that the hash covers, so an export can be verified
// without the database.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(entryJSON{
		e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.Who, e.From, e.Verb, e.Object, e.Detail, hex.EncodeToString(e.Hash[:]),
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Entry) UnmarshalJSON(b []byte) error {
	var j entryJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, j.At)
	if err != nil {
		return fmt.Errorf("at: %w", err)
	}
	hash, err := hex.DecodeString(j.Hash)
	if err != nil || len(hash) != len(e.Hash) {
		return fmt.Errorf("hash: %q is not %d bytes in hex", j.Hash, len(e.Hash))
	}
	*e = Entry{
		Act: Act{At: at.UTC(), Who: j.Who, From: j.From, Verb: j.Verb, Object: j.Object, Detail: j.Detail},
		Seq: j.Seq, Hash: [32]byte(hash),
	}
	return nil
}

// maxLine is longer than any entry: every byte of it escaped as \u00xx.
const maxLine = 32 << 10

// VerifyLines checks an export: one entry a line, oldest first, from entry 1.
// Heads noted earlier must be found in it. It returns the head of the export.
func VerifyLines(r io.Reader, noted ...Head) (Head, error) {
	var v Verifier
	for _, h := range noted {
		v.Expect(h)
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxLine)
	n := 0
	for lines.Scan() {
		n++
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return v.head, fmt.Errorf("audit export line %d: %w", n, err)
		}
		if err := v.Add(e); err != nil {
			return v.head, fmt.Errorf("audit export line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return v.head, fmt.Errorf("audit export after line %d: %w", n, err)
	}
	return v.Done()
}
