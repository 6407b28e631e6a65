// Package hook tells other systems of alerts: each change of an alert is posted
// as JSON to an address that the bureau has registered, signed, in order, until
// it was taken.
//
// What is delivered is read from the store by the number of the change, and how
// far a receiver has come is kept there too: a restart or a receiver that is away
// for a day loses nothing. An alert that changed several times in the meantime is
// told once, as it is now. A delivery may come twice (its answer was lost), under
// the same id.
//
// A delivery that a receiver refuses again and again, or that couldn't be made
// within a day, is put on its list of dead letters and the next one is tried.
// People look at the list and send letters anew.
//
// The signature is that of many providers: header Citygrid-Signature holds
// "t=UNIX,v1=HEX", where HEX is the HMAC-SHA256 of "UNIX.BODY" under the hook's
// secret. A receiver refuses what is older than a few minutes.
package hook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"citygrid/live/alert"

	"github.com/paulmach/orb"
)

// An ID names a hook for as long as the bureau exists; the store gives it.
type ID int64

// A Hook is a receiver of alerts.
type Hook struct {
	ID      ID
	Version int64
	Name    string // what people call it, unique
	URL     string
	Secret  string // of the signature; whoever knows it can pretend to be us
	Off     bool   // nothing is sent, and what happens meanwhile is not kept for it
	Seq     int64  // alerts up to this change are delivered, or dead letters
}

// Limits.
const (
	MaxHooks = 20
	MaxName  = 80
	MaxURL   = 2_000
	MaxDead  = 10_000 // of a hook; the oldest go first
)

// Rules that hooks keep. Match with errors.Is.
var (
	ErrHook   = errors.New("not a webhook")
	ErrNoHook = errors.New("no such webhook")
	ErrNoDead = errors.New("no such dead letter")
	ErrStale  = errors.New("the webhook was changed by somebody else in the meantime")
	ErrTaken  = errors.New("another webhook has this name")
	ErrFull   = fmt.Errorf("there are %d webhooks already", MaxHooks)
)

// A FieldError says which field of a hook breaks a rule, and how to mend it.
type FieldError struct{ Field, What string }

func (e *FieldError) Error() string { return e.Field + ": " + e.What }

// Unwrap gives ErrHook.
func (e *FieldError) Unwrap() error { return ErrHook }

// Check says what is wrong with a hook: a *FieldError. An address is https, or
// http on this machine, without a login in it.
func (h Hook) Check() error {
	if n := utf8.RuneCountInString(h.Name); n == 0 || n > MaxName || strings.TrimSpace(h.Name) != h.Name {
		return &FieldError{"name", fmt.Sprintf("1 to %d characters, no space at the ends", MaxName)}
	}
	if len(h.URL) > MaxURL {
		return &FieldError{"url", fmt.Sprintf("longer than %d characters", MaxURL)}
	}
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return &FieldError{"url", "not an address such as https://desk.example.org/alerts"}
	}
	if u.User != nil {
		return &FieldError{"url", "a login in it would end in logs: leave it out, requests are signed"}
	}
	if u.Fragment != "" {
		return &FieldError{"url", "leave out what is after #"}
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !ownHost(u.Hostname())) {
		return &FieldError{"url", "https is needed; http goes to this machine only"}
	}
	return nil
}

func ownHost(name string) bool {
	if name == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.IsLoopback()
}

// A Dead is a delivery that was given up.
type Dead struct {
	Hook  ID
	Seq   int64 // of the change
	Alert alert.ID
	At    time.Time // when it was given up
	Tries int
	Why   string
}

// A Message is what a receiver gets.
type Message struct {
	ID   string    `json:"id"`   // of the delivery; the same when it comes again
	Type string    `json:"type"` // "alert", or "test"
	Sent time.Time `json:"sent"`

	Alert *Alert `json:"alert,omitempty"`
}

// An Alert is an alert as it leaves the house: what happened where, and how far
// its handling has come. Names of people and their notes stay inside.
type Alert struct {
	ID        alert.ID      `json:"id"`
	Seq       int64         `json:"seq"` // of the change: a larger one is newer
	State     alert.State   `json:"state"`
	Grade     string        `json:"grade"`
	Zone      int64         `json:"zone"`
	Rule      string        `json:"rule"`
	Class     string        `json:"class"`   // of the subject: dog, officer, vehicle ...
	Subject   string        `json:"subject"` // its number in our register
	Began     time.Time     `json:"began"`
	Ended     *time.Time    `json:"ended"` // null while it lasts
	Withdrawn bool          `json:"withdrawn"`
	At        [2]float64    `json:"at"` // WGS 84, longitude first
	Seen      time.Time     `json:"seen"`
	Area      int64         `json:"area"` // 0 = the bureau
	Grid      int64         `json:"grid"` // 0 = none
	Outcome   alert.Outcome `json:"outcome"`
	Reminded  int           `json:"reminded"` // how often people were told again: nobody looks after it
	Level     int           `json:"level"`    // how far up it was taken: 1 the team leader, 2 the bureau
}

// alertMessage is the delivery of an alert's last change.
func alertMessage(h Hook, a alert.Alert, at orb.Point, now time.Time) Message {
	told := Alert{
		ID: a.ID, Seq: a.Seq, State: a.State, Grade: a.Grade.String(),
		Zone: int64(a.Key.Zone), Rule: string(a.Key.Rule),
		Class: string(a.Key.Subject.Class), Subject: fmt.Sprint(a.Key.Subject.ID),
		Began: a.Began.UTC(), Withdrawn: a.Withdrawn, At: at, Seen: a.Seen.UTC(),
		Area: int64(a.Place.Area), Grid: int64(a.Place.Grid), Outcome: a.Outcome,
		Reminded: a.Reminded(), Level: a.Level(),
	}
	if !a.Lasts() && !a.Ended.IsZero() {
		ended := a.Ended.UTC()
		told.Ended = &ended
	}
	return Message{ID: fmt.Sprintf("%d-%d", h.ID, a.Seq), Type: "alert", Sent: now.UTC(), Alert: &told}
}

func (m Message) body() ([]byte, error) { return json.Marshal(m) }
