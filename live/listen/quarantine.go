package listen

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"citygrid/live/ingest/tracker"
)

// A Stranger is a device that reported and is not in the registry with that
// protocol.
type Stranger struct {
	Protocol string    `json:"protocol"`
	Device   string    `json:"device"` // as it calls itself
	Address  string    `json:"address"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Messages int       `json:"messages"`
	// Hex is the last message, cut at 512 bytes; Place where it said it was.
	Hex   string `json:"last_hex"`
	Place *Place `json:"last_place,omitempty"`
}

// A Place is what a stranger said of where it was.
type Place struct {
	Time time.Time `json:"time"`
	Lon  float64   `json:"lon"`
	Lat  float64   `json:"lat"`
}

// Limits of a quarantine: who is longest silent makes room.
const (
	maxStrangers = 1000
	maxKept      = 512 // bytes of a message
)

// A Quarantine keeps the strangers. The zero Quarantine is ready; a nil one keeps
// nobody. It is for many goroutines.
type Quarantine struct {
	mu      sync.Mutex
	all     map[[2]string]*Stranger
	changed bool // since it was saved
}

func (q *Quarantine) note(protocol, device, address string, message []byte, fixes []tracker.Position, now time.Time) {
	if q == nil {
		return
	}
	device = strings.ToValidUTF8(device[:min(len(device), 128)], "\uFFFD")
	q.mu.Lock()
	defer q.mu.Unlock()
	key := [2]string{protocol, device}
	s := q.all[key]
	if s == nil {
		if q.all == nil {
			q.all = make(map[[2]string]*Stranger)
		}
		if len(q.all) >= maxStrangers {
			q.drop()
		}
		s = &Stranger{Protocol: protocol, Device: device, First: now.UTC()}
		q.all[key] = s
	}
	s.Address, s.Last = address, now.UTC()
	s.Messages++
	s.Hex = hex.EncodeToString(message[:min(len(message), maxKept)])
	if n := len(fixes); n > 0 {
		p := fixes[n-1]
		s.Place = &Place{p.Time.UTC(), p.Lon, p.Lat}
	}
	q.changed = true
}

// drop forgets who is longest silent.
func (q *Quarantine) drop() {
	var oldest [2]string
	for k, s := range q.all {
		if oldest[0] == "" || s.Last.Before(q.all[oldest].Last) {
			oldest = k
		}
	}
	delete(q.all, oldest)
}

// Forget takes a stranger off the list: it is registered now, or nobody's matter. It
// tells if it was there. One that reports again comes back.
func (q *Quarantine) Forget(protocol, device string) bool {
	if q == nil {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	key := [2]string{protocol, device}
	_, there := q.all[key]
	delete(q.all, key)
	q.changed = q.changed || there
	return there
}

// Strangers lists them, the last heard of first.
func (q *Quarantine) Strangers() []Stranger {
	if q == nil {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	out := make([]Stranger, 0, len(q.all))
	for _, s := range q.all {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Stranger) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Device, b.Device))
	})
	return out
}

// Save writes them to a file, if there is anything new.
func (q *Quarantine) Save(file string) error {
	q.mu.Lock()
	changed := q.changed
	q.changed = false
	q.mu.Unlock()
	if !changed {
		return nil
	}
	text, err := json.MarshalIndent(q.Strangers(), "", " ")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), "tmp-"+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// Load reads what Save wrote; no file is nobody. It is called before anybody listens.
func Load(file string) (*Quarantine, error) {
	q := &Quarantine{all: make(map[[2]string]*Stranger)}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return q, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Stranger
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w; move it away to begin anew", file, err)
	}
	for _, s := range all[:min(len(all), maxStrangers)] {
		q.all[[2]string{s.Protocol, s.Device}] = &s
	}
	return q, nil
}
