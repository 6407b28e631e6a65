package fence

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A step is where a subject is so many seconds after noon, in metres east and north of
// Wilmington.
type step struct {
	s           int
	east, north float64
	kmh         float64 // 0: not told
}

// walk judges steps against one zone and gives what was told: event, second, grade.
func walk(t *testing.T, z zone.Zone, home *orb.Point, subject Subject, steps []step) string {
	t.Helper()
	if z.ID = 1; z.Classes == nil {
		z.Classes = []zone.Class{subject.Class}
	}
	rules, err := Compile([]zone.Zone{z}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if home != nil {
		rules = rules.WithHomes(map[Subject]orb.Point{subject: *home})
	}
	j, err := New(rules, Config{})
	if err != nil {
		t.Fatal(err)
	}
	noon := at("12:00:00")
	s := NewState("tracker", subject)
	var out []string
	tell := func(all []Breach) {
		for _, b := range all {
			out = append(out, fmt.Sprintf("%s %.0f %s %s", b.Event, b.At.Sub(noon).Seconds(), b.Grade, b.Why))
		}
	}
	for _, p := range steps {
		f := ingest.Fix{Time: noon.Add(time.Duration(p.s) * time.Second), At: by(wilmington, p.east, p.north), Accuracy: 10, Speed: math.NaN()}
		if p.kmh > 0 {
			f.Speed = p.kmh
		}
		all, v := j.Fix(s, f)
		if v != Judged {
			t.Fatal(v)
		}
		tell(all)
	}
	last := noon.Add(time.Duration(steps[len(steps)-1].s) * time.Second)
	tell(j.Advance(s, last.Add(24*time.Hour)))
	return strings.Join(out, ", ")
}

func TestKindsOfRules(t *testing.T) {
	truck, dog := Subject{zone.Vehicle, 7}, Subject{zone.Dog, 3}
	ground := func(east, north float64) orb.MultiPolygon { return orb.MultiPolygon{{box(wilmington, east, north)}} }
	route := zone.Zone{Rule: zone.Rule{Kind: zone.Corridor, Longer: time.Minute}, Ground: ground(4000, 100), Subjects: []int64{7}}
	others := route
	others.Subjects = []int64{8}
	home := by(wilmington, 0, 0)
	curfew := zone.Zone{Rule: zone.Rule{Kind: zone.Curfew, HomeM: 100}, Ground: ground(4000, 4000)}
	slow := zone.Zone{Rule: zone.Rule{Kind: zone.Speed, SpeedKmh: 15}, Ground: ground(4000, 4000)}
	park := zone.Zone{Rule: zone.Rule{Kind: zone.InsideWhileActive}, Ground: ground(400, 400)}
	small := park
	small.Ground = ground(60, 60)
	for _, c := range []struct {
		what  string
		zone  zone.Zone
		home  *orb.Point
		who   Subject
		steps []step
		want  string
	}{
		{
			"a truck keeps to its route", route, nil, truck,
			[]step{{0, -1000, 0, 0}, {60, 0, 20, 0}, {120, 1000, 0, 0}},
			"",
		},
		{
			"it leaves the route for a minute and a half: one breach, a minute after it left", route, nil, truck,
			[]step{{0, -1000, 0, 0}, {30, -500, 200, 0}, {60, 0, 200, 0}, {90, 200, 200, 0}, {120, 500, 0, 0}, {150, 800, 0, 0}},
			"began 90 confirmed stayed, ended 120 confirmed moved",
		},
		{
			"it is off for less", route, nil, truck,
			[]step{{0, -1000, 0, 0}, {30, -500, 200, 0}, {60, 0, 200, 0}, {80, 200, 0, 0}, {110, 500, 0, 0}},
			"",
		},
		{
			"in a tunnel it is heard of no more", route, nil, truck,
			[]step{{0, -1000, 0, 0}, {30, -500, 0, 0}, {330, 1500, 0, 0}},
			"",
		},
		{
			"the permit is another's", others, nil, truck,
			[]step{{0, -1000, 200, 0}, {60, 0, 200, 0}, {120, 1000, 200, 0}},
			"",
		},
		{
			"a dog goes out at night and comes home", curfew, &home, dog,
			[]step{{0, 10, 0, 0}, {60, 250, 0, 0}, {120, 250, 0, 0}, {180, 20, 0, 0}},
			"began 60 likely moved, raised 120 confirmed moved, ended 180 confirmed moved",
		},
		{
			"nobody knows where it lives", curfew, nil, dog,
			[]step{{0, 10, 0, 0}, {60, 250, 0, 0}, {120, 250, 0, 0}},
			"",
		},
		{
			"a van tells that it goes too fast", slow, nil, truck,
			[]step{{0, 0, 0, 12}, {10, 30, 0, 40}, {20, 140, 0, 40}, {30, 200, 0, 3}},
			"began 10 likely moved, raised 20 confirmed moved, ended 30 confirmed moved",
		},
		{
			"a van that doesn't tell goes 100 m in 10 s", slow, nil, truck,
			[]step{{0, 0, 0, 0}, {10, 100, 0, 0}, {20, 200, 0, 0}, {30, 200, 0, 0}, {40, 200, 0, 0}},
			"began 10 likely moved, raised 20 confirmed moved, ended 30 confirmed moved",
		},
		{
			"a dog is west of the park, and then east of it", park, nil, dog,
			[]step{{0, -250, 0, 0}, {300, 250, 0, 0}},
			"began 35 likely crossed, ended 265 likely crossed",
		},
		{
			"the park between is small", small, nil, dog,
			[]step{{0, -250, 0, 0}, {300, 250, 0, 0}},
			"",
		},
		{
			"a gap after which nobody knows", park, nil, dog,
			[]step{{0, -250, 0, 0}, {60, -250, 0, 0}, {1200, 250, 0, 0}},
			"",
		},
		{
			"a tag that reports each five minutes is unknown after six", park, nil, dog,
			[]step{{0, 0, 0, 0}, {300, 0, 0, 0}, {600, 0, 0, 0}},
			"began 0 likely moved, raised 300 confirmed moved, ended 2400 confirmed silence",
		},
		{
			"one that reports each minute after ten", park, nil, dog,
			[]step{{0, 0, 0, 0}, {60, 0, 0, 0}, {120, 0, 0, 0}},
			"began 0 likely moved, raised 60 confirmed moved, ended 720 confirmed silence",
		},
	} {
		if got := walk(t, c.zone, c.home, c.who, c.steps); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.what, got, c.want)
		}
	}
}

// A day of a tracker that reports each ten seconds takes some kilobytes, and a fix that
// is twenty hours late is judged.
func TestADayIsBounded(t *testing.T) {
	if small {
		t.Skip("arithmetic of one goroutine: the race detector has nothing to find")
	}
	park := zone.Zone{ID: 1, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog}, Ground: orb.MultiPolygon{{box(wilmington, 400, 400)}}}
	rules, err := Compile([]zone.Zone{park}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(rules, Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := NewState("tag", Subject{zone.Dog, 1})
	var all []ingest.Fix
	most := 0
	begin := at("00:00:00")
	where := func(hour float64) orb.Point { // once an hour through the park
		return by(wilmington, 2000*math.Sin(2*math.Pi*hour), 0)
	}
	var late ingest.Fix
	for i := range 25 * 360 {
		f := ingest.Fix{Time: begin.Add(time.Duration(i) * 10 * time.Second), At: where(float64(i) / 360), Accuracy: geo.Metres(10), Speed: math.NaN(), Seq: uint64(i + 1)}
		if i == 5*360+90 { // 2 km east at 05:15; it was in the park and is told of at the end
			f.At = wilmington
			late = f
			continue
		}
		all = append(all, f)
		if _, v := j.Fix(s, f); v != Judged {
			t.Fatal(v)
		}
		if i%90 == 0 {
			most = max(most, len(s.Encode()))
		}
	}
	if most > 8<<10 || len(s.past) > 32 {
		t.Errorf("%d bytes and %d judgements", most, len(s.past))
	}
	late.Seq = 1 << 20
	if _, v := j.Fix(s, late); v != Past {
		t.Fatal(v)
	}
	read := 0
	news, v, err := j.Rejudge(s, late, func(from, to time.Time, yield func(ingest.Fix) bool) error {
		for _, f := range all {
			if !f.Time.Before(from) && f.Time.Before(to) {
				read++
				yield(f)
			}
		}
		return nil
	})
	if err != nil || v != Judged || len(news) != 2 || news[0].Event != Began || !news[0].Start.Equal(late.Time) || news[1].Event != Ended {
		t.Errorf("%s, %v: %+v", v, err, news)
	}
	t.Logf("%d bytes at most, %d judgements, %d of %d fixes read again", most, len(s.past), read, len(all))
}
