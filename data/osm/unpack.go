package osm

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// An unpacker holds the buffers one worker unpacks blobs into.
type unpacker struct {
	packed, data []byte
	z            io.ReadCloser
	src          bytes.Reader
}

// unpack reads a blob and gives its bytes, valid until the next call.
func (p *pbfFile) unpack(b blob, u *unpacker) ([]byte, error) {
	if cap(u.packed) < b.length {
		u.packed = make([]byte, b.length)
	}
	u.packed = u.packed[:b.length]
	if err := p.readAt(u.packed, b.offset); err != nil {
		return nil, err
	}
	var raw, z []byte
	size, found := uint64(0), false
	for w := (wire{b: u.packed}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return nil, w.err
			}
			break
		}
		switch field {
		case 1:
			raw, found = w.message(wt), true
		case 2:
			size = w.number(wt)
		case 3:
			z, found = w.message(wt), true
		case 4, 5, 6, 7:
			return nil, fmt.Errorf("the block is packed with %s: %w; repack it with zlib (osmium cat does)",
				[]string{"lzma", "bzip2", "lz4", "zstd"}[field-4], ErrNotOSM)
		default:
			w.skip(wt)
		}
	}
	if !found {
		return nil, errors.New("a block without data")
	}
	if z == nil {
		return raw, nil
	}
	if size > maxBlob {
		return nil, fmt.Errorf("a block that unpacks to %d bytes", size)
	}
	return u.inflate(z, int(size))
}

// inflate unpacks z, which must give exactly size bytes.
func (u *unpacker) inflate(z []byte, size int) ([]byte, error) {
	u.src.Reset(z)
	var err error
	if u.z == nil {
		u.z, err = zlib.NewReader(&u.src)
	} else {
		err = u.z.(zlib.Resetter).Reset(&u.src, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("zlib: %w", err)
	}
	if cap(u.data) < size+1 {
		u.data = make([]byte, size+1)
	}
	// One byte more than promised shows a block that unpacks to more, and makes
	// the last read reach zlib's checksum.
	n, err := io.ReadFull(u.z, u.data[:size+1])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("zlib: %w", err)
	}
	if n != size {
		return nil, fmt.Errorf("a block of %d bytes that promised %d", n, size)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) && !u.ended() {
		return nil, errors.New("zlib: the checksum is missing")
	}
	return u.data[:n], nil
}

// ended reports whether the stream came to its proper end: ReadFull gives the
// same error for a stream that ended and one that was cut.
func (u *unpacker) ended() bool {
	var one [1]byte
	_, err := u.z.Read(one[:])
	return errors.Is(err, io.EOF)
}
