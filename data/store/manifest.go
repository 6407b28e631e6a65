package store

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"time"

	"citygrid/data/audit"
)

// A backup is a tar file compressed by zstd (tar --zstd reads it):
//
//	manifest.json   what follows, with sizes and SHA-256; always first
//	citygrid.db     the database at one moment, without sessions
//	fixes/...       a Pebble checkpoint, taken after the database, so that
//	                nothing in the database speaks of a fix that is missing
//	city.map        if there is one
//	tls/...         if there is one
//	retention.json, profiles.toml, holidays.csv   those that are there, since format 2
//
// It holds password hashes and the private keys in tls/: keep it like the data
// folder itself. The SHA-256s show damage; they do not show who made a backup,
// so restore only what you trust.
const backupFormat = 2

const (
	manifestName = "manifest.json"
	maxManifest  = 64 << 20 // bytes
	maxFiles     = 200_000
)

// A manifest says what is in a backup.
type manifest struct {
	Format  int         `json:"format"`
	At      time.Time   `json:"at"`
	Audit   auditHeadJS `json:"audit"`   // the end of the log, to be found again
	Arrival uint64      `json:"arrival"` // of the last fix, at least
	Files   []fileEntry `json:"files"`   // in the order of the tar
}

type auditHeadJS struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"` // hex
}

type fileEntry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

func headJSON(h audit.Head) auditHeadJS { return auditHeadJS{h.Seq, hex.EncodeToString(h.Hash[:])} }

func (h auditHeadJS) head() (audit.Head, error) {
	b, err := hex.DecodeString(h.Hash)
	if err != nil || len(b) != 32 || h.Seq < 0 {
		return audit.Head{}, errors.New("the head of the audit log is not one")
	}
	return audit.Head{Seq: h.Seq, Hash: [32]byte(b)}, nil
}

// fileName is what a file of a backup may be called. There are no others, so no
// name leads out of the folder.
var fileName = regexp.MustCompile(`^(citygrid\.db|city\.map|retention\.json|profiles\.toml|holidays\.csv|(fixes|tls)/[A-Za-z0-9_][A-Za-z0-9._-]{0,200})$`)

// parseManifest checks all that is said before anything is written.
func parseManifest(b []byte) (manifest, error) {
	var m manifest
	var form struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &form); err != nil {
		return m, fmt.Errorf("%w: manifest: %w", ErrBackup, err)
	}
	if form.Format > backupFormat {
		return m, fmt.Errorf("%w (backup of format %d, this one knows %d)", ErrNewer, form.Format, backupFormat)
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return m, fmt.Errorf("%w: manifest: %w", ErrBackup, err)
	}
	bad := func(format string, args ...any) (manifest, error) {
		return m, fmt.Errorf("%w: manifest: %s", ErrBackup, fmt.Sprintf(format, args...))
	}
	if m.Format < 1 {
		return bad("no format")
	}
	if _, err := m.Audit.head(); err != nil {
		return bad("%v", err)
	}
	if len(m.Files) > maxFiles {
		return bad("more than %d files", maxFiles)
	}
	seen := make(map[string]bool)
	for _, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		switch {
		case !fileName.MatchString(f.Name) || !fs.ValidPath(f.Name) || path.Clean(f.Name) != f.Name:
			return bad("%q is not a file of a backup", f.Name)
		case seen[f.Name]:
			return bad("%s is there twice", f.Name)
		case f.Size < 0 || f.Size > math.MaxInt64/maxFiles:
			return bad("%s cannot have %d bytes", f.Name, f.Size)
		case err != nil || len(sum) != 32:
			return bad("%s has no SHA-256", f.Name)
		}
		seen[f.Name] = true
	}
	if !slices.ContainsFunc(m.Files, func(f fileEntry) bool { return f.Name == databaseName }) {
		return bad("there is no database")
	}
	return m, nil
}

// size is the bytes of all files.
func (m manifest) size() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}
