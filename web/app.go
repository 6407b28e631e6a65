package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// dist is the built app. Without a build only a stub is in it, and the server
// says how to build.
//
//go:embed all:app/dist
var dist embed.FS

// App is the built app as it is embedded in the program.
func App() fs.FS {
	sub, err := fs.Sub(dist, "app/dist")
	if err != nil {
		panic(err) // the path above is wrong
	}
	return sub
}

// screens are the addresses that the app draws itself. Others are not found, so
// that a mistyped address says so.
var screens = []string{
	"/", "/login", "/setup", "/map", "/account", "/docs", "/phone", "/trust", "/studio", "/studio/zones",
	"/admin", "/admin/people", "/admin/areas", "/admin/roles", "/admin/map", "/admin/hooks", "/admin/audit",
	"/fleet", "/fleet/people", "/fleet/teams", "/fleet/stations", "/fleet/vehicles", "/fleet/devices", "/fleet/dogs", "/fleet/shifts", "/fleet/strangers", "/device",
	"/plans", "/plans/gantt", "/plans/patrol", "/plans/tows", "/plans/spots", "/plans/campaigns", "/plans/cells",
}

// isScreen says whether the app draws this address: one of its screens, a
// draft, a zone or a dog by its number.
func isScreen(path string) bool {
	if slices.Contains(screens, path) {
		return true
	}
	for _, below := range []string{"/studio/zones/", "/studio/", "/dogs/"} {
		number, ok := strings.CutPrefix(path, below)
		if ok && number != "" && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return false
}

// appFiles are the files of the app by path below the root, ready to serve.
type appFiles map[string]*appFile

type appFile struct {
	kind   string // Content-Type
	etag   string
	plain  []byte
	packed map[string]func() []byte // by content encoding
}

// newAppFiles reads the whole app into memory: some megabytes, and no request
// can reach beyond what was read.
func newAppFiles(app fs.FS) (*appFiles, error) {
	if app == nil {
		app = App()
	}
	files := appFiles{}
	err := fs.WalkDir(app, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		data, err := fs.ReadFile(app, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		files["/"+name] = &appFile{
			kind: contentType(name), etag: `"` + hex.EncodeToString(sum[:12]) + `"`, plain: data,
			packed: map[string]func() []byte{},
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the app: %w", err)
	}
	for name, f := range files {
		for ext, encoding := range map[string]string{".br": "br", ".gz": "gzip"} {
			if ready, ok := files[name+ext]; ok {
				f.packed[encoding] = func() []byte { return ready.plain }
			}
		}
		if f.packed["gzip"] == nil && packs(f) {
			f.packed["gzip"] = sync.OnceValue(f.gzip)
		}
	}
	return &files, nil
}

// packs says whether compressing f is worth the time: fonts and pictures are
// compressed already.
func packs(f *appFile) bool {
	return len(f.plain) > 1<<10 && (strings.HasPrefix(f.kind, "text/") || strings.Contains(f.kind, "json") || strings.Contains(f.kind, "svg"))
}

func (f *appFile) gzip() []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(f.plain)
	if err = errors.Join(err, w.Close()); err != nil || b.Len() >= len(f.plain) {
		return f.plain
	}
	return b.Bytes()
}

// contentType doesn't ask the operating system's tables, which differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

func (s *Server) appRoutes() {
	for _, pattern := range []string{"GET /{$}", "GET /{file}", "GET /admin/{tab}", "GET /fleet/{tab}", "GET /dogs/{dog}", "GET /studio/{draft}", "GET /studio/zones/{zone}", "GET /plans/{view}", "GET /assets/{file...}"} {
		s.handleRaw(pattern, nil, s.appFile)
	}
}

func (s *Server) appFile(w http.ResponseWriter, r *http.Request) {
	files := *s.app
	name, cache := r.URL.Path, "no-cache"
	if isScreen(name) {
		name = "/index.html"
		if files[name] == nil {
			page(w, http.StatusServiceUnavailable, "The app is not built", "This program was built without its web app. Run <code>make app</code>, then build it again.", "程序编译时未包含网页界面。请先运行 <code>make app</code>，再重新编译。")
			return
		}
	} else if strings.HasPrefix(name, "/assets/") {
		cache = "public, max-age=31536000, immutable" // vite puts a hash in the name
	}
	f := files[name]
	if f == nil {
		s.notFoundPage(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", cache)
	body, tag := f.plain, f.etag
	if len(f.packed) > 0 {
		h.Set("Vary", "Accept-Encoding")
		for _, encoding := range []string{"br", "gzip"} {
			// A range is of the plain bytes: whoever asks for one gets those.
			if pack := f.packed[encoding]; pack != nil && accepts(r, encoding) && r.Header.Get("Range") == "" {
				if small := pack(); len(small) < len(f.plain) {
					body, tag = small, strings.TrimSuffix(tag, `"`)+"-"+encoding+`"`
					h.Set("Content-Encoding", encoding)
				}
				break
			}
		}
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// notFoundPage lets the app say that there is nothing, when it is built and a
// person is likely to read it.
func (s *Server) notFoundPage(w http.ResponseWriter, r *http.Request) {
	if index := (*s.app)["/index.html"]; index != nil && strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Content-Type", index.kind)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(index.plain)
		return
	}
	page(w, http.StatusNotFound, "Not found", `There is nothing at this address. <a href="/">To the start</a>`, `此地址没有内容。<a href="/">返回首页</a>`)
}

// page writes a page of our own, for when the app cannot. The policy allows no
// inline style, so it is plain.
func page(w http.ResponseWriter, status int, title, english, chinese string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%s - citygrid</title></head>\n"+
		"<body><h1>%s</h1><p>%s</p><p lang=\"zh-CN\">%s</p></body></html>\n", title, title, english, chinese)
}
