// Package web is all that a browser or another program talks to: the HTTP API
// with its OpenAPI description, vector tiles, logins and rights, and the app's
// files.
//
// Every route, whoever registers it, goes through one guard that asks the
// permissions table rights.csv; what has no row there is refused. A handler gets
// its caller from the context and asks it how far the right goes (which areas).
//
// JSON positions are [longitude, latitude] in WGS 84 degrees, lengths metres
// (…_m), durations seconds (…_s), times RFC 3339 in UTC. Errors are
// application/problem+json with a code that the app translates.
//
// A Server is safe for use by many goroutines. The map that it serves can be
// changed while it serves: see Server.SetMap.
package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/live/hook"
	"citygrid/live/listen"
	"citygrid/live/room"
	"citygrid/live/solves"
	"citygrid/web/cert"

	"github.com/alexedwards/argon2id"
	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
)

// Store is what the server needs of storage. *store.Store has it, but for the
// type of the settings: whoever joins the two converts that.
type Store interface {
	// Ready tells if changes are taken now: nil, or why not.
	Ready(context.Context) error
	Settings(context.Context) (Settings, error)
	NeedsSetup(context.Context) (bool, error)
	// Setup makes the bureau's settings, its root area and its first admin, all
	// or nothing.
	Setup(ctx context.Context, set Settings, admin people.Person, root grid.Area, act audit.Act) error

	People(context.Context) ([]people.Person, error)
	Person(context.Context, people.ID) (people.Person, error)
	PersonByLogin(context.Context, string) (people.Person, error)
	AddPerson(context.Context, people.Person, audit.Act) (people.Person, error)
	UpdatePerson(context.Context, people.Person, audit.Act) (people.Person, error)
	SetPassword(ctx context.Context, id people.ID, hash string, mustChange bool, act audit.Act) error
	LoginFailed(ctx context.Context, id people.ID, lockedUntil time.Time, act audit.Act) (failures int, err error)
	LoginSucceeded(context.Context, people.ID, audit.Act) error
	DeletePersonSessions(context.Context, people.ID) error

	Areas(context.Context) ([]grid.Area, error)
	// AreaTree is Areas without their boundaries, which may be megabytes.
	AreaTree(context.Context) ([]grid.Area, error)
	AddArea(context.Context, grid.Area, audit.Act) (grid.Area, error)
	UpdateArea(context.Context, grid.Area, audit.Act) (grid.Area, error)
	RemoveArea(ctx context.Context, id grid.AreaID, version int64, act audit.Act) error

	Registers
	Work
	Studio
	Webhooks

	Record(context.Context, audit.Act) error
	AuditEntries(context.Context, audit.Query) ([]audit.Entry, error)
	VerifyAudit(context.Context) (int64, error)
}

// Config is how a Server is set up. Store and Sessions must be there; every
// other zero field means the default that its comment says.
type Config struct {
	Store    Store
	Sessions scs.CtxStore // where logins are kept; the store has one

	Condition func(context.Context) []Lapse // what the store can't promise now; nil = it can all

	Room *room.Room // the control room at work; nil = nothing moves here, and its routes answer 503

	Strangers *listen.Quarantine // trackers that nobody knows; nil = nobody listens
	Frames    *listen.Frames     // the last messages of devices; nil = nobody keeps them

	Hooks *hook.Sender // delivers webhooks; nil = none are sent from here

	Map    *Map   // what to serve; nil until one is imported
	Import Import // makes a map of an uploaded extract; nil refuses uploads
	App    fs.FS  // the built app, index.html at its top; nil is App()

	Version   string               // of the program, for the app's corner; "" is "dev"
	DemoCity  bool                 // Import knows the demo city
	Demo      bool                 // this is the demo city: the app says so
	SetupCode string               // the one-time code of the first start; "" refuses setup in the browser
	Secure    bool                 // browsers reach us by TLS, ours or a proxy's: Secure cookies, HSTS
	Trusted   []netip.Prefix       // proxies whose X-Forwarded-For counts
	Authority *cert.Authority      // the local CA that devices must install, which /trust offers; nil is none
	UploadDir string               // where an uploaded extract waits for its import; "" is the system's
	Logger    *slog.Logger         // nil is slog.Default()
	Registry  *prometheus.Registry // metrics; nil is a new one
	Now       func() time.Time     // nil is time.Now; the age of sessions always goes by time.Now
	Speed     float64              // seconds of Now in a second, which a demo lets run faster; 0 is 1

	SessionIdle time.Duration    // a login unused for so long ends; 0 is 2 h
	SessionLife time.Duration    // a login so old ends; 0 is 16 h: a shift of 12 h and a handover
	Hashing     *argon2id.Params // of new passwords; nil is RFC 9106's second recommendation
	TileBytes   int              // memory for ready tiles; 0 is 64 MiB
	UploadBytes int64            // the largest extract; 0 is 4 GiB
}

// Server answers HTTP. New makes one.
type Server struct {
	store    Store
	room     *room.Room         // nil without one
	hooks    *hook.Sender       // nil without one
	unknown  *listen.Quarantine // nil without listeners
	frames   *listen.Frames     // nil keeps nothing
	solves   *solves.Desk
	sessions *scs.SessionManager

	condition func(context.Context) []Lapse
	app       *appFiles
	log       *slog.Logger
	now       func() time.Time
	metrics   *metrics

	version   string
	demo      bool
	speed     float64
	secure    bool
	setupCode string
	trusted   []netip.Prefix
	authority *cert.Authority // nil is none

	city  atomic.Pointer[Map] // what is served now; nil without a map
	tiles *tileCache
	jobs  *importer

	hasher    *hasher
	logins    *limiter // attempts by address
	codes     *limiter // tries of the setup code by address
	allCodes  *limiter // the same, all addresses together
	strangers *limiter // requests of devices by address: good ones give back what they took
	refusals  *limiter // refusals written to the audit log, by person
	asking    *limiter // tables of ways and isochrones by person
	ghosts    *ghosts
	// Turns by login are taken before turns by session. They must not share
	// gates: whoever has one of each would wait for himself.
	loginTurns   turns
	proven       proven // by HTTP Basic, for the routes of OGC API
	sessionTurns turns
	searching    gate
	routing      gate
	drawing      gate // of zones, before anybody saves them
	tabling      gate // tables of ways: one at a time, so that routes go on beside
	filing       gate // reading of large files: CSV, plans
	receiving    gate // their coming in; taken after sending, both before filing
	sending      turns
	remembering  gate // reading of where units were
	cutting      gate // of cities into drafts, and searches for proposals

	desk     draftDesk
	zoneList cached
	standing standing // objects of the register, and whose ground they stand on

	founding sync.Mutex // held while the bureau is being set up
	staffing sync.Mutex // held from reading the people to changing them, so that the last admin stays

	guard    *guard
	api      huma.API
	spec     func() ([]byte, error)
	handler  http.Handler
	registry *prometheus.Registry
}

// New makes a server of c. It fails when a route has no row in the permissions
// table, or a row no route.
func New(c Config) (*Server, error) {
	if c.Store == nil || c.Sessions == nil {
		return nil, errors.New("web: Config needs Store and Sessions")
	}
	s, err := build(c, rightsCSV)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return s, nil
}

// build is New for any permissions table, and without storage, which OpenAPI
// doesn't need.
func build(c Config, table string) (*Server, error) {
	t, err := parseRights(table)
	if err != nil {
		return nil, err
	}
	s := &Server{
		store: c.Store, condition: c.Condition, room: c.Room, hooks: c.Hooks, unknown: c.Strangers, frames: c.Frames, log: c.Logger, now: c.Now, registry: c.Registry,
		version: c.Version, demo: c.Demo, speed: c.Speed, secure: c.Secure, setupCode: c.SetupCode, trusted: c.Trusted, authority: c.Authority,
		logins:     newLimiter(20, 3*time.Second, 10_000),
		codes:      newLimiter(10, 6*time.Second, 10_000),
		allCodes:   newLimiter(1000, 50*time.Millisecond, 1),
		strangers:  newLimiter(300, 200*time.Millisecond, 10_000),
		refusals:   newLimiter(10, 10*time.Second, 1000),
		asking:     newLimiter(60, time.Second, 10_000),
		ghosts:     newGhosts(10_000),
		loginTurns: newTurns(64), sessionTurns: newTurns(64),
		searching: newGate(2*runtime.NumCPU(), 2*time.Second),
		filing:    newGate(2, 5*time.Second),
		receiving: newGate(largeAtAll, 10*time.Second), sending: newTurns(64),
		cutting:     newGate(1, 5*time.Second),
		remembering: newGate(2, 5*time.Second),
		routing:     newGate(runtime.NumCPU(), 3*time.Second),
		drawing:     newGate(max(1, runtime.NumCPU()/2), 5*time.Second),
		tabling:     newGate(1, 10*time.Second),
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.speed <= 0 {
		s.speed = 1
	}
	if s.registry == nil {
		s.registry = prometheus.NewRegistry()
	}
	if s.version == "" {
		s.version = "dev"
	}
	if s.hasher, err = newHasher(c.Hashing); err != nil {
		return nil, err
	}
	if s.app, err = newAppFiles(c.App); err != nil {
		return nil, err
	}
	s.sessions = newSessions(c)
	s.tiles = newTileCache(c.TileBytes)
	s.jobs = newImporter(s, c)
	if s.metrics, err = newMetrics(s); err != nil {
		return nil, err
	}
	s.city.Store(c.Map)
	s.tellZone(context.Background())

	s.solves = solves.NewDesk(func() time.Time { return s.now() })
	s.guard = newGuard(s, t)
	s.api = humago.New(s.guard, apiConfig())
	s.routes()
	if err := s.guard.check(); err != nil {
		return nil, err
	}
	tidy(s.api)
	s.spec = sync.OnceValues(func() ([]byte, error) { return specOf(s.api) })
	s.handler = s.observe(s.headers(s.limits(s.noClearText(s.sameOrigin(s.guard)))))
	return s, nil
}

// routes registers every route there is.
func (s *Server) routes() {
	s.healthRoutes()
	s.sessionRoutes()
	s.setupRoutes()
	s.trustRoutes()
	s.mapRoutes()
	s.searchRoutes()
	s.routeRoutes()
	s.wayRoutes()
	s.closureRoutes()
	s.matchRoutes()
	s.peopleRoutes()
	s.areaRoutes()
	s.registerRoutes()
	s.draftRoutes()
	s.ogcRoutes()
	s.solveRoutes()
	s.workRoutes()
	s.hookRoutes()
	s.roleRoutes()
	s.auditRoutes()
	s.appRoutes()
}

// Handler is the whole server as a handler.
func (s *Server) Handler() http.Handler { return s.handler }

// SetMap changes the map that is served. Requests that run keep the old one.
func (s *Server) SetMap(m *Map) {
	s.city.Store(m)
	s.tellZone(context.Background())
}

// tellZone has the rules of the map go by the clocks of the bureau.
func (s *Server) tellZone(ctx context.Context) {
	m := s.city.Load()
	if m == nil || m.Streets == nil || s.store == nil {
		return
	}
	set, err := s.store.Settings(ctx)
	if err != nil {
		s.log.ErrorContext(ctx, "the time zone of the bureau cannot be read; conditions of the map go by another", slog.Any("err", err))
		return
	}
	if zone, err := time.LoadLocation(set.TimeZone); err == nil && set.TimeZone != "" {
		m.Streets.SetZone(zone)
	}
}

// Close stops a running import and waits for it. Call it after the last request.
func (s *Server) Close() {
	s.solves.Close()
	s.jobs.close()
}

// sameOrigin refuses changes that a page of another site makes a browser send.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, newProblem(http.StatusForbidden, "cross_origin", "this request comes from another site"))
	}))
	return protection.Handler(next)
}
