package osm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/paulmach/orb"
)

// The format's own limits (osmformat: "the header should be less than 32 KiB
// and must be less than 64 KiB, a blob less than 16 and must be less than
// 32 MiB"), for packed and unpacked size alike.
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// A header is what a file says of itself.
type header struct {
	bound   orb.Bound // zero if it doesn't say
	written time.Time // of the data; zero if it doesn't say
	program string
}

// A pbfFile is an .osm.pbf with the table of its blobs. The table is made
// first, so a file that was cut short is refused at once.
type pbfFile struct {
	f     *os.File
	name  string
	size  int64
	head  header
	blobs []blob
	total *meter // of what the blobs unpack to
}

type blob struct {
	offset int64 // of the blob's bytes, after its header
	length int
	kinds  kinds // what the first scan found in it; 0 = not known yet
}

func openPBF(f *os.File, name string, size int64, lim limits) (*pbfFile, error) {
	p := &pbfFile{f: f, name: name, size: size, total: unpacking(lim)}
	at := int64(0)
	for n := 0; at < size; n++ {
		kind, b, err := p.blobAt(at)
		if err != nil {
			return nil, p.fail(n-1, at, err)
		}
		switch {
		case kind == "OSMHeader" && n == 0:
			if err := p.readHeader(b); err != nil {
				return nil, p.fail(-1, at, err)
			}
		case n == 0:
			return nil, p.fail(-1, 0, fmt.Errorf("the first block is %.20q: %w", kind, ErrNotOSM))
		case kind == "OSMData":
			p.blobs = append(p.blobs, b)
		}
		at = b.offset + int64(b.length)
	}
	return p, nil
}

// fail dresses err with the file and the place.
func (p *pbfFile) fail(n int, at int64, err error) error {
	var fe *FileError
	if errors.As(err, &fe) {
		return err
	}
	for _, known := range []error{ErrTruncated, ErrNotOSM, ErrTooBig, ErrCorrupt} {
		if errors.Is(err, known) {
			return &FileError{File: p.name, Block: n, Offset: at, Err: err}
		}
	}
	return &FileError{File: p.name, Block: n, Offset: at, What: err.Error(), Err: ErrCorrupt}
}

// blobAt reads the blob header at a byte of the file.
func (p *pbfFile) blobAt(at int64) (kind string, b blob, err error) {
	var buf [4]byte
	if err := p.readAt(buf[:], at); err != nil {
		return "", b, err
	}
	n := binary.BigEndian.Uint32(buf[:])
	if n == 0 || n > maxBlobHeader {
		if at == 0 {
			return "", b, ErrNotOSM
		}
		return "", b, fmt.Errorf("a block header of %d bytes", n)
	}
	head := make([]byte, n)
	if err := p.readAt(head, at+4); err != nil {
		return "", b, err
	}
	size := uint64(0)
	for w := (wire{b: head}); ; {
		field, wt, ok := w.next()
		if !ok {
			if w.err != nil {
				return "", b, w.err
			}
			break
		}
		switch field {
		case 1:
			kind = string(w.message(wt))
		case 3:
			size = w.number(wt)
		default:
			w.skip(wt)
		}
	}
	if size > maxBlob {
		return "", b, fmt.Errorf("a block of %d bytes", size)
	}
	b = blob{offset: at + 4 + int64(n), length: int(size)}
	if b.offset+int64(b.length) > p.size {
		return "", b, fmt.Errorf("a block of %d bytes, of which %d are there: %w", size, p.size-b.offset, ErrTruncated)
	}
	return kind, b, nil
}

func (p *pbfFile) readAt(buf []byte, at int64) error {
	_, err := p.f.ReadAt(buf, at)
	if errors.Is(err, io.EOF) {
		return ErrTruncated
	}
	return err
}

// readHeader reads what the file says of itself.
func (p *pbfFile) readHeader(b blob) error {
	var u unpacker
	data, err := p.unpack(b, &u)
	if err != nil {
		return err
	}
	for w := (wire{b: data}); ; {
		field, wt, ok := w.next()
		if !ok {
			return w.err
		}
		switch field {
		case 1:
			if p.head.bound, err = headerBound(w.message(wt)); err != nil {
				return err
			}
		case 4:
			switch f := string(w.message(wt)); f {
			case "OsmSchema-V0.6", "DenseNodes":
			case "HistoricalInformation":
				return fmt.Errorf("it holds the history of the data; give an extract of one day: %w", ErrNotOSM)
			default:
				return fmt.Errorf("it needs a reader with feature %.40q: %w", f, ErrNotOSM)
			}
		case 16:
			p.head.program = string(w.message(wt))
		case 32:
			if s := int64(w.number(wt)); s > 0 && s < 1<<40 {
				p.head.written = time.Unix(s, 0).UTC()
			}
		default:
			w.skip(wt)
		}
	}
}

func headerBound(b []byte) (orb.Bound, error) {
	var v [5]float64
	for w := (wire{b: b}); ; {
		field, wt, ok := w.next()
		if !ok {
			bound := orb.Bound{Min: orb.Point{v[1], v[4]}, Max: orb.Point{v[2], v[3]}}
			if !onEarth(bound.Min) || !onEarth(bound.Max) || bound.Min[0] >= bound.Max[0] || bound.Min[1] >= bound.Max[1] {
				bound = orb.Bound{}
			}
			return bound, w.err
		}
		if field >= 1 && field <= 4 {
			v[field] = float64(unzigzag(w.number(wt))) / 1e9
		} else {
			w.skip(wt)
		}
	}
}

func onEarth(p orb.Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}
