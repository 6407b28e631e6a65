package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"citygrid/grid/zone"
)

// A Retention is how many days positions are kept, by whose they are; by what their
// tracker reports for now. A day is one of UTC, and goes as a whole once all of it is
// older.
type Retention struct {
	Person  int `json:"person_days"`  // officers and drivers, also by the phone page
	Vehicle int `json:"vehicle_days"` // the bureau's own
	Dog     int `json:"dog_days"`
	// Alert is for what is around an alert, which is copied to it before the rest goes;
	// by when it began.
	Alert int `json:"alert_days"`
}

// DefaultRetention is what a bureau keeps that says nothing else.
var DefaultRetention = Retention{Person: 30, Vehicle: 30, Dog: 7, Alert: 180}

// retentionName is the file of a data folder that says how long positions are kept:
// the fields of Retention in JSON, those that differ from DefaultRetention.
const retentionName = "retention.json"

const maxRetention = 3650 // days

// ErrRetention is the rule that a Retention keeps.
var ErrRetention = errors.New("no time that positions can be kept")

// ReadRetention reads what the data folder dir says; DefaultRetention without a file.
func ReadRetention(dir string) (Retention, error) {
	r := DefaultRetention
	file := filepath.Join(dir, retentionName)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	in := json.NewDecoder(strings.NewReader(string(text)))
	in.DisallowUnknownFields()
	if err := in.Decode(&r); err != nil {
		return r, fmt.Errorf("%w: %s: %w; it must be such as {\"dog_days\": 7}", ErrRetention, file, err)
	}
	if err := r.Check(); err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

// Check reports the first rule that r breaks.
func (r Retention) Check() error {
	for _, c := range []struct {
		name string
		days int
	}{{"person_days", r.Person}, {"vehicle_days", r.Vehicle}, {"dog_days", r.Dog}, {"alert_days", r.Alert}} {
		if c.days < 1 || c.days > maxRetention {
			return fmt.Errorf("%w: %s is %d, give 1 to %d", ErrRetention, c.name, c.days, maxRetention)
		}
	}
	return nil
}

const day = 24 * time.Hour

// before is the begin of the first day that is kept of a class.
func (r Retention) before(class zone.Class, now time.Time) time.Time {
	days := r.Person
	switch class {
	case zone.Vehicle:
		days = r.Vehicle
	case zone.Dog:
		days = r.Dog
	}
	return now.Add(-time.Duration(days) * day).Truncate(day)
}
