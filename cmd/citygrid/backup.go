package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"citygrid/data/store"
	"citygrid/web"
)

type backupCmd struct {
	Data string `help:"Data folder." default:"citygrid-data" type:"path"`
	File string `arg:"" help:"The backup to write; - is standard output." placeholder:"FILE"`
}

// Run asks the server that holds the folder for a backup, or, when none runs,
// makes it itself. The file appears under its name only when it is whole.
func (c *backupCmd) Run(e *env) error {
	if c.File == "-" {
		return backup(e.ctx, c.Data, e.stdout)
	}
	if err := whole(c.File, func(w io.Writer) error { return backup(e.ctx, c.Data, w) }); err != nil {
		return err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "%s: %.1f MB. It holds passwords' hashes and tracks: keep it as safe as the data folder.\n", c.File, float64(info.Size())/1e6)
	return nil
}

// syncFolder makes a rename in dir outlast a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func backup(ctx context.Context, dir string, w io.Writer) error {
	if err := mustExist(dir); err != nil {
		return err
	}
	st, err := store.Open(dir, store.Options{})
	if errors.Is(err, store.ErrLocked) {
		return web.RequestBackup(ctx, store.ControlPath(dir), w)
	}
	if err != nil {
		return err
	}
	err = st.Backup(ctx, w)
	return errors.Join(err, st.Close())
}

type restoreCmd struct {
	Data string `help:"Folder to make; it must not exist or be empty." default:"citygrid-data" type:"path"`
	File string `arg:"" help:"The backup to read; - is standard input." placeholder:"FILE"`
}

// Run unpacks a backup into a new folder, whole or not at all.
func (c *restoreCmd) Run(e *env) error {
	in := e.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return badInput(err)
		}
		defer f.Close()
		in = f
	}
	if err := store.Restore(e.ctx, in, c.Data); err != nil {
		if errors.Is(err, store.ErrBackup) || errors.Is(err, store.ErrNotEmpty) || errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrCorrupt) {
			return badInput(err)
		}
		return err
	}
	fmt.Fprintf(e.stderr, "restored into %s; start it with: citygrid serve --data %s\n", c.Data, c.Data)
	return nil
}
