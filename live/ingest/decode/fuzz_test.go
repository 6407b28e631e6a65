package decode

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/web"
)

var fuzzNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// seeds adds one message of each protocol, and the case files where there are.
func seeds(f *testing.F, add func(protocol string, data []byte)) {
	for _, s := range []struct{ protocol, frame string }{
		{"jt808", "7e0200001c013912345678000000000000000000020260d1e006f0220000320064005a260301200000b87e"},
		{"gt06", "78780d01086471700328358100093f040d0a"},
		{"gt06", "7979000d940516090908081c030defbd2d0d0a"},
		{"h02", hex.EncodeToString([]byte("*HQ,4970105243,V1,104000,A,2235.1777,N,11357.8913,E,000.27,235,130721,FFFFFBFF#"))},
		{"h02", "2491802711800850240512192350143206090249758e000001ffffbbff00bdf0900000000001d60161cc4b9a35"},
		{"watch", hex.EncodeToString([]byte("[3G*8800000015*000D*LK,50,100,100]"))},
		{"teltonika", "000f313233343536373839303132333435"},
		{"teltonika", "00000000000000240d01060000001c642b3ad14754534c7c367c317c307c31323734393838347c317c0d0a010000ec11"},
		{"topin", "78780d0103593390754169634d0d0a"},
		{"osmand", hex.EncodeToString([]byte("id=1&lat=1&lon=2&timestamp=1377177267&cell=257,02,16,2224&wifi=00-14-22-01-23-45,-80"))},
		{"owntracks", hex.EncodeToString([]byte(`{"_type":"location","lat":1,"lon":2,"tst":1551874878,"tid":"5t","t":"u"}`))},
		{"ttnhttp", hex.EncodeToString([]byte(`{"end_device_ids":{"device_id":"a"},"uplink_message":{"decoded_payload":{"latitude":1,"longitude":2}}}`))},
	} {
		b, err := hex.DecodeString(s.frame)
		if err != nil {
			f.Fatal(err)
		}
		add(s.protocol, b)
	}
	dir := os.Getenv("CITYGRID_SHARED")
	if dir == "" {
		dir = "../../../../../shared"
	}
	for _, name := range Names() {
		data, err := os.ReadFile(filepath.Join(dir, "trackers", name+".jsonl"))
		if err != nil {
			continue
		}
		for l := range bytes.Lines(data) {
			var c line
			if json.Unmarshal(l, &c) != nil || c.Input == nil {
				continue
			}
			switch {
			case c.Input.Hex != nil:
				if b, err := hex.DecodeString(*c.Input.Hex); err == nil {
					add(name, b)
				}
			case c.Input.HTTP != nil:
				if b, err := hex.DecodeString(c.Input.HTTP.BodyHex); err == nil {
					add(name, b)
				}
			}
		}
	}
}

// FuzzMessage: whatever the bytes, a decoder gives a message or an error, the
// message can be written as JSON, and it isn't much bigger than the bytes.
func FuzzMessage(f *testing.F) {
	seeds(f, func(protocol string, data []byte) { f.Add(protocol, data) })
	f.Fuzz(func(t *testing.T, protocol string, data []byte) {
		proto, err := Lookup(protocol)
		if err != nil {
			return
		}
		var results []Result
		if proto.Request != nil {
			results = append(results,
				result(proto.Request(web.Request{Method: "POST", URL: "/", Body: data}, fuzzNow)),
				result(proto.Request(web.Request{Method: "GET", URL: "/?" + string(data)}, fuzzNow)))
		} else {
			s := proto.NewSession("")
			before := append([]byte(nil), data...)
			for range 2 { // the second time the session knows its device
				results = append(results, result(s.Decode(data, fuzzNow)))
			}
			if !bytes.Equal(before, data) {
				t.Error("the decoder wrote into the frame")
			}
		}
		for _, r := range results {
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatalf("%s: %v", hex.EncodeToString(data), err)
			}
			if limit := 4096 + 400*len(data); len(b) > limit {
				t.Errorf("%d bytes of input make %d of output", len(data), len(b))
			}
			if r.None == "" && len(r.Positions) == 0 {
				t.Error("no positions and no reason why")
			}
			for _, p := range r.Positions {
				if !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180) {
					t.Errorf("lat %v, lon %v", p.Lat, p.Lon)
				}
			}
		}
	})
}

// FuzzStream: however a stream is cut into pieces, the de-framer keeps bounded
// memory, uses every byte once, and finds a whole frame again after garbage.
func FuzzStream(f *testing.F) {
	seeds(f, func(protocol string, data []byte) { f.Add(protocol, data, uint8(7)) })
	f.Fuzz(func(t *testing.T, protocol string, data []byte, piece uint8) {
		proto, err := Lookup(protocol)
		if err != nil || proto.Split == nil || len(data) > 1<<16 {
			return
		}
		s := tracker.NewStream(proto.Split)
		total := 0
		for rest := data; len(rest) > 0; {
			n := min(len(rest), int(piece)+1)
			s.Push(rest[:n])
			rest = rest[n:]
			for {
				frame, ok := s.Next()
				if !ok {
					break
				}
				if total += len(frame); len(frame) == 0 {
					t.Fatal("an empty frame")
				}
			}
			if s.Waiting() > tracker.MaxFrame {
				t.Fatalf("%d bytes wait, want at most %d", s.Waiting(), tracker.MaxFrame)
			}
		}
		if total+s.Dropped()+s.Waiting() > len(data) {
			t.Fatalf("%d bytes in; %d in frames, %d dropped, %d waiting", len(data), total, s.Dropped(), s.Waiting())
		}
	})
}

// FuzzLines: no line of input breaks the command.
func FuzzLines(f *testing.F) {
	f.Add("gt06", true, `{"id":"a","group":"g","kind":"message","input":{"hex":"78780d01"}}`)
	f.Add("osmand", false, `{"method":"GET","url":"/?id=1&lat=1&lon=2"}`)
	f.Add("h02", false, "*HQ,1,V1#")
	f.Add("watch", true, "{")
	f.Fuzz(func(t *testing.T, protocol string, cases bool, text string) {
		if _, err := Lookup(protocol); err != nil {
			return
		}
		var out bytes.Buffer
		if err := Decode(protocol, cases, strings.NewReader(text), &out); err != nil {
			t.Fatal(err)
		}
		want := 0
		for l := range strings.SplitSeq(text, "\n") {
			if strings.TrimSpace(l) != "" {
				want++
			}
		}
		dec := json.NewDecoder(&out)
		got := 0
		for {
			var r Result
			if err := dec.Decode(&r); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			got++
		}
		if got != want {
			t.Errorf("%d lines in, %d out", want, got)
		}
	})
}
