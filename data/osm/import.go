package osm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"citygrid/data/mapfile"
	"citygrid/geo/basemap"
	"citygrid/geo/street"
	"citygrid/geo/street/dissect"
)

// Import reads the extract at src and saves it as a map file at dst. name is
// what the map is called; "" takes the file's name. An error, or the end of ctx,
// leaves dst as it was. The map that was saved comes back, ready to serve.
func Import(ctx context.Context, src, dst, name string, o Options) (*mapfile.Map, error) {
	m, err := ReadMap(ctx, src, name, o)
	if err != nil {
		return nil, err
	}
	if o.Progress != nil {
		o.Progress(StageSave, 0, 1)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := mapfile.Save(dst, m); err != nil {
		return nil, err
	}
	if o.Progress != nil {
		o.Progress(StageSave, 1, 1)
	}
	return m, nil
}

// ReadMap reads the extract at src and builds the map, without saving it.
func ReadMap(ctx context.Context, src, name string, o Options) (*mapfile.Map, error) {
	start := time.Now()
	sum := make(chan string, 1)
	go func() { sum <- fileSum(ctx, src) }()
	res, err := Read(ctx, src, o)
	source := <-sum
	if err != nil {
		return nil, err
	}
	res.Parts.Order = dissect.Order(&res.Parts)
	network, err := street.Build(res.Parts)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", src, err) // a bug of this package
	}
	if name == "" {
		name, _, _ = strings.Cut(filepath.Base(src), ".")
	}
	m := &mapfile.Map{
		Meta: mapfile.Meta{
			Name: name, Source: filepath.Base(src), SourceSHA256: source, ImportedAt: start.UTC().Truncate(time.Second),
			Bound: res.Bound, DataTime: res.DataTime, Languages: languages(res),
		},
		Network: network, Base: basemap.New(res.Features), Places: res.Places, Report: res.Report,
	}
	m.Meta.ImportSeconds = time.Since(start).Seconds()
	return m, nil
}

// fileSum is the SHA-256 of a file in hex, "" if it can't be read or ctx ends.
func fileSum(ctx context.Context, path string) string {
	if !readable(path) {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	for ctx.Err() == nil {
		if _, err := io.CopyN(h, f, 1<<20); err == io.EOF {
			return hex.EncodeToString(h.Sum(nil))
		} else if err != nil {
			return ""
		}
	}
	return ""
}

// languages lists the languages of the names, the most frequent first, those of
// a single thing left out.
func languages(res *Result) []string {
	count := map[string]int{}
	add := func(m map[string]string) {
		for l := range m {
			if len(l) >= 2 && l != "ref" && !strings.HasSuffix(l, "_name") {
				count[l]++
			}
		}
	}
	for _, n := range res.Parts.Names {
		add(n.In)
	}
	for _, p := range res.Places {
		add(p.Name)
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < 2 })
	out := slices.Collect(maps.Keys(count))
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return out[:min(len(out), 40)]
}
