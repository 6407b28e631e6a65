package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"citygrid/data/store"
	"citygrid/live/listen"
	"citygrid/live/room"
	"citygrid/web"

	"github.com/prometheus/client_golang/prometheus"
)

// trackerFlags say where trackers that don't speak HTTP are listened to. All are off
// by default.
type trackerFlags struct {
	ListenJT808     string `help:"Address for vehicle units by JT/T 808 (2011, 2013, 2019) over TCP, such as :6808. Off when not given, like the others." name:"listen-jt808" placeholder:"ADDR"`
	ListenGT06      string `help:"The same for GT06." name:"listen-gt06" placeholder:"ADDR"`
	ListenH02       string `help:"The same for H02." name:"listen-h02" placeholder:"ADDR"`
	ListenWatch     string `help:"The same for watches and collars (3G*...)." name:"listen-watch" placeholder:"ADDR"`
	ListenTeltonika string `help:"The same for Teltonika." name:"listen-teltonika" placeholder:"ADDR"`
	ListenTopin     string `help:"The same for Topin." name:"listen-topin" placeholder:"ADDR"`
	ListenMQTT      string `help:"Address of the MQTT broker, for OwnTracks and our JSON. With TLS if --tls-cert is given; without only on the loopback address." name:"listen-mqtt" placeholder:"ADDR"`

	TrackerConns      int           `help:"Connections that each of these listeners may have." default:"10000"`
	TrackerPerAddress int           `help:"Of these, from one address." default:"1000"`
	TrackerIdle       time.Duration `help:"How long a connection may be silent." default:"15m"`
}

func (f *trackerFlags) addresses() map[string]string {
	all := map[string]string{
		"jt808": f.ListenJT808, "gt06": f.ListenGT06, "h02": f.ListenH02, "watch": f.ListenWatch, "teltonika": f.ListenTeltonika,
		"topin": f.ListenTopin, "mqtt": f.ListenMQTT,
	}
	for name, addr := range all {
		if addr == "" {
			delete(all, name)
		}
	}
	return all
}

// A trackerSide is the listeners of a server, open.
type trackerSide struct {
	listeners *listen.Listeners
	open      map[string]net.Listener
	strangers *listen.Quarantine
	frames    *listen.Frames
	file      string // of the strangers
	log       *slog.Logger
}

// openTrackers takes the addresses, so that one that somebody else has is known before
// anything is served.
func openTrackers(f listenFlags, data string, now func() time.Time, control *room.Room, metrics prometheus.Registerer, log *slog.Logger) (_ *trackerSide, err error) {
	t := &trackerSide{open: map[string]net.Listener{}, file: quarantinePath(data), log: log, frames: &listen.Frames{}}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	if t.strangers, err = listen.Load(t.file); err != nil {
		return nil, badInput(err)
	}
	addresses := f.addresses()
	if len(addresses) == 0 {
		return t, nil
	}
	key, err := trackerKey(data)
	if err != nil {
		return nil, err
	}
	if t.listeners, err = listen.New(listen.Config{
		Desk: control, Key: key, MaxConns: f.TrackerConns, PerAddress: f.TrackerPerAddress, Idle: f.TrackerIdle,
		Quarantine: t.strangers, Frames: t.frames, Registry: metrics, Now: now, Log: log,
	}); err != nil {
		return nil, err
	}
	for name, addr := range addresses {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, badInput(fmt.Errorf("--listen-%s: %w", name, err))
		}
		t.open[name] = l
		if name != "mqtt" {
			continue
		}
		if f.TLSCert != "" {
			secure, err := web.TLSOf(f.TLSCert, f.TLSKey)
			if err != nil {
				return nil, badInput(fmt.Errorf("--tls-cert: %w", err))
			}
			t.open[name] = tls.NewListener(l, secure)
		} else if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
			return nil, badInput(fmt.Errorf("--listen-mqtt %s: passwords go in clear text there: give --tls-cert and --tls-key, or a loopback address", addr))
		}
	}
	return t, nil
}

func (t *trackerSide) close() {
	for _, l := range t.open {
		l.Close()
	}
}

// run serves until ctx ends.
func (t *trackerSide) run(ctx context.Context) {
	var all sync.WaitGroup
	for name, l := range t.open {
		t.log.Info("listening for trackers", slog.String("protocol", name), slog.String("addr", l.Addr().String()))
		all.Go(func() {
			serve := func() error { return t.listeners.TCP(ctx, name, l) }
			if name == "mqtt" {
				serve = func() error { return t.listeners.MQTT(ctx, l) }
			}
			if err := serve(); err != nil {
				t.log.Error("trackers are no longer listened to", slog.String("protocol", name), slog.Any("err", err))
			}
		})
	}
	if len(t.open) > 0 {
		all.Go(func() { t.keep(ctx) })
	}
	all.Wait()
}

// keep writes the strangers down now and then.
func (t *trackerSide) keep(ctx context.Context) {
	for ended := false; !ended; {
		select {
		case <-time.After(10 * time.Second):
		case <-ctx.Done():
			ended = true
		}
		if err := t.strangers.Save(t.file); err != nil {
			t.log.Error("unknown devices are not written down", slog.Any("err", err))
		}
	}
}

func quarantinePath(data string) string { return filepath.Join(data, "unknown-devices.json") }

// trackerKey is what codes for JT/T 808 terminals are made from. It lies with the
// certificates' keys, so a backup has it.
func trackerKey(data string) ([]byte, error) {
	file := filepath.Join(store.TLSPath(data), "trackers.key")
	key, err := os.ReadFile(file)
	switch {
	case err == nil && len(key) >= 16:
		return key, nil
	case err == nil:
		return nil, badInput(fmt.Errorf("%s is damaged; without it terminals must register anew: move it away", file))
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	key = make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	// Whole or not at all: a key that a power cut left empty would keep the server from
	// starting.
	return key, whole(file, func(w io.Writer) error {
		_, err := w.Write(key)
		return err
	})
}

type unknownCmd struct {
	Data string `help:"Data folder." default:"citygrid-data" type:"path"`
	JSON bool   `help:"Print a JSON line a device." name:"json"`
}

// Run lists the devices that reported over TCP or MQTT and are not in the registry,
// as the server wrote them down last.
func (c *unknownCmd) Run(e *env) error {
	q, err := listen.Load(quarantinePath(c.Data))
	if err != nil {
		return badInput(err)
	}
	for _, s := range q.Strangers() {
		if c.JSON {
			err = json.NewEncoder(e.stdout).Encode(s)
		} else {
			_, err = fmt.Fprintf(e.stdout, "%s %-10s %-20s %d messages, last from %s\n", s.Last.Format(time.RFC3339), s.Protocol, s.Device, s.Messages, s.Address)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
