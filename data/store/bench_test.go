package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"citygrid/live/ingest"
)

// benchFixes are n fixes as 20,000 trackers send them.
func benchFixes(n, from int) []ingest.Fix {
	batch := make([]ingest.Fix, n)
	for i := range batch {
		k := from + i
		batch[i] = fixAt(fmt.Sprintf("imei:86%013d", k%20_000), noon.Add(time.Duration(k/20_000)*10*time.Second))
		batch[i].Accuracy, batch[i].Speed = 4.7, float64(k%600)/10
	}
	return batch
}

func perSecond(b *testing.B, things int) {
	b.ReportMetric(float64(things)/b.Elapsed().Seconds(), "fixes/s")
}

// BenchmarkAppendFixes is one caller with batches.
func BenchmarkAppendFixes(b *testing.B) {
	for _, size := range []int{1, 100, 5000} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			s := opened(b, b.TempDir(), Options{})
			batch := benchFixes(size, 0)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if _, err := s.AppendFixes(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
				n += size
			}
			perSecond(b, n)
		})
	}
}

// BenchmarkAppendFixesTogether is many callers with one fix each, who share an
// fsync.
func BenchmarkAppendFixesTogether(b *testing.B) {
	for _, callers := range []int{20, 200} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := opened(b, b.TempDir(), Options{})
			b.ReportAllocs()
			b.SetParallelism((callers + 1) / 2) // of two cores
			var n atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				fix := benchFixes(1, int(n.Add(1)))
				for pb.Next() {
					n.Add(1)
					if _, err := s.AppendFixes(context.Background(), fix); err != nil {
						b.Error(err)
					}
				}
			})
			perSecond(b, b.N)
		})
	}
}

// BenchmarkFixes reads all of one tracker among many.
func BenchmarkFixes(b *testing.B) {
	s := opened(b, b.TempDir(), Options{})
	const trackers, each = 50, 4000
	for t := range trackers {
		batch := make([]ingest.Fix, each)
		for i := range batch {
			batch[i] = fixAt(fmt.Sprint("tracker", t), noon.Add(time.Duration(i)*time.Second))
		}
		if _, err := s.AppendFixes(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if n := count(b, s, "tracker7"); n != each {
			b.Fatalf("%d fixes, want %d", n, each)
		}
	}
}

// BenchmarkRecord is small changes of SQLite, alone and together.
func BenchmarkRecord(b *testing.B) {
	for _, callers := range []int{1, 20, 200} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s, _ := setUp(b)
			b.ReportAllocs()
			if callers == 1 {
				for b.Loop() {
					if err := s.Record(context.Background(), act("x")); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.SetParallelism((callers + 1) / 2) // of two cores
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := s.Record(context.Background(), act("x")); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
