package simulate

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/paulmach/orb"
)

// What the server tells of its registers, as far as we ask.
type (
	personEntry struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
	}
	vehicleEntry struct {
		ID       int64  `json:"id"`
		Plate    string `json:"plate"`
		Kind     string `json:"kind"`
		Team     *int64 `json:"team"`
		Capacity int    `json:"capacity"`
		Retired  bool   `json:"retired"`
	}
	stationEntry struct {
		At   orb.Point `json:"at"`
		Kind string    `json:"kind"`
		Team *int64    `json:"team"`
	}
	dogEntry struct {
		ID      int64  `json:"id"`
		Licence string `json:"licence"`
		Retired bool   `json:"retired"`
	}
	deviceEntry struct {
		ID      string `json:"id"`
		Version int64  `json:"version"`
	}
)

// hire finds the cast in the server's registers, makes their devices, and
// registers those that are not.
func (s *simulation) hire(ctx context.Context, kept state) error {
	people, err := listed[personEntry](ctx, s.admin, "people")
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, p := range people {
		ids[p.Login] = p.ID
	}
	for _, a := range s.Cast.Officers {
		id, ok := ids[a.Login]
		if !ok {
			return fmt.Errorf("the server knows no %s", a.Login)
		}
		w := newWorker(s.link.person(a), OnFoot, s.Seed)
		w.kept = kept.Workers[a.Login]
		d := newDevice("phone-"+a.Login, phoneHabit, s.Seed, w.where)
		d.class, d.of = "phone", subject{"person", id}
		s.crew, s.devices = append(s.crew, w), append(s.devices, d)
	}
	if err := s.hireDrivers(ctx, kept); err != nil {
		return err
	}
	if err := s.adopt(ctx); err != nil {
		return err
	}
	for _, d := range s.devices {
		d.secret, d.outbox = kept.Secrets[d.id], kept.Outbox[d.id]
	}
	return s.enrol(ctx)
}

// hireDrivers gives each driver the next tow truck, as the demo's roster does. A
// truck stands at its team's station at first.
func (s *simulation) hireDrivers(ctx context.Context, kept state) error {
	vehicles, err := listed[vehicleEntry](ctx, s.admin, "vehicles")
	if err != nil {
		return err
	}
	stations, err := listed[stationEntry](ctx, s.admin, "stations")
	if err != nil {
		return err
	}
	s.roster.stations = map[int64]orb.Point{}
	for _, st := range stations {
		if st.Team != nil {
			s.roster.stations[*st.Team] = st.At
		}
	}
	next := 0
	for _, v := range vehicles {
		if v.Kind != "tow-truck" || v.Retired || next >= len(s.Cast.Drivers) {
			continue
		}
		w := newWorker(s.link.person(s.Cast.Drivers[next]), ByCar, s.Seed)
		next++
		w.places = v.Capacity
		for _, st := range stations {
			if st.Kind == "pound" {
				w.site = st.At
			}
		}
		if v.Team != nil {
			if at, ok := s.roster.stations[*v.Team]; ok {
				w.journey = Rest(at, time.Time{})
			}
		}
		if k, ok := kept.Workers[w.account.Login]; ok {
			w.journey = Rest(k.At, time.Time{})
		}
		d := newDevice("unit-"+v.Plate, truckHabit, s.Seed, w.where)
		d.class, d.of = "vehicle", subject{"vehicle", v.ID}
		s.crew, s.devices = append(s.crew, w), append(s.devices, d)
	}
	return nil
}

// adopt makes the tags of the dogs.
func (s *simulation) adopt(ctx context.Context) error {
	dogs, err := listed[dogEntry](ctx, s.admin, "dogs")
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, d := range dogs {
		if !d.Retired {
			ids[d.Licence] = d.ID
		}
	}
	s.byDog = map[int64]*dog{}
	for i, c := range s.Cast.Dogs {
		id, ok := ids[c.Licence]
		if !ok {
			continue // moved away
		}
		d := newDog(c)
		tag := newDevice("tag-"+c.Licence, tagHabits[i%len(tagHabits)], s.Seed, d.where)
		tag.class, tag.of = "dog-tag", subject{"dog", id}
		s.dogs, s.devices, s.byDog[id] = append(s.dogs, d), append(s.devices, tag), d
	}
	return nil
}

// enrolAtOnce is how many devices are registered at once; the server writes them
// together.
const enrolAtOnce = 8

// enrol registers the devices that have no secret: new ones, and those whose
// secret was lost.
func (s *simulation) enrol(ctx context.Context) error {
	there, err := listed[deviceEntry](ctx, s.admin, "devices")
	if err != nil {
		return err
	}
	version := map[string]int64{}
	for _, d := range there {
		version[d.ID] = d.Version
	}
	var (
		all   sync.WaitGroup
		gate  = make(chan struct{}, enrolAtOnce)
		mu    sync.Mutex // guards first
		first error
	)
	for _, d := range s.devices {
		d.mu.Lock()
		known := d.secret != "" && version[d.id] != 0
		d.mu.Unlock()
		if known {
			continue
		}
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			secret, err := s.register(ctx, d, version[d.id])
			if err != nil {
				mu.Lock()
				first = cmp.Or(first, fmt.Errorf("register %s: %w", d.id, err))
				mu.Unlock()
				return
			}
			d.mu.Lock()
			d.secret = secret
			d.mu.Unlock()
		})
	}
	all.Wait()
	return first
}

// register gives the device's secret; version is 0 for a new device.
func (s *simulation) register(ctx context.Context, d *device, version int64) (secret string, err error) {
	var said struct {
		Secret string `json:"secret"`
	}
	if version > 0 {
		header := http.Header{"If-Match": {fmt.Sprint(version)}}
		err = s.admin.ask(ctx, http.MethodPost, "/api/devices/"+url.PathEscape(d.id)+"/secret", header, nil, &said)
		return said.Secret, err
	}
	err = s.admin.ask(ctx, http.MethodPost, "/api/devices", nil, map[string]any{
		"id": d.id, "class": d.class, "protocol": d.protocol, "datum": "wgs84", "subject": d.of, "disabled": false,
	}, &said)
	return said.Secret, err
}

// renew asks for new secrets when the server refused some, once a minute at most.
func (s *simulation) renew(ctx context.Context) {
	for sleep(ctx, time.Minute) == nil {
		lost := 0
		for _, d := range s.devices {
			d.mu.Lock()
			if d.secret == "" {
				lost++
			}
			d.mu.Unlock()
		}
		if lost == 0 {
			continue
		}
		s.Log.Warn("the server refuses devices' secrets: asking for new ones", "devices", lost)
		if err := s.enrol(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("devices are not registered", "err", err)
		}
	}
}
