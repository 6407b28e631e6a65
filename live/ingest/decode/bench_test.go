package decode

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"citygrid/live/ingest/tracker"
	"citygrid/live/ingest/tracker/web"
)

// BenchmarkDecode is one position, cut from the stream and decoded.
func BenchmarkDecode(b *testing.B) {
	text := func(s string) string { return hex.EncodeToString([]byte(s)) }
	for _, c := range []struct{ protocol, frame string }{
		{"jt808", "7e02000048051160004464000d00000000000c00020159885e06cbf34400000000000020080718072201040000000130011c310109e4020063e50100e60100e7080000000000000000ee0a01cc01262c009a6743001e7e"},
		{"gt06", "787822220f0c1d023305c9027ac8180c46586000140001cc00287d001f71000001000820860d0a"},
		{"h02", text("*HQ,4970105243,V1,104000,A,2235.1777,N,11357.8913,E,000.27,235,130721,FFFFFBFF,460,11,d18e105,7752,6#")},
		{"watch", text("[3G*9031853319*004E*UD2,220322,055105,A,22.761162,N,114.360192,E,0,0,47,14,100,64,0,0,00000008,0,0]")},
		{"teltonika", "00000000000000da08030000017fcedf499600280431be0eded45d0038012d100000fa100901000200b300b4004501500415034702fa00054232a1180000cd3b2fce281d43001f02c700000006f10000a029000000017fcedea99600280432070eded3dd00380046130009000f0801010200b300b400450150051502470205423276180009cd3b2fce281d43001f02c700000027f10000a0290000000179d50853180027f65d3f0ed67212001500f1110061000f0801010200b300b4004501500515034702054234f4180061cd53d1ce28c043003e02c700000147f1000000290003000052cb"},
	} {
		frame, err := hex.DecodeString(c.frame)
		if err != nil {
			b.Fatal(err)
		}
		proto, err := Lookup(c.protocol)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.protocol, func(b *testing.B) {
			b.ReportAllocs()
			s, stream := proto.NewSession(""), tracker.NewStream(proto.Split)
			now := time.Now()
			positions := 0
			for b.Loop() {
				stream.Push(frame)
				f, ok := stream.Next()
				if !ok {
					b.Fatal("no frame")
				}
				m, err := s.Decode(f, now)
				if err != nil {
					b.Fatal(err)
				}
				positions += len(m.Positions)
			}
			b.ReportMetric(float64(positions)/b.Elapsed().Seconds(), "positions/s")
		})
	}
	body := []byte(`{"_type":"location","acc":15,"alt":440,"batt":46,"lat":46.0681247,"lon":11.1512805,"t":"u","tid":"5t","tst":1551874878,"vac":2,"vel":0}`)
	b.Run("owntracks", func(b *testing.B) {
		b.ReportAllocs()
		now := time.Now()
		for b.Loop() {
			if _, err := web.OwnTracks(web.Request{Body: bytes.Clone(body)}, now); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("osmand", func(b *testing.B) {
		b.ReportAllocs()
		now := time.Now()
		q := web.Request{URL: "/?id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0&altitude=224.0&speed=0.0"}
		for b.Loop() {
			if _, err := web.OsmAnd(q, now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
