package ingest

import (
	"container/heap"
	"time"
)

// Wakes are the instants at which a worker's trackers want to be judged without
// a fix: a heap by time, which also knows trackers that want nothing.
type wakes struct {
	heap queue
	all  map[TrackerID]*wake
}

// A wake is one tracker's. index is its place in the heap, -1 outside.
type wake struct {
	id    TrackerID
	at    time.Time
	index int
}

// set replaces what id wanted; zero is nothing.
func (w *wakes) set(id TrackerID, at time.Time) {
	k, ok := w.all[id]
	if !ok {
		k = &wake{id: id, index: -1}
		if w.all == nil {
			w.all = make(map[TrackerID]*wake)
		}
		w.all[id] = k
	}
	k.at = at
	switch {
	case k.index < 0 && !at.IsZero():
		heap.Push(&w.heap, k)
	case k.index >= 0 && at.IsZero():
		heap.Remove(&w.heap, k.index)
	case k.index >= 0:
		heap.Fix(&w.heap, k.index)
	}
}

// next is the earliest, and whether there is one.
func (w *wakes) next() (time.Time, bool) {
	if len(w.heap) == 0 {
		return time.Time{}, false
	}
	return w.heap[0].at, true
}

// due takes out the earliest if now has reached it.
func (w *wakes) due(now time.Time) (TrackerID, bool) {
	if len(w.heap) == 0 || w.heap[0].at.After(now) {
		return "", false
	}
	return heap.Pop(&w.heap).(*wake).id, true
}

// queue is a heap.Interface.
type queue []*wake

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	k := x.(*wake)
	k.index = len(*q)
	*q = append(*q, k)
}

func (q *queue) Pop() any {
	old := *q
	k := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	k.index = -1
	return k
}
