// Package simulate moves a city: officers walk, trucks drive, dogs are walked, and
// their devices report it to a citygrid server. It is a client like any other: it
// knows its accounts and what the server's public API tells, and nothing else.
//
// Who moves how is made of a seed, the day and the ways that the server finds, so
// the same seed gives the same day. Times are the server's, which a demo lets run
// faster than ours. Positions are WGS 84, longitude first.
package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"citygrid/data/demo"

	"github.com/paulmach/orb"
)

// A Cast is who plays: accounts of people who are moved, one that may register
// devices, and dogs with what the public API doesn't tell of them.
type Cast struct {
	Admin    Account   `json:"admin"`
	Officers []Account `json:"officers"`
	Drivers  []Account `json:"drivers"`
	Dogs     []Dog     `json:"dogs"`
}

// An Account is a login of the server.
type Account struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// A Dog is one with a tag. Its home is personal data.
type Dog struct {
	Licence string       `json:"licence"`
	Home    orb.Point    `json:"home"`
	Haunts  []demo.Haunt `json:"haunts,omitempty"`
}

// ReadCast reads what Save wrote.
func ReadCast(path string) (Cast, error) {
	var c Cast
	b, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("%s is not a file of accounts: %w", path, err)
	}
	if c.Admin.Login == "" {
		return c, fmt.Errorf("%s names no admin: devices are registered by one", path)
	}
	return c, nil
}

// Save writes the cast to a file that only its owner can read.
func (c Cast) Save(path string) error { return save(path, c) }

// save replaces a file as a whole, or leaves it.
func save(path string, v any) (err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".simulate-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
