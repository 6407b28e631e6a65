package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/ingest"
	"citygrid/live/ingest/track"
)

type trackCmd struct {
	Data     string `help:"Data folder; no server may have it open." default:"citygrid-data" type:"path"`
	Device   string `help:"The device that recorded the track, as in the registry." required:"" placeholder:"ID"`
	Datum    string `help:"Datum of the file: wgs84, gcj02 or bd09; the device's by default." placeholder:"DATUM"`
	TimeZone string `help:"Time zone of times that name none, such as Asia/Shanghai; the bureau's by default." placeholder:"ZONE"`
	JSON     bool   `help:"Print one line of JSON." name:"json"`
	File     string `arg:"" help:"GPX file, or CSV file with the columns time, lon, lat and maybe accuracy_m, speed_kmh, heading, altitude_m." type:"path" placeholder:"TRACK.gpx|TRACK.csv"`
}

// trackTaken is what track prints.
type trackTaken struct {
	Read     int `json:"read"`
	Stored   int `json:"stored"`
	Known    int `json:"known"`     // were there before
	OffShift int `json:"off_shift"` // officers and vehicles are not tracked then
	Timeless int `json:"timeless"`  // points of a GPX file without a time
}

func (t trackTaken) String() string {
	return fmt.Sprintf("%d positions read, %d stored; %d were there before, %d off shift, %d without a time", t.Read, t.Stored, t.Known, t.OffShift, t.Timeless)
}

// Run stores a recorded track as of its device. The next start of the server judges
// what of it is of the last day.
func (c *trackCmd) Run(e *env) (err error) {
	if err := mustExist(c.Data); err != nil {
		return err
	}
	st, err := store.Open(c.Data, store.Options{})
	if errors.Is(err, store.ErrLocked) {
		return badInput(fmt.Errorf("%w; stop the server, or send the positions as JSON to POST /api/fixes", err))
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	device, err := st.Device(e.ctx, register.DeviceID(c.Device))
	if errors.Is(err, register.ErrNone) {
		return badInput(fmt.Errorf("--device %.40q: there is no such device in the registry", c.Device))
	}
	if err != nil {
		return err
	}
	set, err := st.Settings(e.ctx)
	if err != nil {
		return err
	}
	if c.TimeZone != "" {
		set.TimeZone = c.TimeZone
	}
	place, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return badInput(fmt.Errorf("--time-zone: %w", err))
	}
	datum := device.Datum
	if c.Datum != "" {
		if datum, err = geo.ParseDatum(c.Datum); err != nil {
			return badInput(fmt.Errorf("--datum: %w", err))
		}
	}
	var out trackTaken
	fixes, timeless, err := c.read(place)
	if err != nil {
		return badInput(err)
	}
	out.Read, out.Timeless = len(fixes), timeless
	now := time.Now()
	for i := range fixes {
		f := &fixes[i]
		f.Tracker, f.Received, f.At = ingest.TrackerID(device.ID), now, datum.ToWGS84(f.At)
	}
	if err := c.keep(e, st, device, fixes, &out); err != nil {
		return err
	}
	return printResult(e.stdout, c.JSON, out)
}

func (c *trackCmd) read(place *time.Location) (fixes []ingest.Fix, timeless int, err error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if strings.EqualFold(filepath.Ext(c.File), ".gpx") {
		fixes, timeless, err = track.ReadGPX(bufio.NewReader(f), place)
	} else {
		fixes, err = track.ReadCSV(bufio.NewReader(f), place)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", c.File, err)
	}
	return fixes, timeless, err
}

// keep stores those that are new, and of officers and vehicles those of their shifts.
func (c *trackCmd) keep(e *env, st *store.Store, device register.Device, fixes []ingest.Fix, out *trackTaken) error {
	if len(fixes) == 0 {
		return nil
	}
	from, to := fixes[0].Time, fixes[0].Time
	for _, f := range fixes {
		if f.Time.Before(from) {
			from = f.Time
		}
		if f.Time.After(to) {
			to = f.Time
		}
	}
	var roster *register.Roster
	if device.Subject.Class != zone.Dog {
		shifts, err := st.Shifts(e.ctx, from, to.Add(1))
		if err != nil {
			return err
		}
		if roster, err = register.NewRoster(shifts); err != nil {
			return err
		}
	}
	type spot struct {
		ns int64
		at [2]float64
	}
	known := make(map[spot]bool)
	err := st.Fixes(e.ctx, ingest.TrackerID(device.ID), from, to.Add(1), func(f ingest.Fix) bool {
		known[spot{f.Time.UnixNano(), f.At}] = true
		return true
	})
	if err != nil {
		return err
	}
	var fresh []ingest.Fix
	for _, f := range fixes {
		s := spot{f.Time.UnixNano(), f.At}
		if known[s] {
			out.Known++
			continue
		}
		known[s] = true
		if roster != nil {
			if _, on := roster.OnDuty(device.Subject, f.Time); !on {
				out.OffShift++
				continue
			}
		}
		fresh = append(fresh, f)
	}
	detail := fmt.Sprintf("%d positions of %s to %s", len(fresh), from.Format(time.RFC3339), to.Format(time.RFC3339))
	if err := st.Record(e.ctx, audit.Act{Who: "console", Verb: "track.import", Object: "device/" + string(device.ID), Detail: detail}); err != nil {
		return err
	}
	for len(fresh) > 0 {
		n := min(len(fresh), store.MaxFixes)
		if _, err := st.AppendFixes(e.ctx, fresh[:n]); err != nil {
			return err
		}
		out.Stored, fresh = out.Stored+n, fresh[n:]
	}
	return nil
}
