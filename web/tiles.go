package web

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/singleflight"
)

// maxZoom is the deepest zoom that has tiles; the browser enlarges those beyond.
const maxZoom = 15

func (s *Server) tileRoutes() {
	path := func(name string, schema *huma.Schema) *huma.Param {
		return &huma.Param{Name: name, In: "path", Required: true, Schema: schema}
	}
	s.handleRaw("GET /tiles/{map}/{z}/{x}/{y}", &huma.Operation{
		OperationID: "getTile", Method: http.MethodGet, Path: "/tiles/{map}/{z}/{x}/{y}", Tags: []string{"map"},
		Summary:     "A vector tile of the base map and the streets",
		Description: "Mapbox Vector Tile 2.1 in Web Mercator, zoom 0 to 15. 204 where there is nothing. 404 for a map that isn't served: ask GET /api/map for the new id.",
		Parameters: []*huma.Param{
			path("map", &huma.Schema{Type: "string"}), path("z", &huma.Schema{Type: "integer"}),
			path("x", &huma.Schema{Type: "integer"}), path("y", &huma.Schema{Type: "integer"}),
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "The tile", Content: map[string]*huma.MediaType{
				"application/vnd.mapbox-vector-tile": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
			}},
			"204": {Description: "There is nothing in this tile"},
		},
	}, s.tile)
}

func (s *Server) tile(w http.ResponseWriter, r *http.Request) {
	m, err := s.served()
	if err == nil && m.ID != r.PathValue("map") {
		err = newProblem(http.StatusNotFound, "map.other", "this map is not served any more")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	z, x, y, err := tileAddress(r.PathValue("z"), r.PathValue("x"), r.PathValue("y"))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	tile, err := s.tiles.get(m, z, x, y)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if len(tile) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	if accepts(r, "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(tile)))
		_, _ = w.Write(tile) // a browser that went away is no error of ours
		return
	}
	plain, err := gzip.NewReader(bytes.NewReader(tile))
	if err != nil {
		s.refuse(w, r, fmt.Errorf("unpack own tile: %w", err))
		return
	}
	_, _ = io.Copy(w, plain)
}

// tileAddress checks a tile's address: 0 <= z <= maxZoom, x and y below 2^z.
func tileAddress(zs, xs, ys string) (z, x, y uint32, err error) {
	none := newProblem(http.StatusNotFound, "tile.none", fmt.Sprintf("there are tiles for zoom 0 to %d, x and y below 2^zoom", maxZoom))
	var n [3]uint32
	for i, text := range []string{zs, xs, ys} {
		v, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return 0, 0, 0, none
		}
		n[i] = uint32(v)
	}
	if n[0] > maxZoom || n[1]>>n[0] != 0 || n[2]>>n[0] != 0 {
		return 0, 0, 0, none
	}
	return n[0], n[1], n[2], nil
}

// accepts says whether the client takes a content encoding.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		q := strings.ReplaceAll(params, " ", "")
		if strings.EqualFold(strings.TrimSpace(name), encoding) && q != "q=0" && !strings.HasPrefix(q, "q=0.0") {
			return true
		}
	}
	return false
}

// A tileCache keeps packed tiles, the latest used, up to a number of bytes. A
// tile that several ask for at once is cut once, and only as many at a time as
// there are processors.
type tileCache struct {
	limit int
	once  singleflight.Group
	slots chan struct{}

	mu           sync.Mutex // guards the rest
	bytes        int
	tiles        map[tileKey]*list.Element
	recent       list.List // of *packed, the latest used first
	hits, misses int64
}

type tileKey struct {
	m       string
	z, x, y uint32
}

type packed struct {
	key  tileKey
	data []byte
}

// overhead is about what the cache needs for a tile beyond its bytes.
const overhead = 200

func newTileCache(limit int) *tileCache {
	if limit == 0 {
		limit = 64 << 20
	}
	return &tileCache{limit: limit, slots: make(chan struct{}, runtime.GOMAXPROCS(0)), tiles: map[tileKey]*list.Element{}}
}

// get is the gzipped tile, empty where there is nothing.
func (c *tileCache) get(m *Map, z, x, y uint32) ([]byte, error) {
	key := tileKey{m.ID, z, x, y}
	if tile, ok := c.lookup(key); ok {
		return tile, nil
	}
	made, err, _ := c.once.Do(fmt.Sprint(key), func() (any, error) {
		c.slots <- struct{}{}
		defer func() { <-c.slots }()
		raw, err := m.Tiles.Tile(z, x, y)
		if err != nil {
			return nil, fmt.Errorf("tile %d/%d/%d: %w", z, x, y, err)
		}
		tile, err := pack(raw)
		if err == nil {
			c.keep(key, tile)
		}
		return tile, err
	})
	if err != nil {
		return nil, err
	}
	return made.([]byte), nil
}

func pack(raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil // without the buffer's spare room
}

func (c *tileCache) lookup(key tileKey) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.tiles[key]
	if !ok {
		c.misses++
		return nil, false
	}
	c.hits++
	c.recent.MoveToFront(e)
	return e.Value.(*packed).data, true
}

func (c *tileCache) keep(key tileKey, tile []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.tiles[key]; ok || len(tile)+overhead > c.limit {
		return
	}
	c.tiles[key] = c.recent.PushFront(&packed{key, tile})
	c.bytes += len(tile) + overhead
	for c.bytes > c.limit {
		last := c.recent.Back()
		old := last.Value.(*packed)
		c.recent.Remove(last)
		delete(c.tiles, old.key)
		c.bytes -= len(old.data) + overhead
	}
}

// counts are what the metrics show.
func (c *tileCache) counts() (hits, misses int64, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.misses, c.bytes
}
