package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"citygrid/live/ingest"
)

// A fix is kept under
//
//	'f' ‖ tracker, each 0x00 as 0x00 0xFF ‖ 0x00 0x01 ‖ time [8] ‖ arrival [8]
//
// with time as nanoseconds since 1970, the sign bit turned over, and numbers
// big-endian. Keys sort by tracker (bytewise), time, arrival. The escape makes
// the end of a tracker unmistakable, so the fixes of "a" never mix with those
// of "a\x00b", whatever bytes an id has.
const (
	fixPrefix  = 'f'
	escape     = 0x00
	escapedNUL = 0xFF
	endOfID    = 0x01
	fixTail    = 16 // bytes after the tracker
)

// arrivalKey holds the arrival number of the last fix, in 8 bytes.
var arrivalKey = []byte("arrival")

// appendTracker appends the part of a key that all fixes of a tracker share.
func appendTracker(key []byte, id ingest.TrackerID) []byte {
	key = append(key, fixPrefix)
	for i := range len(id) {
		key = append(key, id[i])
		if id[i] == escape {
			key = append(key, escapedNUL)
		}
	}
	return append(key, escape, endOfID)
}

func appendTime(key []byte, ns int64) []byte {
	return binary.BigEndian.AppendUint64(key, uint64(ns)^1<<63)
}

func fixKey(key []byte, id ingest.TrackerID, ns int64, arrival uint64) []byte {
	return binary.BigEndian.AppendUint64(appendTime(appendTracker(key, id), ns), arrival)
}

// parseFixKey reads what fixKey writes; other bytes are ErrCorrupt.
func parseFixKey(key []byte) (id ingest.TrackerID, ns int64, arrival uint64, err error) {
	bad := func(what string) (ingest.TrackerID, int64, uint64, error) {
		return "", 0, 0, fmt.Errorf("%w: key of a fix: %s", ErrCorrupt, what)
	}
	if len(key) < 1 || key[0] != fixPrefix {
		return bad("wrong prefix")
	}
	var tracker []byte
	rest := key[1:]
	for {
		i := bytes.IndexByte(rest, escape)
		if i < 0 || i+1 >= len(rest) {
			return bad("the tracker has no end")
		}
		tracker = append(tracker, rest[:i]...)
		mark := rest[i+1]
		rest = rest[i+2:]
		if mark == endOfID {
			break
		}
		if mark != escapedNUL {
			return bad("wrong escape")
		}
		tracker = append(tracker, escape)
	}
	ns, arrival, err = parseTail(rest, nil)
	return ingest.TrackerID(tracker), ns, arrival, err
}

// parseTail reads time and arrival from a key that begins with prefix.
func parseTail(key, prefix []byte) (ns int64, arrival uint64, err error) {
	tail, ok := bytes.CutPrefix(key, prefix)
	if !ok || len(tail) != fixTail {
		return 0, 0, fmt.Errorf("%w: key of a fix: wrong length", ErrCorrupt)
	}
	return int64(binary.BigEndian.Uint64(tail) ^ 1<<63), binary.BigEndian.Uint64(tail[8:]), nil
}

// rangeKeys are the bounds of a tracker's fixes with from <= time < to; a zero
// time is no bound.
func rangeKeys(id ingest.TrackerID, from, to time.Time) (lower, upper []byte) {
	prefix := appendTracker(nil, id)
	lower = bytes.Clone(prefix)
	if !from.IsZero() {
		lower = appendTime(lower, clampNanos(from))
	}
	if to.IsZero() || !to.Before(ingest.MaxTime) {
		upper = bytes.Clone(prefix)
		upper[len(upper)-1]++ // past every time
		return lower, upper
	}
	return lower, appendTime(bytes.Clone(prefix), clampNanos(to))
}

// clampNanos keeps times that int64 nanoseconds cannot hold on the right side
// of every fix.
func clampNanos(t time.Time) int64 {
	if t.Before(ingest.MinTime) {
		t = ingest.MinTime
	}
	if t.After(ingest.MaxTime) {
		t = ingest.MaxTime
	}
	return t.UnixNano()
}
