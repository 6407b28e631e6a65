package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

const park = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"park","properties":{"id":"other"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]}},
{"type":"Feature","properties":{"id":12},"geometry":{"type":"MultiPolygon","coordinates":[[[[1,1],[3,1],[3,3],[1,3],[1,1]]],[[[20,20],[21,20],[21,21],[20,20]]]]}}]}`

func run(t *testing.T, zones, fixes string) string {
	t.Helper()
	var out strings.Builder
	if err := Replay(strings.NewReader(zones), strings.NewReader(fixes), Undelayed, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestUndelayed(t *testing.T) {
	want := strings.Join([]string{
		`{"seq":1,"tracker":"a","zone":12,"event":"enter","grade":null,"t":1700000000}`, // first fix inside
		`{"seq":1,"tracker":"a","zone":"park","event":"enter","grade":null,"t":1700000000}`,
		`{"seq":3,"tracker":"a","zone":12,"event":"exit","grade":null,"t":1700000010.5}`,
		`{"seq":3,"tracker":"a","zone":"park","event":"exit","grade":null,"t":1700000010.5}`, // into the hole
		`{"seq":4,"tracker":"b","zone":"park","event":"enter","grade":null,"t":1700000010.5}`,
		`{"seq":2,"tracker":"a","zone":"park","event":"enter","grade":null,"t":1700000020}`,
	}, "\n") + "\n"
	table := "t,seq,lon,lat,tracker,note\n1700000020,2,8,8,a,late\n1700000000,1,2,2,a,\n1700000010.5,3,5,5,a,\n1700000010.5,4,9,9,b,x\n"
	lines := `{"seq":2,"t":1700000020,"lon":8,"lat":8,"tracker":"a"}
{"seq":1,"t":1700000000,"lon":2,"lat":2,"tracker":"a","accuracy":5}

{"seq":3,"t":1700000010.5,"lon":5,"lat":5,"tracker":"a"}
{"seq":4,"t":1700000010.5,"lon":9,"lat":9,"tracker":"b"}`
	for name, fixes := range map[string]string{"csv": table, "jsonl": lines, "csv with a byte order mark": "\ufeff" + table} {
		if got := run(t, park, fixes); got != want {
			t.Errorf("%s: got\n%swant\n%s", name, got, want)
		}
	}
	var features struct{ Features []json.RawMessage }
	if err := json.Unmarshal([]byte(park), &features); err != nil {
		t.Fatal(err)
	}
	if got := run(t, string(features.Features[0])+"\n"+string(features.Features[1])+"\n", table); got != want {
		t.Errorf("features one a line: got\n%s", got)
	}
}

func evenOdd(m orb.MultiPolygon, p orb.Point) bool {
	in := false
	for _, polygon := range m {
		for _, ring := range polygon {
			for i := range ring {
				a, b := ring[i], ring[(i+1)%len(ring)]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
					in = !in
				}
			}
		}
	}
	return in
}

func TestUndelayedIsThePlainRule(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		var zones, table strings.Builder
		grounds := map[string]orb.MultiPolygon{}
		for i := range 1 + rnd.IntN(30) {
			name := fmt.Sprintf("z%03d", i)
			x, y, size := rnd.Float64(), rnd.Float64(), 0.3*rnd.Float64()
			var ring orb.Ring
			for range 3 + rnd.IntN(8) { // of any shape, crossing itself
				ring = append(ring, orb.Point{x + size*rnd.Float64(), y + size*rnd.Float64()})
			}
			ring = append(ring, ring[0])
			grounds[name] = orb.MultiPolygon{{ring}}
			text, _ := json.Marshal(orb.Polygon{ring})
			fmt.Fprintf(&zones, `{"type":"Feature","id":%q,"properties":null,"geometry":{"type":"Polygon","coordinates":%s}}`+"\n", name, text)
		}
		table.WriteString("seq,tracker,t,lon,lat\n")
		var want strings.Builder
		in := map[string]bool{}
		for seq := range 200 {
			tracker := fmt.Sprint("t", rnd.IntN(3))
			p := orb.Point{1.3 * rnd.Float64(), 1.3 * rnd.Float64()}
			fmt.Fprintf(&table, "%d,%s,%d,%v,%v\n", seq, tracker, 1000+seq/3, p[0], p[1])
			names := []string{}
			for name := range grounds {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				if is := evenOdd(grounds[name], p); is != in[tracker+name] {
					in[tracker+name] = is
					fmt.Fprintf(&want, `{"seq":%d,"tracker":%q,"zone":%q,"event":%q,"grade":null,"t":%d}`+"\n", seq, tracker, name, map[bool]string{true: "enter", false: "exit"}[is], 1000+seq/3)
				}
			}
		}
		if got := run(t, zones.String(), table.String()); got != want.String() {
			t.Fatalf("got\n%swant\n%s", got, want.String())
		}
	}
}

func TestFaultsSayWhere(t *testing.T) {
	for _, c := range []struct{ zones, fixes, want string }{
		{`{"type":"Feature","properties":{},"geometry":null}`, "", "neither an id"},
		{`{"type":"Feature","id":1,"properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}`, "", `a "Point"`},
		{park + park, "", "two zones"},
		{park, "seq,tracker,t,lon\n", "no column lat"},
		{park, "seq,tracker,t,lon,lat\n1,a,12,0,0\n1,a,noon,0,0\n", "line 3"},
		{park, "seq,tracker,t,lon,lat\n1,a,12,0,91\n", "no place on earth"},
		{park, `{"seq":1,"tracker":"a","t":1,"lon":1}`, "line 1"},
	} {
		err := Replay(strings.NewReader(c.zones), strings.NewReader(c.fixes), Undelayed, &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func FuzzReplay(f *testing.F) {
	f.Add(park, "seq,tracker,t,lon,lat\n1,a,12,0,0\n")
	f.Add(`{"type":"Feature","id":1,"geometry":{"type":"Polygon","coordinates":[[[0,0],[180,89],[-180,0]]]}}`, `{"seq":1,"tracker":4,"t":1e3,"lon":1,"lat":-90}`)
	f.Add(`{"type":"Feature","id":1,"geometry":{"type":"Polygon","coordinates":[[]]}}`, "")
	f.Fuzz(func(t *testing.T, zones, fixes string) {
		var out strings.Builder
		if Replay(strings.NewReader(zones), strings.NewReader(fixes), Undelayed, &out) != nil {
			return
		}
		for line := range strings.Lines(out.String()) {
			var e Event
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
	})
}

// Zones with a rule tell of its breach, others of who comes and goes; a fix that comes
// late corrects.
func TestJudged(t *testing.T) {
	const zones = `{"type":"Feature","id":"yard","properties":{"rule":{"kind":"dwell","longer_s":60}},"geometry":{"type":"Polygon","coordinates":[[[0,0],[0.01,0],[0.01,0.01],[0,0.01],[0,0]]]}}
{"type":"Feature","id":7,"properties":{"rule":"mine"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[0.01,0],[0.01,0.01],[0,0.01],[0,0]]]}}`
	in, out := "0.005,0.005,5", "0.1,0.1,5"
	head := "seq,tracker,t,lon,lat,accuracy\n"
	fixes := head + "1,a,1700000000," + in + "\n2,a,1700000030," + in + "\n3,a,1700000090," + in + "\n4,a,1700000100," + out + "\n"
	want := strings.Join([]string{
		`{"seq":1,"tracker":"a","zone":7,"event":"enter","grade":"likely","t":1700000000}`,
		`{"seq":1,"tracker":"a","zone":"yard","event":"enter","grade":"likely","t":1700000000}`,
		`{"seq":2,"tracker":"a","zone":7,"event":"corrected","grade":"confirmed","t":1700000030}`, // surer
		`{"seq":2,"tracker":"a","zone":"yard","event":"corrected","grade":"confirmed","t":1700000030}`,
		`{"seq":3,"tracker":"a","zone":"yard","event":"breach","grade":"confirmed","t":1700000060}`,
		`{"seq":4,"tracker":"a","zone":7,"event":"exit","grade":"confirmed","t":1700000100}`,
		`{"seq":4,"tracker":"a","zone":"yard","event":"exit","grade":"confirmed","t":1700000100}`,
		`{"seq":4,"tracker":"a","zone":"yard","event":"cleared","grade":"confirmed","t":1700000100}`,
	}, "\n") + "\n"
	late := fixes + "5,a,1700014400," + out + "\n6,a,1700000045," + out + "\n" // it had left in between
	for _, c := range []struct{ fixes, want string }{
		{fixes, want},
		{late, `{"seq":6,"tracker":"a","zone":"yard","event":"corrected","grade":null,"t":1700014400}`},
	} {
		var got strings.Builder
		if err := Replay(strings.NewReader(zones), strings.NewReader(c.fixes), Judged, &got); err != nil {
			t.Fatal(err)
		}
		if got.String() != c.want && !(len(c.fixes) > len(fixes) && strings.Contains(got.String(), c.want)) {
			t.Errorf("got\n%swant\n%s", got.String(), c.want)
		}
	}
	for _, c := range []struct{ rule, want string }{
		{`{"kind":"dwell"}`, "longer_s must be"},
		{`{"kind":"curfew","home_m":50}`, "needs homes"},
		{`{"kind":"fly"}`, "is no rule"},
	} {
		err := Replay(strings.NewReader(strings.Replace(zones, `{"kind":"dwell","longer_s":60}`, c.rule, 1)), strings.NewReader(fixes), Judged, &strings.Builder{})
		if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.rule, err, c.want)
		}
	}
}
