package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"citygrid/data/mapfile"
	"citygrid/data/osm"
	"citygrid/data/store"
	"citygrid/web"

	"github.com/paulmach/orb"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

type importCmd struct {
	Data  string     `help:"Data folder; the map becomes its city.map." default:"citygrid-data" type:"path"`
	BBox  *boundFlag `help:"Import only this box, in WGS 84 degrees." name:"bbox" placeholder:"W,S,E,N"`
	Name  string     `help:"What to call the map; the file's name by default."`
	Quiet bool       `help:"No progress bar and no report."`
	importLimits
	File string `arg:"" help:"The extract: .osm.pbf, .osm, .osm.bz2 or .osm.gz." type:"path"`
}

// Run imports an extract into a folder that nobody else has: a running server
// would go on with the map that it has, and of two imports the slower would win.
func (c *importCmd) Run(e *env) error {
	_, missing := os.Stat(c.Data)
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	unlock, err := store.Lock(c.Data)
	if err != nil {
		return inUse(e.ctx, c.Data, err)
	}
	err = c.take(e)
	if err != nil && missing != nil {
		_ = os.Remove(store.LockPath(c.Data))
		_ = os.Remove(c.Data) // only if it is empty
	}
	return errors.Join(err, unlock())
}

// inUse adds to a *store.LockedError where to import instead.
func inUse(ctx context.Context, dir string, err error) error {
	if !errors.Is(err, store.ErrLocked) {
		return err
	}
	if server, down := web.RequestStatus(ctx, store.ControlPath(dir)); down == nil {
		return fmt.Errorf("the server at %s (process %d) has the data folder %s: import on its page /admin/map, or stop it first", server.Listen, server.PID, dir)
	}
	return err
}

// take imports into a folder that the caller has locked.
func (c *importCmd) take(e *env) error {
	var bound *orb.Bound
	if c.BBox != nil {
		bound = &c.BBox.Bound
	}
	m, err := importMap(e.ctx, c.File, store.MapPath(c.Data), c.Name, c.options(bound, bar(e.stderr, c.Quiet)))
	if err != nil {
		return err
	}
	if c.Quiet {
		return nil
	}
	info, err := os.Stat(store.MapPath(c.Data))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s\n%s: %d segments, %d junctions, %d features, %d places, %.1f MB, in %.1f s\n",
		m.Report.String(), store.MapPath(c.Data), m.Network.Segments(), m.Network.Junctions(),
		m.Base.Len(), len(m.Places), float64(info.Size())/1e6, m.Meta.ImportSeconds)
	return err
}

// importMap imports an extract; a fault of the extract is bad input.
func importMap(ctx context.Context, src, dst, name string, o osm.Options) (*mapfile.Map, error) {
	m, err := osm.Import(ctx, src, dst, name, o)
	var bad *osm.FileError
	if errors.As(err, &bad) {
		return nil, badInput(err)
	}
	return m, err
}

// bar draws the progress of an import on a terminal, a bar a stage; elsewhere it
// writes a line when a stage begins. It is nil if quiet.
func bar(w io.Writer, quiet bool) func(stage string, done, total int64) {
	if quiet {
		return nil
	}
	f, ok := w.(*os.File)
	drawn := ok && term.IsTerminal(int(f.Fd()))
	var b *progressbar.ProgressBar
	var now string
	return func(stage string, done, total int64) {
		if stage != now {
			now = stage
			if !drawn {
				fmt.Fprintln(w, stage)
				return
			}
			if b != nil {
				_ = b.Finish()
			}
			b = progressbar.NewOptions64(total,
				progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(fmt.Sprintf("%-22s", stage)),
				progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }))
		}
		if drawn {
			_ = b.Set64(done)
		}
	}
}
