package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	digest "hash"
	"slices"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/ingest"

	"github.com/cockroachdb/pebble/v2"
)

// AroundAlert is how much of a track belongs to an alert, before it began and after it
// ended.
const AroundAlert = 5 * time.Minute

// A PurgedDay is what was purged of a class and a day: the proof that the audit log
// has. SHA256 is over key and value of each fix as it was on disk, each after its
// length in 4 bytes, by tracker and time.
type PurgedDay struct {
	Class    zone.Class `json:"class"`
	Day      string     `json:"day"` // 2026-11-23, of UTC
	Trackers int        `json:"trackers"`
	Fixes    int        `json:"fixes"`
	SHA256   string     `json:"sha256"`
}

// A Purged is what one purge did, or would do.
type Purged struct {
	DryRun bool        `json:"dry_run"`
	Days   []PurgedDay `json:"days"`
	Copied int         `json:"copied"`       // fixes that went to alerts before
	Tracks int         `json:"alert_tracks"` // parts of tracks of alerts that were too old
}

// ErrClock is a clock that can't be believed with so much to lose.
var ErrClock = errors.New("the clock is far ahead of all that is known")

// clockGap is how long after the last entry of the audit log a purge believes the
// clock: a computer whose clock jumped by years must not empty the store.
const clockGap = 30 * day

// Purge removes the positions that are older than keep says, by day. In this order:
// fixes around alerts are copied to these; a row for each class and day with what it
// was ("track.purge", a PurgedDay in words) goes into the audit log, in one transaction
// with the copies; the fixes are removed; "track.purged" says so. After a crash in
// between the next purge does the same again. What comes in meanwhile stays, however
// old it says it is. With dry nothing is changed.
//
// A now more than 30 days after the last entry of the audit log is ErrClock, unless
// sure.
func (s *Store) Purge(ctx context.Context, keep Retention, now time.Time, dry, sure bool, by audit.Act) (Purged, error) {
	out := Purged{DryRun: dry, Days: []PurgedDay{}}
	if err := keep.Check(); err != nil {
		return out, err
	}
	if s.readOnly && !dry {
		return out, fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if err := s.believes(ctx, now); err != nil && !sure {
		return out, err
	}
	p := purging{s: s, keep: keep, now: now, copies: map[alert.ID][]byte{}, days: map[string]*purgedDay{}}
	f, err := s.openedFixes()
	if err != nil {
		return out, err
	}
	done, err := f.use()
	if err != nil {
		return out, err
	}
	defer done()
	if err := p.look(ctx, f); err != nil {
		return out, explainFixes(s.dir, err)
	}
	out.Days, out.Copied = p.proof(), p.copied
	if dry {
		err := s.view(ctx, func(q querier) (err error) {
			out.Tracks, _, err = p.oldTracks(ctx, q)
			return err
		})
		return out, err
	}
	if out.Tracks, err = p.note(ctx, out.Days, by); err != nil {
		return out, err
	}
	total := 0
	for _, d := range out.Days {
		total += d.Fixes
	}
	if total == 0 {
		return out, nil
	}
	for _, t := range p.trackers {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if err := f.remove(t.id, t.before, p.last); err != nil {
			return out, explainFixes(s.dir, err)
		}
	}
	by.Verb, by.Object, by.Detail = "track.purged", "", fmt.Sprintf("%d fixes of %d days and classes are removed", total, len(out.Days))
	return out, s.Record(ctx, by)
}

// believes tells if the clock may be right.
func (s *Store) believes(ctx context.Context, now time.Time) error {
	last, err := s.AuditEntries(ctx, audit.Query{Limit: 1})
	if err != nil || len(last) == 0 {
		return err
	}
	if ahead := now.Sub(last[0].At); ahead > clockGap {
		return fmt.Errorf("%w: it is %s, and the last entry of the audit log is of %s", ErrClock, now.UTC().Format(time.RFC3339), last[0].At.UTC().Format(time.RFC3339))
	}
	return nil
}

// A purging is a purge at work.
type purging struct {
	s    *Store
	keep Retention
	now  time.Time

	last     uint64 // arrival number: what came later stays
	trackers []purgedTracker
	days     map[string]*purgedDay // by class and day
	copies   map[alert.ID][]byte
	copied   int
}

type purgedTracker struct {
	id     ingest.TrackerID
	before time.Time
}

type purgedDay struct {
	class    zone.Class
	day      int64 // since 1970
	trackers int
	fixes    int
	sum      digest.Hash
	last     ingest.TrackerID
}

// look goes through what is too old, tracker by tracker.
func (p *purging) look(ctx context.Context, f *fixes) error {
	devices, err := p.s.Devices(ctx)
	if err != nil {
		return err
	}
	classes := make(map[ingest.TrackerID]zone.Class, len(devices))
	for _, d := range devices {
		classes[ingest.TrackerID(d.ID)] = d.Subject.Class
	}
	f.mu.Lock()
	p.last = f.arrival
	f.mu.Unlock()
	it, err := f.db.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: []byte{fixPrefix}, UpperBound: []byte{fixPrefix + 1}})
	if err != nil {
		return err
	}
	err = p.lookAt(ctx, it, classes)
	return errors.Join(err, it.Close())
}

func (p *purging) lookAt(ctx context.Context, it *pebble.Iterator, classes map[ingest.TrackerID]zone.Class) error {
	for ok := it.First(); ok; {
		id, _, _, err := parseFixKey(it.Key())
		if err != nil {
			return err
		}
		class := classes[id]
		if class == "" {
			class = zone.Person // the phone page is in no register
		}
		before := p.keep.before(class, p.now)
		prefix := appendTracker(nil, id)
		found := false
		var alerts []alert.Alert
		for n := 0; ok; n, ok = n+1, it.Next() {
			if n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if !strings.HasPrefix(string(it.Key()), string(prefix)) {
				break
			}
			ns, arrival, err := parseTail(it.Key(), prefix)
			if err != nil {
				return err
			}
			if ns >= before.UnixNano() {
				break
			}
			if arrival > p.last {
				continue
			}
			value, err := it.ValueAndErr()
			if err != nil {
				return err
			}
			if !found {
				found = true
				if alerts, err = p.alertsOf(ctx, id, time.Unix(0, ns), before); err != nil {
					return err
				}
			}
			p.add(class, id, ns, it.Key(), value)
			p.copyTo(alerts, ns, value)
		}
		if found {
			p.trackers = append(p.trackers, purgedTracker{id, before})
		}
		_, upper := rangeKeys(id, time.Time{}, time.Time{})
		ok = it.SeekGE(upper)
	}
	return it.Error()
}

func (p *purging) add(class zone.Class, id ingest.TrackerID, ns int64, key, value []byte) {
	n := ns / int64(day)
	name := fmt.Sprintf("%s/%d", class, n)
	d := p.days[name]
	if d == nil {
		d = &purgedDay{class: class, day: n, sum: sha256.New()}
		p.days[name] = d
	}
	if d.fixes == 0 || d.last != id {
		d.trackers, d.last = d.trackers+1, id
	}
	d.fixes++
	for _, b := range [][]byte{key, value} {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(b)))
		d.sum.Write(size[:])
		d.sum.Write(b)
	}
}

// alertsOf is the alerts about what a tracker tells that are kept longer than the
// track, and that some of it belongs to.
func (p *purging) alertsOf(ctx context.Context, id ingest.TrackerID, from, to time.Time) (all []alert.Alert, err error) {
	oldest := p.now.Add(-time.Duration(p.keep.Alert) * day)
	err = p.s.view(ctx, func(q querier) error {
		all, err = readAlerts(ctx, q, `WHERE tracker = ? AND began >= ? AND began < ? AND (ended = 0 OR ended > ?) ORDER BY id`,
			id, nanos(oldest), nanos(to.Add(AroundAlert)), nanos(from.Add(-AroundAlert)))
		return err
	})
	return all, err
}

// around tells if an instant is in what belongs to an alert.
func around(a alert.Alert, t time.Time) bool {
	return !t.Before(a.Began.Add(-AroundAlert)) && (a.Ended.IsZero() || !t.After(a.Ended.Add(AroundAlert)))
}

func (p *purging) copyTo(alerts []alert.Alert, ns int64, value []byte) {
	for _, a := range alerts {
		if around(a, time.Unix(0, ns)) {
			b := appendTime(p.copies[a.ID], ns)
			b = binary.AppendUvarint(b, uint64(len(value)))
			p.copies[a.ID] = append(b, value...)
			p.copied++
		}
	}
}

func (p *purging) proof() []PurgedDay {
	out := []PurgedDay{}
	for _, d := range p.days {
		out = append(out, PurgedDay{
			d.class, time.Unix(0, d.day*int64(day)).UTC().Format(time.DateOnly), d.trackers, d.fixes, hex.EncodeToString(d.sum.Sum(nil)),
		})
	}
	slices.SortFunc(out, func(a, b PurgedDay) int { return strings.Compare(string(a.Class)+a.Day, string(b.Class)+b.Day) })
	return out
}

// note keeps the copies, drops those of alerts that are too old, and writes what is
// purged into the audit log.
func (p *purging) note(ctx context.Context, days []PurgedDay, by audit.Act) (tracks int, err error) {
	if by.At.IsZero() {
		by.At = p.s.now()
	}
	if by.Verb == "" {
		by.Verb = "track.purge"
	}
	if by, err = by.Clean(); err != nil {
		return 0, err
	}
	err = p.s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		for id, fixes := range p.copies {
			_, err := conn.ExecContext(ctx, `INSERT INTO alert_track (alert, part, fixes)
				SELECT ?1, coalesce(max(part), 0) + 1, ?2 FROM alert_track WHERE alert = ?1`, id, fixes)
			if err != nil {
				return fmt.Errorf("copy a track to alert %d: %w", id, err)
			}
		}
		for _, d := range days {
			act := by
			act.Verb, act.Object = "track.purge", "tracks/"+string(d.Class)
			act.Detail = fmt.Sprintf("%s, older than %d days: %d fixes of %d trackers, sha256 %s", d.Day, p.daysOf(d.Class), d.Fixes, d.Trackers, d.SHA256)
			if err := appendAudit(ctx, conn, act); err != nil {
				return err
			}
		}
		var sum string
		if tracks, sum, err = p.oldTracks(ctx, conn); err != nil || tracks == 0 {
			return err
		}
		if _, err := conn.ExecContext(ctx, `DELETE FROM alert_track WHERE alert IN (SELECT id FROM alert WHERE began < ?)`, p.oldestAlert()); err != nil {
			return fmt.Errorf("drop tracks of alerts: %w", err)
		}
		act := by
		act.Verb, act.Object = "track.purge", "tracks/alert"
		act.Detail = fmt.Sprintf("%d parts of tracks of alerts older than %d days, sha256 %s", tracks, p.keep.Alert, sum)
		return appendAudit(ctx, conn, act)
	})
	return tracks, explain(p.s.dir, err)
}

func (p *purging) daysOf(class zone.Class) int {
	return map[zone.Class]int{zone.Person: p.keep.Person, zone.Vehicle: p.keep.Vehicle, zone.Dog: p.keep.Dog}[class]
}

func (p *purging) oldestAlert() int64 {
	return nanos(p.now.Add(-time.Duration(p.keep.Alert) * day).Truncate(day))
}

// oldTracks counts the copies at alerts that are too old, and sums them up.
func (p *purging) oldTracks(ctx context.Context, q querier) (n int, sum string, err error) {
	h := sha256.New()
	err = each(ctx, q, `SELECT fixes FROM alert_track WHERE alert IN (SELECT id FROM alert WHERE began < ?) ORDER BY alert, part`, []any{p.oldestAlert()}, func(rows *sql.Rows) error {
		var fixes []byte
		if err := rows.Scan(&fixes); err != nil {
			return err
		}
		n++
		h.Write(fixes)
		return nil
	})
	return n, hex.EncodeToString(h.Sum(nil)), err
}

// remove removes a tracker's fixes of before an instant that had arrived by some
// number. Most days nothing has come since, and one mark removes them all.
func (f *fixes) remove(id ingest.TrackerID, before time.Time, last uint64) (err error) {
	b := f.db.NewBatch()
	if err := f.applyRemove(b, id, before, last); err != nil {
		return errors.Join(err, b.Close())
	}
	if err := b.SyncWait(); err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.breakDown(err)
	}
	return b.Close()
}

func (f *fixes) applyRemove(b *pebble.Batch, id ingest.TrackerID, before time.Time, last uint64) (err error) {
	lower, upper := rangeKeys(id, time.Time{}, before)
	f.mu.Lock() // nothing comes in between the look and the removal
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	it, err := f.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	prefix := appendTracker(nil, id)
	later := false
	for ok := it.First(); ok; ok = it.Next() {
		_, arrival, err := parseTail(it.Key(), prefix)
		if err != nil {
			return errors.Join(err, it.Close())
		}
		if later = later || arrival > last; arrival <= last {
			if err := b.Delete(it.Key(), nil); err != nil {
				return errors.Join(err, it.Close())
			}
		}
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil {
		return err
	}
	if !later {
		b.Reset()
		if err := b.DeleteRange(lower, upper, nil); err != nil {
			return err
		}
	}
	defer func() { // as in apply
		if r := recover(); r != nil {
			err = f.breakDown(fmt.Errorf("%v", r))
		}
	}()
	return f.db.ApplyNoSyncWait(b, pebble.Sync)
}

// AlertTrack is the positions of an alert's tracker from 5 minutes before it began to
// 5 minutes after it ended, by time: what is kept of the track and what was copied
// before it was purged.
func (s *Store) AlertTrack(ctx context.Context, a alert.Alert) (track []ingest.Fix, err error) {
	err = s.view(ctx, func(q querier) error {
		track = nil
		return each(ctx, q, `SELECT fixes FROM alert_track WHERE alert = ? ORDER BY part`, []any{a.ID}, func(rows *sql.Rows) error {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			more, err := parseTrack(b)
			for i := range more {
				more[i].Tracker = a.Tracker
			}
			track = append(track, more...)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	var to time.Time
	if !a.Ended.IsZero() {
		to = a.Ended.Add(AroundAlert + 1)
	}
	err = s.Fixes(ctx, a.Tracker, a.Began.Add(-AroundAlert), to, func(f ingest.Fix) bool {
		track = append(track, f)
		return true
	})
	slices.SortStableFunc(track, func(f, g ingest.Fix) int { return f.Time.Compare(g.Time) })
	var now given
	return slices.DeleteFunc(track, now.has), err
}

// parseTrack reads what copyTo wrote.
func parseTrack(b []byte) (track []ingest.Fix, err error) {
	for len(b) > 0 {
		if len(b) < 9 {
			return track, fmt.Errorf("%w: track of an alert: cut off", ErrCorrupt)
		}
		ns := int64(binary.BigEndian.Uint64(b) ^ 1<<63)
		size, n := binary.Uvarint(b[8:])
		if n <= 0 || size > uint64(len(b)-8-n) {
			return track, fmt.Errorf("%w: track of an alert: cut off", ErrCorrupt)
		}
		f, err := parseFix(b[8+n:8+n+int(size)], time.Unix(0, ns).UTC())
		if err != nil {
			return track, err
		}
		track = append(track, f)
		b = b[8+n+int(size):]
	}
	return track, nil
}
