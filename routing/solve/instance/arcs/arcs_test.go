package arcs

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"citygrid/routing/solve/instance"
)

const carp = `NOMBRE : three
COMENTARIO : a square and a way across
VERTICES : 4
ARISTAS_REQ : 3
ARISTAS_NOREQ : 2
VEHICULOS : 2
CAPACIDAD : 10
TIPO_COSTES_ARISTAS : EXPLICITOS
COSTE_TOTAL_REQ : 12
LISTA_ARISTAS_REQ :
( 1, 2)   coste 3   demanda 6
( 2, 3)   coste 4   demanda 4
( 3, 4)   coste 5   demanda 5
LISTA_ARISTAS_NOREQ :
( 4, 1)   coste 6
( 1, 3)   coste 5
DEPOSITO :   1
`

const windy = `NOMBRE :
COMENTARIO :
VERTICES : 4
ARISTAS_REQ : 2
ARISTAS_NOREQ : 2
LISTA_ARISTAS_REQ :
( 1, 2)   coste 3   9
( 3, 4)   coste 5   1
LISTA_ARISTAS_NOREQ :
( 2, 3)   coste 6   6
( 4, 1)   coste 1   2
`

func opened(t testing.TB, data string) instance.Instance {
	t.Helper()
	for _, f := range Formats() {
		if f.Is("x.dat", []byte(data)) {
			in, err := f.Read([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			return in
		}
	}
	t.Fatal("no format knows it")
	return nil
}

func TestSolveAndCheck(t *testing.T) {
	for _, c := range []struct {
		name, data string
		o          instance.Options
		cost       float64
		routes     int
	}{
		// 1-2 and back is 6; 1>2>3>4>1 with 9 on board is 3+4+5+6.
		{"carp", carp, instance.Options{}, 24, 2},
		// 1>2>3>4>1: 3+6+5+1.
		{"one walker", windy, instance.Options{}, 15, 1},
		{"the same said", windy, instance.Options{Walkers: 1}, 15, 1},
		// One goes 1-2 and back by 3 and 4: 15, or the same way, 12. The other
		// 1-4 at 2, 4-3 at 1, 3-4 at 5, 4-1 at 1.
		{"two walkers", windy, instance.Options{Walkers: 2}, 12, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := opened(t, c.data)
			c.o.Iterations, c.o.Seed = 300, 1
			res, err := in.Solve(t.Context(), c.o)
			if err != nil {
				t.Fatal(err)
			}
			if !res.Feasible || res.Cost != c.cost || res.Vehicles != c.routes {
				t.Errorf("%+v, want cost %v", res, c.cost)
			}
			if res.LowerBound == nil || *res.LowerBound > c.cost {
				t.Errorf("lower bound %v", res.LowerBound)
			}
			if n := len(res.Trace); n == 0 || res.Trace[n-1][1] != c.cost {
				t.Errorf("trace %v", res.Trace)
			}
			routes, err := json.Marshal(res.Routes)
			if err != nil {
				t.Fatal(err)
			}
			v, err := in.Check(routes, instance.Options{})
			if err != nil || !v.Feasible || v.Cost != c.cost {
				t.Errorf("check of %s: %+v, %v", routes, v, err)
			}
		})
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		data, routes string
		cost         float64
		want         []string
	}{
		{carp, `[[[1,2],[2,3]],[[3,4]]]`, 28, nil},
		{carp, `[[[1,2],[2,3]],[],[[3,4]]]`, 28, nil},
		{carp, `[[[1,2]],[[2,3]],[[3,4]]]`, 34, []string{"3 routes serve streets, there are 2 vehicles or walkers"}},
		{carp, `[[[1,2],[2,3],[3,4]]]`, 18, []string{"route 1: a load of 15 exceeds the capacity of 10"}},
		{carp, `[[[1,2],[2,3]]]`, 12, []string{"required edge (3,4) is not served"}},
		{carp, `[[[1,2],[2,3]],[[4,3],[3,4]]]`, 34, []string{"required edge (3,4) is served 2 times"}},
		{carp, `[[[1,2],[2,3],[1,3]],[[3,4]]]`, 38, []string{"edge (1,3) is served, but need not be"}},
		{carp, `[[[1,2],[2,3],[2,4]],[[3,4]]]`, 28, []string{"route 1, arc 3: no edge joins vertices 2 and 4"}},
		{carp, `[]`, 0, []string{"required edge (1,2) is not served", "required edge (2,3) is not served", "required edge (3,4) is not served"}},
		{windy, `[[[1,2],[4,3]]]`, 21, nil}, // 3, 2>3>4 is 11, 1, then home by 4 is 6
		{windy, `[[[1,2]],[[3,4]]]`, 12, nil},
	} {
		v, err := opened(t, c.data).Check(json.RawMessage(c.routes), instance.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.routes, err)
			continue
		}
		if v.Feasible != (c.want == nil) || len(v.Violations) != len(c.want) || len(c.want) > 0 && !reflect.DeepEqual(v.Violations, c.want) {
			t.Errorf("%s: %v, want %v", c.routes, v.Violations, c.want)
		}
		if v.Cost != c.cost {
			t.Errorf("%s: cost %v, want %v", c.routes, v.Cost, c.cost)
		}
	}
	for _, routes := range []string{``, `7`, `[7]`, `[[7]]`, `[[[1]]]`, `[[[1,2,3]]]`, `[[["a","b"]]]`, `{"routes":[]}`} {
		if _, err := opened(t, carp).Check(json.RawMessage(routes), instance.Options{}); err == nil {
			t.Errorf("%s: no error", routes)
		}
	}
	if v, _ := opened(t, windy).Check(json.RawMessage(`[[[1,2]],[[3,4]]]`), instance.Options{Walkers: 1}); v.Feasible {
		t.Error("two routes of one walker are feasible")
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		data string
		o    instance.Options
		want string
	}{
		{carp, instance.Options{Walkers: 2}, "--walkers 2"},
		{carp, instance.Options{Rule: "fleet"}, "--rule fleet"},
		{windy, instance.Options{Walkers: -1}, "walkers"},
		{windy, instance.Options{Walkers: 1 << 30}, "walkers"},
	} {
		_, err := opened(t, c.data).Solve(t.Context(), c.o)
		if err == nil || !errors.Is(err, instance.ErrOptions) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.o, err, c.want)
		}
	}
}

func TestFaultsSayWhere(t *testing.T) {
	for _, c := range []struct{ name, data, old, new, want string }{
		{"no number", carp, "VERTICES : 4", "VERTICES : four", `line 3: VERTICES is "four", it must be a whole number from 1 to 4000`},
		{"too many", carp, "VERTICES : 4", "VERTICES : 5000", "line 3: VERTICES is"},
		{"vertex", carp, "( 2, 3)   coste 4", "( 2, 9)   coste 4", `line 12: the edge's second vertex is "9", it must be a whole number from 1 to 4`},
		{"itself", carp, "( 2, 3)   coste 4", "( 2, 2)   coste 4", "line 12: edge (2,2) joins a vertex to itself"},
		{"again", carp, "( 4, 1)", "( 3, 2)", "line 15: edge (3,2) is in line 12 already"},
		{"no demand", carp, " demanda 4", "", `line 12: after the vertices of edge (2,3) there is "coste 4", it must be "coste c demanda d"`},
		{"demand", carp, "demanda 4", "demanda 11", "the demand exceeds the capacity"},
		{"cost", carp, "coste 4", "coste -4", `line 12: the edge's cost is "-4"`},
		{"lost", carp, "( 2, 3)   coste 4   demanda 4\n", "", "line 16: LISTA_ARISTAS_REQ (line 10) has 2 edges, ARISTAS_REQ (line 4) says 3"},
		{"no depot", carp, "DEPOSITO :   1\n", "", "line 16: the file ends without DEPOSITO"},
		{"depot", carp, "DEPOSITO :   1", "DEPOSITO :   5", "line 17: DEPOSITO is 5 of 4 vertices"},
		{"keyword", carp, "VEHICULOS", "VEHICLES", `line 6: keyword "VEHICLES" is not known`},
		{"twice", carp, "VEHICULOS : 2", "VERTICES : 2", `line 6: "VERTICES" is in line 3 already`},
		{"bracket", carp, "( 2, 3)", "( 2, 3", `line 12: "( 2, 3   coste 4   demanda 4" does not begin with "(from,to)"`},
		{"words", carp, "NOMBRE : three", "three", `line 1: "three" is neither`},
		{"cut off", carp, "LISTA_ARISTAS_NOREQ :\n( 4, 1)   coste 6\n( 1, 3)   coste 5\n", "", "the file ends without LISTA_ARISTAS_NOREQ"},
		{"apart", windy, "( 2, 3)   coste 6   6\n( 4, 1)   coste 1   2\n", "", "LISTA_ARISTAS_NOREQ (line 9) has 0 edges"},
		{"one cost", windy, "coste 5   1", "coste 5", `line 8: after the vertices of edge (3,4) there is "coste 5", it must be "coste c1 c2"`},
	} {
		data := strings.Replace(c.data, c.old, c.new, 1)
		_, err := read([]byte(data), c.data == carp)
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrFile) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// The files of the field are all read, each by one format.
func TestFieldIsRead(t *testing.T) {
	const bench = "../../../../../shared/bench"
	var files []string
	for _, glob := range []string{"carp/*.dat", "urpp/*.dat", "mm-kwrpp/P*"} {
		some, _ := filepath.Glob(filepath.Join(bench, glob))
		files = append(files, some...)
	}
	if len(files) == 0 {
		t.Skip("the field's instances are not here")
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		known := 0
		for _, f := range Formats() {
			if !f.Is(filepath.Base(path), data) {
				continue
			}
			known++
			if _, err := f.Read(data); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		if known != 1 {
			t.Errorf("%s: known to %d formats", path, known)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(carp), true)
	f.Add([]byte(windy), false)
	f.Add([]byte(strings.ReplaceAll(carp, "\n", "\r\n")), true)
	f.Fuzz(func(t *testing.T, data []byte, loaded bool) {
		in, err := open(data, loaded)
		if err != nil {
			if !errors.Is(err, ErrFile) || !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		p := in.(*file).p
		if p.Vertices > 200 || len(p.Edges) > 200 {
			return
		}
		res, err := in.Solve(t.Context(), instance.Options{Iterations: 3})
		if err != nil {
			t.Fatal(err)
		}
		routes, err := json.Marshal(res.Routes)
		if err != nil {
			t.Fatal(err)
		}
		v, err := in.Check(routes, instance.Options{})
		if err != nil || !v.Feasible || v.Cost != res.Cost {
			t.Fatalf("the answer %s costs %v, by the checker %+v, %v", routes, res.Cost, v, err)
		}
		if res.LowerBound != nil && *res.LowerBound > res.Cost {
			t.Fatalf("a bound of %v above a cost of %v", *res.LowerBound, res.Cost)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(`[[[1,2],[2,3]],[[3,4]]]`))
	in := opened(f, carp)
	f.Fuzz(func(t *testing.T, routes []byte) {
		v, err := in.Check(routes, instance.Options{})
		if err == nil && v.Feasible != (len(v.Violations) == 0) {
			t.Fatalf("%+v", v)
		}
	})
}
