package vrp

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

const smallSolomon = `S1

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       100          0
    1      3         4          5          0       50          1
    2      6         8          6         20       60          1
`

const smallPairs = "2\t10\t1\n0 0 0 0 0 100 0 0 0\n1 3 4 5 0 50 1 0 2\n2 6 8 -5 0 60 1 1 0\n"

const smallTrips = `NAME : T
TYPE : MTVRPTWR
DIMENSION : 3
VEHICLES : 1
CAPACITY : 10
SERVICE_TIME : 1
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
DEMAND_SECTION
1 0
2 5
3 6
TIME_WINDOW_SECTION
1 0 100
2 0 50
3 20 60
RELEASE_TIME_SECTION
1 0
2 2
3 9
VEHICLES_RELOAD_DEPOT_SECTION
1 1
DEPOT_SECTION
1
EOF
`

func TestRead(t *testing.T) {
	p, err := ReadSolomon([]byte(smallSolomon))
	if err != nil {
		t.Fatal(err)
	}
	want := &Problem{
		Name: "S1", Fleet: 3, Capacity: 10, Timed: true, family: solomon,
		Points: []Point{{Close: 100}, {X: 3, Y: 4, Demand: 5, Close: 50, Service: 1}, {X: 6, Y: 8, Demand: 6, Open: 20, Close: 60, Service: 1}},
	}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("Solomon: %+v, want %+v", p, want)
	}
	p, err = ReadLiLim([]byte(smallPairs))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := p.Points[1], p.Points[2]; !p.Paired || a.Partner != 2 || b.Partner != 1 || a.Demand != 5 || b.Demand != -5 || p.Fleet != 2 {
		t.Errorf("Li & Lim: %+v", p)
	}
	p, err = ReadVRPLIB([]byte(smallTrips))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := p.Points[0], p.Points[2]; !p.Reload || !p.Timed || a.Service != 0 || b != (Point{X: 6, Y: 8, Demand: 6, Open: 20, Close: 60, Service: 1, Release: 9}) {
		t.Errorf("VRPLIB: %+v", p)
	}
}

func TestFaultsSayWhere(t *testing.T) {
	tests := []struct {
		name, text, old, new string
		line                 int
		says                 string
	}{
		{"a field less", smallSolomon, "6         20       60          1\n", "6 20 60\n", 12, "6 fields, want 7"},
		{"not a number", smallSolomon, "60          1", "6O          1", 12, `DUE DATE is "6O"`},
		{"not a number at all", smallSolomon, "60          1", "NaN 1", 12, `DUE DATE is "NaN"`},
		{"a window that ends before it begins", smallSolomon, "20       60", "60 20", 12, "a window from 60 to 20"},
		{"a number left out", smallSolomon, "\n    2 ", "\n 3 ", 12, "customer 3, want 2"},
		{"half a parcel", smallSolomon, "8          6 ", "8 0.5 ", 12, "a demand of 0.5"},
		{"no customers", smallSolomon, smallSolomon[strings.Index(smallSolomon, "CUSTOMER"):], "", 0, "no depot"},
		{"words between", smallSolomon, "CUSTOMER\n", "CLIENT\n", 7, `"CLIENT", want`},
		{"no room", smallSolomon, " 10\n", " 0\n", 0, "a capacity of 0"},
		{"alone", smallPairs, "1 0 2", "1 0 0", 3, "pick-up 0 and delivery 0"},
		{"paired with itself", smallPairs, "1 0 2", "1 0 1", 0, "customer 1 is paired with 1"},
		{"unequal pair", smallPairs, "-5", "-4", 0, "demands are 5 and -4"},
		{"the wrong way", smallPairs, "1 0 2", "1 2 0", 3, "picked up is more than 0"},
		{"another type", smallTrips, "MTVRPTWR", "VRPB", 2, `TYPE "VRPB"`},
		{"another metric", smallTrips, "EUC_2D", "GEO", 7, `"GEO"`},
		{"an unknown section", smallTrips, "RELEASE_TIME_SECTION", "BACKHAUL_SECTION", 20, "BACKHAUL_SECTION is not known"},
		{"an unknown field", smallTrips, "NAME :", "DISTANCE :", 1, "DISTANCE is not known"},
		{"without releases", smallTrips, "RELEASE_TIME_SECTION\n1 0\n2 2\n3 9\n", "", 0, "without RELEASE_TIME_SECTION"},
		{"a row less", smallTrips, "3 6\n", "", 15, "1 fields, want 2"},
		{"cut short", smallTrips, smallTrips[strings.Index(smallTrips, "2 2\n"):], "", 21, "ends after 1 rows"},
		{"huge", smallTrips, "DIMENSION : 3", "DIMENSION : 999999999", 3, "DIMENSION is"},
		{"coordinates first", smallTrips, "DIMENSION : 3\n", "", 7, "before DIMENSION"},
		{"another depot", smallTrips, "DEPOT_SECTION\n1\nEOF", "DEPOT_SECTION\n2\nEOF", 27, "want node 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(tt.text, tt.old) {
				t.Fatalf("the text has no %q", tt.old)
			}
			data := []byte(strings.Replace(tt.text, tt.old, tt.new, 1))
			for i, f := range []string{smallTrips, smallSolomon, smallPairs} {
				if tt.text != f {
					continue
				}
				_, err := Formats()[i].Read(data)
				var where *LineError
				if !errors.As(err, &where) || where.Line != tt.line || !strings.Contains(where.What, tt.says) {
					t.Errorf("%v; want line %d and %q", err, tt.line, tt.says)
				}
			}
		})
	}
}

// TestEachFormatKnowsItsOwn: no file is taken for another format.
func TestEachFormatKnowsItsOwn(t *testing.T) {
	for i, text := range []string{smallTrips, smallSolomon, smallPairs, "", "hello\nworld", "{}"} {
		for k, f := range Formats() {
			if got := f.Is("x.txt", []byte(text)); got != (i == k) {
				t.Errorf("text %d as %s: %v", i, f.Name, got)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{smallSolomon, smallPairs, smallTrips} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range Formats() {
			format.Is("x.txt", data)
			p, err := format.Read(data)
			if err != nil {
				continue
			}
			q := p.(*Problem)
			if _, err := q.Check([]byte("[[1,2],[0,3]]"), optionsOf("")); err != nil {
				t.Errorf("%v", err)
			}
			if len(q.Points) > 50 {
				continue
			}
			for _, rule := range []string{"", "fleet", "distance", "dimacs"} {
				ru, err := q.rule(rule)
				if err != nil {
					t.Fatal(err)
				}
				if m, err := q.model(ru); err == nil {
					if err := m.Check(); err != nil {
						t.Errorf("rule %q: %v", rule, err)
					}
				}
			}
		}
	})
}
