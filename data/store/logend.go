package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Pebble takes the first chunk of its newest log that cannot be read for the log's end,
// torn when the power failed: nobody was told that it was kept. It finds out that it is
// damage instead, in the middle of what was acknowledged, only when a whole block of
// 32 KiB follows. checkLog finds it within the last block too. Neither can in the log of
// a store's very first start, which Pebble writes in an older form.

// Of the form of a log, record.go of Pebble: chunks of a header and data that don't
// cross the bounds of blocks. A header is checksum, length (2 bytes), form (1), number
// of the log (4), and up to where the log was on disk when the chunk was written (8).
const (
	logBlock      = 32 << 10
	logHeader     = 19
	firstLogForm  = 9 // with all of these fields
	lastLogForm   = 12
	mostLogToRead = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checkLog is ErrCorrupt if the newest log of a folder of fixes is damaged before its
// end. No log, or one of another form, is none of its business.
func checkLog(dir string) error {
	logs, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(logs) == 0 {
		return err
	}
	newest := slices.MaxFunc(logs, func(a, b string) int { return int(int64(numberOfLog(a)) - int64(numberOfLog(b))) })
	info, err := os.Stat(newest)
	if err != nil || info.Size() > mostLogToRead {
		return err
	}
	b, err := os.ReadFile(newest)
	if err != nil {
		return err
	}
	if at, damaged := damage(b, numberOfLog(newest)); damaged {
		return fmt.Errorf("%w (%s, byte %d: what was acknowledged after it cannot be read)", ErrCorrupt, newest, at)
	}
	return nil
}

func numberOfLog(path string) uint32 {
	n, _ := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".log"), 10, 32)
	return uint32(n)
}

// damage finds the first chunk that can't be read, and whether one behind it says that
// it was on disk before.
func damage(log []byte, number uint32) (at int, damaged bool) {
	for at < len(log) {
		if left := logBlock - at%logBlock; left < logHeader { // none fits: zeros
			at += left
			continue
		}
		size, _, ok := logChunk(log, at, number)
		if !ok {
			break
		}
		at += size
	}
	mark := binary.LittleEndian.AppendUint32(nil, number)
	for from := at; ; {
		i := bytes.Index(log[min(from, len(log)):], mark)
		if i < 0 {
			return at, false
		}
		start := from + i - 7
		if start > at {
			if _, synced, ok := logChunk(log, start, number); ok && synced > uint64(at) {
				return at, true
			}
		}
		from += i + 1
	}
}

// logChunk reads the chunk that begins at a place.
func logChunk(log []byte, at int, number uint32) (size int, synced uint64, ok bool) {
	if at < 0 || at+logHeader > len(log) {
		return 0, 0, false
	}
	h := log[at:]
	form := h[6]
	size = logHeader + int(binary.LittleEndian.Uint16(h[4:]))
	if form < firstLogForm || form > lastLogForm || binary.LittleEndian.Uint32(h[7:]) != number || size > len(h) || at%logBlock+size > logBlock {
		return 0, 0, false
	}
	sum := crc32.Checksum(h[6:size], castagnoli)
	if (sum>>15|sum<<17)+0xa282ead8 != binary.LittleEndian.Uint32(h) {
		return 0, 0, false
	}
	return size, binary.LittleEndian.Uint64(h[11:]), true
}
