package match

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestReadCSV(t *testing.T) {
	clock := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		file string
		want []Row
		says string
	}{
		{"t_s,lon,lat\n1.5,2,3\n", []Row{{Fix: Fix{At: [2]float64{2, 3}, Time: time.UnixMilli(1500)}}}, ""},
		{"Longitude,latitude,t_s,accuracy_m\n2,3,1,7.5\n", []Row{
			{Fix: Fix{At: [2]float64{2, 3}, Time: time.Unix(1, 0), Accuracy: 7.5}},
		}, ""},
		{"\ufeffLat, Lon ,note,T_MS,accuracy\r\n3,2,x,1500,7.5\r\n3,2,x,1500,\r\n", []Row{
			{Fix: Fix{At: [2]float64{2, 3}, Time: time.UnixMilli(1500), Accuracy: 7.5}},
			{Fix: Fix{At: [2]float64{2, 3}, Time: time.UnixMilli(1500)}},
		}, ""},
		{"time,lon,lat\n2026-11-23T08:00:00+08:00,2,3\n2026-11-23T00:00:00Z,,\n2026-11-23 00:00:00,2,3\n1795392000,2,3\n", []Row{
			{Fix: Fix{At: [2]float64{2, 3}, Time: clock}},
			{Fix: Fix{Time: clock}, None: true},
			{Fix: Fix{At: [2]float64{2, 3}, Time: clock}},
			{Fix: Fix{At: [2]float64{2, 3}, Time: clock}},
		}, ""},
		{"lon,lat,t_s\n", nil, ""},
		{"", nil, "empty"},
		{"lon,t_s\n", nil, "no column lat"},
		{"lon,lat\n", nil, "time"},
		{"lon,lat,t_s\n1,2,x\n", nil, "line 2: time \"x\""},
		{"lon,lat,t_s\n1,2,NaN\n", nil, "line 2"},
		{"lon,lat,t_s\n1,2,1e300\n", nil, "line 2"},
		{"lon,lat,t_s\n1,2,3\n1,,3\n", nil, "line 3: lat \"\""},
		{"lon,lat,t_s\n1,92,3\n", nil, "not on earth"},
		{"lon,lat,t_s,accuracy\n1,2,3,-1\n", nil, "accuracy"},
		{"lon,lat,t_s\n\"1,2,3\n", nil, "line "},
	} {
		got, err := ReadCSV(strings.NewReader(c.file))
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q: error %v, want one with %q", c.file, err, c.says)
			}
			continue
		}
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%q: %v, %v; want %v", c.file, got, err, c.want)
			continue
		}
		for i, w := range c.want {
			g := got[i]
			if g.At != w.At || !g.Time.Equal(w.Time) || g.Accuracy != w.Accuracy || g.None != w.None {
				t.Errorf("%q, row %d: %+v, want %+v", c.file, i, g, w)
			}
		}
	}
}

// What is taken can be written down and read again, and is on earth.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("t_s,lon,lat\n1,2,3\n"))
	f.Add([]byte("time,lon,lat,accuracy\n2026-11-23T08:00:00+08:00,2,3,4\n2026-11-23 08:00:00,,,\n"))
	f.Add([]byte("lat,lon,t_ms\n1,2,-3.5\n\"1\",2,3\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := ReadCSV(bytes.NewReader(file))
		if err != nil {
			return
		}
		var again bytes.Buffer
		again.WriteString("time,lon,lat,accuracy\n")
		for _, r := range rows {
			if err := r.check(); err != nil {
				t.Fatalf("%+v was taken: %v", r, err)
			}
			if y := r.Time.Year(); math.Abs(float64(y)) > 9999 || r.None {
				return // not to be written so
			}
			fmt.Fprintf(&again, "%s,%v,%v,%v\n", r.Time.Format(time.RFC3339Nano), r.At[0], r.At[1], float64(r.Accuracy))
		}
		if y := rows; len(y) == 0 {
			return
		}
		back, err := ReadCSV(&again)
		if err != nil {
			t.Fatalf("%v in\n%s", err, again.String())
		}
		for i, r := range rows {
			if b := back[i]; b.At != r.At || !b.Time.Equal(r.Time) || b.Accuracy != r.Accuracy {
				t.Errorf("row %d: %+v, again %+v", i, r, b)
			}
		}
	})
}
