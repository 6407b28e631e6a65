package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"citygrid/data/audit"
	"citygrid/data/demo"
	"citygrid/data/mapfile"
	"citygrid/data/store"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/live/clock"
	"citygrid/live/hook"
	"citygrid/live/room"
	"citygrid/web"
	"citygrid/web/cert"

	"github.com/prometheus/client_golang/prometheus"
)

// listenFlags say where to serve, for serve and demo alike.
type listenFlags struct {
	Listen       string   `help:"Address to serve on: host:port, or unix:PATH. In clear text only on the loopback address." default:"127.0.0.1:8080"`
	TLSCert      string   `help:"Certificate chain, PEM." name:"tls-cert" type:"path" placeholder:"FILE"`
	TLSKey       string   `help:"Its key, PEM." name:"tls-key" type:"path" placeholder:"FILE"`
	TrustedProxy []string `help:"Networks of proxies that do TLS for us; their X-Forwarded-For counts." placeholder:"CIDR"`
	Metrics      string   `help:"Loopback address that serves /metrics alone, without a login: for a scraper where a proxy stands before the server." name:"metrics-listen" placeholder:"HOST:PORT"`
	JSON         bool     `help:"When ready, print one JSON line: url, and what there is to know once (accounts, setup_code)." name:"json"`
	trackerFlags
	importLimits
}

func (f *listenFlags) listening() (web.Listening, error) {
	l := web.Listening{Addr: f.Listen, Cert: f.TLSCert, Key: f.TLSKey}
	for _, s := range f.TrustedProxy {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return l, badInput(fmt.Errorf("--trusted-proxy %q: %w; want a network such as 10.0.0.0/8", s, err))
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		l.Trusted = append(l.Trusted, p)
	}
	return l, badInput(l.Check())
}

// A serving is one run of the server.
type serving struct {
	listenFlags
	data    string
	demo    bool
	prepare func() error         // what to make once the address is ours; may be nil
	hello   func(url string) any // what to say when ready: a fmt.Stringer that is JSON-able
	code    string               // setup code; "" when the bureau is set up

	now   func() time.Time // the clock that the control room goes by; nil is time.Now
	clock *clock.Clock     // the same, if it is the machine's without its jumps; else nil
	speed float64          // seconds of now in a second; 0 is 1
	// beside runs beside the server, from when it can be reached until ctx ends. nil is nothing.
	beside func(ctx context.Context, url string, control *room.Room, log *slog.Logger)
}

// run serves st until ctx ends.
func (v serving) run(e *env, st *store.Store) (err error) {
	where, err := v.listening()
	if err != nil {
		return err
	}
	listener, tls, err := where.Open()
	if err != nil {
		return err
	}
	metrics, err := v.metrics()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if metrics != nil {
		defer metrics.Close()
	}
	defer listener.Close() // web.Run has closed it, when it came to that
	if v.prepare != nil {
		if err := v.prepare(); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewTextHandler(e.stderr, nil))
	city, err := v.city()
	if err != nil {
		return err
	}
	days, err := holidaysOf(v.data)
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	about := room.Config{Store: st, City: streets(city), Days: days, Now: v.now, Speed: v.speed, Registry: registry, Log: log}
	if v.clock != nil {
		about.Heard = v.clock.Heard
	}
	control, err := room.New(e.ctx, about)
	if err != nil {
		return err
	}
	trackers, err := openTrackers(v.listenFlags, v.data, v.now, control, registry, log)
	if err != nil {
		return err
	}
	defer trackers.close()
	upload, err := os.MkdirTemp(v.data, store.TempPattern)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(upload)) }()
	hooks := hook.New(hook.Config{Store: st, Now: v.now, Log: log, Where: control.Where})
	server, err := web.New(web.Config{
		Store: records{st}, Condition: condition(st, v.clock), Sessions: st.Sessions(), Room: control, Hooks: hooks, Registry: registry, Strangers: trackers.strangers, Frames: trackers.frames,
		Map: city, Import: importer(v.data, control, v.importLimits), UploadDir: upload, DemoCity: hasDemoCity(),
		Version: version, Demo: v.demo, SetupCode: v.code,
		Secure: where.Secure(), Trusted: where.Trusted, Authority: v.authority(log), Logger: log,
		Now: v.now, Speed: v.speed,
	})
	if err != nil {
		return err
	}
	url := address(listener.Addr(), tls != nil)
	status := web.Status{Version: version, Listen: url, Since: time.Now().UTC(), PID: os.Getpid()}

	var running sync.WaitGroup
	defer running.Wait()
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	running.Go(func() {
		if err := control.Run(ctx); err != nil {
			log.Error("the control room ended before all was judged", slog.Any("err", err))
		}
	})
	running.Go(func() { trackers.run(ctx) })
	running.Go(func() { hooks.Run(ctx) })
	anew := make(chan bool, 1)
	doubted := func() bool {
		if v.clock == nil {
			return false
		}
		j, jumped := v.clock.Jumped()
		return jumped && j.Held
	}
	running.Go(func() { anew <- watchDisk(ctx, st, doubted, e.ctx.Err, log, stop) })
	keeping := keeper{st: st, now: v.now, log: log}
	running.Go(func() { keeping.run(ctx) })
	socket := web.Control{Backup: st.Backup, Purge: keeping.purge, Status: func() web.Status { return status }, Logger: log}
	// Before the greeting: who reads that may ask for a backup at once.
	if asked, err := web.ListenControl(store.ControlPath(v.data)); err != nil {
		log.Error("citygrid backup and purge will not reach this server", slog.Any("err", err))
	} else {
		running.Go(func() {
			if err := socket.Run(ctx, asked); err != nil {
				log.Error("control socket: citygrid backup and purge will not reach this server", slog.Any("err", err))
			}
		})
	}
	if metrics != nil {
		running.Go(func() {
			if err := web.RunMetrics(ctx, server, metrics); err != nil {
				log.Error("metrics", slog.Any("err", err))
			}
		})
	}
	if err := v.greet(e, url); err != nil {
		return err
	}
	if v.beside != nil {
		running.Go(func() { v.beside(ctx, url, control, log) })
	}
	err = web.Run(ctx, server, listener, tls)
	stop()
	if <-anew {
		err = errors.Join(err, errAnew)
	}
	return err
}

// metrics is where a scraper on this machine asks; nil if nowhere but at the
// server's own address.
func (f *listenFlags) metrics() (net.Listener, error) {
	if f.Metrics == "" {
		return nil, nil
	}
	l := web.Listening{Addr: f.Metrics} // without TLS: only the loopback address passes
	if err := l.Check(); err != nil {
		return nil, badInput(fmt.Errorf("--metrics-listen: %w", err))
	}
	listener, _, err := l.Open()
	return listener, err
}

// authority is the local CA of our certificate, if that is by citygrid cert. One
// that can't be read keeps nobody from their work: it is only not offered.
func (v serving) authority(log *slog.Logger) *cert.Authority {
	if v.TLSCert == "" {
		return nil
	}
	a, err := cert.AuthorityOf(v.TLSCert, store.TLSPath(v.data))
	if err != nil {
		log.Warn("the local authority's certificate is not offered on /trust", slog.Any("err", err))
	}
	return a
}

// greet says on standard output that the server is ready.
func (v serving) greet(e *env, url string) error {
	said := v.hello(url)
	if v.JSON {
		return json.NewEncoder(e.stdout).Encode(said)
	}
	_, err := fmt.Fprintln(e.stdout, said)
	return err
}

// city is the folder's map, ready to serve; nil when none is imported yet.
func (v serving) city() (*web.Map, error) {
	m, err := mapfile.Open(store.MapPath(v.data))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; import the map again, or move the file away", err)
	}
	return ready(m, v.data)
}

// importer imports into the data folder for the browser, and has the control room
// go on with the new map.
func importer(data string, control *room.Room, limits importLimits) web.Import {
	use := func(m *mapfile.Map) (*web.Map, error) {
		city, err := ready(m, data)
		if err != nil {
			return nil, err
		}
		control.SetCity(streets(city))
		return city, nil
	}
	return func(ctx context.Context, x web.Extract, progress func(string, float64)) (*web.Map, error) {
		if x.Demo {
			m, err := placeDemoCity(data)
			if err != nil {
				return nil, err
			}
			return use(m)
		}
		name, _, _ := strings.Cut(x.Name, ".")
		m, err := importMap(ctx, x.File, store.MapPath(data), name, limits.options(x.Bound, func(stage string, done, total int64) {
			progress(stage, float64(done)/float64(max(total, 1)))
		}))
		if err != nil {
			// the uploaded file's path is ours, its name is what the sender knows
			return nil, errors.New(strings.ReplaceAll(err.Error(), x.File, x.Name))
		}
		return use(m)
	}
}

func hasDemoCity() bool {
	_, err := demo.Map()
	return err == nil
}

// placeDemoCity writes the demo city's map into the data folder.
func placeDemoCity(data string) (*mapfile.Map, error) {
	b, err := demo.Map()
	if err != nil {
		return nil, err
	}
	m, err := mapfile.Read(strings.NewReader(string(b)), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("demo city: %w", err)
	}
	return m, mapfile.Save(store.MapPath(data), m)
}

// address is what a browser types.
func address(a net.Addr, secure bool) string {
	scheme := "http"
	if secure {
		scheme = "https"
	}
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return "unix:" + a.String()
	}
	host := t.IP.String()
	if t.IP.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, fmt.Sprint(t.Port))
}

// records is the store in web's words: settings are copied from one struct into
// the other.
type records struct{ *store.Store }

// Settings implements web.Store.
func (r records) Settings(ctx context.Context) (web.Settings, error) {
	s, err := r.Store.Settings(ctx)
	return web.Settings(s), err
}

// Setup implements web.Store.
func (r records) Setup(ctx context.Context, s web.Settings, admin people.Person, root grid.Area, by audit.Act) error {
	return r.Store.Setup(ctx, store.Settings(s), admin, root, by)
}
