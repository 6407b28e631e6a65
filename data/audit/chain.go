package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrBroken says that the log is not what was written. Match with errors.Is.
var ErrBroken = errors.New("audit log was changed")

// A BreakError says where the log breaks.
type BreakError struct {
	Seq  int64 // the first entry that does not fit
	What string
}

func (e *BreakError) Error() string {
	return fmt.Sprintf("audit log was changed at entry %d: %s", e.Seq, e.What)
}

func (e *BreakError) Unwrap() error { return ErrBroken }

// A Head is the end of the log at some moment. The zero Head is that of an
// empty log.
type Head struct {
	Seq  int64
	Hash [32]byte
}

// domain keeps a hash of ours from being taken for a hash of something else,
// and says how the bytes after it are laid out.
const domain = "citygrid audit entry, form 1\n"

// Hash is the hash of the entry that follows prev and carries act:
//
//	SHA-256(domain ‖ hash of prev [32] ‖ seq [8] ‖ seconds [8] ‖ nanoseconds [4]
//	        ‖ who ‖ from ‖ verb ‖ object ‖ detail)
//
// where numbers are big-endian, the time is since 1970 in UTC, and each text is
// its length in bytes [4] and its UTF-8 bytes. Since every part has its length
// told or fixed, no two entries have the same bytes.
func Hash(prev Head, act Act) [32]byte {
	b := make([]byte, 0, 256+len(act.Detail))
	b = append(b, domain...)
	b = append(b, prev.Hash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(prev.Seq+1))
	b = binary.BigEndian.AppendUint64(b, uint64(act.At.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(act.At.Nanosecond()))
	for _, s := range []string{act.Who, act.From, act.Verb, act.Object, act.Detail} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// Next is the entry for act after prev.
func Next(prev Head, act Act) Entry {
	return Entry{Act: act, Seq: prev.Seq + 1, Hash: Hash(prev, act)}
}

// Head is the end of a log whose last entry is e.
func (e Entry) Head() Head { return Head{e.Seq, e.Hash} }

// A Verifier checks entries one after the other. The zero Verifier expects
// entry 1.
//
// A chain shows that an entry was changed, removed, put in or moved. It cannot
// show that its last entries were cut off, nor that somebody with the whole
// database in hand wrote all of it anew: for those, compare with a Head noted
// elsewhere, in a backup's manifest, an export or on paper.
type Verifier struct {
	head  Head
	noted map[int64][][32]byte // heads to find on the way, by their entry
}

// Expect asks for an earlier head to be found in the log.
func (v *Verifier) Expect(h Head) {
	if h.Seq <= 0 {
		return // every log begins empty
	}
	if v.noted == nil {
		v.noted = make(map[int64][][32]byte)
	}
	v.noted[h.Seq] = append(v.noted[h.Seq], h.Hash)
}

// Add takes the next entry. The error is a *BreakError.
func (v *Verifier) Add(e Entry) error {
	want := v.head.Seq + 1
	switch {
	case e.Seq > want:
		return &BreakError{want, fmt.Sprintf("missing, entry %d comes next", e.Seq)}
	case e.Seq < want:
		return &BreakError{e.Seq, fmt.Sprintf("comes after entry %d", v.head.Seq)}
	case e.Hash != Hash(v.head, e.Act):
		return &BreakError{e.Seq, "its hash does not fit what it says and the entry before"}
	}
	for _, noted := range v.noted[e.Seq] {
		if noted != e.Hash {
			return &BreakError{e.Seq, "its hash is not the one noted earlier"}
		}
	}
	delete(v.noted, e.Seq)
	v.head = e.Head()
	return nil
}

// Done ends the log: every expected head must have been found. It returns the
// head of the log.
func (v *Verifier) Done() (Head, error) {
	for seq := range v.noted {
		if seq > v.head.Seq {
			return v.head, &BreakError{v.head.Seq + 1, fmt.Sprintf("missing, the log once went to at least %d", seq)}
		}
		return v.head, &BreakError{seq, "it was to be looked for only after it had gone by"}
	}
	return v.head, nil
}
