package osm

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// open finds out what the file is, from its first bytes rather than its name,
// and makes it ready to scan.
func open(ctx context.Context, f *os.File, name string, lim limits, kept *meter, progress func(done, total int64)) (source, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() == 0 {
		return nil, &FileError{File: name, Block: -1, Offset: 0, Err: ErrEmpty}
	}
	head := make([]byte, min(512, st.Size()))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(head) >= 8 && head[0] == 0 && head[1] == 0 && bytes.Contains(head[:min(64, len(head))], []byte("OSMHeader")) {
		return openPBF(f, name, st.Size(), lim)
	}
	counted := &countingReader{r: f, total: st.Size(), report: progress}
	var r io.Reader
	switch {
	case bytes.HasPrefix(head, []byte("BZh")):
		r = bzip2.NewReader(bufio.NewReaderSize(counted, 1<<16))
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if r, err = gzip.NewReader(bufio.NewReaderSize(counted, 1<<16)); err != nil {
			return nil, &FileError{File: name, Block: -1, Offset: 0, What: err.Error(), Err: ErrCorrupt}
		}
	case looksLikeXML(head):
		r = counted
	case strings.HasSuffix(name, ".pbf"):
		return openPBF(f, name, st.Size(), lim) // its errors say what is wrong with it as PBF
	default:
		return nil, &FileError{File: name, Block: -1, Offset: 0, What: fmt.Sprintf("it begins with %q", head[:min(12, len(head))]), Err: ErrNotOSM}
	}
	return readXML(ctx, r, name, lim, kept)
}

func looksLikeXML(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<"))
}

// A countingReader tells how far in the file we are.
type countingReader struct {
	r           io.Reader
	done, total int64
	told        int64
	report      func(done, total int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if c.report != nil && (c.done-c.told > 1<<20 || err != nil) {
		c.told = c.done
		c.report(c.done, c.total)
	}
	return n, err
}
