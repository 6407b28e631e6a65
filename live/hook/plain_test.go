package hook

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// What is shown of a failure names the machine, and neither the path of the
// address nor our own network.
func TestPlain(t *testing.T) {
	lookup := func(found bool) error {
		return &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "desk.example", Server: "10.0.0.53:53", IsNotFound: !found}}
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{lookup(false), "no machine is called desk.example"},
		{lookup(true), "the address of desk.example could not be looked up"},
		{fmt.Errorf("dial: %w", syscall.ECONNREFUSED), "nobody listens at desk.example"},
		{errors.New("tls: bad certificate"), "tls: bad certificate"},
	} {
		got := plain(&url.Error{Op: "Post", URL: "https://desk.example/a-key", Err: c.err}, "desk.example").Error()
		if got != c.want || strings.Contains(got, "a-key") {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
