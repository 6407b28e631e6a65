// Package storetest gives tests data folders.
package storetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"citygrid/data/store"
)

// laid is a data folder that nobody wrote to, made once for all tests of a
// process: to lay one and to migrate it is half the price of a small test.
var laid = sync.OnceValues(func() (fstest.MapFS, error) {
	dir, err := os.MkdirTemp("", "citygrid-storetest-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	data := filepath.Join(dir, "data")
	s, err := store.Open(data, store.Options{Reserve: -1})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	files, all := os.DirFS(data), fstest.MapFS{}
	return all, fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		all[name] = &fstest.MapFile{Data: content, Mode: 0o600}
		return err
	})
})

// Dir is a new data folder of this version with nothing in it, the test's own.
func Dir(t testing.TB) string {
	t.Helper()
	files, err := laid()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}
