package track

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

var shanghai = time.FixedZone("CST", 8*3600)

func TestReadGPX(t *testing.T) {
	const text = `<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="31.23" lon="121.47"><ele>4.5</ele><time>2026-11-23T00:30:00Z</time></trkpt>
<trkpt lat="31.24" lon="121.48"><time>2026-11-23T08:30:10</time></trkpt>
<trkpt lat="31.25" lon="121.49"></trkpt>
</trkseg></trk></gpx>`
	fixes, timeless, err := ReadGPX(strings.NewReader(text), shanghai)
	if err != nil || len(fixes) != 2 || timeless != 1 {
		t.Fatalf("%d fixes, %d without a time, %v; want 2 and 1", len(fixes), timeless, err)
	}
	if f := fixes[0]; f.At != [2]float64{121.47, 31.23} || f.AltitudeM != 4.5 || !math.IsNaN(f.Speed) {
		t.Errorf("%+v", f)
	}
	if gap := fixes[1].Time.Sub(fixes[0].Time); gap != 10*time.Second {
		t.Errorf("a time without a zone is of the source's clock: %s after the first, want 10 s", gap)
	}
}

func TestReadCSV(t *testing.T) {
	const text = "\ufefftime,lon,lat,Speed_kmh,heading,note\n2026-11-23 08:30:00,121.47,31.23,4.5,,x\n1795652401.5,121.48,31.24,,360,y\n"
	fixes, err := ReadCSV(strings.NewReader(text), shanghai)
	if err != nil || len(fixes) != 2 {
		t.Fatalf("%v, %v", fixes, err)
	}
	if a, b := fixes[0], fixes[1]; a.Speed != 4.5 || !math.IsNaN(float64(a.Course)) || b.Course != 0 || !math.IsNaN(b.Speed) || a.Time.Hour() != 0 || b.Time.Nanosecond() != 5e8 {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestBadTracks(t *testing.T) {
	for text, line := range map[string]int{
		"": 1, "lon,lat\n1,2\n": 1, "time,lon,lat\nyesterday,1,2\n": 2, "time,lon,lat\n2026-11-23T00:30:00Z,200,2\n": 2,
		"time,lon,lat\n2026-11-23T00:30:00Z,1,2\n2026-11-23T00:30:00Z,x,2\n": 3, "<kml/>": 1, "<gpx><trkpt lat='x' lon='1'/></gpx>": 1,
		"<gpx>\n<trkpt lat='91' lon='1'><time>2026-11-23T00:30:00Z</time></trkpt></gpx>": 2,
	} {
		var err error
		if strings.HasPrefix(text, "<") {
			_, _, err = ReadGPX(strings.NewReader(text), time.UTC)
		} else {
			_, err = ReadCSV(strings.NewReader(text), time.UTC)
		}
		if e, ok := errors.AsType[*LineError](err); !ok || !errors.Is(err, ErrTrack) || e.Line != line {
			t.Errorf("%q: %v, want it refused in line %d", text, err, line)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("time,lon,lat\n2026-11-23T00:30:00Z,1,2\n")
	f.Add("<gpx><trkpt lat='1' lon='1'><time>2026-11-23T00:30:00Z</time></trkpt></gpx>")
	f.Fuzz(func(t *testing.T, text string) {
		gpx, _, _ := ReadGPX(strings.NewReader(text), time.UTC)
		rows, _ := ReadCSV(strings.NewReader(text), time.UTC)
		for _, x := range append(gpx, rows...) {
			x.Tracker, x.Received = "x", x.Time
			if err := x.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
