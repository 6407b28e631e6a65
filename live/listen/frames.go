package listen

import (
	"strings"
	"sync"
	"time"

	"citygrid/grid/register"
	"citygrid/live/ingest/tracker"
)

// A Frame is one message of a known device as it came, with what was understood
// of it: for an admin who looks why a device doesn't do what it should.
type Frame struct {
	At       time.Time
	Protocol string
	Address  string // where it came from
	Bytes    []byte // the first MaxFrame of them
	Length   int    // how many there were
	Text     bool   // they are text: HTTP, MQTT
	Kind     string // what the protocol calls it
	// Positions are the first MaxFramePositions of those in it, Count how many there were.
	Positions []tracker.Position
	Count     int
	Problem   string // why it wasn't understood or taken; "" = it was
}

// Limits of Frames.
const (
	MaxFrames         = 12 // of a device
	MaxFrame          = 1024
	MaxFramePositions = 3
	maxFrameDevices   = 2000 // who is longest silent, about, makes room
)

// Frames keep the last messages of devices, in memory alone: a restart forgets
// them. The zero Frames is ready; nil keeps nothing. It is for many goroutines.
type Frames struct {
	mu  sync.Mutex
	all map[register.DeviceID]*lastFrames
}

type lastFrames struct {
	ring [MaxFrames]Frame
	n    int // ever
}

// Note keeps a frame. Its bytes are copied, its positions are taken as they are.
func (f *Frames) Note(id register.DeviceID, frame Frame) {
	if f == nil || id == "" {
		return
	}
	frame.Length = len(frame.Bytes)
	frame.Bytes = append([]byte(nil), frame.Bytes[:min(len(frame.Bytes), MaxFrame)]...)
	frame.Count = len(frame.Positions)
	frame.Positions = append([]tracker.Position(nil), frame.Positions[:min(frame.Count, MaxFramePositions)]...)
	frame.Problem = strings.ToValidUTF8(frame.Problem, "\uFFFD")
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.all[id]
	if last == nil {
		if f.all == nil {
			f.all = make(map[register.DeviceID]*lastFrames)
		}
		if len(f.all) >= maxFrameDevices {
			f.drop()
		}
		last = &lastFrames{}
		f.all[id] = last
	}
	last.ring[last.n%MaxFrames] = frame
	last.n++
}

// drop forgets who is longest silent of some: of all would be a long look, for
// each frame, when there are more devices than room.
func (f *Frames) drop() {
	var oldest register.DeviceID
	looked := 0
	for id, last := range f.all {
		if oldest == "" || last.latest().At.Before(f.all[oldest].latest().At) {
			oldest = id
		}
		if looked++; looked == 16 {
			break
		}
	}
	delete(f.all, oldest)
}

func (l *lastFrames) latest() Frame { return l.ring[(l.n-1)%MaxFrames] }

// Of lists what a device sent last, the newest first, and how much it sent since
// the start.
func (f *Frames) Of(id register.DeviceID) (frames []Frame, sent int) {
	if f == nil {
		return nil, 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.all[id]
	if last == nil {
		return nil, 0
	}
	for i := last.n - 1; i >= max(0, last.n-MaxFrames); i-- {
		frames = append(frames, last.ring[i%MaxFrames])
	}
	return frames, last.n
}
