package listen

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/live/ingest/decode"
	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/jt808"

	paho "github.com/eclipse/paho.mqtt.golang"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a register and a store in memory.
type desk struct {
	mu      sync.Mutex
	devices map[register.DeviceID]register.Device
	fixes   map[register.DeviceID][]ingest.Fix
	fail    error
}

func (d *desk) Device(id register.DeviceID) (register.Device, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.devices[id]
	return v, ok
}

func (d *desk) Accept(_ context.Context, v register.Device, fixes []ingest.Fix) ([]ingest.Verdict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return nil, d.fail
	}
	d.fixes[v.ID] = append(d.fixes[v.ID], fixes...)
	out := make([]ingest.Verdict, len(fixes))
	for i := range out {
		out[i].Stored = true
	}
	return out, nil
}

func (d *desk) stored(id register.DeviceID) []ingest.Fix {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.fixes[id])
}

const secret = "a-secret-of-some-length"

func newDesk(t testing.TB, protocol string, ids ...string) *desk {
	d := &desk{devices: map[register.DeviceID]register.Device{}, fixes: map[register.DeviceID][]ingest.Fix{}}
	hash, err := register.HashSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		v := register.Device{ID: register.DeviceID(id), Class: register.DogTag, Protocol: protocol}
		if i == 0 {
			v.SecretHash = hash
		}
		d.devices[v.ID] = v
	}
	return d
}

// listening serves a protocol, "mqtt" too, and gives its address.
func listening(t testing.TB, protocol string, c Config) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Key = []byte("0123456789abcdef")
	l, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		if protocol == "mqtt" {
			done <- l.MQTT(ctx, listener)
		} else {
			done <- l.TCP(ctx, protocol, listener)
		}
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// A device is the other side of a connection.
type device struct {
	t      testing.TB
	conn   net.Conn
	stream *tracker.Stream
	in     *bufio.Reader
}

func connect(t testing.TB, protocol, addr string) *device {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p, err := decode.Lookup(protocol)
	if err != nil {
		t.Fatal(err)
	}
	return &device{t, conn, tracker.NewStream(p.Split), bufio.NewReader(conn)}
}

func (d *device) send(frames ...[]byte) {
	d.t.Helper()
	for _, f := range frames {
		if _, err := d.conn.Write(f); err != nil {
			d.t.Fatal(err)
		}
	}
}

// answer is the next frame that the server sends.
func (d *device) answer() []byte {
	d.t.Helper()
	_ = d.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		if f, ok := d.stream.Next(); ok {
			return slices.Clone(f)
		}
		b, err := d.in.ReadByte()
		if err != nil {
			d.t.Fatalf("no answer: %v", err)
		}
		d.stream.Push([]byte{b})
	}
}

func (d *device) told() jt808.Answer {
	d.t.Helper()
	a, err := jt808.ReadAnswer(d.answer())
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *device) closed() {
	d.t.Helper()
	_ = d.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := d.in.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		d.t.Errorf("the connection goes on: %v", err)
	}
}

// TestJT808: a terminal without a secret is given a code and must say it; one with a
// secret must say that; a stranger gets nowhere.
func TestJT808(t *testing.T) {
	for _, v2019 := range []bool{false, true} {
		d := newDesk(t, "jt808", "13900000001", "13900000002")
		q := &Quarantine{}
		addr := listening(t, "jt808", Config{Desk: d, Quarantine: q})
		report := jt808.Report{Time: time.Now().Truncate(time.Second), Lat: 39.74, Lon: -75.55, Valid: true, SpeedKmh: 36}

		// Given a code.
		term := jt808.Terminal{Number: "13900000002", V2019: v2019}
		c := connect(t, "jt808", addr)
		c.send(term.Position(report)...)
		if a := c.told(); a.ID != 0x8001 || a.Result != 1 {
			t.Errorf("before authenticating: %+v", a)
		}
		c.send(term.Register("maker", "model", "B12345")...)
		a := c.told()
		if a.ID != 0x8100 || a.Result != 0 || len(a.Code) < 16 {
			t.Fatalf("registration: %+v", a)
		}
		c.send(term.Authenticate("guess")...)
		if a := c.told(); a.To != 0x0102 || a.Result != 1 {
			t.Errorf("a guess: %+v", a)
		}
		c.send(term.Authenticate(a.Code)...)
		if a := c.told(); a.To != 0x0102 || a.Result != 0 {
			t.Errorf("authentication: %+v", a)
		}
		c.send(term.Heartbeat()...)
		if a := c.told(); a.To != 0x0002 || a.Result != 0 {
			t.Errorf("heartbeat: %+v", a)
		}
		c.send(term.Position(report)...)
		if a := c.told(); a.To != 0x0200 || a.Result != 0 {
			t.Errorf("position: %+v", a)
		}
		batch := make([]jt808.Report, 60) // in several parts
		for i := range batch {
			batch[i] = report
			batch[i].Time = report.Time.Add(-time.Duration(i+1) * time.Minute)
		}
		frames := term.Batch(batch, true)
		c.send(frames...)
		for range frames {
			if a := c.told(); a.To != 0x0704 || a.Result != 0 {
				t.Errorf("batch: %+v", a)
			}
		}
		if got := d.stored("13900000002"); len(got) != 61 || got[0].At[0] != -75.55 || !got[0].Time.Equal(report.Time) || got[0].Speed != 36 {
			t.Errorf("%d fixes are stored, want 61 like %+v", len(got), report)
		}

		// The code is the same after a restart of the terminal; a second connection closes the first.
		again := connect(t, "jt808", addr)
		again.send(term.Authenticate(a.Code)...)
		if a := again.told(); a.Result != 0 {
			t.Errorf("authentication with the code of before: %+v", a)
		}
		c.closed()

		// With a secret.
		strict := jt808.Terminal{Number: "13900000001", V2019: v2019}
		s := connect(t, "jt808", addr)
		s.send(strict.Register("maker", "model", "B12346")...)
		if a := s.told(); a.Result != 3 || a.Code != "" {
			t.Errorf("registration of a terminal with a secret: %+v", a)
		}
		s.send(strict.Authenticate(secret)...)
		if a := s.told(); a.Result != 0 {
			t.Errorf("its secret: %+v", a)
		}
		// Another's number on this connection.
		s.send(term.Position(report)...)
		if a := s.told(); a.Result != 1 {
			t.Errorf("another's number: %+v", a)
		}

		// A stranger.
		other := jt808.Terminal{Number: "13900000009", V2019: v2019}
		o := connect(t, "jt808", addr)
		o.send(other.Register("maker", "model", "B12347")...)
		if a := o.told(); a.Result != 4 {
			t.Errorf("registration of a stranger: %+v", a)
		}
		o.send(other.Position(report)...)
		if a := o.told(); a.Result != 1 {
			t.Errorf("position of a stranger: %+v", a)
		}
		list := q.Strangers()
		if len(list) != 1 || list[0].Device != "13900000009" || list[0].Messages != 2 || list[0].Hex == "" {
			t.Errorf("strangers: %+v", list)
		}
		if n := len(d.fixes); n != 1 {
			t.Errorf("%d devices have fixes", n)
		}
	}
}

// A lock's text frame says a number that nobody has asked for a code: it counts on the
// connection of that terminal alone. A new secret ends the connection of before.
func TestJT808BetweenDevices(t *testing.T) {
	d := newDesk(t, "jt808", "13900000001", "13900000002")
	two := d.devices["13900000002"]
	two.SecretHash = d.devices["13900000001"].SecretHash
	d.devices["13900000002"] = two
	f := &Frames{}
	addr := listening(t, "jt808", Config{Desk: d, Frames: f})
	var lines []*device
	for _, number := range []string{"13900000001", "13900000002"} {
		term := jt808.Terminal{Number: number}
		c := connect(t, "jt808", addr)
		c.send(term.Authenticate(secret)...)
		if a := c.told(); a.Result != 0 {
			t.Fatalf("%s: %+v", number, a)
		}
		lines = append(lines, c)
	}
	one, other := jt808.Terminal{Number: "13900000001"}, jt808.Terminal{Number: "13900000002"}
	_, before := f.Of("13900000002")
	lines[0].send([]byte("(13900000002,1,001,BASE,2)"), []byte("(13900000001,1,001,BASE,2)"))
	lines[0].send(one.Heartbeat()...)
	if a := lines[0].told(); a.Result != 0 {
		t.Errorf("it goes on: %+v", a)
	}
	if _, sent := f.Of("13900000002"); sent != before {
		t.Errorf("%d messages of the other device are noted, there were %d", sent, before)
	}
	if _, sent := f.Of("13900000001"); sent != 3 {
		t.Errorf("%d messages of its own are noted, want 3", sent)
	}
	lines[1].send(other.Heartbeat()...)
	if a := lines[1].told(); a.Result != 0 {
		t.Errorf("the other's connection: %+v", a)
	}

	hash, err := register.HashSecret("another-secret-of-it")
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	two.SecretHash = hash
	d.devices["13900000002"] = two
	d.mu.Unlock()
	lines[1].send(other.Heartbeat()...)
	lines[1].closed()
}

// TestNoAnswerForWhatIsNotStored: the connection ends instead.
func TestNoAnswerForWhatIsNotStored(t *testing.T) {
	d := newDesk(t, "jt808", "1", "13900000002")
	addr := listening(t, "jt808", Config{Desk: d})
	term := jt808.Terminal{Number: "13900000002"}
	c := connect(t, "jt808", addr)
	c.send(term.Register("m", "m", "p")...)
	c.send(term.Authenticate(c.told().Code)...)
	c.told()
	d.mu.Lock()
	d.fail = ingest.ErrBusy
	d.mu.Unlock()
	c.send(term.Position(jt808.Report{Time: time.Now(), Lat: 1, Lon: 1, Valid: true})...)
	c.closed()
}

// TestTheTradesFrames: the frames of the shared cases go through a running listener as
// one stream, and what is stored is what the decoder says of them.
func TestTheTradesFrames(t *testing.T) {
	for _, protocol := range []string{"gt06", "h02", "watch", "teltonika"} {
		t.Run(protocol, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "trackers", protocol+".jsonl"))
			if err != nil {
				t.Skip("no shared cases: ", err)
			}
			p, err := decode.Lookup(protocol)
			if err != nil {
				t.Fatal(err)
			}
			var frames [][]byte
			dec := json.NewDecoder(bytes.NewReader(text))
			for dec.More() {
				var c struct {
					Kind  string
					Input struct{ Hex, Text string }
				}
				if err := dec.Decode(&c); err != nil {
					t.Fatal(err)
				}
				raw := []byte(c.Input.Text)
				if c.Input.Hex != "" {
					if raw, err = hex.DecodeString(c.Input.Hex); err != nil {
						continue
					}
				}
				if c.Kind != "frame" && len(raw) > 0 {
					frames = append(frames, raw)
				}
			}
			// What the decoder says, of each connection anew: all that it names are known.
			want := map[register.DeviceID]int{}
			ids := []string{"nobody"}
			session := p.NewSession("")
			stream := tracker.NewStream(p.Split)
			for _, f := range frames {
				stream.Push(f)
				for {
					frame, ok := stream.Next()
					if !ok {
						break
					}
					m, err := session.Decode(frame, time.Now())
					if err != nil || m.BadChecksum || len(m.Devices) == 0 {
						continue
					}
					ids = append(ids, m.Devices[0])
					for _, x := range m.Positions {
						if x.Located && x.Valid && !x.Time.IsZero() {
							want[register.DeviceID(m.Devices[0])]++
						}
					}
				}
			}
			if len(want) == 0 {
				t.Fatal("no case has a position")
			}
			d := newDesk(t, protocol, ids...)
			addr := listening(t, protocol, Config{Desk: d})
			c := connect(t, protocol, addr)
			done := make(chan struct{})
			go func() { // the answers
				defer close(done)
				buf := make([]byte, 4096)
				for {
					if _, err := c.conn.Read(buf); err != nil {
						return
					}
				}
			}()
			c.send(frames...)
			_ = c.conn.(*net.TCPConn).CloseWrite()
			<-done
			for id, n := range want {
				if got := len(d.stored(id)); got != n {
					t.Errorf("%s: %d fixes are stored, want %d", id, got, n)
				}
			}
		})
	}
}

// TestMQTT drives the broker with a client of the trade.
func TestMQTT(t *testing.T) {
	d := newDesk(t, "owntracks", "phone1", "phone2")
	q := &Quarantine{}
	addr := listening(t, "mqtt", Config{Desk: d, Quarantine: q})
	client := func(user, password, id string) (paho.Client, error) {
		o := paho.NewClientOptions().AddBroker("tcp://" + addr).SetUsername(user).SetPassword(password).SetClientID(id).
			SetAutoReconnect(false).SetConnectTimeout(5 * time.Second)
		c := paho.NewClient(o)
		k := c.Connect()
		k.WaitTimeout(10 * time.Second)
		return c, k.Error()
	}
	for _, wrong := range [][2]string{{"phone1", "another-secret-of-it"}, {"nobody", secret}, {"", ""}, {"phone2", ""}} {
		if c, err := client(wrong[0], wrong[1], "x"); err == nil {
			t.Errorf("%v may connect", wrong)
			c.Disconnect(0)
		}
	}
	if list := q.Strangers(); len(list) != 1 || list[0].Device != "nobody" || list[0].Protocol != "mqtt" {
		t.Errorf("strangers: %+v", list)
	}
	c, err := client("phone1", secret, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Disconnect(100)
	publish := func(topic, text string) {
		t.Helper()
		k := c.Publish(topic, 1, false, text)
		if !k.WaitTimeout(10*time.Second) || k.Error() != nil {
			t.Errorf("%s: no answer, %v", topic, k.Error())
		}
	}
	now := time.Now().Unix()
	publish("owntracks/phone1/pixel", fmt.Sprintf(`{"_type":"location","lat":39.74,"lon":-75.55,"tst":%d,"acc":12,"batt":80}`, now))
	if got := d.stored("phone1"); len(got) != 1 || got[0].Accuracy != 12 || got[0].Battery != 0.8 || got[0].Time.Unix() != now {
		t.Errorf("stored: %+v", got)
	}
	publish("citygrid/phone1/fixes", `{"t":"2026-03-01T08:00:00Z","lon":-75.5,"lat":39.7,"accuracy_m":8}`)
	publish("citygrid/phone1/fixes", `{"fixes":[{"t":"2026-03-01T08:00:01Z","lon":-75.5,"lat":39.7},{"t":"2026-03-01T08:00:02Z","lon":-75.5,"lat":39.7,"battery":0.5}]}`)
	publish("citygrid/phone1/fixes", `no JSON`)
	publish("citygrid/phone1/fixes", `{"fixes":[{"lon":1}]}`)
	publish("owntracks/phone1/pixel", `{"_type":"lwt","tst":1}`)
	if got := d.stored("phone1"); len(got) != 4 || got[1].Accuracy != 8 || got[3].Battery != 0.5 {
		t.Errorf("stored: %+v", got)
	}
	// Not another's topics, and nobody listens to another.
	c.Publish("owntracks/phone2/pixel", 0, false, fmt.Sprintf(`{"_type":"location","lat":1,"lon":1,"tst":%d}`, now)).WaitTimeout(time.Second)
	k := c.Subscribe("owntracks/#", 1, nil)
	k.WaitTimeout(10 * time.Second)
	for topic, code := range k.(*paho.SubscribeToken).Result() {
		if code != 0x80 {
			t.Errorf("may subscribe to %s: %d", topic, code)
		}
	}
	publish("citygrid/phone1/fixes", `{"t":"2026-03-01T08:00:03Z","lon":-75.5,"lat":39.7}`)
	if n := len(d.stored("phone2")); n != 0 {
		t.Errorf("phone2 has %d fixes", n)
	}
}

// A device that listens takes commands of the broker: another's last will is no way to
// send it some. A new secret ends the connection that came with the old one.
func TestMQTTBetweenDevices(t *testing.T) {
	d := newDesk(t, "owntracks", "phone1", "phone2")
	two := d.devices["phone2"]
	two.SecretHash = d.devices["phone1"].SecretHash
	d.devices["phone2"] = two
	addr := listening(t, "mqtt", Config{Desk: d})
	options := func(user string) *paho.ClientOptions {
		return paho.NewClientOptions().AddBroker("tcp://" + addr).SetUsername(user).SetPassword(secret).SetClientID(user).SetAutoReconnect(false)
	}
	connect := func(o *paho.ClientOptions) paho.Client {
		t.Helper()
		c := paho.NewClient(o)
		if k := c.Connect(); !k.WaitTimeout(10*time.Second) || k.Error() != nil {
			t.Fatal(k.Error())
		}
		return c
	}
	heard := make(chan string, 8)
	lost := make(chan struct{})
	listener := connect(options("phone2").SetConnectionLostHandler(func(paho.Client, error) { close(lost) }))
	defer listener.Disconnect(0)
	k := listener.Subscribe("owntracks/phone2/#", 1, func(_ paho.Client, m paho.Message) { heard <- m.Topic() })
	if !k.WaitTimeout(10*time.Second) || k.Error() != nil {
		t.Fatal(k.Error())
	}
	for range 3 {
		var line net.Conn
		c := connect(options("phone1").SetWill("owntracks/phone2/cmd", `{"_type":"cmd","action":"setConfiguration"}`, 1, false).
			SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
				var err error
				line, err = net.Dial("tcp", addr)
				return line, err
			}))
		line.Close()
		c.Disconnect(0)
	}
	select {
	case topic := <-heard:
		t.Errorf("phone2 is told on %s what phone1 left behind", topic)
	case <-time.After(200 * time.Millisecond):
	}

	other, err := register.HashSecret("another-secret-of-it")
	if err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	two.SecretHash = other
	d.devices["phone2"] = two
	d.mu.Unlock()
	listener.Publish("citygrid/phone2/fixes", 1, false, `{"t":"2026-03-01T08:00:00Z","lon":-75.5,"lat":39.7}`)
	select {
	case <-lost:
	case <-time.After(5 * time.Second):
		t.Error("who came with the old secret goes on")
	}
	if n := len(d.stored("phone2")); n != 0 {
		t.Errorf("%d fixes are stored", n)
	}
}

func TestQuarantineIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "quarantine.json")
	q, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i := range maxStrangers + 50 {
		q.note("gt06", fmt.Sprint(i), "10.0.0.1:99", make([]byte, 2000), []tracker.Position{{Lon: 1, Lat: 2, Time: now}}, now.Add(time.Duration(i)*time.Second))
	}
	if err := q.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	list := again.Strangers()
	if len(list) != maxStrangers || list[0].Device != fmt.Sprint(maxStrangers+49) || len(list[0].Hex) != 2*maxKept || list[0].Place.Lat != 2 {
		t.Errorf("%d strangers, first %+v", len(list), list[0])
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil {
		t.Error("a damaged file is taken")
	}
}

func TestLimits(t *testing.T) {
	d := newDesk(t, "gt06", "x")
	addr := listening(t, "gt06", Config{Desk: d, MaxConns: 2})
	connect(t, "gt06", addr)
	connect(t, "gt06", addr)
	time.Sleep(50 * time.Millisecond) // until both are counted
	connect(t, "gt06", addr).closed()

	addr = listening(t, "watch", Config{Desk: d})
	g := connect(t, "watch", addr)
	for range 40 {
		if _, err := g.conn.Write(make([]byte, 4096)); err != nil {
			break // closed already
		}
	}
	g.closed()

	addr = listening(t, "h02", Config{Desk: d, Stranger: 50 * time.Millisecond})
	connect(t, "h02", addr).closed()
}
