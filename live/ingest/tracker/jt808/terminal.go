package jt808

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// A Terminal writes what a device says: for simulators, and for tests that
// talk to a listener as a device does. Its zero Serial is the first.
type Terminal struct {
	Number string // decimal digits, at most 12, or 20 with V2019
	V2019  bool
	Serial int
}

// A Report is a position that a Terminal sends.
type Report struct {
	Time      time.Time
	Lat, Lon  float64
	Valid     bool
	Ignition  bool
	Alarms    uint32 // the standard's alarm word
	AltitudeM float64
	SpeedKmh  float64
	CourseDeg float64
	Battery   int // per cent, sent as item 0xE1; 0 = not sent
}

// maxBody is what the header's ten bits of length allow; longer messages go
// in parts.
const maxBody = 1023

// Register is 0x0100.
func (t *Terminal) Register(maker, model, plate string) [][]byte {
	b := make([]byte, 4) // province and county
	sizes := [3]int{5, 20, 7}
	if t.V2019 {
		sizes = [3]int{11, 30, 30}
	}
	b = append(b, field(maker, sizes[0])...)
	b = append(b, field(model, sizes[1])...)
	b = append(b, field(t.Number, sizes[2])...)
	b = append(b, 1) // blue plate
	return t.send(idRegister, append(b, plate...))
}

// Authenticate is 0x0102 with the code of the registration's answer.
func (t *Terminal) Authenticate(code string) [][]byte {
	b := []byte(code)
	if t.V2019 {
		b = append([]byte{byte(len(code))}, code...)
		b = append(b, field("", 15)...)
		b = append(b, field("", 20)...)
	}
	return t.send(idAuth, b)
}

// Heartbeat is 0x0002.
func (t *Terminal) Heartbeat() [][]byte { return t.send(idHeartbeat, nil) }

// Position is 0x0200.
func (t *Terminal) Position(r Report) [][]byte { return t.send(idPosition, r.body()) }

// Batch is 0x0704; stored says that the positions waited for a connection.
func (t *Terminal) Batch(reports []Report, stored bool) [][]byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(reports)))
	kind := byte(0)
	if stored {
		kind = 1
	}
	b = append(b, kind)
	for _, r := range reports {
		body := r.body()
		b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
		b = append(b, body...)
	}
	return t.send(idBatch, b)
}

// send cuts a body into frames.
func (t *Terminal) send(id int, body []byte) [][]byte {
	if len(body) <= maxBody {
		return [][]byte{t.frame(id, body, 0, 0)}
	}
	total := (len(body) + maxBody - 1) / maxBody
	out := make([][]byte, 0, total)
	for i := range total {
		out = append(out, t.frame(id, body[i*maxBody:min(len(body), (i+1)*maxBody)], total, i+1))
	}
	return out
}

func (t *Terminal) frame(id int, body []byte, total, part int) []byte {
	flags, size := len(body), 12
	b := binary.BigEndian.AppendUint16(nil, uint16(id))
	if t.V2019 {
		flags |= 1 << 14
		size = 20
	}
	if total > 0 {
		flags |= 1 << 13
	}
	b = binary.BigEndian.AppendUint16(b, uint16(flags))
	if t.V2019 {
		b = append(b, 1)
	}
	number, err := hex.DecodeString(strings.Repeat("0", max(size-len(t.Number), 0)) + t.Number)
	if err != nil || len(number) != size/2 {
		number = make([]byte, size/2)
	}
	b = append(b, number...)
	b = binary.BigEndian.AppendUint16(b, uint16(t.Serial))
	t.Serial = (t.Serial + 1) & 0xFFFF
	if total > 0 {
		b = binary.BigEndian.AppendUint16(b, uint16(total))
		b = binary.BigEndian.AppendUint16(b, uint16(part))
	}
	return seal(mark, append(b, body...))
}

func field(s string, size int) []byte {
	b := make([]byte, size)
	copy(b, s)
	return b
}

func (r Report) body() []byte {
	var status uint32
	for bit, set := range map[int]bool{0: r.Ignition, 1: r.Valid, 2: r.Lat < 0, 3: r.Lon < 0} {
		if set {
			status |= 1 << bit
		}
	}
	b := binary.BigEndian.AppendUint32(nil, r.Alarms)
	b = binary.BigEndian.AppendUint32(b, status)
	b = binary.BigEndian.AppendUint32(b, uint32(math.Round(math.Abs(r.Lat)*1e6)))
	b = binary.BigEndian.AppendUint32(b, uint32(math.Round(math.Abs(r.Lon)*1e6)))
	b = binary.BigEndian.AppendUint16(b, uint16(int16(math.Round(r.AltitudeM))))
	b = binary.BigEndian.AppendUint16(b, uint16(math.Round(r.SpeedKmh*10)))
	b = binary.BigEndian.AppendUint16(b, uint16(math.Mod(math.Round(r.CourseDeg)+360, 360)))
	t := r.Time.In(zone)
	for _, v := range []int{t.Year() % 100, int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()} {
		b = append(b, byte(v/10<<4|v%10))
	}
	if r.Battery > 0 {
		b = append(b, 0xE1, 1, byte(r.Battery))
	}
	return b
}

// An Answer is what the platform told a Terminal.
type Answer struct {
	ID     int // 0x8001 the general answer, 0x8100 that to a registration
	Serial int // of the message that is answered
	To     int // its id; of 0x8001 only
	Result int // 0 = done
	Code   string
}

// ReadAnswer takes apart a frame that Split gave.
func ReadAnswer(frame []byte) (Answer, error) {
	h, body, good, err := open(frame)
	if err != nil {
		return Answer{}, err
	}
	if !good {
		return Answer{}, fmt.Errorf("%w: wrong checksum", tracker.ErrForeign)
	}
	r := tracker.NewReader(body)
	a := Answer{ID: h.id}
	switch h.id {
	case idPlatformAck:
		a.Serial, a.To, a.Result = r.U16(), r.U16(), r.U8()
	case idRegistered:
		a.Serial, a.Result = r.U16(), r.U8()
		a.Code = r.Text(r.Left())
	}
	if r.Short() {
		return a, tracker.ErrShort
	}
	return a, nil
}
