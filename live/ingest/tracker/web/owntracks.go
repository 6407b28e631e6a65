package web

import (
	"fmt"
	"math"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// OwnTracks decodes the JSON that the OwnTracks apps send by HTTP or MQTT.
// Speeds there are km/h, batteries per cent. Cards, waypoints and last wills
// hold nothing for us. The answer to a phone is an empty list of commands.
func OwnTracks(q Request, now time.Time) (tracker.Message, error) {
	t, err := parse(q.Body)
	if err != nil {
		return tracker.Message{}, fmt.Errorf("%w: %w", tracker.ErrForeign, err)
	}
	kind := t.at("_type").text()
	if kind != "location" && kind != "transition" {
		m := tracker.Nothing(kind, "OwnTracks message of a kind that tells no position")
		m.Reply = []byte("[]")
		return m, nil
	}
	device := t.at("topic").text()
	if i := strings.LastIndexByte(device, '/'); i >= 0 {
		device = device[i+1:]
	}
	for _, s := range []string{q.header("X-Limit-D"), t.at("tid").text()} {
		if device == "" {
			device = s
		}
	}
	p := tracker.Position{Valid: true, Time: now.UTC()}
	if s := t.at("tst").text(); s != "" {
		when, ok := moment(s)
		if !ok {
			return tracker.Message{}, fmt.Errorf("tst %q is no time: it is Unix seconds", s)
		}
		p.Time = when
	}
	lat, ok1 := t.at("lat").number()
	lon, ok2 := t.at("lon").number()
	if !ok1 || !ok2 || !sane(lat, lon) {
		return tracker.Message{}, fmt.Errorf("lat %v, lon %v is not on the earth", t.at("lat").v, t.at("lon").v)
	}
	p.Located, p.Lat, p.Lon = true, lat, lon
	if v, ok := t.at("vel").number(); ok && v >= 0 {
		p.SpeedKmh = v
	}
	p.AltitudeM, _ = t.at("alt").number()
	p.CourseDeg, _ = t.at("cog").number()
	for _, f := range []struct {
		field, name string
		factor      float64
	}{
		{"acc", "accuracy", 1},
		{"batt", "batteryLevel", 1},
		{"vac", "verticalAccuracy", 1},
		{"sat", "sat", 1},
		{"hdop", "hdop", 1},
		{"uext", "power", 1},
		{"ubatt", "battery", 1},
		{"ulow", "battery", 1},
		{"odometer", "odometer", 1000},
		{"rpm", "rpm", 1},
		{"hmc", "hours", 1000},
		{"p", "pressure", 1},
		{"temp_c", "temp1", 1},
		{"anum", "acceleration", 1},
	} {
		if v, ok := t.at(f.field).number(); ok {
			p.Set(f.name, v*f.factor)
		}
	}
	if v, ok := t.at("vin").v.(string); ok {
		p.Set("vin", v)
	}
	if v, ok := t.at("bs").number(); ok {
		p.Set("charge", v == 2) // 1 = on battery, 2 = charging, 3 = full
	}
	if v, ok := t.at("motion").flag(); ok {
		p.Set("motion", v)
	}
	for _, name := range []string{"ign", "ignition"} {
		if v, ok := t.at(name).flag(); ok {
			p.Set("ignition", v)
		}
	}
	if s := t.at("t").text(); s != "" {
		trigger(&p, s)
	}
	if kind == "transition" {
		switch t.at("event").text() {
		case "enter":
			p.Alarm("geofenceEnter")
		case "leave":
			p.Alarm("geofenceExit")
		}
		p.Set("geofence", t.at("desc").text())
	}
	if v, ok := t.at("rty").v.(string); ok {
		p.Set("result", v)
	}
	p.Lat, p.Lon = math.Max(-90, math.Min(90, lat)), lon
	m := one("location", device, p)
	m.Reply = []byte("[]")
	return m, nil
}

// trigger is why a report was sent, with the letters that vehicle units add.
func trigger(p *tracker.Position, s string) {
	p.Set("event", s)
	switch s {
	case "9":
		p.Alarm("lowBattery")
	case "1":
		p.Alarm("powerOn")
	case "i":
		p.Set("ignition", true)
	case "I":
		p.Set("ignition", false)
	case "E":
		p.Alarm("powerRestored")
	case "e":
		p.Alarm("powerCut")
	case "!":
		p.Alarm("tow")
	case "s":
		p.Alarm("overspeed")
	case "h":
		p.Alarm("hardCornering")
	}
}
