package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"citygrid/data/audit"
	"citygrid/data/gis"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// keptLeg is a patrol.Leg on disk; a street has some, so names are short.
type keptLeg struct {
	Segment  street.SegmentID `json:"s"`
	Backward bool             `json:"b,omitempty"`
	From     geo.Metres       `json:"f"`
	To       geo.Metres       `json:"t"`
	Serve    bool             `json:"v,omitempty"`
	Metres   geo.Metres       `json:"m"`
	Begin    int64            `json:"x"` // nanoseconds since 1970
	End      int64            `json:"y"`
	Rank     patrol.Rank      `json:"k,omitempty"`
}

// keptKeys are the keys that a walk was ordered by, on disk.
type keptKeys struct {
	Keys    []keptReason  `json:"keys"`
	Ordered time.Duration `json:"ordered"`
}

type keptReason struct {
	First map[string]string `json:"first"`
	Then  map[string]string `json:"then,omitempty"`
}

// keysText is the keys of a walk as a column has them, NULL for none.
func keysText(w patrol.Walk) (any, error) {
	if len(w.Keys) == 0 {
		return nil, nil
	}
	kept := keptKeys{Ordered: w.Ordered}
	for _, k := range w.Keys {
		kept.Keys = append(kept.Keys, keptReason(k))
	}
	text, err := json.Marshal(kept)
	return string(text), err
}

func readKeys(text string, w *patrol.Walk, shift register.ShiftID) error {
	var kept keptKeys
	if err := decodeJSON(text, &kept, fmt.Sprintf("keys of the walk of shift %d", shift)); err != nil {
		return err
	}
	w.Ordered = kept.Ordered
	for _, k := range kept.Keys {
		w.Keys = append(w.Keys, patrol.Reason(k))
	}
	return nil
}

func keepLegs(legs []patrol.Leg) []keptLeg {
	kept := make([]keptLeg, len(legs))
	for i, l := range legs {
		kept[i] = keptLeg{l.Segment, !l.Forward, l.From, l.To, l.Serve, l.Metres, nanos(l.Begin), nanos(l.End), l.Rank}
	}
	return kept
}

func readLegs(kept []keptLeg) (legs []patrol.Leg) {
	for _, l := range kept {
		legs = append(legs, patrol.Leg{
			Segment: l.Segment, Forward: !l.Backward, From: l.From, To: l.To, Serve: l.Serve, Metres: l.Metres,
			Begin: instant(l.Begin), End: instant(l.End), Rank: l.Rank,
		})
	}
	return legs
}

// keptCall is a patrol.Call on disk.
type keptCall struct {
	Legs  int         `json:"n"`
	At    orb.Point   `json:"at"`
	Begin int64       `json:"x"`
	End   int64       `json:"y"`
	Spots []keptSpot  `json:"s"`
	Rank  patrol.Rank `json:"k,omitempty"`
}

type keptSpot struct {
	ID    int64         `json:"id"`
	Name  string        `json:"name"`
	At    orb.Point     `json:"at"`
	Open  int64         `json:"o"`
	Close int64         `json:"c"`
	Stay  time.Duration `json:"d"`
}

// callsText is the calls of a walk as a column has them, NULL for none.
func callsText(calls []patrol.Call) (any, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	kept := make([]keptCall, len(calls))
	for i, c := range calls {
		kept[i] = keptCall{Legs: c.Legs, At: c.At, Begin: nanos(c.Begin), End: nanos(c.End), Rank: c.Rank}
		for _, s := range c.Spots {
			kept[i].Spots = append(kept[i].Spots, keptSpot{s.ID, s.Name, s.At, nanos(s.Open), nanos(s.Close), s.Stay})
		}
	}
	text, err := json.Marshal(kept)
	return string(text), err
}

func readCalls(text string, shift register.ShiftID) (calls []patrol.Call, err error) {
	var kept []keptCall
	if err := decodeJSON(text, &kept, fmt.Sprintf("calls of the walk of shift %d", shift)); err != nil {
		return nil, err
	}
	for _, c := range kept {
		one := patrol.Call{Legs: c.Legs, At: c.At, Begin: instant(c.Begin), End: instant(c.End), Rank: c.Rank}
		for _, s := range c.Spots {
			one.Spots = append(one.Spots, patrol.Spot{ID: s.ID, Name: s.Name, At: s.At, Open: instant(s.Open), Close: instant(s.Close), Stay: s.Stay, Officer: patrol.Anyone})
		}
		calls = append(calls, one)
	}
	return calls, nil
}

// SaveWalks keeps the walks of shifts, all or none, in place of those that were
// made for these shifts before. The segments in them are those of the map with
// that id; beat is a mark of all the streets that were to be walked.
func (s *Store) SaveWalks(ctx context.Context, mapID, beat string, walks map[register.ShiftID]patrol.Walk, act audit.Act) error {
	return s.saveWalks(ctx, mapID, &beat, walks, nil, time.Time{}, act)
}

// HandOverWalks is SaveWalks for walks that people change, whose mark stays as it was.
// It notes with it whose shifts have dropped out at an instant.
func (s *Store) HandOverWalks(ctx context.Context, mapID string, walks map[register.ShiftID]patrol.Walk, drop []register.ShiftID, at time.Time, act audit.Act) error {
	return s.saveWalks(ctx, mapID, nil, walks, drop, at, act)
}

func (s *Store) saveWalks(ctx context.Context, mapID string, beat *string, walks map[register.ShiftID]patrol.Walk, drop []register.ShiftID, at time.Time, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		for id, w := range walks {
			shift, err := shifts.one(ctx, q, id)
			if err != nil {
				return err
			}
			if shift.Person != w.Person {
				return shifts.refuse(0, "person", fmt.Sprintf("the walk is person %d's, the shift person %d's", w.Person, shift.Person), "", register.ErrEntry)
			}
			if err := putWalk(ctx, q, mapID, beat, id, w); err != nil {
				return err
			}
		}
		if err := dropOut(ctx, q, drop, at); err != nil {
			return err
		}
		if act.Object == "" {
			act.Object = "walk"
		}
		if act.Detail == "" {
			act.Detail = fmt.Sprintf("%d shifts", len(walks))
			if len(drop) > 0 {
				act.Detail += fmt.Sprintf(", %d dropped out", len(drop))
			}
		}
		return nil
	})
}

// putWalk keeps a walk; without a beat, with that of the walk before it.
func putWalk(ctx context.Context, q querier, mapID string, beat *string, shift register.ShiftID, w patrol.Walk) error {
	legs, err := json.Marshal(keepLegs(w.Legs))
	if err != nil {
		return err
	}
	calls, err := callsText(w.Calls)
	if err != nil {
		return err
	}
	keys, err := keysText(w)
	if err != nil {
		return err
	}
	var line []byte
	if len(w.Line) > 0 {
		if line, err = gis.EncodeEWKB(w.Line); err != nil {
			return err
		}
	}
	seq, err := nextSeq(ctx, q)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT OR REPLACE INTO walk
		(shift, seq, map, beat, person, start_at, end_at, minutes, served_m, dead_m, turn_round, legs, line, calls, keys)
		VALUES (?1, ?, ?, coalesce(?, (SELECT beat FROM walk WHERE shift = ?1), ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		shift, seq, mapID, beat, w.Person, nanos(w.Start), nanos(w.End), w.Minutes, w.Served, w.Dead, w.TurnRound, string(legs), line, calls, keys)
	if err != nil {
		return fmt.Errorf("write walk of shift %d: %w", shift, err)
	}
	return nil
}

const walkColumns = `SELECT shift, map, person, start_at, end_at, minutes, served_m, dead_m, turn_round, legs, line, calls, keys FROM walk `

func scanWalk(rows *sql.Rows) (shift register.ShiftID, mapID string, w patrol.Walk, err error) {
	var start, end int64
	var legs string
	var line []byte
	var calls, keys sql.NullString
	err = rows.Scan(&shift, &mapID, &w.Person, &start, &end, &w.Minutes, &w.Served, &w.Dead, &w.TurnRound, &legs, &line, &calls, &keys)
	if err != nil {
		return shift, mapID, w, err
	}
	w.Start, w.End = instant(start), instant(end)
	var kept []keptLeg
	if err := decodeJSON(legs, &kept, fmt.Sprintf("legs of the walk of shift %d", shift)); err != nil {
		return shift, mapID, w, err
	}
	w.Legs = readLegs(kept)
	if calls.Valid {
		if w.Calls, err = readCalls(calls.String, shift); err != nil {
			return shift, mapID, w, err
		}
	}
	if keys.Valid {
		if err := readKeys(keys.String, &w, shift); err != nil {
			return shift, mapID, w, err
		}
	}
	if line != nil {
		g, err := gis.DecodeEWKB(line)
		along, ok := g.(orb.LineString)
		if err != nil || !ok {
			return shift, mapID, w, errors.Join(fmt.Errorf("%w: line of the walk of shift %d", ErrCorrupt, shift), err)
		}
		w.Line = along
	}
	return shift, mapID, w, nil
}

// Walks is the walks that begin in from <= t < to, by shift, with the id of the
// map that they were made on: on another map their segments mean nothing, their
// lines still do.
func (s *Store) Walks(ctx context.Context, from, to time.Time) (walks map[register.ShiftID]patrol.Walk, maps map[register.ShiftID]string, err error) {
	err = s.view(ctx, func(q querier) error {
		walks, maps = make(map[register.ShiftID]patrol.Walk), make(map[register.ShiftID]string)
		return each(ctx, q, walkColumns+`WHERE start_at >= ? AND start_at < ?`, []any{nanos(from), nanos(to)}, func(rows *sql.Rows) error {
			shift, mapID, w, err := scanWalk(rows)
			walks[shift], maps[shift] = w, mapID
			return err
		})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read walks: %w", err)
	}
	return walks, maps, nil
}

// Beats is the marks of the streets that the walks which begin in from <= t < to were
// made of, by shift; "" for those of which that isn't known.
func (s *Store) Beats(ctx context.Context, from, to time.Time) (beats map[register.ShiftID]string, err error) {
	err = s.view(ctx, func(q querier) error {
		beats = make(map[register.ShiftID]string)
		return each(ctx, q, `SELECT shift, beat FROM walk WHERE start_at >= ? AND start_at < ?`, []any{nanos(from), nanos(to)}, func(rows *sql.Rows) error {
			var shift register.ShiftID
			var beat string
			err := rows.Scan(&shift, &beat)
			beats[shift] = beat
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read what walks are made of: %w", err)
	}
	return beats, nil
}

// Walk is the walk of a shift, or register.ErrNone, with the id of its map.
func (s *Store) Walk(ctx context.Context, shift register.ShiftID) (w patrol.Walk, mapID string, err error) {
	found := false
	err = s.view(ctx, func(q querier) error {
		return each(ctx, q, walkColumns+`WHERE shift = ?`, []any{shift}, func(rows *sql.Rows) error {
			found = true
			_, mapID, w, err = scanWalk(rows)
			return err
		})
	})
	if err != nil {
		return w, "", fmt.Errorf("read walk of shift %d: %w", shift, err)
	}
	if !found {
		return w, "", fmt.Errorf("walk of shift %d: %w", shift, register.ErrNone)
	}
	return w, mapID, nil
}
