package osm

import (
	"errors"
	"fmt"
)

// Why a file cannot be imported. Match with errors.Is.
var (
	ErrEmpty     = errors.New("the file is empty")
	ErrNotOSM    = errors.New("this is not OpenStreetMap data; give an .osm.pbf, .osm, .osm.bz2 or .osm.gz extract")
	ErrTruncated = errors.New("the file ends too early; download it again")
	ErrCorrupt   = errors.New("the file is damaged; download it again")
	ErrTooBig    = errors.New("the file is beyond this program's limits; cut a smaller extract or give --bbox")
	ErrNothing   = errors.New("no streets in it")
)

// A FileError says which file could not be imported, why, and where in it. It
// is the user's file that is at fault, so a command ends with exit code 2.
type FileError struct {
	File   string
	Block  int   // number of the data block, from 0; -1 where blocks don't apply
	Offset int64 // byte in the file, or in the unpacked XML; -1 if it isn't about one place
	What   string
	Err    error // one of the sentinels above, or what the system said
}

func (e *FileError) Error() string {
	s := e.File + ": "
	if e.Block >= 0 {
		s += fmt.Sprintf("block %d: ", e.Block)
	}
	if e.Offset >= 0 {
		s += fmt.Sprintf("byte %d: ", e.Offset)
	}
	if e.What != "" {
		s += e.What + ": "
	}
	return s + e.Err.Error()
}

// Unwrap gives the sentinel or the system's error.
func (e *FileError) Unwrap() error { return e.Err }
