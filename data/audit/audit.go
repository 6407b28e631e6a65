// Package audit is the log of who did what: append-only, each entry carrying
// the hash of the one before, so that a change or a removal shows.
package audit

import "time"

// An Act is what somebody did, as the caller states it. The store writes it in
// the same transaction as the change itself.
type Act struct {
	At     time.Time
	Who    string // login, or "console" for the command line, "" for a stranger
	From   string // remote address without port
	Verb   string // "person.add", "session.login", "session.refused" ...
	Object string // what it was done to: "person/7"
	Detail string // short, without secrets and without personal data that the reader may not see
}

// An Entry is an Act in the log.
type Entry struct {
	Act
	Seq  int64    // from 1, without gaps
	Hash [32]byte // SHA-256 over the previous entry's hash and this entry's fields
}
