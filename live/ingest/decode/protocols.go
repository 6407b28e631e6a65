// Package decode gathers the tracker protocols under their names and runs them
// over files: what stands behind `citygrid decode`.
package decode

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/gt06"
	"citygrid/live/ingest/tracker/h02"
	"citygrid/live/ingest/tracker/jt808"
	"citygrid/live/ingest/tracker/teltonika"
	"citygrid/live/ingest/tracker/topin"
	"citygrid/live/ingest/tracker/watch"
	"citygrid/live/ingest/tracker/web"
)

// ErrProtocol is for a name that is none of ours.
var ErrProtocol = errors.New("no such protocol")

// A Protocol is how to cut a stream and decode its frames, or for those that
// come by HTTP how to decode a request. One of the two is nil.
type Protocol struct {
	Name       string
	Split      tracker.Split
	NewSession func(model string) tracker.Session // model as the registry has it, or empty
	Request    func(web.Request, time.Time) (tracker.Message, error)
}

var protocols = map[string]Protocol{
	"jt808":     {Split: jt808.Split, NewSession: func(string) tracker.Session { return &jt808.Session{} }},
	"gt06":      {Split: gt06.Split, NewSession: func(string) tracker.Session { return &gt06.Session{} }},
	"h02":       {Split: h02.Split, NewSession: func(string) tracker.Session { return &h02.Session{} }},
	"watch":     {Split: watch.Split, NewSession: func(string) tracker.Session { return &watch.Session{} }},
	"teltonika": {Split: teltonika.Split, NewSession: func(model string) tracker.Session { return &teltonika.Session{Model: model} }},
	"topin":     {Split: topin.Split, NewSession: func(string) tracker.Session { return &topin.Session{} }},
	"osmand":    {Request: web.OsmAnd},
	"owntracks": {Request: web.OwnTracks},
	"ttnhttp":   {Request: web.TTN},
}

// Lookup finds a protocol by its name.
func Lookup(name string) (Protocol, error) {
	p, ok := protocols[name]
	if !ok {
		return p, fmt.Errorf("%w: %q; there are %s", ErrProtocol, name, strings.Join(Names(), ", "))
	}
	p.Name = name
	return p, nil
}

// Names are the protocols we know, sorted.
func Names() []string { return slices.Sorted(maps.Keys(protocols)) }
