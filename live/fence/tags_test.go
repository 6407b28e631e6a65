package fence

import (
	"testing"

	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// A zone for a tag is for those who have it, for nobody when nobody has, and never for
// all.
func TestZonesByTag(t *testing.T) {
	for name, c := range map[string]struct {
		subjects, tagged []int64
		tags             []string
		want             map[int64]bool
	}{
		"all":             {nil, nil, nil, map[int64]bool{1: true, 2: true}},
		"tagged":          {nil, []int64{2}, []string{"permit"}, map[int64]bool{1: false, 2: true}},
		"nobody tagged":   {nil, nil, []string{"permit"}, map[int64]bool{1: false, 2: false}},
		"tagged and list": {[]int64{1}, []int64{2}, []string{"permit"}, map[int64]bool{1: true, 2: true, 3: false}},
	} {
		t.Run(name, func(t *testing.T) {
			for k, class := range zone.Classes() {
				z := zone.Zone{
					ID: 1, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{class}, Ground: orb.MultiPolygon{{{{1, 1}, {1.01, 1}, {1.01, 1.01}, {1, 1}}}},
					Subjects: c.subjects, Tags: c.tags, Tagged: c.tagged,
				}
				rules, err := Compile([]zone.Zone{z}, nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range rules.zones {
					for id, want := range c.want {
						if got := f.isFor(1<<k, id); got != want {
							t.Errorf("for %s %d: %v, want %v", class, id, got, want)
						}
					}
				}
			}
		})
	}
}
