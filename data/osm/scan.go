package osm

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// A source is a file whose blocks can be read in any order and again.
type source interface {
	blocks() int
	// kindsOf tells what is in block i; 0 = not known yet.
	kindsOf(i int) kinds
	// reader gives a decoder for one worker.
	reader() blockReader
	about() header
	// fail dresses an error with the file's name and the block's place in it.
	failAt(i int, err error) error
}

// A blockReader fills b with the wanted elements of block i.
type blockReader interface {
	read(i int, want kinds, b *block) error
}

// scan reads the blocks that may hold the wanted kinds, on all cores. prepare
// runs in the workers and copies what it needs of the block; collect gets its
// results one at a time in the order of the file, so the outcome doesn't depend
// on how many cores there are. step is called after each block.
func scan[T any](ctx context.Context, src source, want kinds, step func(done, total int),
	prepare func(*block) (T, error), collect func(T) error,
) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var todo []int
	for i := range src.blocks() {
		if k := src.kindsOf(i); k == 0 || k&want != 0 {
			todo = append(todo, i)
		}
	}
	type result struct {
		n   int // index in todo
		val T
		err error
	}
	workers := min(runtime.GOMAXPROCS(0), len(todo))
	// A worker takes a ticket before a block and the collector gives it back, so
	// at most so many results wait for one that is late.
	tickets := make(chan struct{}, 4*workers+4)
	out := make(chan result, cap(tickets))
	var next atomic.Int64
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	for range workers {
		running.Go(func() {
			r, b := src.reader(), new(block)
			for {
				select {
				case tickets <- struct{}{}:
				case <-ctx.Done():
					return
				}
				n := int(next.Add(1)) - 1
				if n >= len(todo) {
					return
				}
				val, err := readOne(r, src, todo[n], want, b, prepare)
				select {
				case out <- result{n, val, err}:
				case <-ctx.Done():
					return
				}
				if err != nil {
					return
				}
			}
		})
	}
	waiting := make(map[int]result, cap(tickets))
	for n := 0; n < len(todo); {
		r, ok := waiting[n]
		if !ok {
			select {
			case r = <-out:
				waiting[r.n] = r
			case <-ctx.Done():
				return ctx.Err()
			}
			continue
		}
		delete(waiting, n)
		if r.err != nil {
			return r.err
		}
		if err := collect(r.val); err != nil {
			return err
		}
		<-tickets
		n++
		if step != nil {
			step(n, len(todo))
		}
	}
	return ctx.Err()
}

// readOne reads one block. A panic below it is a bug of the reader, but one that
// strange bytes brought out: the file is refused and the program goes on.
func readOne[T any](r blockReader, src source, i int, want kinds, b *block, prepare func(*block) (T, error)) (val T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = src.failAt(i, fmt.Errorf("%w (the reader stumbled: %v)", ErrCorrupt, p))
		}
	}()
	if err := r.read(i, want, b); err != nil {
		return val, src.failAt(i, err)
	}
	val, err = prepare(b)
	if err != nil {
		err = src.failAt(i, err)
	}
	return val, err
}

func (p *pbfFile) blocks() int         { return len(p.blobs) }
func (p *pbfFile) kindsOf(i int) kinds { return p.blobs[i].kinds }
func (p *pbfFile) about() header       { return p.head }
func (p *pbfFile) reader() blockReader { return &pbfReader{p: p} }

func (p *pbfFile) failAt(i int, err error) error { return p.fail(i, p.blobs[i].offset, err) }

type pbfReader struct {
	p *pbfFile
	d pbfDecoder
}

// read fills b. Each block is read by one worker in a scan, and scans follow one
// another, so nobody else touches blobs[i].
func (r *pbfReader) read(i int, want kinds, b *block) error {
	bl := &r.p.blobs[i]
	data, err := r.p.unpack(*bl, &r.d.u)
	if err != nil {
		return err
	}
	if bl.kinds == 0 { // the first time: later scans unpack the same
		if err := r.p.total.take(int64(len(data))); err != nil {
			return err
		}
	}
	found, err := r.d.decode(data, want, b)
	if err != nil {
		return err
	}
	if found == 0 {
		found = 1 << 7 // empty: known, and nothing that anyone wants
	}
	bl.kinds = found
	return nil
}
