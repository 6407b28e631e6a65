package decode_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"citygrid/live/ingest/decode"
	"citygrid/live/ingest/tracker"
)

// What `citygrid decode h02` does with a line of text.
func ExampleDecode() {
	in := strings.NewReader("*HQ,9001,V2,104000,A,2235.1777,N,11357.8913,E,010.00,235,130721#\n")
	if err := decode.Decode("h02", false, in, os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"id":"1","device":["9001"],"kind":"position","positions":[{"time":"2021-07-13T10:40:00Z","lat":22.586295,"lon":113.964855,"valid":true,"speed_kmh":18.52,"course_deg":235,"altitude_m":0,"attributes":{}}]}
}

// How a listener uses a protocol: bytes in, messages and replies out.
func ExampleLookup() {
	proto, err := decode.Lookup("gt06")
	if err != nil {
		fmt.Println(err)
		return
	}
	stream, session := tracker.NewStream(proto.Split), proto.NewSession("")
	stream.Push([]byte("\x78\x78\x0d\x01\x08\x64\x71\x70\x03\x28\x35\x81\x00\x09\x3f\x04\r\n"))
	for {
		frame, ok := stream.Next()
		if !ok {
			break
		}
		m, err := session.Decode(frame, time.Now())
		fmt.Printf("%s of %v, answer % x, %v\n", m.Kind, m.Devices, m.Reply, err)
	}
	// Output:
	// login of [864717003283581], answer 78 78 05 01 00 09 55 94 0d 0a, <nil>
}
