package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxSocketPath is how long a socket's path may be on Linux (unix(7)).
const maxSocketPath = 107

// ErrNotRunning says that no server has this data folder open.
var ErrNotRunning = errors.New("no server is running on this data folder")

// A Control answers the command line, on a unix socket in the data folder, while
// the server has that folder: other processes cannot open it then. Who may open
// the socket, the owner of the data, needs no further login.
type Control struct {
	Backup func(ctx context.Context, w io.Writer) error // nil refuses backups
	// Purge removes positions that are older than they may be kept, or says what it would
	// remove; what it gives is told as JSON. nil refuses purges.
	Purge  func(ctx context.Context, dry, sure bool) (any, error)
	Status func() Status
	Logger *slog.Logger // nil is slog.Default()
}

// Status is what a running server says of itself.
type Status struct {
	Version string    `json:"version"`
	Listen  string    `json:"listen"` // the address that browsers use
	Since   time.Time `json:"since"`
	PID     int       `json:"pid"`
}

// ListenControl opens the socket that Run serves; from then on callers wait for an
// answer. The caller holds the data folder's lock, so a socket that is there is a
// dead one and is replaced.
func ListenControl(socket string) (net.Listener, error) {
	l, err := listenUnix(socket, 0o600)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return l, nil
}

// Run serves until ctx ends, and closes the listener.
func (c Control) Run(ctx context.Context, l net.Listener) error {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", c.backup)
	mux.HandleFunc("POST /purge", c.purge)
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(c.Status()); err != nil {
			c.Logger.Debug("control status", slog.Any("err", err))
		}
	})
	// Requests end with ctx: a backup that takes minutes doesn't hold up the end.
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	left, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(left)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	<-served
	return err
}

// backup streams a backup. One that fails on the way is cut off, which the other
// end sees as an error: it cannot be taken for a whole one.
func (c Control) backup(w http.ResponseWriter, r *http.Request) {
	if c.Backup == nil {
		http.Error(w, "this server makes no backups", http.StatusNotImplemented)
		return
	}
	counted := &statusWriter{ResponseWriter: w}
	w.Header().Set("Content-Type", "application/x-tar")
	err := c.Backup(r.Context(), counted)
	if err == nil {
		return
	}
	c.Logger.Error("backup", slog.Any("err", err))
	if counted.status != 0 {
		panic(http.ErrAbortHandler)
	}
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

func (c Control) purge(w http.ResponseWriter, r *http.Request) {
	if c.Purge == nil {
		http.Error(w, "this server purges nothing", http.StatusNotImplemented)
		return
	}
	done, err := c.Purge(r.Context(), r.FormValue("dry") != "", r.FormValue("sure") != "")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(done); err != nil {
		c.Logger.Debug("control purge", slog.Any("err", err))
	}
}

// RequestPurge has the server behind socket purge, and reads what it says into done.
// The error is ErrNotRunning when there is none.
func RequestPurge(ctx context.Context, socket string, dry, sure bool, done any) error {
	route := "/purge?"
	if dry {
		route += "dry=1&"
	}
	if sure {
		route += "sure=1"
	}
	answer, err := askControl(ctx, socket, http.MethodPost, route)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(done); err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	return nil
}

// RequestBackup asks the server behind socket for a backup and writes it to w.
// The error is ErrNotRunning when there is none.
func RequestBackup(ctx context.Context, socket string, w io.Writer) error {
	answer, err := askControl(ctx, socket, http.MethodPost, "/backup")
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(w, answer.Body); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// RequestStatus asks the server behind socket who it is. The error is ErrNotRunning when there is none.
func RequestStatus(ctx context.Context, socket string) (Status, error) {
	var st Status
	answer, err := askControl(ctx, socket, http.MethodGet, "/status")
	if err != nil {
		return st, err
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&st); err != nil {
		return st, fmt.Errorf("status: %w", err)
	}
	return st, nil
}

func askControl(ctx context.Context, socket, method, route string) (*http.Response, error) {
	path, free, err := shortPath(socket)
	if err != nil {
		return nil, err
	}
	defer free()
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://control"+route, nil)
	if err != nil {
		return nil, err
	}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		if ctx.Err() == nil {
			return nil, ErrNotRunning
		}
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
		_ = answer.Body.Close()
		return nil, fmt.Errorf("the running server says: %s", strings.TrimSpace(string(why)))
	}
	return answer, nil
}

// listenUnix listens at path, which is never open to more than mode allows: the
// socket is made in a folder of its own and moved once its mode is set. One that
// is there is replaced.
func listenUnix(path string, mode fs.FileMode) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket == 0 {
		return nil, fmt.Errorf("%s is there and not a socket", path)
	}
	closed, err := os.MkdirTemp(filepath.Dir(path), "tmp-sock-*") // 0700; in a data folder tmp-* goes away at the next start
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(closed) }()
	short, free, err := shortPath(filepath.Join(closed, "s"))
	if err != nil {
		return nil, err
	}
	defer free()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	made := filepath.Join(closed, "s")
	if err = os.Chmod(made, mode); err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &unixListener{l, path}, nil
}

// A unixListener takes its socket away when it closes.
type unixListener struct {
	net.Listener
	path string
}

func (l *unixListener) Close() error {
	_ = os.Remove(l.path)
	return l.Listener.Close()
}

// shortPath gives a path to the same file that fits into a socket's address,
// through the open folder if it must. free lets that go.
func shortPath(path string) (short string, free func(), err error) {
	free = func() {}
	if len(path) <= maxSocketPath {
		return path, free, nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return "", free, err
	}
	short = fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path))
	if _, err := os.Stat(filepath.Dir(short)); err != nil {
		return "", free, errors.Join(fmt.Errorf("%s is too long for a socket (more than %d characters): use a data folder with a shorter path", path, maxSocketPath), dir.Close())
	}
	return short, func() { _ = dir.Close() }, nil
}
