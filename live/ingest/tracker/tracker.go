// Package tracker is what the decoders of tracker protocols have in common: the
// message they give, the reader of big-endian bytes, and the stream that cuts
// a connection into frames.
//
// A protocol has two parts. Its Split finds frames in a stream of bytes and
// finds its way back after garbage. Its Session turns one frame into one
// Message; it remembers the login of its connection and nothing else. Neither
// starts a goroutine, opens a socket or reads a clock, so the same code serves
// a listener, the command line and a fuzzer. A Session is for one goroutine.
//
// Latitude and longitude are WGS 84 degrees as the device says them, speeds
// km/h, courses degrees clockwise from north, altitudes metres. Attributes
// carry the names that Traccar gave them, since fleets and their reports know
// those; distances among them are metres, voltages volts, temperatures °C.
package tracker

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"time"
)

// Why a frame gives no message. Match with errors.Is.
var (
	ErrShort   = errors.New("frame ends before its fields do")
	ErrForeign = errors.New("frame is not of this protocol")
)

// A Session decodes the frames of one connection, in order.
type Session interface {
	// Decode reads one whole frame. now is when it arrived; a message that
	// tells no time of its own gets this one, and so do answers that set the
	// device's clock. The frame isn't kept. Where a frame breaks off, the
	// positions before the break come with the error.
	Decode(frame []byte, now time.Time) (Message, error)
}

// A Message is what one frame says.
type Message struct {
	// Devices are the names by which the frame, or the login before it, calls
	// its sender: the same number in its usual spellings, the likeliest first.
	// Empty: this connection hasn't said yet who it is.
	Devices []string

	Kind      string     // what the protocol calls this message: "login", "position"
	Positions []Position // in the order of the frame
	Reply     []byte     // what the device waits for; nil = nothing
	None      string     // why there are no positions

	// BadChecksum says that the frame's own check failed. The message is
	// decoded all the same, so that somebody can look at it; a listener
	// doesn't store it.
	BadChecksum bool

	// Zone is the time zone that the device said it keeps, if it did. Times
	// here aren't shifted by it: whether a device means it is for the registry
	// to say.
	Zone *time.Location
}

// A Position is one report in a message. Without Located it is a status (a
// heartbeat, a battery level, the masts and access points in earshot) and
// never a fix.
type Position struct {
	Located bool
	Time    time.Time // UTC; zero = the report tells none
	Valid   bool      // the receiver had a fix; false = an old or guessed place

	Lat, Lon  float64
	SpeedKmh  float64
	CourseDeg float64
	AltitudeM float64

	Attributes map[string]any
	Network    Network
}

// A Network is the radio around a device: what a place could be guessed from.
type Network struct {
	Cells []Cell `json:"cells,omitempty"`
	Wifi  []Wifi `json:"wifi,omitempty"`
}

// A Cell is a mast, by the numbers of its network.
type Cell struct {
	MCC    int   `json:"mcc"`
	MNC    int   `json:"mnc"`
	LAC    int   `json:"lac"`
	ID     int64 `json:"id"`
	Signal int   `json:"signal_dbm,omitempty"` // 0 = not told
}

// Wifi is an access point.
type Wifi struct {
	MAC    string `json:"mac"` // lower case with colons
	Signal int    `json:"signal_dbm,omitempty"`
}

// Empty says that the network names nothing.
func (n Network) Empty() bool { return len(n.Cells) == 0 && len(n.Wifi) == 0 }

// Set notes an attribute. What is no number isn't noted: JSON has no words for
// it, and a float of foreign bytes can be anything.
func (p *Position) Set(name string, value any) {
	if f, ok := value.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return
	}
	if p.Attributes == nil {
		p.Attributes = make(map[string]any, 12)
	}
	p.Attributes[name] = value
}

// Alarm adds an alarm to those of the report, which stand in one attribute
// with commas between them.
func (p *Position) Alarm(name string) {
	if name == "" {
		return
	}
	if old, ok := p.Attributes["alarm"].(string); ok {
		name = old + "," + name
	}
	p.Set("alarm", name)
}

// AddCell notes a mast.
func (p *Position) AddCell(c Cell) { p.Network.Cells = append(p.Network.Cells, c) }

// AddWifi notes an access point.
func (p *Position) AddWifi(mac string, signal int) {
	p.Network.Wifi = append(p.Network.Wifi, Wifi{MAC: mac, Signal: signal})
}

// Clone is a copy that shares nothing that changes.
func (p Position) Clone() Position {
	p.Attributes = maps.Clone(p.Attributes)
	p.Network.Cells = append([]Cell(nil), p.Network.Cells...)
	p.Network.Wifi = append([]Wifi(nil), p.Network.Wifi...)
	return p
}

// Fixes are the positions that have a place.
func (m Message) Fixes() []Position {
	var out []Position
	for _, p := range m.Positions {
		if p.Located {
			out = append(out, p)
		}
	}
	return out
}

// Settle takes the place off positions that aren't on the earth: a garbled
// frame, or a receiver that never had a fix. Every Session ends with it, so a
// located position can be put on a map. In the attributes it stays on record.
func (m *Message) Settle() {
	for i := range m.Positions {
		p := &m.Positions[i]
		if p.Located && !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
			p.Set("offEarth", fmt.Sprintf("%.6f,%.6f", p.Lat, p.Lon))
			p.Located, p.Valid, p.Lat, p.Lon = false, false, 0, 0
		}
	}
}

// Nothing is a message that was understood and holds no report.
func Nothing(kind, why string) Message { return Message{Kind: kind, None: why} }
