package decode

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/jt808"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReplies: what a device waits for, byte for byte.
func TestReplies(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 34, 56, 0, time.UTC)
	text := func(s string) string { return hex.EncodeToString([]byte(s)) }
	for _, c := range []struct{ name, protocol, frame, want string }{
		{"login", "gt06", "78780d01012345678901234500018cdd0d0a", "787805010001d9dc0d0a"},
		{"heartbeat", "gt06", "78780a1340040400010011dcee0d0a", "787805130011f9700d0a"},
		{"login", "teltonika", "000f313233343536373839303132333435", "01"},
		{"ping", "teltonika", "ff", ""},
		{"link", "watch", text("[3G*8800000015*0002*LK]"), text("[3G*8800000015*0002*LK]")},
		{"link with index", "watch", text("[ZJ*014111001350304*0034*0009*LK,0,0,19]"), text("[ZJ*014111001350304*0034*0002*LK]")},
		{"alarm", "watch", text("[SG*9059011020*0067*AL,240123,181628,V,54.427538,N,6.409275,W,0.00,0,0,0,19,90,0,0,00000000,1,1,234,10,55C0,3B882A2,132,,-10]"), text("[SG*9059011020*0002*AL]")},
		{"position", "h02", text("*HQ,4970105243,V1,104000,A,2235.1777,N,11357.8913,E,000.27,235,130721,FFFFFBFF#"), text("*HQ,4970105243,V4,V1,20260301123456#")},
		{"heartbeat", "h02", text("*HQ,135790246811220,HTBT#"), text("*HQ,135790246811220,HTBT#")},
		{"login", "topin", "78780d0103593390754169634d0d0a", "787801010d0a"},
		{"time", "gt06", "7878058a0006880f0d0a", "78780b8a1a03010c22380006"},
	} {
		proto, err := Lookup(c.protocol)
		if err != nil {
			t.Fatal(err)
		}
		m, err := proto.NewSession().Decode(unhex(t, c.frame), at)
		if err != nil {
			t.Errorf("%s %s: %v", c.protocol, c.name, err)
			continue
		}
		if got := hex.EncodeToString(m.Reply); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s %s: got %s, want %s", c.protocol, c.name, got, c.want)
		}
	}
}

// TestLoginCarriesOver: messages without a number belong to the device that
// signed in on the connection, and to no other.
func TestLoginCarriesOver(t *testing.T) {
	for _, c := range []struct{ protocol, login, after, device string }{
		{"gt06", "78780d01086471700328358100093f040d0a", "78780a134004040001000fdcee0d0a", "864717003283581"},
		{"teltonika", "000f313233343536373839303132333435", "00000000000000240d01060000001c642b3ad14754534c7c367c317c307c31323734393838347c317c0d0a010000ec11", "123456789012345"},
		{"topin", "78780d0103593390754169634d0d0a", "787801940d0a", "359339075416963"},
	} {
		proto, err := Lookup(c.protocol)
		if err != nil {
			t.Fatal(err)
		}
		s := proto.NewSession()
		if m, err := s.Decode(unhex(t, c.after), time.Now()); err != nil || len(m.Devices) != 0 {
			t.Errorf("%s before login: got %v, %v", c.protocol, m.Devices, err)
		}
		if _, err := s.Decode(unhex(t, c.login), time.Now()); err != nil {
			t.Errorf("%s login: %v", c.protocol, err)
		}
		if m, err := s.Decode(unhex(t, c.after), time.Now()); err != nil || len(m.Devices) != 1 || m.Devices[0] != c.device {
			t.Errorf("%s after login: got %v, %v, want %s", c.protocol, m.Devices, err, c.device)
		}
		if m, _ := proto.NewSession().Decode(unhex(t, c.after), time.Now()); len(m.Devices) != 0 {
			t.Errorf("%s on another connection: got %v", c.protocol, m.Devices)
		}
	}
}

// TestStreamInPieces: frames that follow each other come out whole and in
// order, however the network cuts them, with garbage before and between.
func TestStreamInPieces(t *testing.T) {
	dev := jt808.Terminal{Number: "13912345678"}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	text := func(s string) []byte { return []byte(s) }
	for name, frames := range map[string][][]byte{
		"jt808": {
			dev.Heartbeat()[0], dev.Position(jt808.Report{Time: at, Lat: 39.9, Lon: 116.4})[0], dev.Authenticate("x")[0],
		},
		"gt06": {
			unhex(t, "78780d01086471700328358100093f040d0a"),
			unhex(t, "78782111150b0b022c30c804b7af7808810cb0003c00012e02d075df0084890c000679950d0a"),
			unhex(t, "7979000d940516090908081c030defbd2d0d0a"),
		},
		"h02": {
			text("*HQ,4970105243,V1,104000,A,2235.1777,N,11357.8913,E,000.27,235,130721,FFFFFBFF#"), text("*HQ,1,HTBT#"),
		},
		"watch": {
			text("[3G*8800000015*000D*LK,50,100,100]"), text("[3G*8800000015*0015*TK,a]b[c]defghijklmno]"), text("[3G*8800000015*0002*LK]"),
		},
		"teltonika": {
			unhex(t, "000f313233343536373839303132333435"),
			unhex(t, "00000000000000240d01060000001c642b3ad14754534c7c367c317c307c31323734393838347c317c0d0a010000ec11"),
			unhex(t, "ff"),
		},
	} {
		proto, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, garbage := range [][]byte{nil, {1, 2, 3}} {
			for seed := range uint64(20) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				var wire []byte
				for _, f := range frames {
					wire = append(append(wire, garbage...), f...)
				}
				s := tracker.NewStream(proto.Split)
				var got [][]byte
				for len(wire) > 0 {
					n := min(len(wire), 1+rnd.IntN(12))
					if seed == 0 {
						n = len(wire)
					}
					s.Push(wire[:n])
					wire = wire[n:]
					for {
						f, ok := s.Next()
						if !ok {
							break
						}
						got = append(got, bytes.Clone(f))
					}
				}
				if len(got) != len(frames) {
					t.Fatalf("%s, seed %d: got %d frames, want %d: % x", name, seed, len(got), len(frames), got)
				}
				for i := range got {
					if name != "jt808" && !bytes.Equal(got[i], frames[i]) {
						t.Errorf("%s, seed %d: frame %d: got % x, want % x", name, seed, i, got[i], frames[i])
					}
				}
			}
		}
	}
}

// TestStreamForgets: a start without an end doesn't fill the memory, and what
// follows is found.
func TestStreamForgets(t *testing.T) {
	for _, name := range Names() {
		proto, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if proto.Split == nil {
			continue
		}
		for _, start := range []string{"7e", "28", "7878ff", "7979ffff", "2a", "24", "5b", "00000000 0000fff0", "000f"} {
			s := tracker.NewStream(proto.Split)
			s.Push(unhex(t, start))
			for range 200 {
				s.Push(bytes.Repeat([]byte{0x41}, 1024))
				for {
					if _, ok := s.Next(); !ok {
						break
					}
				}
				if s.Waiting() > tracker.MaxFrame {
					t.Fatalf("%s after %s: %d bytes wait", name, start, s.Waiting())
				}
			}
		}
	}
}

// TestLines shows the forms of input that the command takes.
func TestLines(t *testing.T) {
	for _, c := range []struct{ protocol, in, want string }{
		{"gt06", "78780d01086471700328358100093f040d0a", `{"id":"1","device":["864717003283581"],"kind":"login","positions":[],"none":"login"`},
		{"h02", "*HQ,135790246811220,HTBT,100#", `"statuses":[{"attributes":{"batteryLevel":100}}],"attributes":{"batteryLevel":100}`},
		{"osmand", "/?id=7&lat=60.5&lon=30.25&timestamp=1377177267&speed=10", `"positions":[{"time":"2013-08-22T13:14:27Z","lat":60.5,"lon":30.25,"valid":true,"speed_kmh":18.52,"course_deg":0,"altitude_m":0,"attributes":{}}]`},
		{"osmand", `{"device_id":"7","location":{"timestamp":"2025-06-15T13:45:12Z","coords":{"latitude":1,"longitude":2}}}`, `"time":"2025-06-15T13:45:12Z","lat":1,"lon":2`},
		{"osmand", `{"method":"GET","url":"/?id=7&lat=1;&lon=2"}`, `"none":"a report without a place"`},
		{"owntracks", `{"_type":"lwt","tst":1}`, `"none":"OwnTracks message of a kind that tells no position"`},
		{"jt808", "zz", `"none":"frame is not of this protocol","error":true`},
	} {
		var out bytes.Buffer
		if err := Decode(c.protocol, false, strings.NewReader(c.in+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s %s:\n got %s want %s", c.protocol, c.in, out.String(), c.want)
		}
	}
}
