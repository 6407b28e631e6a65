package mapfile

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
)

const magic = "CITYMAP\n"

// The sections, in the order in which they are written.
const (
	secMeta      = "META"
	secReport    = "REPT"
	secJunctions = "JUNC"
	secSegments  = "SEGM"
	secShape     = "SHAP"
	secNames     = "NAME" // names, rules, turn restrictions
	secRecords   = "RECS"
	secPoints    = "PNTS"
	secPlaces    = "PLCS"
	secOrder     = "ORDR" // of the segments, from format 2 on; may be missing
	secBarriers  = "BARR" // rules of junctions, from format 3 on; may be missing
)

type section struct {
	name string
	data []byte
	sum  uint64
}

// storedMeta is the META section. The bound is kept as numbers that JSON has.
type storedMeta struct {
	Meta
	Bound [4]float64 `json:"bound"` // west, south, east, north
}

// tempPattern is the name of a file that isn't whole yet. In a data folder
// what begins with tmp- goes away at the next start (data/store), should a
// crash leave it.
const tempPattern = "tmp-city-*"

// Save writes m to path: to a temporary file in the same folder first, which is
// synced and renamed, so a crash leaves the old file or the new one. It sets
// m.Meta.ID and m.Meta.Format.
func Save(path string, m *Map) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, tempPattern)
	if err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write map %s: %w", path, err), ignoreClosed(f.Close()), os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := Write(w, m); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	// The file stands; if the folder can't be synced only a power cut may undo it.
	return syncDir(dir)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Write writes m as the bytes of a map file.
func Write(w io.Writer, m *Map) error {
	sections, err := encode(m)
	if err != nil {
		return err
	}
	head := []byte(magic)
	head = binary.LittleEndian.AppendUint32(head, Format)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(sections)))
	for _, s := range sections {
		head = append(head, s.name...)
		head = append(head, 0, 0, 0, 0)
		head = binary.LittleEndian.AppendUint64(head, uint64(len(s.data)))
		head = binary.LittleEndian.AppendUint64(head, s.sum)
	}
	head = binary.LittleEndian.AppendUint64(head, xxhash.Sum64(head))
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, s := range sections {
		if _, err := w.Write(s.data); err != nil {
			return err
		}
	}
	return nil
}

func encode(m *Map) ([]section, error) {
	m.Meta.Format = Format
	b := m.Meta.Bound
	meta, err := json.Marshal(storedMeta{m.Meta, [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}})
	if err != nil {
		return nil, err
	}
	report, err := json.Marshal(m.Report)
	if err != nil {
		return nil, err
	}
	p, base := m.Network.Parts(), m.Base.Parts()
	sections := []section{
		{name: secMeta, data: meta},
		{name: secReport, data: report},
		{name: secJunctions, data: encodeJunctions(p)},
		{name: secSegments, data: encodeSegments(p)},
		{name: secShape, data: encodeShape(p)},
		{name: secNames, data: encodeNames(p)},
		{name: secRecords, data: encodeRecords(base)},
		{name: secPoints, data: encodePoints(base)},
		{name: secPlaces, data: encodePlaces(m.Places)},
	}
	if p.Order != nil {
		sections = append(sections, section{name: secOrder, data: encodeOrder(p)})
	}
	if barriers := encodeBarriers(p); barriers != nil {
		sections = append(sections, section{name: secBarriers, data: barriers})
	}
	for i := range sections {
		sections[i].sum = xxhash.Sum64(sections[i].data)
	}
	m.Meta.ID = contentID(sections)
	return sections, nil
}

// contentID is the hash of all sections but META, which holds the time of the
// import: importing the same data again gives the same map.
func contentID(sections []section) string {
	var b []byte
	for _, s := range sections {
		if s.name != secMeta {
			b = append(b, s.name...)
			b = binary.LittleEndian.AppendUint64(b, s.sum)
		}
	}
	return fmt.Sprintf("%016x", xxhash.Sum64(b))
}
