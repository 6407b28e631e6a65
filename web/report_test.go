package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// form is a report in OsmAnd's form.
func form(at orb.Point, more ...string) string {
	v := url.Values{"lat": {fmt.Sprint(at[1])}, "lon": {fmt.Sprint(at[0])}, "timestamp": {fmt.Sprint(time.Now().Unix())}, "speed": {"3"}, "bearing": {"90"}, "accuracy": {"7"}, "batt": {"81"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v.Encode()
}

// TestEveryProtocol: a fix by each protocol, with each way to tell the secret, is
// stored and arrives on a dispatcher's map.
func TestEveryProtocol(t *testing.T) {
	w := atWork(t)
	m := w.as("dispatcher").watch(nil)
	m.first("snapshot")
	b := w.browser()
	at := func(n int) orb.Point { return orb.Point{station[0] + float64(n)*0.0001, station[1]} }
	const formType = "application/x-www-form-urlencoded"
	begun := time.Now().Truncate(time.Second)
	when := func(n int) time.Time { return begun.Add(time.Duration(n-60) * 5 * time.Second) }
	unix := func(n int) string { return fmt.Sprint(when(n).Unix()) }
	for i, c := range []struct {
		name, method, path string
		content            any
		headers            []string
		want               string
	}{
		{"osmand, query and Basic", "GET", "/osmand?" + form(at(1), "timestamp", unix(1), "id", "phone-1"), nil, []string{"Authorization", basic("phone-1", secret)}, `[{"stored":true}]`},
		{"osmand, id by Basic alone", "POST", "/osmand?" + form(at(2), "timestamp", unix(2)), nil, []string{"Authorization", basic("phone-1", secret)}, `[{"stored":true}]`},
		{"osmand below /api, own header", "GET", "/api/devices/osmand?" + form(at(3), "timestamp", unix(3), "id", "phone-1"), nil, []string{"X-Device-Secret", secret}, `[{"stored":true}]`},
		{"osmand, form and Bearer", "POST", "/api/devices/osmand", []byte(form(at(4), "timestamp", unix(4), "deviceid", "phone-1")), []string{"Authorization", "Bearer phone-1:" + secret, "Content-Type", formType}, `[{"stored":true}]`},
		{"osmand, form and own header", "POST", "/osmand", []byte(form(at(5), "timestamp", unix(5), "id", "phone-1")), []string{"X-Device-Secret", secret, "Content-Type", formType}, `[{"stored":true}]`},
		{"Traccar client's JSON", "POST", "/osmand", body{"device_id": "phone-1", "location": body{"timestamp": when(6).UTC(), "coords": body{"latitude": at(6)[1], "longitude": at(6)[0], "accuracy": 5, "speed": -1, "heading": -1}, "battery": body{"level": 0.5}}}, []string{"X-Device-Secret", secret}, `[{"stored":true}]`},
		{"OwnTracks", "POST", "/owntracks", body{"_type": "location", "tid": "ab", "lat": at(7)[1], "lon": at(7)[0], "tst": when(7).Unix(), "acc": 9, "vel": 4, "cog": 12, "batt": 50}, []string{"Authorization", basic("phone-1", secret)}, `[]`},
		{"many", "POST", "/api/fixes", body{"fixes": []body{{"t": when(8).UTC(), "lon": at(8)[0], "lat": at(8)[1], "accuracy_m": 4, "speed_kmh": 3.5, "course": 360, "battery": 0.4}}}, []string{"Authorization", "Bearer phone-1:" + secret}, `{"verdicts":[{"stored":true}]}`},
	} {
		r := b.send(c.method, c.path, c.content, c.headers...)
		if r.status != 200 || strings.TrimSpace(string(r.text)) != c.want {
			t.Fatalf("%s: %s, want %s", c.name, r, c.want)
		}
		m.until(c.name, func(x message) bool {
			for _, u := range x.Units {
				if u.Kind == "officer" && u.At == [2]float64{round6(at(i + 1)[0]), round6(at(i + 1)[1])} {
					return true
				}
			}
			return false
		})
	}
	// Told again, it is there already; and what tells no position is taken.
	again := form(at(1), "id", "phone-1", "timestamp", unix(1))
	w.reports("phone-1", body{"fixes": []body{}})
	b.get("/osmand?"+again, "X-Device-Secret", secret).is(t, 200, "")
	b.get("/osmand?id=phone-1&batt=50", "X-Device-Secret", secret).is(t, 200, "")
	b.send("POST", "/owntracks", body{"_type": "lwt", "tst": 1}, "Authorization", basic("phone-1", secret)).is(t, 200, "")

	n := 0
	if err := w.st.Fixes(t.Context(), "phone-1", time.Time{}, time.Time{}, func(f ingest.Fix) bool {
		n++
		if f.At == at(1) && (f.Battery != 0.81 || f.Accuracy != 7 || f.Course != 90 || f.Speed < 5.5 || f.Speed > 5.6) {
			t.Errorf("the form was kept as %+v", f)
		}
		return true
	}); err != nil || n != 8 {
		t.Errorf("%d fixes are kept, %v, want 8", n, err)
	}
	text := string(b.get("/metrics").text)
	for _, want := range []string{`citygrid_device_requests_total{outcome="ok"}`} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func round6(v float64) float64 { return float64(int64(v*1e6+copysign(0.5, v))) / 1e6 }

func copysign(a, b float64) float64 {
	if b < 0 {
		return -a
	}
	return a
}

// TestWhatDevicesMayNot: who is no device is refused, and a device that does
// anything but report for itself.
func TestWhatDevicesMayNot(t *testing.T) {
	var log strings.Builder
	w := atWork(t, logTo(&log))
	b := w.browser()
	good := []string{"Authorization", "Bearer tag-1:" + secret}
	query := form(townPark, "id", "tag-1")

	wrong := b.get("/osmand?"+query, "Authorization", basic("tag-1", "a wrong one of some length")).is(t, 401, "device.unknown")
	unknown := b.get("/osmand?"+form(townPark, "id", "tag-9"), "Authorization", basic("tag-9", secret)).is(t, 401, "device.unknown")
	if wrong.header.Get("WWW-Authenticate") == "" {
		t.Error("a refused device isn't told how to say who it is")
	}
	var p, q Problem
	wrong.into(t, &p)
	unknown.into(t, &q)
	if p.Detail != q.Detail {
		t.Errorf("a wrong secret is told %q, an unknown device %q", p.Detail, q.Detail)
	}
	b.get("/osmand?"+query).is(t, 401, "device.unknown")
	b.get("/osmand?"+form(townPark), "X-Device-Secret", secret).is(t, 401, "device.unknown")
	b.get("/osmand?"+query, "Authorization", "Bearer "+secret).is(t, 401, "device.unknown")
	b.get("/osmand?"+query, "X-Device-Secret", secret+"x").is(t, 401, "device.unknown")
	// The implicit device of a phone page has no secret, so nobody reports as one.
	b.send("POST", "/api/fixes", fixes(townPark, 1), "Authorization", "Bearer "+string(w.room.PhoneOf(w.ids["town.officer"]).ID)+":").is(t, 401, "device.unknown")
	b.send("POST", "/api/fixes", fixes(townPark, 1), "Authorization", "Bearer off:"+secret).is(t, 403, "device.disabled")
	for _, name := range []string{"secret", "password", "Password", "token"} {
		b.get("/osmand?"+query+"&"+name+"="+url.QueryEscape(secret), good...).is(t, 400, "device.secret_in_url")
	}
	b.get("/osmand?"+form(townPark, "id", "tag-2"), good...).is(t, 403, "device.other")
	b.get("/osmand?"+query, append(good, "Sec-Fetch-Site", "cross-site")...).is(t, 403, "cross_origin")
	b.send("POST", "/api/fixes", fixes(townPark, 1), append(good, "Origin", "https://evil.example")...).is(t, 403, "cross_origin")
	b.get("/osmand?"+form(townPark, "id", "tag-1", "timestamp", "yesterday"), good...).is(t, 400, "report.invalid")
	b.send("POST", "/osmand", body{"location": body{}}, good...).is(t, 400, "report.invalid")
	b.send("POST", "/owntracks", []byte("{"), good...).is(t, 400, "report.invalid")
	b.send("POST", "/osmand", []byte(strings.Repeat("x=1&", 20_000)), append(good, "Content-Type", "application/x-www-form-urlencoded")...).is(t, 413, "request.too_large")
	b.send("POST", "/api/fixes", fixes(townPark, 1001), good...).is(t, 422, "request.invalid")
	b.send("POST", "/api/fixes", []byte(`{"fixes":[`+strings.Repeat(" ", 600<<10)+`]}`), good...).is(t, 413, "request.too_large")
	r := b.send("POST", "/api/fixes", body{"fixes": []body{{"t": time.Now().Add(time.Hour), "lon": 0, "lat": 0}, {"t": time.Now(), "lon": 500, "lat": 0}}}, good...).is(t, 200, "")
	if text := string(r.text); !strings.Contains(text, `"why":"clock"`) || !strings.Contains(text, `"why":"not-a-fix"`) {
		t.Errorf("verdicts are %s", text)
	}

	table, err := parseRights(rightsCSV)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table {
		switch {
		case r.cells[public] == yes:
		case r.forDevices():
			for _, login := range []string{"dispatcher", "officer", "admin"} {
				w.as(login).send(r.method, sample(r.route), nil).is(t, 403, "access.denied")
			}
		default:
			got := b.send(r.method, sample(r.route), nil, append(good, "X-Forwarded-For", "192.0.2.1")...)
			if got.status != 401 && got.status != 403 {
				t.Errorf("a device: %s, want it denied", got)
			}
		}
	}
	if n := len(w.alertsOf("tag-1")); n != 0 {
		t.Errorf("%d alerts of what was refused", n)
	}
	if strings.Contains(log.String(), secret) {
		t.Errorf("a secret is in the log:\n%s", log.String())
	}
	for range 400 {
		if r := b.get("/osmand?"+query, "X-Device-Secret", "guess guess guess"); r.status == http.StatusTooManyRequests {
			if r.header.Get("Retry-After") == "" {
				t.Error("429 doesn't say when to come back")
			}
			return
		}
	}
	t.Error("guessing is not limited")
}

func (w *shop) alertsOf(id ingest.TrackerID) (all []Alert) {
	w.t.Helper()
	kept, err := w.st.Alerts(w.t.Context(), nil, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range kept {
		if a.Tracker == id {
			all = append(all, w.room.AlertJSON(a))
		}
	}
	return all
}

// TestOffShift: who is off shift isn't tracked, and the reply says so.
func TestOffShift(t *testing.T) {
	w := atWork(t)
	r := w.reports("phone-1", body{"fixes": []body{{"t": w.since.Add(-time.Minute), "lon": station[0], "lat": station[1]}, {"t": w.since, "lon": station[0], "lat": station[1]}}})
	if got := strings.TrimSpace(string(r.text)); got != `{"verdicts":[{"stored":false,"why":"off-shift"},{"stored":true}]}` {
		t.Errorf("verdicts are %s", got)
	}
}

// TestStoppedRoom: while the server ends devices are told to come again, and
// nothing is acknowledged.
func TestStoppedRoom(t *testing.T) {
	w := atWork(t)
	w.reports("tag-1", fixes(nowhere, 1))
	w.end()
	r := w.browser().send("POST", "/api/fixes", fixes(nowhere, 1), "Authorization", "Bearer tag-1:"+secret).is(t, 503, "busy")
	if r.header.Get("Retry-After") == "" {
		t.Error("503 doesn't say when to come back")
	}
	if register.CheckSecret("", "") {
		t.Error("no hash is of no secret")
	}
}
