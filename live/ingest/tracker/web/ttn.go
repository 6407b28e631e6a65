package web

import (
	"fmt"
	"time"

	"citygrid/live/ingest/tracker"
)

// TTN decodes an uplink that The Things Stack pushes to a webhook. Positions
// are in the decoded payload, under the names that payload formatters commonly
// give, or among the locations that the network computed. Speeds are km/h.
func TTN(q Request, now time.Time) (tracker.Message, error) {
	t, err := parse(q.Body)
	if err != nil {
		return tracker.Message{}, fmt.Errorf("%w: %w", tracker.ErrForeign, err)
	}
	device := t.at("end_device_ids", "device_id").text()
	if device == "" {
		return tracker.Nothing("uplink", "doesn't say which device: end_device_ids is missing"), nil
	}
	up := t.at("uplink_message")
	if up.object() == nil {
		m := tracker.Nothing("event", "no uplink: a join or an answer")
		m.Devices = []string{device}
		return m, nil
	}
	p := tracker.Position{Time: now.UTC()}
	for _, s := range []string{
		up.at("decoded_payload", "time").text(), up.at("decoded_payload", "timestamp").text(),
		up.at("received_at").text(), t.at("received_at").text(),
	} {
		if when, ok := moment(s); ok && s != "" {
			p.Time = when
			break
		}
	}
	data := up.at("decoded_payload")
	place := data
	if !located(place) {
		for _, name := range []string{"gps_1", "gps", "location", "position"} {
			if located(data.at(name)) {
				place = data.at(name)
				break
			}
		}
	}
	if !located(place) {
		for _, name := range []string{"frm-payload", "user"} {
			if located(up.at("locations", name)) {
				place = up.at("locations", name)
				break
			}
		}
	}
	if located(place) {
		p.Located, p.Valid = true, true
		p.Lat, _ = first(place, "latitude", "lat")
		p.Lon, _ = first(place, "longitude", "lon", "lng")
		p.AltitudeM, _ = first(place, "altitude", "alt")
	}
	if v, ok := first(data, "speed"); ok {
		p.SpeedKmh = v
	}
	p.CourseDeg, _ = first(data, "heading", "course")
	for k, v := range data.object() {
		switch k {
		case "latitude", "longitude", "lat", "lon", "lng", "altitude", "alt", "speed", "heading", "course", "time", "timestamp":
			continue
		case "sats":
			k = "sat"
		case "battery_level":
			k = "batteryLevel"
		}
		switch v.(type) {
		case float64, string, bool:
			p.Set(k, v)
		}
	}
	if l := up.at("rx_metadata").list(); len(l) > 0 {
		if v, ok := l[0].at("rssi").number(); ok {
			p.Set("rssi", v)
		}
	}
	return one("uplink", device, p), nil
}

func located(t tree) bool {
	lat, ok1 := first(t, "latitude", "lat")
	lon, ok2 := first(t, "longitude", "lon", "lng")
	return ok1 && ok2 && sane(lat, lon) && (lat != 0 || lon != 0)
}

func first(t tree, names ...string) (float64, bool) {
	for _, n := range names {
		if v, ok := t.at(n).number(); ok {
			return v, true
		}
	}
	return 0, false
}
