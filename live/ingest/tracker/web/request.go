// Package web decodes the positions that come by HTTP: the form that OsmAnd
// and the Traccar client fill in, the JSON of the newer Traccar client, the
// JSON of OwnTracks, and the uplinks that The Things Network pushes.
//
// A request is a value here, not a net/http one, so that the same code serves
// a handler, an MQTT broker (OwnTracks sends the same JSON there) and the
// command line.
package web

import (
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// A Request is what a device asked of us.
type Request struct {
	Method string
	URL    string
	Header map[string]string
	Body   []byte
}

// header finds a header without regard to case.
func (q Request) header(name string) string {
	for k, v := range q.Header {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

// form is the fields of the query and, unless the body is JSON, of the body.
func (q Request) form() url.Values {
	out := url.Values{}
	_, query, _ := strings.Cut(q.URL, "?")
	fields(out, query)
	if len(q.Body) > 0 && !q.isJSON() {
		fields(out, string(q.Body))
	}
	return out
}

// fields adds name=value pairs. Phones and small trackers escape badly, so a
// value that can't be unescaped is taken as it is: url.ParseQuery would refuse
// the whole report for one stray semicolon or per cent sign.
func fields(out url.Values, query string) {
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.SplitSeq(strings.TrimSpace(query), "&") {
		k, v, _ := strings.Cut(pair, "=")
		if k == "" {
			continue
		}
		if plain, err := url.QueryUnescape(v); err == nil {
			v = plain
		}
		if plain, err := url.QueryUnescape(k); err == nil {
			k = plain
		}
		out.Add(k, v)
	}
}

func (q Request) isJSON() bool {
	if strings.Contains(q.header("Content-Type"), "json") {
		return true
	}
	b := strings.TrimSpace(string(q.Body[:min(len(q.Body), 64)]))
	return strings.HasPrefix(b, "{") || strings.HasPrefix(b, "[")
}

// A tree is decoded JSON; its methods give zero where the path leads nowhere.
type tree struct{ v any }

func parse(b []byte) (tree, error) {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return tree{}, err
	}
	return tree{v}, nil
}

func (t tree) at(path ...string) tree {
	for _, k := range path {
		m, _ := t.v.(map[string]any)
		t.v = m[k]
	}
	return t
}

func (t tree) list() []tree {
	l, _ := t.v.([]any)
	out := make([]tree, len(l))
	for i, v := range l {
		out[i].v = v
	}
	return out
}

func (t tree) object() map[string]any { m, _ := t.v.(map[string]any); return m }

func (t tree) text() string {
	switch v := t.v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func (t tree) number() (float64, bool) {
	switch v := t.v.(type) {
	case float64:
		return v, true
	case string:
		return number(v)
	}
	return 0, false
}

func (t tree) flag() (value, told bool) {
	switch v := t.v.(type) {
	case bool:
		return v, true
	case float64:
		return v != 0, true
	}
	return false, false
}

// number is a finite number.
func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// maxMillis is the end of the year 2200: later times are noise.
const maxMillis = 7289654400000

// moment reads a time: Unix seconds or milliseconds, RFC 3339, or the same
// with a space and no zone, which is UTC.
func moment(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if v, ok := number(s); ok {
		if v < 0 || v > maxMillis {
			return time.Time{}, false
		}
		if v < 1e11 {
			return time.UnixMilli(int64(math.Round(v * 1000))).UTC(), true
		}
		return time.UnixMilli(int64(v)).UTC(), true
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
		"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05.999Z0700",
	} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 && t.Year() < 2200 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// sane says that a place is on the earth.
func sane(lat, lon float64) bool {
	return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
}

func one(kind string, device string, p tracker.Position) tracker.Message {
	m := tracker.Message{Kind: kind, Positions: []tracker.Position{p}}
	if device != "" {
		m.Devices = []string{device}
	}
	return m
}
