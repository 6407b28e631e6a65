package fence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// ErrState is the rule that the bytes of a State keep.
var ErrState = errors.New("not the state of a tracker")

const (
	// Version 1 had no due; 2 no speeds and nothing of the past; 3 no noise.
	stateVersion = 4
	maxRecords   = 1 << 20
)

// Encode writes the state down. What Decode makes of it goes on exactly as s would.
func (s *State) Encode() []byte {
	w := writer{b: make([]byte, 0, 128+40*len(s.tail))}
	w.b = append(w.b, stateVersion)
	w.text(string(s.tracker))
	w.text(string(s.subject.Class))
	w.int(s.subject.ID)
	w.int(s.clock)
	w.core(&s.head)
	w.core(&s.base)
	w.int(s.born)
	w.uint(s.seq)
	w.uint(uint64(len(s.past)))
	for i := range s.past {
		w.core(&s.past[i])
	}
	w.uint(uint64(len(s.tail)))
	for _, f := range s.tail {
		w.sight(f)
	}
	w.uint(uint64(s.midTail))
	if s.midTail > 0 {
		w.core(&s.mid)
	}
	w.uint(uint64(len(s.told)))
	for _, e := range s.told {
		w.int(int64(e.zone))
		w.text(string(e.rule))
		w.int(e.start)
		w.int(e.end)
		w.uint(uint64(e.grade))
		w.text(string(e.why))
		w.int(e.at)
	}
	for _, n := range []uint64{s.Counts.Duplicate, s.Counts.Late, s.Counts.Ahead, s.Counts.Crowded} {
		w.uint(n)
	}
	return w.b
}

// Decode reads what Encode wrote. The error is around ErrState; whoever gets it
// starts with a NewState and judges the stored fixes of the last hour again.
func Decode(b []byte) (*State, error) {
	r := reader{b: b}
	if r.version = r.byte(); r.err == nil && (r.version < 1 || r.version > stateVersion) {
		return nil, fmt.Errorf("%w: version %d, this program reads 1 to %d", ErrState, r.version, stateVersion)
	}
	s := &State{born: never}
	s.tail, s.head.recs = s.ownTail[:0], s.ownRecs[:0]
	s.tracker = ingest.TrackerID(r.text(ingest.MaxTrackerID))
	s.subject.Class = zone.Class(r.text(maxWord))
	s.subject.ID = r.int()
	s.class = classBit(s.subject.Class)
	s.clock = r.int()
	r.core(&s.head)
	r.core(&s.base)
	if r.version >= 3 {
		s.born, s.seq = r.int(), r.uint()
		s.known = s.seq
		for range r.count(maxPast+1, 5) {
			s.past = append(s.past, core{})
			r.core(&s.past[len(s.past)-1])
		}
	}
	for range r.count(MaxTail, 4) {
		s.tail = append(s.tail, r.sight())
	}
	s.midTail = int32(r.count(len(s.tail), 0))
	if s.midTail > 0 {
		r.core(&s.mid)
		if s.midAt = s.mid.now; int(s.midTail) < len(s.tail) && s.tail[s.midTail].t <= s.midAt {
			s.midTail = 0
		}
	}
	for range r.count(maxRecords, 6) {
		e := episode{zone: zone.ID(r.int()), rule: zone.RuleKind(r.text(maxWord)), start: r.int(), end: r.int()}
		e.grade, e.why = r.grade(), Why(r.text(maxWord))
		if e.at = e.end; r.version >= 3 {
			e.at = r.int()
		}
		s.told = append(s.told, e)
	}
	for _, n := range []*uint64{&s.Counts.Duplicate, &s.Counts.Late, &s.Counts.Ahead, &s.Counts.Crowded} {
		*n = r.uint()
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("%d bytes too many", len(r.b))
	}
	if r.err == nil {
		r.err = s.sane()
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, r.err)
	}
	return s, nil
}

// sane checks what the judge takes for granted.
func (s *State) sane() error {
	for i := 1; i < len(s.tail); i++ {
		if s.tail[i-1].compare(s.tail[i]) >= 0 {
			return errors.New("fixes out of order")
		}
	}
	for i := 1; i < len(s.told); i++ {
		if s.told[i-1].compare(&s.told[i]) >= 0 {
			return errors.New("breaches out of order")
		}
	}
	if s.clock != never && !sensible(s.clock) {
		return errors.New("a clock off all calendars")
	}
	if s.born != never && !sensible(s.born) {
		return errors.New("a clock off all calendars")
	}
	for i := range s.told {
		if e := &s.told[i]; !sensible(e.start) || e.end != 0 && !sensible(e.end) || (e.end == 0) != (e.at == 0) || e.at != 0 && !sensible(e.at) {
			return errors.New("a breach off all calendars")
		}
	}
	for i := range s.past {
		if i > 0 && s.past[i-1].now >= s.past[i].now {
			return errors.New("judgements out of order")
		}
		if err := s.past[i].sane(s.told); err != nil {
			return err
		}
	}
	for _, c := range []*core{&s.head, &s.base, &s.mid} {
		if err := c.sane(s.told); err != nil {
			return err
		}
	}
	return nil
}

func (c *core) sane(told []episode) error {
	if c.now != never && !sensible(c.now) || c.has && (!sensible(c.last.t) || c.last.t > c.now) {
		return errors.New("a clock off all calendars")
	}
	for i := range c.recs {
		rec := &c.recs[i]
		if i > 0 && c.recs[i-1].zone >= rec.zone {
			return errors.New("zones out of order")
		}
		if rec.in && rec.grade == NoGrade || !c.has {
			return errors.New("inside without evidence")
		}
		if rec.until <= c.now { // it would be carried through centuries of windows
			return errors.New("a window that should have changed")
		}
		if rec.due != 0 && (rec.due <= c.now || !sensible(rec.due) || !rec.in || !rec.active || rec.start != 0) {
			return errors.New("a stay that should have been told")
		}
		want := episode{zone: rec.zone, start: rec.start}
		if _, known := slices.BinarySearchFunc(told, &want, func(a episode, b *episode) int { return a.compare(b) }); !known && rec.start != 0 {
			return errors.New("a breach lasts that was not told")
		}
	}
	return nil
}

// sensible keeps sums of instants and spans from running over.
func sensible(t int64) bool { return t > never/2 && t < endOfTime.UnixNano() }

const maxWord = 64

type writer struct{ b []byte }

func (w *writer) int(v int64)     { w.b = binary.AppendVarint(w.b, v) }
func (w *writer) uint(v uint64)   { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) float(v float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v)) }
func (w *writer) text(s string)   { w.uint(uint64(len(s))); w.b = append(w.b, s...) }

func (w *writer) sight(f sight) {
	w.int(f.t)
	w.float(f.at[0])
	w.float(f.at[1])
	w.float(float64(f.accuracy))
	w.float(float64(f.speed))
}

func (w *writer) core(c *core) {
	w.int(c.now)
	w.uint(b2u(c.has))
	if c.has {
		w.sight(c.last)
		w.float(c.pace)
		w.int(c.noise.t)
		if c.noise.t != 0 {
			w.float(c.noise.at[0])
			w.float(c.noise.at[1])
		}
		w.float(c.noise.raw)
		w.uint(uint64(c.noise.n))
	}
	w.uint(c.sum)
	w.uint(uint64(len(c.recs)))
	for i := range c.recs {
		rec := &c.recs[i]
		w.int(int64(rec.zone))
		w.uint(rec.sum)
		w.uint(b2u(rec.in) | b2u(rec.active)<<1 | uint64(rec.grade)<<2)
		w.float(rec.enter)
		w.float(rec.leave)
		w.int(rec.since)
		w.int(rec.start)
		w.int(rec.until)
		w.int(rec.due)
	}
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// A reader reads what a writer wrote; after the first fault it gives zeros.
type reader struct {
	b       []byte
	err     error
	version byte
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = errors.New(what)
	}
	r.b = nil
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("cut short")
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail("cut short")
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail("cut short")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a number of things of which each takes at least so many bytes.
func (r *reader) count(limit, size int) int {
	n := r.uint()
	if n > uint64(limit) || size > 0 && n > uint64(len(r.b)/size) {
		r.fail("a number is too large")
		return 0
	}
	return int(n)
}

func (r *reader) float() float64 {
	if len(r.b) < 8 {
		r.fail("cut short")
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.b))
	r.b = r.b[8:]
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.fail("not a number")
		return 0
	}
	return v
}

func (r *reader) text(limit int) string {
	n := r.count(limit, 1)
	if r.err != nil {
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) grade() Grade {
	return Grade(r.count(int(Confirmed), 0))
}

func (r *reader) sight() sight {
	f := sight{t: r.int(), at: orb.Point{r.float(), r.float()}, accuracy: float32(r.float()), speed: -1}
	if r.version >= 3 {
		f.speed = float32(r.float())
	}
	fits := f.accuracy >= 0 && f.accuracy <= ingest.MaxAccuracy && f.speed >= -1 && f.speed <= ingest.MaxSpeed
	if !(math.Abs(f.at[0]) <= 180 && math.Abs(f.at[1]) <= 90 && fits) {
		r.fail("a fix is off the earth")
	}
	return f
}

// noise reads what was learned up to a fix at an instant.
func (r *reader) noise(last int64) (n scatter) {
	if n.t = r.int(); n.t != 0 {
		n.at = orb.Point{r.float(), r.float()}
		if !sensible(n.t) || n.t > last || !(math.Abs(n.at[0]) <= 180 && math.Abs(n.at[1]) <= 90) {
			r.fail("a fix is off the earth")
		}
	}
	if n.raw, n.n = r.float(), int32(r.count(enough, 0)); n.raw != 0 && !(n.raw >= 0.5 && n.raw <= 200) {
		r.fail("noise that nobody learns")
	}
	return n
}

func (r *reader) core(c *core) {
	c.now = r.int()
	if c.has = r.uint() == 1; c.has {
		c.last = r.sight()
		if r.version >= 3 {
			if c.pace = r.float(); !(c.pace >= 0 && c.pace <= 1e9) {
				r.fail("an interval is too large")
			}
		}
		if r.version >= 4 {
			c.noise = r.noise(c.last.t)
		}
	}
	c.sum = r.uint()
	for range r.count(maxRecords, 20) {
		rec := record{zone: zone.ID(r.int()), sum: r.uint()}
		bits := r.count(15, 0)
		rec.in, rec.active, rec.grade = bits&1 != 0, bits&2 != 0, Grade(bits>>2)
		rec.enter, rec.leave = r.float(), r.float()
		rec.since, rec.start, rec.until = r.int(), r.int(), r.int()
		if r.version >= 2 {
			rec.due = r.int()
		}
		c.recs = append(c.recs, rec)
	}
}
