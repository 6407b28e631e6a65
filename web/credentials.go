package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"citygrid/grid/register"
	tracker "citygrid/live/ingest/tracker/web"
)

// Refusals of devices. One text stands for a wrong id and a wrong secret: who
// guesses must not learn which devices there are.
var (
	errDevice         = newProblem(http.StatusUnauthorized, "device.unknown", "no device has this id and secret")
	errDeviceDisabled = newProblem(http.StatusForbidden, "device.disabled", "this device is switched off; ask an admin")
	errSecretInURL    = newProblem(http.StatusBadRequest, "device.secret_in_url",
		"never send a secret in the address, where logs and proxies keep it: send it as HTTP Basic, as X-Device-Secret, or as Authorization: Bearer ID:SECRET. This one has been seen: make a new one")
)

// forDevices tells if a row of the permissions table is theirs alone.
func (r row) forDevices() bool { return r.cells[device] >= own && r.cells[public] != yes }

// identifyDevice finds out which device sent req to one of the devices' routes.
// Without credentials c stays as it is: a person, or a stranger.
func (s *Server) identifyDevice(req *http.Request, c *caller) error {
	for pair := range strings.SplitSeq(req.URL.RawQuery, "&") { // Query would leave out what it can't read
		name, _, _ := strings.Cut(pair, "=")
		switch strings.ToLower(name) {
		case "secret", "password", "passwd", "pass", "pwd", "token", "auth", "key":
			return errSecretInURL
		}
	}
	// A browser says whose page sends; no page of others reports positions, not
	// even by a GET with credentials that the browser remembers.
	if from := req.Header.Get("Sec-Fetch-Site"); from != "" && from != "none" && from != "same-origin" {
		return newProblem(http.StatusForbidden, "cross_origin", "this request comes from another site")
	}
	// Taken before the secret is looked at, so that a guesser has no more guesses
	// by sending many at once.
	address := addressKey(c.from)
	if wait := s.strangers.take(address, s.now()); wait > 0 {
		s.metrics.devices.WithLabelValues("too-many").Inc()
		return retryLater(http.StatusTooManyRequests, "device.too_many", "too many requests with wrong ids or secrets from this address", wait)
	}
	id, secret, err := credentials(req)
	if err != nil {
		return err
	}
	if secret == "" {
		return nil
	}
	d, known := register.Device{}, false
	if s.room != nil && len(id) <= register.MaxDeviceID {
		d, known = s.room.Device(register.DeviceID(id))
	}
	if right := register.CheckSecret(d.SecretHash, secret); !right || !known {
		s.metrics.devices.WithLabelValues("unknown").Inc()
		return errDevice
	}
	s.strangers.giveBack(address, s.now())
	if d.Disabled {
		s.metrics.devices.WithLabelValues("disabled").Inc()
		return errDeviceDisabled
	}
	s.metrics.devices.WithLabelValues("ok").Inc()
	c.device = d
	return nil
}

// credentials reads who a device says it is: HTTP Basic, Bearer ID:SECRET, or
// X-Device-Secret with the id in the form that the protocol sends anyway. An
// empty secret is none.
func credentials(req *http.Request) (id, secret string, err error) {
	if secret = req.Header.Get("X-Device-Secret"); secret != "" {
		id, err = reportedID(req)
		return id, secret, err
	}
	if id, secret, ok := req.BasicAuth(); ok {
		if id == "" { // clients that have a field for the password alone
			id, err = reportedID(req)
		}
		return id, secret, err
	}
	scheme, value, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		// The last colon: an id may have some, a secret that we made has none.
		if i := strings.LastIndexByte(value, ':'); i >= 0 {
			return strings.TrimSpace(value[:i]), value[i+1:], nil
		}
	}
	return "", "", nil
}

// maxReport is the most that one report of a phone or tracker may have, in bytes.
const maxReport = 64 << 10

// reportedID is the device that a report in OsmAnd's form says it is from.
func reportedID(req *http.Request) (string, error) {
	body, err := readReport(req)
	if err != nil {
		return "", err
	}
	return tracker.DeviceOf(report(req, body)), nil
}

// readReport reads the body, and leaves it to be read again.
func readReport(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, req.Body, maxReport))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, newProblem(http.StatusRequestEntityTooLarge, "request.too_large", "a report has at most 64 KiB; send more by POST /api/fixes")
	}
	if err != nil {
		return nil, newProblem(http.StatusBadRequest, "request.invalid", "the report broke off")
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// report is req in the decoders' words.
func report(req *http.Request, body []byte) tracker.Request {
	q := tracker.Request{Method: req.Method, URL: req.URL.RequestURI(), Header: map[string]string{}, Body: body}
	for _, name := range []string{"Content-Type", "X-Limit-D", "X-Limit-U"} {
		if v := req.Header.Get(name); v != "" {
			q.Header[name] = v
		}
	}
	return q
}
