package path

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street"
)

// The profiles that we stand by: who they are, and that they can be changed without
// changing those of others.
func TestProfiles(t *testing.T) {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
		if p.TitleEN == "" || p.TitleZH == "" {
			t.Errorf("%s has no name for people", p.Name)
		}
	}
	if got, want := strings.Join(names, " "), "foot e-bike car patrol-car tow-truck sanitation-truck boat"; got != want {
		t.Errorf("profiles %s, want %s", got, want)
	}
	a := Car()
	a.SpeedKMH[street.Primary] = 1
	if Car().SpeedKMH[street.Primary] != 60 {
		t.Error("a change of one copy of a profile changes the next")
	}
	truck := profileNamed(t, "tow-truck")
	if truck.Vehicle != street.Goods || truck.Height != 3.6 || truck.WeightT != 8 || truck.SpeedKMH[street.Track] != Car().SpeedKMH[street.Track] {
		t.Errorf("tow truck: %+v", truck)
	}
}

// What is printed is read back as it was, also over the profile of that name.
func TestProfilesAreReadAsTheyAreWritten(t *testing.T) {
	for _, p := range Profiles() {
		var file bytes.Buffer
		if err := WriteProfile(&file, &p); err != nil {
			t.Fatal(err)
		}
		for _, known := range [][]Profile{nil, Profiles()} {
			all, err := ReadProfiles(bytes.NewReader(file.Bytes()), known)
			if err != nil {
				t.Fatalf("%s: %v\n%s", p.Name, err, file.String())
			}
			for _, got := range all {
				if got.Name == p.Name && !sameProfile(got, p) {
					t.Errorf("%s is read as\n%+v, was\n%+v", p.Name, got, p)
				}
			}
		}
	}
}

func sameProfile(a, b Profile) bool {
	if len(a.Hours) == 0 && len(b.Hours) == 0 {
		a.Hours, b.Hours = nil, nil
	}
	if len(a.SurfaceShare) == 0 && len(b.SurfaceShare) == 0 {
		a.SurfaceShare, b.SurfaceShare = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

func TestReadProfiles(t *testing.T) {
	all, err := ReadProfiles(strings.NewReader(`
# ours
[tow-truck]          # the high one
height_m = 4.1
hours = [
  { when = "Mo-Fr 07:00-09:00", all = 0.5, primary = 0.25 }, # rush hour
]
[night-truck]
like = "tow-truck"
title.en = "truck # 2 by \"night\""
speed_kmh.primary = 70
speed_kmh.motorway = 0
u_turn_s = 1.5
ferries = true
`), Profiles())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(Profiles())+1 || all[4].Name != "tow-truck" || all[7].Name != "night-truck" {
		t.Fatalf("profiles %v", all)
	}
	tow, night := all[4], all[7]
	if tow.Height != 4.1 || tow.WeightT != 8 || len(tow.Hours) != 1 || tow.Hours[0].Share[street.Primary] != 0.25 || tow.Hours[0].Share[street.ClassUnknown] != 0.5 {
		t.Errorf("tow truck %+v", tow)
	}
	if night.Height != 4.1 || night.TitleEN != `truck # 2 by "night"` || night.SpeedKMH[street.Primary] != 70 || night.SpeedKMH[street.Motorway] != 0 ||
		night.UTurn != 1500*time.Millisecond || !night.Ferries || tow.Ferries || tow.SpeedKMH[street.Primary] != 50 {
		t.Errorf("night truck %+v", night)
	}
}

func TestWrongProfileFiles(t *testing.T) {
	for _, c := range []struct {
		file string
		line int
		why  string
	}{
		{"vehicle = \"foot\"", 1, "section"},
		{"[Foot]", 1, "lower-case"},
		{"[foot", 1, "want a section"},
		{"[a]\nvehicle = \"foot\"", 1, "no speed_kmh"},
		{"[a]\nspeed_kmh.primary = 5\n[b]\nvehicle = \"foot\"\nspeed_kmh.primary = 5", 1, "no vehicle"},
		{"[foot]\n\n[foot]", 3, "twice"},
		{"[foot]\nsignal_s = 1\nsignal_s = 2", 3, "twice"},
		{"[foot]\nspeed = 5", 2, "no key speed"},
		{"[foot]\nspeed_kmh.road = 5", 2, "no kind of way"},
		{"[foot]\nspeed_kmh.primary = fast", 2, "no number"},
		{"[foot]\nspeed_kmh.primary = \"5\"", 2, "without quotes"},
		{"[foot]\nspeed_kmh.primary = 1e9", 2, "out of range"},
		{"[foot]\nspeed_kmh.primary = -5", 2, "out of range"},
		{"[foot]\nspeed_kmh.primary = nan", 2, "out of range"},
		{"[foot]\nspeed_kmh.primary = 0.01", 2, "0.1 at least"},
		{"[foot]\nsignal_s 5", 2, "key = value"},
		{"[foot]\nsignal_s =", 2, "no value"},
		{"[foot]\nsignal_s = 5 6", 2, "behind the value"},
		{"[foot]\nvehicle = \"cart\"", 2, "no vehicle"},
		{"[foot]\nashore = \"foot\"", 1, "only a boat"},
		{"[foot]\nferries = 1", 2, "true or false"},
		{"[foot]\ntitle.en = \"x", 2, "at its end"},
		{"[foot]\nsignal_s = 1\nlike = \"car\"", 3, "first line"},
		{"[foot]\nlike = \"cart\"", 2, "no profile"},
		{"[foot]\nsurface_share.mud = 1", 2, "no surface"},
		{"[foot]\nsurface_share.ground = 0", 2, "out of range"},
		{"[foot]\nhours = 5", 2, "want [{when"},
		{"[foot]\nhours = [{all = 0.5}]", 2, "without when"},
		{"[foot]\nhours = [{when = \"Mo-Xx\", all = 0.5}]", 2, "when"},
		{"[foot]\nhours = [\n {when = \"24/7\", everything = 1},\n]", 2, "no kind of way"},
		{"[foot]\nhours = [\n {when = \"24/7\", all = 1},\n", 2, "no ]"},
		{"[foot]\nhours = [{when = \"24/7\" all = 1}]", 2, "comma"},
		{"[foot]\ntitle.zh = \"\xff\"", 2, "UTF-8"},
	} {
		_, err := ReadProfiles(strings.NewReader(c.file), Profiles())
		wrong := new(ProfileError)
		if !errors.As(err, &wrong) || wrong.Line != c.line || !strings.Contains(wrong.Why, c.why) {
			t.Errorf("%q: %v; want line %d, %q", c.file, err, c.line, c.why)
		}
	}
	if _, err := ReadProfiles(strings.NewReader(strings.Repeat("#\n", MaxProfileFile)), nil); err == nil {
		t.Error("a file of 2 MB is taken")
	}
}

// Whatever is in a file, it is refused or its profiles are written as they were read.
func FuzzReadProfiles(f *testing.F) {
	f.Add(standingProfiles)
	f.Add("[a]\nlike = \"foot\"\nhours = [{when = \"24/7\", all = 0.5}]")
	f.Fuzz(func(t *testing.T, file string) {
		all, err := ReadProfiles(strings.NewReader(file), Profiles())
		if err != nil {
			return
		}
		for _, p := range all {
			var b bytes.Buffer
			if err := WriteProfile(&b, &p); err != nil {
				t.Fatal(err)
			}
			again, err := ReadProfiles(&b, nil)
			if err != nil || len(again) != 1 || !sameProfile(again[0], p) {
				t.Errorf("%+v is read back as %+v, %v", p, again, err)
			}
		}
	})
}
