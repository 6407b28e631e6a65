package jt808

import (
	"math"
	"testing"
	"time"

	"citygrid/live/ingest/tracker"

	"pgregory.net/rapid"
)

var arrived = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestTalk plays the whole conversation of a device: what one side writes the
// other reads, in both editions of the header.
func TestTalk(t *testing.T) {
	for _, v2019 := range []bool{false, true} {
		s := &Session{AuthCode: "code-7"}
		dev := &Terminal{Number: "13912345678", V2019: v2019}
		said := func(frames [][]byte) (m tracker.Message) {
			t.Helper()
			stream := tracker.NewStream(Split)
			for _, f := range frames {
				stream.Push(f)
				frame, ok := stream.Next()
				if !ok {
					t.Fatalf("no frame in % x", f)
				}
				var err error
				if m, err = s.Decode(frame, arrived); err != nil {
					t.Fatal(err)
				}
				if m.BadChecksum {
					t.Fatalf("bad checksum in % x", frame)
				}
			}
			return m
		}
		heard := func(reply []byte) Answer {
			t.Helper()
			stream := tracker.NewStream(Split)
			stream.Push(reply)
			frame, ok := stream.Next()
			if !ok {
				t.Fatalf("no frame in the answer % x", reply)
			}
			a, err := ReadAnswer(frame)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		m := said(dev.Register("MAKER", "T-1", "京A12345"))
		if a := heard(m.Reply); a.ID != idRegistered || a.Serial != 0 || a.Code != "code-7" {
			t.Errorf("registration: got %+v", a)
		}
		if m.Devices[0] != "13912345678" {
			t.Errorf("device: got %v", m.Devices)
		}
		m = said(dev.Authenticate("code-7"))
		if a := heard(m.Reply); a.ID != idPlatformAck || a.To != idAuth || a.Serial != 1 || a.Result != 0 {
			t.Errorf("authentication: got %+v", a)
		}
		if a := heard(said(dev.Heartbeat()).Reply); a.To != idHeartbeat {
			t.Errorf("heartbeat: got %+v", a)
		}
		var many []Report
		for i := range 60 { // more than fits one frame
			many = append(many, Report{Time: arrived.Add(time.Duration(i) * time.Second), Lat: 39.9, Lon: 116.4, Valid: true})
		}
		m = said(dev.Batch(many, true))
		if len(m.Positions) != len(many) || !m.Positions[59].Time.Equal(many[59].Time) || m.Positions[0].Attributes["archive"] != true {
			t.Errorf("batch in parts: got %d positions", len(m.Positions))
		}
	}
}

// TestPositionRoundTrip: what a terminal sends is what the session reads, to
// the resolution of the fields.
func TestPositionRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Report{
			Time:      time.Unix(rapid.Int64Range(946713600, 4102415999).Draw(t, "time"), 0).UTC(),
			Lat:       rapid.Float64Range(-90, 90).Draw(t, "lat"),
			Lon:       rapid.Float64Range(-180, 180).Draw(t, "lon"),
			Valid:     rapid.Bool().Draw(t, "valid"),
			Ignition:  rapid.Bool().Draw(t, "ignition"),
			AltitudeM: float64(rapid.IntRange(-400, 8000).Draw(t, "altitude")),
			SpeedKmh:  rapid.Float64Range(0, 300).Draw(t, "speed"),
			CourseDeg: float64(rapid.IntRange(0, 359).Draw(t, "course")),
			Battery:   rapid.IntRange(1, 100).Draw(t, "battery"),
		}
		dev := Terminal{Number: rapid.StringMatching(`[1-9][0-9]{10}`).Draw(t, "number"), V2019: rapid.Bool().Draw(t, "v2019")}
		stream := tracker.NewStream(Split)
		stream.Push(rapid.SliceOfN(rapid.ByteRange(0, 0x20), 0, 8).Draw(t, "garbage"))
		stream.Push(dev.Position(r)[0])
		frame, ok := stream.Next()
		if !ok {
			t.Fatal("no frame")
		}
		m, err := new(Session).Decode(frame, arrived)
		if err != nil || len(m.Positions) != 1 || m.BadChecksum {
			t.Fatalf("got %+v, %v", m, err)
		}
		p := m.Positions[0]
		if math.Abs(p.Lat-r.Lat) > 6e-7 || math.Abs(p.Lon-r.Lon) > 6e-7 || !p.Time.Equal(r.Time) || p.Valid != r.Valid ||
			math.Abs(p.SpeedKmh-r.SpeedKmh) > 0.051 || p.CourseDeg != r.CourseDeg || p.AltitudeM != r.AltitudeM ||
			p.Attributes["ignition"] != r.Ignition || p.Attributes["batteryLevel"] != r.Battery || m.Devices[0] != dev.Number {
			t.Fatalf("got %+v of %v, want %+v of %v", p, m.Devices, r, dev.Number)
		}
	})
}

// TestOneBitFlipped: no single flipped bit passes the checksum.
func TestOneBitFlipped(t *testing.T) {
	dev := Terminal{Number: "13912345678"}
	frame := unescape(dev.Position(Report{Time: arrived, Lat: 39.9, Lon: 116.4, Valid: true})[0])
	for i := 8; i < 8*(len(frame)-1); i++ {
		bad := append([]byte(nil), frame...)
		bad[i/8] ^= 1 << (i % 8)
		if m, err := new(Session).Decode(bad, arrived); err == nil && !m.BadChecksum {
			t.Errorf("bit %d flipped: decoded without complaint", i)
		}
	}
}

// TestPartsAreBounded: a device that begins messages and never ends them costs
// no more than one of them.
func TestPartsAreBounded(t *testing.T) {
	var s Session
	dev := Terminal{Number: "13912345678"}
	for part := 1; part <= 2000; part++ {
		frame := dev.frame(idBatch, make([]byte, maxBody), 1000, part%1000+1)
		if _, err := s.Decode(unescape(frame), arrived); err != nil {
			t.Fatal(err)
		}
		if s.parts.bytes > maxJoined {
			t.Fatalf("after part %d: %d bytes kept, want at most %d", part, s.parts.bytes, maxJoined)
		}
	}
}

// TestDamagedPart: what was damaged on its way is not joined to the others.
func TestDamagedPart(t *testing.T) {
	var s Session
	dev := Terminal{Number: "13912345678"}
	batch := make([]Report, 60)
	for i := range batch {
		batch[i] = Report{Time: arrived, Lat: 39.5, Lon: 116.5, Valid: true}
	}
	frames := dev.Batch(batch, true)
	damaged := append([]byte(nil), unescape(frames[0])...)
	damaged[len(damaged)/2] ^= 0x10
	if m, err := s.Decode(damaged, arrived); err != nil || !m.BadChecksum {
		t.Fatalf("a damaged part: %+v, %v", m, err)
	}
	for i, f := range frames[1:] {
		if m, err := s.Decode(unescape(f), arrived); err != nil || len(m.Positions) > 0 {
			t.Fatalf("part %d: %d positions, %v", i+2, len(m.Positions), err)
		}
	}
	m, err := s.Decode(unescape(frames[0]), arrived)
	if err != nil || len(m.Positions) != 60 || m.BadChecksum {
		t.Fatalf("once it came whole: %d positions, %v", len(m.Positions), err)
	}
	for i, p := range m.Positions {
		if p.Lat != 39.5 || p.Lon != 116.5 {
			t.Errorf("position %d is %v %v", i, p.Lon, p.Lat)
		}
	}
}

// TestDriverCard: a name in GBK, as vehicles in China send it.
func TestDriverCard(t *testing.T) {
	dev := Terminal{Number: "13912345678"}
	body := []byte{1, 0x26, 0x03, 0x01, 0x20, 0, 0, 0, 4, 0xD5, 0xC5, 0xC8, 0xFD} // 张三
	body = append(body, field("110101199001011234", 20)...)
	body = append(body, 4, 0xBE, 0xA9, 0xBD, 0xBB) // 京交
	body = append(body, 0x20, 0x30, 0x12, 0x31)
	m, err := new(Session).Decode(unescape(dev.frame(idDriver, body, 0, 0)), arrived)
	if err != nil || len(m.Positions) != 1 {
		t.Fatalf("got %+v, %v", m, err)
	}
	got := m.Positions[0].Attributes
	for name, want := range map[string]any{
		"driver": "张三", "cardCode": "110101199001011234", "cardIssuer": "京交", "cardValidity": "20301231", "cardStatus": 1,
	} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
	if want := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC); !m.Positions[0].Time.Equal(want) {
		t.Errorf("time: got %v, want %v", m.Positions[0].Time, want)
	}
}
