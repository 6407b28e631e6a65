package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/grid"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"
)

// A group that counts counts each unit that a look at all of them finds once, in the
// tile it lies in, or tells it by itself, whatever happened before. Nobody is counted
// whom the rights don't see.
func TestCountsAreWhatAScanCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		h := New(Config{Tick: time.Hour, Many: 12})
		zoom := 6 + 7*rnd.Float64()
		v, ok := newView([4]float64{-75.7, 39.6, -75.4, 39.9}, zoom)
		s, ok2 := newSight(v, zoom, []string{"3", "7"})
		if !ok || !ok2 {
			t.Fatal("no sight")
		}
		c := &client{rights: Rights{Units: Scope{Teams: []grid.TeamID{1}}}, rightsKey: "x", binary: true}
		h.enter(c, s)
		g := c.group
		delete(g.members, c) // it has no connection to be sent to
		truth := map[string]Unit{}
		many := false
		for range 300 {
			u := unitAt(fmt.Sprint(rnd.IntN(40)), -75.9+0.7*rnd.Float64(), 39.5+0.5*rnd.Float64())
			u.Team = grid.TeamID(1 + rnd.IntN(8)/7)
			if rnd.IntN(9) == 0 {
				u.Alert = "likely"
			}
			switch rnd.IntN(6) {
			case 0:
				h.Gone(u.ID)
				delete(truth, u.ID)
			case 1:
				for range phases {
					h.step()
				}
				seen := 0
				want, alone := map[maptile.Tile]int{}, map[string]bool{}
				for id, u := range truth {
					if u.Team != 1 || !g.key.holds(u.At) {
						continue
					}
					seen++
					if u.Alert != "" || id == "3" || id == "7" {
						alone[id] = true
					} else {
						want[maptile.At(u.At, maptile.Zoom(s.cells))]++
					}
				}
				many = seen >= 12 || many && seen >= 9
				if g.count.on != many {
					t.Fatalf("%d units are counted: %v, want %v", seen, g.count.on, many)
				}
				if !many {
					continue
				}
				census, err := DecodeCounts(appendCounts(nil, time.Now(), s.cells, g.count.tallies))
				if err != nil {
					t.Fatal(err)
				}
				got := map[maptile.Tile]int{}
				for _, c := range census.Cells {
					tile := maptile.New(c.X, c.Y, maptile.Zoom(census.Zoom))
					got[tile] = c.Count
					if maptile.At(c.At, tile.Z) != tile {
						t.Errorf("the middle of %v is %v", tile, c.At)
					}
				}
				if !maps.Equal(got, want) {
					t.Fatalf("counted %v, want %v", got, want)
				}
				told := map[string]bool{}
				for u, s := range g.visible {
					if s.alone {
						told[u.ID] = true
					}
				}
				if !maps.Equal(told, alone) {
					t.Fatalf("told alone %v, want %v", told, alone)
				}
			default:
				h.Move(u)
				truth[u.ID] = u
			}
		}
	})
}

// From far out a viewer who takes counts gets numbers for many, nearer everybody; who
// doesn't take them gets everybody from everywhere.
func TestAViewerIsToldNumbersFromFarOut(t *testing.T) {
	s := serve(t, Config{}, all)
	const units = 500
	for i := range units {
		u := unitAt(fmt.Sprint("u", i), -75.6+0.0002*float64(i), 39.7)
		if i == 5 {
			u.Alert = "confirmed"
		}
		s.Move(u)
	}
	s.settled()
	far := `{"bounds":[-75.7,39.6,-75.4,39.8],"zoom":11.4`
	k := dial(t, s, `{"type":"hello","binary":true,"counts":true,"view":`+far+`,"keep":["u9"]}}`)
	told, census := readSnapshot(t, k)
	if !told.Counted || told.ids() != "u5 u9" {
		t.Errorf("told alone %q, counted %v", told.ids(), told.Counted)
	}
	sum := 0
	for _, c := range census.Cells {
		sum += c.Count
	}
	if sum != units-2 || census.Zoom != 14 {
		t.Errorf("%d are counted at zoom %d, want %d at 14", sum, census.Zoom, units-2)
	}
	k.send(`{"type":"view","view":{"bounds":[-75.7,39.6,-75.4,39.8],"zoom":13.5}}`)
	near := whole{Counted: true}
	for near.Counted { // what was on its way
		near = snapshotOf(t, k)
	}
	if len(near.Units) != units {
		t.Errorf("%d units from close by, want %d", len(near.Units), units)
	}
	plain := dial(t, s, `{"type":"hello","binary":true,"view":`+far+`}}`)
	if everybody := snapshotOf(t, plain); len(everybody.Units) != units || everybody.Counted {
		t.Errorf("%d units for who takes no counts, want %d", len(everybody.Units), units)
	}
}

// A whole is a snapshot.
type whole struct {
	Type    string
	Counted bool
	Units   []struct{ ID string }
}

func (w whole) ids() string {
	var ids []string
	for _, u := range w.Units {
		ids = append(ids, u.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// snapshotOf reads until a snapshot.
func snapshotOf(t *testing.T, k socket) (w whole) {
	t.Helper()
	for {
		kind, raw, err := k.ReadMessage()
		if err == nil && kind == websocket.TextMessage {
			err = json.Unmarshal(raw, &w)
		}
		if err != nil {
			t.Fatal(err)
		}
		if w.Type == "snapshot" {
			return w
		}
	}
}

// readSnapshot reads until a snapshot, and the counts that follow it.
func readSnapshot(t *testing.T, k socket) (whole, Census) {
	t.Helper()
	w := snapshotOf(t, k)
	for {
		kind, raw, err := k.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if kind != websocket.BinaryMessage || raw[0] != countsVersion {
			continue
		}
		census, err := DecodeCounts(raw)
		if err != nil {
			t.Fatal(err)
		}
		return w, census
	}
}

// A frame of counts is a few bytes a cell, and what the page is tested with.
func TestGoldenCounts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	tallies := map[cellKey]tally{}
	g := group{key: groupKey{sight: sight{cells: 14}}, count: count{on: true, tallies: tallies}}
	const units = 10_000
	for range units {
		u := &unit{}
		u.set(unitAt("", -75.62+0.2*rnd.Float64()*rnd.Float64(), 39.69+0.1*rnd.Float64()))
		g.tally(g.spot(u), 1)
	}
	frame := appendCounts(nil, time.UnixMilli(1_790_000_000_123), 14, tallies)
	census, err := DecodeCounts(frame)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(census.Cells); len(frame) > 8*n+16 || len(frame) > units {
		t.Errorf("%d bytes for %d cells of %d units", len(frame), n, units)
	}
	type cell struct {
		X  uint32     `json:"x"`
		Y  uint32     `json:"y"`
		N  int        `json:"n"`
		At [2]float64 `json:"at"`
	}
	golden := struct {
		Frame []byte `json:"frame"`
		Ms    int64  `json:"ms"`
		Zoom  int    `json:"zoom"`
		Cells []cell `json:"cells"`
	}{frame, census.Time.UnixMilli(), census.Zoom, nil}
	for _, c := range census.Cells {
		golden.Cells = append(golden.Cells, cell{c.X, c.Y, c.Count, c.At})
	}
	got, err := json.Marshal(golden)
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const file = "../../web/testdata/counts.json"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date: run go test -run TestGoldenCounts -update ./live/hub and then the app's tests", file)
	}
}

// The middle of a cell's units is where they are, within the cell's 256th part.
func TestTheMiddleOfACell(t *testing.T) {
	u := &unit{}
	u.set(unitAt("a", -75.5466, 39.7459))
	g := group{key: groupKey{sight: sight{cells: 11}}, count: count{on: true, tallies: map[cellKey]tally{}}}
	g.tally(g.spot(u), 1)
	census, err := DecodeCounts(appendCounts(nil, time.Now(), 11, g.count.tallies))
	if err != nil || len(census.Cells) != 1 {
		t.Fatal(census, err)
	}
	size := geo.Metres(40_075_016 * math.Cos(39.7459*math.Pi/180) / (1 << 11))
	if d := geo.Distance(census.Cells[0].At, orb.Point{-75.5466, 39.7459}); d > size/256 {
		t.Errorf("%v m off in a cell of %v m", d, size)
	}
}

func FuzzDecodeCounts(f *testing.F) {
	f.Add(appendCounts(nil, time.UnixMilli(1), 14, map[cellKey]tally{1<<16 | 2: {3, 4, 5}, 1<<16 | 9: {1, 255, 0}, 77: {1, 1, 1}}))
	f.Add([]byte{2, 12, 0, 0, 0, 1, 0, 0})
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = DecodeCounts(b) })
}
