package store

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/record"
	"github.com/prometheus/client_golang/prometheus"
)

// synced is a file in memory.
type synced struct{ bytes.Buffer }

func (*synced) Sync() error { return nil }

// A block whose rest is too short for a header is filled up; what comes behind it was
// not written over damage. Pebble itself writes the log.
func TestAWholeLogIsNotDamaged(t *testing.T) {
	const number = 7
	for left := range 2 * logHeader {
		var b synced
		w := record.NewLogWriter(&b, number, record.LogWriterConfig{
			WALFsyncLatency:     prometheus.NewHistogram(prometheus.HistogramOpts{}),
			WriteWALSyncOffsets: func() bool { return true },
		})
		for _, size := range []int{logBlock - logHeader - left, 100, 100, 100} {
			var kept sync.WaitGroup
			var failed error
			kept.Add(1)
			_, err := w.SyncRecord(make([]byte, size), &kept, &failed)
			kept.Wait()
			if err = errors.Join(err, failed); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		log := b.Bytes()
		if at, damaged := damage(log, number); damaged {
			t.Errorf("%d bytes are left in the first block: byte %d of %d is said to be damaged", left, at, len(log))
		}
		bad := bytes.Clone(log)
		bad[100] ^= 1
		if _, damaged := damage(bad, number); !damaged {
			t.Errorf("%d bytes are left in the first block: a byte is flipped, and nothing is said", left)
		}
	}
}
