package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"citygrid/data/audit"
	"citygrid/data/store"
)

type auditCmd struct {
	Export auditExportCmd `cmd:"" help:"Write the audit log, a JSON object a line, with its chain of hashes; also while the server runs."`
	Verify auditVerifyCmd `cmd:"" help:"Check the chain of the audit log, and that what was exported or noted earlier is still in it."`
}

type auditExportCmd struct {
	Data string `help:"Data folder." default:"citygrid-data" type:"path"`
	File string `arg:"" help:"The export to write; - is standard output." placeholder:"FILE"`
}

// Run exports the log and says where it ends. The file appears under its name
// only when it is whole.
func (c *auditExportCmd) Run(e *env) (err error) {
	st, err := openLog(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	// What was written up to now is in the export, which may have more.
	head, err := st.AuditHead(e.ctx)
	if err != nil {
		return err
	}
	if c.File == "-" {
		err = st.ExportAudit(e.ctx, e.stdout)
	} else {
		err = whole(c.File, func(w io.Writer) error { return st.ExportAudit(e.ctx, w) })
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "The log went to entry %s\nNote this where nobody who has the data folder can change it: citygrid audit verify --head checks it.\n", headText(head))
	return nil
}

type auditVerifyCmd struct {
	Data   string     `help:"Data folder." default:"citygrid-data" type:"path"`
	Head   []headFlag `help:"An end of the log noted earlier: it must still be in it." placeholder:"SEQ:HASH"`
	Export string     `help:"An earlier export: its own chain is checked, and its end must still be in the log." type:"path" placeholder:"FILE"`
	Alone  bool       `help:"Check the export alone, where the data folder is not at hand."`
}

// Run checks the log. A log that was changed ends with exit code 1 and the first
// entry that doesn't fit.
func (c *auditVerifyCmd) Run(e *env) (err error) {
	if c.Alone && c.Export == "" {
		return badInput(errors.New("--alone needs --export FILE"))
	}
	noted := make([]audit.Head, len(c.Head))
	for i, h := range c.Head {
		noted[i] = h.Head
	}
	if c.Export != "" {
		head, err := verifyExport(c.Export, noted, c.Alone)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "%s: all entries are unchanged, to entry %s\n", c.Export, headText(head))
		if c.Alone {
			return nil
		}
		noted = append(noted, head)
	}
	st, err := openLog(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	n, err := st.VerifyAuditAgainst(e.ctx, noted...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s: all %d entries are unchanged\n", c.Data, n)
	return err
}

// verifyExport checks the chain of an export; alone, also that noted heads are
// in it: they may be younger than the export otherwise.
func verifyExport(path string, noted []audit.Head, alone bool) (head audit.Head, err error) {
	f, err := os.Open(path)
	if err != nil {
		return head, badInput(err)
	}
	defer f.Close()
	if !alone {
		noted = nil
	}
	head, err = audit.VerifyLines(f, noted...)
	if err != nil && !errors.Is(err, audit.ErrBroken) {
		return head, badInput(fmt.Errorf("%s: %w", path, err))
	}
	if err != nil {
		return head, fmt.Errorf("%s: %w", path, err)
	}
	return head, nil
}

func openLog(dir string) (*store.Store, error) {
	if err := mustExist(dir); err != nil {
		return nil, err
	}
	return store.Open(dir, store.Options{ReadOnly: true})
}

// whole writes a file that appears under its name only when it is whole.
func whole(path string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".citygrid-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already when all went well
	defer tmp.Close()
	if err := write(tmp); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func headText(h audit.Head) string { return fmt.Sprintf("%d:%s", h.Seq, hex.EncodeToString(h.Hash[:])) }

// A headFlag is an end of the log as export prints it.
type headFlag struct{ audit.Head }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *headFlag) UnmarshalText(text []byte) error {
	seq, hash, _ := strings.Cut(string(text), ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	raw, hexErr := hex.DecodeString(hash)
	if err != nil || hexErr != nil || n < 1 || len(raw) != len(h.Hash) {
		return fmt.Errorf("%q is not SEQ:HASH as citygrid audit export prints it", text)
	}
	h.Head = audit.Head{Seq: n, Hash: [32]byte(raw)}
	return nil
}
