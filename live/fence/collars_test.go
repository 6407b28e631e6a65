package fence

import (
	"cmp"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// collars reads the tracks of cats with collars, by cat and time. Fixes that their
// researchers flagged as outliers are wrong beyond doubt.
func collars(t *testing.T) (cats [][]ingest.Fix, flagged [][]bool) {
	dir := os.Getenv("CITYGRID_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	file, err := os.Open(filepath.Join(dir, "data", "pet-collars", "collars.csv"))
	if err != nil {
		t.Skipf("no tracks of pets: %v", err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := map[string]int{}
	for _, row := range rows[1:] {
		k, known := number[row[0]]
		if !known {
			k = len(cats)
			number[row[0]] = k
			cats, flagged = append(cats, nil), append(flagged, nil)
		}
		at, err := time.Parse("2006-01-02 15:04:05", row[1])
		lon, err2 := strconv.ParseFloat(row[2], 64)
		lat, err3 := strconv.ParseFloat(row[3], 64)
		if err := cmp.Or(err, err2, err3); err != nil {
			t.Fatal(err)
		}
		cats[k] = append(cats[k], ingest.Fix{Time: at, At: orb.Point{lon, lat}, Speed: math.NaN()})
		flagged[k] = append(flagged[k], row[6] == "TRUE" || row[7] == "TRUE")
	}
	return cats, flagged
}

// ring is a circle of so many metres, as a polygon.
func ring(at orb.Point, radius float64) orb.Ring {
	out := make(orb.Ring, 0, 65)
	for i := range 64 {
		a := 2 * math.Pi * float64(i) / 64
		out = append(out, by(at, radius*math.Cos(a), radius*math.Sin(a)))
	}
	return append(out, out[0])
}

// follows judges a cat's track against one piece of ground, and gives the breaches.
func follows(t *testing.T, ground orb.MultiPolygon, fixes []ingest.Fix) map[Key]outcome {
	rules, err := Compile([]zone.Zone{{ID: 1, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: zone.Classes(), Ground: ground}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(rules, Config{})
	if err != nil {
		t.Fatal(err)
	}
	s := NewState("collar", Subject{zone.Dog, 1})
	have := map[Key]outcome{}
	for _, f := range fixes {
		events, _ := j.Fix(s, f)
		fold(have, events)
	}
	return have
}

// Real collars at a real few minutes between fixes: around all that is not flagged of a
// cat's range lies forbidden ground that begins 15 m farther out; whoever is said to be
// in it is so falsely. And who really is beyond a line for three fixes and more is
// found.
func TestCollars(t *testing.T) {
	if small {
		t.Skip("arithmetic of one goroutine: the race detector has nothing to find")
	}
	cats, flagged := collars(t)
	var hours float64
	var naive, visits int
	var wrong, found [Confirmed + 1]int
	for k, fixes := range cats {
		order := make([]int, len(fixes))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return fixes[a].Time.Compare(fixes[b].Time) })
		var all, good []ingest.Fix
		var lons, lats []float64
		for n, i := range order {
			if n > 0 {
				hours += min(1, fixes[i].Time.Sub(fixes[order[n-1]].Time).Hours())
			}
			all = append(all, fixes[i])
			if !flagged[k][i] {
				good = append(good, fixes[i])
				lons, lats = append(lons, fixes[i].At[0]), append(lats, fixes[i].At[1])
			}
		}
		if len(good) < 20 {
			continue
		}
		slices.Sort(lons)
		slices.Sort(lats)
		home := orb.Point{lons[len(lons)/2], lats[len(lats)/2]}
		far := 0.0
		for _, f := range good {
			far = max(far, apart(f.At, home))
		}
		outside := orb.MultiPolygon{{ring(home, 20_000), ring(home, far+15)}}
		in := false
		for _, f := range all {
			now := apart(f.At, home) > far+15 && apart(f.At, home) < 20_000
			if now && !in {
				naive++
			}
			in = now
		}
		for _, o := range follows(t, outside, all) {
			for g := Possible; g <= o.Grade; g++ {
				wrong[g]++
			}
		}
		// Beyond half of the way that it ever goes.
		line := max(40, far/2)
		breaches := follows(t, orb.MultiPolygon{{ring(home, 20_000), ring(home, line)}}, all)
		for i := 0; i < len(good); {
			n := i
			for n < len(good) && apart(good[n].At, home) > line+30 && (n == i || good[n].Time.Sub(good[n-1].Time) < 10*time.Minute) {
				n++
			}
			if n-i >= 3 {
				visits++
				best := NoGrade
				for key, o := range breaches {
					if !key.Start.After(good[n-1].Time) && (o.End.IsZero() || !o.End.Before(good[i].Time)) {
						best = max(best, o.Grade)
					}
				}
				for g := Possible; g <= best; g++ {
					found[g]++
				}
			}
			i = max(n, i+1)
		}
	}
	t.Logf("%d cats, %.0f hours: false entries naive %d, possible %d, likely %d, confirmed %d; of %d visits found possible %d, likely %d, confirmed %d",
		len(cats), hours, naive, wrong[Possible], wrong[Likely], wrong[Confirmed], visits, found[Possible], found[Likely], found[Confirmed])
	if perHour := float64(wrong[Confirmed]) / hours; perHour > 0.05 || wrong[Confirmed]*3 > naive {
		t.Errorf("%.3f confirmed false entries an hour, %d of %d naive ones", perHour, wrong[Confirmed], naive)
	}
	if found[Likely] < visits*99/100 {
		t.Errorf("%d of %d visits were found", found[Likely], visits)
	}
}
