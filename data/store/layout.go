package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A data folder, for its owner only (0700, files 0600):
//
//	citygrid.db       SQLite: settings, areas, persons, sessions, audit log
//	citygrid.db-wal   SQLite's write-ahead log; belongs to citygrid.db
//	citygrid.db-shm   SQLite's index of it
//	fixes/            Pebble: the positions
//	city.map          the imported map (package mapfile)
//	retention.json    how long positions are kept; without it DefaultRetention
//	profiles.toml     who travels beside those that citygrid knows (package path)
//	holidays.csv      public holidays and make-up working days (grid/calendar.ReadDays)
//	tls/              certificates and keys, and the local authority's
//	lock              held by the process that has the folder; its id inside
//	control.sock      where commands reach the running server
//	tmp-*             work in progress; left ones are removed at start
//
// To copy a folder, use citygrid backup: a copy of the files of a running
// server is not a backup.
const (
	databaseName = "citygrid.db"
	fixesName    = "fixes"
	mapName      = "city.map"
	tlsName      = "tls"
	profilesName = "profiles.toml"
	holidaysName = "holidays.csv"
	lockName     = "lock"
	controlName  = "control.sock"
	tempPrefix   = "tmp-"
)

func databasePath(dir string) string { return filepath.Join(dir, databaseName) }

// MapPath is where the map of the data folder dir is.
func MapPath(dir string) string { return filepath.Join(dir, mapName) }

// TLSPath is the folder of the certificates of the data folder dir.
func TLSPath(dir string) string { return filepath.Join(dir, tlsName) }

// ProfilesPath is the file of the data folder dir with profiles of its own.
func ProfilesPath(dir string) string { return filepath.Join(dir, profilesName) }

// HolidaysPath is the file of the data folder dir with the bureau's public holidays.
func HolidaysPath(dir string) string { return filepath.Join(dir, holidaysName) }

// LockPath is the lock file of the data folder dir; see Lock.
func LockPath(dir string) string { return filepath.Join(dir, lockName) }

// ControlPath is the socket of the server that has the data folder dir.
func ControlPath(dir string) string { return filepath.Join(dir, controlName) }

// TempPattern is a name for os.CreateTemp and os.MkdirTemp in a data folder:
// what is left of it after a crash goes away at the next start.
const TempPattern = tempPrefix + "*"

// written are the files of a data folder that people write, by hand and in place.
var written = []string{retentionName, profilesName, holidaysName}

// maxWritten is the most bytes that one of them may have to come into a backup.
const maxWritten = 16 << 20

// ours are the names that a data folder may have before its database is there.
var ours = append([]string{fixesName, mapName, tlsName, lockName, controlName, "lost+found"}, written...)

// prepareFolder makes the folder, or checks that it is ours, and closes it to
// others. A folder with other people's files is refused: --data $HOME would
// otherwise change the rights of a home folder.
func prepareFolder(dir string) error {
	if err := makeFolder(dir); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read data folder: %w", err)
	}
	if _, err := os.Stat(databasePath(dir)); errors.Is(err, os.ErrNotExist) {
		for _, e := range entries {
			if !slices.Contains(ours, e.Name()) && !strings.HasPrefix(e.Name(), tempPrefix) {
				return fmt.Errorf("%w (%s has %s)", ErrForeign, dir, e.Name())
			}
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("close data folder to others: %w", err)
		}
	}
	// SQLite gives its side files the rights of the database.
	db, err := os.OpenFile(databasePath(dir), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return errors.Join(db.Chmod(0o600), db.Close())
}

// makeFolder makes dir and what is missing above it, so that a power cut takes
// none of it away: what is in a folder is only as safe as the folder's own entry.
func makeFolder(dir string) error {
	dir = filepath.Clean(dir)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

// removeLeftovers removes what a crash left half done. Only the holder of the
// lock may call it.
func removeLeftovers(dir string) {
	left, _ := filepath.Glob(filepath.Join(globEscape(dir), TempPattern))
	for _, path := range left {
		_ = os.RemoveAll(path) // it is in nobody's way but the disk's
	}
}

func globEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}
