package vrp

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

func isVRPLIB(name string, data []byte) bool {
	return strings.HasSuffix(strings.ToLower(name), ".vrp") || bytes.Contains(data[:min(len(data), 4096)], []byte("NODE_COORD_SECTION"))
}

// A library is a VRPLIB file being read.
type library struct {
	lines
	p         *Problem
	dimension int
	kind      string
	service   float64
	seen      map[string]bool // sections
}

// ReadVRPLIB reads a .vrp file of TYPE CVRP, VRPTW or MTVRPTWR whose
// EDGE_WEIGHT_TYPE is EUC_2D and whose depot is node 1. The error is a *LineError.
func ReadVRPLIB(data []byte) (*Problem, error) {
	r := &library{lines: lines{rest: data}, p: &Problem{}, seen: map[string]bool{}}
	for r.next() {
		if r.text == "EOF" {
			break
		}
		key, value, colon := strings.Cut(r.text, ":")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)
		var err error
		if strings.HasSuffix(key, "_SECTION") {
			err = r.section(key)
		} else if colon {
			err = r.field(key, value)
		} else {
			err = r.bad("%q, want NAME : VALUE or the name of a section", r.text)
		}
		if err != nil {
			return nil, err
		}
	}
	return r.done()
}

// field takes one line of the head.
func (r *library) field(key, value string) error {
	number := func(most float64) (float64, error) {
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || !(x >= 0 && x <= most) {
			return 0, r.bad("%s is %q, want a number from 0 to %.0f", key, value, most)
		}
		return x, nil
	}
	whole := func(most float64) (int64, error) {
		x, err := number(most)
		if err != nil {
			return 0, err
		}
		return r.quantity(key, x)
	}
	var err error
	var n int64
	switch key {
	case "NAME":
		r.p.Name = value
	case "TYPE":
		switch r.kind = value; value {
		case "CVRP":
			r.p.family = cvrp
		case "VRPTW":
			r.p.family = timed
		case "MTVRPTWR":
			r.p.family = multiTrip
		default:
			err = r.bad("TYPE %q, want CVRP, VRPTW or MTVRPTWR", value)
		}
	case "DIMENSION":
		if n, err = whole(MaxPoints); err == nil && n == 0 {
			err = r.bad("DIMENSION is 0, want at least the depot")
		}
		r.dimension = int(n)
	case "EDGE_WEIGHT_TYPE":
		if value != "EUC_2D" {
			err = r.bad("EDGE_WEIGHT_TYPE %q, want EUC_2D", value)
		}
	case "CAPACITY":
		r.p.Capacity, err = whole(maxQuantity)
	case "VEHICLES":
		n, err = whole(maxNumber)
		r.p.Fleet = int(n)
	case "SERVICE_TIME":
		r.service, err = number(maxNumber)
	case "COMMENT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE":
	default:
		err = r.bad("%s is not known", key) // it may change the problem
	}
	return err
}

// section reads the rows of one.
func (r *library) section(key string) error {
	if r.seen[key] {
		return r.bad("a second %s", key)
	}
	r.seen[key] = true
	if key == "DEPOT_SECTION" {
		return r.depot()
	}
	if r.dimension == 0 {
		return r.bad("%s before DIMENSION", key)
	}
	if key == "VEHICLES_RELOAD_DEPOT_SECTION" {
		return r.reloads()
	}
	if key == "NODE_COORD_SECTION" {
		r.p.Points = make([]Point, r.dimension)
	} else if r.p.Points == nil {
		return r.bad("%s before NODE_COORD_SECTION", key)
	}
	names := map[string][]string{
		"NODE_COORD_SECTION":   {"node", "x", "y"},
		"DEMAND_SECTION":       {"node", "demand"},
		"TIME_WINDOW_SECTION":  {"node", "earliest", "latest"},
		"RELEASE_TIME_SECTION": {"node", "release"},
		"SERVICE_TIME_SECTION": {"node", "service"},
	}[key]
	if names == nil {
		return r.bad("section %s is not known", key)
	}
	for i := range r.p.Points {
		if !r.next() {
			return r.bad("%s ends after %d rows, DIMENSION is %d", key, i, r.dimension)
		}
		v, err := r.numbers(names...)
		if err != nil {
			return err
		}
		if v[0] != float64(i+1) {
			return r.bad("node %v, want %d", v[0], i+1)
		}
		for _, x := range v[1:] {
			if key != "DEMAND_SECTION" && math.Abs(x) > maxNumber {
				return r.bad("node %d: %v is beyond ±%.0f", i+1, x, float64(maxNumber))
			}
		}
		pt := &r.p.Points[i]
		switch key {
		case "NODE_COORD_SECTION":
			pt.X, pt.Y = v[1], v[2]
		case "DEMAND_SECTION":
			pt.Demand, err = r.quantity("demand", v[1])
		case "TIME_WINDOW_SECTION":
			pt.Open, pt.Close = v[1], v[2]
			err = r.p.sound(&r.lines, i)
		case "RELEASE_TIME_SECTION":
			pt.Release = v[1]
			err = r.p.sound(&r.lines, i)
		case "SERVICE_TIME_SECTION":
			pt.Service = v[1]
			err = r.p.sound(&r.lines, i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// depot wants node 1, with or without the -1 that ends the section.
func (r *library) depot() error {
	if !r.next() || r.text != "1" {
		return r.bad("DEPOT_SECTION has %q, want node 1", r.text)
	}
	if at := r.lines; r.next() && r.text != "-1" {
		if _, err := strconv.Atoi(r.text); err == nil {
			return r.bad("a second depot, %s", r.text)
		}
		r.lines = at // something else begins
	}
	return nil
}

// reloads wants each vehicle to reload at node 1.
func (r *library) reloads() error {
	r.p.Reload = true
	for i := range r.p.Fleet {
		if !r.next() {
			return r.bad("VEHICLES_RELOAD_DEPOT_SECTION ends after %d rows, VEHICLES is %d", i, r.p.Fleet)
		}
		v, err := r.numbers("vehicle", "depot")
		if err != nil {
			return err
		}
		if v[0] != float64(i+1) || v[1] != 1 {
			return r.bad("vehicle %v reloads at node %v, want vehicle %d at node 1", v[0], v[1], i+1)
		}
	}
	return nil
}

// done checks the whole file.
func (r *library) done() (*Problem, error) {
	p := r.p
	must := []string{"NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION"}
	switch p.family {
	case multiTrip:
		must = append(must, "RELEASE_TIME_SECTION", "TIME_WINDOW_SECTION")
	case timed:
		must = append(must, "TIME_WINDOW_SECTION")
	}
	if r.kind == "" {
		return nil, &LineError{0, "TYPE is missing"}
	}
	for _, s := range must {
		if !r.seen[s] {
			return nil, &LineError{0, "a " + r.kind + " without " + s}
		}
	}
	p.Timed = r.seen["TIME_WINDOW_SECTION"]
	if p.family == cvrp && (p.Timed || p.Reload || r.seen["RELEASE_TIME_SECTION"]) {
		return nil, &LineError{0, "a CVRP has no windows, releases or reloads"}
	}
	if p.family == timed && (p.Reload || r.seen["RELEASE_TIME_SECTION"]) {
		return nil, &LineError{0, "a VRPTW has no releases or reloads; TYPE MTVRPTWR has"}
	}
	for i := range p.Points {
		if i > 0 && !r.seen["SERVICE_TIME_SECTION"] {
			p.Points[i].Service = r.service
		}
	}
	if p.Points[0].Demand != 0 {
		return nil, &LineError{0, "the depot has a demand"}
	}
	return p, p.whole()
}
