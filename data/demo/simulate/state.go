package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/paulmach/orb"
)

// A state is what must outlast the simulator: secrets that are told once, what
// devices could not deliver yet, and where everybody is.
type state struct {
	Secrets map[string]string   `json:"secrets"` // by device
	Outbox  map[string][]Fix    `json:"outbox,omitempty"`
	Workers map[string]progress `json:"workers,omitempty"` // by login
}

// progress is where somebody is, and how far along the walk of a shift.
type progress struct {
	Shift int64     `json:"shift"`
	Along float64   `json:"along_m"`
	At    orb.Point `json:"at"`
}

// readState reads what was kept; nothing, if there is none.
func readState(path string) (state, error) {
	var st state
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err == nil {
		if err = json.Unmarshal(b, &st); err != nil {
			err = fmt.Errorf("%s is not the simulator's state: remove it, and devices get new secrets: %w", path, err)
		}
	}
	return st, err
}

func (st state) save(path string) error { return save(path, st) }

// state is what there is to keep now.
func (s *simulation) state() state {
	st := state{Secrets: map[string]string{}, Outbox: map[string][]Fix{}, Workers: map[string]progress{}}
	for _, d := range s.devices {
		d.mu.Lock()
		if d.secret != "" {
			st.Secrets[d.id] = d.secret
		}
		d.mu.Unlock()
		if w := d.waiting(); len(w) > 0 {
			st.Outbox[d.id] = w
		}
	}
	now := s.clock.Now()
	for _, w := range s.crew {
		if p, ok := w.progress(now); ok {
			st.Workers[w.account.Login] = p
		}
	}
	return st
}
