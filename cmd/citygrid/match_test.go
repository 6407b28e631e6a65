package main

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	track := writeFile(t, "track.csv", "t_s,lon,lat\n0,0.0002,0.00001\n60,0.0018,0.00001\n20,0.0007,0.00001\n40,,\n30,0.0012,0.00001\n")
	var got struct {
		Path struct {
			Type        string
			Coordinates [][2]float64
		}
		Ways  []map[string]int64
		Fixes []map[string]any
	}
	out := mustSay(t, "", "match", "--data", dir, "--profile", "foot", track, "--json")
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Path.Type != "LineString" || len(got.Path.Coordinates) < 2 || math.Abs(got.Path.Coordinates[0][0]-0.0002) > 1e-9 {
		t.Errorf("path %+v, want a line from 0.0002,0", got.Path)
	}
	if len(got.Ways) == 0 || len(got.Ways[0]) != 3 || got.Ways[0]["way"] == 0 || got.Ways[0]["from_node"] == 0 || got.Ways[0]["to_node"] == 0 {
		t.Errorf("ways %v, want way, from_node, to_node of each", got.Ways)
	}
	if len(got.Fixes) != 5 || got.Fixes[3] != nil {
		t.Fatalf("fixes %v, want five, the fourth null", got.Fixes)
	}
	f := got.Fixes[0]
	offset, _ := f["offset_m"].(float64)
	confidence, _ := f["confidence"].(float64)
	if len(f) != 5 || f["side"] != "left" || offset < 22 || offset > 23 || !(confidence > 0.5 && confidence <= 1) || int64(f["from_node"].(float64)) != got.Ways[0]["from_node"] {
		t.Errorf("the first fix is %v, want 22 m along on the left", f)
	}
	for i := 1; i < len(got.Ways); i++ {
		if got.Ways[i]["from_node"] != got.Ways[i-1]["to_node"] {
			t.Errorf("ways %v do not join", got.Ways)
		}
	}

	nothing := mustSay(t, "", "match", "--data", dir, writeFile(t, "none.csv", "t_ms,lon,lat\n"), "--json")
	if want := `{"path":{"type":"MultiLineString","coordinates":[]},"ways":[],"fixes":[]}`; strings.TrimSpace(nothing) != want {
		t.Errorf("of nothing: %s, want %s", nothing, want)
	}
	sea := mustSay(t, "", "match", "--data", dir, writeFile(t, "sea.csv", "t_ms,lon,lat\n0,5,5\n1,5,5\n"), "--json")
	if want := `{"path":{"type":"MultiLineString","coordinates":[]},"ways":[],"fixes":[null,null]}`; strings.TrimSpace(sea) != want {
		t.Errorf("at sea: %s, want %s", sea, want)
	}
	if out := mustSay(t, "", "match", "--data", dir, track); !strings.Contains(out, "4 of 4") {
		t.Errorf("in words: %s", out)
	}
}

func TestBadTracksEndWithTwo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	for _, tt := range []struct{ file, says string }{
		{"", "it is empty"},
		{"t_s,lon\n1,2\n", "no column lat"},
		{"lon,lat\n1,2\n", "t_s, t_ms, time"},
		{"t_s,lon,lat\n1,2,3\nx,2,3\n", "line 3"},
		{"t_s,lon,lat\n1,2,93\n", "line 2"},
	} {
		code, out, errs := said(t, "", "match", "--data", dir, "--json", writeFile(t, "track.csv", tt.file))
		if code != 2 || out != "" || !strings.Contains(errs, tt.says) {
			t.Errorf("%q: exit %d, %q, %q; want 2 and %q", tt.file, code, out, errs, tt.says)
		}
	}
	good := writeFile(t, "good.csv", "t_s,lon,lat\n1,0,0\n")
	for _, args := range [][]string{
		{"match", "--data", dir, good + "x"},
		{"match", "--data", t.TempDir(), good},
		{"match", "--data", dir, "--profile", "ufo", good},
		{"match", "--data", dir},
	} {
		if code, out, errs := said(t, "", args...); code != 2 || out != "" || errs == "" {
			t.Errorf("%v: exit %d, %q, %q; want 2", args, code, out, errs)
		}
	}
}
