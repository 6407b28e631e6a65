// Package mapfile keeps an imported city in one file: the street network, the
// base map, the gazetteer and the report of the import.
//
// The file is a header, a table of sections and the sections. Each section holds
// columns of varints and has a checksum (xxHash64); the table has one too. Numbers
// in the header and table are little-endian:
//
//	8 bytes   "CITYMAP\n"
//	uint32    format, see Format
//	uint32    how many sections follow
//	24 bytes  a section: name (4 bytes, then 4 zero bytes), length, checksum
//	uint64    checksum of all the bytes before
//	...       the sections, in the order of the table
//
// A file is written beside its place and renamed, so there is either the old one
// or the new one. What is read back is checked: by checksum against accidents,
// and index by index (street.Build, basemap.Build) against design.
package mapfile

import (
	"errors"
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// Format is the version of the file format that Save writes. Open takes those from
// oldest on. What an old file lacks: the order of the segments (before 2), which is
// found when routes are prepared, in some seconds for a large city; hours and limits
// of barriers (before 3), which then count as their other tags say. To import the
// extract again mends both.
const (
	Format = 3
	oldest = 1
)

// Meta tells where a map comes from.
type Meta struct {
	ID            string    `json:"-"` // 16 hex digits of the content's hash; equal content, equal ID
	Name          string    `json:"name"`
	Source        string    `json:"source"` // the extract's file name
	SourceSHA256  string    `json:"source_sha256"`
	ImportedAt    time.Time `json:"imported_at"`
	ImportSeconds float64   `json:"import_s"`
	Bound         orb.Bound `json:"-"`
	Format        int       `json:"-"`
	DataTime      time.Time `json:"data_time"` // of the OSM data, zero if unknown
	Languages     []string  `json:"languages"` // of names, the most frequent first
}

// A Map is an imported city.
type Map struct {
	Meta    Meta
	Network *street.Network
	Base    *basemap.Map
	Places  []place.Place
	Report  Report
}

// Why a map file cannot be opened. Match with errors.Is.
var (
	ErrNotMap  = errors.New("this is no citygrid map; make one with citygrid import")
	ErrVersion = errors.New("the map has another format than this program; import it again with citygrid import")
	ErrCorrupt = errors.New("the map is damaged; import it again or restore a backup")
)

// A ReadError says where in a map file what is wrong.
type ReadError struct {
	Section string // "" for the header
	What    string
	Err     error // one of the sentinels above
}

func (e *ReadError) Error() string {
	where := "header"
	if e.Section != "" {
		where = "section " + e.Section
	}
	return fmt.Sprintf("%s: %s: %v", where, e.What, e.Err)
}

// Unwrap gives the sentinel.
func (e *ReadError) Unwrap() error { return e.Err }
