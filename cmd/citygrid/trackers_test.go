package main

import (
	cryptotls "crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/data/store"
	"citygrid/live/ingest"
	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/jt808"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// freeAddress is a loopback address that nobody has at the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestTrackersOfARunningServer: a terminal of the registry talks to it by JT/T 808; one
// that isn't there is listed as unknown, also after the server's end.
func TestTrackersOfARunningServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bureau")
	const password = "a long enough one"
	mustSay(t, password+"\n", "setup", "--data", dir, "--bureau", "Testville")
	addr := freeAddress(t)
	hello, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json", "--listen-jt808", addr, "--listen-mqtt", freeAddress(t))
	admin := visit(t, hello["url"])
	admin.ask("POST", "/api/session", `{"login":"admin","password":"`+password+`"}`, 200)
	var made struct{ Secret string }
	if err := json.Unmarshal([]byte(admin.ask("POST", "/api/devices", `{"id":"13900000001","class":"phone","protocol":"jt808"}`, 201)), &made); err != nil || made.Secret == "" {
		t.Fatalf("%v, %+v", err, made)
	}
	talk := func(frames [][]byte) jt808.Answer {
		t.Helper()
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		var last jt808.Answer
		for _, f := range frames {
			if _, err := conn.Write(f); err != nil {
				t.Fatal(err)
			}
			stream := tracker.NewStream(jt808.Split)
			for answered := false; !answered; {
				b := make([]byte, 100)
				n, err := conn.Read(b)
				if err != nil {
					t.Fatal(err)
				}
				stream.Push(b[:n])
				if frame, ok := stream.Next(); ok {
					if last, err = jt808.ReadAnswer(frame); err != nil {
						t.Fatal(err)
					}
					answered = true
				}
			}
		}
		return last
	}
	term := jt808.Terminal{Number: "13900000001"}
	report := jt808.Report{Time: time.Now(), Lat: 39.7, Lon: -75.5, Valid: true}
	if a := talk(append(term.Authenticate(made.Secret), term.Position(report)...)); a.To != 0x0200 || a.Result != 0 {
		t.Errorf("a position of a device that is known: %+v", a)
	}
	stranger := jt808.Terminal{Number: "13900000009"}
	if a := talk(stranger.Register("m", "m", "p")); a.Result != 4 {
		t.Errorf("registration of a stranger: %+v", a)
	}
	end()
	if out := mustSay(t, "", "unknown", "--data", dir); !strings.Contains(out, "13900000009") || strings.Count(out, "\n") != 1 {
		t.Errorf("unknown devices:\n%s", out)
	}
	for _, args := range [][]string{
		{"--listen-mqtt", "0.0.0.0:0"},
		{"--listen-gt06", "nowhere:1:2"},
	} {
		if code, _, errs := said(t, "", append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, args...)...); code != 2 || !strings.Contains(errs, args[0]) {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}

// TestMQTTOverTLS: a client of another make reports to the running server over TLS, its
// certificate checked; what it is told is received is on the disk. Neither a client
// without TLS nor a wrong password gets in.
func TestMQTTOverTLS(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bureau")
	const password = "a long enough one"
	mustSay(t, password+"\n", "setup", "--data", dir, "--bureau", "Testville")
	mustSay(t, "", "cert", "--data", dir, "127.0.0.1")
	tls := filepath.Join(dir, "tls")
	ca, err := os.ReadFile(filepath.Join(tls, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	addr := freeAddress(t)
	hello, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json", "--listen-mqtt", addr,
		"--tls-cert", filepath.Join(tls, "server.crt"), "--tls-key", filepath.Join(tls, "server.key"))
	admin := visit(t, hello["url"])
	admin.http.Transport = &http.Transport{TLSClientConfig: &cryptotls.Config{RootCAs: roots}}
	admin.ask("POST", "/api/session", `{"login":"admin","password":"`+password+`"}`, 200)
	var made struct{ Secret string }
	if err := json.Unmarshal([]byte(admin.ask("POST", "/api/devices", `{"id":"collar-1","class":"dog-tag","protocol":"owntracks"}`, 201)), &made); err != nil {
		t.Fatal(err)
	}
	client := func(scheme, secret string) (paho.Client, error) {
		o := paho.NewClientOptions().AddBroker(scheme + "://" + addr).SetUsername("collar-1").SetPassword(secret).SetClientID("collar-1").
			SetTLSConfig(&cryptotls.Config{RootCAs: roots}).SetConnectTimeout(3 * time.Second).SetAutoReconnect(false).SetConnectRetry(false)
		c := paho.NewClient(o)
		k := c.Connect()
		if !k.WaitTimeout(10 * time.Second) {
			return c, errors.New("no answer")
		}
		return c, k.Error()
	}
	if _, err := client("tcp", made.Secret); err == nil {
		t.Error("a client gets in without TLS")
	}
	if _, err := client("ssl", "wrong"+made.Secret); err == nil {
		t.Error("a client gets in with a wrong password")
	}
	c, err := client("ssl", made.Secret)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().UTC().Truncate(time.Second)
	k := c.Publish("owntracks/collar-1/tag", 1, false, fmt.Sprintf(`{"_type":"location","lat":39.74,"lon":-75.55,"tst":%d,"acc":7}`, at.Unix()))
	if !k.WaitTimeout(10*time.Second) || k.Error() != nil {
		t.Fatalf("it is not told that it was received: %v", k.Error())
	}
	c.Disconnect(100)
	serial := func() string {
		conn, err := cryptotls.Dial("tcp", addr, &cryptotls.Config{RootCAs: roots})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	was := serial()
	mustSay(t, "", "cert", "--data", dir, "--replace", "127.0.0.1") // renewed
	for until := time.Now().Add(10 * time.Second); serial() == was; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("a renewed certificate is not served")
		}
	}
	end()
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var kept []ingest.Fix
	if err := st.Fixes(t.Context(), "collar-1", time.Time{}, time.Time{}, func(f ingest.Fix) bool { kept = append(kept, f); return true }); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 1 || !kept[0].Time.Equal(at) || kept[0].Accuracy != 7 {
		t.Errorf("stored are %+v, want one of %v", kept, at)
	}
}
