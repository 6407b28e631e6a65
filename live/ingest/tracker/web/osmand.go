package web

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// OsmAnd decodes the query form and the JSON of Traccar's clients. A request
// that doesn't say whose it is holds nothing for us.
func OsmAnd(q Request, now time.Time) (tracker.Message, error) {
	if len(q.Body) > 0 && q.isJSON() {
		return clientJSON(q.Body, now)
	}
	form := q.form()
	var (
		p        = tracker.Position{Valid: true, Time: now.UTC()}
		device   string
		lat, lon *float64
	)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			v, isNumber := number(value)
			switch name {
			case "id", "deviceid":
				device = value
			case "timestamp":
				t, ok := moment(value)
				if !ok {
					return tracker.Message{}, fmt.Errorf("timestamp %q is no time: send Unix seconds or RFC 3339", value)
				}
				p.Time = t
			case "lat":
				if isNumber {
					lat = &v
				}
			case "lon":
				if isNumber {
					lon = &v
				}
			case "location":
				a, b, _ := strings.Cut(value, ",")
				x, ok1 := number(a)
				y, ok2 := number(b)
				if ok1 && ok2 {
					lat, lon = &x, &y
				}
			case "valid":
				p.Valid = value == "true" || value == "1"
			case "cell":
				if c, ok := cell(value); ok {
					p.AddCell(c)
				}
			case "wifi":
				if mac, signal, ok := strings.Cut(value, ","); ok {
					n, _ := strconv.Atoi(signal)
					p.AddWifi(strings.ToLower(strings.ReplaceAll(mac, "-", ":")), n)
				}
			case "speed": // knots, since the form began so
				p.SpeedKmh = v * 1.852
			case "bearing", "heading":
				p.CourseDeg = v
			case "altitude":
				p.AltitudeM = v
			case "accuracy", "hdop":
				if isNumber {
					p.Set(name, v)
				}
			case "batt":
				if isNumber {
					p.Set("batteryLevel", v)
				}
			case "charge":
				p.Set("charge", value == "true" || value == "1")
			case "driverUniqueId":
				p.Set(name, value)
			default:
				p.Set(strings.ToValidUTF8(name, "\uFFFD"), guess(value))
			}
		}
	}
	if device == "" {
		return tracker.Nothing("form", "doesn't say which device: the field id is missing"), nil
	}
	if lat != nil && lon != nil {
		if !sane(*lat, *lon) {
			return tracker.Message{}, fmt.Errorf("lat %v, lon %v is not on the earth", *lat, *lon)
		}
		p.Located, p.Lat, p.Lon = true, *lat, *lon
	}
	return one("form", device, p), nil
}

// cell is mcc,mnc,lac,cell and perhaps the strength.
func cell(s string) (c tracker.Cell, ok bool) {
	var n [5]int64
	words := strings.Split(s, ",")
	if len(words) < 4 {
		return c, false
	}
	for i, w := range words[:min(len(words), 5)] {
		v, err := strconv.ParseInt(strings.TrimSpace(w), 10, 64)
		if err != nil {
			return c, false
		}
		n[i] = v
	}
	return tracker.Cell{MCC: int(n[0]), MNC: int(n[1]), LAC: int(n[2]), ID: n[3], Signal: int(n[4])}, true
}

// guess takes a field that we don't know for a number or a claim if it reads
// as one.
func guess(s string) any {
	if v, ok := number(s); ok {
		return v
	}
	switch s {
	case "true":
		return true
	case "false":
		return false
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// clientJSON is {"location": {...} or [...], "device_id": "..."}. Speeds are
// m/s; -1 stands for not told.
func clientJSON(body []byte, now time.Time) (tracker.Message, error) {
	t, err := parse(body)
	if err != nil {
		return tracker.Message{}, fmt.Errorf("%w: %w", tracker.ErrForeign, err)
	}
	device := t.at("device_id").text()
	if device == "" {
		return tracker.Nothing("json", "doesn't say which device: the field device_id is missing"), nil
	}
	m := tracker.Message{Kind: "json", Devices: []string{device}}
	locations := t.at("location").list()
	if len(locations) == 0 {
		locations = []tree{t.at("location")}
	}
	for _, l := range locations {
		p, err := clientLocation(l, now)
		if err != nil {
			return m, err
		}
		m.Positions = append(m.Positions, p)
	}
	return m, nil
}

func clientLocation(l tree, now time.Time) (tracker.Position, error) {
	p := tracker.Position{Valid: true, Time: now.UTC()}
	if s := l.at("timestamp").text(); s != "" {
		t, ok := moment(s)
		if !ok {
			return p, fmt.Errorf("timestamp %q is no time", s)
		}
		p.Time = t
	}
	c := l.at("coords")
	lat, ok1 := c.at("latitude").number()
	lon, ok2 := c.at("longitude").number()
	if ok1 && ok2 {
		if !sane(lat, lon) {
			return p, fmt.Errorf("latitude %v, longitude %v is not on the earth", lat, lon)
		}
		p.Located, p.Lat, p.Lon = true, lat, lon
	}
	if v, ok := c.at("speed").number(); ok && v >= 0 {
		p.SpeedKmh = v * 3.6
	}
	if v, ok := c.at("heading").number(); ok && v >= 0 {
		p.CourseDeg = v
	}
	p.AltitudeM, _ = c.at("altitude").number()
	if v, ok := c.at("accuracy").number(); ok && v >= 0 {
		p.Set("accuracy", v)
	}
	if v, ok := l.at("is_moving").flag(); ok {
		p.Set("motion", v)
	}
	if v, ok := l.at("odometer").number(); ok {
		p.Set("odometer", v)
	}
	if s := l.at("event").text(); s != "" {
		p.Set("event", s)
	}
	if v, ok := l.at("battery", "level").number(); ok && v >= 0 {
		p.Set("batteryLevel", float64(int(v*100+0.5)))
	}
	if v, ok := l.at("battery", "is_charging").flag(); ok {
		p.Set("charge", v)
	}
	if s := l.at("activity", "type").text(); s != "" {
		p.Set("activity", s)
	}
	if v, ok := l.at("mock").flag(); ok && v {
		p.Set("mock", true)
	}
	if s := l.at("alarm").text(); s != "" {
		p.Set("alarm", s)
	}
	for k, v := range l.at("extras").object() {
		switch v.(type) {
		case string, float64, bool:
			p.Set(k, v)
		}
	}
	return p, nil
}

// DeviceOf is whose report a request to OsmAnd says it is, "" when it doesn't: a
// listener must know that before it looks at anything else.
func DeviceOf(q Request) string {
	if len(q.Body) > 0 && q.isJSON() {
		t, err := parse(q.Body)
		if err != nil {
			return ""
		}
		return t.at("device_id").text()
	}
	form := q.form()
	id := ""
	for _, name := range []string{"deviceid", "id"} { // the order in which OsmAnd takes them
		for _, v := range form[name] {
			id = v
		}
	}
	return id
}
