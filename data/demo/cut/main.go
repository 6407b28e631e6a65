// Command cut makes the demo city's map file out of the Delaware extract that
// lies in the paulmach/osm module, which the build has downloaded anyway.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"citygrid/data/demo"
	"citygrid/data/osm"
)

const module = "github.com/paulmach/osm"

func main() {
	out := flag.String("o", filepath.Join("data", "demo", "city", demo.MapFile), "the map file to write")
	flag.Parse()
	if err := cut(context.Background(), *out); err != nil {
		fmt.Fprintln(os.Stderr, "cut the demo city:", err)
		os.Exit(1)
	}
}

func cut(ctx context.Context, out string) error {
	dir, err := moduleDir(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	src := filepath.Join(dir, "testdata", "delaware-latest.osm.pbf")
	m, err := osm.Import(ctx, src, out, demo.Name, osm.Options{Bound: &demo.Bound})
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d segments, %.1f s\n", out, m.Network.Segments(), m.Meta.ImportSeconds)
	return nil
}

// moduleDir is where the module's files lie in the module cache.
func moduleDir(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Stderr = os.Stderr
	b, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(b, &m); err != nil {
		return "", fmt.Errorf("go mod download %s: %w", module, err)
	}
	if m.Dir == "" {
		return "", fmt.Errorf("go mod download %s: it names no folder", module)
	}
	return m.Dir, nil
}
