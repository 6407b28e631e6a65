// Package replay runs recorded positions through zones, for people who want to
// know what would have been said: the files of the citygrid replay command.
package replay

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"citygrid/grid/zone"
	"citygrid/live/fence"
)

// A Mode is how fixes are judged.
type Mode string

// Undelayed is the plain mode: a tracker is in a zone while its last fix is, by the
// even-odd rule; the first fix inside counts as an enter. There are no calendars,
// grades, or patience with noise and late fixes.
const Undelayed Mode = "undelayed"

// An Event is a line of the answer.
type Event struct {
	Seq     uint64          `json:"seq"`     // of the fix that made it
	Tracker json.RawMessage `json:"tracker"` // as its file has it; text in CSV
	Zone    json.RawMessage `json:"zone"`    // the zone's id as its file has it: text or number
	Event   string          `json:"event"`
	Grade   fence.Grade     `json:"grade"`
	T       json.Number     `json:"t"` // Unix seconds, as the fix has it
}

// Replay reads zones and fixes and writes one JSON line an event, ordered by (t,
// seq, zone). Fixes are taken by (t, seq), with Judged by seq, whatever their order in
// the file.
func Replay(zones, fixes io.Reader, mode Mode, out io.Writer) error {
	if mode != Undelayed && mode != Judged {
		return fmt.Errorf("%.20q is no mode of replay: use %s or %s", mode, Judged, Undelayed)
	}
	named, err := ReadZones(zones)
	if err != nil {
		return err
	}
	all, err := ReadFixes(fixes)
	if err != nil {
		return err
	}
	if mode == Judged {
		w := bufio.NewWriter(out)
		if err := judged(named, all, w); err != nil {
			return err
		}
		return w.Flush()
	}
	list := make([]zone.Zone, len(named))
	for i := range named {
		list[i] = zone.Zone{ID: zone.ID(i + 1), Ground: named[i].Ground, Rule: zone.Rule{Kind: zone.InsideWhileActive}}
	}
	rules, err := fence.Compile(list, nil)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	if err := undelayed(rules, named, all, w); err != nil {
		return err
	}
	return w.Flush()
}

// undelayed writes the events of the plain mode.
func undelayed(rules *fence.Rules, named []Zone, fixes []Fix, w io.Writer) error {
	slices.SortStableFunc(fixes, func(a, b Fix) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.Seq, b.Seq)) })
	in := map[string][]zone.ID{}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, f := range fixes {
		was, is := in[f.Tracker], rules.Inside(f.At)
		in[f.Tracker] = is
		var turned []zone.ID
		for _, id := range is {
			if _, found := slices.BinarySearch(was, id); !found {
				turned = append(turned, id)
			}
		}
		entered := len(turned)
		for _, id := range was {
			if _, found := slices.BinarySearch(is, id); !found {
				turned = append(turned, id)
			}
		}
		events := make([]Event, len(turned))
		for i, id := range turned {
			events[i] = Event{Seq: f.Seq, Tracker: f.tracker, Zone: named[id-1].name, Event: "enter", T: f.T}
			if i >= entered {
				events[i].Event = "exit"
			}
		}
		slices.SortFunc(events, func(a, b Event) int { return byName(a.Zone, b.Zone) })
		for _, e := range events {
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// byName orders names: numbers by size and before texts, texts by their bytes.
func byName(a, b json.RawMessage) int {
	var x, y any
	_ = json.Unmarshal(a, &x)
	_ = json.Unmarshal(b, &y)
	m, mok := x.(float64)
	n, nok := y.(float64)
	switch {
	case mok && nok:
		return cmp.Compare(m, n)
	case mok:
		return -1
	case nok:
		return 1
	}
	s, _ := x.(string)
	t, _ := y.(string)
	return strings.Compare(s, t)
}
