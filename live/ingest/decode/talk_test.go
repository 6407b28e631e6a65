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
		m, err := proto.NewSession("").Decode(unhex(t, c.frame), at)
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
		s := proto.NewSession("")
		if m, err := s.Decode(unhex(t, c.after), time.Now()); err != nil || len(m.Devices) != 0 {
			t.Errorf("%s before login: got %v, %v", c.protocol, m.Devices, err)
		}
		if _, err := s.Decode(unhex(t, c.login), time.Now()); err != nil {
			t.Errorf("%s login: %v", c.protocol, err)
		}
		if m, err := s.Decode(unhex(t, c.after), time.Now()); err != nil || len(m.Devices) != 1 || m.Devices[0] != c.device {
			t.Errorf("%s after login: got %v, %v, want %s", c.protocol, m.Devices, err, c.device)
		}
		if m, _ := proto.NewSession("").Decode(unhex(t, c.after), time.Now()); len(m.Devices) != 0 {
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

// TestManuals: the examples in makers' manuals, and what they say of them.
func TestManuals(t *testing.T) {
	type place struct {
		lat, lon float64
		at       string
		kmh, deg float64
	}
	for _, c := range []struct {
		protocol, frame string
		want            place
	}{
		// Concox GT06: "2011-08-29 17:46:16", 23°6.72' N 114°24.55' E
		{
			"gt06", "78781f120b081d112e10cf027ac7eb0c46584900148f01cc00287d001fb8000380810d0a",
			place{23.111668, 114.409285, "2011-08-29T17:46:16Z", 0, 143},
		},
		// the same maker's alarm 0x26
		{
			"gt06", "787825160b0b0f0e241dcf027ac8870c4657e60014020901cc00287d001f726506040101003656a40d0a",
			place{23.111755, 114.40923, "2011-11-15T14:36:29Z", 0, 2},
		},
		// Topin ZX303: "2010-03-23 15:50:23"
		{
			"topin", "787812100a03170f32179c026b3f3e0c22ad651f34600d0a",
			place{22.5460967, 113.1106694, "2010-03-23T15:50:23Z", 31, 96},
		},
		// Teltonika codec 8 and 8 extended from the maker's wiki: no fix
		{
			"teltonika", "000000000000003608010000016b40d8ea30010000000000000000000000000000000105021503010101425e0f01f10000601a014e0000000000000000010000c7cf",
			place{0, 0, "2019-06-10T10:04:46Z", 0, 0},
		},
		{
			"teltonika", "000000000000004a8e010000016b412cee000100000000000000000000000000000000010005000100010100010011001d00010010015e2c880002000b000000003544c87a000e000000001dd7e06a00000100002994",
			place{0, 0, "2019-06-10T11:36:32Z", 0, 0},
		},
		// codec 16 over UDP
		{
			"teltonika", "015bcafe0101000f33353230393430383136373337333208" +
				"010000015117e40fe80077ac2f1e7d2ba86e006a0000000000000000000000000001",
			place{},
		},
	} {
		proto, err := Lookup(c.protocol)
		if err != nil {
			t.Fatal(err)
		}
		m, err := proto.NewSession("").Decode(unhex(t, c.frame), fuzzNow)
		if c.want == (place{}) {
			if err == nil {
				t.Errorf("%s: a datagram with a wrong length was taken: %+v", c.protocol, m)
			}
			continue
		}
		if err != nil || len(m.Positions) != 1 {
			t.Errorf("%s %s: got %+v, %v", c.protocol, c.frame, m, err)
			continue
		}
		p := m.Positions[0]
		if !near(p.Lat, c.want.lat, 1e-6) || !near(p.Lon, c.want.lon, 1e-6) || p.Time.Truncate(time.Second).Format(time.RFC3339) != c.want.at ||
			p.SpeedKmh != c.want.kmh || p.CourseDeg != c.want.deg {
			t.Errorf("%s %s: got %v %v %v %v km/h %v°, want %+v", c.protocol, c.frame, p.Lat, p.Lon, p.Time, p.SpeedKmh, p.CourseDeg, c.want)
		}
	}
}

// TestModel: an element whose meaning differs between models gets its name
// when the registry knows the model.
func TestModel(t *testing.T) {
	frame := "000000000000003608010000016b40d8ea30010000000000000000000000000000000105021503010101425e0f01f10000601a014e0000000000000000010000c7cf"
	frame = strings.Replace(frame, "0215030101", "0215037155", 1) // element 0x71 = 113
	proto, err := Lookup("teltonika")
	if err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string]string{"": "io113", "FMB920": "batteryLevel", "GH3000": "io113"} {
		m, err := proto.NewSession(model).Decode(unhex(t, frame), fuzzNow)
		if err != nil || len(m.Positions) != 1 || !m.BadChecksum {
			t.Fatalf("%q: got %+v, %v", model, m, err)
		}
		if _, ok := m.Positions[0].Attributes[want]; !ok {
			t.Errorf("%q: got %v, want %s among them", model, m.Positions[0].Attributes, want)
		}
	}
}
