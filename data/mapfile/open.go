package mapfile

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/paulmach/orb"

	"citygrid/geo/basemap"
	"citygrid/geo/street"
)

const (
	sectionEntry = 24
	maxSections  = 64
)

// Open reads a map file. The error names the file; it is one of the sentinels
// unless the file could not be read at all.
func Open(path string) (*Map, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open map: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open map: %w", err)
	}
	m, err := Read(f, st.Size())
	if err != nil {
		return nil, fmt.Errorf("open map %s: %w", path, err)
	}
	return m, nil
}

// Read reads a map from size bytes. Sections are decoded side by side. It needs
// memory for the file and what becomes of it, never more than about 50 times the
// size, whatever the bytes say.
func Read(r io.ReaderAt, size int64) (*Map, error) {
	sections, err := readSections(r, size)
	if err != nil {
		return nil, err
	}
	m := new(Map)
	var p street.Parts
	var base basemap.Parts
	var barriers []barrier
	jobs := map[string]func(b []byte) error{
		secMeta:      m.readMeta,
		secReport:    func(b []byte) error { return json.Unmarshal(b, &m.Report) },
		secJunctions: func(b []byte) error { return decodeJunctions(b, &p) },
		secSegments:  func(b []byte) error { return decodeSegments(b, &p) },
		secShape:     func(b []byte) error { return decodeShape(b, &p) },
		secNames:     func(b []byte) error { return decodeNames(b, &p) },
		secRecords:   func(b []byte) error { return decodeRecords(b, &base) },
		secPoints:    func(b []byte) error { return decodePoints(b, &base) },
		secOrder:     func(b []byte) error { return decodeOrder(b, &p) },
		secBarriers:  func(b []byte) (err error) { barriers, err = decodeBarriers(b); return err },
		secPlaces:    func(b []byte) (err error) { m.Places, err = decodePlaces(b); return err },
	}
	errs := make([]error, len(sections))
	var running sync.WaitGroup
	for i, s := range sections {
		job := jobs[s.name]
		delete(jobs, s.name)
		if job == nil {
			return nil, &ReadError{Section: s.name, What: "unknown or there twice", Err: ErrCorrupt}
		}
		running.Go(func() {
			if xxhash.Sum64(s.data) != s.sum {
				errs[i] = &ReadError{Section: s.name, What: "checksum doesn't match", Err: ErrCorrupt}
			} else if err := job(s.data); err != nil {
				errs[i] = &ReadError{Section: s.name, What: err.Error(), Err: ErrCorrupt}
			}
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	delete(jobs, secOrder)
	delete(jobs, secBarriers)
	for name := range jobs {
		return nil, &ReadError{Section: name, What: "missing", Err: ErrCorrupt}
	}
	for _, b := range barriers {
		if uint64(b.at) >= uint64(len(p.Junctions)) {
			return nil, &ReadError{Section: secBarriers, What: fmt.Sprintf("junction %d, there are %d", b.at, len(p.Junctions)), Err: ErrCorrupt}
		}
		p.Junctions[b.at].Rules = b.rules
	}
	var errNet, errBase error
	running.Go(func() { m.Network, errNet = street.Build(p) })
	running.Go(func() { m.Base, errBase = basemap.Build(base) })
	running.Wait()
	if errNet != nil {
		return nil, &ReadError{Section: secSegments, What: errNet.Error(), Err: ErrCorrupt}
	}
	if errBase != nil {
		return nil, &ReadError{Section: secRecords, What: errBase.Error(), Err: ErrCorrupt}
	}
	m.Meta.ID, m.Meta.Format = contentID(sections), Format
	return m, nil
}

// readSections reads the header and table, and the sections' bytes.
func readSections(r io.ReaderAt, size int64) ([]section, error) {
	bad := func(what string, err error) ([]section, error) { return nil, &ReadError{What: what, Err: err} }
	const fixed = len(magic) + 8
	if size < int64(fixed) {
		return bad(fmt.Sprintf("%d bytes are too few", size), ErrNotMap)
	}
	if size > math.MaxInt32 && math.MaxInt == math.MaxInt32 {
		return bad("too big for this machine", ErrCorrupt)
	}
	head := make([]byte, fixed)
	if err := readFull(r, head, 0); err != nil {
		return nil, err
	}
	if string(head[:len(magic)]) != magic {
		return bad(fmt.Sprintf("it begins with %q", head[:len(magic)]), ErrNotMap)
	}
	if v := binary.LittleEndian.Uint32(head[len(magic):]); v < oldest || v > Format {
		return bad(fmt.Sprintf("format %d, this program reads %d to %d", v, oldest, Format), ErrVersion)
	}
	n := int64(binary.LittleEndian.Uint32(head[len(magic)+4:]))
	end := int64(fixed) + n*sectionEntry
	if n > maxSections || end+8 > size {
		return bad(fmt.Sprintf("a table of %d sections", n), ErrCorrupt)
	}
	table := make([]byte, end+8)
	if err := readFull(r, table, 0); err != nil {
		return nil, err
	}
	if xxhash.Sum64(table[:end]) != binary.LittleEndian.Uint64(table[end:]) {
		return bad("checksum of the table doesn't match", ErrCorrupt)
	}
	at := end + 8
	var out []section
	for e := table[fixed:end]; len(e) > 0; e = e[sectionEntry:] {
		length := binary.LittleEndian.Uint64(e[8:])
		s := section{name: string(e[:4]), sum: binary.LittleEndian.Uint64(e[16:])}
		if length > uint64(size-at) {
			return nil, &ReadError{Section: s.name, What: fmt.Sprintf("%d bytes, of which %d are there", length, size-at), Err: ErrCorrupt}
		}
		s.data = make([]byte, length)
		if err := readFull(r, s.data, at); err != nil {
			return nil, err
		}
		at += int64(length)
		out = append(out, s)
	}
	if at != size {
		return bad(fmt.Sprintf("%d bytes too many", size-at), ErrCorrupt)
	}
	return out, nil
}

func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return &ReadError{What: "it ends too early", Err: ErrCorrupt}
	}
	return err
}

func (m *Map) readMeta(b []byte) error {
	var s storedMeta
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	m.Meta = s.Meta
	m.Meta.Bound = orb.Bound{Min: orb.Point{s.Bound[0], s.Bound[1]}, Max: orb.Point{s.Bound[2], s.Bound[3]}}
	for i, lim := range [4]float64{180, 90, 180, 90} {
		if math.Abs(s.Bound[i]) > lim {
			return errors.New("the bound is not on earth")
		}
	}
	return nil
}
