package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// A state is what must outlast the simulator: secrets that are told once, what
// devices could not deliver yet, and how far officers have come.
type state struct {
	Secrets map[string]string   `json:"secrets"` // by device
	Outbox  map[string][]Fix    `json:"outbox,omitempty"`
	Walks   map[string]progress `json:"walks,omitempty"` // by login
}

// progress is how far along the walk of a shift somebody is.
type progress struct {
	Shift int64   `json:"shift"`
	Along float64 `json:"along_m"`
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
	st := state{Secrets: map[string]string{}, Outbox: map[string][]Fix{}, Walks: map[string]progress{}}
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
			st.Walks[w.account.Login] = p
		}
	}
	return st
}
