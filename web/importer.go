package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/paulmach/orb"
)

// An Import makes the map of an extract, keeps it on disk and gives it ready to
// serve. It tells its progress (fraction 0 to 1) and stops when ctx ends. Its
// error is shown to the admin.
type Import func(ctx context.Context, x Extract, progress func(stage string, fraction float64)) (*Map, error)

// An Extract is what is to be imported.
type Extract struct {
	Demo  bool       // the demo city; the rest is empty
	File  string     // path of the uploaded file; it goes away after the import
	Name  string     // what its sender calls it, for the map's source; no path
	Bound *orb.Bound // import only this part; nil is all of it
}

// An ImportJob is an import as the browser sees it.
type ImportJob struct {
	State    string  `json:"state" enum:"running,done,failed,cancelled"`
	Stage    string  `json:"stage" doc:"what it is doing" example:"upload"`
	Fraction float64 `json:"fraction" doc:"of the stage, 0 to 1"`
	Error    string  `json:"error,omitempty" doc:"why it failed"`
	Map      string  `json:"map,omitempty" doc:"id of the new map, when done"`
}

// An importer runs one import at a time. begin reserves it, for the upload;
// run does it in a goroutine that close waits for.
type importer struct {
	s     *Server
	do    Import
	dir   string
	limit int64
	demo  bool

	running sync.WaitGroup

	mu     sync.Mutex // guards the rest
	job    *ImportJob // nil before the first
	cancel context.CancelFunc
	closed bool
}

func newImporter(s *Server, c Config) *importer {
	j := &importer{s: s, do: c.Import, dir: c.UploadDir, limit: c.UploadBytes, demo: c.DemoCity && c.Import != nil}
	if j.dir == "" {
		j.dir = os.TempDir()
	}
	if j.limit == 0 {
		j.limit = 4 << 30
	}
	return j
}

// begin starts a job at the stage of uploading. Its context ends when the job
// is cancelled or the server closes, not with the request. finish must be called.
func (j *importer) begin() (ctx context.Context, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.do == nil || j.closed:
		return nil, newProblem(http.StatusServiceUnavailable, "map.no_import", "this server takes no maps")
	case j.job != nil && j.job.State == "running":
		return nil, newProblem(http.StatusConflict, "map.import_running", "another import is running")
	}
	ctx, j.cancel = context.WithCancel(context.Background())
	j.job = &ImportJob{State: "running", Stage: "upload"}
	return ctx, nil
}

func (j *importer) progress(stage string, fraction float64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.job != nil && j.job.State == "running" {
		j.job.Stage, j.job.Fraction = stage, max(0, min(1, fraction))
	}
}

// finish ends the job that begin started.
func (j *importer) finish(m *Map, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cancel()
	switch {
	case err == nil:
		j.job.State, j.job.Fraction, j.job.Map = "done", 1, m.ID
	case errors.Is(err, context.Canceled):
		j.job.State = "cancelled"
	default:
		j.job.State, j.job.Error = "failed", err.Error()
	}
}

// run imports x and, when that works, serves the new map. after is called first
// thing when it is over, to remove the upload.
func (j *importer) run(ctx context.Context, x Extract, act func(verb, object, detail string), after func()) {
	j.running.Go(func() {
		m, err := j.safely(ctx, x)
		after()
		if err == nil {
			j.s.SetMap(m)
			act("map.import", "map/"+m.ID, m.Name)
		} else {
			j.s.log.Error("import", slog.String("name", x.Name), slog.Any("err", err))
			act("map.import_failed", "", "")
		}
		j.finish(m, err)
	})
}

// safely keeps a bug in an import from taking the server down.
func (j *importer) safely(ctx context.Context, x Extract) (m *Map, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			j.s.log.Error("panic in import", slog.Any("cause", cause))
			m, err = nil, errors.New("internal error")
		}
	}()
	m, err = j.do(ctx, x, j.progress)
	if err == nil && m == nil {
		err = errors.New("the import gave no map")
	}
	if ctx.Err() != nil && err != nil {
		err = ctx.Err()
	}
	return m, err
}

// status is a copy of the job; nil before the first.
func (j *importer) status() *ImportJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.job == nil {
		return nil
	}
	job := *j.job
	return &job
}

// stop cancels a running job and says whether there was one.
func (j *importer) stop() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.job == nil || j.job.State != "running" {
		return false
	}
	j.cancel()
	return true
}

// close cancels and waits.
func (j *importer) close() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.stop()
	j.running.Wait()
}
