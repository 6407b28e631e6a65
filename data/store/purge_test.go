package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A dog's week and an officer's month: what is older goes, day by day and with proof;
// what belongs to an alert is copied to it first, and what came meanwhile stays.
func TestPurge(t *testing.T) {
	s, c := setUp(t)
	ctx := t.Context()
	now := c.t
	dog := must(s.AddDog(ctx, register.Dog{Name: "Rex", Owner: "x", Area: 1}, act("test")))(t)
	must(s.AddDevice(ctx, register.Device{ID: "tag", Class: register.DogTag, Protocol: "json", Subject: register.DogSubject(dog.ID)}, act("test")))(t)
	var all []ingest.Fix
	for _, tracker := range []string{"tag", "web-7"} {
		for hours := range 40 * 24 / 6 {
			all = append(all, fixAt(tracker, now.Add(-time.Duration(hours)*6*time.Hour)))
		}
	}
	must(s.AppendFixes(ctx, all))(t)
	// Rex was where he mustn't be 20 days ago.
	then := now.Add(-20 * 24 * time.Hour)
	b := fence.Breach{
		Subject: fence.Subject{Class: zone.Dog, ID: int64(dog.ID)}, Tracker: "tag", Zone: 1, Rule: zone.InsideWhileActive, Grade: fence.Confirmed,
		Start: then.Add(-time.Minute), End: then.Add(time.Minute), Event: fence.Ended, At: then.Add(time.Minute),
	}
	a := must(s.KeepAlert(ctx, b.Key(), func(old alert.Alert) (alert.Alert, error) {
		return alert.Policy{}.Take(old, b, func(orb.Point) alert.Place { return alert.Place{} })
	}, act("test")))(t)

	kept := func(tracker string) []ingest.Fix {
		var got []ingest.Fix
		if err := s.Fixes(ctx, ingest.TrackerID(tracker), time.Time{}, time.Time{}, func(f ingest.Fix) bool { got = append(got, f); return true }); err != nil {
			t.Fatal(err)
		}
		return got
	}
	dry := must(s.Purge(ctx, DefaultRetention, now, true, false, audit.Act{}))(t)
	if n := len(kept("tag")) + len(kept("web-7")); n != len(all) || !dry.DryRun || dry.Copied != 1 {
		t.Fatalf("a dry run left %d of %d fixes and would copy %d, want all and 1", n, len(all), dry.Copied)
	}
	done := must(s.Purge(ctx, DefaultRetention, now, false, false, audit.Act{Who: "(retention)"}))(t)
	for tracker, days := range map[string]int{"tag": 7, "web-7": 30} {
		from := now.Add(-time.Duration(days) * 24 * time.Hour).Truncate(24 * time.Hour)
		n := 0
		for _, f := range all {
			if string(f.Tracker) == tracker && !f.Time.Before(from) {
				n++
			}
		}
		if got := kept(tracker); len(got) != n || got[0].Time.Before(from) {
			t.Errorf("%d fixes of %s are kept, the first of %s; want %d since %s", len(got), tracker, got[0].Time, n, from)
		}
	}
	if fmt.Sprint(done.Days) != fmt.Sprint(dry.Days) {
		t.Errorf("it did %v, and would have done %v", done.Days, dry.Days)
	}
	// The proof can be reckoned by who has the day's fixes, in a backup say.
	d := done.Days[3]
	sum, fixes := sha256.New(), 0
	for i := len(all) - 1; i >= 0; i-- {
		if f := all[i]; f.Tracker == "tag" && f.Time.Format(time.DateOnly) == d.Day {
			fixes++
			for _, b := range [][]byte{fixKey(nil, f.Tracker, f.Time.UnixNano(), uint64(i+1)), appendFix(nil, f)} {
				sum.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
				sum.Write(b)
			}
		}
	}
	if want := (PurgedDay{zone.Dog, d.Day, 1, fixes, hex.EncodeToString(sum.Sum(nil))}); d != want {
		t.Errorf("%+v, want %+v", d, want)
	}
	rows := 0
	for _, e := range must(s.AuditEntries(ctx, audit.Query{Limit: 200}))(t) {
		if e.Verb == "track.purge" && (strings.Contains(e.Detail, d.SHA256) || e.Who != "(retention)") {
			rows++
		}
	}
	if _, err := s.VerifyAudit(ctx); err != nil || rows != 1 {
		t.Errorf("%d rows with the proof of %s, want 1; %v", rows, d.Day, err)
	}
	if track := must(s.AlertTrack(ctx, a))(t); len(track) != 1 || !track[0].Time.Equal(then) || track[0].Tracker != "tag" {
		t.Errorf("%v at the alert, want one of %s", track, then)
	}
	if again := must(s.Purge(ctx, DefaultRetention, now, false, false, audit.Act{}))(t); len(again.Days) != 0 {
		t.Errorf("again: %+v, want nothing", again)
	}
	// The copy has its own time.
	c.t = now.Add(170 * 24 * time.Hour)
	if _, err := s.Purge(ctx, DefaultRetention, c.t, false, false, audit.Act{}); !errors.Is(err, ErrClock) {
		t.Errorf("half a year passed in no time: %v, want %v", err, ErrClock)
	}
	if late := must(s.Purge(ctx, DefaultRetention, c.t, false, true, audit.Act{}))(t); late.Tracks != 1 || len(kept("web-7")) != 0 {
		t.Errorf("after 190 days: %+v and %d fixes are left", late, len(kept("web-7")))
	}
}

// What comes in while a purge is at work was not counted, and stays.
func TestPurgeLeavesWhatCameMeanwhile(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	old := noon.Add(-100 * 24 * time.Hour)
	must(s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", old), fixAt("a", old.Add(time.Hour))}))(t)
	must(s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", old.Add(30*time.Minute))}))(t)
	if err := s.fixes.remove("a", noon, 2); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "a"); n != 1 {
		t.Errorf("%d fixes are left, want the one that came later", n)
	}
}

func TestReadRetention(t *testing.T) {
	for text, want := range map[string]error{
		`{"dog_days": 3}`: nil, `{"dog_days": 0}`: ErrRetention, `{"cat_days": 3}`: ErrRetention, `dogs`: ErrRetention, `{"alert_days": 1000000}`: ErrRetention,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, retentionName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := ReadRetention(dir)
		if !errors.Is(err, want) || err == nil && (r.Dog != 3 || r.Person != 30) {
			t.Errorf("%s: %+v, %v; want %v", text, r, err, want)
		}
	}
	if r, err := ReadRetention(t.TempDir()); err != nil || r != DefaultRetention {
		t.Errorf("without a file %+v, %v", r, err)
	}
}
