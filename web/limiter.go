package web

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// A limiter is a token bucket per key. It remembers a bounded number of keys and
// forgets the one unused for longest, so that many senders cost no memory; who
// has that many addresses is not stopped by a limit per address anyway.
type limiter struct {
	burst int           // how many at once
	every time.Duration // one more each
	keys  int           // how many are remembered

	mu      sync.Mutex // guards the rest
	buckets map[string]*list.Element
	recent  list.List // of *bucket, the latest used first
}

type bucket struct {
	key    string
	tokens float64
	at     time.Time
}

func newLimiter(burst int, every time.Duration, keys int) *limiter {
	return &limiter{burst: burst, every: every, keys: keys, buckets: map[string]*list.Element{}}
}

// take uses one token of key's bucket. It returns 0, or how long to wait until
// there is one.
func (l *limiter) take(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key, now)
	if b.tokens < 1 {
		return max(1, time.Duration((1-b.tokens)*float64(l.every)))
	}
	b.tokens--
	return 0
}

// giveBack returns a token: the attempt was a good one.
func (l *limiter) giveBack(key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key, now)
	b.tokens = min(float64(l.burst), b.tokens+1)
}

// bucket finds or makes key's bucket and fills it up to now. l.mu is held.
func (l *limiter) bucket(key string, now time.Time) *bucket {
	if e, ok := l.buckets[key]; ok {
		l.recent.MoveToFront(e)
		b := e.Value.(*bucket)
		if gone := now.Sub(b.at); gone > 0 { // a clock that goes back fills nothing
			b.tokens = min(float64(l.burst), b.tokens+float64(gone)/float64(l.every))
		}
		b.at = now
		return b
	}
	if l.recent.Len() >= l.keys {
		oldest := l.recent.Back()
		delete(l.buckets, oldest.Value.(*bucket).key)
		l.recent.Remove(oldest)
	}
	b := &bucket{key: key, tokens: float64(l.burst), at: now}
	l.buckets[key] = l.recent.PushFront(b)
	return b
}

// addressKey is what rate limits count by: an IPv4 address, or the /64 of an
// IPv6 address, which one customer has to himself.
func addressKey(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addrText(a)
}
