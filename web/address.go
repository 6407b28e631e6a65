package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddr is who sent the request. X-Forwarded-For counts only when it comes
// from a trusted proxy or over a unix socket, which only the proxy's group can
// open, and then from the right: each proxy appends whom it heard, and whatever
// stands left of the first stranger may be invented.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer := peerAddr(r)
	if peer.IsValid() && !within(peer, trusted) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	addr := peer
	for i := len(hops) - 1; i >= 0 && i >= len(hops)-32; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return addr
		}
		addr = hop.Unmap().WithZone("")
		if !within(addr, trusted) {
			return addr
		}
	}
	return addr
}

// peerAddr is the other end of the connection; not valid for a unix socket.
func peerAddr(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap().WithZone("")
}

func within(a netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if a.IsValid() && p.Contains(a) {
			return true
		}
	}
	return false
}

// isLocal says whether a process on this machine asks us directly. A proxy on
// this machine connects from the loopback address too, and one that adds no
// headers and asks for localhost looks just like a scraper: so where a proxy is
// named, nobody is local, and a scraper gets an address of its own (RunMetrics). One that isn't named mostly shows by the headers that
// proxies add or by the host that it was asked for.
func (s *Server) isLocal(r *http.Request) bool {
	if !peerAddr(r).IsLoopback() || len(s.trusted) > 0 {
		return false
	}
	for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host := r.Host
	if h, err := netip.ParseAddrPort(host); err == nil {
		return h.Addr().IsLoopback()
	}
	if h, _, ok := strings.Cut(host, ":"); ok {
		host = h
	}
	return host == "localhost" || host == "127.0.0.1"
}

// noClearText refuses who comes over the network in clear text past the proxy
// that does TLS for us: their password would have gone over the wire. Probes of
// our health may.
func (s *Server) noClearText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := peerAddr(r)
		clear := s.secure && r.TLS == nil && peer.IsValid() && !peer.IsLoopback() && !within(peer, s.trusted)
		if clear && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" {
			s.refuse(w, r, newProblem(http.StatusForbidden, "clear_text", "this address is for the proxy alone: use the one that begins with https"))
			return
		}
		next.ServeHTTP(w, r)
	})
}
