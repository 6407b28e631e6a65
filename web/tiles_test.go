package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTile(t *testing.T) {
	x := open(t)
	b := x.as("officer")
	const base = "/tiles/0123456789abcdef/"
	r := b.get(base+"1/0/0", "Accept-Encoding", "br, gzip")
	zipped, err := gzip.NewReader(bytes.NewReader(r.text))
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	plain, _ := io.ReadAll(zipped)
	if string(plain) != "a tile" {
		t.Errorf("tile is %q", plain)
	}
	for header, want := range map[string]string{
		"Content-Type": "application/vnd.mapbox-vector-tile", "Content-Encoding": "gzip",
		"Cache-Control": "private, max-age=31536000, immutable", "Vary": "Accept-Encoding",
	} {
		if got := r.header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	for _, none := range []string{"identity", "gzip;q=0", "gzip; q=0.000"} {
		if r := b.get(base+"1/0/0", "Accept-Encoding", none); string(r.text) != "a tile" || r.header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %s: %s", none, r)
		}
	}
	b.get(base+"0/0/0").is(t, 204, "")
	b.get(base+"15/32767/32767").is(t, 204, "")
	b.get("/tiles/fedcba9876543210/1/0/0").is(t, 404, "map.other")
	for _, bad := range []string{"16/0/0", "1/2/0", "1/0/2", "-1/0/0", "1/-1/0", "1.5/0/0", "a/0/0", "1/0/0.mvt", "0/99999999999999999999/0", "4294967296/0/0"} {
		b.get(base+bad).is(t, 404, "tile.none")
	}
	x.s.SetMap(nil)
	b.get(base+"1/0/0").is(t, 503, "map.none")
}

// tiler counts and can wait.
type tiler struct {
	cut  atomic.Int64
	size int
	wait time.Duration
	err  error
}

func (f *tiler) Tile(z, x, y uint32) ([]byte, error) {
	f.cut.Add(1)
	time.Sleep(f.wait)
	if f.err != nil {
		return nil, f.err
	}
	return []byte(strings.Repeat(fmt.Sprint(z, x, y), f.size)), nil
}

// TestTileIsCutOnce: many screens open the same view at once.
func TestTileIsCutOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &tiler{size: 100, wait: time.Second}
		c, m := newTileCache(0), &Map{ID: "a", Tiles: f}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if tile, err := c.get(m, 3, 1, 2); err != nil || len(tile) == 0 {
					t.Error(tile, err)
				}
			})
		}
		all.Wait()
		if n := f.cut.Load(); n != 1 {
			t.Errorf("cut %d times, want once", n)
		}
		if _, err := c.get(&Map{ID: "b", Tiles: f}, 3, 1, 2); err != nil || f.cut.Load() != 2 {
			t.Error("another map's tile came from the first map")
		}
	})
}

// TestTileCacheIsBounded: it keeps within its limit and keeps what is used.
func TestTileCacheIsBounded(t *testing.T) {
	f := &tiler{size: 1}
	const limit = 2_000
	c, m := newTileCache(limit), &Map{ID: "a", Tiles: f}
	get := func(x uint32) {
		if _, err := c.get(m, 15, x, 0); err != nil {
			t.Fatal(err)
		}
	}
	for x := range uint32(400) {
		get(x)
		get(0) // always in use
		if _, _, bytes := c.counts(); bytes > limit {
			t.Fatalf("%d bytes, limit %d", bytes, limit)
		}
	}
	if before := f.cut.Load(); before != 400 {
		t.Errorf("the tile in use was cut again: %d cuts", before)
	}
	get(1) // long gone
	if f.cut.Load() != 401 {
		t.Error("a tile unused for long was still there")
	}
	if len(c.tiles) != c.recent.Len() {
		t.Errorf("%d tiles in the table, %d in the list", len(c.tiles), c.recent.Len())
	}
}

func TestTileFailure(t *testing.T) {
	x := open(t)
	m := drawn(t)
	m.Tiles = &tiler{err: errors.New("secret detail")}
	x.s.SetMap(m)
	r := x.as("officer").get("/tiles/0123456789abcdef/1/0/0").is(t, 500, "internal")
	if strings.Contains(string(r.text), "secret") {
		t.Errorf("tells too much: %s", r)
	}
}
